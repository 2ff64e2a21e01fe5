"""Damage that a spinner did to the bytes of a text, and its repair.

Spinners work on the bytes of GBK, two for a character. Where the second byte of one character and
the first of the next look like a character that they gloss or a mark that they split at, they cut
in the middle of two characters:

- A gloss, `L b (py)` with `L b` its character: the reader takes `b` and the bracket for a broken
  pair and shows `?py)`. What follows is read one byte late until a single byte sets it right.
- A false mark: the piece before it ends with the first byte of a pair, shown as `?`, and what
  follows is late as well.

Late text is whole, only read wrongly, save where it ends: a last odd byte becomes `?`, and takes a
digit, a space or a bracket with it. Pairs of GBK's user-defined area are dropped without a trace.
So what comes out of here is always marked: as healed, or with 〓 where a character is gone.
"""

import functools
import re
from collections.abc import Iterable
from typing import NamedTuple

from legacy.characters import (
    SYLLABLE,
    character,
    is_common,
    is_foreign,
    is_han,
    is_known,
    is_standard,
    is_toned,
    is_traditional,
    pair,
    readings,
    syllable,
)
from legacy.tape import Edit

GONE = "〓"

# A gloss whose bracket a broken pair has eaten.
TRIGGER = re.compile(rf"[?�]({SYLLABLE}) ?[)）]")

# The marks that spinners split at, with their half-width forms, and the lost byte before one.
_MARKS = {mark: mark for mark in "，、。；：！？"} | dict(zip(",;:!?", "，；：！？", strict=True))
_SPLIT = re.compile(r"[?�][,，]?([，、。；：！？,;:!?])")
_WIDE = _MARKS | {"(": "（", ")": "）"}

# （二）, （三） and （六） lose two bytes when read late; these are their first ones.
_NUMERALS = {0xB6: "二", 0xC8: "三", 0xC1: "六"}

# Before these, what ends in the byte A3 may be the first half of a word (海口, 危害, 停火) as well
# as 。, so it is not known.
_SECOND_HALVES = frozenset("口河湖魂涵虹害糊航火罕核刊客函康科款靠花")

# What share of common characters makes late text believable, and how much more than there is as
# it stands; what may stand in such text beside Han.
_ENOUGH, _BETTER = 0.8, 0.3
_LONGEST = 300  # characters of late text; no sentence has so many between two marks
_PLAUSIBLE = frozenset("，、。；：！？（）《》〈〉“”‘’—…·　")


class _Piece(NamedTuple):
    text: str
    reason: str


class _Run(NamedTuple):
    """Late text read right, and where it ends."""

    pieces: list[_Piece]
    end: int

    def as_edit(self, start: int, rule: str) -> Edit:
        reasons = [piece.reason for piece in self.pieces for _ in piece.text]
        return Edit(start, self.end, "".join(piece.text for piece in self.pieces), rule, reasons)


def healed(text: str) -> Iterable[Edit]:
    """The edits that put right what can be, in a text whose whole glosses are gone already."""
    done = 0
    while (place := _next_loss(text, done)) >= 0:
        edit = _healed_gloss(text, place) or _healed_split(text, place) or _cut(text, place)
        if edit:
            yield edit
        done = edit.end if edit else place + 1


def glossed_inside(text: str, match: re.Match[str]) -> list[str]:
    """The characters that a match of TRIGGER can be the gloss of; only common ones, in their
    standard form, if there are such."""
    if not match.start():
        return []
    last = pair(text[match.start() - 1])
    if last is None or last[1] < 0x81:
        return []
    return list(_glossed(last[1], syllable(match[1])))


def glossed_letter(text: str, place: int) -> str | None:
    """The character that the letter at `place` makes with the second byte before it: 既A is read
    as 華 in the middle."""
    if not place or not ("@" <= text[place] <= "~"):
        return None
    last = pair(text[place - 1])
    return character(last[1], ord(text[place])) if last and last[1] >= 0x81 else None


@functools.lru_cache(maxsize=4096)
def _glossed(lead: int, reading: str) -> tuple[str, ...]:
    """The Traditional characters with that first byte and reading."""
    found = [
        one
        for trail in range(0x80, 0xFF)
        if (one := character(lead, trail)) and is_traditional(one) and reading in readings(one)
    ]
    for is_likely in (is_common, is_standard):
        found = [one for one in found if is_likely(one)] or found
    return tuple(found)


def _next_loss(text: str, done: int) -> int:
    places = [place for sign in "?�" if (place := text.find(sign, done)) >= 0]
    return min(places, default=-1)


def _healed_gloss(text: str, place: int) -> Edit | None:
    match = TRIGGER.match(text, place)
    if match is None:
        return None
    choices = [
        run
        for one in glossed_inside(text, match)
        if (lead := pair(one)) and (run := _read_late(text, match.end(), lead[1]))
    ]
    for is_likely in (_begins_plausibly, functools.partial(_is_known_here, text, place)):
        if len(choices) > 1:
            choices = [run for run in choices if is_likely(run)] or choices
    if not choices:
        return None
    run = choices[0]
    if len({choice.pieces[0] for choice in choices}) > 1:
        run = _Run([_Piece(GONE, "lost_bytes"), *run.pieces[1:]], run.end)
    return run.as_edit(place, "bytes")


def _begins_plausibly(run: _Run) -> bool:
    return _is_plausible(run.pieces[0].text[0])


def _is_known_here(text: str, place: int, run: _Run) -> bool:
    """Whether what a run begins with stands elsewhere in the text beside the same neighbour."""
    read = "".join(piece.text for piece in run.pieces) + text[run.end : run.end + 1]
    return text[place - 1] + read[0] in text or read[:2] in text


def _healed_split(text: str, place: int) -> Edit | None:
    """A mark that is none, and the character or mark whose first byte was lost before it."""
    match = _SPLIT.match(text, place)
    if match is None:
        return None
    cut = pair(_MARKS[match[1]])
    assert cut, "every mark has two bytes"
    run = _read_late(text, match.end(), cut[1])
    if run is None or run.end == match.end():
        return None
    after = _share("".join(piece.text for piece in run.pieces if not piece.text.isascii()))
    if after < _ENOUGH or after - _share(_read_otherwise(text, match.end(), run.end)) < _BETTER:
        return None
    at_line_start = place == 0 or text[place - 1] == "\n"
    if at_line_start and match[0] == "??" and len(run.pieces) < 3:
        return None  # more likely the indent of a paragraph
    pieces = [_before_split(cut[0], run, at_line_start), *run.pieces]
    return _Run(pieces, run.end).as_edit(place, "split")


def _read_otherwise(text: str, start: int, end: int) -> str:
    """A part of a text as it is if the mark before it is a true one, its cut glosses healed."""
    result, done = [], start
    for match in TRIGGER.finditer(text, start, end + _LONGEST):
        if done <= match.start() < end and (edit := _healed_gloss(text, match.start())):
            result += [text[done : edit.start], edit.after]
            done = edit.end
    return ("".join(result) + text[done:end])[: end - start]


def _cut(text: str, place: int) -> Edit | None:
    """What looks like a cut gloss and cannot be put right: left as it is, for somebody to see."""
    match = TRIGGER.match(text, place)
    if match is None or not is_toned(match[1]):
        return None
    return Edit(*match.span(), match[0], "bytes", ["lost_bytes"] * len(match[0]))


def _before_split(trail: int, run: _Run, at_line_start: bool) -> _Piece:
    """What stood before a false mark, of which only the second byte is left.

    Of the marks only 。 can stand before most text, and an ideographic space at the start of a
    line; of anything else it would be a guess.
    """
    follows = run.pieces[0].text
    if trail == 0xA3 and not at_line_start and follows not in _SECOND_HALVES:
        return _Piece("。", "false_split")
    if trail == 0xA1 and at_line_start and follows == "（":
        return _Piece("", "")
    return _Piece(GONE, "lost_bytes")


def _read_late(text: str, place: int, pending: int) -> _Run | None:
    """Read on from `place` with the first byte of a pair in hand, to where the text is in step
    again. None if that byte begins nothing."""
    if pending < 0x81:
        return None
    pieces: list[_Piece] = []
    end = min(len(text), place + _LONGEST)
    while place < end and text[place] != "\n":
        if match := TRIGGER.match(text, place):
            glossed = _glossed(pending, syllable(match[1]))
            if glossed:
                known = _Piece(glossed[0], "healed_bytes")
                pieces.append(known if len(glossed) == 1 else _Piece(GONE, "lost_bytes"))
                return _Run(pieces, match.end())
        if text[place] in ",，" and text[place + 1 : place + 2] in _MARKS:
            place += 1  # to the mark that the spinner's comma stands before
        elif text[place] in "?�":
            return _Run([*pieces, *_lost(text, place)], place + 1)
        step = _step(text[place], pending, pieces)
        if step is None:
            break
        place += 1
        if step == 0:
            return _Run(pieces, place)
        pending = step
    return _Run([*pieces, _Piece(GONE, "lost_bytes")], place)


def _step(one: str, pending: int, pieces: list[_Piece]) -> int | None:
    """Read one late character: 0 if the text is in step after it, else the byte now in hand; None
    if late text cannot have it."""
    if one == "€" or (one.isascii() and one >= "@"):
        pieces.append(_piece(pending, 0x80 if one == "€" else ord(one)))
        return 0
    found = pair(_WIDE.get(one, one))
    if found is None:
        return None
    if found[0] == 0xA9 and pending in _NUMERALS and pieces and pieces[-1].text == "（":
        pieces.append(_Piece(f"{_NUMERALS[pending]}）", "false_split"))
        return found[1]
    pieces.append(_piece(pending, found[0]))
    if found[1] < 0x80:
        pieces.append(_Piece(chr(found[1]), "healed_bytes"))
        return 0
    return found[1]


def _piece(lead: int, trail: int) -> _Piece:
    one = character(lead, trail)
    if one is None or not (one in _PLAUSIBLE or (is_han(one) and not is_foreign(one))):
        return _Piece(GONE, "lost_bytes")
    return _Piece(one, "healed_bytes" if is_known(one) else "doubtful_character")


def _lost(text: str, place: int) -> list[_Piece]:
    """For an odd byte: its character, and where the text goes on, what it took with it. That may
    be a digit."""
    follows = text[place + 1 : place + 2]
    if not follows or follows.isspace() or follows in _MARKS:
        return [_Piece(GONE, "lost_bytes")]
    return [_Piece(GONE * 2, "lost_digit")]


def _is_plausible(one: str) -> bool:
    return one in _PLAUSIBLE or (is_han(one) and is_common(one) and not is_foreign(one))


def _share(text: str) -> float:
    """How much of a text can be believed, from 0 to 1."""
    return sum(map(_is_plausible, text)) / len(text) if text else 0
