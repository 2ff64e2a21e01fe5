"""Feeds and sitemaps."""

import datetime

import feedparser
import pytest
from django.test import override_settings
from django.urls import reverse
from lxml import etree

from publication.models import Identity
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]

NAMESPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture
def site():
    Identity.objects.create(pk=1, name="青溪新闻网", slogan="山水青溪")
    with override_settings(SITE_URL="https://news.example"):
        yield


def addresses(client, address: str) -> list[str]:
    response = client.get(address)
    assert response["Content-Type"] == "application/xml"
    return etree.fromstring(response.content).xpath("//s:loc/text()", namespaces=NAMESPACE)


def test_the_feed_gives_the_newest_with_absolute_addresses(client):
    older = make.edition(since=make.NOON - 2 * make.HOUR)
    newer = make.edition(
        since=make.NOON - make.HOUR,
        headline="“丰收”<节> & 山歌",
        summary="摘要一句。",
        tags=("丰收",),
    )

    feed = feedparser.parse(client.get("/feed.xml").content)

    assert not feed.bozo
    assert feed.feed.title == "青溪新闻网"
    assert feed.feed.link == "https://news.example/"
    assert [entry.link for entry in feed.entries] == [
        f"https://news.example{edition.get_absolute_url()}" for edition in (newer, older)
    ]
    assert feed.entries[0].title == "“丰收”<节> & 山歌"
    assert feed.entries[0].summary == "摘要一句。"
    assert feed.entries[0].published == "Mon, 23 Nov 2026 11:00:00 +0800"
    assert [tag.term for tag in feed.entries[0].tags] == [newer.channel.name, "丰收"]
    assert feed.entries[1].summary.startswith("11月23日下午")


def test_a_channel_has_a_feed_of_its_own_and_of_those_below_it(client):
    top = make.channel("文旅")
    below = make.edition(channel=make.channel(parent=top))
    make.edition()

    feed = feedparser.parse(client.get(reverse("channel_feed", args=[top.slug])).content)

    assert feed.feed.title == "文旅 · 青溪新闻网"
    assert [entry.link for entry in feed.entries] == [
        f"https://news.example{below.get_absolute_url()}"
    ]


def test_the_sitemap_names_every_channel_and_every_article_once(client):
    this_year = make.edition()
    new_years_eve = datetime.datetime(2024, 12, 31, 23, 59, tzinfo=make.SHANGHAI)
    before = make.edition(since=new_years_eve)
    after = make.edition(since=new_years_eve + 2 * make.HOUR)

    lists = addresses(client, "/sitemap.xml")
    articles = {
        year: addresses(client, reverse("sitemap_of_year", args=[year]))
        for year in (2024, 2025, 2026)
    }

    assert lists == [
        f"https://news.example/sitemap-{name}.xml" for name in ("channels", 2024, 2025, 2026)
    ]
    assert articles == {
        year: [f"https://news.example{edition.get_absolute_url()}"]
        for year, edition in ((2024, before), (2025, after), (2026, this_year))
    }
    channel = reverse("channel", args=[this_year.channel.slug])
    assert f"https://news.example{channel}" in addresses(client, "/sitemap-channels.xml")


def test_the_sitemap_of_an_empty_site_names_its_pages(client):
    assert addresses(client, "/sitemap.xml") == ["https://news.example/sitemap-channels.xml"]
    assert addresses(client, "/sitemap-channels.xml") == [
        "https://news.example/",
        "https://news.example/latest/",
    ]
