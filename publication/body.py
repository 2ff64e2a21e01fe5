"""Turn the clean body of an edition into the markup of its page."""

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from lxml import etree, html

from articles.text import PICTURE_ADDRESS
from publication.models import Edition
from publication.pictures import Offer, offer

# The width of the column of text, up to which a picture grows (static/site/article.css).
SIZES = "(min-width: 52rem) 50rem, 100vw"


def render(edition: Edition) -> SafeString:
    """The body, as one block, with its dateline and its pictures in several widths.

    The one place that marks a body safe: it was cleaned on its way in (articles/text.py), and
    all that is added here goes through the parser's own escaping.
    """
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    tree = html.fragment_fromstring(f"<div>{edition.body}</div>".encode(), parser=parser)
    tree.set("class", "body")
    _put_pictures(tree, edition)
    _put_dateline(tree, edition.dateline)
    _make_tables_scroll(tree)
    return mark_safe(html.tostring(tree, encoding="unicode"))  # noqa: S308 - see above


def _put_dateline(tree: html.HtmlElement, dateline: str) -> None:
    if not dateline:
        return
    paragraph = tree.find("./p")
    if paragraph is None:
        paragraph = etree.Element("p")
        tree.insert(0, paragraph)
    span = etree.Element("span", {"class": "dateline"})
    span.text, span.tail, paragraph.text = dateline, paragraph.text, None
    paragraph.insert(0, span)


def _put_pictures(tree: html.HtmlElement, edition: Edition) -> None:
    for image in list(tree.iter("img")):
        match = PICTURE_ADDRESS.fullmatch(image.get("src", ""))
        record = edition.pictures.get(match[1]) if match else None
        offered = offer(record) if record else None
        if record is None or offered is None:
            image.drop_tree()
            continue
        picture = _picture(offered, alt=image.get("alt", ""))
        picture.tail = image.tail
        image.getparent().replace(image, picture)
        figure = next(picture.iterancestors("figure"), None)
        if figure is not None and record["credit"]:
            _put_credit(figure, record["credit"])


def _picture(offered: Offer, *, alt: str) -> html.HtmlElement:
    picture = etree.Element("picture")
    if offered.webp:
        etree.SubElement(
            picture, "source", {"type": "image/webp", "srcset": offered.webp, "sizes": SIZES}
        )
    etree.SubElement(
        picture,
        "img",
        {
            "src": offered.src,
            "srcset": offered.jpeg,
            "sizes": SIZES,
            "width": str(offered.width),
            "height": str(offered.height),
            "alt": alt,
            "loading": "lazy",
            "decoding": "async",
        },
    )
    return picture


def _put_credit(figure: html.HtmlElement, credit: str) -> None:
    """Name who took the picture, unless its caption does."""
    caption = figure.find(".//figcaption")
    if caption is None:
        caption = etree.SubElement(figure, "figcaption")
    if credit not in "".join(caption.itertext()):
        span = etree.SubElement(caption, "span", {"class": "credit"})
        span.text = _("(Picture: %(credit)s)") % {"credit": credit}


def _make_tables_scroll(tree: html.HtmlElement) -> None:
    """Let a wide table scroll in itself, by touch and by keyboard, instead of the page."""
    for table in list(tree.iter("table")):
        frame = etree.Element(
            "div", {"class": "table", "tabindex": "0", "role": "region", "aria-label": _("Table")}
        )
        frame.tail, table.tail = table.tail, None
        table.getparent().replace(table, frame)
        frame.append(table)
