import pytest
from django.utils.translation import gettext as _
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.content import printed
from articles.difference import between, pieces
from tests import factories as make

CHINESE = st.text(alphabet="全县秋冬生态环境整治工作推进会召开，。1239a ", max_size=40)


def facts(**fields):
    return {
        "kicker": "",
        "headline": "全县秋冬生态环境整治工作推进会召开",
        "subtitle": "",
        "short_headline": "",
        "summary": "",
        "body": "<p>会议召开。</p>",
        "has_dateline": True,
        "channel": {"id": 1, "name": "要闻"},
        "source": {"id": 1, "name": "青溪县融媒体中心"},
        "original_headline": "",
        "original_author": "",
        "original_url": "",
        "lead_picture": None,
        "pictures": [],
        "bylines": [],
        "tags": [],
        **fields,
    }


def body(text):
    return facts(body=text)


def kept(line, kind):
    return "".join(piece.text for piece in line.pieces if piece.kind in {"same", kind})


@given(CHINESE, CHINESE)
def test_the_pieces_give_both_lines_back(old, new):
    found = pieces(old, new)

    assert "".join(piece.text for piece in found if piece.kind != "inserted") == old
    assert "".join(piece.text for piece in found if piece.kind != "deleted") == new
    assert all(piece.text for piece in found)


@settings(deadline=None)
@given(
    st.lists(CHINESE.map(str.strip).filter(bool), max_size=6),
    st.lists(CHINESE.map(str.strip).filter(bool), max_size=6),
)
def test_the_lines_of_a_body_give_both_bodies_back(old, new):
    def markup(lines):
        return "\n".join(f"<p>{line}</p>" for line in lines)

    found = between(body(markup(old)), body(markup(new)))

    if old == new:
        assert not found
    else:
        (difference,) = found
        assert [text for line in difference.lines if (text := kept(line, "deleted"))] == old
        assert [text for line in difference.lines if (text := kept(line, "inserted"))] == new


def test_one_changed_character_is_shown_alone():
    assert [tuple(piece) for piece in pieces("投入800万元", "投入900万元")] == [
        ("same", "投入"),
        ("deleted", "8"),
        ("inserted", "9"),
        ("same", "00万元"),
    ]


def test_the_same_text_has_no_difference():
    assert between(facts(), facts()) == []


def test_only_what_differs_is_listed_in_the_order_of_the_form():
    found = between(facts(), facts(headline="推进会召开", tags=["环保"], kicker="今天"))

    assert [difference.field for difference in found] == ["kicker", "headline", "tags"]


def test_a_new_id_under_the_same_name_is_no_difference():
    assert not between(facts(), facts(channel={"id": 2, "name": "要闻"}))


def test_changed_formatting_is_said_of_the_line():
    (difference,) = between(body("<p>会议召开。</p>"), body("<p><strong>会议</strong>召开。</p>"))

    assert [line.formatting for line in difference.lines] == [True]


def test_a_paragraph_that_became_a_heading_is_changed_formatting():
    (difference,) = between(body("<p>会议召开。</p>"), body("<h2>会议召开。</h2>"))

    assert [line.formatting for line in difference.lines] == [True]


def test_a_changed_link_shows_both_addresses():
    (difference,) = between(
        body('<p><a href="https://a.example/">公告</a></p>'),
        body('<p><a href="https://b.example/">公告</a></p>'),
    )

    assert kept(difference.lines[0], "deleted") == "公告〔https://a.example/〕"
    assert kept(difference.lines[0], "inserted") == "公告〔https://b.example/〕"


def test_a_new_picture_is_said_with_its_description():
    figure = f'<figure><img src="/picture/{"a" * 64}" alt="会场"><figcaption>会议现场</figcaption></figure>'

    (difference,) = between(body("<p>会议召开。</p>"), body("<p>会议召开。</p>\n" + figure))

    texts = [line.pieces[0].text for line in difference.lines if not line.is_same]
    assert texts == [
        _("[picture %(name)s: %(alt)s]") % {"name": "a" * 12, "alt": "会场"},
        "会议现场",
    ]


def test_cells_of_a_table_are_lines():
    def table(cell):
        return f"<table><tbody><tr><td>乡镇</td><td>{cell}</td></tr></tbody></table>"

    (difference,) = between(body(table("12户")), body(table("13户")))

    assert [line.is_same for line in difference.lines] == [True, False]


def test_the_text_of_an_item_that_holds_a_list_is_compared():
    def items(word):
        return f"<ul><li>{word}<ul><li>一组</li></ul></li></ul>"

    (difference,) = between(body(items("上午")), body(items("下午")))

    assert [kept(line, "inserted") for line in difference.lines] == ["下午", "一组"]


def test_a_rewritten_paragraph_is_one_deleted_and_one_inserted():
    (difference,) = between(body("<p>天气晴朗适合出游</p>"), body("<p>会议强调三项任务</p>"))

    assert [[piece.kind for piece in line.pieces] for line in difference.lines] == [
        ["deleted"],
        ["inserted"],
    ]


def test_very_long_paragraphs_are_compared_in_reasonable_time():
    old = "".join(f"第{number}条，各乡镇要落实责任。" for number in range(3000))

    found = pieces("甲" + old + "乙", "丙" + old.replace("第1500条", "第1500款") + "丁")

    assert "".join(piece.text for piece in found if piece.kind == "deleted")


@pytest.mark.django_db
def test_what_readers_would_see_of_an_article_can_be_compared():
    article = make.draft(tags=("环保",), lead_picture=make.picture())

    assert between(printed(article), printed(article)) == []
