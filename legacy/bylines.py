"""Who is named on a page, and as what: the grammar of by-lines, datelines and credits.

A page names its people in up to four places: the meta line (来源：… 作者：… 编辑：…), the dateline
(某某讯（记者 甲 通讯员 乙）), captions (丙 摄) and the foot. `parse` takes the strings of these
places and gives each person once in each role.

Roles. What a page calls its people, and the role that becomes of it:

    记者, with 首席, 特约, 见习, 全媒体 … before it     reporter
    作者, 撰稿, 文字, 图文 …, or a bare name            reporter, not stated
    通讯员, 通联, 报道员                                correspondent
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

    source         1.0 after 来源 · 0.9 outlet of the dateline · 0.8 named twice, differently
                   0.7 outlet that stands alone, outlet of the reporter, first of several
                   0.6 one that names nobody (网络), 主办单位 · 0.4 本报, 本网
    credits,       1.0 stated role, a known name or a surname · 0.95 padded with a blank
    editor         0.9 a unit · 0.8 role not stated, or no surname · 0.7 unit split off, four
                   characters, put together across a blank, review not said
                   0.6 bare name in brackets; login, site or nobody refused
                   0.45 names run together · 0.4 bare name without brackets · 0.3 more than one way
                   of taking a run apart · 0.2 not understood
    published_at   1.0 · 0.9 date only · 0.2 no year, or day and month either way · 0 impossible

What is under 0.6, and whatever is left out, comes with a doubt that says so.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from django.utils.translation import gettext as _

from articles.models import AUTHOR_ROLES, Role
from legacy import names
from legacy.names import Known, Named
from legacy.records import Credit, Doubt
from legacy.times import Moment, stamps

__all__ = ["Credits", "Dateline", "Known", "caption_credits", "dateline", "parse"]


@dataclass(frozen=True, slots=True)
class Credits:
    """What the by-lines of one page say. `sources` has more than one where the page names several;
    `source` is the first."""

    source: str = ""
    sources: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = ()
    moment: Moment | None = None
    has_dateline: bool = False
    confidence: dict[str, float] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()


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


def parse(strings: Sequence[str], *, known: Known = Known()) -> Credits:  # noqa: B008 - immutable
    """Read all strings of one page that may name people, in the order of the page."""
    page = _Page(known)
    read = " "
    for string in strings:
        # The foot of a page repeats the fields of its head.
        if f" {string} " not in read:
            page.read(string)
            read += f"{string} "
    return page.credits()


def dateline(text: str, known: Known = Known()) -> Dateline | None:  # noqa: B008 - immutable
    """The dateline that a paragraph begins with; None where it does not."""
    page = _Page(known)
    line = _Line(text)
    head = page.head(line)
    if head is None:
        return None
    return Dateline(
        outlet=head.outlet,
        place=head.place,
        month=head.month,
        day=head.day,
        hour=head.hour,
        credits=page.credits().credits,
        length=head.end,
    )


def caption_credits(text: str) -> tuple[str, tuple[Credit, ...]]:
    """(caption without its credit, the credit): 山路通了。记者 甲 摄 → 山路通了。 and 甲.

    A caption without a credit comes back as it is.
    """
    line = _Line(text.rstrip())
    if not _PICTURE_TAIL.search(line.folded):
        return text, ()
    for start in _caption_cuts(line.folded):
        page = _Page(Known())
        if not page.read_part(line, start, len(line.folded), strict=True):
            continue
        credits = page.credits().credits
        if any(credit.role in {Role.PHOTOGRAPHER, Role.VIDEOGRAPHER} for credit in credits):
            return line.text[:start].rstrip(" \u3000,，、"), credits
    return text, ()


# What labels are, and what they mean ------------------------------------------------------------


class _Kind(Enum):
    SOURCE = auto()
    HOST = auto()
    PEOPLE = auto()
    UNCREDITED = auto()
    SKIPPED = auto()


@dataclass(frozen=True, slots=True)
class _Label:
    """A word that says what follows it.

    `review` orders the words that do not say which review they mean, 0 for all others;
    `after_unit` marks those that the name of a unit may stand before (县台记者).
    """

    kind: _Kind
    roles: tuple[Role, ...] = ()
    stated: bool = True
    review: int = 0
    after_unit: bool = False


def _people(*roles: Role, stated: bool = True, review: int = 0, after_unit: bool = False) -> _Label:
    return _Label(_Kind.PEOPLE, roles, stated, review, after_unit)


_REVIEWS = {
    Role.FIRST_REVIEWER: "一审 初审",
    Role.SECOND_REVIEWER: "二审 复审",
    Role.FINAL_REVIEWER: "三审 终审",
}
_WITH_REVIEW = {
    (): "审核 签发 核发 审签 把关 主编 总编 人".split(),
    (Role.EDITOR,): "编辑 责编 责任编辑".split(),
    (Role.PROOFREADER,): "校对 校核 一校 二校 三校 责任校对".split(),
}
_WORDS: dict[_Label, str] = {
    _Label(_Kind.SOURCE): "来源 稿件来源 信息来源 文章来源 新闻来源 转载来源 内容来源 原文来源 稿源 转自 摘自 转载自 出处",
    _Label(_Kind.HOST): "主办单位 主办",
    _people(Role.REPORTER, after_unit=True): "记者",
    _people(Role.REPORTER): "采写 采访 报道",
    _people(Role.REPORTER, stated=False): "作者 撰稿 撰稿人 撰文 文字 文稿 文案 文 供稿 供稿人 投稿 执笔 署名",
    _people(Role.REPORTER, Role.EDITOR): "采编",
    _people(Role.REPORTER, Role.PHOTOGRAPHER, stated=False): "图文 文图 图/文 文/图 文/摄 摄/文 图、文 文、图 图片文字",
    _people(Role.CORRESPONDENT, after_unit=True): "通讯员 通联 通联员 报道员 通讯报道员",
    _people(Role.INTERN, after_unit=True): "实习生 实习记者",
    _people(Role.PHOTOGRAPHER): "摄影 摄影师 图片 图 摄 照片 供图 图片提供 航拍",
    _people(Role.PHOTOGRAPHER, after_unit=True): "摄影记者 图片记者 摄影通讯员",
    _people(Role.VIDEOGRAPHER): "摄像 摄像师 视频 摄制 拍摄 视频拍摄",
    _people(Role.VIDEOGRAPHER, after_unit=True): "摄像记者 视频记者",
    _people(Role.EDITOR): "编辑 责任编辑 责编 美编 编发 编排",
    _people(Role.EDITOR, Role.PROOFREADER): "编校",
    _people(Role.PROOFREADER): "校对 责任校对 责校 一校 二校 三校 审校 校审",
    _people(Role.FINAL_REVIEWER): "签发 核发 审签 审定 定审 终审核发",
    _people(review=1): "总编 总编辑",
    _people(review=2): "主编",
    _people(review=3): "编审",
    _people(review=4): "审核 审稿 审阅 审读 审发 审查",
    _Label(_Kind.UNCREDITED): (
        "监制 总监制 出品 出品人 策划 总策划 统筹 总统筹 制作 制图 设计 排版 美工 剪辑 后期 配音 播音 主播 主持 "
        "主持人 出镜 技术 制片 总制片 顾问 导演 编导 翻译 编译 指导 朗诵 朗读 海报 播报 协调 运营"
    ),
    _Label(_Kind.SKIPPED): (
        "时间 发布时间 发表时间 发稿时间 发布日期 日期 发布 更新时间 关键词 标签 查看 浏览 浏览量 浏览次数 阅读 阅读量 点击 点击量 "
        "字号 字体 来源地址 本文链接 链接 原文链接 原标题 特别鸣谢 鸣谢 投稿邮箱 邮箱 电话 热线 网址 评论 分享 分享到 栏目 "
        "分类 地点 评分 人气 次数 图片来源 视频来源 画面来源 素材来源 数据来源 资料来源"
    ),
}  # fmt: skip
_LABELS = {word: label for label, words in _WORDS.items() for word in words.split()}
_SKIPPED = _Label(_Kind.SKIPPED)
for _role, _words in _REVIEWS.items():
    for _word in _words.split():
        _LABELS[_word] = _people(_role)
        for _others, _endings in _WITH_REVIEW.items():
            for _ending in _endings:
                _LABELS[_word + _ending] = _people(*_others, _role)

# What may stand before them without changing what they mean.
_QUALIFIERS = (
    "本报 本网 本台 本刊 本社 本站 首席 特约 特邀 见习 实习 全媒体 全媒 融媒体 融媒 新媒体 资深 高级 驻地 文字 图文 版面 视频 "
    "音频 美术 网络 网站 网页 值班 执行 本期 责任 内容 技术 栏目 微信 图片 摄影 排版 本版 轮值 副 骨干 时政 常务"
).split()  # fmt: skip

# What stands after people, and what it makes of them: the roles they get, and whether these are
# in place of a reporter's.
_TAILS: dict[str, tuple[Role, ...]] = {
    **dict.fromkeys("摄 摄影 拍摄 供图 图 图片 提供".split(), (Role.PHOTOGRAPHER,)),
    **dict.fromkeys("摄像 视频".split(), (Role.VIDEOGRAPHER,)),
    **dict.fromkeys(
        "文/图 图/文 文图 图文 文、图 图、文 文/摄 摄/文 文并摄 文并图 摄影报道 图文报道 摄影/报道".split(),
        (Role.REPORTER, Role.PHOTOGRAPHER),
    ),
    **dict.fromkeys(
        "报道 综合报道 采访报道 整理 综合 综合整理 供稿 文 撰文 撰稿 采写 文字".split(),
        (Role.REPORTER,),
    ),
    **dict.fromkeys("发 等".split(), ()),
}
# These are nothing else; the other tails may also be labels of what follows.
_ONLY_TAILS = {*_TAILS} - {*_LABELS} | {"摄", "报道"}
# These could end a name, so that a blank or stroke must stand before them.
_DETACHED = {"文", "图", "发", "综合", "提供"}


def _any_of(words: Iterable[str]) -> str:
    """A pattern for the words, the longest first; they may be padded with blanks."""
    return "|".join(
        " {0,6}".join(re.escape(letter) for letter in word)
        for word in sorted(words, key=len, reverse=True)
    )


# By the letter that a label begins with.
_BASES = {
    letter: re.compile(rf"(?P<base>{_any_of(words)})")
    for letter, words in itertools.groupby(sorted(_LABELS), key=lambda word: word[0])
}
_QUALIFY = {word[0] for word in _QUALIFIERS}
_QUALIFIED = re.compile(rf"(?:(?:{_any_of(_QUALIFIERS)}) ?){{1,3}}(?P<base>{_any_of(_LABELS)})")
_TAIL = re.compile(rf"等?[ /]{{0,2}}(?P<word>{'|'.join(sorted(_TAILS, key=len, reverse=True))})")
_BEGINS = re.compile(
    "[" + "".join(sorted({word[0] for word in (*_LABELS, *_QUALIFIERS, *_TAILS)})) + r"/()\[\]\x01]"
)
_SEPARATOR = re.compile(r" *[:|]+ *| ?/ ?")
_BLANKS = re.compile(" *")
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_LETTER = re.compile(r"[\u3400-\u9fffA-Za-z·]")
_GLUED = re.compile(r"[^\s()\[\]:;,、?|/\x01。]+$")
_CLOSES = re.compile(r"[\s/]*(?:$|[()\[\]。.,;!、:\x01])")
_NOT_AFTER_A_ROLE = "站节部证会团席们采从在了近获获队"
_UNKNOWN_LABEL = re.compile(r"(?:^|(?<=[\s\])]))[^\s:、,;()\[\]]{1,10}:")

# Widths, brackets and blanks as one each, so that places in the text stay the same.
_WIDTHS = str.maketrans(
    "：︰∶（）［］【】〔〕｜丨︱│／\u3000\xa0\u2003\u2002\t□■◆●▲★，；？＆．",
    ":::()[][][]||||/           ,;?&.",
)


class _Line:
    """One string in three forms of the same length: as it is; with one width of marks, blanks and
    brackets; and that with Simplified labels. In the last two, times are blanked out."""

    __slots__ = ("folded", "plain", "stamps", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.plain = text.translate(_WIDTHS)
        self.stamps = list(stamps(self.plain))
        for stamp in self.stamps:
            blank = "\x01" * (stamp.end - stamp.start)
            self.plain = self.plain[: stamp.start] + blank + self.plain[stamp.end :]
        self.folded = names.folded(self.plain)


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of a line: `what` is "text", "label", "tail", "open", "close" or "stamp"."""

    what: str
    start: int
    end: int
    word: str = ""
    label: _Label | None = None
    unit: str = ""


class _Scanner:
    """Cuts line[start:end] into tokens."""

    def __init__(self, line: _Line, start: int, end: int, known: Known) -> None:
        self.line, self.start, self.end, self.known = line, start, end, known
        self.text = line.folded
        # Where the text that is not given yet begins, and the label it stands after.
        self.begin = start
        self.label: _Label | None = None

    def __iter__(self) -> Iterator[_Token]:
        place = self.begin
        while match := _BEGINS.search(self.text, place, self.end):
            token = self.at(match.start())
            if token is None:
                place = match.start() + 1
                continue
            yield from self.text_until(token.start)
            yield token
            self.begin = place = token.end
            self.label = token.label
        yield from self.text_until(self.end)

    def text_until(self, end: int) -> Iterator[_Token]:
        if self.text[self.begin : end].strip(" /|,;、。.:-—"):
            yield _Token("text", self.begin, end)

    def at(self, place: int) -> _Token | None:
        """What begins here, if anything but text does."""
        letter = self.text[place]
        if letter == "\x01":
            end = (
                place
                + len(self.text[place : self.end])
                - len(self.text[place : self.end].lstrip("\x01"))
            )
            return _Token("stamp", place, end)
        if letter in "([":
            return _Token("open", place, place + 1)
        if letter in ")]":
            return _Token("close", place, place + 1)
        return self.tail_at(place) or self.label_at(place)

    def tail_at(self, place: int) -> _Token | None:
        """A word that speaks of the people before it."""
        match = _TAIL.match(self.text, place, self.end)
        if match is None or not _LETTER.search(self.text, self.begin, place):
            return None
        word, end = match["word"], match.end()
        if self.longer_label(place, end):
            return None
        detached = self.text[match.start("word") - 1] in " /"
        if word in _DETACHED and not detached and not self.sends(word, place):
            return None
        after = self.text[end : min(end + 1, self.end)]
        if after and (after in "|/" or (after == ":" and word != "报道")):
            return None
        following = _BLANKS.match(self.text, end, self.end).end()  # type: ignore[union-attr]
        if (
            _CLOSES.match(self.text, end, self.end)
            or self.label_at(following)
            or (after == " " and (word in _ONLY_TAILS or self.text[place] == "/"))
            or (after == " " and self.is_first_of_two(word, place, end))
        ):
            return _Token("tail", place, end, word)
        return None

    def is_first_of_two(self, word: str, place: int, end: int) -> bool:
        """甲乙 文 丙丁 摄: a tail although names follow, since another one follows these."""
        return (
            word in {"文", "图"}
            and _FULL_NAME.search(self.text, self.begin, place) is not None
            and _PICTURE_TAIL.search(self.text, end, self.end) is not None
        )

    def sends(self, word: str, place: int) -> bool:
        """新华社发: an outlet needs no blank before 发."""
        glued = _GLUED.search(self.line.plain[self.begin : place])
        return word == "发" and glued is not None and names.is_outlet(glued[0], self.known)

    def longer_label(self, place: int, end: int) -> bool:
        """Whether the tail is but the beginning of a label: 摄影 of 摄影记者."""
        match = self.label_word(place)
        return match is not None and match.end() > end

    def label_word(self, place: int) -> re.Match[str] | None:
        """The label that begins here, the longest."""
        letter = self.text[place : place + 1]
        plain = _BASES[letter].match(self.text, place, self.end) if letter in _BASES else None
        if letter not in _QUALIFY:
            return plain
        qualified = _QUALIFIED.match(self.text, place, self.end)
        return _longest(plain, qualified)

    def label_at(self, place: int) -> _Token | None:
        """A word that says what follows it, with the name of a unit that stands before it."""
        match = self.label_word(place)
        if match is None:
            return None
        word = match["base"].replace(" ", "")
        label = _LABELS[word]
        apart = place in {self.begin, self.start} or not _LETTER.match(self.text, place - 1)
        if not apart and (len(word) == 1 or " " in match[0]):
            return None
        separator = _SEPARATOR.match(self.text, match.end(), self.end)
        if separator:
            end = separator.end()
            if label.kind is _Kind.SOURCE and not apart and self.label is None:
                # 部分画面来源：the source of something else.
                label = _SKIPPED
        elif self.stands_without_separator(word, label, match.end(), apart=apart):
            end = match.end()
        else:
            return None
        unit = "" if apart or not label.after_unit else self.unit_before(place)
        return _Token("label", place - len(unit), end, word, label, unit)

    def stands_without_separator(self, word: str, label: _Label, end: int, *, apart: bool) -> bool:
        if len(word) == 1 or not (apart or label.after_unit):
            return False
        run = _HAN_RUN.match(self.text, end, self.end)
        if run is None:
            return end == self.end or self.text[end] in " ()[]\x01《"
        if label.after_unit:
            return run[0][0] not in _NOT_AFTER_A_ROLE and self.are_people(run[0], run.end())
        if label.kind is _Kind.SOURCE:
            return names.is_outlet(run[0], self.known)
        return label.kind is _Kind.PEOPLE and names.is_person(run[0][:2], self.known)

    def are_people(self, run: str, end: int) -> bool:
        """Whether what is glued to a role is names, and not a sentence: 记者甲乙丙来到村里."""
        glued = _NEXT_WORD.split(run)[0]
        if len(glued) > 4:
            return names.is_person(glued[:2], self.known) and not any(
                one.is_unit or one.note == "not_understood"
                for one in names.named(glued, self.known)
            )
        return names.is_person(glued[:2], self.known) or (
            len(glued) < len(run) or end == self.end or self.text[end] in " )]/、"
        )

    def unit_before(self, place: int) -> str:
        """The unit in 县台记者; what belongs to the label before it is none."""
        glued = _GLUED.search(self.line.plain[self.begin : place])
        if glued is None:
            return ""
        word = glued[0]
        if len(word) < 2:
            return ""
        if self.label is None:
            return word
        first = not self.text[self.begin : self.begin + glued.start()].strip()
        if names.is_unit(word, self.known):
            return "" if first and self.label.kind is _Kind.SOURCE else word
        if self.label.kind is not _Kind.PEOPLE:
            return "" if first else word
        return "" if first or names.is_person(word, self.known) else word


def _longest(one: re.Match[str] | None, other: re.Match[str] | None) -> re.Match[str] | None:
    if one is None or other is None:
        return one or other
    return other if other.end() > one.end() else one


# Reading one page -------------------------------------------------------------------------------


@dataclass(slots=True)
class _Group:
    """People whom one label or one tail speaks of."""

    label: str
    roles: tuple[Role, ...]
    stated: bool = True
    review: int = 0
    unit: str = ""
    people: list[Named] = field(default_factory=list)
    dateline: bool = False
    # How sure it is that these are people at all.
    sure: float = 1.0

    def speaks_of_authors(self) -> bool:
        return not self.review and all(role in AUTHOR_ROLES for role in self.roles)


@dataclass(frozen=True, slots=True)
class _Head:
    outlet: str
    place: str
    month: int | None
    day: int | None
    hour: int | None
    end: int


@dataclass(frozen=True, slots=True, order=True)
class _Source:
    """A candidate; the lowest rank wins."""

    rank: int
    name: str = field(compare=False)
    sure: float = field(compare=False)


class _Page:
    """Gathers what the strings of one page say, and settles it at the end."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.groups: list[_Group] = []
        self.sources: list[_Source] = []
        self.moments: list[Moment] = []
        self.doubts: list[Doubt] = []
        self.impossible = False
        self.has_dateline = False
        self.unsure: dict[str, float] = {}

    def read(self, string: str) -> None:
        line = _Line(string)
        start = 0
        head = self.head(line)
        if head:
            self.has_dateline = True
            start = head.end
        for begin, end in _parts(line.folded, start):
            self.read_part(line, begin, end)
        for stamp in line.stamps:
            self.add_moment(stamp.moment, line.text[stamp.start : stamp.end])

    def head(self, line: _Line) -> _Head | None:
        """Read the dateline that a line begins with; None where it begins with none."""
        if not _VERB.search(line.folded, 0, _LONGEST_HEAD):
            return None
        match = _DATELINE.match(line.folded)
        if match is None:
            return None
        name = line.plain[match.start("outlet") : match.end("outlet")].removeprefix("据")
        if not self.is_head(name, match):
            return None
        outlet, place = _outlet_and_place(name, self.known)
        if outlet in _OWN:
            self.sources.append(_Source(5, outlet, 0.4))
        elif outlet:
            self.sources.append(_Source(1, outlet, 0.9))
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
        if match["verb"] != "讯" and not (bracket and names.is_outlet(name, self.known)):
            return False
        if name in _OWN:
            return True
        if len(name) < 2 or name[-1] in "短快喜简音资电通问":
            return False
        if names.is_outlet(name, self.known) and _AFTER_HEAD.match(text, end):
            return True
        if bracket is None:
            return _BARE_CREDITS.match(text, end) is not None
        return bool(
            _ROLE_WORD.search(bracket[0]) or names.strictly_named(bracket["inside"], self.known)
        )

    def head_credits(self, line: _Line, match: re.Match[str]) -> int:
        """Read the credits of a dateline; gives the place where it ends."""
        text, end = line.folded, match.end()
        before = len(self.groups)
        bracket = _BRACKET.match(text, end)
        bare = _BARE_CREDITS.match(text, end)
        if match["open"]:
            close = _CLOSING.search(text, end)
            stop = close.start() if close else len(text)
            self.read_part(line, end, stop)
            end = min(stop + 1, len(text))
        elif bracket:
            self.read_part(line, bracket.start("inside") - 1, bracket.end())
            if len(self.groups) > before:
                end = bracket.end()
        elif bare:
            self.read_part(line, bare.start("credits"), bare.end("credits"))
            end = bare.end()
        for group in self.groups[before:]:
            group.dateline = True
        return _GAP.match(text, end).end()  # type: ignore[union-attr]

    def read_part(self, line: _Line, start: int, end: int, *, strict: bool = False) -> bool:
        """Read line[start:end]; tells whether all of it was understood."""
        return _Part(self, line, strict=strict).read(start, end)

    def add_moment(self, moment: Moment | None, text: str) -> None:
        if moment:
            self.moments.append(moment)
        else:
            self.impossible = True
            self.doubt("published_at", _("“%(text)s” is no possible date."), text=text)

    def doubt(self, part: str, sentence: str, sure: float = 1.0, **words: str) -> None:
        """Say something of `part`, once; `sure` is how sure that leaves it."""
        doubt = Doubt(part, sentence % words)
        if doubt not in self.doubts:
            self.doubts.append(doubt)
        if sure < 1:
            self.unsure[part] = min(sure, self.unsure.get(part, 1.0))

    def add_source(self, value: str) -> list[Named]:
        """Take what stands after 来源; gives the people who are named there, too."""
        people: list[Named] = []
        found: list[str] = []
        for word in value.split():
            for piece in _SEVERAL.split(word):
                glued = None if self.is_whole(piece) else names.unit_and_person(piece, self.known)
                if glued and names.is_outlet(glued[0], self.known):
                    found.append(glued[0])
                    people.append(Named(glued[1], sure=0.7, text=piece))
                elif found and not self.is_whole(piece) and names.is_person(piece, self.known):
                    people.append(Named(piece, sure=0.6, text=piece))
                elif found and not self.is_whole(piece) and word != piece:
                    found[-1] += piece
                elif piece:
                    found.append(piece)
        for name in found:
            nobody = names.is_nobody(name) or name.startswith(_NO_OUTLET)
            if name in _OWN:
                self.sources.append(_Source(5, name, 0.4))
            elif len(name) <= _LONGEST:
                self.sources.append(_Source(0, name, 0.6 if nobody else 1.0))
            else:
                self.not_understood("source", name)
        return people

    def is_whole(self, word: str) -> bool:
        return names.is_unit(word, self.known)

    def not_understood(self, part: str, text: str) -> None:
        self.doubt(
            part,
            _("“%(text)s” stands where a name is expected and was not understood."),
            0.2,
            text=text,
        )

    # Settling -----------------------------------------------------------------------------------

    def credits(self) -> Credits:
        """All that was gathered, each person once in each role."""
        found = self.one_role_each(self.people())
        source, sources = self.settled_source()
        found = [self.without_own_outlet(one, sources) for one in found]
        confidence = dict(self.unsure)
        for one in found:
            part = _part_of(one.credit.role)
            confidence[part] = min(one.sure, confidence.get(part, 1.0))
        moment = self.settled_moment(confidence)
        if sources:
            sure = min(self.sources).sure
            confidence["source"] = min(sure, confidence.get("source", 1.0))
        order = list(Role)
        return Credits(
            source=source,
            sources=sources,
            credits=tuple(
                one.credit for one in sorted(found, key=lambda one: order.index(one.credit.role))
            ),
            moment=moment,
            has_dateline=self.has_dateline,
            confidence=confidence,
            doubts=tuple(self.doubts),
        )

    def people(self) -> list["_Found"]:
        """Everyone named, once for each role; those who are refused are told as doubts."""
        self.give_reviews()
        found: dict[tuple[str, Role], _Found] = {}
        for group in self.groups:
            for person in group.people:
                if not self.may_be_credited(person, group):
                    continue
                self.tell_note(person, group)
                for role in group.roles:
                    one = self.found(person, role, group)
                    key = (one.credit.name, one.credit.role)
                    found[key] = found[key].joined(one) if key in found else one
        return list(found.values())

    def found(self, person: Named, role: Role, group: _Group) -> "_Found":
        """One credit. Who is named with a unit that is no outlet, and with no role, sent the piece
        in: a correspondent."""
        one = _Found.of(person, role, group)
        if one.credit.stated or not one.credit.unit or names.is_outlet(one.credit.unit, self.known):
            return one
        return replace(one, credit=replace(one.credit, role=Role.CORRESPONDENT))

    def give_reviews(self) -> None:
        """Give 总编, 主编, 编审 and 审核 the last review whose signer is not named."""
        taken = {role for group in self.groups for role in group.roles if group.people}
        words = sorted({group.review for group in self.groups if group.review and group.people})
        for word in words:
            free = (role for role in reversed(_REVIEWERS) if role not in taken)
            role = next(free, Role.FIRST_REVIEWER)
            taken.add(role)
            for group in self.groups:
                if group.review == word:
                    group.roles = (role,)

    def may_be_credited(self, person: Named, group: _Group) -> bool:
        part = _part_of(group.roles[0])
        name = names.stored(person.name)
        words = {"name": name, "label": group.label}
        if not name:
            return False
        if len(name) > _LONGEST:
            self.not_understood(part, person.text)
        elif names.is_nobody(name):
            self.doubt(
                part, _("“%(name)s” (%(label)s) names nobody and was left out."), 0.6, **words
            )
        elif names.is_login(name, self.known):
            self.doubt(
                part, _("“%(name)s” (%(label)s) is a login name and was left out."), 0.6, **words
            )
        elif part == "editor" and self.is_site(person, name):
            self.doubt(
                part,
                _("“%(name)s” (%(label)s) is a site, unit or place and was left out."),
                0.6,
                **words,
            )
        else:
            return True
        return False

    def is_site(self, person: Named, name: str) -> bool:
        if name in self.known.names:
            return False
        return (
            person.is_unit or name in names.PLACES or any(name == one.name for one in self.sources)
        )

    def tell_note(self, person: Named, group: _Group) -> None:
        if person.note in _NOTES:
            part = _part_of(group.roles[0])
            self.doubt(part, _NOTES[person.note](), text=person.text, name=person.name)
        elif group.sure < 0.6:
            self.doubt(
                "credits",
                _("“%(text)s” stands alone; nothing says that these are the authors."),
                text=person.text,
            )

    def one_role_each(self, found: list["_Found"]) -> list["_Found"]:
        """Who wrote is reporter, correspondent or intern, one of them: what is stated wins over
        what is not, the dateline over other places."""
        kept: dict[str, _Found] = {}
        for one in found:
            name = one.credit.name
            if one.credit.role not in _WRITING:
                continue
            other = kept.get(name)
            if other is None:
                kept[name] = one
                continue
            first, second = (one, other) if one.weight() > other.weight() else (other, one)
            kept[name] = first
            if second.credit.stated:
                self.doubt(
                    "credits",
                    _("%(name)s is named in two roles; %(role)s was taken."),
                    name=name,
                    role=str(first.credit.role.label),
                )
        return [
            one for one in found if one.credit.role not in _WRITING or kept[one.credit.name] is one
        ]

    def settled_source(self) -> tuple[str, tuple[str, ...]]:
        if not self.sources:
            return "", ()
        best = min(self.sources)
        named = tuple(dict.fromkeys(one.name for one in self.sources if one.rank == best.rank))
        if best.rank == 5:
            self.doubt(
                "source",
                _("The page says only “%(name)s”, not which outlet that is."),
                name=best.name,
            )
        elif len(named) > 1:
            self.doubt(
                "source",
                _("Several sources are named: %(names)s; the first was taken."),
                0.7,
                names="、".join(named),
            )
        return best.name, named

    def without_own_outlet(self, one: "_Found", sources: tuple[str, ...]) -> "_Found":
        """A reporter of the source itself needs no unit."""
        unit = one.credit.unit
        if unit and any(unit in source or source in unit for source in sources):
            return replace(one, credit=replace(one.credit, unit=""))
        return one

    def settled_moment(self, confidence: dict[str, float]) -> Moment | None:
        """The first time that is settled, else the first; and how sure it is."""
        if not self.moments:
            if self.impossible:
                confidence["published_at"] = 0.0
            return None
        moment = next((one for one in self.moments if one.at), self.moments[0])
        if moment.at:
            confidence["published_at"] = 0.9 if moment.date_only else 1.0
            return moment
        confidence["published_at"] = 0.2
        if moment.has_year:
            sentence = _("“%(text)s” can be read as two dates.")
        else:
            sentence = _("“%(text)s” has no year.")
        self.doubt("published_at", sentence, text=moment.text)
        return moment


class _Part:
    """Reads one part of a line into its page."""

    def __init__(self, page: _Page, line: _Line, *, strict: bool) -> None:
        self.page, self.line, self.strict = page, line, strict
        self.tokens: list[_Token] = []
        self.understood = True
        # The label that text belongs to, with its group where it names people.
        self.label: _Label | None = None
        self.group: _Group | None = None
        # The groups that a tail would speak of, a unit that stands before its reporters, brackets.
        self.scope: list[_Group] = []
        self.unit = ""
        self.depth = 0
        self.after_sentence = False

    def read(self, start: int, end: int) -> bool:
        self.after_sentence = start > 0 and self.line.folded[start - 1] in "。！？!?”)"
        self.tokens = list(_Scanner(self.line, start, end, self.page.known))
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

    def begin(self, token: _Token) -> None:
        label = token.label
        assert label is not None
        unit = token.unit or (self.unit if label.after_unit else "")
        self.label, self.group, self.unit = label, None, ""
        if label.kind is not _Kind.PEOPLE:
            self.scope = []
            return
        if unit:
            unit = self.unit_as_source(unit, label)
        self.group = _Group(token.word, label.roles, label.stated, label.review, unit)
        if self.group.speaks_of_authors():
            self.scope.append(self.group)
        else:
            self.scope = []
        self.page.groups.append(self.group)

    def unit_as_source(self, unit: str, label: _Label) -> str:
        """The unit of a reporter; its outlet is the source where nothing else says so."""
        outlet = _DEPARTMENT.sub("", unit) or unit
        if self.strict and not (self.after_sentence or names.is_unit(unit, self.page.known)):
            self.understood = False
        if Role.CORRESPONDENT in label.roles:
            return unit
        if names.is_outlet(outlet, self.page.known) or not names.is_unit(unit, self.page.known):
            self.page.sources.append(_Source(3, outlet, 0.7))
        return unit

    def text(self, token: _Token, index: int) -> None:
        value = self.line.plain[token.start : token.end]
        unknown = _UNKNOWN_LABEL.search(self.line.folded[token.start : token.end])
        if unknown:
            value = value[: unknown.start()]
            self.understood = False
        value = value.strip(" /|,;、。.:-—")
        if value:
            self.value(value, index)
        if unknown:
            self.close()
            self.label = _SKIPPED

    def value(self, value: str, index: int) -> None:
        if self.label is None:
            self.bare(value, index)
        elif self.label.kind is _Kind.SOURCE:
            people = self.page.add_source(value)
            if people:
                self.unnamed(people, 0.7)
        elif self.label.kind is _Kind.HOST:
            self.page.sources.append(_Source(4, value, 0.6))
        elif self.label.kind is _Kind.UNCREDITED:
            self.page.doubt(
                "credits",
                _("“%(name)s” is named as %(label)s, for which there is no role; not credited."),
                name=value,
                label=self.tokens[index - 1].word,
            )
        elif self.group is not None:
            self.add(self.group, names.named(value, self.page.known))

    def add(self, group: _Group, people: Iterable[Named]) -> None:
        for person in people:
            if person.note == "not_understood":
                self.understood = False
                self.page.not_understood(_part_of((*group.roles, Role.EDITOR)[0]), person.text)
            else:
                group.people.append(person)

    def unnamed(self, people: list[Named], sure: float) -> _Group:
        """A group of people of whom nothing says what they did."""
        group = _Group("", (Role.REPORTER,), stated=False, people=people, sure=sure)
        self.page.groups.append(group)
        self.scope.append(group)
        self.group = None
        return group

    def bare(self, value: str, index: int) -> None:
        """Text without a label: people and units, or no business of ours."""
        known = self.page.known
        before_tail = self.next(index) == "tail"
        people = names.strictly_named(value, known)
        if people is None and before_tail and not self.strict and _SHORT_WORDS.fullmatch(value):
            people = [one for one in names.named(value, known) if one.note != "not_understood"]
        if not people:
            self.understood = False
            return
        units = [one for one in people if one.is_unit]
        persons = [one for one in people if not one.is_unit]
        if before_tail:
            group = self.unnamed(people, 1.0)
            group.sure = 1.0 if self.tokens[index + 1].word in _TAILS else 0.6
            return
        for name in dict.fromkeys(one.name if one.is_unit else one.unit for one in people):
            # 云上青溪——青溪县融媒体中心: an outlet under two names.
            outlet = _DASHES.split(name)[-1]
            if names.is_outlet(outlet, known):
                self.page.sources.append(_Source(2, outlet, 0.7))
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
        roles = _TAILS[word]
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
                written = any(role in _WRITING for role in group.roles)
                more = [role for role in roles if not (written and role in _WRITING)]
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
                    self.page.sources.append(_Source(3, one.name, 0.7))
            group.people = [one for one in group.people if not one.is_unit]


@dataclass(frozen=True, slots=True)
class _Found:
    """One credit, how sure it is, and whether the dateline has it."""

    credit: Credit
    sure: float
    dateline: bool

    @classmethod
    def of(cls, person: Named, role: Role, group: _Group) -> "_Found":
        stated = group.stated or role not in _WRITING
        sure = min(person.sure, group.sure, 1.0 if stated else 0.8, 0.7 if group.review else 1.0)
        unit = person.unit or group.unit
        credit = Credit(
            name=names.stored(person.name),
            role=role,
            unit="" if person.is_unit else names.stored(unit),
            is_unit=person.is_unit,
            stated=stated,
        )
        return cls(credit, sure, group.dateline)

    def joined(self, other: "_Found") -> "_Found":
        """The same person in the same role, named twice."""
        first, second = (self, other) if self.weight() >= other.weight() else (other, self)
        credit = replace(first.credit, unit=first.credit.unit or second.credit.unit)
        return _Found(credit, max(self.sure, other.sure), self.dateline or other.dateline)

    def weight(self) -> tuple[bool, bool, float]:
        return self.credit.stated, self.dateline, self.sure


# Details ----------------------------------------------------------------------------------------

_OWN = {"本报", "本网", "本台", "本站", "本刊", "本社"}
_NO_OUTLET = ("网络", "互联网", "本站", "原创", "转载", "未知")
_WRITING = (Role.REPORTER, Role.CORRESPONDENT, Role.INTERN)
_REVIEWERS = (Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.FINAL_REVIEWER)
# What the names of contributors, units and sources may be long, in characters.
_LONGEST = 60
_NOTES = {
    "run_on": lambda: _("“%(text)s” was taken apart without a blank; one of them is %(name)s."),
    "ambiguous": lambda: _("“%(text)s” can be taken apart in more than one way; %(name)s is one."),
    "padding": lambda: _("“%(text)s” has a blank inside a name; it was read as %(name)s."),
}
_NEXT_WORD = re.compile("(?:特约)?(?:记者|通讯员|实习生)|(?:摄影)?报道|综合|整理|摄|编辑|责编")
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
    rf"[ :,]*(?P<credits>(?:{_any_of(_QUALIFIERS)})*(?:记者|通讯员)[^。:!?]{{2,60}}?报道)(?=[ :,。]|$)[:,]?"
)
_DASHES = re.compile("[-—]+")
_SEVERAL = re.compile("[、,;]")
_SHORT_WORDS = re.compile(r"(?:\S{2,3}[ 、,]*)+")
_DEPARTMENT = re.compile(
    "(?:全媒体|融媒体?)?(?:报道组|采访组|采访部|采编部|编辑部|记者站|分社|工作室)$"
)
_PICTURE_TAIL = re.compile("[摄攝图圖供]|提供")
_FULL_NAME = re.compile("[\u3400-\u9fff]{2,} *$")
_LABELLED = re.compile(
    rf"(?:{_any_of('来源 作者 编辑 记者 通讯员 责编 审核 编审 一审 二审 三审 初审 复审 终审 校对 摄影 图片 文字'.split())}) *[:|/]"
)
_END_OF_SENTENCE = re.compile("[。！!？?]")
_SENTENCES = re.compile("[^。！!]*[。！!]?")
_LAST_BRACKET = re.compile(r"[(\[][^()\[\]]{2,60}[)\]][ 。]*$")
# Longer strings hold running text, of which only some places may name people.
_SHORT = 100
_LONG = 300


def _part_of(role: Role) -> str:
    return "credits" if role in AUTHOR_ROLES else "editor"


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
        if _LABELLED.search(sentence[0]):
            yield sentence.span()
    if last:
        yield last.span()


def _caption_cuts(text: str) -> Iterator[int]:
    """Places where the credit of a caption may begin, the first first."""
    places = {0}
    for match in re.finditer(r"[ 。！？!?;”）)]+|(?=[(\[])|(?=记者|通讯员|摄影|图片)", text):
        places.add(match.end())
    yield from sorted(place for place in places if place < len(text))
