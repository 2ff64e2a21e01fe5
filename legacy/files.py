"""Find the files to be imported: in folders and archives, in a fixed order, and safely.

Nothing is unpacked into a folder: what an archive holds is read in its place. Links are not
followed, no path leads out of what was given, and an archive that unpacks to far more than it
weighs is refused as a whole, as is one that is not whole itself: half of it would be missed.
"""

import bz2
import codecs
import functools
import gzip
import io
import lzma
import os
import posixpath
import re
import stat
import tarfile
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol, cast
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _

from legacy.records import Place, Unreadable

type Opener = Callable[[], BinaryIO]

MEGABYTE = 1024 * 1024
# What an archive may unpack to, in bytes: little in any case, else so many times its own size, and
# never more than the last.
SMALL = 100 * MEGABYTE
TIMES = 200
LARGEST = 64 * 1024 * MEGABYTE
MOST_FILES = 200_000
LARGEST_PICTURE = 64 * MEGABYTE
LOOKED_AT = 2000  # characters of a text that its encoding is told by

# What reading a file may raise: damage shows where it is read.
ERRORS = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
    NotImplementedError,
)
PICTURE_FOLDERS = ("images", "image", "img", "pictures", "pic", "media", "upload", "uploads")

_HAN = re.compile("[\u4e00-\u9fff]")
_ASCII = bytes(range(128))
_SYSTEM_FILES = re.compile(r"(^|/)(__MACOSX/|\.(?!\.?/)|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_ZIP_METHODS = {
    zipfile.ZIP_STORED,
    zipfile.ZIP_DEFLATED,
    zipfile.ZIP_BZIP2,
    zipfile.ZIP_LZMA,
}
_ZIP_START = re.compile(rb"PK(\x03\x04|\x05\x06)")
_COMPRESSED: tuple[tuple[bytes, Callable[[BinaryIO], BinaryIO]], ...] = (
    (b"\x1f\x8b", lambda file: cast("BinaryIO", gzip.GzipFile(fileobj=file))),
    (b"BZh", lambda file: cast("BinaryIO", bz2.BZ2File(file))),
    (b"\xfd7zXZ\x00", lambda file: cast("BinaryIO", lzma.LZMAFile(file))),  # noqa: SIM115 - its caller closes it
)


class Refused(Exception):
    """A file or an archive that is not read: why, and what somebody can do about it."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


class Shelf(Protocol):
    """A folder or an archive; paths in it have forward slashes and no step up."""

    @property
    def is_archive(self) -> bool:
        """Whether it was packed."""

    def find(self, path: str) -> Opener | None:
        """What opens the file at this path, whatever the case of its name."""

    def size(self, path: str) -> int:
        """In bytes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that can be read. `path` is below what was given, through the archive it lies in."""

    path: str
    name: str
    shelf: Shelf

    @property
    def size(self) -> int:
        """In bytes, unpacked."""
        return self.shelf.size(self.name)

    def open(self) -> BinaryIO:
        """A stream that can be sought in. Opening and reading raise ERRORS."""
        opener = self.shelf.find(self.name)
        if opener is None:
            raise FileNotFoundError(self.path)
        return opener()

    def sibling(self, address: str) -> Opener | None:
        """What opens the picture that a page here calls by this address; None where it is not
        there. The opener raises OSError for one that cannot be read.

        It is looked for where the address says, and by its name beside the page, in the folders in
        which saved pages keep their pictures, and nowhere outside of what was given.
        """
        for path in _candidates(self.name, address):
            if opener := self.shelf.find(path):
                return functools.partial(_whole, opener)
        return None


def walk(paths: Iterable[Path]) -> Iterator[Entry | Unreadable]:
    """All files that may hold articles, and what is not read of what was given."""
    for path in paths:
        if path.is_dir():
            folder = _Folder(path)
            for name in folder.names():
                if isinstance(name, _Unread):
                    yield from name
                else:
                    readable = _as_text(name)
                    yield from _found(folder, name, readable, readable)
        else:
            # What was given is followed, even where it is a link.
            file = path.resolve()
            yield from _found(_Folder(file.parent), file.name, _as_text(path.name), below="")


def decoded(data: bytes) -> str:
    """The text of these bytes: UTF-8, UTF-16 with its mark, else gb18030, as the content has it
    and whatever it says of itself.

    Where a few bytes are damaged, U+FFFD stands for them. Raises Refused for what is no such text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _lenient(data, "utf-16")
    if data.startswith(b"\xef\xbb\xbf"):
        return _lenient(data[3:], "utf-8")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = _guessed(data)
    if text.count("\0") * 20 > len(text):
        raise _wrong_encoding()
    return text


def is_misread(text: str) -> bool:
    """Whether a text is UTF-8 that something read as gb18030, as in “鍏ㄥ幙鍐滀笟” for “全县农业”."""
    data = text[:LOOKED_AT].encode("gb18030", "ignore")
    found = len(_HAN.findall(data.decode("utf-8", "ignore")))
    return found >= 4 and found * 3 > len(data.translate(None, _ASCII)) * 0.6


def decoded_start(data: bytes) -> str:
    """The text of the beginning of a file, good enough to tell its format by."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="ignore")
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def refusal(error: BaseException) -> Refused:
    """What to say of one of ERRORS."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, FileNotFoundError):
        return Refused(_("There is no such file."), _("Check the path."))
    if isinstance(error, PermissionError):
        return Refused(
            _("The file must not be read."), _("Give the account of the import the right to read.")
        )
    return Refused(
        _("The file is damaged and cannot be read to its end: %(error)s") % {"error": error},
        _("Copy it again from where it came."),
    )


# Folders


class _Unread(tuple[Unreadable, ...]):
    """What is not read of a folder, in place of a name."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class _Folder:
    root: Path
    is_archive: bool = False

    def names(self, folder: str = "") -> "Iterator[str | _Unread]":
        """The paths of all files, those of a folder in order of their names."""
        try:
            with os.scandir(self.root / folder) as found:
                children = sorted(found, key=lambda child: child.name)
        except OSError as error:
            yield _Unread([_unreadable(folder or self.root.name, refusal(error))])
            return
        for child in children:
            name = posixpath.join(folder, child.name)
            if _SYSTEM_FILES.search(name):
                continue
            if child.is_symlink():
                if not self._holds(Path(child.path)):
                    yield _Unread([_unreadable(name, _link())])
            elif child.is_dir():
                yield from self.names(name)
            elif child.is_file():
                yield name
            else:
                yield _Unread([_unreadable(name, _no_file())])

    def find(self, path: str) -> Opener | None:
        folder, name = posixpath.split(path)
        other = _names_by_case(self.root / folder).get(name.casefold(), name)
        for found in (self.root / folder / name, self.root / folder / other):
            if _is_file(found) and self._holds(found):
                return functools.partial(cast("Callable[[str], BinaryIO]", found.open), "rb")
        return None

    def size(self, path: str) -> int:
        return (self.root / path).stat().st_size

    def _holds(self, path: Path) -> bool:
        return path.resolve().is_relative_to(self.root.resolve())


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no file can have
        return False


@functools.lru_cache(maxsize=64)
def _names_by_case(folder: Path) -> dict[str, str]:
    try:
        return {_as_text(child.name).casefold(): child.name for child in sorted(folder.iterdir())}
    except OSError:
        return {}


# Archives


def _found(shelf: Shelf, name: str, path: str, below: str) -> Iterator[Entry | Unreadable]:
    """The file itself, or what an archive holds, with its paths `below` that."""
    try:
        kind = _kind(Entry(path, name, shelf))
        if kind is None:
            yield Entry(path, name, shelf)
            return
        if shelf.is_archive:
            raise Refused(
                _("This is an archive in an archive."),
                _("Unpack it, and import what it holds by itself."),
            )
        archive = kind(Entry(path, name, shelf))
    except (Refused, *ERRORS) as error:
        yield _unreadable(path, refusal(error))
        return
    if isinstance(archive, Entry):
        yield archive
        return
    for inner, why in archive.unread:
        yield _unreadable(posixpath.join(below, inner.lstrip("/")), why)
    for inner in archive.names():
        inner_path = posixpath.join(below, inner)
        yield from _found(archive, inner, inner_path, inner_path)


def _kind(entry: Entry) -> "Callable[[Entry], _Archive | Entry] | None":
    """What opens the file as an archive; None where it is none."""
    with entry.open() as file:
        head = file.read(512)
        if not head:
            raise Refused(
                _("The file is empty."), _("Copy it again from where it came, or leave it out.")
            )
        if _ZIP_START.match(head):
            return None if _is_office(entry, file) else _zip
    if any(head.startswith(start) for start, _opened in _COMPRESSED):
        return _compressed
    return _tar if head[257:262] == b"ustar" else None


@dataclass(slots=True)
class _Archive:
    """What an archive holds, by path."""

    openers: dict[str, tuple[Opener, int]] = field(default_factory=dict)
    unread: list[tuple[str, Refused]] = field(default_factory=list)
    by_case: dict[str, str] = field(default_factory=dict)
    is_archive: bool = True

    def names(self) -> list[str]:
        return sorted(self.openers)

    def find(self, path: str) -> Opener | None:
        name = path if path in self.openers else self.by_case.get(path.casefold())
        return self.openers[name][0] if name else None

    def size(self, path: str) -> int:
        return self.openers[path][1]

    def add(self, name: str, opener: Opener, size: int) -> None:
        """Take in one member, or say why it is not read."""
        path = name.replace("\\", "/").removeprefix("./")
        if _SYSTEM_FILES.search(path):
            return
        if _climbs(path):
            self.unread.append((path, _climbing()))
        elif path in self.openers:
            twice = Refused(
                _("The archive holds two files of this name."),
                _("Give one of them another name, and pack them again."),
            )
            self.unread.append((path, twice))
        else:
            self.openers[path] = (opener, size)
            self.by_case.setdefault(path.casefold(), path)

    def refuse(self, name: str, why: Refused) -> None:
        if not _SYSTEM_FILES.search(name):
            self.unread.append((name, why))


def _zip(entry: Entry) -> _Archive:
    try:
        opened = zipfile.ZipFile(entry.open())  # open as long as one of its members may be read
    except zipfile.BadZipFile as error:
        raise _not_whole() from error
    weakref.finalize(opened, opened.fp.close)  # type: ignore[union-attr]
    members = [member for member in opened.infolist() if not member.is_dir()]
    _weigh(entry.size, sum(member.file_size for member in members), len(members))
    archive = _Archive()
    for member in members:
        name = _zip_name(member)
        if member.flag_bits & 1:
            archive.refuse(
                name,
                Refused(
                    _("The file is locked with a password."),
                    _("Unpack the archive with its password, and import the folder."),
                ),
            )
        elif member.compress_type not in _ZIP_METHODS:
            archive.refuse(
                name,
                Refused(
                    _("The file is compressed in a way that cannot be read here."),
                    _("Unpack the archive, and import the folder."),
                ),
            )
        elif stat.S_ISLNK(member.external_attr >> 16):
            archive.refuse(name, _link())
        else:
            opener = cast("Opener", functools.partial(opened.open, member))
            archive.add(name, opener, member.file_size)
    return archive


def _zip_name(member: zipfile.ZipInfo) -> str:
    """The name of a member; those of old Chinese systems are written in gb18030 and do not say so."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        written = member.orig_filename.partition("\0")[0].encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def _is_office(entry: Entry, file: BinaryIO) -> bool:
    """Whether this is a document, which is a zip, too, and left to its reader."""
    try:
        with zipfile.ZipFile(file) as opened:
            members = opened.infolist()
    except zipfile.BadZipFile as error:
        raise _not_whole() from error
    if all(member.filename != "[Content_Types].xml" for member in members):
        return False
    _weigh(entry.size, sum(member.file_size for member in members), len(members))
    return True


def _compressed(entry: Entry) -> "_Archive | Entry":
    """A compressed tar, or a single compressed file; unpacked once into a file without a name."""
    with entry.open() as packed:
        start = packed.read(8)
        packed.seek(0)
        opened = next(opened for magic, opened in _COMPRESSED if start.startswith(magic))
        unpacked = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - lives with the shelf
        try:
            with opened(packed) as stream:
                _unpack(stream, unpacked, entry.size)
        except EOFError as error:
            unpacked.close()
            raise _not_whole() from error
        except BaseException:
            unpacked.close()
            raise
    shelf = _Unpacked(unpacked)
    inner = Entry(entry.path, entry.path, shelf)
    unpacked.seek(257)
    if unpacked.read(5) == b"ustar":
        return _tar(inner)
    if not shelf.size(""):
        raise Refused(_("The file is empty."), _("Copy it again from where it came."))
    return inner


def _unpack(stream: BinaryIO, unpacked: BinaryIO, packed_size: int) -> None:
    size = 0
    while chunk := stream.read(MEGABYTE):
        size += len(chunk)
        _weigh(packed_size, size, 1)
        unpacked.write(chunk)


class _Unpacked:
    """A single file that was unpacked; open as long as something may read it."""

    is_archive = True

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        weakref.finalize(self, file.close)

    def find(self, _path: str) -> Opener:
        return self._opened

    def size(self, _path: str) -> int:
        return self.file.seek(0, io.SEEK_END)

    def _opened(self) -> BinaryIO:
        return cast("BinaryIO", io.BufferedReader(_Window(self, 0, self.size(""))))


def _tar(entry: Entry) -> _Archive:
    with entry.open() as file:
        try:
            with tarfile.open(fileobj=file, mode="r:") as opened:
                members = opened.getmembers()
                end = opened.offset
        except tarfile.TarError as error:
            raise _not_whole() from error
        file.seek(end)
        if not file.read(tarfile.BLOCKSIZE):
            raise _not_whole()
    _weigh(entry.size, sum(member.size for member in members), len(members))
    archive = _Archive()
    for member in members:
        if member.issym() or member.islnk():
            archive.refuse(member.name, _link())
        elif member.isreg() and not member.issparse():
            opener = functools.partial(_tar_member, entry, member.offset_data, member.size)
            archive.add(member.name, opener, member.size)
        elif not member.isdir():
            archive.refuse(member.name, _no_file())
    return archive


def _tar_member(entry: Entry, start: int, size: int) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(_Window(entry.shelf, start, size, entry.open())))


class _Window(io.RawIOBase):
    """A part of a file: `size` bytes from `start`. Keeps the shelf it is of."""

    def __init__(self, shelf: Shelf, start: int, size: int, file: BinaryIO | None = None) -> None:
        super().__init__()
        self.shelf, self.start, self.length = shelf, start, size
        self.file = file
        self.place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.length}[whence]
        self.place = max(0, base + offset)
        return self.place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        wanted = min(len(buffer), max(0, self.length - self.place))
        source = self.file or cast("_Unpacked", self.shelf).file
        source.seek(self.start + self.place)
        data = source.read(wanted)
        buffer[: len(data)] = data
        self.place += len(data)
        return len(data)

    def close(self) -> None:
        if self.file:
            self.file.close()
        super().close()


def _weigh(packed: int, unpacked: int, count: int) -> None:
    """Refuse an archive of this size that unpacks to so many bytes and files."""
    if count > MOST_FILES:
        raise Refused(
            _("The archive holds more than %(count)d files.") % {"count": MOST_FILES},
            _("Unpack it, look at what it holds, and import the folder."),
        )
    if unpacked > LARGEST or unpacked > max(SMALL, packed * TIMES):
        raise Refused(
            _("The archive unpacks to far more than it weighs."),
            _("Unpack it where there is room, look at what it holds, and import the folder."),
        )


# Names


def _as_text(path: str) -> str:
    """A path as people read it: names that old Chinese systems wrote are in gb18030."""
    if path.isascii():
        return path
    return "/".join(map(_name_as_text, path.split("/")))


def _name_as_text(name: str) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return os.fsencode(name).decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def _climbs(path: str) -> bool:
    return (
        path.startswith("/")
        or "\0" in path
        or re.match(r"[A-Za-z]:", path) is not None
        or ".." in path.split("/")
    )


def _candidates(page: str, address: str) -> Iterator[str]:
    """Where a picture may lie that a page calls by this address, the likeliest first."""
    try:
        parts = urlsplit(address.strip().replace("\\", "/"))
        host = parts.hostname or ""
    except ValueError:
        return
    path = unquote(parts.path)
    base = posixpath.basename(path)
    if not base or parts.scheme not in {"", "http", "https", "file"}:
        return
    folder, name = posixpath.split(page)
    stem = name.rpartition(".")[0] or name
    places = (
        *((path.lstrip("/"), posixpath.join(host, path.lstrip("/"))) if host else ()),
        posixpath.join(folder, path.lstrip("/")),
        path.lstrip("/"),
        posixpath.join(folder, base),
        *(posixpath.join(folder, f"{stem}{ending}", base) for ending in ("_files", ".files", "")),
        *(posixpath.join(folder, pictures, base) for pictures in PICTURE_FOLDERS),
        *(posixpath.join(pictures, base) for pictures in PICTURE_FOLDERS),
    )
    for place in dict.fromkeys(posixpath.normpath(place) for place in places):
        if not _climbs(place):
            yield place


def _whole(opener: Opener) -> BinaryIO:
    """A picture, read at once, so that damage shows now and as one kind of error."""
    try:
        with opener() as file:
            return io.BytesIO(file.read(LARGEST_PICTURE))
    except ERRORS as error:
        raise OSError(str(error)) from error


# Bytes


def _guessed(data: bytes) -> str:
    """Text that is not whole UTF-8: gb18030, or either of them with a little damage."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        try:
            return _lenient(data, "utf-8")
        except Refused:
            text = _lenient(data, "gb18030")
    else:
        if _is_damaged_utf_8(data):
            return _lenient(data, "utf-8")
    if is_misread(text) or not _reads_as_chinese(text):
        raise _wrong_encoding()
    return text


def _is_damaged_utf_8(data: bytes) -> bool:
    text = data.decode(errors="replace")
    strange = sum(1 for character in text if character > "\x7f")
    return text.count("\ufffd") * 20 < strange


def _lenient(data: bytes, encoding: str) -> str:
    """The text, where at most a twentieth of what is not ASCII in it is damaged, or five places."""
    text = data.decode(encoding, errors="replace")
    strange = sum(1 for character in text if character > "\x7f")
    if text.count("\ufffd") * 20 > strange + 100:
        raise _wrong_encoding()
    return text


# The commonest characters that both scripts write alike: some stand in every Chinese text.
_COMMON = frozenset("的一是不了在人有我他上中大到地出年生和下自行工主成同力日月市部政公委新")


def _reads_as_chinese(text: str) -> bool:
    han = [character for character in text if "\u4e00" <= character <= "\u9fff"]
    strange = sum(1 for character in text if character > "\x7f")
    common = sum(1 for character in han if character in _COMMON)
    return strange < 20 or (len(han) * 2 > strange and common * 40 > len(han))


# Sentences


def _unreadable(path: str, why: Refused) -> Unreadable:
    return Unreadable(Place(_as_text(path)), why.reason, why.advice)


def _wrong_encoding() -> Refused:
    return Refused(
        _("The bytes are neither UTF-8 nor gb18030 text."),
        _("Open the file in a text editor, save it as UTF-8, and import it again."),
    )


def _not_whole() -> Refused:
    return Refused(
        _("The archive is damaged or not whole; nothing of it was read."),
        _("Copy it again from where it came, and import it again."),
    )


def _climbing() -> Refused:
    return Refused(
        _("The path leads out of the archive."),
        _("Somebody may have tampered with the archive: ask where it comes from."),
    )


def _link() -> Refused:
    return Refused(
        _("This is a link to another place, and links are not followed."),
        _("Put the file itself in its place."),
    )


def _no_file() -> Refused:
    return Refused(_("This is no ordinary file."), _("Leave it out."))
