"""The content of an article as one value: what forms, fixtures and revisions exchange.

`Content` is what the desk sets and can restore; `printed` is what a reader would see of it, the
canonical form that the fingerprint is taken over (docs/adr/0004).
"""

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from typing import Any, NamedTuple, Self

from django.db.models import prefetch_related_objects
from taggit.models import Tag

from articles import rows
from articles.models import Article, Byline, Channel, Picture, Tagging
from articles.text import clean_body, clean_line, clean_lines, picture_hashes
from people.models import Contributor
from sources.models import Source


@dataclasses.dataclass(frozen=True, slots=True)
class Credit:
    """A contributor's id and what they did."""

    contributor: int
    role: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """All that the desk decides about an article. Ids refer to rows; texts are clean."""

    headline: str
    kicker: str = ""
    subtitle: str = ""
    short_headline: str = ""
    summary: str = ""
    body: str = ""
    has_dateline: bool = True
    channel: int | None = None
    source: int | None = None
    original_headline: str = ""
    original_author: str = ""
    original_url: str = ""
    lead_picture: int | None = None
    bylines: tuple[Credit, ...] = ()
    tags: tuple[str, ...] = ()

    LINES = (
        "headline",
        "kicker",
        "subtitle",
        "short_headline",
        "original_headline",
        "original_author",
        "original_url",
    )

    @classmethod
    def of(cls, article: Article) -> Self:
        """The content of the article as it stands in the database."""
        return cls(
            headline=article.headline,
            kicker=article.kicker,
            subtitle=article.subtitle,
            short_headline=article.short_headline,
            summary=article.summary,
            body=article.body,
            has_dateline=article.has_dateline,
            channel=article.channel_id,
            source=article.source_id,
            original_headline=article.original_headline,
            original_author=article.original_author,
            original_url=article.original_url,
            lead_picture=article.lead_picture_id,
            bylines=tuple(
                Credit(byline.contributor_id, byline.role) for byline in article.bylines.all()
            ),
            tags=tuple(sorted(tag.name for tag in article.tags.all())),
        )

    @classmethod
    def of_all(cls, articles: Sequence[Article]) -> list[Self]:
        """The contents of these articles, with no more queries than for one."""
        prefetch_related_objects(articles, "bylines", "tags")
        return [cls.of(article) for article in articles]

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The content that `as_json` wrote."""
        credits = tuple(Credit(row["contributor"], row["role"]) for row in data["bylines"])
        return cls(**{**data, "bylines": credits, "tags": tuple(data["tags"])})

    def as_json(self) -> dict[str, Any]:
        """Plain data for a JSON column."""
        return {
            **{name: getattr(self, name) for name in _PLAIN},
            "bylines": [
                {"contributor": credit.contributor, "role": credit.role} for credit in self.bylines
            ],
            "tags": list(self.tags),
        }

    def cleaned(self) -> Self:
        """The same content with every text cleaned, doubles in by-lines and tags dropped."""
        lines: dict[str, Any] = {name: clean_line(getattr(self, name)) for name in self.LINES}
        tags = sorted({clean_line(tag) for tag in self.tags} - {""})
        return dataclasses.replace(
            self,
            **lines,
            summary=clean_lines(self.summary),
            body=clean_body(self.body),
            bylines=tuple(dict.fromkeys(self.bylines)),
            tags=tuple(tags),
        )


_ROWS = {"channel", "source", "lead_picture"}
_PLAIN = tuple(
    field.name for field in dataclasses.fields(Content) if field.name not in {"bylines", "tags"}
)
_to_canonical_json = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":")
).encode


def write(article: Article, content: Content) -> None:
    """Put clean `content` into the article and its rows. The caller saves what else it changes."""
    content = content.cleaned()
    _set(article, content)
    article.save()
    standing = [Credit(row.contributor_id, row.role) for row in article.bylines.all()]
    if standing != list(content.bylines):
        article.bylines.all().delete()
        Byline.objects.bulk_create(_bylines(article, content))
    article.tags.set(content.tags)


def add(articles: Sequence[Article], contents: Sequence[Content]) -> None:
    """Put new articles into the database, each with its clean content."""
    pairs = list(zip(articles, contents, strict=True))
    for article, content in pairs:
        _set(article, content)
    rows.add(articles)
    rows.add([byline for article, content in pairs for byline in _bylines(article, content)])
    tags = _tags({name for content in contents for name in content.tags})
    rows.add(
        [
            Tagging(content_object_id=article.pk, tag_id=tags[name].pk)
            for article, content in pairs
            for name in content.tags
        ]
    )


def printed(article: Article) -> dict[str, Any]:
    """What a reader would see of the article, as plain data with names instead of ids."""
    return as_printed(Content.of(article))


def as_printed(content: Content) -> dict[str, Any]:
    """What a reader would see of clean `content`, whether it is kept anywhere or not.

    Channel and tags are in it, as ids and names of today's navigation; renaming a channel does
    not change a text, so the fingerprint takes the channel's id only.
    """
    return all_as_printed([content])[0]


def all_as_printed(contents: Sequence[Content]) -> list[dict[str, Any]]:
    """What `as_printed` gives of each, with no more queries than for one."""
    named = _Named.by(contents)
    return [_as_printed(content, named) for content in contents]


def fingerprint(printed: dict[str, Any]) -> str:
    """SHA-256 in hex over the canonical JSON of what `printed` gives, without channel's name."""
    channel, source = printed["channel"], printed["source"]
    signed = {
        **printed,
        "channel": channel["id"] if channel else None,
        "bylines": [(row["name"], row["role"]) for row in printed["bylines"]],
        "source": {key: source[key] for key in source if key != "id"} if source else None,
    }
    return hashlib.sha256(_to_canonical_json(signed).encode()).hexdigest()


class _Named(NamedTuple):
    """The rows that contents name, by id, and the credits of the library's pictures by SHA-256."""

    channels: dict[int, Channel]
    sources: dict[int, Source]
    leads: dict[int, Picture]
    contributors: dict[int, Contributor]
    picture_credits: dict[str, str]

    @classmethod
    def by(cls, contents: Sequence[Content]) -> Self:
        credited = {credit.contributor for content in contents for credit in content.bylines}
        hashes = {sha256 for content in contents for sha256 in picture_hashes(content.body)}
        credits = Picture.objects.filter(sha256__in=hashes).exclude(credit="")
        return cls(
            Channel.objects.in_bulk({content.channel for content in contents if content.channel}),
            Source.objects.in_bulk({content.source for content in contents if content.source}),
            Picture.objects.in_bulk(
                {content.lead_picture for content in contents if content.lead_picture}
            ),
            Contributor.objects.select_related("unit").in_bulk(credited),
            dict(credits.values_list("sha256", "credit")) if hashes else {},
        )


def _set(article: Article, content: Content) -> None:
    """Put the content's own fields into the article; by-lines and tags are rows of their own."""
    for name in _PLAIN:
        setattr(article, f"{name}_id" if name in _ROWS else name, getattr(content, name))


def _bylines(article: Article, content: Content) -> list[Byline]:
    return [
        rows.made(
            Byline,
            article_id=article.pk,
            contributor_id=credit.contributor,
            role=credit.role,
            order=order,
        )
        for order, credit in enumerate(content.bylines, start=1)
    ]


def _tags(names: set[str]) -> dict[str, Tag]:
    """The tags of these names, made where they are new."""
    known = {tag.name: tag for tag in Tag.objects.filter(name__in=names)} if names else {}
    return known | {name: Tag.objects.create(name=name) for name in names - known.keys()}


def _as_printed(content: Content, named: _Named) -> dict[str, Any]:
    channel = named.channels.get(content.channel or 0)
    source = named.sources.get(content.source or 0)
    lead = named.leads.get(content.lead_picture or 0)
    pictures = picture_hashes(content.body)
    return {
        "kicker": content.kicker,
        "headline": content.headline,
        "subtitle": content.subtitle,
        "short_headline": content.short_headline,
        "summary": content.summary,
        "body": content.body,
        "has_dateline": content.has_dateline,
        "channel": {"id": channel.pk, "name": channel.name} if channel else None,
        "source": _source(source) if source else None,
        "original_headline": content.original_headline,
        "original_author": content.original_author,
        "original_url": content.original_url,
        "lead_picture": _picture(lead) if lead else None,
        "pictures": pictures,
        "picture_credits": {
            sha256: named.picture_credits[sha256]
            for sha256 in pictures
            if sha256 in named.picture_credits
        },
        "bylines": [
            _credit(named.contributors[row.contributor], row.role)
            for row in content.bylines
            if row.contributor in named.contributors  # else deleted since
        ],
        "tags": sorted(content.tags),
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "id": source.pk,
        "name": source.name,
        "home_url": source.home_url,
        "is_own": source.is_own,
    }


def _picture(picture: Picture) -> dict[str, str]:
    return {
        "sha256": picture.sha256,
        "caption": picture.caption,
        "alt": picture.alt,
        "credit": picture.credit,
    }


def _credit(contributor: Contributor, role: str) -> dict[str, Any]:
    return {
        "contributor": contributor.pk,
        "name": contributor.name,
        "unit": contributor.unit.name if contributor.unit else "",
        "role": role,
    }
