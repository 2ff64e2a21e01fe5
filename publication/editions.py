"""Make editions out of articles, open them, close them."""

import datetime
import functools
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.content import fingerprint, printed
from articles.models import AUTHOR_ROLES, Article, Picture, Role
from articles.text import figures, picture_hashes
from publication import renditions
from publication.models import Edition, PictureUse, Withdrawal


def pictures_of(article: Article) -> list[Picture]:
    """The pictures that a reader of the article would see, lead first."""
    hashes = picture_hashes(article.body)
    known = {picture.sha256: picture for picture in Picture.objects.filter(sha256__in=hashes)}
    pictures = [known[sha256] for sha256 in hashes if sha256 in known]
    if article.lead_picture and article.lead_picture not in pictures:
        pictures.insert(0, article.lead_picture)
    return pictures


def make_renditions(article: Article) -> None:
    """Make the public forms of the article's pictures. Slow; call it outside a transaction."""
    for picture in pictures_of(article):
        renditions.make(picture)


def unsaved(
    article: Article,
    *,
    visible_from: datetime.datetime,
    visible_until: datetime.datetime | None = None,
    reviewers: list[dict[str, str]],
    corrections: list[dict[str, str]] | None = None,
) -> Edition:
    """The edition that readers would get of the article as it stands, not yet in the database.

    `reviewers` are {stage, name} in signing order; the first of them, or else the legacy
    by-line's editor, is the responsible editor.
    """
    assert article.source and article.channel
    facts = printed(article)
    first = article.first_published_at or visible_from
    return Edition(
        article=article,
        number=article.number,
        visible_from=visible_from,
        visible_until=visible_until,
        first_published_at=first,
        created_at=visible_from,
        fingerprint=fingerprint(facts),
        kicker=article.kicker,
        headline=article.headline,
        subtitle=article.subtitle,
        short_headline=article.short_headline,
        summary=article.summary,
        body=article.body,
        dateline=dateline(facts, first) if article.has_dateline and not article.is_reprint else "",
        channel=article.channel,
        source_name=article.source.name,
        source_url=article.source.home_url,
        is_reprint=article.is_reprint,
        original_headline=article.original_headline,
        original_author=article.original_author,
        original_url=article.original_url,
        bylines=facts["bylines"],
        responsible_editor=_responsible_editor(facts["bylines"], reviewers),
        reviewers=reviewers,
        tags=facts["tags"],
        lead_picture=article.lead_picture.sha256 if article.lead_picture else "",
        pictures=_picture_records(article),
        corrections=corrections or [],
    )


def open_edition(edition: Edition, at: datetime.datetime) -> Edition:
    """Save a new edition, whatever of the article's was open or scheduled closed at its start.

    Must run in a transaction that holds the article. Call `make_renditions` before it.
    """
    close(edition.article, edition.visible_from)
    edition.created_at = at
    edition.save(force_insert=True)
    PictureUse.objects.bulk_create(
        PictureUse(edition=edition, token=renditions.token(sha256)) for sha256 in edition.pictures
    )
    # A withdrawal elsewhere may have removed a file in between.
    transaction.on_commit(functools.partial(make_renditions, edition.article), robust=True)
    return edition


def close(article: Article, at: datetime.datetime) -> list[Edition]:
    """End what is visible of the article at `at`, and cancel what is scheduled after it.

    Gives the editions that were ended or cancelled. Must run in a transaction.
    """
    closed = list(article.editions.not_cancelled().exclude(visible_until__lte=at))
    for edition in closed:
        edition.visible_until = max(at, edition.visible_from)
        edition.save(update_fields=["visible_until"])
    return closed


def withdraw(article: Article, at: datetime.datetime, notice: str) -> Withdrawal:
    """Take the article off the site at `at`, with a notice in its place, and its pictures' files.

    Must run in a transaction that holds the article.
    """
    records = {
        sha256: picture["renditions"]
        for edition in close(article, at)
        for sha256, picture in edition.pictures.items()
    }
    transaction.on_commit(functools.partial(renditions.remove_unneeded, records, at), robust=True)
    return Withdrawal.objects.create(article=article, at=at, notice=notice)


def dateline(facts: dict[str, Any], first_published_at: datetime.datetime) -> str:
    """「青溪县融媒体中心8月23日讯（记者 甲 通讯员 乙）」, made from what `printed` gives.

    The day is that of first publication in Asia/Shanghai. Empty when nobody is credited.
    """
    names: dict[str, list[str]] = {role: [] for role in AUTHOR_ROLES}
    for row in facts["bylines"]:
        if row["role"] in names and row["name"] not in names[row["role"]]:
            names[row["role"]].append(row["name"])
    credits = [
        " ".join([str(Role(role).label), *people]) for role, people in names.items() if people
    ]
    if not credits:
        return ""
    day = timezone.localtime(first_published_at)
    return _("%(outlet)s, %(month)d/%(day)d (%(credits)s)") % {
        "outlet": facts["source"]["name"],
        "month": day.month,
        "day": day.day,
        "credits": " ".join(credits),
    }


def _responsible_editor(bylines: list[dict[str, Any]], reviewers: list[dict[str, str]]) -> str:
    if reviewers:
        return reviewers[0]["name"]
    return next((row["name"] for row in bylines if row["role"] == Role.EDITOR), "")


def _picture_records(article: Article) -> dict[str, dict[str, Any]]:
    in_body = {sha256: (alt, caption) for sha256, alt, caption in figures(article.body)}
    records = {}
    for picture in pictures_of(article):
        alt, caption = in_body.get(picture.sha256, ("", ""))
        is_lead = picture == article.lead_picture
        records[picture.sha256] = {
            "alt": picture.alt if is_lead else alt,
            "caption": picture.caption if is_lead else caption,
            "credit": picture.credit,
            "width": picture.width,
            "height": picture.height,
            "focal": [picture.focal_x, picture.focal_y],
            "renditions": renditions.planned(picture),
        }
    return records
