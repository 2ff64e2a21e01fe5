"""Rules of the tables: what JSON Lines, CSV and workbooks say, and what is made of bad ones."""

import base64
import datetime
import io
import json
import re
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import openpyxl
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.models import Role, Status
from legacy import schema, tables
from legacy.names import Known
from legacy.records import Credit, Record, Unreadable
from legacy.schema import to_json

BEIJING = datetime.timezone(datetime.timedelta(hours=8))

FULL = {
    "newsroom": 1,
    "system": "oldcms",
    "id": "88123",
    "number": 88123,
    "published_at": "2021-03-12T17:40:00+08:00",
    "visible_until": "2031-03-12T17:40:00.250000+08:00",
    "addresses": ["/view.php?aid=9", "/旧/春耕"],
    "kicker": "引题",
    "headline": "全县春季农业生产现场会召开",
    "subtitle": "副题",
    "short_headline": "现场会召开",
    "summary": "第一行\n第二行",
    "body": '<p>3月12日，现场会召开。</p>\n<figure><img src="media/a.jpg" alt="会场"></figure>',
    "has_dateline": True,
    "channel": {"name": "要闻/时政", "slug": "yaowen/shizheng"},
    "source": {"name": "青溪县融媒体中心", "url": "https://news.example/", "own": True},
    "original_headline": "原题",
    "original_author": "原作者",
    "original_url": "https://other.example/1",
    "credits": [
        {"name": "石磊", "role": "reporter", "unit": "影像部"},
        {"name": "双河镇", "role": "correspondent", "is_unit": True},
        {"name": "黎小满", "role": "final_reviewer"},
    ],
    "tags": ["农业", "春耕"],
    "lead_picture": "media/b.png",
    "pictures": {
        "media/b.png": {"caption": "图说", "alt": "田野", "credit": "石磊", "focal": [20, 80]},
        "media/a.jpg": {},
    },
    "corrections": [{"at": "2021-03-13T09:00:00+08:00", "note": "人名有误，已更正。"}],
}


@pytest.fixture(autouse=True)
def _sentences_in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def nothing(name: str) -> None:
    return None


def lines(*rows: Any, encoding: str = "utf-8") -> list[Any]:
    """What is read of a JSON Lines file; a row that is no text is written as JSON."""
    texts = (row if isinstance(row, str | bytes) else json.dumps(row) for row in rows)
    data = b"\n".join(row if isinstance(row, bytes) else row.encode(encoding) for row in texts)
    return list(tables.read_json_lines(io.BytesIO(data), "a.jsonl", nothing, Known()))


def one(**fields: Any) -> Record:
    """The record of an article of which only this is said."""
    [record] = lines({"system": "oldcms", "id": "1", "headline": "标题", **fields})
    assert isinstance(record, Record), record
    return record


def refused(**fields: Any) -> str:
    [found] = lines({"system": "oldcms", "id": "1", "headline": "标题", **fields})
    assert isinstance(found, Unreadable), found
    return found.reason


def csv(text: str, *, encoding: str = "utf-8") -> list[Any]:
    stream = io.BytesIO(text.encode(encoding))
    return list(tables.read_csv(stream, "a.csv", nothing, Known()))


def workbook(*sheets: list[list[Any]]) -> io.BytesIO:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def xlsx(*sheets: list[list[Any]]) -> list[Any]:
    return list(tables.read_xlsx(workbook(*sheets), "a.xlsx", nothing, Known()))


# One line of an export


def test_a_line_that_an_export_wrote_is_written_again_byte_for_byte() -> None:
    line = json.dumps(FULL, ensure_ascii=False, separators=(",", ":"))
    written = line.replace('"number":88123,', '"number":88123,"status":"published",')

    [record] = lines(written)

    assert to_json(record) == written


@settings(deadline=None, max_examples=60)
@given(
    st.fixed_dictionaries(
        {"headline": st.text(min_size=1), "body": st.text(), "summary": st.text()},
        optional={
            "tags": st.lists(st.text(min_size=1)),
            "addresses": st.lists(st.text(min_size=1)),
            "published_at": st.datetimes(
                min_value=datetime.datetime(1950, 1, 1),  # noqa: DTZ001 - the zone is drawn
                timezones=st.just(BEIJING),
            ).map(datetime.datetime.isoformat),
            "has_dateline": st.booleans(),
        },
    )
)
def test_writing_what_was_read_of_a_written_line_gives_the_same_line(fields: Any) -> None:
    [first] = lines({"newsroom": 1, "system": "oldcms", "id": "1", **fields})
    written = to_json(first)
    [again] = lines(written)
    assert to_json(again) == written


def test_an_export_is_not_repaired_parsed_or_doubted() -> None:
    [record] = lines({**FULL, "body": "<p>" + "長(zhǎng)" * 6 + "</p>"})
    assert "長(zhǎng)" in record.body
    assert not (record.doubts or record.confidence or record.changes)


def test_an_export_of_a_later_schema_is_refused() -> None:
    assert "reads 1" in refused(newsroom=2)


# Values


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2021-03-12T17:40:00+08:00", "2021-03-12T17:40:00+08:00"),
        ("2021-03-12T09:40:00Z", "2021-03-12T17:40:00+08:00"),
        ("2021-03-12 17:40", "2021-03-12T17:40:00+08:00"),
        ("2021年3月12日 17:40", "2021-03-12T17:40:00+08:00"),
        ("2021-3-02", "2021-03-02T00:00:00+08:00"),
        (1615542000, "2021-03-12T17:40:00+08:00"),
        (1615542000000, "2021-03-12T17:40:00+08:00"),
    ],
)
def test_a_time_is_read_in_the_shapes_that_tables_write_it_in(text: Any, moment: str) -> None:
    assert one(published_at=text).published_at == datetime.datetime.fromisoformat(moment)


@pytest.mark.parametrize("text", ["2023-02-30", "02-13 09:33", "0001-01-01", 12, "昨天"])
def test_a_time_that_never_was_or_has_no_year_is_doubted_not_guessed(text: Any) -> None:
    record = one(published_at=text)
    assert record.published_at is None
    assert record.confidence["published_at"] == 0
    assert str(text) in record.doubts[0].sentence


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("第一段\n\n　　第二段", "<p>第一段</p>\n<p>第二段</p>"),
        ("甲 < 乙 & 丙", "<p>甲 &lt; 乙 &amp; 丙</p>"),
        ("甲&nbsp;乙 &lt;1&gt;\n丙", "<p>甲\u00a0乙 &lt;1&gt;</p>\n<p>丙</p>"),
        ("<b>第一段</b>\n第二段", "<p><b>第一段</b></p>\n<p>第二段</p>"),
        ("<p>第一段</p>\n", "<p>第一段</p>\n"),
        ("第一段<br>\n第二段", "第一段<br>\n第二段"),
    ],
)
def test_a_body_may_be_plain_text_or_html(body: str, html: str) -> None:
    assert one(body=body).body == html


@pytest.mark.parametrize(
    ("value", "channel"),
    [
        ("要闻", "要闻"),
        ("要闻 > 时政", "要闻/时政"),
        ("要闻/时政", "要闻/时政"),
        (["要闻", "时政"], "要闻/时政"),
    ],
)
def test_a_channel_is_a_name_or_two(value: Any, channel: str) -> None:
    assert one(channel=value).channel == channel


def test_a_channel_of_more_than_two_levels_is_told_of() -> None:
    [doubt] = one(channel="首页/新闻/要闻").doubts
    assert doubt.sentence == "“首页/新闻/要闻” has more than two levels; “首页/要闻” was taken."


@pytest.mark.parametrize(
    "value", ["农业、春耕", "农业,春耕", "农业，春耕", "农业 春耕", ["农业", "春耕"]]
)
def test_tags_are_parted_by_any_mark(value: Any) -> None:
    assert one(tags=value).tags == ("农业", "春耕")


@pytest.mark.parametrize(
    ("word", "status"),
    [("已发布", Status.PUBLISHED), ("草稿", Status.DRAFT), ("withdrawn", Status.WITHDRAWN)],
)
def test_a_status_is_said_in_either_language(word: str, status: Status) -> None:
    assert one(status=word).status == status


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"status": "geheim"}, "“status” must be one of published, draft and withdrawn"),
        ({"number": 0}, "“number” must be a whole number above zero"),
        ({"number": 2**63}, "“number” must be a whole number above zero"),
        ({"number": "12a"}, "“number” must be a whole number above zero"),
        ({"number": True}, "“number” must be a whole number above zero"),
        ({"number": 10**2000}, "A number has 2001 digits."),
        ({"newsroom": "1"}, '“newsroom” must be a whole number; it is "1".'),
        ({"headline": ["标题"]}, "“headline” must be a text"),
        ({"body": {"a": 1}}, "“body” must be a text"),
        ({"has_dateline": "maybe"}, "“has_dateline” must be true or false"),
        ({"credits": [5]}, "“credits” must be a list of names with their roles"),
        ({"credits": [{"role": "editor"}]}, "“credits” must be a list of names"),
        ({"pictures": {"a.jpg": {"focal": [50, 101]}}}, "“pictures” must be pictures"),
        ({"pictures": {"a.jpg": {"caption": 5}}}, "“pictures” must be pictures"),
        ({"corrections": [{"note": "x"}]}, "“corrections” must be a list of notes"),
        ({"author": "陈" * 3000}, "“author” must be a by-line"),
        ({"source": "陈 " * 3000}, "“source” must be a name"),
        ({"tags": [1]}, "“tags” must be a list of texts"),
        ({"source": {"name": 1}}, "“source” must be a name"),
        ({"channel": {"name": 1}}, "“channel” must be a name"),
        ({"system": "x" * 41}, "“system” must be a name of at most 40 characters"),
    ],
)
def test_a_value_of_the_wrong_kind_sets_the_record_aside(fields: Any, sentence: str) -> None:
    assert sentence in refused(**fields)


def test_a_key_that_the_schema_does_not_have_is_told_of_once() -> None:
    records = lines(*({"system": "a", "id": str(place), "views": 5} for place in range(3)))
    assert [len(record.doubts) for record in records] == [1, 0, 0]
    assert "“views” was not read" in records[0].doubts[0].sentence


def test_a_key_said_twice_under_two_names_is_told_of() -> None:
    record = one(title="另一个标题")
    assert record.headline == "标题"
    assert "says this twice" in record.doubts[0].sentence


# By-lines


def test_columns_of_people_are_read_by_the_grammar_of_by_lines() -> None:
    record = one(记者="陈渡、黎小满", 通讯员="石 磊", 责任编辑="周津")
    assert record.credits == (
        Credit("陈渡", Role.REPORTER),
        Credit("黎小满", Role.REPORTER),
        Credit("石磊", Role.CORRESPONDENT),
        Credit("周津", Role.EDITOR),
    )


def test_an_author_without_a_role_is_less_sure() -> None:
    record = one(author="陈渡 黎小满")
    assert [credit.stated for credit in record.credits] == [False, False]
    assert record.confidence["credits"] < 1


def test_reporters_in_the_source_are_taken_out_of_it() -> None:
    record = one(source="天目新闻 记者 陈渡 黎小满")
    assert record.source == "天目新闻"
    assert [credit.name for credit in record.credits] == ["陈渡", "黎小满"]


def test_credits_as_rows_keep_what_they_say() -> None:
    record = one(credits=[{"name": "陈　渡", "role": "记者", "unit": "新闻部"}, "通讯员 石磊"])
    assert record.credits == (
        Credit("陈渡", Role.REPORTER, "新闻部"),
        Credit("石磊", Role.CORRESPONDENT),
    )


def test_a_role_that_is_none_here_is_told_of_and_left_out() -> None:
    record = one(credits=[{"name": "陈渡", "role": "总监制"}])
    assert record.credits == ()
    assert "“陈渡” is credited as “总监制”" in record.doubts[0].sentence


# Identity


@pytest.mark.parametrize(
    ("fields", "identity"),
    [
        ({"system": "oldcms", "id": 7}, ("oldcms", "7")),
        ({"system": "oldcms", "number": 7}, ("oldcms", "7")),
        ({"url": "https://www.old.example/a/b.php?id=7"}, ("old.example", "/a/b.php?id=7")),
        ({"url": "https://old.example/content/2021/03/12/5550001.html"}, ("rednet", "5550001")),
        ({"id": "7"}, ("file", "a.jsonl:7")),
    ],
)
def test_an_article_is_known_by_what_the_record_says(fields: Any, identity: Any) -> None:
    [record] = lines({"headline": "标题", **fields})
    assert (record.system, record.id) == identity


def test_without_any_id_headline_and_day_tell_the_article() -> None:
    rows = [
        {"headline": "标题", "date": "2021-03-12", "body": "甲"},
        {"headline": "标题", "date": "2021-03-12", "body": "乙"},
        {"headline": "标题", "date": "2021-03-13", "body": "甲"},
    ]
    first, changed, other = lines(*rows)
    assert first.id == changed.id != other.id


def test_a_record_that_nothing_tells_from_others_is_set_aside() -> None:
    [found] = lines({"body": "正文"})
    assert found.reason == "It has no id, no number, no address and no headline."


def test_the_number_at_the_end_of_an_address_is_the_articles() -> None:
    record = one(url="https://old.example/content/646742/67/5550001.html")
    assert record.number == 5550001
    assert record.addresses == ("/content/646742/67/5550001.html",)


def test_what_is_no_address_is_told_of() -> None:
    record = one(addresses=["http://[", "/old/7"])
    assert record.addresses == ("/old/7",)
    assert "“http://[” is no address" in record.doubts[0].sentence


def test_an_address_that_is_none_gives_no_number() -> None:
    record = one(
        url=f"https://a.example/{'x' * 600}/12.html", addresses=["https://a.example/2021/05/7.html"]
    )
    assert (record.number, record.addresses) == (7, ("/2021/05/7.html",))
    assert [doubt.field for doubt in record.doubts] == ["addresses"]
    record = one(url=f"https://a.example/{'x' * 600}/12.html")
    assert (record.number, record.addresses) == (None, ())


# Pictures


def test_pictures_are_opened_by_the_name_that_the_body_calls_them() -> None:
    row = {
        "system": "a",
        "id": "1",
        "body": '<p>字<img src="up/a&amp;b.jpg"><img alt=x src=gone.jpg></p>',
        "lead_picture": "up/lead.jpg",
        "pictures": {"up/lead.jpg": {"file": "files/1.jpg", "caption": "图说"}},
    }
    there = {"up/a&b.jpg", "files/1.jpg"}

    def files(name: str) -> Callable[[], BinaryIO] | None:
        return (lambda: io.BytesIO(name.encode())) if name in there else None

    stream = io.BytesIO(json.dumps(row).encode())
    [record] = tables.read_json_lines(stream, "a.jsonl", files, Known())

    assert isinstance(record, Record)
    opened = {
        name: image.open().read().decode() if image.open else None
        for name, image in record.images.items()
    }
    assert opened == {"up/lead.jpg": "files/1.jpg", "up/a&b.jpg": "up/a&b.jpg", "gone.jpg": None}
    assert record.images["up/lead.jpg"].caption == "图说"


def test_a_picture_in_the_text_itself_is_taken_out_of_it() -> None:
    data = base64.b64encode(b"picture").decode()
    record = one(
        body=f'<p>字<img src="data:image/png;base64,{data}"><img src="data:image/gif;base64,x"></p>'
    )
    assert record.body == '<p>字<img src="inline-1"><img src="inline-2"></p>'
    whole, broken = record.images.values()
    assert whole.open and whole.open().read() == b"picture"
    assert broken.open is None


# Garbled records


def test_a_garbled_record_is_mended_and_keeps_what_it_was() -> None:
    body = "<p>全縣(xiàn)農(nóng)業(yè)生產(chǎn)現(xiàn)場會,，今天召開&nbsp;A&amp;B。</p>"
    rows = [{"name": "趙(zhào)四", "role": "editor"}, {"name": "錢五", "role": "editor"}]
    record = one(headline="農(nóng)業(yè)會議", body=body, reporter="張(zhāng)三", credits=rows)
    assert record.headline == "农业会议"
    assert record.body == "<p>全县农业生产现场会，今天召开\u00a0A&amp;B。</p>"
    assert [credit.name for credit in record.credits] == ["赵四", "钱五", "张三"]
    assert record.before["headline"] == "農(nóng)業(yè)會議"
    assert {change.field for change in record.changes} == {
        "headline",
        "body",
        "reporter",
        "credits",
    }
    for change in record.changes:
        assert record.before[change.field][change.start : change.end] == change.before


def test_a_genuine_traditional_record_stays_as_it_is() -> None:
    record = one(headline="縣農業會議", body="<p>今天召開。</p>")
    assert record.headline == "縣農業會議" and not record.changes


# Lines that are none


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "This is no JSON"),
        ("[1]", "This is no JSON object."),
        ('{"id":1,"id":2}', "“id” comes twice."),
        ('{"number":' + "9" * 5000 + "}", "A number has 5000 digits."),
        ("[" * 100_000, "The JSON is nested too deep."),
        ('{"id":NaN}', "NaN is no number."),
        (b'{"id":"\xff\xff"}', "Its bytes are neither UTF-8 nor gb18030."),
    ],
)
def test_a_bad_line_is_set_aside_and_the_rest_goes_on(line: Any, reason: str) -> None:
    found = lines({"system": "a", "id": "1"}, line, {"system": "a", "id": "2"})
    assert [type(item) for item in found] == [Record, Unreadable, Record]
    assert reason in found[1].reason
    assert str(found[1].place) == "a.jsonl : 2"


def test_control_characters_and_broken_surrogates_are_dropped() -> None:
    [record] = lines(r'{"system":"a","id":"1\u0000","headline":"标\ud800题","tags":["\u200b农"]}')
    assert (record.id, record.headline, record.tags) == ("1", "标题", ("农",))


@pytest.mark.parametrize("nested", ['{"a":' * 5000 + "1" + "}" * 5000, '["' + "x" * 100 + '"]'])
def test_no_value_whatever_its_depth_raises(nested: str) -> None:
    for key in ("credits", "pictures", "corrections", "headline", "tags", "source"):
        lines(f'{{"system":"a","id":"\\u0000","{key}":{nested}}}')


@settings(deadline=None, max_examples=150)
@given(
    st.dictionaries(
        st.sampled_from([*FULL, "url", "author", "时间"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=6,
        ),
    )
)
def test_any_object_is_a_record_or_set_aside(fields: Any) -> None:
    [found] = lines(fields)
    assert isinstance(found, Record | Unreadable)


def test_a_line_that_is_too_long_is_never_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "LONGEST_RECORD", 1000)
    long, empty, short = b'{"id":"' + b"x" * 5000 + b'"}', b"", b'{"system":"a","id":"2"}'
    found = lines(long, empty, short)
    assert [str(item.place) for item in found] == ["a.jsonl : 1", "a.jsonl : 3"]
    assert "longer than" in found[0].reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_lines_are_read_in_the_encodings_of_the_country(encoding: str) -> None:
    rows = [{"system": "a", "id": str(place), "headline": "标题，"} for place in range(3)]
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    found = lines(text, encoding=encoding)
    assert [record.headline for record in found] == ["标题，"] * 3


def test_memory_stays_flat_however_long_the_file_is() -> None:
    row = json.dumps({"system": "a", "id": "1", "headline": "标题", "body": "字" * 1000}) + "\n"

    class Endless(io.RawIOBase):
        left = 3000

        def readable(self) -> bool:
            return True

        def seekable(self) -> bool:
            return True

        def seek(self, *_place: int) -> int:
            self.left = 3000
            return 0

        def readinto(self, buffer: Any) -> int:
            self.left -= 1
            data = row.encode() if self.left >= 0 else b""
            buffer[: len(data)] = data
            return len(data)

    stream = io.BufferedReader(Endless())
    tracemalloc.start()
    try:
        count = sum(1 for _record in tables.read_json_lines(stream, "a", nothing, Known()))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 3000
    assert peak < 2_000_000  # bytes; the file has twelve million


# CSV


@pytest.mark.parametrize("separator", [",", ";", "\t", "，"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_whatever_separates_and_encodes_it(separator: str, encoding: str) -> None:
    rows = [["编号", "标题", "正文", "栏目"], ["7", "标题", '"第一段\n第二段"', "要闻"]]
    [record] = csv("\r\n".join(separator.join(row) for row in rows), encoding=encoding)
    assert (record.headline, record.channel) == ("标题", "要闻")
    assert record.body == "<p>第一段</p>\n<p>第二段</p>"
    assert (record.system, record.id) == ("file", "a.csv:7")


def test_the_head_of_a_table_may_stand_below_its_title() -> None:
    [record] = csv("二〇二一年稿件,,\n\n编号,标题,正文\n7,标题,正文\n")
    assert record.headline == "标题" and str(record.place) == "a.csv : 4"


def test_a_table_whose_columns_nobody_knows_is_set_aside() -> None:
    [found] = csv("foo,bar\n1,2\n")
    assert found.reason == "No row at its beginning names the columns of the schema."


def test_bad_rows_of_a_csv_are_set_aside_and_the_rest_goes_on() -> None:
    found = csv('编号,标题,正文\n1,甲,乙\n2,甲,乙,丙\n3,甲,"乙"丙\n4,甲,乙\n')
    assert [type(item) for item in found] == [Record, Unreadable, Unreadable, Record]
    assert found[1].reason == "It has more cells than the head has columns."
    assert "quotation marks" in found[2].reason


def test_a_quotation_that_never_ends_takes_one_row() -> None:
    found = csv('编号,标题,正文\n1,甲,乙\n2,甲,"乙\n3,甲,乙\n')
    assert [type(item) for item in found] == [Record, Unreadable, Record]
    assert str(found[1].place) == "a.csv : 3"


def test_a_quotation_that_never_ends_does_not_take_the_rows_behind_it() -> None:
    rows = [f"{number},题{number},文,2021-01-01" for number in range(1, 2000)]
    rows[2] = '3,题3,"文,2021-01-01'
    rows[5] = '6,题6,"文\n第二段 "引" 文\n第三段",2021-01-01'
    rows[8] = '9,题9,"文\n第二段",2021-01-01'

    found = csv("\n".join(["编号,标题,正文,发布时间", *rows]))

    assert [str(part.place) for part in found if isinstance(part, Unreadable)] == [
        "a.csv : 4",
        "a.csv : 7",
    ]
    assert found[5].reason.endswith("Lines 8 to 9 were not read.")
    assert len(found) == 1999
    assert "第二段" in found[8].body


def test_quotations_without_end_take_no_long_time() -> None:
    began = time.process_time()

    csv("编号,标题,正文\n" + '1,"""甲,乙\n' * 100_000)
    csv("编号,标题,正文\n" + '1,"甲\n' + "1,甲\n" * 200_000)

    assert time.process_time() - began < 20


def test_bytes_of_another_encoding_in_the_middle_set_one_row_aside() -> None:
    rows = ["编号,标题,正文", "1,甲,乙", "2,甲,\udcff", "3,甲,乙"]
    data = "\n".join(rows).encode("utf-8", "surrogateescape")
    found = list(tables.read_csv(io.BytesIO(data), "a.csv", nothing, Known()))
    assert [type(item) for item in found] == [Record, Unreadable, Record]
    assert found[1].reason == "Its bytes are neither UTF-8 nor gb18030."


def test_cells_may_hold_lists_as_json() -> None:
    [record] = csv('id,headline,credits\n1,标题,"[{""name"":""陈渡"",""role"":""editor""}]"\n')
    assert record.credits == (Credit("陈渡", Role.EDITOR),)


# Workbooks


def test_a_workbook_is_read_by_its_sheets() -> None:
    moment = datetime.datetime(2023, 8, 23, 21, 21, 48)  # noqa: DTZ001 - cells know no zones
    found = xlsx(
        [["编号", "标题", "正文", "发布时间"], [12, "甲", "乙", moment], [13.0, "丙", "丁", None]],
        [["标题", "正文", "编号"], ["戊", "己", "x"]],
        [],
    )
    assert [(record.id, record.headline) for record in found] == [
        ("a.xlsx:12", "甲"),
        ("a.xlsx:13", "丙"),
        ("a.xlsx:x", "戊"),
    ]
    assert found[0].published_at == moment.replace(tzinfo=BEIJING)
    assert [str(record.place) for record in found] == [
        "a.xlsx : Sheet!2",
        "a.xlsx : Sheet!3",
        "a.xlsx : Sheet1!2",
    ]


def test_a_stray_cell_in_the_last_corner_of_a_sheet_costs_nothing() -> None:
    book = openpyxl.load_workbook(workbook([["编号", "标题", "正文"], ["12", "甲", "乙"]]))
    book.active["XFD1048576"] = "x"
    stream = io.BytesIO()
    book.save(stream)
    began = time.process_time()

    [found] = tables.read_xlsx(stream, "a.xlsx", nothing, Known())

    assert time.process_time() - began < 10
    assert (found.id, found.raw) == ("a.xlsx:12", '["12", "甲", "乙"]'.encode())


def test_a_damaged_workbook_is_set_aside() -> None:
    data = workbook([["编号", "标题"], [1, "甲"]]).getvalue()
    for end in (0, 10, len(data) // 2, len(data) - 30):
        [found] = tables.read_xlsx(io.BytesIO(data[:end]), "a.xlsx", nothing, Known())
        assert isinstance(found, Unreadable) and "damaged" in found.reason


def broken(part: str, data: bytes) -> Iterator[Any]:
    """What is read of a workbook that has other bytes in one of its parts."""
    source = workbook([["编号", "标题"], [1, "甲"]])
    changed = io.BytesIO()
    with zipfile.ZipFile(source) as whole, zipfile.ZipFile(changed, "w") as copy:
        for name in whole.namelist():
            copy.writestr(name, data if name == part else whole.read(name))
    changed.seek(0)
    return tables.read_xlsx(changed, "a.xlsx", nothing, Known())


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"]
)
def test_a_workbook_with_a_broken_part_is_set_aside(part: str) -> None:
    [found] = broken(part, b"<broken")
    assert isinstance(found, Unreadable)


def test_a_workbook_with_a_document_type_is_not_opened() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    [found] = broken("xl/worksheets/sheet1.xml", bomb)
    assert found.reason == "The workbook is not one that a spreadsheet wrote."


def test_a_workbook_that_unpacks_to_too_much_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "LARGEST_WORKBOOK", 100)
    [found] = xlsx([["编号", "标题"], [1, "甲"]])
    assert found.reason == "The workbook is too large when it is unpacked."


# The page for people


def test_the_page_names_every_key_and_its_examples_can_be_read() -> None:
    page = (Path(__file__).parents[2] / "docs" / "migration.md").read_text()
    for key in schema.KEYS:
        assert f"`{key}`" in page, key
    [example] = re.findall(r"```json\n(.*?)\n```", page, re.DOTALL)
    [record] = lines(example)
    assert not record.doubts and record.headline == "全县春季农业生产现场会召开"
    [table] = re.findall(r"```csv\n(.*?)```", page, re.DOTALL)
    first, second = csv(table)
    assert (first.number, first.headline) == (record.number, record.headline)
    assert first.credits == record.credits and not first.doubts
    assert second.published_at is None and "2021-02-30" in second.doubts[0].sentence


def test_the_columns_that_the_page_names_are_known() -> None:
    page = (Path(__file__).parents[2] / "docs" / "migration.md").read_text()
    table = page.partition("| column | key |\n|---|---|\n")[2].partition("\n\n")[0]
    for row in table.splitlines():
        for column in row.split("|")[1].split(","):
            assert schema.key_of(column), column
