"""Read a saved web page: where its article stands, and what its markup says of it.

Two families are known, the rednet engine and the cjyun cloud, in several generations for screens
and for telephones: their text is looked for where these put it, else between the labels that
people see. In any other page trafilatura says which words are the article. Either way paragraphs,
pictures, links and tables are taken from the page itself.
"""

import base64
import binascii
import functools
import io
import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any, BinaryIO
from urllib.parse import unquote_to_bytes, urljoin

import trafilatura
from django.utils.translation import gettext as _
from lxml import etree, html
from trafilatura.settings import use_config

from legacy import addresses, furniture
from legacy.blocks import BLANKS, Block, Words, picture, spam
from legacy.furniture import Kind
from legacy.mending import Mender
from legacy.metadata import facts_of
from legacy.reading import MOST_BLOCKS, Saved, Sheet, Siblings, no_article, record
from legacy.records import Doubt, Format, Record, Unreadable

type Element = Any  # lxml has no types

# What it cannot make out is said in the report, in the newsroom's words.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

# Where the engines put the text, newest first.
TEXTS: dict[str, tuple[str, ...]] = {
    addresses.REDNET: (
        "//article[contains(@class, 'detail-article')]",
        "//*[contains(@class, 'detail_article_content')]",
        "//*[@id='articlecontent']",
        "//*[contains(concat(' ', @class, ' '), ' content_text ')]",
        "//td[contains(@class, 'wordwrap')]",
    ),
    addresses.CJYUN: (
        "//*[contains(@class, 'article-content')]",
        "//*[contains(@class, 'article_content')]",
        "//*[contains(@class, 'content-text')]",
    ),
}
# How sure a text is that was found between labels, that trafilatura named, and that it named
# only in part; and a headline that no line of the page repeats.
BETWEEN_LABELS, NAMED, NAMED_IN_PART, ONLY_IN_TITLE = 0.8, 0.6, 0.4, 0.7
LONGEST_HEADLINE = 150  # characters
PROSE = 20  # characters, from which on a line with a mark in it is prose
STEPS = 10  # into and out of elements, for each of the most blocks that a page may have
SAID = 6  # characters, from which on a line is known again
# The share of its words in links that makes a text a list, and the share of an article's words
# that stands in the element it is taken from.
MOST_LINKED, TOGETHER = 0.6, 0.85

FORMATS = {"b": "strong", "i": "em", "strike": "s", "del": "s", "ins": "u"} | {
    tag: tag for tag in "strong em u s sub sup".split()
}
HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}
BLOCKS = frozenset(
    (
        "p div section article main aside header footer nav center pre dl dt dd address form table "
        "thead tbody tfoot tr td th caption ul ol li blockquote figure figcaption fieldset body hr "
        "details summary ct founder-content"
    ).split()
    + list(HEADINGS)
)
# What is written as it is, when it stands for itself.
STRUCTURES = frozenset("table ul ol blockquote".split())
INSIDE_STRUCTURES = frozenset("thead tbody tr th td li ul ol blockquote table".split())
UNSEEN = frozenset(
    "script style noscript template svg math head select textarea button input canvas map".split()
)
MEDIA = frozenset("video audio iframe embed object applet".split())

_CAPTION_CLASS = re.compile(
    r"caption|tuzhu|tushuo|(?:pic|img|image|photo)[-_]?(?:desc|txt|text|title|info|note|zhu)", re.I
)
_KICKER_CLASS = re.compile(r"kicker|yinti|introtitle|pretitle|pre-title|shoulder|jianti", re.I)
_SUBTITLE_CLASS = re.compile(
    r"subtitle|sub-title|sub_title|futi|fubiaoti|subhead|vice-?title", re.I
)
_DECORATION = re.compile(
    r"qr-?code|erweima|ewm|二维码|logo|icon|share|spacer|blank\.|pixel|loading|placeholder|avatar",
    re.I,
)
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)
_CENTRED = re.compile(r"text-align\s*:\s*center", re.I)
_LINE_END = re.compile(
    r"(?<=[\u3000-\u9fff\uff00-\uffef])[ \t]*\n\s*(?=[\u3000-\u9fff\uff00-\uffef])"
)
_BLANK = re.compile(r"[ \t\r\n\f]+")
_INLINE = re.compile(r"</?(?:strong|em|u|s|sub|sup|a|img)\b")
_INDENTED = re.compile(r"[ \t]*[\u3000\u00a0]{2}")
_TITLE_END = re.compile(r"[_|｜]|\s[-–—]+\s?|(?<=[\u4e00-\u9fff])-+(?=[\u4e00-\u9fff])")


def read(saved: Saved) -> Record | Unreadable:
    """The article of a page in HTML; Unreadable where it has none."""
    parser = html.HTMLParser(encoding="utf-8")
    try:
        document = html.document_fromstring(saved.text.encode(), parser=parser)
    except (etree.LxmlError, ValueError):
        return no_article(saved.place)
    return _Page(document, saved).read()


class _Page:
    """One page under way."""

    def __init__(self, document: Element, saved: Saved) -> None:
        self.document = document
        self.saved = saved
        self.facts = facts_of(document, saved.text)
        for unseen in list(document.iter(*UNSEEN)):
            if unseen is not document:
                unseen.drop_tree()
        seen = "\n".join(_texts(document))
        titles = "\n".join(self.facts.titles)
        self.mender = saved.mender(titles, seen)
        self.pictures = _Pictures(saved.siblings)
        walk = _Walk(self.mender, spam(seen, self.mender), self.pictures, self.facts.base)
        walk.through(document)
        self.found = walk.found
        self.media = walk.media
        lines = (block.line for block, _at in self.found)
        links = [
            furniture.address(line) for line in lines if furniture.kind(line) is Kind.PERMALINK
        ]
        self.family = addresses.origin([*links, *self.facts.urls], saved.place.file).system

    def read(self) -> Record | Unreadable:
        if not self.found:
            return no_article(self.saved.place)
        headline = self.headline()
        text, sureness = self.container(headline)
        if text is None or self.is_list(text):
            return no_article(self.saved.place)
        inside = [number for number, (_block, at) in enumerate(self.found) if _holds(text, at)]
        first, last = (inside[0], inside[-1]) if inside else (len(self.found), -1)
        start = headline + 1 if headline is not None else 0
        before = self.blocks(0, min(start, first))
        sheet = Sheet(
            saved=replace(self.saved, siblings=self.pictures.open),
            format=Format.PAGE,
            mender=self.mender,
            headline=self.headline_words(headline),
            kicker=self.facts.kicker or self.marked(_KICKER_CLASS, first, headline),
            subtitle=self.facts.subtitle or self.marked(_SUBTITLE_CLASS, first, headline),
            head=[
                *(block for block in before if furniture.kind(block.line) is Kind.TRAIL),
                *self.blocks(start, first),
            ],
            body=self.body(text, start),
            foot=self.blocks(last + 1, len(self.found)),
            urls=self.facts.urls,
            stated={name: self.mended(line) for name, line in self.facts.stated.items()},
            channel=self.mended(self.facts.channel),
            tags=tuple(map(self.mended, self.facts.tags)),
        )
        if sureness < 1:
            sheet.confidence["body"] = sureness
        if headline is None:
            sheet.confidence["headline"] = ONLY_IN_TITLE
        if any(_holds(text, media) for media in self.media):
            sheet.doubts.append(
                Doubt("body", _("The page shows a video or another thing that is not taken over."))
            )
        return record(sheet)

    def mended(self, text: str) -> str:
        return self.mender.mend(text).text

    # The headline

    def headline(self) -> int | None:
        """Which block is the headline: the longest line that the page's title begins with, a main
        heading before others."""
        titles = [_bare(self.mended(title)) for title in self.facts.titles]
        best: tuple[bool, int, int] | None = None
        for number, (block, at) in enumerate(self.found):
            line = _bare(block.line)
            if not 4 <= len(line) <= LONGEST_HEADLINE or block.pictures:
                continue
            is_main = any(element.tag == "h1" for element in _upwards(at))
            if any(title.startswith(line) for title in titles) or (is_main and not titles):
                rank = (is_main, len(line), -number)
                best = max(best, rank) if best else rank
        return -best[2] if best else self.only_main_heading()

    def only_main_heading(self) -> int | None:
        found = [
            number
            for number, (block, at) in enumerate(self.found)
            if at.tag == "h1" and 4 <= len(block.line) <= LONGEST_HEADLINE
        ]
        return found[0] if len(found) == 1 else None

    def headline_words(self, headline: int | None) -> str:
        if headline is not None:
            return self.found[headline][0].before
        for title in self.facts.titles:
            if words := _TITLE_END.split(title)[0].strip(BLANKS):
                return words
        return ""

    def marked(self, pattern: re.Pattern[str], first: int, headline: int | None) -> str:
        """The line above the text that its class calls so."""
        for block, at in self.found[:first]:
            names = f"{at.get('class', '')} {at.get('id', '')}"
            if pattern.search(names) and block.line and len(block.line) <= LONGEST_HEADLINE:
                is_headline = headline is not None and block is self.found[headline][0]
                return "" if is_headline else block.before
        return ""

    # The text

    def container(self, headline: int | None) -> tuple[Element | None, float]:
        """The element that the text stands in, and how sure that is."""
        for path in TEXTS.get(self.family, ()):
            elements = [at for at in self.document.xpath(path) if self.weight(at) >= PROSE]
            if elements:
                return max(elements, key=self.weight), 1.0
        if self.family in TEXTS:
            between = self.between_labels(headline)
            return self.around(between), BETWEEN_LABELS
        named = self.named()
        text = self.around(named)
        if text is None:
            return self.around(self.between_labels(headline)), NAMED_IN_PART
        share = sum(len(self.found[number][0].line) for number in named) / self.weight(text)
        return text, NAMED if share >= 0.5 else NAMED_IN_PART

    def weight(self, element: Element) -> int:
        """How many characters the blocks in the element have; a picture counts as some."""
        return sum(
            len(block.line) + PROSE * len(block.pictures)
            for block, at in self.found
            if _holds(element, at)
        )

    def between_labels(self, headline: int | None) -> list[int]:
        """The blocks of prose after the headline, up to what ends an article; where there is no
        prose, all that is no furniture."""
        start = headline + 1 if headline is not None else 0
        words: list[int] = []
        for number, (block, _at) in enumerate(self.found[start:], start=start):
            kind = furniture.kind(block.line) if block.line else Kind.WORDS
            if kind is Kind.END and words:
                break
            if kind is Kind.WORDS:
                words.append(number)
        prose = [number for number in words if _is_prose(self.found[number][0].line)]
        return prose or words

    def named(self) -> list[int]:
        """The blocks whose words trafilatura takes for the article."""
        try:
            extracted = trafilatura.bare_extraction(
                self.saved.text,
                include_comments=False,
                include_tables=True,
                fast=True,
                favor_recall=True,
                config=_configuration(),
            )
        except (etree.LxmlError, ValueError, TypeError, LookupError, RecursionError):
            return []
        words = _bare(getattr(extracted, "text", None) or "")
        return [
            number
            for number, (block, _at) in enumerate(self.found)
            if len(block.line) >= SAID and _bare(block.before) in words
        ]

    def around(self, chosen: Iterable[int]) -> Element | None:
        """The smallest element that holds nearly all words of the blocks."""
        weights: dict[Element, int] = {}
        total = 0
        for number in chosen:
            block, at = self.found[number]
            weight = len(block.line) + PROSE * len(block.pictures)
            total += weight
            for element in _upwards(at):
                weights[element] = weights.get(element, 0) + weight
        enough = [at for at, weight in weights.items() if weight >= total * TOGETHER]
        if not enough:
            return None
        smallest = max(enough, key=lambda element: sum(1 for _ in element.iterancestors()))
        while smallest.tag in {"p", *HEADINGS} and smallest.getparent() is not None:
            smallest = smallest.getparent()
        return smallest

    def is_list(self, text: Element) -> bool:
        """Whether most of the words lead elsewhere: a front page or a list."""
        total = len(_bare("".join(_texts(text))))
        linked = sum(len(_bare("".join(_texts(link)))) for link in text.iter("a"))
        return total > 0 and linked > total * MOST_LINKED

    def body(self, text: Element, start: int) -> list[Block]:
        return [block for block, at in self.found[start:] if _holds(text, at)]

    def blocks(self, start: int, end: int) -> list[Block]:
        return [block for block, _at in self.found[start:end] if not block.pictures]


@functools.cache
def _configuration() -> Any:
    """Trafilatura's own, for texts as short as Chinese ones are."""
    configuration = use_config()
    configuration.set("DEFAULT", "MIN_EXTRACTED_SIZE", "60")
    configuration.set("DEFAULT", "EXTRACTION_TIMEOUT", "0")
    return configuration


# Pictures


class _Pictures:
    """The pictures of a page: those in files beside it, and those written into it."""

    def __init__(self, siblings: Siblings) -> None:
        self.siblings = siblings
        self.written: dict[str, bytes] = {}

    def open(self, name: str) -> Callable[[], BinaryIO] | None:
        if name in self.written:
            return functools.partial(io.BytesIO, self.written[name])
        return self.siblings(name)

    def name(self, image: Element) -> str:
        """What the picture is called here; "" for what is no picture of an article.

        A page that was saved by a browser has the file in `src`, while the address from which a
        script would have loaded it still stands beside it.
        """
        about = " ".join(image.get(name, "") for name in ("class", "id", "alt"))
        given = [image.get(name, "") for name in ("data-src", "data-original", "original", "src")]
        found = [address.strip() for address in given if address.strip()]
        if not found or _is_small(image) or _DECORATION.search(about):
            return ""
        address = next((address for address in reversed(found) if self.siblings(address)), found[0])
        if address.lower().startswith("data:"):
            return self.keep(address)
        return "" if _DECORATION.search(address) else address

    def keep(self, address: str) -> str:
        head, _comma, written = address.partition(",")
        ending = head.partition("/")[2].partition(";")[0][:4] or "png"
        try:
            data = (
                base64.b64decode(written) if head.endswith(";base64") else unquote_to_bytes(written)
            )
        except (binascii.Error, ValueError):
            return ""
        name = f"inline-{len(self.written) + 1}.{ending}"
        self.written[name] = data
        return name


def _is_small(image: Element) -> bool:
    """Whether its markup shows the picture no larger than a sign."""
    sizes = [re.match(r"\d+", image.get(name, "")) for name in ("width", "height")]
    return any(size and int(size[0]) <= 32 for size in sizes)


# The walk through the page


@dataclass(slots=True)
class _Walk:
    """Turns a page into blocks, each with the element that it stands in."""

    mender: Mender
    foreign: dict[str, str]
    pictures: _Pictures
    base: str
    found: list[tuple[Block, Element]] = field(default_factory=list)
    media: list[Element] = field(default_factory=list)
    block: Block = field(default_factory=Block)
    standing: list[Element] = field(default_factory=list)  # the blocks that are open
    formats: list[tuple[Element, str, str]] = field(default_factory=list)
    structures: list[Element] = field(default_factory=list)
    centred: list[Element] = field(default_factory=list)

    def through(self, document: Element) -> None:
        root = document.find("body")
        root = document if root is None else root
        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for steps, (event, element) in enumerate(walk):
            if len(self.found) > MOST_BLOCKS or steps > MOST_BLOCKS * STEPS:
                self.found.clear()
                return
            if event == "start":
                if self.is_unseen(element):
                    walk.skip_subtree()
                else:
                    self.open(element)
                    self.say(element.text)
            else:
                if event == "end":
                    self.close(element)
                if element is not root:
                    self.say(element.tail)
        self.flush()

    def is_unseen(self, element: Element) -> bool:
        if element.tag in MEDIA:
            self.media.append(element)
            return True
        if _HIDDEN.search(element.get("style", "")) or element.get("hidden") is not None:
            return len("".join(element.itertext()).strip()) < 200
        return False

    def open(self, element: Element) -> None:
        tag = element.tag
        if self.is_centred(element):
            self.centred.append(element)
        if tag == "br":
            self.break_line()
        elif tag == "img":
            self.show(element)
        elif tag in FORMATS or tag == "a":
            self.switch_on(element)
        elif self.structures and tag in INSIDE_STRUCTURES:
            self.block.runs.append(f"<{tag}{_spans(element)}>")
        elif self.structures and tag in BLOCKS:
            self.block.runs.append("<p>")
        elif tag in BLOCKS:
            self.flush()
            self.standing.append(element)
            if tag in STRUCTURES and (tag != "table" or _is_data(element)):
                self.structures.append(element)
                self.block.tag = ""
                self.block.runs.append(f"<{tag}>")

    def close(self, element: Element) -> None:
        tag = element.tag
        if self.structures and self.structures[-1] is element:
            self.block.runs.append(f"</{tag}>")
            self.structures.pop()
            self.flush()
            self.standing.pop()
        elif self.formats and self.formats[-1][0] is element:
            self.block.runs.append(self.formats.pop()[2])
        elif self.structures and tag in INSIDE_STRUCTURES:
            self.block.runs.append(f"</{tag}>")
        elif self.structures and tag in BLOCKS:
            self.block.runs.append("</p>")
        elif self.standing and self.standing[-1] is element:
            self.flush()
            self.standing.pop()
        if self.centred and self.centred[-1] is element:
            self.centred.pop()

    def is_centred(self, element: Element) -> bool:
        return (
            element.tag == "center"
            or element.get("align", "").lower() == "center"
            or _CENTRED.search(element.get("style", "")) is not None
        )

    def say(self, text: str | None) -> None:
        if not text:
            return
        text = _BLANK.sub(" ", _LINE_END.sub("", text))
        last = self.block.runs[-1] if self.block.runs else "<br>"
        if not self.structures and last == "<br>" and _INDENTED.match(text):
            self.flush()
        is_between = isinstance(last, str) and not _INLINE.match(last)
        if text != " " or not is_between:
            self.block.runs.append(Words.read(text, self.mender, self.foreign))

    def break_line(self) -> None:
        """Go to the next line; an empty one ends the paragraph."""
        if not self.structures and self.block.runs and self.block.runs[-1] == "<br>":
            self.flush()
        elif self.block.runs:
            self.block.runs.append("<br>")

    def show(self, image: Element) -> None:
        name = self.pictures.name(image)
        if not name:
            return
        alt = _BLANK.sub(" ", image.get("alt", "")).strip(BLANKS)
        alt = "" if furniture.is_file_name(alt) else Words.read(alt, self.mender).text
        if self.structures:
            self.block.runs.append(picture(name, alt))
            self.block.pictures[name] = alt
        else:
            self.flush()
            self.found.append((Block("figure", pictures={name: alt}), self.at()))

    def switch_on(self, element: Element) -> None:
        tag = FORMATS.get(element.tag, "")
        if tag:
            self.formats.append((element, f"<{tag}>", f"</{tag}>"))
        else:
            address = _link(element.get("href", ""), self.base)
            if not address:
                return
            self.formats.append((element, f'<a href="{escape(address)}">', "</a>"))
        self.block.runs.append(self.formats[-1][1])

    def at(self) -> Element:
        return self.standing[-1]

    def flush(self) -> None:
        """End the block that is being written, and begin the next under the same formats."""
        block = self.block
        if any(isinstance(run, Words) and run.text.strip(BLANKS) for run in block.runs) or (
            block.pictures
        ):
            while block.runs[-1] == "<br>":
                block.runs.pop()
            block.runs += [end for _element, _start, end in reversed(self.formats)]
            at = self.at()
            block.tag = HEADINGS.get(at.tag, "p") if block.tag else ""
            block.is_centred = bool(self.centred)
            block.is_caption = any(
                element.tag == "figcaption" or _CAPTION_CLASS.search(element.get("class", ""))
                for element in self.standing[-2:]
            )
            self.found.append((block, at))
        self.block = Block(runs=[start for _element, start, _end in self.formats])


def _upwards(element: Element) -> Iterable[Element]:
    """The element and all that it stands in."""
    return (element, *element.iterancestors())


def _holds(outer: Element, element: Element) -> bool:
    return any(around is outer for around in _upwards(element))


def _is_data(table: Element) -> bool:
    """Whether a table holds data: rows of several cells, and no other table."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    rows = (sum(1 for cell in row if cell.tag in {"td", "th"}) for row in table.iter("tr"))
    return sum(1 for cells in rows if cells > 1) > 1


def _spans(element: Element) -> str:
    return "".join(
        f' {name}="{element.get(name)}"'
        for name in ("colspan", "rowspan")
        if element.tag in {"td", "th"} and re.fullmatch(r"\d{1,2}", element.get(name, ""))
    )


def _link(href: str, base: str) -> str:
    """The whole address of a link; "" for what leads nowhere from here."""
    try:
        address = urljoin(base, href.strip())
    except ValueError:
        return ""
    return address if re.match(r"https?://|mailto:|tel:", address, re.I) else ""


def _texts(element: Element) -> Iterable[str]:
    """The pieces of text in an element; comments have some that is none."""
    return (piece for piece in element.itertext() if isinstance(piece, str))


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _is_prose(line: str) -> bool:
    return len(line) >= PROSE and re.search(r"[，。；！？,]", line) is not None
