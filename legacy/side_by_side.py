"""An imported article beside what it was read from, line by line, with every change of the repair.

Places in an original (`Original.changes`, `Original.marks`) count the text as the repair saw it,
tags of a body included; what is shown are the words alone.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import takewhile, zip_longest
from typing import Any, NamedTuple

from django.db.models import Field
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from articles import difference
from articles.models import Article
from articles.text import BLOCKS, clean_body, paragraphs, plain_text
from legacy.files import Refused, decoded
from legacy.fitness import FIELDS
from legacy.models import Original

# Kinds of pieces besides the rules of the repair.
MARK, TAKEN, MENDED = "mark", "taken", "mended"
KINDS: dict[str, Promise] = {
    "gloss": _("reading put behind a character"),
    "bytes": _("broken characters"),
    "split": _("punctuation taken apart"),
    "comma": _("needless comma"),
    "script": _("Traditional to Simplified"),
    "width": _("width of punctuation"),
    TAKEN: _("read as a dateline or by-line"),
    MARK: _("undecided, to be looked at"),
    MENDED: _("changed here since"),
}
REASONS: dict[str, Promise] = {
    "lost_bytes": _("A character is lost."),
    "lost_digit": _("A digit may be lost; look at the printed page."),
    "healed_bytes": _("Put together again out of broken bytes."),
    "doubtful_character": _("An unusual character."),
    "false_split": _("Put together again across a mark."),
    "variant": _("Two ways of writing are possible."),
    "question_mark": _("The question mark may have been something else."),
    "orphan_quote": _("The other half of the quotes is missing."),
    "spam_token": _("Perhaps put in by the mirror."),
    "spam_line": _("Perhaps put in by the mirror."),
}
TEXTS = ("kicker", "headline", "subtitle", "short_headline", "summary", "body")
OTHERS: dict[str, Promise] = {
    **FIELDS,
    "addresses": _("old addresses"),
    "images": _("pictures"),
}

LONGEST = 100_000  # characters of a record that are shown beside its article

_TOKEN = re.compile(r"<!--.*?-->|</?([a-zA-Z][a-zA-Z0-9]*)[^<>]*>|\n", re.DOTALL)
_HAS_TAGS = re.compile(r"</?(?:p|div|br|h[1-6]|figure|table|ul|ol|blockquote)\b[^<>]*>", re.I)
_BREAKS = BLOCKS | {"div", "section", "h1", "h4", "h5", "h6"}
_AHEAD = 3  # lines to look ahead for the imported one
_TELLING = 10  # characters that do not agree by chance


class Piece(NamedTuple):
    """A run of text. `kind` is empty, or a key of KINDS; `reason` says what a mark is about."""

    text: str
    kind: str = ""
    reason: str = ""


class Row(NamedTuple):
    """One line as it was read, and what became of it; either may be empty."""

    read: tuple[Piece, ...]
    now: tuple[Piece, ...]


class Sides(NamedTuple):
    """A field that the repair changed or marked. `is_mended` says that the desk has changed it
    since."""

    field: str
    label: str
    rows: tuple[Row, ...]
    is_mended: bool

    @property
    def is_body(self) -> bool:
        """Whether it is the text itself."""
        return self.field == "body"

    @property
    def kinds(self) -> set[str]:
        """What is highlighted in it."""
        return {piece.kind for row in self.rows for piece in (*row.read, *row.now)} - {""}


def sides(original: Original, article: Article) -> list[Sides]:
    """The fields of the article that the repair changed or marked, in the order of a page."""
    revision = article.revisions.filter(version__lte=original.version).order_by("-version").first()
    imported: dict[str, Any] = revision.content if revision else {}
    named = {*original.before, *(mark["field"] for mark in original.marks)}
    fields = [field for field in TEXTS if field in named]
    fields += sorted(named.difference(TEXTS))
    return [_sides(original, article, imported, field) for field in fields]


def lines_read(original: Original) -> list[str]:
    """The words of the whole record as they were read, a line to a block, what stood around the
    article included; a very long record's beginning."""
    text = text_read(original)[:LONGEST]
    if _HAS_TAGS.search(text):
        text = plain_text(clean_body(text))
    return [line for line in (line.strip() for line in text.splitlines()) if line]


def text_read(original: Original) -> str:
    """The record as it was read; empty where its bytes were not kept."""
    try:
        return decoded(original.raw)
    except Refused:
        return original.raw.decode(errors="replace")


def label(field: str) -> str:
    """The name of a field as forms have it."""
    known = {known.name: known for known in Article._meta.get_fields()}.get(field)
    return str(known.verbose_name if isinstance(known, Field) else OTHERS.get(field, field))


def _sides(original: Original, article: Article, imported: Mapping[str, Any], field: str) -> Sides:
    was = str(imported.get(field) or "") if field in TEXTS else ""
    lines = _lines_of(original.before.get(field, was), _of(field, original.changes))
    rows = tuple(_rows(lines, _of(field, original.marks), _shown(field, was)))
    if field not in TEXTS:
        return Sides(field, label(field), rows, is_mended=False)
    now = _shown(field, getattr(article, field))
    is_mended = now != _shown(field, was)
    return Sides(field, label(field), _beside(rows, now) if is_mended else rows, is_mended)


def _of(field: str, log: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entry for entry in log if entry["field"] == field]


def _shown(field: str, text: str) -> list[str]:
    """The lines of a field's text that are seen."""
    return paragraphs(text) if field == "body" else text.splitlines()


# The text as it was read and as the repair left it


class _Run(NamedTuple):
    """Words as they were read and as they are now, by which rule if they differ. `length` is what
    the repaired text has of it, with tags and entities, where that is not `now`."""

    read: str
    now: str
    rule: str = ""
    length: int | None = None


def _lines_of(read: str, changes: Iterable[dict[str, Any]]) -> Iterator[list[_Run]]:
    """Both texts in lines. A line ends at a line's end and at the tags of blocks, which the repair
    does not touch, so that the lines of both belong together."""
    has_tags = _HAS_TAGS.search(read) is not None
    line: list[_Run] = []
    for text, change in _stays_and_changes(read, changes):
        if change:
            line.append(_Run(change["before"], change["after"], change["rule"]))
            continue
        for run, ends_line in _runs(text, has_tags=has_tags):
            line.append(run)
            if ends_line:
                yield line
                line = []
    yield line


def _stays_and_changes(
    read: str, changes: Iterable[dict[str, Any]]
) -> Iterator[tuple[str, dict[str, Any] | None]]:
    place = 0
    for change in sorted(changes, key=lambda change: (change["start"], change["end"])):
        start, end = change["start"], change["end"]
        if start >= place and html.unescape(read[start:end]) == html.unescape(change["before"]):
            yield read[place:start], None
            yield read[start:end], change
            place = end
    yield read[place:], None


def _runs(text: str, *, has_tags: bool) -> Iterator[tuple[_Run, bool]]:
    """What stayed, and whether a line ends behind it."""
    place = 0
    for token in _TOKEN.finditer(text):
        tag = (token[1] or "").lower()
        if token[0] != "\n" and not has_tags:
            continue
        yield _stayed(text[place : token.start()], has_tags=has_tags), False
        blank = " " if tag == "br" else ""
        ends_line = tag in _BREAKS if has_tags else True
        yield _Run(blank, blank, length=len(token[0])), ends_line
        place = token.end()
    yield _stayed(text[place:], has_tags=has_tags), False


def _stayed(text: str, *, has_tags: bool) -> _Run:
    words = html.unescape(text) if has_tags else text
    return _Run(words, words, length=len(text))


def _rows(
    lines: Iterable[list[_Run]], marks: list[dict[str, Any]], imported: Sequence[str]
) -> Iterator[Row]:
    """The lines as they are shown. What the reader took out of a line is not in the imported one,
    and the places of marks do not count it."""
    place = 0  # in the repaired text
    ahead = list(imported)
    for line in lines:
        whole = "".join(run.now for run in line)
        passed, start, end, head = _imported_part(whole, ahead[:_AHEAD])
        ahead = ahead[passed:]
        read: list[Piece] = []
        now: list[Piece] = [Piece(head, TAKEN)]
        done = 0
        for run in line:
            first, last = (min(max(edge - done, 0), len(run.now)) for edge in (start, end))
            kept = run.now[first:last]
            if run.rule:
                read.append(Piece(run.read, run.rule))
            else:
                read += [
                    Piece(run.read[:first], TAKEN),
                    Piece(kept),
                    Piece(run.read[last:], TAKEN),
                ]
            now += _marked(kept, run.rule, place, marks)
            place += len(kept) if run.length is None else run.length - len(run.now) + len(kept)
            done += len(run.now)
        row = Row(_seen(read), _seen(now))
        if row.read or row.now:
            yield row


def _imported_part(whole: str, ahead: Sequence[str]) -> tuple[int, int, int, str]:
    """Which of the imported lines came of this one: how many are passed with it, from where to
    where it stands in the line, and what it has before that (a dateline written anew)."""
    for place, line in enumerate(ahead, start=1):
        if line in whole and (place == 1 or len(line) >= _TELLING):
            start = whole.index(line)
            return place, start, start + len(line), ""
    for place, line in enumerate(ahead, start=1):
        shared = _shared_end(whole, line)
        if shared >= _TELLING:
            return place, len(whole) - shared, len(whole), line[:-shared]
    return 0, 0, len(whole), ""


def _shared_end(one: str, other: str) -> int:
    """How many characters both end with."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _marked(text: str, kind: str, place: int, marks: list[dict[str, Any]]) -> Iterator[Piece]:
    """The text that stands at `place`, what is marked in it by itself."""
    end, done = place + len(text), place
    for mark in marks:
        first, last = max(mark["start"], done), min(mark["end"], end)
        if first < last:
            yield Piece(text[done - place : first - place], kind)
            reason = str(REASONS.get(mark["reason"], mark["reason"]))
            yield Piece(text[first - place : last - place], MARK, reason)
            done = last
    yield Piece(text[done - place :], kind)


def _seen(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Without what is empty, neighbours of one kind as one, and a line of blanks as nothing."""
    found: list[Piece] = []
    for piece in pieces:
        one = piece if piece.text.strip() or piece.kind != TAKEN else Piece(piece.text)
        if found and found[-1][1:] == one[1:]:
            found[-1] = one._replace(text=found[-1].text + one.text)
        elif one.text:
            found.append(one)
    return tuple(found) if any(piece.kind or piece.text.strip() for piece in found) else ()


# The text as it stands today


def _beside(rows: Sequence[Row], lines: Sequence[str]) -> tuple[Row, ...]:
    """The rows with today's lines in place of the imported ones."""
    imported = [_plain(row.now) for row in rows]
    found: list[Row] = []
    matcher = SequenceMatcher(None, imported, lines, autojunk=False)
    for tag, start, end, first, last in matcher.get_opcodes():
        if tag == "equal":
            found += rows[start:end]
            continue
        for row, line in zip_longest(rows[start:end], lines[first:last]):
            was = _plain(row.now) if row else ""
            now = tuple(
                Piece(piece.text, MENDED if piece.kind == "inserted" else "")
                for piece in difference.pieces(was, line or "")
                if piece.kind != "deleted"
            )
            found.append(Row(row.read if row else (), now))
    return tuple(found)


def _plain(pieces: Iterable[Piece]) -> str:
    return "".join(piece.text for piece in pieces).strip()
