"""What the database itself refuses, whoever asks it."""

import datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from articles.models import Article, Status
from people.models import User
from publication import rules_in_database as edition_rules
from publication.models import Edition, PictureUse, Withdrawal
from tests import factories as make
from tests.rows import everything
from workflow import rules_in_database as decision_rules
from workflow import services
from workflow.models import Decision, Revision

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


@pytest.mark.parametrize(
    ("model", "changes", "sentence"),
    [
        (
            Withdrawal,
            {"notice": "x", "at": make.NOON, "article": None},
            "a withdrawal is never changed or deleted",
        ),
        (
            PictureUse,
            {"token": "x", "edition": None},
            "the pictures of an edition are never changed or deleted",
        ),
    ],
)
def test_withdrawals_and_pictures_of_editions_stay_as_they_are(
    model: Any, changes: dict[str, Any], sentence: str
):
    make.article(Status.WITHDRAWN, lead_picture=make.picture())
    before = list(model.objects.values())
    assert before

    for field, value in changes.items():
        with pytest.raises(IntegrityError, match=sentence), transaction.atomic():
            model.objects.update(**{field: value})
    with pytest.raises(IntegrityError, match=sentence):
        execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608

    assert list(model.objects.values()) == before


REVISION_STAYS = "a revision is never changed, nor deleted once a step was taken"


@pytest.mark.parametrize(
    "column", [field.column for field in Revision._meta.local_concrete_fields if field.name != "id"]
)
def test_a_revision_is_never_changed(column: str):
    make.article(Status.FIRST_REVIEW)
    before = list(Revision.objects.values())
    values = {
        "article_id": f"{make.draft().pk}",
        "by_id": f"{make.user().pk}",
        "version": "7",
        "at": "'2020-01-01 00:00:00+00:00'",
        "content": "'[7]'",
        "printed": "'[7]'",
    }

    with pytest.raises(IntegrityError, match=REVISION_STAYS):
        execute(
            f"UPDATE workflow_revision SET {column} = {values.get(column, "'x'")} "  # noqa: S608
            f"WHERE id = {before[0]['id']}"
        )

    assert list(Revision.objects.values())[: len(before)] == before


def test_a_revision_outlives_the_account_of_who_made_it():
    article = make.article(Status.FIRST_REVIEW)
    name = article.created_by.name

    User.objects.filter(pk=article.created_by_id).delete()

    revision = Revision.objects.get()
    assert (revision.by, revision.by_name) == (None, name)


def test_a_revision_of_an_article_on_which_a_step_was_taken_is_not_deleted():
    make.article(Status.FIRST_REVIEW)

    with pytest.raises(IntegrityError, match=REVISION_STAYS), transaction.atomic():
        Revision.objects.all().delete()

    assert Revision.objects.count() == 1


def test_a_draft_that_never_took_a_step_goes_with_its_revisions():
    make.draft().delete()

    assert not Revision.objects.exists()


def test_an_article_keeps_the_time_of_its_first_publication():
    article = make.article(Status.PUBLISHED)
    first = article.first_published_at

    for time in (None, first - make.HOUR, first + datetime.timedelta(microseconds=1)):
        for status in (Status.PUBLISHED, Status.DRAFT):
            with (
                pytest.raises(IntegrityError, match="article_keeps_its_first_publication"),
                transaction.atomic(),
            ):
                Article.objects.update(first_published_at=time, status=status)
    Article.objects.update(first_published_at=first, headline="改过的标题")

    article.refresh_from_db()
    assert (article.first_published_at, article.headline) == (first, "改过的标题")


def test_the_time_of_first_publication_stays_after_the_article_left_the_site():
    make.article(Status.WITHDRAWN)

    with pytest.raises(IntegrityError, match="article_keeps_its_first_publication"):
        execute("UPDATE articles_article SET first_published_at = NULL")


def test_a_publication_that_was_called_off_in_time_leaves_no_first_one():
    article, chief = make.article(Status.APPROVED), make.user("chief_editor")
    make.take(services.schedule, article, by=chief, go_live=make.NOON + make.HOUR)

    make.take(services.unschedule, article, by=chief)
    assert article.first_published_at is None
    make.take(services.schedule, article, by=chief, go_live=make.NOON + 2 * make.HOUR)

    assert article.first_published_at == make.NOON + 2 * make.HOUR


def test_the_rules_can_be_renewed():
    """As a migration does that remakes a table."""
    for rules in (edition_rules, decision_rules):
        rules.lift(connection)
        rules.lift(connection)
        rules.install(connection)
    make.article(Status.PUBLISHED)

    for table in ("publication_edition", "workflow_decision", "workflow_revision"):
        with pytest.raises(IntegrityError, match="never"):
            execute(f"DELETE FROM {table}")  # noqa: S608


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


@pytest.mark.parametrize(
    "table",
    [rule.table for rules in (edition_rules, decision_rules) for rule in rules.KEPT],
)
def test_the_record_is_neither_replaced_nor_emptied(table: str):
    make.article(Status.WITHDRAWN, lead_picture=make.picture())
    before = everything()
    sql = {
        "sqlite": f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",  # noqa: S608
        "postgresql": f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE",
    }[connection.vendor]

    with pytest.raises(IntegrityError, match=r"never|one_at_a_time"):
        execute(sql)

    assert everything() == before
