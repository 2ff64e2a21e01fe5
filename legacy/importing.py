"""Bring the records of an earlier system in: each whole or not at all.

    records  ->  fitness     what a record lacks sets it aside before anything is touched
             ->  identity    (system, id): new, here already, or changed since
             ->  pictures    files first, as that is slow
             ->  one transaction a batch: directory, numbers, articles, editions, originals

A batch that the database refuses is taken again in halves, so that one bad record is set aside
alone. What is in stays in: after an interruption the same call goes on where it stopped.
"""

import dataclasses
import datetime
import errno
import hashlib
import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import (
    DatabaseError,
    InterfaceError,
    InternalError,
    OperationalError,
    transaction,
)
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles import rows
from articles.content import Content, Credit
from articles.markup import without_controls
from articles.models import Article, Picture, Status
from articles.text import clean_body, clean_line, clean_lines
from legacy import readers
from legacy.directory import Directory
from legacy.entries import (
    KEPT_WHOLE,
    Entry,
    article_of,
    give_numbers,
    hashes_to_show,
    kept,
    old_addresses,
    original_of,
    sentence_of,
    told,
)
from legacy.exporting import FILE, MEDIA, SYSTEM
from legacy.fitness import (
    HIGHEST_NUMBER,
    Options,
    Unfit,
    clean_texts,
    reasons_to_look,
    refuse_unfit,
    status_of,
    with_dateline_in_text,
)
from legacy.models import Original
from legacy.picture_files import PictureFiles
from legacy.records import Place, Record, Unreadable
from legacy.renewal import News
from legacy.report import Line, Outcome, Report
from workflow import services
from workflow.models import Revision

BATCH = 500  # records
BATCH_BYTES = 16 * 1024 * 1024
BATCH_PICTURES = 64

# What a value may raise that nobody thought of; one record must not end an import.
_STRANGE = (ArithmeticError, LookupError, TypeError, ValueError)
# What a batch may raise: the database, the disk, or such a value.
_ERRORS = (DatabaseError, InterfaceError, OSError, ValidationError, *_STRANGE)
# What a database raises that is not there, or takes nothing.
_UNAVAILABLE = (OperationalError, InterfaceError, InternalError)
_WITHOUT_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}

logger = logging.getLogger(__name__)

type Progress = Callable[[int, int], None]


class Stopped(Exception):
    """An import that could not go on, with the reason as a sentence."""


def import_paths(
    paths: Iterable[Path],
    *,
    options: Options,
    at: datetime.datetime,
    report: Report,
    progress: Progress | None = None,
) -> None:
    """Import the articles that the files at `paths` hold. Raises Stopped."""
    try:
        directory = Directory.read()
        known = directory.known()
    except (DatabaseError, InterfaceError) as error:
        raise Stopped(
            _(
                "Nothing was imported: the database answers “%(error)s”. See that it runs, and "
                "that its tables were made with “manage.py migrate”."
            )
            % {"error": sentence_of(error)}
        ) from error
    import_records(
        readers.read([path for path in paths if not _is_empty_export(path)], known),
        directory,
        options=options,
        at=at,
        report=report,
        progress=progress,
    )


def import_records(
    records: Iterable[Record | Unreadable],
    directory: Directory,
    *,
    options: Options,
    at: datetime.datetime,
    report: Report,
    progress: Progress | None = None,
) -> None:
    """Import these records, and say of each what came of it.

    `progress` is told the number of records and of their bytes that have been dealt with. Raises
    Stopped when database or disk take nothing any more.
    """
    count = size = 0
    with _stopping(), closing(_Seen()) as seen:
        rows.compress_quickly()
        intake = _Intake(directory, options, at, report, seen)
        for batch in _batches(records, options, at):
            intake.take(batch)
            count += len(batch)
            size += sum(item.size for item in batch)
            if progress:
                progress(count, size)
    intake.finish()


def _is_empty_export(path: Path) -> bool:
    """Whether this is what an export of a database without articles wrote."""
    file = path / FILE
    if not file.is_file() or file.stat().st_size:
        return False
    return sorted(beside.name for beside in path.iterdir()) == [FILE, MEDIA]


@contextmanager
def _stopping() -> Iterator[None]:
    """Say as Stopped what no record can help: that the database or the disk takes nothing."""
    try:
        yield
    except (*_UNAVAILABLE, sqlite3.Error) as error:
        raise _stopped(error) from error


def _stopped(error: Exception) -> Stopped:
    return Stopped(
        _(
            "The import stopped: %(error)s. What the report lists as admitted is in; once "
            "there is room and the database answers, the same command goes on from there."
        )
        % {"error": sentence_of(error)}
    )


class _Item(NamedTuple):
    """What was read, and what it is worth: ready to come in, or why it cannot."""

    read: Record | Unreadable
    fit: Entry | Unfit

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.read.raw) if isinstance(self.read, Record) else 0

    @property
    def images(self) -> int:
        return len(self.read.images) if isinstance(self.read, Record) else 0


def _batches(
    records: Iterable[Record | Unreadable], options: Options, at: datetime.datetime
) -> Iterator[list[_Item]]:
    batch: list[_Item] = []
    size = images = 0
    for record in records:
        item = _Item(record, _fit(record, options, at))
        batch.append(item)
        size += item.size
        images += item.images
        if len(batch) >= BATCH or size >= BATCH_BYTES or images >= BATCH_PICTURES:
            yield batch
            batch, size, images = [], 0, 0
    if batch:
        yield batch


def _fit(record: Record | Unreadable, options: Options, at: datetime.datetime) -> Entry | Unfit:
    if isinstance(record, Unreadable):
        return Unfit(record.reason, record.advice)
    try:
        refuse_unfit(record, options, at)
        reasons = reasons_to_look(record, options)
        sha256 = hashlib.sha256(record.raw).hexdigest()
        content = clean_texts(record)
        return Entry(record, sha256, content, status_of(record, reasons, at), reasons)
    except Unfit as unfit:
        return unfit
    except _STRANGE as error:
        logger.exception("A record could not be looked at: %s", record.place)
        return _strange(error)


def _strange(error: Exception) -> Unfit:
    return Unfit(
        _("It could not be taken in: %(error)s") % {"error": sentence_of(error)},
        _("Look at this record in the file; mend it and import it again."),
    )


class _Repeated(Exception):
    """A record that came before in this import, byte for byte or, of a page, word for word."""


# Where no desk has an article before it.
_AT_REST = (Status.DRAFT, Status.PUBLISHED)


class _Known(NamedTuple):
    """An article that is here already; the last three are None where no import brought it.
    `text_version` is the version in which its text was last changed."""

    article: int
    number: int
    status: Status
    version: int
    text_version: int
    sha256: str | None
    imported_version: int | None
    missing_pictures: list[str] | None

    @property
    def is_as_imported(self) -> bool:
        """Whether the desk has left its text alone, and does not handle it now. Accepting it is a
        step, and no change."""
        if self.version == self.imported_version:
            return self.status != Status.WITHDRAWN
        return self.text_version == self.imported_version and self.status in _AT_REST


class _Seen:
    """What came before in this import, in a file of its own, so that memory stays flat."""

    def __init__(self) -> None:
        self.rows = sqlite3.connect("", isolation_level=None)
        self.rows.execute("PRAGMA journal_mode = OFF")
        self.rows.execute(
            "CREATE TABLE seen (system, id, place, sha256, words, PRIMARY KEY (system, id))"
            " WITHOUT ROWID"
        )
        self.rows.execute("BEGIN")

    def before(self, entry: Entry) -> tuple[str, str, str] | None:
        """Place, SHA-256 and digest of the words of the record of this id that came before; None
        for the first."""
        place = without_controls(str(entry.record.place))
        added = self.rows.execute(
            "INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?, ?)",
            (*entry.key, place, entry.sha256, entry.words),
        )
        if added.rowcount:
            return None
        found: tuple[str, str, str] = self.rows.execute(
            "SELECT place, sha256, words FROM seen WHERE system = ? AND id = ?", entry.key
        ).fetchone()
        return found

    def close(self) -> None:
        """Remove the file."""
        self.rows.close()


@dataclass(slots=True)
class _Intake:
    """One import under way."""

    directory: Directory
    options: Options
    at: datetime.datetime
    report: Report
    seen: _Seen
    lines: dict[int, Line] = field(default_factory=dict)
    copies: list[Entry] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    has_own_source: bool = False
    # The numbers of articles with people of whom nothing says what they did.
    unstated: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.has_own_source = self.directory.own is not None

    def take(self, batch: Sequence[_Item]) -> None:
        """Take a batch in and report it, in its order."""
        entries = []
        for place, (record, fit) in enumerate(batch):
            try:
                entries.append(self._first_of_its_id(fit, place))
            except Unfit as unfit:
                self.lines[place] = _line(
                    Outcome.SET_ASIDE, record, reason=unfit.reason, advice=unfit.advice
                )
            except _Repeated as repeated:
                self.lines[place] = _line(Outcome.UNCHANGED, record, reason=str(repeated))
        try:
            self._take(entries)
            self._take_addresses_of_copies()
        finally:
            for place in sorted(self.lines):
                self.report.add(self.lines[place])
            self.lines = {}
            self.report.flush()

    def _first_of_its_id(self, fit: Entry | Unfit, place_in_batch: int) -> Entry:
        if isinstance(fit, Unfit):
            raise fit
        fit.place = place_in_batch
        first = self.seen.before(fit)
        if first is None:
            return fit
        place, sha256, words = first
        if sha256 == fit.sha256:
            raise _Repeated(_("The same record came before: %(place)s.") % {"place": place})
        if words and words == fit.words:
            self.copies.append(fit)
            raise _Repeated(
                _("A copy of the same article came before: %(place)s.") % {"place": place}
            )
        raise Unfit(
            _("Another record has the same id: %(place)s.") % {"place": place},
            _("See which of the two is right, and leave the other out."),
        )

    def _take_addresses_of_copies(self) -> None:
        """Let the old addresses of copies of a page lead to the article, too."""
        copies, self.copies = self.copies, []
        if not copies:
            return
        try:
            known = _known(copies)
            here = [copy for copy in copies if copy.key in known]
            for copy in here:
                copy.number = known[copy.key].number
            with transaction.atomic():
                rows.add(old_addresses(here))
                self._end_transaction()
        except _ERRORS as error:
            self._give_up(copies[0], error)

    def finish(self) -> None:
        """Report what there is to say of the import as a whole."""
        if not self.has_own_source:
            self._note(
                _("No source is marked as the center's own: all articles are reprints."),
                _("Name it with --own-source."),
            )
        if self.unstated:
            self._note(
                ngettext(
                    "In %(count)d article on the site nothing says what the people named did; most "
                    "are credited as reporters. It is number %(number)d.",
                    "In %(count)d articles on the site nothing says what the people named did; most "
                    "are credited as reporters. The first is number %(number)d.",
                    len(self.unstated),
                )
                % {"count": len(self.unstated), "number": self.unstated[0]},
                _("Look at some of them; where the roles are wrong, state them in the files."),
            )

    def _note(self, reason: str, advice: str) -> None:
        self.report.add(Line(outcome=Outcome.NOTE, place=Place(""), reason=reason, advice=advice))

    # Identity

    def _take(self, entries: Sequence[Entry]) -> None:
        try:
            known = _known(entries)
        except _ERRORS as error:
            self._take_in_halves(entries, error)
            return
        new = []
        for entry in entries:
            if entry.key in known:
                self._meet(entry, known[entry.key])
            else:
                new.append(entry)
        if not new:
            return
        try:
            self._admit(new)
        except _ERRORS as error:
            self._take_in_halves(new, error)

    def _take_in_halves(self, entries: Sequence[Entry], error: Exception) -> None:
        self.directory.read_again()
        if len(entries) == 1:
            self._give_up(entries[0], error)
            return
        middle = len(entries) // 2
        self._take(entries[:middle])
        self._take(entries[middle:])

    def _meet(self, entry: Entry, known: _Known) -> None:
        """What to do with a record whose article is here."""
        if known.sha256 is None:
            self._say(
                entry,
                Outcome.UNCHANGED,
                known.number,
                _("The article is here by another way than an import; it was left as it is."),
            )
        elif known.sha256 == entry.sha256 and not (found := _found(entry, known)):
            self._say(entry, Outcome.UNCHANGED, known.number)
        elif known.sha256 == entry.sha256 and not known.is_as_imported:
            self._say(
                entry,
                Outcome.UNCHANGED,
                known.number,
                _(
                    "Pictures that were missing are there now, but the article was changed: %(names)s."
                )
                % {"names": _(", ").join(found)},
                _("Put them into the article at the desk."),
            )
        else:
            try:
                self._renew(entry, known)
            except Unfit as unfit:
                self.directory.read_again()
                self._say(entry, Outcome.SET_ASIDE, known.number, unfit.reason, unfit.advice)
            except services.Refused as refused:
                self.directory.read_again()
                self._say(
                    entry,
                    Outcome.SET_ASIDE,
                    known.number,
                    _("The original was changed: %(why)s") % {"why": refused},
                    _("Import it again later."),
                )
            except _ERRORS as error:
                self.directory.read_again()
                self._give_up(entry, error)

    def _renew(self, entry: Entry, known: _Known) -> None:
        """Put a changed original into the article that was imported from it."""
        entry.number = known.number
        with self._kept_files() as files:
            self._place_pictures(entry, files)
            with transaction.atomic():
                rows.add(list(files.originals.values()))
                [content] = self._contents([entry])
                before = Original.objects.select_related("article").get(article=known.article)
                news = News.of(entry.record, before, self.at)
                article = before.article
                has_new_text = content.cleaned() != Content.of(article)
                news.refuse_undone(has_new_text=has_new_text)
                if known.is_as_imported:
                    article = services.renew(
                        known.article,
                        content,
                        at=self.at,
                        version=known.version,
                        published_at=entry.record.published_at,
                        visible_until=entry.record.visible_until,
                        corrections=entry.record.corrections,
                    )
                elif (news.waits and news.changed) or (
                    has_new_text and (news.live or entry.record.status != Status.WITHDRAWN)
                ):
                    raise _changed_on_both_sides()
                original = original_of(entry, article, self.at)
                original.pk, original.is_held = before.pk, before.is_held
                original.save(force_update=True)
                rows.add(old_addresses([entry]))
                self._end_transaction()
        self._tell_of_doubles(entry)
        told_of_it = [*news.told(), *entry.reasons, *told(entry)]
        if article.version != known.version:
            self._say(
                entry,
                Outcome.CHANGED,
                known.number,
                " ".join(
                    [
                        (
                            _("The original was changed; the article is now “%(status)s”.")
                            if known.sha256 != entry.sha256
                            else _("Missing pictures came; the article is now “%(status)s”.")
                        )
                        % {"status": Status(article.status).label},
                        *told_of_it,
                    ]
                ),
                _("Review the new text and publish it as a correction.")
                if article.status == Status.FINAL_REVIEW
                else "",
            )
        elif news.told():
            self._say(entry, Outcome.CHANGED, known.number, " ".join(told_of_it))
        else:
            self._say(entry, Outcome.UNCHANGED, known.number)

    # New articles

    def _admit(self, entries: Sequence[Entry]) -> None:
        with self._kept_files() as files:
            for entry in entries:
                self._place_pictures(entry, files)
            if not self.options.dry_run:
                files.make_renditions(hashes_to_show(entries))
            with transaction.atomic():
                rows.add(list(files.originals.values()))
                self._write(entries)
                self._end_transaction()
        for entry in entries:
            self._tell_of_doubles(entry)
            if entry.status == Status.PUBLISHED and not all(
                credit.stated for credit in entry.record.credits
            ):
                self.unstated.append(entry.number)
            self._say(
                entry,
                Outcome.WAITING if entry.waits else Outcome.ADMITTED,
                entry.number,
                " ".join([*entry.reasons, *told(entry)]),
                _("Accept, mend or dismiss it at the desk, under imported drafts.")
                if entry.waits
                else "",
            )

    @contextmanager
    def _kept_files(self) -> Iterator[PictureFiles]:
        """Files of pictures that stay where what is done with them is done."""
        files = PictureFiles()
        try:
            yield files
        except BaseException:
            files.remove(self.at)
            raise
        self.report.made |= self.directory.made
        self.directory.made = set()
        self.has_own_source = self.has_own_source or self.directory.own is not None
        if self.options.dry_run:
            files.remove(self.at)
            self.directory.read_again()

    def _end_transaction(self) -> None:
        if self.options.dry_run:
            transaction.set_rollback(True)

    def _place_pictures(self, entry: Entry, files: PictureFiles) -> None:
        """Keep the record's pictures, and put them into their places in its text."""
        entry.missing, entry.notes, entry.likely_doubles = [], [], []
        if not entry.record.images:
            return
        for name, image in entry.record.images.items():
            if sha256 := kept(entry, name, image, files):
                entry.pictures[name] = sha256
        body = clean_body(entry.record.body, entry.pictures)
        entry.content = dataclasses.replace(entry.content, body=body)

    def _write(self, entries: Sequence[Entry]) -> None:
        """All that makes these articles: inside the transaction, all or nothing."""
        give_numbers(entries)
        contents = self._contents(entries)
        articles = [article_of(entry) for entry in entries]
        services.admit(
            [
                services.Arrival(
                    article=article,
                    content=content,
                    visible_until=entry.record.visible_until,
                    corrections=entry.record.corrections,
                    notice=clean_lines(entry.record.notice),
                )
                for entry, article, content in zip(entries, articles, contents, strict=True)
            ],
            at=self.at,
        )
        rows.add(
            [
                original_of(entry, article, self.at)
                for entry, article in zip(entries, articles, strict=True)
            ]
        )
        rows.add(old_addresses(entries))

    def _contents(self, entries: Sequence[Entry]) -> list[Content]:
        """The contents with the rows they name, which are made where they are new."""
        hashes = {
            entry.pictures[entry.record.lead_picture]
            for entry in entries
            if entry.record.lead_picture in entry.pictures
        }
        leads = dict(
            Picture.objects.filter(sha256__in=hashes).values_list("sha256", "pk") if hashes else ()
        )
        return [self._content(entry, leads) for entry in entries]

    def _content(self, entry: Entry, leads: Mapping[str, int]) -> Content:
        record, directory = entry.record, self.directory
        channel = directory.channel(record.channel, record.channel_slug)
        source = None
        if name := clean_line(record.source):
            is_own = record.source_is_own or name == self.options.own_source
            source = directory.source(name, record.source_url, is_own=is_own)
        content = dataclasses.replace(
            entry.content,
            channel=channel or directory.channel(self.options.channel),
            source=source,
            lead_picture=leads.get(entry.pictures.get(record.lead_picture, "")),
            bylines=tuple(
                dict.fromkeys(
                    Credit(directory.contributor(credit, is_exact=record.exact), str(credit.role))
                    for credit in record.credits
                )
            ),
        )
        if record.has_dateline and record.format in KEPT_WHOLE and source != directory.own:
            content = with_dateline_in_text(content, record)
        entry.likely_doubles = directory.take_notes()
        return content

    # Telling

    def _tell_of_doubles(self, entry: Entry) -> None:
        for sentence in entry.likely_doubles:
            if sentence not in self.told:
                self.told.add(sentence)
                self.report.add(
                    _line(
                        Outcome.NOTE,
                        entry.record,
                        reason=sentence,
                        advice=_("If they are the same, keep one of them under its articles."),
                    )
                )

    def _say(
        self,
        entry: Entry,
        outcome: Outcome,
        number: int | None,
        reason: str = "",
        advice: str = "",
    ) -> None:
        self.lines[entry.place] = _line(
            outcome, entry.record, number=number, reason=reason, advice=advice
        )

    def _give_up(self, entry: Entry, error: Exception) -> None:
        """Set a single record aside for what the database or the disk say of it, or stop."""
        is_full = isinstance(error, OSError) and error.errno in _WITHOUT_ROOM
        if is_full or isinstance(error, _UNAVAILABLE):
            raise _stopped(error) from error
        logger.error("A record was not taken in: %s", entry.record.place, exc_info=error)
        strange = _strange(error)
        self._say(entry, Outcome.SET_ASIDE, None, strange.reason, strange.advice)


# Rows


def _known(entries: Sequence[Entry]) -> dict[tuple[str, str], _Known]:
    """Those articles of these records that are here, by system and id."""
    ids: dict[str, list[str]] = {}
    for entry in entries:
        ids.setdefault(entry.record.system, []).append(entry.record.id)
    found = {}
    for system, its_ids in ids.items():
        articles = Article.objects.filter(legacy_system=system, legacy_id__in=its_ids)
        for system_and_id, *facts in _facts(articles):
            found[system_and_id] = _Known(*facts)
    numbers = (int(number) for number in ids.get(SYSTEM, ()) if number.isdecimal())
    written_here = [number for number in numbers if number <= HIGHEST_NUMBER]
    if written_here:
        articles = Article.objects.filter(legacy_system="", number__in=written_here)
        for _system_and_id, *facts in _facts(articles):
            known = _Known(*facts)
            found[SYSTEM, str(known.number)] = known
    return found


def _facts(articles: QuerySet[Article]) -> Iterator[tuple[Any, ...]]:
    latest = Revision.objects.filter(article=OuterRef("pk")).order_by("-version")
    for system, identity, *facts in articles.annotate(
        text_version=Subquery(latest.values("version")[:1])
    ).values_list(
        "legacy_system",
        "legacy_id",
        "pk",
        "number",
        "status",
        "version",
        "text_version",
        "original__sha256",
        "original__version",
        "original__missing_pictures",
    ):
        yield ((system, identity), *facts)


def _found(entry: Entry, known: _Known) -> list[str]:
    """The names of those pictures that were missing and are there now."""
    images = entry.record.images
    return [
        name
        for name in known.missing_pictures or ()
        if name in images and images[name].open is not None
    ]


# Sentences


def _changed_on_both_sides() -> Unfit:
    return Unfit(
        _(
            "The original was changed, and so was the article here since it was imported; "
            "it was left as it is."
        ),
        _("Compare both, and put what is right into the article."),
    )


def _line(
    outcome: Outcome,
    record: Record | Unreadable,
    *,
    number: int | None = None,
    reason: str = "",
    advice: str = "",
) -> Line:
    headline = record.headline if isinstance(record, Record) else ""
    return Line(
        outcome=outcome,
        place=record.place,
        number=number,
        headline=clean_line(headline[:200]),
        reason=reason,
        advice=advice,
    )
