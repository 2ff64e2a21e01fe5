"""Lists go both ways by place, and lose or repeat nothing while articles come and go."""

import pytest
from django.http import Http404, QueryDict

from publication import paging
from publication.models import Edition
from tests import factories as make

pytestmark = pytest.mark.django_db


def page(query: str = "", **options) -> paging.Page:
    return paging.page(Edition.objects.visible(make.NOON), QueryDict(query), size=3, **options)


def numbers(page: paging.Page) -> list[int]:
    return [edition.number for edition in page.editions]


def all_numbers() -> list[int]:
    return list(Edition.objects.newest_first().values_list("number", flat=True))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 6, 7, 10])
def test_walking_to_the_end_and_back_meets_every_article_once(count):
    make.many_editions(count, channels=[make.channel()])

    pages = [page()]
    while pages[-1].older:
        pages.append(page(f"before={pages[-1].older}"))
    back = [pages[-1]]
    while back[-1].newer:
        back.append(page(f"after={back[-1].newer}"))

    assert [number for one in pages for number in numbers(one)] == all_numbers()
    assert numbers(back[-1])[:3] == all_numbers()[:3]
    assert {number for one in back for number in numbers(one)} == set(all_numbers())
    assert back[-1].is_first
    assert pages[0].is_first


def test_articles_of_one_second_keep_their_order():
    shared = make.channel()
    for _ in range(7):
        make.edition(channel=shared)

    first = page()
    second = page(f"before={first.older}")
    third = page(f"before={second.older}")

    assert numbers(first) + numbers(second) + numbers(third) == all_numbers()


def test_what_is_published_meanwhile_shifts_no_page():
    channel = make.channel()
    make.many_editions(6, channels=[channel], since=make.NOON - make.HOUR)
    first = page()
    make.edition(channel=channel, since=make.NOON)

    assert numbers(page(f"before={first.older}")) == all_numbers()[4:]


def test_a_list_of_some_channels_is_the_newest_of_them_together():
    news, sport, other = make.channel(), make.channel(), make.channel()
    make.many_editions(12, channels=[news, sport, other])
    wanted = [
        edition.number
        for edition in Edition.objects.newest_first()
        if edition.channel_id in {news.pk, sport.pk}
    ]

    first = page(channels=[news.pk, sport.pk])
    second = page(f"before={first.older}", channels=[news.pk, sport.pk])

    assert numbers(first) + numbers(second) == wanted[:6]
    assert page(channels=[]).editions == []


def test_a_page_past_the_end_is_empty_and_not_the_first():
    make.many_editions(2, channels=[make.channel()])

    past = page(f"before={paging.cursor(Edition.objects.oldest_first()[0])}")

    assert past == paging.Page([], newer="", older="", is_first=False)


def test_the_last_cursors_there_can_be_lead_somewhere():
    make.many_editions(2, channels=[make.channel()])

    assert page("before=0-0").editions == []
    assert numbers(page("before=ffffffffffffff-7fffffffffffffff")) == all_numbers()
    assert page("after=ffffffffffffff-7fffffffffffffff").is_first


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "1", "1-", "-1", "1-1-1", "fffffffffffffff-1", "1-8000000000000000", "１-1"],
)
def test_a_cursor_this_site_did_not_write_is_not_found(cursor):
    for direction in ("before", "after"):
        query = QueryDict(mutable=True)
        query[direction] = cursor
        with pytest.raises(Http404):
            paging.page(Edition.objects.all(), query)
