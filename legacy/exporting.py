"""Write all articles out, in the schema that the importer reads: a center is never locked in.

    FOLDER/articles.jsonl   one article to a line, by number (legacy/schema.py, docs/migration.md)
    FOLDER/media/           the originals of their pictures, by SHA-256

An article on the site is written as readers see it, its reviewers among its credits; one that was
taken off as the desk has it, with its notice; one in work as a draft; the bin is left out. Reading
the export into an empty database and writing that out gives the same bytes.

Files are written beside their places and moved there when they are whole.
"""

import datetime
import itertools
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.db.models import Max, Prefetch, Q, prefetch_related_objects
from django.utils.translation import gettext as _

from articles.models import Article, Byline, Picture, Role, Status, Tagging
from articles.pictures import ENDINGS
from articles.text import clean_line, clean_lines, picture_hashes
from legacy.records import Credit, Format, Image, Place, Record
from legacy.schema import BEGINNING, to_json
from people.models import Contributor, unpadded
from publication.models import LEGACY_STAGES, Edition, OldAddress, Withdrawal
from sources.models import Source

FILE, MEDIA = "articles.jsonl", "media"
SYSTEM = "newsroom"  # of articles that were written here
BATCH = 500  # articles

_UNFINISHED = ".export-"
_IMAGE = re.compile(r'(?<=<img src=")/picture/([0-9a-f]{64})(?=")')
_ROLES = {str(stage): role for role, stage in LEGACY_STAGES.items()}


class Refused(Exception):
    """An export that was not begun, with the reason as a sentence."""


@dataclass(slots=True)
class Outcome:
    """What was written; `missing` names the originals that are not in the store."""

    articles: int = 0
    pictures: int = 0
    missing: list[str] = field(default_factory=list)


def export(
    folder: Path,
    *,
    at: datetime.datetime,
    since: datetime.datetime | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Write the articles, or those that changed `since` a moment, as they are at `at`.

    `progress` is told how many of how many are written. Raises Refused where the folder holds
    anything else than an earlier export, OSError where it cannot be written.
    """
    _prepare(folder, since)
    articles = Article.objects.all()
    if since:
        changed = Q(updated_at__gte=since)
        for name in ("visible_from", "visible_until"):
            changed |= Q(**{f"editions__{name}__range": (since, at)})
        articles = articles.filter(pk__in=articles.filter(changed).values("pk"))
    total = articles.count()
    outcome = Outcome()
    written: set[str] = set()
    with _whole(folder / FILE) as file:
        last = done = 0
        rows = articles.order_by("number").select_related(
            "channel__parent", "source", "lead_picture"
        )
        while batch := list(rows.filter(number__gt=last)[:BATCH]):
            last = batch[-1].number
            records = _Batch.of(batch, at).records()
            for record, pictures in records:
                for picture in pictures:
                    if (name := _file_name(picture)) not in written:
                        written.add(name)
                        _write_original(picture, folder / MEDIA / name, outcome)
                file.write(f"{to_json(record)}\n".encode())
            outcome.articles += len(records)
            done += len(batch)
            if progress:
                progress(done, total)
    for path in (folder / MEDIA).iterdir():
        if path.name not in written:
            path.unlink()
    return outcome


# What is written of an article


@dataclass(frozen=True, slots=True)
class _Batch:
    """Some articles, with all that is needed of other rows."""

    articles: list[Article]
    at: datetime.datetime
    live: dict[int, Edition]
    # The number of each article that was on the site and is not, with its notice.
    gone: dict[int, str]
    addresses: dict[int, list[str]]
    pictures: dict[str, Picture]
    sources: dict[str, Source]
    units: frozenset[int]
    signers: dict[str, str]

    @classmethod
    def of(cls, articles: list[Article], at: datetime.datetime) -> "_Batch":
        editions = Edition.objects.filter(article__in=articles)
        live = {
            edition.article_id: edition
            for edition in editions.visible(at).select_related("channel__parent")
        }
        rest = [article for article in articles if article.pk not in live]
        prefetch_related_objects(
            rest,
            Prefetch("bylines", Byline.objects.select_related("contributor__unit")),
            Prefetch("taggings", Tagging.objects.select_related("tag")),
        )
        named = {row["contributor"] for edition in live.values() for row in edition.bylines}
        return cls(
            articles,
            at,
            live,
            _gone(rest, at),
            _addresses(articles),
            _pictures(articles, live.values()),
            {
                source.name: source
                for source in Source.objects.filter(
                    Q(name__in={edition.source_name for edition in live.values()}) | Q(is_own=True)
                )
            },
            frozenset(
                Contributor.objects.filter(pk__in=named, is_unit=True).values_list("pk", flat=True)
            ),
            _signers(live.values()),
        )

    def records(self) -> list[tuple[Record, list[Picture]]]:
        """Each article that is written, and its pictures."""
        found = []
        for article in self.articles:
            edition = self.live.get(article.pk)
            if edition:
                found.append(self.public(article, edition))
            elif article.status != Status.SPIKED:
                found.append(self.working_copy(article))
        return found

    def public(self, article: Article, edition: Edition) -> tuple[Record, list[Picture]]:
        """What readers see."""
        parts = [part for part in (edition.channel.parent, edition.channel) if part]
        own = next((source for source in self.sources.values() if source.is_own), None)
        # Names follow today's rows, so that two editions never tell of two sources of our own.
        source = own if own and not edition.is_reprint else self.sources.get(edition.source_name)
        pictures = self.shown(edition.body, edition.lead_picture)
        record = self.record(
            article,
            edition,
            status=Status.PUBLISHED,
            published_at=edition.first_published_at,
            visible_until=edition.visible_until,
            has_dateline=bool(edition.dateline),
            channel="/".join(clean_line(part.name) for part in parts),
            channel_slug="/".join(part.slug for part in parts),
            source=clean_line(source.name if source else edition.source_name),
            source_url=source.home_url if source else edition.source_url,
            source_is_own=bool(source and source.is_own),
            credits=self.credits(edition),
            tags=tuple(edition.tags),
            lead_picture=edition.lead_picture,
            pictures=pictures,
            corrections=tuple(edition.corrections),
        )
        return record, pictures

    def working_copy(self, article: Article) -> tuple[Record, list[Picture]]:
        """What the desk has of an article that is not on the site."""
        channel, source = article.channel, article.source
        lead = article.lead_picture.sha256 if article.lead_picture else ""
        parts = [part for part in (channel.parent, channel) if part] if channel else []
        pictures = self.shown(article.body, lead)
        is_gone, first = article.pk in self.gone, article.first_published_at
        record = self.record(
            article,
            article,
            status=Status.WITHDRAWN if is_gone else Status.DRAFT,
            # One that is only scheduled has not been published.
            published_at=first if first and first <= self.at else None,
            has_dateline=article.has_dateline,
            channel="/".join(clean_line(part.name) for part in parts),
            channel_slug="/".join(part.slug for part in parts),
            source=clean_line(source.name) if source else "",
            source_url=source.home_url if source else "",
            source_is_own=source.is_own if source else False,
            credits=tuple(
                _credit(
                    byline.contributor.name,
                    Role(byline.role),
                    byline.contributor.unit.name if byline.contributor.unit else "",
                    is_unit=byline.contributor.is_unit,
                )
                for byline in article.bylines.all()
            ),
            tags=tuple(sorted(tagging.tag.name for tagging in article.taggings.all())),
            lead_picture=lead,
            pictures=pictures,
            notice=clean_lines(self.gone.get(article.pk, "")),
        )
        return record, pictures

    def record(
        self,
        article: Article,
        texts: Article | Edition,
        *,
        lead_picture: str,
        pictures: Iterable[Picture],
        **facts: Any,
    ) -> Record:
        """The record of an article with the lines and the body of `texts`."""
        names = {picture.sha256: f"{MEDIA}/{_file_name(picture)}" for picture in pictures}
        return Record(
            place=Place(FILE),
            format=Format.JSON_LINES,
            raw=b"",
            exact=True,
            system=article.legacy_system or SYSTEM,
            id=article.legacy_id or str(article.number),
            number=article.number,
            addresses=tuple(self.addresses.get(article.number, ())),
            kicker=texts.kicker,
            headline=texts.headline,
            subtitle=texts.subtitle,
            short_headline=texts.short_headline,
            summary=texts.summary,
            body=_IMAGE.sub(lambda match: names.get(match[1], match[0]), texts.body),
            original_headline=texts.original_headline,
            original_author=texts.original_author,
            original_url=texts.original_url,
            lead_picture=names.get(lead_picture, ""),
            images={
                names[picture.sha256]: Image(
                    open=None,
                    caption=clean_line(picture.caption),
                    alt=clean_line(picture.alt),
                    credit=clean_line(picture.credit),
                    focal=(picture.focal_x, picture.focal_y),
                )
                for picture in pictures
            },
            **facts,
        )

    def shown(self, body: str, lead: str) -> list[Picture]:
        """The pictures of a text, lead first."""
        hashes = dict.fromkeys([*([lead] if lead else []), *picture_hashes(body)])
        return [self.pictures[sha256] for sha256 in hashes if sha256 in self.pictures]

    def credits(self, edition: Edition) -> tuple[Credit, ...]:
        """The by-line of an edition, with those who signed it."""
        credits = [
            _credit(
                row["name"],
                Role(row["role"]),
                row["unit"],
                is_unit=row["contributor"] in self.units,
            )
            for row in edition.bylines
        ]
        editor = edition.responsible_editor
        editors = [credit.name for credit in credits if credit.role == Role.EDITOR]
        if editor and editors[:1] != [editor]:
            # The first editor of an imported by-line is printed as the responsible one.
            place = next((at for at, row in enumerate(credits) if row.role == Role.EDITOR), None)
            credits = [row for row in credits if (row.name, row.role) != (editor, Role.EDITOR)]
            credits.insert(
                len(credits) if place is None else place, self.signer(editor, Role.EDITOR)
            )
        credits += (self.signer(row["name"], _ROLES[row["stage"]]) for row in edition.reviewers)
        return tuple(dict.fromkeys(credits))

    def signer(self, name: str, role: Role) -> Credit:
        return _credit(name, role, self.signers.get(name, ""))


def _credit(name: str, role: Role, unit: str, *, is_unit: bool = False) -> Credit:
    """A credit in the form in which it is read again, however old rows write their names."""
    return Credit(unpadded(name), role, clean_line(unit), is_unit)


def _gone(articles: Sequence[Article], at: datetime.datetime) -> dict[int, str]:
    """The notice of each article that was on the site; empty for one whose time ran out."""
    seen = dict(
        Edition.objects.filter(article__in=articles, visible_from__lte=at)
        .not_cancelled()
        .values_list("article")
        .annotate(last=Max("visible_from"))
        .values_list("article", "last")
    )
    gone = dict.fromkeys(seen, "")
    for withdrawal in Withdrawal.objects.filter(article__in=articles).order_by("at", "id"):
        last = seen.get(withdrawal.article_id)
        if last is None or last < withdrawal.at:
            gone[withdrawal.article_id] = withdrawal.notice
    return gone


def _addresses(articles: Sequence[Article]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = OldAddress.objects.filter(number__in=[article.number for article in articles])
    for path, number in rows.order_by("path").values_list("path", "number"):
        # Stored without percent signs; these two would be read otherwise.
        written = path.replace("%", "%25").replace("#", "%23")
        found.setdefault(number, []).append(written)
    return {number: sorted(paths) for number, paths in found.items()}


def _pictures(articles: Sequence[Article], live: Collection[Edition]) -> dict[str, Picture]:
    hashes = {edition.lead_picture for edition in live}
    hashes |= {article.lead_picture.sha256 for article in articles if article.lead_picture}
    bodies = [*(article.body for article in articles), *(edition.body for edition in live)]
    hashes.update(itertools.chain.from_iterable(map(picture_hashes, bodies)))
    return {picture.sha256: picture for picture in Picture.objects.filter(sha256__in=hashes)}


def _signers(live: Collection[Edition]) -> dict[str, str]:
    """The unit of each person that signed, where the name tells the person."""
    names = {row["name"] for edition in live for row in edition.reviewers}
    names |= {edition.responsible_editor for edition in live}
    people = Contributor.objects.filter(name__in=names, user__isnull=False, unit__isnull=False)
    units: dict[str, set[str]] = {}
    for name, unit in people.values_list("name", "unit__name"):
        units.setdefault(name, set()).add(unit)
    return {name: unit.pop() for name, unit in units.items() if len(unit) == 1}


# Files


def _file_name(picture: Picture) -> str:
    return f"{picture.sha256}.{ENDINGS[picture.mime]}"


def _prepare(folder: Path, since: datetime.datetime | None) -> None:
    """Make the folder ready, or refuse it."""
    if folder.exists() and not folder.is_dir():
        raise Refused(_("%(folder)s is a file; name a folder.") % {"folder": folder})
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.name not in {FILE, MEDIA} and not path.name.startswith(_UNFINISHED):
            raise Refused(
                _("%(folder)s holds other files. Name an empty folder.") % {"folder": folder}
            )
    earlier = folder / FILE
    if earlier.exists():
        with earlier.open("rb") as file:
            beginning = file.read(len(BEGINNING))
        if beginning not in (b"", BEGINNING):
            raise Refused(
                _("%(file)s is no export of this system. Name an empty folder.") % {"file": earlier}
            )
        if since:
            raise Refused(
                _(
                    "%(folder)s holds an export of everything; what changed since goes into a folder of its own."
                )
                % {"folder": folder}
            )
    (folder / MEDIA).mkdir(exist_ok=True)
    for place in (folder, folder / MEDIA):
        for path in place.glob(f"{_UNFINISHED}*"):
            path.unlink()


def _write_original(picture: Picture, path: Path, outcome: Outcome) -> None:
    outcome.pictures += 1
    if path.exists() and path.stat().st_size == picture.bytes:
        return
    try:
        original = picture.file.open("rb")
    except FileNotFoundError:
        outcome.pictures -= 1
        outcome.missing.append(picture.sha256)
        return
    with original, _whole(path) as file:
        shutil.copyfileobj(original, file)


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes its place when it is whole; only its owner may read it, for it may hold
    what is not published."""
    handle, name = tempfile.mkstemp(prefix=_UNFINISHED, dir=path.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
