from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("publication", "0002_rules_in_database"),
    ]

    operations = [
        migrations.CreateModel(
            name="OldAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.CharField(max_length=500, unique=True, verbose_name="path")),
                ("number", models.PositiveBigIntegerField(db_index=True, verbose_name="number")),
            ],
            options={
                "verbose_name": "old address",
                "verbose_name_plural": "old addresses",
                "default_permissions": (),
            },
        ),
    ]
