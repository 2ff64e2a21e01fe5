"""The pages of the public site. They read editions only, at the moment the request came in."""

import datetime
import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
)
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.encoding import repercent_broken_unicode
from django.utils.http import quote_etag
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page

from articles.models import Channel
from publication import body, paging, renditions
from publication.frame import Branch, frame
from publication.models import Edition, OldAddress, PictureUse, Withdrawal

View = Callable[..., HttpResponseBase]

PAGE_AGE = 60  # seconds that browsers and proxies may keep a page
PICTURE_AGE = 600  # seconds; short, for a withdrawal takes the pictures along
NEWEST = 60  # how far back the front page looks for its lead and its pictures
LATEST = 10
STRIP = 4
BLOCK = 6
ASIDE = 8
MIMES = {form.ending: form.mime for form in renditions.FORMATS}


def read_only(view: View) -> View:
    """Answer all but GET and HEAD with 405, whatever they carry."""

    @functools.wraps(view, assigned=("__module__", "__name__", "__qualname__", "__doc__"))
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"}:
            response = _error_page(request, 405)
            response["Allow"] = "GET, HEAD"
            return response
        return view(request, *args, **kwargs)

    answer.csrf_exempt = True  # type: ignore[attr-defined] # nothing is taken in, so 405 and not 403
    return answer


def page(view: View) -> View:
    """A public page: read only, kept for a short time, answered with 304 where it is unchanged."""
    kept = cache_control(public=True, max_age=PAGE_AGE)(view)
    return read_only(conditional_page(kept))


# Lists


@page
def home(request: HttpRequest) -> HttpResponseBase:
    """The front page: the lead story, the latest, pictures, a block a channel.

    Some earlier systems called their articles `/?p=12`.
    """
    at = timezone.now()
    if request.META.get("QUERY_STRING", "") and (answer := _by_old_address(request, at)):
        return answer
    around = frame(at)
    visible = Edition.objects.visible(at)
    newest = list(visible.newest_first().for_lists()[:NEWEST])
    lead = next((edition for edition in newest if edition.lead), newest[0] if newest else None)
    others = [edition for edition in newest if edition != lead]
    return render(
        request,
        "publication/home.html",
        {
            **around,
            "canonical": settings.SITE_URL + reverse("home"),
            "is_home": True,
            "lead": lead,
            "latest": others[:LATEST],
            "strip": [edition for edition in others if edition.lead][:STRIP],
            "blocks": _blocks(around["branches"], at),
        },
    )


@page
def channel(request: HttpRequest, slug: str) -> HttpResponse:
    """A channel with the channels below it, newest first."""
    at = timezone.now()
    shown = get_object_or_404(Channel.objects.select_related("parent"), slug=slug)
    around = frame(at)
    branch = _branch_of(shown, around["branches"])
    ids = branch.ids if branch and branch.channel == shown else [shown.pk]
    found = paging.page(Edition.objects.visible(at), request.GET, channels=ids)
    address = reverse("channel", args=[shown.slug])
    return render(
        request,
        "publication/channel.html",
        {
            **around,
            "channel": shown,
            "branch": branch,
            "current_top": shown.parent_id or shown.pk,
            "page": found,
            "address": address,
            "canonical": settings.SITE_URL + address,
            "aside": _latest(at),
        },
    )


@page
def latest(request: HttpRequest) -> HttpResponse:
    """All that is on the site, newest first."""
    at = timezone.now()
    address = reverse("latest")
    return render(
        request,
        "publication/latest.html",
        {
            **frame(at),
            "page": paging.page(Edition.objects.visible(at), request.GET),
            "address": address,
            "canonical": settings.SITE_URL + address,
        },
    )


# Articles


@page
def article(request: HttpRequest, year: str, month: str, day: str, number: str) -> HttpResponseBase:
    """An article at its canonical address; with another date in it, the way there."""
    at = timezone.now()
    edition = _visible(int(number), at)
    if edition and edition.get_absolute_url() == reverse(
        "article", args=[year, month, day, number]
    ):
        return render_edition(request, edition, at=at, preview=False)
    return _moved(request, int(number), at)


@page
def old_address(request: HttpRequest, number: str) -> HttpResponseBase:
    """An address that ends in an article's number: the way to the canonical one."""
    return _moved(request, int(number), timezone.now())


def render_edition(
    request: HttpRequest, edition: Edition, *, at: datetime.datetime, preview: bool
) -> HttpResponse:
    """The page of an edition as readers see it at `at`.

    With `preview` it is for the desk alone, saved or not: marked so, never kept, never indexed.
    """
    context = {
        **frame(at),
        "edition": edition,
        "body": body.render(edition),
        "canonical": settings.SITE_URL + edition.get_absolute_url(),
        "current_top": edition.channel.parent_id or edition.channel.pk,
        "preview": preview,
    }
    if not preview:
        place = (edition.first_published_at, edition.number)
        neighbours = Edition.objects.visible(at).filter(channel=edition.channel).for_lists()
        context["next"] = neighbours.before(*place).newest_first().first()
        context["aside"] = [
            other for other in neighbours.newest_first()[: ASIDE + 1] if other != edition
        ][:ASIDE]
    response = render(request, "publication/article.html", context)
    if preview:
        patch_cache_control(response, no_store=True, private=True)
        response["X-Robots-Tag"] = "noindex"
    return response


# Pictures


@read_only
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """A rendition of a picture, while an edition that readers see uses it."""
    match = renditions.NAME.fullmatch(name)
    uses = PictureUse.objects.visible(timezone.now())
    if not match or not uses.filter(token=match["token"]).exists():
        raise Http404
    # A name stands for the same bytes for ever.
    etag = quote_etag(name)
    response = get_conditional_response(request, etag=etag) or _file(name, match["ending"])
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=PICTURE_AGE)
    return response


def _file(name: str, ending: str) -> HttpResponseBase:
    try:
        file = renditions.storage().open(name)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(file, content_type=MIMES[ending])
    response["X-Content-Type-Options"] = "nosniff"
    return response


# For machines


@page
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """What crawlers may read, and where the list of addresses is."""
    lines = (
        "User-agent: *",
        "Disallow: /admin/",
        f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}",
    )
    return HttpResponse("".join(f"{line}\n" for line in lines), content_type="text/plain")


# Errors


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """400"""
    return _error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with the sentence that the refusal carries."""
    reason = str(exception) if isinstance(exception, PermissionDenied) else ""
    return _error_page(request, 403, reason=reason)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:  # noqa: ARG001
    """404, but for what an earlier system called an article."""
    is_of_the_site = not request.path.startswith(reverse("admin:index"))
    if request.method in {"GET", "HEAD"} and is_of_the_site:
        answer = _by_old_address(request, timezone.now())
        if answer is not None:
            return answer
    return _error_page(request, 404)


def _error_page(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    """An error in the site's look; without its channels when the database does not answer."""
    try:
        around = frame(timezone.now())
    except DatabaseError:
        around = {}
    text = render_to_string(f"{status}.html", {**around, **context}, request)
    response = HttpResponse(text, status=status)
    # What is not there now may be at any second.
    patch_cache_control(response, no_cache=True)
    return response


# Details


def _visible(number: int, at: datetime.datetime) -> Edition | None:
    editions = Edition.objects.visible(at).select_related("channel__parent")
    return editions.filter(number=number).first()


def _moved(request: HttpRequest, number: int, at: datetime.datetime) -> HttpResponseBase:
    """The answer to an old address that ends in `number`; one that is kept whole comes first, for
    its article may have been given another number here."""
    if answer := _by_old_address(request, at) or _by_number(request, number, at):
        return answer
    raise Http404


def _by_old_address(request: HttpRequest, at: datetime.datetime) -> HttpResponseBase | None:
    # WSGI has a character for each byte, whatever encoding the browser wrote them in.
    query = request.META.get("QUERY_STRING", "").encode("latin-1")
    asked = repercent_broken_unicode(query).decode()
    number = OldAddress.objects.number_at(request.path, asked)
    return None if number is None else _by_number(request, number, at)


def _by_number(request: HttpRequest, number: int, at: datetime.datetime) -> HttpResponseBase | None:
    """The way to the article that has this number now, 410 for what was on the site and is not any
    more; None for what never was."""
    if edition := _visible(number, at):
        response = HttpResponsePermanentRedirect(edition.get_absolute_url())
        patch_cache_control(response, public=True, max_age=PAGE_AGE)
        return response
    withdrawal = Withdrawal.objects.standing(number)
    last = (
        Edition.objects.filter(number=number, visible_from__lte=at)
        .not_cancelled()
        .order_by("-visible_from")
        .first()
    )
    if withdrawal and last and last.visible_from >= withdrawal.at:
        withdrawal = None  # it was published anew since, and that time has run out
    if withdrawal is None and last is None:
        return None
    notice = withdrawal.notice if withdrawal else ""
    return _error_page(request, 410, notice=notice, withdrawn=withdrawal is not None)


def _latest(at: datetime.datetime) -> list[Edition]:
    return list(Edition.objects.visible(at).newest_first().for_lists()[:ASIDE])


def _branch_of(shown: Channel, branches: list[Branch]) -> Branch | None:
    top = shown.parent_id or shown.pk
    return next((branch for branch in branches if branch.channel.pk == top), None)


def _blocks(branches: list[Branch], at: datetime.datetime) -> list[tuple[Channel, list[Edition]]]:
    """The newest of every channel of the first level that has any, in one query."""
    ids = [pk for branch in branches for pk in branch.ids]
    newest = Edition.objects.visible(at).newest_first().first_of_each(ids, BLOCK).for_lists()
    tops = {pk: branch.channel.pk for branch in branches for pk in branch.ids}
    found: dict[int, list[Edition]] = {}
    for edition in newest:
        found.setdefault(tops[edition.channel_id], []).append(edition)
    return [
        (branch.channel, found[branch.channel.pk][:BLOCK])
        for branch in branches
        if branch.channel.pk in found
    ]
