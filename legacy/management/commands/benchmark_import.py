import datetime
import json
import resource
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from articles.models import Article
from legacy import readers
from legacy.directory import Directory
from legacy.fitness import Options
from legacy.importing import import_records
from legacy.records import Record, Unreadable
from legacy.report import Outcome, Report

CHARACTERS = 1500  # of one article
WARM_UP = 500  # records that make contributors, sources and channels, and are not counted
NUMBER = 1_000_001  # of the first article
BEGINNING = datetime.datetime(2012, 1, 1, 8, tzinfo=datetime.UTC)
WORDS = (
    "全县 农业 工作 会议 召开 项目 建设 推进 群众 服务 发展 乡镇 产业 茶叶 合作社 道路 学校 医院 文化 活动 志愿者 "
    "环境 整治 河道 巡查 防汛 春耕 收割 部门 企业 就业 培训 创新 旅游 景区 游客 直播 销售 产品 安全 检查 落实"
).split()
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", "明华丽强伟芳静波涛敏"
CHANNELS = ("要闻", "时政", "乡镇/龙潭镇", "乡镇/青山镇", "部门", "文化")
UNITS = ("", "龙潭镇", "县水利局", "县教育局")


class Command(BaseCommand):
    help = (
        "Measure the import on an empty database: invented articles as JSON Lines, which stay in "
        "it. A throwaway PostgreSQL: bin/with-postgres sh -c 'python manage.py migrate && "
        "python manage.py benchmark_import'"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--records", type=int, default=100_000, metavar="N")

    def handle(self, *args: Any, **options: Any) -> None:
        if Article.objects.exists():
            raise CommandError("The database holds articles; use an empty one.")
        with tempfile.TemporaryDirectory() as folder:
            self._import(_written(Path(folder) / "warm-up.jsonl", 0, WARM_UP))
            path = _written(Path(folder) / "articles.jsonl", WARM_UP, options["records"])
            self._measure(path, options["records"])

    def _measure(self, path: Path, count: int) -> None:
        wall, processor = time.perf_counter(), time.process_time()
        reading = self._import(path)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        unit = 1 if sys.platform == "darwin" else 1024  # bytes
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1024**2
        shares = {
            "reading the file": reading,
            "cleaning, checking, building rows": processor - reading,
            "waiting for the database": wall - processor,
        }
        self.stdout.write(f"{count} records of {CHARACTERS} characters in {wall:.1f} s")
        self.stdout.write(f"{count / wall:.0f} records a second, {memory:.0f} MB at most")
        for phase, seconds in shares.items():
            self.stdout.write(
                f"{seconds / wall:4.0%}  {seconds / count * 1e6:5.0f} µs a record  {phase}"
            )

    def _import(self, path: Path) -> float:
        """Import a file and give the seconds that reading it took."""
        directory = Directory.read()
        records = _Timed(readers.read([path], directory.known()))
        report = Report()
        options = Options(own_source="青溪县融媒体中心")
        import_records(records, directory, options=options, at=timezone.now(), report=report)
        if report.counts[Outcome.ADMITTED] != report.counts.total() - report.counts[Outcome.NOTE]:
            raise CommandError(f"Not all came in: {dict(report.counts)}")
        return records.seconds


class _Timed:
    """Records, and the processor's time in seconds that it took to read them."""

    def __init__(self, records: Iterable[Record | Unreadable]) -> None:
        self.records = iter(records)
        self.seconds = 0.0

    def __iter__(self) -> Iterator[Record | Unreadable]:
        return self

    def __next__(self) -> Record | Unreadable:
        began = time.process_time()
        try:
            return next(self.records)
        finally:
            self.seconds += time.process_time() - began


def _written(path: Path, first: int, count: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for place in range(first, first + count):
            file.write(f"{json.dumps(_article(place), ensure_ascii=False)}\n")
    return path


def _article(place: int) -> dict[str, Any]:
    """An invented article; the same for the same place."""
    number = NUMBER + place
    published = BEGINNING + datetime.timedelta(minutes=50 * place)
    return {
        "system": "benchmark",
        "id": str(number),
        "number": number,
        "published_at": published.isoformat(),
        "addresses": [f"/content/646742/{place % 90 + 10}/{number}.html"],
        "headline": f"{_words(place, 3)}：{_words(place * 7, 4)}第{place}次现场会召开",
        "body": "".join(f"<p>　　{paragraph}</p>" for paragraph in _paragraphs(place)),
        "channel": CHANNELS[place % len(CHANNELS)],
        "source": "青溪县融媒体中心",
        "credits": [
            {"name": _name(place), "role": "reporter"},
            {
                "name": _name(place // 3 + 50),
                "role": "correspondent",
                "unit": UNITS[place // 3 % len(UNITS)],
            },
            {"name": _name(place % 7 + 90), "role": "editor"},
        ],
    }


def _paragraphs(place: int) -> Iterator[str]:
    length = 0
    while length < CHARACTERS:
        sentences = (
            f"{_words(place * 31 + length + at * 17, 8)}，{at + 3}.5%。" for at in range(6)
        )
        paragraph = "".join(sentences)[: CHARACTERS - length]
        length += len(paragraph)
        yield paragraph


def _words(seed: int, count: int) -> str:
    return "".join(WORDS[(seed + at * at * 13 + seed * at) % len(WORDS)] for at in range(count))


def _name(place: int) -> str:
    return SURNAMES[place // 10 % 10] + GIVEN[place % 10] + GIVEN[place // 10 % 10]
