"""Whatever breaks in the middle of a deed, everything stands as before."""

import contextlib
import errno
import inspect
import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.utils.translation import gettext as _
from PIL import Image

from articles import storage
from articles.models import Article, Role, Status
from publication import renditions
from publication.models import Edition
from tests import factories as make
from tests.rows import everything
from workflow import services

pytestmark = pytest.mark.django_db

Deed = Callable[[], object]
LATER = make.NOON + make.HOUR


def _step(verb: Any, status: Status, role: str, **facts: Any) -> Callable[[], Deed]:
    def prepare() -> Deed:
        return _by(
            verb, make.article(status, lead_picture=make.picture()), make.user(role), **facts
        )

    return prepare


def _by(verb: Any, article: Article, person: Any, **facts: Any) -> Deed:
    article.refresh_from_db()
    return lambda: verb(article.pk, by=person, at=make.NOON, version=article.version, **facts)


def _changed() -> Article:
    """A published article whose working copy was changed since."""
    article = make.article(Status.PUBLISHED, lead_picture=make.picture())
    content = make.content(headline="更正后的标题", lead_picture=make.picture())
    _by(services.save, article, make.user("chief_editor"), content=content)()
    article.refresh_from_db()
    return article


def _create() -> Deed:
    content, person = make.content(tags=("会议",)), make.user("reporter")
    return lambda: services.create(content, by=person, at=make.NOON)


def _save() -> Deed:
    article = make.article(Status.PUBLISHED)
    content = make.content(headline="改过的标题", tags=("会议",))
    return _by(services.save, article, make.user("chief_editor"), content=content)


def _recall() -> Deed:
    article = make.article(Status.FIRST_REVIEW)
    assert article.created_by
    return _by(services.recall, article, article.created_by)


def _submit() -> Deed:
    article = make.draft()
    return _by(services.submit, article, article.created_by)


def _unschedule() -> Deed:
    article = make.article(Status.APPROVED)
    chief = make.user("chief_editor")
    _by(services.schedule, article, chief, go_live=LATER)()
    return _by(services.unschedule, article, chief)


def _correct() -> Deed:
    article = _changed()
    _by(services.pass_review, article, make.user("chief_editor"), stage=Status.FINAL_REVIEW)()
    return _by(
        services.correct, article, make.user("chief_editor"), public_note="数据有误，已更正。"
    )


def _discard() -> Deed:
    return _by(services.discard, _changed(), make.user("editor"))


def _countersign() -> Deed:
    article = make.draft()
    _by(services.emergency_publish, article, make.user("chief_editor"), note="山洪预警")()
    return _by(services.countersign, article, make.user("chief_editor"))


def _admit() -> Deed:
    content = make.content()
    article = Article.objects.create(
        number=646742,
        status=Status.PUBLISHED,
        headline=content.headline,
        body=content.body,
        channel_id=content.channel,
        source_id=content.source,
        first_published_at=make.NOON,
        legacy_system="旧系统",
        legacy_id="1",
    )
    article.bylines.create(contributor=make.contributor(), role=Role.REPORTER)

    def deed() -> object:
        arrivals = services.Arrival.of_rows([Article.objects.get(pk=article.pk)])
        return services.admit(arrivals, at=LATER)

    return deed


def _accept() -> Deed:
    article = make.imported(lead_picture=make.picture())
    return _by(services.accept, article, make.user("chief_editor"))


def _dismiss() -> Deed:
    return _by(services.dismiss, make.imported(), make.user("chief_editor"), note="内容重复")


def _renew() -> Deed:
    article = make.imported()
    content = make.content(headline="旧稿新题", tags=("会议",))
    return lambda: services.renew(article.pk, content, at=LATER, version=article.version)


DEEDS: dict[str, Callable[[], Deed]] = {
    "create": _create,
    "save": _save,
    "submit": _submit,
    "recall": _recall,
    "pass_review": _step(
        services.pass_review, Status.FIRST_REVIEW, "editor", stage=Status.FIRST_REVIEW
    ),
    "return_for_changes": _step(
        services.return_for_changes, Status.FIRST_REVIEW, "editor", note="请补充数据"
    ),
    "hold": _step(services.hold, Status.FIRST_REVIEW, "editor"),
    "resume": _step(services.resume, Status.HELD, "editor"),
    "reject": _step(services.reject, Status.FIRST_REVIEW, "editor", note="不宜刊发"),
    "restore": _step(services.restore, Status.SPIKED, "editor"),
    "publish": _step(services.publish, Status.APPROVED, "chief_editor", until=LATER),
    "schedule": _step(services.schedule, Status.APPROVED, "chief_editor", go_live=LATER),
    "unschedule": _unschedule,
    "correct": _correct,
    "limit": _step(services.limit, Status.PUBLISHED, "chief_editor", until=LATER),
    "withdraw": _step(services.withdraw, Status.PUBLISHED, "chief_editor", note="事实有误"),
    "reopen": _step(services.reopen, Status.WITHDRAWN, "chief_editor", note="重新核实"),
    "discard": _discard,
    "emergency_publish": _step(
        services.emergency_publish, Status.FIRST_REVIEW, "chief_editor", note="山洪预警"
    ),
    "countersign": _countersign,
    "accept": _accept,
    "dismiss": _dismiss,
    "admit": _admit,
    "renew": _renew,
}
WITH_PICTURES = ("publish", "schedule", "correct", "emergency_publish", "accept")
OF_THE_SITE = (
    *("save", "publish", "unschedule", "correct", "limit", "withdraw", "emergency_publish"),
    "accept",
)


def test_every_verb_is_broken_here():
    verbs = {
        name
        for name, function in vars(services).items()
        if inspect.isfunction(function)
        and function.__module__ == services.__name__
        and not name.startswith("_")
        and "at" in inspect.signature(function).parameters
    }

    assert verbs == set(DEEDS)


@pytest.mark.parametrize("verb", DEEDS)
def test_a_statement_that_the_database_refuses_undoes_the_deed(verb):
    deed = DEEDS[verb]()
    # An import says itself which row it was at; people get a sentence.
    refusal = OperationalError if verb == "admit" else services.Refused
    before = everything()

    for place in itertools.count(1):
        with _database_failing_at(place) as failed, contextlib.suppress(refusal):
            deed()
        if not failed:
            break
        assert everything() == before, failed

    assert place > 4
    assert everything() != before


@pytest.mark.parametrize("verb", OF_THE_SITE)
def test_an_error_at_the_start_of_any_function_undoes_the_deed(verb):
    deed = DEEDS[verb]()
    before = everything()
    broken: set[CodeType] = set()

    while True:
        with _first_call_failing(broken) as failed, contextlib.suppress(_PlantedError):
            deed()
        if not failed:
            break
        assert everything() == before, failed

    assert len(broken) > 4
    assert everything() != before


@pytest.mark.parametrize("verb", WITH_PICTURES)
def test_a_full_disk_refuses_the_publication_and_leaves_no_half_picture(verb, monkeypatch):
    deed = DEEDS[verb]()
    before = everything()
    there = len(_renditions())

    for room in itertools.count():
        disk = iter([True] * room)

        def fsync(_handle: int, disk: Iterator[bool] = disk) -> None:
            if not next(disk, False):
                raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(storage.os, "fsync", fsync)
        with contextlib.suppress(services.Refused):
            deed()
        if everything() != before:
            break
        there += room
        assert len(_renditions()) == there

    assert room > 1
    for path in _renditions():
        Image.open(path).load()


def test_a_full_disk_is_said_in_a_sentence(monkeypatch):
    deed = DEEDS["publish"]()
    monkeypatch.setattr(renditions, "make", _full_disk)

    with pytest.raises(services.Refused) as refusal:
        deed()

    assert str(refusal.value) == _(
        "The pictures could not be made ready for the site. Check the disk and try again."
    )


def test_a_database_that_fails_is_said_in_a_sentence():
    deed = DEEDS["publish"]()

    with _database_failing_at(3), pytest.raises(services.Refused) as refusal:
        deed()

    assert str(refusal.value) == _(
        "The system could not keep this. Nothing was done; try again in a moment."
    )


def test_a_disk_that_fails_after_the_commit_leaves_the_article_on_the_site(
    monkeypatch, caplog, django_capture_on_commit_callbacks
):
    deed = DEEDS["publish"]()

    with django_capture_on_commit_callbacks() as after_commit:
        deed()
    monkeypatch.setattr(renditions, "make", _full_disk)
    for callback in after_commit:
        with contextlib.suppress(OSError):
            callback()

    edition = Edition.objects.visible(make.NOON).get()
    assert {path.name for path in _renditions()} == {
        rendition["name"] for rendition in edition.lead["renditions"]
    }


class _PlantedError(Exception):
    pass


@contextlib.contextmanager
def _database_failing_at(place: int) -> Iterator[list[str]]:
    """The database refuses the `place`-th statement that is no mere reading: what stands then is
    what would stand had any reading before it failed. Gives the statement, once it failed."""
    failed: list[str] = []
    count = itertools.count(1)

    def execute(run: Any, sql: str, *arguments: Any) -> Any:
        if not sql.startswith("SELECT") and not failed and next(count) == place:
            failed.append(sql)
            raise OperationalError("the connection was lost")
        return run(sql, *arguments)

    with connection.execute_wrapper(execute):
        yield failed


@contextlib.contextmanager
def _first_call_failing(known: set[CodeType]) -> Iterator[list[str]]:
    """The first of our functions that is called and not in `known` raises; then it is known."""
    failed: list[str] = []
    house = str(settings.BASE_DIR)

    def watch(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event != "call" or failed or code in known or not code.co_filename.startswith(house):
            return
        if "/tests/" in code.co_filename or "/site-packages/" in code.co_filename:
            return
        known.add(code)
        failed.append(code.co_qualname)
        raise _PlantedError(code.co_qualname)

    standing = sys.getprofile()
    sys.setprofile(watch)
    try:
        yield failed
    finally:
        sys.setprofile(standing)


def _renditions() -> set[Path]:
    return {path for path in Path(renditions.storage().location).rglob("*") if path.is_file()}


def _full_disk(*_arguments: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
