"""Rules of WordPress exports. samples/wordpress.xml was written by WordPress 6.1.9 itself (Tools,
Export, All content), of a site made up for it; samples/uploads are its pictures."""

import datetime
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.models import Role, Status
from articles.text import clean_body, plain_text
from legacy import readers, wordpress
from legacy.names import Known
from legacy.records import Credit, Format, Record, Unreadable

SAMPLES = Path(__file__).parent / "samples"
EXPORT = SAMPLES / "wordpress.xml"
BEIJING = datetime.timezone(datetime.timedelta(hours=8))

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>青溪新闻网</title><link>http://old.example</link>
<wp:base_blog_url>http://old.example</wp:base_blog_url>
<wp:author><wp:author_login>a</wp:author_login>
<wp:author_display_name>黎小满</wp:author_display_name></wp:author>
"""
FOOT = "</channel></rss>"


@pytest.fixture(autouse=True)
def _sentences_in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def posts() -> dict[str, Record]:
    """The posts of the export by their headlines."""
    found = list(readers.read([EXPORT]))
    assert all(isinstance(record, Record) for record in found), found
    return {record.headline: record for record in found}


def item(content: str = "正文", **facts: str) -> str:
    facts = {
        "post_id": "5",
        "status": "publish",
        "post_type": "post",
        "post_date_gmt": "2021-03-12 09:40:00",
        **facts,
    }
    rows = "".join(f"<wp:{name}>{value}</wp:{name}>" for name, value in facts.items())
    return (
        "<item><title>标题</title><link>http://old.example/?p=5</link><dc:creator>a</dc:creator>"
        f"<content:encoded><![CDATA[{content}]]></content:encoded>{rows}</item>"
    )


def nothing(name: str) -> Callable[[], BinaryIO] | None:
    return None


def read(*items: str, head: str = HEAD, foot: str = FOOT) -> list[Any]:
    stream = io.BytesIO((head + "".join(items) + foot).encode())
    return list(wordpress.read(stream, "a.xml", nothing, Known()))


def body(content: str) -> str:
    """The body as it would be stored."""
    [record] = read(item(content))
    return clean_body(record.body)


# The export that WordPress wrote


def test_posts_are_read_and_pages_menus_and_the_bin_are_left_out(posts: dict[str, Record]) -> None:
    assert {headline: str(record.status) for headline, record in posts.items()} == {
        "双溪村头茬春茶开摘 “一片叶子”带富一方": "published",
        "青溪大桥主体完工": "published",
        "全县一季度重点工作调度会召开": "published",
        "端午龙舟赛组图": "published",
        "没有栏目的旧稿": "published",
        "（草稿）秋收采访提纲": "draft",
        "内部通讯录": "draft",
        "加密的通知": "draft",
    }


def test_a_post_keeps_its_time_number_address_and_identity(posts: dict[str, Record]) -> None:
    post = posts["青溪大桥主体完工"]
    assert (post.system, post.id, post.number) == ("qingxi-old.example", "8", 8)
    assert post.addresses == ("/2021/05/8.html",)
    assert post.published_at == datetime.datetime(2021, 5, 6, 10, 15, 30, tzinfo=BEIJING)
    assert post.format == Format.WORDPRESS


def test_a_draft_has_neither_time_nor_address(posts: dict[str, Record]) -> None:
    post = posts["（草稿）秋收采访提纲"]
    assert (post.published_at, post.number, post.addresses) == (None, None, ())
    assert post.id == "11"


def test_categories_become_the_channel_and_tags(posts: dict[str, Record]) -> None:
    bridge, tea = posts["青溪大桥主体完工"], posts["双溪村头茬春茶开摘 “一片叶子”带富一方"]
    assert (bridge.channel, bridge.channel_slug) == ("要闻/时政", "yaowen/shizheng")
    assert bridge.tags == ("交通",)
    assert (tea.channel, tea.channel_slug) == ("乡镇", "")
    assert tea.tags == ("乡村振兴", "春茶", "要闻")
    assert posts["没有栏目的旧稿"].channel == ""


def test_who_the_text_names_comes_before_who_has_the_account(posts: dict[str, Record]) -> None:
    tea = posts["双溪村头茬春茶开摘 “一片叶子”带富一方"]
    assert tea.credits == (
        Credit("黎小满", Role.REPORTER),
        Credit("石磊", Role.CORRESPONDENT),
    )
    assert tea.source == "青溪县融媒体中心"
    assert not tea.doubts


def test_the_account_is_credited_by_its_real_name_where_the_text_names_nobody(
    posts: dict[str, Record],
) -> None:
    post = posts["没有栏目的旧稿"]
    assert post.credits == (Credit("周津", Role.REPORTER, stated=False),)
    assert post.confidence["credits"] == wordpress.ACCOUNT_CONFIDENCE
    assert (post.source, post.source_url) == ("青溪新闻网", "http://www.qingxi-old.example")


def test_a_login_name_is_never_credited(posts: dict[str, Record]) -> None:
    assert posts["全县一季度重点工作调度会召开"].credits == ()


def test_credits_in_captions_are_taken_out_and_kept(posts: dict[str, Record]) -> None:
    post = posts["青溪大桥主体完工"]
    image = post.images["uploads/2021/05/桥梁.jpg"]
    assert image.credit == "石磊"
    assert Credit("石磊", Role.PHOTOGRAPHER) in post.credits
    assert "<figcaption>建设中的青溪大桥。</figcaption>" in post.body


def test_pictures_are_found_beside_the_export_in_their_full_size(posts: dict[str, Record]) -> None:
    post = posts["双溪村头茬春茶开摘 “一片叶子”带富一方"]
    name = "uploads/2021/03/chagarden.jpg"
    assert list(post.images) == [name] and post.lead_picture == name
    image = post.images[name]
    assert image.open and image.open().read() == (SAMPLES / name).read_bytes()
    assert image.alt == "村民在茶园采茶"
    assert f'<img src="{name}" alt="村民在茶园采茶">' in post.body
    assert "chagarden-300x197" not in post.body and "<a href" not in post.body.partition("<h2>")[0]


def test_a_picture_that_is_gone_keeps_its_place(posts: dict[str, Record]) -> None:
    post = posts["端午龙舟赛组图"]
    [gone] = [name for name, image in post.images.items() if image.open is None]
    assert gone.endswith("/2021/06/lost.jpg") and f'src="{gone}"' in post.body


def test_blocks_and_lines_become_paragraphs(posts: dict[str, Record]) -> None:
    assert plain_text(clean_body(posts["青溪大桥主体完工"].body)).splitlines() == [
        "5月6日，青溪大桥最后一段桥面浇筑完成，主体工程完工。",
        "建设中的青溪大桥。",
        "大桥全长 472 米，双向四车道。 预计年底通车。",
        "“以后进城只要一刻钟。”",
        "（作者：周津 责任编辑：黎小满）",
    ]
    text = clean_body(posts["双溪村头茬春茶开摘 “一片叶子”带富一方"].body)
    assert "<h2>一天能挣180元</h2>" in text
    assert "<ul><li>新建茶园 300 亩</li><li>改造老茶园 900 亩</li></ul>" in text
    assert "wp:" not in text


def test_galleries_and_embedded_films_are_not_lost(posts: dict[str, Record]) -> None:
    post = posts["全县一季度重点工作调度会召开"]
    assert list(post.images) == [
        "uploads/2021/06/hall.jpg",
        "uploads/2021/03/chagarden.jpg",
        "uploads/2021/05/桥梁.jpg",
    ]
    assert '<a href="https://video.example/v/12">' in post.body


def test_reading_an_export_twice_gives_the_same_bytes(posts: dict[str, Record]) -> None:
    again = {record.headline: record for record in readers.read([EXPORT])}
    assert {name: record.raw for name, record in posts.items()} == {
        name: record.raw for name, record in again.items()
    }


# Posts by themselves


@pytest.mark.parametrize(
    ("content", "html"),
    [
        ("一\n二\n\n三", "<p>一<br>二</p>\n<p>三</p>"),
        ("<p>一\n二</p>", "<p>一<br>二</p>"),
        ("<strong>一</strong>，二", "<p><strong>一</strong>，二</p>"),
        ("<div>一\n\n二</div>三", "<p>一</p>\n<p>二</p>\n<p>三</p>"),
        ("一<!--more-->\n\n<!--nextpage-->二", "<p>一</p>\n<p>二</p>"),
        ("<ul>\n<li>一</li>\n</ul>\n\n二", "<ul><li>一</li></ul>\n<p>二</p>"),
        ("一<!--二", "<p>一二</p>"),
        ("一<script>alert(1)</script>", "<p>一</p>"),
        ("[1] 注释", "<p>[1] 注释</p>"),
    ],
)
def test_loose_lines_are_paragraphs_as_wordpress_shows_them(content: str, html: str) -> None:
    assert body(content) == html


def test_a_short_code_that_nothing_answers_is_left_and_told_of() -> None:
    [record] = read(item('[contact-form id="5"] 正文'))
    assert "[contact-form" in record.body
    assert "[contact-form] is left in the text" in record.doubts[0].sentence


@pytest.mark.parametrize("status", ["private", "pending", "future", "draft"])
def test_what_readers_could_not_see_comes_as_a_draft(status: str) -> None:
    [record] = read(item(status=status))
    assert record.status == Status.DRAFT and record.published_at is None


@pytest.mark.parametrize("facts", [{"status": "trash"}, {"post_type": "page"}])
def test_what_is_no_article_is_left_out(facts: dict[str, str]) -> None:
    assert read(item(**facts)) == []


def test_a_type_of_a_plug_in_is_told_of() -> None:
    found = read(item(post_type="event"), item(post_type="event", status="trash"))
    [unread] = found
    assert "“标题” is of the type “event”" in unread.reason and unread.place.entry == "5"


def test_pictures_that_the_export_does_not_have_are_told_of() -> None:
    thumbnail = (
        "<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key>"
        "<wp:meta_value>77</wp:meta_value></wp:postmeta></item>"
    )
    [record] = read(item('正文[gallery ids="78"]').replace("</item>", thumbnail))
    assert [doubt.sentence for doubt in record.doubts] == [
        "Picture 78 of the library is not in the export.",
        "Picture 77 of the library is not in the export.",
    ]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            '<p> </p> <div> </div> <ul> <li> </ul> <pre> <a\thref="x.jpg"> </a> <img\tsrc="a"> <br> '
            "[caption] [/caption] [gallery\tids=1] [embed]http://a[/embed] <!--more--> <figure> "
            "</figure> <figcaption> </figcaption> \n \n\n 字 （丙\t摄） < > &amp; ]] ".split(" ")
        )
    ).map("".join)
)
def test_no_content_raises_and_no_word_is_lost(content: str) -> None:
    [record] = read(item(content.replace("]]>", "")))
    assert clean_body(record.body).count("字") == content.count("字")


@pytest.mark.parametrize(
    "piece",
    ["<!--", "[caption]", "[gallery ids=", '<a href=".jpg"', "<figure>", "[abc x=", "（甲", "<p"],
)
def test_no_content_takes_long(piece: str) -> None:
    [record] = read(item(piece * 40_000))  # with work that grows by the square, minutes
    assert isinstance(record, Record)


def test_the_local_time_stands_in_where_the_other_is_missing() -> None:
    [record] = read(item(post_date_gmt="0000-00-00 00:00:00", post_date="2021-03-12 17:40:00"))
    assert record.published_at == datetime.datetime(2021, 3, 12, 17, 40, tzinfo=BEIJING)


def test_a_time_that_never_was_is_none() -> None:
    [record] = read(item(post_date_gmt="2021-02-30 09:40:00"))
    assert record.published_at is None


def test_an_old_address_by_query_is_kept() -> None:
    [record] = read(item())
    assert record.addresses == ("/?p=5",)


def test_control_characters_that_wordpress_lets_pass_do_no_harm() -> None:
    [record] = read(item("正\x08文"))
    assert record.body.strip() == "<p>正文</p>"


def test_a_garbled_post_is_mended() -> None:
    [record] = read(item("<p>全縣(xiàn)農(nóng)業(yè)生產(chǎn)現(xiàn)場會,，今天召開。</p>"))
    assert record.body == "<p>全县农业生产现场会，今天召开。</p>"
    assert record.before and record.changes


def test_comments_and_counters_do_not_make_another_post() -> None:
    counted = item().replace(
        "</item>",
        "<wp:postmeta><wp:meta_key>views</wp:meta_key><wp:meta_value>7</wp:meta_value></wp:postmeta>"
        "<wp:comment><wp:comment_id>1</wp:comment_id></wp:comment></item>",
    )
    [plain], [with_counter] = read(item()), read(counted)
    assert plain.raw == with_counter.raw


# Bad exports


def test_an_export_that_breaks_off_gives_what_stands_before_the_break() -> None:
    found = read(item(), item()[:200], foot="")
    assert [type(part) for part in found] == [Record, Unreadable]
    assert "breaks off or is damaged" in found[1].reason


def test_a_post_without_a_number_is_set_aside_alone() -> None:
    found = read(item(post_id=""), item())
    assert [type(part) for part in found] == [Unreadable, Record]


def test_a_prefix_that_the_export_does_not_declare_is_read_all_the_same() -> None:
    head = HEAD.replace('xmlns:dc="http://purl.org/dc/elements/1.1/"', "")
    head = head.replace('xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"', "")
    post = item().replace("</item>", "<excerpt:encoded>摘要</excerpt:encoded></item>")

    [record] = read(post, head=head)

    assert (record.headline, record.summary) == ("标题", "摘要")
    assert [credit.name for credit in record.credits] == ["黎小满"]
    assert "breaks off" in read(post, head=head, foot="<item>")[1].reason


def test_an_export_with_a_document_type_is_refused() -> None:
    bomb = HEAD.replace("<rss", '<!DOCTYPE rss [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><rss', 1)
    [found] = read(item("&b;"), head=bomb)
    assert "document type" in found.reason


def test_no_file_beside_the_system_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    head = HEAD.replace("<rss", f'<!DOCTYPE rss [<!ENTITY a SYSTEM "{secret}">]><rss', 1)
    found = read(item().replace("标题", "&a;"), head=head)
    assert "geheim" not in repr(found)


def test_an_export_without_posts_is_told_of() -> None:
    [found] = read(head='<?xml version="1.0"?><rss>', foot="</rss>")
    assert found.reason == "The export holds no posts."
