import datetime

import pytest

from tests import factories as make
from workflow import locks
from workflow.models import EditLock

pytestmark = pytest.mark.django_db

ALMOST = locks.LIFETIME - datetime.timedelta(microseconds=1)


def test_a_free_article_is_taken():
    article, editor = make.draft(), make.user("editor")

    lock = locks.take(article, by=editor, at=make.NOON)

    assert lock.user == editor
    assert lock.taken_at == lock.seen_at == make.NOON
    assert locks.holder(article, make.NOON) == lock


def test_a_taken_article_says_who_is_in_it():
    article, editor, other = make.draft(), make.user("editor"), make.user("editor")
    first = locks.take(article, by=editor, at=make.NOON)

    second = locks.take(article, by=other, at=make.NOON + ALMOST)

    assert (second.user, second.token) == (editor, first.token)
    assert EditLock.objects.count() == 1


def test_a_lock_lapses_three_minutes_after_its_tab_was_last_seen():
    article, editor, other = make.draft(), make.user("editor"), make.user("editor")
    lock = locks.take(article, by=editor, at=make.NOON)
    seen = make.NOON + ALMOST
    assert locks.keep(article, token=lock.token, at=seen)

    assert locks.holder(article, seen + ALMOST)
    assert locks.holder(article, seen + locks.LIFETIME) is None
    assert locks.take(article, by=other, at=seen + locks.LIFETIME).user == other


def test_taking_over_shuts_the_other_tab_out_for_good():
    article, editor, other = make.draft(), make.user("editor"), make.user("editor")
    lost = locks.take(article, by=editor, at=make.NOON).token

    taken = locks.take(article, by=other, at=make.NOON, over=True)

    assert taken.user == other
    assert taken.token != lost
    assert not locks.keep(article, token=lost, at=make.NOON)
    locks.release(article, token=lost)
    assert locks.holder(article, make.NOON) == taken


def test_a_second_tab_of_the_same_person_shuts_the_first_out():
    article, editor = make.draft(), make.user("editor")
    first = locks.take(article, by=editor, at=make.NOON)

    second = locks.take(article, by=editor, at=make.NOON)

    assert first.token != second.token
    assert not locks.keep(article, token=first.token, at=make.NOON)
    assert locks.keep(article, token=second.token, at=make.NOON)


def test_a_released_article_is_free():
    article, editor = make.draft(), make.user("editor")
    lock = locks.take(article, by=editor, at=make.NOON)

    locks.release(article, token=lock.token)

    assert locks.holder(article, make.NOON) is None
    assert not locks.keep(article, token=lock.token, at=make.NOON)
