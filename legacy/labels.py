"""The words by which old pages say who is who, and cutting their lines into such words and text.

A label stands before what it speaks of (记者 甲), a tail after it (甲 摄). Both may be padded with
blanks, Traditional, and glued to names.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from articles.models import Role
from legacy import names
from legacy.names import Known
from legacy.times import stamps


class Kind(Enum):
    """What follows a label: a source, who runs the site (a source, if no other is named), people,
    people for whom there is no role, or nothing of interest."""

    SOURCE = auto()
    HOST = auto()
    PEOPLE = auto()
    UNCREDITED = auto()
    SKIPPED = auto()


@dataclass(frozen=True, slots=True)
class Label:
    """A word that says what follows it.

    `review` orders the words that do not say which review they mean, 0 for all others;
    `after_unit` marks those that the name of a unit may stand before (县台记者).
    """

    kind: Kind
    roles: tuple[Role, ...] = ()
    stated: bool = True
    review: int = 0
    after_unit: bool = False


def _people(*roles: Role, stated: bool = True, review: int = 0, after_unit: bool = False) -> Label:
    return Label(Kind.PEOPLE, roles, stated, review, after_unit)


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
_WORDS: dict[Label, str] = {
    Label(Kind.SOURCE): "来源 稿件来源 信息来源 文章来源 新闻来源 转载来源 内容来源 原文来源 稿源 转自 摘自 转载自 出处",
    Label(Kind.HOST): "主办单位 主办",
    _people(Role.REPORTER, after_unit=True): "记者",
    _people(Role.REPORTER): "采写 采访 报道",
    _people(Role.REPORTER, stated=False): "作者 撰稿 撰稿人 撰文 文字 文稿 文案 文 供稿 供稿人 投稿 执笔 署名",
    _people(Role.REPORTER, Role.EDITOR): "采编",
    _people(Role.REPORTER, Role.PHOTOGRAPHER, stated=False): "图文 文图 图/文 文/图 文/摄 摄/文 图、文 文、图 图片文字",
    _people(Role.CORRESPONDENT, after_unit=True): "通讯员 通联 通联员 报道员 通讯报道员 信息员",
    _people(Role.INTERN, after_unit=True): "实习生 实习记者",
    _people(Role.PHOTOGRAPHER): "摄影 摄影师 图片 图 摄 照片 供图 图片提供 航拍",
    _people(Role.PHOTOGRAPHER, after_unit=True): "摄影记者 图片记者 摄影通讯员",
    _people(Role.VIDEOGRAPHER): "摄像 摄像师 视频 摄制 拍摄 视频拍摄",
    _people(Role.VIDEOGRAPHER, after_unit=True): "摄像记者 视频记者",
    _people(Role.EDITOR): "编辑 责任编辑 责编 美编 编发 编排",
    _people(Role.EDITOR, Role.PROOFREADER): "编校",
    _people(Role.PROOFREADER): "校对 责任校对 责校 一校 二校 三校 审校 校审",
    _people(Role.FINAL_REVIEWER): "签发 签发人 核发 审签 审定 定审 终审核发",
    _people(review=1): "总编 总编辑",
    _people(review=2): "主编",
    _people(review=3): "编审",
    _people(review=4): "审核 审核人 审稿 审稿人 审阅 审读 审发 审查",
    Label(Kind.UNCREDITED): (
        "监制 总监制 出品 出品人 策划 总策划 统筹 总统筹 制作 制图 设计 排版 美工 剪辑 后期 配音 播音 主播 主持 "
        "主持人 出镜 技术 制片 总制片 顾问 导演 编导 翻译 编译 指导 朗诵 朗读 海报 播报 协调 运营"
    ),
    Label(Kind.SKIPPED): (
        "时间 发布时间 发表时间 发稿时间 发布日期 日期 发布 更新时间 关键词 标签 查看 浏览 浏览量 浏览次数 阅读 阅读量 点击 点击量 "
        "字号 字体 来源地址 本文链接 链接 原文链接 原标题 特别鸣谢 鸣谢 投稿邮箱 邮箱 电话 热线 网址 评论 分享 分享到 栏目 "
        "分类 地点 评分 人气 次数 图片来源 视频来源 画面来源 素材来源 数据来源 资料来源"
    ),
}  # fmt: skip
_LABELS = {word: label for label, words in _WORDS.items() for word in words.split()}
for _role, _words in _REVIEWS.items():
    for _word in _words.split():
        _LABELS[_word] = _people(_role)
        for _others, _endings in _WITH_REVIEW.items():
            for _ending in _endings:
                _LABELS[_word + _ending] = _people(*_others, _role)
SKIPPED = Label(Kind.SKIPPED)

# What may stand before them without changing what they mean.
QUALIFIERS = (
    "本报 本网 本台 本刊 本社 本站 首席 特约 特邀 见习 实习 全媒体 全媒 融媒体 融媒 新媒体 资深 高级 驻地 文字 图文 版面 视频 "
    "音频 美术 网络 网站 网页 值班 执行 本期 责任 内容 技术 栏目 微信 图片 摄影 排版 本版 轮值 副 骨干 时政 常务"
).split()  # fmt: skip

# What stands after people, and the roles that it gives them.
TAILS: dict[str, tuple[Role, ...]] = {
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
_ONLY_TAILS = {*TAILS} - {*_LABELS} | {"摄", "报道"}
# These could end a name, so that a blank or stroke must stand before them.
_DETACHED = {"文", "图", "发", "综合", "提供"}


def any_of(words: Iterable[str]) -> str:
    """A pattern for the words, the longest first; they may be padded with blanks."""
    return "|".join(
        " {0,6}".join(re.escape(letter) for letter in word)
        for word in sorted(words, key=len, reverse=True)
    )


# By the letter that a label begins with.
_BASES = {
    letter: re.compile(rf"(?P<base>{any_of(words)})")
    for letter, words in itertools.groupby(sorted(_LABELS), key=lambda word: word[0])
}
_QUALIFY = {word[0] for word in QUALIFIERS}
_QUALIFIED = re.compile(rf"(?:(?:{any_of(QUALIFIERS)}) ?){{1,3}}(?P<base>{any_of(_LABELS)})")
_TAIL = re.compile(rf"等?[ /]{{0,2}}(?P<word>{'|'.join(sorted(TAILS, key=len, reverse=True))})")
_BEGINS = re.compile(
    "[" + "".join(sorted({word[0] for word in (*_LABELS, *QUALIFIERS, *TAILS)})) + r"/()\[\]\x01]"
)
_SEPARATOR = re.compile(r" *[:|]+ *| ?/ ?")
_BLANKS = re.compile(" *")
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_LETTER = re.compile(r"[\u3400-\u9fffA-Za-z·]")
_GLUED = re.compile(r"[^\s()\[\]:;,、?|/\x01。]+$")
_CLOSES = re.compile(r"[\s/]*(?:$|[()\[\]。.,;!、:\x01])")
_NOT_AFTER_A_ROLE = "站节部证会团席们采从在了近获队"
UNKNOWN_LABEL = re.compile(r"(?:^|(?<=[\s\])]))(?P<word>[^\s:、,;()\[\]]{1,10}):")

_NEXT_WORD = re.compile("(?:特约)?(?:记者|通讯员|实习生)|(?:摄影)?报道|综合|整理|摄|编辑|责编")
_FULL_NAME = re.compile("[\u3400-\u9fff]{2,} *$")
PICTURE_TAIL = re.compile("[摄攝图圖供]|提供")

# Widths, brackets and blanks as one each, so that places in the text stay the same.
_WIDTHS = str.maketrans(
    "：︰∶（）［］【】〔〕｜丨︱│／\u3000\xa0\u2003\u2002\t□■◆●▲★，；？＆．",
    ":::()[][][]||||/           ,;?&.",
)


class Line:
    """One string in three forms of the same length: as it is; with one width of marks, blanks and
    brackets; and that with Simplified labels. In the last two, times are blanked out."""

    __slots__ = ("folded", "plain", "stamps", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.plain = text.translate(_WIDTHS)
        self.stamps = list(stamps(self.plain))
        if self.stamps:
            letters = list(self.plain)
            for stamp in self.stamps:
                letters[stamp.start : stamp.end] = "\x01" * (stamp.end - stamp.start)
            self.plain = "".join(letters)
        self.folded = names.folded(self.plain)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a line: `what` is "text", "label", "tail", "open", "close" or "stamp"."""

    what: str
    start: int
    end: int
    word: str = ""
    label: Label | None = None
    unit: str = ""


class Scanner:
    """Cuts line[start:end] into tokens."""

    def __init__(self, line: Line, start: int, end: int, known: Known) -> None:
        self.line, self.start, self.end, self.known = line, start, end, known
        self.text = line.folded
        # Where the text that is not given yet begins, and the label it stands after.
        self.begin = start
        self.label: Label | None = None

    def __iter__(self) -> Iterator[Token]:
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

    def text_until(self, end: int) -> Iterator[Token]:
        if self.text[self.begin : end].strip(" /|,;、。.:-—"):
            yield Token("text", self.begin, end)

    def at(self, place: int) -> Token | None:
        """What begins here, if anything but text does."""
        letter = self.text[place]
        if letter == "\x01":
            end = place + 1
            while end < self.end and self.text[end] == "\x01":
                end += 1
            return Token("stamp", place, end)
        if letter in "([":
            return Token("open", place, place + 1)
        if letter in ")]":
            return Token("close", place, place + 1)
        return self.tail_at(place) or self.label_at(place)

    def tail_at(self, place: int) -> Token | None:
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
            return Token("tail", place, end, word)
        return None

    def is_first_of_two(self, word: str, place: int, end: int) -> bool:
        """甲乙 文 丙丁 摄: a tail although names follow, since another one follows these."""
        return (
            word in {"文", "图"}
            and _FULL_NAME.search(self.text, self.begin, place) is not None
            and PICTURE_TAIL.search(self.text, end, self.end) is not None
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

    def label_at(self, place: int) -> Token | None:
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
            if label.kind is Kind.SOURCE and not apart and self.label is None:
                # 部分画面来源：the source of something else.
                label = SKIPPED
        elif self.stands_without_separator(word, label, match.end(), apart=apart):
            end = match.end()
        else:
            return None
        unit = "" if apart or not label.after_unit else self.unit_before(place)
        return Token("label", place - len(unit), end, word, label, unit)

    def stands_without_separator(self, word: str, label: Label, end: int, *, apart: bool) -> bool:
        if len(word) == 1 or not (apart or label.after_unit):
            return False
        run = _HAN_RUN.match(self.text, end, self.end)
        if run is None:
            return end == self.end or self.text[end] in " ()[]\x01《"
        if label.after_unit:
            return run[0][0] not in _NOT_AFTER_A_ROLE and self.are_people(run[0], run.end())
        if label.kind is Kind.SOURCE:
            return names.is_outlet(run[0], self.known)
        return label.kind is Kind.PEOPLE and names.is_person(run[0][:2], self.known)

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
            return "" if first and self.label.kind is Kind.SOURCE else word
        if self.label.kind is not Kind.PEOPLE:
            return "" if first else word
        return "" if first or names.is_person(word, self.known) else word


def _longest(one: re.Match[str] | None, other: re.Match[str] | None) -> re.Match[str] | None:
    if one is None or other is None:
        return one or other
    return other if other.end() > one.end() else one
