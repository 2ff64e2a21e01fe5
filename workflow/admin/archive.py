"""What the site said at any moment: all editions, to look at and never to change."""

import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Article
from publication.models import Edition
from workflow import permissions
from workflow.admin.asking import asking
from workflow.admin.badges import edition_badge
from workflow.admin.changelist import ChannelFilter, PlainLookups


class MomentFilter(admin.SimpleListFilter):
    """The editions that readers saw at a moment (Asia/Shanghai)."""

    title = gettext_lazy("on the site at (Beijing time)")
    parameter_name = "at"
    template = "admin/publication/edition/moment_filter.html"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("now"))]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Edition]) -> QuerySet[Edition]:
        moment = self.moment
        return queryset.filter(Q(pk__in=Edition.objects.visible(moment))) if moment else queryset

    def choices(self, changelist: ChangeList) -> Any:
        """The two links, and what the form of the template needs."""
        moment = self.moment
        for choice in super().choices(changelist):
            yield {
                **choice,
                "parameter": self.parameter_name,
                "typed": f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}" if moment else "",
                "others": [
                    (name, value)
                    for name, value in changelist.get_filters_params().items()
                    if name != self.parameter_name
                ],
            }

    @property
    def moment(self) -> datetime.datetime | None:
        """The moment asked for; None when there is none, or none that can be read."""
        value = self.value()
        if value == "now":
            return timezone.now()
        try:
            moment = parse_datetime(value) if value else None
            if moment is None:
                return None
            aware = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
            return timezone.localtime(aware.astimezone(datetime.UTC))
        except (ValueError, OverflowError):
            return None


@admin.register(Edition)
class EditionAdmin(PlainLookups):
    """The archive. An edition opens as readers saw it."""

    list_display = ("number", "headline", "channel", "visible_from", "visible_until", "state")
    list_display_links = ("number", "headline")
    list_filter = (MomentFilter, ChannelFilter)
    list_select_related = ("channel__parent",)
    search_fields = ("headline", "number")
    ordering = ("-visible_from", "-id")
    list_per_page = 30
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(permissions.rights_of(asking(request)) & permissions.DESK_RIGHTS)

    def has_view_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        if obj is not None and not permissions.may_see(
            asking(request), obj.article, timezone.now()
        ):
            return False
        return self.has_module_permission(request)

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Edition | None = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Edition | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        seen = Article.objects.filter(permissions.visible_to(asking(request), timezone.now()))
        return super().get_queryset(request).filter(article__in=seen).defer("body")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        """The page as readers saw it."""
        return HttpResponseRedirect(self._page_of(request, object_id))

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        """An edition has no history; its article has."""
        return HttpResponseRedirect(self._page_of(request, object_id))

    def _page_of(self, request: HttpRequest, object_id: str) -> str:
        edition = self.get_object(request, object_id)
        if edition is None or not self.has_view_permission(request, edition):
            raise Http404
        return reverse("admin:articles_article_edition", args=[edition.article_id, edition.pk])

    @admin.display(description=gettext_lazy("state"))
    def state(self, edition: Edition) -> SafeString:
        return edition_badge(edition, timezone.now())
