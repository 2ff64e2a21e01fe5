import datetime
import io
import json
import stat
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.utils import timezone

from articles.models import Article, Status
from newsroom import demo
from newsroom.management.commands.load_demo import aligned
from people.models import User
from publication.models import Edition
from tests import factories as make
from tests.legacy import files
from tests.rows import everything
from workflow import record, services
from workflow.transitions import Action

pytestmark = pytest.mark.django_db

PEOPLE = {
    "liuyang": ("刘洋", "通讯员"),
    "zhangting": ("张婷", "记者"),
    "weiqian": ("魏倩", "编辑"),
    "luoxing": ("罗兴", "部门主任"),
    "luohua": ("罗华", "总编辑"),
    "sumu": ("苏木", "系统管理员"),
}
ENDS = [
    "draft",
    "first_review",
    "second_review",
    "final_review",
    "approved",
    "scheduled",
    "published",
    "returned",
    "held",
]


@pytest.fixture(autouse=True)
def small_demo(tmp_path, settings):
    """A demo of one earlier article and two fresh ones."""
    settings.DEMO = True
    settings.DATA_DIR = tmp_path
    settings.FIXTURE_DIRS = [tmp_path]
    picture = files.picture(tmp_path)
    fixtures = {
        "newsroom": files.newsroom(),
        "accounts": [
            files.account(username=login, name=name, groups=[[role]], is_staff=True)
            for login, (name, role) in PEOPLE.items()
        ],
        "pictures": [picture],
        "articles": [files.article(), files.byline()],
    }
    for name, rows in fixtures.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(rows), encoding="utf-8")
    write_desk(tmp_path, "draft", "published")


def write_desk(folder: Path, *ends: str) -> None:
    pieces = [
        {
            "by": "zhangting",
            "until": end,
            "note": "请补充数据。",
            "content": {
                "headline": f"第{place}篇",
                "body": "<p>十一月的龙潭镇。</p>",
                "channel": "news",
                "source": "青溪县融媒体中心",
                "lead_picture": "road.jpg" if place == 1 else None,
                "bylines": [["张婷", "采访部", "reporter"]],
                "tags": ["交通"],
            },
        }
        for place, end in enumerate(ends)
    ]
    (folder / "desk.json").write_text(json.dumps(pieces), encoding="utf-8")


def load() -> str:
    said = io.StringIO()
    call_command("load_demo", verbosity=0, stdout=said)
    return said.getvalue()


def test_every_account_can_log_in_with_the_password_that_is_printed(rf):
    lines = load().splitlines()[1:-1]

    assert len(lines) == len(PEOPLE)
    assert lines[0].split()[:3] == ["通讯员", "刘洋", "liuyang"]
    for line in lines:
        role, name, login, password = line.split()
        assert PEOPLE[login] == (name, role)
        assert len(password) >= 16
        assert authenticate(rf.post("/"), username=login, password=password)


def test_passwords_differ_and_only_the_owner_may_read_their_file(tmp_path):
    load()

    file = tmp_path / demo.ACCOUNTS_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len({line.split()[1] for line in file.read_text().splitlines()}) == len(PEOPLE)


def test_fresh_articles_lie_where_they_should_on_the_desk(tmp_path):
    write_desk(tmp_path, *ENDS)
    load()

    at = timezone.now()
    fresh = Article.objects.filter(legacy_system="").order_by("headline")
    assert [article.status for article in fresh] == [
        Status.DRAFT,
        Status.FIRST_REVIEW,
        Status.SECOND_REVIEW,
        Status.FINAL_REVIEW,
        Status.APPROVED,
        Status.PUBLISHED,
        Status.PUBLISHED,
        Status.DRAFT,
        Status.HELD,
    ]
    assert Edition.objects.scheduled(at).get().headline == "第5篇"
    assert {edition.headline for edition in Edition.objects.visible(at)} == {
        "第6篇",
        "龙潭镇：山路通了，山货俏了",
    }
    assert fresh[7].decisions.last().action == Action.RETURN
    assert not list(record.breaks())


@pytest.mark.parametrize("clock", ["00:20", "06:45", "16:30"])
def test_at_any_hour_what_was_done_lies_before_and_publications_lie_on_the_day(tmp_path, clock):
    write_desk(tmp_path, *ENDS)
    load_until_desk()
    at = datetime.datetime.fromisoformat(f"2026-11-23T{clock}:00+08:00")

    demo.fill_desk(at)

    for article in Article.objects.filter(legacy_system=""):
        times = [decision.at for decision in article.decisions.all()]
        assert times == sorted(times)
        assert all(moment < at for moment in times)
    days = {
        timezone.localdate(edition.visible_from)
        for edition in Edition.objects.visible(at).filter(article__legacy_system="")
    }
    assert days == {datetime.date(2026, 11, 23)}
    scheduled = Edition.objects.scheduled(at).get()
    assert timezone.localtime(scheduled.visible_from).isoformat() == "2026-11-24T08:00:00+08:00"


def test_a_second_time_changes_nothing_and_says_the_same():
    load()
    before, said = everything(), load()

    assert load() == said
    assert everything() == before


def test_a_second_time_leaves_what_people_did_in_between():
    load()
    chief = User.objects.get(username="luohua")
    at = timezone.now()
    for article in Article.objects.filter(editions__in=Edition.objects.visible(at)):
        services.withdraw(article.pk, by=chief, at=at, version=article.version, note="演练")
    User.objects.get(username="sumu").delete()
    User.objects.filter(username="weiqian").update(name="魏茜")
    before = everything()

    load()

    assert everything() == before


def test_a_password_changed_since_is_not_printed():
    load()
    account = User.objects.get(username="luohua")
    account.set_password("a-password-of-my-own")
    account.save()

    [line] = [line for line in load().splitlines() if "luohua" in line]

    assert line.endswith("（已改）")
    account.refresh_from_db()
    assert account.check_password("a-password-of-my-own")


def test_fixtures_loaded_by_hand_become_a_demo_with_passwords_and_a_desk():
    load_until_desk()

    said = load()

    assert Article.objects.filter(legacy_system="").count() == 2
    assert "（已改）" not in said


def test_a_database_without_the_accounts_gets_those_that_are_kept(tmp_path):
    (tmp_path / demo.ACCOUNTS_FILE).write_text("luohua kept-1234-password\n")

    load()

    assert User.objects.get(username="luohua").check_password("kept-1234-password")


def test_the_demo_is_refused_beside_real_articles():
    make.draft()
    before = everything()

    with pytest.raises(CommandError, match="数据库中有不属于演示的账号或稿件"):
        load()

    assert everything() == before


def test_the_demo_is_refused_beside_real_accounts():
    make.user(username="liming")

    with pytest.raises(CommandError, match="数据库中有不属于演示的账号或稿件"):
        load()

    assert User.objects.count() == 1


def test_the_demo_is_refused_on_a_public_server(settings):
    settings.DEMO = False
    settings.SECURE = True

    with pytest.raises(CommandError, match="演示账号不应出现在公开的服务器上"):
        load()

    assert not User.objects.exists()


def test_a_desk_that_cannot_be_filled_stays_empty(tmp_path):
    pieces = json.loads((tmp_path / "desk.json").read_text())
    pieces[-1]["content"]["source"] = "某报"
    (tmp_path / "desk.json").write_text(json.dumps(pieces))

    with pytest.raises(Exception, match="Source matching query does not exist"):
        load()

    assert not Article.objects.filter(legacy_system="").exists()


def test_columns_are_aligned_by_the_width_of_what_they_show():
    assert aligned([("角色", "log-in"), ("chief", "罗华")]) == ["角色   log-in", "chief  罗华"]


def load_until_desk() -> None:
    call_command("loaddata", *demo.fixture_files(), verbosity=0)
