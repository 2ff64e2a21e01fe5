"""The queue of imported drafts: what waits to be checked, each beside what it was read from.

Nothing here writes; the steps are those of the article and go through workflow/services.py.
"""

import functools
import operator
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import Action as AdminAction
from django.contrib.admin.options import ActionLocation
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.models import Article
from articles.text import paragraphs
from legacy.fitness import FIELDS, Options
from legacy.models import Original
from legacy.queue import RIGHTS, originals_for
from legacy.side_by_side import KINDS, label, lines_read, sides, text_read
from workflow import permissions, readiness
from workflow.admin import bulk, steps
from workflow.admin.asking import asking
from workflow.admin.badges import badge
from workflow.admin.changelist import ChannelFilter, PlainLookups, SourceFilter
from workflow.admin.gaps import gaps
from workflow.admin.verbs import GRAVE
from workflow.situation import Situation
from workflow.transitions import Action

STEPS = (Action.ACCEPT, Action.DISMISS, Action.RESTORE)
# Below it, somebody should look at what the reader made of a field.
LOW_CONFIDENCE = Options().threshold
LONG_HEADLINE = 40  # characters


class StandingFilter(admin.SimpleListFilter):
    """What waits, unless something else is asked for."""

    title = gettext_lazy("standing")
    parameter_name = "standing"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        standing = Original.Standing
        return [
            (one.value, one.label)
            for one in (standing.WAITING, standing.ACCEPTED, standing.DISMISSED)
        ]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Original]) -> QuerySet[Original]:
        chosen = {
            Original.Standing.ACCEPTED.value: Original.objects.accepted,
            Original.Standing.DISMISSED.value: Original.objects.dismissed,
        }.get(self.value() or "", Original.objects.waiting)
        return queryset.filter(pk__in=chosen().values("pk"))

    def choices(self, changelist: ChangeList) -> Any:
        """Without one for all of them."""
        chosen = self.value() or Original.Standing.WAITING.value
        for value, title in self.lookup_choices:
            yield {
                "selected": str(value) == chosen,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }


class ReasonFilter(admin.SimpleListFilter):
    """Why it waits."""

    title = gettext_lazy("why it waits")
    parameter_name = "why"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("repaired", _("repaired")),
            ("marked", _("places left undecided")),
            ("unsure", _("low confidence")),
            ("doubtful", _("doubts")),
            ("pictures", _("pictures missing")),
        ]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Original]) -> QuerySet[Original]:
        low = [Q(**{f"confidence__{field}__lt": LOW_CONFIDENCE}) for field in FIELDS]
        conditions = {
            "repaired": ~Q(changes=[]),
            "marked": ~Q(marks=[]),
            "unsure": functools.reduce(operator.or_, low),
            "doubtful": ~Q(doubts=[]),
            "pictures": ~Q(missing_pictures=[]),
        }
        condition = conditions.get(self.value() or "")
        return queryset.filter(condition) if condition is not None else queryset


class ArticleChannelFilter(ChannelFilter):
    """The channel of the article."""

    field = "article__channel"


class ArticleSourceFilter(SourceFilter):
    """The source of the article."""

    field = "article__source"


def _marked(article: Article) -> str:
    """Why an article is not accepted along with others; empty where nothing is left undecided."""
    original = Original.objects.filter(article=article).only("marks").first()
    if original is None or not original.marks:
        return ""
    return ngettext(
        "%(count)d place in it is left undecided; look at it by itself.",
        "%(count)d places in it are left undecided; look at it by itself.",
        len(original.marks),
    ) % {"count": len(original.marks)}


ACCEPT = bulk.BulkAction(
    "accept",
    gettext_lazy("Accept for the site"),
    (Action.ACCEPT,),
    frozenset({"publish"}),
    page_name="admin:legacy_original_bulk",
    list_name="admin:legacy_original_changelist",
    refusal=_marked,
)


def accept(
    model_admin: "OriginalAdmin", request: HttpRequest, queryset: QuerySet[Original]
) -> HttpResponse:
    """The page that asks before the chosen articles are accepted."""
    articles = Article.objects.filter(original__in=queryset.order_by().values("pk"))
    return ACCEPT(model_admin.articles, request, articles)


accept.short_description = ACCEPT.short_description  # type: ignore[attr-defined]


@admin.register(Original)
class OriginalAdmin(PlainLookups):
    """The list, the page of each, its record as it was read, and the steps from there."""

    list_display = ("number", "title", "source", "day", "why", "file_and_place")
    list_display_links = ("number", "title")
    list_filter = (
        StandingFilter,
        ReasonFilter,
        ArticleChannelFilter,
        ArticleSourceFilter,
        "format",
    )
    list_select_related = ("article__source",)
    list_per_page = 50
    list_max_show_all = bulk.AT_ONCE
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    ordering = ("file", "id")
    search_fields = ("article__headline", "file", "=article__number", "=article__legacy_id")
    search_help_text = gettext_lazy("Headline, number, file")
    actions = (accept,)

    @property
    def articles(self) -> admin.ModelAdmin:
        """The pages of articles, whose steps are taken."""
        return self.admin_site.get_model_admin(Article)

    # Who may

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(permissions.rights_of(asking(request)) & RIGHTS)

    def has_view_permission(self, request: HttpRequest, obj: Original | None = None) -> bool:
        if obj is None:
            return self.has_module_permission(request)
        return originals_for(asking(request), timezone.now()).filter(pk=obj.pk).exists()

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Original | None = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Original | None = None) -> bool:
        return False

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Original]:
        return originals_for(asking(request), timezone.now()).defer(
            "data", "before", "article__body"
        )

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> dict[str, AdminAction | None]:
        known = super().get_actions(request, action_location=action_location)
        may = ACCEPT.rights & permissions.rights_of(asking(request))
        return {
            name: action
            for name, action in known.items()
            if action and action.func is accept and may
        }

    @admin.display(description=gettext_lazy("number"), ordering="article__number")
    def number(self, original: Original) -> int:
        return original.article.number

    @admin.display(description=gettext_lazy("headline"), ordering="article__headline")
    def title(self, original: Original) -> str:
        text = original.article.headline or _("(no headline)")
        return text if len(text) <= LONG_HEADLINE else f"{text[: LONG_HEADLINE - 1]}…"

    @admin.display(description=gettext_lazy("source"), ordering="article__source", empty_value="—")
    def source(self, original: Original) -> str | None:
        return str(original.article.source) if original.article.source else None

    @admin.display(
        description=gettext_lazy("published there"),
        ordering="article__first_published_at",
        empty_value="—",
    )
    def day(self, original: Original) -> str | None:
        moment = original.article.first_published_at
        return f"{timezone.localtime(moment):%Y-%m-%d}" if moment else None

    @admin.display(description=gettext_lazy("why it waits"))
    def why(self, original: Original) -> SafeString:
        return format_html_join(" ", "{}", ((reason,) for reason in reasons(original)))

    @admin.display(description=gettext_lazy("file"), ordering="file")
    def file_and_place(self, original: Original) -> str:
        return str(original)

    # The pages

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("steps/<slug:name>/", view(self.bulk_view), name="legacy_original_bulk"),
            path("<int:pk>/step/<slug:action>/", view(self.step_view), name="legacy_original_step"),
            path("<int:pk>/raw/", view(self.raw_view), name="legacy_original_raw"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What was read and what became of it, side by side."""
        original = self._seen(request, object_id)
        article, at = original.article, timezone.now()
        situation = Situation.of(article, at)
        refusals = permissions.refusals(situation, asking(request))
        shown = sides(original, article)
        kinds = {kind for field in shown for kind in field.kinds}
        has_body = any(field.is_body for field in shown)
        response = TemplateResponse(
            request,
            "admin/legacy/original/change_form.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": article.headline or article.number,
                "original": original,
                "article": article,
                "standing": original.standing.label,
                "site": steps.site_of(situation),
                "reasons": reasons(original),
                "sides": shown,
                "legend": [(kind, words) for kind, words in KINDS.items() if kind in kinds],
                "read": [] if has_body else lines_read(original),
                "paragraphs": [] if has_body else paragraphs(article.body),
                "bylines": article.bylines.select_related("contributor__unit"),
                "confidence": confidences(original),
                "doubts": [(label(doubt["field"]), doubt["sentence"]) for doubt in original.doubts],
                "gaps": gaps(article, readiness.missing_for(Action.ACCEPT, article, at)),
                "may_edit": not permissions.edit_refusal(situation, asking(request)),
                "buttons": [
                    steps.Button(
                        step,
                        reverse("admin:legacy_original_step", args=[original.pk, step]),
                        step == Action.ACCEPT,
                        step in GRAVE,
                    )
                    for step in STEPS
                    if not refusals[step]
                ],
                "refused": refusals[Action.ACCEPT]
                if original.standing == Original.Standing.WAITING
                else "",
                **(extra_context or {}),
            },
        )
        add_never_cache_headers(response)
        return response

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """That of the article; the original has none."""
        original = self._seen(request, object_id)
        return self.articles.history_view(request, str(original.article_id), extra_context)

    def raw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The record as it was read, as plain text."""
        text = text_read(self._seen(request, str(pk)))
        if not text:
            raise Http404
        response = HttpResponse(text, content_type="text/plain; charset=utf-8")
        response["X-Content-Type-Options"] = "nosniff"
        response["X-Robots-Tag"] = "noindex"
        add_never_cache_headers(response)
        return response

    def step_view(self, request: HttpRequest, pk: int, action: str) -> HttpResponse:
        """A step of the article, with the way back to the queue."""
        original = self._seen(request, str(pk))
        onward = reverse("admin:legacy_original_changelist")
        response = steps.page(request, self.articles, original.article_id, action, onward)
        add_never_cache_headers(response)
        return response

    def bulk_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Accept several; a report row by row."""
        response = bulk.page(request, self.articles, name, (ACCEPT,))
        add_never_cache_headers(response)
        return response

    def _seen(self, request: HttpRequest, object_id: str) -> Original:
        """The original, or 404 for those who may not know of it."""
        if not (object_id.isascii() and object_id.isdecimal() and len(object_id) < 18):
            raise Http404
        known = originals_for(asking(request), timezone.now()).select_related(
            "article__source", "article__channel__parent"
        )
        return get_object_or_404(known, pk=int(object_id))


def reasons(original: Original) -> list[SafeString]:
    """Why somebody should look at it, a badge each."""
    low = [row for row in confidences(original) if row["is_low"]]
    marks, doubts, pictures = (
        len(rows) for rows in (original.marks, original.doubts, original.missing_pictures)
    )
    found = {
        "marks": _("%(count)d undecided") % {"count": marks} if marks else "",
        "repaired": _("repaired") if original.changes else "",
        "unsure": _("low confidence") if low else "",
        "doubtful": _("%(count)d in doubt") % {"count": doubts} if doubts else "",
        "pictures": _("%(count)d pictures missing") % {"count": pictures} if pictures else "",
    }
    return [badge(code, words) for code, words in found.items() if words]


def confidences(original: Original) -> list[dict[str, Any]]:
    """How sure the reader was of each field it named: label, percent, is_low."""
    return [
        {"label": label(field), "percent": round(value * 100), "is_low": value < LOW_CONFIDENCE}
        for field, value in original.confidence.items()
    ]
