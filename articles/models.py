"""What the desk writes: channels, pictures, articles and their by-lines."""

from collections.abc import Collection
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import TaggedItemBase

from people.models import Contributor, User
from sources.models import Source


class ChannelQuerySet(models.QuerySet["Channel"]):
    def top(self) -> "ChannelQuerySet":
        return self.filter(parent=None)

    def get_by_natural_key(self, slug: str) -> "Channel":
        return self.get(slug=slug)


class Channel(models.Model):
    """A section of the site, on one of two levels."""

    name = models.CharField(_("name"), max_length=20)
    slug = models.SlugField(_("address"), max_length=40, unique=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent channel"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    reviews = models.PositiveSmallIntegerField(
        _("number of reviews"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(3)],
        help_text=_("3 = first, second, final; 2 = first, final; 1 = final only."),
    )

    objects = ChannelQuerySet.as_manager()

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(
                name="channel_has_one_to_three_reviews",
                condition=Q(reviews__range=(1, 3)),
                violation_error_message=_("A channel has one, two or three reviews."),
            ),
            models.CheckConstraint(
                name="channel_is_not_its_own_parent",
                condition=Q(parent=None) | ~Q(parent=models.F("id")),
                violation_error_message=_("A channel cannot be its own parent."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parent.name} › {self.name}" if self.parent else self.name

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def clean(self) -> None:
        super().clean()
        if self.parent and self.parent.parent_id:
            raise ValidationError(
                {"parent": _("Channels have two levels; choose one of the first.")}
            )
        if self.parent and self.pk and self.children.exists():
            raise ValidationError(
                {"parent": _("This channel has channels below it; move those first.")}
            )


class PictureManager(models.Manager["Picture"]):
    def get_by_natural_key(self, sha256: str) -> "Picture":
        return self.get(sha256=sha256)


class Picture(models.Model):
    """A picture of the library. The original is private; readers only ever get renditions of it.

    `bytes` is the size of the original file; `width` and `height` are pixels after its EXIF
    orientation is applied; the focal point is a percentage from the left and from the top.
    """

    file = models.FileField(_("original"), max_length=120, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, unique=True, editable=False)
    bytes = models.PositiveBigIntegerField(_("size in bytes"), editable=False)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    mime = models.CharField(_("type"), max_length=20, editable=False)
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    alt = models.CharField(
        _("description for blind readers"),
        max_length=200,
        blank=True,
        help_text=_("What is to be seen, in one sentence. Read aloud in place of the picture."),
    )
    credit = models.CharField(_("credit"), max_length=60, blank=True, help_text=_("Who took it."))
    focal_x = models.PositiveSmallIntegerField(
        _("focal point from the left, %"), default=50, validators=[MaxValueValidator(100)]
    )
    focal_y = models.PositiveSmallIntegerField(
        _("focal point from the top, %"), default=50, validators=[MaxValueValidator(100)]
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("uploaded by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="pictures",
        editable=False,
    )
    created_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)

    objects = PictureManager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="picture_focal_point_lies_inside",
                condition=Q(focal_x__lte=100, focal_y__lte=100),
                violation_error_message=_("The focal point lies between 0 and 100 percent."),
            ),
        ]

    def __str__(self) -> str:
        return self.caption or self.alt or self.sha256[:12]

    def natural_key(self) -> tuple[str]:
        return (self.sha256,)


class Status(models.TextChoices):
    """Where the working copy of an article stands. What is public is said by its editions."""

    DRAFT = "draft", _("draft")
    FIRST_REVIEW = "first_review", _("waiting for first review")
    SECOND_REVIEW = "second_review", _("waiting for second review")
    FINAL_REVIEW = "final_review", _("waiting for final review")
    APPROVED = "approved", _("approved")
    PUBLISHED = "published", _("published")
    HELD = "held", _("held")
    WITHDRAWN = "withdrawn", _("withdrawn")
    SPIKED = "spiked", _("spiked")


IN_REVIEW = (Status.FIRST_REVIEW, Status.SECOND_REVIEW, Status.FINAL_REVIEW)
SET_ASIDE = (Status.HELD, Status.SPIKED)


class Role(models.TextChoices):
    """What a credited person did. The order is the order in which roles print."""

    REPORTER = "reporter", _("reporter")
    CORRESPONDENT = "correspondent", _("correspondent")
    INTERN = "intern", _("intern")
    PHOTOGRAPHER = "photographer", _("photographer")
    VIDEOGRAPHER = "videographer", _("videographer")
    EDITOR = "editor", _("editor")
    PROOFREADER = "proofreader", _("proofreader")
    FIRST_REVIEWER = "first_reviewer", _("first reviewer")
    SECOND_REVIEWER = "second_reviewer", _("second reviewer")
    FINAL_REVIEWER = "final_reviewer", _("final reviewer")


# Those who made the piece; the rest handled it.
AUTHOR_ROLES = (
    Role.REPORTER,
    Role.CORRESPONDENT,
    Role.INTERN,
    Role.PHOTOGRAPHER,
    Role.VIDEOGRAPHER,
)


class NumberSeries(models.Model):
    """The one row that hands out article numbers."""

    next = models.PositiveBigIntegerField(_("next number"))

    def __str__(self) -> str:
        return str(self.next)

    @classmethod
    def take(cls) -> int:
        """A number no article has. Must be called in a transaction; the series stays locked in it."""
        return cls.take_several(1)[0]

    @classmethod
    def take_several(cls, count: int, besides: Collection[int] = ()) -> list[int]:
        """So many numbers that no article has and that are not among `besides`, as `take`."""
        cls.objects.get_or_create(pk=1, defaults={"next": settings.ARTICLE_NUMBER_START})
        series = cls.objects.select_for_update().get(pk=1)
        numbers: list[int] = []
        while len(numbers) < count:
            span = range(series.next, series.next + max(count, 100))
            taken = Article.objects.filter(number__gte=span.start, number__lt=span.stop)
            refused = {*taken.values_list("number", flat=True), *besides}
            free = [number for number in span if number not in refused]
            numbers += free[: count - len(numbers)]
            series.next = numbers[-1] + 1 if len(numbers) == count else span.stop
        series.save(update_fields=["next"])
        return numbers


class ArticleQuerySet(models.QuerySet["Article"]):
    def legacy(self) -> "ArticleQuerySet":
        return self.exclude(legacy_system="")

    def get_by_natural_key(self, legacy_system: str, legacy_id: str) -> "Article":
        if legacy_system:
            return self.get(legacy_system=legacy_system, legacy_id=legacy_id)
        return self.get(number=int(legacy_id))


class Article(models.Model):  # type: ignore[django-manager-missing]  # taggit has no types
    """The working copy of a piece. The public site never reads it."""

    number = models.PositiveBigIntegerField(_("number"), unique=True, editable=False)
    status = models.CharField(
        _("status"), max_length=14, choices=Status, default=Status.DRAFT, editable=False
    )
    former_status = models.CharField(
        _("former status"), max_length=14, choices=Status, blank=True, editable=False
    )

    kicker = models.CharField(_("kicker"), max_length=80, blank=True)
    headline = models.CharField(_("headline"), max_length=120)
    subtitle = models.CharField(_("subtitle"), max_length=120, blank=True)
    short_headline = models.CharField(
        _("short headline"), max_length=40, blank=True, help_text=_("For lists; else the headline.")
    )
    summary = models.TextField(_("summary"), max_length=500, blank=True)
    body = models.TextField(_("body"), max_length=500_000, blank=True)
    has_dateline = models.BooleanField(
        _("print a dateline"),
        default=True,
        help_text=_("Made from source, day of publication and by-line at the head of the text."),
    )
    channel = models.ForeignKey(
        Channel,
        verbose_name=_("channel"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="articles",
    )
    source = models.ForeignKey(
        Source,
        verbose_name=_("source"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="articles",
    )
    original_headline = models.CharField(_("original headline"), max_length=200, blank=True)
    original_author = models.CharField(_("original author"), max_length=100, blank=True)
    original_url = models.URLField(_("original address"), max_length=500, blank=True)
    lead_picture = models.ForeignKey(
        Picture,
        verbose_name=_("lead picture"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="leads",
    )
    contributors = models.ManyToManyField(Contributor, through="Byline", related_name="articles")
    tags = TaggableManager(_("tags"), through="articles.Tagging", blank=True)

    version = models.PositiveIntegerField(_("version"), default=0, editable=False)
    fingerprint = models.CharField(_("fingerprint"), max_length=64, blank=True, editable=False)
    created_by = models.ForeignKey(
        User,
        verbose_name=_("created by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="articles",
        editable=False,
    )
    form_key = models.UUIDField(_("key of its first form"), null=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)
    first_published_at = models.DateTimeField(
        _("first published at"), null=True, blank=True, editable=False
    )
    legacy_system = models.CharField(_("earlier system"), max_length=40, blank=True, editable=False)
    legacy_id = models.CharField(_("id there"), max_length=100, blank=True, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-updated_at", "-id"]
        indexes = [
            models.Index(fields=["status", "-updated_at"], name="article_status_updated"),
            models.Index(fields=["-updated_at", "-id"], name="article_updated"),
            models.Index(fields=["-first_published_at"], name="article_first_published"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["legacy_system", "legacy_id"],
                condition=~Q(legacy_system=""),
                name="article_of_an_earlier_system_comes_once",
                violation_error_message=_("This article of the earlier system is already here."),
            ),
            models.CheckConstraint(
                name="article_names_earlier_system_and_id_together",
                condition=Q(legacy_system="", legacy_id="")
                | (~Q(legacy_system="") & ~Q(legacy_id="")),
                violation_error_message=_(
                    "Give both the earlier system and the id there, or neither."
                ),
            ),
            models.CheckConstraint(
                name="article_number_is_positive",
                condition=Q(number__gt=0),
                violation_error_message=_("An article's number is greater than zero."),
            ),
            models.CheckConstraint(
                name="article_set_aside_knows_its_former_status",
                condition=(Q(status__in=SET_ASIDE) & ~Q(former_status=""))
                | (~Q(status__in=SET_ASIDE) & Q(former_status="")),
                violation_error_message=_("A held or spiked article knows where it came from."),
            ),
            models.CheckConstraint(
                name="article_published_is_complete",
                condition=~Q(status=Status.PUBLISHED)
                | (
                    ~Q(headline="")
                    & ~Q(body="")
                    & Q(channel__isnull=False)
                    & Q(source__isnull=False)
                    & Q(first_published_at__isnull=False)
                ),
                violation_error_message=_(
                    "A published article has headline, body, channel, source and a time of publication."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.headline or str(self.number)

    def natural_key(self) -> tuple[str, str]:
        return (self.legacy_system, self.legacy_id or str(self.number))

    natural_key.dependencies = [  # type: ignore[attr-defined]
        "articles.channel",
        "articles.picture",
        "sources.source",
        "people.user",
    ]

    @property
    def is_reprint(self) -> bool:
        """Whether the copy comes from another outlet."""
        return self.source is not None and not self.source.is_own


class BylineManager(models.Manager["Byline"]):
    def get_by_natural_key(self, legacy_system: str, legacy_id: str, order: int) -> "Byline":
        return self.get(
            article=Article.objects.get_by_natural_key(legacy_system, legacy_id), order=order
        )


class Byline(models.Model):
    """One credit: who did what under one article, in which place."""

    article = models.ForeignKey(
        Article, verbose_name=_("article"), on_delete=models.CASCADE, related_name="bylines"
    )
    contributor = models.ForeignKey(
        Contributor,
        verbose_name=_("contributor"),
        on_delete=models.PROTECT,
        related_name="bylines",
    )
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.REPORTER)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = BylineManager()

    class Meta:
        verbose_name = _("by-line")
        verbose_name_plural = _("by-lines")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "contributor", "role"],
                name="byline_names_a_person_once_in_a_role",
                violation_error_message=_("This person is already credited in this role."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.contributor.name}"

    def natural_key(self) -> tuple[Any, ...]:
        return (*self.article.natural_key(), self.order)

    natural_key.dependencies = ["articles.article", "people.contributor"]  # type: ignore[attr-defined]


class Tagging(TaggedItemBase):
    """One tag on one article, by a real foreign key."""

    content_object = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="taggings")

    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        verbose_name = _("tag of an article")
        verbose_name_plural = _("tags of articles")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="tag_is_given_once"),
        ]
