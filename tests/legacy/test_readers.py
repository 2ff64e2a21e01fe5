"""Every file by the format that its content shows."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from legacy import files, readers
from legacy.readers import format_of, read
from legacy.records import Format, Mark, Record, Unreadable
from tests.legacy.test_saved_text import PAGE as SAVED_TEXT

FOLDER = Path(__file__).parent
HTML = (FOLDER / "pages/rednet_2014.html").read_text(encoding="utf-8")
JSON_LINE = json.dumps(
    {
        "system": "old",
        "id": "1",
        "headline": "路通了",
        "body": "<p>山路通了。</p>",
        "source": "青溪县融媒体中心",
        "channel": "要闻",
        "published_at": "2023-08-23T10:00:00+08:00",
    },
    ensure_ascii=False,
)
CSV = "编号,标题,正文,来源,栏目,发布时间\n1,路通了,山路通了。,青溪县融媒体中心,要闻,2023-08-23 10:00\n"
WORDPRESS = (FOLDER / "samples/wordpress.xml").read_bytes()


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def workbook(folder: Path) -> bytes:
    path = folder / "book.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    data = path.read_bytes()
    path.unlink()
    return data


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SAVED_TEXT, Format.SAVED_TEXT),
        (HTML, Format.PAGE),
        ("<p>只有一段。</p>", Format.PAGE),
        (JSON_LINE, Format.JSON_LINES),
        (CSV, Format.CSV),
        (CSV.replace(",", "\t"), Format.CSV),
        (CSV.replace("山路通了。", "<p>山路通了。</p>"), Format.CSV),
        (WORDPRESS.decode(), Format.WORDPRESS),
    ],
    ids=[
        "saved text",
        "page",
        "piece of a page",
        "json lines",
        "csv",
        "tabs",
        "csv of html",
        "wordpress",
    ],
)
def test_format_is_known_by_content(text: str, expected: Format, encoding: str) -> None:
    assert format_of(text.encode(encoding)[: readers.HEAD]) is expected


def test_workbook_is_known_by_content(tmp_path: Path) -> None:
    assert format_of(workbook(tmp_path)) is Format.XLSX


@pytest.mark.parametrize("data", [b"\xff\xd8\xff\xe0JFIF", b"\x89PNG\r\n", b"GIF89a", b"%PDF-1.4"])
def test_other_things_are_no_format(data: bytes) -> None:
    assert format_of(data) is None


def test_a_folder_of_everything_is_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "1.dat.html").write_text(CSV, encoding="gb18030")
    (tmp_path / "2.csv").write_text(JSON_LINE, encoding="utf-8")
    (tmp_path / "3.xml").write_bytes(WORDPRESS)
    (tmp_path / "4.txt").write_text(HTML, encoding="gb18030")
    (tmp_path / "5").write_text(SAVED_TEXT, encoding="utf-8")
    (tmp_path / "6.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    (tmp_path / "6.css").write_text("body { color: red }", encoding="utf-8")

    found = list(read([tmp_path]))

    assert [record for record in found if isinstance(record, Unreadable)] == []
    formats = [record.format for record in found if isinstance(record, Record)]
    assert list(dict.fromkeys(formats)) == [
        Format.CSV,
        Format.JSON_LINES,
        Format.WORDPRESS,
        Format.PAGE,
        Format.SAVED_TEXT,
    ]


def test_page_keeps_the_bytes_it_was_read_from(tmp_path: Path) -> None:
    data = HTML.encode("gb18030")
    (tmp_path / "1.html").write_bytes(data)

    found = next(iter(read([tmp_path])))

    assert isinstance(found, Record)
    assert found.raw == data
    assert str(found.place) == "1.html"


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "1.html").touch()
    (tmp_path / "2.html").write_text("<html><body>没有稿件</body></html>", encoding="utf-8")
    (tmp_path / "3.html").write_bytes(HTML.encode("utf-16-le"))
    (tmp_path / "4.bin").write_bytes(b"\xff\xd8\xff\xe0")
    (tmp_path / "5.json").write_text(f"[{JSON_LINE}]", encoding="utf-8")
    (tmp_path / "6.zip").write_bytes(b"PK\x03\x04 cut off")
    (tmp_path / "7.html").write_text(HTML, encoding="utf-8")

    found = list(read([tmp_path]))

    unread = {entry.place.file: entry for entry in found if isinstance(entry, Unreadable)}
    assert list(unread) == ["1.html", "2.html", "3.html", "4.bin", "5.json", "6.zip"]
    assert all(entry.reason and entry.advice for entry in unread.values())
    assert [record.id for record in found if isinstance(record, Record)] == ["3355296"]


def test_each_run_of_lost_bytes_is_marked(tmp_path: Path) -> None:
    text = JSON_LINE.replace("山路通了。", "山\ufffd\ufffd通了\ufffd。")
    (tmp_path / "a.jsonl").write_text(text, encoding="utf-8")

    [record] = read([tmp_path])

    assert isinstance(record, Record)
    assert record.marks == [Mark("body", 4, 6, "lost_bytes"), Mark("body", 8, 9, "lost_bytes")]


def test_utf_8_that_something_read_as_gb18030_is_refused(tmp_path: Path) -> None:
    whole = "<p>全县农业工作会议召开，部署今年的工作。</p>"
    misread = whole.encode().decode("gb18030", errors="replace")
    line = JSON_LINE.replace("<p>山路通了。</p>", misread)
    (tmp_path / "a.jsonl").write_text(line, encoding="utf-8")
    (tmp_path / "b.jsonl").write_text(line, encoding="gb18030")
    (tmp_path / "c.jsonl").write_text(JSON_LINE.replace("山路通了。", whole), encoding="gb18030")

    first, second, record = read([tmp_path])

    for told in (first, second):
        assert isinstance(told, Unreadable)
        assert "saved it as if it had been gb18030" in told.reason
    assert isinstance(record, Record)


def test_what_nobody_foresaw_sets_one_file_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "b.jsonl").write_text(JSON_LINE, encoding="utf-8")

    def fail(*_given: object) -> None:
        raise KeyError("place")

    monkeypatch.setitem(readers._READERS, Format.CSV, fail)
    told, record = read([tmp_path])

    assert isinstance(told, Unreadable)
    assert str(told.place) == "a.csv"
    assert told.reason == (
        "Something in it was not foreseen: KeyError: 'place'. What stands before it was read."
    )
    assert isinstance(record, Record)


def test_page_that_is_too_large_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "LARGEST_PAGE", 2 * files.MEGABYTE)
    (tmp_path / "1.html").write_text(HTML + " " * 3 * files.MEGABYTE, encoding="utf-8")

    (found,) = read([tmp_path])

    assert isinstance(found, Unreadable)
    assert found.reason == "The page is larger than 2 MB."


def test_long_file_of_lines_is_no_page_and_not_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "LARGEST_PAGE", 10)
    (tmp_path / "1.jsonl").write_text(JSON_LINE, encoding="utf-8")

    (found,) = read([tmp_path])

    assert isinstance(found, Record)


def test_picture_in_the_archive_opens_for_its_page(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as archive:
        archive.writestr("c/2014/05/21/3355296.htm", HTML)
        archive.writestr("c/2014/05/21/images/tea.jpg", b"picture")

    (found,) = read([tmp_path / "old.zip"])

    assert isinstance(found, Record)
    opener = found.images["images/tea.jpg"].open
    assert opener is not None
    assert opener().read() == b"picture"
    assert found.images["images/missing.jpg"].open is None


def test_damage_in_a_long_file_is_told_after_what_was_read(tmp_path: Path) -> None:
    lines = "".join(f"{JSON_LINE.replace('"1"', f'"{number}"')}\n" for number in range(3000))
    path = tmp_path / "old.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1.jsonl", lines)
    data = bytearray(path.read_bytes())
    data[-20_000] ^= 1
    path.write_bytes(bytes(data))

    found = list(read([path]))

    assert isinstance(found[0], Record)
    assert isinstance(found[-1], Unreadable)
    assert found[-1].reason.startswith("The file is damaged")
