"""The admin site the desk works in."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class Desk(AdminSite):
    """Django's admin under the newsroom's own name."""

    site_title = _("Newsroom")
    site_header = _("Newsroom desk")
    index_title = _("Desk")
