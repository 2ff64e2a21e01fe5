from django.db import migrations

from workflow import rules_in_database


def renew(apps, schema_editor):
    rules_in_database.lift(schema_editor.connection)
    rules_in_database.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("workflow", "0003_accept_and_dismiss")]

    operations = [migrations.RunPython(renew, migrations.RunPython.noop)]
