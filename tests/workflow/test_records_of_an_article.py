"""History, record sheet, preview and past editions of an article."""

import dataclasses

import pytest
import time_machine
from django.urls import reverse

from articles.content import Content
from articles.models import Status
from publication.models import Edition
from tests import factories as make
from tests.desk import address, desk, text
from workflow import services
from workflow.models import Revision

pytestmark = pytest.mark.django_db

PAGES = ("history", "record", "preview")


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(make.NOON, tick=False):
        yield


def changed(article, by, **fields):
    content = dataclasses.replace(Content.of(article), **fields)
    services.save(article.pk, content, by=by, at=make.NOON, version=article.version)
    article.refresh_from_db()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("status", Status)
def test_the_pages_open_for_who_may_see_the_article(page, status):
    article = make.article(status)

    response = desk(make.user("chief_editor")).get(address(page, article))

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["correspondent", "reporter", "administrator", ""])
def test_the_pages_are_not_there_for_who_may_not(page, role):
    article = make.article(Status.FIRST_REVIEW)
    user = make.user(role) if role else make.user(is_staff=True)

    assert desk(user).get(address(page, article)).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_ask_strangers_to_log_in(client, page):
    response = client.get(address(page, make.article(Status.PUBLISHED)))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("admin:login"))


def test_the_history_names_decisions_and_revisions_with_who_and_when():
    author = make.user("reporter", name="魏倩")
    article = make.draft(by=author)
    changed(article, author, headline="改过的标题")
    make.take(services.submit, article, by=author, note="请审")

    response = desk(author).get(address("history", article))

    assert [revision.version for revision in response.context["revisions"]] == [2, 1]
    assert "魏倩" in text(response) and "请审" in text(response)


def test_any_two_revisions_are_compared():
    author = make.user("reporter")
    article = make.draft(by=author, headline="第一稿")
    changed(article, author, headline="第二稿")
    changed(article, author, headline="第三稿")

    for query in ({"old": 1, "new": 3}, {"old": 3, "new": 1}):
        (difference,) = desk(author).get(address("history", article), query).context["differences"]
        assert (
            "".join(p.text for p in difference.lines[0].pieces if p.kind != "inserted") == "第一稿"
        )
        assert (
            "".join(p.text for p in difference.lines[0].pieces if p.kind != "deleted") == "第三稿"
        )


@pytest.mark.parametrize(
    "query",
    [
        {"old": "x", "new": "1"},
        {"old": "7", "new": "8"},
        {"old": "1"},
        {"old": "²", "new": "1"},
        {"old": "9" * 30, "new": "1"},
    ],
)
def test_revisions_that_are_not_there_are_not_compared(query):
    author = make.user("reporter")
    article = make.draft(by=author)

    response = desk(author).get(address("history", article), query)

    assert response.status_code == 200
    assert response.context["differences"] is None


def test_revisions_of_another_article_are_out_of_reach():
    author = make.user("reporter")
    other = make.draft(headline="别人的秘密")
    article = make.draft(by=author)

    page = text(desk(author).get(address("history", article), {"old": 1, "new": 1}))

    assert "别人的秘密" not in page
    assert Revision.objects.filter(article=other).exists()


def test_the_record_sheet_names_the_three_reviewers():
    article = make.article(Status.PUBLISHED)
    names = [row["name"] for row in article.editions.get().reviewers]

    page = text(desk(make.user("chief_editor")).get(address("record", article)))

    assert len(names) == 3 and all(name in page for name in names)


def test_the_preview_shows_the_working_copy_and_not_the_live_text():
    chief = make.user("chief_editor")
    article = make.article(Status.PUBLISHED, headline="网上的标题")
    changed(article, chief, headline="改过的标题")

    response = desk(chief).get(address("preview", article))

    assert "改过的标题" in text(response) and "网上的标题" not in text(response)
    assert response["X-Robots-Tag"] == "noindex"
    assert Edition.objects.count() == 1


def test_a_preview_offers_pictures_from_the_private_store():
    author = make.user("reporter")
    lead, inside = make.picture(by=author), make.picture(by=author)
    figure = f'<figure><img src="/picture/{inside.sha256}" alt="会场"><figcaption>会场。</figcaption></figure>'
    article = make.draft(by=author, lead_picture=lead, body=f"<p>正文。</p>{figure}")

    page = text(desk(author).get(address("preview", article)))

    assert reverse("private-picture", args=[lead.sha256]) in page
    assert reverse("private-picture", args=[inside.sha256]) in page
    assert "/pictures/" not in page


@pytest.mark.parametrize("gap", ["headline", "channel", "source"])
def test_without_the_parts_of_a_page_there_is_a_list_of_them_instead(gap):
    author = make.user("reporter")
    article = make.draft(by=author, **{gap: "" if gap == "headline" else None})

    response = desk(author).get(address("preview", article))

    assert response.status_code == 409
    assert [row.field for row in response.context["gaps"]] == [gap]
    assert "no-store" in response["Cache-Control"]


def test_an_incomplete_draft_has_a_preview_all_the_same():
    author = make.user("reporter")
    article = make.draft(by=author, body="", bylines=())

    assert desk(author).get(address("preview", article)).status_code == 200


def test_a_past_edition_is_shown_as_readers_saw_it():
    chief = make.user("chief_editor")
    article = make.article(Status.PUBLISHED, headline="当时的标题")
    edition = article.editions.get()
    make.take(services.withdraw, article, by=chief, note="有误", at=make.NOON)

    response = desk(chief).get(address("edition", article, edition.pk))

    assert "当时的标题" in text(response)
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"


def test_an_edition_is_shown_under_its_own_article_alone():
    chief = make.user("chief_editor")
    one, other = make.article(Status.PUBLISHED), make.article(Status.PUBLISHED)

    response = desk(chief).get(address("edition", one, other.editions.get().pk))

    assert response.status_code == 404


def test_past_editions_are_not_there_for_who_may_not_see_the_article():
    article = make.article(Status.PUBLISHED)
    where = address("edition", article, article.editions.get().pk)

    assert desk(make.user("correspondent")).get(where).status_code == 404
    assert desk(make.user("administrator")).get(where).status_code == 404


ARCHIVE = "admin:publication_edition_changelist"


def test_the_archive_answers_what_the_site_said_at_a_moment():
    chief = make.user("chief_editor")
    article = make.article(Status.PUBLISHED)
    edition = article.editions.get()
    make.take(services.withdraw, article, by=chief, note="有误", at=make.NOON)

    def at(moment):
        shown = f"{moment.astimezone(make.SHANGHAI):%Y-%m-%dT%H:%M}"
        return list(desk(chief).get(reverse(ARCHIVE), {"at": shown}).context["cl"].result_list)

    assert at(make.NOON - make.HOUR / 2) == [edition]
    assert at(make.NOON - 2 * make.HOUR) == []
    assert at(make.NOON) == []


@pytest.mark.parametrize(
    "moment",
    [
        *("", "x", "2026-13-99T99:99", "2026-11-23T12:00+99:00"),
        *("0001-01-01T00:00", "9999-12-31T23:59Z"),  # in no year that both zones have
    ],
)
def test_a_moment_that_cannot_be_is_not_asked_for(moment):
    chief = make.user("chief_editor")
    make.article(Status.PUBLISHED)

    response = desk(chief).get(reverse(ARCHIVE), {"at": moment})

    assert response.status_code == 200
    assert len(response.context["cl"].result_list) == 1


@pytest.mark.parametrize("role", ["correspondent", "reporter", "administrator"])
def test_the_archive_is_for_the_desk(role):
    assert desk(make.user(role)).get(reverse(ARCHIVE)).status_code == 403


def test_an_edition_of_the_archive_opens_as_readers_saw_it():
    article = make.article(Status.PUBLISHED)
    edition = article.editions.get()
    where = reverse("admin:publication_edition_change", args=[edition.pk])

    response = desk(make.user("chief_editor")).get(where)

    assert response["Location"] == address("edition", article, edition.pk)


def test_editions_are_neither_added_nor_changed_nor_deleted_in_the_admin():
    chief = desk(make.user("chief_editor"))
    edition = make.article(Status.PUBLISHED).editions.get()
    change = reverse("admin:publication_edition_change", args=[edition.pk])

    assert chief.get(reverse("admin:publication_edition_add")).status_code == 403
    assert chief.post(change, {"headline": "改"}).status_code == 302
    delete = reverse("admin:publication_edition_delete", args=[edition.pk])
    assert chief.post(delete, {"post": "yes"}).status_code == 403
    assert Edition.objects.get(pk=edition.pk).headline == edition.headline


@pytest.mark.parametrize("words", ["tags=%00", "pictures__x=1", "bylines__0__name=%00"])
def test_the_archive_is_not_looked_up_by_what_its_json_holds(words):
    address = f"{reverse(ARCHIVE)}?{words}"

    assert desk(make.user("chief_editor")).get(address).status_code == 400
