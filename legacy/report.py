"""What came of each record of an import: a line each in a file that a spreadsheet opens, and counts."""

import csv
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from legacy.records import Place

SHOWN = 20  # lines that are kept for a terminal
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Outcome(StrEnum):
    """What came of a record; a note is about something else than one record."""

    ADMITTED = "admitted"
    WAITING = "waiting"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SET_ASIDE = "set_aside"
    NOTE = "note"


OUTCOMES = {
    Outcome.ADMITTED: gettext_lazy("admitted"),
    Outcome.WAITING: gettext_lazy("waiting to be checked"),
    Outcome.CHANGED: gettext_lazy("changed original"),
    Outcome.UNCHANGED: gettext_lazy("here already"),
    Outcome.SET_ASIDE: gettext_lazy("set aside"),
    Outcome.NOTE: gettext_lazy("please look"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a report; `reason` and `advice` are sentences."""

    outcome: Outcome
    place: Place
    number: int | None = None
    headline: str = ""
    reason: str = ""
    advice: str = ""


@dataclass(slots=True)
class Report:
    """Counts the outcomes and writes each line to `file`, if there is one, as it comes.

    `kept` has the first lines that somebody must look at, for a terminal; `made` the rows that were
    made beside articles, by kind and name.
    """

    file: IO[str] | None = None
    counts: Counter[Outcome] = field(default_factory=Counter)
    made: set[tuple[str, str]] = field(default_factory=set)
    kept: dict[Outcome, list[Line]] = field(
        default_factory=lambda: {Outcome.SET_ASIDE: [], Outcome.NOTE: []}
    )

    def __post_init__(self) -> None:
        self._write(
            _("file"),
            _("record"),
            _("number"),
            _("headline"),
            _("outcome"),
            _("reason"),
            _("what to do"),
        )

    def add(self, line: Line) -> None:
        """Take a line in."""
        self.counts[line.outcome] += 1
        if line.outcome in self.kept and len(self.kept[line.outcome]) < SHOWN:
            self.kept[line.outcome].append(line)
        self._write(
            line.place.file,
            line.place.entry,
            str(line.number or ""),
            line.headline,
            str(OUTCOMES[line.outcome]),
            line.reason,
            line.advice,
        )

    @property
    def shown(self) -> list[Line]:
        """The first lines that somebody must look at: what is not in before what is."""
        return [line for lines in self.kept.values() for line in lines][:SHOWN]

    def flush(self) -> None:
        """Put on disk what was taken in so far."""
        if self.file:
            self.file.flush()

    def _write(self, *cells: str) -> None:
        if self.file:
            csv.writer(self.file).writerow([_plain(cell) for cell in cells])


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
