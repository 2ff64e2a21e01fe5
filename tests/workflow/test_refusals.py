"""What one person may not do to one article, however rights are dealt out."""

import datetime
import itertools
from typing import Any

import pytest

from articles.content import Content, Credit
from articles.models import Article, Status
from people.models import User
from publication.models import Edition, Withdrawal
from tests import factories as make
from workflow import record, roles, services
from workflow.models import ChannelAssignment, Decision, Revision
from workflow.situation import Situation

pytestmark = pytest.mark.django_db

WRITER = "您是这篇稿件的作者、送审人或改稿人，须由他人审签。"
SIGNED = "您已经审签过这篇稿件（{}），须由他人审签。"
STALE = "稿件刚刚有人改动过，本次操作没有执行，请重新查看后再操作。"
STAGES = (Status.FIRST_REVIEW, Status.SECOND_REVIEW, Status.FINAL_REVIEW)
PASSED = {
    Status.FIRST_REVIEW: "一审通过",
    Status.SECOND_REVIEW: "二审通过",
    Status.FINAL_REVIEW: "三审通过",
}


def everything() -> list[Any]:
    models = (Article, Decision, Revision, Edition, Withdrawal)
    return [list(model.objects.order_by("pk").values()) for model in models]


def refused(verb: Any, article: Article, *, by: User, **facts: Any) -> str:
    """The sentence of a refusal that left everything as it was."""
    before = everything()
    with pytest.raises(services.Refused) as refusal:
        make.take(verb, article, by=by, **facts)
    assert everything() == before
    return str(refusal.value)


def of_all_trades(**fields: Any) -> User:
    """A person with every role of the desk."""
    person = make.user("chief_editor", **fields)
    person.groups.set(roles.sync())
    return person


def pass_(article: Article, by: User) -> Decision:
    article.refresh_from_db()
    return make.take(services.pass_review, article, by=by, stage=Status(article.status))


def change(article: Article, *, by: User, **fields: Any) -> None:
    """Save the article with another text, or with these fields changed."""
    article.refresh_from_db()
    content = Content.of(article).as_json() | {"subtitle": f"改于{article.version}", **fields}
    services.save(
        article.pk,
        Content.from_json(content),
        by=by,
        at=make.NOON,
        version=article.version,
    )
    article.refresh_from_db()


@pytest.mark.parametrize("stage", STAGES)
def test_who_made_the_article_signs_none_of_its_reviews(stage: Status):
    author = of_all_trades()
    article = make.article(stage, by=author)

    assert refused(services.pass_review, article, by=author, stage=stage) == WRITER


@pytest.mark.parametrize("stage", STAGES)
def test_who_is_credited_signs_none_of_its_reviews(stage: Status):
    person = of_all_trades()
    credits = (
        Credit(make.contributor().pk, "reporter"),
        Credit(make.contributor(user=person).pk, "photographer"),
    )
    article = make.article(stage, bylines=credits)

    assert refused(services.pass_review, article, by=person, stage=stage) == WRITER


@pytest.mark.parametrize("stage", STAGES)
def test_who_handed_the_article_in_signs_none_of_its_reviews(stage: Status):
    submitter = of_all_trades()
    article = make.draft()
    make.take(services.submit, article, by=submitter)
    while article.status != stage:
        pass_(article, of_all_trades())

    assert refused(services.pass_review, article, by=submitter, stage=stage) == WRITER


@pytest.mark.parametrize("stage", STAGES)
def test_who_changed_the_draft_signs_none_of_its_reviews(stage: Status):
    changer = of_all_trades()
    article = make.draft()
    change(article, by=changer)
    make.take(services.submit, article, by=article.created_by)
    while article.status != stage:
        pass_(article, of_all_trades())

    assert refused(services.pass_review, article, by=changer, stage=stage) == WRITER


@pytest.mark.parametrize("stage", STAGES)
def test_who_mends_the_text_while_reviewing_it_may_sign_that_review(stage: Status):
    reviewer = of_all_trades()
    article = make.article(stage)
    change(article, by=reviewer)

    assert pass_(article, reviewer).by == reviewer


@pytest.mark.parametrize(("signed", "asked"), [*itertools.combinations(STAGES, 2)])
def test_nobody_gives_two_signatures_on_one_text(signed: Status, asked: Status):
    person = of_all_trades()
    article = make.article(signed)
    pass_(article, person)
    while article.status != asked:
        pass_(article, of_all_trades())

    sentence = refused(services.pass_review, article, by=person, stage=asked)

    assert sentence == SIGNED.format(PASSED[signed])


def test_after_a_return_the_old_signatures_bind_nobody():
    person, author = of_all_trades(), make.user("reporter")
    article = make.article(Status.FIRST_REVIEW, by=author)
    pass_(article, person)
    make.take(services.return_for_changes, article, by=of_all_trades(), note="请核实")
    make.take(services.submit, article, by=author)
    pass_(article, of_all_trades())

    assert pass_(article, person).action == "pass_second"


def test_who_handed_in_again_after_a_return_does_not_sign():
    editor, author = of_all_trades(), make.user("reporter")
    article = make.article(Status.FIRST_REVIEW, by=author)
    make.take(services.return_for_changes, article, by=of_all_trades(), note="请核实")
    make.take(services.submit, article, by=editor)

    sentence = refused(services.pass_review, article, by=editor, stage=Status.FIRST_REVIEW)

    assert sentence == WRITER


def test_who_changed_a_published_text_does_not_sign_the_change():
    changer = of_all_trades()
    article = make.article(Status.PUBLISHED)
    change(article, by=changer)

    assert article.status == Status.FINAL_REVIEW
    assert refused(services.pass_review, article, by=changer, stage=article.status) == WRITER


def test_who_holds_an_earlier_signature_does_not_sign_a_change_of_the_published_text():
    first = of_all_trades()
    article = make.article(Status.FIRST_REVIEW)
    pass_(article, first)
    pass_(article, of_all_trades())
    pass_(article, of_all_trades())
    make.take(services.publish, article, by=of_all_trades())
    change(article, by=of_all_trades())

    sentence = refused(services.pass_review, article, by=first, stage=article.status)

    assert sentence == SIGNED.format("一审通过")


def test_who_signed_the_final_review_may_sign_the_changed_text_again():
    final = of_all_trades()
    article = make.article(Status.FINAL_REVIEW)
    pass_(article, final)
    make.take(services.publish, article, by=of_all_trades())
    change(article, by=of_all_trades())

    pass_(article, final)

    assert article.status == Status.APPROVED


def test_discarding_changes_brings_the_published_text_and_its_signatures_back():
    article = make.article(Status.PUBLISHED)
    text, signed = Content.of(article), Situation.of(article, make.NOON).signatures
    change(article, by=of_all_trades())
    make.take(services.return_for_changes, article, by=of_all_trades(), note="请核实")

    make.take(services.discard, article, by=of_all_trades())

    assert article.status == Status.PUBLISHED
    assert Content.of(article) == text
    assert Situation.of(article, make.NOON).signatures == signed
    assert Edition.objects.visible(make.NOON).get().fingerprint == article.fingerprint


def test_changes_are_discarded_though_a_caption_was_changed_in_the_library_before_publication():
    picture = make.picture()
    article = make.article(Status.FIRST_REVIEW, lead_picture=picture)
    picture.caption = "另一个说明。"
    picture.save()
    for _ in STAGES:
        pass_(article, of_all_trades())
    make.take(services.publish, article, by=make.user("chief_editor"))
    text = Content.of(article)
    change(article, by=of_all_trades())

    make.take(services.discard, article, by=of_all_trades())

    assert Content.of(article) == text


def test_who_takes_themselves_off_the_byline_signs_none_of_the_reviews():
    person = of_all_trades()
    credits = (
        Credit(make.contributor(user=person).pk, "reporter"),
        Credit(make.contributor().pk, "reporter"),
    )
    article = make.article(Status.FINAL_REVIEW, bylines=credits)
    change(
        article, by=person, bylines=[{"contributor": credits[1].contributor, "role": "reporter"}]
    )

    stage = Status.FINAL_REVIEW
    assert refused(services.pass_review, article, by=person, stage=stage) == WRITER


def test_who_is_credited_as_editor_may_sign():
    person = of_all_trades()
    credits = (
        Credit(make.contributor(user=person).pk, "editor"),
        Credit(make.contributor().pk, "reporter"),
    )
    article = make.article(Status.FIRST_REVIEW, bylines=credits)

    pass_(article, person)

    assert article.status == Status.SECOND_REVIEW


def test_a_source_changed_after_the_final_signature_stops_publication():
    article = make.article(Status.APPROVED)
    article.source.home_url = "https://elsewhere.example/"
    article.source.save()

    sentence = refused(services.publish, article, by=make.user("chief_editor"))

    assert sentence == "内容与终审签发时不一致，请退回后重新审核。"


def test_a_caption_that_changes_while_it_is_published_stops_publication(monkeypatch):
    picture = make.picture()
    article = make.article(Status.APPROVED, lead_picture=picture)
    append = record.append

    def meanwhile(**facts):
        type(picture).objects.filter(pk=picture.pk).update(caption="没有人审过的说明。")
        return append(**facts)

    monkeypatch.setattr(record, "append", meanwhile)

    with pytest.raises(services.Refused, match="内容与终审签发时不一致"):
        make.take(services.publish, article, by=make.user("chief_editor"))

    assert not Edition.objects.exists()


def test_corrections_stay_with_an_article_that_is_published_anew():
    chief = of_all_trades()
    article = make.article(Status.PUBLISHED)
    change(article, by=of_all_trades())
    pass_(article, chief)
    make.take(services.correct, article, by=chief, public_note="数字有误，已更正。")
    later = make.NOON + make.HOUR
    make.take(services.withdraw, article, by=chief, at=later, note="需要核实")
    make.take(services.reopen, article, by=chief, at=later, note="已核实")
    make.take(services.submit, article, by=of_all_trades(), at=later)
    for stage in STAGES:
        make.take(services.pass_review, article, by=of_all_trades(), at=later, stage=stage)

    make.take(services.publish, article, by=chief, at=later)

    notes = [row["note"] for row in Edition.objects.visible(later).get().corrections]
    assert notes == ["数字有误，已更正。"]


def test_an_approved_text_that_is_changed_is_signed_again_before_it_is_published():
    chief = make.user("chief_editor")
    article = make.article(Status.APPROVED)
    change(article, by=chief)

    assert article.status == Status.FINAL_REVIEW
    assert refused(services.publish, article, by=chief) == "稿件现在是“待三审”，不能“立即发布”。"


def test_a_caption_changed_in_the_library_after_the_final_signature_stops_publication():
    picture = make.picture()
    article = make.article(Status.APPROVED, lead_picture=picture)
    picture.caption = "另一个说明。"
    picture.save()

    sentence = refused(services.publish, article, by=make.user("chief_editor"))

    assert sentence == "内容与终审签发时不一致，请退回后重新审核。"


@pytest.mark.parametrize(
    ("reviews", "way"),
    [
        (3, ["first_review", "second_review", "final_review", "approved"]),
        (2, ["first_review", "final_review", "approved"]),
        (1, ["final_review", "approved"]),
    ],
)
def test_a_channel_says_which_reviews_an_article_passes(reviews: int, way: list[str]):
    article = make.draft(channel=make.channel(reviews=reviews))
    make.take(services.submit, article, by=article.created_by)

    stages = [article.status]
    while article.status != Status.APPROVED:
        pass_(article, of_all_trades())
        stages.append(article.status)

    assert stages == way


@pytest.mark.parametrize(
    ("stage", "reviews", "next_stage"),
    [
        (Status.FIRST_REVIEW, 2, "final_review"),
        (Status.FIRST_REVIEW, 1, "final_review"),
        (Status.SECOND_REVIEW, 2, "final_review"),
        (Status.SECOND_REVIEW, 1, "final_review"),
        (Status.FINAL_REVIEW, 1, "approved"),
    ],
)
def test_a_channel_that_asks_for_fewer_reviews_meanwhile_leads_on_to_the_next(
    stage: Status, reviews: int, next_stage: str
):
    article = make.article(stage)
    article.channel.reviews = reviews
    article.channel.save()

    pass_(article, of_all_trades())

    assert article.status == next_stage


def test_a_person_limited_to_a_channel_handles_it_and_those_below_and_no_other():
    editor = make.user("editor")
    home = make.channel()
    below, other = make.channel(parent=home), make.channel()
    ChannelAssignment.objects.create(user=editor, channel=home)

    for channel in (home, below):
        article = make.article(Status.FIRST_REVIEW, channel=channel)
        assert pass_(article, editor).by == editor
    article = make.article(Status.FIRST_REVIEW, channel=other)
    sentence = refused(services.pass_review, article, by=editor, stage=Status.FIRST_REVIEW)
    assert sentence == "您无权查看这篇稿件。"


def test_a_person_limited_to_a_lower_channel_does_not_handle_the_one_above():
    editor = make.user("editor")
    above = make.channel()
    ChannelAssignment.objects.create(user=editor, channel=make.channel(parent=above))
    article = make.article(Status.FIRST_REVIEW, channel=above)

    sentence = refused(services.pass_review, article, by=editor, stage=Status.FIRST_REVIEW)

    assert sentence == "您无权查看这篇稿件。"


def test_an_emergency_publication_is_listed_until_a_second_person_has_signed():
    chief = of_all_trades()
    article = make.article(Status.FIRST_REVIEW)
    make.take(services.emergency_publish, article, by=chief, note="防汛预警")
    emergency = Situation.of(article, make.NOON).open_emergency

    sentence = refused(services.countersign, article, by=chief)
    make.take(services.countersign, article, by=of_all_trades())

    assert emergency is not None
    assert emergency.by == chief
    assert sentence == "这篇稿件是您紧急发布的，须由他人补签。"
    assert Situation.of(article, make.NOON).open_emergency is None
    assert article.status == Status.PUBLISHED
    assert refused(services.countersign, article, by=of_all_trades()) == (
        "没有等待补签的紧急发布。"
    )


def test_an_emergency_prints_no_final_reviewer_who_signed_another_text():
    picture = make.picture()
    article = make.article(Status.APPROVED, lead_picture=picture)
    picture.caption = "另一个说明。"
    picture.save()

    make.take(
        services.emergency_publish, article, by=make.user("chief_editor", name="彭立新"), note="急"
    )

    assert article.editions.get().reviewers[-1] == {"stage": "final_review", "name": "彭立新"}
    assert len(article.editions.get().reviewers) == 3


def test_who_wrote_an_emergency_publication_does_not_sign_it_afterwards():
    author = of_all_trades()
    article = make.draft(by=author)
    make.take(services.emergency_publish, article, by=of_all_trades(), note="防汛预警")

    assert refused(services.countersign, article, by=author) == WRITER


def test_who_published_in_an_emergency_never_signs_it_though_another_did_so_again():
    first, second = of_all_trades(), of_all_trades()
    article = make.article(Status.FIRST_REVIEW)
    make.take(services.emergency_publish, article, by=first, note="防汛预警")
    make.take(services.withdraw, article, by=of_all_trades(), note="重发")
    make.take(services.reopen, article, by=of_all_trades(), note="重发")
    make.take(services.emergency_publish, article, by=second, note="防汛预警")

    for person in (first, second):
        assert refused(services.countersign, article, by=person) == (
            "这篇稿件是您紧急发布的，须由他人补签。"
        )


def test_an_emergency_on_the_site_is_a_correction_and_needs_its_notice():
    chief = of_all_trades()
    article = make.article(Status.PUBLISHED)
    change(article, by=of_all_trades())

    sentence = refused(services.emergency_publish, article, by=chief, note="数字有误")
    make.take(
        services.emergency_publish, article, by=chief, note="数字有误", public_note="更正：甲。"
    )

    assert sentence == "请在对外说明里写清更正了什么。"
    edition = Edition.objects.visible(make.NOON).get()
    assert [row["note"] for row in edition.corrections] == ["更正：甲。"]


@pytest.mark.parametrize("stage", STAGES)
def test_a_held_article_goes_back_to_where_it_was(stage: Status):
    reviewer = of_all_trades()
    article = make.article(stage)
    make.take(services.hold, article, by=reviewer)
    held = (article.status, article.former_status)

    make.take(services.resume, article, by=reviewer)

    assert held == (Status.HELD, stage)
    assert (article.status, article.former_status) == (stage, "")


@pytest.mark.parametrize("stage", STAGES)
def test_a_rejected_article_is_restored_to_where_it_was(stage: Status):
    reviewer = of_all_trades()
    article = make.article(stage)
    make.take(services.reject, article, by=reviewer, note="重复")

    make.take(services.restore, article, by=reviewer)

    assert (article.status, article.former_status) == (stage, "")


def test_only_the_desk_of_the_review_it_was_held_in_resumes_an_article():
    article = make.article(Status.SECOND_REVIEW)
    make.take(services.hold, article, by=make.user("section_head"))

    sentence = refused(services.resume, article, by=make.user("chief_editor"))

    assert sentence == "“恢复审核”须由部门主任操作。"


def test_a_withdrawn_article_is_reopened_and_published_anew_at_its_old_address():
    article = make.article(Status.PUBLISHED)
    first = article.first_published_at
    make.take(services.withdraw, article, by=of_all_trades(), note="有误")
    make.take(services.reopen, article, by=of_all_trades(), note="补充后重发")
    make.take(services.submit, article, by=article.created_by)
    while article.status != Status.APPROVED:
        pass_(article, of_all_trades())

    make.take(services.publish, article, by=of_all_trades(), at=make.NOON + make.HOUR)

    edition = Edition.objects.visible(make.NOON + make.HOUR).get()
    assert edition.first_published_at == article.first_published_at == first
    assert edition.visible_from == make.NOON + make.HOUR


def test_a_schedule_called_off_leaves_no_time_of_publication():
    chief = make.user("chief_editor")
    article = make.article(Status.APPROVED)
    make.take(services.schedule, article, by=chief, go_live=make.NOON + make.HOUR)
    assert article.first_published_at == make.NOON + make.HOUR

    make.take(services.unschedule, article, by=chief)

    assert (article.status, article.first_published_at) == (Status.APPROVED, None)
    assert [edition.is_cancelled for edition in Edition.objects.all()] == [True]
    assert not Edition.objects.visible(make.NOON + 2 * make.HOUR).exists()


def test_a_schedule_lies_ahead_and_ends_after_it_begins():
    chief = make.user("chief_editor")
    article = make.article(Status.APPROVED)
    passed = "上线时间已经过了，请另选时间，或者立即发布。"
    too_early = "下线时间必须晚于上线时间。"
    soon, second = make.NOON + make.HOUR, datetime.timedelta(seconds=1)

    assert refused(services.schedule, article, by=chief, go_live=make.NOON) == passed
    assert refused(services.schedule, article, by=chief, go_live=make.NOON - second) == passed
    for until in (soon, soon - second):
        facts = {"go_live": soon, "until": until}
        assert refused(services.schedule, article, by=chief, **facts) == too_early
    for until in (make.NOON, make.NOON - second):
        assert refused(services.publish, article, by=chief, until=until) == too_early
        facts = {"note": "防汛预警", "until": until}
        assert refused(services.emergency_publish, article, by=chief, **facts) == too_early


@pytest.mark.parametrize("blank", ["", "  \n　"])
def test_steps_that_need_a_note_are_refused_without_one(blank: str):
    chief = make.user("chief_editor")
    final = make.article(Status.FINAL_REVIEW)
    published = make.article(Status.PUBLISHED)
    withdrawn = make.article(Status.WITHDRAWN)

    for verb, article, step in (
        (services.return_for_changes, final, "退回修改"),
        (services.reject, final, "退稿"),
        (services.emergency_publish, final, "紧急发布"),
        (services.withdraw, published, "撤稿"),
        (services.reopen, withdrawn, "重新编辑"),
    ):
        assert refused(verb, article, by=chief, note=blank) == f"“{step}”必须填写意见。"


@pytest.mark.parametrize("blank", ["", " \n　"])
def test_a_correction_needs_a_public_note(blank: str):
    chief = make.user("chief_editor")
    article = make.article(Status.PUBLISHED)
    change(article, by=make.user("editor"))
    pass_(article, chief)

    sentence = refused(services.correct, article, by=chief, public_note=blank)

    assert sentence == "请在对外说明里写清更正了什么。"


def test_a_correction_keeps_the_take_down_time_and_the_earlier_notices():
    chief, until = make.user("chief_editor"), make.NOON + 5 * make.HOUR
    article = make.article(Status.APPROVED)
    make.take(services.publish, article, by=chief, until=until)
    for at, note in ((make.NOON + make.HOUR, "一"), (make.NOON + 2 * make.HOUR, "二")):
        change(article, by=make.user("editor"))
        make.take(services.pass_review, article, by=chief, at=at, stage=Status.FINAL_REVIEW)
        make.take(services.correct, article, by=chief, at=at, public_note=note)

    edition = Edition.objects.visible(make.NOON + 2 * make.HOUR).get()
    assert edition.visible_until == until
    assert [row["note"] for row in edition.corrections] == ["一", "二"]
    assert Edition.objects.count() == 3


def test_a_take_down_time_is_given_moved_and_dropped_while_readers_read():
    chief, second = make.user("chief_editor"), datetime.timedelta(seconds=1)
    article = make.article(Status.PUBLISHED)
    text, signed = article.fingerprint, article.editions.get().pk

    for until in (make.NOON + make.HOUR, make.NOON + second, None):
        decision = make.take(services.limit, article, by=chief, until=until)

        edition = article.editions.get()
        assert (edition.pk, edition.visible_until) == (signed, until)
        assert (decision.visible_until, decision.by) == (until, chief)
        assert (article.status, article.fingerprint) == (Status.PUBLISHED, text)
    assert article.revisions.count() == 1


def test_a_take_down_time_lies_ahead_and_is_another_than_before():
    chief, second = make.user("chief_editor"), datetime.timedelta(seconds=1)
    article, until = make.article(Status.PUBLISHED), make.NOON + make.HOUR
    past = "下线时间已过，请另选时间，或者撤稿。"
    same = "下线时间本来就是这样，没有改动。"

    assert refused(services.limit, article, by=chief, until=None) == same
    for moment in (make.NOON, make.NOON - second):
        assert refused(services.limit, article, by=chief, until=moment) == past
    make.take(services.limit, article, by=chief, until=until)
    assert refused(services.limit, article, by=chief, until=until) == same
    assert refused(services.limit, article, by=chief, at=until, until=None) == (
        "稿件不在网上，没有下线时间可设。"
    )


def test_a_correction_keeps_the_take_down_time_that_was_set_afterwards():
    chief, until = make.user("chief_editor"), make.NOON + 5 * make.HOUR
    article = make.article(Status.PUBLISHED)
    change(article, by=chief)
    make.take(services.limit, article, by=chief, until=until)
    pass_(article, make.user("chief_editor"))

    make.take(services.correct, article, by=chief, public_note="更正：数字有误。")

    assert Edition.objects.visible(make.NOON).get().visible_until == until
    assert not Edition.objects.visible(until).exists()


def test_an_incomplete_text_is_neither_handed_in_nor_signed_nor_published():
    gone = make.contributor("李方")
    article = make.draft(bylines=(Credit(gone.pk, "reporter"),))
    gone.is_active = False
    gone.save()

    sentence = refused(services.submit, article, by=article.created_by)

    assert sentence == "署名作者李方已停用，不能署名。"


@pytest.mark.parametrize(
    ("status", "role", "verb", "facts"),
    [
        (Status.DRAFT, "editor", services.submit, {}),
        (Status.FIRST_REVIEW, "editor", services.pass_review, {"stage": Status.FIRST_REVIEW}),
        (Status.FIRST_REVIEW, "editor", services.return_for_changes, {"note": "核实"}),
        (Status.FIRST_REVIEW, "editor", services.hold, {}),
        (Status.FIRST_REVIEW, "editor", services.reject, {"note": "重复"}),
        (Status.HELD, "editor", services.resume, {}),
        (Status.SPIKED, "editor", services.restore, {}),
        (Status.APPROVED, "chief_editor", services.publish, {}),
        (Status.APPROVED, "chief_editor", services.schedule, {"go_live": make.NOON + make.HOUR}),
        (Status.APPROVED, "chief_editor", services.emergency_publish, {"note": "预警"}),
        (Status.PUBLISHED, "chief_editor", services.limit, {"until": make.NOON + make.HOUR}),
        (Status.PUBLISHED, "chief_editor", services.withdraw, {"note": "有误"}),
        (Status.WITHDRAWN, "chief_editor", services.reopen, {"note": "重发"}),
    ],
)
def test_a_step_from_an_old_version_is_refused_calmly(
    status: Status, role: str, verb: Any, facts: dict[str, Any]
):
    article, person = make.article(status), make.user(role)
    before = everything()

    for version in (article.version - 1, article.version + 1):
        with pytest.raises(services.Stale) as stale:
            verb(article.pk, by=person, at=make.NOON, version=version, **facts)
        assert str(stale.value) == STALE
    assert everything() == before


def test_a_step_is_recorded_no_earlier_than_the_one_before_it():
    article = make.article(Status.FIRST_REVIEW)
    last = article.decisions.get().at

    make.take(
        services.pass_review,
        article,
        by=make.user("editor"),
        at=last - make.HOUR,
        stage=Status.FIRST_REVIEW,
    )

    assert {decision.at for decision in article.decisions.all()} == {last}
    assert not list(record.breaks())


def test_a_person_without_a_right_to_write_makes_no_article():
    for person in (make.user(), make.user("administrator"), make.user(is_superuser=True)):
        before = everything()
        with pytest.raises(services.Refused, match="您的角色没有写稿权限。"):
            services.create(make.content(), by=person, at=make.NOON)
        assert everything() == before
