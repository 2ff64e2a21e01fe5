"""One article of an earlier system, as its file has it: what readers give and the importer takes.

Texts are as they were read, repaired where that was needed, and not yet cleaned for storage.
"""

import datetime
import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from articles.models import Role, Status


class Format(enum.StrEnum):
    """How a file was written; found out by its content, never by its name."""

    SAVED_TEXT = "saved_text"
    PAGE = "page"
    JSON_LINES = "json_lines"
    CSV = "csv"
    XLSX = "xlsx"
    WORDPRESS = "wordpress"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: the file's path below what was given, and the line, row or entry in
    it where a file holds many."""

    file: str
    entry: str = ""

    def __str__(self) -> str:
        return f"{self.file} : {self.entry}" if self.entry else self.file


@dataclass(frozen=True, slots=True)
class Credit:
    """One person or unit that is credited. `stated` is False where the page does not say what
    they did."""

    name: str
    role: Role
    unit: str = ""
    is_unit: bool = False
    stated: bool = True


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that a person must look at, said as a sentence; `field` names the part."""

    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the repair: `start` and `end` are places in the text as it was read."""

    field: str
    start: int
    end: int
    before: str
    after: str
    rule: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What the repair left undecided: a place in the repaired text, and the reason's key."""

    field: str
    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture that the body or the head of a record shows.

    `open` gives its bytes; None where the file is not there, and then it is listed as missing.
    """

    open: Callable[[], BinaryIO] | None
    caption: str = ""
    alt: str = ""
    credit: str = ""
    focal: tuple[int, int] = (50, 50)


@dataclass(slots=True, kw_only=True)
class Record:
    """One article.

    `body` is HTML; a picture in it is `<img src="NAME">`, NAME a key of `images`, in a figure where
    it has a caption. `addresses` are old paths, each beginning with a slash, without host.
    `dateline` is HTML that a reader took off the head of the body because the site prints the same
    for its own copy: words of the first paragraph, or all of it.
    `confidence` says by field, from 0 to 1, how sure the reader is; a field it does not name is
    sure. `before` holds the texts of the fields that the repair changed, as they were read.
    `channel` is a name, a slug, or two names with a slash between them, `channel_slug` its address
    or two addresses likewise; `source_url` is the home page of the source.

    `exact` says that an export of this system wrote the record: its names are those of rows, so
    a contributor without a unit is the one that has none, and nothing in it is in doubt.
    """

    place: Place
    format: Format
    raw: bytes
    system: str
    id: str
    exact: bool = False
    number: int | None = None
    status: Status = Status.PUBLISHED
    published_at: datetime.datetime | None = None
    visible_until: datetime.datetime | None = None
    addresses: tuple[str, ...] = ()
    headline: str = ""
    kicker: str = ""
    subtitle: str = ""
    short_headline: str = ""
    summary: str = ""
    body: str = ""
    has_dateline: bool = False
    dateline: str = ""
    channel: str = ""
    channel_slug: str = ""
    source: str = ""
    source_url: str = ""
    source_is_own: bool = False
    original_headline: str = ""
    original_author: str = ""
    original_url: str = ""
    credits: tuple[Credit, ...] = ()
    tags: tuple[str, ...] = ()
    lead_picture: str = ""
    images: Mapping[str, Image] = field(default_factory=dict)
    corrections: tuple[Mapping[str, Any], ...] = ()
    notice: str = ""
    confidence: dict[str, float] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    before: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What could not be read as an article: why, and what somebody can do about it."""

    place: Place
    reason: str
    advice: str
