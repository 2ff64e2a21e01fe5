"""Who is named on a page, and as what: the grammar of by-lines, datelines and credits.

A page names its people in up to four places: the meta line (来源：… 作者：… 编辑：…), the dateline
(某某讯（记者 甲 通讯员 乙）), captions (丙 摄) and the foot. `parse` takes the strings of these
places and gives each person once in each role.

Roles. What a page calls its people, and the role that becomes of it:

    记者, with 首席, 特约, 见习, 全媒体 … before it     reporter
    作者, 撰稿, 文字, 图文 …, or a bare name            reporter, not stated
    通讯员, 通联, 报道员, 信息员                        correspondent
    a name with a unit that is no outlet (龙潭镇 甲)     correspondent, not stated
    实习生, 实习记者                                    intern
    摄影, 图片, 供图, 摄影记者; … 摄                    photographer
    摄像, 视频, 摄像记者                                videographer
    编辑, 责任编辑, 责编, 版面编辑, 美编 …              editor
    校对, 一校, 二校, 三校                              proofreader
    一审, 初审                                          first reviewer
    二审, 复审                                          second reviewer
    三审, 终审, 签发, 核发, 审定                        final reviewer
    一审编辑, 二审校对, 编校, 采编, 图/文 …             both roles
    总编, 主编, 编审, 审核                              the last review whose signer is not named
    监制, 策划, 制作, 主持 …                            none: told as a doubt

The last-but-one line: these words do not say which review it was. In the order given, each takes
the final review if nobody else is named for it, else the second, else the first. A reporter who
took a picture (记者 甲 摄) is its photographer alone; a correspondent (通讯员 甲 摄) is both, because
correspondents are counted by what they send in.

Confidence, from 0 to 1, the least of what a field is made of; nothing is said of a field that the
page does not mention:

    source         1.0 after 来源 · 0.9 outlet of the dateline
                   0.7 outlet that stands alone, outlet of the reporter, first of several
                   0.6 one that is no outlet (网络), 主办单位 · 0.4 本报, 本网
    credits,       1.0 stated role, a known name or a surname · 0.95 padded with a blank
    editor         0.9 a unit · 0.8 role not stated, or no surname · 0.7 unit split off, four
                   characters, put together across a blank, review not said
                   0.6 bare name in brackets; login, site or nobody refused
                   0.45 names run together · 0.4 bare name without brackets · 0.3 more than one way
                   of taking a run apart · 0.2 not understood
    published_at   1.0 · 0.9 date only · 0.2 no year, or day and month either way · 0 impossible

What is under 0.6, put together across a blank, or left out comes with a doubt that says so.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from articles.models import Role
from legacy import names
from legacy.gathering import OWN, WRITING, Credits, Group, Page, Rank, part_of
from legacy.labels import (
    PICTURE_TAIL,
    QUALIFIERS,
    SKIPPED,
    TAILS,
    UNKNOWN_LABEL,
    Kind,
    Label,
    Line,
    Scanner,
    Token,
    any_of,
)
from legacy.names import NOTHING_KNOWN, Known, Named
from legacy.records import Credit

__all__ = ["Credits", "Dateline", "Known", "caption_credits", "dateline", "parse"]


@dataclass(frozen=True, slots=True)
class Dateline:
    """The head of a first paragraph: 新华社长沙1月28日电（记者 甲）.

    `length` is the number of characters it takes, blanks and a colon after it included.
    """

    outlet: str
    place: str
    month: int | None
    day: int | None
    hour: int | None
    credits: tuple[Credit, ...]
    length: int


def parse(strings: Sequence[str], *, known: Known = NOTHING_KNOWN) -> Credits:
    """Read all strings of one page that may name people, in the order of the page."""
    reader = _Reader(known)
    read = " "
    for string in strings:
        # The foot of a page repeats the fields of its head.
        if f" {string} " not in read:
            reader.read(string)
            read += f"{string} "
    return reader.page.credits()


def dateline(text: str, known: Known = NOTHING_KNOWN) -> Dateline | None:
    """The dateline that a paragraph begins with; None where it does not."""
    reader = _Reader(known)
    head = reader.head(Line(text))
    if head is None:
        return None
    return Dateline(
        outlet=head.outlet,
        place=head.place,
        month=head.month,
        day=head.day,
        hour=head.hour,
        credits=reader.page.credits().credits,
        length=head.end,
    )


def caption_credits(text: str) -> tuple[str, tuple[Credit, ...]]:
    """(caption without its credit, the credit): 山路通了。记者 甲 摄 → 山路通了。 and 甲.

    A caption without a credit comes back as it is.
    """
    line = Line(text.rstrip())
    if not PICTURE_TAIL.search(line.folded):
        return text, ()
    for start in _caption_cuts(line.folded):
        reader = _Reader(NOTHING_KNOWN)
        if not reader.read_part(line, start, len(line.folded), strict=True):
            continue
        credits = reader.page.credits().credits
        if any(credit.role in {Role.PHOTOGRAPHER, Role.VIDEOGRAPHER} for credit in credits):
            return line.text[:start].rstrip(" \u3000,，、"), credits
    return text, ()


@dataclass(frozen=True, slots=True)
class _Head:
    outlet: str
    place: str
    month: int | None
    day: int | None
    hour: int | None
    end: int


class _Reader:
    """Reads strings into a page."""

    def __init__(self, known: Known) -> None:
        self.page = Page(known)

    def read(self, string: str) -> None:
        line = Line(string)
        start = 0
        head = self.head(line)
        if head:
            self.page.has_dateline = True
            start = head.end
        parts = list(_parts(line.folded, start))
        for begin, end in parts:
            self.read_part(line, begin, end)
        for stamp in line.stamps:
            if stamp.start < start or any(begin <= stamp.start < end for begin, end in parts):
                self.page.add_moment(stamp.moment, line.text[stamp.start : stamp.end])

    def head(self, line: Line) -> _Head | None:
        """Read the dateline that a line begins with; None where it begins with none."""
        if not _VERB.search(line.folded, 0, _LONGEST_HEAD):
            return None
        match = _DATELINE.match(line.folded)
        if match is None:
            return None
        name = line.plain[match.start("outlet") : match.end("outlet")].removeprefix("据")
        if not self.is_head(name, match):
            return None
        outlet, place = _outlet_and_place(name, self.page.known)
        if outlet:
            self.page.add_candidate(Rank.DATELINE, outlet)
        end = self.head_credits(line, match)
        stamp = line.text[match.start("date") : match.end("date")] if match["date"] else ""
        day = _DAY.search(stamp)
        place = place or match["place"] or ""
        if day is None:
            return _Head(outlet, place, None, None, None, end)
        hour = int(day[3]) if day[3] else None
        return _Head(outlet, place, int(day[1]), int(day[2]), hour, end)

    def is_head(self, name: str, match: re.Match[str]) -> bool:
        """Whether what looks like a dateline is one: 县台8月3日讯, 本报讯, and not 8月3日电闪雷鸣,
        快讯."""
        text, end = match.string, match.end()
        if match["date"]:
            return match["verb"] == "讯" or _AFTER_HEAD.match(text, end) is not None
        bracket = _BRACKET.match(text, end)
        if match["verb"] != "讯" and not (bracket and names.is_outlet(name, self.page.known)):
            return False
        if name in OWN:
            return True
        if len(name) < 2 or name[-1] in "短快喜简音资电通问":
            return False
        if names.is_outlet(name, self.page.known) and _AFTER_HEAD.match(text, end):
            return True
        if bracket is None:
            return _BARE_CREDITS.match(text, end) is not None
        return bool(
            _ROLE_WORD.search(bracket[0])
            or names.strictly_named(bracket["inside"], self.page.known)
        )

    def head_credits(self, line: Line, match: re.Match[str]) -> int:
        """Read the credits of a dateline; gives the place where it ends."""
        text, end = line.folded, match.end()
        before = len(self.page.groups)
        bracket = _BRACKET.match(text, end)
        bare = _BARE_CREDITS.match(text, end)
        if match["open"]:
            close = _CLOSING.search(text, end)
            stop = close.start() if close else len(text)
            self.read_part(line, end, stop)
            end = min(stop + 1, len(text))
        elif bracket:
            self.read_part(line, bracket.start("inside") - 1, bracket.end())
            if len(self.page.groups) > before:
                end = bracket.end()
        elif bare:
            self.read_part(line, bare.start("credits"), bare.end("credits"))
            end = bare.end()
        for group in self.page.groups[before:]:
            group.dateline = True
        return _GAP.match(text, end).end()  # type: ignore[union-attr]

    def read_part(self, line: Line, start: int, end: int, *, strict: bool = False) -> bool:
        """Read line[start:end]; tells whether all of it was understood."""
        return _Part(self.page, line, strict=strict).read(start, end)


class _Part:
    """Reads one part of a line into its page."""

    def __init__(self, page: Page, line: Line, *, strict: bool) -> None:
        self.page, self.line, self.strict = page, line, strict
        self.tokens: list[Token] = []
        self.understood = True
        # The label that text belongs to, with its group where it names people.
        self.label: Label | None = None
        self.group: Group | None = None
        # The groups that a tail would speak of, a unit that stands before its reporters, brackets.
        self.scope: list[Group] = []
        self.unit = ""
        self.depth = 0
        self.after_sentence = False

    def read(self, start: int, end: int) -> bool:
        self.after_sentence = start > 0 and self.line.folded[start - 1] in "。！？!?”)"
        self.tokens = list(Scanner(self.line, start, end, self.page.known))
        index = 0
        while index < len(self.tokens):
            token = self.tokens[index]
            if token.what == "text":
                self.text(token, index)
            elif token.what == "label":
                self.begin(token)
            elif token.what == "tail":
                self.tail(token.word)
            elif token.what == "open" and self.unit_in_bracket(index):
                index += 2
            else:
                self.depth += {"open": 1, "close": -1, "stamp": 0}[token.what]
                self.close()
            index += 1
        return self.understood

    def close(self) -> None:
        self.label, self.group, self.scope, self.unit = None, None, [], ""

    def next(self, index: int) -> str:
        """What the token after this one is; "" at the end."""
        return self.tokens[index + 1].what if index + 1 < len(self.tokens) else ""

    def begin(self, token: Token) -> None:
        label = token.label
        assert label is not None
        unit = token.unit or (self.unit_before_role() if label.after_unit else "")
        self.label, self.group, self.unit = label, None, ""
        if label.kind is not Kind.PEOPLE:
            self.scope = []
            return
        if unit:
            unit = self.unit_as_source(unit, label)
        self.group = Group(token.word, label.roles, label.stated, label.review, unit)
        if self.group.speaks_of_authors():
            self.scope.append(self.group)
        else:
            self.scope = []
        self.page.groups.append(self.group)

    def unit_before_role(self) -> str:
        """The unit in 某某日报 记者 甲 and 作者：某某日报 记者 甲."""
        group = self.group
        if group and not group.stated and len(group.people) == 1 and group.people[0].is_unit:
            return group.people.pop().name
        return self.unit

    def unit_as_source(self, unit: str, label: Label) -> str:
        """The unit of a reporter; its outlet is the source where nothing else says so."""
        outlet = _DEPARTMENT.sub("", unit) or unit
        if self.strict and not (self.after_sentence or names.is_unit(unit, self.page.known)):
            self.understood = False
        if Role.CORRESPONDENT in label.roles:
            return unit
        if names.is_outlet(outlet, self.page.known) or not names.is_unit(unit, self.page.known):
            self.page.add_candidate(Rank.REPORTER, outlet)
        return unit

    def text(self, token: Token, index: int) -> None:
        value = self.line.plain[token.start : token.end]
        unknown = UNKNOWN_LABEL.search(value)
        if unknown is None:
            self.value(value.strip(_MARKS), index)
            return
        before, after = value[: unknown.start()].strip(_MARKS), value[unknown.end() :].strip(_MARKS)
        if before:
            self.value(before, index)
        if names.strictly_named(after, self.page.known):
            self.without_role(after, unknown["word"])
        self.understood = False
        self.close()
        self.label = SKIPPED

    def value(self, value: str, index: int) -> None:
        if self.label is None:
            self.bare(value, index)
        elif self.label.kind is Kind.SOURCE:
            people = self.page.add_source(value)
            if people:
                self.unnamed(people, 0.7)
        elif self.label.kind is Kind.HOST:
            self.page.add_candidate(Rank.HOST, value)
        elif self.label.kind is Kind.UNCREDITED:
            self.without_role(value, self.tokens[index - 1].word)
        elif self.group is not None:
            self.add(self.group, names.named(value, self.page.known))

    def without_role(self, value: str, label: str) -> None:
        self.page.doubt(
            "credits",
            _("“%(name)s” is named as %(label)s, for which there is no role; not credited."),
            name=value,
            label=label,
        )

    def add(self, group: Group, people: Iterable[Named]) -> None:
        for person in people:
            if person.note == "not_understood":
                self.understood = False
                self.page.not_understood(part_of((*group.roles, Role.EDITOR)[0]), person.text)
            else:
                group.people.append(person)

    def unnamed(self, people: list[Named], sure: float) -> None:
        """A group of people of whom nothing says what they did."""
        group = Group("", (Role.REPORTER,), stated=False, people=people, sure=sure)
        self.page.groups.append(group)
        self.scope.append(group)
        self.group = None

    def bare(self, value: str, index: int) -> None:
        """Text without a label: people and units, or no business of ours."""
        known = self.page.known
        before_tail = self.next(index) == "tail"
        people = names.strictly_named(value, known)
        if people is None and before_tail and not self.strict and _all_short(value):
            people = [one for one in names.named(value, known) if one.note != "not_understood"]
        if not people:
            self.understood = False
            return
        units = [one for one in people if one.is_unit]
        persons = [one for one in people if not one.is_unit]
        if before_tail:
            self.unnamed(people, 1.0)
            return
        for name in dict.fromkeys(one.name if one.is_unit else one.unit for one in people):
            # 云上青溪——青溪县融媒体中心: an outlet under two names.
            outlet = _DASHES.split(name)[-1]
            if names.is_outlet(outlet, known):
                self.page.add_candidate(Rank.OUTLET, outlet)
        if persons:
            bracketed = self.depth != 0 or self.next(index) == "close"
            stated_unit = any(one.unit for one in people)
            self.unnamed(persons, 0.6 if bracketed or stated_unit or units else 0.4)
        elif self.next(index) == "label":
            self.unit = units[-1].name

    def unit_in_bracket(self, index: int) -> bool:
        """Take 通讯员 甲（县法院）: a bracket that only holds the unit of whoever stands before."""
        if self.group is None or not self.group.people:
            return False
        inside = self.tokens[index + 1 : index + 3]
        if [token.what for token in inside] != ["text", "close"]:
            return False
        unit = self.line.plain[inside[0].start : inside[0].end].strip()
        if not names.is_unit(unit, self.page.known):
            return False
        self.group.people[-1] = replace(self.group.people[-1], unit=unit)
        return True

    def tail(self, word: str) -> None:
        """Let a tail speak of all groups since the last one."""
        roles = TAILS[word]
        pictures = {Role.PHOTOGRAPHER, Role.VIDEOGRAPHER}
        several = sum(bool(group.people) for group in self.scope) > 1
        if word == "发":
            self.sent()
        if word == "报道":
            self.from_a_place()
        for group in self.scope:
            takes_place = set(roles) <= pictures and Role.REPORTER in group.roles
            if not roles:
                continue
            if not group.label or takes_place:
                group.roles = roles
                group.stated = group.stated or Role.REPORTER not in roles
            else:
                written = any(role in WRITING for role in group.roles)
                more = [role for role in roles if not (written and role in WRITING)]
                group.roles = tuple(dict.fromkeys((*group.roles, *more)))
        if several and set(roles) <= pictures and roles:
            self.page.doubt(
                "credits",
                _("“%(word)s” may speak of the last of these people only: %(names)s."),
                0.7,
                word=word,
                names="、".join(one.name for group in self.scope for one in group.people),
            )
        self.label, self.group, self.scope = None, None, []

    def from_a_place(self) -> None:
        """记者 甲 青溪报道: where from, not who."""
        people = self.scope[-1].people if self.scope else []
        several = sum(len(group.people) for group in self.scope) > 1
        name = people[-1].name if people else ""
        if several and (
            name in names.PLACES
            or not (people[-1].is_unit or names.is_person(name, self.page.known))
        ):
            people.pop()
            self.page.doubt(
                "credits", _("“%(name)s” was taken for a place, not for an author."), name=name
            )

    def sent(self) -> None:
        """新华社发 (甲 摄): the outlet that sent a picture round is no author."""
        for group in self.scope:
            for one in group.people:
                if one.is_unit and names.is_outlet(one.name, self.page.known):
                    self.page.add_candidate(Rank.REPORTER, one.name)
            group.people = [one for one in group.people if not one.is_unit]


_ROLE_WORD = re.compile("记者|通讯员|通联|实习生|摄影|摄像|作者|文/图")
_DATELINE = re.compile(
    r" *(?P<open>[(\[])?(?P<outlet>[^ ()\[\]:;,。!?|/\x01]{0,30}?) ?"
    r"(?:(?P<date>\x01+) ?(?P<place>[\u3400-\u9fff]{2,8}?)?)?(?P<verb>讯|消息|电|报道)"
)
_VERB = re.compile("讯|消息|电|报道")
# The farthest place where the verb of a dateline may begin.
_LONGEST_HEAD = 70
_DAY = re.compile(r"(\d{1,2})月(\d{1,2})日(?:\s*(\d{1,2})[时點点])?")
_GAP = re.compile("[ :]*")
_AFTER_HEAD = re.compile(r" *(?:$|[()\[\]:,。]|记者|通讯员|特约)| +")
_CLOSING = re.compile(r"[)\]]")
_BRACKET = re.compile(r"[ :]*[(\[](?P<inside>[^()\[\]]{2,80})(?:[)\]]|$)")
_BARE_CREDITS = re.compile(
    rf"[ :,]*(?P<credits>(?:{any_of(QUALIFIERS)})*(?:记者|通讯员)[^。:!?]{{2,60}}?报道)(?=[ :,。]|$)[:,]?"
)
_DASHES = re.compile("[-—]+")
_MARKS = " /|,;、。.:-—"
_BETWEEN_WORDS = re.compile("[ 、,]+")
_DEPARTMENT = re.compile(
    "(?:全媒体|融媒体?)?(?:报道组|采访组|采访部|采编部|编辑部|记者站|分社|工作室)$"
)
_LABELLED = re.compile(
    rf"(?:{any_of('来源 作者 编辑 记者 通讯员 责编 审核 编审 一审 二审 三审 初审 复审 终审 校对 摄影 图片 文字'.split())}) *[:|/]"
)
_CAPTION_CUT = re.compile(r"[ 。！？!?;”）)]+|(?=[(\[])|(?=记者|通讯员|摄影|图片)")
_END_OF_SENTENCE = re.compile("[。！!？?]")
_SENTENCES = re.compile("[^。！!]*[。！!]?")
_LAST_BRACKET = re.compile(r"[(\[][^()\[\]]{2,60}[)\]][ 。]*$")
# Longer strings hold running text, of which only some places may name people.
_SHORT = 100
_LONG = 300


def _all_short(text: str) -> bool:
    return all(2 <= len(word) <= 3 for word in _BETWEEN_WORDS.split(text))


def _outlet_and_place(name: str, known: Known) -> tuple[str, str]:
    """新华社长沙: the outlet, and the place that wire services put after it."""
    if names.is_outlet(name, known):
        return name, ""
    for end in range(len(name) - 2, 1, -1):
        outlet, place = name[:end], name[end:]
        if names.is_outlet(outlet, known) and (len(place) <= 4 or place in names.PLACES):
            return outlet, place
    return name, ""


def _parts(text: str, start: int) -> Iterator[tuple[int, int]]:
    """(start, end) of what may name people: all of a short text; of a long one the bracket at its
    head, what bears labels, and its end."""
    length = len(text) - start
    if length <= _SHORT or (length <= _LONG and not _END_OF_SENTENCE.search(text, start)):
        yield start, len(text)
        return
    if start == 0 and (head := _BRACKET.match(text)):
        yield 0, head.end()
        start = head.end()
    last = _LAST_BRACKET.search(text, start)
    end = last.start() if last else len(text)
    for sentence in _SENTENCES.finditer(text, start, end):
        if len(sentence[0]) <= _LONG and _LABELLED.search(sentence[0]):
            yield sentence.span()
    if last:
        yield last.span()


def _caption_cuts(text: str) -> Iterator[int]:
    """Places where the credit of a caption may begin, the first first; it is one sentence."""
    sentence = text.rstrip("。 ").rfind("。") + 1
    start = max(len(text) - _SHORT, 0)
    places = {match.end() for match in _CAPTION_CUT.finditer(text, start)}
    if start == 0:
        places.add(0)
    yield from sorted(place for place in places if sentence <= place < len(text))
