import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.models import Channel
from articles.text import clean_line
from legacy import files, importing
from legacy.fitness import Options, longest
from legacy.report import OUTCOMES, Outcome, Report

BAD_USAGE = 2
INTERRUPTED = 130
EVERY = 0.2  # seconds between two states of the progress bar


class Command(BaseCommand):
    help = (
        "Import articles of an earlier system: saved pages, archives, JSON Lines, CSV, XLSX, "
        "WordPress exports. What is here already stays as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would come in; write nothing."
        )
        parser.add_argument(
            "--channel", default="", metavar="NAME", help="For articles that name no channel."
        )
        parser.add_argument(
            "--accept",
            choices=["repaired"],
            help="Put repaired texts on the site at once where no place is left undecided and "
            "everything was read surely enough.",
        )
        parser.add_argument(
            "--own-source",
            default="",
            metavar="NAME",
            help="The source that is the center itself; it is marked so where none is yet.",
        )
        parser.add_argument(
            "--report",
            type=Path,
            metavar="FILE",
            help="Write a CSV file with a line for each record and what came of it.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        paths: list[Path] = options["paths"]
        for path in paths:
            if not path.exists():
                raise CommandError(
                    _("There is no file or folder %(path)s.") % {"path": path}, returncode=BAD_USAGE
                )
        _refuse_report_among(options["report"], paths)
        channel = [name for part in options["channel"].split("/") if (name := clean_line(part))]
        limit = longest(Channel, "name")
        if any(len(name) > limit for name in channel):
            raise CommandError(
                _("A channel's name has at most %(limit)d characters.") % {"limit": limit},
                returncode=BAD_USAGE,
            )
        with _opened(options["report"]) as file:
            report = Report(file)
            try:
                importing.import_paths(
                    paths,
                    options=Options(
                        dry_run=options["dry_run"],
                        channel="/".join(channel),
                        own_source=clean_line(options["own_source"]),
                        accepts_repaired=options["accept"] == "repaired",
                    ),
                    at=timezone.now(),
                    report=report,
                    progress=self._progress(paths),
                )
            except importing.Stopped as error:
                self._sum_up(report, options)
                raise CommandError(str(error)) from error
            except OSError as error:
                raise _unwritable(error) from error
            except KeyboardInterrupt as error:
                self._sum_up(report, options)
                raise CommandError(
                    _("Interrupted. The same command goes on from here."), returncode=INTERRUPTED
                ) from error
        self._sum_up(report, options)
        if count := report.counts[Outcome.SET_ASIDE]:
            raise CommandError(
                ngettext(
                    "%(count)d record was set aside.", "%(count)d records were set aside.", count
                )
                % {"count": count}
            )

    def _sum_up(self, report: Report, options: dict[str, Any]) -> None:
        if self.stdout.isatty():
            self.stdout.write("")
        if options["dry_run"]:
            self.stdout.write(_("Nothing was written: this was a dry run."))
        for outcome, word in OUTCOMES.items():
            if report.counts[outcome]:
                self.stdout.write(f"{word}：{report.counts[outcome]}")
        kinds = {
            "channel": _("new channels"),
            "source": _("new sources"),
            "unit": _("new units"),
            "contributor": _("new contributors"),
        }
        for kind, label in kinds.items():
            if count := sum(1 for made, _name in report.made if made == kind):
                self.stdout.write(f"{label}：{count}")
        if options["report"]:
            self.stdout.write(_("Report: %(path)s") % {"path": options["report"]})
            return
        for line in report.shown:
            self.stderr.write(f"{line.place} {line.headline}\n  {line.reason} {line.advice}")
        rest = report.counts[Outcome.SET_ASIDE] + report.counts[Outcome.NOTE] - len(report.shown)
        if rest > 0:
            self.stderr.write(_("and %(count)d more; --report FILE writes all.") % {"count": rest})

    def _progress(self, paths: list[Path]) -> importing.Progress | None:
        if not self.stdout.isatty():
            return None
        total = sum(entry.size for entry in files.walk(paths) if isinstance(entry, files.Entry))
        return _Bar(self.stdout, total).tell


class _Bar:
    """A line at the terminal that says how far an import is, how fast, and how long it will take."""

    def __init__(self, out: Any, total: int) -> None:
        self.out = out
        self.total = total  # bytes
        self.began = self.told = time.monotonic()

    def tell(self, count: int, size: int) -> None:
        now = time.monotonic()
        if now - self.told < EVERY:
            return
        self.told = now
        took = now - self.began
        share = min(size / self.total, 0.99) if self.total else 0.99
        left = round(took / share - took) if share else 0
        text = _(
            "%(share)d%% · %(count)d records · %(rate)d a second · %(minutes)d:%(seconds)02d left"
        ) % {
            "share": share * 100,
            "count": count,
            "rate": count / took,
            "minutes": left // 60,
            "seconds": left % 60,
        }
        self.out.write(f"\r{text}\x1b[K", ending="")
        self.out.flush()


def _refuse_report_among(report: Path | None, paths: list[Path]) -> None:
    """Refuse a report that would overwrite what is to be imported, or be taken for it later."""
    if report is None:
        return
    place = report.resolve()
    for path in paths:
        is_the_same = report.exists() and report.samefile(path)
        if is_the_same or place.is_relative_to(path.resolve()):
            raise CommandError(
                _(
                    "The report %(report)s would lie in %(path)s, which is imported; write it elsewhere."
                )
                % {"report": report, "path": path},
                returncode=BAD_USAGE,
            )


@contextmanager
def _opened(path: Path | None) -> Iterator[IO[str] | None]:
    """The file of the report; a spreadsheet knows UTF-8 by the mark it begins with."""
    try:
        context = (
            # Names of files may hold bytes that are no text.
            path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="")
            if path
            else nullcontext()
        )
    except OSError as error:
        raise _unwritable(error) from error
    with context as file:
        yield file


def _unwritable(error: OSError) -> CommandError:
    return CommandError(
        _("The report cannot be written: %(error)s") % {"error": error}, returncode=BAD_USAGE
    )
