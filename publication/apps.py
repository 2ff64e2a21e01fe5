from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublicationConfig(AppConfig):
    """What readers get."""

    name = "publication"
    verbose_name = _("Publication")
