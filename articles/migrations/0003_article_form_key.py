from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_initial")]

    operations = [
        migrations.AddField(
            model_name="article",
            name="form_key",
            field=models.UUIDField(editable=False, null=True, verbose_name="key of its first form"),
        ),
    ]
