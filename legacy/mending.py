"""The repair of one record: the gate over all its texts together, then each text on its own.

A record is garbled as a whole or not at all, so one mender serves all of its texts, and keeps the
log that the record carries.
"""

import html
import re
from collections.abc import Collection, Iterable

from legacy.records import Change, Mark
from legacy.repair import Repaired, mend, spin_of, unpaired

# Tags and what must stay written as it is; the text between them is mended.
_MARKUP = re.compile(r"(<!--|-->|</?[a-zA-Z][^<>]*>|&(?:lt|gt|amp);)")
_ENTITY = re.compile(r"&(?!(?:lt|gt|amp);)#?\w+;")


class Mender:
    """Mends the texts of one record, if they are garbled at all.

    `before` has the texts that were changed as they were read, by field; `changes` and `marks`
    say what was done where.
    """

    def __init__(self, texts: Iterable[str], keep: Collection[str] = ()) -> None:
        self.spin = spin_of("\n".join(texts))
        self.keep = keep
        self.before: dict[str, str] = {}
        self.changes: list[Change] = []
        self.marks: list[Mark] = []

    @property
    def is_needed(self) -> bool:
        """Whether the record is garbled."""
        return self.spin is not None

    def mend(self, piece: str) -> Repaired:
        """One piece of text, mended, with no log kept; as it is where the record is not garbled."""
        return mend(piece, self.keep, self.spin) if self.spin else Repaired(piece)

    def text(self, field: str, text: str) -> str:
        """A plain text, mended."""
        if not self.is_needed or not text:
            return text
        return self._joined(field, text, [text])

    def texts(self, field: str, texts: Iterable[str]) -> list[str]:
        """Several short texts of one field, mended one by one; `before` has a line for each."""
        texts = list(texts)
        if not self.is_needed or not texts:
            return texts
        pieces = [piece for text in texts for piece in (text, "\n")][:-1]
        return self._joined(field, "\n".join(texts), pieces).split("\n")

    def html(self, field: str, text: str) -> str:
        """A text in HTML whose words are mended and whose tags are left alone."""
        if not self.is_needed or not text:
            return text
        # Mending must not see the semicolon of an entity as punctuation.
        text = _ENTITY.sub(_spelled_out, text)
        return self._joined(field, text, _MARKUP.split(text))

    def _joined(self, field: str, text: str, pieces: list[str]) -> str:
        """`text` put together again of its `pieces`, every second of which is left as it is."""
        mended: list[str] = []
        read = written = 0
        for place, piece in enumerate(pieces):
            result = piece
            if place % 2 == 0 and piece:
                repaired = self.mend(piece)
                result = repaired.text
                self.changes += (
                    Change(
                        field,
                        read + change.start,
                        read + change.end,
                        change.before,
                        change.after,
                        change.rule,
                    )
                    for change in repaired.changes
                )
                self.marks += (
                    Mark(field, written + mark.start, written + mark.end, mark.reason)
                    for mark in repaired.marks
                )
            mended.append(result)
            read += len(piece)
            written += len(result)
        whole = "".join(mended)
        if whole != text:
            self.before[field] = text
        self.marks += (Mark(field, mark.start, mark.end, mark.reason) for mark in unpaired(whole))
        return whole


def _spelled_out(entity: re.Match[str]) -> str:
    """The character of an entity, but for those that are markup."""
    return html.escape(html.unescape(entity[0]), quote=False)
