"""Build a body anew out of HTML, in one grammar, whatever shape the HTML had.

    body        p h2 h3 ul ol blockquote figure table hr
    p h2 h3     words: text, br, img, and strong em u s sub sup a around them
    ul ol       li;  table: thead tbody;  thead tbody: tr;  tr: th td
    li th td    words, and all that a body has
    blockquote  all that a body has;  figure: the same, and img and figcaption (words)

What has no place is put where it has one, and no text is dropped. Formats are kept as what is
switched on where the words stand, not as nesting, and containers only so deep, so that neither a
body's depth nor its disorder costs anything. What is built reads back as the same tree in every
browser and parser, so that building it again gives the same bytes.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urlsplit

# What word processors and old editors write for a format or a heading; every other block that is
# not of the grammar is a paragraph.
FORMATS = {
    **{tag: tag for tag in "strong em u s sub sup a".split()},
    "b": "strong",
    "i": "em",
    "strike": "s",
    "del": "s",
    "ins": "u",
}
HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}
PARAGRAPHS = frozenset("p div section article center pre dd dt address".split())
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
DEEPEST = 16  # containers in one another; a table in a list is four
DEEPEST_READ = 200  # tags in one another, of any kind; no page that people wrote has so many
MOST_REFERENCES = 500  # ampersands in one run of text

_CONTAINERS = frozenset("ul ol li blockquote figure table thead tbody tr th td".split())
_LINES = frozenset({"h2", "h3", "figcaption"})
_CELLS = frozenset({"th", "td"})
_WITH_LOOSE_WORDS = _CELLS | {"li"}
_BETWEEN_CELLS = frozenset({"table", "thead", "tbody", "tr"})
_KEPT_EMPTY = _CELLS | {"hr"}
_PARENTS = {
    "thead": {"table"},
    "tbody": {"table"},
    "tr": {"thead", "tbody"},
    "th": {"tr"},
    "td": {"tr"},
    "li": {"ul", "ol"},
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\u200b]")
_LINE_ENDS = re.compile(r"[\x85\u2028\u2029]")
_BIDI = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_UNWANTED = re.compile(
    "|".join(pattern.pattern for pattern in (_CONTROL, _LINE_ENDS, _BIDI, _SURROGATE))
)
_BLANK = re.compile(r"[ \t\r\n\f\u00a0]+")
# Paragraphs are indented by the style sheet; blanks typed for it go.
_INDENT = " \t\r\n\f\u00a0\u3000"
_PICTURE = re.compile(r"/picture/[0-9a-f]{64}")
_PLAIN_BLOCK = r"<(p|h2|h3)(?: [a-z-]+=\"[^\"<>&]*\")*>([^<>&]*)</\1>[ \t\r\n]*"
_PLAIN_BLOCKS = re.compile(_PLAIN_BLOCK)
_PLAIN = re.compile(rf"[ \t\r\n]*(?:{_PLAIN_BLOCK})+")
# Comments; elements with no tags inside; tags with their names; text.
_PIECE = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(?:[!?]|/(?![a-z>]))[^>]*>?"
    r"|<(script|style|textarea|title|xmp|iframe|noembed|noframes)(?=[\s/>]).*?(?:</\1|\Z)"
    r"|<(/?)([a-zA-Z][^\s/>]*)(?:[^>\"'=]|=\s*(?:\"[^\"]*\"|'[^']*')?|[\"'])*+(?:>|\Z)"
    r"|[^<]+",
    re.DOTALL | re.IGNORECASE,
)
_REFERENCES = re.compile(rf"(?:&[^&]*){{{MOST_REFERENCES}}}")
_WITHOUT_END = frozenset(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source track "
    "wbr".split()
)
_INLINE = frozenset(
    "a abbr b big cite code em font i ins del label nobr o:p q s small span strike strong sub sup "
    "time tt u var".split()
)
# What ends another of its own kind, unless it stands in one of these inside of that.
_ENDS_ITS_LIKE = {
    "a": ({"a"}, {"td", "th", "caption"}),
    **dict.fromkeys(("dd", "dt"), ({"dd", "dt"}, {"dl"})),
    "li": ({"li"}, {"ul", "ol"}),
    "option": ({"option"}, {"select"}),
    "p": ({"p"}, {"td", "th", "caption"}),
    "tr": ({"tr"}, {"table"}),
    **dict.fromkeys(("td", "th"), ({"td", "th"}, {"table"})),
}


def without_controls(text: str) -> str:
    """`text` without control, zero-width, direction-override and lone surrogate characters."""
    if not _UNWANTED.search(text):
        return text
    text = _LINE_ENDS.sub("\n", _CONTROL.sub("", text))
    return _SURROGATE.sub("", _BIDI.sub("", text))


def one_line(text: str) -> str:
    """`text` without such characters, its blanks joined and its ends stripped."""
    if text.isprintable() and "  " not in text:
        return text.strip(" ")  # the rest would find nothing
    return re.sub(r"\s+", " ", without_controls(text)).strip()


def readable(html: str) -> str:
    """`html` with the same words, and nothing in it that takes a parser of HTML 5 time that grows
    with its square: tags in one another far beyond what people write, endless runs of ampersands.
    """
    if html.count("<") <= DEEPEST_READ and html.count("&") <= MOST_REFERENCES:
        return html
    return _PIECE.sub(_Shallow().piece, html)


def rebuilt(html: str, pictures: Mapping[str, str] | None = None) -> str:
    """A body of the grammar with the words and pictures of `html`, one block to a line.

    `html` must be well nested, with scripts and the like taken out: what nh3 gives. `pictures`
    has the SHA-256 of those that `html` calls by other names.
    """
    builder = _Builder(pictures or {})
    builder.feed(html)
    builder.close()
    return "\n".join(_written(node) for node in _kept(builder.root.children))


def plainly_rebuilt(html: str) -> str | None:
    """The same body, found the short way: for paragraphs and headings that hold words and nothing
    else, as most of what is imported does. None for all other HTML.

    `html` must be without control characters.
    """
    if not _PLAIN.fullmatch(html):
        return None
    lines = [(tag, _plain_words(words)) for tag, words in _PLAIN_BLOCKS.findall(html)]
    return "\n".join(f"<{tag}>{words}</{tag}>" for tag, words in lines if words)


def _plain_words(words: str) -> str:
    """The words of a line that holds no tag: what `_in_order` gives of them."""
    text = _BLANK.sub(" ", unicodedata.normalize("NFC", words))
    return text.strip(_INDENT)


class _Shallow:
    """Reads tags one by one, and puts a new paragraph in place of the blocks that lie too deep."""

    def __init__(self) -> None:
        self.open: list[str] = []

    def piece(self, match: re.Match[str]) -> str:
        end, name = match[2], (match[3] or "").lower()
        if match[0][0] != "<":
            # A comment ends a run of text, and is nowhere to be seen.
            return _REFERENCES.sub(r"\g<0><!---->", match[0])
        if match[1] and not {"svg", "math"}.isdisjoint(self.open):
            return ""  # in drawings these have tags inside
        if not name or name in _WITHOUT_END:
            return match[0]
        if end:
            return self.end(name, match[0])
        if name in _ENDS_ITS_LIKE:
            self.end_like(*_ENDS_ITS_LIKE[name])
        if len(self.open) < DEEPEST_READ:
            self.open.append(name)
            return match[0]
        return "" if name in _INLINE else "<p>"

    def end(self, name: str, written: str) -> str:
        if name in self.open:
            while self.open.pop() != name:
                pass
        return written

    def end_like(self, likes: set[str], bounds: set[str]) -> None:
        for place in range(len(self.open) - 1, -1, -1):
            if self.open[place] in bounds:
                return
            if self.open[place] in likes:
                del self.open[place:]
                return


class _Word(NamedTuple):
    """A piece of a line under its formats, from the outside in: text, or the tag of a break or
    a picture."""

    formats: tuple[str, ...]
    text: str
    markup: str = ""


@dataclass(slots=True, eq=False)
class _Node:
    """A block; one without a tag is a run of words that has no block of its own."""

    tag: str
    attributes: str = ""
    is_implied: bool = False
    children: "list[_Node]" = field(default_factory=list)
    words: list[_Word] = field(default_factory=list)


class _Open(NamedTuple):
    """A tag whose end has not come: how many blocks stood open before it, the format it switched
    on, and whether it only breaks the line it stands in."""

    tag: str
    depth: int
    format: str = ""
    breaks_line: bool = False


class _Builder(HTMLParser):
    def __init__(self, pictures: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=True)
        self.pictures = pictures
        self.root = _Node("body")
        self.blocks = [self.root]
        self.line: _Node | None = None
        self.in_paragraph = False
        self.tags: list[_Open] = []
        # Each format that is on, as it is written, with how many tags ask for it.
        self.formats: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "br":
            self.add("", "<br>")
        elif tag == "hr":
            self.break_words()
            self.make_room()
            self.place(_Node("hr"))
        elif tag == "img":
            self.add_picture(given)
        elif tag in FORMATS:
            self.switch_on(tag, given)
        else:
            self.open_block(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if not any(opened.tag == tag for opened in reversed(self.tags)):
            return
        while True:
            opened = self.tags.pop()
            if opened.breaks_line:
                self.add("", "<br>")
            elif opened.tag not in FORMATS:
                self.break_words()
                del self.blocks[opened.depth :]
            elif opened.format:
                self.switch_off(opened.format)
            if opened.tag == tag:
                return

    def handle_data(self, data: str) -> None:
        if text := without_controls(data):
            self.add(text)

    def add(self, text: str, markup: str = "") -> None:
        if self.line is None:
            if markup == "<br>" or not (markup or text.strip(_INDENT)):
                return
            self.make_room()
            has_loose_words = self.blocks[-1].tag in _WITH_LOOSE_WORDS and not self.in_paragraph
            self.line = _Node("" if has_loose_words else "p")
            self.place(self.line)
        self.line.words.append(_Word(tuple(self.formats), text, markup))

    def add_picture(self, given: dict[str, str]) -> None:
        address = given.get("src", "")
        if address in self.pictures:
            address = f"/picture/{self.pictures[address]}"
        if not _PICTURE.fullmatch(address):
            return
        alt = escape(one_line(given.get("alt", "")))
        markup = f'<img src="{address}" alt="{alt}">'
        in_words = self.line is not None and self.line.tag != "p"
        if self.blocks[-1].tag != "figure" or in_words:
            self.add("", markup)
        else:
            self.break_words()
            self.place(_Node("", words=[_Word((), "", markup)]))

    def switch_on(self, tag: str, given: dict[str, str]) -> None:
        written = FORMATS[tag]
        if written == "a":
            href = one_line(given.get("href", ""))
            in_a_link = any(other.startswith("a ") for other in self.formats)
            written = f'a href="{escape(href)}"' if _may_link(href) and not in_a_link else ""
        if written:
            self.formats[written] = self.formats.get(written, 0) + 1
        self.tags.append(_Open(tag, len(self.blocks), written))

    def switch_off(self, written: str) -> None:
        self.formats[written] -= 1
        if not self.formats[written]:
            del self.formats[written]

    def open_block(self, tag: str, given: dict[str, str]) -> None:
        if self.line and self.line.tag in _LINES and tag not in _CONTAINERS:
            self.add("", "<br>")
            self.tags.append(_Open(tag, len(self.blocks), breaks_line=True))
            return
        self.break_words()
        if tag == "li" and self.blocks[-1].is_implied:
            self.blocks.pop()
        depth = len(self.blocks)
        self.tags.append(_Open(tag, depth))
        if tag in HEADINGS or (tag == "figcaption" and self.takes_caption()):
            self.make_room()
            self.line = _Node(HEADINGS.get(tag, tag))
            self.place(self.line)
        elif tag in _CONTAINERS and depth < DEEPEST:
            self.open_container(tag, given)
        else:
            self.in_paragraph = True

    def open_container(self, tag: str, given: dict[str, str]) -> None:
        if tag == "tr" and self.blocks[-1].tag == "table":
            rows = self.blocks[-1].children
            if not rows or rows[-1].tag != "tbody":
                rows.append(_Node("tbody"))
            self.blocks.append(rows[-1])
        if tag not in _PARENTS:
            self.make_room()
        elif self.blocks[-1].tag not in _PARENTS[tag]:
            self.in_paragraph = True
            return
        node = _Node(tag, _spans(given) if tag in _CELLS else "")
        self.place(node)
        self.blocks.append(node)

    def takes_caption(self) -> bool:
        figure = self.blocks[-1]
        return figure.tag == "figure" and all(node.tag != "figcaption" for node in figure.children)

    def break_words(self) -> None:
        self.line = None
        self.in_paragraph = False

    def make_room(self) -> None:
        """Give what stands right in a list an item."""
        if self.blocks[-1].tag in {"ul", "ol"}:
            item = _Node("li", is_implied=True)
            self.place(item)
            self.blocks.append(item)

    def place(self, node: _Node) -> None:
        """Put the node where it stands; what stands between the cells of a table, before it."""
        if self.blocks[-1].tag not in _BETWEEN_CELLS or node.tag in _PARENTS:
            self.blocks[-1].children.append(node)
            return
        place = len(self.blocks) - 1
        while self.blocks[place].tag != "table" or self.blocks[place - 1].tag in _BETWEEN_CELLS:
            place -= 1
        self.blocks[place - 1].children.insert(-1, node)  # the table is the last of them


def _may_link(href: str) -> bool:
    try:
        return urlsplit(href).scheme in SCHEMES
    except ValueError:
        return False


def _spans(given: dict[str, str]) -> str:
    """The attributes of a cell: spans of 2 to 50 rows or columns."""
    return "".join(
        f' {name}="{int(given[name])}"'
        for name in ("colspan", "rowspan")
        if re.fullmatch(r"0*([2-9]|[1-4][0-9]|50)", given.get(name, "")[:8], re.ASCII)
    )


def _kept(nodes: list[_Node]) -> list[_Node]:
    """The nodes that hold something, what they hold put in order."""
    kept: list[_Node] = []
    for node in nodes:
        node.words = _in_order(node.words)
        node.children = _kept(node.children)
        if node.tag == "figure" and not _holds_picture(node):
            for child in node.children:
                child.tag = "p" if child.tag == "figcaption" else child.tag
            kept += node.children
        elif node.words or node.children or node.tag in _KEPT_EMPTY:
            if kept and kept[-1].tag == node.tag == "" and not _is_picture(node):
                node.tag = "p"
            kept.append(node)
    return kept


def _is_picture(node: _Node) -> bool:
    return len(node.words) == 1 and node.words[0].markup.startswith("<img")


def _holds_picture(figure: _Node) -> bool:
    markup = _written(figure)
    return "<img " in markup or "<table>" in markup


def _in_order(words: list[_Word]) -> list[_Word]:
    """The words of a line, neighbours joined, blanks joined and stripped at ends and breaks."""
    ordered: list[_Word] = []
    for word in _joined(words):
        if word.markup == "<br>":
            _strip_end(ordered)
            if ordered:
                ordered.append(word)
        elif word.markup:
            ordered.append(word)
        else:
            text = _BLANK.sub(" ", unicodedata.normalize("NFC", word.text))
            if not ordered or ordered[-1].markup == "<br>":
                text = text.lstrip(_INDENT)
            if text:
                ordered.append(_Word(word.formats, text))
    _strip_end(ordered)
    while ordered and ordered[-1].markup == "<br>":
        ordered.pop()
    return ordered


def _joined(words: list[_Word]) -> Iterator[_Word]:
    def kind(word: _Word) -> tuple[tuple[str, ...], str]:
        return word.formats, word.markup

    for (formats, markup), same in itertools.groupby(words, kind):
        if markup:
            yield from same
        else:
            yield _Word(formats, "".join(word.text for word in same))


def _strip_end(words: list[_Word]) -> None:
    while words and not words[-1].markup:
        last = words.pop()
        if text := last.text.rstrip(_INDENT):
            words.append(_Word(last.formats, text))
            return


def _written(node: _Node) -> str:
    inside = _line(node.words) + "".join(_written(child) for child in node.children)
    if not node.tag:
        return inside
    return "<hr>" if node.tag == "hr" else f"<{node.tag}{node.attributes}>{inside}</{node.tag}>"


def _line(words: list[_Word]) -> str:
    pieces: list[str] = []
    standing: tuple[str, ...] = ()
    for formats, text, markup in [*words, _Word((), "")]:
        same = _shared(standing, formats)
        pieces += [f"</{written.partition(' ')[0]}>" for written in reversed(standing[same:])]
        pieces += [f"<{written}>" for written in formats[same:]]
        pieces.append(markup or escape(text, quote=False))
        standing = formats
    return "".join(pieces)


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many formats both begin with."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))
