"""The list of articles: what they are, where they stand, what of them is on the site."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import Action as AdminAction
from django.contrib.admin.options import ActionLocation
from django.contrib.admin.views.main import ChangeList
from django.db.models import BinaryField, JSONField, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import AUTHOR_ROLES, Article, Channel, Status
from sources.models import Source
from workflow import permissions, queues
from workflow.admin import bulk, history
from workflow.admin.asking import asking
from workflow.admin.badges import badge, on_the_site, short_time

LONG_HEADLINE = 40  # characters
ODD_FIELDS = (JSONField, BinaryField)


class QueueFilter(admin.SimpleListFilter):
    """The queues of the dashboard, and all that is one's own."""

    title = gettext_lazy("desk")
    parameter_name = "desk"

    def lookups(self, request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        user = asking(request)
        found: list[tuple[str, Any]] = [
            (queue.code, queue.label) for queue in queues.queues_of(user)
        ]
        if "write" in permissions.rights_of(user):
            found.append(("mine", _("all of mine")))
        return found

    def queryset(self, request: HttpRequest, queryset: queues.Articles) -> queues.Articles:
        user, at = asking(request), timezone.now()
        if self.value() == "mine":
            return queryset.filter(queues.mine(user, at))
        for queue in queues.queues_of(user):
            if queue.code == self.value():
                return queryset.filter(queue.articles(user, at))
        return queryset


class SiteFilter(admin.SimpleListFilter):
    """What is on the site, whatever the status of the working copy."""

    title = gettext_lazy("on the site")
    parameter_name = "site"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("live", _("live")),
            ("scheduled", _("scheduled")),
            ("ended", _("taken down")),
            ("withdrawn", _("withdrawn")),
            ("never", _("not live yet")),
        ]

    def queryset(self, _request: HttpRequest, queryset: queues.Articles) -> queues.Articles:
        off = Q(is_live=False, goes_live_at=None)
        conditions = {
            "live": Q(is_live=True),
            "scheduled": Q(goes_live_at__isnull=False),
            "ended": off & Q(was_live=True) & ~Q(status=Status.WITHDRAWN),
            "withdrawn": off & Q(status=Status.WITHDRAWN),
            "never": off & Q(was_live=False) & ~Q(status=Status.WITHDRAWN),
        }
        condition = conditions.get(self.value() or "")
        return queryset.filter(condition) if condition is not None else queryset


class ChannelFilter(admin.SimpleListFilter):
    """A channel together with those below it."""

    title = gettext_lazy("channel")
    parameter_name = "channel"
    field = "channel"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        tree: dict[int | None, list[Channel]] = {}
        for channel in Channel.objects.all():
            tree.setdefault(channel.parent_id, []).append(channel)
        return [
            (str(row.pk), row.name if row is top else f"— {row.name}")
            for top in tree.get(None, [])
            for row in (top, *tree.get(top.pk, []))
        ]

    def queryset(self, _request: HttpRequest, queryset: queues.Articles) -> queues.Articles:
        chosen = self.value() or ""
        if not _is_id(chosen):
            return queryset
        channel = int(chosen)
        return queryset.filter(Q(**{self.field: channel}) | Q(**{f"{self.field}__parent": channel}))


class SourceFilter(admin.SimpleListFilter):
    """The outlet that copy comes from."""

    title = gettext_lazy("source")
    parameter_name = "source"
    field = "source"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(pk), name) for pk, name in Source.objects.values_list("pk", "name")]

    def queryset(self, _request: HttpRequest, queryset: queues.Articles) -> queues.Articles:
        chosen = self.value() or ""
        return queryset.filter(**{self.field: int(chosen)}) if _is_id(chosen) else queryset


class PlainLookups(admin.ModelAdmin):
    """Lists whose rows hold JSON or bytes. These are no keys to look rows up by, and databases
    raise on values that they cannot take there."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        name = lookup.partition("__")[0]
        odd = {field.name for field in self.opts.fields if isinstance(field, ODD_FIELDS)}
        return name not in odd and super().lookup_allowed(lookup, value, request)


class ArticleList(ChangeList):
    """Django's list under a plain title, without the texts it does not show."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("Articles")

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> queues.Articles:
        found = super().get_queryset(request, exclude_parameters)
        return found.defer("body", "summary").prefetch_related("bylines__contributor")


class ArticleListAdmin(admin.ModelAdmin):
    """What all pages of articles share: who sees which, the list, the steps, the history.

    Nothing here writes; steps go through workflow.services. Nobody deletes an article.
    """

    list_display = ("number", "title", "channel", "authors", "state", "site", "changed")
    list_display_links = ("number", "title")
    list_filter = (
        QueueFilter,
        "status",
        SiteFilter,
        ChannelFilter,
        SourceFilter,
        ("updated_at", admin.DateFieldListFilter),
    )
    list_select_related = ("channel__parent",)
    list_per_page = 30
    list_max_show_all = 100
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-updated_at", "-id")
    search_fields = ("headline",)  # shows the search field; get_search_results does the work
    search_help_text = gettext_lazy("Headline, number, author, tag, words of the text")
    actions = tuple(bulk.ACTIONS)

    # Who may

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(permissions.rights_of(asking(request)))

    def has_view_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        user = asking(request)
        if obj is None:
            return bool(permissions.rights_of(user))
        return permissions.may_see(user, obj, timezone.now())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return "write" in permissions.rights_of(asking(request))

    def has_change_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return self.has_view_permission(request, obj)

    def has_delete_permission(self, _request: HttpRequest, _obj: Article | None = None) -> bool:
        return False

    # The list

    def get_queryset(self, request: HttpRequest) -> queues.Articles:
        at = timezone.now()
        visible = Article.objects.filter(permissions.visible_to(asking(request), at))
        return queues.with_site(visible, at)

    def get_changelist(self, *_args: Any, **_kwargs: Any) -> type[ChangeList]:
        return ArticleList

    def get_search_results(
        self, _request: HttpRequest, queryset: queues.Articles, search_term: str
    ) -> tuple[queues.Articles, bool]:
        """Articles in which every word is found somewhere."""
        for word in search_term.split():
            queryset = queryset.filter(_said_anywhere(word))
        return queryset, False

    @admin.display(description=gettext_lazy("headline"), ordering="headline")
    def title(self, article: Article) -> str:
        text = article.short_headline or article.headline or _("(no headline)")
        return text if len(text) <= LONG_HEADLINE else f"{text[: LONG_HEADLINE - 1]}…"

    @admin.display(description=gettext_lazy("authors"), empty_value="—")
    def authors(self, article: Article) -> str | None:
        names = [row.contributor.name for row in article.bylines.all() if row.role in AUTHOR_ROLES]
        return "、".join(dict.fromkeys(names)) or None

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, article: Article) -> SafeString:
        return badge(article.status, article.get_status_display())

    @admin.display(description=gettext_lazy("on the site"))
    def site(self, article: Any) -> SafeString:
        return on_the_site(
            article.status,
            is_live=article.is_live,
            live_until=article.live_until,
            goes_live_at=article.goes_live_at,
            was_live=article.was_live,
            at=timezone.now(),
        )

    @admin.display(description=gettext_lazy("changed at"), ordering="updated_at")
    def changed(self, article: Article) -> str:
        return short_time(article.updated_at, timezone.now())

    # Steps

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> dict[str, AdminAction | None]:
        rights = permissions.rights_of(asking(request))
        known = super().get_actions(request, action_location=action_location)
        return {
            name: action
            for name, action in known.items()
            if action and isinstance(action.func, bulk.BulkAction) and action.func.rights & rights
        }

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Decisions and revisions in place of the admin's own log, which knows neither."""
        if not _is_id(object_id):
            raise Http404
        return history.page(request, self, int(object_id), extra_context)


def _is_id(text: str) -> bool:
    """Whether it can be the number of a row; longer ones are no numbers to any database."""
    return text.isdecimal() and len(text) < 19


def _said_anywhere(word: str) -> Q:
    found = Q(pk__in=Article.objects.filter(contributors__name__icontains=word).values("pk"))
    found |= Q(pk__in=Article.objects.filter(taggings__tag__name__icontains=word).values("pk"))
    for field in ("headline", "kicker", "subtitle", "short_headline", "summary", "body"):
        found |= Q(**{f"{field}__icontains": word})
    if _is_id(word):
        found |= Q(number=int(word)) | Q(legacy_id=word)
    return found
