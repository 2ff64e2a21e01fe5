"""Rules of the export: what is written of each article, and that nothing is lost on the way."""

import datetime
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.content import Credit
from articles.models import Article, Picture, Role, Status
from articles.pictures import ENDINGS
from articles.text import clean_line
from legacy import exporting, importing
from legacy.exporting import FILE, MEDIA, export
from legacy.fitness import Options
from legacy.report import Report
from people.models import Contributor
from publication.models import Edition, OldAddress
from tests import factories
from tests.factories import HOUR, NOON
from workflow import services

pytestmark = pytest.mark.django_db

LATER = NOON + HOUR


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "export"


def written(folder: Path, at: datetime.datetime = LATER, **options: Any) -> dict[str, Any]:
    """What an export writes, by headline."""
    export(folder, at=at, **options)
    rows = [json.loads(line) for line in (folder / FILE).read_bytes().splitlines()]
    return {row.get("headline", ""): row for row in rows}


def file_of(picture: Picture) -> str:
    return f"{MEDIA}/{picture.sha256}.{ENDINGS[picture.mime]}"


def image(picture: Picture) -> str:
    shown = f'<img src="/picture/{picture.sha256}" alt="田野">'
    return f"<p>正文。</p><figure>{shown}<figcaption>图说。</figcaption></figure>"


# What is written of an article


def test_a_published_article_is_written_as_readers_see_it(folder: Path) -> None:
    unit = factories.unit("影像部")
    writer = factories.contributor("石磊", unit=unit)
    team = factories.contributor("双河镇", is_unit=True)
    top = factories.channel("要闻")
    channel = factories.channel("时政", parent=top)
    made = factories.article(
        Status.PUBLISHED,
        headline="现场会召开",
        kicker="引题",
        channel=channel,
        bylines=(Credit(writer.pk, Role.REPORTER), Credit(team.pk, Role.CORRESPONDENT)),
        tags=("春耕", "农业"),
    )
    source = factories.own_source()
    edition = made.editions.get()

    row = written(folder)["现场会召开"]

    names = [signed["name"] for signed in edition.reviewers]
    assert row == {
        "newsroom": 1,
        "system": "newsroom",
        "id": str(made.number),
        "number": made.number,
        "status": "published",
        "published_at": timezone.localtime(made.first_published_at).isoformat(),
        "kicker": "引题",
        "headline": "现场会召开",
        "body": made.body,
        "has_dateline": True,
        "channel": {"name": "要闻/时政", "slug": f"{top.slug}/{channel.slug}"},
        "source": {"name": source.name, "own": True},
        "credits": [
            {"name": "石磊", "role": "reporter", "unit": "影像部"},
            {"name": "双河镇", "role": "correspondent", "is_unit": True},
            {"name": names[0], "role": "editor"},
            {"name": names[0], "role": "first_reviewer"},
            {"name": names[1], "role": "second_reviewer"},
            {"name": names[2], "role": "final_reviewer"},
        ],
        "tags": sorted(["春耕", "农业"]),
    }


def test_times_are_written_in_beijing_time(folder: Path) -> None:
    made = factories.article(Status.PUBLISHED, headline="甲")
    row = written(folder)["甲"]
    assert row["published_at"].endswith("+08:00")
    assert datetime.datetime.fromisoformat(row["published_at"]) == made.first_published_at


def test_an_article_that_is_being_changed_is_written_as_it_stands_on_the_site(folder: Path) -> None:
    made = factories.article(Status.PUBLISHED, headline="甲")
    content = factories.content(headline="乙", channel=made.channel, source=made.source)
    services.save(
        made.pk, content, by=factories.user("chief_editor"), at=NOON, version=made.version
    )
    assert [row["status"] for row in written(folder).values()] == ["published"]
    assert "甲" in written(folder) and "乙" not in written(folder)


def test_work_at_the_desk_is_written_as_drafts_and_the_bin_is_left_out(folder: Path) -> None:
    for status in (Status.DRAFT, Status.SECOND_REVIEW, Status.APPROVED, Status.HELD, Status.SPIKED):
        factories.article(status, headline=status.value)
    rows = written(folder)
    assert {name: row["status"] for name, row in rows.items()} == {
        "draft": "draft",
        "second_review": "draft",
        "approved": "draft",
        "held": "draft",
    }
    assert all("published_at" not in row for row in rows.values())


def test_what_is_scheduled_is_a_draft_until_its_time_comes(folder: Path) -> None:
    made = factories.article(Status.APPROVED, headline="甲")
    factories.take(
        services.schedule, made, by=factories.user("chief_editor"), go_live=NOON + 3 * HOUR
    )
    row = written(folder, at=LATER)["甲"]
    assert row["status"] == "draft" and "published_at" not in row
    assert written(folder, at=NOON + 4 * HOUR)["甲"]["status"] == "published"


def test_a_withdrawn_article_is_written_with_its_notice(folder: Path) -> None:
    made = factories.article(Status.PUBLISHED, headline="甲")
    factories.take(
        services.withdraw,
        made,
        by=factories.user("chief_editor"),
        note="事实有误",
        public_note="本文已撤回。",
    )
    row = written(folder)["甲"]
    assert (row["status"], row["notice"]) == ("withdrawn", "本文已撤回。")
    assert "published_at" in row


def test_what_ran_out_of_time_is_written_as_taken_off_without_a_notice(folder: Path) -> None:
    factories.edition(until=NOON, headline="甲")
    row = written(folder)["甲"]
    assert row["status"] == "withdrawn" and "notice" not in row


def test_a_take_down_time_that_is_to_come_is_written(folder: Path) -> None:
    factories.edition(until=NOON + 3 * HOUR, headline="甲")
    row = written(folder)["甲"]
    assert row["status"] == "published"
    assert datetime.datetime.fromisoformat(row["visible_until"]) == NOON + 3 * HOUR


def test_corrections_old_addresses_and_the_earlier_system_are_written(folder: Path) -> None:
    note = {"at": (NOON - HOUR / 2).isoformat(), "note": "人名有误，已更正。"}
    edition = factories.edition(headline="甲", corrections=[note])
    Article.objects.filter(pk=edition.article_id).update(legacy_system="rednet", legacy_id="77")
    for path in ("/view.php?aid=7", "/旧/春耕"):
        OldAddress.objects.create(path=path, number=edition.number)
    row = written(folder)["甲"]
    assert (row["system"], row["id"], row["number"]) == ("rednet", "77", edition.number)
    assert row["addresses"] == ["/view.php?aid=7", "/旧/春耕"]
    assert [correction["note"] for correction in row["corrections"]] == ["人名有误，已更正。"]


def test_pictures_are_written_once_with_what_the_library_says_of_them(folder: Path) -> None:
    lead, shown = factories.picture(credit="石磊"), factories.picture(caption="")
    Picture.objects.filter(pk=lead.pk).update(focal_x=20, focal_y=80)
    factories.edition(headline="甲", body=image(shown), lead_picture=lead)
    factories.edition(headline="乙", body=image(shown))

    row = written(folder)["甲"]

    assert row["lead_picture"] == file_of(lead)
    assert f'<img src="{file_of(shown)}" alt="田野">' in row["body"]
    assert row["pictures"] == {
        file_of(lead): {
            "caption": "会议现场。",
            "alt": "会场里坐满了人",
            "credit": "石磊",
            "focal": [20, 80],
        },
        file_of(shown): {"alt": "会场里坐满了人"},
    }
    assert {path.name for path in (folder / MEDIA).iterdir()} == {
        Path(file_of(picture)).name for picture in (lead, shown)
    }
    assert (folder / file_of(lead)).read_bytes() == _bytes(lead)


def test_the_responsible_editor_comes_before_other_editors(folder: Path) -> None:
    other = factories.contributor("周津")
    factories.edition(
        headline="甲",
        bylines=(Credit(other.pk, Role.EDITOR),),
        reviewers=[{"stage": "final_review", "name": "黎小满"}],
    )
    assert [(row["name"], row["role"]) for row in written(folder)["甲"]["credits"]] == [
        ("黎小满", "editor"),
        ("周津", "editor"),
        ("黎小满", "final_reviewer"),
    ]


def test_a_signer_brings_their_unit_along_where_the_name_tells_the_person(folder: Path) -> None:
    Contributor.objects.create(
        name="黎小满", unit=factories.unit("编辑部"), user=factories.user("editor")
    )
    factories.edition(
        headline="甲", bylines=(), reviewers=[{"stage": "final_review", "name": "黎小满"}]
    )
    assert {row["unit"] for row in written(folder)["甲"]["credits"]} == {"编辑部"}


# The folder


def test_articles_come_in_the_order_of_their_numbers(folder: Path) -> None:
    for _place in range(4):
        factories.draft()
    export(folder, at=LATER)
    numbers = [json.loads(line)["number"] for line in (folder / FILE).read_bytes().splitlines()]
    assert numbers == sorted(numbers) and len(numbers) == 4


def test_an_export_is_renewed_in_its_place(folder: Path) -> None:
    picture = factories.picture()
    made = factories.draft(headline="甲", lead_picture=picture)
    export(folder, at=LATER)
    content = factories.content(headline="乙", channel=made.channel)
    services.save(made.pk, content, by=made.created_by, at=LATER, version=made.version)

    assert list(written(folder)) == ["乙"]
    assert list((folder / MEDIA).iterdir()) == []


def test_a_folder_with_other_files_is_refused_and_left_alone(folder: Path) -> None:
    folder.mkdir()
    (folder / "letter.txt").write_text("wichtig")
    with pytest.raises(exporting.Refused, match=str(folder)):
        export(folder, at=LATER)
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


def test_a_file_that_no_export_wrote_is_not_replaced(folder: Path) -> None:
    folder.mkdir()
    (folder / FILE).write_text('{"system":"oldcms"}\n')
    with pytest.raises(exporting.Refused):
        export(folder, at=LATER)
    assert (folder / FILE).read_text() == '{"system":"oldcms"}\n'


def test_what_changed_since_goes_into_a_folder_of_its_own(folder: Path, tmp_path: Path) -> None:
    factories.draft(headline="旧")
    Article.objects.update(updated_at=NOON - 24 * HOUR)
    factories.draft(headline="新")
    Article.objects.filter(headline="新").update(updated_at=NOON)
    export(folder, at=LATER)
    with pytest.raises(exporting.Refused):
        export(folder, at=LATER, since=NOON - HOUR)
    assert list(written(tmp_path / "since", since=NOON - HOUR)) == ["新"]


def test_going_live_on_time_counts_as_a_change(folder: Path) -> None:
    factories.edition(since=NOON, headline="甲")
    Article.objects.update(updated_at=NOON - 24 * HOUR)
    assert list(written(folder, since=NOON - HOUR / 2)) == ["甲"]


def test_a_failure_leaves_the_earlier_export_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.draft(headline="甲")
    export(folder, at=LATER)
    before = (folder / FILE).read_bytes()
    factories.draft(headline="乙", lead_picture=factories.picture())
    monkeypatch.setattr(shutil, "copyfileobj", _full_disk)

    with pytest.raises(OSError, match="disk"):
        export(folder, at=LATER)

    assert (folder / FILE).read_bytes() == before
    assert sorted(path.name for path in folder.rglob("*")) == [FILE, MEDIA]


def test_only_its_owner_may_read_an_export(folder: Path) -> None:
    factories.draft()
    export(folder, at=LATER)
    assert (folder / FILE).stat().st_mode & 0o777 == 0o600


def test_an_original_that_is_gone_is_named_and_the_rest_is_written(folder: Path) -> None:
    picture = factories.picture()
    factories.draft(headline="甲", lead_picture=picture)
    picture.file.storage.delete(picture.file.name)
    outcome = export(folder, at=LATER)
    assert outcome.missing == [picture.sha256]
    assert (outcome.articles, outcome.pictures) == (1, 0)


def test_queries_do_not_grow_with_the_articles_of_a_batch(folder: Path, tmp_path: Path) -> None:
    def count(place: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            export(tmp_path / place, at=LATER)
        return len(queries)

    factories.edition(lead_picture=factories.picture())
    factories.draft()
    few = count("few")
    for _place in range(5):
        factories.edition(lead_picture=factories.picture(), tags=("春耕",))
        factories.draft()
    assert count("many") == few


def test_batches_meet_without_a_gap(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "BATCH", 2)
    for _place in range(5):
        factories.draft()
    steps: list[tuple[int, int]] = []
    outcome = export(folder, at=LATER, progress=lambda *step: steps.append(step))
    assert outcome.articles == 5
    assert steps == [(2, 5), (4, 5), (5, 5)]


# There and back


def everything() -> None:
    """One article of every kind that an export has to carry."""
    lead, shown = factories.picture(credit="石  磊"), factories.picture()
    Picture.objects.filter(pk=lead.pk).update(focal_x=20, focal_y=80)
    unit = factories.unit("影像  部")
    namesakes = [factories.contributor("石磊", unit=unit), factories.contributor("石磊")]
    credits = tuple(Credit(person.pk, Role.REPORTER) for person in namesakes)
    top = factories.channel("要闻")
    channel = factories.channel("图片/视频", parent=top)
    factories.article(
        Status.PUBLISHED,
        headline="三审稿件",
        channel=channel,
        lead_picture=lead,
        body=image(shown),
        bylines=credits,
        tags=("春耕", "农业 生产"),
        summary="第一行\n第二行",
    )
    factories.article(
        Status.PUBLISHED,
        headline="转载",
        source=factories.own_source(),
        original_headline="原题",
        original_author="原作者",
        original_url="https://other.example/1",
    )
    agency = factories.source("新华社 湖南", home_url="https://agency.example/")
    factories.edition(headline="转载二", source=agency, until=NOON + 300_000 * HOUR)
    note = {"at": (NOON - HOUR / 2).isoformat(), "note": "人名有误，已更正。"}
    old = factories.edition(headline="更正过", corrections=[note], since=NOON - 9 * HOUR)
    Article.objects.filter(pk=old.article_id).update(legacy_system="rednet", legacy_id="77")
    OldAddress.objects.create(path="/view.php?aid=7", number=old.number)
    for path in ("/旧/春耕", "/100%25", "/a#b", "/a?b=c d"):
        OldAddress.objects.create(path=path, number=old.number)
    factories.article(Status.WITHDRAWN, headline="撤稿")
    over = factories.edition(until=NOON, headline="到期")
    first = over.first_published_at
    Article.objects.filter(pk=over.article_id).update(first_published_at=first)
    factories.draft(headline="草稿", body="", channel=None, source=None, bylines=())
    factories.article(Status.SECOND_REVIEW, headline="在审")
    factories.article(Status.SPIKED, headline="废稿")
    factories.imported(headline="待核")
    changed = factories.article(Status.PUBLISHED, headline="在改")
    content = factories.content(headline="改后", channel=changed.channel, source=changed.source)
    services.save(
        changed.pk, content, by=factories.user("chief_editor"), at=NOON, version=changed.version
    )


def public(at: datetime.datetime) -> dict[int, Any]:
    """All that readers see, by number."""
    names = (
        "visible_until first_published_at kicker headline subtitle short_headline summary body "
        "dateline source_name source_url is_reprint original_headline original_author original_url "
        "responsible_editor tags lead_picture authors proofreaders signatures notices"
    ).split()
    return {
        edition.number: {
            **{name: getattr(edition, name) for name in names},
            "channel": str(edition.channel),
            "pictures": {
                sha256: {**picture, "credit": clean_line(picture["credit"])}
                for sha256, picture in edition.pictures.items()
            },
        }
        for edition in Edition.objects.visible(at).select_related("channel__parent")
    }


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_an_export_read_into_an_empty_database_is_exported_with_the_same_bytes(
    tmp_path: Path, settings: Any
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    now = timezone.now()
    with transaction.atomic():
        everything()
        seen = public(now)
        export(first, at=now)
        transaction.set_rollback(True)
    for name in ("default", "renditions"):
        shutil.rmtree(settings.STORAGES[name]["OPTIONS"]["location"], ignore_errors=True)
    assert not Article.objects.exists()

    report = Report(None)
    importing.import_paths([first], options=Options(), at=now, report=report)
    export(second, at=now)

    assert (second / FILE).read_text().splitlines() == (first / FILE).read_text().splitlines()
    assert bytes_of(second) == bytes_of(first)
    assert len(seen) == 5 and public(now) == seen


def test_reading_an_export_into_the_database_it_came_from_changes_nothing(folder: Path) -> None:
    everything()
    now = timezone.now()
    export(folder, at=now)
    before = bytes_of(folder)
    count = Article.objects.count()

    importing.import_paths([folder], options=Options(), at=now, report=Report(None))

    export(folder, at=now)
    assert bytes_of(folder) == before
    assert Article.objects.count() == count


# The command


def test_the_command_says_what_it_wrote(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    factories.draft(lead_picture=factories.picture())
    call_command("export_articles", folder)
    out = capsys.readouterr().out
    assert "1" in out and str(folder) in out


def test_the_command_refuses_with_a_sentence(folder: Path) -> None:
    folder.write_text("")
    with pytest.raises(CommandError, match=str(folder)):
        call_command("export_articles", folder)
    with pytest.raises(CommandError, match="gestern"):
        call_command("export_articles", folder, "--since", "gestern")


def test_the_command_fails_where_an_original_is_gone(folder: Path) -> None:
    picture = factories.picture()
    factories.draft(lead_picture=picture)
    picture.file.storage.delete(picture.file.name)
    with pytest.raises(CommandError, match=picture.sha256[:12]):
        call_command("export_articles", folder)


def _bytes(picture: Picture) -> bytes:
    with picture.file.open("rb") as file:
        return bytes(file.read())


def _full_disk(*_files: Any) -> None:
    raise OSError("disk full")
