"""The addresses of the site for search engines: one list a year, and one of the channels."""

import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from articles.models import Channel
from publication.models import Edition
from publication.views import page

LIMIT = 50_000  # addresses in one list (sitemaps.org)


@page
def index(request: HttpRequest) -> HttpResponse:
    """The lists there are."""
    editions = Edition.objects.visible(timezone.now())
    first, last = editions.oldest_first().first(), editions.newest_first().first()
    addresses = [reverse("sitemap_of_channels")]
    if first and last:
        addresses += [
            reverse("sitemap_of_year", args=[year])
            for year in range(
                timezone.localtime(first.first_published_at).year,
                timezone.localtime(last.first_published_at).year + 1,
            )
        ]
    return _xml(request, "publication/sitemap_index.xml", addresses)


@page
def channels(request: HttpRequest) -> HttpResponse:
    """The front page and the channels."""
    slugs = Channel.objects.order_by("order", "name").values_list("slug", flat=True)
    addresses = [
        reverse("home"),
        reverse("latest"),
        *(reverse("channel", args=[slug]) for slug in slugs),
    ]
    return _xml(request, "publication/sitemap.xml", [(address, None) for address in addresses])


@page
def articles_of_year(request: HttpRequest, year: str) -> HttpResponse:
    """The articles first published in a year of Asia/Shanghai, newest first."""
    try:
        starts = timezone.make_aware(datetime.datetime(int(year), 1, 1))  # noqa: DTZ001
        ends = timezone.make_aware(datetime.datetime(int(year) + 1, 1, 1))  # noqa: DTZ001
    except (ValueError, OverflowError) as error:
        raise Http404 from error
    editions = (
        Edition.objects.visible(timezone.now())
        .filter(first_published_at__gte=starts, first_published_at__lt=ends)
        .newest_first()
        .only("number", "first_published_at", "visible_from")[:LIMIT]
    )
    rows = [(edition.get_absolute_url(), edition.visible_from) for edition in editions]
    if not rows:
        raise Http404
    return _xml(request, "publication/sitemap.xml", rows)


def _xml(request: HttpRequest, template: str, addresses: list) -> HttpResponse:
    context = {"site_url": settings.SITE_URL, "addresses": addresses}
    return render(request, template, context, content_type="application/xml")
