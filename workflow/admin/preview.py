"""Articles as readers would see them, and editions as readers saw them; for the desk alone."""

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from publication import editions
from publication.models import Edition
from publication.views import render_edition
from workflow import readiness, services
from workflow.admin.gaps import gaps
from workflow.situation import Situation

# Without these there is no page to show.
NEEDED = frozenset({"headline", "channel", "source"})


def page(request: HttpRequest, model_admin: ModelAdmin, pk: int) -> HttpResponse:
    """The working copy in the public template; what is missing where that cannot be."""
    at = timezone.now()
    article = get_object_or_404(model_admin.get_queryset(request), pk=pk)
    if not (article.headline and article.channel and article.source):
        return TemplateResponse(
            request,
            "admin/workflow/no_preview.html",
            {
                **model_admin.admin_site.each_context(request),
                "opts": model_admin.opts,
                "title": article,
                "article": article,
                "gaps": gaps(
                    article,
                    (gap for gap in readiness.missing(article, at) if gap.field in NEEDED),
                ),
            },
            status=409,
        )
    situation = Situation.of(article, at)
    edition = editions.unsaved(
        article,
        visible_from=at,
        reviewers=services.reviewers(situation),
        corrections=situation.live.corrections if situation.live else [],
    )
    return render_edition(request, _with_private_pictures(edition), at=at, preview=True)


def edition_page(
    request: HttpRequest, model_admin: ModelAdmin, pk: int, edition: int
) -> HttpResponse:
    """An edition of the article as readers saw it."""
    article = get_object_or_404(model_admin.get_queryset(request), pk=pk)
    shown = get_object_or_404(article.editions.select_related("channel__parent"), pk=edition)
    at = min(timezone.now(), shown.visible_until or timezone.now())
    return render_edition(request, _with_private_pictures(shown), at=at, preview=True)


def _with_private_pictures(edition: Edition) -> Edition:
    """The edition, unsaved, with addresses of pictures that only the desk can open."""
    edition.pictures = {
        sha256: {
            **picture,
            "renditions": [
                {**rendition, "address": reverse("private-picture", args=[sha256])}
                for rendition in picture["renditions"]
            ],
        }
        for sha256, picture in edition.pictures.items()
    }
    return edition
