from typing import Any

from django.core.management.base import BaseCommand

from workflow import roles


class Command(BaseCommand):
    help = "Make the groups of accounts say what workflow/roles.toml says."

    def handle(self, *args: Any, **options: Any) -> None:
        groups = roles.sync()
        if options["verbosity"]:
            self.stdout.write("、".join(group.name for group in groups))
