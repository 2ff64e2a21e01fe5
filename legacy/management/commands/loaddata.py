from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import loaddata
from django.core.management.utils import parse_apps_and_model_labels
from django.core.serializers import get_public_serializer_formats
from django.utils import timezone
from django.utils.translation import gettext as _

from legacy import fixtures


class Command(loaddata.Command):
    """Django's command finds the files; `legacy.fixtures` takes their rows in."""

    help = "Load fixtures: cleaned, checked, published ones on the site; rows known already stay."

    def handle(self, *fixture_labels: str, **options: Any) -> None:
        self.using = options["database"]
        self.app_label = options["app_label"]
        self.verbosity = options["verbosity"]
        self.format = options["format"]
        self.serialization_formats = get_public_serializer_formats()
        if options["ignore"]:
            raise CommandError(_("Unknown fields are never ignored: each row is loaded whole."))
        models, apps = parse_apps_and_model_labels(options["exclude"])
        try:
            rows = [
                row
                for file in self._files(fixture_labels)
                for row in self._rows(file)
                if row.kind.model not in models and row.kind.model._meta.app_config not in apps
            ]
            new = fixtures.load(rows, at=timezone.now(), progress=self._tell)
        except fixtures.Refused as error:
            raise CommandError(str(error)) from error
        if self.verbosity:
            self.stdout.write(
                _("%(new)d new rows were loaded; %(known)d were here before and stay as they are.")
                % {"new": new, "known": len(rows) - new}
            )

    def _files(self, labels: tuple[str, ...]) -> list[Path]:
        """The files that the labels name, each once: two folders searched may be the same one."""
        found = [place[0] for label in labels for place in self.find_fixtures(label)]
        return list(dict.fromkeys(Path(file) for file in found))

    def _rows(self, file: Path) -> list[fixtures.Row]:
        _stem, form, compression = self.parse_name(file.name)
        if form not in {"json", "jsonl"}:
            raise CommandError(_("%(file)s: fixtures are written in JSON.") % {"file": file.name})
        opened, mode = self.compression_formats[compression]  # type: ignore[misc]
        with opened(str(file), mode) as fixture:
            data = fixture.read()
        return fixtures.read(file, data, lines=form == "jsonl")

    def _tell(self, made: int, total: int) -> None:
        if self.verbosity and self.stdout.isatty():
            text = _("Pictures made: %(made)d of %(total)d") % {"made": made, "total": total}
            self.stdout.write(f"\r{text}", ending="\n" if made == total else "")
            self.stdout.flush()
