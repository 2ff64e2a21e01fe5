from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class NewsroomConfig(AppConfig):
    """The house: settings, addresses and commands that put the rooms together."""

    name = "newsroom"


class DeskConfig(AdminConfig):
    """Django's admin with the desk as its site."""

    default_site = "newsroom.desk.Desk"
