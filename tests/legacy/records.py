"""Records of an earlier system for tests; each function defaults all that a test is not about."""

import datetime
import io
from collections.abc import Iterable
from typing import Any

from articles.models import Role
from legacy.directory import Directory
from legacy.fitness import Options
from legacy.importing import import_records
from legacy.records import Change, Credit, Doubt, Format, Image, Mark, Place, Record, Unreadable
from legacy.report import Line, Outcome, Report
from tests import factories as make

SYSTEM = "rednet"
NUMBER = 12981878
PUBLISHED = datetime.datetime(2023, 8, 23, 21, 21, 48, tzinfo=make.SHANGHAI)
BODY = "<p>八月的龙潭镇，山路上车来车往。</p>\n<p>乡亲们把新采的茶叶送到合作社。</p>"


def record(number: int = NUMBER, **fields: Any) -> Record:
    """A record that comes in at once."""
    made: dict[str, Any] = {
        "place": Place("dump.jsonl", str(number)),
        "format": Format.JSON_LINES,
        "system": SYSTEM,
        "id": str(number),
        "number": number,
        "published_at": PUBLISHED,
        "addresses": (f"/content/646742/67/{number}.html",),
        "headline": "龙潭镇：山路通了，山货俏了",
        "body": BODY,
        "channel": "要闻",
        "source": "青溪县融媒体中心",
        "credits": (credit("林晓燕"), credit("周立群", Role.EDITOR)),
        **fields,
    }
    made.setdefault("raw", repr(sorted(made.items(), key=str)).encode())
    return Record(**made)


def credit(name: str, role: Role = Role.REPORTER, **fields: Any) -> Credit:
    return Credit(name, role, **fields)


def repaired(number: int = NUMBER, *, marks: Iterable[Mark] = (), **fields: Any) -> Record:
    """A record whose text had to be repaired."""
    change = Change("body", 5, 12, "演變(biàn)", "演变", "gloss")
    return record(
        number,
        format=Format.SAVED_TEXT,
        changes=[change],
        marks=list(marks),
        before={"body": "八月的演變(biàn)"},
        **fields,
    )


def mark() -> Mark:
    return Mark("body", 0, 1, "lost_bytes")


def doubt(field: str, sentence: str) -> Doubt:
    return Doubt(field, sentence)


def image(data: bytes | None = None, **texts: Any) -> Image:
    """A picture that lies beside a page; without bytes one that is not there."""
    return Image(open=(lambda: io.BytesIO(data)) if data is not None else None, **texts)


class Lines(Report):
    """A report that keeps all its lines."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []

    def add(self, line: Line) -> None:
        super().add(line)
        self.lines.append(line)

    @property
    def outcomes(self) -> list[Outcome]:
        """What came of the records, in their order."""
        return [line.outcome for line in self.lines if line.outcome != Outcome.NOTE]

    @property
    def last(self) -> Line:
        return next(line for line in reversed(self.lines) if line.outcome != Outcome.NOTE)


def bring_in(
    *records: Record | Unreadable, at: datetime.datetime = make.NOON, **options: Any
) -> Lines:
    """Import the records as one call and give its report."""
    report = Lines()
    import_records(records, Directory.read(), options=Options(**options), at=at, report=report)
    return report
