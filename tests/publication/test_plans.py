"""Pages cost the same at ten and at a thousand articles, and the database walks indexes."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Channel
from publication import paging
from publication.models import Edition, PictureUse
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def channels() -> list[Channel]:
    tops = [make.channel() for _ in range(8)]
    return [*tops, *(make.channel(parent=tops[0]) for _ in range(3))]


def pages(channels: list[Channel]) -> dict[str, str]:
    edition = Edition.objects.filter(channel=channels[0]).newest_first().first()
    middle = Edition.objects.newest_first()[5]
    place = paging.cursor(middle)
    return {
        "home": reverse("home"),
        "latest": reverse("latest"),
        "latest, older": f"{reverse('latest')}?before={place}",
        "latest, newer": f"{reverse('latest')}?after={place}",
        "channel": reverse("channel", args=[channels[0].slug]),
        "channel, older": f"{reverse('channel', args=[channels[0].slug])}?before={place}",
        "channel below": reverse("channel", args=[channels[-1].slug]),
        "article": edition.get_absolute_url(),
        "old address": f"/c/{edition.number}.htm",
        "feed": reverse("feed"),
        "channel's feed": reverse("channel_feed", args=[channels[0].slug]),
        "sitemap": reverse("sitemap"),
        "sitemap of a year": reverse("sitemap_of_year", args=[f"{make.NOON:%Y}"]),
        "sitemap of channels": reverse("sitemap_of_channels"),
    }


def picture() -> str:
    """The address of a picture that readers see, where every edition has one."""
    without = Edition.objects.filter(picture_uses=None).values_list("pk", flat=True)
    PictureUse.objects.bulk_create(
        PictureUse(edition_id=edition, token=f"{edition:032x}") for edition in without
    )
    shown = make.edition(lead_picture=make.picture())
    return reverse("picture", args=[shown.pictures[shown.lead_picture]["renditions"][0]["name"]])


def queries(client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
        assert response.status_code in {200, 301}
        response.getvalue()  # reading to the end closes a file
    return [query["sql"] for query in captured.captured_queries]


def test_queries_are_constant(client, channels):
    make.many_editions(22, channels=channels)
    few = {name: len(queries(client, address)) for name, address in pages(channels).items()}

    make.many_editions(1000, channels=channels, since=make.NOON - 30 * make.HOUR)
    many = {name: len(queries(client, address)) for name, address in pages(channels).items()}

    assert few == many
    assert max(many.values()) <= 6


def test_more_channels_cost_the_front_page_no_more_queries(client, channels):
    make.many_editions(22, channels=channels)
    before = len(queries(client, "/"))
    make.many_editions(40, channels=[make.channel() for _ in range(20)])

    assert len(queries(client, "/")) == before


def test_a_picture_costs_one_query_however_many_there_are(client, channels):
    make.many_editions(10, channels=channels)
    few = len(queries(client, picture()))
    make.many_editions(1000, channels=channels, since=make.NOON - 30 * make.HOUR)

    assert len(queries(client, picture())) == few == 1


def test_public_pages_read_editions_through_indexes(client, channels):
    # The year that is asked for is a small part of all.
    make.many_editions(100, channels=channels)
    make.many_editions(3000, channels=channels, since=make.NOON - datetime.timedelta(days=365))
    asked = {**pages(channels), "picture": picture()}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for name, address in asked.items():
        for sql in queries(client, address):
            assert not whole_reads(sql), f"{name}: {sql}"


GROWING = ("publication_edition", "publication_pictureuse")


def whole_reads(sql: str) -> list[str]:
    """The steps of the plan that read a table that grows without an index."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"EXPLAIN {sql}")
            steps = [row[0] for row in cursor.fetchall()]
            return [step for step in steps for table in GROWING if f"Seq Scan on {table}" in step]
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        steps = [row[3] for row in cursor.fetchall()]
    return [
        step
        for step in steps
        for table in GROWING
        if step.startswith("SCAN") and table in step and "INDEX" not in step
    ]
