from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SourcesConfig(AppConfig):
    """Where copy comes from, and what may be reprinted."""

    name = "sources"
    verbose_name = _("Sources")
