"""Where copy comes from, and from when until when it may be reprinted."""

import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class SourceManager(models.Manager["Source"]):
    def get_by_natural_key(self, name: str) -> "Source":
        return self.get(name=name)


class Source(models.Model):
    """The outlet a piece of copy comes from: our own center, a news agency, another paper."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    home_url = models.URLField(_("home page"), blank=True)
    is_own = models.BooleanField(
        _("our own"), default=False, help_text=_("The center itself. Its copy needs no permission.")
    )

    objects = SourceManager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["-is_own", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_own"],
                condition=Q(is_own=True),
                name="source_of_our_own_is_one",
                violation_error_message=_("There already is a source marked as our own."),
            ),
            models.CheckConstraint(
                name="source_has_a_name",
                condition=~Q(name=""),
                violation_error_message=_("A source needs a name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.name,)

    def may_be_reprinted(self, on: datetime.date) -> bool:
        """Whether copy of this source may be published on the day `on` (Asia/Shanghai)."""
        return self.is_own or self.permissions.in_force(on).exists()


class ReprintPermissionQuerySet(models.QuerySet["ReprintPermission"]):
    def in_force(self, on: datetime.date) -> "ReprintPermissionQuerySet":
        return self.filter(starts__lte=on).filter(Q(ends=None) | Q(ends__gte=on))

    def get_by_natural_key(self, source: str, starts: str) -> "ReprintPermission":
        return self.get(source__name=source, starts=starts)


class ReprintPermission(models.Model):
    """A time in which copy of a source may be reprinted; both days count.

    The national list of permitted units is re-issued every few years, so permission is dated
    (互联网新闻信息服务管理规定, article 15).
    """

    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.CASCADE, related_name="permissions"
    )
    starts = models.DateField(_("first day"))
    ends = models.DateField(_("last day"), null=True, blank=True)
    basis = models.CharField(
        _("basis"),
        max_length=120,
        blank=True,
        help_text=_("List, contract or letter, with its date."),
    )

    objects = ReprintPermissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("permission to reprint")
        verbose_name_plural = _("permissions to reprint")
        ordering = ["source", "-starts"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "starts"],
                name="permission_of_a_source_starts_once_a_day",
                violation_error_message=_("This source already has a permission from that day on."),
            ),
            models.CheckConstraint(
                name="permission_ends_after_it_starts",
                condition=Q(ends=None) | Q(ends__gte=F("starts")),
                violation_error_message=_("The last day must not be before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.starts}–{self.ends or ''}"

    def natural_key(self) -> tuple[str, str]:
        return (self.source.name, self.starts.isoformat())

    natural_key.dependencies = ["sources.source"]  # type: ignore[attr-defined]
