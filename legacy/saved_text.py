"""Read a page that was saved as plain text: blocks parted by empty lines, furniture and all.

Above the text stand the headline, a line of labels, perhaps a bar for sharing; below it the labels
again, the page's own address, a line about rights and the way back.
"""

from collections.abc import Mapping

from legacy import furniture
from legacy.blocks import BLANKS, Block, Words, spam
from legacy.furniture import Kind
from legacy.mending import Mender
from legacy.reading import MOST_BLOCKS, Saved, Sheet, no_article, record
from legacy.records import Format, Record, Unreadable

LONGEST_HEADLINE = 150  # characters
HEAD = 12  # lines, among which headline and labels are looked for

_BEFORE_HEADLINE = {Kind.NOISE, Kind.TRAIL, Kind.SHARE, Kind.END, Kind.PICTURE, Kind.PERMALINK}
_LABELS = {Kind.CREDITS, Kind.HANDLERS, Kind.TIME}
_SAYS_WHAT_IT_IS = {
    *_LABELS,
    Kind.PERMALINK,
    Kind.END,
    Kind.SHARE,
    Kind.TRAIL,
    Kind.ORIGINAL_HEADLINE,
}


def read(saved: Saved) -> Record | Unreadable:
    """The article of a page that was saved as what people see of it."""
    mender = saved.mender(saved.text)
    foreign = spam(saved.text, mender)
    paragraphs = _paragraphs(saved.text, mender, foreign)
    # Above the text every line stands for itself, however they were parted.
    above = [line for paragraph in paragraphs[:HEAD] for line in paragraph.lines()]
    headline = _headline(above, foreign)
    if headline is None or not _is_page(paragraphs):
        return no_article(saved.place)
    rest = _after(paragraphs, headline)
    head, body = _parted(rest)
    sheet = Sheet(
        saved=saved,
        format=Format.SAVED_TEXT,
        mender=mender,
        headline=above[headline].before,
        head=[*above[:headline], *head],
        body=body,
    )
    return record(sheet)


def _paragraphs(text: str, mender: Mender, foreign: Mapping[str, str]) -> list[Block]:
    """A block for each run of lines; where no line is empty, for each line. None where there are
    too many of them."""
    found: list[Block] = []
    lines = [line.strip(BLANKS) for line in text.splitlines()]
    is_parted = any(not line for line in lines[1:-1])
    goes_on = False
    for line in lines:
        if len(found) > MOST_BLOCKS:
            return []
        if line and goes_on and is_parted:
            found[-1].runs += ["<br>", Words.read(line, mender, foreign)]
        elif line:
            found.append(Block(runs=[Words.read(line, mender, foreign)]))
        goes_on = bool(line)
    return found


def _headline(lines: list[Block], foreign: Mapping[str, str]) -> int | None:
    """Which line is the headline: the first that is no furniture."""
    for place, line in enumerate(lines):
        kind = furniture.kind(line.line)
        if kind not in _BEFORE_HEADLINE and line.before not in foreign:
            is_headline = kind is Kind.WORDS and len(line.line) <= LONGEST_HEADLINE
            return place if is_headline else None
    return None


def _after(paragraphs: list[Block], line: int) -> list[Block]:
    """The blocks after this line, counted over all of them."""
    for place, paragraph in enumerate(paragraphs):
        lines = paragraph.lines()
        if line < len(lines):
            return [*lines[line + 1 :], *paragraphs[place + 1 :]]
        line -= len(lines)
    return []


def _is_page(paragraphs: list[Block]) -> bool:
    """Whether any line is one that only stands on pages."""
    lines = (line for paragraph in paragraphs for line in paragraph.lines())
    return any(furniture.kind(line.line) in _SAYS_WHAT_IT_IS for line in lines)


def _parted(blocks: list[Block]) -> tuple[list[Block], list[Block]]:
    """What stands above the text, down to the line of labels or the bar below it, and the rest."""
    end = 0
    for place, block in enumerate(blocks[:HEAD]):
        lines = [line.line for line in block.lines()]
        kinds = {furniture.kind(line) for line in lines}
        if Kind.END in kinds or any(len(line) > LONGEST_HEADLINE for line in lines):
            break
        if Kind.SHARE in kinds or (kinds & _LABELS and not end):
            end = place + 1
    return blocks[:end], blocks[end:]
