import html.parser
import re
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import markup
from articles import text as cleaning
from articles.text import (
    clean_body,
    clean_line,
    clean_lines,
    count_characters,
    figures,
    paragraphs,
    picture_hashes,
    plain_text,
)

HASH = "0123456789abcdef" * 4
PICTURE = f'<img src="/picture/{HASH}" alt="会场">'
ALLOWED = {
    **{tag: set() for tag in "p h2 h3 strong em u s sub sup ul ol li blockquote".split()},
    **{tag: set() for tag in "figure figcaption table thead tbody tr br hr".split()},
    "a": {"href"},
    "img": {"src", "alt"},
    "th": {"colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
}
BLOCKS = set("p h2 h3 ul ol blockquote figure table hr".split())
PARENTS = {
    "li": {"ul", "ol"},
    "thead": {"table"},
    "tbody": {"table"},
    "tr": {"thead", "tbody"},
    "th": {"tr"},
    "td": {"tr"},
    "figcaption": {"figure"},
}


class Checker(html.parser.HTMLParser):
    """A reader that is not the cleaner's own: notes whatever must not be in a clean body."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[str] = []
        self.faults: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not {name for name, _ in attrs} <= ALLOWED.get(tag, set()) or tag not in ALLOWED:
            self.faults.append(f"<{tag} {attrs}> is not allowed")
        parent = self.stack[-1] if self.stack else ""
        if tag in PARENTS and parent not in PARENTS[tag]:
            self.faults.append(f"<{tag}> in <{parent}>")
        if tag in BLOCKS and parent not in {"", "li", "td", "th", "blockquote", "figure"}:
            self.faults.append(f"<{tag}> in <{parent}>")
        given = dict(attrs)
        if tag == "img" and not re.fullmatch(r"/picture/[0-9a-f]{64}", given.get("src") or ""):
            self.faults.append(f"a picture of elsewhere: {given}")
        if tag == "a" and not re.match(r"(https?|mailto|tel):", given.get("href") or "", re.I):
            self.faults.append(f"a link to {given}")
        if tag not in {"br", "hr", "img"}:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.stack or self.stack.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.text += data
        in_text = self.stack and self.stack[-1] not in {"ul", "ol", "table", "thead", "tbody", "tr"}
        if data.strip() and not in_text:
            self.faults.append(f"loose text {data!r}")

    def handle_comment(self, _data: str) -> None:
        self.faults.append("a comment")

    def handle_decl(self, _decl: str) -> None:
        self.faults.append("a declaration")

    def handle_pi(self, _data: str) -> None:
        self.faults.append("a processing instruction")


def checked(body: str) -> Checker:
    checker = Checker()
    checker.feed(body)
    checker.close()
    return checker


def letters(text: str) -> str:
    return re.sub(r"\s+", "", text)


TAGS = (
    "p div b strong i em u s sub sup a ul ol li table thead tbody tfoot tr td th caption "
    "blockquote figure figcaption h1 h2 h4 br hr span font o:p center pre dl dt dd section "
    "script style svg math template iframe form button select noscript title textarea plaintext"
).split()
ATTRIBUTES = (
    "",
    ' href="https://news.example/1"',
    ' href="javascript:alert(1)"',
    ' href="http://["',
    f' src="/picture/{HASH}" alt="图"',
    ' src="https://other.example/1.jpg"',
    ' onclick="alert(1)" style="color:red" class=MsoNormal',
    ' colspan="2" rowspan="999"',
    ' colspan="²"',
)
PIECES = st.one_of(
    st.builds("<{}{}>".format, st.sampled_from([*TAGS, "img"]), st.sampled_from(ATTRIBUTES)),
    st.builds("</{}>".format, st.sampled_from(TAGS)),
    st.sampled_from(
        ["&nbsp;", "&lt;", "&amp;", "&#0;", "&#x2028;", "&#xd800;", "e&#x301;", "\u0338"]
    ),
    st.sampled_from(["<!--", "-->", "<![CDATA[", "<?php", "<", ">", '"', "　　", "\n", "\ufeff"]),
    st.text(max_size=8),
)
SOUP = st.lists(PIECES, max_size=30).map("".join)


@settings(max_examples=400, deadline=None)
@given(SOUP)
def test_whatever_comes_in_only_the_allow_list_stays_and_cleaning_again_changes_nothing(soup: str):
    body = clean_body(soup)

    assert not checked(body).faults
    assert clean_body(body) == body
    assert letters(plain_text(body)) == letters(checked(body).text)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Cn", "Mn"]), max_size=80))
def test_no_letter_of_plain_text_is_lost(text: str):
    text = text.replace("<", "").replace("&", "").replace("\u0338", "")

    body = clean_body(text)

    assert letters(checked(body).text) == letters(unicodedata.normalize("NFC", text))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["甲", "<p>", "</p>", "<b>", "</b>", "<ul>", "<li>", "</ul>", "<div>",
    "</div>", "<table>", "<tr>", "<td>", "</table>", "<h2>", "</h2>", "<figure>", "</figure>",
    "<figcaption>", "<blockquote>", "<br>", PICTURE]), max_size=40))  # fmt: skip
def test_no_letter_is_lost_however_blocks_are_nested(pieces: list[str]):
    soup = "".join(pieces)

    body = clean_body(soup)

    assert body.count("甲") == soup.count("甲")
    assert body.count("<img") == soup.count("<img")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_a_clean_line_is_one_line_and_stays_as_it_is(text: str):
    line = clean_line(text)

    assert len(line.splitlines()) <= 1
    assert line == line.strip() == clean_line(line)
    assert "\x00" not in line
    line.encode()


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("甲 a\n\r\t\x0b\x1c\x00\u2028\u3000"), max_size=30))
def test_clean_lines_stay_as_they_are(text: str):
    lines = clean_lines(text)

    assert clean_lines(lines) == lines == lines.strip()
    assert "\n\n\n" not in lines


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("", ""),
        (" \n ", ""),
        ("首段\n\n　　次段", "<p>首段</p>\n<p>次段</p>"),
        ("5 < 6 & 7", "<p>5 &lt; 6 &amp; 7</p>"),
        ("<p>　　首段&nbsp;</p>", "<p>首段</p>"),
        ("<p>魏　倩 报道</p>", "<p>魏　倩 报道</p>"),
        ("<div>甲<div>乙</div>丙</div>", "<p>甲</p>\n<p>乙</p>\n<p>丙</p>"),
        ("<strong><p>甲</p></strong>", "<p><strong>甲</strong></p>"),
        ("<b><i>甲</b>乙</i>", "<p><strong><em>甲</em></strong><em>乙</em></p>"),
        ("<b><b>甲</b>乙</b>", "<p><strong>甲乙</strong></p>"),
        ("<h1>甲</h1><h5>乙</h5>", "<h2>甲</h2>\n<h3>乙</h3>"),
        ("<h1><div>甲</div><div>乙</div></h1>", "<h2>甲<br><br>乙</h2>"),
        ("<p><br>甲<br></p><p><br></p>", "<p>甲</p>"),
        ("<p>甲<br>　　乙</p>", "<p>甲<br>乙</p>"),
        ("<li>甲</li>", "<p>甲</p>"),
        ("<ul>甲<li>乙<p>丙</p></li></ul>", "<ul><li>甲</li><li>乙<p>丙</p></li></ul>"),
        ("<ul><ul><li>甲</ul></ul>", "<ul><li><ul><li>甲</li></ul></li></ul>"),
        ("<ul><li></li></ul>", ""),
        ("甲<hr>乙", "<p>甲</p>\n<hr>\n<p>乙</p>"),
        ("<blockquote>甲</blockquote>", "<blockquote><p>甲</p></blockquote>"),
        ("<p>甲&#8232;乙</p>", "<p>甲 乙</p>"),
        ("<p>甲&#x202e;乙&#x200b;</p>", "<p>甲乙</p>"),
        ("<p>e&#x301;</p>", "<p>\u00e9</p>"),
        ("<p>\u0338甲</p>", "<p>\u0338甲</p>"),
    ],
)
def test_text_is_put_into_paragraphs(given: str, stored: str):
    assert clean_body(given) == stored


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("<script>alert(1)</script>甲", "<p>甲</p>"),
        ("<style>p{color:red}</style><p>甲</p>", "<p>甲</p>"),
        ('<p onclick="alert(1)" style="color:red">甲</p>', "<p>甲</p>"),
        ('<img src=x onerror="alert(1)">甲', "<p>甲</p>"),
        ('<img src="https://other.example/1.jpg">', ""),
        ('<img src="data:image/png;base64,AA==">', ""),
        ('<a href="javascript:alert(1)">甲</a>', "<p>甲</p>"),
        ('<a href="java&#10;script:alert(1)">甲</a>', "<p>甲</p>"),
        ('<a href="//other.example">甲</a>', "<p>甲</p>"),
        ('<a href="http://[">甲</a>', "<p>甲</p>"),
        ('<a href="tel:12345">甲</a>', '<p><a href="tel:12345">甲</a></p>'),
        ('<a href="https://a.example/?a=1&b=&quot;2">甲</a>',
         '<p><a href="https://a.example/?a=1&amp;b=&quot;2">甲</a></p>'),
        ("<svg><script>alert(1)</script></svg>甲", "<p>甲</p>"),
        ("<math><mtext><style><img src=x onerror=alert(1)></style>甲", ""),
        ("<iframe src='https://other.example'></iframe>甲", "<p>甲</p>"),
        ("<form><input value=1>甲</form>乙", "<p>乙</p>"),
        ("<!-- 甲 -->乙", "<p>乙</p>"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
    ],
)  # fmt: skip
def test_nothing_that_runs_or_loads_from_elsewhere_stays(given: str, stored: str):
    assert clean_body(given) == stored


def test_a_paste_from_a_word_processor_keeps_words_and_emphasis():
    paste = """
    <html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta charset=utf-8>
    <style><!-- @font-face {font-family:宋体;} p.MsoNormal {margin:0cm;} --></style></head>
    <body lang=ZH-CN><!--StartFragment-->
    <p class=MsoNormal style='text-indent:24.0pt'><b><span style='font-family:宋体'>加强秸秆禁烧
    </span></b><span lang=EN-US><o:p></o:p></span></p>
    <p class=MsoNormal><span style='mso-spacerun:yes'>&nbsp;&nbsp;</span>各乡镇要落实责任。<o:p></o:p></p>
    <p class=MsoListParagraph><![if !supportLists]><span>1.&nbsp;</span><![endif]>巡查</p>
    <p class=MsoNormal><o:p>&nbsp;</o:p></p>
    <!--EndFragment--></body></html>"""

    assert clean_body(paste).splitlines() == [
        "<p><strong>加强秸秆禁烧</strong></p>",
        "<p>各乡镇要落实责任。</p>",
        "<p>1. 巡查</p>",
    ]


def test_a_table_keeps_its_cells_and_gives_up_everything_around_them():
    table = (
        "<table border=1><caption>汛情</caption><colgroup><col></colgroup>"
        "<tr><th colspan=2>雨量</th></tr><tr><td><p>甲</p></td><td></td></tr>"
        "<tfoot><tr><td>合计</td></tr></tfoot></table>"
    )

    assert clean_body(table) == (
        "<p>汛情</p>\n"
        '<table><tbody><tr><th colspan="2">雨量</th></tr><tr><td><p>甲</p></td><td></td></tr>'
        "<tr><td>合计</td></tr></tbody></table>"
    )


def test_a_picture_in_the_middle_of_a_paragraph_divides_it():
    body = clean_body(
        f"<p>甲<figure>{PICTURE}<figcaption><p>会场。</p></figcaption></figure>乙</p>"
    )

    assert body == (
        f"<p>甲</p>\n<figure>{PICTURE}<figcaption>会场。</figcaption></figure>\n<p>乙</p>"
    )


def test_figures_are_found_with_their_description_and_caption():
    other = HASH[::-1]
    body = clean_body(
        f"<figure>{PICTURE}<figcaption>会场。<b>王明</b> 摄</figcaption></figure>"
        f'<p><img src="/picture/{other}"></p>{PICTURE}'
    )

    assert figures(body) == [
        (HASH, "会场", "会场。王明 摄"),
        (other, "", ""),
        (HASH, "会场", ""),
    ]
    assert picture_hashes(body) == [HASH, other]
    assert figures("") == picture_hashes("") == []


def test_a_figure_without_a_picture_leaves_its_caption_as_text():
    assert (
        clean_body("<figure><img src=x><figcaption>会场。</figcaption></figure>") == "<p>会场。</p>"
    )


def test_the_address_of_a_picture_written_as_text_is_no_picture():
    body = clean_body(f'<p>见 &lt;img src="/picture/{HASH}"&gt; 和 /picture/{HASH}</p>')

    assert picture_hashes(body) == figures(body) == []


def test_plain_text_has_a_line_to_a_block_and_loses_no_word():
    body = clean_body(
        f"<h2>一</h2><p>甲<br>乙 &lt;丙&gt;</p><ul><li>丁<p>戊</p></li></ul>"
        f"<figure>{PICTURE}<figcaption>己</figcaption></figure><table><tr><td>庚<td>辛</table>"
    )

    assert plain_text(body).splitlines() == ["一", "甲 乙 <丙>", "丁", "戊", "己", "庚", "辛"]
    assert paragraphs(body) == plain_text(body).splitlines()
    assert plain_text("") == ""


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("全县会议。", 5),
        ("5G 基站 12 座", 5),
        ("3.5%", 2),
        ("10,000元", 2),
        ("https://a.example", 5),
        ("甲　乙", 2),
    ],
)
def test_characters_are_counted_as_the_trade_counts_them(text: str, count: int):
    assert count_characters(clean_body(text)) == count


@pytest.mark.parametrize(
    "opening",
    ["<div>", "<b>", "<em><strong>", "<blockquote>", "<ul><li>", "<table><tr><td>", "<figure>",
     '<a href="http://a.example">', "<span>", "<h2><div>"],
)  # fmt: skip
def test_a_depth_of_ten_thousand_costs_neither_the_text_nor_the_process(opening: str):
    body = clean_body(opening * 10_000 + "甲")

    assert body.count("甲") == 1
    assert clean_body(body) == body
    assert plain_text(body) == "甲"


@pytest.mark.parametrize(
    "text",
    ["汉" * 500_000, "<p>汉字</p>" * 40_000, "<p>" + "<em>汉</em>字" * 30_000, "汉<br>" * 80_000],
    ids=["one paragraph", "many paragraphs", "many formats", "many breaks"],
)
def test_a_body_of_the_greatest_length_is_cleaned_in_seconds(text: str):
    began = time.process_time()

    body = clean_body(text)

    assert time.process_time() - began < 15
    assert plain_text(body).count("汉") == text.count("汉")


@pytest.mark.parametrize(
    "text",
    ["<div>甲" * 60_000, "<div>" * 100_000 + "甲", "<blockquote>" * 50_000 + "甲",
     "<ul><li>甲" * 20_000, "<table><tr><td>甲" * 10_000, "<o><p>甲" * 20_000,
     "<div><!--</div>-->甲" * 20_000, '<div id="</div>">甲' * 20_000,
     "<div><style></div></style>甲" * 20_000, "&#" * 300_000 + "甲", "&amp;" * 300_000 + "甲"],
    ids=lambda text: text[:24],
)  # fmt: skip
def test_no_depth_and_no_run_of_references_takes_longer_than_its_length(text: str):
    began = time.process_time()

    body = clean_body(text)

    assert time.process_time() - began < 5
    assert plain_text(body).count("甲") == text.count("甲")


def test_what_lies_too_deep_stands_in_paragraphs_of_its_own():
    text = "<div>" * 1000 + "<div>甲</div><div>乙<b>丙</b></div>" + "</div>" * 1000 + "<h2>丁</h2>"

    assert clean_body(text) == "<p>甲</p>\n<p>乙丙</p>\n<h2>丁</h2>"


def test_a_page_that_never_ends_its_paragraphs_cells_and_items_keeps_its_form():
    rows = "<tr><td>甲<td><p>乙<p><b>丙</b>" * 400
    items = "<li>丁<a href='https://a.example/'>戊" * 400

    body = clean_body("<p><font>己" * 400 + f"<table>{rows}</table><ul>{items}</ul>")

    assert body.count("<tr>") == body.count("<strong>丙</strong>") == body.count("<li>") == 400
    assert body.count("<p>己</p>") == 400


@pytest.mark.parametrize("inside", ["甲", "<p>甲", "<tr><td>甲</table>乙", "<hr>"])
def test_tables_among_the_cells_of_tables_stand_before_them(inside: str):
    body = clean_body("<table><caption>" * 3 + inside)

    assert clean_body(body) == body
    assert plain_text(body).count("甲") == inside.count("甲")


PLAIN_WORDS = st.text(
    st.one_of(
        st.sampled_from("甲乙，。 a5\u3000\u00a0\n\t\r\f\u0301é\u2028\u200b\ufdd0\U0001f600\u00ad"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=20,
)
PLAIN_BLOCKS = st.lists(
    st.tuples(
        st.sampled_from(
            ["p", "p", "h2", "h3", 'p style="text-indent:2em"', "p class=x", "h4", "div"]
        ),
        PLAIN_WORDS,
        st.sampled_from(["", "\n", " \r\n\t", "\u3000", "词"]),
    ),
    max_size=5,
)


@settings(max_examples=300, deadline=None)
@given(PLAIN_BLOCKS)
def test_the_short_way_through_plain_paragraphs_ends_where_the_long_one_does(blocks):
    body = "".join(f"<{tag}>{words}</{tag.split()[0]}>{after}" for tag, words, after in blocks)
    text = markup.without_controls(body)

    short = markup.plainly_rebuilt(text)

    long = cleaning._sanitised(
        markup.rebuilt(cleaning._sanitised(text, cleaning.READ)), set(ALLOWED)
    )
    assert short in {None, long}


def test_the_short_way_is_taken_by_plain_paragraphs():
    body = '<p style="text-indent:2em">\u3000\u3000甲\u00a0乙</p>\r\n<p> </p><h2>丙</h2>'

    assert markup.plainly_rebuilt(body) == "<p>甲 乙</p>\n<h2>丙</h2>"


def test_a_picture_by_another_name_gets_its_address():
    body = '<figure><img src="images/1.jpg" alt="会场"></figure><p>文</p><img src="2.jpg">'

    assert clean_body(body, {"images/1.jpg": HASH}) == f"<figure>{PICTURE}</figure>\n<p>文</p>"


@given(st.text(st.one_of(st.sampled_from(" \u3000\u00a0\u200b\n"), st.characters()), max_size=30))
def test_a_line_is_cleaned_alike_whether_it_needs_it_or_not(text):
    long = re.sub(r"\s+", " ", markup.without_controls(text)).strip()

    assert clean_line(text) == long
