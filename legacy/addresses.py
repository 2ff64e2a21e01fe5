"""What a page was called in its earlier system: read from its addresses, pure.

The rednet engine served many hosts and changed its paths over the years, and mirrors write their
own host into its links; the number at the end of the path stayed the same through all of it.
"""

import datetime
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from publication.models import OldAddress

LONGEST_SYSTEM, LONGEST_ID, LONGEST_ADDRESS = 40, 100, 500  # characters
HIGHEST_NUMBER = 2**63 - 1

_WEB_ADDRESS = URLValidator(schemes=["http", "https"])

REDNET, CJYUN, FILE = "rednet", "cjyun", "file"

_REDNET = re.compile(
    r"(?:^|/)((?:m/)?(?:c|content)/(?:\d{4}/\d{2}/\d{2}|\d{6}/\d{2})/(\d{5,19})\.html?)$"
)
_CJYUN = re.compile(r"(?:^|/)((?:m/)?p/(\d{1,19})\.html?)$")
_CJYUN_HOST = re.compile(r"(?:^|[./])[\w-]+\.cjyun\.org(?:[./]|$)")
_NUMBER = re.compile(r"(\d{1,19})\.(?:s?html?|shtm)$")
_DAY = re.compile(r"[/_t](\d{4})[-/]?(\d{2})[-/]?(\d{2})[/_]")
# What visits are counted by, and what apps add when a page is passed on.
_NOISE = re.compile(r"utm_|spm$|from$|share|isappinstalled$|scene$|_t$|ver$|timestamp$")
_INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|php|aspx?|jsp)$")


@dataclass(frozen=True, slots=True)
class Origin:
    """The system, the page's id there, its number if it has one, and its paths without host, with
    their percent signs."""

    system: str
    id: str
    number: int | None
    addresses: tuple[str, ...]


def origin(urls: Iterable[str], file: str) -> Origin:
    """What the page was called, by the addresses that it names, the surest first, and by the path
    of the file that it was saved in."""
    candidates = [url for url in map(_Url.read, urls) if url and not url.is_home]
    addresses = tuple(dict.fromkeys(path for url in candidates for path in url.addresses()))
    for url in candidates:
        if family := _family(url.host, url.path):
            system, number, _path = family
            return Origin(system, number, _number(number), addresses)
    if family := _family(file, file):
        system, number, path = family
        return Origin(system, number, _number(number), tuple(dict.fromkeys([*addresses, path])))
    for url in candidates:
        if url.host:
            return Origin(
                _short(_site(url.host), LONGEST_SYSTEM),
                _short(OldAddress.as_stored(url.address), LONGEST_ID),
                _number_at_end(url.path),
                addresses,
            )
    return Origin(FILE, _short(file, LONGEST_ID), None, addresses)


def day(origin: Origin, file: str) -> datetime.date | None:
    """The day that the page's path names, where it names one."""
    for path in (*origin.addresses, file):
        if match := _DAY.search(path):
            year, month, number = map(int, match.groups())
            try:
                found = datetime.date(year, month, number)
            except ValueError:
                continue
            if 1995 <= found.year <= 2100:
                return found
    return None


@dataclass(frozen=True, slots=True)
class _Url:
    host: str
    path: str
    query: str

    @classmethod
    def read(cls, text: str) -> "_Url | None":
        try:
            parts = urlsplit(text.strip())
            host = (parts.hostname or "").lower()
        except ValueError:
            return None
        if parts.scheme not in {"http", "https", ""} or not (host or parts.path.startswith("/")):
            return None
        # Which encoding a page was asked for in is not known here, so nothing is decoded.
        query = (
            part
            for part in parts.query.split("&")
            if part and not _NOISE.match(part.partition("=")[0])
        )
        return cls(host, parts.path or "/", "&".join(query))

    @property
    def is_home(self) -> bool:
        return not self.query and (self.path == "/" or _INDEX.fullmatch(self.path) is not None)

    @property
    def address(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path

    def addresses(self) -> Iterator[str]:
        if len(OldAddress.as_stored(self.address)) <= LONGEST_ADDRESS:
            yield self.address


def is_web_address(text: str, longest: int = LONGEST_ADDRESS) -> bool:
    """Whether this is an address of at most so many characters that a page may link to."""
    try:
        _WEB_ADDRESS(text)
    except ValidationError:
        return False
    return len(text) <= longest


def _family(host: str, path: str) -> tuple[str, str, str] | None:
    """(system, id, path) of a page of an engine that is known."""
    if match := _REDNET.search(path):
        return REDNET, match[2].lstrip("0"), f"/{match[1]}"
    if _CJYUN_HOST.search(host) and (match := _CJYUN.search(path)):
        return CJYUN, match[2].lstrip("0"), f"/{match[1]}"
    return None


def _site(host: str) -> str:
    """The host without what tells its telephone pages from the others."""
    return re.sub(r"^(?:www|wap|m|3g)\.", "", host)


def _number_at_end(path: str) -> int | None:
    match = _NUMBER.search(path)
    return _number(match[1]) if match else None


def _number(digits: str) -> int | None:
    number = int(digits or 0)
    return number if 0 < number <= HIGHEST_NUMBER else None


def _short(text: str, limit: int) -> str:
    """The text, or its beginning and what tells it from others that begin alike."""
    if len(text) <= limit:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{text[: limit - 17]}~{digest}"
