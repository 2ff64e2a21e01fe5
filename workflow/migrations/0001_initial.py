import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("articles", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChainHead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.PositiveBigIntegerField(default=0)),
                ("hash", models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="EditLock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.CharField(max_length=32)),
                ("taken_at", models.DateTimeField(verbose_name="since")),
                ("seen_at", models.DateTimeField(verbose_name="last seen")),
                (
                    "article",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="edit_lock",
                        to="articles.article",
                        verbose_name="article",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="edit_locks",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "edit lock",
                "verbose_name_plural": "edit locks",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ChannelAssignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to="articles.channel",
                        verbose_name="channel",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="channel_assignments",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "limit to a channel",
                "verbose_name_plural": "limited to channels",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "channel"),
                        name="assignment_to_a_channel_is_one",
                        violation_error_message="This person is already limited to that channel.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.PositiveBigIntegerField(unique=True, verbose_name="sequence")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("submit", "submit for review"),
                            ("recall", "recall"),
                            ("pass_first", "pass first review"),
                            ("pass_second", "pass second review"),
                            ("pass_final", "pass final review"),
                            ("return", "return for changes"),
                            ("hold", "hold"),
                            ("resume", "resume"),
                            ("reject", "reject to the bin"),
                            ("restore", "restore"),
                            ("publish", "publish now"),
                            ("schedule", "schedule"),
                            ("unschedule", "call off the schedule"),
                            ("correct", "publish correction"),
                            ("withdraw", "withdraw"),
                            ("reopen", "reopen"),
                            ("discard", "discard changes"),
                            ("emergency", "publish in an emergency"),
                            ("countersign", "sign afterwards"),
                            ("amend", "change a signed text"),
                            ("import", "import"),
                        ],
                        max_length=20,
                        verbose_name="step",
                    ),
                ),
                (
                    "from_status",
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
                        max_length=14,
                        verbose_name="from",
                    ),
                ),
                (
                    "to_status",
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
                        max_length=14,
                        verbose_name="to",
                    ),
                ),
                ("by_name", models.CharField(max_length=40, verbose_name="name")),
                ("by_role", models.CharField(max_length=100, verbose_name="role")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                ("fingerprint", models.CharField(max_length=64, verbose_name="fingerprint")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("public_note", models.TextField(blank=True, verbose_name="public note")),
                ("visible_from", models.DateTimeField(null=True, verbose_name="goes live at")),
                ("visible_until", models.DateTimeField(null=True, verbose_name="taken down at")),
                ("previous_hash", models.CharField(blank=True, max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="articles.article",
                        verbose_name="article",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="decisions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision",
                "verbose_name_plural": "decisions",
                "ordering": ["sequence"],
                "permissions": [
                    ("write", "Can write and submit articles"),
                    ("edit_any", "Can edit drafts of others"),
                    ("review_first", "Can give the first review"),
                    ("review_second", "Can give the second review"),
                    ("review_final", "Can give the final review"),
                    ("publish", "Can publish, schedule and correct"),
                    ("amend", "Can change the text of published articles"),
                    ("withdraw", "Can withdraw articles"),
                    ("emergency", "Can publish in an emergency"),
                    ("countersign", "Can sign emergency publications afterwards"),
                    ("see_published", "Can see all articles that were published"),
                ],
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["article", "sequence"], name="decision_of_article")
                ],
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(verbose_name="version")),
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
                        max_length=14,
                        verbose_name="status",
                    ),
                ),
                ("by_name", models.CharField(max_length=40, verbose_name="name")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("fingerprint", models.CharField(max_length=64, verbose_name="fingerprint")),
                ("content", models.JSONField(verbose_name="content")),
                ("printed", models.JSONField(verbose_name="as printed")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revisions",
                        to="articles.article",
                        verbose_name="article",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="revisions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "revision",
                "verbose_name_plural": "revisions",
                "ordering": ["-version"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "version"), name="revision_of_a_version_is_one"
                    )
                ],
            },
        ),
    ]
