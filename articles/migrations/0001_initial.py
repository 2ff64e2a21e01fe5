import django.core.validators
import django.db.models.deletion
import taggit.managers
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_initial"),
        ("sources", "0001_initial"),
        ("taggit", "0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("next", models.PositiveBigIntegerField(verbose_name="next number")),
            ],
        ),
        migrations.CreateModel(
            name="Article",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.PositiveBigIntegerField(
                        editable=False, unique=True, verbose_name="number"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("first_review", "waiting for first review"),
                            ("second_review", "waiting for second review"),
                            ("final_review", "waiting for final review"),
                            ("approved", "approved"),
                            ("published", "published"),
                            ("held", "held"),
                            ("withdrawn", "withdrawn"),
                            ("spiked", "spiked"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=14,
                        verbose_name="status",
                    ),
                ),
                (
                    "former_status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("draft", "draft"),
                            ("first_review", "waiting for first review"),
                            ("second_review", "waiting for second review"),
                            ("final_review", "waiting for final review"),
                            ("approved", "approved"),
                            ("published", "published"),
                            ("held", "held"),
                            ("withdrawn", "withdrawn"),
                            ("spiked", "spiked"),
                        ],
                        editable=False,
                        max_length=14,
                        verbose_name="former status",
                    ),
                ),
                ("kicker", models.CharField(blank=True, max_length=80, verbose_name="kicker")),
                ("headline", models.CharField(max_length=120, verbose_name="headline")),
                ("subtitle", models.CharField(blank=True, max_length=120, verbose_name="subtitle")),
                (
                    "short_headline",
                    models.CharField(
                        blank=True,
                        help_text="For lists; else the headline.",
                        max_length=40,
                        verbose_name="short headline",
                    ),
                ),
                ("summary", models.TextField(blank=True, max_length=500, verbose_name="summary")),
                ("body", models.TextField(blank=True, max_length=500000, verbose_name="body")),
                (
                    "has_dateline",
                    models.BooleanField(
                        default=True,
                        help_text="Made from source, day of publication and by-line at the head of the text.",
                        verbose_name="print a dateline",
                    ),
                ),
                (
                    "original_headline",
                    models.CharField(blank=True, max_length=200, verbose_name="original headline"),
                ),
                (
                    "original_author",
                    models.CharField(blank=True, max_length=100, verbose_name="original author"),
                ),
                (
                    "original_url",
                    models.URLField(blank=True, max_length=500, verbose_name="original address"),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="version"),
                ),
                (
                    "fingerprint",
                    models.CharField(
                        blank=True, editable=False, max_length=64, verbose_name="fingerprint"
                    ),
                ),
                (
                    "form_key",
                    models.UUIDField(
                        editable=False, null=True, verbose_name="key of its first form"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed at")),
                (
                    "first_published_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="first published at"
                    ),
                ),
                (
                    "legacy_system",
                    models.CharField(
                        blank=True, editable=False, max_length=40, verbose_name="earlier system"
                    ),
                ),
                (
                    "legacy_id",
                    models.CharField(
                        blank=True, editable=False, max_length=100, verbose_name="id there"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="articles",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="articles",
                        to="sources.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "article",
                "verbose_name_plural": "articles",
                "ordering": ["-updated_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Byline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("reporter", "reporter"),
                            ("correspondent", "correspondent"),
                            ("intern", "intern"),
                            ("photographer", "photographer"),
                            ("videographer", "videographer"),
                            ("editor", "editor"),
                            ("proofreader", "proofreader"),
                            ("first_reviewer", "first reviewer"),
                            ("second_reviewer", "second reviewer"),
                            ("final_reviewer", "final reviewer"),
                        ],
                        default="reporter",
                        max_length=16,
                        verbose_name="role",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bylines",
                        to="articles.article",
                        verbose_name="article",
                    ),
                ),
                (
                    "contributor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bylines",
                        to="people.contributor",
                        verbose_name="contributor",
                    ),
                ),
            ],
            options={
                "verbose_name": "by-line",
                "verbose_name_plural": "by-lines",
                "ordering": ["order", "id"],
            },
        ),
        migrations.AddField(
            model_name="article",
            name="contributors",
            field=models.ManyToManyField(
                related_name="articles", through="articles.Byline", to="people.contributor"
            ),
        ),
        migrations.CreateModel(
            name="Channel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=20, verbose_name="name")),
                ("slug", models.SlugField(max_length=40, unique=True, verbose_name="address")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "reviews",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="3 = first, second, final; 2 = first, final; 1 = final only.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3),
                        ],
                        verbose_name="number of reviews",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="articles.channel",
                        verbose_name="parent channel",
                    ),
                ),
            ],
            options={
                "verbose_name": "channel",
                "verbose_name_plural": "channels",
                "ordering": ["order", "name"],
            },
        ),
        migrations.AddField(
            model_name="article",
            name="channel",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="articles",
                to="articles.channel",
                verbose_name="channel",
            ),
        ),
        migrations.CreateModel(
            name="Picture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        editable=False, max_length=120, upload_to="", verbose_name="original"
                    ),
                ),
                (
                    "sha256",
                    models.CharField(
                        editable=False, max_length=64, unique=True, verbose_name="SHA-256"
                    ),
                ),
                (
                    "bytes",
                    models.PositiveBigIntegerField(editable=False, verbose_name="size in bytes"),
                ),
                ("width", models.PositiveIntegerField(editable=False, verbose_name="width")),
                ("height", models.PositiveIntegerField(editable=False, verbose_name="height")),
                ("mime", models.CharField(editable=False, max_length=20, verbose_name="type")),
                ("caption", models.CharField(blank=True, max_length=300, verbose_name="caption")),
                (
                    "alt",
                    models.CharField(
                        blank=True,
                        help_text="What is to be seen, in one sentence. Read aloud in place of the picture.",
                        max_length=200,
                        verbose_name="description for blind readers",
                    ),
                ),
                (
                    "credit",
                    models.CharField(
                        blank=True, help_text="Who took it.", max_length=60, verbose_name="credit"
                    ),
                ),
                (
                    "focal_x",
                    models.PositiveSmallIntegerField(
                        default=50,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="focal point from the left, %",
                    ),
                ),
                (
                    "focal_y",
                    models.PositiveSmallIntegerField(
                        default=50,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="focal point from the top, %",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="uploaded at")),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="pictures",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "picture",
                "verbose_name_plural": "pictures",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.AddField(
            model_name="article",
            name="lead_picture",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="leads",
                to="articles.picture",
                verbose_name="lead picture",
            ),
        ),
        migrations.CreateModel(
            name="Tagging",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "content_object",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="taggings",
                        to="articles.article",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(app_label)s_%(class)s_items",
                        to="taggit.tag",
                    ),
                ),
            ],
            options={
                "verbose_name": "tag of an article",
                "verbose_name_plural": "tags of articles",
            },
        ),
        migrations.AddField(
            model_name="article",
            name="tags",
            field=taggit.managers.TaggableManager(
                blank=True,
                help_text="A comma-separated list of tags.",
                through="articles.Tagging",
                to="taggit.Tag",
                verbose_name="tags",
            ),
        ),
        migrations.AddConstraint(
            model_name="byline",
            constraint=models.UniqueConstraint(
                fields=("article", "contributor", "role"),
                name="byline_names_a_person_once_in_a_role",
                violation_error_message="This person is already credited in this role.",
            ),
        ),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.CheckConstraint(
                condition=models.Q(("reviews__range", (1, 3))),
                name="channel_has_one_to_three_reviews",
                violation_error_message="A channel has one, two or three reviews.",
            ),
        ),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parent", None),
                    models.Q(("parent", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="channel_is_not_its_own_parent",
                violation_error_message="A channel cannot be its own parent.",
            ),
        ),
        migrations.AddConstraint(
            model_name="picture",
            constraint=models.CheckConstraint(
                condition=models.Q(("focal_x__lte", 100), ("focal_y__lte", 100)),
                name="picture_focal_point_lies_inside",
                violation_error_message="The focal point lies between 0 and 100 percent.",
            ),
        ),
        migrations.AddConstraint(
            model_name="tagging",
            constraint=models.UniqueConstraint(
                fields=("content_object", "tag"), name="tag_is_given_once"
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(fields=["status", "-updated_at"], name="article_status_updated"),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(fields=["-updated_at", "-id"], name="article_updated"),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(fields=["-first_published_at"], name="article_first_published"),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.UniqueConstraint(
                condition=models.Q(("legacy_system", ""), _negated=True),
                fields=("legacy_system", "legacy_id"),
                name="article_of_an_earlier_system_comes_once",
                violation_error_message="This article of the earlier system is already here.",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("legacy_id", ""), ("legacy_system", "")),
                    models.Q(
                        models.Q(("legacy_system", ""), _negated=True),
                        models.Q(("legacy_id", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="article_names_earlier_system_and_id_together",
                violation_error_message="Give both the earlier system and the id there, or neither.",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gt", 0)),
                name="article_number_is_positive",
                violation_error_message="An article's number is greater than zero.",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status__in", ("held", "spiked")),
                        models.Q(("former_status", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("status__in", ("held", "spiked")), _negated=True),
                        ("former_status", ""),
                    ),
                    _connector="OR",
                ),
                name="article_set_aside_knows_its_former_status",
                violation_error_message="A held or spiked article knows where it came from.",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "published"), _negated=True),
                    models.Q(
                        models.Q(("headline", ""), _negated=True),
                        models.Q(("body", ""), _negated=True),
                        ("channel__isnull", False),
                        ("source__isnull", False),
                        ("first_published_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="article_published_is_complete",
                violation_error_message="A published article has headline, body, channel, source and a time of publication.",
            ),
        ),
    ]
