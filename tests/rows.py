"""All that the house has stored, to compare before and after."""

from typing import Any

from django.apps import apps

ROOMS = ("people", "sources", "articles", "publication", "workflow", "legacy", "taggit")


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of ours, by model."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
    }
