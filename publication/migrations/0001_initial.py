import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("articles", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Edition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveBigIntegerField(verbose_name="number")),
                ("visible_from", models.DateTimeField(verbose_name="visible from")),
                (
                    "visible_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="visible until"),
                ),
                ("first_published_at", models.DateTimeField(verbose_name="first published at")),
                ("created_at", models.DateTimeField(verbose_name="made at")),
                ("fingerprint", models.CharField(max_length=64, verbose_name="fingerprint")),
                ("kicker", models.CharField(blank=True, max_length=80, verbose_name="kicker")),
                ("headline", models.CharField(max_length=120, verbose_name="headline")),
                ("subtitle", models.CharField(blank=True, max_length=120, verbose_name="subtitle")),
                (
                    "short_headline",
                    models.CharField(blank=True, max_length=40, verbose_name="short headline"),
                ),
                ("summary", models.TextField(blank=True, verbose_name="summary")),
                ("body", models.TextField(verbose_name="body")),
                ("dateline", models.TextField(blank=True, verbose_name="dateline")),
                ("source_name", models.CharField(max_length=60, verbose_name="source")),
                ("source_url", models.URLField(blank=True, verbose_name="home page of the source")),
                ("is_reprint", models.BooleanField(default=False, verbose_name="reprint")),
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
                ("bylines", models.JSONField(default=list, verbose_name="by-lines")),
                (
                    "responsible_editor",
                    models.CharField(blank=True, max_length=60, verbose_name="responsible editor"),
                ),
                ("reviewers", models.JSONField(default=list, verbose_name="reviewers")),
                ("tags", models.JSONField(default=list, verbose_name="tags")),
                (
                    "lead_picture",
                    models.CharField(blank=True, max_length=64, verbose_name="lead picture"),
                ),
                ("pictures", models.JSONField(default=dict, verbose_name="pictures")),
                ("corrections", models.JSONField(default=list, verbose_name="correction notices")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="editions",
                        to="articles.article",
                        verbose_name="article",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="editions",
                        to="articles.channel",
                        verbose_name="channel",
                    ),
                ),
            ],
            options={
                "verbose_name": "edition",
                "verbose_name_plural": "editions",
                "ordering": ["-visible_from", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="name of the site")),
                ("slogan", models.CharField(blank=True, max_length=80, verbose_name="slogan")),
                ("organiser", models.CharField(blank=True, max_length=120, verbose_name="run by")),
                (
                    "rights_own",
                    models.TextField(
                        blank=True, max_length=300, verbose_name="rights line of our own copy"
                    ),
                ),
                (
                    "rights_reprint",
                    models.TextField(
                        blank=True, max_length=300, verbose_name="rights line of reprints"
                    ),
                ),
                (
                    "report_phone",
                    models.CharField(blank=True, max_length=40, verbose_name="report telephone"),
                ),
                (
                    "report_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="report mail"),
                ),
                (
                    "licence",
                    models.CharField(
                        blank=True, max_length=60, verbose_name="news information licence"
                    ),
                ),
                ("icp", models.CharField(blank=True, max_length=60, verbose_name="ICP filing")),
                (
                    "police",
                    models.CharField(blank=True, max_length=60, verbose_name="police filing"),
                ),
            ],
            options={
                "verbose_name": "site identity",
                "verbose_name_plural": "site identity",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)),
                        name="identity_is_one_row",
                        violation_error_message="There is one site identity.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PictureUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.CharField(db_index=True, max_length=32)),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="picture_uses",
                        to="publication.edition",
                    ),
                ),
            ],
            options={
                "verbose_name": "picture in an edition",
                "verbose_name_plural": "pictures in editions",
            },
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "notice",
                    models.TextField(
                        blank=True, max_length=500, verbose_name="notice for the public"
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawals",
                        to="articles.article",
                    ),
                ),
            ],
            options={
                "verbose_name": "withdrawal",
                "verbose_name_plural": "withdrawals",
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(fields=["number", "-visible_from"], name="edition_by_number"),
        ),
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(fields=["-first_published_at", "-number"], name="edition_by_time"),
        ),
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(
                fields=["channel", "-first_published_at", "-number"], name="edition_by_channel"
            ),
        ),
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(fields=["article", "-visible_from"], name="edition_by_article"),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("visible_until", None),
                    ("visible_until__gte", models.F("visible_from")),
                    _connector="OR",
                ),
                name="edition_ends_after_it_begins",
                violation_error_message="The take-down time must not be before going live.",
            ),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.CheckConstraint(
                condition=models.Q(("visible_from__gte", models.F("first_published_at"))),
                name="edition_is_not_visible_before_first_publication",
                violation_error_message="An edition cannot be older than its article's publication.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pictureuse",
            constraint=models.UniqueConstraint(
                fields=("edition", "token"), name="picture_is_used_once"
            ),
        ),
    ]
