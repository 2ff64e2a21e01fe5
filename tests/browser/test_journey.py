"""Five accounts take an article from the editor through three reviews to readers, and off again."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from articles.models import Article, Role, Status
from tests import factories as make

pytestmark = pytest.mark.browser

FROM_WORD = """
<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta charset="utf-8">
<style>p.MsoNormal {margin:0cm; font-family:"仿宋_GB2312";}</style></head><body lang=ZH-CN>
<!--StartFragment--><p class=MsoNormal style='text-indent:32.0pt;line-height:28pt'><span
style='font-size:16.0pt;font-family:仿宋_GB2312'>各乡镇要<b>按时</b>报送台账。<o:p></o:p></span></p>
<p class=MsoNormal onclick="alert(1)"><img src="file:///C:/Users/a/clip_image001.png">会议要求压实责任。</p>
<table class=MsoTableGrid border=1 style='border-collapse:collapse'><tr><td width=100
style='width:75pt'><p class=MsoNormal>乡镇</p></td><td><p class=MsoNormal>整治点位</p></td></tr>
<tr><td><p class=MsoNormal>龙溪镇</p></td><td><p class=MsoNormal>28</p></td></tr></table>
<script>alert(1)</script><!--EndFragment--></body></html>
"""
PASTE = """(surface, html) => {
    const data = new DataTransfer()
    data.setData("text/html", html)
    data.setData("text/plain", "各乡镇要按时报送台账。")
    surface.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }))
}"""


def step(page: Page, article: Article, action: str, **fields: str) -> None:
    """Press a step's button under the form, fill in its page, confirm, and leave the article."""
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    page.click(f"a[href$='/step/{action}/']")
    for name, text in fields.items():
        page.fill(f"#id_{name}", text)
    page.click(".step-form button[type=submit]")
    page.wait_for_url(re.compile(r"/change/\?look=1$|/article/$"))
    page.goto("/admin/")


def status_of(article: Article) -> str:
    article.refresh_from_db()
    return article.status


def save(page: Page) -> None:
    page.click("button[name=_continue]")
    page.wait_for_url(re.compile(r"/admin/articles/article/\d+/change/$"))
    expect(page.locator(".messagelist .success, .messagelist .warning")).to_be_visible()


def test_five_people_bring_an_article_to_readers_and_take_it_off_again(
    enter, account, troubles, tmp_path: Path
):
    make.channel("要闻")
    make.own_source()
    reporter, editor = account("reporter", "向小禾"), account("editor", "石磊")
    head, chief = account("section_head", "田远"), account("chief_editor", "彭立新")
    deputy = account("chief_editor", "龙海燕")
    make.contributor("向小禾", user=reporter)
    photo = tmp_path / "会场.jpg"
    photo.write_bytes(make.image_bytes(size=(1200, 800)))

    # The reporter writes: types, pastes from Word, uploads a picture.
    writing = enter(reporter)
    writing.goto("/admin/articles/article/add/")
    writing.fill("#id_headline", "全县秋冬生态环境整治推进会召开")
    surface = writing.locator("desk-editor [contenteditable=true]")
    surface.click()
    writing.keyboard.type("11月23日下午，推进会召开。")
    writing.keyboard.press("Enter")
    surface.evaluate(PASTE, FROM_WORD)
    expect(surface.locator("td")).to_have_count(4)
    writing.keyboard.press("Control+End")
    writing.locator(".desk-toolbar button", has_text=re.compile("^image$")).click()
    upload = writing.locator("dialog .picture-upload")
    upload.locator("[name=original]").set_input_files(photo)
    upload.locator("[name=caption]").fill("会议现场。")
    upload.locator("[name=alt]").fill("会场里坐满了人")
    upload.locator("[name=credit]").fill("向小禾")
    upload.locator("[type=submit]").click()
    expect(surface.locator("figure img")).to_be_visible()
    writing.locator("#id_channel").click()
    writing.locator("desk-suggest li", has_text="要闻").click()
    save(writing)
    article = Article.objects.get()
    assert (article.status, article.created_by) == (Status.DRAFT, reporter)
    assert [row.role for row in article.bylines.all()] == [Role.REPORTER]
    for kept in (
        "推进会召开。",
        "<strong>按时</strong>",
        "会议要求压实责任。",
        "<td",
        "28",
        "会议现场。",
    ):
        assert kept in article.body
    for dropped in ("Mso", "style", "script", "onclick", "file:", "o:p"):
        assert dropped not in article.body
    step(writing, article, "submit")
    assert status_of(article) == Status.FIRST_REVIEW

    # The editor returns it; the reporter mends and resubmits; three people sign.
    reading = enter(editor)
    step(reading, article, "return", note="请写明整治点位总数")
    assert status_of(article) == Status.DRAFT
    writing.goto(f"/admin/articles/article/{article.pk}/change/")
    expect(writing.locator("body")).to_contain_text("请写明整治点位总数")
    writing.fill("#id_subtitle", "28个点位年底前整治到位")
    save(writing)
    step(writing, article, "submit")
    step(reading, article, "pass_first")
    step(enter(head), article, "pass_second")
    chiefs = enter(chief)
    step(chiefs, article, "pass_final")
    assert status_of(article) == Status.APPROVED

    # The chief publishes; a reader reads, on a phone and without JavaScript.
    step(chiefs, article, "publish")
    address = article.editions.get().get_absolute_url()
    for options in (
        {},
        {"viewport": {"width": 360, "height": 740}},
        {"java_script_enabled": False},
    ):
        reader = enter(**options)
        reader.goto("/")
        reader.locator(f"main a[href='{address}']").first.click()
        expect(reader.locator("h1")).to_have_text("全县秋冬生态环境整治推进会召开")
        for text in ("28个点位年底前整治到位", "按时", "石磊", "田远", "彭立新", "会议现场。"):
            expect(reader.locator("main")).to_contain_text(text)
        picture = reader.locator("main figure img").first
        picture.scroll_into_view_if_needed()
        if options.get("java_script_enabled", True):
            reader.wait_for_function(
                "() => [...document.querySelectorAll('main figure img')]"
                ".every((image) => image.complete && image.naturalWidth > 0)"
            )
            width = reader.evaluate("() => document.documentElement.scrollWidth - innerWidth")
            assert width <= 0

    # The editor corrects; readers keep the old text until the deputy publishes the new one.
    reading.goto(f"/admin/articles/article/{article.pk}/change/")
    reading.fill("#id_subtitle", "29个点位年底前整治到位")
    save(reading)
    assert status_of(article) == Status.FINAL_REVIEW
    reader = enter()
    reader.goto(address)
    expect(reader.locator("main")).to_contain_text("28个点位")
    deputies = enter(deputy)
    step(deputies, article, "pass_final")
    step(deputies, article, "correct", public_note="点位总数应为29个。")
    reader.reload()
    expect(reader.locator("main")).to_contain_text("29个点位")
    expect(reader.locator("main")).to_contain_text("点位总数应为29个。")

    # The chief withdraws; the address stays and says so.
    step(chiefs, article, "withdraw", note="主办方要求", public_note="该稿件已撤回。")
    assert not troubles
    reader = enter()  # a browser may keep a page for a minute
    gone = reader.goto(address)
    assert gone
    assert gone.status == 410
    expect(reader.locator("main")).to_contain_text("该稿件已撤回。")
    expect(reader.locator("body")).not_to_contain_text("29个点位")
    assert [line for line in troubles if "410" not in line] == []
