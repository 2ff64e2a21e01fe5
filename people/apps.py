from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Who we are: accounts, units and credited people."""

    name = "people"
    verbose_name = _("People")
