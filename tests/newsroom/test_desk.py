import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.models import Status
from people.models import User
from tests import factories as make
from tests.desk import address, desk, text

pytestmark = pytest.mark.django_db

INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE)


def rooms(user):
    groups = desk(user).get(reverse("admin:index")).context["app_list"]
    return {row["model"]._meta.label_lower for group in groups for row in group["models"]}


@pytest.mark.parametrize(
    ("role", "models"),
    [
        ("correspondent", {"articles.article", "articles.picture"}),
        ("reporter", {"articles.article", "articles.picture"}),
        (
            "administrator",
            {
                "people.contributor",
                "people.unit",
                "articles.channel",
                "sources.source",
                "publication.identity",
                "people.user",
            },
        ),
    ],
)
def test_the_front_page_leads_to_what_the_role_may_keep(role, models):
    assert rooms(make.user(role)) == models


def test_the_administrator_is_told_what_the_role_keeps_with_the_accounts_first():
    response = desk(make.user("administrator")).get(reverse("admin:index"))

    first = response.context["app_list"][0]["models"][0]
    assert first["model"] is User
    assert reverse("admin:people_user_add") in text(response)
    assert 'class="lead"' in text(response)


def test_who_has_queues_is_shown_those_in_place_of_a_sentence():
    assert 'class="lead"' not in text(desk(make.user("reporter")).get(reverse("admin:index")))


def test_labels_end_with_the_full_width_colon():
    page = text(desk(make.user("administrator")).get(reverse("admin:people_unit_add")))

    labels = [label.strip() for label in re.findall(r"<label[^>]*>([^<]+)</label>", page)]
    assert any(label.endswith("：") for label in labels)
    assert not any(label.endswith(":") for label in labels)


def test_every_model_stands_in_one_group():
    root = make.user("chief_editor", is_superuser=True)

    groups = desk(root).get(reverse("admin:index")).context["app_list"]
    labels = [row["model"]._meta.label_lower for group in groups for row in group["models"]]

    assert len(labels) == len(set(labels))
    assert {"articles.article", "people.user", "publication.edition"} <= set(labels)


def test_the_desk_has_no_page_of_all_tags():
    client = desk(make.user("chief_editor", is_superuser=True))

    assert client.get("/admin/taggit/tag/").status_code == 404


def test_who_was_logged_out_over_a_text_is_told_that_it_is_kept(client):
    add = reverse("admin:articles_article_add")
    sentence = _(
        "Log in to go on. A text that was not saved is kept in this browser and will be offered"
        " to you."
    )

    assert sentence in text(client.post(add, {"headline": "没来得及保存"}, follow=True))
    assert sentence not in text(client.get(reverse("admin:login")))


def test_the_log_in_page_names_no_room(client):
    response = client.get(reverse("admin:login"))

    assert response.status_code == 200
    assert response.context["available_apps"] == []


def test_who_tries_too_often_is_told_to_wait(settings):
    user = make.user("reporter")
    client = Client()
    for _attempt in range(settings.AXES_FAILURE_LIMIT):
        response = client.post(
            reverse("admin:login"), {"username": user.username, "password": "wrong"}
        )

    assert response.status_code == 429
    assert _("Too many attempts") in text(response)
    sentence = _(
        "It opens by itself a quarter of an hour after the last attempt; a new password does not"
        " open it earlier. If you have forgotten yours, ask an administrator for a new one and log"
        " in with it then."
    )
    assert sentence in text(response)


@pytest.mark.parametrize("status", [403, 404])
def test_an_error_inside_the_desk_leads_back_to_it(status):
    pages = {
        403: reverse("admin:people_user_changelist"),
        404: reverse("admin:articles_article_change", args=[987654]),
    }

    response = desk(make.user("reporter")).get(pages[status])

    assert response.status_code == status
    assert f'href="{reverse("admin:index")}"' in text(response)


def test_an_error_on_the_site_knows_nobody():
    response = desk(make.user("reporter")).get("/nowhere/")

    assert response.status_code == 404
    assert reverse("admin:index") not in text(response)
    assert "Cookie" not in response.get("Vary", "")


def test_pages_of_the_desk_carry_nothing_inline():
    chief = make.user("chief_editor")
    article = make.article(Status.FINAL_REVIEW)
    pages = [
        reverse("admin:login"),
        reverse("admin:index"),
        reverse("admin:articles_article_changelist"),
        reverse("admin:publication_edition_changelist"),
        reverse("admin:people_contributor_add"),
        reverse("admin:people_contributor_changelist"),
        reverse("admin:password_change"),
        *(address(name, article) for name in ("history", "record")),
        address("step", article, "pass_final"),
    ]

    for page in pages:
        response = (Client() if page == pages[0] else desk(chief)).get(page)
        assert response.status_code == 200, page
        assert not INLINE.search(text(response)), page
