"""Roles from one data file, kept as groups."""

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

from people.models import User

FILE = Path(__file__).with_name("roles.toml")


@dataclass(frozen=True, slots=True)
class RoleSpec:
    """One role of roles.toml; `name` is the group's name."""

    code: str
    name: str
    rights: frozenset[str]
    manage: frozenset[str] = frozenset()
    administer: frozenset[str] = frozenset()


@functools.cache
def all_roles() -> tuple[RoleSpec, ...]:
    """The roles in the order of the file."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["role"]
    return tuple(
        RoleSpec(
            code=row["code"],
            name=row["name"],
            rights=frozenset(row["rights"]),
            manage=frozenset(row.get("manage", ())),
            administer=frozenset(row.get("administer", ())),
        )
        for row in rows
    )


def names_with(right: str) -> list[str]:
    """The names of the roles that hold a right, in the order of the file."""
    return [role.name for role in all_roles() if right in role.rights]


@transaction.atomic
def sync() -> list[Group]:
    """Make the groups say what the file says. Other groups and everybody's membership stay."""
    groups = []
    for role in all_roles():
        group, _ = Group.objects.get_or_create(name=role.name)
        group.permissions.set(_permissions(role))
        groups.append(group)
    return groups


def names_of(user: User) -> str:
    """The roles of a person as they are copied into the record, joined by 、."""
    held = set(user.groups.values_list("name", flat=True))
    return "、".join(role.name for role in all_roles() if role.name in held)


def _permissions(role: RoleSpec) -> list[Permission]:
    wanted = Q(content_type__app_label="workflow", codename__in=role.rights)
    for models, deeds in (
        (role.manage, ("view", "add", "change")),
        (role.administer, ("view", "add", "change", "delete")),
    ):
        for label in models:
            app, model = label.split(".")
            wanted |= Q(
                content_type__app_label=app, codename__in=[f"{deed}_{model}" for deed in deeds]
            )
    permissions = list(Permission.objects.filter(wanted))
    expected = len(role.rights) + 3 * len(role.manage) + 4 * len(role.administer)
    if len(permissions) != expected:
        raise LookupError(f"roles.toml: {role.code} names a right or a model that does not exist.")
    return permissions
