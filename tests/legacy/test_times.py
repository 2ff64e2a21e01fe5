import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legacy.times import moment, stamps

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(*parts: int) -> datetime.datetime:
    return datetime.datetime(*parts, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-08-23 21:21:48", at(2023, 8, 23, 21, 21, 48)),
        ("2018-8-01 10:39", at(2018, 8, 1, 10, 39)),
        ("2023/8/3 9:05", at(2023, 8, 3, 9, 5)),
        ("2023.08.23 09:30", at(2023, 8, 23, 9, 30)),
        ("2023-08-2321:21:48", at(2023, 8, 23, 21, 21, 48)),
        ("２０２３-08-23　21：21", at(2023, 8, 23, 21, 21)),
        ("发布时间：2023-03-24 16:02", at(2023, 3, 24, 16, 2)),
        ("2023年8月23日 21:21", at(2023, 8, 23, 21, 21)),
        ("2023年8月23日21时", at(2023, 8, 23, 21)),
        ("2023年8月23日 星期三 09:30", at(2023, 8, 23, 9, 30)),
        ("2023年8月23日下午3点20分", at(2023, 8, 23, 15, 20)),
        ("2023年8月23日中午12:10", at(2023, 8, 23, 12, 10)),
        ("2023年8月23日中午1:10", at(2023, 8, 23, 13, 10)),
        ("10.04.2015 00:59", at(2015, 4, 10, 0, 59)),
        ("13/04/2015 08:00", at(2015, 4, 13, 8)),
        ("04/13/2015 08:00", at(2015, 4, 13, 8)),
        ("2023-08-23T21:21:48+08:00", at(2023, 8, 23, 21, 21, 48)),
        ("2023-08-23T13:21:48Z", at(2023, 8, 23, 21, 21, 48)),
        ("2023-08-23T10:21:48.250-0300", at(2023, 8, 23, 21, 21, 48)),
        ("20230823212148", at(2023, 8, 23, 21, 21, 48)),
    ],
)
def test_a_time_is_read_in_every_shape(text, expected):
    found = moment(text)

    assert found is not None and found.at == expected
    assert (found.date_only, found.has_year) == (False, True)


@pytest.mark.parametrize(
    "text",
    ["2023-08-23", "2023年8月23日", "20230823", "二〇二三年八月二十三日", "二零二三年八月二十三日",
     "2023-08-23 00:00", "2023-08-23 00:00:00"],
)  # fmt: skip
def test_a_mere_date_says_that_it_is_one(text):
    found = moment(text)

    assert found is not None and found.at == at(2023, 8, 23) and found.date_only


@pytest.mark.parametrize("text", ["8月23日", "02-13 09:33", "2月29日", "８月２３日 9时"])
def test_a_time_without_a_year_is_not_completed(text):
    found = moment(text)

    assert found is not None
    assert (found.at, found.has_year, found.text) == (None, False, text)


def test_a_date_that_can_be_read_in_two_ways_is_not_settled():
    found = moment("03/04/2015")

    assert found is not None and found.at is None and found.has_year


def test_midnight_with_a_zone_is_a_time_of_day():
    found = moment("2023-08-23T00:00:00+08:00")

    assert found is not None and not found.date_only


@pytest.mark.parametrize(
    "text",
    ["2023-02-30", "2015-13-01", "2023-08-23 25:00", "2月30日", "13月1日", "0000-00-00 00:00:00",
     "9999-12-31", "20231301", "二〇二三年十三月一日"],
)  # fmt: skip
def test_what_the_calendar_does_not_have_is_no_moment(text):
    assert moment(text) is None


@pytest.mark.parametrize(
    "text", ["", "增长5.3%", "1,200", "192.168.1.20", "0734-8123456", "第3-4版"]
)
def test_other_numbers_are_no_times(text):
    assert list(stamps(text)) == []


def test_impossible_dates_are_told_by_their_place():
    text = "时间:2023-02-30 来源"

    (stamp,) = stamps(text)

    assert stamp.moment is None and text[stamp.start : stamp.end] == "2023-02-30"


def test_stamps_come_in_order():
    found = list(stamps("发布：2023-08-23 21:21 更新：2023-08-24 08:00"))

    assert [stamp.moment.at.day for stamp in found] == [23, 24]


@given(
    st.datetimes(at(1950, 1, 1, 0, 1).replace(tzinfo=None), at(2099, 12, 31).replace(tzinfo=None)),
    st.sampled_from(
        [
            "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日 %H:%M:%S", "%Y.%m.%d %H:%M:%S",
            "%Y-%m-%dT%H:%M:%S", "%Y%m%d%H%M%S", "%d.%m.%Y %H:%M:%S",
        ]
    ),
)  # fmt: skip
def test_a_printed_time_is_read_back(time, shape):
    time = time.replace(microsecond=0, tzinfo=SHANGHAI)
    text = time.strftime(shape)

    found = moment(text)

    assert found is not None and found.at == time


@given(st.text(alphabet="0123456789-/.:年月日时 T+Z〇一二十（）上下午", max_size=40))
def test_reading_never_fails(text):
    moment(text)
