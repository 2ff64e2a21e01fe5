import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from tests import factories as make
from workflow import permissions, roles

pytestmark = pytest.mark.django_db

NAMES = ["通讯员", "记者", "编辑", "部门主任", "总编辑", "系统管理员"]


def test_each_role_of_the_file_becomes_a_group_with_its_rights():
    out = io.StringIO()

    call_command("sync_roles", stdout=out)

    assert out.getvalue() == "通讯员、记者、编辑、部门主任、总编辑、系统管理员\n"
    assert set(Group.objects.values_list("name", flat=True)) == set(NAMES)
    rights = {
        spec.name: set(
            Permission.objects.filter(
                group__name=spec.name, content_type__model="decision"
            ).values_list("codename", flat=True)
        )
        for spec in roles.all_roles()
    }
    assert rights == {
        "通讯员": {"write"},
        "记者": {"write", "see_published"},
        "编辑": {"write", "see_published", "edit_any", "review_first", "amend"},
        "部门主任": {
            *("write", "see_published", "edit_any", "review_second", "amend", "countersign"),
        },
        "总编辑": {
            *("write", "see_published", "edit_any", "review_final", "publish", "amend"),
            *("withdraw", "emergency", "countersign"),
        },
        "系统管理员": set(),
    }


def test_syncing_again_mends_the_rights_and_keeps_members_and_other_groups():
    editor = make.user("editor")
    group = editor.groups.get()
    group.permissions.clear()
    Group.objects.create(name="摄影组")

    roles.sync()

    assert permissions.rights_of(type(editor).objects.get(pk=editor.pk)) >= {"review_first"}
    assert Group.objects.filter(name="摄影组").exists()
    assert Group.objects.count() == len(NAMES) + 1


def test_only_an_administrator_deletes_anything():
    for spec in roles.all_roles():
        make.user(spec.code)
        deletes = Permission.objects.filter(
            group__name=spec.name, codename__startswith="delete_"
        ).exists()
        assert deletes is (spec.name == "系统管理员")


def test_nobody_may_change_the_record_or_what_was_published():
    roles.sync()
    models = ("decision", "revision", "edition", "withdrawal", "pictureuse", "chainhead")

    given = Permission.objects.exclude(group=None).filter(
        content_type__model__in=models, codename__regex=r"^(add|change|delete)_"
    )

    assert not given.exists()


def test_the_names_of_those_who_hold_a_right_stand_in_the_order_of_the_file():
    assert roles.names_with("countersign") == ["部门主任", "总编辑"]
    assert roles.names_with("write") == NAMES[:-1]
    assert roles.names_with("unheard_of") == []


def test_a_person_of_two_roles_is_named_with_both():
    person = make.user("editor")
    person.groups.add(Group.objects.get(name="记者"))

    assert roles.names_of(person) == "记者、编辑"
    assert roles.names_of(make.user()) == ""


def test_a_right_that_does_not_exist_is_refused_and_nothing_is_changed(
    tmp_path: Path, monkeypatch: Any
):
    roles.sync()
    before = list(Permission.objects.filter(group__isnull=False).values("group", "codename"))
    file = tmp_path / "roles.toml"
    file.write_text(
        roles.FILE.read_text(encoding="utf-8").replace('"amend"', '"amned"'), encoding="utf-8"
    )
    monkeypatch.setattr(roles, "FILE", file)
    roles.all_roles.cache_clear()

    try:
        with pytest.raises(LookupError, match=r"roles.toml: editor names a right or a model"):
            roles.sync()
    finally:
        roles.all_roles.cache_clear()

    after = list(Permission.objects.filter(group__isnull=False).values("group", "codename"))
    assert after == before
