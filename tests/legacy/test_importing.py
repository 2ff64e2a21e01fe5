import contextlib
import csv
import dataclasses
import datetime
import io
from typing import Any

import pytest
from django.db import (
    DatabaseError,
    InternalError,
    OperationalError,
    ProgrammingError,
    connection,
)
from django.test.utils import CaptureQueriesContext

from articles.content import Content
from articles.models import Article, Channel, NumberSeries, Picture, Role, Status
from articles.storage import WholeFileStorage
from legacy import importing
from legacy.models import Original
from legacy.records import Format, Place, Unreadable
from legacy.report import Line, Outcome, Report
from publication import renditions
from publication.models import Edition, OldAddress, Withdrawal
from sources.models import Source
from tests import factories as make
from tests.legacy import records as old
from tests.rows import everything
from workflow import locks, services
from workflow import record as chain
from workflow.models import ChainHead, Decision, Revision
from workflow.transitions import Action

pytestmark = pytest.mark.django_db

NUMBER = old.NUMBER


@pytest.fixture(autouse=True)
def own() -> Source:
    return make.own_source()


def imported() -> Article:
    return Article.objects.get(legacy_system=old.SYSTEM)


def stored_files(settings: Any) -> list[str]:
    folders = (settings.STORAGES[name]["OPTIONS"]["location"] for name in ("default", "renditions"))
    return [path.name for folder in folders for path in folder.rglob("*") if path.is_file()]


# What becomes of a record


def test_a_record_becomes_an_article_on_the_site(client):
    report = old.bring_in(old.record())

    article = imported()
    edition = article.editions.get()
    assert report.outcomes == [Outcome.ADMITTED]
    assert article.number == NUMBER
    assert article.status == Status.PUBLISHED
    assert article.first_published_at == old.PUBLISHED
    assert article.body == old.BODY
    assert [(row.contributor.name, row.role) for row in article.bylines.all()] == [
        ("林晓燕", Role.REPORTER),
        ("周立群", Role.EDITOR),
    ]
    assert edition.visible_from == edition.first_published_at == old.PUBLISHED
    assert edition.created_at == make.NOON
    assert edition.responsible_editor == "周立群"
    page = client.get(f"/content/646742/67/{NUMBER}.html", follow=True)
    assert page.redirect_chain == [(f"/content/2023/08/23/{NUMBER}.html", 301)]
    assert "龙潭镇" in page.content.decode()


def test_the_record_of_decisions_says_imported():
    old.bring_in(old.record(1), old.record(2))

    decisions = Decision.objects.all()
    assert [(row.action, row.to_status, row.by_name) for row in decisions] == [
        (Action.IMPORT, Status.PUBLISHED, "rednet")
    ] * 2
    assert list(chain.breaks()) == []
    assert ChainHead.objects.get().sequence == 2


def test_an_imported_article_has_a_revision_that_restores_it():
    old.bring_in(old.record(tags=("茶叶", "山路")))

    revision = Revision.objects.get()
    article = imported()
    assert revision.version == article.version == 1
    assert revision.fingerprint == article.fingerprint == article.editions.get().fingerprint
    assert revision.content["tags"] == ["山路", "茶叶"]
    assert sorted(article.tags.names()) == ["山路", "茶叶"]


def test_correction_notices_come_along():
    notice = {"at": "2023-08-24T09:00:00+08:00", "note": "更正人名。"}

    old.bring_in(old.record(corrections=(notice,)))

    assert imported().editions.get().corrections == [notice]


def test_a_withdrawn_article_answers_with_its_notice(client):
    old.bring_in(old.record(status=Status.WITHDRAWN, notice="本文已撤下。"))

    assert imported().status == Status.WITHDRAWN
    assert Withdrawal.objects.get().notice == "本文已撤下。"
    page = client.get(f"/content/2023/08/23/{NUMBER}.html")
    assert page.status_code == 410
    assert "本文已撤下。" in page.content.decode()


def test_a_draft_stays_a_draft_and_out_of_the_queue():
    report = old.bring_in(old.record(status=Status.DRAFT, published_at=None))

    assert report.outcomes == [Outcome.ADMITTED]
    assert imported().status == Status.DRAFT
    assert imported().first_published_at is None
    assert not Original.objects.waiting()


def test_an_article_that_was_taken_down_stays_down(client):
    until = old.PUBLISHED + datetime.timedelta(days=30)

    old.bring_in(old.record(visible_until=until))

    assert imported().editions.get().visible_until == until
    assert client.get(f"/content/2023/08/23/{NUMBER}.html").status_code == 410


def test_the_original_says_where_it_came_from():
    old.bring_in(old.record())

    original = Original.objects.get()
    assert (original.file, original.place) == ("dump.jsonl", str(NUMBER))
    assert original.standing == Original.Standing.ADMITTED
    assert original.data == b""


def test_the_bytes_of_a_page_are_kept():
    record = old.record(format=Format.PAGE)

    old.bring_in(record)

    assert Original.objects.get().raw == record.raw


# Waiting


def test_a_repaired_text_waits():
    report = old.bring_in(old.repaired())

    article = imported()
    assert report.outcomes == [Outcome.WAITING]
    assert article.status == Status.DRAFT
    assert article.first_published_at == old.PUBLISHED
    assert not Edition.objects.exists()
    original = Original.objects.waiting().get()
    assert original.changes == [
        {
            "field": "body",
            "start": 5,
            "end": 12,
            "before": "演變(biàn)",
            "after": "演变",
            "rule": "gloss",
        }
    ]
    assert original.before == {"body": "八月的演變(biàn)"}


def test_a_repaired_text_without_marks_can_be_accepted_at_once():
    report = old.bring_in(
        old.repaired(1), old.repaired(2, marks=[old.mark()]), accepts_repaired=True
    )

    assert report.outcomes == [Outcome.ADMITTED, Outcome.WAITING]
    assert Edition.objects.get().number == 1


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"confidence": {"credits": 0.4}}, "署名"),
        ({"source": ""}, "来源"),
        ({"marks": [old.mark()]}, "1"),
    ],
)
def test_what_is_not_sure_waits(fields, reason):
    report = old.bring_in(old.record(**fields))

    assert report.outcomes == [Outcome.WAITING]
    assert imported().status == Status.DRAFT
    assert Original.objects.waiting().count() == 1


def test_what_is_sure_enough_does_not_wait():
    report = old.bring_in(old.record(confidence={"editor": 0.6}))

    assert report.outcomes == [Outcome.ADMITTED]


def test_a_doubt_is_told_and_kept():
    record = old.record(doubts=[old.doubt("editor", "“redcloud”是登录名。")])

    report = old.bring_in(record)

    assert report.last.reason == "“redcloud”是登录名。"
    assert Original.objects.get().doubts == [
        {"field": "editor", "sentence": "“redcloud”是登录名。"}
    ]
    assert Original.objects.get().raw == record.raw


def test_a_waiting_article_that_is_accepted_is_on_the_site():
    old.bring_in(old.repaired())
    article = imported()

    make.take(services.accept, article, by=make.user("chief_editor"), at=make.NOON + make.HOUR)

    edition = article.editions.get()
    assert edition.first_published_at == old.PUBLISHED
    assert Original.objects.get().standing == Original.Standing.ACCEPTED
    assert not Original.objects.waiting()


NOTICE = {"at": "2023-08-24T09:00:00+08:00", "note": "更正人名。"}


def test_accepting_keeps_the_take_down_time_and_the_corrections():
    until = make.NOON + 720 * make.HOUR
    old.bring_in(old.repaired(visible_until=until, corrections=(NOTICE,)))

    make.take(services.accept, imported(), by=make.user("chief_editor"), at=make.NOON + make.HOUR)

    edition = Edition.objects.get()
    assert edition.visible_until == until
    assert edition.corrections == [NOTICE]
    assert list(chain.breaks()) == []


def test_reviewing_a_held_draft_keeps_its_corrections():
    old.bring_in(old.repaired(corrections=(NOTICE,)))
    article, chief = imported(), make.user("chief_editor")

    make.take(
        services.emergency_publish, article, by=chief, at=make.NOON + make.HOUR, note="急需更正"
    )

    assert Edition.objects.get().corrections == [NOTICE]


def test_what_was_to_leave_the_site_meanwhile_is_not_accepted():
    until = make.NOON + make.HOUR
    old.bring_in(old.repaired(visible_until=until))
    chief = make.user("chief_editor")
    before = everything()

    with pytest.raises(services.Refused, match=f"{until:%Y-%m-%d %H:%M}"):
        make.take(services.accept, imported(), by=chief, at=until)

    assert everything() == before


def test_a_repaired_text_that_was_taken_down_comes_in_as_withdrawn(client):
    report = old.bring_in(old.repaired(visible_until=old.PUBLISHED + 24 * make.HOUR))

    assert report.outcomes == [Outcome.ADMITTED]
    assert imported().status == Status.WITHDRAWN
    assert not Original.objects.waiting()
    assert client.get(f"/content/2023/08/23/{NUMBER}.html").status_code == 410


@pytest.mark.parametrize("status", [Status.DRAFT, Status.WITHDRAWN])
def test_what_was_repaired_is_told_of_drafts_and_withdrawn_articles_too(status):
    report = old.bring_in(old.repaired(status=status, marks=[old.mark()]))

    assert report.outcomes == [Outcome.ADMITTED]
    assert imported().status == status
    assert report.last.reason.count("1") == 2
    assert not Original.objects.get().is_held


# Setting aside


@pytest.mark.parametrize(
    "fields",
    [
        {"published_at": None},
        {"published_at": make.NOON + make.HOUR},
        {"visible_until": old.PUBLISHED},
        {"headline": " "},
        {"headline": "长" * 121},
        {"kicker": "长" * 81},
        {"subtitle": "长" * 121},
        {"short_headline": "长" * 41},
        {"summary": "长" * 501},
        {"original_author": "长" * 101},
        {"body": ""},
        {"body": "<script>alert(1)</script>"},
        {"body": f"<p>{'长' * 500_000}</p>"},
        {"channel": ""},
        {"channel": "长" * 21},
        {"source": "长" * 61},
        {"credits": (old.credit("长" * 61),)},
        {"credits": (old.credit("林晓燕", unit="长" * 61),)},
        {"credits": (old.credit(" "),)},
        {"tags": ("长" * 101,)},
        {"system": ""},
        {"id": "7" * 101},
        {"id": "\udce4.html"},
        {"number": 0},
        {"number": 2**63},
    ],
)
def test_a_record_that_is_not_fit_is_set_aside(fields):
    before = everything()

    report = old.bring_in(old.record(**fields))

    assert report.outcomes == [Outcome.SET_ASIDE]
    assert report.last.reason and report.last.advice
    assert everything() == before


def test_what_cannot_be_read_is_set_aside_with_its_reason():
    report = old.bring_in(Unreadable(Place("坏页.html"), "没有正文。", "重新保存。"), old.record())

    assert report.outcomes == [Outcome.SET_ASIDE, Outcome.ADMITTED]
    assert report.lines[0] == Line(
        outcome=Outcome.SET_ASIDE,
        place=Place("坏页.html"),
        reason="没有正文。",
        advice="重新保存。",
    )


def test_one_bad_record_is_set_aside_alone(monkeypatch):
    admit = services.admit

    def refuse_the_third(arrivals, *, at):
        if any(arrival.article.legacy_id == "3" for arrival in arrivals):
            raise DatabaseError("value too strange\nDETAIL: 3")
        admit(arrivals, at=at)

    monkeypatch.setattr(services, "admit", refuse_the_third)

    report = old.bring_in(*(old.record(number) for number in range(1, 8)))

    assert report.outcomes == [
        *[Outcome.ADMITTED] * 2,
        Outcome.SET_ASIDE,
        *[Outcome.ADMITTED] * 4,
    ]
    assert "value too strange" in report.lines[2].reason
    assert sorted(Article.objects.values_list("number", flat=True)) == [1, 2, 4, 5, 6, 7]
    assert list(chain.breaks()) == []


def test_a_record_that_nobody_thought_of_does_not_end_the_import():
    strange = old.record(1, published_at=old.PUBLISHED.replace(tzinfo=None))

    report = old.bring_in(strange, old.record(2))

    assert report.outcomes == [Outcome.SET_ASIDE, Outcome.ADMITTED]


def test_an_id_that_no_article_here_can_have_does_not_end_the_import():
    huge = old.record(id="9" * 20, system="newsroom", number=None)

    report = old.bring_in(old.record(1), huge, old.record(2))

    assert report.outcomes == [Outcome.ADMITTED] * 3
    assert Article.objects.filter(legacy_id="9" * 20).exists()


def test_a_record_that_cannot_be_looked_for_is_set_aside_alone(monkeypatch):
    look = importing._known

    def fussy(entries: Any) -> Any:
        if any(entry.record.id == "2" for entry in entries):
            raise OverflowError("too large")
        return look(entries)

    monkeypatch.setattr(importing, "_known", fussy)

    report = old.bring_in(*(old.record(number) for number in (1, 2, 3)))

    assert report.outcomes == [Outcome.ADMITTED, Outcome.SET_ASIDE, Outcome.ADMITTED]
    assert "too large" in report.lines[1].reason


def test_a_file_name_that_is_no_text_does_no_harm():
    record = old.record(place=Place("\udcc9\udccf.html", "1"), raw=b"1")

    old.bring_in(record)

    assert Original.objects.get().file == ".html"


# Identity


def test_importing_again_changes_nothing():
    old.bring_in(old.record(1), old.repaired(2))
    before = everything()

    report = old.bring_in(old.record(1), old.repaired(2), at=make.NOON + make.HOUR)

    assert report.outcomes == [Outcome.UNCHANGED] * 2
    assert everything() == before


def test_a_changed_original_makes_a_revision_and_goes_to_the_final_review():
    old.bring_in(old.record())

    report = old.bring_in(old.record(body="<p>改过的正文。</p>"), at=make.NOON + make.HOUR)

    article = imported()
    assert report.outcomes == [Outcome.CHANGED]
    assert article.status == Status.FINAL_REVIEW
    assert article.body == "<p>改过的正文。</p>"
    assert Edition.objects.get().body == old.BODY
    assert Edition.objects.get().visible_until is None
    assert article.revisions.count() == 2
    assert Decision.objects.last().action == Action.AMEND
    assert Decision.objects.last().by_name == "rednet"
    assert old.bring_in(old.record(body="<p>改过的正文。</p>")).outcomes == [Outcome.UNCHANGED]


def test_a_changed_original_of_a_waiting_draft_still_waits():
    old.bring_in(old.repaired())

    report = old.bring_in(old.record(body="<p>干净的正文。</p>"))

    assert report.outcomes == [Outcome.CHANGED]
    assert imported().status == Status.DRAFT
    assert Original.objects.waiting().get().changes == []


def test_a_changed_original_of_an_accepted_draft_goes_to_the_final_review():
    old.bring_in(old.repaired())
    article = imported()
    make.take(services.accept, article, by=make.user("chief_editor"))
    body = article.body

    report = old.bring_in(old.record(body="<p>干净的正文。</p>"), at=make.NOON + make.HOUR)

    article.refresh_from_db()
    assert report.outcomes == [Outcome.CHANGED]
    assert article.status == Status.FINAL_REVIEW
    assert Edition.objects.visible(make.NOON + make.HOUR).get().body == body


def test_a_changed_original_does_not_touch_what_the_desk_has_before_it():
    chief = make.user("chief_editor")
    old.bring_in(old.repaired(1), old.repaired(2))
    submitted, dismissed = Article.objects.order_by("number")
    make.take(services.submit, submitted, by=chief)
    make.take(services.dismiss, dismissed, by=chief, note="重复")
    before = everything()

    report = old.bring_in(
        old.record(1, body="<p>干净的正文。</p>"), old.record(2, body="<p>干净的正文。</p>")
    )

    assert report.outcomes == [Outcome.SET_ASIDE] * 2
    assert everything() == before


def test_a_changed_original_does_not_touch_what_the_desk_has_changed():
    old.bring_in(old.record())
    article = imported()
    make.take(
        services.save, article, by=make.user("chief_editor"), content=make.content(headline="新题")
    )
    before = everything()

    report = old.bring_in(old.record(body="<p>改过的正文。</p>"))

    assert report.outcomes == [Outcome.SET_ASIDE]
    assert everything() == before


def test_a_changed_original_waits_for_who_is_in_the_article():
    old.bring_in(old.record())
    article = imported()
    locks.take(article, by=make.user("chief_editor", name="陈立"), at=make.NOON)
    before = everything()

    report = old.bring_in(old.record(body="<p>改过的正文。</p>"))

    assert report.outcomes == [Outcome.SET_ASIDE]
    assert "陈立" in report.last.reason
    assert everything() == before


def test_bytes_that_changed_and_say_the_same_change_nothing():
    old.bring_in(old.record())

    report = old.bring_in(old.record(raw=b"other bytes"))

    assert report.outcomes == [Outcome.UNCHANGED]
    assert imported().version == 1
    assert Original.objects.get().sha256 != ""


def test_a_changed_original_tells_what_reading_it_anew_gave():
    old.bring_in(old.repaired())

    report = old.bring_in(
        old.repaired(
            body="<p>改过的正文。</p>",
            marks=[old.mark()],
            doubts=[old.doubt("editor", "“redcloud”是登录名。")],
            images={"8933.jpg": old.image()},
        )
    )

    assert report.outcomes == [Outcome.CHANGED]
    assert "“redcloud”是登录名。" in report.last.reason
    assert "8933.jpg" in report.last.reason
    assert report.last.reason.count("1") == 2


def test_what_was_withdrawn_there_is_told_until_it_is_withdrawn_here():
    old.bring_in(old.record())
    gone = old.record(status=Status.WITHDRAWN, notice="本文已撤下。")
    before = everything()

    report = old.bring_in(gone)

    assert report.outcomes == [Outcome.SET_ASIDE]
    assert report.last.reason and report.last.advice
    assert everything() == before
    assert old.bring_in(gone).outcomes == [Outcome.SET_ASIDE]
    make.take(services.withdraw, imported(), by=make.user("chief_editor"), note="原文已撤")
    assert Outcome.SET_ASIDE not in old.bring_in(gone).outcomes
    assert old.bring_in(gone).outcomes == [Outcome.UNCHANGED]


def test_what_was_withdrawn_there_is_not_accepted_here_unseen():
    old.bring_in(old.repaired())
    gone = old.repaired(status=Status.WITHDRAWN)

    assert old.bring_in(gone).outcomes == [Outcome.SET_ASIDE]
    make.take(services.dismiss, imported(), by=make.user("chief_editor"), note="原文已撤")
    assert old.bring_in(gone).outcomes == [Outcome.UNCHANGED]


def test_a_draft_that_was_published_there_is_told_until_it_is_published_here():
    chief = make.user("chief_editor")
    old.bring_in(old.record(status=Status.DRAFT, published_at=None))

    assert old.bring_in(old.record()).outcomes == [Outcome.SET_ASIDE]
    make.take(services.emergency_publish, imported(), by=chief, note="补发")
    assert Outcome.SET_ASIDE not in old.bring_in(old.record(), at=make.NOON + make.HOUR).outcomes


def test_a_take_down_time_there_is_told_until_it_is_set_here():
    until = make.NOON + 24 * make.HOUR
    old.bring_in(old.record())
    limited = old.record(visible_until=until)

    report = old.bring_in(limited)

    assert report.outcomes == [Outcome.SET_ASIDE]
    assert f"{until:%Y-%m-%d %H:%M}" in report.last.reason
    make.take(services.limit, imported(), by=make.user("chief_editor"), until=until)
    assert old.bring_in(limited).outcomes == [Outcome.UNCHANGED]


def test_a_correction_there_is_told_until_it_is_made_here():
    old.bring_in(old.record())
    corrected = old.record(corrections=(NOTICE,))

    report = old.bring_in(corrected)

    assert report.outcomes == [Outcome.SET_ASIDE]
    assert "更正人名。" in report.last.reason
    assert old.bring_in(corrected).outcomes == [Outcome.SET_ASIDE]


def test_a_correction_that_comes_with_its_text_is_reviewed_with_it():
    old.bring_in(old.record())

    report = old.bring_in(old.record(body="<p>改过的正文。</p>", corrections=(NOTICE,)))

    assert report.outcomes == [Outcome.CHANGED]
    assert imported().status == Status.FINAL_REVIEW
    assert "更正人名。" in report.last.reason


def test_another_time_of_publication_is_told_once():
    old.bring_in(old.record())
    moved = old.record(published_at=old.PUBLISHED - make.HOUR)

    report = old.bring_in(moved)

    assert report.outcomes == [Outcome.CHANGED]
    assert "2023-08-23 20:21" in report.last.reason
    assert imported().first_published_at == old.PUBLISHED
    assert old.bring_in(moved).outcomes == [Outcome.UNCHANGED]


def test_what_waits_takes_over_times_and_notices():
    until, first = make.NOON + 24 * make.HOUR, old.PUBLISHED - make.HOUR
    old.bring_in(old.repaired())

    report = old.bring_in(
        old.repaired(published_at=first, visible_until=until, corrections=(NOTICE,))
    )

    assert report.outcomes == [Outcome.CHANGED]
    make.take(services.accept, imported(), by=make.user("chief_editor"), at=make.NOON + make.HOUR)
    edition = Edition.objects.get()
    assert (edition.first_published_at, edition.visible_until) == (first, until)
    assert edition.corrections == [NOTICE]


def test_the_desk_that_made_the_same_change_is_told_nothing():
    old.bring_in(old.record())
    chief = make.user("chief_editor")
    changed = dataclasses.replace(Content.of(imported()), body="<p>改过的正文。</p>")
    make.take(services.save, imported(), by=chief, content=changed)

    report = old.bring_in(old.record(body="<p>改过的正文。</p>"))

    assert report.outcomes == [Outcome.UNCHANGED]


def test_a_new_old_address_is_added():
    old.bring_in(old.record())

    old.bring_in(old.record(addresses=("/a.shtml",)))

    assert OldAddress.objects.get().path == "/a.shtml"


def test_the_second_of_two_articles_with_one_id_is_set_aside():
    report = old.bring_in(old.record(), old.record(headline="另一篇"))

    assert report.outcomes == [Outcome.ADMITTED, Outcome.SET_ASIDE]
    assert f"dump.jsonl : {NUMBER}" in report.last.reason
    again = old.bring_in(old.record(), old.record(headline="另一篇"))
    assert again.outcomes == [Outcome.UNCHANGED, Outcome.SET_ASIDE]
    assert imported().headline == "龙潭镇：山路通了，山货俏了"


def test_a_record_that_is_not_fit_does_not_keep_a_good_one_of_its_id_out():
    report = old.bring_in(old.record(body=""), old.record())

    assert report.outcomes == [Outcome.SET_ASIDE, Outcome.ADMITTED]


def test_the_telephone_page_of_an_article_is_no_other_article():
    page = old.record(format=Format.PAGE, place=Place("a.html"))
    copy = old.record(
        format=Format.PAGE,
        place=Place("m/a.html"),
        body="<p>八月的龙潭镇， <b>山路</b>上车来车往。乡亲们把新采的茶叶送到合作社。</p>",
        addresses=("/wap/show?id=7",),
    )

    report = old.bring_in(page, copy)

    assert report.outcomes == [Outcome.ADMITTED, Outcome.UNCHANGED]
    assert "a.html" in report.last.reason
    assert imported().body == old.BODY
    assert OldAddress.objects.get().number == NUMBER
    assert old.bring_in(page, copy).outcomes == [Outcome.UNCHANGED] * 2


def test_another_page_of_the_same_id_is_set_aside():
    page = old.record(format=Format.PAGE)
    other = old.record(format=Format.PAGE, body="<p>另一篇。</p>")

    assert old.bring_in(page, other).outcomes == [Outcome.ADMITTED, Outcome.SET_ASIDE]


def test_the_same_record_twice_is_one():
    report = old.bring_in(old.record(), old.record())

    assert report.outcomes == [Outcome.ADMITTED, Outcome.UNCHANGED]


def test_an_article_written_here_is_not_brought_in_again_from_an_export():
    article = make.article(Status.PUBLISHED)
    before = everything()

    report = old.bring_in(old.record(article.number, system="newsroom", exact=True))

    assert report.outcomes == [Outcome.UNCHANGED]
    assert everything() == before


# Numbers and addresses


def test_a_taken_number_is_told_and_the_old_address_leads_to_the_article(client):
    old.bring_in(old.record())

    report = old.bring_in(old.record(id="other", headline="同号的另一篇"))

    other = Article.objects.get(legacy_id="other")
    assert other.number != NUMBER
    assert str(NUMBER) in report.last.reason
    assert OldAddress.objects.get().number == other.number


def test_records_without_a_number_get_new_ones(settings):
    settings.ARTICLE_NUMBER_START = 500
    old.bring_in(old.record(501))

    old.bring_in(*(old.record(id=str(place), number=None) for place in range(3)))

    numbers = Article.objects.order_by("pk").values_list("number", flat=True)
    assert list(numbers) == [501, 500, 502, 503]
    assert NumberSeries.take() == 504


def test_an_address_without_the_number_is_kept(client):
    old.bring_in(old.record(addresses=("/news/%E9%BE%99.shtml", "/?p=12", f"/m/{NUMBER}.htm")))

    assert list(OldAddress.objects.order_by("path").values_list("path", "number")) == [
        ("/?p=12", NUMBER),
        ("/news/龙.shtml", NUMBER),
    ]
    assert client.get("/?p=12").status_code == 301


def test_an_address_that_another_article_has_is_told():
    old.bring_in(old.record(1, addresses=("/a.shtml",)))

    report = old.bring_in(old.record(2, addresses=("/a.shtml",)))

    assert OldAddress.objects.get().number == 1
    assert report.outcomes == [Outcome.ADMITTED]
    assert "/a.shtml" in report.last.reason


# Pictures


def test_pictures_come_into_their_places(client, settings):
    body = '<p>甲</p><figure><img src="1.jpg" alt="山路"><figcaption>山路。</figcaption></figure>'
    images = {
        "1.jpg": old.image(make.image_bytes(), caption="山路。", credit="林晓燕"),
        "2.jpg": old.image(make.image_bytes(), caption="茶园。", alt="一片茶园", focal=(20, 80)),
    }

    old.bring_in(old.record(body=body, images=images, lead_picture="2.jpg"))

    article = imported()
    lead, shown = article.lead_picture, Picture.objects.get(credit="林晓燕")
    assert lead and (lead.caption, lead.alt, lead.focal_x, lead.focal_y) == (
        "茶园。",
        "一片茶园",
        20,
        80,
    )
    assert f'<img src="/picture/{shown.sha256}" alt="山路">' in article.body
    edition = article.editions.get()
    assert set(edition.pictures) == {lead.sha256, shown.sha256}
    name = edition.pictures[lead.sha256]["renditions"][0]["name"]
    with contextlib.closing(client.get(f"/pictures/{name}")) as response:
        assert response.status_code == 200


def test_a_missing_picture_is_listed_and_its_caption_kept():
    body = '<p>甲</p><figure><img src="8933.jpg"><figcaption>山路。</figcaption></figure>'

    report = old.bring_in(old.record(body=body, images={"8933.jpg": old.image()}))

    assert report.outcomes == [Outcome.ADMITTED]
    assert "8933.jpg" in report.last.reason
    assert Original.objects.get().missing_pictures == ["8933.jpg"]
    assert imported().body == "<p>甲</p>\n<p>山路。</p>"


PICTURED = '<p>甲</p><figure><img src="1.jpg"><figcaption>山路。</figcaption></figure>'


def test_a_picture_that_was_missing_can_be_delivered_later():
    old.bring_in(old.record(body=PICTURED, raw=b"1", images={"1.jpg": old.image()}))
    come = old.record(body=PICTURED, raw=b"1", images={"1.jpg": old.image(make.image_bytes())})

    report = old.bring_in(come, at=make.NOON + make.HOUR)

    assert report.outcomes == [Outcome.CHANGED]
    assert "<img" in imported().body
    assert Original.objects.get().missing_pictures == []
    assert old.bring_in(come).outcomes == [Outcome.UNCHANGED]


def test_a_picture_that_was_missing_is_told_where_the_desk_changed_the_article():
    old.bring_in(old.record(body=PICTURED, raw=b"1", images={"1.jpg": old.image()}))
    make.take(services.save, imported(), by=make.user("chief_editor"), content=make.content())
    before = everything()

    report = old.bring_in(
        old.record(body=PICTURED, raw=b"1", images={"1.jpg": old.image(make.image_bytes())})
    )

    assert report.outcomes == [Outcome.UNCHANGED]
    assert "1.jpg" in report.last.reason
    assert everything() == before


def test_a_broken_picture_is_missing():
    report = old.bring_in(old.record(images={"1.jpg": old.image(b"no picture")}))

    assert report.outcomes == [Outcome.ADMITTED]
    assert "1.jpg" in report.last.reason
    assert not Picture.objects.exists()


def test_a_picture_of_two_articles_is_kept_once():
    data = make.image_bytes()
    body = '<p>甲</p><p><img src="1.jpg"></p>'
    images = {"1.jpg": old.image(data)}

    old.bring_in(old.record(1, body=body, images=images), old.record(2, body=body, images=images))

    assert Picture.objects.count() == 1
    assert "<img" in Article.objects.get(number=2).body


def test_pictures_of_what_waits_are_not_public_yet(settings):
    body = '<p><img src="1.jpg"></p>'

    old.bring_in(old.repaired(body=body, images={"1.jpg": old.image(make.image_bytes())}))

    assert Picture.objects.count() == 1
    assert len(stored_files(settings)) == 1


# Whole or not at all

FAULTS = {
    "a directory": ("legacy.directory.Directory.contributor", DatabaseError("x")),
    "numbers": ("legacy.importing.give_numbers", DatabaseError("x")),
    "admission": ("workflow.services.all_as_printed", DatabaseError("x")),
    "decisions": ("workflow.record.append_all", DatabaseError("x")),
    "editions": ("publication.editions.open_first", DatabaseError("x")),
    "originals": ("legacy.importing.original_of", ValueError("x")),
    "addresses": ("legacy.importing.old_addresses", DatabaseError("x")),
    "renditions": ("publication.renditions.make", OSError("x")),
}


@pytest.mark.parametrize("step", FAULTS)
def test_a_fault_at_any_step_leaves_nothing(step, monkeypatch, settings):
    path, error = FAULTS[step]
    before = everything()

    def fail(*args, **facts):
        raise error

    monkeypatch.setattr(path, fail)
    record = old.record(
        body='<p><img src="1.jpg"></p>',
        images={"1.jpg": old.image(make.image_bytes())},
        channel="新栏目",
        source="新来源",
        addresses=("/a.shtml",),
    )

    report = old.bring_in(record)

    assert report.outcomes == [Outcome.SET_ASIDE]
    assert everything() == before
    assert stored_files(settings) == []


def test_a_full_disk_stops_the_import_with_a_sentence(monkeypatch, settings):
    def fail(*args, **facts):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(renditions, "make", fail)
    body, images = '<p><img src="1.jpg"></p>', {"1.jpg": old.image(make.image_bytes())}

    with pytest.raises(importing.Stopped, match="No space left on device"):
        old.bring_in(old.record(1, body=body, images=images), old.record(2))

    assert not Article.objects.exists()
    assert stored_files(settings) == []


def test_a_database_that_is_gone_stops_the_import(monkeypatch):
    def fail(*args, **facts):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(services, "admit", fail)

    with pytest.raises(importing.Stopped, match="server closed the connection"):
        old.bring_in(old.record(1), old.record(2))


@pytest.mark.parametrize("error", [OperationalError, InternalError])
def test_a_database_that_takes_nothing_any_more_stops_the_import(error, monkeypatch):
    def fail(*args, **facts):
        raise error("the database is read-only\nDETAIL: a standby")

    directory, report = importing.Directory.read(), old.Lines()
    monkeypatch.setattr(importing, "_known", fail)
    monkeypatch.setattr(importing.Directory, "read_again", fail)

    with pytest.raises(importing.Stopped, match=r"the database is read-only[^\n]+$"):
        importing.import_records(
            [old.record(1), old.record(2)],
            directory,
            options=importing.Options(),
            at=make.NOON,
            report=report,
        )

    assert report.lines == []


def test_an_import_without_a_database_does_not_begin(monkeypatch, tmp_path):
    def fail(*args, **facts):
        raise ProgrammingError('relation "sources_source" does not exist\nLINE 1: SELECT')

    monkeypatch.setattr(importing.Directory, "read_again", fail)

    with pytest.raises(importing.Stopped, match=r"does not exist.*manage\.py migrate"):
        importing.import_paths(
            [tmp_path], options=importing.Options(), at=make.NOON, report=old.Lines()
        )


def test_an_interrupted_import_goes_on_where_it_stopped(monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 2)
    records = [old.record(number) for number in range(1, 6)]

    def interrupted():
        yield from records[:3]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing.import_records(
            interrupted(),
            importing.Directory.read(),
            options=importing.Options(),
            at=make.NOON,
            report=Report(),
        )
    report = old.bring_in(*records)

    assert report.outcomes == [Outcome.UNCHANGED] * 2 + [Outcome.ADMITTED] * 3
    assert list(chain.breaks()) == []


def test_a_long_file_comes_in_by_batches(monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 4)

    report = old.bring_in(*(old.record(number) for number in range(1, 11)))

    assert [line.number for line in report.lines] == list(range(1, 11))
    assert Original.objects.count() == Edition.objects.count() == 10
    assert list(chain.breaks()) == []


def test_a_batch_asks_the_database_as_often_as_two_records():
    old.bring_in(old.record(1), old.record(2))
    counts = []
    for first, size in ((100, 40), (200, 80)):
        records = [old.record(number) for number in range(first, first + size)]
        with CaptureQueriesContext(connection) as queries:
            old.bring_in(*records)
        counts.append(len(queries))

    # SQLite takes so many values a statement, so bulk inserts part there.
    allowance = 0 if connection.vendor == "postgresql" else 8
    assert counts[1] - counts[0] <= allowance


# Trying


def test_a_dry_run_says_the_same_and_writes_nothing(settings):
    body, images = '<p><img src="1.jpg"></p>', {"1.jpg": old.image(make.image_bytes())}
    records = [
        old.record(1, body=body, images=images),
        old.record(2, channel="新栏目", source="新来源", addresses=("/a.shtml",)),
        old.repaired(3),
        old.record(3, headline="同号"),
        old.record(4, published_at=None),
    ]
    before = everything()

    dry = old.bring_in(*records, dry_run=True)

    assert everything() == before
    assert stored_files(settings) == []
    assert old.bring_in(*records).outcomes == dry.outcomes


def test_a_dry_run_leaves_no_folder(settings):
    images = {"1.jpg": old.image(make.image_bytes())}

    old.bring_in(old.record(body='<p>甲</p><img src="1.jpg">', images=images), dry_run=True)

    folder = settings.STORAGES["default"]["OPTIONS"]["location"]
    assert list((folder / "originals").iterdir()) == []


def test_a_dry_run_leaves_a_changed_original_alone():
    old.bring_in(old.record())
    before = everything()

    report = old.bring_in(old.record(body="<p>改过的正文。</p>"), dry_run=True)

    assert report.outcomes == [Outcome.CHANGED]
    assert everything() == before


# The center itself


@pytest.mark.parametrize(
    ("dateline", "body"),
    [
        (
            "湖城日报 ８月23日讯(记者：林晓燕) ",
            f"<p>湖城日报 ８月23日讯(记者：林晓燕) {old.BODY[3:]}",
        ),
        ("<p>湖城日报8月23日讯</p>", f"<p>湖城日报8月23日讯</p>\n{old.BODY}"),
    ],
)
def test_the_dateline_of_another_outlet_goes_back_as_it_was_written(dateline, body):
    record = {"source": "湖城日报", "has_dateline": True, "dateline": dateline}

    old.bring_in(old.record(format=Format.PAGE, **record))

    article = imported()
    assert article.has_dateline is False
    assert article.body == body


def test_the_dateline_of_our_own_is_printed_by_the_site():
    dateline = "青溪县融媒体中心 8月23日讯(记者 林晓燕)"

    old.bring_in(old.record(format=Format.PAGE, has_dateline=True, dateline=dateline))

    assert imported().body == old.BODY
    assert imported().editions.get().dateline == "青溪县融媒体中心8月23日讯（记者 林晓燕）"


def test_the_center_can_be_named_on_an_empty_site():
    Source.objects.all().delete()

    report = old.bring_in(old.record(), own_source="青溪县融媒体中心")

    assert Source.objects.get().is_own
    assert Outcome.NOTE not in report.counts


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_source_that_is_here_can_be_named_as_the_center(dry_run):
    Source.objects.update(is_own=False)

    report = old.bring_in(old.record(), own_source="青溪县融媒体中心", dry_run=dry_run)

    assert Source.objects.get().is_own is not dry_run
    assert Outcome.NOTE not in report.counts


def test_a_center_that_no_record_names_is_told():
    Source.objects.update(is_own=False)

    report = old.bring_in(old.record(), own_source="青溪融媒")

    assert report.lines[-1].outcome == Outcome.NOTE


def test_another_source_is_not_named_as_the_center():
    make.source("青溪融媒")

    old.bring_in(old.record(source="青溪融媒"), own_source="青溪融媒")

    assert Source.objects.get(is_own=True).name == "青溪县融媒体中心"


def test_that_nothing_says_what_people_did_is_told_once():
    unstated = (old.credit("林晓燕", stated=False),)

    report = old.bring_in(old.record(1, credits=unstated), old.record(2, credits=unstated))

    assert report.outcomes == [Outcome.ADMITTED] * 2
    [note] = [line for line in report.lines if line.outcome == Outcome.NOTE]
    assert "2" in note.reason


def test_that_no_source_is_the_center_is_told():
    Source.objects.all().delete()

    report = old.bring_in(old.record())

    assert not Source.objects.get().is_own
    assert report.lines[-1].outcome == Outcome.NOTE


def test_channel_for_records_that_name_none():
    old.bring_in(old.record(channel=""), channel="旧闻")

    assert Channel.objects.get().name == "旧闻"


def test_a_link_that_is_no_web_address_is_left_out():
    report = old.bring_in(old.record(original_url="javascript:alert(1)"))

    assert imported().original_url == ""
    assert "javascript:alert(1)" in report.last.reason


# The report


def test_the_report_opens_in_a_spreadsheet():
    file = io.StringIO()
    report = Report(file)

    report.add(
        Line(
            outcome=Outcome.SET_ASIDE,
            place=Place("=a.html", "+1"),
            number=7,
            headline="-标题",
            reason="@原因",
            advice="重来。",
        )
    )

    head, row = csv.reader(io.StringIO(file.getvalue()))
    assert len(head) == len(row) == 7
    assert row[:4] == ["'=a.html", "'+1", "7", "'-标题"]
    assert row[5:] == ["'@原因", "重来。"]


def test_a_store_that_fails_half_way_leaves_no_file(monkeypatch, settings):
    save = WholeFileStorage._save

    def fail(self, name, content):
        if name.startswith("originals"):
            raise OSError("broken")
        return save(self, name, content)

    monkeypatch.setattr(WholeFileStorage, "_save", fail)
    body, images = '<p><img src="1.jpg"></p>', {"1.jpg": old.image(make.image_bytes())}

    report = old.bring_in(old.record(body=body, images=images))

    assert report.outcomes == [Outcome.SET_ASIDE]
    assert stored_files(settings) == []
