"""What stands around every page: who publishes the site, its channels, the day."""

import datetime
from typing import Any, NamedTuple

from django.conf import settings

from articles.models import Channel
from publication.models import Identity


class Branch(NamedTuple):
    """A channel of the first level with those below it."""

    channel: Channel
    children: list[Channel]

    @property
    def ids(self) -> list[int]:
        return [self.channel.pk, *(child.pk for child in self.children)]


def frame(at: datetime.datetime) -> dict[str, Any]:
    """The context that templates/publication/_layout.html needs, in two queries."""
    return {
        "at": at,
        "identity": Identity.current(),
        "branches": branches(),
        "site_url": settings.SITE_URL,
    }


def branches() -> list[Branch]:
    """All channels in their order, in one query."""
    channels = list(Channel.objects.order_by("order", "name"))
    by_id = {channel.pk: Branch(channel, []) for channel in channels if channel.parent_id is None}
    for channel in channels:
        if channel.parent_id in by_id:
            branch = by_id[channel.parent_id]
            channel.parent = branch.channel
            branch.children.append(channel)
    return list(by_id.values())
