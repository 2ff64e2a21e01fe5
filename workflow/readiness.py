"""What is still missing before a text may be reviewed or published: all of it, as a list."""

import datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import AUTHOR_ROLES, Article, Picture
from articles.text import figures, plain_text
from workflow.transitions import BY_ACTION, Action


class Missing(NamedTuple):
    """One thing that stands in the way; `field` is the form's field to mend it in."""

    field: str
    sentence: str


def missing(article: Article, on: datetime.datetime) -> list[Missing]:
    """All that stands in the way of publishing the article at the moment `on`; empty when ready."""
    return [
        *_missing_texts(article),
        *_missing_source(article, timezone.localdate(on)),
        *_missing_bylines(article),
        *_missing_pictures(article),
    ]


def missing_for(action: Action, article: Article, on: datetime.datetime) -> list[Missing]:
    """What stands in the way of this step at the moment `on`.

    A text that was published long ago is accepted as it was: only what no page can do without
    is asked of it.
    """
    if action == Action.ACCEPT:
        return _missing_on_a_page(article)
    return missing(article, on) if BY_ACTION[action].complete else []


def _missing_on_a_page(article: Article) -> list[Missing]:
    found = _missing_texts(article)
    if not article.source_id:
        found.append(Missing("source", _("The source is missing.")))
    return found


def _missing_texts(article: Article) -> list[Missing]:
    found = []
    if not article.headline:
        found.append(Missing("headline", _("The headline is missing.")))
    if not plain_text(article.body):
        found.append(Missing("body", _("The body is missing.")))
    if not article.channel_id:
        found.append(Missing("channel", _("The channel is missing.")))
    return found


def _missing_source(article: Article, on: datetime.date) -> list[Missing]:
    source = article.source
    if source is None:
        return [Missing("source", _("The source is missing."))]
    if source.is_own:
        return []
    found = []
    if not source.may_be_reprinted(on):
        found.append(
            Missing(
                "source",
                _("“%(source)s” may not be reprinted on %(day)s: no permission is in force.")
                % {"source": source.name, "day": on.isoformat()},
            )
        )
    for field, sentence in (
        ("original_headline", _("A reprint needs the original headline.")),
        ("original_author", _("A reprint needs the original author.")),
        ("original_url", _("A reprint needs the address of the original.")),
    ):
        if not getattr(article, field):
            found.append(Missing(field, sentence))
    return found


def _missing_bylines(article: Article) -> list[Missing]:
    bylines = list(article.bylines.select_related("contributor__unit"))
    found = [
        Missing(
            "bylines",
            _("%(name)s is no longer active and cannot be credited.") % {"name": row.contributor},
        )
        for row in bylines
        if not row.contributor.is_active
    ]
    if not article.is_reprint and not any(row.role in AUTHOR_ROLES for row in bylines):
        found.append(Missing("bylines", _("The by-line names nobody who made the piece.")))
    return found


def _missing_pictures(article: Article) -> list[Missing]:
    found = []
    if lead := article.lead_picture:
        if not lead.caption:
            found.append(Missing("lead_picture", _("The lead picture has no caption.")))
        if not lead.alt:
            found.append(
                Missing("lead_picture", _("The lead picture has no description for blind readers."))
            )
    in_body = figures(article.body)
    known = set(
        Picture.objects.filter(
            sha256__in=[sha256 for sha256, _alt, _caption in in_body]
        ).values_list("sha256", flat=True)
    )
    for place, (sha256, alt, caption) in enumerate(in_body, start=1):
        if sha256 not in known:
            found.append(
                Missing(
                    "body",
                    _("Picture %(place)d in the text is not in the library.") % {"place": place},
                )
            )
        if not caption:
            found.append(
                Missing(
                    "body", _("Picture %(place)d in the text has no caption.") % {"place": place}
                )
            )
        if not alt:
            found.append(
                Missing(
                    "body",
                    _("Picture %(place)d in the text has no description for blind readers.")
                    % {"place": place},
                )
            )
    return found
