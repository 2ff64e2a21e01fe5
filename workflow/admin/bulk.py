"""One step on several articles: a page that asks once, then a report row by row."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from articles.models import Article, Status
from people.models import User
from workflow import permissions, queues, readiness, services
from workflow.admin import comparison
from workflow.admin.asking import asking
from workflow.admin.verbs import VERBS
from workflow.situation import Situation
from workflow.transitions import BY_ACTION, PASSES, Action

AT_ONCE = 100  # articles


@dataclass(frozen=True, slots=True)
class BulkAction:
    """An entry in a list's menu. `actions` are the steps it may mean, by the article's status;
    `rights` are those of which one shows it. `page_name` and `list_name` are those of the addresses of its page,
    which takes the action's name, and of its list; `refusal` is what else stands in the way."""

    name: str
    short_description: str | Promise
    actions: tuple[Action, ...]
    rights: frozenset[str]
    page_name: str = "admin:articles_article_bulk"
    list_name: str = "admin:articles_article_changelist"
    refusal: Callable[[Article], str] = lambda _article: ""

    def __call__(
        self, model_admin: ModelAdmin, request: HttpRequest, queryset: queues.Articles
    ) -> HttpResponse:
        """The page that asks."""
        chosen = list(queryset.order_by("pk")[: AT_ONCE + 1])
        return _asking(request, model_admin, self, chosen, form=NoteForm(self))

    @property
    def __name__(self) -> str:
        """What Django's admin calls it by."""
        return self.name

    def action_for(self, article: Article) -> Action:
        """The step this means for an article."""
        if len(self.actions) == 1:
            return self.actions[0]
        return PASSES.get(Status(article.status), self.actions[0])

    @property
    def needs_note(self) -> bool:
        """Whether the table asks for a note."""
        return any(BY_ACTION[action].note for action in self.actions)


ACTIONS = (
    BulkAction("submit", gettext_lazy("Submit for review"), (Action.SUBMIT,), frozenset({"write"})),
    BulkAction(
        "pass",
        gettext_lazy("Pass my review"),
        tuple(PASSES.values()),
        frozenset({"review_first", "review_second", "review_final"}),
    ),
    BulkAction(
        "return",
        gettext_lazy("Return for changes"),
        (Action.RETURN,),
        frozenset({"review_first", "review_second", "review_final"}),
    ),
    BulkAction(
        "hold",
        gettext_lazy("Hold"),
        (Action.HOLD,),
        frozenset({"review_first", "review_second", "review_final"}),
    ),
    BulkAction("publish", gettext_lazy("Publish now"), (Action.PUBLISH,), frozenset({"publish"})),
)


class NoteForm(forms.Form):
    """The one note that all the articles get."""

    note = forms.CharField(
        label=gettext_lazy("note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The same for all of them."),
    )

    def __init__(self, bulk: BulkAction, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].required = bulk.needs_note


@dataclass(frozen=True, slots=True)
class Row:
    """What will happen, or has happened, to one article: `refusals` are empty when all is well.
    `version` is the one that the step starts from; `warning` is what to know before it."""

    article: Article
    version: int
    refusals: tuple[str, ...]
    outcome: str = ""
    warning: str = ""


def page(
    request: HttpRequest,
    model_admin: ModelAdmin,
    name: str,
    actions: Iterable[BulkAction] = ACTIONS,
) -> HttpResponse:
    """Take the step on each article, one transaction each, and report."""
    bulk = next((action for action in actions if action.name == name), None)
    if bulk is None or request.method != "POST":
        raise Http404
    user = asking(request)
    if not bulk.rights & permissions.rights_of(user):
        raise PermissionDenied
    versions = _versions(request)
    articles = list(
        model_admin.get_queryset(request).filter(pk__in=list(versions)[:AT_ONCE]).order_by("pk")
    )
    form = NoteForm(bulk, request.POST)
    if not form.is_valid():
        return _asking(
            request, model_admin, bulk, articles, form=form, versions=versions, status=400
        )
    at = timezone.now()
    rows = [
        _taken(bulk, article, by=user, at=at, version=versions[article.pk], **form.cleaned_data)
        for article in articles
    ]
    return TemplateResponse(
        request,
        "admin/workflow/bulk_report.html",
        {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.opts,
            "title": bulk.short_description,
            "rows": rows,
            "done": sum(not row.refusals for row in rows),
            "refused": sum(bool(row.refusals) for row in rows),
            "back": reverse(bulk.list_name),
        },
    )


def _taken(
    bulk: BulkAction, article: Article, *, by: User, at: datetime.datetime, version: int, note: str
) -> Row:
    action = bulk.action_for(article)
    if refusal := bulk.refusal(article):
        return Row(article, version, (refusal,))
    try:
        decision = VERBS[action](article.pk, by=by, at=at, version=version, note=note)
    except services.Refused as refused:
        return Row(article, version, refused.sentences)
    return Row(article, version, (), f"{action.label} → {Status(decision.to_status).label}")


def _asking(
    request: HttpRequest,
    model_admin: ModelAdmin,
    bulk: BulkAction,
    articles: list[Article],
    *,
    form: NoteForm,
    versions: dict[int, int] | None = None,
    status: int = 200,
) -> HttpResponse:
    user, at = asking(request), timezone.now()
    shown = versions or {article.pk: article.version for article in articles}
    rows = [
        _foreseen(bulk, article, shown[article.pk], by=user, at=at)
        for article in articles[:AT_ONCE]
    ]
    return TemplateResponse(
        request,
        "admin/workflow/bulk.html",
        {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.opts,
            "title": bulk.short_description,
            "address": reverse(bulk.page_name, args=[bulk.name]),
            "back": reverse(bulk.list_name),
            "rows": rows,
            "possible": sum(not row.refusals for row in rows),
            "limit": AT_ONCE if len(articles) > AT_ONCE else 0,
            "form": form,
        },
        status=status,
    )


def _foreseen(
    bulk: BulkAction, article: Article, version: int, *, by: User, at: datetime.datetime
) -> Row:
    """What stands in the way of the step now."""
    action = bulk.action_for(article)
    situation = Situation.of(article, at)
    if refusal := permissions.refusal(action, situation, by) or bulk.refusal(article):
        return Row(article, version, (refusal,))
    gaps = readiness.missing_for(action, article, at)
    return Row(
        article,
        version,
        tuple(gap.sentence for gap in gaps),
        warning=comparison.own_changes(action, situation, by),
    )


def _versions(request: HttpRequest) -> dict[int, int]:
    """{article id: version that was shown} out of the form's fields `article`, "id:version" each."""
    found = {}
    for pair in request.POST.getlist("article"):
        pk, _colon, version = pair.partition(":")
        if _is_number(pk) and _is_number(version):
            found[int(pk)] = int(version)
    return found


def _is_number(typed: str) -> bool:
    """Whether it can be the id or version of a row."""
    return typed.isdecimal() and len(typed) <= 18
