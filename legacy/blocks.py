"""The text of a saved page as a row of blocks: words as they were read and as the repair has them.

What a line is can only be told once it is repaired, while the log of the repair speaks of places
in the text as it was read. So each run of words keeps both, and a body is written out twice.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from types import MappingProxyType

from legacy import tape
from legacy.mending import Mender
from legacy.records import Change, Mark
from legacy.repair import suspicious_lines, unpaired
from legacy.tape import Repaired

NO_SPAM: Mapping[str, str] = MappingProxyType({})
BLANKS = " \t\r\n\f\u00a0\u3000"


@dataclass(frozen=True, slots=True)
class Words:
    """A run of words: `before` as read, `repaired` as it is now."""

    before: str
    repaired: Repaired

    @classmethod
    def read(cls, text: str, mender: Mender, spam: Mapping[str, str] = NO_SPAM) -> "Words":
        """Mended only where the page needs it, and marked where it holds `spam`."""
        repaired = mender.mend(text)
        marks = (
            tape.Mark(0, len(repaired.text), reason)
            for foreign, reason in spam.items()
            if foreign in text
        )
        return cls(text, replace(repaired, marks=(*repaired.marks, *marks)) if spam else repaired)

    @property
    def text(self) -> str:
        return self.repaired.text

    def without_head(self, length: int) -> "Words":
        """The words without their first characters, which stay in `before`."""
        return self._cut(length, len(self.text))

    def without_tail(self, length: int) -> "Words":
        """The words without their last characters, which stay in `before`."""
        return self._cut(0, len(self.text) - length)

    def _cut(self, start: int, end: int) -> "Words":
        marks = tuple(
            tape.Mark(mark.start - start, mark.end - start, mark.reason)
            for mark in self.repaired.marks
            if mark.start >= start and mark.end <= end
        )
        return Words(self.before, Repaired(self.text[start:end], self.repaired.changes, marks))


# Words and tags, in the order in which they are written. A tag is markup of our own making.
type Run = Words | str


@dataclass(slots=True)
class Block:
    """A paragraph, a heading, a list, a table or, with `pictures` alone, a picture.

    `tag` is what it is written in; "" where the runs bring their own. `pictures` are the addresses
    of those that it shows, as the page writes them, with their descriptions.
    """

    tag: str = "p"
    runs: list[Run] = field(default_factory=list)
    pictures: dict[str, str] = field(default_factory=dict)
    caption: Words | None = None
    is_centred: bool = False
    is_caption: bool = False

    @property
    def line(self) -> str:
        """The words that are seen, a break in them as a blank."""
        return "".join(_seen(run) for run in self.runs).strip(BLANKS)

    @property
    def spaced(self) -> str:
        """The words, those of each run apart: what stands side by side in a line of labels."""
        texts = (run.text.strip(BLANKS) for run in self.runs if isinstance(run, Words))
        return " ".join(text for text in texts if text)

    @property
    def before(self) -> str:
        """The words as they were read."""
        shown = (run.before if isinstance(run, Words) else _blank(run) for run in self.runs)
        return "".join(shown).strip(BLANKS)

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture of its own."""
        return self.tag == "figure"

    @property
    def is_strong(self) -> bool:
        """Whether all of its words are in bold: a heading in disguise."""
        depth, said = 0, False
        for run in self.runs:
            if isinstance(run, Words):
                if run.text.strip(BLANKS) and not depth:
                    return False
                said = said or bool(run.text.strip(BLANKS))
            elif run in {"<strong>", "</strong>"}:
                depth += 1 if run == "<strong>" else -1
        return said

    def cut_head(self, length: int) -> None:
        """Take the first characters of its line off, and what parts them from the rest."""
        whole = "".join(_seen(run) for run in self.runs)
        rest = whole.lstrip(BLANKS)[length:].lstrip(BLANKS + ":：")
        left = len(whole) - len(rest)
        for place, run in enumerate(self.runs):
            cut = min(left, len(_seen(run)))
            left -= cut
            if isinstance(run, Words):
                self.runs[place] = run.without_head(cut)

    def lines(self) -> "list[Block]":
        """A block for each of its lines; what is no paragraph is one."""
        if self.tag != "p" or "<br>" not in self.runs:
            return [self]
        found = [Block(is_centred=self.is_centred)]
        for run in self.runs:
            if run == "<br>":
                found.append(Block(is_centred=self.is_centred))
            else:
                found[-1].runs.append(run)
        return found


def spam(text: str, mender: Mender) -> dict[str, str]:
    """What somebody seems to have put between the words of a page, each with the reason's key."""
    marks = suspicious_lines(text) if mender.is_needed else ()
    found = ((text[mark.start : mark.end].strip(BLANKS), mark.reason) for mark in marks)
    return {foreign: reason for foreign, reason in found if foreign}


def write(field_name: str, blocks: Iterable[Block], mender: Mender) -> str:
    """The blocks as HTML, a block to a line. What the repair did is put into the mender's log."""
    read, written, seen = _Text(), _Text(), _Text()
    starts: list[tuple[int, int, str]] = []  # of each run of words: in what is seen, and written
    for run in _runs(blocks):
        if isinstance(run, str):
            read.add(run)
            written.add(run)
            seen.add("\n" if run == "\n" else "")
            continue
        for change in run.repaired.changes:
            start, end = (read.length + _place(run.before, at) for at in (change.start, change.end))
            before, after = (escape(text, quote=False) for text in (change.before, change.after))
            mender.changes.append(Change(field_name, start, end, before, after, change.rule))
        for mark in run.repaired.marks:
            start, end = (written.length + _place(run.text, at) for at in (mark.start, mark.end))
            mender.marks.append(Mark(field_name, start, end, mark.reason))
        starts.append((seen.length, written.length, run.text))
        read.add(escape(run.before, quote=False))
        written.add(escape(run.text, quote=False))
        seen.add(run.text)
    if any(change.field == field_name for change in mender.changes):
        mender.before[field_name] = read.whole
    for mark in unpaired(seen.whole) if mender.is_needed else ():
        in_seen, in_written, text = max(start for start in starts if start[0] <= mark.start)
        place = in_written + _place(text, mark.start - in_seen)
        mender.marks.append(Mark(field_name, place, place + 1, mark.reason))
    return written.whole


@dataclass(slots=True)
class _Text:
    """A text that is put together of pieces."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0

    def add(self, piece: str) -> None:
        self.pieces.append(piece)
        self.length += len(piece)

    @property
    def whole(self) -> str:
        return "".join(self.pieces)


def _place(text: str, at: int) -> int:
    """Where a place of a text is once it is written as HTML."""
    return len(escape(text[:at], quote=False))


def _runs(blocks: Iterable[Block]) -> Iterator[Run]:
    for number, block in enumerate(blocks):
        if number:
            yield "\n"
        if block.is_picture:
            yield "<figure>"
            for address, alt in block.pictures.items():
                yield picture(address, alt)
            if block.caption and block.caption.text:
                yield from ("<figcaption>", block.caption, "</figcaption>")
            yield "</figure>"
        elif block.tag:
            yield from (f"<{block.tag}>", *_trimmed(block.runs), f"</{block.tag}>")
        else:
            yield from block.runs


def picture(address: str, alt: str) -> str:
    """The tag of a picture."""
    return f'<img src="{escape(address)}" alt="{escape(alt)}">'


def _trimmed(runs: list[Run]) -> Iterator[Run]:
    """The runs without the blanks that paragraphs are indented with."""
    places = [place for place, run in enumerate(runs) if isinstance(run, Words)]
    for place, run in enumerate(runs):
        if isinstance(run, Words) and place == places[0]:
            run = run.without_head(len(run.text) - len(run.text.lstrip(BLANKS)))  # noqa: PLW2901
        if isinstance(run, Words) and place == places[-1]:
            run = run.without_tail(len(run.text) - len(run.text.rstrip(BLANKS)))  # noqa: PLW2901
        yield run


def _seen(run: Run) -> str:
    return run.text if isinstance(run, Words) else _blank(run)


def _blank(markup: str) -> str:
    return " " if re.match(r"<br|</(?:p|li|t[dhr]|h\d)", markup) else ""
