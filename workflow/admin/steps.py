"""The steps of one article: the panel under its form, and the page that asks before each step."""

import datetime
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from articles.models import IN_REVIEW, Article, Status
from articles.text import count_characters
from people.models import User
from workflow import permissions, readiness, services
from workflow.admin import bulk, comparison, history, preview
from workflow.admin.asking import asking
from workflow.admin.badges import edition_badge, on_the_site, short_time
from workflow.admin.gaps import gaps
from workflow.admin.verbs import EXPLAINED, GRAVE, PUBLISHING, VERBS, StepForm
from workflow.models import Decision
from workflow.situation import Situation
from workflow.transitions import BY_ACTION, PASSES, Action, To, first_stage, next_stage

# The order of the buttons: what leads on, what leads back, what should not happen by mistake.
ORDER = (
    *PASSES.values(),
    Action.ACCEPT,
    Action.SUBMIT,
    Action.CORRECT,
    Action.PUBLISH,
    Action.COUNTERSIGN,
    Action.RESUME,
    Action.RESTORE,
    Action.SCHEDULE,
    Action.UNSCHEDULE,
    Action.REOPEN,
    Action.RETURN,
    Action.HOLD,
    Action.RECALL,
    Action.LIMIT,
    Action.DISCARD,
    Action.REJECT,
    Action.DISMISS,
    Action.WITHDRAW,
    Action.EMERGENCY,
)
LEADING_ON = frozenset(ORDER[:10])
UNFINISHED = (Status.DRAFT, *IN_REVIEW, Status.APPROVED)
# Steps after which, or instead of which, one wants to see what changed.
ABOUT_THE_TEXT = frozenset(
    {
        *PASSES.values(),
        *PUBLISHING,
        Action.SUBMIT,
        Action.RETURN,
        Action.DISCARD,
        Action.COUNTERSIGN,
    }
)


class Button(NamedTuple):
    """A step that is possible now."""

    action: Action
    url: str
    is_primary: bool
    is_grave: bool


def panel(request: HttpRequest, article: Article) -> dict[str, Any]:
    """The context of `admin/workflow/_steps.html`, under the one key `panel`."""
    user, at = asking(request), timezone.now()
    situation = Situation.of(article, at)
    refusals = permissions.refusals(situation, user)
    possible = _offered([action for action in ORDER if not refusals[action]])
    primary = next((action for action in possible if action in LEADING_ON), None)
    missing = _lacking(article, primary, at)
    if missing and primary and (BY_ACTION[primary].complete or primary == Action.ACCEPT):
        primary = None
    return {
        "panel": {
            "article": article,
            "situation": situation,
            "site": site_of(situation),
            "buttons": [
                Button(
                    action, _address("step", article, action), action == primary, action in GRAVE
                )
                for action in possible
            ],
            "refused": [
                (action.label, refusals[action])
                for action in _expected(situation)
                if refusals[action]
            ],
            "gaps": gaps(article, missing),
            "compared": _compared(situation, possible),
            "decisions": situation.decisions[::-1],
            "editions": editions_of(situation),
            "live_url": situation.live.get_absolute_url() if situation.live else "",
            "emergency": situation.open_emergency,
        }
    }


def urls(model_admin: ModelAdmin) -> list[URLPattern]:
    """The pages of articles besides list and form."""

    def view(page: Any) -> Any:
        def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            response: HttpResponse = page(request, model_admin, **kwargs)
            add_never_cache_headers(response)
            response["X-Robots-Tag"] = "noindex"
            return response

        return model_admin.admin_site.admin_view(answer)

    prefix = "articles_article"
    return [
        path("steps/<slug:name>/", view(bulk.page), name=f"{prefix}_bulk"),
        path("<int:pk>/step/<slug:action>/", view(page), name=f"{prefix}_step"),
        path("<int:pk>/preview/", view(preview.page), name=f"{prefix}_preview"),
        path("<int:pk>/record/", view(history.record_sheet), name=f"{prefix}_record"),
        path(
            "<int:pk>/edition/<int:edition>/", view(preview.edition_page), name=f"{prefix}_edition"
        ),
    ]


def page(
    request: HttpRequest, model_admin: ModelAdmin, pk: int, action: str, onward: str = ""
) -> HttpResponse:
    """Say what a step will do and ask for what it needs; take it on POST.

    Afterwards one is at the address `onward`, or else back at the article.
    """
    user, at = asking(request), timezone.now()
    article = get_object_or_404(model_admin.get_queryset(request), pk=pk)
    step = next((known for known in VERBS if known == action), None)
    if step is None:
        raise Http404
    situation = Situation.of(article, at)
    if request.method != "POST":
        refusal = permissions.refusal(step, situation, user)
        form = StepForm(step, situation, initial={"version": article.version})
        return _asking(request, model_admin, step, situation, form, status=403 if refusal else 200)
    form = StepForm(step, situation, request.POST)
    if not form.is_valid():
        return _asking(request, model_admin, step, situation, form, status=400)
    try:
        decision = VERBS[step](article.pk, by=user, at=at, **form.facts())
    except services.Refused as refused:
        version = form.cleaned_data["version"]
        status, sentences = 400, refused.sentences
        if isinstance(refused, services.Stale):
            status, sentences = 409, _calm(refused, step, article, user, version)
        article = get_object_or_404(model_admin.get_queryset(request), pk=pk)
        # What was typed stays; the next attempt starts from today's text, which is shown.
        form.data = request.POST.copy()
        form.data["version"] = str(article.version)
        return _asking(
            request,
            model_admin,
            step,
            Situation.of(article, at),
            form,
            sentences=sentences,
            seen=version,
            status=status,
        )
    messages.success(
        request,
        _("“%(headline)s”: %(step)s. Now: %(status)s.")
        % {
            "headline": article.headline or article.number,
            "step": step.label,
            "status": Status(decision.to_status).label,
        },
    )
    # To look only: who has just handed an article on must not keep it locked by an open page.
    return HttpResponseRedirect(onward or f"{_address('change', article)}?look=1")


def site_of(situation: Situation) -> Any:
    """What of the article is on the site, as a badge."""
    live, scheduled = situation.live, situation.scheduled
    return on_the_site(
        situation.article.status,
        is_live=live is not None,
        live_until=live.visible_until if live else None,
        goes_live_at=scheduled.visible_from if scheduled else None,
        was_live=situation.was_published and situation.article.first_published_at is not None,
        at=situation.at,
    )


def editions_of(situation: Situation) -> list[dict[str, Any]]:
    """The article's editions, newest first, each with its state and where to read it."""
    article = situation.article
    return [
        {
            "edition": edition,
            "state": edition_badge(edition, situation.at),
            "url": _address("edition", article, edition.pk),
        }
        for edition in article.editions.defer("body").order_by("-visible_from", "-pk")
    ]


def _asking(
    request: HttpRequest,
    model_admin: ModelAdmin,
    step: Action,
    situation: Situation,
    form: StepForm,
    *,
    sentences: tuple[str, ...] = (),
    seen: int | None = None,
    status: int,
) -> HttpResponse:
    """The page that asks. `seen` is the version that a stale attempt started from."""
    article = situation.article
    refusal = permissions.refusal(step, situation, asking(request))
    missing = gaps(article, readiness.missing_for(step, article, situation.at))
    meanwhile = comparison.since(article, seen) if seen is not None else None
    compared = comparison.with_last_handled(situation) if step in ABOUT_THE_TEXT else None
    # A permission to reprint may begin by the time of going live.
    blocked = bool(refusal) or bool(missing and step != Action.SCHEDULE)
    return TemplateResponse(
        request,
        "admin/workflow/step.html",
        {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.opts,
            "title": step.label,
            "step": step,
            "article": article,
            "situation": situation,
            "site": site_of(situation),
            "characters": count_characters(article.body),
            "explained": EXPLAINED[step],
            "own_changes": comparison.own_changes(step, situation, asking(request)),
            "leads_to": _leads_to(step, article),
            "is_grave": step in GRAVE,
            "sentences": dict.fromkeys((*sentences, refusal) if refusal else sentences),
            "gaps": missing if not refusal else [],
            "blocked": blocked,
            "form": form,
            "meanwhile": meanwhile,
            "compared": meanwhile or compared,
            "about_the_text": step in ABOUT_THE_TEXT,
        },
        status=status,
    )


def _calm(
    stale: services.Stale, step: Action, article: Article, user: User, version: int
) -> tuple[str, ...]:
    """What to tell somebody who came too late; that all is well where they were it themselves."""
    own = Decision.objects.filter(article=article, action=step, by=user, version=version).first()
    if own is None:
        return stale.sentences
    return (
        _("You have already taken this step (%(time)s). It was done once; nothing is lost.")
        % {"time": short_time(own.at, timezone.now())},
    )


def _expected(situation: Situation) -> list[Action]:
    """The steps one would look for now; where they are refused, the panel says why."""
    status = Status(situation.article.status)
    if status == Status.DRAFT:
        return [Action.SUBMIT]
    if status in PASSES:
        return [PASSES[status]]
    if status == Status.APPROVED:
        return [Action.CORRECT if situation.live else Action.PUBLISH]
    if situation.open_emergency:
        return [Action.COUNTERSIGN]
    return []


def _lacking(
    article: Article, primary: Action | None, at: datetime.datetime
) -> list[readiness.Missing]:
    """What is missing for the step that leads on, or would if nothing were."""
    if primary == Action.ACCEPT:
        return readiness.missing_for(primary, article, at)
    return readiness.missing(article, at) if article.status in UNFINISHED else []


def _offered(possible: list[Action]) -> list[Action]:
    """Without the emergency where the same text can be published in the ordinary way."""
    if {Action.PUBLISH, Action.CORRECT, Action.ACCEPT} & set(possible):
        return [action for action in possible if action != Action.EMERGENCY]
    return possible


def _compared(situation: Situation, possible: list[Action]) -> comparison.Comparison | None:
    """What changed since the text was last handled, for those who decide about it."""
    decides = set(possible) & {*PASSES.values(), Action.PUBLISH, Action.CORRECT, Action.COUNTERSIGN}
    return comparison.with_last_handled(situation) if decides else None


def _leads_to(step: Action, article: Article) -> str:
    """The status that the step leads to, in words; empty where that cannot be said yet."""
    to = BY_ACTION[step].to
    if to == To.FORMER:
        to = Status(article.former_status) if article.former_status else To.SAME
    elif article.channel and to == To.FIRST_STAGE:
        to = first_stage(article.channel.reviews)
    elif article.channel and to == To.NEXT_STAGE and article.status in IN_REVIEW:
        to = next_stage(article.channel.reviews, Status(article.status))
    return str(to.label) if isinstance(to, Status) else ""


def _address(name: str, article: Article, *args: str | int) -> str:
    return reverse(f"admin:articles_article_{name}", args=[article.pk, *args])
