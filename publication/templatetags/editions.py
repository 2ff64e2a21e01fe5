"""Small things that pages print of editions."""

import datetime
from typing import Any

import segno
from django import template
from django.utils import timezone
from django.utils.html import format_html_join

from publication import pictures

register = template.Library()


@register.filter
def list_date(moment: datetime.datetime, at: datetime.datetime) -> str:
    """The day for a list: month and day, with the year where it is not that of `at`."""
    day, today = timezone.localtime(moment), timezone.localtime(at)
    return f"{day:%m-%d}" if day.year == today.year else f"{day:%Y-%m-%d}"


@register.filter
def phrases(headline: str) -> str:
    """A headline that breaks at its spaces where it can: 「县委常委会召开会议 研究部署…」."""
    parts = headline.split(" ")
    if len(parts) == 1:
        return headline
    return format_html_join(" ", '<span class="phrase">{}</span>', ((part,) for part in parts))


@register.inclusion_tag("publication/_picture.html")
def picture(
    record: dict[str, Any], sizes: str, *, alt: str | None = None, eager: bool = False
) -> dict[str, Any]:
    """A picture of an edition. `sizes` says how wide it is shown, as in HTML; an empty `alt` is
    for a picture beside the words that name it; an `eager` one is loaded first."""
    offered = pictures.offer(record)
    return {
        "offer": offered,
        "sizes": sizes,
        "alt": offered.alt if offered and alt is None else alt,
        "eager": eager,
    }


@register.inclusion_tag("publication/_qr_code.html")
def qr_code(address: str) -> dict[str, Any]:
    """The address as a QR code, drawn as one path of runs of dark modules."""
    border = 2
    runs = []
    matrix = segno.make(address, error="m", micro=False).matrix
    for row, modules in enumerate(matrix):
        column = 0
        while column < len(modules):
            length = 0
            while column + length < len(modules) and modules[column + length]:
                length += 1
            if length:
                runs.append(f"M{column + border} {row + border}h{length}v1h-{length}z")
            column += length or 1
    return {"path": "".join(runs), "side": len(matrix) + 2 * border}
