from django.db import migrations

from publication import rules_in_database


def renew(apps, schema_editor):
    rules_in_database.lift(schema_editor.connection)
    rules_in_database.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("publication", "0003_old_addresses")]

    operations = [migrations.RunPython(renew, migrations.RunPython.noop)]
