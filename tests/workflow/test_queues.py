import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article, Status
from people.models import User
from tests import factories as make
from tests.desk import copies, desk, text
from workflow import dashboard, permissions, queues, services
from workflow.models import ChannelAssignment
from workflow.situation import Situation
from workflow.transitions import PASSES

pytestmark = pytest.mark.django_db

QUEUES_OF = {
    "correspondent": {"returned", "drafts", "in_review", "scheduled", "today"},
    "reporter": {"returned", "drafts", "in_review", "scheduled", "today"},
    "editor": {"waiting", "returned", "drafts", "in_review", "scheduled", "today"},
    "section_head": {
        "emergency",
        "waiting",
        "returned",
        "drafts",
        "in_review",
        "scheduled",
        "today",
    },
    "chief_editor": {
        "emergency",
        "waiting",
        "returned",
        "drafts",
        "in_review",
        "approved",
        "scheduled",
        "today",
    },
    "administrator": set(),
}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(make.NOON, tick=False):
        yield


def lying(user, code):
    """What lies in a queue of the person, as the dashboard counts it."""
    boxes = {box.queue.code: box for box in dashboard.boxes(fresh(user), make.NOON)}
    return {article.pk for article in boxes[code].articles}


def fresh(user):
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("role", QUEUES_OF)
def test_each_role_has_its_own_boxes(role):
    boxes = dashboard.boxes(make.user(role), make.NOON)

    assert {box.queue.code for box in boxes} == QUEUES_OF[role]


def test_a_draft_lies_with_its_author_alone():
    author = make.user("reporter")
    article = make.draft(by=author)

    assert lying(author, "drafts") == {article.pk}
    assert lying(make.user("reporter"), "drafts") == set()


def test_a_draft_lies_with_whoever_is_credited_under_it():
    author = make.user("correspondent")
    contributor = make.contributor(user=author)
    credit = make.Credit(contributor.pk, make.Role.CORRESPONDENT)
    article = make.draft(bylines=(credit,))

    assert lying(author, "drafts") == {article.pk}


def test_a_returned_article_leaves_the_drafts_until_it_is_submitted_again():
    author, editor = make.user("reporter"), make.user("editor")
    article = make.article(Status.FIRST_REVIEW, by=author)

    make.take(services.return_for_changes, article, by=editor, note="导语太长")
    assert lying(author, "returned") == {article.pk}
    assert lying(author, "drafts") == set()

    make.take(services.submit, article, by=author)
    assert lying(author, "returned") == set()


def test_a_recalled_article_is_a_draft_although_it_was_once_returned():
    author, editor = make.user("reporter"), make.user("editor")
    article = make.article(Status.FIRST_REVIEW, by=author)
    make.take(services.return_for_changes, article, by=editor, note="导语太长")
    make.take(services.submit, article, by=author)

    make.take(services.recall, article, by=author)

    assert lying(author, "drafts") == {article.pk}


@pytest.mark.parametrize(
    "status",
    [Status.FIRST_REVIEW, Status.SECOND_REVIEW, Status.FINAL_REVIEW, Status.APPROVED],
)
def test_an_author_finds_what_is_on_its_way(status):
    author = make.user("reporter")
    article = make.article(status, by=author)
    make.article(status)

    assert lying(author, "in_review") == {article.pk}
    assert lying(author, "drafts") == set()


@pytest.mark.parametrize("status", [Status.DRAFT, Status.PUBLISHED, Status.HELD, Status.SPIKED])
def test_what_no_reviewer_has_is_not_on_its_way(status):
    author = make.user("reporter")
    make.article(status, by=author)

    assert lying(author, "in_review") == set()


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("editor", Status.FIRST_REVIEW),
        ("section_head", Status.SECOND_REVIEW),
        ("chief_editor", Status.FINAL_REVIEW),
    ],
)
def test_a_reviewer_waits_for_the_stage_of_the_role(role, status):
    made = {stage: make.article(stage) for stage in PASSES}

    assert lying(make.user(role), "waiting") == {made[status].pk}


def test_nobody_waits_for_a_text_they_may_not_sign():
    editor = make.user("editor")
    contributor = make.contributor(user=editor)
    credit = make.Credit(contributor.pk, make.Role.REPORTER)
    make.article(Status.FIRST_REVIEW, by=editor)
    make.article(Status.FIRST_REVIEW, bylines=(credit,))
    submitted = make.draft()
    make.take(services.submit, submitted, by=editor)

    assert lying(editor, "waiting") == set()


def test_nobody_waits_for_a_second_signature_on_the_same_text():
    both = make.user("editor")
    both.groups.add(*make.user("section_head").groups.all())
    article = make.article(Status.FIRST_REVIEW)

    make.take(services.pass_review, article, by=fresh(both), stage=Status.FIRST_REVIEW)

    assert article.status == Status.SECOND_REVIEW
    assert lying(both, "waiting") == set()


def test_a_signature_that_lapsed_does_not_stand_in_the_way():
    both = make.user("editor")
    both.groups.add(*make.user("section_head").groups.all())
    article = make.article(Status.FIRST_REVIEW)
    make.take(services.pass_review, article, by=fresh(both), stage=Status.FIRST_REVIEW)
    make.take(services.return_for_changes, article, by=make.user("section_head"), note="改")
    make.take(services.submit, article, by=article.created_by)
    make.take(services.pass_review, article, by=make.user("editor"), stage=Status.FIRST_REVIEW)

    assert lying(both, "waiting") == {article.pk}


@pytest.mark.parametrize("role", ["editor", "section_head", "chief_editor"])
def test_what_waits_is_what_the_rules_let_the_person_sign(role):
    user = make.user(role)
    for status in PASSES:
        make.article(status)
        make.article(status, by=user)

    may = set()
    for article in Article.objects.filter(status__in=PASSES):
        situation = Situation.of(article, make.NOON)
        if not permissions.refusal(PASSES[Status(article.status)], situation, fresh(user)):
            may.add(article.pk)

    assert lying(user, "waiting") == may


def test_a_person_limited_to_channels_waits_for_those_alone():
    editor = make.user("editor")
    parent = make.channel()
    mine = make.article(Status.FIRST_REVIEW, channel=make.channel(parent=parent))
    make.article(Status.FIRST_REVIEW)
    ChannelAssignment.objects.create(user=editor, channel=parent)

    assert lying(editor, "waiting") == {mine.pk}


def test_approved_articles_wait_for_publication():
    article = make.article(Status.APPROVED)

    assert lying(make.user("chief_editor"), "approved") == {article.pk}


def test_a_scheduled_article_is_listed_until_its_second():
    chief = make.user("chief_editor")
    article = make.article(Status.APPROVED)
    later = make.NOON + make.HOUR
    make.take(services.schedule, article, by=chief, go_live=later)

    assert lying(chief, "scheduled") == {article.pk}
    assert lying(chief, "today") == set()
    with time_machine.travel(later, tick=False):
        boxes = {box.queue.code: box.count for box in dashboard.boxes(fresh(chief), later)}
    assert (boxes["scheduled"], boxes["today"]) == (0, 1)


def test_published_today_means_the_day_in_shanghai():
    chief = make.user("chief_editor")
    article = make.article(Status.PUBLISHED)
    midnight = make.NOON.replace(hour=0) + datetime.timedelta(days=1)

    assert lying(chief, "today") == {article.pk}
    for moment, count in ((midnight - datetime.timedelta(seconds=1), 1), (midnight, 0)):
        boxes = {box.queue.code: box.count for box in dashboard.boxes(fresh(chief), moment)}
        assert boxes["today"] == count


def test_an_emergency_is_listed_until_a_second_person_has_signed():
    head = make.user("section_head")
    article = make.article(Status.FIRST_REVIEW)
    make.take(services.emergency_publish, article, by=make.user("chief_editor"), note="道路塌方")

    assert lying(head, "emergency") == {article.pk}

    make.take(services.countersign, article, by=fresh(head))
    assert lying(head, "emergency") == set()


def test_a_box_shows_the_first_few_and_counts_all():
    author = make.user("reporter")
    for _place in range(dashboard.SHOWN + 2):
        make.draft(by=author)

    box = next(box for box in dashboard.boxes(author, make.NOON) if box.queue.code == "drafts")

    assert (box.count, len(box.articles)) == (dashboard.SHOWN + 2, dashboard.SHOWN)


@pytest.mark.parametrize("role", QUEUES_OF)
def test_the_front_page_opens_for_every_role(role):
    response = desk(make.user(role)).get(reverse("admin:index"))

    assert response.status_code == 200
    for queue in queues.QUEUES:
        assert (f'id="box-{queue.code}"' in text(response)) == (queue.code in QUEUES_OF[role])


def test_the_front_page_never_names_an_article_the_person_may_not_see():
    make.article(Status.FIRST_REVIEW, headline="别人的稿件")

    assert "别人的稿件" not in text(desk(make.user("reporter")).get(reverse("admin:index")))


def test_the_front_page_asks_as_often_at_a_thousand_articles_as_at_ten():
    chief = make.user("chief_editor")
    make.article(Status.FINAL_REVIEW)
    make.article(Status.APPROVED)
    make.article(Status.FIRST_REVIEW, by=chief)
    for _place in range(8):
        make.draft(by=chief)

    few = queries_of_the_front_page(chief)
    copies(make.draft(by=chief), 1000)

    assert queries_of_the_front_page(chief) == few


def queries_of_the_front_page(user):
    client = desk(fresh(user))
    client.get(reverse("admin:index"))
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("admin:index"))
    return len(queries)
