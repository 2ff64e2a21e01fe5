"""What the pages show."""

import datetime
import re

import pytest
from django.test import override_settings
from django.urls import reverse

from articles.content import Credit
from articles.models import Channel, Role
from publication.models import Identity
from publication.views import render_edition
from tests import factories as make

pytestmark = pytest.mark.django_db


def text_of(response) -> str:
    return response.content.decode()


def full_edition(**fields):
    people = {
        name: make.contributor(name) for name in ("苏晴", "陆远航", "魏倩", "程以宁", "周望山")
    }
    return make.edition(
        **{
            "kicker": "绿水青山就是金山银山",
            "headline": "青溪县召开秋冬生态环境整治工作推进会",
            "subtitle": "十项任务清单明确责任单位和完成时限",
            "summary": "会议部署今冬明春重点任务。",
            "body": "<p>11月23日，会议召开。</p>",
            "lead_picture": make.picture(caption="会议现场。", alt="会场", credit="魏倩"),
            "bylines": (
                Credit(people["苏晴"].pk, Role.REPORTER),
                Credit(people["陆远航"].pk, Role.CORRESPONDENT),
                Credit(people["苏晴"].pk, Role.PHOTOGRAPHER),
                Credit(people["周望山"].pk, Role.PROOFREADER),
            ),
            "tags": ("生态", "治水"),
            "reviewers": [
                {"stage": "first_review", "name": "程以宁"},
                {"stage": "second_review", "name": "周望山"},
                {"stage": "final_review", "name": "白秋实"},
            ],
            "corrections": [{"at": "2026-11-23T03:30:00+00:00", "note": "原文数据有误，已更正。"}],
            **fields,
        }
    )


@override_settings(SITE_URL="https://news.example")
def test_an_article_shows_everything_that_belongs_to_it(client):
    Identity.objects.create(pk=1, name="青溪新闻网", organiser="青溪县融媒体中心")
    own = make.own_source()
    own.home_url = "https://center.example/"
    own.save()
    top = make.channel("新闻")
    below = make.channel("要闻", parent=top)
    edition = full_edition(channel=below, since=make.NOON - make.HOUR)
    older = make.edition(
        channel=below, since=make.NOON - 2 * make.HOUR, headline="我县新增两处省级传统村落"
    )

    page = text_of(client.get(edition.get_absolute_url()))

    assert "<title>青溪县召开秋冬生态环境整治工作推进会</title>" in page
    assert '<link rel="canonical" href="https://news.example/content/2026/11/23/' in page
    assert '<meta name="description" content="会议部署今冬明春重点任务。">' in page
    crumbs = page[page.index('class="crumbs"') : page.index("</nav>", page.index('class="crumbs"'))]
    assert re.findall(r">([^<>]+)</(?:a|span)>", crumbs) == ["首页", "新闻", "要闻", "正文"]
    for words in ("绿水青山就是金山银山", "十项任务清单明确责任单位和完成时限", "生态", "治水"):
        assert words in page
    assert '<a href="https://center.example/" rel="noopener">青溪县融媒体中心</a>' in page
    assert "作者：<b>苏晴 陆远航</b>" in page
    assert "责任编辑：<b>程以宁</b>" in page
    assert '<time datetime="2026-11-23T11:00:00+08:00">2026-11-23 11:00:00</time>' in page
    assert (
        '<p><span class="dateline">青溪县融媒体中心11月23日讯（记者 苏晴 通讯员 陆远航 摄影 苏晴）'
        "</span>11月23日，会议召开。</p>"
    ) in page
    assert "会议现场。" in page
    assert "（图/魏倩）" in page
    signed = re.findall(r"<dt>([一二三]审)</dt><dd>(.+?)</dd>", page)
    assert signed == [("一审", "程以宁"), ("二审", "周望山"), ("三审", "白秋实")]
    assert "<dt>校对</dt><dd>周望山</dd>" in page
    assert f">https://news.example{edition.get_absolute_url()}</a>" in page
    assert '<svg class="qr"' in page
    assert "本站原创稿件" in page
    assert "2026-11-23 11:30:00</time> 原文数据有误，已更正。" in page
    assert f'rel="next" href="{older.get_absolute_url()}"' in page
    assert "返回青溪新闻网首页" in page


def test_a_reprint_shows_where_it_comes_from_and_no_dateline(client):
    edition = make.edition(
        source=make.source("澧州日报", home_url="https://lizhou.example/"),
        original_headline="澧水安澜",
        original_author="王一",
        original_url="https://lizhou.example/1.html",
    )

    page = text_of(client.get(edition.get_absolute_url()))

    assert "<dt>原标题</dt><dd>澧水安澜</dd>" in page
    assert "<dt>原作者</dt><dd>王一</dd>" in page
    assert '<a href="https://lizhou.example/1.html" rel="noopener">' in page
    assert "本文为转载稿件" in page
    assert "dateline" not in page


def test_the_rights_lines_are_those_of_the_identity(client):
    Identity.objects.create(
        pk=1, name="青溪新闻网", rights_own="本网原创。", rights_reprint="转自他处。"
    )
    reprint = make.edition(source=make.source())

    assert "本网原创。" in text_of(client.get(make.edition().get_absolute_url()))
    assert "转自他处。" in text_of(client.get(reprint.get_absolute_url()))


def test_two_reviews_end_with_the_final_one():
    edition = make.edition(
        reviewers=[
            {"stage": "first_review", "name": "程以宁"},
            {"stage": "final_review", "name": "白秋实"},
        ]
    )

    assert edition.signatures == [("一审", "程以宁"), ("终审", "白秋实")]


def test_a_legacy_article_prints_the_reviewers_of_its_byline():
    edition = make.edition(
        bylines=(
            Credit(make.contributor("罗华").pk, Role.FINAL_REVIEWER),
            Credit(make.contributor("魏倩").pk, Role.FIRST_REVIEWER),
            Credit(make.contributor("罗兴美").pk, Role.SECOND_REVIEWER),
            Credit(make.contributor("陈庆彬").pk, Role.REPORTER),
        )
    )

    assert edition.signatures == [("一审", "魏倩"), ("二审", "罗兴美"), ("三审", "罗华")]
    assert edition.authors == ["陈庆彬"]


def test_the_next_article_is_the_older_neighbour_in_the_channel_that_readers_see(client):
    channel = make.channel()
    ages = {age: make.NOON - age * make.HOUR for age in (1, 2, 3, 4)}
    newest = make.edition(channel=channel, since=ages[1])
    make.edition(since=ages[2])
    make.edition(channel=channel, since=ages[3], until=make.NOON)
    oldest = make.edition(channel=channel, since=ages[4])

    first = client.get(newest.get_absolute_url())
    last = client.get(oldest.get_absolute_url())

    assert first.context["next"] == oldest
    assert last.context["next"] is None
    assert first.context["aside"] == [oldest]


def test_a_preview_says_so_and_is_neither_kept_nor_indexed(rf):
    article = make.draft()
    unsaved = make.editions.unsaved(article, visible_from=make.NOON, reviewers=[])

    response = render_edition(rf.get("/"), unsaved, at=make.NOON, preview=True)

    page = text_of(response)
    assert "预览" in page
    assert "未发布" in page
    assert 'content="noindex"' in page
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert 'rel="canonical"' not in page


def test_an_old_edition_is_shown_with_the_time_readers_saw_it(rf):
    edition = make.edition(until=make.NOON)

    page = text_of(render_edition(rf.get("/"), edition, at=make.NOON, preview=True))

    assert "读者所见，2026-11-23 11:00:00 至 2026-11-23 12:00:00" in page


def test_what_people_wrote_is_escaped(client):
    bad = '<script>alert("1")</script>'
    edition = full_edition(headline=bad, kicker=bad, subtitle=bad, summary=bad, tags=(bad,))
    Identity.objects.create(pk=1, name=bad, organiser=bad, slogan=bad, rights_own=bad)
    for address in ("/", "/latest/", edition.get_absolute_url(), "/feed.xml"):
        assert "<script>alert" not in text_of(client.get(address))


def test_pages_carry_nothing_inline_and_ask_no_other_host(client):
    edition = full_edition()
    for address in ("/", "/latest/", edition.get_absolute_url(), "/nothing"):
        page = text_of(client.get(address))
        assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", page)
        assert not re.search(r"<script(?![^>]*\ssrc=)", page)
        fetched = re.findall(
            r'<(?:script|img|source|link)[^>]*?(?:src|srcset|href)="([^"]+)"', page
        )
        canonical = re.findall(r'rel="canonical" href="([^"]+)"', page)
        assert all(link.startswith("/") for link in fetched if link not in canonical)


# The front page


def test_the_front_page_leads_with_the_newest_story_that_has_a_picture(client):
    pictured = make.edition(since=make.NOON - 3 * make.HOUR, lead_picture=make.picture())
    newer = make.edition(since=make.NOON - make.HOUR)

    context = client.get("/").context

    assert context["lead"] == pictured
    assert context["latest"] == [newer]


def test_without_pictures_the_newest_story_leads(client):
    make.edition(since=make.NOON - 3 * make.HOUR)
    newer = make.edition(since=make.NOON - make.HOUR)

    assert client.get("/").context["lead"] == newer


def test_every_channel_that_has_articles_has_a_block_with_those_of_the_channels_below(client):
    top, empty = make.channel(), make.channel()
    below = make.channel(parent=top)
    older = make.edition(channel=top, since=make.NOON - 2 * make.HOUR)
    newer = make.edition(channel=below, since=make.NOON - make.HOUR)

    blocks = client.get("/").context["blocks"]

    assert blocks == [(top, [newer, older])]
    assert empty.name in text_of(client.get("/"))


def test_a_fresh_site_says_that_it_is_being_prepared(client):
    assert "网站筹备中" in text_of(client.get("/"))


def test_a_scheduled_article_appears_in_every_list_at_its_second(client, clock):
    channel = make.channel()
    edition = make.edition(
        channel=channel,
        since=make.NOON + make.HOUR,
        until=make.NOON + 2 * make.HOUR,
        headline="定时发布的稿件",
    )
    lists = [
        "/",
        "/latest/",
        "/feed.xml",
        reverse("channel", args=[channel.slug]),
        reverse("channel_feed", args=[channel.slug]),
        reverse("sitemap_of_year", args=[2026]),
    ]

    def shown() -> set[bool]:
        return {f"{edition.number}.html" in text_of(client.get(address)) for address in lists}

    seen = []
    for seconds in (3599, 1, 3599, 1):
        clock.shift(seconds)
        seen.append(shown())

    assert seen == [{False}, {True}, {True}, {False}]


# Channels


def test_a_channel_lists_its_own_articles_and_those_below_it(client):
    top = make.channel()
    below, other = make.channel(parent=top), make.channel(parent=top)
    older = make.edition(channel=below, since=make.NOON - 2 * make.HOUR)
    newer = make.edition(channel=top, since=make.NOON - make.HOUR)
    make.edition()

    def listed(channel: Channel):
        return client.get(reverse("channel", args=[channel.slug])).context["page"].editions

    assert listed(top) == [newer, older]
    assert listed(below) == [older]
    assert listed(other) == []


def test_an_empty_channel_says_so(client):
    page = text_of(client.get(reverse("channel", args=[make.channel().slug])))

    assert "暂无稿件" in page


def test_only_the_first_page_of_a_list_is_indexed(client):
    make.many_editions(30, channels=[make.channel()])
    first = client.get("/latest/")
    second = client.get(f"/latest/?before={first.context['page'].older}")

    assert 'rel="canonical"' in text_of(first)
    assert 'content="noindex, follow"' in text_of(second)
    assert len(second.context["page"].editions) == 10


def test_lists_give_the_year_only_where_it_is_not_this_one(client):
    make.edition(since=datetime.datetime(2026, 1, 2, 8, 0, tzinfo=make.SHANGHAI))
    make.edition(since=datetime.datetime(2025, 12, 31, 8, 0, tzinfo=make.SHANGHAI))

    page = text_of(client.get("/latest/"))

    assert ">01-02</time>" in page
    assert ">2025-12-31</time>" in page


def test_headlines_break_at_their_spaces_where_they_can(client):
    edition = make.edition(headline="县委常委会召开会议 研究部署<经济>工作")

    page = text_of(client.get(edition.get_absolute_url()))

    assert (
        '<h1><span class="phrase">县委常委会召开会议</span> '
        '<span class="phrase">研究部署&lt;经济&gt;工作</span></h1>'
    ) in page
