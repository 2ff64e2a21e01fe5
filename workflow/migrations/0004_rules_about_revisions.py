from django.db import migrations

from workflow import rules_in_database


def renew(apps, schema_editor):
    rules_in_database.lift(schema_editor.connection)
    rules_in_database.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("workflow", "0002_rules_in_database")]

    operations = [migrations.RunPython(renew, migrations.RunPython.noop)]
