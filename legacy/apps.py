from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LegacyConfig(AppConfig):
    """What came before: articles of earlier systems."""

    name = "legacy"
    verbose_name = _("Legacy")
