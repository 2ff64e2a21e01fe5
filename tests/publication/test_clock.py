"""Time alone decides what readers see: no worker runs, nobody presses a button."""

import datetime

import pytest
import time_machine
from django.test import Client

from articles.models import Article, Status
from publication.models import Edition
from tests import factories as make
from workflow import services

pytestmark = pytest.mark.django_db

MICROSECOND = datetime.timedelta(microseconds=1)
DAY = datetime.timedelta(days=1)
HEADLINE = "龙溪镇首座跨河人行桥建成通行"
SEVEN = datetime.datetime(2026, 11, 24, 7, 0, tzinfo=make.SHANGHAI)  # 23:00 of the 23rd in UTC
EIGHT = SEVEN + make.HOUR


@pytest.fixture
def scheduled() -> Article:
    """An article that was scheduled at noon for seven the next morning, until eight."""
    top = make.channel("乡镇")
    article = make.article(
        Status.APPROVED,
        headline=HEADLINE,
        channel=make.channel("龙溪镇", parent=top),
        lead_picture=make.picture(),
    )
    chief = make.user("chief_editor")
    make.take(services.schedule, article, by=chief, go_live=SEVEN, until=EIGHT)
    return article


def reached(client: Client, article: Article, at: datetime.datetime) -> dict[str, int | bool]:
    """The status of the article's own pages at a moment, and which lists name it."""
    edition = Edition.objects.get(number=article.number)
    assert edition.channel.parent
    page = edition.get_absolute_url()
    picture = f"/pictures/{edition.pictures[edition.lead_picture]['renditions'][0]['name']}"
    listed = {
        "home": "/",
        "latest": "/latest/",
        "channel": f"/channel/{edition.channel.slug}/",
        "channel above": f"/channel/{edition.channel.parent.slug}/",
        "feed": "/feed.xml",
        "feed of the channel": f"/channel/{edition.channel.slug}/feed.xml",
        "feed of the channel above": f"/channel/{edition.channel.parent.slug}/feed.xml",
        "sitemap": "/sitemap-2026.xml",
    }
    with time_machine.travel(at, tick=False):
        shown = client.get(picture)
        if shown.streaming:
            assert shown.getvalue()  # reading to the end closes the file
        found: dict[str, int | bool] = {
            "page": client.get(page).status_code,
            "old address": client.get(f"/c/2014/05/21/{article.number}.htm").status_code,
            "picture": shown.status_code,
        }
        for place, address in listed.items():
            html = client.get(address).content.decode()
            found[place] = page in html if place == "sitemap" else HEADLINE in html
    return found


def everywhere(page: int, old_address: int, picture: int, listed: bool) -> dict[str, int | bool]:
    lists = "home,latest,channel,channel above,feed,feed of the channel,feed of the channel above"
    return {
        "page": page,
        "old address": old_address,
        "picture": picture,
        **dict.fromkeys([*lists.split(","), "sitemap"], listed),
    }


@pytest.mark.parametrize("early", [make.HOUR, datetime.timedelta(seconds=1), MICROSECOND])
def test_a_scheduled_article_is_nowhere_before_its_second(client, scheduled, early):
    assert reached(client, scheduled, SEVEN - early) == everywhere(404, 404, 404, False)


@pytest.mark.parametrize("late", [0 * MICROSECOND, MICROSECOND, make.HOUR - MICROSECOND])
def test_a_scheduled_article_is_everywhere_from_its_second_on(client, scheduled, late):
    assert reached(client, scheduled, SEVEN + late) == everywhere(200, 301, 200, True)


@pytest.mark.parametrize("late", [0 * MICROSECOND, MICROSECOND, 365 * DAY])
def test_an_article_is_gone_everywhere_from_its_take_down_second_on(client, scheduled, late):
    assert reached(client, scheduled, EIGHT + late) == everywhere(410, 410, 404, False)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-23T23:59:59.999999+08:00", "2026/11/23"),
        ("2026-11-24T00:00:00+08:00", "2026/11/24"),
        ("2026-11-24T07:59:59+08:00", "2026/11/24"),  # still the 23rd in UTC
        ("2026-11-24T08:00:00+08:00", "2026/11/24"),
        ("2026-12-31T23:59:59+08:00", "2026/12/31"),
        ("2027-01-01T00:00:00+08:00", "2027/01/01"),
        ("2028-02-29T00:00:00+08:00", "2028/02/29"),
    ],
)
def test_the_address_carries_the_day_in_china(client, moment, day):
    at = datetime.datetime.fromisoformat(moment)
    article = make.article(Status.PUBLISHED, at=at + make.HOUR)

    with time_machine.travel(at, tick=False):
        response = client.get(f"/content/{day}/{article.number}.html")

    assert response.status_code == 200
    month, date = (int(part) for part in day.split("/")[1:])
    assert f"{month}月{date}日讯" in response.content.decode()


@pytest.mark.parametrize("month", [1, 7])
def test_times_are_printed_with_the_one_offset_of_china_all_year(client, month):
    at = datetime.datetime(2026, month, 23, 21, 21, 48, tzinfo=make.SHANGHAI)
    article = make.article(Status.PUBLISHED, at=at + make.HOUR)

    with time_machine.travel(at, tick=False):
        html = client.get(f"/content/2026/{month:02}/23/{article.number}.html").content.decode()

    assert f'datetime="2026-{month:02}-23T21:21:48+08:00"' in html
    assert f"2026-{month:02}-23 21:21:48" in html


def test_a_later_edition_keeps_the_address_of_the_first_day(client, scheduled):
    chief = make.user("chief_editor")
    later = EIGHT + 3 * DAY
    content = make.content(headline="跨河人行桥通行一周")
    make.take(services.save, scheduled, by=chief, at=later, content=content)
    other = make.user("chief_editor")
    make.take(services.pass_review, scheduled, by=other, at=later, stage=Status.FINAL_REVIEW)
    make.take(services.publish, scheduled, by=chief, at=later)

    with time_machine.travel(later, tick=False):
        response = client.get(f"/content/2026/11/24/{scheduled.number}.html")

    assert response.status_code == 200
    assert "跨河人行桥通行一周" in response.content.decode()
