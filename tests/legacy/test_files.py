"""What is read of folders and archives, and what is not."""

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.utils import translation

from legacy import files
from legacy.files import Entry, Refused, decoded, walk
from legacy.records import Unreadable

CHINESE = "八月的龙潭镇，山路上车来车往。村民说，日子一天比一天好，山里的货也不愁卖了。"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def zipped(path: Path, members: Iterable[tuple[str, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def tarred(path: Path, members: Iterable[tuple[str, bytes]], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def found(*paths: Path) -> list[str]:
    """The paths of what can be read, each with what it holds."""
    return [f"{entry.path}={content(entry)}" for entry in walk(paths) if isinstance(entry, Entry)]


def content(entry: Entry) -> str:
    with entry.open() as file:
        return file.read().decode()


def refused(*paths: Path) -> dict[str, str]:
    """What is not read, with the reason; each has advice, too."""
    unread = [entry for entry in walk(paths) if isinstance(entry, Unreadable)]
    assert all(entry.advice for entry in unread)
    return {entry.place.file: entry.reason for entry in unread}


def entry_of(path: Path, name: str) -> Entry:
    return next(
        entry for entry in walk([path]) if isinstance(entry, Entry) and entry.path.endswith(name)
    )


# Order and paths


def test_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    for name in ("b.html", "a/2.html", "a/10.html", "c/.DS_Store", "c/Thumbs.db"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)

    assert found(tmp_path) == ["a/10.html=a/10.html", "a/2.html=a/2.html", "b.html=b.html"]


@pytest.mark.parametrize("ending", ["zip", "tar", "tar.gz", "tar.bz2", "tar.xz", "named.by.nobody"])
def test_archive_gives_the_paths_that_its_folder_would(tmp_path: Path, ending: str) -> None:
    members = [("b/1.html", b"one"), ("a.html", b"two")]
    path = tmp_path / f"old.{ending}"
    if "tar" in ending:
        tarred(path, members, {"tar": "w"}.get(ending, f"w:{ending[4:]}"))
    else:
        zipped(path, members)

    assert found(path) == ["a.html=two", "b/1.html=one"]


def test_archive_in_a_folder_is_part_of_the_path(tmp_path: Path) -> None:
    zipped(tmp_path / "old.zip", [("a.html", b"one")])

    assert found(tmp_path) == ["old.zip/a.html=one"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_single_file_is_unpacked(tmp_path: Path, pack) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a.jsonl.packed").write_bytes(pack(b"one"))

    assert found(tmp_path) == ["a.jsonl.packed=one"]


def test_names_of_old_chinese_archives_are_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "old.zip", [("ABCDEFGH.html", b"one")])
    path.write_bytes(path.read_bytes().replace(b"ABCDEFGH", "龙潭新闻".encode("gb18030")))

    assert found(path) == ["龙潭新闻.html=one"]


def test_names_that_old_chinese_systems_wrote_into_a_folder_are_read(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode("青溪".encode("gb18030"))
    folder.mkdir()
    (folder / os.fsdecode("要闻.html".encode("gb18030"))).write_bytes(b"page")
    (folder / os.fsdecode("大桥.JPG".encode("gb18030"))).write_bytes(b"picture")
    (folder / os.fsdecode("空.html".encode("gb18030"))).write_bytes(b"")

    entry = entry_of(tmp_path, "青溪/要闻.html")
    picture = entry.sibling("大桥.jpg")

    assert content(entry) == "page"
    assert picture is not None
    assert picture().read() == b"picture"
    assert "青溪/空.html" in refused(tmp_path)


def test_workbook_is_no_archive(tmp_path: Path) -> None:
    zipped(tmp_path / "a.xlsx", [("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"")])

    assert [entry.path for entry in walk([tmp_path]) if isinstance(entry, Entry)] == ["a.xlsx"]


# What is not read


def test_empty_file_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"")
    (tmp_path / "b.html").write_text("one")

    assert refused(tmp_path) == {"a.html": "The file is empty."}
    assert found(tmp_path) == ["b.html=one"]


def test_path_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert refused(tmp_path / "a.html") == {"a.html": "There is no such file."}


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "a/../../b.html", "..\\b.html", "C:/b.html"]
)
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_path_out_of_an_archive_is_refused(tmp_path: Path, pack, name: str) -> None:  # type: ignore[no-untyped-def]
    path = pack(tmp_path / "old", [(name, b"one"), ("b.html", b"two")])

    assert list(refused(path).values()) == ["The path leads out of the archive."]
    assert found(path) == ["b.html=two"]


@pytest.mark.parametrize("name", ["/etc/passwd", "//etc/passwd", "\\etc\\passwd"])
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_whole_path_in_an_archive_is_told_with_the_archives_name(
    tmp_path: Path, pack, name: str
) -> None:  # type: ignore[no-untyped-def]
    pack(tmp_path / "old.packed", [(name, b"one")])

    assert list(refused(tmp_path)) == ["old.packed/etc/passwd"]


@pytest.mark.parametrize("ending", ["zip", "tar", "tar.gz", "tar.xz"])
def test_truncated_archive_is_refused_whole(tmp_path: Path, ending: str) -> None:
    members = [(f"{number}.html", os.urandom(5000)) for number in range(5)]
    path = tmp_path / f"old.{ending}"
    if ending == "zip":
        zipped(path, members)
    else:
        tarred(path, members, {"tar": "w"}.get(ending, f"w:{ending[4:]}"))
    path.write_bytes(path.read_bytes()[:12_000])

    assert refused(tmp_path) == {
        path.name: "The archive is damaged or not whole; nothing of it was read."
    }
    assert found(tmp_path) == []


@pytest.mark.parametrize("pack", ["zip", "gz"])
def test_bomb_is_refused_unopened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: str
) -> None:
    monkeypatch.setattr(files, "SMALL", 10_000)
    data = bytes(2_000_000)
    path = tmp_path / f"bomb.{pack}"
    if pack == "zip":
        zipped(path, [("a.html", data)])
    else:
        path.write_bytes(gzip.compress(data))

    assert refused(path) == {path.name: "The archive unpacks to far more than it weighs."}
    assert found(path) == []


def test_workbook_that_is_a_bomb_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "SMALL", 10_000)
    zipped(tmp_path / "a.xlsx", [("[Content_Types].xml", b""), ("xl/a.xml", bytes(2_000_000))])

    assert refused(tmp_path) == {"a.xlsx": "The archive unpacks to far more than it weighs."}


def test_archive_of_too_many_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_FILES", 2)
    path = zipped(tmp_path / "old.zip", [(f"{number}.html", b"one") for number in range(3)])

    assert refused(path) == {"old.zip": "The archive holds more than 2 files."}


def test_archive_in_an_archive_is_refused(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", [("a.html", b"one")]).read_bytes()
    path = zipped(tmp_path / "old.zip", [("inner.zip", inner), ("b.html", b"two")])

    assert refused(path) == {"inner.zip": "This is an archive in an archive."}
    assert found(path) == ["b.html=two"]


def test_locked_file_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "old.zip", [("a.html", b"one")])
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))

    assert refused(path) == {"a.html": "The file is locked with a password."}


def test_damaged_file_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = zipped(tmp_path / "old.zip", [("a.html", os.urandom(300)), ("b.html", b"two")])
    data = bytearray(path.read_bytes())
    data[100] ^= 255
    path.write_bytes(bytes(data))

    assert [reason[:19] for reason in refused(path).values()] == ["The file is damaged"]
    assert found(path) == ["b.html=two"]


def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.html").write_text("secret")
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "out.html").symlink_to(tmp_path / "secret.html")
    (folder / "a.html").write_text("one")
    (folder / "in.html").symlink_to(folder / "a.html")

    assert found(folder) == ["a.html=one"]
    assert list(refused(folder)) == ["out.html"]


def test_link_that_was_given_is_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/a.html").write_text("one")
    (tmp_path / "given.html").symlink_to(tmp_path / "elsewhere/a.html")

    assert found(tmp_path / "given.html") == ["given.html=one"]


def test_links_in_a_tar_are_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "old.tar"
    with tarfile.open(path, "w") as archive:
        link = tarfile.TarInfo("a.html")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)

    assert refused(path) == {
        "a.html": "This is a link to another place, and links are not followed."
    }


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.html")

    assert refused(tmp_path) == {"a.html": "This is no ordinary file."}


def test_second_file_of_a_name_is_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = zipped(tmp_path / "old.zip", [("a.html", b"one"), ("a.html", b"two")])

    assert refused(path) == {"a.html": "The archive holds two files of this name."}
    assert found(path) == ["a.html=one"]


# Pictures beside a page


@pytest.mark.parametrize(
    ("address", "lies_at"),
    [
        ("8933.jpg", "n/8933.jpg"),
        ("./1_files/8933.jpg", "n/1_files/8933.jpg"),
        ("../images/8933.jpg", "images/8933.jpg"),
        ("http://www.example.com/2023/8933.jpg?v=2", "n/1.files/8933.jpg"),
        ("http://www.example.com/2023/8933.jpg", "2023/8933.jpg"),
        ("/upload/8933.jpg", "upload/8933.jpg"),
        ("8933.JPG", "n/images/8933.jpg"),
        ("%E5%9B%BE%201.jpg", "n/图 1.jpg"),
    ],
)
@pytest.mark.parametrize("is_packed", [False, True])
def test_picture_is_found_beside_its_page(
    tmp_path: Path, address: str, lies_at: str, is_packed: bool
) -> None:
    members = [("n/1.html", b"page"), (lies_at, b"picture")]
    given = tmp_path / "given"
    if is_packed:
        zipped(given, members)
    else:
        for name, data in members:
            (given / name).parent.mkdir(parents=True, exist_ok=True)
            (given / name).write_bytes(data)

    opener = entry_of(given, "1.html").sibling(address)

    assert opener is not None
    with opener() as file:
        assert file.read() == b"picture"


@pytest.mark.parametrize(
    "address",
    ["../secret.jpg", "/secret.jpg", "http://[::1", "data:image/png;base64,AA", "", "x\0"],
)
def test_picture_outside_is_not_found(tmp_path: Path, address: str) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    (tmp_path / "given").mkdir()
    (tmp_path / "given/1.html").write_bytes(b"page")

    assert entry_of(tmp_path / "given", "1.html").sibling(address) is None


def test_picture_behind_a_link_out_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    (tmp_path / "given").mkdir()
    (tmp_path / "given/1.html").write_bytes(b"page")
    (tmp_path / "given/8933.jpg").symlink_to(tmp_path / "secret.jpg")

    assert entry_of(tmp_path / "given", "1.html").sibling("8933.jpg") is None


def test_damaged_picture_raises_one_kind_of_error(tmp_path: Path) -> None:
    path = zipped(tmp_path / "old.zip", [("1.html", b"page"), ("8933.jpg", os.urandom(3000))])
    data = bytearray(path.read_bytes())
    data[data.index(b"8933.jpg") + 500] ^= 255
    path.write_bytes(bytes(data))
    opener = entry_of(path, "1.html").sibling("8933.jpg")

    assert opener is not None
    with pytest.raises(OSError, match="CRC"):
        opener()


def test_files_stay_open_as_long_as_they_may_be_read(tmp_path: Path) -> None:
    tarred(tmp_path / "old.tar.gz", [("1.html", b"page"), ("8933.jpg", b"picture")], "w:gz")
    openers = [
        entry.sibling("8933.jpg") for entry in list(walk([tmp_path])) if isinstance(entry, Entry)
    ]

    assert openers[0] is not None
    assert openers[0]().read() == b"picture"


# Bytes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
def test_text_is_read_whatever_its_encoding(encoding: str) -> None:
    assert decoded(CHINESE.encode(encoding)) == CHINESE


@pytest.mark.parametrize("encoding", ["big5", "utf-16-le", "shift-jis", "euc-kr"])
def test_other_encodings_are_refused(encoding: str) -> None:
    with pytest.raises(Refused, match="neither UTF-8 nor gb18030") as refusal:
        decoded((CHINESE * 3).encode(encoding, errors="ignore"))

    assert refusal.value.advice


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_character_that_was_cut_is_marked(encoding: str) -> None:
    data = CHINESE.encode(encoding)

    text = decoded(data[:61] + b"</a>" + data)

    assert text.count("\ufffd") == 1
    assert text.endswith(CHINESE)


def test_no_text_is_refused() -> None:
    with pytest.raises(Refused):
        decoded(bytes(range(256)) * 20)
