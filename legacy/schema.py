"""One article as a mapping: the documented schema of JSON Lines, CSV and XLSX (docs/migration.md).

`to_json` writes what a `Reader` reads: a record that an export wrote gives the same bytes again.
What people put together by hand is read leniently: other names of the keys, by-lines as they are
printed, plain text for a body, dates in the shapes of legacy/times.py. What is of the wrong kind
sets the record aside; what is merely doubtful is said in its doubts.
"""

import base64
import datetime
import functools
import hashlib
import html
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from articles.markup import without_controls
from articles.models import Role, Status
from legacy import bylines, times
from legacy.addresses import FILE, HIGHEST_NUMBER, LONGEST_ID, LONGEST_SYSTEM, Origin, origin
from legacy.files import Opener
from legacy.mending import Mender
from legacy.records import Credit, Doubt, Format, Image, Place, Record, Unreadable
from people.models import unpadded

VERSION = 1
BEGINNING = b'{"newsroom":1,'  # of each line of an export
BEIJING = datetime.timezone(datetime.timedelta(hours=8))
MOST_TOLD = 1000  # keys
MOST_DIGITS = 1000  # of a number; Python reads no more than some thousand
LONGEST_BYLINE, LONGEST_TIME = 2000, 100  # characters
EARLIEST, LATEST = 1900, 2200  # years; what lies outside is a slip

# Opens the file that a record names; None where there is none.
type Files = Callable[[str], Opener | None]

LINES = (
    "kicker",
    "headline",
    "subtitle",
    "short_headline",
    "summary",
    "original_headline",
    "original_author",
    "original_url",
    "notice",
)
# Keys whose words are by-lines as pages print them, and how a page would begin each.
PRINTED = {
    "byline": "",
    "author": "作者：",
    "reporter": "记者：",
    "correspondent": "通讯员：",
    "intern": "实习生：",
    "photographer": "摄影：",
    "videographer": "摄像：",
    "editor": "编辑：",
    "proofreader": "校对：",
    "first_reviewer": "一审：",
    "second_reviewer": "二审：",
    "final_reviewer": "三审：",
}
KEYS = frozenset(
    (
        "newsroom system id number status published_at visible_until addresses url body "
        "has_dateline channel source credits tags lead_picture pictures corrections"
    ).split()
    + list(LINES)
    + list(PRINTED)
)
# Other names of the keys, in lower case: what spreadsheets and dumps call them.
NAMES = {
    **dict.fromkeys("系统 原系统 来源系统 legacy_system".split(), "system"),
    **dict.fromkeys("编号 原编号 legacy_id article_id aid guid".split(), "id"),
    **dict.fromkeys("稿号 文章编号".split(), "number"),
    **dict.fromkeys("状态 发布状态 state".split(), "status"),
    **dict.fromkeys(
        "发布时间 发布日期 发表时间 发稿时间 首发时间 时间 日期 date time datetime pubdate pub_date "
        "publish_time publish_date published publishedat first_published_at".split(),
        "published_at",
    ),
    **dict.fromkeys("下线时间 有效期至".split(), "visible_until"),
    **dict.fromkeys("旧网址 旧地址 原路径".split(), "addresses"),
    **dict.fromkeys("网址 链接 地址 本文链接 原文链接 文章链接 link permalink".split(), "url"),
    **dict.fromkeys("引题 眉题 肩题".split(), "kicker"),
    **dict.fromkeys("标题 主标题 主题 文章标题 稿件标题 title".split(), "headline"),
    **dict.fromkeys("副题 副标题 sub_title".split(), "subtitle"),
    **dict.fromkeys("列表短题 短标题 短题 short_title".split(), "short_headline"),
    **dict.fromkeys("摘要 导语 简介 abstract description excerpt".split(), "summary"),
    **dict.fromkeys("正文 内容 文章内容 正文内容 content text html".split(), "body"),
    "电头": "has_dateline",
    **dict.fromkeys("栏目 频道 分类 类别 category section column".split(), "channel"),
    **dict.fromkeys("来源 稿件来源 信息来源 出处 origin".split(), "source"),
    **dict.fromkeys("原标题 原题".split(), "original_headline"),
    **dict.fromkeys("原作者".split(), "original_author"),
    **dict.fromkeys("原文地址 转载地址 来源地址".split(), "original_url"),
    **dict.fromkeys("标签 关键词 关键字 tag keywords".split(), "tags"),
    **dict.fromkeys("题图 封面 封面图 头图 cover thumbnail".split(), "lead_picture"),
    **dict.fromkeys("图片 配图 images".split(), "pictures"),
    "更正": "corrections",
    **dict.fromkeys("公告 撤稿说明 撤稿公告".split(), "notice"),
    **dict.fromkeys("署名 by_line".split(), "byline"),
    **dict.fromkeys("作者 撰稿 撰稿人 authors writer".split(), "author"),
    **dict.fromkeys("记者 reporters".split(), "reporter"),
    **dict.fromkeys("通讯员 correspondents".split(), "correspondent"),
    **dict.fromkeys("实习生 实习记者".split(), "intern"),
    **dict.fromkeys("摄影 图 摄影记者 photographers".split(), "photographer"),
    "摄像": "videographer",
    **dict.fromkeys("编辑 责任编辑 责编 editors".split(), "editor"),
    "校对": "proofreader",
    **dict.fromkeys("一审 初审".split(), "first_reviewer"),
    **dict.fromkeys("二审 复审".split(), "second_reviewer"),
    **dict.fromkeys("三审 终审".split(), "final_reviewer"),
}
STATUSES = {
    **{str(status): status for status in (Status.PUBLISHED, Status.DRAFT, Status.WITHDRAWN)},
    **dict.fromkeys("publish 已发 已发布 发布 在线 已上线 1".split(), Status.PUBLISHED),
    **dict.fromkeys("草稿 未发 未发布 待发 0".split(), Status.DRAFT),
    **dict.fromkeys("已撤稿 撤稿 已撤 已下线 下线".split(), Status.WITHDRAWN),
}
ROLES = {
    **{str(role): role for role in Role},
    "记者": Role.REPORTER,
    "通讯员": Role.CORRESPONDENT,
    **dict.fromkeys("实习生 实习记者".split(), Role.INTERN),
    **dict.fromkeys("摄影 摄影记者 图".split(), Role.PHOTOGRAPHER),
    **dict.fromkeys("摄像 视频".split(), Role.VIDEOGRAPHER),
    **dict.fromkeys("编辑 责任编辑 责编".split(), Role.EDITOR),
    "校对": Role.PROOFREADER,
    **dict.fromkeys("一审 初审".split(), Role.FIRST_REVIEWER),
    **dict.fromkeys("二审 复审".split(), Role.SECOND_REVIEWER),
    **dict.fromkeys("三审 终审".split(), Role.FINAL_REVIEWER),
}
TRUE = frozenset("true yes y 1 是 有".split())
FALSE = frozenset("false no n 0 否 无".split())

_BAD_ESCAPE = re.compile(r"\\u(?:00[01]|00[7-9]|d[89a-f]|20[0-6]|feff|fff[ef])", re.IGNORECASE)
_TAG = re.compile(r"<!--|</?[a-zA-Z][^<>]*>")
_BLOCK = re.compile(
    r"<(?:p|br|div|h[1-6]|[uo]l|dl|table|blockquote|section|article|figure|pre|center|hr)\b[^<>]*>",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_SOURCE_ADDRESS = re.compile(r"""\bsrc\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_INLINE = re.compile(
    r"""\bsrc\s*=\s*["']?data:image/[a-z0-9.+-]{1,20};base64,([A-Za-z0-9+/=\s]*)["']?""",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[,，、;；|\n]+")
_SEVERAL_NAMES = re.compile(r"[\s,，、;；/|]")
_BETWEEN_CHANNELS = re.compile(r"[/›>＞／\\]")
_BLANKS = re.compile(r"\s+")
# The addresses of most systems; there is nothing in them to be decoded or left out.
_NUMBERED_PATH = re.compile(r"/(?:[\w.-]+/)*([1-9][0-9]{0,17})\.s?html?", re.ASCII)
_WHOLE_NUMBER = re.compile(r"([0-9]{1,19})(?:\.0+)?", re.ASCII)


def to_json(record: Record) -> str:
    """One line of JSON, without its end; keys in a fixed order, none of them empty."""
    facts = {
        "newsroom": VERSION if record.exact else 0,
        "system": record.system,
        "id": record.id,
        "number": record.number,
        "status": str(record.status),
        "published_at": _written_time(record.published_at),
        "visible_until": _written_time(record.visible_until),
        "addresses": list(record.addresses),
        "kicker": record.kicker,
        "headline": record.headline,
        "subtitle": record.subtitle,
        "short_headline": record.short_headline,
        "summary": record.summary,
        "body": record.body,
        "has_dateline": record.has_dateline,
        "channel": _full({"name": record.channel, "slug": record.channel_slug}),
        "source": _full(
            {"name": record.source, "url": record.source_url, "own": record.source_is_own}
        ),
        "original_headline": record.original_headline,
        "original_author": record.original_author,
        "original_url": record.original_url,
        "credits": [
            _full(
                {
                    "name": credit.name,
                    "role": str(credit.role) if credit.stated else "",
                    "unit": credit.unit,
                    "is_unit": credit.is_unit,
                }
            )
            for credit in record.credits
        ],
        "tags": list(record.tags),
        "lead_picture": record.lead_picture,
        "pictures": {name: _written_picture(image) for name, image in record.images.items()},
        "corrections": [
            {"at": _written_time(_moment(row["at"])), "note": row["note"]}
            for row in record.corrections
        ],
        "notice": record.notice,
    }
    return json.dumps(_full(facts), ensure_ascii=False, separators=(",", ":"))


@dataclass(slots=True)
class Reader:
    """Reads the records of one file. `files` opens what lies beside it, `known` are the names that
    by-lines are matched against."""

    files: Files
    known: bylines.Known
    # Keys that the schema does not have; each is told of once, not with every record.
    told: set[str] = field(default_factory=set)

    def from_json(self, text: str, place: Place, raw: bytes) -> Record | Unreadable:
        """The record that one JSON object is. Never raises, whatever `text` is."""
        try:
            fields = _DECODER.decode(text)
            if not isinstance(fields, dict):
                return unreadable(place, _("This is no JSON object."))
            if _BAD_ESCAPE.search(text):
                fields = _without_controls(fields)
            return self.from_fields(fields, place, raw, Format.JSON_LINES)
        except RecursionError:
            return _too_deep(place)
        except _Wrong as error:
            return unreadable(place, str(error))
        except ValueError as error:
            return Unreadable(
                place,
                _("This is no JSON: %(error)s.") % {"error": error},
                _("Write one JSON object to a line, in UTF-8, and import the file again."),
            )

    def from_fields(
        self, fields: Mapping[str, Any], place: Place, raw: bytes, form: Format
    ) -> Record | Unreadable:
        """The record that a mapping is; `raw` are its original bytes."""
        try:
            return _Entry(self, place).record(fields, raw, form)
        except RecursionError:
            return _too_deep(place)
        except _Wrong as error:
            return unreadable(place, str(error))


def key_of(name: str) -> str:
    """The key of the schema that a column or a key of this name is; empty where there is none."""
    plain = name.strip().lower()
    return plain if plain in KEYS else NAMES.get(re.sub(r"\s+", "", plain), "")


def unreadable(place: Place, reason: str) -> Unreadable:
    """A record that its writer must mend."""
    return Unreadable(
        place,
        reason,
        _("Mend this record in the file and import the file again; what is in already stays."),
    )


def _too_deep(place: Place) -> Unreadable:
    return unreadable(place, _("The JSON is nested too deep."))


# Reading


class _Wrong(ValueError):
    """A value that is not of the kind that its key asks for, as a sentence."""


@dataclass(slots=True)
class _Entry:
    """One mapping that is being read."""

    reader: Reader
    place: Place
    given: dict[str, Any] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    images: dict[str, Image] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)

    def record(self, fields: Mapping[str, Any], raw: bytes, form: Format) -> Record:
        self.take(fields)
        is_exact = self.is_exact()
        mender = Mender(() if is_exact else self.all_texts())
        lines = {name: mender.text(name, self.text(name)) for name in LINES if name in self.given}
        source, source_url, source_is_own = self.source()
        source = mender.text("source", source)
        credits, source = self.credits(mender, source)
        origin = self.origin(is_exact)
        published_at = self.time("published_at")
        day = f"{published_at:%Y-%m-%d}" if published_at else ""
        system, identity = self.identity(origin, self.text("headline"), day)
        channel, channel_slug = self.channel()
        body = self.body(mender)
        self.show_pictures(body)
        return Record(
            place=self.place,
            format=form,
            raw=raw,
            system=system,
            id=identity,
            exact=is_exact,
            number=self.number(origin.number),
            status=self.status(),
            published_at=published_at,
            visible_until=self.time("visible_until"),
            addresses=origin.addresses,
            **lines,
            body=body,
            has_dateline=self.truth("has_dateline"),
            channel=mender.text("channel", channel),
            channel_slug=channel_slug,
            source=source,
            source_url=source_url,
            source_is_own=source_is_own,
            credits=credits,
            tags=tuple(mender.texts("tags", self.several("tags", _BETWEEN))),
            lead_picture=self.text("lead_picture"),
            images=self.images,
            corrections=self.corrections(),
            confidence=self.confidence,
            doubts=self.doubts,
            changes=mender.changes,
            marks=mender.marks,
            before=mender.before,
        )

    def take(self, fields: Mapping[str, Any]) -> None:
        """Sort what is given under the keys of the schema."""
        given = self.given
        for name, value in fields.items():
            if value is None or value in ("", [], {}):
                continue
            key = name if name in KEYS else key_of(name)
            if not key or (key in given and key not in PRINTED):
                self.leave_out(name, is_known=bool(key))
            elif key in given:
                given[key] = [*_listed(given[key]), *_listed(value)]
            else:
                given[key] = value

    def leave_out(self, name: str, *, is_known: bool) -> None:
        if name in self.reader.told:
            return
        if len(self.reader.told) < MOST_TOLD:
            self.reader.told.add(name)
        sentence = _("“%(name)s” was not read: the schema has no such key.")
        if is_known:
            sentence = _("“%(name)s” was not read: the record says this twice.")
        self.doubts.append(Doubt("", sentence % {"name": _shown(name)}))

    def is_exact(self) -> bool:
        version = self.given.get("newsroom", 0)
        if version in (0, VERSION) and isinstance(version, int):
            return version == VERSION
        if type(version) is not int:
            raise self.wrong("newsroom", json.dumps(version), _("a whole number"))
        raise _Wrong(
            _("“newsroom” says version %(version)s of the schema; this system reads %(own)d.")
            % {"version": _shown(version), "own": VERSION}
        )

    def all_texts(self) -> list[str]:
        texts: list[str] = []
        for value in self.given.values():
            if isinstance(value, str):
                texts.append(value)
            elif isinstance(value, list):
                texts += (text for text in value if isinstance(text, str))
        return texts

    # Values of one kind

    def text(self, key: str) -> str:
        value = self.given.get(key, "")
        if isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        raise self.wrong(key, value, _("a text"))

    def truth(self, key: str) -> bool:
        value = self.given.get(key, False)
        if isinstance(value, bool):
            return value
        word = str(value).strip().lower()
        if word in TRUE | FALSE:
            return word in TRUE
        raise self.wrong(key, value, _("true or false"))

    def several(self, key: str, between: re.Pattern[str] | None = None) -> list[str]:
        """A list of texts, or one text that `between` parts."""
        value = self.given.get(key, [])
        if isinstance(value, str) and between:
            parts = between.split(value)
            value = value.split() if len(parts) == 1 and between is _BETWEEN else parts
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise self.wrong(key, value, _("a list of texts"))
        return list(dict.fromkeys(text.strip() for text in texts if text.strip()))

    def time(self, key: str) -> datetime.datetime | None:
        value = self.given.get(key)
        if value is None:
            return None
        moment = _moment(value)
        if moment is None:
            self.confidence[key] = 0.0
            self.doubts.append(
                Doubt(
                    key,
                    _("“%(text)s” is no date with a year, month and day that there is.")
                    % {"text": _shown(value)},
                )
            )
        return moment

    def wrong(self, key: str, value: Any, wanted: str) -> _Wrong:
        return _Wrong(
            _("“%(key)s” must be %(wanted)s; it is %(value)s.")
            % {"key": key, "wanted": wanted, "value": _shown(value)}
        )

    # The parts of an article

    def number(self, found: int | None) -> int | None:
        """The number that is given; else the one that was found in an address."""
        value = self.given.get("number")
        if value is None:
            return found
        if isinstance(value, str) and (match := _WHOLE_NUMBER.fullmatch(value.strip())):
            value = int(match[1])
        if type(value) is int and 0 < value <= HIGHEST_NUMBER:
            return value
        raise self.wrong("number", value, _("a whole number above zero"))

    def status(self) -> Status:
        value = self.given.get("status")
        if value is None:
            return Status.PUBLISHED
        status = STATUSES.get(str(value).strip().lower())
        if status is None:
            raise self.wrong("status", value, _("one of published, draft and withdrawn"))
        return status

    def identity(self, origin: Origin, headline: str, day: str) -> tuple[str, str]:
        """The name of the earlier system and the article's id there.

        Where a record names none, its address stands in; else the name of the file and what the
        record calls itself, so that importing the same file again finds the same articles.
        """
        system, identity = self.text("system").strip(), self.text("id").strip()
        if origin.system != FILE:
            system, identity = system or origin.system, identity or origin.id
        number = self.number(None)
        if system and not identity and number:
            identity = str(number)
        if not system or not identity:
            name = PurePosixPath(self.place.file).name
            own = identity or (str(number) if number else "")
            if not own and not headline:
                raise _Wrong(_("It has no id, no number, no address and no headline."))
            system = system or FILE
            identity = f"{name}:{own}" if own else _digest(f"{name}\n{headline}\n{day}")
        if len(identity) > LONGEST_ID:
            identity = _digest(identity)
        if len(system) > LONGEST_SYSTEM:
            raise self.wrong("system", system, _("a name of at most 40 characters"))
        return system, identity

    def origin(self, is_exact: bool) -> Origin:
        """What the addresses say; those of an export are taken as they are."""
        given = self.several("addresses", _BLANKS)
        if is_exact or not (given or "url" in self.given):
            return Origin(FILE, "", None, tuple(given))
        if "id" in self.given and "system" in self.given and "url" not in self.given:
            plain = [_NUMBERED_PATH.fullmatch(address) for address in given]
            if all(plain) and plain[0]:
                return Origin(FILE, "", int(plain[0][1]), tuple(given))
        if url := self.text("url"):
            given.insert(0, url)
        found = origin(given, "")
        if len(found.addresses) == len(given):
            return found
        answered = [address for address in given if origin([address], "").addresses]
        for address in given:
            if address not in answered:
                sentence = _("“%(address)s” is no address that this site could answer.")
                self.doubts.append(Doubt("addresses", sentence % {"address": _shown(address)}))
        return origin(answered, "")

    def channel(self) -> tuple[str, str]:
        value = self.given.get("channel", "")
        if isinstance(value, dict):
            name, slug = value.get("name", ""), value.get("slug", "")
        elif isinstance(value, list) and all(isinstance(part, str) for part in value):
            name, slug = "/".join(value), ""
        else:
            name, slug = value, ""
        if not isinstance(name, str) or not isinstance(slug, str):
            raise self.wrong("channel", value, _("a name, or a name and an address"))
        if _BETWEEN_CHANNELS.search(name) and not self.given.get("newsroom"):
            parts = (part.strip() for part in _BETWEEN_CHANNELS.split(name))
            levels = [part for part in parts if part]
            name = "/".join(levels)
            if len(levels) > 2:
                sentence = _("“%(name)s” has more than two levels; “%(taken)s” was taken.")
                taken = f"{levels[0]}/{levels[-1]}"
                self.doubts.append(
                    Doubt("channel", sentence % {"name": _shown(name), "taken": _shown(taken)})
                )
        return name.strip(), slug

    def source(self) -> tuple[str, str, bool]:
        value = self.given.get("source", "")
        if isinstance(value, str):
            return value.strip(), "", False
        if isinstance(value, dict):
            name, url, own = value.get("name", ""), value.get("url", ""), value.get("own", False)
            if isinstance(name, str) and isinstance(url, str) and isinstance(own, bool):
                return name, url, own
        raise self.wrong("source", value, _("a name, or a name and a home page"))

    def credits(self, mender: Mender, source: str) -> tuple[tuple[Credit, ...], str]:
        """Who is credited, and the source: what is said plainly first, then what is printed."""
        stated = self.stated_credits(mender)
        printed = []
        for key in () if self.given.keys().isdisjoint(PRINTED) else PRINTED:
            texts = self.several(key)
            if sum(map(len, texts)) > LONGEST_BYLINE:
                raise self.wrong(key, texts[0], _("a by-line"))
            if texts:
                printed.append(PRINTED[key] + " ".join(mender.texts(key, texts)))
        if len(source) > LONGEST_BYLINE:
            raise self.wrong("source", source, _("a name, or a name and a home page"))
        is_plain = self.given.get("newsroom") or not _SEVERAL_NAMES.search(source)
        if not printed and is_plain:
            return tuple(stated), source
        read = bylines.parse(
            [*([f"来源：{source}"] if source else []), *printed], known=self.reader.known
        )
        is_dated = "published_at" in self.given
        if read.moment and not is_dated:
            self.given["published_at"] = read.moment.at
        self.doubts += (
            doubt for doubt in read.doubts if not (is_dated and doubt.field == "published_at")
        )
        for name, sure in read.confidence.items():
            if not (is_dated and name == "published_at"):
                self.confidence[name] = sure
        return tuple(dict.fromkeys([*stated, *read.credits])), read.source or source

    def stated_credits(self, mender: Mender) -> list[Credit]:
        """The credits that are given as rows; by-lines that stand among them join the others."""
        rows = self.given.get("credits", [])
        if isinstance(rows, str):
            rows = [rows]
        if not isinstance(rows, list):
            raise self.wrong("credits", rows, _("a list of names with their roles"))
        if printed := [row for row in rows if isinstance(row, str)]:
            self.given["byline"] = [*_listed(self.given.get("byline", [])), *printed]
            rows = [row for row in rows if not isinstance(row, str)]
        for row in rows:
            if not isinstance(row, dict) or not (
                isinstance(row.get("name"), str)
                and isinstance(row.get("unit") or "", str)
                and isinstance(row.get("role") or "", str)
                and isinstance(row.get("is_unit") or False, bool)
            ):
                raise self.wrong("credits", row, _("a list of names with their roles"))
        if mender.is_needed:
            names = [" ".join(row["name"].split()) for row in rows]
            mended = mender.texts("credits", names)
            rows = [{**row, "name": name} for row, name in zip(rows, mended, strict=True)]
        return [credit for row in rows for credit in self.credit(row)]

    def credit(self, row: Mapping[str, Any]) -> list[Credit]:
        name, unit, word = row["name"], row.get("unit") or "", row.get("role") or ""
        is_unit = row.get("is_unit") or False
        role = ROLES.get(word, Role.REPORTER)
        if word and word not in ROLES:
            self.doubts.append(
                Doubt(
                    "credits",
                    _("“%(name)s” is credited as “%(role)s”, which is no role here; left out.")
                    % {"name": _shown(name), "role": _shown(word)},
                )
            )
            return []
        if not name.strip():
            return []
        if name.isalnum():
            return [Credit(name, role, unit, is_unit, stated=bool(word))]
        return [Credit(unpadded(name), role, unit.strip(), is_unit, stated=bool(word))]

    def body(self, mender: Mender) -> str:
        text = self.given.get("body", "")
        if not isinstance(text, str):
            raise self.wrong("body", text, _("a text"))
        if text and not _BLOCK.search(text):
            is_plain = not _TAG.search(text)
            lines = (line.strip() for line in text.splitlines())
            if is_plain:
                # Dumps write entities into plain text, too.
                lines = (html.escape(html.unescape(line), quote=False) for line in lines)
            text = "\n".join(f"<p>{line}</p>" for line in lines if line)
        if "base64," in text:
            text = _INLINE.sub(self.inline, text)
        return mender.html("body", text)

    def inline(self, match: re.Match[str]) -> str:
        """A picture that stands in the text itself, under a name of its own."""
        name = f"inline-{len(self.images) + 1}"
        try:
            opener = functools.partial(io.BytesIO, base64.b64decode(match[1]))
        except ValueError:
            opener = None
        self.images[name] = Image(open=opener)
        return f'src="{name}"'

    def show_pictures(self, body: str) -> None:
        """Note the pictures that the record names, in the order in which it shows them."""
        rows = self.given.get("pictures", {})
        if isinstance(rows, str):
            rows = _BETWEEN.split(rows)
        if isinstance(rows, list):
            rows = {name: {} for name in rows if isinstance(name, str) and name}
        if not isinstance(rows, dict):
            raise self.wrong("pictures", rows, _("pictures by their names"))
        for name, row in rows.items():
            self.images[name] = self.picture(name, row)
        lead = self.text("lead_picture")
        for name in [*([lead] if lead else []), *shown_in(body)]:
            if name not in self.images:
                self.images[name] = Image(open=self.reader.files(name))

    def picture(self, name: str, row: Any) -> Image:
        if isinstance(row, str):
            row = {"file": row}
        focal = row.get("focal", [50, 50]) if isinstance(row, dict) else None
        if (
            not isinstance(focal, list)
            or len(focal) != 2
            or not all(type(share) is int and 0 <= share <= 100 for share in focal)
            or not all(
                isinstance(row.get(key, ""), str) for key in ("file", "caption", "alt", "credit")
            )
        ):
            raise self.wrong("pictures", row, _("pictures by their names"))
        return Image(
            open=self.reader.files(row.get("file") or name),
            caption=row.get("caption", ""),
            alt=row.get("alt", ""),
            credit=row.get("credit", ""),
            focal=(focal[0], focal[1]),
        )

    def corrections(self) -> tuple[Mapping[str, Any], ...]:
        rows = self.given.get("corrections")
        if rows is None:
            return ()
        wanted = _("a list of notes with their times")
        if not isinstance(rows, list):
            raise self.wrong("corrections", rows, wanted)
        found = []
        for row in rows:
            note = row.get("note") if isinstance(row, dict) else None
            moment = _moment(row.get("at")) if isinstance(row, dict) else None
            if not isinstance(note, str) or moment is None:
                raise self.wrong("corrections", row, wanted)
            found.append({"at": moment.isoformat(), "note": note})
        return tuple(found)


# Pictures


def shown_in(body: str) -> list[str]:
    """The `src` of each picture in HTML, each once."""
    if "<img" not in body and "<IMG" not in body:
        return []
    found = (_SOURCE_ADDRESS.search(image[0]) for image in _IMAGE.finditer(body))
    names = (next(filter(None, match.groups()), "") for match in found if match)
    return list(dict.fromkeys(html.unescape(name) for name in names if name))


# Times


def _moment(value: Any) -> datetime.datetime | None:
    """The moment that a value says; without a zone it is Beijing time, a large number counts
    seconds or milliseconds since 1970."""
    if isinstance(value, str):
        if len(value) > LONGEST_TIME:
            return None
        try:
            moment = datetime.datetime.fromisoformat(value)
        except ValueError:
            found = times.moment(value)
            return found.at if found else None
    elif isinstance(value, datetime.datetime):
        moment = value
    elif type(value) is int and 10**8 <= value < 10**13:
        seconds = value / 1000 if value >= 10**11 else value
        return datetime.datetime.fromtimestamp(seconds, BEIJING)
    else:
        return None
    if not EARLIEST <= moment.year <= LATEST:
        return None
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def _written_time(moment: datetime.datetime | None) -> str:
    return moment.astimezone(BEIJING).isoformat() if moment else ""


# JSON


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Wrong(_("“%(key)s” comes twice.") % {"key": _shown(twice)})
    return found


def _no_number(text: str) -> None:
    raise _Wrong(_("%(value)s is no number.") % {"value": text})


def _whole_number(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise _Wrong(_("A number has %(count)d digits.") % {"count": len(text)})
    return int(text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_no_number, parse_int=_whole_number
)


def _without_controls(value: Any) -> Any:
    if isinstance(value, str):
        return without_controls(value)
    if isinstance(value, list):
        return [_without_controls(item) for item in value]
    if isinstance(value, dict):
        return {without_controls(key): _without_controls(item) for key, item in value.items()}
    return value


def _full(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts that are none of nothing, no and empty."""
    return {key: value for key, value in facts.items() if value}


def _written_picture(image: Image) -> dict[str, Any]:
    return _full(
        {
            "caption": image.caption,
            "alt": image.alt,
            "credit": image.credit,
            "focal": list(image.focal) if image.focal != (50, 50) else [],
        }
    )


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [value]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _shown(value: Any) -> str:
    """A value for people, cut short."""
    text = without_controls(str(value))
    return text if len(text) <= 80 else f"{text[:80]}…"
