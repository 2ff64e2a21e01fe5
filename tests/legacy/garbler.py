"""A spinner of our own: it does to a clean text what mirrors do, so that its repair can be proven.

Traditional characters one by one, readings in brackets behind some of them, commas before marks,
half-width marks; and the same on bytes of GBK, where it cuts through characters as mirrors do.
"""

import functools
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import opencc
from pypinyin.constants import PINYIN_DICT

# In the order in which it searches for them, so that a false one is found before a true 。
MARKS = "，；：！？、。"
NARROW = str.maketrans("，；：！？（）〈〉", ",;:!?()<>")

UNTOUCHED = frozenset("里后干于余范制系愿并么")
OWN_FORMS = {"为": "為", "着": "著", "台": "臺", "岩": "巖", "净": "凈", "准": "準", "冲": "沖"}


@dataclass(frozen=True, slots=True)
class Garbled:
    """A garbled text and what of the clean one is gone for good: "odd" bytes at the end of a
    piece, single bytes "eaten", pairs that "vanished"."""

    text: str
    lost: frozenset[str] = frozenset()


@dataclass(slots=True)
class Garbler:
    """One page's spinner: `chance` draws which characters it glosses and where commas go.

    `commas` and `glossed` are shares from 0 to 1; `is_narrow` halves the width of marks, and
    `is_spaced` shows spaces between names and the indent of paragraphs as question marks.
    """

    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - no secret
    glossed: float = 1
    commas: float = 0.7
    is_narrow: bool = True
    is_spaced: bool = False

    def by_characters(self, text: str) -> Garbled:
        """The gentle kind: every gloss stands whole behind its character."""
        glosses = self._glosses()
        return self._finished("".join(one + glosses.get(one, "") for one in traditional(text)))

    def without_tones(self, text: str) -> Garbled:
        """Any character may be glossed, once or twice, each time anew, with no tone."""
        result = []
        for one in traditional(text):
            result.append(one)
            if is_han(one) and self.chance.random() < self.glossed:
                result.append(f"({toneless(one)})" * self.chance.choice((1, 1, 2)))
        return self._finished("".join(result))

    def by_bytes(self, text: str) -> Garbled:
        """The rough kind: it searches and replaces bytes, piece by piece between what look like
        marks, and reads each piece anew."""
        glosses = {one.encode("gbk"): gloss.encode("gbk") for one, gloss in self._glosses().items()}
        glossed = re.compile(b"|".join(map(re.escape, glosses)) or b"(?!)")
        marks = [mark.encode("gbk") for mark in MARKS]
        lines, lost = [], set()
        for line in traditional(text).split("\n"):
            shown = []
            for piece in split(line.encode("gbk"), marks):
                if piece in marks:
                    shown.append(piece.decode("gbk"))
                    continue
                seen, gone = read(glossed.sub(lambda match: match[0] + glosses[match[0]], piece))
                shown.append(seen)
                lost |= gone
            lines.append("".join(shown))
        return Garbled(self._finished("\n".join(lines)).text, frozenset(lost))

    def _glosses(self) -> dict[str, str]:
        """What this page glosses, whether the character stands in it or not."""
        return {
            one: f"({reading(one)})" for one in changed() if self.chance.random() < self.glossed
        }

    def _finished(self, text: str) -> Garbled:
        text = re.sub(
            "[，、。？]",
            lambda match: "，" * (self.chance.random() < self.commas) + match[0],
            text,
        )
        text = text.translate(NARROW) if self.is_narrow else text
        if self.is_spaced:
            text = re.sub(r"(?<=[一-鿿]) (?=[一-鿿])", "?", re.sub(r"(?m)^(?=.)", "??", text))
        return Garbled(text)


def traditional(text: str) -> str:
    """A text converted character by character, as a table with no context does it."""
    return "".join(map(_traditional, text))


@functools.cache
def _traditional(one: str) -> str:
    if one in UNTOUCHED or not is_han(one):
        return one
    found = OWN_FORMS.get(one) or _converter().convert(one)
    return found if len(found.encode("gbk", "ignore")) == 2 else one


@functools.cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


@functools.cache
def changed() -> tuple[str, ...]:
    """The Traditional forms of the common characters that have one of their own."""
    rows = (bytes((lead, trail)) for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF))
    common = "".join(row.decode("gb2312", "ignore") for row in rows)
    return tuple(
        after for one, after in zip(common, traditional(common), strict=True) if one != after
    )


def is_han(one: str) -> bool:
    return "一" <= one <= "鿿"


def reading(one: str) -> str:
    """The first reading of a character, whether it is meant or not."""
    return PINYIN_DICT[ord(one)].split(",")[0]


def toneless(one: str) -> str:
    plain = str.maketrans("āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜüńňǹḿ", "aaaaooooeeeeiiiiuuuuvvvvvnnnm")
    return reading(one).translate(plain)


def split(data: bytes, marks: Sequence[bytes]) -> Iterator[bytes]:
    """The pieces of a line and the marks between them, each mark searched in what is left."""
    if not marks:
        yield data
        return
    for place, piece in enumerate(data.split(marks[0])):
        if place:
            yield marks[0]
        yield from split(piece, marks[1:])


def read(data: bytes) -> tuple[str, set[str]]:
    """Bytes as a reader of GBK shows them that swallows what it does not understand."""
    shown, lost = [], set()
    place = 0
    while place < len(data):
        lead = data[place]
        if lead < 0x80:
            shown.append(chr(lead))
            place += 1
        elif lead == 0x80:
            shown.append("€")
            place += 1
        elif place + 1 == len(data):
            shown.append("?")
            lost.add("odd")
            place += 1
        elif data[place + 1] < 0x40:
            shown.append("?")
            if data[place + 1] != ord("("):
                lost.add("eaten")
            place += 2
        else:
            pair = data[place : place + 2]
            try:
                shown.append(pair.decode("gbk"))
            except UnicodeDecodeError:
                lost.add("vanished")
            place += 2
    return "".join(shown), lost
