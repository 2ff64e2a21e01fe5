"""RSS of the whole site and of each channel."""

import datetime
from typing import NamedTuple

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.html import escape

from articles.models import Channel
from publication.models import Edition, Identity

LENGTH = 30


class Asked(NamedTuple):
    """What a feed is of, and the moment it was asked for; without a channel, of the site."""

    at: datetime.datetime
    identity: Identity
    channel: Channel | None


class NewestFeed(Feed):
    """The newest of the site, or of a channel with those below it."""

    feed_type = Rss201rev2Feed
    language = "zh-CN"

    def get_object(self, request: HttpRequest, slug: str = "") -> Asked:  # noqa: ARG002
        channel = get_object_or_404(Channel, slug=slug) if slug else None
        return Asked(timezone.now(), Identity.current(), channel)

    def title(self, asked: Asked) -> str:
        name = asked.identity.name
        return f"{asked.channel.name} · {name}" if asked.channel else name

    def description(self, asked: Asked) -> str:
        return asked.identity.slogan or asked.identity.organiser or asked.identity.name

    def link(self, asked: Asked) -> str:
        if asked.channel:
            return settings.SITE_URL + reverse("channel", args=[asked.channel.slug])
        return settings.SITE_URL + reverse("home")

    def feed_url(self, asked: Asked) -> str:
        if asked.channel:
            return settings.SITE_URL + reverse("channel_feed", args=[asked.channel.slug])
        return settings.SITE_URL + reverse("feed")

    def items(self, asked: Asked) -> list[Edition]:
        editions = Edition.objects.visible(asked.at).newest_first()
        if asked.channel:
            ids = [asked.channel.pk, *asked.channel.children.values_list("pk", flat=True)]
            editions = editions.first_of_each(ids, LENGTH)
        return list(editions.select_related("channel")[:LENGTH])

    def item_title(self, item: Edition) -> str:
        return item.headline

    def item_description(self, item: Edition) -> str:
        return escape(item.teaser)

    def item_link(self, item: Edition) -> str:
        return settings.SITE_URL + item.get_absolute_url()

    def item_author_name(self, item: Edition) -> str:
        return " ".join(item.authors)

    def item_categories(self, item: Edition) -> list[str]:
        return [item.channel.name, *item.tags]

    def item_pubdate(self, item: Edition) -> datetime.datetime:
        return timezone.localtime(item.first_published_at)
