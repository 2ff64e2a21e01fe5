"""Saved web pages: the known families and others."""

import base64
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from django.utils import translation

from articles.models import Role
from articles.text import clean_body
from legacy import pages
from legacy.names import Known
from legacy.reading import Saved
from legacy.records import Place, Record, Unreadable
from tests.legacy.garbler import Garbler

FOLDER = Path(__file__).parent / "pages"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)
TEXT = "<p>一条小河，隔开了两个村子。多年来，村民来往要绕十里山路，遇上涨水更是出不了门。</p>" * 3


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def nothing(_name: str) -> Callable[[], BinaryIO] | None:
    return None


def read(
    text: str,
    file: str = "1.html",
    siblings: Callable[[str], Callable[[], BinaryIO] | None] = nothing,
) -> Record | Unreadable:
    return pages.read(Saved(Place(file), text.encode(), text, siblings, Known()))


def record(text: str, file: str = "1.html", beside: tuple[str, ...] = ()) -> Record:
    found = read(text, file, lambda name: (lambda: io.BytesIO(PIXEL)) if name in beside else None)
    assert isinstance(found, Record)
    return found


def sample(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def page(body: str, *, head: str = "") -> str:
    return (
        f"<html><head><title>两个村子的桥事_青溪网</title>{head}</head><body><h1>两个村子的桥事</h1>"
        f"<div>来源：青溪县融媒体中心 2023-08-23 10:00</div><div id='text'>{body}</div></body></html>"
    )


def credits(found: Record) -> list[tuple[str, Role]]:
    return [(credit.name, credit.role) for credit in found.credits]


# The rednet family


def test_page_of_the_rednet_engine_of_2014() -> None:
    found = record(sample("rednet_2014.html"), beside=("images/tea.jpg",))

    assert (found.system, found.id, found.number) == ("rednet", "3355296", 3355296)
    assert found.addresses == ("/c/2014/05/21/3355296.htm",)
    assert found.headline == "龙潭镇：老茶园里种出新希望"
    assert str(found.published_at) == "2014-05-21 11:08:19+08:00"
    assert found.channel == "新闻中心/乡镇"
    assert found.source == "青溪县融媒体中心"
    assert not found.has_dateline  # the site's would name the photographer, too
    assert credits(found) == [
        ("苏明", Role.REPORTER),
        ("何晓兰", Role.CORRESPONDENT),
        ("田静", Role.EDITOR),
        ("苏明", Role.PHOTOGRAPHER),
    ]
    assert found.body.splitlines() == [
        '<figure><img src="images/tea.jpg" alt=""><figcaption>村民在茶园里采茶。</figcaption></figure>',
        "<p>青溪县融媒体中心5月21日讯（记者 苏明 通讯员 何晓兰）五月的龙潭镇，茶园连片，采茶的人从山脚排到山腰。</p>",
        "<p>“今年的茶比去年早了半个月。”村民老周说，合作社<strong>统一收购</strong>，每斤多卖了3.5元。</p>",
        "<table><tr><th>村</th><th>面积（亩）</th></tr><tr><td>上坪村</td><td>1,200</td></tr><tr><td>石门村</td><td>860</td></tr></table>",
        '<p>镇里的办法可在<a href="http://www.example.com/tea/rules.html">县政府网站</a>查看，点这里也行。</p>',
        '<figure><img src="images/missing.jpg" alt=""></figure>',
        "<p>下一步，镇里还要修三条机耕路。</p>",
    ]


def test_pictures_that_are_there_open_and_others_do_not() -> None:
    images = record(sample("rednet_2014.html"), beside=("images/tea.jpg",)).images

    assert images["images/tea.jpg"].open is not None
    assert images["images/tea.jpg"].credit == "苏明"
    assert images["images/missing.jpg"].open is None


def test_page_of_the_rednet_engine_of_2023() -> None:
    found = record(sample("rednet_2023.html"))

    assert found.id == "12981900"
    assert found.addresses == ("/content/646742/67/12981900.html",)
    assert found.channel == "要闻"
    assert credits(found) == [("罗小川", Role.REPORTER)]
    assert "alert" not in found.body
    assert "<h2>一线在行动</h2>" in found.body
    assert "阅读下一篇" not in found.body


def test_login_name_is_no_editor() -> None:
    doubts = record(sample("rednet_2023.html")).doubts

    assert any("redcloud" in doubt.sentence for doubt in doubts)


def test_dateline_of_another_day_stays() -> None:
    found = record(sample("rednet_2023.html"))

    assert not found.has_dateline
    assert "<p>青溪县融媒体中心6月29日讯（记者 罗小川）6月29日晚" in found.body


def test_video_that_is_not_taken_over_is_told() -> None:
    doubts = record(sample("rednet_2023.html")).doubts

    assert [doubt.field for doubt in doubts if "video" in doubt.sentence] == ["body"]


def test_telephone_page_of_the_rednet_engine() -> None:
    found = record(sample("rednet_mobile.html"), file="m/content/2021/01/04/8809336.html")

    assert (found.system, found.id) == ("rednet", "8809336")
    assert found.addresses == ("/m/content/2021/01/04/8809336.html",)
    assert found.headline == "溪口镇的早市"
    assert str(found.published_at) == "2021-01-04 09:30:12+08:00"
    assert found.source == "青溪县融媒体中心"
    assert credits(found) == [("杨来顺", Role.REPORTER), ("黄小宇", Role.EDITOR)]
    assert found.body.splitlines() == [
        "<p>天还没亮，溪口镇的早市就热闹起来。菜农挑着担子，从十里外的山里赶来。</p>",
        "<p>“卖完这一担，正好送孩子上学。”菜农老谢说。</p>",
        '<figure><img src="rednet_mobile_files/market.jpg" alt=""></figure>',
        "<p>早市一角</p>",
    ]


def test_text_between_labels_is_found_where_no_class_tells() -> None:
    text = sample("rednet_2023.html")
    for name in ("f18 detail-article m_b_30", "m_b_25", "f14"):
        text = text.replace(f' class="{name}"', "")
    text = text.replace("article>", "div>").replace("<article", "<div")

    assert record(text).body == record(sample("rednet_2023.html")).body


def test_garbled_page_is_mended_text_by_text() -> None:
    pieces = sample("rednet_2014.html").split("<")
    garbler = Garbler()
    shown = [piece.rpartition(">") for piece in pieces]
    text = "<".join(
        tag + end + (garbler.by_characters(words).text if "。" in words or "：" in words else words)
        for tag, end, words in shown
    )
    assert "(" in text

    found = record(text)

    assert found.body == record(sample("rednet_2014.html")).body
    assert found.before["body"] != found.body
    assert credits(found) == credits(record(sample("rednet_2014.html")))


# The cjyun family


def test_page_of_the_cjyun_cloud() -> None:
    found = record(sample("cjyun.html"))

    assert (found.system, found.id, found.number) == ("cjyun", "87054", 87054)
    assert found.addresses == ("/p/87054.html",)
    assert str(found.published_at) == "2020-03-07 09:19:00+08:00"
    assert found.source == "青溪县田店镇"
    assert credits(found) == [
        ("龚宁", Role.CORRESPONDENT),
        ("程辉", Role.EDITOR),
        ("易锋", Role.PROOFREADER),
        ("程辉", Role.FIRST_REVIEWER),
        ("易锋", Role.SECOND_REVIEWER),
        ("董雪", Role.FINAL_REVIEWER),
    ]
    assert [line[:12] for line in found.body.splitlines()] == [
        "<p>三月的青溪，田间地",
        "<figure><img",
        "<p>据了解，全县已备足",
    ]


# Other pages


def test_unknown_page_is_read_with_less_sureness() -> None:
    found = record(sample("unknown.html"))

    assert (found.system, found.id) == ("news.example.net", "/html/2019-02/13/380812.html")
    assert found.number == 380812
    assert found.confidence["body"] < record(sample("cjyun.html")).confidence["body"]
    assert found.headline == "两个村子的“桥”事"
    assert found.kicker == "民生小事"
    assert found.subtitle == "河上架起便民桥，出门不再绕十里"
    assert found.original_headline == "上坪村与石门村的“桥”事"
    assert found.original_url == "http://www.example.org/zw/380812.html"
    assert set(found.tags) == {"修桥", "便民桥", "乡村"}
    assert [line[:10] for line in found.body.splitlines()] == [
        "<p>一条小河，隔开",
        "<p>修桥的钱从哪里",
        "<figure><i",
        "<p>今年二月，桥修",
    ]


def test_metadata_says_what_the_page_does_not_show() -> None:
    found = record(sample("unknown.html"))

    assert found.source == "青溪县人民政府办公室"
    assert str(found.published_at) == "2019-02-13 09:33:00+08:00"
    assert found.channel == "乡镇动态"
    assert ("方小竹", Role.REPORTER) in credits(found)


def test_visible_time_wins_over_metadata() -> None:
    head = '<meta property="article:published_time" content="2024-01-01T00:00:01+08:00">'

    assert str(record(page(TEXT, head=head)).published_at) == "2023-08-23 10:00:00+08:00"


@pytest.mark.parametrize(
    "text",
    [
        sample("no_article.html"),
        "<html></html>",
        "<p>",
        "<html><head><title>视频</title></head><body><video src='1.mp4'></video></body></html>",
        "<!DOCTYPE html><html><body><!-- 空 --></body></html>",
    ],
)
def test_page_without_an_article_is_told(text: str) -> None:
    found = read(text)

    assert isinstance(found, Unreadable)
    assert found.reason.startswith("There is no article on this page")


def test_page_of_boundless_depth_is_survived() -> None:
    assert isinstance(read(page("<div>" * 100_000 + "<table><tr><td>" * 1000)), Unreadable)


def test_page_of_boundless_length_is_no_article() -> None:
    assert isinstance(read(page("<p>短句，没完没了。</p>" * 20_000)), Unreadable)


# Paragraphs, pictures and captions


def test_scripts_and_hidden_things_vanish() -> None:
    body = (
        f"{TEXT}<script>alert(1)</script><p onclick='x()'>好。</p><p style='display:none'>坏。</p>"
    )
    found = record(page(body))

    assert "alert" not in found.body and "onclick" not in found.body and "坏" not in found.body
    assert found.body.endswith("<p>好。</p>")


@pytest.mark.parametrize(
    "between", ["<br><br>", "<br />　　", "<br>\n<br>\n", "</p><p>", "</div><div>"]
)
def test_old_ways_of_paragraphs_are_paragraphs(between: str) -> None:
    found = record(page(f"<div>　　{TEXT[3:40]}。{between}第二段在这里，也不长。</div>"))

    assert found.body.splitlines()[-1] == "<p>第二段在这里，也不长。</p>"
    assert len(found.body.splitlines()) == 2


@pytest.mark.parametrize(
    "shown",
    [
        "<figure><img src='a.jpg'><figcaption>新桥。</figcaption></figure>",
        "<p><img src='a.jpg'></p><p class='caption'>新桥。</p>",
        "<p align='center'><img src='a.jpg'></p><p align='center'>新桥。</p>",
        "<center><img src='a.jpg'><br>新桥。</center>",
        "<p><img src='a.jpg' alt='a.jpg'></p><p>a.jpg</p><p style='text-align: center'>新桥。</p>",
    ],
)
def test_caption_is_known_by_its_place(shown: str) -> None:
    found = record(page(TEXT + shown + TEXT))

    assert found.images["a.jpg"].caption == "新桥。"
    assert '<figure><img src="a.jpg" alt=""><figcaption>新桥。</figcaption></figure>' in found.body


def test_caption_that_says_it_is_one_keeps_its_words() -> None:
    found = record(page(f"{TEXT}<p><img src='a.jpg'></p><p>图为新桥。记者 方小竹 摄</p>"))

    assert found.images["a.jpg"].caption == "图为新桥。"
    assert credits(found) == [("方小竹", Role.PHOTOGRAPHER)]


@pytest.mark.parametrize("name", ["8933.jpg", "微信图片_20230919204945_副本.jpg", "DSC_0042.JPG"])
def test_bare_file_name_is_no_caption(name: str) -> None:
    found = record(page(f"{TEXT}<p align='center'><img src='a.jpg' alt='{name}'></p><p>{name}</p>"))

    assert found.images["a.jpg"].caption == found.images["a.jpg"].alt == ""
    assert name not in found.body


@pytest.mark.parametrize("line", ["（林小溪 方小竹）", "编辑：林小溪"])
def test_names_under_the_last_picture_are_no_caption(line: str) -> None:
    found = record(page(f"{TEXT}<center><img src='a.jpg'></center><p>{line}</p>"))

    assert found.images["a.jpg"].caption == ""
    assert "林小溪" in [name for name, _role in credits(found)]


def test_heading_under_a_picture_is_no_caption() -> None:
    shown = "<p align='center'><img src='a.jpg'></p><p align='center'><strong>二、修路</strong></p>"
    found = record(page(TEXT + shown + TEXT))

    assert found.images["a.jpg"].caption == ""
    assert "<p><strong>二、修路</strong></p>" in found.body


def test_picture_that_a_browser_saved_is_taken_rather_than_its_address() -> None:
    shown = "<img data-src='https://example.com/a.jpg' src='1_files/a.jpg'>"

    assert "1_files/a.jpg" in record(page(TEXT + shown), beside=("1_files/a.jpg",)).images
    assert "https://example.com/a.jpg" in record(page(TEXT + shown)).images


def test_picture_written_into_the_page_is_taken_out_of_it() -> None:
    data = base64.b64encode(PIXEL).decode()
    found = record(page(f"{TEXT}<img src='data:image/png;base64,{data}'>"))
    image = found.images["inline-1.png"]

    assert image.open is not None
    assert image.open().read() == PIXEL


def test_signs_and_codes_are_no_pictures_of_the_article() -> None:
    signs = (
        "<img src='/images/erweima.png'><img src='x.gif' width='1' height='1'>"
        "<img class='share-icon' src='y.png'><img>"
    )

    assert record(page(TEXT + signs)).images == {}


def test_table_that_only_lays_out_is_taken_apart() -> None:
    shown = (
        "<table><tr><td><img src='a.jpg'></td></tr><tr><td align='center'>新桥。</td></tr></table>"
    )
    found = record(page(TEXT + shown))

    assert "<table>" not in found.body
    assert found.images["a.jpg"].caption == "新桥。"


def test_relative_links_lead_to_the_old_site() -> None:
    head = '<link rel="canonical" href="https://www.example.com/html/2023/1.html">'
    found = record(
        page(f"{TEXT}<p>见<a href='../2.html'>前文</a>，再见<a href='#top'>顶</a>。</p>", head=head)
    )

    assert '<a href="https://www.example.com/html/2.html">前文</a>' in found.body


@pytest.mark.parametrize("name", ["rednet_2014.html", "rednet_2023.html", "unknown.html"])
def test_body_is_as_it_will_be_stored_but_for_its_pictures(name: str) -> None:
    found = record(sample(name))
    body = found.body
    token = "/picture/" + "0" * 64
    for image in found.images:
        body = body.replace(f'src="{image}"', f'src="{token}"')

    assert clean_body(body).replace("<tbody>", "").replace("</tbody>", "") == body


def test_e_paper_says_in_a_comment_what_stands_above_the_headline() -> None:
    note = (
        "<!--enpproperty <date>2021-04-20 00:00:00.0</date><author>梁小燕 侯敏</author><title>让老街活起来</title>"
        "<subtitle>青溪县实施老街改造纪实</subtitle><introtitle>城市更新</introtitle>/enpproperty-->"
    )
    shown = "<p>城市更新</p><p><b>让老街活起来</b></p><p>——青溪县实施老街改造纪实</p>"
    found = record(f"<html><title>数字报</title><body>{note}<div>{shown}{TEXT}</div></body></html>")

    assert (found.kicker, found.headline) == ("城市更新", "让老街活起来")
    assert found.subtitle == "青溪县实施老街改造纪实"
    assert found.body.count("<p>") == 3
    assert str(found.published_at) == "2021-04-20 00:00:00+08:00"
    assert [name for name, _role in credits(found)] == ["梁小燕", "侯敏"]
