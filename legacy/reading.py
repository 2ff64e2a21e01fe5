"""Make a record of a page that was taken apart: what is furniture, what is the article.

The same for pages that were saved as text and as HTML: the labels that people see say what a line
is. Furniture never becomes body, and what is not known as furniture always does.
"""

import datetime
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from typing import BinaryIO

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from legacy import addresses, blocks, bylines, furniture, times
from legacy.blocks import BLANKS, Block, Words
from legacy.bylines import Known
from legacy.furniture import Kind
from legacy.mending import Mender
from legacy.records import Credit, Doubt, Format, Image, Place, Record, Unreadable
from legacy.times import SHANGHAI
from publication import editions

type Siblings = Callable[[str], Callable[[], BinaryIO] | None]

# How many blocks at the end of a text may be lines of credits.
LAST = 8
LONGEST_CAPTION = 150  # characters
MOST_BLOCKS = 10_000  # a page of more is no article
# How sure a day is that only the page's address names.
SURENESS_OF_ADDRESS = 0.4

_AFTER_DATELINE = f"{BLANKS}:："
_IN_BRACKETS_AT_END = re.compile(r"[(（]([^()（）]{2,80})[)）]$")
_SIGNATURE = re.compile(r"[\u4e00-\u9fff·/：:]{2,16}")
_CAPTION = re.compile(
    r"[▲△↑].*|[(（].{14,}[)）]|.{2,}(?:[\s　/／(（]摄|供图)[)）]?。?|图为.*|图[:：].*"
)
_CREDIT_KINDS = {Kind.CREDITS, Kind.HANDLERS, Kind.OWNER, Kind.TAGS, Kind.TRAIL}


@dataclass(frozen=True, slots=True)
class Saved:
    """A file that holds one page: where it lies, its bytes and their text, what opens the pictures
    beside it, and the names that the newsroom knows."""

    place: Place
    raw: bytes
    text: str
    siblings: Siblings
    known: Known

    def mender(self, *texts: str) -> Mender:
        """What repairs the texts of this page, if they need it, but for names that are known."""
        return Mender(texts, self.known.names | self.known.units | self.known.sources)


@dataclass(slots=True, kw_only=True)
class Sheet:
    """A page taken apart, all of it as it was read.

    `head` is what stands between headline and text, `foot` what stands after the text. `urls` are
    its addresses, the surest first. `stated` has lines in which its metadata says what may be
    missing among what people see, by field.
    """

    saved: Saved
    format: Format
    mender: Mender
    headline: str
    kicker: str = ""
    subtitle: str = ""
    head: list[Block] = field(default_factory=list)
    body: list[Block] = field(default_factory=list)
    foot: list[Block] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    stated: dict[str, str] = field(default_factory=dict)
    channel: str = ""
    tags: tuple[str, ...] = ()
    confidence: dict[str, float] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)


def record(sheet: Sheet) -> Record | Unreadable:
    """The article of a page; Unreadable where it has none."""
    reading = _Reading(sheet, sheet.saved.siblings, sheet.saved.known)
    reading.take_apart()
    if not sheet.headline or not reading.body:
        return no_article(sheet.saved.place)
    return reading.record()


def no_article(place: Place) -> Unreadable:
    """What is said of a page that holds no article."""
    return Unreadable(
        place,
        _("There is no article on this page: no headline with a text under it was found."),
        _("Leave it out if it is a list or a front page; else enter the article by hand."),
    )


@dataclass(slots=True)
class _Reading:
    """One page under way."""

    sheet: Sheet
    siblings: Siblings
    known: Known
    body: list[Block] = field(default_factory=list)
    has_words: bool = False
    lines: list[str] = field(default_factory=list)  # those that may name people or say a time
    lines_as_read: list[str] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    images: dict[str, Image] = field(default_factory=dict)
    photographers: list[Credit] = field(default_factory=list)
    channel: str = ""
    tags: list[str] = field(default_factory=list)
    original_headline: str = ""
    original_url: str = ""
    dateline: bylines.Dateline | None = None
    dateline_text: str = ""

    # Taking apart

    def take_apart(self) -> None:
        for block in _lines(self.sheet.head):
            self.note(block, furniture.kind(block.line))
        text, rest = self.up_to_end(_pieces(self.sheet.body))
        text = self.with_captions(list(self.with_pictures(text)))
        kinds = [furniture.kind(block.line) if block.line else Kind.WORDS for block in text]
        for place, (block, kind) in enumerate(zip(text, kinds, strict=True)):
            is_last = place >= len(text) - LAST
            is_head = self.has_dateline(block)
            if is_head or block.pictures or not self.is_furniture(block, kind, is_last=is_last):
                self.has_words = self.has_words or bool(block.line)
                self.body.append(block)
            else:
                self.note(block, kind)
        self.body = [block for block in self.body if block.line or block.pictures]
        self.look_for_signature()
        self.read_foot([*rest, *_lines(self.sheet.foot)])
        self.show_pictures()

    def up_to_end(self, text: list[Block]) -> tuple[list[Block], list[Block]]:
        """The blocks before the first after which nothing of the article comes, and those."""
        for place, block in enumerate(text):
            if block.line and furniture.kind(block.line) is Kind.END:
                return text[:place], text[place:]
        return text, []

    def is_furniture(self, block: Block, kind: Kind, *, is_last: bool) -> bool:
        is_first = not self.has_words
        if is_first and block.line.lstrip("—-－ ") in self.heads:
            return True
        if kind is Kind.TIME:
            return is_first
        if kind in _CREDIT_KINDS:
            return is_first or is_last
        return kind not in {Kind.WORDS, Kind.PICTURE}

    def note(self, block: Block, kind: Kind) -> None:
        """Keep what a line of furniture says of the article."""
        if kind in {Kind.CREDITS, Kind.HANDLERS, Kind.TIME}:
            self.note_line(block)
        elif kind is Kind.OWNER:
            self.owners.append(f"主办单位：{furniture.value(block.line).split()[0]}")
        elif kind is Kind.PERMALINK:
            self.urls.append(furniture.address(block.line))
        elif kind is Kind.ORIGINAL_ADDRESS:
            self.original_url = self.original_url or furniture.address(block.line)
        elif kind is Kind.ORIGINAL_HEADLINE:
            self.original_headline = self.original_headline or furniture.value(block.before)
        elif kind is Kind.TRAIL:
            self.channel = self.channel or "/".join(self.trail(block.line))
        elif kind is Kind.TAGS:
            self.tags += furniture.tags(block.spaced)
        elif kind is Kind.KICKER:
            self.sheet.kicker = self.sheet.kicker or furniture.value(block.before)
        elif kind is Kind.SUBTITLE:
            self.sheet.subtitle = self.sheet.subtitle or furniture.value(block.before)

    def note_line(self, block: Block) -> None:
        self.lines.append(block.spaced)
        self.lines_as_read.append(block.before)

    def read_foot(self, foot: list[Block]) -> None:
        ended = False
        for block in foot:
            kind = furniture.kind(block.line) if block.line else Kind.WORDS
            if kind is Kind.END:
                ended = True
            elif kind is Kind.WORDS and ended and _is_prose(block.line):
                self.doubt(
                    "body",
                    _("What stands after the end of the article was left out: “%(text)s”.")
                    % {"text": _short(block.line)},
                )
            elif kind is not Kind.TIME and (kind is not Kind.CREDITS or not ended):
                self.note(block, kind)

    def trail(self, line: str) -> list[str]:
        return [name for name in furniture.trail(line) if name not in self.heads]

    # Pictures

    def with_pictures(self, text: Iterable[Block]) -> Iterator[Block]:
        """The blocks, where a bare file name is a picture, unless it stands under one."""
        previous: Block | None = None
        for block in text:
            if block.line and furniture.kind(block.line) is Kind.PICTURE:
                if not (previous and previous.is_picture):
                    name = block.line.strip()
                    yield Block("figure", pictures={name: ""})
                continue
            previous = block
            yield block

    def with_captions(self, text: list[Block]) -> list[Block]:
        """The blocks, where the line under a picture is its caption if it looks like one."""
        kept: list[Block] = []
        for block in text:
            figure = kept[-1] if kept and kept[-1].is_picture else None
            if figure and figure.caption is None and self.is_caption(block):
                self.caption(figure, block)
            else:
                kept.append(block)
        return kept

    def is_caption(self, block: Block) -> bool:
        line = block.line
        if not line or block.pictures or len(line) > LONGEST_CAPTION or block.tag != "p":
            return False
        if block.is_caption:
            return True
        if bylines.dateline(line, self.known) is not None:
            return False
        if _CAPTION.fullmatch(line):
            return True
        return block.is_centred and not block.is_strong and furniture.kind(line) is Kind.WORDS

    def caption(self, figure: Block, block: Block) -> None:
        """Put the words under the picture, without who took it: that is a credit."""
        words = Words.read(block.before, self.sheet.mender)
        text, credits = bylines.caption_credits(words.text)
        if words.text.startswith(text):
            words = words.without_tail(len(words.text) - len(text))
        else:
            credits = ()
        figure.caption = words
        self.photographers += credits
        names = " ".join(dict.fromkeys(credit.name for credit in credits))
        for address, alt in figure.pictures.items():
            self.images[address] = Image(
                open=self.siblings(address), caption=words.text, alt=alt, credit=names
            )

    def show_pictures(self) -> None:
        for block in self.body:
            for address, alt in block.pictures.items():
                if address not in self.images:
                    self.images[address] = Image(open=self.siblings(address), alt=alt)

    # People and times

    def has_dateline(self, block: Block) -> bool:
        """Whether this is the first paragraph, and a dateline stands at its head."""
        if block.tag != "p" or not block.line or self.has_words:
            return False
        self.dateline = bylines.dateline(block.line, self.known)
        if self.dateline is None or block.line in self.heads:
            self.dateline = None
            return False
        self.dateline_text = block.line[: self.dateline.length]
        self.lines.append(self.dateline_text)
        return True

    def look_for_signature(self) -> None:
        """Names in brackets at the end are read as credits, and stay where they are."""
        last = next((block for block in reversed(self.body) if block.line), None)
        match = _IN_BRACKETS_AT_END.search(last.line) if last else None
        if last is None or match is None or last.line == self.dateline_text:
            return
        if all(map(_SIGNATURE.fullmatch, re.split(r"[\s　、，,]+", match[1].strip(BLANKS)))):
            self.lines.append(match[0])

    def credits(self) -> bylines.Credits:
        """What the lines say; where they do not, what the metadata says, and who runs the site."""
        found = bylines.parse(self.lines, known=self.known)
        said = {
            "source": found.source,
            "credits": found.credits,
            "published_at": found.moment,
        }
        stated = dict(self.sheet.stated)
        if self.owners:
            stated.setdefault("source", self.owners[0])
        more = [line for name, line in stated.items() if not said[name]]
        return bylines.parse([*self.lines, *more], known=self.known) if more else found

    def published_at(
        self, credits: bylines.Credits, origin: addresses.Origin
    ) -> tuple[datetime.datetime | None, float]:
        """When the article came out, and how sure that is."""
        moment = credits.moment
        if moment and moment.at:
            return moment.at, credits.confidence.get("published_at", 1.0)
        day = addresses.day(origin, self.sheet.saved.place.file)
        if day is None:
            if all(doubt.field != "published_at" for doubt in credits.doubts):
                self.doubt("published_at", _("The page does not say when it was published."))
            return None, 0.0
        if moment and not moment.has_year:
            said = times.moment(f"{day.year}-{moment.text}")
            if said and said.at and said.at.date() == day:
                return said.at, 0.9
        self.doubt(
            "published_at",
            _("Only the page's address says when it was published: %(day)s.")
            % {"day": day.isoformat()},
        )
        at = datetime.datetime.combine(day, datetime.time(), SHANGHAI)
        return at, SURENESS_OF_ADDRESS

    def take_dateline(
        self, source: str, at: datetime.datetime | None, credits: Iterable[Credit]
    ) -> str:
        """Take the dateline off the text if the site prints the same. Gives it as HTML, to be put
        back for a source that the site prints none for; "" where it stays."""
        line = self.dateline
        if line is None or at is None:
            return ""
        if _folded(self.dateline_text) != _folded(_printed_dateline(source, at, credits)):
            return ""
        place = next(place for place, block in enumerate(self.body) if block.line)
        first, following = self.body[place], self.body[place + 1 : place + 2]
        is_alone = not first.line[line.length :].strip(_AFTER_DATELINE)
        damaged = any(
            mark.start < line.length
            for run in first.runs
            if isinstance(run, Words)
            for mark in run.repaired.marks
        )
        if damaged or (is_alone and not (following and following[0].tag == "p")):
            return ""
        whole = first.line
        first.cut_head(line.length)
        taken = escape(whole[: len(whole) - len(first.line)], quote=False)
        self.body = [block for block in self.body if block.line or block.pictures]
        return f"<p>{taken}</p>" if is_alone else taken

    # The record

    @property
    def heads(self) -> list[str]:
        """Headline, kicker and subtitle."""
        texts = (self.sheet.headline, self.sheet.kicker, self.sheet.subtitle)
        return [self.sheet.mender.mend(text).text.strip() for text in texts if text]

    def doubt(self, name: str, sentence: str) -> None:
        self.sheet.doubts.append(Doubt(name, sentence))

    def record(self) -> Record:
        sheet, mender = self.sheet, self.sheet.mender
        origin = addresses.origin([*self.urls, *sheet.urls], sheet.saved.place.file)
        credits = self.credits()
        at, sureness = self.published_at(credits, origin)
        everybody = _with(credits.credits, self.photographers)
        dateline = self.take_dateline(credits.source, at, everybody)
        mender.texts("credits", self.lines_as_read)
        made = Record(
            place=sheet.saved.place,
            format=sheet.format,
            raw=sheet.saved.raw,
            system=origin.system,
            id=origin.id,
            number=origin.number,
            addresses=origin.addresses,
            published_at=at,
            headline=mender.text("headline", sheet.headline).strip(),
            kicker=mender.text("kicker", sheet.kicker).strip(),
            subtitle=mender.text("subtitle", sheet.subtitle).strip(),
            body=blocks.write("body", self.body, mender),
            has_dateline=bool(dateline),
            dateline=dateline,
            channel=self.channel or sheet.channel,
            source=credits.source,
            original_headline=mender.text("original_headline", self.original_headline),
            original_url=self.original_url,
            credits=everybody,
            tags=tuple(dict.fromkeys([*self.tags, *sheet.tags])),
            images=self.images,
            confidence={**credits.confidence, "published_at": sureness, **sheet.confidence},
            doubts=[*credits.doubts, *sheet.doubts],
            changes=mender.changes,
            marks=mender.marks,
            before=mender.before,
        )
        made.doubts += _damaged(made, " ".join(self.lines))
        return made


def _lines(found: Iterable[Block]) -> Iterator[Block]:
    return (line for block in found for line in block.lines())


def _pieces(found: Iterable[Block]) -> list[Block]:
    """The blocks of a text; a paragraph that holds a line of furniture comes apart in its lines."""
    pieces: list[Block] = []
    for block in found:
        lines = block.lines()
        plain = all(furniture.kind(line.line) is Kind.WORDS for line in lines if line.line)
        pieces += [block] if plain else lines
    return pieces


def _with(credits: tuple[Credit, ...], others: Iterable[Credit]) -> tuple[Credit, ...]:
    """The credits, and those of pictures that are not among them."""
    said = {(credit.name, credit.role) for credit in credits}
    more = (credit for credit in others if (credit.name, credit.role) not in said)
    return (*credits, *dict.fromkeys(more))


def _printed_dateline(source: str, at: datetime.datetime, credits: Iterable[Credit]) -> str:
    """The dateline that the site prints for copy of its own with this by-line."""
    facts = {
        "source": {"name": source},
        "bylines": [{"name": credit.name, "role": credit.role} for credit in credits],
    }
    with translation.override(settings.LANGUAGE_CODE):
        return editions.dateline(facts, at)


def _folded(dateline: str) -> str:
    """A dateline without the width of its marks, its blanks, and a colon after it."""
    return "".join(unicodedata.normalize("NFKC", dateline).split()).rstrip(":")


def _damaged(made: Record, credits: str) -> Iterator[Doubt]:
    """A doubt for each text in which bytes could not be read."""
    texts = {name: getattr(made, name) for name in ("headline", "kicker", "subtitle", "body")}
    for name, text in {**texts, "credits": credits}.items():
        if "\ufffd" in text:
            yield Doubt(
                name,
                _("Some bytes could not be read; “%(sign)s” stands in the text for them.")
                % {"sign": "\ufffd"},
            )


def _is_prose(line: str) -> bool:
    return len(line) >= 40 and "。" in line


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
