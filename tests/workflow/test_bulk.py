import dataclasses

import pytest
import time_machine
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.content import Content
from articles.models import Status
from tests import factories as make
from tests.desk import address, desk, text
from workflow import services
from workflow.models import Decision

pytestmark = pytest.mark.django_db

LIST = "admin:articles_article_changelist"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(make.NOON, tick=False):
        yield


def choose(user, action, *articles):
    """Choose articles in the list and a step in its menu."""
    chosen = {"action": action, "_selected_action": [article.pk for article in articles]}
    return desk(user).post(reverse(LIST), chosen)


def confirm(user, action, *articles, note="", **typed):
    """Send the page that asks, with the versions that the articles have in the test's hands."""
    rows = [f"{article.pk}:{article.version}" for article in articles]
    where = reverse("admin:articles_article_bulk", args=[action])
    return desk(user).post(where, {"article": rows, "note": note, **typed})


def status_of(article):
    article.refresh_from_db()
    return article.status


def test_choosing_a_step_asks_first_and_changes_nothing():
    editor = make.user("editor")
    ready, draft = make.article(Status.FIRST_REVIEW), make.draft()
    before = Decision.objects.count()

    response = choose(editor, "pass", ready, draft)

    rows = {row.article: row.refusals for row in response.context["rows"]}
    assert rows[ready] == ()
    assert rows[draft]
    assert Decision.objects.count() == before


def test_the_last_signer_is_told_which_texts_they_changed_themselves():
    chief = make.user("chief_editor")
    changed, other = make.article(Status.FINAL_REVIEW), make.article(Status.FINAL_REVIEW)
    content = dataclasses.replace(Content.of(changed), headline="总编辑改的标题")
    make.take(services.save, changed, by=chief, content=content)

    response = choose(chief, "pass", changed, other)

    warned = {row.article: row.warning for row in response.context["rows"]}
    assert warned[changed] and warned[changed] in text(response)
    assert not warned[other]


def test_each_article_is_done_or_refused_by_itself():
    editor = make.user("editor")
    ready, own, draft = (
        make.article(Status.FIRST_REVIEW),
        make.article(Status.FIRST_REVIEW, by=editor),
        make.draft(),
    )

    response = confirm(editor, "pass", ready, own, draft)

    assert status_of(ready) == Status.SECOND_REVIEW
    assert (status_of(own), status_of(draft)) == (Status.FIRST_REVIEW, Status.DRAFT)
    page = text(response)
    assert _("You wrote or submitted this article; another person must sign it.") in page
    assert (response.context["done"], response.context["refused"]) == (1, 2)


def test_pass_means_the_review_the_article_stands_in():
    both = make.user("section_head")
    both.groups.add(*make.user("chief_editor").groups.all())
    second, final = make.article(Status.SECOND_REVIEW), make.article(Status.FINAL_REVIEW)

    confirm(both, "pass", second, final)

    assert (status_of(second), status_of(final)) == (Status.FINAL_REVIEW, Status.APPROVED)


def test_one_note_goes_to_all_that_are_returned():
    editor = make.user("editor")
    articles = [make.article(Status.FIRST_REVIEW) for _place in range(2)]

    assert confirm(editor, "return", *articles).status_code == 400
    confirm(editor, "return", *articles, note="请统一用全称")

    notes = Decision.objects.filter(action="return").values_list("note", flat=True)
    assert list(notes) == ["请统一用全称"] * 2


@pytest.mark.parametrize(
    ("action", "role", "before", "after"),
    [
        ("hold", "editor", Status.FIRST_REVIEW, Status.HELD),
        ("publish", "chief_editor", Status.APPROVED, Status.PUBLISHED),
    ],
)
def test_several_are_held_or_published_at_once(action, role, before, after):
    articles = [make.article(before) for _place in range(2)]

    confirm(make.user(role), action, *articles)

    assert {status_of(article) for article in articles} == {after}


def test_several_are_submitted_at_once_and_incomplete_ones_say_what_is_missing():
    author = make.user("reporter")
    ready, gap = make.draft(by=author), make.draft(by=author, headline="")

    response = confirm(author, "submit", ready, gap)

    assert (status_of(ready), status_of(gap)) == (Status.FIRST_REVIEW, Status.DRAFT)
    assert _("The headline is missing.") in text(response)


def test_a_second_click_does_nothing_twice():
    editor = make.user("editor")
    article = make.article(Status.FIRST_REVIEW)
    confirm(editor, "pass", article)
    before = Decision.objects.count()

    response = confirm(editor, "pass", article)

    assert response.context["refused"] == 1
    assert Decision.objects.count() == before


def test_articles_out_of_sight_are_left_out_without_a_word():
    reporter = make.user("reporter")
    hidden = make.draft(headline="别人的草稿")

    response = confirm(reporter, "submit", hidden)

    assert status_of(hidden) == Status.DRAFT
    assert "别人的草稿" not in text(response)


def test_a_role_without_the_right_is_turned_away():
    article = make.article(Status.APPROVED)

    for role in ("reporter", "administrator"):
        assert confirm(make.user(role), "publish", article).status_code == 403
    assert status_of(article) == Status.APPROVED


def test_a_bulk_step_is_taken_by_post_alone():
    article = make.article(Status.FIRST_REVIEW)
    client = desk(make.user("editor"))

    assert client.get(reverse("admin:articles_article_bulk", args=["pass"])).status_code == 404
    assert client.post(reverse("admin:articles_article_bulk", args=["fly"])).status_code == 404
    assert status_of(article) == Status.FIRST_REVIEW


@pytest.mark.parametrize(
    "row", ["", "x", "1", "1:", ":1", "1:x", "-1:1", "999999999999999999999:1"]
)
def test_rows_that_mean_nothing_are_left_out(row):
    where = reverse("admin:articles_article_bulk", args=["pass"])

    response = desk(make.user("editor")).post(where, {"article": [row]})

    assert response.status_code == 200
    assert response.context["rows"] == []


def test_the_report_leads_to_the_articles():
    article = make.article(Status.FIRST_REVIEW)

    assert address("change", article) in text(confirm(make.user("editor"), "pass", article))
