"""Clean the text of articles: one function for bodies, one for single lines, on every way in."""

import re
import unicodedata
from urllib.parse import urlsplit

import nh3
from lxml import etree, html

PICTURE_ADDRESS = re.compile(r"/picture/([0-9a-f]{64})")

# What word processors and old editors write, in the words of the allow-list.
RENAMED = {
    "b": "strong",
    "i": "em",
    "strike": "s",
    "del": "s",
    "ins": "u",
    "h1": "h2",
    "h4": "h3",
    "h5": "h3",
    "h6": "h3",
    "div": "p",
    "section": "p",
    "article": "p",
    "center": "p",
    "pre": "p",
    "dd": "p",
    "dt": "p",
    "address": "p",
}
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
REMOVED_WITH_CONTENT = {
    *("script style iframe object embed noscript template svg math head title".split()),
    *("form select textarea button applet frameset audio video canvas".split()),
}
BLOCKS = {
    *("p h2 h3 ul ol li blockquote figure figcaption table thead tbody tr th td hr".split()),
}
SCHEMES = {"http", "https", "mailto", "tel"}

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff\u200b\u2028\u2029]")
_BIDI = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
_BLANK = re.compile(r"[ \t\r\n\f\u00a0]+")
# Paragraphs are indented by the style sheet; blanks typed for it go.
_INDENT = " \t\r\n\u00a0\u3000"


def without_controls(text: str) -> str:
    """`text` without control, zero-width, direction-override and lone surrogate characters."""
    return _SURROGATE.sub("", _BIDI.sub("", _CONTROL.sub("", text)))


def clean_line(text: str) -> str:
    """One line of plain text: no control characters, blanks joined, ends stripped."""
    return re.sub(r"\s+", " ", without_controls(text)).strip()


def clean_lines(text: str) -> str:
    """Plain text of several lines: each cleaned, runs of empty ones joined."""
    lines = [clean_line(line) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def clean_body(body: str) -> str:
    """The body as it is stored: HTML of the allow-list only, one block to a line.

    Pictures stay only with an address of our own store, `/picture/<sha256>`; links only with
    http, https, mailto or tel. Cleaning twice gives the same bytes. Never raises.
    """
    text = unicodedata.normalize("NFC", without_controls(body))
    if not text.strip():
        return ""
    if not _TAG.search(text):
        text = "".join(f"<p>{_escaped(line)}</p>" for line in text.splitlines() if line.strip())
    tree = _parsed(_sanitised(text))
    _rename(tree)
    _keep_our_pictures(tree)
    _wrap_loose_text(tree)
    _tidy(tree)
    return _serialised(tree)


def plain_text(body: str) -> str:
    """The words of a clean body, a line to a block, captions included."""
    if not body:
        return ""
    lines = ("".join(block.itertext()).strip() for block in _text_blocks(_parsed(body)))
    return "\n".join(line for line in lines if line)


def paragraphs(body: str) -> list[str]:
    """The text of each block of a clean body that holds text, in order."""
    return plain_text(body).splitlines()


def count_characters(body: str) -> int:
    """The length of a text as the trade counts it: every Han character and mark one, every
    run of letters or digits one, blanks nothing."""
    return len(re.findall(r"[0-9A-Za-z]+(?:[.,'’-][0-9A-Za-z]+)*|\S", plain_text(body)))


def picture_hashes(body: str) -> list[str]:
    """The SHA-256 of each picture in a clean body, in order, each once."""
    return list(dict.fromkeys(PICTURE_ADDRESS.findall(body)))


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
    return text.replace("<", "&lt;").replace(">", "&gt;").strip(_INDENT)


def _sanitised(text: str) -> str:
    """`text` reduced to known tags and attributes, still with the old names for them."""
    return nh3.clean(
        text,
        tags=set(ALLOWED) | set(RENAMED),
        attributes={tag: names for tag, names in ALLOWED.items() if names},
        clean_content_tags=REMOVED_WITH_CONTENT,
        url_schemes=SCHEMES,
        link_rel=None,
        strip_comments=True,
    )


def _parsed(text: str) -> html.HtmlElement:
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    document = html.fromstring(f"<div>{text}</div>".encode(), parser=parser)
    return document if document.tag == "div" else document.find(".//div")


def _rename(tree: html.HtmlElement) -> None:
    for element in tree.iterdescendants():
        element.tag = RENAMED.get(element.tag, element.tag)
        if element.tag == "a" and urlsplit(element.get("href", "")).scheme not in SCHEMES:
            element.attrib.pop("href", None)
        for name in ("colspan", "rowspan"):
            value = element.get(name)
            if value is not None and not (value.isdecimal() and 1 < int(value) <= 50):
                del element.attrib[name]
    for link in list(tree.iter("a")):
        if not link.get("href"):
            link.drop_tag()


def _keep_our_pictures(tree: html.HtmlElement) -> None:
    for image in list(tree.iter("img")):
        if PICTURE_ADDRESS.fullmatch(image.get("src", "")):
            image.set("alt", clean_line(image.get("alt", "")))
        else:
            image.drop_tree()
    for figure in list(tree.iter("figure")):
        if figure.find(".//img") is None and figure.find(".//table") is None:
            for caption in figure.findall(".//figcaption"):
                caption.tag = "p"
            figure.drop_tag()


def _wrap_loose_text(tree: html.HtmlElement) -> None:
    """Give text and inline tags that stand at the top a paragraph, and free nested blocks."""
    for paragraph in list(tree.iter("p")):
        if any(child.tag in BLOCKS for child in paragraph.iterdescendants()):
            _split_around_blocks(paragraph)
    loose: html.HtmlElement | None = None
    if tree.text and tree.text.strip():
        loose = etree.Element("p")
        loose.text, tree.text = tree.text, None
        tree.insert(0, loose)
    for child in list(tree):
        if loose is not None and child is loose:
            tail, child.tail = child.tail, None
        elif child.tag in BLOCKS:
            loose = None
            tail, child.tail = child.tail, None
        else:
            if loose is None:
                loose = etree.Element("p")
                child.addprevious(loose)
            loose.append(child)
            continue
        if tail and tail.strip():
            if loose is None:
                loose = etree.Element("p")
                child.addnext(loose)
            _append_text(loose, tail)


def _split_around_blocks(paragraph: html.HtmlElement) -> None:
    """Replace a paragraph that holds blocks by paragraphs of its text and the blocks themselves."""
    pieces: list[html.HtmlElement] = []
    current = etree.Element("p")
    current.text = paragraph.text
    pieces.append(current)
    for child in list(paragraph):
        tail, child.tail = child.tail, None
        if child.tag in BLOCKS or any(inner.tag in BLOCKS for inner in child.iterdescendants()):
            pieces.append(child)
            current = etree.Element("p")
            current.text = tail
            pieces.append(current)
        else:
            current.append(child)
            child.tail = tail
    parent_tail = paragraph.tail
    anchor = paragraph
    for piece in pieces:
        anchor.addnext(piece)
        anchor = piece
    anchor.tail = parent_tail
    paragraph.getparent().remove(paragraph)


def _append_text(element: html.HtmlElement, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _tidy(tree: html.HtmlElement) -> None:
    """Join blanks, strip typed indents, drop what is empty."""
    for element in tree.iter():
        if element.text:
            element.text = _BLANK.sub(" ", element.text)
        if element.tail:
            element.tail = _BLANK.sub(" ", element.tail)
    for block in [element for element in tree.iterdescendants() if element.tag in BLOCKS]:
        _strip_ends(block)
    kept = {"img", "br", "hr", "td", "th"}
    for element in reversed(list(tree.iterdescendants())):
        hollow = not len(element) and not (element.text or "").strip(_INDENT)
        only_breaks = element.tag == "p" and all(
            child.tag == "br" and not (child.tail or "").strip(_INDENT) for child in element
        )
        if element.tag not in kept and (
            hollow or (only_breaks and not (element.text or "").strip(_INDENT))
        ):
            element.drop_tree() if element.tag == "p" else element.drop_tag()


def _strip_ends(block: html.HtmlElement) -> None:
    block.text = (block.text or "").lstrip(_INDENT) or None
    if len(block):
        last = block[-1]
        last.tail = (last.tail or "").rstrip(_INDENT) or None
    elif block.text:
        block.text = block.text.rstrip(_INDENT)
    while len(block) and block[0].tag == "br" and not block.text:
        first = block[0]
        block.text = (first.tail or "").lstrip(_INDENT) or None
        first.tail = None
        block.remove(first)
    while len(block) and block[-1].tag == "br" and not block[-1].tail:
        block.remove(block[-1])


def _serialised(tree: html.HtmlElement) -> str:
    lines = []
    for child in tree:
        child.tail = None
        lines.append(html.tostring(child, encoding="unicode"))
    return _final("\n".join(lines))


def _final(text: str) -> str:
    """The last word on what is stored: nothing but the allow-list, whatever came before."""
    return nh3.clean(
        text,
        tags=set(ALLOWED),
        attributes={tag: names for tag, names in ALLOWED.items() if names},
        url_schemes=SCHEMES,
        link_rel=None,
    ).strip()


def _text_blocks(tree: html.HtmlElement) -> list[html.HtmlElement]:
    """The innermost blocks that hold text."""
    blocks = [element for element in tree.iterdescendants() if element.tag in BLOCKS]
    return [
        block
        for block in blocks
        if not any(inner.tag in BLOCKS for inner in block.iterdescendants())
    ]
