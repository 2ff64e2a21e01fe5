"""What the earlier system had of an article that was imported, and what reading made of it."""

import zlib

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Status
from legacy.records import Format
from publication.models import Edition


class OriginalQuerySet(models.QuerySet["Original"]):
    def waiting(self) -> "OriginalQuerySet":
        """Those whose article waits in the queue of imported drafts."""
        return self.filter(~_was_on_the_site(), is_held=True, article__status=Status.DRAFT)

    def accepted(self) -> "OriginalQuerySet":
        """Those whose article was held, and is or was on the site since."""
        return self.filter(_was_on_the_site(), is_held=True)

    def dismissed(self) -> "OriginalQuerySet":
        """Those whose article was held and is in the bin."""
        return self.filter(~_was_on_the_site(), is_held=True, article__status=Status.SPIKED)


class Original(models.Model):
    """The record that an article was imported from.

    JSON shapes: `changes` is a list of {field, start, end, before, after, rule}, places in the
    text as it was read (`before`, by field); `marks` of {field, start, end, reason}, places in the
    text as it was imported; `doubts` of {field, sentence}; `confidence` maps fields to 0..1;
    `missing_pictures` is a list of names; `facts` is {status, published_at, visible_until,
    corrections, notice}, times in ISO 8601, without what the record did not say.
    """

    class Standing(models.TextChoices):
        """What became of the article as far as the import goes."""

        ADMITTED = "admitted", _("admitted")
        WAITING = "waiting", _("waiting to be checked")
        ACCEPTED = "accepted", _("accepted")
        DISMISSED = "dismissed", _("dismissed")

    FORMATS = (
        (Format.SAVED_TEXT.value, _("saved text")),
        (Format.PAGE.value, _("web page")),
        (Format.JSON_LINES.value, "JSON Lines"),
        (Format.CSV.value, "CSV"),
        (Format.XLSX.value, "XLSX"),
        (Format.WORDPRESS.value, "WordPress"),
    )

    article = models.OneToOneField(
        Article, verbose_name=_("article"), on_delete=models.CASCADE, related_name="original"
    )
    file = models.CharField(_("file"), max_length=500)
    place = models.CharField(_("place in the file"), max_length=40, blank=True)
    format = models.CharField(_("format"), max_length=12, choices=FORMATS)
    sha256 = models.CharField("SHA-256", max_length=64)
    data = models.BinaryField(_("original bytes, compressed"), blank=True, default=b"")
    changes = models.JSONField(_("changes of the repair"), default=list, blank=True)
    marks = models.JSONField(_("places left undecided"), default=list, blank=True)
    doubts = models.JSONField(_("doubts"), default=list, blank=True)
    confidence = models.JSONField(_("confidence"), default=dict, blank=True)
    missing_pictures = models.JSONField(_("missing pictures"), default=list, blank=True)
    before = models.JSONField(_("texts before the repair"), default=dict, blank=True)
    facts = models.JSONField(_("publication in the earlier system"), default=dict, blank=True)
    is_held = models.BooleanField(
        _("held for checking"),
        default=False,
        help_text=_("It came in as a draft that somebody must accept."),
    )
    version = models.PositiveIntegerField(
        _("version"), help_text=_("The article's, when it was last imported.")
    )
    read_at = models.DateTimeField(_("read at"))

    objects = OriginalQuerySet.as_manager()

    class Meta:
        verbose_name = _("import to check")
        verbose_name_plural = _("imports to check")
        ordering = ["file", "id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["file"], condition=models.Q(is_held=True), name="original_held"),
        ]

    def __str__(self) -> str:
        return f"{self.file} : {self.place}" if self.place else self.file

    @property
    def standing(self) -> Standing:
        """What became of the article: it says so itself."""
        if not self.is_held:
            return self.Standing.ADMITTED
        if self.article.editions.exists():
            return self.Standing.ACCEPTED
        if self.article.status == Status.SPIKED:
            return self.Standing.DISMISSED
        return self.Standing.WAITING

    @property
    def raw(self) -> bytes:
        """The record's bytes as they were read; empty where they were not kept."""
        return zlib.decompress(self.data) if self.data else b""


def _was_on_the_site() -> Exists:
    return Exists(Edition.objects.filter(article=OuterRef("article")))
