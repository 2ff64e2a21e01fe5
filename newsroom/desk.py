"""The admin site the desk works in: its front page, and the order of its rooms."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from legacy.queue import waiting_for
from people.models import User
from workflow import dashboard

# The models of the desk as its people sort them, by app.model; what is not named comes last.
GROUPS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (_("Log-in and rights"), ("people.user", "auth.group")),
    (
        _("Articles and pictures"),
        ("articles.article", "articles.picture", "publication.edition", "legacy.original"),
    ),
    (_("Authors and units"), ("people.contributor", "people.unit")),
    (
        _("Newsroom and site"),
        ("articles.channel", "sources.source", "publication.identity"),
    ),
)

# Strings of Django's own (6.1) that have no Chinese, Chinese with a Latin colon or a gap before the
# name, or a word that reads like closing the account; named here, our catalog gives it.
DJANGO_STRINGS = (
    _(":"),
    _("Add %s"),
    _("Add %(name)s"),
    _("Change %s"),
    _("View %s"),
    _("- Select an option -"),
    _("Log out"),
    _("Logout"),
    ngettext_lazy("…and %(count)d more object.", "…and %(count)d more objects.", "count"),
)


class Desk(AdminSite):
    """Django's admin under the newsroom's own name, with the dashboard as its front page."""

    site_title = _("Newsroom")
    site_header = _("Newsroom desk")
    index_title = _("Desk")
    enable_nav_sidebar = False

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        user, at = request.user, timezone.now()
        assert isinstance(user, User)  # the page is for who is logged in
        context = {"boxes": dashboard.boxes(user, at), "imports": waiting_for(user, at).count()}
        return super().index(request, {**context, **(extra_context or {})})

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """The models the person may see, in the groups above; none before log-in."""
        if not self.has_permission(request):
            return []
        rest = super().get_app_list(request, app_label)
        models = {
            model["model"]._meta.label_lower: (app, model)
            for app in rest
            for model in app["models"]
        }
        groups = []
        for name, labels in GROUPS:
            here = [models.pop(label) for label in labels if label in models]
            if here:
                groups.append({**here[0][0], "name": name, "models": [model for _, model in here]})
        for app in rest:
            left = [model for of, model in models.values() if of is app]
            if left:
                groups.append({**app, "models": left})
        return groups
