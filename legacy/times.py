"""Points in time as pages and tables print them; Asia/Shanghai unless they name another zone."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_DIGITS = str.maketrans("０１２３４５６７８９：．／－", "0123456789:./-")
_NUMERALS = "〇零○一二三四五六七八九十"
_CLOCK = r"""
    (?:\s*[(（]?(?:星期|周)[一二三四五六日天][)）]?)?
    (?:
        (?:\s*[T,，]\s*|\s+|(?<=[日\d]))
        (?P<half>上午|下午|中午|晚上|凌晨)?\s*
        (?P<hour>\d{1,2})(?::|[时點点])(?P<minute>\d{1,2})?(?:分|(?<=\d):(?P<second>\d{1,2}))?
        (?:\.\d{1,9})?
        (?:\s?(?P<zone>Z|[+-]\d\d:?\d\d))?
    )?
"""
_STAMP = re.compile(
    rf"""
    (?<![\d.])
    (?:
        (?P<year>\d{{4}})\s?[-/.年]\s?(?P<month>\d{{1,2}})\s?[-/.月]\s?
            (?P<day>\d\d(?=\d\d:)|\d{{1,2}}(?!\d))日?
      | (?P<numerals>[{_NUMERALS}]{{4}}年[{_NUMERALS}]{{1,3}}月[{_NUMERALS}]{{1,3}}日)
      | (?P<first>\d{{1,2}})(?P<between>[./])(?P<then>\d{{1,2}})(?P=between)(?P<last>\d{{4}})(?!\d)
      | (?P<only_month>\d{{1,2}})月(?P<only_day>\d{{1,2}})日
      | (?P<bare_month>\d{{1,2}})-(?P<bare_day>\d{{1,2}})(?=\s+\d{{1,2}}:\d\d)
    )
    {_CLOCK}
    """,
    re.VERBOSE,
)
_DIGIT_OR_YEAR = re.compile(r"\d|年")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?")
_YEARS = range(1949, 2100)

# Hour (None where no time of day is given), minute, second, zone ("" for Asia/Shanghai).
type _Clock = tuple[int | None, int, int, str]


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time that a page states.

    `at` is aware, in Asia/Shanghai; None where the page does not settle it: the year is missing,
    or day and month can be read either way. `date_only` says that no time of day is given; a
    midnight to the second is what tables make of a mere date, and counts as none. `text` is what
    the page says.
    """

    at: datetime.datetime | None
    date_only: bool
    has_year: bool
    text: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """A place in a text that has the shape of a time; `moment` is None where it is impossible."""

    start: int
    end: int
    moment: Moment | None


def moment(text: str) -> Moment | None:
    """The first point in time of `text`; None where it states none, or one that never was
    (2023-02-30)."""
    compact = _COMPACT.fullmatch(text.strip().translate(_DIGITS))
    if compact:
        year, month, day, hour, minute, second = (
            None if part is None else int(part) for part in compact.groups()
        )
        assert year is not None and month is not None and day is not None
        return _moment((year, month, day), (hour, minute or 0, second or 0, ""), text.strip())
    return next((stamp.moment for stamp in stamps(text)), None)


def stamps(text: str) -> Iterator[Stamp]:
    """Every place of `text` that has the shape of a time, in order."""
    if not _DIGIT_OR_YEAR.search(text):
        return
    for match in _STAMP.finditer(text.translate(_DIGITS)):
        start, end = match.span()
        yield Stamp(start, end, _read(match, text[start:end]))


def _read(match: re.Match[str], text: str) -> Moment | None:
    hour = _hour(int(match["hour"]), match["half"]) if match["hour"] else None
    clock = (hour, int(match["minute"] or 0), int(match["second"] or 0), match["zone"] or "")
    if match["year"]:
        return _moment((int(match["year"]), int(match["month"]), int(match["day"])), clock, text)
    if match["numerals"]:
        return _moment(_from_numerals(match["numerals"]), clock, text)
    if match["last"]:
        return _year_last(match, clock, text)
    month = int(match["only_month"] or match["bare_month"])
    day = int(match["only_day"] or match["bare_day"])
    # A leap year, so that 29 February may be.
    if _moment((2000, month, day), clock, text) is None:
        return None
    return Moment(at=None, date_only=hour is None, has_year=False, text=text)


def _year_last(match: re.Match[str], clock: _Clock, text: str) -> Moment | None:
    """10.04.2015: with dots the day always comes first; with slashes, either may."""
    first, then, year = int(match["first"]), int(match["then"]), int(match["last"])
    by_day = _moment((year, then, first), clock, text)
    if match["between"] == ".":
        return by_day
    by_month = _moment((year, first, then), clock, text)
    if by_day and by_month and by_day != by_month:
        return Moment(at=None, date_only=by_day.date_only, has_year=True, text=text)
    return by_day or by_month


def _moment(date: tuple[int, int, int], clock: _Clock, text: str) -> Moment | None:
    """The moment, or None where calendar or clock do not have it."""
    hour, minute, second, zone = clock
    if date[0] not in _YEARS:
        return None
    try:
        at = datetime.datetime(*date, hour or 0, minute, second, tzinfo=_zone(zone))
    except ValueError:
        return None
    date_only = hour is None or (not zone and (hour, minute, second) == (0, 0, 0))
    return Moment(at=at.astimezone(SHANGHAI), date_only=date_only, has_year=True, text=text)


def _zone(zone: str) -> datetime.tzinfo:
    if not zone:
        return SHANGHAI
    if zone == "Z":
        return datetime.UTC
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return datetime.timezone(datetime.timedelta(minutes=-minutes if zone[0] == "-" else minutes))


def _hour(hour: int, half: str | None) -> int:
    if half in {"下午", "晚上"} and hour < 12:
        return hour + 12
    if half == "中午" and hour < 3:
        return hour + 12
    return hour


def _from_numerals(text: str) -> tuple[int, int, int]:
    """二〇二三年八月二十三日"""
    year, month, day = re.split("[年月日]", text)[:3]
    digits = "".join(str(_digit(numeral)) for numeral in year)
    return int(digits), _number(month), _number(day)


def _number(numerals: str) -> int:
    """1 to 99 as written: 九, 十, 十二, 二十, 二十三."""
    tens, ten, ones = numerals.rpartition("十")
    if not ten:
        return _digit(ones)
    return (_digit(tens) if tens else 1) * 10 + (_digit(ones) if ones else 0)


def _digit(numeral: str) -> int:
    """The value of the first numeral; 十 among the figures of a year makes an impossible one."""
    return max(_NUMERALS.index(numeral[0]) - 2, 0)
