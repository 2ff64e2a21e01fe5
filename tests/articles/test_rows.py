import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from articles import rows
from articles.models import Article, Byline, Channel, Status
from legacy.models import Original
from publication.models import Edition
from tests import factories as make
from workflow.models import Decision, Revision

pytestmark = pytest.mark.django_db

MANY = rows.FEW + 5
NASTY = [
    "",
    "甲\\乙",
    "\\N",
    "\\.",
    "甲\t乙",
    "甲\r\n乙\n",
    "“引号”'\"",
    "null",
    "{}",
    "\\x00",
    "é😀〓",
    " 首尾 ",
]


def articles(count: int = MANY, **fields: object) -> list[Article]:
    made = [Article(number=place + 1, **fields) for place in range(count)]
    rows.add(made)
    return made


@pytest.mark.parametrize("count", [1, MANY])
def test_rows_get_their_ids_and_defaults(count):
    made = articles(count)

    assert [row.pk for row in made] == list(
        Article.objects.order_by("number").values_list("pk", flat=True)
    )
    stored = Article.objects.get(number=count)
    assert stored.status == Status.DRAFT
    assert stored.has_dateline is True
    assert stored.channel is None
    assert stored.created_at == stored.updated_at or stored.created_at < stored.updated_at
    assert not made[0]._state.adding


@pytest.mark.parametrize("text", NASTY)
def test_any_text_comes_back_as_it_was(text):
    made = [Article(number=place + 1, headline=text, body=text * 2) for place in range(MANY)]

    rows.add(made)

    assert set(Article.objects.values_list("headline", "body")) == {(text, text * 2)}


def test_json_bytes_and_times_come_back_as_they_were():
    of = articles()
    facts = {"文": ["\\", "甲\n\t乙", None, 1.5, True, {}], "\\u": "\u2028"}
    moment = datetime.datetime(2023, 8, 23, 21, 21, 48, 123456, tzinfo=make.SHANGHAI)

    rows.add(
        [
            Original(
                article=article,
                file="甲",
                format="page",
                sha256="0" * 64,
                data=bytes(range(256)),
                confidence=facts,
                version=1,
                read_at=moment,
            )
            for article in of
        ]
    )

    for original in Original.objects.all():
        assert bytes(original.data) == bytes(range(256))
        assert original.confidence == facts
        assert original.changes == []
        assert original.before == {}
        assert original.read_at == moment


def test_a_control_character_is_refused_or_kept_and_never_a_wrong_row():
    made = [Article(number=place + 1, headline="甲\x01乙\x02") for place in range(MANY)]

    if connection.vendor == "postgresql":
        with pytest.raises(ValueError, match="control characters"), transaction.atomic():
            rows.add(made)
        assert not Article.objects.exists()
    else:
        rows.add(made)
        assert set(Article.objects.values_list("headline", flat=True)) == {"甲\x01乙\x02"}


@pytest.mark.postgres_only
def test_an_interruption_stays_one(monkeypatch):
    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(rows, "_json", interrupt)

    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        rows.add([Original() for _ in range(MANY)])


def test_what_the_database_refuses_is_an_error_of_django():
    made = [Article(number=7) for _ in range(MANY)]

    with pytest.raises(DatabaseError), transaction.atomic():
        rows.add(made)

    assert not Article.objects.exists()


def test_no_rows_are_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        rows.add([])


@pytest.mark.parametrize("model", [Article, Byline, Channel, Edition, Decision, Revision, Original])
def test_a_row_made_quickly_is_the_one_made_slowly(model):
    slow, quick = model(), rows.made(model)

    assert quick.__dict__.keys() == slow.__dict__.keys()
    for field in model._meta.concrete_fields:
        assert getattr(quick, field.attname) == getattr(slow, field.attname)


def test_long_texts_are_compressed_quickly_where_the_server_can():
    rows.compress_quickly()

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW default_toast_compression")
            assert cursor.fetchone()[0] in {"lz4", "pglz"}
