from django.db import migrations

from publication import rules_in_database


def install(apps, schema_editor):
    fields = apps.get_model("publication", "Edition")._meta.local_concrete_fields
    rules_in_database.install(schema_editor.connection, [field.column for field in fields])


def lift(apps, schema_editor):
    rules_in_database.lift(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("publication", "0001_initial")]

    operations = [migrations.RunPython(install, lift)]
