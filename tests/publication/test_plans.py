"""Pages cost the same at ten and at a thousand articles, and the database walks indexes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Channel
from publication import paging
from publication.models import Edition
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
    }


def queries(client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code in {200, 301}
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


def test_public_pages_read_editions_through_indexes(client, channels):
    make.many_editions(3000, channels=channels)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for name, address in pages(channels).items():
        for sql in queries(client, address):
            if "publication_edition" in sql:
                assert not whole_reads(sql), f"{name}: {sql}"


def whole_reads(sql: str) -> list[str]:
    """The steps of the plan that read the table of editions without an index."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"EXPLAIN {sql}")
            steps = [row[0] for row in cursor.fetchall()]
            return [step for step in steps if "Seq Scan on publication_edition" in step]
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        steps = [row[3] for row in cursor.fetchall()]
    return [
        step
        for step in steps
        if step.startswith("SCAN") and "publication_edition" in step and "INDEX" not in step
    ]
