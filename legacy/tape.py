"""A text under repair that remembers where each of its characters came from.

Every step of a repair edits the text as the step before left it; places in the log are those of
the text as it was first read. Pure: no Django, no database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Change:
    """`before`, from `start` to `end` of the text as it was read, became `after`."""

    start: int
    end: int
    before: str
    after: str
    rule: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What was left undecided: from `start` to `end` of the result, and the reason's key."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Repaired:
    """A result, the changes that lead to it in the order of the text, and its open questions."""

    text: str
    changes: tuple[Change, ...] = ()
    marks: tuple[Mark, ...] = ()


class Edit(NamedTuple):
    """Characters `start` to `end` of the current text become `after`.

    `reasons` has a reason for each character of `after` that somebody must look at, "" for the
    others; without it they inherit what was marked before.
    """

    start: int
    end: int
    after: str
    rule: str
    reasons: Sequence[str] = ()


class Tape:
    """The text as it stands, with the span of the original behind each character."""

    def __init__(self, text: str) -> None:
        self.original = text
        self.text = text
        self._spans = [(place, place + 1) for place in range(len(text))]
        self._reasons = [""] * len(text)
        self._rules = [""] * len(text)  # by place in the original, the first that touched it

    def mark(self, start: int, end: int, reason: str) -> None:
        """Mark a part of the current text that has no mark yet."""
        self._reasons[start:end] = [old or reason for old in self._reasons[start:end]]

    def apply(self, edits: Iterable[Edit]) -> None:
        """Make edits that are in order and do not overlap."""
        text: list[str] = []
        spans: list[tuple[int, int]] = []
        reasons: list[str] = []
        done = 0
        for edit in edits:
            kept = slice(done, edit.start)
            text.append(self.text[kept])
            spans += self._spans[kept]
            reasons += self._reasons[kept]
            text.append(edit.after)
            spans += self._spans_of(edit)
            reasons += self._reasons_of(edit)
            done = edit.end
        text.append(self.text[done:])
        self.text = "".join(text)
        self._spans = spans + self._spans[done:]
        self._reasons = reasons + self._reasons[done:]

    def result(self) -> Repaired:
        return Repaired(self.text, tuple(self._changes()), tuple(self._marks()))

    def _spans_of(self, edit: Edit) -> list[tuple[int, int]]:
        """The spans of the new characters: one each where their number stays, else the first
        stands for all that was there."""
        old = self._spans[edit.start : edit.end]
        if len(edit.after) == len(old):
            for place, character in enumerate(edit.after, edit.start):
                if character != self.text[place]:
                    self._note(*self._spans[place], edit.rule)
            return old
        start, end = old[0][0], old[-1][1]
        self._note(start, end, edit.rule)
        return [(start, end), *[(end, end)] * (len(edit.after) - 1)] if edit.after else []

    def _note(self, start: int, end: int, rule: str) -> None:
        for place in range(start, end):
            self._rules[place] = self._rules[place] or rule

    def _reasons_of(self, edit: Edit) -> Sequence[str]:
        old = self._reasons[edit.start : edit.end]
        if len(edit.after) != len(old):
            old = [next(filter(None, old), "")] * len(edit.after)
        if not edit.reasons:
            return old
        return [new or before for new, before in zip(edit.reasons, old, strict=True)]

    def _changes(self) -> Iterable[Change]:
        """What differs, in one change where neighbours changed by the same rule."""
        open_: Change | None = None
        for start, end, after in self._blocks():
            before = self.original[start:end]
            if before == after:
                if open_:
                    yield open_
                open_ = None
                continue
            rule = self._rules[start] if start < end else self._rules[start - 1]
            if open_ and (start == end or open_.rule == rule):
                open_ = Change(open_.start, end, open_.before + before, open_.after + after, rule)
                continue
            if open_:
                yield open_
            open_ = Change(start, end, before, after, rule)
        if open_:
            yield open_

    def _blocks(self) -> Iterable[tuple[int, int, str]]:
        """The whole original in pieces, each with what stands for it now."""
        done = 0
        for (start, end), character in zip(self._spans, self.text, strict=True):
            if done < start:
                yield done, start, ""
            yield start, end, character
            done = end
        if done < len(self.original):
            yield done, len(self.original), ""

    def _marks(self) -> Iterable[Mark]:
        start = 0
        for place in range(1, len(self._reasons) + 1):
            ends = place == len(self._reasons)
            if ends or self._reasons[place] != self._reasons[start]:
                if self._reasons[start]:
                    yield Mark(start, place, self._reasons[start])
                start = place
