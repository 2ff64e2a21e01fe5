import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="name")),
                ("home_url", models.URLField(blank=True, verbose_name="home page")),
                (
                    "is_own",
                    models.BooleanField(
                        default=False,
                        help_text="The center itself. Its copy needs no permission.",
                        verbose_name="our own",
                    ),
                ),
            ],
            options={
                "verbose_name": "source",
                "verbose_name_plural": "sources",
                "ordering": ["-is_own", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_own", True)),
                        fields=("is_own",),
                        name="source_of_our_own_is_one",
                        violation_error_message="There already is a source marked as our own.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="source_has_a_name",
                        violation_error_message="A source needs a name.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReprintPermission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts", models.DateField(verbose_name="first day")),
                ("ends", models.DateField(blank=True, null=True, verbose_name="last day")),
                (
                    "basis",
                    models.CharField(
                        blank=True,
                        help_text="List, contract or letter, with its date.",
                        max_length=120,
                        verbose_name="basis",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="permissions",
                        to="sources.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "permission to reprint",
                "verbose_name_plural": "permissions to reprint",
                "ordering": ["source", "-starts"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "starts"),
                        name="permission_of_a_source_starts_once_a_day",
                        violation_error_message="This source already has a permission from that day on.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends", None), ("ends__gte", models.F("starts")), _connector="OR"
                        ),
                        name="permission_ends_after_it_starts",
                        violation_error_message="The last day must not be before the first.",
                    ),
                ],
            },
        ),
    ]
