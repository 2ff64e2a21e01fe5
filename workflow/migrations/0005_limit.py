from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflow", "0004_rules_about_revisions")]

    operations = [
        migrations.AlterField(
            model_name="decision",
            name="action",
            field=models.CharField(
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
                    ("limit", "set the take-down time"),
                    ("withdraw", "withdraw"),
                    ("reopen", "reopen"),
                    ("discard", "discard changes"),
                    ("emergency", "publish in an emergency"),
                    ("countersign", "sign afterwards"),
                    ("accept", "accept for the site"),
                    ("dismiss", "dismiss"),
                    ("amend", "change a signed text"),
                    ("import", "import"),
                ],
                max_length=20,
                verbose_name="step",
            ),
        ),
    ]
