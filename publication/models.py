"""What readers get: editions of articles, the renditions of their pictures, notices, identity."""

import datetime
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from django.db import connections, models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import repercent_broken_unicode
from django.utils.translation import gettext_lazy as _

from articles.models import AUTHOR_ROLES, Article, Channel, Role, Status
from articles.text import paragraphs

# The by-line roles that say of legacy articles what the record says of ours.
LEGACY_STAGES = {
    Role.FIRST_REVIEWER: Status.FIRST_REVIEW,
    Role.SECOND_REVIEWER: Status.SECOND_REVIEW,
    Role.FINAL_REVIEWER: Status.FINAL_REVIEW,
}
TEASER_LENGTH = 120  # characters


class Signature(NamedTuple):
    """Who gave one of the reviews, as a page prints it."""

    stage: str
    name: str


class Notice(NamedTuple):
    """What was corrected, and when."""

    at: datetime.datetime
    note: str


class EditionQuerySet(models.QuerySet["Edition"]):
    def visible(self, at: datetime.datetime) -> "EditionQuerySet":
        """Those that readers see at the moment `at`."""
        return self.filter(visible_from__lte=at).filter(
            Q(visible_until=None) | Q(visible_until__gt=at)
        )

    def scheduled(self, at: datetime.datetime) -> "EditionQuerySet":
        """Those whose time has not come at `at`, but for cancelled ones."""
        return self.filter(visible_from__gt=at).not_cancelled()

    def not_cancelled(self) -> "EditionQuerySet":
        return self.filter(Q(visible_until=None) | Q(visible_until__gt=F("visible_from")))

    def newest_first(self) -> "EditionQuerySet":
        return self.order_by("-first_published_at", "-number")

    def oldest_first(self) -> "EditionQuerySet":
        return self.order_by("first_published_at", "number")

    def first_of_each(self, channels: Iterable[int], count: int) -> "EditionQuerySet":
        """The first `count` of each channel, by id, in the order of this query.

        Asks at once, in one query, which these are: it walks the channel index once a channel,
        however many editions there are, where a filter for several channels would read and sort
        all of theirs.
        """
        parts: list[models.QuerySet[Any, Any]] = [
            self.filter(channel=channel).values("pk")[:count] for channel in channels
        ]
        if not parts:
            return self.none()
        if not connections[self.db].features.supports_slicing_ordering_in_compound:
            # SQLite takes a limit only inside a part of its own.
            parts = [
                self.model.objects.filter(pk__in=part).order_by().values("pk") for part in parts
            ]
        chosen = parts[0].union(*parts[1:], all=True).order_by() if parts[1:] else parts[0]
        ids = [row["pk"] for row in chosen]
        return self.model.objects.filter(pk__in=ids).order_by(*self.query.order_by)

    def before(self, moment: datetime.datetime, number: int) -> "EditionQuerySet":
        """Those that stand after the place (moment, number) in `newest_first` order."""
        return self.filter(first_published_at__lte=moment).filter(
            Q(first_published_at__lt=moment) | Q(number__lt=number)
        )

    def after(self, moment: datetime.datetime, number: int) -> "EditionQuerySet":
        """Those that stand before the place (moment, number) in `newest_first` order."""
        return self.filter(first_published_at__gte=moment).filter(
            Q(first_published_at__gt=moment) | Q(number__gt=number)
        )

    def for_lists(self) -> "EditionQuerySet":
        """Without the body, with the channel."""
        return self.select_related("channel__parent").defer("body")


class Edition(models.Model):
    """Exactly what readers saw of one article, from when until when.

    Public while `visible_from <= at < visible_until`. Never changed but for `visible_until`,
    never deleted; the database refuses both. One called off before its time keeps its row with
    `visible_until = visible_from`: it was never visible.

    JSON shapes: `bylines` is a list of {contributor, name, unit, role}; `reviewers` a list of
    {stage, name} in signing order; `corrections` a list of {at (ISO 8601), note}, oldest first;
    `tags` a list of names; `pictures` maps the SHA-256 of an original to {alt, caption, credit,
    width, height, focal: [x, y], renditions}, where a rendition is {name, mime, width, height}.
    """

    article = models.ForeignKey(
        Article, verbose_name=_("article"), on_delete=models.PROTECT, related_name="editions"
    )
    number = models.PositiveBigIntegerField(_("number"))
    visible_from = models.DateTimeField(_("visible from"))
    visible_until = models.DateTimeField(_("visible until"), null=True, blank=True)
    first_published_at = models.DateTimeField(_("first published at"))
    created_at = models.DateTimeField(_("made at"))
    fingerprint = models.CharField(_("fingerprint"), max_length=64)

    kicker = models.CharField(_("kicker"), max_length=80, blank=True)
    headline = models.CharField(_("headline"), max_length=120)
    subtitle = models.CharField(_("subtitle"), max_length=120, blank=True)
    short_headline = models.CharField(_("short headline"), max_length=40, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    body = models.TextField(_("body"))
    dateline = models.TextField(_("dateline"), blank=True)
    channel = models.ForeignKey(
        Channel, verbose_name=_("channel"), on_delete=models.PROTECT, related_name="editions"
    )
    source_name = models.CharField(_("source"), max_length=60)
    source_url = models.URLField(_("home page of the source"), blank=True)
    is_reprint = models.BooleanField(_("reprint"), default=False)
    original_headline = models.CharField(_("original headline"), max_length=200, blank=True)
    original_author = models.CharField(_("original author"), max_length=100, blank=True)
    original_url = models.URLField(_("original address"), max_length=500, blank=True)
    bylines = models.JSONField(_("by-lines"), default=list)
    responsible_editor = models.CharField(_("responsible editor"), max_length=60, blank=True)
    reviewers = models.JSONField(_("reviewers"), default=list)
    tags = models.JSONField(_("tags"), default=list)
    lead_picture = models.CharField(_("lead picture"), max_length=64, blank=True)
    pictures = models.JSONField(_("pictures"), default=dict)
    corrections = models.JSONField(_("correction notices"), default=list)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["-visible_from", "-id"]
        indexes = [
            models.Index(fields=["number", "-visible_from"], name="edition_by_number"),
            models.Index(fields=["-first_published_at", "-number"], name="edition_by_time"),
            models.Index(
                fields=["channel", "-first_published_at", "-number"], name="edition_by_channel"
            ),
            models.Index(fields=["article", "-visible_from"], name="edition_by_article"),
        ]
        constraints = [
            models.CheckConstraint(
                name="edition_ends_after_it_begins",
                condition=Q(visible_until=None) | Q(visible_until__gte=F("visible_from")),
                violation_error_message=_("The take-down time must not be before going live."),
            ),
            models.CheckConstraint(
                name="edition_is_not_visible_before_first_publication",
                condition=Q(visible_from__gte=F("first_published_at")),
                violation_error_message=_(
                    "An edition cannot be older than its article's publication."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        day = timezone.localtime(self.first_published_at)
        return reverse(
            "article",
            kwargs={
                "year": f"{day.year:04}",
                "month": f"{day.month:02}",
                "day": f"{day.day:02}",
                "number": self.number,
            },
        )

    @property
    def is_cancelled(self) -> bool:
        """Whether it was called off before anybody could see it."""
        return self.visible_until == self.visible_from

    @property
    def list_headline(self) -> str:
        """The headline for lists."""
        return self.short_headline or self.headline

    @property
    def lead(self) -> dict[str, Any] | None:
        """The lead picture's record out of `pictures`."""
        return self.pictures.get(self.lead_picture)

    @property
    def shows_lead(self) -> bool:
        """Whether the lead picture stands above the text, and not in it."""
        return self.lead is not None and f"/picture/{self.lead_picture}" not in self.body

    @property
    def teaser(self) -> str:
        """The summary, or else the beginning of the text."""
        text = self.summary or next(iter(paragraphs(self.body)), "")
        return text if len(text) <= TEASER_LENGTH else f"{text[: TEASER_LENGTH - 1]}…"

    @property
    def authors(self) -> list[str]:
        """The names of those who made the piece, each once, in the order of the by-line."""
        return self._credited(*AUTHOR_ROLES)

    @property
    def proofreaders(self) -> list[str]:
        """The names of those who read the proofs."""
        return self._credited(Role.PROOFREADER)

    @property
    def signatures(self) -> list[Signature]:
        """Who reviewed the piece, as the record has it, or the by-line of a legacy article."""
        if self.reviewers:
            signed = [(Status(row["stage"]), row["name"]) for row in self.reviewers]
        else:
            signed = [
                (stage, name)
                for role, stage in LEGACY_STAGES.items()
                for name in self._credited(role)
            ]
        words = {
            Status.FIRST_REVIEW: _("First review"),
            Status.SECOND_REVIEW: _("Second review"),
            # The last is called the third only where it was.
            Status.FINAL_REVIEW: _("Third review") if len(signed) > 2 else _("Final review"),
        }
        return [Signature(str(words[stage]), name) for stage, name in signed]

    @property
    def notices(self) -> list[Notice]:
        """The correction notices, oldest first."""
        return [
            Notice(datetime.datetime.fromisoformat(row["at"]), row["note"])
            for row in self.corrections
        ]

    def is_visible(self, at: datetime.datetime) -> bool:
        """Whether readers see it at `at`."""
        return self.visible_from <= at and (self.visible_until is None or at < self.visible_until)

    def _credited(self, *roles: Role) -> list[str]:
        return list(dict.fromkeys(row["name"] for row in self.bylines if row["role"] in roles))


class PictureUseQuerySet(models.QuerySet["PictureUse"]):
    def visible(self, at: datetime.datetime) -> "PictureUseQuerySet":
        """Those by an edition that is visible at `at`."""
        return self.filter(edition__visible_from__lte=at).filter(
            Q(edition__visible_until=None) | Q(edition__visible_until__gt=at)
        )

    def needed(self, at: datetime.datetime) -> "PictureUseQuerySet":
        """Those by an edition that is visible at `at` or will be."""
        return self.filter(
            Q(edition__visible_until=None)
            | Q(edition__visible_until__gt=at)
            & Q(edition__visible_until__gt=F("edition__visible_from"))
        )


class PictureUse(models.Model):
    """One picture in one edition: its renditions are public while the edition is.

    `token` begins the file name of each rendition (publication/renditions.py).
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="picture_uses")
    token = models.CharField(max_length=32, db_index=True)

    objects = PictureUseQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture in an edition")
        verbose_name_plural = _("pictures in editions")
        constraints = [
            models.UniqueConstraint(fields=["edition", "token"], name="picture_is_used_once"),
        ]

    def __str__(self) -> str:
        return self.token


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    def standing(self, number: int) -> "Withdrawal | None":
        """The last withdrawal of the article of this number, if it was ever withdrawn."""
        return self.filter(article__number=number).order_by("-at", "-id").first()


class Withdrawal(models.Model):
    """The notice that readers find in place of an article taken off the site."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="withdrawals")
    at = models.DateTimeField(_("at"))
    notice = models.TextField(_("notice for the public"), max_length=500, blank=True)

    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.article} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"


class OldAddressQuerySet(models.QuerySet["OldAddress"]):
    def number_at(self, path: str, query: str = "") -> int | None:
        """The number of the article that had this address, and the one with the query before the
        one without; None where none had. `path` is decoded, `query` as the browser sent it."""
        whole = f"{path}{OldAddress.as_stored(f'?{query}')}" if query else path
        # The front page is today's, whatever it was.
        asked = {whole, path} - {"/"}
        if "\0" in whole:
            return None
        found = dict(self.filter(path__in=asked).values_list("path", "number"))
        return found.get(whole) or found.get(path)


class OldAddress(models.Model):
    """What an earlier system called an article, where that does not end in the article's number.

    `path` is in the form that `as_stored` gives.
    """

    path = models.CharField(_("path"), max_length=500, unique=True)
    number = models.PositiveBigIntegerField(_("number"), db_index=True)

    objects = OldAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")
        default_permissions = ()

    def __str__(self) -> str:
        return self.path

    @staticmethod
    def as_stored(address: str) -> str:
        """Path and query without the fragment and without percent signs, as a browser asks for
        them; bytes that are no UTF-8 stay in percent signs, and a plus sign in a query is the blank
        that forms write with it."""
        path, _mark, query = address.partition("#")[0].partition("?")
        plain, asked = (
            repercent_broken_unicode(unquote_to_bytes(part.encode(errors="surrogatepass"))).decode()
            for part in (path, query)
        )
        return f"{plain}?{asked.replace('+', ' ')}" if asked else plain


class Identity(models.Model):
    """The one row that says who publishes the site."""

    name = models.CharField(_("name of the site"), max_length=40)
    slogan = models.CharField(_("slogan"), max_length=80, blank=True)
    organiser = models.CharField(_("run by"), max_length=120, blank=True)
    rights_own = models.TextField(_("rights line of our own copy"), max_length=300, blank=True)
    rights_reprint = models.TextField(_("rights line of reprints"), max_length=300, blank=True)
    report_phone = models.CharField(_("report telephone"), max_length=40, blank=True)
    report_email = models.EmailField(_("report mail"), blank=True)
    licence = models.CharField(_("news information licence"), max_length=60, blank=True)
    icp = models.CharField(_("ICP filing"), max_length=60, blank=True)
    police = models.CharField(_("police filing"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("site identity")
        verbose_name_plural = _("site identity")
        constraints = [
            models.CheckConstraint(
                name="identity_is_one_row",
                condition=Q(id=1),
                violation_error_message=_("There is one site identity."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Identity":
        """The row, or an unsaved neutral one on a fresh site."""
        return cls.objects.filter(pk=1).first() or cls(pk=1, name=str(_("News")))
