"""Who we are: accounts of the desk, units, and the people and units that are credited."""

import re
from typing import ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

CJK_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·\s]+")


def unpadded(name: str) -> str:
    """A person's or unit's name as it is stored.

    Newspapers pad names of two characters with a space (魏　倩); stored names carry none.
    Spaces inside names in other scripts are kept, runs of them become one.
    """
    name = name.strip()
    return re.sub(r"\s+", "" if CJK_NAME.fullmatch(name) else " ", name)


class User(AbstractUser):
    """An account of the desk. `name` is the person's real name; the login name never prints."""

    name = models.CharField(
        _("name"), max_length=40, help_text=_("Real name, as it is printed under articles.")
    )
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager[Self]] = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                name="user_has_a_real_name",
                condition=~Q(name=""),
                violation_error_message=_("An account needs the person's real name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        self.name = unpadded(self.name)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class UnitManager(models.Manager["Unit"]):
    def get_by_natural_key(self, name: str) -> "Unit":
        return self.get(name=name)


class Unit(models.Model):
    """A desk of the center, or the department or township a contributor belongs to."""

    class Kind(models.TextChoices):
        DESK = "desk", _("desk of the center")
        DEPARTMENT = "department", _("department")
        TOWNSHIP = "township", _("township")
        OTHER = "other", _("other unit")

    name = models.CharField(_("name"), max_length=60, unique=True)
    short_name = models.CharField(_("short name"), max_length=20, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.DEPARTMENT)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    objects = UnitManager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["kind", "order", "name"]

    def __str__(self) -> str:
        return self.short_name or self.name

    def natural_key(self) -> tuple[str]:
        return (self.name,)


class ContributorQuerySet(models.QuerySet["Contributor"]):
    def active(self) -> "ContributorQuerySet":
        return self.filter(is_active=True)

    def get_by_natural_key(self, name: str, unit: str) -> "Contributor":
        return self.get(name=name, unit__name=unit) if unit else self.get(name=name, unit=None)


class Contributor(models.Model):
    """A person or unit that is credited under articles; needs no account."""

    name = models.CharField(_("name"), max_length=60, db_index=True)
    unit = models.ForeignKey(
        Unit,
        verbose_name=_("unit"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contributors",
    )
    is_unit = models.BooleanField(
        _("is a unit"), default=False, help_text=_("The unit itself is credited, not a person.")
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Inactive people cannot be put under new articles.")
    )
    user = models.OneToOneField(
        User,
        verbose_name=_("account"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="contributor",
    )

    objects = ContributorQuerySet.as_manager()

    class Meta:
        verbose_name = _("contributor")
        verbose_name_plural = _("contributors")
        ordering = ["name", "unit__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "unit"],
                name="contributor_is_named_once_in_a_unit",
                violation_error_message=_("This unit already has a contributor of this name."),
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(unit=None),
                name="contributor_without_unit_is_named_once",
                violation_error_message=_(
                    "There already is a contributor of this name without a unit."
                ),
            ),
            models.CheckConstraint(
                name="contributor_has_a_name",
                condition=~Q(name=""),
                violation_error_message=_("A contributor needs a name."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.unit}）" if self.unit else self.name

    def natural_key(self) -> tuple[str, str]:
        return (self.name, self.unit.name if self.unit else "")

    natural_key.dependencies = ["people.unit"]  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        self.name = unpadded(self.name)
