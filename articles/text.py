"""Clean the text of articles: one function for bodies, one for single lines, on every way in."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser

import nh3
from lxml import html

from articles.markup import (
    FORMATS,
    HEADINGS,
    PARAGRAPHS,
    SCHEMES,
    one_line,
    plainly_rebuilt,
    readable,
    rebuilt,
    without_controls,
)

PICTURE_ADDRESS = re.compile(r"/picture/([0-9a-f]{64})")

ALLOWED: dict[str, set[str]] = {
    **{
        tag: set()
        for tag in (
            "p h2 h3 strong em u s sub sup ul ol li blockquote figure figcaption "
            "table thead tbody tr br hr"
        ).split()
    },
    "a": {"href"},
    "img": {"src", "alt"},
    "th": {"colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
}
# What word processors and old editors write; articles/markup.py puts it into the allowed words.
READ = {*ALLOWED, *FORMATS, *HEADINGS, *PARAGRAPHS}
REMOVED_WITH_CONTENT = {
    *("script style iframe object embed noscript template svg math head title".split()),
    *("form select textarea button applet frameset audio video canvas".split()),
}
BLOCKS = {
    *("p h2 h3 ul ol li blockquote figure figcaption table thead tbody tr th td hr".split()),
}

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
_IMAGE = re.compile(rf'<img src="{PICTURE_ADDRESS.pattern}"')


def clean_line(text: str) -> str:
    """One line of plain text: no control characters, blanks joined, ends stripped."""
    return one_line(text)


def clean_lines(text: str) -> str:
    """Plain text of several lines: each cleaned, runs of empty ones joined."""
    lines = [clean_line(line) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def clean_body(body: str, pictures: Mapping[str, str] | None = None) -> str:
    """The body as it is stored: HTML of the allow-list only, one block to a line.

    Pictures stay only with an address of our own store, `/picture/<sha256>`, or a name whose
    SHA-256 `pictures` has; links only with http, https, mailto or tel. Cleaning twice gives the
    same bytes. Never raises.
    """
    text = without_controls(body)
    if not text.strip():
        return ""
    if not _TAG.search(text):
        text = "".join(f"<p>{_escaped(line)}</p>" for line in text.splitlines())
    if (plain := plainly_rebuilt(text)) is not None:
        return plain
    # The second pass is the last word on what is stored, whatever the building did.
    return _sanitised(rebuilt(_sanitised(text, READ), pictures), set(ALLOWED))


def plain_text(body: str) -> str:
    """The words of a clean body, a line to a block, captions included."""
    lines = _Lines()
    lines.feed(body)
    lines.close()
    return "\n".join(line for line in ("".join(line).strip() for line in lines.lines) if line)


def paragraphs(body: str) -> list[str]:
    """The text of each block of a clean body that holds text, in order."""
    return plain_text(body).splitlines()


def count_characters(body: str) -> int:
    """The length of a text as the trade counts it: every Han character and mark one, every
    run of letters or digits one, blanks nothing."""
    return len(re.findall(r"[0-9A-Za-z]+(?:[.,'’-][0-9A-Za-z]+)*|\S", plain_text(body)))


def picture_hashes(body: str) -> list[str]:
    """The SHA-256 of each picture in a clean body, in order, each once."""
    return list(dict.fromkeys(_IMAGE.findall(body))) if "<img" in body else []


def figures(body: str) -> list[tuple[str, str, str]]:
    """(SHA-256, alt text, caption) of each picture in a clean body, in order."""
    found = []
    for image in _parsed(body).iter("img") if body else ():
        match = PICTURE_ADDRESS.fullmatch(image.get("src", ""))
        figure = next(image.iterancestors("figure"), None)
        caption = figure.find(".//figcaption") if figure is not None else None
        text = "".join(caption.itertext()).strip() if caption is not None else ""
        if match:
            found.append((match[1], image.get("alt", "").strip(), text))
    return found


def _escaped(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;")


def _sanitised(text: str, tags: set[str]) -> str:
    """`text` well nested and reduced to these tags and the allowed attributes."""
    return nh3.clean(
        readable(text),
        tags=tags,
        attributes={tag: names for tag, names in ALLOWED.items() if names},
        clean_content_tags=REMOVED_WITH_CONTENT,
        url_schemes=set(SCHEMES),
        link_rel=None,
        strip_comments=True,
    )


def _parsed(text: str) -> html.HtmlElement:
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    document = html.fromstring(f"<div>{text}</div>".encode(), parser=parser)
    return document if document.tag == "div" else document.find(".//div")


class _Lines(HTMLParser):
    """The text of each block, a break in it as a blank."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[list[str]] = [[]]

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.lines[-1].append(" ")
        elif tag in BLOCKS:
            self.lines.append([])

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.lines.append([])

    def handle_data(self, data: str) -> None:
        self.lines[-1].append(data)
