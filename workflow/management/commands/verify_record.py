from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflow import record
from workflow.models import ChainHead


class Command(BaseCommand):
    help = "Verify the chain of decisions. Exit status 1 when it is broken."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = list(record.breaks())
        for line in broken:
            self.stderr.write(line)
        if broken:
            raise CommandError(f"The record is broken in {len(broken)} places.")
        head = ChainHead.objects.filter(pk=1).first() or ChainHead()
        self.stdout.write(f"The record holds: {head.sequence} decisions, end {head.hash or '-'}")
