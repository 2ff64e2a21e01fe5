"""What the database itself refuses, whoever asks it."""

import datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from articles.models import Status
from publication.models import Edition
from tests import factories as make
from workflow.models import Decision

pytestmark = pytest.mark.django_db


def execute(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE workflow_decision SET note = 'x'",
        "UPDATE workflow_decision SET note = note",
        "UPDATE workflow_decision SET by_id = NULL",
        "DELETE FROM workflow_decision",
    ],
)
def test_a_decision_is_never_changed_or_deleted(sql: str):
    make.article(Status.FIRST_REVIEW)
    before = list(Decision.objects.values())

    with pytest.raises(IntegrityError, match="a decision is never changed or deleted"):
        execute(sql)

    assert list(Decision.objects.values()) == before


@pytest.mark.parametrize(
    "column",
    [
        field.column
        for field in Edition._meta.local_concrete_fields
        if field.name not in {"id", "visible_until"}
    ],
)
def test_an_edition_is_never_changed_but_for_its_end(column: str):
    make.article(Status.PUBLISHED)
    before = list(Edition.objects.values())
    values = {
        "visible_from": "'2026-11-23 00:00:00+00:00'",
        "first_published_at": "'2020-01-01 00:00:00+00:00'",
        "created_at": "'2020-01-01 00:00:00+00:00'",
        "is_reprint": "true",
        "number": "7",
        "article_id": f"{make.draft().pk}",
        "channel_id": f"{make.channel().pk}",
    }
    json = {"bylines", "reviewers", "tags", "pictures", "corrections"}
    value = values.get(column, "'[7]'" if column in json else "'x'")

    with pytest.raises(IntegrityError, match="an edition is never changed"):
        execute(f"UPDATE publication_edition SET {column} = {value}")  # noqa: S608

    assert list(Edition.objects.values()) == before


def test_an_edition_is_never_deleted():
    make.article(Status.PUBLISHED)

    with pytest.raises(IntegrityError, match="an edition is never"):
        execute("DELETE FROM publication_edition")

    assert Edition.objects.count() == 1


def test_an_edition_is_closed_by_its_end_alone():
    make.article(Status.PUBLISHED)

    Edition.objects.update(visible_until=make.NOON)

    assert Edition.objects.get().visible_until == make.NOON


def again(edition: Edition, hours_from: int, hours_until: int | None) -> None:
    """Another edition of the same article, at so many hours from noon."""
    until = None if hours_until is None else make.NOON + hours_until * make.HOUR
    edition.pk, edition._state.adding = None, True
    edition.visible_from, edition.visible_until = make.NOON + hours_from * make.HOUR, until
    with transaction.atomic():
        edition.save()


@pytest.mark.parametrize(
    ("begins", "ends"), [(1, 4), (1, None), (2, 4), (3, 4), (2, 3), (4, 6), (4, None), (0, 3)]
)
def test_no_two_editions_of_an_article_are_visible_at_one_moment(begins: int, ends: int | None):
    make.article(Status.PUBLISHED)
    edition = Edition.objects.get()
    Edition.objects.update(visible_until=make.NOON)
    again(edition, 2, 5)

    with pytest.raises(DatabaseError, match="edition_of_an_article_is_one_at_a_time"):
        again(edition, begins, ends)

    assert Edition.objects.count() == 2


@pytest.mark.parametrize(("begins", "ends"), [(0, 1), (0, 2), (5, 6), (5, None), (3, 3), (2, 2)])
def test_editions_of_an_article_may_touch_and_cancelled_ones_lie_anywhere(
    begins: int, ends: int | None
):
    make.article(Status.PUBLISHED)
    edition = Edition.objects.get()
    Edition.objects.update(visible_until=make.NOON)
    again(edition, 2, 5)

    again(edition, begins, ends)

    assert Edition.objects.count() == 3


def test_an_edition_is_not_prolonged_into_the_next_one():
    make.article(Status.PUBLISHED)
    edition = Edition.objects.get()
    first = edition.pk
    Edition.objects.update(visible_until=make.NOON)
    again(edition, 2, None)

    for until in (None, make.NOON + 3 * make.HOUR):
        with (
            pytest.raises(DatabaseError, match="edition_of_an_article_is_one_at_a_time"),
            transaction.atomic(),
        ):
            Edition.objects.filter(pk=first).update(visible_until=until)
    Edition.objects.filter(pk=first).update(visible_until=make.NOON + 2 * make.HOUR)

    assert Edition.objects.get(pk=first).visible_until == make.NOON + 2 * make.HOUR


def test_microseconds_decide_about_an_overlap():
    make.article(Status.PUBLISHED)
    edition = Edition.objects.get()
    moment = make.NOON + datetime.timedelta(microseconds=1)
    Edition.objects.update(visible_until=moment)

    with pytest.raises(DatabaseError, match="edition_of_an_article_is_one_at_a_time"):
        again(edition, 0, 1)

    edition.visible_from, edition.visible_until = moment, None
    edition.save()
    assert Edition.objects.count() == 2


def test_editions_of_two_articles_do_not_disturb_each_other():
    for _ in range(2):
        make.article(Status.PUBLISHED)

    assert Edition.objects.visible(make.NOON).count() == 2


@pytest.mark.parametrize("table", ["workflow_decision", "publication_edition"])
def test_the_record_is_neither_replaced_nor_emptied(table: str):
    make.article(Status.PUBLISHED)
    sql = {
        "sqlite": f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",  # noqa: S608
        "postgresql": f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE",
    }[connection.vendor]

    with pytest.raises(IntegrityError, match=r"never|one_at_a_time"):
        execute(sql)

    assert Decision.objects.exists()
    assert Edition.objects.exists()
