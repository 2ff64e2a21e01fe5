import datetime

import pytest
import time_machine
from django.urls import reverse

from sources.models import ReprintPermission, Source
from tests import factories as make
from tests.desk import desk

pytestmark = pytest.mark.django_db


def typed(source, **permission):
    prefix = "permissions"
    return {
        "name": source.name,
        "home_url": "",
        f"{prefix}-TOTAL_FORMS": 1,
        f"{prefix}-INITIAL_FORMS": 0,
        **{f"{prefix}-0-{name}": value for name, value in permission.items()},
    }


def test_a_chief_editor_dates_a_permission_to_reprint():
    source = make.source("新华社")

    desk(make.user("chief_editor")).post(
        reverse("admin:sources_source_change", args=[source.pk]),
        typed(source, starts="2025-06-01", ends="", basis="2025年版稿源单位名单"),
    )

    permission = ReprintPermission.objects.get(source=source)
    assert (permission.starts, permission.ends) == (datetime.date(2025, 6, 1), None)


def test_a_permission_that_ends_before_it_starts_is_refused():
    source = make.source("新华社")

    response = desk(make.user("chief_editor")).post(
        reverse("admin:sources_source_change", args=[source.pk]),
        typed(source, starts="2025-06-01", ends="2025-05-31"),
    )

    assert response.status_code == 200
    assert not ReprintPermission.objects.exists()


def test_the_list_says_what_may_be_reprinted_today():
    allowed, lapsed = make.source("新华社"), make.source("旧报")
    today = make.NOON.date()
    ReprintPermission.objects.create(source=allowed, starts=today)
    ReprintPermission.objects.create(
        source=lapsed, starts=datetime.date(2020, 1, 1), ends=today - datetime.timedelta(days=1)
    )

    with time_machine.travel(make.NOON, tick=False):
        response = desk(make.user("chief_editor")).get(reverse("admin:sources_source_changelist"))

    rows = {row.name: bool(row.in_force) for row in response.context["cl"].result_list}
    assert rows == {"新华社": True, "旧报": False}


@pytest.mark.parametrize("role", ["correspondent", "reporter", "editor", "section_head"])
def test_sources_are_kept_by_chief_editor_and_administrator_alone(role):
    client = desk(make.user(role))
    source = make.source()

    assert client.get(reverse("admin:sources_source_changelist")).status_code == 403
    where = reverse("admin:sources_source_change", args=[source.pk])
    assert client.post(where, typed(source, starts="2025-06-01")).status_code == 403
    assert Source.objects.count() == 1 and not ReprintPermission.objects.exists()
