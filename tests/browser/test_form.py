"""What the article's form does in a browser so that no work is lost."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from articles.content import Content
from articles.models import Article
from tests import factories as make

pytestmark = pytest.mark.browser
READY = "desk-editor [role=textbox]"
SCREENSHOT = """(surface, bytes) => {
    const data = new DataTransfer()
    data.items.add(new File([new Uint8Array(bytes)], "截图.png", { type: "image/png" }))
    surface.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }))
}"""
LOOK_AT_THE_LOCK = "document.dispatchEvent(new Event('visibilitychange'))"


def test_a_window_that_lost_its_lock_keeps_its_text_but_never_saves_it(
    enter: Any, account: Any, troubles: list[str]
) -> None:
    reporter, editor = account("reporter", "向小禾"), account("editor", "石磊")
    article = make.draft(by=reporter, headline="原来的标题")
    address = f"/admin/articles/article/{article.pk}/change/"
    first = enter(reporter)
    first.goto(address)
    first.locator(READY).click()
    first.fill("#id_headline", "没来得及保存的标题")

    second = enter(editor)
    second.goto(address)
    expect(second.locator(".notice-lock")).to_contain_text("向小禾")
    expect(second.locator("#article-form")).to_have_count(0)
    second.locator(".notice-lock button").click()
    expect(second.locator(READY)).to_be_visible()

    first.evaluate(LOOK_AT_THE_LOCK)
    expect(first.locator("desk-lock")).to_contain_text("石磊")
    expect(first.locator("#id_headline")).to_have_value("没来得及保存的标题")
    expect(first.locator("#id_headline")).to_have_js_property("readOnly", True)
    expect(first.locator(READY)).to_have_attribute("contenteditable", "false")
    expect(first.locator("button[name=_continue]")).to_be_disabled()

    second.fill("#id_headline", "编辑改的标题")
    second.click("button[name=_continue]")
    expect(second.locator(".messagelist")).to_be_visible()
    first.evaluate(LOOK_AT_THE_LOCK)
    expect(first.locator("#id_headline")).to_have_js_property("readOnly", True)
    article.refresh_from_db()
    assert article.headline == "编辑改的标题"
    assert troubles == []


def test_a_browser_keeps_what_was_not_saved_and_offers_it(
    enter: Any, account: Any, troubles: list[str]
) -> None:
    writer = account("correspondent", "王敏")
    page = enter(writer)
    page.goto("/admin/articles/article/add/")
    page.locator(READY).click()
    page.keyboard.type("写到一半的正文。")
    page.fill("#id_headline", "写到一半")
    page.wait_for_function("() => JSON.stringify(localStorage).includes('写到一半')")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/admin/")
    page.goto("/admin/articles/article/add/")
    expect(page.locator(READY)).to_be_visible()
    page.locator(".notice button").first.click()
    expect(page.locator(READY)).to_contain_text("写到一半的正文。")
    page.click("button[name=_continue]")
    page.wait_for_url(re.compile(r"/change/$"))
    assert Article.objects.get().headline == "写到一半"
    page.goto("/admin/articles/article/add/")
    expect(page.locator(READY)).to_be_visible()
    expect(page.locator(".notice:visible")).to_have_count(0)
    assert troubles == []


def test_a_pasted_picture_lands_in_the_library_and_in_the_text(
    enter: Any, account: Any, troubles: list[str]
) -> None:
    writer = account("correspondent", "王敏")
    page = enter(writer)
    page.goto("/admin/articles/article/add/")
    page.fill("#id_headline", "图片新闻")
    page.locator(READY).click()
    page.keyboard.type("正文。")
    page.locator(READY).evaluate(SCREENSHOT, list(make.image_bytes(kind="PNG")))
    expect(page.locator(f"{READY} figure img")).to_be_visible()
    page.keyboard.type("图为现场。")
    page.click("button[name=_continue]")
    page.wait_for_url(re.compile(r"/change/$"))
    picture = writer.pictures.get()
    assert Content.of(Article.objects.get()).body == (
        f'<p>正文。</p>\n<figure><img src="/picture/{picture.sha256}" alt="">'
        "<figcaption>图为现场。</figcaption></figure>"
    )
    assert troubles == []


def test_on_a_phone_the_form_leads_to_the_next_steps(
    enter: Any, account: Any, troubles: list[str]
) -> None:
    writer = account("correspondent", "王敏")
    article = make.draft(by=writer)
    address = f"/admin/articles/article/{article.pk}/change/"
    phone = enter(writer, viewport={"width": 360, "height": 740})
    phone.goto(address)
    link, steps = phone.locator(".to-steps a"), phone.locator("#steps-title")
    expect(link).to_be_visible()
    expect(steps).not_to_be_in_viewport()
    link.focus()
    expect(link).to_be_focused()
    phone.keyboard.press("Enter")
    expect(steps).to_be_in_viewport()
    phone.keyboard.press("Tab")
    assert phone.evaluate("document.activeElement.closest('.steps') !== null")

    phone.set_viewport_size({"width": 1280, "height": 800})
    expect(link).to_be_hidden()
    assert troubles == []
