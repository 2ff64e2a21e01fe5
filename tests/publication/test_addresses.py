"""Addresses: what answers where, what moved, what is gone, what never was."""

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from articles.models import Status
from publication.models import OldAddress
from tests import factories as make
from workflow import services

pytestmark = pytest.mark.django_db

SECRET = "尚未公开的内容"


def addresses_of(number: int) -> list[str]:
    return [
        f"/content/2026/11/23/{number}.html",
        f"/content/646742/67/{number}.html",
        f"/c/2026/11/23/{number}.htm",
        f"/m/content/2026/11/23/{number}.html",
        f"/{number}.html",
    ]


def test_an_article_has_the_address_of_the_day_it_was_first_published(client):
    edition = make.edition(since=make.NOON.replace(hour=0, minute=30))

    address = edition.get_absolute_url()

    assert address == f"/content/2026/11/23/{edition.number}.html"
    assert edition.headline in client.get(address).content.decode()


@pytest.mark.parametrize(
    "shape",
    [
        "/content/2020/01/01/{}.html",
        "/content/646742/67/{}.html",
        "/c/2014/05/21/{}.htm",
        "/m/content/2026/11/23/{}.html",
        "/{}.html",
        "/content/2026/11/23/0{}.html",
    ],
)
def test_every_old_address_leads_to_the_canonical_one(client, shape):
    edition = make.edition()

    response = client.get(shape.format(edition.number))

    assert response.status_code == 301
    assert response["Location"] == edition.get_absolute_url()


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("/news/spring.shtml", "/news/spring.shtml"),
        ("/news/spring.shtml", "/news/spring.shtml?from=timeline"),
        ("/2014/春耕/", "/2014/%E6%98%A5%E8%80%95/"),
        ("/2014/%D6%D0/", "/2014/%D6%D0/"),
        ("/show.php?id=7&t=春", "/show.php?id=7&t=%E6%98%A5"),
        ("/show.php?t=春", "/show.php?t=春"),
        ("/show.php?t=%B4%BA", "/show.php?t=%b4%ba"),
        ("/show.php?t=a+b", "/show.php?t=a%20b"),
        ("/show.php?t=a%20b", "/show.php?t=a+b"),
        ("/a+b.html?t=a+b", "/a+b.html?t=a+b"),
        ("/show.php?t=a%2Bb", "/show.php?t=a%2Bb"),
        ("/show.php?", "/show.php"),
        ("/?p=12", "/?p=12"),
        ("/pictures/spring.htm", "/pictures/spring.htm"),
        ("/channel/spring/", "/channel/spring/"),
    ],
)
def test_an_address_kept_whole_leads_to_the_canonical_one(client, stored, asked):
    edition = make.edition()
    OldAddress.objects.create(path=OldAddress.as_stored(stored), number=edition.number)

    for method in (client.get, client.head):
        response = method(asked)
        assert response.status_code == 301
        assert response["Location"] == edition.get_absolute_url()
        assert response["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize(
    ("address", "stored"),
    [
        ("/a/b.html#top", "/a/b.html"),
        ("/%E6%98%A5.html?q=%E8%80%95", "/春.html?q=耕"),
        ("/%d6%d0.html", "/%D6%D0.html"),
        ("/a%2Fb c", "/a/b c"),
        ("/a+b?c+d%20e%2Bf", "/a+b?c d e f"),
        ("/a?t=%b4%ba+%e6%98%a5", "/a?t=%B4%BA 春"),
        ("/\ud800", "/%ED%A0%80"),
    ],
)
def test_an_old_address_is_stored_as_a_browser_asks_for_it(address, stored):
    assert OldAddress.as_stored(address) == stored
    assert OldAddress.as_stored(stored) == stored


def test_an_old_query_answers_that_is_sent_without_percent_signs(client):
    edition = make.edition()
    OldAddress.objects.create(
        path=OldAddress.as_stored("/show.php?t=%B4%BA"), number=edition.number
    )

    response = client.generic(
        "GET", "/show.php", QUERY_STRING="t=春".encode("gbk").decode("latin-1")
    )

    assert response["Location"] == edition.get_absolute_url()


def test_of_an_address_with_and_without_its_query_the_whole_one_counts(client):
    bare, whole = make.edition(), make.edition()
    OldAddress.objects.create(path="/show.php", number=bare.number)
    OldAddress.objects.create(path="/show.php?id=7", number=whole.number)

    assert client.get("/show.php?id=7")["Location"] == whole.get_absolute_url()
    assert client.get("/show.php?id=8")["Location"] == bare.get_absolute_url()


def test_an_address_kept_whole_comes_before_the_number_at_its_end(client):
    taken, renumbered = make.edition(), make.edition()
    OldAddress.objects.create(path=f"/b/{taken.number}.html", number=renumbered.number)

    assert client.get(f"/b/{taken.number}.html")["Location"] == renumbered.get_absolute_url()
    assert client.get(f"/c/{taken.number}.html")["Location"] == taken.get_absolute_url()


def test_a_page_of_the_site_comes_before_an_old_address(client):
    edition, other = make.edition(), make.edition()
    pages = ["/", "/latest/", "/feed.xml", "/robots.txt", edition.get_absolute_url()]
    OldAddress.objects.bulk_create(OldAddress(path=path, number=other.number) for path in pages)

    assert [client.get(path).status_code for path in pages] == [200] * len(pages)
    assert client.get("/?utm_source=x").status_code == 200


def test_an_old_address_never_answers_for_the_desk(client):
    address = "/admin/articles/article/99999999/step/spring/"
    OldAddress.objects.create(path=address, number=make.edition().number)
    client.force_login(
        make.user("chief_editor"), backend="django.contrib.auth.backends.ModelBackend"
    )

    assert client.get(address).status_code == 404


def test_an_old_address_is_only_for_reading(client):
    OldAddress.objects.create(path="/news/spring.shtml", number=make.edition().number)

    assert client.post("/news/spring.shtml").status_code == 404


def test_the_old_address_of_a_withdrawn_article_says_that_it_is_gone(client):
    article = make.article(Status.WITHDRAWN, headline=SECRET)
    OldAddress.objects.create(path="/news/spring.shtml", number=article.number)

    response = client.get("/news/spring.shtml")

    assert response.status_code == 410
    assert SECRET not in response.content.decode()


def test_the_old_address_of_what_was_never_public_is_not_found(client):
    OldAddress.objects.create(path="/news/spring.shtml", number=make.draft().number)
    OldAddress.objects.create(path="/news/4711.html", number=4711)

    assert client.get("/news/spring.shtml").status_code == 404
    assert client.get("/news/4711.html").status_code == 404


def test_an_unknown_address_costs_one_indexed_query(client, django_assert_num_queries):
    with django_assert_num_queries(1) as captured:
        OldAddress.objects.number_at("/news/spring.shtml", "from=timeline")

    sql = captured.captured_queries[0]["sql"]
    OldAddress.objects.bulk_create(
        OldAddress(path=f"/news/{place}.shtml", number=place) for place in range(1, 3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        plain = connection.vendor == "sqlite"
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}" if plain else f"EXPLAIN {sql}")
        plan = "\n".join(str(row) for row in cursor.fetchall())
    assert "publication_oldaddress_path" in plan or "INDEX" in plan


def test_a_number_nobody_had_is_not_found(client):
    for address in addresses_of(4711):
        assert client.get(address).status_code == 404


def test_a_withdrawn_article_is_gone_with_its_notice_and_without_its_text(client):
    article = make.article(Status.PUBLISHED, headline=SECRET, body=f"<p>{SECRET}</p>")
    make.take(
        services.withdraw,
        article,
        by=make.user("chief_editor"),
        note="数据有误",
        public_note="该稿件因数据核实已撤回。",
    )

    for address in addresses_of(article.number):
        response = client.get(address)
        assert response.status_code == 410
        assert "该稿件因数据核实已撤回。" in response.content.decode()
        assert SECRET not in response.content.decode()
        assert "数据有误" not in response.content.decode()


def test_an_article_whose_time_has_ended_is_gone(client):
    edition = make.edition(until=make.NOON, headline=SECRET)

    for address in addresses_of(edition.number):
        response = client.get(address)
        assert response.status_code == 410
        assert SECRET not in response.content.decode()


def test_a_notice_of_withdrawal_is_not_shown_for_a_later_end(client, clock):
    article = make.article(Status.WITHDRAWN)
    again = make.editions.unsaved(
        article,
        visible_from=make.NOON,
        visible_until=make.NOON + make.HOUR,
        reviewers=[],
    )
    make.editions.open_edition(again, make.NOON)

    assert client.get(again.get_absolute_url()).status_code == 200
    clock.shift(3600)
    response = client.get(again.get_absolute_url())
    assert response.status_code == 410
    assert "展示期已结束" in response.content.decode()


def test_a_scheduled_article_is_not_found_before_its_second(client, clock):
    edition = make.edition(since=make.NOON + make.HOUR)

    clock.shift(3599)
    before = [client.get(address).status_code for address in addresses_of(edition.number)]
    clock.shift(1)

    assert before == [404, 404, 404, 404, 404]
    assert client.get(edition.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("status", [status for status in Status if status != Status.PUBLISHED])
def test_no_public_address_gives_anything_of_an_article_that_is_not_published(client, status):
    picture = make.picture(caption=SECRET, alt=SECRET)
    article = make.article(
        status,
        headline=SECRET,
        summary=SECRET,
        body=f"<p>{SECRET}</p>",
        lead_picture=picture,
        tags=(SECRET,),
    )
    published = make.edition(channel=article.channel)
    everywhere = [
        *addresses_of(article.number),
        published.get_absolute_url(),
        reverse("home"),
        reverse("latest"),
        reverse("feed"),
        reverse("channel", args=[article.channel.slug]),
        reverse("channel_feed", args=[article.channel.slug]),
        reverse("sitemap"),
        reverse("sitemap_of_channels"),
        reverse("sitemap_of_year", args=[2026]),
        reverse("robots"),
    ]
    for address in everywhere:
        response = client.get(address)
        text = response.content.decode()
        assert response.status_code < 500
        assert SECRET not in text
        if str(article.number) not in address:
            assert str(article.number) not in text
    for rendition in make.editions.renditions.planned(picture):
        assert client.get(reverse("picture", args=[rendition["name"]])).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_public_pages_only_answer_to_reading(method):
    edition = make.edition()
    client = Client(enforce_csrf_checks=True)
    for address in (
        "/",
        "/latest/",
        edition.get_absolute_url(),
        f"/m/{edition.number}.html",
        reverse("channel", args=[edition.channel.slug]),
        "/feed.xml",
        "/sitemap.xml",
        "/robots.txt",
        "/pictures/x.jpg",
    ):
        response = getattr(client, method)(address)
        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD"


def test_head_answers_like_get_without_a_body(client):
    edition = make.edition()

    response = client.head(edition.get_absolute_url())

    assert response.status_code == 200
    assert response.content == b""


@pytest.mark.parametrize(
    "address",
    [
        "/%00",
        "/%00/1.html",
        "/content/2026/11/23/%00.html",
        "/content/2026/11/23/１２.html",
        f"/{'9' * 19}.html",
        f"/{'9' * 400}.html",
        "/%ff%fe/7.html",
        "/%E2%80%AE7.html",
        "/" + "x/" * 500 + "7.html",
        "/channel/%00/",
        "/channel/nowhere/",
        "/channel/nowhere/feed.xml",
        "/pictures/%00",
        "/pictures/..%2F..%2Fsecret-key",
        "/pictures/" + "0" * 32 + "-480.jpg",
        "/latest/?before=%00",
        "/latest/?before=",
        "/latest/?before=fffffffffffffff-1",
        "/latest/?before=1-ffffffffffffffff",
        "/latest/?before=1-1&after=1-1",
        "/latest/?after=nonsense",
        "/sitemap-0000.xml",
        "/sitemap-9999.xml",
        "/sitemap-2001.xml",
    ],
)
def test_odd_addresses_are_not_found(client, address):
    assert client.get(address).status_code == 404


def test_an_unknown_host_gets_a_page_in_the_sites_look(client):
    response = client.get("/", HTTP_HOST="elsewhere.example")

    assert response.status_code == 400
    assert "site/frame.css" in response.content.decode()


def test_pages_may_be_kept_for_a_minute_and_errors_not_at_all(client):
    edition = make.edition()

    page = client.get(edition.get_absolute_url())
    absent = client.get("/nothing")

    assert "max-age=60" in page["Cache-Control"]
    assert absent["Cache-Control"] == "no-cache"
    assert "Cookie" not in page.get("Vary", "")
    assert not page.cookies


def test_a_page_that_has_not_changed_is_not_sent_again(client):
    address = make.edition().get_absolute_url()
    etag = client.get(address)["ETag"]

    assert client.get(address, HTTP_IF_NONE_MATCH=etag).status_code == 304


def test_the_page_of_a_broken_server_needs_no_database(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("publication.views.frame", lambda _at: 1 / 0)

    response = client.get("/")

    assert response.status_code == 500
    assert "服务器出了点问题" in response.content.decode()


@override_settings(SITE_URL="https://news.example")
def test_robots_find_the_sitemap_and_keep_out_of_the_desk(client):
    text = client.get("/robots.txt").content.decode()

    assert "Disallow: /admin/" in text
    assert "Sitemap: https://news.example/sitemap.xml" in text
