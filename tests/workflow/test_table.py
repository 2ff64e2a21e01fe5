"""Every step from every situation by every role, on one's own article and on another's.

The tables below were written by hand from the center's handbook, not from the code. Who stands in
a column may take the step; everybody else is refused with a sentence, and nothing changes.
"""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from articles.content import Content
from articles.models import Article, Status
from people.models import User
from publication.models import Edition, Withdrawal
from tests import factories as make
from workflow import permissions, services
from workflow.models import Decision, Revision
from workflow.situation import Situation
from workflow.transitions import Action

pytestmark = pytest.mark.django_db

# Where an article can be. "+" is the working copy of an article that readers can read meanwhile;
# "imported" was published by an earlier system and never here.
STATUS = {
    "draft": "草稿",
    "draft+": "草稿",
    "draft, imported": "草稿",
    "first_review": "待一审",
    "first_review+": "待一审",
    "second_review": "待二审",
    "second_review+": "待二审",
    "final_review": "待三审",
    "final_review+": "待三审",
    "approved": "待发",
    "approved+": "待发",
    "published": "已发",
    "published, scheduled": "已发",
    "published, ended": "已发",
    "published, emergency": "已发",
    "held": "待用",
    "held+": "待用",
    "spiked": "废稿",
    "spiked, imported": "废稿",
    "withdrawn": "已撤稿",
}
SCREEN = {
    "submit": "送审",
    "recall": "撤回送审",
    "pass_first": "一审通过",
    "pass_second": "二审通过",
    "pass_final": "三审通过",
    "return": "退回修改",
    "hold": "待用",
    "resume": "恢复审核",
    "reject": "退稿",
    "restore": "恢复",
    "publish": "立即发布",
    "schedule": "定时发布",
    "unschedule": "取消定时",
    "correct": "发布更正",
    "limit": "设定下线时间",
    "withdraw": "撤稿",
    "reopen": "重新编辑",
    "discard": "放弃改动",
    "emergency": "紧急发布",
    "countersign": "补签",
    "accept": "采用上线",
    "dismiss": "弃用",
}
# 通 correspondent, 记 reporter, 编 editor, 部 section head, 总 chief editor, 系 administrator
ROLES = {
    "通": "correspondent",
    "记": "reporter",
    "编": "editor",
    "部": "section_head",
    "总": "chief_editor",
    "系": "administrator",
}
OTHERS = ("no role", "inactive chief editor", "superuser without a role")

# step         from                   to                      own text     another's text
ALLOWED = """
submit         draft                  first_review            通记编部总   编部总
submit         draft+                 first_review            通记编部总   编部总
submit         draft,_imported        first_review            通记编部总   编部总

recall         first_review           draft                   通记编部总   -
recall         first_review+          draft                   通记编部总   -
recall         second_review          draft                   通记编部总   -
recall         second_review+         draft                   通记编部总   -
recall         final_review           draft                   通记编部总   -
recall         final_review+          draft                   通记编部总   -

pass_first     first_review           second_review           -            编
pass_first     first_review+          second_review           -            编
pass_second    second_review          final_review            -            部
pass_second    second_review+         final_review            -            部
pass_final     final_review           approved                -            总
pass_final     final_review+          approved                -            总

return         first_review           draft                   编           编
return         first_review+          draft                   编           编
return         second_review          draft                   部           部
return         second_review+         draft                   部           部
return         final_review           draft                   总           总
return         final_review+          draft                   总           总
return         approved               draft                   总           总
return         approved+              draft                   总           总

hold           first_review           held                    编           编
hold           first_review+          held                    编           编
hold           second_review          held                    部           部
hold           second_review+         held                    部           部
hold           final_review           held                    总           总
hold           final_review+          held                    总           总
resume         held                   first_review            编           编
resume         held+                  first_review            编           编

reject         first_review           spiked                  编           编
reject         second_review          spiked                  部           部
reject         final_review           spiked                  总           总
restore        spiked                 first_review            编           编
restore        spiked,_imported       draft                   总           总

publish        approved               published               总           总
schedule       approved               published               总           总
unschedule     published,_scheduled   approved                总           总
correct        approved+              published               总           总

limit          draft+                 draft                   总           总
limit          first_review+          first_review            总           总
limit          second_review+         second_review           总           总
limit          final_review+          final_review            总           总
limit          approved+              approved                总           总
limit          published              published               总           总
limit          published,_emergency   published               总           总
limit          held+                  held                    总           总

withdraw       draft+                 withdrawn               总           总
withdraw       first_review+          withdrawn               总           总
withdraw       second_review+         withdrawn               总           总
withdraw       final_review+          withdrawn               总           总
withdraw       approved+              withdrawn               总           总
withdraw       published              withdrawn               总           总
withdraw       published,_emergency   withdrawn               总           总
withdraw       held+                  withdrawn               总           总
reopen         withdrawn              draft                   总           总
reopen         published,_ended       draft                   总           总

discard        draft+                 published               编部总       编部总
discard        first_review+          published               编部总       编部总
discard        second_review+         published               编部总       编部总
discard        final_review+          published               编部总       编部总
discard        approved+              published               编部总       编部总
discard        held+                  published               编部总       编部总

emergency      draft                  published               总           总
emergency      draft+                 published               总           总
emergency      draft,_imported        published               总           总
emergency      first_review           published               总           总
emergency      first_review+          published               总           总
emergency      second_review          published               总           总
emergency      second_review+         published               总           总
emergency      final_review           published               总           总
emergency      final_review+          published               总           总
emergency      approved               published               总           总
emergency      approved+              published               总           总
countersign    published,_emergency   published               -            部总

accept         draft,_imported        published               总           总
dismiss        draft,_imported        spiked                  总           总
"""

# Whose step it is at all; what a stage's desk does is said by the review the article stands in.
HOLDERS = {
    "submit": "通讯员、记者、编辑、部门主任、总编辑",
    "recall": "通讯员、记者、编辑、部门主任、总编辑",
    "pass_first": "编辑",
    "pass_second": "部门主任",
    "pass_final": "总编辑",
    "publish": "总编辑",
    "schedule": "总编辑",
    "unschedule": "总编辑",
    "correct": "总编辑",
    "limit": "总编辑",
    "withdraw": "总编辑",
    "reopen": "总编辑",
    "discard": "编辑、部门主任、总编辑",
    "emergency": "总编辑",
    "countersign": "部门主任、总编辑",
    "accept": "总编辑",
    "dismiss": "总编辑",
}
DESK_OF = {
    "first_review": "编辑",
    "second_review": "部门主任",
    "final_review": "总编辑",
    "approved": "总编辑",
    "held": "编辑",
    "spiked": "编辑",
    "spiked, imported": "总编辑",
}
# From which statuses a step leads at all.
IN_REVIEW = "first_review second_review final_review"
FROM = {
    "submit": "draft",
    "recall": IN_REVIEW,
    "pass_first": "first_review",
    "pass_second": "second_review",
    "pass_final": "final_review",
    "return": f"{IN_REVIEW} approved",
    "hold": IN_REVIEW,
    "resume": "held",
    "reject": IN_REVIEW,
    "restore": "spiked",
    "publish": "approved",
    "schedule": "approved",
    "unschedule": "published",
    "correct": "approved",
    "limit": f"draft {IN_REVIEW} approved published held",
    "withdraw": f"draft {IN_REVIEW} approved published held",
    "reopen": "withdrawn published",
    "discard": f"draft {IN_REVIEW} approved held",
    "emergency": f"draft {IN_REVIEW} approved",
    "countersign": f"draft {IN_REVIEW} approved published held spiked withdrawn",
    "accept": "draft",
    "dismiss": "draft",
}
# What is said to a person whose step it is, where the table does not allow it to them.
NOT_SEEN = "您无权查看这篇稿件。"
NOT_WRITER = "只有作者或送审人可以撤回送审。"
WRITER = "您是这篇稿件的作者、送审人或改稿人，须由他人审签。"
SITE = {
    "reject": "稿件正在网上，请放弃改动，或者撤稿。",
    "publish": "稿件正在网上，请用“发布更正”发布改动。",
    "schedule": "稿件正在网上，请用“发布更正”发布改动。",
    "unschedule": "稿件没有设定时发布。",
    "correct": "稿件不在网上，无需更正，请直接发布。",
    "limit": "稿件不在网上，没有下线时间可设。",
    "withdraw": "稿件不在网上，无需撤稿。",
    "reopen": "稿件正在网上或已设定时发布，请先撤稿或取消定时。",
    "discard": "稿件不在网上，没有可以恢复的已发内容。",
    "countersign": "没有等待补签的紧急发布。",
    "accept": "“采用上线”只用于旧系统发布过、在本站还没有上线的稿件。",
    "dismiss": "“弃用”只用于旧系统发布过、在本站还没有上线的稿件。",
}

# status                 who may change its text: own         another's
EDITABLE = """
draft                    通记编部总                           编部总
draft+                   通记编部总                           编部总
draft,_imported          通记编部总                           编部总
first_review             编                                   编
first_review+            编                                   编
second_review            部                                   部
second_review+           部                                   部
final_review             总                                   总
final_review+            总                                   总
approved                 总                                   总
approved+                总                                   总
published                编部总                               编部总
published,_ended         编部总                               编部总
published,_emergency     编部总                               编部总
published,_scheduled     -                                    -
held                     -                                    -
held+                    -                                    -
spiked                   -                                    -
spiked,_imported         -                                    -
withdrawn                -                                    -
"""

VERBS: dict[str, tuple[Any, dict[str, Any]]] = {
    "submit": (services.submit, {}),
    "recall": (services.recall, {}),
    "pass_first": (services.pass_review, {"stage": Status.FIRST_REVIEW}),
    "pass_second": (services.pass_review, {"stage": Status.SECOND_REVIEW}),
    "pass_final": (services.pass_review, {"stage": Status.FINAL_REVIEW}),
    "return": (services.return_for_changes, {"note": "请核实数字"}),
    "hold": (services.hold, {}),
    "resume": (services.resume, {}),
    "reject": (services.reject, {"note": "不宜刊发"}),
    "restore": (services.restore, {}),
    "publish": (services.publish, {}),
    "schedule": (services.schedule, {"go_live": make.NOON + make.HOUR}),
    "unschedule": (services.unschedule, {}),
    "correct": (services.correct, {"public_note": "更正：数字有误。"}),
    "limit": (services.limit, {"until": make.NOON + make.HOUR}),
    "withdraw": (services.withdraw, {"note": "事实有误"}),
    "reopen": (services.reopen, {"note": "补充后重发"}),
    "discard": (services.discard, {}),
    "emergency": (
        services.emergency_publish,
        {"note": "防汛预警", "public_note": "更正：数字有误。"},
    ),
    "countersign": (services.countersign, {}),
    "accept": (services.accept, {}),
    "dismiss": (services.dismiss, {"note": "原稿残缺"}),
}


def rows(table: str) -> Iterator[list[str]]:
    for line in table.splitlines():
        if line.strip():
            yield [cell.replace(",_", ", ") for cell in line.split()]


def bring_to(state: str) -> Article:
    """An article in that state, by people who are not asked in the tables."""
    status, _, facts = state.partition(",")
    before = make.NOON - make.HOUR
    if facts == " imported":
        made = make.imported(at=before)
        if status == "spiked":
            chief = make.user("chief_editor")
            make.take(services.dismiss, made, by=chief, at=before, note="原稿残缺")
        return made
    if facts == " scheduled":
        made = make.article(Status.APPROVED)
        go_live = make.NOON + make.HOUR
        make.take(services.schedule, made, by=make.user("chief_editor"), at=before, go_live=go_live)
        return made
    if facts == " ended":
        made = make.article(Status.APPROVED)
        until = before + datetime.timedelta(minutes=1)
        make.take(services.publish, made, by=make.user("chief_editor"), at=before, until=until)
        return made
    if facts == " emergency":
        made = make.article(Status.FIRST_REVIEW)
        chief = make.user("chief_editor")
        make.take(services.emergency_publish, made, by=chief, at=before, note="防汛预警")
        return made
    if not status.endswith("+"):
        return make.article(Status(status))
    made = make.article(Status.PUBLISHED)
    author = made.created_by
    changed = make.content(
        headline="改过的标题", channel=made.channel, bylines=Content.of(made).bylines
    )
    chief = make.user("chief_editor")
    services.save(made.pk, changed, by=chief, at=before, version=made.version)
    if status == "final_review+":
        made.refresh_from_db()
        return made
    make.take(
        services.return_for_changes, made, by=make.user("chief_editor"), at=before, note="请核实"
    )
    if status == "draft+":
        return made
    make.take(services.submit, made, by=author, at=before)
    if status == "held+":
        make.take(services.hold, made, by=make.user("editor"), at=before)
    for stage, role in (
        (Status.FIRST_REVIEW, "editor"),
        (Status.SECOND_REVIEW, "section_head"),
        (Status.FINAL_REVIEW, "chief_editor"),
    ):
        if made.status == stage and status != f"{stage}+":
            make.take(services.pass_review, made, by=make.user(role), at=before, stage=stage)
    return made


def everybody() -> dict[str, User]:
    people = {letter: make.user(role) for letter, role in ROLES.items()}
    people["no role"] = make.user()
    people["inactive chief editor"] = make.user("chief_editor", is_active=False)
    people["superuser without a role"] = make.user(is_superuser=True, is_staff=True)
    return people


def cases(article: Article, state: str) -> Iterator[tuple[str, bool, User]]:
    """Each person, first with the article of somebody else, then with their own."""
    author = article.created_by
    for person, user in everybody().items():
        article.created_by = author
        article.save()
        yield person, False, user
        if person not in OTHERS:
            article.created_by = user
            article.save()
            yield person, True, user


def everything() -> list[Any]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Article, Decision, Revision, Edition, Withdrawal)
    ]


def sees(person: str, state: str, *, own: bool) -> bool:
    if person in OTHERS or person == "系":
        return False
    if own or person in "编部总":
        return True
    return (
        person == "记" and STATUS[state] in {"已发", "已撤稿"} and state != "published, scheduled"
    )


def expected_sentence(step: str, state: str, person: str, *, own: bool) -> str:
    """Why a person whom the table does not name is refused."""
    status = state.rstrip("+").partition(",")[0]
    if not sees(person, state, own=own):
        return NOT_SEEN
    if status not in FROM[step].split():
        return f"稿件现在是“{STATUS[state]}”，不能“{SCREEN[step]}”。"
    holders = HOLDERS.get(step) or DESK_OF.get(state) or DESK_OF[status]
    if person not in [name[0] for name in holders.split("、")]:
        return f"“{SCREEN[step]}”须由{holders}操作。"
    if step == "recall":
        return NOT_WRITER
    if step.startswith("pass_") or (step == "countersign" and state == "published, emergency"):
        return WRITER
    return SITE[step]


def expected_edit_sentence(state: str, person: str, *, own: bool) -> str:
    if not sees(person, state, own=own):
        return NOT_SEEN
    status = state.rstrip("+").partition(",")[0]
    if status in {"held", "spiked", "withdrawn"}:
        return f"稿件现在是“{STATUS[state]}”，不能修改内容。"
    holders = DESK_OF.get(status) or "编辑、部门主任、总编辑"
    if person not in [name[0] for name in holders.split("、")]:
        return f"稿件现在是“{STATUS[state]}”，只有{holders}可以修改内容。"
    return "稿件已设定时发布，请先取消定时再修改。"


@pytest.mark.parametrize("state", STATUS)
def test_the_table_says_who_may_take_which_step(state: str):
    article = bring_to(state)
    for person, own, user in cases(article, state):
        allowed = {
            step: to
            for step, source, to, *columns in rows(ALLOWED)
            if source == state and person in columns[0 if own else 1]
        }
        situation = Situation.of(article, make.NOON)
        before = everything()
        for step, (verb, facts) in VERBS.items():
            case = f"{step} from {state} by {person}, {'own' if own else 'another'}"
            sentence = permissions.refusal(Action(step), situation, user)
            arguments = {"by": user, "at": make.NOON, "version": article.version, **facts}
            if step in allowed:
                assert sentence == "", case
                with transaction.atomic():
                    verb(article.pk, **arguments)
                    stands = Article.objects.get(pk=article.pk)
                    transaction.set_rollback(True)
                assert stands.status == allowed[step], case
                assert stands.version == article.version + 1, case
            else:
                assert sentence == expected_sentence(step, state, person, own=own), case
                with pytest.raises(services.Refused) as refused:
                    verb(article.pk, **arguments)
                assert refused.value.sentences == (sentence,), case
        assert everything() == before, f"a refused step changed something, {state}, {person}"


@pytest.mark.parametrize("state", STATUS)
def test_the_table_says_who_may_change_the_text(state: str):
    article = bring_to(state)
    columns = next(columns for source, *columns in rows(EDITABLE) if source == state)
    text = make.content(
        headline="又改了一次", channel=article.channel, bylines=Content.of(article).bylines
    )
    for person, own, user in cases(article, state):
        case = f"{state} by {person}, {'own' if own else 'another'}"
        situation = Situation.of(article, make.NOON)
        sentence = permissions.edit_refusal(situation, user)
        arguments = {"by": user, "at": make.NOON, "version": article.version}
        if person in columns[0 if own else 1]:
            assert sentence == "", case
            with transaction.atomic():
                services.save(article.pk, text, **arguments)
                stands = Article.objects.get(pk=article.pk)
                transaction.set_rollback(True)
            signed = STATUS[state] in {"待发", "已发"}
            assert stands.status == (Status.FINAL_REVIEW if signed else article.status), case
            assert stands.headline == "又改了一次", case
        else:
            assert sentence == expected_edit_sentence(state, person, own=own), case
            before = everything()
            with pytest.raises(services.Refused) as refused:
                services.save(article.pk, text, **arguments)
            assert refused.value.sentences == (sentence,), case
            assert everything() == before, case


def test_who_may_see_an_article_at_the_desk():
    people = everybody()
    for state in STATUS:
        article = bring_to(state)
        for person, user in people.items():
            assert permissions.may_see(user, article, make.NOON) is sees(
                person, state, own=False
            ), person
        for person, user in people.items():
            Article.objects.filter(pk=article.pk).update(created_by=user)
            assert permissions.may_see(user, article, make.NOON) is sees(person, state, own=True), (
                person
            )


def test_a_credited_person_owns_the_article_like_the_one_who_made_it():
    reporter = make.user("reporter")
    article = make.draft(bylines=(make.Credit(make.contributor(user=reporter).pk, "photographer"),))
    situation = Situation.of(article, make.NOON)

    assert permissions.refusal(Action.SUBMIT, situation, reporter) == ""
    assert permissions.edit_refusal(situation, reporter) == ""


def test_the_tables_name_every_step_and_every_status():
    buttons = set(Action.values) - {"amend", "import"}

    assert set(VERBS) == set(SCREEN) == set(FROM) == buttons
    assert {step for step, *_ in rows(ALLOWED)} == buttons
    assert {state.rstrip("+").partition(",")[0] for state in STATUS} == set(Status.values)
    assert {state for state, *_ in rows(EDITABLE)} == set(STATUS)
