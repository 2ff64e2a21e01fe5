"""What happened to an article: every decision, every revision, any two of them side by side."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from articles.difference import between
from articles.models import Article
from workflow import services
from workflow.models import Revision
from workflow.situation import Situation


def page(
    request: HttpRequest,
    model_admin: ModelAdmin,
    pk: int,
    extra_context: dict[str, Any] | None = None,
) -> HttpResponse:
    """Decisions and revisions; with `old` and `new` (versions) in the query, what changed."""
    article = get_object_or_404(model_admin.get_queryset(request), pk=pk)
    revisions = list(article.revisions.defer("content", "printed").order_by("-version"))
    chosen = _chosen(request, article)
    response = TemplateResponse(
        request,
        "admin/workflow/history.html",
        {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.opts,
            "title": article,
            "article": article,
            "decisions": article.decisions.order_by("-sequence"),
            "revisions": revisions,
            "old": chosen[0] if chosen else (revisions[1] if len(revisions) > 1 else None),
            "new": chosen[1] if chosen else (revisions[0] if revisions else None),
            "differences": between(chosen[0].printed, chosen[1].printed) if chosen else None,
            **(extra_context or {}),
        },
    )
    response["Cache-Control"] = "no-store, private"
    return response


def record_sheet(request: HttpRequest, model_admin: ModelAdmin, pk: int) -> HttpResponse:
    """The sheet of signatures (审签单) of an article, to print and file."""
    article = get_object_or_404(
        model_admin.get_queryset(request).select_related("channel__parent", "source", "created_by"),
        pk=pk,
    )
    situation = Situation.of(article, timezone.now())
    return TemplateResponse(
        request,
        "admin/workflow/record.html",
        {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.opts,
            "title": article,
            "article": article,
            "bylines": article.bylines.select_related("contributor__unit"),
            "situation": situation,
            "reviewers": services.reviewers(situation),
            "printed_at": situation.at,
        },
    )


def _chosen(request: HttpRequest, article: Article) -> tuple[Revision, Revision] | None:
    """The two revisions that the query names, the older first."""
    versions = [request.GET.get(name, "") for name in ("old", "new")]
    if not all(version.isdecimal() and len(version) <= 9 for version in versions):
        return None
    found = list(
        article.revisions.filter(version__in=[int(version) for version in versions]).order_by(
            "version"
        )
    )
    return (found[0], found[-1]) if found else None
