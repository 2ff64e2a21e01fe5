"""What a record must have to come in, and what makes one wait for a person's eye; pure."""

import dataclasses
import datetime
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Field, Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from taggit.models import Tag

from articles.content import Content
from articles.markup import without_controls
from articles.models import Article, Channel, Status
from articles.text import clean_body, clean_line, clean_lines
from legacy.addresses import is_web_address
from legacy.names import may_be_name
from legacy.records import Doubt, Record
from people.models import Contributor, Unit
from sources.models import Source

HIGHEST_NUMBER = 2**63 - 1
NO_PICTURE = "0" * 64  # stands for the SHA-256 of one that has not been looked at

FIELDS = {
    "headline": gettext_lazy("headline"),
    "body": gettext_lazy("text"),
    "source": gettext_lazy("source"),
    "credits": gettext_lazy("by-line"),
    "editor": gettext_lazy("editor"),
    "published_at": gettext_lazy("time of publication"),
    "channel": gettext_lazy("channel"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to import. `channel` is for records that name none; `own_source` is the center itself
    where no source is marked so yet; what is surer than `threshold`, 0..1, need not be checked."""

    dry_run: bool = False
    channel: str = ""
    own_source: str = ""
    accepts_repaired: bool = False
    threshold: float = 0.5


class Unfit(Exception):
    """A record that cannot come in as it is: why, and what to do about it."""

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice or _("Mend it in the file and import it again.")


def refuse_unfit(record: Record, options: Options, at: datetime.datetime) -> None:
    """Raise Unfit for a record that lacks what an article must have, or has what none can."""
    if not record.system or not record.id:
        raise Unfit(_("It does not say what it was called in its earlier system."))
    for name, text in (("legacy_system", record.system), ("legacy_id", record.id)):
        if len(text) > longest(Article, name):
            raise too_long(Article, name, len(text))
        if without_controls(text) != text:
            raise Unfit(
                _("Its id holds bytes that are no text."),
                _("Give the file a name in UTF-8 and import it again."),
            )
    _refuse_times(record, at)
    if not clean_line(record.headline) and not _is_in_work(record):
        raise Unfit(_("The headline is missing."))
    if record.number is not None and not 0 < record.number <= HIGHEST_NUMBER:
        raise Unfit(_("%(number)s is no number of an article.") % {"number": record.number})
    if not (record.channel or record.channel_slug or options.channel or _is_in_work(record)):
        raise Unfit(
            _("It names no channel."), _("Import it again with --channel and the name of one.")
        )
    _refuse_long_names(record)
    if not record.exact:
        _refuse_no_names(record)


def _is_in_work(record: Record) -> bool:
    """Whether an export wrote it of an article that may lack what only publication asks for."""
    return record.exact and record.status != Status.PUBLISHED


def _refuse_times(record: Record, at: datetime.datetime) -> None:
    first, until = record.published_at, record.visible_until
    if first is None and record.status != Status.DRAFT:
        doubts = [doubt.sentence for doubt in record.doubts if doubt.field == "published_at"]
        raise Unfit(
            " ".join(doubts) or _("The time of publication is missing."),
            _("Write the day of publication into the file and import it again."),
        )
    if first and first > at:
        raise Unfit(
            _("Its time of publication lies in the future: %(time)s.")
            % {"time": f"{timezone.localtime(first):%Y-%m-%d %H:%M}"}
        )
    if first and until and until <= first:
        raise Unfit(_("It was taken down before it was published."))


def _refuse_long_names(record: Record) -> None:
    names: list[tuple[type[Model], str, str]] = [
        *((Channel, "name", part.strip()) for part in record.channel.split("/")),
        (Source, "name", clean_line(record.source)),
        *((Contributor, "name", credit.name) for credit in record.credits),
        *((Unit, "name", credit.unit) for credit in record.credits),
        *((Tag, "name", clean_line(tag)) for tag in record.tags),
    ]
    for model, name, text in names:
        if len(text) > longest(model, name):
            raise too_long(model, name, len(text), text)
    if any(not clean_line(credit.name) for credit in record.credits):
        raise Unfit(_("A by-line names nobody."))


def _refuse_no_names(record: Record) -> None:
    """Refuse markup and programs where names of rows are expected."""
    named = [record.source, record.channel]
    for credit in record.credits:
        named += (credit.name, credit.unit)
    for text in named:
        if not may_be_name(text):
            raise Unfit(
                _("“%(text)s” cannot be the name of a source, a person, a unit or a channel.")
                % {"text": text[:80]}
            )


def clean_texts(record: Record) -> Content:
    """The record's texts, clean. Its body is final unless it has pictures, whose names are not
    yet known then. Raises Unfit where there is no body, or a text is too long."""
    if record.original_url and not is_web_address(record.original_url):
        record.doubts.append(
            Doubt(
                "original_url",
                _("“%(address)s” is no web address; it was left out.")
                % {"address": record.original_url[:100]},
            )
        )
        record.original_url = ""
    texts: dict[str, Any] = {name: clean_line(getattr(record, name)) for name in Content.LINES}
    texts["summary"] = clean_lines(record.summary)
    texts["body"] = clean_body(record.body, dict.fromkeys(record.images, NO_PICTURE))
    if not texts["body"] and not _is_in_work(record):
        raise Unfit(
            _("It has no text."), _("Look at the file: perhaps the page was not saved whole.")
        )
    for name, text in texts.items():
        if len(text) > longest(Article, name):
            raise too_long(Article, name, len(text))
    return Content(
        **texts,
        has_dateline=record.has_dateline,
        tags=tuple(sorted({clean_line(tag) for tag in record.tags} - {""})),
    )


def reasons_to_look(record: Record, options: Options) -> list[str]:
    """Why a record needs a person's eye before readers get it; none when it does not."""
    reasons = []
    if record.changes and (record.marks or not options.accepts_repaired):
        reasons.append(
            ngettext(
                "The text was repaired in %(count)d place.",
                "The text was repaired in %(count)d places.",
                len(record.changes),
            )
            % {"count": len(record.changes)}
        )
    if record.marks:
        reasons.append(
            ngettext(
                "%(count)d place could not be repaired for sure.",
                "%(count)d places could not be repaired for sure.",
                len(record.marks),
            )
            % {"count": len(record.marks)}
        )
    unsure = [name for name, sure in record.confidence.items() if sure < options.threshold]
    if unsure:
        fields = _(", ").join(str(FIELDS.get(name, name)) for name in unsure)
        reasons.append(_("Not read for sure: %(fields)s.") % {"fields": fields})
    if record.status == Status.PUBLISHED and not record.source.strip():
        reasons.append(_("The source is missing."))
    return reasons


def status_of(record: Record, reasons: Sequence[str], at: datetime.datetime) -> Status:
    """Where the article of a record stands: what was published and needs a person's eye waits as a
    draft; nobody is to see it any more whose take-down time has passed."""
    if record.status != Status.PUBLISHED or not reasons:
        return record.status
    is_over = record.visible_until is not None and record.visible_until <= at
    return Status.WITHDRAWN if is_over else Status.DRAFT


def with_dateline_in_text(content: Content, record: Record) -> Content:
    """The content with the dateline back in its text as the page had it, of a page whose source is
    not the center: the site prints datelines for its own copy only."""
    head, paragraph, rest = content.body.partition("<p>")
    parts = (
        (head, record.dateline, paragraph, rest)
        if record.dateline.endswith("</p>")
        else (head, paragraph, record.dateline, rest)
    )
    return dataclasses.replace(content, body=clean_body("".join(parts)), has_dateline=False)


@functools.cache
def longest(model: type[Model], name: str) -> int:
    """How many characters the field of this name takes."""
    length = _field(model, name).max_length
    assert length
    return length


def too_long(model: type[Model], name: str, length: int, text: str = "") -> Unfit:
    """What to raise for a text of `length` characters in the field of this name; `text` is shown
    where it is needed to find it."""
    return Unfit(
        _("%(field)s has %(length)d characters; at most %(limit)d are allowed. %(text)s")
        % {
            "field": _field(model, name).verbose_name,
            "length": length,
            "limit": longest(model, name),
            "text": text[:80],
        },
        _("Shorten it in the file and import it again."),
    )


def _field(model: type[Model], name: str) -> Field:
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return field
