"""What a page was called in its earlier system."""

import datetime

import pytest

from legacy.addresses import day, is_web_address, origin


@pytest.mark.parametrize(
    ("url", "system", "key"),
    [
        ("http://zt.rednet.cn/c/2014/05/21/3355296.htm", "rednet", "3355296"),
        ("https://www.example.com/content/2022/09/07/11804319.html", "rednet", "11804319"),
        ("https://mirror.example.net/content/646742/67/12981999.html", "rednet", "12981999"),
        ("https://qx.rednet.cn/m/content/2020/03/29/6960771.html", "rednet", "6960771"),
        ("http://qingxi.cjyun.org/p/87054.html", "cjyun", "87054"),
        ("http://m-qingxi.cjyun.org/p/76940.html", "cjyun", "76940"),
        ("http://www.example.com/p/87054.html", "example.com", "/p/87054.html"),
        ("https://wap.example.com/a/1.html?utm_source=x&from=app", "example.com", "/a/1.html"),
        (
            "http://example.com/portal.php?aid=46&mod=view",
            "example.com",
            "/portal.php?aid=46&mod=view",
        ),
    ],
)
def test_system_and_id_are_read_from_the_address(url: str, system: str, key: str) -> None:
    found = origin([url], "1.html")

    assert (found.system, found.id) == (system, key)
    assert len(found.addresses) == 1


def test_number_survives_every_change_of_path() -> None:
    old = origin(["http://a.example.com/c/2014/05/21/3355296.htm"], "")
    new = origin(["http://b.example.com/m/content/646742/67/3355296.html"], "")

    assert (old.system, old.id, old.number) == (new.system, new.id, new.number)


@pytest.mark.parametrize(
    ("url", "number"),
    [
        ("http://example.com/system/2017/03/08/021100907.shtml", 21100907),
        ("http://example.com/a/t20240412_1856863.html", 1856863),
        ("http://example.com/a/about.html", None),
        ("http://example.com/a/0.html", None),
        ("http://example.com/a/99999999999999999999.html", None),
    ],
)
def test_number_is_what_the_path_ends_in(url: str, number: int | None) -> None:
    assert origin([url], "").number == number


def test_front_page_and_what_is_no_address_name_nothing() -> None:
    urls = [
        "http://example.com/",
        "http://example.com/index.html",
        "javascript:void(0)",
        "http://[::1",
        "",
    ]

    assert origin(urls, "a/1.html").system == "file"


def test_page_without_address_is_known_by_its_path() -> None:
    found = origin([], "old/1.html")

    assert (found.system, found.id, found.number, found.addresses) == (
        "file",
        "old/1.html",
        None,
        (),
    )


def test_long_ids_are_cut_and_still_differ() -> None:
    one, other = (origin([], "a" * 200 + end) for end in "xy")

    assert len(one.id) == len(other.id) == 100
    assert one.id != other.id


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("/%E8%A6%81%E9%97%BB/1.html", "/%E8%A6%81%E9%97%BB/1.html"),
        ("/%D2%AA%CE%C5/1.html", "/%D2%AA%CE%C5/1.html"),
        ("/100%2541.html", "/100%2541.html"),
        ("/show.php?t=%B4%BA&id=7", "/show.php?t=%B4%BA&id=7"),
        ("/show.php?t=a%20b+c", "/show.php?t=a%20b+c"),
        ("/show.php?2017-08", "/show.php?2017-08"),
        ("/show.php?id=7&page=", "/show.php?id=7&page="),
        ("/show.php?utm_source=x&id=7&from=app&&fromid=2", "/show.php?id=7&fromid=2"),
        ("/show.php?from=timeline", "/show.php"),
    ],
)
def test_address_is_kept_as_it_was_written_without_what_counts_visits(
    written: str, kept: str
) -> None:
    assert origin([f"http://example.com{written}"], "").addresses == (kept,)


def test_address_that_is_written_in_two_ways_names_one_page() -> None:
    one = origin(["http://example.com/show.php?t=%e6%98%a5+a"], "")
    other = origin(["http://example.com/show.php?t=春%20a"], "")

    assert one.id == other.id == "/show.php?t=春 a"


def test_length_of_an_address_is_that_of_what_is_stored() -> None:
    long = "/%E6%98%A5" * 200

    assert origin([f"http://example.com{long}"], "").addresses == (long,)
    assert origin([f"http://example.com{long * 2}"], "").addresses == ()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/content/2022/09/07/11804319.html", datetime.date(2022, 9, 7)),
        ("/c/202011/04/1279381.html", datetime.date(2020, 11, 4)),
        ("/a/t20240412_1856863.html", datetime.date(2024, 4, 12)),
        ("/html/2019-02/13/380812.html", datetime.date(2019, 2, 13)),
        ("/content/646742/67/12981999.html", None),
        ("/content/2022/02/30/11804319.html", None),
    ],
)
def test_day_is_read_from_the_path(path: str, expected: datetime.date | None) -> None:
    assert day(origin([f"http://example.com{path}"], ""), "1.html") == expected


def test_a_web_address_is_one_that_a_page_may_link_to():
    assert is_web_address("https://news.example/a")
    assert not is_web_address("javascript:alert(1)")
    assert not is_web_address("news.example")
    assert not is_web_address("https://news.example/" + "a" * 200, 200)
