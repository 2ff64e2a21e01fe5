"""Read whatever was given: every file by the format that its content shows, whatever its name."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from articles.markup import without_controls
from legacy import files, pages, saved_text, schema, tables, wordpress
from legacy.names import Known
from legacy.reading import Saved
from legacy.records import Format, Mark, Place, Record, Unreadable

LARGEST_PAGE = 5 * files.MEGABYTE  # bytes
HEAD = 64 * 1024  # bytes that a format is told by

# What lies beside saved pages and is no article; of these the endings tell.
_BESIDE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|bmp|ico|svg|tiff?|css|js|map|woff2?|ttf|eot|otf|mp[34]|m4[av]|flv|swf|"
    r"avi|mov|wmv|wav|pdf|docx?|xls|pptx?|wps|psd|cdr|exe|db|dat|log|bak|lnk|url)$",
    re.IGNORECASE,
)
_PICTURE = re.compile(
    rb"\xff\xd8\xff|\x89PNG|GIF8|RIFF....WEBP|BM|%PDF|\x00\x00\x01\x00", re.DOTALL
)
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|div|article|table|meta|p)[\s>]", re.IGNORECASE
)
_WORDPRESS = re.compile(r"<rss\b[^>]*wordpress\.org/export|wordpress\.org/export/", re.IGNORECASE)

_TEXTS = (*schema.LINES, "body", "source", "channel")
_READERS = {
    Format.JSON_LINES: tables.read_json_lines,
    Format.CSV: tables.read_csv,
    Format.XLSX: tables.read_xlsx,
    Format.WORDPRESS: wordpress.read,
}
_PAGES = {Format.SAVED_TEXT: saved_text.read, Format.PAGE: pages.read}


def read(paths: Iterable[Path], known: Known = Known()) -> Iterator[Record | Unreadable]:  # noqa: B008 - immutable
    """Every article that the files, folders and archives hold, in a fixed order, and what of them
    could not be read. `known` are the names that the newsroom knows."""
    for entry in files.walk(paths):
        if isinstance(entry, Unreadable):
            yield entry
            continue
        try:
            for found in _articles(entry, known):
                yield found if isinstance(found, Unreadable) or found.exact else _examined(found)
        except (files.Refused, *files.ERRORS) as error:
            why = files.refusal(error)
            yield Unreadable(Place(entry.path), why.reason, why.advice)
        except Exception as error:  # noqa: BLE001 - one file must not end the import of the others
            yield Unreadable(
                Place(entry.path),
                _("Something in it was not foreseen: %(error)s. What stands before it was read.")
                % {"error": f"{type(error).__name__}: {error}"[:200]},
                _("Give the file to those who keep this system; all other files are read."),
            )


def format_of(head: bytes) -> Format | None:
    """The format of a file that begins so; None for none that can be read.

    Raises Refused for what could be read once it is written otherwise.
    """
    if head.startswith(b"PK"):
        return Format.XLSX
    if _PICTURE.match(head):
        return None
    text = files.decoded_start(head)
    start = text.lstrip("\ufeff \t\r\n\u3000")
    if re.match(r"\[\s*\{", start):
        raise files.Refused(
            _("The file is one list in JSON, which would have to be read as a whole."),
            _("Write one object to a line, without the brackets and commas around them."),
        )
    if start.startswith("{"):
        return Format.JSON_LINES
    if start.startswith("<") and _WORDPRESS.search(text):
        return Format.WORDPRESS
    # Before pages: the text of a table may well be HTML.
    if any(map(_names_columns, start.splitlines()[: tables.HEADS])):
        return Format.CSV
    if _HTML.search(text):
        return Format.PAGE
    return Format.SAVED_TEXT if start else None


def _names_columns(line: str) -> bool:
    """Whether a line names columns of the schema, a headline or a text among them."""
    cells = re.split(f"[{tables.SEPARATORS}]", line)
    keys = {schema.key_of(cell.strip('"')) for cell in cells} - {""}
    return len(keys) > 1 and not keys.isdisjoint({"headline", "body"})


def _articles(entry: files.Entry, known: Known) -> Iterator[Record | Unreadable]:
    with entry.open() as stream:
        found = format_of(stream.read(HEAD))
        stream.seek(0)
        if found in _READERS:
            yield from _READERS[found](stream, entry.path, entry.sibling, known)
        elif found in _PAGES and not _BESIDE.search(entry.path):
            yield _page(entry, stream, found, known)
        elif not _BESIDE.search(entry.path):
            raise files.Refused(
                _("The file is of no kind that can be read."),
                _(
                    "Give articles as web pages, saved text, JSON Lines, CSV, XLSX or WordPress XML."
                ),
            )


def _examined(record: Record) -> Record | Unreadable:
    """The record with a mark at each place where bytes were lost; none of a text that is no text."""
    if files.is_misread(record.headline) or files.is_misread(record.body):
        return Unreadable(
            record.place,
            _("Its text was in UTF-8, and something saved it as if it had been gb18030."),
            _("Take it anew from where it came, in UTF-8, and import it again."),
        )
    texts = {name: getattr(record, name) for name in _TEXTS}
    texts["credits"] = "\n".join(credit.name for credit in record.credits)
    texts["tags"] = "\n".join(record.tags)
    for name, text in texts.items():
        if "\ufffd" in text:
            marked = {mark.start for mark in record.marks if mark.field == name}
            record.marks += (
                Mark(name, lost.start(), lost.end(), "lost_bytes")
                for lost in re.finditer("\ufffd+", text)
                if marked.isdisjoint(range(lost.start(), lost.end()))
            )
    return record


def _page(entry: files.Entry, stream: BinaryIO, found: Format, known: Known) -> Record | Unreadable:
    if entry.size > LARGEST_PAGE:
        raise files.Refused(
            _("The page is larger than %(size)d MB.") % {"size": LARGEST_PAGE // files.MEGABYTE},
            _("Enter the article by hand, or give it as JSON Lines."),
        )
    raw = stream.read()
    text = without_controls(files.decoded(raw))
    return _PAGES[found](Saved(Place(entry.path), raw, text, entry.sibling, known))
