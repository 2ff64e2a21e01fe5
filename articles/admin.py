"""Channels in the admin; articles and pictures are kept in workflow/admin."""

from typing import Any

import taggit.admin  # noqa: F401  # registers what is taken off below
from django.contrib import admin
from django.db.models import F, ForeignKey
from django.db.models.functions import Coalesce
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from taggit.models import Tag

from articles.models import Channel

# Tags are given in articles. A page of all tags would tell those of drafts to whoever keeps the
# accounts, and change texts past their reviews.
admin.site.unregister(Tag)


@admin.register(Channel)
class ChannelAdmin(admin.ModelAdmin):
    """The sections of the site, those of the second level under their parents."""

    list_display = ("title", "slug", "order", "reviews")
    search_fields = ("name", "slug")
    list_select_related = ("parent",)
    ordering = (
        Coalesce("parent__order", "order").asc(),
        Coalesce("parent__name", "name").asc(),
        F("parent").asc(nulls_first=True),
        "order",
        "name",
    )

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        """Only channels of the first level can be parents."""
        if db_field.name == "parent":
            kwargs["queryset"] = Channel.objects.top()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=gettext_lazy("name"))
    def title(self, channel: Channel) -> str:
        return f"— {channel.name}" if channel.parent_id else channel.name
