"""A record on its way in, and the rows that become of it."""

import dataclasses
import datetime
import hashlib
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from articles import pictures, rows
from articles.content import Content
from articles.markup import without_controls
from articles.models import Article, NumberSeries, Picture, Status
from articles.text import clean_line, picture_hashes, plain_text
from legacy.fitness import longest
from legacy.models import Original
from legacy.picture_files import PictureFiles
from legacy.records import Format, Image, Record
from legacy.renewal import facts_of
from publication.models import OldAddress

KEPT_WHOLE = (Format.SAVED_TEXT, Format.PAGE)

_ENDS_IN_NUMBER = re.compile(r"/([0-9]{1,19})\.html?(?:#|$)")


@dataclass(slots=True)
class Entry:
    """A fit record on its way in.

    `content` is clean and names no rows yet; `status` is the article's, `reasons` say why somebody
    should look at it, `notes` what else is to be told of it, `likely_doubles` of rows it made;
    `pictures` are SHA-256 by the record's names.
    """

    record: Record
    sha256: str
    content: Content
    status: Status
    reasons: list[str]
    notes: list[str] = field(default_factory=list)
    likely_doubles: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    pictures: dict[str, str] = field(default_factory=dict)
    number: int = 0
    place: int = 0  # in its batch

    @property
    def key(self) -> tuple[str, str]:
        return (self.record.system, self.record.id)

    @property
    def words(self) -> str:
        """A digest of the headline and of the text without tags and blanks, of one saved page;
        empty for the records of other formats."""
        if self.record.format not in KEPT_WHOLE:
            return ""
        plain = f"{self.content.headline}\n{plain_text(self.content.body)}"
        text = "".join(plain.split())
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def waits(self) -> bool:
        """Whether it was published and is held as a draft until somebody accepts it."""
        return self.status == Status.DRAFT and self.record.status == Status.PUBLISHED

    @property
    def is_kept(self) -> bool:
        """Whether the original bytes are: where somebody may have to look at them."""
        record = self.record
        return bool(
            record.format in KEPT_WHOLE
            or record.changes
            or record.marks
            or record.doubts
            or self.reasons
        )


def told(entry: Entry) -> list[str]:
    """What there is to say of it besides the reasons to look at it, in sentences."""
    told = [*(doubt.sentence for doubt in entry.record.doubts), *entry.notes]
    if entry.missing:
        names = _(", ").join(entry.missing)
        told.append(_("Missing pictures: %(names)s.") % {"names": names})
    return told


# Rows


def give_numbers(entries: Sequence[Entry]) -> None:
    """Give each the number that it had, or a new one where that is taken or it had none."""
    wanted = {entry.record.number for entry in entries if entry.record.number}
    taken = dict(Article.objects.filter(number__in=wanted).values_list("number", "headline"))
    without = []
    for entry in entries:
        number = entry.record.number
        if number and number not in taken:
            entry.number = number
            taken[number] = entry.content.headline
            continue
        without.append(entry)
        if number:
            entry.notes.append(
                _("The number %(number)d is taken by “%(headline)s”; it got another.")
                % {"number": number, "headline": taken[number]}
            )
    if without:
        numbers = NumberSeries.take_several(len(without), besides=wanted)
        for entry, number in zip(without, numbers, strict=True):
            entry.number = number


def article_of(entry: Entry) -> Article:
    """The article's row, not yet in the database; its number must have been given."""
    record = entry.record
    # A draft that the earlier system had not published has not been published.
    was_published = record.status != Status.DRAFT or record.exact
    return rows.made(
        Article,
        number=entry.number,
        status=entry.status,
        legacy_system=record.system,
        legacy_id=record.id,
        first_published_at=record.published_at if was_published else None,
    )


def original_of(entry: Entry, article: Article, at: datetime.datetime) -> Original:
    """What is kept of the record, not yet in the database; read `at`."""
    record = entry.record
    return rows.made(
        Original,
        article_id=article.pk,
        file=without_controls(record.place.file)[: longest(Original, "file")],
        place=record.place.entry[: longest(Original, "place")],
        format=record.format.value,
        sha256=entry.sha256,
        data=zlib.compress(record.raw) if entry.is_kept else b"",
        changes=[dataclasses.asdict(change) for change in record.changes],
        marks=[dataclasses.asdict(mark) for mark in record.marks],
        doubts=[dataclasses.asdict(doubt) for doubt in record.doubts],
        confidence=record.confidence,
        missing_pictures=entry.missing,
        before=record.before,
        facts=facts_of(record),
        is_held=entry.waits,
        version=article.version,
        read_at=at,
    )


def old_addresses(entries: Sequence[Entry]) -> list[OldAddress]:
    """The rows of those addresses that do not say the number; notes those that others have."""
    wanted = [
        (path, entry)
        for entry in entries
        for address in entry.record.addresses
        if (path := _stored_address(address, entry.number))
    ]
    if not wanted:
        return []
    paths = {path for path, _entry in wanted}
    taken = dict(OldAddress.objects.filter(path__in=paths).values_list("path", "number"))
    made = []
    for path, entry in wanted:
        if path not in taken:
            taken[path] = entry.number
            made.append(OldAddress(path=path, number=entry.number))
        elif taken[path] != entry.number:
            entry.notes.append(
                _("The old address %(path)s leads to article %(number)d.")
                % {"path": path, "number": taken[path]}
            )
    return made


def _stored_address(address: str, number: int) -> str:
    """The address as it is stored; empty for one that is found by the article's number, or that
    no request could ask for."""
    ends = _ENDS_IN_NUMBER.search(address)
    if ends and int(ends[1]) == number:
        return ""
    path = OldAddress.as_stored(address)
    if not path.startswith("/") or "\0" in path or len(path) > longest(OldAddress, "path"):
        return ""
    return path


# Pictures


def kept(entry: Entry, name: str, image: Image, files: PictureFiles) -> str:
    """The SHA-256 of a picture whose file is kept now; empty, and noted, where there is none."""
    if image.open is None:
        entry.missing.append(name)
        return ""
    try:
        with image.open() as file:
            facts, data = pictures.inspect(file)
    except (ValidationError, OSError) as error:
        entry.missing.append(name)
        entry.notes.append(f"{name}：{sentence_of(error)}")
        return ""
    if (
        facts.sha256 not in files.originals
        and not Picture.objects.filter(sha256=facts.sha256).exists()
    ):
        picture = files.keep(facts, data)
        for field_name in ("caption", "alt", "credit"):
            text = clean_line(getattr(image, field_name))
            limit = longest(Picture, field_name)
            if len(text) > limit:
                entry.notes.append(
                    _("%(name)s: a text of %(length)d characters was cut to %(limit)d.")
                    % {"name": name, "length": len(text), "limit": limit}
                )
                text = f"{text[: limit - 1]}…"
            setattr(picture, field_name, text)
        picture.focal_x, picture.focal_y = image.focal
    return facts.sha256


def hashes_to_show(entries: Sequence[Entry]) -> set[str]:
    """The SHA-256 of all pictures that readers will see at once."""
    shown: set[str] = set()
    for entry in entries:
        if entry.status == Status.PUBLISHED and entry.pictures:
            shown.update(picture_hashes(entry.content.body))
            shown.update({entry.pictures.get(entry.record.lead_picture, "")} - {""})
    return shown


def sentence_of(error: Exception) -> str:
    """The first line of what an error says."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return str(error).strip().partition("\n")[0]
