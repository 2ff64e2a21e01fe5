"""Files that hold many articles: JSON Lines, CSV and XLSX of one schema (legacy/schema.py).

They are read a record at a time, so memory stays flat however long they are. A record that cannot
be read is given as such, with its place, and the next one follows.
"""

import codecs
import csv
import datetime
import io
import itertools
import json
import re
import struct
import warnings
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from articles.markup import without_controls
from legacy.bylines import Known
from legacy.records import Format, Place, Record, Unreadable
from legacy.schema import Files, Reader, key_of, unreadable

LONGEST_RECORD = 20 * 1024 * 1024  # bytes
LARGEST_WORKBOOK = 2 * 1024**3  # bytes, unpacked
LARGEST_TEXTS = 100 * 1024**2  # bytes; the one part of a workbook that must be held in memory
MOST_FOUND = 100  # times that a CSV file is gone back in
MOST_COLUMNS = 500  # of a sheet; what stray cells there are farther out is not looked at
HEADS = 5  # rows in which the names of the columns are looked for
HALF_A_SECOND = datetime.timedelta(microseconds=500_000)
SEPARATORS = ",;\t，；|"

# What openpyxl and zipfile raise for a workbook that is broken, as tried with broken ones.
_BROKEN = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)

type Read = Record | Unreadable


def read_json_lines(stream: BinaryIO, file: str, files: Files, known: Known) -> Iterator[Read]:
    """The articles of a file with one JSON object on each line."""
    reader = Reader(files, known)
    for line in _Lines(stream):
        place = Place(file, str(line.number))
        if line.text is None:
            yield _unread_line(line, place)
        elif line.text.strip():
            yield reader.from_json(line.text, place, line.data.strip())


def read_csv(stream: BinaryIO, file: str, files: Files, known: Known) -> Iterator[Read]:
    """The articles of a CSV file with the names of the columns in its head; the separator is
    found out."""
    csv.field_size_limit(LONGEST_RECORD)
    yield from _Table(file, Format.CSV, Reader(files, known)).read(_csv_rows(stream))


def read_xlsx(stream: BinaryIO, file: str, files: Files, known: Known) -> Iterator[Read]:
    """The articles of each sheet of a workbook that has the names of the columns in its head."""
    try:
        refusal = _refusal_of_workbook(stream)
        if refusal:
            yield Unreadable(Place(file), refusal, _("Save the sheet as CSV and import that."))
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        for sheet in book.worksheets:
            name = f"{sheet.title}!" if len(book.worksheets) > 1 else ""
            table = _Table(file, Format.XLSX, Reader(files, known), prefix=name)
            yield from table.read(_sheet_rows(sheet))
    except _BROKEN as error:
        yield Unreadable(
            Place(file),
            _("The workbook is damaged: %(error)s.") % {"error": error},
            _("Open it, save it anew or as CSV, and import it again."),
        )


# Lines


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a file; `text` is None where its bytes are no text or are too many."""

    number: int
    data: bytes
    text: str | None
    is_too_long: bool = False


class _Lines:
    """The lines of a file in UTF-8 or gb18030, whichever its first Chinese characters are in."""

    def __init__(self, stream: BinaryIO) -> None:
        beginning = stream.read(2)
        stream.seek(0)
        is_wide = beginning in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
        self.stream = _Narrowed(stream) if is_wide else stream
        self.encoding = ""

    def __iter__(self) -> Iterator[_Line]:
        number = 0
        while data := self.stream.readline(LONGEST_RECORD + 1):
            number += 1
            if number == 1:
                data = data.removeprefix(b"\xef\xbb\xbf")
            if len(data) > LONGEST_RECORD and not data.endswith(b"\n"):
                self.skip_line()
                yield _Line(number, b"", None, is_too_long=True)
            else:
                yield _Line(number, data, self.decoded(data))

    def decoded(self, data: bytes) -> str | None:
        if data.isascii():
            return data.decode("ascii")
        for encoding in (self.encoding,) if self.encoding else ("utf-8", "gb18030"):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            self.encoding = encoding
            return text
        return None

    def skip_line(self) -> None:
        while (rest := self.stream.readline(1024 * 1024)) and not rest.endswith(b"\n"):
            pass


class _Narrowed:
    """The lines of a stream in UTF-16, which spreadsheets call Unicode text, in UTF-8."""

    def __init__(self, stream: BinaryIO) -> None:
        self.text = io.TextIOWrapper(stream, "utf-16", errors="replace", newline="\n")

    def readline(self, size: int) -> bytes:
        return self.text.readline(size // 2).encode()


def _unread_line(line: _Line, place: Place) -> Unreadable:
    if line.is_too_long:
        return Unreadable(
            place,
            _("The line is longer than %(size)d MB.") % {"size": LONGEST_RECORD // 1024 // 1024},
            _("Write one article to a line; leave pictures in files of their own."),
        )
    return Unreadable(
        place,
        _("Its bytes are neither UTF-8 nor gb18030."),
        _("Save the file anew in UTF-8 and import it again."),
    )


# Tables


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a table: where it begins, its cells, its original bytes; `fault` says why its
    cells cannot be trusted."""

    number: int
    cells: list[Any]
    data: bytes
    fault: str = ""


@dataclass(slots=True)
class _Table:
    """Rows under a head that names the columns."""

    file: str
    form: Format
    reader: Reader
    prefix: str = ""
    keys: list[str] = field(default_factory=list)

    def read(self, rows: Iterator[_Row]) -> Iterator[Read]:
        passed = 0
        for row in rows:
            if not any(row.cells) and not row.fault:
                continue
            if self.keys:
                yield self.record(row)
            elif self.has_head(row.cells):
                self.keys = [_cell_text(cell).strip() for cell in row.cells]
            elif (passed := passed + 1) == HEADS:
                break
        if passed and not self.keys:
            yield Unreadable(
                Place(self.file, self.prefix.rstrip("!")),
                _("No row at its beginning names the columns of the schema."),
                _("Give it a first row with headline, body and the other names of the schema."),
            )

    def has_head(self, cells: list[Any]) -> bool:
        keys = {key_of(cell) for cell in cells if isinstance(cell, str)}
        return len(keys - {""}) >= 2 and not keys.isdisjoint({"headline", "body"})

    def record(self, row: _Row) -> Read:
        place = Place(self.file, f"{self.prefix}{row.number}")
        if row.fault:
            return unreadable(place, row.fault)
        if any(row.cells[len(self.keys) :]):
            return unreadable(place, _("It has more cells than the head has columns."))
        fields: dict[str, Any] = {}
        for name, cell in zip(self.keys, row.cells, strict=False):
            value = _cell_value(cell)
            if value != "":
                fields[name if name not in fields else f"{name} "] = value
        return self.reader.from_fields(fields, place, row.data, self.form)


def _csv_rows(stream: BinaryIO) -> Iterator[_Row]:
    source = _Source(stream)
    reader = csv.reader(source, delimiter=source.separator, strict=True)
    widths: set[int] = set()
    while True:
        fault, cells = "", []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            fault = _("Its quotation marks or its length are at fault: %(error)s.") % {
                "error": error
            }
            first, last = source.find_row(widths)
            if first:
                fault += " " + _("Lines %(first)d to %(last)d were not read.") % {
                    "first": first,
                    "last": last,
                }
        if len(cells) > 1:
            widths.add(len(cells))
        number, data, broken = source.taken()
        if broken is not None:
            fault = _unread_line(broken, Place("")).reason
        yield _Row(number, list(cells), data, fault)


class _Source:
    """The lines of a CSV file for its reader, with what each row was made of."""

    def __init__(self, stream: BinaryIO) -> None:
        self.lines = iter(_Lines(stream))
        self.read: list[_Line] = []
        self.ahead = deque(itertools.islice(self.lines, HEADS))
        self.found = 0
        outside = re.sub(r'"[^"]*"', "", "".join(line.text or "" for line in self.ahead))
        self.separator = max(SEPARATORS, key=outside.count)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.ahead.popleft() if self.ahead else next(self.lines)
        self.read.append(line)
        return (line.text or "").replace("\0", "")

    def find_row(self, widths: set[int]) -> tuple[int, int]:
        """Go back to the first line behind the one that the row now read began with that is like a
        row of one of these widths; gives the numbers of the lines between, zeros where there are none.

        A quotation mark without its partner takes in all that follows, up to LONGEST_RECORD.
        """
        self.found += 1
        passed = self.read[1:]
        if self.found <= MOST_FOUND:
            self.ahead.extendleft(reversed(passed))
            passed = []
        del self.read[1:]
        first, last = (passed[0].number, passed[-1].number) if passed else (0, 0)
        for line in iter(
            lambda: self.ahead.popleft() if self.ahead else next(self.lines, None), None
        ):
            if self.is_row(line, widths):
                self.ahead.appendleft(line)
                break
            first, last = first or line.number, line.number
        return first, last

    def is_row(self, line: _Line, widths: set[int]) -> bool:
        """Whether a row of such a width stands in the line, or may begin there."""
        text = (line.text or "").replace("\0", "")
        try:
            cells = next(csv.reader([text], delimiter=self.separator))
        except csv.Error:
            return False
        return len(cells) in widths or (len(cells) > 1 and (not widths or cells[-1].endswith("\n")))

    def taken(self) -> tuple[int, bytes, _Line | None]:
        """The first line's number and the bytes of what was read since the last call, and the
        line in it that is no text."""
        lines, self.read = self.read, []
        number = lines[0].number if lines else 0
        broken = next((line for line in lines if line.text is None), None)
        return number, b"".join(line.data for line in lines).strip(), broken


def _sheet_rows(sheet: Any) -> Iterator[_Row]:
    width = min(sheet.max_column or MOST_COLUMNS, MOST_COLUMNS)
    blank = (None,) * width
    for number, cells in enumerate(sheet.iter_rows(max_col=width, values_only=True), start=1):
        if cells == blank:
            continue  # a stray cell at the end of a sheet has a million of them before it
        values = list(cells)
        while values[-1] is None:
            values.pop()
        data = json.dumps([_cell_text(cell) for cell in values], ensure_ascii=False).encode(
            "utf-8", "surrogatepass"
        )
        if len(data) > LONGEST_RECORD:
            yield _Row(number, [], b"", _("The row is too long."))
        else:
            yield _Row(number, values, data)


def _refusal_of_workbook(file: BinaryIO) -> str:
    """Why a workbook must not be opened: empty, where it may be."""
    with zipfile.ZipFile(file) as archive:
        sizes = {part.filename: part.file_size for part in archive.infolist()}
        if sum(sizes.values()) > LARGEST_WORKBOOK:
            return _("The workbook is too large when it is unpacked.")
        if sum(size for name, size in sizes.items() if "sharedStrings" in name) > LARGEST_TEXTS:
            return _("The workbook holds more text than can be held in memory.")
        for name in sizes:
            if name.endswith((".xml", ".rels")):
                with archive.open(name) as part:
                    if b"<!DOCTYPE" in part.read(4096):
                        return _("The workbook is not one that a spreadsheet wrote.")
    file.seek(0)
    return ""


def _cell_value(cell: Any) -> Any:
    """What a cell says: JSON where it begins like a list or an object, else its text."""
    if isinstance(cell, datetime.datetime):
        # Spreadsheets count in days, so seconds come a little short.
        return (cell + HALF_A_SECOND).replace(microsecond=0)
    text = _cell_text(cell).strip()
    if text[:2] in {'["', "[{", '{"'}:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text


def _cell_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return without_controls(str(cell))
