import argparse
import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from legacy import exporting


class Command(BaseCommand):
    """Write the articles out as JSON Lines with their pictures (docs/migration.md)."""

    help = "Write all articles and the originals of their pictures into a folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="An empty folder, or an earlier export.")
        parser.add_argument(
            "--since",
            type=_moment,
            help="Only what changed since this moment (2024-05-01 or 2024-05-01T08:00, Beijing time).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        try:
            outcome = exporting.export(
                folder, at=timezone.now(), since=options["since"], progress=self._tell
            )
        except exporting.Refused as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                _("The export could not be written: %(error)s.") % {"error": error}
            ) from error
        if options["verbosity"]:
            self.stdout.write(
                _("%(articles)d articles and %(pictures)d pictures were written to %(folder)s.")
                % {
                    "articles": outcome.articles,
                    "pictures": outcome.pictures,
                    "folder": folder,
                }
            )
        if outcome.missing:
            raise CommandError(
                _("The originals of %(count)d pictures are not in the store: %(pictures)s.")
                % {
                    "count": len(outcome.missing),
                    "pictures": ", ".join(sha256[:12] for sha256 in outcome.missing),
                },
                returncode=1,
            )

    def _tell(self, done: int, total: int) -> None:
        if self.stdout.isatty():
            text = _("Articles written: %(done)d of %(total)d") % {"done": done, "total": total}
            self.stdout.write(f"\r{text}", ending="\n" if done >= total else "")
            self.stdout.flush()


def _moment(text: str) -> datetime.datetime:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            _("“%(text)s” is no date such as 2024-05-01.") % {"text": text}
        ) from error
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
