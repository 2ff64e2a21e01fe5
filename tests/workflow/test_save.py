from typing import Any

import pytest

from articles.content import Content, Credit
from articles.models import Article, Status
from people.models import User
from publication.models import Edition
from tests import factories as make
from workflow import locks, services
from workflow.models import Decision, EditLock, Revision

pytestmark = pytest.mark.django_db


def everything() -> list[Any]:
    models = (Article, Decision, Revision, Edition, EditLock)
    return [list(model.objects.order_by("pk").values()) for model in models]


def changed(article: Article, **fields: Any) -> Content:
    return Content.from_json(Content.of(article).as_json() | fields)


def save(article: Article, content: Content, *, by: User | None, **facts: Any) -> Article:
    arguments = {"by": by, "at": make.NOON, "version": article.version, **facts}
    return services.save(article.pk, content, **arguments)


def test_a_new_article_is_a_numbered_draft_with_its_first_revision():
    reporter = make.user("reporter")

    first = services.create(make.content(), by=reporter, at=make.NOON)
    second = services.create(make.content(), by=reporter, at=make.NOON)

    revision = first.revisions.get()
    assert second.number == first.number + 1
    assert (first.status, first.version, first.created_by) == (Status.DRAFT, 1, reporter)
    assert (revision.version, revision.by, revision.by_name) == (1, reporter, reporter.name)
    assert revision.at == make.NOON
    assert revision.fingerprint == first.fingerprint
    assert Content.from_json(revision.content) == Content.of(first)


def test_a_number_that_an_earlier_system_gave_is_not_given_again():
    reporter = make.user("reporter")
    first = services.create(make.content(), by=reporter, at=make.NOON)
    Article.objects.filter(pk=make.draft().pk).update(number=first.number + 2)

    second = services.create(make.content(), by=reporter, at=make.NOON)

    assert second.number == first.number + 3


def test_a_change_makes_one_revision_and_moves_the_version_on():
    article = make.draft()
    before = article.fingerprint

    saved = save(article, changed(article, headline="改过的标题"), by=article.created_by)

    revision = saved.revisions.first()
    assert (saved.headline, saved.version, saved.status) == ("改过的标题", 2, Status.DRAFT)
    assert saved.fingerprint == revision.fingerprint != before
    assert saved.revisions.count() == 2
    assert not Decision.objects.exists()


@pytest.mark.parametrize("status", [s for s in Status if s not in {"held", "withdrawn", "spiked"}])
def test_saving_identical_content_changes_nothing_wherever_the_article_stands(status: Status):
    article = make.article(
        status,
        tags=("农业", "环保"),
        summary="一\n\n二",
        body="<p><b>甲</b></p><ul><li>乙</ul>",
        bylines=(
            Credit(make.contributor().pk, "reporter"),
            Credit(make.contributor().pk, "editor"),
        ),
    )
    person = make.user("chief_editor")
    person.groups.set(make.roles.sync())
    before = everything()

    save(article, Content.of(article), by=person)

    assert everything() == before


def test_content_that_only_cleaning_makes_equal_is_identical():
    article = make.draft(headline="标题", body="<p>甲</p>", tags=("环保", "农业"))
    before = everything()
    loose = changed(
        article, headline=" 标题\n", body="<div>　　甲</div>", tags=["农业", "环保 ", "农业"]
    )

    save(article, loose, by=article.created_by)

    assert everything() == before


@pytest.mark.parametrize("status", [Status.APPROVED, Status.PUBLISHED])
def test_a_change_of_a_signed_text_goes_back_to_the_final_review_and_into_the_record(
    status: Status,
):
    article, chief = make.article(status), make.user("chief_editor")
    editions = list(Edition.objects.values())

    saved = save(article, changed(article, headline="改过的标题"), by=chief)

    decision = saved.decisions.last()
    assert saved.status == Status.FINAL_REVIEW
    assert (decision.action, decision.from_status) == ("amend", status)
    assert (decision.by, decision.fingerprint) == (chief, saved.fingerprint)
    assert saved.revisions.first().status == status
    assert list(Edition.objects.values()) == editions


def test_an_old_version_is_refused_and_nothing_is_lost_or_changed():
    article = make.draft()
    save(article, changed(article, headline="甲的标题"), by=article.created_by)
    before = everything()

    with pytest.raises(services.Stale, match="稿件刚刚有人改动过，本次操作没有执行") as stale:
        save(article, changed(article, headline="乙的标题"), by=make.user("editor"))

    assert stale.value.article.headline == "甲的标题"
    assert everything() == before


def test_a_save_is_refused_while_somebody_else_is_in_the_article():
    article, editor = make.draft(), make.user("editor", name="魏倩")
    locks.take(article, by=editor, at=make.NOON)
    before = everything()

    with pytest.raises(services.Stale) as stale:
        save(article, changed(article, headline="改过"), by=article.created_by)

    assert str(stale.value) == "魏倩从 12:00 起正在编辑这篇稿件，您的内容没有保存。"
    assert everything() == before


def test_a_tab_that_lost_its_lock_does_not_save():
    article = make.draft()
    author = article.created_by
    old = locks.take(article, by=author, at=make.NOON).token
    new = locks.take(article, by=author, at=make.NOON).token

    with pytest.raises(services.Stale):
        save(article, changed(article, headline="改过"), by=author, lock_token=old)
    saved = save(article, changed(article, headline="改过"), by=author, lock_token=new)

    assert saved.headline == "改过"


def test_a_lapsed_lock_stands_in_nobodys_way():
    article = make.draft()
    locks.take(article, by=make.user("editor"), at=make.NOON - locks.LIFETIME)

    saved = save(article, changed(article, headline="改过"), by=article.created_by)

    assert saved.headline == "改过"
