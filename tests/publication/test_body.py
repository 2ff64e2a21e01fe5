"""The body of an edition as the markup of its page."""

import pytest
from lxml import html

from publication import body, renditions
from tests import factories as make

pytestmark = pytest.mark.django_db


def figure(picture, caption="清理河道。") -> str:
    return (
        f'<figure><img src="/picture/{picture.sha256}" alt="现场">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def rendered(text: str, **fields) -> html.HtmlElement:
    return html.fragment_fromstring(body.render(make.edition(body=text, **fields)))


def test_a_picture_comes_in_two_kinds_and_several_widths_with_its_size():
    picture = make.picture()

    tree = rendered(f"<p>文字。</p>{figure(picture)}")

    image, source = tree.find(".//img"), tree.find(".//source")
    names = [form["name"] for form in renditions.planned(picture)]
    assert image.get("alt") == "现场"
    assert (image.get("width"), image.get("height")) == ("640", "400")
    assert image.get("loading") == "lazy"
    assert image.get("src").removeprefix("/pictures/") in names
    offered = f"{image.get('srcset')}, {source.get('srcset')}".split(", ")
    assert sorted(entry.split()[0].removeprefix("/pictures/") for entry in offered) == sorted(names)
    assert source.get("type") == "image/webp"
    assert f"/picture/{picture.sha256}" not in body.render(
        make.edition(body=f"<p>文字。</p>{figure(picture)}")
    )


def test_the_credit_is_printed_once():
    named = make.picture(credit="魏倩")

    unnamed = rendered(f"<p>文字。</p>{figure(named)}").find(".//figcaption")
    already = rendered(f"<p>文字。</p>{figure(named, '清理河道。（魏倩 摄）')}").find(
        ".//figcaption"
    )

    assert unnamed.text_content() == "清理河道。（图/魏倩）"
    assert already.text_content() == "清理河道。（魏倩 摄）"


def test_the_dateline_stands_at_the_head_of_the_first_paragraph():
    picture = make.picture()

    tree = rendered(f"{figure(picture)}<p><strong>会议</strong>召开。</p><p>又及。</p>")

    first, second = tree.findall("./p")
    assert first[0].get("class") == "dateline"
    assert first[0].text.startswith("青溪县融媒体中心11月23日讯（记者 ")
    assert first.text_content().endswith("）会议召开。")
    assert second.text_content() == "又及。"


def test_a_body_without_a_paragraph_gets_one_for_its_dateline():
    tree = rendered("<ul><li>一</li></ul>")

    assert tree[0].tag == "p"
    assert tree[0][0].get("class") == "dateline"


def test_without_a_dateline_nothing_is_added():
    text = "<p>第一段 &lt;b&gt; &amp; 其他。</p>"

    assert body.render(make.edition(body=text, has_dateline=False)) == (
        f'<div class="body">{text}</div>'
    )


def test_a_wide_table_scrolls_by_itself_and_can_be_reached_by_keyboard():
    tree = rendered("<p>一</p><table><tbody><tr><td>甲</td></tr></tbody></table><p>二</p>")

    frame = tree.find(".//div")
    assert [child.tag for child in tree] == ["p", "div", "p"]
    assert (frame.get("role"), frame.get("tabindex")) == ("region", "0")
    assert frame.get("aria-label") == "表格"


def test_a_lead_picture_that_stands_in_the_text_is_not_shown_above_it_too():
    picture = make.picture()

    inside = make.edition(body=f"<p>文字。</p>{figure(picture)}", lead_picture=picture)
    above = make.edition(body="<p>文字。</p>", lead_picture=picture)

    assert not inside.shows_lead
    assert above.shows_lead


def test_a_rendition_of_a_preview_has_an_address_of_its_own():
    picture = make.picture()
    edition = make.edition(body=f"<p>文字。</p>{figure(picture)}")
    for form in edition.pictures[picture.sha256]["renditions"]:
        form["address"] = f"/picture/{picture.sha256}"

    assert f'src="/picture/{picture.sha256}"' in body.render(edition)
