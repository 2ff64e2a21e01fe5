"""Whatever the desk does, readers reach what a simple model says, and nothing else.

The model knows spans of time in which a text of an article is public. Only publishing, scheduling,
correcting, limiting, withdrawing, an emergency, accepting an import and the clock change what it
says; that the site agrees after every step, whoever took it, is looked at through querysets and
through the pages themselves.

STATEFUL_EXAMPLES sets how many stories are played; more than a few take minutes.
"""

import dataclasses
import datetime
import os
import re
from typing import Any

import hypothesis
import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client, TestCase
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from articles.content import Content, Credit
from articles.models import Article, Channel, Picture, Role, Status
from people.models import User
from publication import renditions
from publication.models import Edition, PictureUse
from tests import factories as make
from workflow import record, roles, services
from workflow.models import Decision

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("STATEFUL_EXAMPLES", "10"))
MICROSECOND = datetime.timedelta(microseconds=1)
SECOND = datetime.timedelta(seconds=1)
STAFF = (
    *("correspondent", "reporter", "editor", "editor", "section_head", "section_head"),
    *("chief_editor", "chief_editor", "administrator"),
)
SIGNERS = {
    Status.FIRST_REVIEW: (2, 3),
    Status.SECOND_REVIEW: (4, 5),
    Status.FINAL_REVIEW: (6, 7),
}
CHIEFS = (6, 7)
MARK = re.compile(r"[稿文]([0-9]{4})号")
CAPTION_MARK = re.compile(r"图([0-9]{4})号")
SETTINGS = hypothesis.settings(
    max_examples=EXAMPLES,
    stateful_step_count=30,
    derandomize="STATEFUL_EXAMPLES" not in os.environ,
    database=None,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
    print_blob=True,
)


@dataclasses.dataclass(frozen=True)
class Face:
    """What readers would see of an article: marks of its text and of its picture's caption."""

    text: int
    channel: int
    picture: int
    caption: int


@dataclasses.dataclass
class Span:
    """A face and when it is public: from `start` until before `end`."""

    face: Face
    start: datetime.datetime
    end: datetime.datetime | None
    notes: tuple[int, ...] = ()

    def holds(self, at: datetime.datetime) -> bool:
        return self.start <= at and (self.end is None or at < self.end)

    @property
    def is_empty(self) -> bool:
        return self.start == self.end


@dataclasses.dataclass
class Piece:
    """One article as the model sees it."""

    pk: int
    number: int
    text: int
    channel: int
    picture: int
    spans: list[Span] = dataclasses.field(default_factory=list)
    born: datetime.datetime | None = None
    is_imported: bool = False  # and so born in an earlier system
    was_withdrawn: bool = False
    signed: Face | None = None  # what the standing final signature is under
    signed_when_published: Face | None = None

    def live(self, at: datetime.datetime) -> Span | None:
        return next((span for span in self.spans if span.holds(at)), None)

    def close(self, at: datetime.datetime) -> None:
        for span in self.spans:
            if span.end is None or span.end > at:
                span.end = max(at, span.start)

    def open(self, span: Span) -> None:
        self.close(span.start)
        self.spans.append(span)
        self.born = self.born or span.start
        self.signed_when_published = self.signed


@dataclasses.dataclass(frozen=True)
class World:
    """The rows that all stories begin with, by primary key."""

    people: list[int]
    groups: dict[str, int]
    channels: list[int]
    pictures: list[int]
    source: int
    contributor: int


@pytest.fixture
def world() -> World:
    top = make.channel("要闻")
    groups = {
        spec.code: group.pk for spec, group in zip(roles.all_roles(), roles.sync(), strict=True)
    }
    pictures = [make.picture(), make.picture()]
    return World(
        people=[make.user(role).pk for role in STAFF],
        groups=groups,
        channels=[
            top.pk,
            make.channel("时政", parent=top, reviews=1).pk,
            make.channel("乡镇", reviews=2).pk,
        ],
        pictures=[picture.pk for picture in pictures],
        source=make.own_source().pk,
        contributor=make.contributor().pk,
    )


def test_readers_reach_what_was_published_and_nothing_else(world):
    class Story(Newsroom):
        rows = world

    run_state_machine_as_test(Story, settings=SETTINGS)


anybody = st.integers(0, len(STAFF) - 1)
which = st.integers(0, 3)
a_channel = st.integers(0, 2)
a_picture = st.integers(0, 1)
a_while = st.sampled_from([SECOND, 10 * SECOND, 3600 * SECOND])
perhaps_a_while = st.none() | a_while


class Newsroom(RuleBasedStateMachine):
    """A desk, its clock, and the model."""

    rows: World

    def __init__(self) -> None:
        super().__init__()
        self.now = make.NOON
        self.marks = self.steps = 0
        self.pieces: list[Piece] = []
        self.client = Client()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.captions = {pk: self._recaption(pk) for pk in self.rows.pictures}
        self.tokens = {
            picture.pk: renditions.token(picture.sha256) for picture in Picture.objects.all()
        }
        self.names = {
            picture.pk: renditions.planned(picture)[0]["name"] for picture in Picture.objects.all()
        }

    def teardown(self) -> None:
        try:
            self._compare_history()
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    # What people do

    @initialize(channel=a_channel, picture=a_picture)
    def begin(self, channel: int, picture: int) -> None:
        self.write(channel, picture)

    @precondition(lambda self: len(self.pieces) < 4)
    @rule(channel=a_channel, picture=a_picture)
    def write(self, channel: int, picture: int) -> None:
        piece = Piece(0, 0, self._mark(), *self._places(channel, picture))
        made = services.create(self._content(piece), by=self._person(1), at=self.now)
        piece.pk, piece.number = made.pk, made.number
        self.pieces.append(piece)

    @precondition(lambda self: len(self.pieces) < 4)
    @rule(channel=a_channel, picture=a_picture, hours=st.integers(1, 3))
    def bring_in(self, channel: int, picture: int, hours: int) -> None:
        """A draft from an earlier system, which had published it."""
        piece = Piece(0, 0, self._mark(), *self._places(channel, picture), is_imported=True)
        piece.born = make.OLD + hours * make.HOUR
        made = Article(
            number=12_000_000 + piece.text,
            legacy_system="rednet",
            legacy_id=str(piece.text),
            first_published_at=piece.born,
        )
        arrival = services.Arrival(article=made, content=self._content(piece))
        services.admit([arrival], at=self.now)
        piece.pk, piece.number = made.pk, made.number
        self.pieces.append(piece)

    @rule(place=which, person=st.sampled_from(CHIEFS) | anybody)
    def accept(self, place: int, person: int) -> None:
        piece = self._piece(place)
        if self._does(services.accept, piece, person):
            assert piece.is_imported
            assert not piece.spans
            piece.open(Span(self._face(piece), self.now, None))

    @rule(place=which, person=anybody, channel=a_channel, picture=a_picture, by_chief=st.booleans())
    def save(self, place: int, person: int, channel: int, picture: int, by_chief: bool) -> None:
        piece = self._piece(place)
        changed = dataclasses.replace(piece, text=self._mark())
        changed.channel, changed.picture = self._places(channel, picture)
        if self._does(
            services.save,
            piece,
            CHIEFS[0] if by_chief else person,
            content=self._content(changed),
        ):
            piece.text, piece.channel, piece.picture = (
                changed.text,
                changed.channel,
                changed.picture,
            )
            piece.signed = None

    @rule(place=which, person=anybody)
    def save_the_same(self, place: int, person: int) -> None:
        piece = self._piece(place)
        content = Content.of(Article.objects.get(pk=piece.pk))
        self._does(services.save, piece, person, content=content)

    @rule(place=which)
    def bring_to_signature(self, place: int) -> None:
        """The desk does its work: the article goes through all reviews that are due."""
        piece = self._piece(place)
        if self._status(piece) == Status.DRAFT:
            self._does(services.submit, piece, 1)
        while (stage := self._status(piece)) in SIGNERS:
            if not any(self._sign(piece, stage, person) for person in SIGNERS[stage]):
                break

    @rule(place=which, until=perhaps_a_while)
    def bring_to_readers(self, place: int, until: datetime.timedelta | None) -> None:
        self.bring_to_signature(place)
        self.publish(place, CHIEFS[0], until)
        self.correct(place, CHIEFS[0])

    @rule(place=which, person=anybody)
    def sign(self, place: int, person: int) -> None:
        piece = self._piece(place)
        stage = self._status(piece)
        if stage in SIGNERS:
            self._sign(piece, stage, person)

    @rule(
        place=which,
        person=anybody,
        verb=st.sampled_from(
            [
                (services.submit, ""),
                (services.recall, ""),
                (services.return_for_changes, "请补充数据"),
                (services.hold, ""),
                (services.resume, ""),
                (services.reject, "不宜刊发"),
                (services.restore, ""),
                (services.dismiss, "原稿残缺"),
                (services.reopen, "重新核实"),
                (services.countersign, ""),
            ]
        ),
    )
    def take_an_inner_step(self, place: int, person: int, verb: Any) -> None:
        piece = self._piece(place)
        if self._does(verb[0], piece, person, note=verb[1]) and (
            self._status(piece) == Status.DRAFT
        ):
            piece.signed = None

    @rule(place=which, person=st.sampled_from(CHIEFS) | anybody, until=perhaps_a_while)
    def publish(self, place: int, person: int, until: datetime.timedelta | None) -> None:
        piece = self._piece(place)
        end = self.now + until if until else None
        if self._does(services.publish, piece, person, until=end):
            assert piece.live(self.now) is None
            self._goes_out(piece, Span(self._face(piece), self.now, end))

    @rule(
        place=which,
        person=st.sampled_from(CHIEFS) | anybody,
        wait=a_while | st.just(-SECOND) | st.just(0 * SECOND),
        until=perhaps_a_while,
    )
    def schedule(
        self,
        place: int,
        person: int,
        wait: datetime.timedelta,
        until: datetime.timedelta | None,
    ) -> None:
        piece = self._piece(place)
        start = self.now + wait
        end = start + until if until else None
        if self._does(services.schedule, piece, person, go_live=start, until=end):
            assert wait > 0 * SECOND
            assert piece.live(self.now) is None
            self._goes_out(piece, Span(self._face(piece), start, end))

    @rule(place=which, person=st.sampled_from(CHIEFS) | anybody)
    def unschedule(self, place: int, person: int) -> None:
        piece = self._piece(place)
        if self._does(services.unschedule, piece, person):
            assert piece.live(self.now) is None
            piece.close(self.now)
            if all(span.is_empty for span in piece.spans) and not piece.is_imported:
                piece.born = None

    @rule(place=which, person=st.sampled_from(CHIEFS) | anybody)
    def correct(self, place: int, person: int) -> None:
        piece = self._piece(place)
        note = self._mark()
        live = piece.live(self.now)
        if self._does(services.correct, piece, person, public_note=f"更正{note:04}"):
            assert live
            notes = (*live.notes, note)
            self._goes_out(piece, Span(self._face(piece), self.now, live.end, notes))

    @rule(place=which, person=st.sampled_from(CHIEFS) | anybody, until=perhaps_a_while)
    def publish_in_an_emergency(
        self, place: int, person: int, until: datetime.timedelta | None
    ) -> None:
        piece = self._piece(place)
        note = self._mark()
        live = piece.live(self.now)
        end = self.now + until if until else None
        if self._does(
            services.emergency_publish,
            piece,
            person,
            note="山洪预警",
            public_note=f"更正{note:04}",
            until=end,
        ):
            notes = (*live.notes, note) if live else ()
            piece.open(
                Span(self._face(piece), self.now, end or (live.end if live else None), notes)
            )

    @rule(
        place=which,
        person=st.sampled_from(CHIEFS) | anybody,
        until=perhaps_a_while | st.just(-SECOND) | st.just(0 * SECOND),
    )
    def limit(self, place: int, person: int, until: datetime.timedelta | None) -> None:
        piece = self._piece(place)
        live = piece.live(self.now)
        end = None if until is None else self.now + until
        if self._does(services.limit, piece, person, until=end):
            assert live
            assert end is None or end > self.now
            live.end = end

    @rule(place=which, person=st.sampled_from(CHIEFS) | anybody)
    def withdraw(self, place: int, person: int) -> None:
        piece = self._piece(place)
        live = piece.live(self.now)
        if self._does(services.withdraw, piece, person, note="事实有误"):
            assert live
            piece.close(self.now)
            piece.was_withdrawn = True

    @rule(place=which, person=anybody)
    def discard(self, place: int, person: int) -> None:
        piece = self._piece(place)
        live = piece.live(self.now)
        if self._does(services.discard, piece, person):
            assert live
            piece.text, piece.channel = live.face.text, live.face.channel
            piece.picture = live.face.picture
            piece.signed = piece.signed_when_published

    @rule(picture=a_picture)
    def change_a_caption_in_the_library(self, picture: int) -> None:
        pk = self.rows.pictures[picture]
        self.captions[pk] = self._recaption(pk)

    @rule(person=anybody, role=st.sampled_from(["", *sorted(set(STAFF))]), back=st.booleans())
    def change_a_role(self, person: int, role: str, back: bool) -> None:
        name = STAFF[person] if back else role
        groups = [Group.objects.get(pk=self.rows.groups[name])] if name else []
        self._person(person).groups.set(groups)

    @rule(wait=a_while)
    def wait(self, wait: datetime.timedelta) -> None:
        self.now += wait

    @rule(off=st.sampled_from([-SECOND, -MICROSECOND, 0 * SECOND, MICROSECOND, SECOND]))
    def wait_until_about_the_next_change(self, off: datetime.timedelta) -> None:
        ahead = [edge + off for edge in self._edges() if edge + off > self.now]
        self.now = min(ahead, default=self.now)

    # What readers see

    @invariant()
    def editions_are_as_the_model_says(self) -> None:
        for at in (self.now - MICROSECOND, self.now, self.now + MICROSECOND):
            self._compare_editions(at)

    @invariant()
    def pages_are_as_the_model_says(self) -> None:
        """The pages of articles and pictures after every step, the lists in turn."""
        self.steps += 1
        lists = self._lists()
        with time_machine.travel(self.now, tick=False):
            self._compare_list(*lists[self.steps % len(lists)])
            for piece in self.pieces:
                self._compare_page(piece)
            self._compare_pictures()

    @invariant()
    def the_record_holds(self) -> None:
        assert not list(record.breaks())

    # Details

    def _lists(self) -> list[tuple[str, int | None]]:
        """Addresses of all lists, with the channel that each is about."""
        of_channels = [
            (address, channel.pk)
            for channel in Channel.objects.filter(pk__in=self.rows.channels)
            for address in (f"/channel/{channel.slug}/", f"/channel/{channel.slug}/feed.xml")
        ]
        return [("/", None), ("/latest/", None), ("/feed.xml", None), *of_channels]

    def _compare_list(self, address: str, channel: int | None) -> None:
        live = self._live(self.now)
        inside = [
            span.face.text
            for _piece, span in live
            if channel is None or span.face.channel in {channel, *self._below(channel)}
        ]
        response = self.client.get(address)
        assert response.status_code == 200
        # The texts of the page in the order of their first mention.
        found = list(dict.fromkeys(int(mark) for mark in MARK.findall(_html(response))))
        if address == "/":
            assert set(found) == set(inside)
        else:
            assert found[: len(inside)] == inside
            assert set(found) <= {span.face.text for _piece, span in live}

    def _compare_pictures(self) -> None:
        used = {span.face.picture for _piece, span in self._live(self.now)}
        for pk, name in self.names.items():
            response = self.client.get(f"/pictures/{name}")
            assert response.status_code == (200 if pk in used else 404)
            if response.streaming:
                assert response.getvalue()  # reading to the end closes the file

    def _compare_page(self, piece: Piece) -> None:
        live = self._live(self.now)
        span = piece.live(self.now)
        day = timezone.localtime(piece.born or self.now)
        response = self.client.get(f"/content/{day:%Y/%m/%d}/{piece.number}.html")
        html = _html(response)
        pictured = {int(mark) for mark in CAPTION_MARK.findall(html)}
        assert {int(mark) for mark in MARK.findall(html)} <= {row.face.text for _, row in live}
        assert pictured <= {row.face.caption for _, row in live}
        past = any(old.start <= self.now and not old.is_empty for old in piece.spans)
        old_address = self.client.get(f"/content/646742/67/{piece.number}.html").status_code
        if span is None:
            expected = 410 if past or piece.was_withdrawn else 404
            assert (response.status_code, old_address) == (expected, expected)
            return
        assert (response.status_code, old_address) == (200, 301)
        assert f"<h1>稿{span.face.text:04}号</h1>" in re.sub(r"<h1[^>]*>\s*", "<h1>", html)
        assert span.face.caption in pictured
        assert {int(note) for note in re.findall(r"更正([0-9]{4})", html)} == set(span.notes)
        following = response.context["next"]
        place = (piece.born, piece.number)
        older = [
            other.number
            for other, its in live
            if its.face.channel == span.face.channel and (other.born, other.number) < place
        ]
        assert (following.number if following else None) == next(iter(older), None)

    def _compare_editions(self, at: datetime.datetime) -> None:
        visible = Edition.objects.visible(at).newest_first()
        live = self._live(at)
        assert [
            (row.number, row.headline, row.channel_id, row.pictures[row.lead_picture]["caption"])
            for row in visible
        ] == [
            (
                piece.number,
                f"稿{span.face.text:04}号",
                span.face.channel,
                f"图{span.face.caption:04}号",
            )
            for piece, span in live
        ]
        assert set(PictureUse.objects.visible(at).values_list("token", flat=True)) == {
            self.tokens[span.face.picture] for _piece, span in live
        }

    def _compare_history(self) -> None:
        """All lists as they are, and what the site said at every moment that mattered."""
        with time_machine.travel(self.now, tick=False):
            for address, channel in self._lists():
                self._compare_list(address, channel)
        for edge in self._edges():
            for at in (edge - MICROSECOND, edge, edge + MICROSECOND):
                self._compare_editions(at)

    def _live(self, at: datetime.datetime) -> list[tuple[Piece, Span]]:
        """What is public at a moment, newest first."""
        found = [(piece, span) for piece in self.pieces if (span := piece.live(at))]
        return sorted(found, key=lambda row: (row[0].born, row[0].number), reverse=True)

    def _edges(self) -> list[datetime.datetime]:
        spans = [span for piece in self.pieces for span in piece.spans]
        return sorted({edge for span in spans for edge in (span.start, span.end) if edge})

    def _goes_out(self, piece: Piece, span: Span) -> None:
        """A reviewed text becomes public: it is the one that was signed, each time by another."""
        assert piece.signed == span.face
        piece.open(span)
        edition = Edition.objects.filter(number=piece.number).latest("pk")
        names = [row["name"] for row in edition.reviewers]
        assert names
        assert len(set(names)) == len(names)
        assert self._person(1).name not in names

    def _sign(self, piece: Piece, stage: Status, person: int) -> bool:
        done = self._does(services.pass_review, piece, person, stage=stage)
        if done and stage == Status.FINAL_REVIEW:
            piece.signed = self._face(piece)
        return done

    def _does(self, verb: Any, piece: Piece, person: int, **facts: Any) -> bool:
        """Whether the person could do it; what follows a commit is done as well."""
        version = Article.objects.get(pk=piece.pk).version
        before = Decision.objects.count()
        try:
            with TestCase.captureOnCommitCallbacks(execute=True):
                verb(piece.pk, by=self._person(person), at=self.now, version=version, **facts)
        except services.Refused:
            assert Decision.objects.count() == before
            return False
        hypothesis.event(verb.__name__)  # --hypothesis-show-statistics counts what was done
        return True

    def _content(self, piece: Piece) -> Content:
        return Content(
            headline=f"稿{piece.text:04}号",
            body=f"<p>文{piece.text:04}号</p>",
            channel=piece.channel,
            source=self.rows.source,
            lead_picture=piece.picture,
            bylines=(Credit(self.rows.contributor, Role.REPORTER),),
        )

    def _face(self, piece: Piece) -> Face:
        caption = self.captions[piece.picture]
        return Face(piece.text, piece.channel, piece.picture, caption)

    def _recaption(self, pk: int) -> int:
        mark = self._mark()
        Picture.objects.filter(pk=pk).update(caption=f"图{mark:04}号")
        return mark

    def _mark(self) -> int:
        self.marks += 1
        return self.marks

    def _places(self, channel: int, picture: int) -> tuple[int, int]:
        return self.rows.channels[channel], self.rows.pictures[picture]

    def _person(self, place: int) -> User:
        return User.objects.get(pk=self.rows.people[place])

    def _piece(self, place: int) -> Piece:
        return self.pieces[place % len(self.pieces)]

    def _status(self, piece: Piece) -> Status:
        return Status(Article.objects.get(pk=piece.pk).status)

    def _below(self, channel: int) -> set[int]:
        return set(Channel.objects.filter(parent=channel).values_list("pk", flat=True))


def _html(response: Any) -> str:
    text: str = response.content.decode()
    return text
