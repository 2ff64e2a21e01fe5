import pytest

from articles.models import Status
from publication.models import Edition, Withdrawal
from tests import factories as make
from workflow import record, services
from workflow.models import Decision, Revision

pytestmark = pytest.mark.django_db


def test_an_article_goes_through_three_reviews_to_readers():
    article = make.article(Status.APPROVED)

    make.take(services.publish, article, by=make.user("chief_editor"))

    edition = Edition.objects.visible(make.NOON).get()
    assert article.status == Status.PUBLISHED
    assert edition.headline == article.headline
    assert edition.first_published_at == make.NOON == article.first_published_at
    assert [row["stage"] for row in edition.reviewers] == [
        "first_review",
        "second_review",
        "final_review",
    ]
    assert edition.dateline.startswith("青溪县融媒体中心11月23日讯（记者 ")
    assert not list(record.breaks())


def test_saving_identical_content_changes_nothing():
    article = make.article(Status.PUBLISHED)
    revisions = Revision.objects.count()

    services.save(
        article.pk,
        make.Content.of(article),
        by=make.user("chief_editor"),
        at=make.NOON,
        version=article.version,
    )

    version = article.version
    article.refresh_from_db()
    assert (article.version, article.status) == (version, Status.PUBLISHED)
    assert Revision.objects.count() == revisions


def test_a_second_click_is_refused_and_leaves_one_decision():
    article = make.article(Status.APPROVED)
    chief = make.user("chief_editor")
    version = article.version
    services.publish(article.pk, by=chief, at=make.NOON, version=version)
    before = Decision.objects.count()

    with pytest.raises(services.Stale, match="有人改动"):
        services.publish(article.pk, by=chief, at=make.NOON, version=version)

    assert Decision.objects.count() == before
    assert Edition.objects.count() == 1


def test_withdrawing_ends_the_edition_and_leaves_a_notice():
    article = make.article(Status.PUBLISHED)

    make.take(
        services.withdraw,
        article,
        by=make.user("chief_editor"),
        note="数据有误",
        public_note="该稿件已撤回。",
    )

    assert not Edition.objects.visible(make.NOON).exists()
    assert Withdrawal.objects.standing(article.number).notice == "该稿件已撤回。"
