"""The repair of "spun" text: pages that mirrors turned into Traditional characters and garbled.

A mirror writes a Simplified page in Traditional characters one by one, adds readings in brackets
and commas before marks, works on bytes of GBK as it does so, and cuts characters apart (see
legacy/damage.py). A repair first asks whether a text was spun at all: below that gate it comes out
as it went in. What cannot be known again is marked, and never guessed, digits least of all.

Pure functions: no Django, no database. Readings and forms are those of pypinyin and OpenCC.
"""

import enum
import functools
import itertools
import re
from collections.abc import Collection, Iterable

from legacy import damage
from legacy.characters import (
    HAN,
    SYLLABLE,
    is_foreign,
    is_han,
    is_left_alone,
    is_toned,
    is_traditional,
    readings,
    simplified,
    simplified_form,
    syllable,
    toneless_readings,
)
from legacy.tape import Change, Edit, Mark, Repaired, Tape

__all__ = [
    "Change",
    "Mark",
    "Repaired",
    "Spin",
    "is_spun",
    "mend",
    "repair",
    "spin_of",
    "suspicious_lines",
    "unpaired",
]


class Spin(enum.Enum):
    """How a spinner glosses: some characters with tones, or any, here and there, without."""

    TONED = enum.auto()
    TONELESS = enum.auto()


# So many glosses make a text spun; of cut ones, a single one does.
_TONED_GLOSSES = 5
_TONELESS_GLOSSES = 10

_GLOSS = re.compile(rf"[(（]({SYLLABLE}) ?[)）]")
_GLOSS_OR_CUT = re.compile(rf"[(（?�]({SYLLABLE}) ?[)）]")

_NEEDLESS_COMMA = re.compile(r"[,，]+([，、。；：！？,;:!?])")
_WIDE = {",": "，", ";": "；", ":": "：", "!": "！", "?": "？", "(": "（", ")": "）"}
_NARROW = re.compile(r"[,;:!?]")
_MARK = re.compile(r"[，、。；：！？,;:!?]")

# What keeps its half-width marks: addresses, names of files, thousands, times.
_PROTECTED = re.compile(
    r"""(?:https?|ftp)://[\x21-\x7e]*[\w/=&#~-]
    | www\.[\x21-\x7e]*[\w/=&#~-]
    | (?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+
    | \d{1,3}(?:,\d{3})+(?!\d)
    | \d{1,2}:\d{2}(?::\d{2})?(?!\d)""",
    re.VERBOSE | re.ASCII,
)
_BESIDE_WIDE = re.compile(f"[{HAN}，、。；：！？（）《》〈〉“”‘’…—【】〔〕「」『』·〓　％℃]")
_ANGLES = re.compile(r"[<＜]([^<>＜＞《》\n]*)[>＞]")
_TITLE = re.compile(r"《[^《》\n]*》")

# Ideographic spaces that came out as question marks: at the start of a line, after another space,
# and between names.
# A piece may begin inside a line, so that a single one at its start says nothing.
_LOST_SPACE = re.compile(
    rf"(?:\A\?(?=\?)|(?<=\n)\?)[? 　]*(?!{SYLLABLE}[)）])|(?<=[ 　])\?+(?= |[^\x00-\x7f])"
)
_IN_BRACKETS = re.compile(r"[(（][^()（）\n]{1,80}[)）]")
_BYLINE = re.compile(
    r"^.{0,40}(?:來源|来源|作者|編輯|编辑|記者|记者|通訊員|通讯员|攝影|摄影|責編|责编|審核|审核)"
    r"[^。\n]{0,80}$",
    re.MULTILINE,
)
_BETWEEN_HAN = re.compile(rf"([{HAN}]+)(\?+)(?=[{HAN}])")
_ASKS = re.compile(
    r"[吗嗎嘛么麼呢吧谁誰何哪怎几幾岂豈]|多少|多大|多久|多[长長]|什|难道|難道|[是能可会會有]否|不是|"
    r"(.)[不没沒]\1"
)

# 著 stays where a word with it says so; a verb before it wants 着.
_WRITTEN_AFTER = re.compile(r"名(?![字单單])|作(?![业業风風用])|者|述(?![职職])|[称稱有书書录錄]")
_WRITTEN_BEFORE = re.compile(
    r"(?:[编編专專原译譯遗遺巨土显顯卓昭名所撰拙]|(?<![配结結混融联聯迎符组組整聚])合|(?<![议議谈談讨討争爭辩辯评評])[论論]|见微知|見微知)$"
)
_DONE_AFTER = re.compile(r"[火急]")
_VERB_BEFORE = re.compile(
    r"(?:[味接闲閒閑随隨跟朝沿向对對靠凭憑看听聽说說想拿走站坐躺伴临臨忙藏读讀捧抱背带帶叫讲講"
    r"跑唱笑等守护護挂掛穿戴举舉]|[凸彰突][显顯])$"
)
_CLOSING = re.compile(r"[)）》\n]|$")

# What Simplified text has though OpenCC would change it.
_NATIVE = frozenset("菸薹拚捱榘袷麴醣")

_SPAM_TOKEN = re.compile(rf"(?<![0-9A-Za-z])[0-9][A-Za-z]{{1,2}}(?=[{HAN}]{{2,8}}[網网])")


def is_spun(text: str) -> bool:
    """Whether a text was garbled by a mirror, and may be repaired."""
    return spin_of(text) is not None


def spin_of(text: str) -> Spin | None:
    """How a text was spun; None if it was not, or too little to be sure."""
    if ")" not in text and "）" not in text:
        return None
    toned = toneless = on_traditional = 0
    for match in _GLOSS_OR_CUT.finditer(text):
        if match[0][0] in "?�":
            if is_toned(match[1]) and damage.glossed_inside(text, match):
                return Spin.TONED
            continue
        base, reading = text[match.start() - 1 : match.start()], syllable(match[1])
        if not base or not is_han(base):
            continue
        if is_traditional(base) and reading in readings(base):
            toned += 1
        elif reading in toneless_readings(base):
            toneless += 1
            on_traditional += is_traditional(base)
    if toned >= _TONED_GLOSSES:
        return Spin.TONED
    if toneless + toned >= _TONELESS_GLOSSES and on_traditional:
        return Spin.TONELESS
    return None


def repair(text: str, keep: Collection[str] = ()) -> Repaired:
    """A whole text repaired, if it was spun; otherwise as it is, with no changes.

    `keep` has names and words that must be written just so, such as 於 in a surname.
    """
    spin = spin_of(text)
    if spin is None:
        return Repaired(text)
    tape = Tape(text)
    for mark in suspicious_lines(text):
        tape.mark(mark.start, mark.end, mark.reason)
    _mend(tape, keep, spin)
    for mark in unpaired(tape.text):
        tape.mark(mark.start, mark.end, mark.reason)
    return tape.result()


def mend(text: str, keep: Collection[str] = (), spin: Spin = Spin.TONED) -> Repaired:
    """One piece (a field, a text between two tags) of a text that was spun in the way `spin`."""
    tape = Tape(text)
    _mend(tape, keep, spin)
    return tape.result()


def suspicious_lines(text: str) -> tuple[Mark, ...]:
    """What a spinner put between the lines: lines in Simplified characters in a Traditional text,
    and its tokens. For somebody to look at; nothing is ever deleted."""
    if not any(map(is_traditional, text)):
        return ()
    tokens = (Mark(*match.span(), "spam_token") for match in _SPAM_TOKEN.finditer(text))
    lines = (
        Mark(*line.span(), "spam_line")
        for line in re.finditer(r"[^\n]+", text)
        if sum(map(is_foreign, line[0])) >= 2 and not any(map(is_traditional, line[0]))
    )
    return (*tokens, *lines)


def unpaired(text: str) -> tuple[Mark, ...]:
    """Quotes and title marks without their other half in the paragraph.

    A quotation of several paragraphs opens each of them and closes the last.
    """
    marks = []
    lines = [line for line in re.finditer(r"[^\n]+", text) if not line[0].isspace()]
    for line, after in itertools.zip_longest(lines, lines[1:]):
        goes_on = after is not None and after[0].lstrip().startswith("“")
        open_: list[re.Match[str]] = []
        for sign in re.finditer(r"[“”《》]", line[0]):
            if sign[0] in "“《":
                open_.append(sign)
            elif open_ and open_[-1][0] + sign[0] in ("“”", "《》"):
                open_.pop()
            else:
                marks.append((line.start() + sign.start(), "orphan_quote"))
        if goes_on and open_ and open_[-1][0] == "“":
            open_.pop()
        marks += [(line.start() + sign.start(), "orphan_quote") for sign in open_]
    return tuple(Mark(place, place + 1, reason) for place, reason in sorted(marks))


def _mend(tape: Tape, keep: Collection[str], spin: Spin) -> None:
    tape.apply(_glosses(tape.text, spin))
    tape.apply(damage.healed(tape.text))
    tape.apply(_glosses(tape.text, spin))  # those of characters that had been cut
    tape.apply(_spaces(tape.text))
    tape.apply(_commas(tape.text))
    kept = _kept(tape.text, keep)
    tape.apply(_script(tape.text, kept))
    tape.apply(_widths(tape.text, kept))


def _glosses(text: str, spin: Spin) -> Iterable[Edit]:
    """Readings in brackets behind their characters, once or twice."""
    base_end = base = -1
    for match in _GLOSS.finditer(text):
        base = base if match.start() == base_end else match.start() - 1
        if base >= 0 and _is_gloss(text, base, syllable(match[1]), spin):
            base_end = match.end()
            yield Edit(*match.span(), "", "gloss")


def _is_gloss(text: str, place: int, reading: str, spin: Spin) -> bool:
    base = damage.glossed_letter(text, place) or text[place]
    if is_traditional(base) and reading in readings(base):
        return True
    if spin is Spin.TONED or not is_han(base):
        return False
    return reading in toneless_readings(base) or reading in readings(base)


def _spaces(text: str) -> Iterable[Edit]:
    """Question marks that were ideographic spaces."""
    lost = _LOST_SPACE.finditer(text)
    edits = {match.start(): Edit(*match.span(), "", "width") for match in lost}
    for part in (*_IN_BRACKETS.finditer(text), *_BYLINE.finditer(text)):
        for match in _BETWEEN_HAN.finditer(text, *part.span()):
            name = match[1].removeprefix("何")  # which asks, and is a name
            if not _ASKS.search(name):
                edits[match.start(2)] = Edit(*match.span(2), " ", "width")
    return [edits[place] for place in sorted(edits)]


def _commas(text: str) -> Iterable[Edit]:
    """Commas before another mark, which is then a mark of the text and no part of a number."""
    for match in _NEEDLESS_COMMA.finditer(text):
        yield Edit(match.start(), match.start(1), "", "comma")
        yield Edit(*match.span(1), _WIDE.get(match[1], match[1]), "width")


def _kept(text: str, keep: Collection[str]) -> dict[int, str]:
    """Where a name or word of `keep` stands, however it was converted, and how it is written."""
    words = _hard_to_write(frozenset(keep))
    if not words:
        return {}
    forms = "".join(map(simplified_form, text))
    kept = {}
    for word, form in words:
        for match in re.finditer(re.escape(form), forms):
            there = zip(text[match.start() : match.end()], word, strict=True)
            if all(one == wanted or simplified_form(one) == wanted for one, wanted in there):
                kept[match.start()] = word
    return kept


@functools.lru_cache(maxsize=4)
def _hard_to_write(words: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """The words that would not come out of a repair as they are, longest last, each with what it
    is character by character in Simplified writing."""
    hard = (word for word in words if simplified(word) != word or _NARROW.search(word))
    return tuple((word, "".join(map(simplified_form, word))) for word in sorted(hard, key=len))


def _script(text: str, kept: dict[int, str]) -> Iterable[Edit]:
    """Simplified characters for Traditional ones, with 着 for 著 where it is no writing."""
    result = list(text)
    reasons = [""] * len(text)
    there = frozenset(text)
    for place, (one, form) in enumerate(zip(text, simplified(text), strict=True)):
        if one == "著":
            result[place], reasons[place] = _written_or_done(text, place)
        elif one == form or one in _NATIVE or not is_traditional(one):
            continue
        else:
            result[place] = form
            # Mirrors leave 于 alone, so 於 may be as it was: a name, as 乾 may be a place and 昇
            # a given name. That 于 stands in the same text says so as well.
            if is_left_alone(form) and (one in "於乾" or form in there):
                reasons[place] = "variant"
    for start, word in kept.items():
        result[start : start + len(word)] = word
        reasons[start : start + len(word)] = [""] * len(word)
    if text:
        yield Edit(0, len(text), "".join(result), "script", reasons)


def _written_or_done(text: str, place: int) -> tuple[str, str]:
    """著 or 着, and a reason if both make sense. Mirrors write 著 for both."""
    before, after = text[max(place - 3, 0) : place], text[place + 1 : place + 3]
    is_done = _VERB_BEFORE.search(before) is not None
    is_written = _WRITTEN_AFTER.match(after) or _WRITTEN_BEFORE.search(before)
    if is_written and (is_done or _DONE_AFTER.match(after)):
        return ("著" if is_done and after[:1] in "名作" else "着"), "variant"
    if is_written:
        return "著", ""
    if not is_done and _CLOSING.match(after):
        return "著", "variant"
    return "着", ""


def _widths(text: str, kept: dict[int, str]) -> Iterable[Edit]:
    """Full-width marks in Chinese, and 〈〉 for the angles inside a title."""
    result = list(text)
    reasons = [""] * len(text)
    fixed = {place for start, word in kept.items() for place in range(start, start + len(word))}
    for match in _PROTECTED.finditer(text):
        fixed.update(range(*match.span()))
    for title in _TITLE.finditer(text):
        for match in _ANGLES.finditer(text, *title.span()):
            result[match.start()], result[match.end() - 1] = "〈", "〉"
    for start, end in _bracketed(text):
        if fixed.isdisjoint((start, end)) and _is_chinese(text, start, end):
            result[start], result[end] = "（", "）"
    for match in _NARROW.finditer(text):
        place = match.start()
        if place in fixed:
            continue
        before, after = result[max(place - 1, 0) : place], result[place + 1 : place + 2]
        if (
            before == ["%"]
            or any(map(_BESIDE_WIDE.match, before + after))
            or _ends_chinese_line(text, place)
        ):
            result[place] = _WIDE[match[0]]
        if result[place] == "？" and _MARK.match(text, place + 1):
            reasons[place] = "false_split"
        elif result[place] == "？" and not _is_asked(text, place):
            reasons[place] = "question_mark"
    if text:
        yield Edit(0, len(text), "".join(result), "width", reasons)


def _bracketed(text: str) -> Iterable[tuple[int, int]]:
    """Each pair of round brackets in a line, of either width."""
    open_: list[int] = []
    for match in re.finditer(r"[()（）\n]", text):
        if match[0] in "(（":
            open_.append(match.start())
        elif match[0] == "\n":
            open_.clear()
        elif open_:
            yield open_.pop(), match.start()


def _is_chinese(text: str, start: int, end: int) -> bool:
    """Whether a bracket stands behind Chinese or has Chinese in it."""
    return (
        (start > 0 and _BESIDE_WIDE.match(text, start - 1) is not None)
        or _BESIDE_WIDE.search(text, start + 1, end) is not None
        or text[start] == "（"
        or text[end] == "）"
    )


def _ends_chinese_line(text: str, place: int) -> bool:
    if text[place + 1 : place + 2] not in ("", "\n", "\r"):
        return False
    return _BESIDE_WIDE.search(text, text.rfind("\n", 0, place) + 1, place) is not None


def _is_asked(text: str, place: int) -> bool:
    """Whether the sentence before a question mark has a word that asks."""
    start = max(text.rfind(sign, 0, place) for sign in "。！？!?\n") + 1
    return _ASKS.search(text, start, place) is not None
