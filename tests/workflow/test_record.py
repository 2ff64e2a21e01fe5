import io
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection

from articles.models import Article, Status
from people.models import User
from tests import factories as make
from workflow import record, rules_in_database
from workflow.models import ChainHead, Decision
from workflow.situation import Situation
from workflow.transitions import Action

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain() -> list[Decision]:
    """The decisions of an article that was published and withdrawn."""
    make.article(Status.WITHDRAWN)
    return list(Decision.objects.order_by("sequence"))


@pytest.fixture
def lifted() -> Any:
    """The rules that keep decisions lifted, as somebody with the database's password could."""
    rules_in_database.lift(connection)
    yield
    rules_in_database.install(connection)


def test_each_decision_continues_the_one_before(chain: list[Decision]):
    assert [decision.sequence for decision in chain] == [1, 2, 3, 4, 5, 6]
    assert [decision.previous_hash for decision in chain] == ["", *(d.hash for d in chain[:-1])]
    assert len({decision.hash for decision in chain}) == len(chain)
    assert not list(record.breaks())


def test_a_decision_keeps_name_role_time_version_and_fingerprint(chain: list[Decision]):
    article = Article.objects.get()
    final = chain[3]

    assert final.action == Action.PASS_FINAL
    assert (final.from_status, final.to_status) == ("final_review", "approved")
    assert (final.by_name, final.by_role) == (final.by.name, "总编辑")
    assert final.at == make.NOON - make.HOUR
    assert final.version == article.version - 3
    assert final.fingerprint == article.fingerprint


@pytest.mark.usefixtures("lifted")
@pytest.mark.parametrize(
    "forged",
    [
        {"by_name": "别人"},
        {"by_role": "总编辑、编辑"},
        {"by": None},
        {"action": "pass_first"},
        {"from_status": "draft"},
        {"to_status": "spiked"},
        {"at": make.NOON},
        {"version": 99},
        {"fingerprint": "0" * 64},
        {"note": "改过的意见"},
        {"public_note": "改过的说明"},
        {"visible_from": make.NOON},
        {"visible_until": make.NOON},
    ],
    ids=lambda forged: next(iter(forged)),
)
def test_whatever_is_changed_in_a_decision_shows(chain: list[Decision], forged: dict[str, Any]):
    Decision.objects.filter(sequence=4).update(**forged)

    assert list(record.breaks()) == ["4: was changed after it was written"]


@pytest.mark.usefixtures("lifted")
def test_a_forger_who_mends_the_hash_breaks_the_chain_behind_it(chain: list[Decision]):
    forged = chain[3]
    forged.by_name = "别人"
    forged.hash = forged.compute_hash()
    forged.save()

    assert list(record.breaks()) == ["5: does not follow the decision before it"]


@pytest.mark.usefixtures("lifted")
def test_a_decision_taken_out_of_the_middle_shows(chain: list[Decision]):
    chain[2].delete()

    assert list(record.breaks()) == [
        "3: missing, 4 follows",
        "4: does not follow the decision before it",
    ]


@pytest.mark.usefixtures("lifted")
def test_a_decision_taken_off_the_end_shows(chain: list[Decision]):
    chain[-1].delete()

    assert list(record.breaks()) == ["6: the end of the chain is missing"]


@pytest.mark.usefixtures("lifted")
def test_a_record_that_was_emptied_shows(chain: list[Decision]):
    Decision.objects.all().delete()

    assert list(record.breaks()) == ["6: the end of the chain is missing"]


def test_the_command_says_that_the_record_holds(chain: list[Decision]):
    out = io.StringIO()

    call_command("verify_record", stdout=out)

    assert out.getvalue() == f"The record holds: 6 decisions, end {chain[-1].hash}\n"


def test_an_empty_record_holds():
    out = io.StringIO()

    call_command("verify_record", stdout=out)

    assert out.getvalue() == "The record holds: 0 decisions, end -\n"


@pytest.mark.usefixtures("lifted")
def test_the_command_fails_on_a_broken_record(chain: list[Decision]):
    Decision.objects.filter(sequence=2).update(note="改过")
    err = io.StringIO()

    with pytest.raises(CommandError, match="broken in 1 places"):
        call_command("verify_record", stdout=io.StringIO(), stderr=err)

    assert err.getvalue() == "2: was changed after it was written\n"


def test_deleting_a_person_or_a_group_removes_no_signature(chain: list[Decision]):
    article = Article.objects.get()
    before = list(Decision.objects.order_by("sequence").values())
    signed = [
        (stage, decision.by_name)
        for stage, decision in Situation.of(article, make.NOON).signatures.items()
    ]

    User.objects.all().delete()
    Group.objects.all().delete()

    assert list(Decision.objects.order_by("sequence").values()) == before
    after = Situation.of(article, make.NOON).signatures.items()
    assert [(stage, decision.by_name) for stage, decision in after] == signed
    assert not list(record.breaks())


def test_an_article_with_a_record_is_not_deleted(chain: list[Decision]):
    with pytest.raises(Exception, match="protected"):
        Article.objects.get().delete()

    assert Article.objects.exists()
    assert ChainHead.objects.get().sequence == 6
