import unicodedata
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom import demo
from workflow import roles


class Command(BaseCommand):
    help = "Load the demo newsroom, and say how to log in. Run again, it changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if sentence := demo.refusal():
            raise CommandError(sentence)
        roles.sync()
        if not demo.is_here():
            call_command(
                "loaddata",
                *demo.fixture_files(),
                verbosity=options["verbosity"],
                stdout=self.stdout,
            )
        demo.fill_desk(timezone.now())
        demo.give_passwords()
        heads = (_("Role"), _("Name"), _("Log-in"), _("Password"))
        rows = [
            (row.roles, row.name, row.login, row.password or _("(changed since)"))
            for row in demo.accounts()
        ]
        for line in aligned([heads, *rows]):
            self.stdout.write(line)
        self.stdout.write(
            _("Passwords are kept in %(file)s") % {"file": settings.DATA_DIR / demo.ACCOUNTS_FILE}
        )


def aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """The rows as lines of aligned columns; a Chinese character is two columns wide."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text)
