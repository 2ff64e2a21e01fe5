"""Lists of any length in pages of one size, found by place instead of by count.

A cursor names a place in the newest-first order: `before` asks for what is older than it,
`after` for what is newer. What comes and goes meanwhile shifts no page.
"""

import datetime
import re
from collections.abc import Sequence
from typing import NamedTuple

from django.http import Http404, QueryDict

from publication.models import Edition, EditionQuerySet

SIZE = 20
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MICROSECOND = datetime.timedelta(microseconds=1)
LARGEST_NUMBER = 2**63 - 1
CURSOR = re.compile(r"([0-9a-f]{1,14})-([0-9a-f]{1,16})")


class Page(NamedTuple):
    """Some editions, newest first. `newer` and `older` are cursors, empty where the list ends."""

    editions: list[Edition]
    newer: str
    older: str
    is_first: bool


def page(
    editions: EditionQuerySet,
    query: QueryDict,
    *,
    channels: Sequence[int] | None = None,
    size: int = SIZE,
) -> Page:
    """The page that `?before=` or `?after=` asks for, else the first; of these channels if given.

    Raises Http404 for a cursor that this site did not write.
    """
    before, after = query.get("before"), query.get("after")
    if before is not None and after is not None:
        raise Http404
    if after is not None:
        newer = editions.after(*_place(after)).oldest_first()
        found = _first(newer, channels, size + 1)
        if len(found) > size:
            rows = found[size - 1 :: -1]
            return Page(rows, cursor(rows[0]), cursor(rows[-1]), is_first=False)
    elif before is not None:
        editions = editions.before(*_place(before))
    found = _first(editions.newest_first(), channels, size + 1)
    rows, is_first = found[:size], before is None
    return Page(
        rows,
        newer=cursor(rows[0]) if rows and not is_first else "",
        older=cursor(rows[-1]) if len(found) > size else "",
        is_first=is_first,
    )


def cursor(edition: Edition) -> str:
    """The place of an edition, for an address."""
    moment = (edition.first_published_at - EPOCH) // MICROSECOND
    return f"{moment:x}-{edition.number:x}"


def _place(text: str) -> tuple[datetime.datetime, int]:
    match = CURSOR.fullmatch(text)
    if not match or (number := int(match[2], 16)) > LARGEST_NUMBER:
        raise Http404
    return EPOCH + int(match[1], 16) * MICROSECOND, number


def _first(editions: EditionQuerySet, channels: Sequence[int] | None, count: int) -> list[Edition]:
    if channels is not None:
        editions = editions.first_of_each(channels, count)
    return list(editions.for_lists()[:count])
