"""What people do with articles: one function a verb, each whole or not at all.

Every verb that takes a step has the same shape: lock the row, compare the version the caller
saw, ask `permissions.refusal` and `readiness.missing`, record the decision, change, save. It
raises `Refused` with sentences an editor can read, or `Stale` when the article was changed
meanwhile; then nothing has happened. `at` is the moment of the deed, `version` the version that
the caller had before their eyes.
"""

import datetime
import logging
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, Self

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import rows
from articles.content import (
    Content,
    add,
    all_as_printed,
    as_printed,
    fingerprint,
    printed,
    write,
)
from articles.models import (
    IN_REVIEW,
    SET_ASIDE,
    Article,
    Channel,
    NumberSeries,
    Picture,
    Status,
)
from people.models import User
from publication import editions
from publication.models import Edition, Withdrawal
from workflow import locks, permissions, readiness, record
from workflow.models import Decision, Revision
from workflow.situation import Situation
from workflow.transitions import (
    BY_ACTION,
    EDIT_RIGHTS,
    OPENING,
    PASSES,
    STAGES,
    Action,
    To,
    first_stage,
    next_stage,
)

logger = logging.getLogger(__name__)


class Refused(Exception):
    """A deed that was not done, with the reasons as sentences."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(*sentences)
        self.sentences = sentences

    def __str__(self) -> str:
        return " ".join(self.sentences)


class Stale(Refused):
    """The caller's version is not today's: somebody else, or another tab, was quicker."""

    def __init__(self, article: Article, sentence: str = "") -> None:
        super().__init__(
            sentence or _("The article was changed meanwhile. Nothing was done; look at it again.")
        )
        self.article = article


@dataclass(slots=True)
class _Step:
    """A step under way, inside its transaction. `to` may be changed before it ends."""

    action: Action
    article: Article
    situation: Situation
    by: User
    at: datetime.datetime
    to: Status
    note: str = ""
    public_note: str = ""
    visible_from: datetime.datetime | None = None
    visible_until: datetime.datetime | None = None
    decision: Decision | None = None

    def record(self) -> Decision:
        """Write the decision; what it says of the article is how it stood before."""
        self.decision = record.append(
            article=self.article,
            action=self.action,
            from_status=Status(self.article.status),
            to=self.to,
            by=self.by,
            at=self.at,
            note=self.note,
            public_note=self.public_note,
            visible_from=self.visible_from,
            visible_until=self.visible_until,
        )
        return self.decision


@contextmanager
def _whole() -> Iterator[None]:
    """A transaction; what the database or the disk does not take is a refusal like any other."""
    try:
        with transaction.atomic():
            yield
    except (DatabaseError, OSError) as error:
        logger.exception("A deed was rolled back")
        raise Refused(
            _("The system could not keep this. Nothing was done; try again in a moment.")
        ) from error


# Writing


@_whole()
def create(
    content: Content, *, by: User, at: datetime.datetime, form_key: uuid.UUID | None = None
) -> Article:
    """A new draft of `by`, with its first revision.

    `form_key` is the key of the form it was typed in: the same form with the same content, sent
    twice, gives one draft.
    """
    if "write" not in permissions.rights_of(by):
        raise Refused(_("Your role does not write articles."))
    if sentence := permissions.filing_refusal(by, content.channel):
        raise Refused(sentence)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two clicks, one by one
    sent = Article.objects.filter(created_by=by, form_key=form_key) if form_key else ()
    for article in sent:
        if Content.of(article) == content.cleaned():
            return article
    article = Article(number=NumberSeries.take(), created_by=by, version=1, form_key=form_key)
    write(article, content)
    _note_revision(article, by=by, at=at)
    return article


@_whole()
def save(
    article_id: int,
    content: Content,
    *,
    by: User,
    at: datetime.datetime,
    version: int,
    lock_token: str = "",
) -> Article:
    """Save changed content of the working copy, with a revision; identical content changes nothing.

    A text that was signed for publication goes back to the final review; one that is moved to a
    channel with more reviews goes to the first of them that nobody signed. Raises Stale when the
    article, or the lock of this tab, was taken by somebody else.
    """
    article = _locked(article_id)
    at = _after_the_record(article, at)
    situation = Situation.of(article, at)
    if sentence := permissions.edit_refusal(situation, by):
        raise Refused(sentence)
    if article.version != version:
        raise Stale(article)
    lock = locks.holder(article, at)
    if lock and lock.token != lock_token:
        raise Stale(
            article,
            _("%(name)s has been in this article since %(time)s; your text was not saved.")
            % {"name": lock.user.name, "time": f"{timezone.localtime(lock.taken_at):%H:%M}"},
        )
    if content.cleaned() == Content.of(article):
        return article
    moved = content.channel != article.channel_id
    if moved and (sentence := permissions.filing_refusal(by, content.channel)):
        raise Refused(sentence)
    _change_text(article, content, situation, by=by, at=at)
    return article


def _change_text(
    article: Article,
    content: Content,
    situation: Situation,
    *,
    by: User | None,
    at: datetime.datetime,
) -> None:
    """Give the article other content, with a revision, and move it where that leads."""
    stood = Status(article.status)
    article.version += 1
    article.status = _status_of_changed(article, content, situation)
    write(article, content)
    _note_revision(article, by=by, at=at, status=stood)
    if article.status != stood:
        record.append(
            article=article,
            action=Action.AMEND,
            from_status=stood,
            to=Status(article.status),
            by=by,
            at=at,
        )


def _status_of_changed(article: Article, content: Content, situation: Situation) -> Status:
    """Where the article stands once its text is changed to `content`."""
    stood = Status(article.status)
    if stood == Status.DRAFT:
        return stood
    to: Status = stood if stood in IN_REVIEW else Status.FINAL_REVIEW
    channel = Channel.objects.filter(pk=content.channel or 0).first()
    if channel and article.channel and channel.reviews > article.channel.reviews:
        signed = situation.signatures
        unsigned: list[Status] = [stage for stage in STAGES[channel.reviews] if stage not in signed]
        to = Status(min([to, *unsigned], key=IN_REVIEW.index))
    return to


# Moving: workflow/transitions.py says from where to where, by whom and on what terms


class Verb(Protocol):
    """A step that does no more than move the article; `note` is for the record."""

    def __call__(
        self, article_id: int, *, by: User, at: datetime.datetime, version: int, note: str = ""
    ) -> Decision: ...


def _moving_by(action: Action) -> Verb:
    def verb(
        article_id: int, *, by: User, at: datetime.datetime, version: int, note: str = ""
    ) -> Decision:
        with _taking(action, article_id, by=by, at=at, version=version, note=note) as step:
            return step.record()

    return verb


submit = _moving_by(Action.SUBMIT)  # hand a draft in for the first review of its channel
recall = _moving_by(Action.RECALL)  # take one's own article back out of review
return_for_changes = _moving_by(Action.RETURN)  # give it back; the note says what to change
hold = _moving_by(Action.HOLD)  # set it aside for another day
resume = _moving_by(Action.RESUME)  # bring a held article back to its review
reject = _moving_by(Action.REJECT)  # put it in the bin
restore = _moving_by(Action.RESTORE)  # bring it out of the bin, to where it was
dismiss = _moving_by(Action.DISMISS)  # put an imported draft in the bin
reopen = _moving_by(Action.REOPEN)  # a draft again, of an article that left the site
countersign = _moving_by(Action.COUNTERSIGN)  # sign an emergency publication afterwards


def pass_review(
    article_id: int,
    stage: Status,
    *,
    by: User,
    at: datetime.datetime,
    version: int,
    note: str = "",
) -> Decision:
    """Sign the review `stage` of the text as it stands."""
    return _moving_by(PASSES[stage])(article_id, by=by, at=at, version=version, note=note)


# Publishing


def publish(
    article_id: int,
    *,
    by: User,
    at: datetime.datetime,
    version: int,
    note: str = "",
    until: datetime.datetime | None = None,
) -> Decision:
    """Put an approved article on the site now, `until` a take-down time where one is given."""
    _prepare_pictures(Action.PUBLISH, article_id, by=by, at=at)
    with _taking(Action.PUBLISH, article_id, by=by, at=at, version=version, note=note) as step:
        _refuse_unsigned(step)
        return _open(step, step.at, until)


def schedule(
    article_id: int,
    *,
    by: User,
    at: datetime.datetime,
    version: int,
    go_live: datetime.datetime,
    until: datetime.datetime | None = None,
    note: str = "",
) -> Decision:
    """Put an approved article on the site at `go_live`, which must lie ahead."""
    _prepare_pictures(Action.SCHEDULE, article_id, by=by, at=at)
    with _taking(
        Action.SCHEDULE, article_id, by=by, at=at, version=version, note=note, on=go_live
    ) as step:
        if go_live <= step.at:
            raise Refused(
                _("The time of going live has passed. Choose a later one, or publish now.")
            )
        _refuse_unsigned(step)
        return _open(step, go_live, until)


def unschedule(
    article_id: int, *, by: User, at: datetime.datetime, version: int, note: str = ""
) -> Decision:
    """Call off a scheduled publication before its time; the article waits approved again."""
    with _taking(Action.UNSCHEDULE, article_id, by=by, at=at, version=version, note=note) as step:
        scheduled = step.situation.scheduled
        assert scheduled  # permissions has seen to it
        decision = step.record()
        editions.close(step.article, step.at)
        if step.article.first_published_at == scheduled.visible_from:
            step.article.first_published_at = None  # nobody has read it yet
        return decision


def correct(
    article_id: int,
    *,
    by: User,
    at: datetime.datetime,
    version: int,
    public_note: str,
    note: str = "",
) -> Decision:
    """Replace what readers see by the newly approved text, with a notice of what was corrected."""
    _prepare_pictures(Action.CORRECT, article_id, by=by, at=at)
    with _taking(Action.CORRECT, article_id, by=by, at=at, version=version, note=note) as step:
        _take_public_note(step, public_note)
        _refuse_unsigned(step)
        return _open(step, step.at, _live(step).visible_until)


def limit(
    article_id: int,
    *,
    by: User,
    at: datetime.datetime,
    version: int,
    until: datetime.datetime | None,
    note: str = "",
) -> Decision:
    """Give what is on the site a take-down time, another one, or none (None)."""
    with _taking(Action.LIMIT, article_id, by=by, at=at, version=version, note=note) as step:
        live = _live(step)
        if until is not None and until <= step.at:
            raise Refused(
                _("The take-down time has passed. Choose a later one, or withdraw the article.")
            )
        if until == live.visible_until:
            raise Refused(_("This is the take-down time already. Nothing was changed."))
        step.visible_until = until
        decision = step.record()
        editions.limit(live, until)
        return decision


def withdraw(
    article_id: int,
    *,
    by: User,
    at: datetime.datetime,
    version: int,
    note: str,
    public_note: str = "",
) -> Decision:
    """Take an article off the site; `note` is for the record, `public_note` for readers."""
    with _taking(Action.WITHDRAW, article_id, by=by, at=at, version=version, note=note) as step:
        step.public_note = public_note.strip()
        decision = step.record()
        editions.withdraw(step.article, step.at, step.public_note)
        return decision


def discard(
    article_id: int, *, by: User, at: datetime.datetime, version: int, note: str = ""
) -> Decision:
    """Drop the changes of a working copy and go back to the text that is on the site."""
    with _taking(Action.DISCARD, article_id, by=by, at=at, version=version, note=note) as step:
        opened = [row for row in step.situation.decisions if row.action in OPENING]
        published = step.article.revisions.filter(version__lte=opened[-1].version).latest("version")
        decision = step.record()
        write(step.article, Content.from_json(published.content))
        return decision


def emergency_publish(
    article_id: int,
    *,
    by: User,
    at: datetime.datetime,
    version: int,
    note: str,
    public_note: str = "",
    until: datetime.datetime | None = None,
) -> Decision:
    """Publish without the reviews that are missing; listed until a second person has signed.

    On an article that is on the site it is a correction and needs the public note.
    """
    _prepare_pictures(Action.EMERGENCY, article_id, by=by, at=at)
    with _taking(Action.EMERGENCY, article_id, by=by, at=at, version=version, note=note) as step:
        live = step.situation.live
        if live:
            _take_public_note(step, public_note)
        return _open(step, step.at, until or (live.visible_until if live else None))


# Bringing in


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An article of an earlier system on its way in: its row, not yet in the database or there with
    its by-lines and tags, and its clean content.

    `corrections` are the notices that readers saw, {at (ISO 8601), note} each, oldest first;
    `notice` is what they found in place of an article that was withdrawn.
    """

    article: Article
    content: Content
    visible_until: datetime.datetime | None = None
    corrections: Sequence[Mapping[str, str]] = ()
    notice: str = ""

    @classmethod
    def of_rows(cls, articles: Sequence[Article]) -> list[Self]:
        """Articles whose rows, by-lines and tags are in the database."""
        contents = Content.of_all(articles)
        return [
            cls(article=article, content=content)
            for article, content in zip(articles, contents, strict=True)
        ]


@transaction.atomic
def admit(arrivals: Sequence[Arrival], *, at: datetime.datetime) -> None:
    """Take in articles of an earlier system, all or none.

    One that was published there becomes an edition with its old time of publication, one that was
    withdrawn answers with its notice; the record says that it was imported, not that anybody here
    signed it. The renditions of their pictures must be there.
    """
    facts = all_as_printed([arrival.content for arrival in arrivals])
    for arrival, printed_here in zip(arrivals, facts, strict=True):
        arrival.article.version = 1
        arrival.article.fingerprint = fingerprint(printed_here)
    new = [arrival for arrival in arrivals if arrival.article._state.adding]
    standing = [arrival.article for arrival in arrivals if not arrival.article._state.adding]
    add([arrival.article for arrival in new], [arrival.content for arrival in new])
    Article.objects.bulk_update(standing, ["version", "fingerprint"])
    rows.add(
        [
            _revision(arrival.article, arrival.content, printed_here, by=None, at=at)
            for arrival, printed_here in zip(arrivals, facts, strict=True)
        ]
    )
    record.append_all([decision for arrival in arrivals for decision in _imports(arrival, at)])
    _open_imported(arrivals, facts, at)
    rows.add(
        [
            Withdrawal(article=arrival.article, at=at, notice=arrival.notice)
            for arrival in arrivals
            if arrival.article.status == Status.WITHDRAWN
        ]
    )


def _imports(arrival: Arrival, at: datetime.datetime) -> list[Decision]:
    """What the record says of an arrival. One that no edition is made of has its take-down time
    there, and the notices that readers saw, a decision each, until somebody publishes it."""
    if arrival.article.status == Status.PUBLISHED:
        return [_import(arrival, at)]
    notices = [
        _import(
            arrival,
            at,
            public_note=notice["note"],
            visible_from=datetime.datetime.fromisoformat(notice["at"]),
        )
        for notice in arrival.corrections
    ]
    return [_import(arrival, at, visible_until=arrival.visible_until), *notices]


def _import(arrival: Arrival, at: datetime.datetime, **facts: Any) -> Decision:
    article = arrival.article
    return Decision(
        article=article,
        action=Action.IMPORT,
        from_status=Status.DRAFT,
        to_status=article.status,
        at=at,
        **facts,
    )


def _imported_with(
    decisions: Sequence[Decision],
) -> tuple[datetime.datetime | None, list[dict[str, str]]]:
    """The take-down time and the correction notices that `_imports` put into the record last."""
    corrections: list[dict[str, str]] = []
    for decision in reversed(decisions):
        if decision.action != Action.IMPORT:
            continue
        if not decision.visible_from:
            return decision.visible_until, corrections[::-1]
        seen = timezone.localtime(decision.visible_from)
        corrections.append({"at": seen.isoformat(), "note": decision.public_note})
    return None, []


def _open_imported(
    arrivals: Sequence[Arrival], facts: Sequence[dict[str, Any]], at: datetime.datetime
) -> None:
    public = [
        (arrival, printed_here)
        for arrival, printed_here in zip(arrivals, facts, strict=True)
        if arrival.article.status == Status.PUBLISHED
    ]
    pictures = editions.pictures_in([printed_here for _arrival, printed_here in public])
    opened = []
    for (arrival, printed_here), shown in zip(public, pictures, strict=True):
        first = arrival.article.first_published_at
        assert first  # the database asks for it
        opened.append(
            editions.of_facts(
                arrival.article,
                printed_here,
                shown,
                fingerprint=arrival.article.fingerprint,
                visible_from=first,
                visible_until=arrival.visible_until,
                reviewers=[],
                corrections=[dict(notice) for notice in arrival.corrections],
            )
        )
    editions.open_first(opened, at)


def renew(
    article_id: int,
    content: Content,
    *,
    at: datetime.datetime,
    version: int,
    published_at: datetime.datetime | None = None,
    visible_until: datetime.datetime | None = None,
    corrections: Sequence[Mapping[str, str]] = (),
) -> Article:
    """Put the changed original of an imported article into its working copy, as `save` does.

    Nobody here wrote it, so a text that is on the site goes to the final review. Times and notices
    are taken over as long as the article waits to be accepted. Raises Refused where no text is
    changed, and while somebody is in the article; Stale when it is no longer `version`.
    """
    with _whole():
        article = _locked(article_id)
        at = _after_the_record(article, at)
        if article.version != version:
            raise Stale(article)
        if article.status not in EDIT_RIGHTS:
            raise Refused(
                _("The article is “%(status)s”.") % {"status": Status(article.status).label}
            )
        if lock := locks.holder(article, at):
            raise Refused(
                _("%(name)s is in the article at this moment.") % {"name": lock.user.name}
            )
        situation = Situation.of(article, at)
        if situation.waits_from_import:
            article.first_published_at = published_at or article.first_published_at
            article.save()
            arrival = Arrival(
                article=article,
                content=content,
                visible_until=visible_until,
                corrections=corrections,
            )
            imports = _imports(arrival, at)
            if _imported_with(imports) != _imported_with(situation.decisions):
                record.append_all(imports)
        if content.cleaned() != Content.of(article):
            _change_text(article, content, situation, by=None, at=at)
        return article


def accept(
    article_id: int, *, by: User, at: datetime.datetime, version: int, note: str = ""
) -> Decision:
    """Put an imported draft on the site with the times, the by-line and the correction notices that
    it was published with; the record says who answers for that."""
    _prepare_pictures(Action.ACCEPT, article_id, by=by, at=at)
    with _taking(Action.ACCEPT, article_id, by=by, at=at, version=version, note=note) as step:
        until, _corrections = _imported_with(step.situation.decisions)
        if until and until <= step.at:
            raise Refused(
                _("It was to leave the site at %(time)s. Dismiss it, or have it reviewed anew.")
                % {"time": f"{timezone.localtime(until):%Y-%m-%d %H:%M}"}
            )
        return _open(step, step.at, until)


# The shape of a step


def _locked(article_id: int) -> Article:
    return Article.objects.select_for_update().get(pk=article_id)


def _after_the_record(article: Article, at: datetime.datetime) -> datetime.datetime:
    """`at`, or the last decision's time if that is later: the record only goes forward, whatever
    order the locks were won in."""
    return max([at, *article.decisions.order_by("-sequence").values_list("at", flat=True)[:1]])


@contextmanager
def _taking(
    action: Action,
    article_id: int,
    *,
    by: User,
    at: datetime.datetime,
    version: int,
    note: str = "",
    on: datetime.datetime | None = None,
) -> Iterator[_Step]:
    """The common frame of all steps: refuse first, let the verb act, move the article.

    `on` is the moment the text must be complete for, when it is not now.
    """
    with _whole():
        article = _locked(article_id)
        if not permissions.may_see(by, article, at):
            raise Refused(_("You have no right to see this article."))
        if article.version != version:
            raise Stale(article)
        at = _after_the_record(article, at)
        situation = Situation.of(article, at)
        row = BY_ACTION[action]
        if sentence := permissions.refusal(action, situation, by):
            raise Refused(sentence)
        if row.note and not note.strip():
            raise Refused(_("“%(step)s” needs a note.") % {"step": action.label})
        if gaps := readiness.missing_for(action, article, on or at):
            raise Refused(*(gap.sentence for gap in gaps))
        # Captions in the library may have changed since the last save.
        article.fingerprint = fingerprint(printed(article))
        step = _Step(
            action, article, situation, by, at, _destination(row.to, article), note.strip()
        )
        yield step
        _move(step)


def _destination(to: Status | To, article: Article) -> Status:
    if isinstance(to, Status):
        return to
    if to == To.SAME:
        return Status(article.status)
    if to == To.FORMER:
        return Status(article.former_status)
    assert article.channel  # readiness has seen to it
    if to == To.FIRST_STAGE:
        return first_stage(article.channel.reviews)
    return next_stage(article.channel.reviews, Status(article.status))


def _move(step: _Step) -> None:
    article = step.article
    if step.to in SET_ASIDE:
        article.former_status = article.former_status or article.status
    else:
        article.former_status = ""
    article.status = step.to
    article.version += 1
    if step.action == Action.DISCARD:
        # Nobody wrote it anew: it is the text that was approved.
        _note_revision(article, by=step.by, at=step.at, status=Status.APPROVED)
    article.save()


def _note_revision(
    article: Article,
    *,
    by: User | None,
    at: datetime.datetime,
    status: Status | None = None,
) -> None:
    """Keep the article's content as it is now, and save the article with its fingerprint."""
    content = Content.of(article)
    facts = as_printed(content)
    article.fingerprint = fingerprint(facts)
    article.save()
    _revision(article, content, facts, by=by, at=at, status=status).save(force_insert=True)


def _revision(
    article: Article,
    content: Content,
    facts: dict[str, Any],
    *,
    by: User | None,
    at: datetime.datetime,
    status: Status | None = None,
) -> Revision:
    return rows.made(
        Revision,
        article_id=article.pk,
        version=article.version,
        status=status or article.status,
        by_id=by.pk if by else None,
        by_name=by.name if by else article.legacy_system,
        at=at,
        fingerprint=article.fingerprint,
        content=content.as_json(),
        printed=facts,
    )


# Details of publishing


def _prepare_pictures(action: Action, article_id: int, *, by: User, at: datetime.datetime) -> None:
    """Make the public forms of pictures before anything is locked; they are slow to make.

    Nothing is made for who may not take the step; the step itself says why.
    """
    try:
        article = Article.objects.get(pk=article_id)
        if not permissions.refusal(action, Situation.of(article, at), by):
            editions.make_renditions(article)
    except (DatabaseError, OSError, ValidationError) as error:
        logger.exception("Pictures could not be made ready")
        raise Refused(
            _("The pictures could not be made ready for the site. Check the disk and try again.")
        ) from error


def _refuse_unsigned(step: _Step) -> None:
    """Refuse a text that is not the one the final review signed (docs/adr/0004)."""
    final = step.situation.signatures.get(Status.FINAL_REVIEW)
    if final is None or final.fingerprint != step.article.fingerprint:
        raise _unsigned()


def _unsigned() -> Refused:
    return Refused(
        _("The text is not the one that was signed. Return it and have it reviewed again.")
    )


def _take_public_note(step: _Step, public_note: str) -> None:
    step.public_note = public_note.strip()
    if not step.public_note:
        raise Refused(_("Say in the public note what was corrected."))


def _live(step: _Step) -> Edition:
    assert step.situation.live  # permissions has seen to it
    return step.situation.live


def _open(
    step: _Step, visible_from: datetime.datetime, until: datetime.datetime | None
) -> Decision:
    """Record the step and open the edition that it makes."""
    if until is not None and until <= visible_from:
        raise Refused(_("The take-down time must be after the time of going live."))
    article = step.article
    step.visible_from, step.visible_until = visible_from, until
    decision = step.record()
    before = article.editions.not_cancelled().order_by("-visible_from").first()
    _until, imported = _imported_with(step.situation.decisions)
    corrections = [*before.corrections] if before else imported
    if step.public_note:
        corrections.append({"at": visible_from.isoformat(), "note": step.public_note})
    article.first_published_at = article.first_published_at or visible_from
    _hold_pictures(article)
    edition = editions.unsaved(
        article,
        visible_from=visible_from,
        visible_until=until,
        reviewers=reviewers(step.situation, emergency_by=_emergency_name(step)),
        corrections=corrections,
    )
    if edition.fingerprint != article.fingerprint:
        raise _unsigned()
    editions.open_edition(edition, step.at)
    return decision


def _hold_pictures(article: Article) -> None:
    """Keep captions as they are until the transaction ends, and read them anew."""
    ids = [picture.pk for picture in editions.pictures_of(article)]
    list(Picture.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    article.refresh_from_db(fields=["lead_picture"])


def _emergency_name(step: _Step) -> str:
    return step.by.name if step.action == Action.EMERGENCY else ""


def reviewers(situation: Situation, emergency_by: str = "") -> list[dict[str, str]]:
    """Who signed the text, {stage, name} in signing order, as the page prints them.

    Who published in an emergency answers for the final review where none was held of this text.
    """
    signed = [
        {"stage": str(stage), "name": decision.by_name}
        for stage, decision in situation.signatures.items()
        if stage != Status.FINAL_REVIEW or decision.fingerprint == situation.article.fingerprint
    ]
    if emergency_by and all(row["stage"] != Status.FINAL_REVIEW for row in signed):
        signed.append({"stage": str(Status.FINAL_REVIEW), "name": emergency_by})
    return signed
