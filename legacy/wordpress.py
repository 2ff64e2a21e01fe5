"""WordPress exports (WXR 1.0 to 1.2): posts with their categories, tags, pictures and old addresses.

An export is read twice, as what a post refers to may stand behind it: first authors, categories
and pictures, then the posts, one at a time. Pages, menus, revisions and what lies in the bin of
WordPress are no articles and are left out; what readers there could not see comes as a draft.

The files of the pictures are looked for beside the export, in the folders of wp-content.
"""

import datetime
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, NamedTuple, cast
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _
from lxml import etree

from articles.models import Status
from legacy import bylines
from legacy.addresses import LONGEST_SYSTEM, origin
from legacy.mending import Mender
from legacy.records import Credit, Doubt, Format, Image, Place, Record, Unreadable
from legacy.schema import Files
from legacy.tables import LONGEST_RECORD
from legacy.times import SHANGHAI

POSTS = frozenset({"post"})
# What WordPress keeps in the same way, and nobody reads as an article.
NO_ARTICLES = frozenset(
    (
        "attachment page revision nav_menu_item custom_css customize_changeset oembed_cache "
        "user_request wp_block wp_template wp_template_part wp_global_styles wp_navigation "
        "wp_font_family wp_font_face"
    ).split()
)
STATUSES = {
    "publish": Status.PUBLISHED,
    **dict.fromkeys("draft pending future private".split(), Status.DRAFT),
}
NO_CHANNEL = frozenset({"uncategorized", "未分类"})
NOBODY = frozenset({"", "本网", "本报", "本站", "本台"})
ENTRY_LENGTH = 40  # characters
LONGEST = 300  # characters of a caption or a dateline
LAST = 3  # lines at the foot of a text that may name people
ACCOUNT_CONFIDENCE = 0.6  # who has the account need not have written the post
SITE_CONFIDENCE = 0.7  # WordPress knows no sources; the site stands in

BLOCKS = frozenset(
    (
        "p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote figure figcaption table thead tbody tfoot "
        "tr th td hr pre div section article center address"
    ).split()
)
# Blocks in which loose words make paragraphs, as they do outside of any.
_LOOSE = frozenset("div section article center blockquote".split())
_WITH_BREAKS = frozenset({"p", "pre"})

_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r"))
_TAG = re.compile(r"(</?[a-zA-Z][^<>]*>)")
_BLOCK = re.compile(rf"</?(?:br|{'|'.join(BLOCKS)})\b[^<>]*>", re.IGNORECASE)
_TAG_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
# Repetitions are bounded or stop at the next of their kind, so that no text takes long.
_CAPTION = re.compile(
    r"\[(?:wp_)?caption\b[^\[\]]*\]((?:[^\[]|\[(?!(?:wp_)?caption\b))*?)\[/(?:wp_)?caption\]"
)
_PICTURE = re.compile(r"(?:<a\b[^<>]*>\s*)?<img\b[^<>]*>(?:\s*</a>)?", re.IGNORECASE)
_GALLERY = re.compile(r"""\[gallery\b[^\[\]]{0,500}?\bids=["'“”]?([0-9, ]+)[^\[\]]*\]""")
_EMBED = re.compile(r"\[embed\b[^\[\]]*\]\s*(https?://[^\s\[\]]+)\s*\[/embed\]")
_SHORTCODE = re.compile(r"\[/?([a-z][a-z0-9_-]{2,30})(?:\s+[a-z_-]+=[^\[\]]*)?/?\]")
_LINKED_PICTURE = re.compile(
    r"""<a\b[^<>]{0,500}?\bhref=["'][^"'<>]{0,500}?"""
    r"""(?:\.(?:jpe?g|png|gif|webp)|attachment[^"'<>]{0,200})["'][^<>]{0,500}>"""
    r"\s*(<img\b[^<>]*>)\s*</a>",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(src|alt|class)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_ID_IN_CLASS = re.compile(r"\bwp-image-([0-9]+)\b")
_SIZE = re.compile(r"-[0-9]{2,5}x[0-9]{2,5}(?=\.[a-zA-Z]{3,4}$)")
_FIGURE = re.compile(
    r'(<figure\b[^<>]*>\s*<img src=")([^"]*)("[^<>]*>\s*<figcaption\b[^<>]*>)([^<]*)(</figcaption>)'
)
_ENDNOTE = re.compile(r"[（(【\[].{2,80}[)）】\]]")
_ID = re.compile(r"[0-9]{1,19}")
_HAN = re.compile("[\u3400-\u9fff]")


def read(
    stream: BinaryIO, file: str, files: Files, known: bylines.Known
) -> Iterator[Record | Unreadable]:
    """The posts of an export. `stream` must be one that can be sought in."""
    site = _Site()
    try:
        for element in _elements(stream):
            site.take(element)
    except _Refused:
        pass  # the second reading comes to the same place, and says so
    stream.seek(0)
    count = 0
    try:
        for element in _elements(stream):
            count += 1
            post = _Post.read(element)
            if post is not None:
                yield _Reading(site, files, known).record(post, Place(file, post.id))
            elif (unknown := _unknown_type(element)) is not None:
                yield _unread_post(file, unknown)
    except _Refused as error:
        yield _unread(file, str(error))
        return
    if not count:
        yield _unread(file, _("The export holds no posts."))


# The export


# Of lxml, which carries no types.
type Element = Any


class _Refused(Exception):
    """An export that must not or cannot be read on, with the reason as a sentence."""


class _Attachment(NamedTuple):
    """A picture of the site's library."""

    url: str
    caption: str
    alt: str


class _Category(NamedTuple):
    name: str
    parent: str


@dataclass(slots=True)
class _Site:
    """What the posts of an export refer to."""

    title: str = ""
    url: str = ""
    names: dict[str, str] = field(default_factory=dict)
    categories: dict[str, _Category] = field(default_factory=dict)
    attachments: dict[str, _Attachment] = field(default_factory=dict)

    @property
    def system(self) -> str:
        """What the site is called as an earlier system."""
        parts = urlsplit(self.url)
        name = f"{parts.hostname or ''}{parts.path.rstrip('/')}".removeprefix("www.")
        return name[:LONGEST_SYSTEM] or "wordpress"

    def take(self, element: Element) -> None:
        """Note one element of the channel."""
        kind = _local(element)
        if kind == "title":
            self.title = _text(element)
        elif kind == "base_blog_url" or (kind == "link" and not self.url):
            self.url = _text(element)
        elif kind == "author":
            facts = _facts(element)
            self.names[facts.get("author_login", "")] = facts.get("author_display_name", "")
        elif kind == "category":
            facts = _facts(element)
            self.categories[facts.get("category_nicename", "")] = _Category(
                facts.get("cat_name", ""), facts.get("category_parent", "")
            )
        elif kind == "item":
            facts = _facts(element)
            if facts.get("post_type") == "attachment" and facts.get("attachment_url"):
                self.attachments[facts.get("post_id", "")] = _Attachment(
                    facts["attachment_url"],
                    _plain(facts.get("excerpt", "")),
                    _meta(element, "_wp_attachment_image_alt"),
                )

    def channel(self, post: "_Post") -> tuple[str, str, list[str]]:
        """Name and address of the post's channel, and the names of its other categories."""
        found = [
            (nicename, name)
            for domain, nicename, name in post.terms
            if domain == "category" and not {nicename, name} & NO_CHANNEL
        ]
        if not found:
            return "", "", []
        (nicename, name), *others = found
        names, slugs = [name], [nicename]
        above = self.categories.get(nicename, _Category("", "")).parent
        seen = {nicename}
        while above in self.categories and above not in seen:
            # The site has two levels: the category itself, and the uppermost above it.
            seen.add(above)
            names, slugs = [self.categories[above].name, name], [above, nicename]
            above = self.categories[above].parent
        are_addresses = all(re.fullmatch(r"[a-z0-9_-]+", slug) for slug in slugs)
        slug = "/".join(slugs) if are_addresses else ""
        return "/".join(names), slug, [name for _nicename, name in others]


@dataclass(frozen=True, slots=True)
class _Post:
    """One post as the export has it."""

    id: str
    facts: dict[str, str]
    status: Status
    terms: list[tuple[str, str, str]]
    thumbnail: str
    raw: bytes

    @classmethod
    def read(cls, element: Element) -> "_Post | None":
        """The post that an element is; None for what is none, or lies in the bin."""
        if _local(element) != "item":
            return None
        facts = _facts(element)
        status = STATUSES.get(facts.get("status", ""))
        if facts.get("post_type") not in POSTS or status is None:
            return None
        if facts.get("post_password"):
            status = Status.DRAFT
        terms = [
            (child.get("domain", ""), child.get("nicename", ""), _text(child))
            for child in element
            if _local(child) == "category"
        ]
        thumbnail = _meta(element, "_thumbnail_id")
        return cls(facts.get("post_id", ""), facts, status, terms, thumbnail, _raw(element))

    @property
    def published_at(self) -> datetime.datetime | None:
        for key, zone in (("post_date_gmt", datetime.UTC), ("post_date", SHANGHAI)):
            try:
                moment = datetime.datetime.fromisoformat(self.facts.get(key, ""))
            except ValueError:
                continue  # 0000-00-00 stands for none
            if moment.year > 1970:
                return moment.replace(tzinfo=zone).astimezone(SHANGHAI)
        return None


class _WithoutControls:
    """A stream without the control characters that no XML may hold, and WordPress lets pass."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream

    def read(self, size: int = -1) -> bytes:
        while data := self.stream.read(size):
            if clean := data.translate(None, _CONTROLS):
                return clean
        return b""


def _elements(stream: BinaryIO) -> Iterator[Element]:
    """What stands directly in the channel, one at a time; each is gone with the next one."""
    parser = etree.iterparse(
        cast("BinaryIO", _WithoutControls(stream)),
        events=("end",),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=True,
    )
    is_checked = False
    for element in _whole(parser):
        if not is_checked:
            if element.getroottree().docinfo.doctype:
                raise _Refused(_("It carries a document type, which no export of WordPress does."))
            is_checked = True
        parent = element.getparent()
        if parent is None or parent.tag != "channel":
            continue
        yield element
        element.clear()
        while element.getprevious() is not None:
            del parent[0]


def _whole(parser: etree.iterparse) -> Iterator[Element]:
    """What the parser finds. That the declaration of a prefix lacks, of which it tells when all
    has been read, does no harm."""
    try:
        for _event, element in parser:
            yield element
    except etree.XMLSyntaxError as error:
        undeclared = etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE
        faults = [entry.message for entry in parser.error_log if entry.type != undeclared]
        if not faults and error.code == undeclared:
            return
        sentence = _(
            "The export breaks off or is damaged: %(error)s. What stands before it was read."
        )
        raise _Refused(sentence % {"error": [*faults, error.msg][0]}) from error


def _local(element: Element) -> str:
    """The name without its namespace, or without a prefix that nothing declares."""
    return element.tag.rpartition("}")[2].rpartition(":")[2] if type(element.tag) is str else ""


def _text(element: Element) -> str:
    return "".join(element.itertext()).strip()


def _facts(element: Element) -> dict[str, str]:
    """The texts of an element's children; the two that are called `encoded` are told apart."""
    facts: dict[str, str] = {}
    for child in element:
        name = _local(child)
        if name == "encoded":
            name = "excerpt" if "excerpt" in child.tag else "content"
        if name and name not in facts:
            facts[name] = _text(child)
    return facts


def _meta(element: Element, key: str) -> str:
    for child in element:
        if _local(child) == "postmeta":
            facts = _facts(child)
            if facts.get("meta_key") == key:
                return facts.get("meta_value", "")
    return ""


def _raw(element: Element) -> bytes:
    """The bytes of a post, without comments and counters, which are no part of it."""
    for child in list(element):
        is_counter = (
            _local(child) == "postmeta" and _facts(child).get("meta_key") != "_thumbnail_id"
        )
        if is_counter or _local(child) == "comment":
            element.remove(child)
    return cast("bytes", etree.tostring(element, encoding="utf-8"))


def _unknown_type(element: Element) -> dict[str, str] | None:
    """What an item says that is of a type which a theme or a plug-in brought."""
    facts = _facts(element) if _local(element) == "item" else {}
    known = POSTS | NO_ARTICLES | {""}
    is_read = facts.get("post_type", "") not in known and facts.get("status") in STATUSES
    return facts if is_read else None


def _unread_post(file: str, facts: dict[str, str]) -> Unreadable:
    return Unreadable(
        Place(file, facts.get("post_id", "")[:ENTRY_LENGTH]),
        _("“%(title)s” is of the type “%(type)s”, which is none of articles.")
        % {"title": facts.get("title", "")[:80], "type": facts["post_type"][:40]},
        _("If it is one, write “post” as its type in the export, and import that again."),
    )


def _unread(file: str, reason: str) -> Unreadable:
    return Unreadable(
        Place(file),
        reason,
        _("Export the posts anew (Tools, Export, All content), and import that."),
    )


# A post


@dataclass(frozen=True, slots=True)
class _Reading:
    """How the posts of one export are read."""

    site: _Site
    files: Files
    known: bylines.Known

    def record(self, post: _Post, place: Place) -> Record | Unreadable:
        facts, site = post.facts, self.site
        if not _ID.fullmatch(post.id) or len(facts.get("content", "")) > LONGEST_RECORD:
            return Unreadable(
                place,
                _("The post has no number or is larger than any article."),
                _("Mend it in WordPress and export it anew."),
            )
        title = html.unescape(facts.get("title", ""))
        summary = _plain(facts.get("excerpt", ""))
        body = _Body(site, self.files)
        text = body.of(facts.get("content", ""))
        mender = Mender((title, summary, text))
        text = mender.html("body", text)
        channel, channel_slug, others = site.channel(post)
        tags = [name for domain, _nicename, name in post.terms if domain == "post_tag"]
        lead = site.attachments.get(post.thumbnail)
        if post.thumbnail and lead is None:
            body.miss(post.thumbnail)
        text = body.with_credits(text)
        credits = self.credits(mender, text, site.names.get(facts.get("creator", ""), ""))
        is_of_site = credits.source in NOBODY
        is_public = post.status == Status.PUBLISHED
        called = origin(filter(None, (facts.get("link"), facts.get("guid"))), "")
        return Record(
            place=place,
            format=Format.WORDPRESS,
            raw=post.raw,
            system=site.system,
            id=post.id,
            number=called.number if is_public else None,
            status=post.status,
            published_at=post.published_at if is_public else None,
            addresses=called.addresses if is_public else (),
            headline=mender.text("headline", title),
            summary=mender.text("summary", summary),
            body=text,
            channel=mender.text("channel", channel),
            channel_slug=channel_slug,
            source=site.title if is_of_site else credits.source,
            source_url=site.url if is_of_site else "",
            credits=tuple(dict.fromkeys([*credits.credits, *body.photographers])),
            tags=tuple(dict.fromkeys(mender.texts("tags", [*tags, *others]))),
            lead_picture=body.show(lead) if lead else "",
            images=body.images,
            confidence={
                **{key: sure for key, sure in credits.confidence.items() if key != "published_at"},
                **({"source": SITE_CONFIDENCE} if is_of_site else {}),
            },
            # The export says itself when, and of which site.
            doubts=[
                *body.doubts,
                *(
                    doubt
                    for doubt in credits.doubts
                    if doubt.field != "published_at"
                    and not (is_of_site and doubt.field == "source")
                ),
            ],
            changes=mender.changes,
            marks=mender.marks,
            before=mender.before,
        )

    def credits(self, mender: Mender, body: str, account: str) -> bylines.Credits:
        """Whom the text itself names, at its head and its foot; else who has the account."""
        lines = [line.strip() for line in _plain(_BLOCK.sub("\n", body)).splitlines()]
        lines = [line for line in lines if line]
        printed = []
        head = lines[0][:LONGEST] if lines else ""
        if dateline := bylines.dateline(head, self.known):
            printed.append(head[: dateline.length])
        printed += (line for line in lines[-LAST:] if _ENDNOTE.fullmatch(line))
        read = bylines.parse(printed, known=self.known)
        if read.credits or not _HAN.search(account):
            return read
        name = "".join(mender.texts("byline", [account]))
        read = bylines.parse([*printed, f"作者：{name}"], known=self.known)
        sure = min(ACCOUNT_CONFIDENCE, read.confidence.get("credits", 1.0))
        return replace(read, confidence={**read.confidence, "credits": sure})


def _plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^<>]*>", "", _without_comments(text))).strip()


def _without_comments(text: str) -> str:
    """What stands outside of comments; one without an end takes nothing along."""
    before, *pieces = text.split("<!--")
    return before + "".join(
        after if end else within
        for within, end, after in (piece.partition("-->") for piece in pieces)
    )


# The body of a post


@dataclass(slots=True)
class _Body:
    """Turns what WordPress keeps into HTML: its blocks, its short codes, its loose lines."""

    site: _Site
    files: Files
    images: dict[str, Image] = field(default_factory=dict)
    photographers: list[Credit] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def of(self, content: str) -> str:
        text = _without_comments(content.replace("\r\n", "\n").replace("\r", "\n"))
        text = _CAPTION.sub(self.figure, text)
        text = _GALLERY.sub(self.gallery, text)
        text = _EMBED.sub(r'\n\n<a href="\1">\1</a>\n\n', text)
        text = _LINKED_PICTURE.sub(r"\1", text)
        text = _IMAGE.sub(self.picture, text)
        codes = dict.fromkeys(match[1] for match in _SHORTCODE.finditer(text))
        for code in codes:
            self.doubts.append(
                Doubt(
                    "body",
                    _("The short code [%(code)s] is left in the text; nothing here answers it.")
                    % {"code": code},
                )
            )
        return "".join(_in_paragraphs(text))

    def figure(self, match: re.Match[str]) -> str:
        picture = _PICTURE.search(match[1])
        if picture is None:
            return match[1]
        caption = (match[1][: picture.start()] + match[1][picture.end() :]).strip()
        return f"\n\n<figure>{picture[0]}<figcaption>{caption}</figcaption></figure>\n\n"

    def with_credits(self, text: str) -> str:
        """The text without the credits in its captions; they are noted with their pictures."""
        return _FIGURE.sub(self.credited, text)

    def credited(self, match: re.Match[str]) -> str:
        before, src, between, caption, after = match.groups()
        plain, credits = bylines.caption_credits(caption) if len(caption) < LONGEST else ("", ())
        if not credits:
            return match[0]
        self.photographers += credits
        name = html.unescape(src)
        if name in self.images:
            names = dict.fromkeys(credit.name for credit in credits)
            self.images[name] = replace(self.images[name], credit=" ".join(names))
        return f"{before}{src}{between}{plain}{after}"

    def gallery(self, match: re.Match[str]) -> str:
        shown = []
        for number in filter(None, map(str.strip, match[1].split(","))):
            if attachment := self.site.attachments.get(number):
                shown.append(attachment)
            else:
                self.miss(number)
        return "\n\n" + "\n".join(
            f'<figure><img src="{html.escape(attachment.url)}" alt="{html.escape(attachment.alt)}">'
            f"<figcaption>{html.escape(attachment.caption)}</figcaption></figure>"
            for attachment in shown
        )

    def miss(self, number: str) -> None:
        sentence = _("Picture %(number)s of the library is not in the export.")
        self.doubts.append(Doubt("body", sentence % {"number": number[:20]}))

    def picture(self, match: re.Match[str]) -> str:
        """The picture of a tag, in its full size where the library has it."""
        given = {
            name.lower(): html.unescape(double or single)
            for name, double, single in _ATTRIBUTE.findall(match[0])
        }
        number = _ID_IN_CLASS.search(given.get("class", ""))
        src = given.get("src", "")
        attachment = self.site.attachments.get(number[1]) if number else None
        if attachment is None:
            attachment = _Attachment(_SIZE.sub("", src), "", "")
        name = self.show(attachment, src)
        alt = given.get("alt", "")
        return f'<img src="{html.escape(name)}" alt="{html.escape(alt)}">' if name else ""

    def show(self, attachment: _Attachment, src: str = "") -> str:
        """Note the picture; gives the name under which the body shows it."""
        for address in filter(None, (attachment.url, src)):
            for name in _names(address):
                if opener := self.files(name):
                    self.images[name] = Image(
                        open=opener, caption=attachment.caption, alt=attachment.alt
                    )
                    return name
        name = src or attachment.url
        if name:
            self.images[name] = Image(open=None, caption=attachment.caption, alt=attachment.alt)
        return name


def _names(address: str) -> Iterator[str]:
    """Where the file of an uploaded picture may lie beside the export."""
    try:
        path = unquote(urlsplit(address).path).lstrip("/")
    except ValueError:
        return
    yield path
    folder, found, below = path.partition("wp-content/")
    if found:
        if folder:
            yield f"wp-content/{below}"
        yield below
        yield below.removeprefix("uploads/")


def _in_paragraphs(text: str) -> Iterator[str]:
    """The blocks of a text whose loose lines are paragraphs, as WordPress shows them."""
    loose: list[str] = []
    open_blocks: list[str] = []
    for piece in _TAG.split(text):
        name = _TAG_NAME.match(piece)
        tag = name[1].lower() if name else ""
        if tag not in BLOCKS:
            if not open_blocks or open_blocks[-1] in _LOOSE:
                loose.append(piece)
            elif not tag and open_blocks[-1] in _WITH_BREAKS:
                yield piece.strip("\n").replace("\n", "<br>")
            else:
                yield piece
            continue
        yield from _loose_paragraphs(loose)
        loose = []
        yield piece
        if piece.startswith("</"):
            if tag in open_blocks:
                while open_blocks.pop() != tag:
                    pass
        elif tag != "hr":
            open_blocks.append(tag)
    yield from _loose_paragraphs(loose)


def _loose_paragraphs(pieces: list[str]) -> Iterator[str]:
    for lines in re.split(r"\n\s*\n", "".join(pieces)):
        if lines.strip():
            yield f"<p>{lines.strip().replace('\n', '<br>')}</p>\n"
