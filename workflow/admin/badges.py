"""States and moments as the desk's lists show them."""

import datetime

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from articles.models import Status
from publication.models import Edition


def badge(code: str, words: str) -> SafeString:
    """A state by colour and word."""
    return format_html('<span class="badge badge-{}">{}</span>', code, words)


def on_the_site(
    status: str,
    *,
    is_live: bool,
    live_until: datetime.datetime | None,
    goes_live_at: datetime.datetime | None,
    was_live: bool,
    at: datetime.datetime,
) -> SafeString:
    """What of an article is on the site at `at`; the arguments are those of `queues.with_site`."""
    if is_live and goes_live_at:
        words = _("live; changes %(time)s") % {"time": short_time(goes_live_at, at)}
    elif is_live and live_until:
        words = _("live until %(time)s") % {"time": short_time(live_until, at)}
    elif is_live:
        words = _("live")
    elif goes_live_at:
        words = _("goes live %(time)s") % {"time": short_time(goes_live_at, at)}
        return badge("scheduled", words)
    elif status == Status.WITHDRAWN:
        return badge("withdrawn", _("withdrawn"))
    elif was_live:
        return badge("ended", _("taken down"))
    else:
        return badge("never", _("not live yet"))
    return badge("live", words)


def short_time(moment: datetime.datetime, at: datetime.datetime) -> str:
    """A moment in Asia/Shanghai: MM-DD HH:MM, with the year where it is not that of `at`."""
    local, today = timezone.localtime(moment), timezone.localtime(at)
    return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d %H:%M}"


def edition_badge(edition: Edition, at: datetime.datetime) -> SafeString:
    """Where an edition stands at `at`."""
    if edition.is_cancelled:
        return badge("spiked", _("called off"))
    if edition.is_visible(at):
        return badge("live", _("live"))
    if edition.visible_from > at:
        return badge("scheduled", _("scheduled"))
    return badge("ended", _("taken down"))
