"""Make editions out of articles, open them, close them."""

import datetime
import functools
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import rows
from articles.content import fingerprint, printed
from articles.models import AUTHOR_ROLES, Article, Picture, Role
from articles.text import figures, picture_hashes
from publication import renditions
from publication.models import Edition, PictureUse, Withdrawal


def pictures_of(article: Article) -> list[Picture]:
    """The pictures that a reader of the article would see, lead first."""
    lead = article.lead_picture.sha256 if article.lead_picture else ""
    return _pictures_by_hash([_shown(picture_hashes(article.body), lead)])[0]


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
    facts = printed(article)
    [pictures] = pictures_in([facts])
    edition = of_facts(
        article,
        facts,
        pictures,
        fingerprint=fingerprint(facts),
        visible_from=visible_from,
        visible_until=visible_until,
        reviewers=reviewers,
        corrections=corrections,
    )
    edition.article = article
    return edition


def pictures_in(printed: Sequence[dict[str, Any]]) -> list[list[Picture]]:
    """The pictures that a reader would see of each of what `articles.content.printed` gives, lead
    first; one query for all."""
    return _pictures_by_hash(
        [
            _shown(
                facts["pictures"], facts["lead_picture"]["sha256"] if facts["lead_picture"] else ""
            )
            for facts in printed
        ]
    )


def of_facts(
    article: Article,
    facts: dict[str, Any],
    pictures: list[Picture],
    *,
    fingerprint: str,
    visible_from: datetime.datetime,
    visible_until: datetime.datetime | None = None,
    reviewers: list[dict[str, str]],
    corrections: list[dict[str, str]] | None = None,
) -> Edition:
    """What `unsaved` gives, out of what is printed of the article, its pictures and the
    fingerprint of both; no query."""
    source, channel = facts["source"], facts["channel"]
    assert source and channel
    first = article.first_published_at or visible_from
    has_dateline = facts["has_dateline"] and source["is_own"]
    lead = facts["lead_picture"]["sha256"] if facts["lead_picture"] else ""
    return rows.made(
        Edition,
        article_id=article.pk,
        number=article.number,
        visible_from=visible_from,
        visible_until=visible_until,
        first_published_at=first,
        created_at=visible_from,
        fingerprint=fingerprint,
        kicker=facts["kicker"],
        headline=facts["headline"],
        subtitle=facts["subtitle"],
        short_headline=facts["short_headline"],
        summary=facts["summary"],
        body=facts["body"],
        dateline=dateline(facts, first) if has_dateline else "",
        channel_id=channel["id"],
        source_name=source["name"],
        source_url=source["home_url"],
        is_reprint=not source["is_own"],
        original_headline=facts["original_headline"],
        original_author=facts["original_author"],
        original_url=facts["original_url"],
        bylines=facts["bylines"],
        responsible_editor=_responsible_editor(facts["bylines"], reviewers),
        reviewers=reviewers,
        tags=facts["tags"],
        lead_picture=lead,
        pictures=_picture_records(facts["body"], lead, pictures),
        corrections=corrections or [],
    )


def open_edition(edition: Edition, at: datetime.datetime) -> Edition:
    """Save a new edition, whatever of the article's was open or scheduled closed at its start.

    Must run in a transaction that holds the article. Call `make_renditions` before it.
    """
    close(edition.article, edition.visible_from)
    open_first([edition], at)
    return edition


def open_first(editions: Sequence[Edition], at: datetime.datetime) -> None:
    """Save new editions of articles that have none open or scheduled.

    Must run in a transaction that holds the articles, with their pictures' renditions made.
    """
    for edition in editions:
        edition.created_at = at
    rows.add(editions)
    rows.add(
        [
            PictureUse(edition=edition, token=renditions.token(sha256))
            for edition in editions
            for sha256 in edition.pictures
        ]
    )
    # A withdrawal elsewhere may have removed a file in between.
    if hashes := {sha256 for edition in editions for sha256 in edition.pictures}:
        transaction.on_commit(functools.partial(_make_absent, hashes), robust=True)


def close(article: Article, at: datetime.datetime) -> list[Edition]:
    """End what is visible of the article at `at`, and cancel what is scheduled after it.

    Gives the editions that were ended or cancelled. Must run in a transaction.
    """
    closed = list(article.editions.not_cancelled().exclude(visible_until__lte=at))
    for edition in closed:
        edition.visible_until = max(at, edition.visible_from)
        edition.save(update_fields=["visible_until"])
    return closed


def limit(edition: Edition, until: datetime.datetime | None) -> None:
    """Let a visible edition end at `until`, which lies ahead, or stay. Must run in a transaction
    that holds the article."""
    edition.visible_until = until
    edition.save(update_fields=["visible_until"])


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


def _make_absent(hashes: set[str]) -> None:
    for picture in Picture.objects.filter(sha256__in=hashes):
        renditions.make(picture)


def _shown(in_body: list[str], lead: str) -> list[str]:
    """The SHA-256 of what a reader sees, the lead picture first unless it stands in the text."""
    return [lead, *in_body] if lead and lead not in in_body else in_body


def _pictures_by_hash(shown: list[list[str]]) -> list[list[Picture]]:
    wanted = {sha256 for hashes in shown for sha256 in hashes}
    found = Picture.objects.filter(sha256__in=wanted) if wanted else ()
    known = {picture.sha256: picture for picture in found}
    return [[known[sha256] for sha256 in hashes if sha256 in known] for hashes in shown]


def _picture_records(body: str, lead: str, pictures: list[Picture]) -> dict[str, dict[str, Any]]:
    if not pictures:
        return {}
    in_body = {sha256: (alt, caption) for sha256, alt, caption in figures(body)}
    records = {}
    for picture in pictures:
        alt, caption = in_body.get(picture.sha256, ("", ""))
        is_lead = picture.sha256 == lead
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
