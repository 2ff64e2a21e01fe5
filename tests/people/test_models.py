from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.models import ProtectedError

from people.models import Contributor, Unit, User, unpadded
from tests import factories as make

pytestmark = pytest.mark.django_db


def refused_everywhere(row: Any) -> list[str]:
    """The sentences that a form shows; the database refuses the row as well."""
    with pytest.raises(ValidationError) as refusal:
        row.full_clean()
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save()
    return refusal.value.messages


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("魏　倩", "魏倩"),
        (" 魏 倩 ", "魏倩"),
        ("欧阳　修文", "欧阳修文"),
        ("阿依古丽 · 买买提", "阿依古丽·买买提"),
        ("John  Smith", "John Smith"),
        ("县委 A 组", "县委 A 组"),
        ("\u3000", ""),
    ],
)
def test_padding_between_the_characters_of_a_name_is_not_stored(typed: str, stored: str):
    assert unpadded(typed) == stored
    assert unpadded(stored) == stored


def test_names_are_stored_unpadded():
    user = User(username="weiqian", name="魏　倩", password="x")
    person = Contributor(name="魏　倩")
    user.full_clean()
    person.full_clean()

    assert user.name == person.name == "魏倩"


def test_an_account_shows_the_real_name_and_never_the_login_name():
    user = make.user(name="魏倩", username="weiqian01")

    assert str(user) == user.get_full_name() == user.get_short_name() == "魏倩"


def test_an_account_needs_a_real_name():
    user = User(username="weiqian", password="x", name="")

    assert refused_everywhere(user) == ["此字段不能为空。"]


def test_a_contributor_is_named_once_in_a_unit():
    unit = make.unit()
    make.contributor("魏倩", unit=unit)
    make.contributor("魏倩", unit=make.unit())

    assert refused_everywhere(Contributor(name="魏倩", unit=unit)) == ["该单位已有同名作者。"]


def test_a_contributor_without_a_unit_is_named_once():
    make.contributor("魏倩", unit=make.unit())
    make.contributor("魏倩")

    assert refused_everywhere(Contributor(name="魏倩")) == ["已有一位未填单位的同名作者。"]


def test_a_padded_name_is_the_same_name():
    make.contributor("魏倩")

    with pytest.raises(ValidationError, match="已有一位未填单位的同名作者。"):
        Contributor(name="魏　倩").full_clean()


def test_a_contributor_needs_a_name():
    assert refused_everywhere(Contributor(name="")) == ["此字段不能为空。"]


def test_an_account_belongs_to_one_contributor():
    user = make.user()
    make.contributor(user=user)

    refused_everywhere(Contributor(name="另一人", user=user))


def test_a_unit_is_named_once():
    make.unit("县农业农村局")

    refused_everywhere(Unit(name="县农业农村局"))


def test_a_unit_with_contributors_is_not_deleted():
    unit = make.unit()
    make.contributor(unit=unit)

    with pytest.raises(ProtectedError):
        unit.delete()


def test_deleting_an_account_keeps_the_contributor():
    user = make.user()
    person = make.contributor(user=user)

    user.delete()

    person.refresh_from_db()
    assert person.user is None


def test_contributors_are_found_by_name_and_unit():
    unit = make.unit("县农业农村局")
    here, alone = make.contributor("魏倩", unit=unit), make.contributor("魏倩")

    for person in (here, alone):
        assert Contributor.objects.get_by_natural_key(*person.natural_key()) == person
    assert Unit.objects.get_by_natural_key(*unit.natural_key()) == unit


def test_only_active_contributors_are_offered():
    active = make.contributor()
    make.contributor(is_active=False)

    assert list(Contributor.objects.active()) == [active]


def test_a_contributor_is_shown_with_the_short_name_of_the_unit():
    unit = make.unit("县农业农村局", short_name="农业局")

    assert str(make.contributor("魏倩", unit=unit)) == "魏倩（农业局）"
    assert str(make.contributor("魏倩", unit=make.unit("县委"))) == "魏倩（县委）"
    assert str(make.contributor("魏倩")) == "魏倩"
