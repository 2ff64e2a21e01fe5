"""What the head of a web page says of it for machines: titles, addresses, people, times, channel.

Read from Open Graph, JSON-LD, the tags that government sites must have, and the block that
e-papers hide in a comment. Other text than this is for people, and read elsewhere.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urljoin

type Element = Any  # lxml has no types

LONGEST, LONGEST_NOTE = 200, 5_000  # characters of a fact, and of an e-paper's comment
DEEPEST = 8  # things in one another in JSON-LD

_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->")
_E_PAPER = re.compile(r"<!--\s*enpproperty\s*(.*?)/enpproperty\s*-->", re.DOTALL)
_E_PAPER_FIELD = re.compile(r"<(\w+)>(.*?)</\1>", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_PERSON = re.compile(r"[\u4e00-\u9fff·]{2,5}(?:[\s　、，,;；][\u4e00-\u9fff·]{2,5})*")
_ARTICLES = re.compile(r"(?:News|Report|Blog)?\w*Article$|BlogPosting$")
_BETWEEN = re.compile(r"[,，、;；|\s]+")


@dataclass(slots=True)
class Facts:
    """`titles` and `urls` have the surest first; `stated` are lines as a page would print them, by
    field; `base` is the address that links are relative to."""

    titles: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    base: str = ""
    stated: dict[str, str] = field(default_factory=dict)
    channel: str = ""
    tags: tuple[str, ...] = ()
    kicker: str = ""
    subtitle: str = ""


def facts_of(document: Element, text: str) -> Facts:
    """The facts of a page, of which this is the text."""
    meta = _meta(document)
    linked = next(_linked_data(document), {})
    paper = _e_paper(text)
    saved = _SAVED_FROM.search(text[:4000])
    canonical = next(iter(document.xpath("//link[@rel='canonical']/@href")), "")
    base = next(iter(document.xpath("//base/@href")), "")
    addresses = [canonical, _first(meta, "og:url"), _text(linked.get("url"))]
    addresses += [_text(linked.get("mainEntityOfPage")), _first(meta, "url")]
    addresses += [unescape(saved[1]) if saved else ""]
    root = next((url for url in [*addresses, base] if url.startswith("http")), "")
    return Facts(
        titles=_kept(
            [
                paper.get("title", ""),
                _first(meta, "articletitle"),
                _text(linked.get("headline")),
                _first(meta, "og:title"),
                next(iter(document.xpath("//title/text()")), ""),
            ]
        ),
        urls=[_joined(root, url) for url in addresses if url],
        base=_joined(root, base) if base else root,
        stated=_stated(meta, linked, paper),
        channel=_first(meta, "article:section", "columnname")
        or _text(linked.get("articleSection")),
        tags=tuple(dict.fromkeys([*meta.get("article:tag", ()), *_words(linked.get("keywords"))])),
        kicker=paper.get("introtitle", ""),
        subtitle=paper.get("subtitle", ""),
    )


def _stated(
    meta: dict[str, list[str]], linked: dict[str, Any], paper: dict[str, str]
) -> dict[str, str]:
    source = _first(meta, "contentsource", "source")
    people = " ".join(
        name
        for name in (
            paper.get("author", ""),
            _first(meta, "article:author"),
            *(_text(author) for author in _listed(linked.get("author"))),
        )
        if _PERSON.fullmatch(name)
    )
    time = (
        _first(meta, "article:published_time", "pubdate", "publishdate", "og:release_date")
        or _text(linked.get("datePublished"))
        or paper.get("date", "")
    )
    lines = {
        "source": f"来源：{source}" if source else "",
        "credits": f"作者：{people}" if people else "",
        "published_at": f"发布时间：{time}" if time else "",
    }
    return {name: line for name, line in lines.items() if line}


def _meta(document: Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in document.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = " ".join(element.get("content", "").split())[:LONGEST]
        if name and content:
            found.setdefault(name.lower(), []).append(content)
    return found


def _linked_data(document: Element) -> Iterator[dict[str, Any]]:
    """The articles in the page's JSON-LD."""
    for element in document.xpath("//script[@type='application/ld+json']"):
        try:
            data = json.loads(element.text or "")
        except (ValueError, RecursionError):
            continue
        yield from _articles(data)


def _articles(data: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > DEEPEST:
        return
    if isinstance(data, list):
        for item in data:
            yield from _articles(item, depth + 1)
    elif isinstance(data, dict):
        if any(_ARTICLES.match(str(kind)) for kind in _listed(data.get("@type"))):
            yield data
        yield from _articles(data.get("@graph"), depth + 1)


def _e_paper(text: str) -> dict[str, str]:
    """What an e-paper notes of a page in a comment."""
    match = _E_PAPER.search(text)
    fields = _E_PAPER_FIELD.findall(match[1][:LONGEST_NOTE]) if match else ()
    return {
        name.lower(): " ".join(unescape(_TAG.sub("", value)).split())[:LONGEST]
        for name, value in fields
    }


def _text(value: Any) -> str:
    """A value of JSON-LD as words: a thing by its name or address."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("name") or value.get("@id") or value.get("url") or ""
    return " ".join(value.split())[:LONGEST] if isinstance(value, str) else ""


def _words(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else _BETWEEN.split(str(value or ""))
    return [part for part in parts if isinstance(part, str) and 0 < len(part) <= 20]


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [value]


def _first(meta: dict[str, list[str]], *names: str) -> str:
    return next((meta[name][0] for name in names if name in meta), "")


def _kept(titles: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(" ".join(title.split()) for title in titles if title.strip()))


def _joined(root: str, url: str) -> str:
    try:
        return urljoin(root, url)
    except ValueError:
        return ""
