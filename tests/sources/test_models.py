import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from sources.models import ReprintPermission, Source
from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 11, 23)
ONE = datetime.timedelta(days=1)


def refused_everywhere(row: Any) -> list[str]:
    """The sentences that a form shows; the database refuses the row as well."""
    with pytest.raises(ValidationError) as refusal:
        row.full_clean()
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save()
    return refusal.value.messages


def permitted(source: Source, starts: datetime.date, ends: datetime.date | None) -> None:
    ReprintPermission.objects.create(source=source, starts=starts, ends=ends)


def test_our_own_source_is_one():
    make.own_source()

    assert refused_everywhere(Source(name="另一家", is_own=True)) == [
        "已经有一个来源标为本中心了。"
    ]


def test_a_source_needs_a_name():
    assert refused_everywhere(Source(name="")) == ["此字段不能为空。"]


def test_a_source_is_named_once():
    make.source("新华社")

    refused_everywhere(Source(name="新华社"))


def test_a_home_page_is_an_address():
    with pytest.raises(ValidationError):
        Source(name="新华社", home_url="javascript:alert(1)").full_clean()


def test_a_permission_does_not_end_before_it_begins():
    row = ReprintPermission(source=make.source(), starts=DAY, ends=DAY - ONE)

    assert refused_everywhere(row) == ["截止日不能早于起始日。"]


def test_a_permission_may_last_one_day():
    ReprintPermission(source=make.source(), starts=DAY, ends=DAY).full_clean()


def test_a_source_has_one_permission_from_one_day_on():
    source = make.source()
    permitted(source, DAY, None)

    assert refused_everywhere(ReprintPermission(source=source, starts=DAY)) == [
        "该来源从这一天起已有一项许可。"
    ]


@pytest.mark.parametrize(
    ("on", "may"),
    [
        (DAY - ONE, False),
        (DAY, True),
        (DAY + ONE, True),
        (DAY + 2 * ONE, False),
        (DAY + 3 * ONE, True),
        (DAY + 999 * ONE, True),
    ],
)
def test_first_and_last_day_of_a_permission_count(on: datetime.date, may: bool):
    source = make.source()
    permitted(source, DAY, DAY + ONE)
    permitted(source, DAY + 3 * ONE, None)

    assert source.may_be_reprinted(on) is may


def test_the_permission_of_one_source_is_no_other_ones():
    permitted(make.source(), DAY, None)

    assert not make.source().may_be_reprinted(DAY)


def test_our_own_copy_needs_no_permission():
    assert make.own_source().may_be_reprinted(DAY)


def test_rows_are_found_by_their_names():
    source = make.source("新华社")
    permitted(source, DAY, None)
    row = ReprintPermission.objects.get()

    assert Source.objects.get_by_natural_key("新华社") == source
    assert ReprintPermission.objects.get_by_natural_key("新华社", "2026-11-23") == row
    assert row.natural_key() == ("新华社", "2026-11-23")
