"""What changed between two texts, field by field, for people who compare them.

Chinese has no blanks between words, so lines are compared character by character. Bodies are
compared line by line first; what cannot be seen in the words (bold, a heading that became a
paragraph) is said of the line as changed formatting.
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple

from django.db.models import Field
from django.utils.translation import gettext as _
from lxml import html

from articles.models import Article, Role
from articles.text import BLOCKS

# A product of two lengths above which a pair of lines is compared by clauses.
TOO_LONG_FOR_CHARACTERS = 1_500_000
# Lines that share less than this are shown as one deleted and one inserted.
RELATED = 0.35

_CLAUSE = re.compile(r"[^，。；：、！？,.;:!?\s]*[，。；：、！？,.;:!?\s]?")

# In the order of the form.
LINES = ("kicker", "headline", "subtitle", "short_headline")
REPRINT = ("original_headline", "original_author", "original_url")


class Piece(NamedTuple):
    """A run of text that stayed, went or came."""

    kind: Literal["same", "deleted", "inserted"]
    text: str


class Line(NamedTuple):
    """One line of a field. `formatting` says that it changed in its formatting only."""

    pieces: tuple[Piece, ...]
    formatting: bool = False

    @property
    def is_same(self) -> bool:
        """Whether nothing changed in it."""
        return not self.formatting and all(piece.kind == "same" for piece in self.pieces)


class FieldDifference(NamedTuple):
    """What changed in one field; `label` is the field's name on the form."""

    field: str
    label: str
    lines: tuple[Line, ...]


class _Block(NamedTuple):
    """One line of a body as it reads, and the markup it was read from."""

    text: str
    markup: str


def between(old: dict[str, Any], new: dict[str, Any]) -> list[FieldDifference]:
    """The fields that differ, in the order of the form.

    Both are what `articles.content.printed` gives. Names are compared, not ids.
    """
    found = []
    for field, label, before, after in _fields(old, new):
        lines = tuple(_lines(before, after))
        if not all(line.is_same for line in lines):
            found.append(FieldDifference(field, label, lines))
    return found


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """How one line became another: what stayed and went gives `old`, what stayed and came `new`."""
    head = _common_start(old, new)
    tail = _common_start(old[head:][::-1], new[head:][::-1])
    before, after = old[head : len(old) - tail], new[head : len(new) - tail]
    middle = list(_compared(before, after)) if before and after else []
    if not middle:
        middle = [Piece("deleted", before), Piece("inserted", after)]
    end = old[len(old) - tail :] if tail else ""
    return tuple(_joined([Piece("same", old[:head]), *middle, Piece("same", end)]))


def _fields(
    old: dict[str, Any], new: dict[str, Any]
) -> Iterator[tuple[str, str, list[_Block], list[_Block]]]:
    for field in LINES:
        yield field, _label(field), _plain(old[field]), _plain(new[field])
    yield "bylines", str(_("by-lines")), _bylines(old), _bylines(new)
    for field in ("source", "channel"):
        yield field, _label(field), _plain(_name(old[field])), _plain(_name(new[field]))
    for field in REPRINT:
        yield field, _label(field), _plain(old[field]), _plain(new[field])
    yield "summary", _label("summary"), _plain(old["summary"]), _plain(new["summary"])
    yield "lead_picture", _label("lead_picture"), _picture(old), _picture(new)
    yield "has_dateline", _label("has_dateline"), _dateline(old), _dateline(new)
    yield "body", _label("body"), _readable(old["body"]), _readable(new["body"])
    yield "tags", _label("tags"), _plain("、".join(old["tags"])), _plain("、".join(new["tags"]))


def _label(field: str) -> str:
    named = Article._meta.get_field(field)
    assert isinstance(named, Field)
    return str(named.verbose_name)


def _plain(text: str) -> list[_Block]:
    return [_Block(line, line) for line in text.splitlines()]


def _name(row: dict[str, Any] | None) -> str:
    return row["name"] if row else ""


def _bylines(facts: dict[str, Any]) -> list[_Block]:
    rows = [
        f"{Role(row['role']).label} {row['name']}" + (f"（{row['unit']}）" if row["unit"] else "")
        for row in facts["bylines"]
    ]
    return [_Block(row, row) for row in rows]


def _picture(facts: dict[str, Any]) -> list[_Block]:
    picture = facts["lead_picture"]
    if not picture:
        return []
    texts = (picture["sha256"][:12], picture["caption"], picture["alt"], picture["credit"])
    return [_Block(text, text) for text in texts if text]


def _dateline(facts: dict[str, Any]) -> list[_Block]:
    return _plain(str(_("yes") if facts["has_dateline"] else _("no")))


def _readable(body: str) -> list[_Block]:
    """A clean body as lines to compare: a line to a block, pictures and links said in words."""
    if not body:
        return []
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    tree = html.fromstring(f"<div>{body}</div>".encode(), parser=parser)
    return list(_blocks(tree))


def _blocks(element: html.HtmlElement) -> Iterator[_Block]:
    """The innermost blocks, and text that stands between blocks."""
    place = "/".join(above.tag for above in (element, *element.iterancestors()))
    yield from _plain((element.text or "").strip())
    for child in element:
        if child.tag in BLOCKS and any(inner.tag in BLOCKS for inner in child.iterdescendants()):
            yield from _blocks(child)
        elif child.tag == "hr":
            yield _Block("———", "hr")
        else:
            markup = html.tostring(child, encoding="unicode", with_tail=False)
            yield _Block("".join(_words(child)).strip(), f"{place}/{markup}")
        yield from _plain((child.tail or "").strip())


def _words(element: html.HtmlElement) -> Iterator[str]:
    if element.tag == "img":
        name = element.get("src", "").rpartition("/")[2][:12]
        yield _("[picture %(name)s: %(alt)s]") % {"name": name, "alt": element.get("alt", "")}
    yield element.text or ""
    for child in element:
        yield from _words(child)
        yield child.tail or ""
    if element.tag == "a":
        yield f"〔{element.get('href', '')}〕"


def _lines(old: list[_Block], new: list[_Block]) -> Iterator[Line]:
    """The lines of both, those that belong together compared."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            yield from (Line((Piece("same", block.text),)) for block in old[old_start:old_end])
        else:
            yield from _replaced(old[old_start:old_end], new[new_start:new_end])


def _replaced(old: list[_Block], new: list[_Block]) -> Iterator[Line]:
    """Lines that took the place of others: related ones side by side, in order."""
    new = [*new]
    for block in old:
        place = next((at for at, other in enumerate(new) if _related(block.text, other.text)), None)
        if place is None:
            yield Line((Piece("deleted", block.text),))
            continue
        yield from (Line((Piece("inserted", other.text),)) for other in new[:place])
        partner = new[place]
        if block.text == partner.text:
            yield Line((Piece("same", block.text),), formatting=True)
        else:
            yield Line(pieces(block.text, partner.text))
        new = new[place + 1 :]
    yield from (Line((Piece("inserted", other.text),)) for other in new)


def _related(old: str, new: str) -> bool:
    if old == new:
        return True
    shared = _common_start(old, new) + _common_start(old[::-1], new[::-1])
    if shared >= RELATED * max(len(old), len(new)):
        return True
    if len(old) * len(new) > TOO_LONG_FOR_CHARACTERS:
        return SequenceMatcher(None, _CLAUSE.findall(old), _CLAUSE.findall(new)).ratio() > RELATED
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return matcher.quick_ratio() > RELATED and matcher.ratio() > RELATED


def _compared(old: str, new: str) -> Iterator[Piece]:
    by_clause = len(old) * len(new) > TOO_LONG_FOR_CHARACTERS
    before = _CLAUSE.findall(old) if by_clause else [*old]
    after = _CLAUSE.findall(new) if by_clause else [*new]
    opcodes = SequenceMatcher(None, before, after, autojunk=by_clause).get_opcodes()
    for place, (tag, old_start, old_end, new_start, new_end) in enumerate(opcodes):
        gone, come = "".join(before[old_start:old_end]), "".join(after[new_start:new_end])
        # One character that stayed between two changes only makes the change hard to read.
        stray = tag == "equal" and len(gone) == 1 and 0 < place < len(opcodes) - 1
        if tag == "equal" and not stray:
            yield Piece("same", gone)
        else:
            yield Piece("deleted", gone)
            yield Piece("inserted", come)


def _joined(found: list[Piece]) -> Iterator[Piece]:
    """Runs of changes as one deletion and one insertion; nothing empty."""
    gone, come = "", ""
    for piece in [*found, Piece("same", "")]:
        if piece.kind == "deleted":
            gone += piece.text
        elif piece.kind == "inserted":
            come += piece.text
        else:
            if gone:
                yield Piece("deleted", gone)
            if come:
                yield Piece("inserted", come)
            gone, come = "", ""
            if piece.text:
                yield piece


def _common_start(one: str, other: str) -> int:
    """How many characters both begin with."""
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length
