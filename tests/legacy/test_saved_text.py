"""Pages that were saved as plain text."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from articles.models import Role
from legacy import saved_text
from legacy.names import Known
from legacy.reading import Saved
from legacy.records import Place, Record, Unreadable
from tests.legacy.garbler import Garbler

PAGE = """龙潭镇修通最后一条通组公路

来源：青溪县融媒体中心 作者：苏明 何晓兰 编辑：田静 2023-08-23 21:21:48
—分享—

8933.jpg

青溪县融媒体中心8月23日讯（记者 苏明 通讯员 何晓兰）8月23日上午，龙潭镇最后一条通组公路通车。

“从前运货要一整天。”村民周大山说，现在一辆车跑一趟只要两小时，每公里省下3.5元。

全镇今年计划再修12.6公里，占任务的47.4%。

来源：青溪县融媒体中心

作者：苏明 何晓兰

编辑：田静

本站原创文章，转载请附上原文链接。

本文链接：http://mirror.example.com/content/646742/67/12981999.html

阅读下一篇

返回青溪新闻网首页
"""


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def read(text: str, file: str = "1.txt", known: Known = Known()) -> Record | Unreadable:  # noqa: B008
    return saved_text.read(Saved(Place(file), text.encode(), text, lambda _name: None, known))


def record(text: str, **given: str) -> Record:
    found = read(text, **given)
    assert isinstance(found, Record)
    return found


def credits(found: Record) -> list[tuple[str, Role]]:
    return [(credit.name, credit.role) for credit in found.credits]


def sentences(found: Record) -> str:
    return " ".join(doubt.sentence for doubt in found.doubts)


BODY = """<figure><img src="8933.jpg" alt=""></figure>
<p>8月23日上午，龙潭镇最后一条通组公路通车。</p>
<p>“从前运货要一整天。”村民周大山说，现在一辆车跑一趟只要两小时，每公里省下3.5元。</p>
<p>全镇今年计划再修12.6公里，占任务的47.4%。</p>"""


def test_saved_page_comes_apart() -> None:
    found = record(PAGE)

    assert (found.system, found.id, found.number) == ("rednet", "12981999", 12981999)
    assert found.addresses == ("/content/646742/67/12981999.html",)
    assert found.headline == "龙潭镇修通最后一条通组公路"
    assert found.body == BODY
    assert found.source == "青溪县融媒体中心"
    assert str(found.published_at) == "2023-08-23 21:21:48+08:00"
    assert credits(found) == [
        ("苏明", Role.REPORTER),
        ("何晓兰", Role.CORRESPONDENT),
        ("田静", Role.EDITOR),
    ]
    assert (found.doubts, found.changes, found.marks, found.before) == ([], [], [], {})
    assert min(found.confidence.values()) > 0.5


def test_bare_file_name_is_a_picture_without_caption() -> None:
    picture = record(PAGE).images["8933.jpg"]

    assert picture.open is None
    assert picture.caption == ""


def test_garbled_page_is_mended_before_it_is_read() -> None:
    garbled = Garbler().by_characters(PAGE).text

    found = record(garbled)

    assert found.body == BODY
    assert found.headline == "龙潭镇修通最后一条通组公路"
    assert credits(found) == credits(record(PAGE))
    assert found.has_dateline
    assert found.marks == []


def test_log_of_the_repair_leads_from_what_was_read_to_what_came_of_it() -> None:
    page = PAGE.replace("8月23日讯", "8月22日讯").replace("“从前", "“<A&B>从前")
    found = record(Garbler().by_characters(page).text)

    for name in ("headline", "body"):
        text = found.before[name]
        changes = [change for change in found.changes if change.field == name]
        for change in sorted(changes, key=lambda change: -change.start):
            assert text[change.start : change.end] == change.before
            text = text[: change.start] + change.after + text[change.end :]
        assert text == getattr(found, name)
    assert "<p>青溪" in found.body


def test_undecided_places_are_marked_where_they_stand() -> None:
    page = PAGE.replace("“从前运货要一整天。”", "从前运货<要>一整天。”")
    found = record(Garbler().by_characters(page).text)

    assert [found.body[mark.start : mark.end] for mark in found.marks] == ["”"]


@pytest.mark.parametrize(
    ("changed", "to"),
    [
        ("8月23日讯", "8月22日讯"),
        ("青溪县融媒体中心8月23日讯", "溪口县融媒体中心8月23日讯"),
        ("8月23日讯（", "龙潭8月23日电（"),
        ("8月23日讯（", "8月23日15时讯（"),
        ("（记者 苏明 通讯员 何晓兰）", ""),
        ("（记者 苏明", "（全媒体记者 苏明"),
        ("（记者 苏明", "（首席记者 苏明"),
        ("（记者 苏明", "（县融媒体中心记者 苏明"),
        (" 通讯员 何晓兰）", " 特约通讯员 何晓兰）"),
        (" 通讯员 何晓兰）", " 龙潭镇通讯员 何晓兰）"),
        ("（记者 苏明 通讯员 何晓兰）", "（通讯员 何晓兰 记者 苏明）"),
        ("（记者 苏明 通讯员 何晓兰）", "（记者 苏明 通讯员 何晓兰 文/图）"),
    ],
)
def test_dateline_that_the_site_would_not_print_stays_in_the_text(changed: str, to: str) -> None:
    page = PAGE.replace(changed, to)
    found = record(page)

    assert not found.has_dateline
    assert page.splitlines()[7] in found.body


def test_dateline_that_names_fewer_people_than_the_site_would_stays() -> None:
    found = record(PAGE.replace("8933.jpg", "8933.jpg\n\n新修的公路。苏明 摄"))

    assert not found.has_dateline
    assert "8月23日讯（记者 苏明 通讯员 何晓兰）" in found.body


def test_dateline_that_the_site_prints_is_taken_off() -> None:
    found = record(PAGE)

    assert found.has_dateline
    assert "讯" not in found.body


@pytest.mark.parametrize(
    "written",
    [
        "青溪县融媒体中心8月23日讯（记者 苏明 通讯员 何晓兰）",
        "青溪县融媒体中心 ８月23日讯 (记者　苏明 通讯员 何晓兰) ：",
    ],
)
def test_dateline_that_was_taken_off_is_kept_as_it_was_written(written: str) -> None:
    page = PAGE.replace("青溪县融媒体中心8月23日讯（记者 苏明 通讯员 何晓兰）", written)
    found = record(page)

    assert found.body == BODY
    assert found.dateline == written


def test_dateline_with_a_paragraph_of_its_own_leaves_none() -> None:
    found = record(PAGE.replace("何晓兰）8月", "何晓兰）\n\n8月"))

    assert found.body == BODY
    assert found.dateline == "<p>青溪县融媒体中心8月23日讯（记者 苏明 通讯员 何晓兰）</p>"


def test_dateline_with_a_paragraph_of_its_own_that_the_site_would_not_print_stays() -> None:
    page = PAGE.replace("（记者 苏明 通讯员 何晓兰）8月", "（全媒体记者 苏明）\n\n8月")
    found = record(page)

    assert not found.has_dateline
    assert "<p>青溪县融媒体中心8月23日讯（全媒体记者 苏明）</p>\n<p>8月23日上午" in found.body


def test_dateline_with_a_paragraph_of_its_own_before_a_picture_stays() -> None:
    found = record(PAGE.replace("何晓兰）8月", "何晓兰）\n\n8934.jpg\n\n8月"))

    assert not found.has_dateline
    assert "<p>青溪县融媒体中心8月23日讯（记者 苏明 通讯员 何晓兰）</p>\n<figure>" in found.body


def test_block_is_a_paragraph() -> None:
    found = record(PAGE.replace("。”村民", "。”\n村民"))

    assert "“从前运货要一整天。”<br>村民周大山说" in found.body


def test_page_without_empty_lines_has_a_paragraph_to_a_line() -> None:
    found = record("\n".join(line for line in PAGE.splitlines() if line))

    assert found.body == BODY


def test_furniture_never_becomes_body() -> None:
    page = f"红网首页 | 新闻热线 | 在线投稿\n\n当前位置：青溪新闻网>新闻中心>乡镇>正文\n\n{PAGE}"
    page = page.replace("—分享—", "青溪县融媒体中心 公众号二维码\n—分享—\n字号：大 中 小")

    found = record(page)

    assert found.body == BODY
    assert found.channel == "新闻中心/乡镇"


def test_prose_after_the_end_is_told() -> None:
    found = record(
        PAGE.replace("阅读下一篇", "阅读下一篇\n\n" + "另一篇稿件的正文也混了进来。" * 4)
    )

    assert found.body == BODY
    assert "What stands after the end of the article was left out" in sentences(found)


def test_interview_keeps_its_questions() -> None:
    talk = (
        "记者：村里的变化大吗？\n\n周大山：大得很，路修好了，人也回来了。\n\n记者：还有什么打算？\n\n"
        * 4
    )
    found = record(PAGE.replace("全镇今年", f"{talk}全镇今年"))

    assert found.body.count("<p>记者：") == 8


def test_notice_keeps_its_own_time_and_place() -> None:
    notice = "时间：下周三上午\n\n地点：县文化馆\n\n青溪县文化馆\n\n2023年8月23日"
    found = record(PAGE.replace("全镇今年", f"{notice}\n\n全镇今年"))

    for line in notice.split("\n\n"):
        assert f"<p>{line}</p>" in found.body


def test_caption_under_a_picture_is_known_by_its_credit() -> None:
    found = record(PAGE.replace("8933.jpg", "8933.jpg\n\n新修的公路。苏明 摄"))

    assert found.images["8933.jpg"].caption == "新修的公路。"
    assert found.images["8933.jpg"].credit == "苏明"
    assert "<figcaption>新修的公路。</figcaption>" in found.body
    assert ("苏明", Role.PHOTOGRAPHER) in credits(found)


def test_original_headline_and_address_are_kept_of_a_reprint() -> None:
    lines = "原标题：一条路的故事\n\n来源地址：http://www.example.org/a/1.html\n\n来源：青溪"
    found = record(PAGE.replace("\n来源：青溪", f"\n{lines}", 1).replace("8月23日讯", "讯"))

    assert found.original_headline == "一条路的故事"
    assert found.original_url == "http://www.example.org/a/1.html"


def test_day_of_the_address_stands_in_for_a_missing_time() -> None:
    page = PAGE.replace(" 2023-08-23 21:21:48", "").replace("646742/67", "2023/08/23")
    page = page.replace("青溪县融媒体中心8月23日讯", "青溪县融媒体中心讯")
    found = record(page)

    assert str(found.published_at) == "2023-08-23 00:00:00+08:00"
    assert found.confidence["published_at"] < 0.5
    assert "Only the page's address says when it was published: 2023-08-23." in sentences(found)


def test_year_comes_from_the_address_where_the_day_agrees() -> None:
    page = PAGE.replace("2023-08-23 21:21:48", "08-23 21:21").replace("646742/67", "2023/08/23")
    found = record(page)

    assert str(found.published_at) == "2023-08-23 21:21:00+08:00"
    assert found.confidence["published_at"] == 0.9


@pytest.mark.parametrize("time", ["08-23 21:21", "2023-02-30 21:21:48", ""])
def test_time_is_never_guessed(time: str) -> None:
    page = PAGE.replace("2023-08-23 21:21:48", time).replace("8月23日讯", "讯")
    found = record(page)

    assert found.published_at is None
    assert found.confidence["published_at"] == 0
    assert any(doubt.field == "published_at" for doubt in found.doubts)


def test_bytes_that_could_not_be_read_are_told() -> None:
    found = record(PAGE.replace("一辆车", "一\ufffd车"))

    assert [doubt.field for doubt in found.doubts] == ["body"]


@pytest.mark.parametrize(
    ("end", "name"),
    [("（林小溪）", "林小溪"), ("（通讯员 林小溪）", "林小溪"), ("（完）", ""), ("（见图）", "")],
)
def test_names_in_brackets_at_the_end_are_credits_and_stay(end: str, name: str) -> None:
    found = record(PAGE.replace("47.4%。", f"47.4%。{end}"))

    assert f"47.4%。{end}</p>" in found.body
    assert {name for name, _role in credits(found)} - {"苏明", "何晓兰", "田静"} == {name} - {""}


def test_line_that_a_mirror_put_in_is_not_the_headline() -> None:
    garbled = "精彩视频免费观看\n" + Garbler().by_characters(PAGE).text

    assert record(garbled).headline == "龙潭镇修通最后一条通组公路"


def test_page_without_any_address_is_known_by_its_file() -> None:
    page = PAGE.replace("本文链接：http://mirror.example.com/content/646742/67/12981999.html", "")

    assert (record(page).system, record(page).id) == ("file", "1.txt")
    mirrored = record(page, file="www.example.com/content/2023/08/23/12981999.html")
    assert (mirrored.system, mirrored.id) == ("rednet", "12981999")
    assert mirrored.addresses == ("/content/2023/08/23/12981999.html",)


@pytest.mark.parametrize(
    "text", ["", "\n\n", "只有一行", "通讯录\n\n张三 13800000000", "来源：青溪\n\n阅读下一篇"]
)
def test_text_without_an_article_is_told(text: str) -> None:
    found = read(text)

    assert isinstance(found, Unreadable)
    assert found.reason.startswith("There is no article on this page")
    assert found.advice
