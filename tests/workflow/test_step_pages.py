import dataclasses
import datetime
import re

import pytest
import time_machine
from django.utils.translation import gettext as _

from articles.content import Content
from articles.models import Article, Status
from publication.models import Edition, Withdrawal
from tests import factories as make
from tests.desk import address, desk, step, text
from workflow import permissions, services
from workflow.admin.verbs import EXPLAINED, VERBS
from workflow.models import Decision
from workflow.situation import Situation
from workflow.transitions import BY_ACTION, Action

pytestmark = pytest.mark.django_db

ROLES = (
    "correspondent", "reporter", "editor", "section_head", "chief_editor", "administrator"
)  # fmt: skip
BUTTONS = [action for action in Action if action in BY_ACTION]


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(make.NOON, tick=False):
        yield


def facts_of(article):
    """All that a step could change."""
    article.refresh_from_db()
    return (article.status, article.version, Decision.objects.count(), Edition.objects.count())


def shanghai(moment):
    return f"{moment.astimezone(make.SHANGHAI):%Y-%m-%dT%H:%M}"


def test_no_label_of_a_step_ends_with_a_colon():
    page = text(
        desk(make.user("chief_editor")).get(
            address("step", make.article(Status.FINAL_REVIEW), "return")
        )
    )

    labels = re.findall(r"<label[^>]*>([^<]+)</label>", page)

    assert labels
    assert not any(label.rstrip().endswith((":", "：")) for label in labels)


def test_every_step_of_the_table_has_a_service_and_an_explanation():
    assert set(VERBS) == set(EXPLAINED) == set(BUTTONS)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_the_page_of_a_step_or_the_reason_why_not(role):
    user = make.user(role)
    for status in (Status.DRAFT, Status.FIRST_REVIEW, Status.FINAL_REVIEW, Status.PUBLISHED):
        article = make.article(status)
        for action in (Action.SUBMIT, Action.PASS_FIRST, Action.PASS_FINAL, Action.WITHDRAW):
            before = facts_of(article)

            response = desk(user).get(address("step", article, action))

            assert response.status_code == foreseen(user, article, action)
            assert facts_of(article) == before


def foreseen(user, article, action):
    if not permissions.may_see(user, article, make.NOON):
        return 404
    situation = Situation.of(article, make.NOON)
    return 403 if permissions.refusal(action, situation, user) else 200


def test_looking_at_any_step_changes_nothing():
    chief = make.user("chief_editor")
    article = make.article(Status.PUBLISHED)
    before = facts_of(article)

    for action in BUTTONS:
        desk(chief).get(address("step", article, action))

    assert facts_of(article) == before


def test_a_step_nobody_knows_is_not_found():
    article = make.draft()

    for name in ("fly", "amend", "import"):
        response = desk(article.created_by).get(address("step", article, name))
        assert response.status_code == 404


def test_the_page_says_what_will_happen_and_where_it_leads():
    article = make.article(Status.FIRST_REVIEW)

    page = text(desk(make.user("editor")).get(address("step", article, "pass_first")))

    assert str(EXPLAINED[Action.PASS_FIRST]) in page
    assert str(Status.SECOND_REVIEW.label) in page


def test_a_step_is_taken_and_said():
    editor = make.user("editor")
    article = make.article(Status.FIRST_REVIEW)

    response = step(editor, article, "pass_first", note="同意")

    article.refresh_from_db()
    assert response.status_code == 302
    assert response["Location"] == f"{address('change', article)}?look=1"
    assert article.status == Status.SECOND_REVIEW
    decision = article.decisions.latest("sequence")
    assert (decision.by, decision.note) == (editor, "同意")


def test_a_second_click_is_answered_calmly_and_does_nothing():
    editor = make.user("editor")
    article = make.article(Status.FIRST_REVIEW)
    step(editor, article, "pass_first")
    before = facts_of(Article.objects.get(pk=article.pk))

    response = step(editor, article, "pass_first")

    assert response.status_code == 409
    sentence = _("You have already taken this step (%(time)s). It was done once; nothing is lost.")
    assert sentence % {"time": "11-23 12:00"} in text(response)
    assert facts_of(article) == before


def test_of_two_people_at_once_the_later_is_told_and_keeps_what_was_typed():
    first, second = make.user("editor"), make.user("editor")
    article = make.article(Status.FIRST_REVIEW)
    step(first, article, "pass_first")
    before = facts_of(Article.objects.get(pk=article.pk))

    response = step(second, article, "return", note="导语请再改一改")

    assert response.status_code == 409
    assert str(services.Stale(article)) in text(response)
    assert "导语请再改一改" in text(response)
    assert facts_of(article) == before


def test_who_came_too_late_is_shown_what_changed_meanwhile_and_can_go_on():
    editor = make.user("editor")
    article = make.article(Status.FIRST_REVIEW)
    content = dataclasses.replace(Content.of(article), headline="换了一个标题")
    services.save(
        article.pk, content, by=make.user("editor"), at=make.NOON, version=article.version
    )

    response = step(editor, article, "pass_first", note="同意")

    assert response.status_code == 409
    assert _("Changed while you had it before you") in text(response)
    again = response.context["form"]["version"].value()
    article.refresh_from_db()
    assert int(again) == article.version
    article.version = int(again)
    assert step(editor, article, "pass_first", note="同意").status_code == 302


@pytest.mark.parametrize("action", ["return", "reject"])
def test_a_step_that_needs_a_note_is_not_taken_without_one(action):
    article = make.article(Status.FIRST_REVIEW)
    before = facts_of(article)

    for note in ("", "   "):
        response = step(make.user("editor"), article, action, note=note)

        assert response.status_code == 400
        assert response.context["form"].errors["note"]
    assert facts_of(article) == before


def test_what_is_missing_is_listed_with_the_way_to_mend_it():
    author = make.user("reporter")
    article = make.draft(by=author, headline="", source=None)

    page = text(desk(author).get(address("step", article, "submit")))

    assert _("The headline is missing.") in page
    assert f'href="{address("change", article)}#id_headline"' in page
    assert f'href="{address("change", article)}#id_source"' in page
    assert 'type="submit" class="step-button' not in page


def test_an_incomplete_article_is_not_submitted():
    author = make.user("reporter")
    article = make.draft(by=author, headline="")
    before = facts_of(article)

    response = step(author, article, "submit")

    assert response.status_code == 400
    assert _("The headline is missing.") in text(response)
    assert facts_of(article) == before


def test_who_may_not_take_a_step_is_told_why_and_nothing_happens():
    author = make.user("editor")
    article = make.article(Status.FIRST_REVIEW, by=author)
    before = facts_of(article)

    response = step(author, article, "pass_first")

    assert response.status_code == 400
    sentence = _("You wrote or submitted this article; another person must sign it.")
    assert sentence in text(response)
    assert facts_of(article) == before


def test_who_may_not_see_an_article_finds_no_step_of_it():
    article = make.article(Status.FIRST_REVIEW)
    before = facts_of(article)

    for user in (make.user("reporter"), make.user("administrator")):
        assert desk(user).get(address("step", article, "submit")).status_code == 404
        assert step(user, article, "submit").status_code == 404
    assert facts_of(article) == before


def test_publishing_can_be_given_an_end():
    article = make.article(Status.APPROVED)

    step(make.user("chief_editor"), article, "publish", until="2026-11-23T18:30")

    edition = article.editions.get()
    assert edition.visible_until == make.NOON.replace(hour=18, minute=30)


def test_a_take_down_time_is_set_moved_and_dropped_by_its_page():
    chief, article = make.user("chief_editor"), make.article(Status.PUBLISHED)

    step(chief, article, "limit", until="2026-11-23T18:30")
    edition = article.editions.get()
    assert edition.visible_until == make.NOON.replace(hour=18, minute=30)
    assert 'value="2026-11-23T18:30"' in text(desk(chief).get(address("step", article, "limit")))

    article.refresh_from_db()
    assert step(chief, article, "limit", until="").status_code == 302
    assert article.editions.get().visible_until is None
    page = text(desk(chief).get(address("history", article)))
    assert _("no take-down time any more") in page


@pytest.mark.parametrize("until", ["2026-11-23T11:59", "2026-11-23T12:00", "morgen"])
def test_a_take_down_time_that_has_passed_is_refused_and_kept_in_the_form(until):
    article = make.article(Status.PUBLISHED)
    before = facts_of(article)

    response = step(make.user("chief_editor"), article, "limit", until=until, note="备注")

    assert response.status_code == 400
    assert f'value="{until}"' in text(response)
    assert "备注" in text(response)
    assert facts_of(article) == before
    assert article.editions.get().visible_until is None


def test_times_are_read_as_shanghai_time():
    article = make.article(Status.APPROVED)
    live, end = make.NOON + make.HOUR, make.NOON + 5 * make.HOUR

    response = step(
        make.user("chief_editor"),
        article,
        "schedule",
        go_live=shanghai(live),
        until=shanghai(end),
    )

    assert response.status_code == 302
    edition = article.editions.get()
    assert (edition.visible_from, edition.visible_until) == (live, end)


@pytest.mark.parametrize(
    ("go_live", "until"),
    [
        ("2026-11-23T11:00", ""),
        ("2026-11-23T14:00", "2026-11-23T13:00"),
        ("2026-11-23T14:00", "2026-11-23T14:00"),
        ("", ""),
        ("morgen", ""),
    ],
)
def test_times_that_cannot_be_are_refused_and_kept(go_live, until):
    article = make.article(Status.APPROVED)
    before = facts_of(article)

    response = step(
        make.user("chief_editor"), article, "schedule", go_live=go_live, until=until, note="备注"
    )

    assert response.status_code == 400
    assert f'value="{go_live}"' in text(response) or not go_live
    assert "备注" in text(response)
    assert facts_of(article) == before


def test_a_correction_needs_words_for_the_public():
    chief = make.user("chief_editor")
    article = corrected(make.article(Status.PUBLISHED))
    before = facts_of(article)

    response = step(chief, article, "correct")
    assert response.status_code == 400
    assert response.context["form"].errors["public_note"]
    assert facts_of(article) == before

    step(chief, article, "correct", public_note="文中“800万元”应为“900万元”。")
    live = Edition.objects.visible(make.NOON).get(article=article)
    assert live.corrections[0]["note"] == "文中“800万元”应为“900万元”。"


def corrected(article):
    """The article with a changed text that was signed anew."""
    content = dataclasses.replace(Content.of(article), headline="更正后的标题")
    services.save(
        article.pk, content, by=make.user("section_head"), at=make.NOON, version=article.version
    )
    article.refresh_from_db()
    make.take(
        services.pass_review, article, by=make.user("chief_editor"), stage=Status.FINAL_REVIEW
    )
    return article


def test_withdrawing_asks_for_a_reason_and_takes_a_notice():
    chief = make.user("chief_editor")
    article = make.article(Status.PUBLISHED)

    assert step(chief, article, "withdraw").status_code == 400
    step(chief, article, "withdraw", note="数据有误", public_note="该稿件已撤回。")

    assert Withdrawal.objects.get(article=article).notice == "该稿件已撤回。"
    assert not Edition.objects.visible(make.NOON).exists()


def test_an_emergency_publication_needs_its_reason():
    chief = make.user("chief_editor")
    article = make.article(Status.FIRST_REVIEW)

    assert step(chief, article, "emergency").status_code == 400
    assert step(chief, article, "emergency", note="道路塌方").status_code == 302
    assert Edition.objects.visible(make.NOON).filter(article=article).exists()


def test_the_page_compares_with_what_readers_see():
    article = corrected(make.article(Status.PUBLISHED, headline="原来的标题"))

    page = text(desk(make.user("chief_editor")).get(address("step", article, "correct")))

    assert _("Compared with %(base)s") % {"base": _("the text that readers see now")} in page
    assert "<del>" in page and "<ins>" in page


def test_the_page_compares_with_what_was_returned():
    editor, author = make.user("editor"), make.user("reporter")
    article = make.article(Status.FIRST_REVIEW, by=author, body="<p>投入800万元。</p>")
    make.take(services.return_for_changes, article, by=editor, note="请核实")
    content = dataclasses.replace(Content.of(article), body="<p>投入900万元。</p>")
    services.save(article.pk, content, by=author, at=make.NOON, version=article.version)
    make.take(services.submit, article, by=author)

    response = desk(editor).get(address("step", article, "pass_first"))

    (difference,) = response.context["compared"].differences
    assert difference.field == "body"
    assert [piece.kind for piece in difference.lines[0].pieces] == [
        "same", "deleted", "inserted", "same"
    ]  # fmt: skip


OWN_CHANGES = (
    "You changed this text yourself under review (%(time)s), and nobody else has signed it"
    " since. With your signature you answer for your own words as well; the record shows both."
)


def reworded(article, by, headline):
    """The article with a headline that the person gave it."""
    content = dataclasses.replace(Content.of(article), headline=headline)
    make.take(services.save, article, by=by, content=content)
    return article


@pytest.mark.parametrize("status", [Status.FINAL_REVIEW, Status.APPROVED])
def test_the_last_signer_is_told_of_their_own_changes(status):
    chief = make.user("chief_editor")
    article = reworded(make.article(status), chief, "总编辑改的标题")
    sentence = _(OWN_CHANGES) % {"time": "11-23 12:00"}

    shown = desk(chief).get(address("step", article, "pass_final"))
    others = desk(make.user("chief_editor")).get(address("step", article, "pass_final"))

    assert sentence in text(shown)
    assert shown.context["compared"].differences
    assert others.status_code == 200
    assert not others.context["own_changes"]
    assert step(chief, article, "pass_final").status_code == 302


def test_changes_that_others_have_signed_since_are_not_mentioned():
    chief, author = make.user("chief_editor"), make.user("reporter")
    article = reworded(make.article(Status.FINAL_REVIEW, by=author), chief, "总编辑改的标题")
    make.take(services.return_for_changes, article, by=chief, note="请核实")
    make.take(services.submit, article, by=author)
    for stage, role in ((Status.FIRST_REVIEW, "editor"), (Status.SECOND_REVIEW, "section_head")):
        make.take(services.pass_review, article, by=make.user(role), stage=stage)

    response = desk(chief).get(address("step", article, "pass_final"))

    assert response.status_code == 200
    assert not response.context["own_changes"]


def test_where_there_is_one_review_what_was_changed_since_it_was_handed_in_counts():
    chief = make.user("chief_editor")
    article = make.article(Status.FINAL_REVIEW, channel=make.channel(reviews=1))
    asked = address("step", article, "pass_final")
    assert not desk(chief).get(asked).context["own_changes"]

    reworded(article, chief, "总编辑改的标题")

    assert desk(chief).get(asked).context["own_changes"]


def test_an_earlier_signer_s_changes_are_for_the_next_one_to_see():
    editor = make.user("editor")
    article = reworded(make.article(Status.FIRST_REVIEW), editor, "编辑改的标题")

    response = desk(editor).get(address("step", article, "pass_first"))

    assert not response.context["own_changes"]


def test_the_form_leads_to_the_next_steps_at_its_foot():
    chief = make.user("chief_editor")

    for query in ("", "?look=1"):
        page = text(desk(chief).get(address("change", make.article(Status.FINAL_REVIEW)) + query))
        assert page.index('href="#steps-title"') < page.index('id="steps-title"')


def test_a_text_nobody_handled_has_nothing_to_compare_with():
    article = make.article(Status.FIRST_REVIEW)

    response = desk(make.user("editor")).get(address("step", article, "pass_first"))

    assert response.context["compared"] is None


@pytest.mark.parametrize("note", ["<script>alert(1)</script>", "a\x00b", "字" * 2001])
def test_odd_notes_are_harmless(note):
    article = make.article(Status.FIRST_REVIEW)

    response = step(make.user("editor"), article, "return", note=note)

    assert response.status_code in {302, 400}
    page = text(desk(make.user("editor")).get(address("change", article)))
    assert "<script>alert(1)" not in page


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999"])
def test_a_version_that_cannot_be_does_nothing(version):
    article = make.article(Status.FIRST_REVIEW)
    before = facts_of(article)

    response = desk(make.user("editor")).post(
        address("step", article, "pass_first"), {"version": version}
    )

    assert response.status_code in {400, 409}
    assert facts_of(article) == before


def test_pages_of_steps_are_kept_by_nobody():
    article = make.article(Status.FIRST_REVIEW)

    response = desk(make.user("editor")).get(address("step", article, "pass_first"))

    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"


def panel(user, article):
    return desk(user).get(address("change", article)).context["panel"]


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("role", ROLES[:-1])
def test_the_buttons_are_the_steps_that_the_rules_allow(role, status):
    user = make.user(role)
    article = make.article(status, by=user if role in {"correspondent", "reporter"} else None)

    shown = {button.action for button in panel(user, article)["buttons"]}

    situation = Situation.of(article, make.NOON)
    allowed = {action for action in BUTTONS if not permissions.refusal(action, situation, user)}
    if Action.PUBLISH in allowed:
        allowed.discard(Action.EMERGENCY)
    assert shown == allowed


def test_no_emergency_is_offered_where_the_text_can_be_published():
    chief = make.user("chief_editor")

    approved, unsigned = (
        {button.action for button in panel(chief, make.article(status))["buttons"]}
        for status in (Status.APPROVED, Status.FINAL_REVIEW)
    )

    assert Action.PUBLISH in approved
    assert Action.EMERGENCY not in approved
    assert Action.EMERGENCY in unsigned


def test_a_reviewer_finds_what_changed_since_the_last_signature_beside_the_buttons():
    article = make.article(Status.SECOND_REVIEW)
    reviewer = make.user("section_head")
    content = dataclasses.replace(Content.of(article), headline="改过的标题")
    make.take(services.save, article, by=make.user("section_head"), content=content)

    compared = panel(reviewer, article)["compared"]

    assert str(Action.PASS_FIRST.label) in compared.base
    assert [row.field for row in compared.differences] == ["headline"]


def test_who_does_not_decide_about_a_text_is_shown_no_comparison():
    author = make.user("reporter")

    assert panel(author, make.article(Status.SECOND_REVIEW, by=author))["compared"] is None


@pytest.mark.parametrize("status", Status)
def test_at_most_one_button_is_the_next_step(status):
    found = panel(make.user("chief_editor"), make.article(status))["buttons"]

    assert sum(button.is_primary for button in found) <= 1


def test_the_panel_says_why_the_next_step_is_not_yours():
    author = make.user("reporter")
    article = make.article(Status.FIRST_REVIEW, by=author)

    (refused,) = panel(author, article)["refused"]

    assert refused[0] == Action.PASS_FIRST.label
    assert refused[1] == permissions.refusal(
        Action.PASS_FIRST, Situation.of(article, make.NOON), author
    )


def test_the_panel_lists_what_is_missing_and_holds_the_next_step_back():
    author = make.user("reporter")
    found = panel(author, make.draft(by=author, headline="", bylines=()))

    assert {gap.field for gap in found["gaps"]} == {"headline", "bylines"}
    assert not any(button.is_primary for button in found["buttons"])


def test_the_timeline_shows_every_step_with_its_note():
    author = make.user("reporter")
    article = make.article(Status.FIRST_REVIEW, by=author)
    make.take(
        services.return_for_changes, article, by=make.user("editor", name="罗兴美"), note="再核"
    )

    page = text(desk(author).get(address("change", article)))

    assert "罗兴美" in page and "再核" in page
    assert str(Action.RETURN.label) in page


def test_the_panel_lists_the_editions():
    chief = make.user("chief_editor")
    article = make.article(Status.PUBLISHED)
    hour = datetime.timedelta(hours=1)
    make.take(services.withdraw, article, by=chief, at=make.NOON + hour, note="有误")

    (row,) = panel(chief, article)["editions"]

    assert row["url"] == address("edition", article, article.editions.get().pk)
