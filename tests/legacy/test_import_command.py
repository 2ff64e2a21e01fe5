import csv
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from articles.models import Article, Channel, Status
from legacy.models import Original
from people.models import Contributor
from publication.models import Edition
from sources.models import Source
from tests import factories as make
from tests.rows import everything
from workflow import record as chain

ROOT = Path(__file__).parents[2]


def line(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "system": "oldcms",
        "id": str(number),
        "number": number,
        "published_at": "2023-08-23T21:21:48+08:00",
        "headline": f"旧稿{number}",
        "body": "<p>正文。</p>",
        "channel": "要闻",
        "source": "青溪县融媒体中心",
        "credits": [{"name": "林晓燕", "role": "reporter"}],
        **fields,
    }


def written(folder: Path, *lines: dict[str, Any]) -> Path:
    path = folder / "dump.jsonl"
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in lines)
    path.write_text(f"{text}\n", encoding="utf-8")
    return path


def table(path: Path) -> list[list[str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.django_db
def test_the_command_brings_articles_in_and_sums_up(tmp_path, capsys):
    call_command("import_articles", written(tmp_path, line(1), line(2)))

    assert Edition.objects.count() == 2
    said = capsys.readouterr().out
    assert "2" in said
    assert "\r" not in said


@pytest.mark.django_db
def test_the_export_of_a_database_without_articles_can_be_imported(tmp_path, capsys):
    call_command("export_articles", tmp_path / "out")

    call_command("import_articles", tmp_path / "out")

    assert not Article.objects.exists()
    assert "out" not in capsys.readouterr().err


@pytest.mark.django_db
def test_something_set_aside_is_said_by_the_exit_status(tmp_path, capsys):
    path = written(tmp_path, line(1), line(2, published_at="2023-02-30"))

    with pytest.raises(CommandError) as refusal:
        call_command("import_articles", path)

    assert refusal.value.returncode == 1
    assert Article.objects.get().number == 1
    assert "2023-02-30" in capsys.readouterr().err


@pytest.mark.django_db
def test_a_path_that_is_not_there_is_bad_usage(tmp_path):
    with pytest.raises(CommandError, match=r"absent\.jsonl") as refusal:
        call_command("import_articles", tmp_path / "absent.jsonl")

    assert refusal.value.returncode == 2


@pytest.mark.django_db
def test_a_channel_that_is_too_long_is_bad_usage(tmp_path):
    with pytest.raises(CommandError, match="20") as refusal:
        call_command("import_articles", written(tmp_path, line(1)), channel="长" * 21)

    assert refusal.value.returncode == 2


@pytest.mark.django_db
@pytest.mark.parametrize("channel", ["  ", "/", "\u3000/ "])
def test_a_channel_without_a_name_is_none(channel, tmp_path, capsys):
    with pytest.raises(CommandError) as refusal:
        call_command("import_articles", written(tmp_path, line(1, channel="")), channel=channel)

    assert refusal.value.returncode == 1
    assert "--channel" in capsys.readouterr().err
    assert not Article.objects.exists()


@pytest.mark.django_db
def test_a_channel_is_named_with_blanks_around_it(tmp_path):
    call_command(
        "import_articles", written(tmp_path, line(1, channel="")), channel=f" {'长' * 20}/ 乡镇 "
    )

    assert set(Channel.objects.values_list("name", flat=True)) == {"长" * 20, "乡镇"}


@pytest.mark.django_db
def test_a_report_that_cannot_be_written_is_bad_usage(tmp_path):
    path = written(tmp_path, line(1))

    with pytest.raises(CommandError) as refusal:
        call_command("import_articles", path, report=tmp_path / "no" / "report.csv")

    assert refusal.value.returncode == 2
    assert not Article.objects.exists()


@pytest.mark.django_db
def test_a_report_in_the_place_of_what_is_imported_is_bad_usage(tmp_path):
    path = written(tmp_path, line(1))
    (tmp_path / "link.csv").symlink_to(path)
    (tmp_path / "twin.csv").hardlink_to(path)
    before = path.read_bytes()

    for given, report in (
        (path, path),
        (path, tmp_path / "link.csv"),
        (path, tmp_path / "twin.csv"),
        (tmp_path, tmp_path / "report.csv"),
        (tmp_path, tmp_path / "absent" / ".." / "report.csv"),
    ):
        with pytest.raises(CommandError, match=r"dump|csv") as refusal:
            call_command("import_articles", given, report=report)
        assert refusal.value.returncode == 2

    assert path.read_bytes() == before
    assert not (tmp_path / "report.csv").exists()
    assert not Article.objects.exists()


@pytest.mark.django_db
def test_the_report_has_a_line_for_each_record(tmp_path):
    report = tmp_path / "report.csv"
    path = written(tmp_path, line(1), line(2, headline="=HYPERLINK(1)"), line(3, headline=""))

    with pytest.raises(CommandError):
        call_command("import_articles", path, report=report)

    head, *lines = table(report)
    assert len(head) == 7
    assert [(row[0], row[1], row[2], row[3]) for row in lines[:3]] == [
        ("dump.jsonl", "1", "1", "旧稿1"),
        ("dump.jsonl", "2", "2", "'=HYPERLINK(1)"),
        ("dump.jsonl", "3", "", ""),
    ]
    assert lines[2][5] and lines[2][6]


@pytest.mark.django_db
def test_markup_never_becomes_a_name(tmp_path, capsys):
    markup = "<script>alert(1)</script>"
    path = written(
        tmp_path,
        line(1, source=markup, author=markup, credits=[]),
        line(2, author=markup, credits=[]),
        line(3, credits=[{"name": markup, "role": "reporter"}]),
        line(4, channel=markup),
    )

    for _time in range(2):
        with pytest.raises(CommandError):
            call_command("import_articles", path)

    names = {row.name for model in (Source, Contributor, Channel) for row in model.objects.all()}
    assert not [name for name in names if "script" in name or "alert" in name]
    assert set(Article.objects.values_list("number", "status")) <= {(2, Status.DRAFT)}
    assert markup in capsys.readouterr().err


@pytest.mark.django_db
def test_a_dry_run_writes_nothing(tmp_path):
    before = everything()

    call_command("import_articles", written(tmp_path, line(1)), dry_run=True)

    assert everything() == before


@pytest.mark.django_db
def test_options_reach_the_import(tmp_path):
    call_command(
        "import_articles",
        written(tmp_path, line(1, channel="")),
        channel="旧闻",
        own_source="青溪县融媒体中心",
    )

    assert Channel.objects.get().name == "旧闻"
    assert Edition.objects.get().is_reprint is False


@pytest.mark.django_db
def test_a_saved_page_waits_until_it_is_accepted(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        "<html><head><title>山路通了</title></head><body><h1>山路通了</h1>"
        "<p>来源:青溪县融媒体中心 作者:林晓燕 编辑:周立群 2023-08-23 21:21:48</p>"
        f"<p>{'八月的龙潭镇，山路上车来车往。' * 8}</p>"
        f"<p>{'乡亲们把新采的茶叶送到合作社。' * 8}</p></body></html>",
        encoding="utf-8",
    )

    call_command("import_articles", tmp_path, channel="乡镇")

    assert Article.objects.get().headline == "山路通了"
    assert Original.objects.get().raw == page.read_bytes()


# On a terminal


class Terminal:
    """Standard output that says it is one."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return True


@pytest.mark.django_db
def test_a_terminal_sees_how_far_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr("legacy.importing.BATCH", 1)
    monkeypatch.setattr("legacy.management.commands.import_articles.EVERY", 0)
    terminal = Terminal()

    call_command(
        "import_articles", written(tmp_path, *(line(n) for n in range(1, 6))), stdout=terminal
    )

    assert terminal.text.count("\r") == 5
    assert "%" in terminal.text


# Stopped and started


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_and_run_again_is_as_run_once(tmp_path):
    path = written(tmp_path, *(line(number) for number in range(1, 1201)))
    program = (
        "import os, signal; from legacy import importing; take = importing._Intake.take\n"
        "def killed(self, batch):\n"
        "    if batch[0].read.number > 500: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    take(self, batch)\n"
        "importing._Intake.take = killed\n"
        "from django.core.management import call_command\n"
        f"call_command('import_articles', {str(path)!r})\n"
    )

    killed = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", program],
        cwd=ROOT,
        env=environment(tmp_path),
        check=False,
        capture_output=True,
    )

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert Article.objects.count() == 500
    call_command("import_articles", path)
    assert Article.objects.count() == Edition.objects.count() == Original.objects.count() == 1200
    assert set(Article.objects.values_list("status", flat=True)) == {Status.PUBLISHED}
    assert list(chain.breaks()) == []


@pytest.mark.django_db(transaction=True)
def test_an_interruption_ends_an_import_that_reads_without_end(tmp_path):
    path = written(tmp_path, line(1))
    program = (
        "import itertools, os, signal\n"
        "from legacy import readers\n"
        "def endless(paths, known):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    for record in itertools.repeat(None):\n"
        "        if record: yield record\n"
        "readers.read = endless\n"
        "from django.core.management import execute_from_command_line as run\n"
        f"run(['manage.py', 'import_articles', {str(path)!r}])\n"
    )

    interrupted = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", program],
        cwd=ROOT,
        env=environment(tmp_path),
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert interrupted.returncode == 130
    assert "Traceback" not in interrupted.stderr
    assert len(interrupted.stderr.splitlines()) == 1


def environment(folder: Path) -> dict[str, str]:
    """For another process on the same database."""
    settings = connection.settings_dict
    address = (
        f"sqlite:///{settings['NAME']}"
        if connection.vendor == "sqlite"
        else f"postgres://{settings['USER']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    )
    return os.environ | {"DATABASE_URL": address, "DATA_DIR": str(folder / "data")}


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_bring_each_article_in_once(tmp_path):
    make.own_source()
    path = written(tmp_path, *(line(number) for number in range(1, 301)))
    errors: list[Exception] = []

    def run() -> None:
        try:
            call_command("import_articles", path, verbosity=0)
        except CommandError as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert Article.objects.count() == Edition.objects.count() == 300
    assert list(chain.breaks()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["/show.php?t=%b4%ba%20a", "/show.php?t=%B4%BA+a"])
def test_an_old_query_of_another_encoding_leads_to_the_article(tmp_path, client, asked):
    url = "http://old.example/show.php?t=%B4%BA+a&from=app"

    call_command("import_articles", written(tmp_path, line(1, url=url)))

    assert client.get(asked)["Location"] == Edition.objects.get().get_absolute_url()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "dateline",
    [
        "湖城日报 8月23日讯(记者　林晓燕)：",
        "湖城日报8月23日讯（首席记者 林晓燕）",
        "湖城日报8月23日讯（记者 林晓燕 文/图）",
    ],
)
def test_the_dateline_of_a_reprint_stands_as_the_page_had_it(tmp_path, dateline):
    (tmp_path / "1.txt").write_text(
        f"山路通了\n\n来源：湖城日报 2023-08-23 21:21:48\n\n{dateline}山路通车了。\n\n村民都来看。\n",
        encoding="utf-8",
    )
    make.own_source()

    call_command("import_articles", tmp_path / "1.txt", channel="要闻")

    assert Article.objects.get().body == f"<p>{dateline}山路通车了。</p>\n<p>村民都来看。</p>"


# Measuring


@pytest.mark.django_db
def test_the_benchmark_prints_rate_memory_and_phases(monkeypatch, capsys):
    monkeypatch.setattr("legacy.management.commands.benchmark_import.WARM_UP", 5)

    call_command("benchmark_import", records=30)

    said = capsys.readouterr().out
    assert "30 records of 1500 characters" in said
    assert "records a second" in said and "MB at most" in said
    assert Edition.objects.count() == 35


@pytest.mark.django_db
def test_the_benchmark_wants_an_empty_database():
    make.draft()

    with pytest.raises(CommandError, match="empty"):
        call_command("benchmark_import", records=1)
