"""Two at once: one wins, the other gets a sentence, nothing is half done."""

import io
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from articles import pictures
from articles.models import Article, Picture, Status
from publication.models import Edition, PictureUse, Withdrawal
from tests import factories as make
from workflow import locks, record, services
from workflow.models import Decision, EditLock, Revision
from workflow.transitions import Action

pytestmark = pytest.mark.django_db(transaction=True)

Deed = Callable[[], Any]
SOON = make.NOON + make.HOUR


def together(*deeds: Deed) -> list[Any]:
    """Do all at one moment, each in a thread of its own; what each gave or raised, in order."""
    outcomes: list[Any] = [None] * len(deeds)
    gate = threading.Barrier(len(deeds), timeout=30)

    def run(place: int, deed: Deed) -> None:
        try:
            connections["default"].ensure_connection()
            gate.wait()
            outcomes[place] = deed()
        except Exception as error:  # noqa: BLE001 - every outcome is looked at below
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, deed)) for place, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    return outcomes


@pytest.fixture
def lingering(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever wins stays in the middle of the deed until the others have surely come."""
    append = record.append

    def slowly(**facts: Any) -> Decision:
        time.sleep(0.2)
        return append(**facts)

    monkeypatch.setattr(record, "append", slowly)


def _changed_and_signed() -> Article:
    """A published article with a changed text that is signed for publication."""
    article = make.article(Status.PUBLISHED)
    content = make.content(headline="更正后的标题")
    make.take(services.save, article, by=make.user("chief_editor"), content=content)
    chief = make.user("chief_editor")
    make.take(services.pass_review, article, by=chief, stage=Status.FINAL_REVIEW)
    return article


def _scheduled() -> Article:
    article = make.article(Status.APPROVED)
    make.take(services.schedule, article, by=make.user("chief_editor"), go_live=SOON)
    return article


APPROVE = (services.pass_review, {"stage": Status.FINAL_REVIEW})
SAVE = (services.save, {"content": None})
PUBLISH = (services.publish, {})
WITHDRAW = (services.withdraw, {"note": "事实有误"})
SCHEDULE = (services.schedule, {"go_live": SOON})
CORRECT = (services.correct, {"public_note": "数据有误，已更正。"})
LIMIT = (services.limit, {"until": make.NOON + make.HOUR})
EMERGENCY = (services.emergency_publish, {"note": "山洪预警", "public_note": "已更新。"})
ACCEPT = (services.accept, {})

# How many editions readers have after these steps; after others as many as before.
ON_SITE_AFTER = {
    **dict.fromkeys((Action.PUBLISH, Action.CORRECT, Action.EMERGENCY, Action.ACCEPT), 1),
    Action.WITHDRAW: 0,
}


@pytest.mark.usefixtures("lingering")
@pytest.mark.parametrize(
    ("prepare", "one", "other"),
    [
        pytest.param(Status.FINAL_REVIEW, APPROVE, APPROVE, id="approve twice"),
        pytest.param(
            Status.FINAL_REVIEW,
            APPROVE,
            (services.return_for_changes, {"note": "请补充数据"}),
            id="approve against return",
        ),
        pytest.param(Status.FINAL_REVIEW, SAVE, APPROVE, id="save against approve"),
        pytest.param(Status.FINAL_REVIEW, SAVE, SAVE, id="save twice"),
        pytest.param(Status.APPROVED, PUBLISH, PUBLISH, id="publish twice"),
        pytest.param(Status.APPROVED, PUBLISH, WITHDRAW, id="publish against withdraw"),
        pytest.param(Status.APPROVED, SCHEDULE, PUBLISH, id="schedule against publish"),
        pytest.param(Status.APPROVED, SAVE, PUBLISH, id="save against publish"),
        pytest.param(Status.APPROVED, EMERGENCY, PUBLISH, id="emergency against publish"),
        pytest.param(Status.PUBLISHED, WITHDRAW, WITHDRAW, id="withdraw twice"),
        pytest.param(Status.PUBLISHED, SAVE, WITHDRAW, id="save against withdraw"),
        pytest.param(Status.PUBLISHED, LIMIT, WITHDRAW, id="limit against withdraw"),
        pytest.param(Status.PUBLISHED, LIMIT, LIMIT, id="limit twice"),
        pytest.param(_changed_and_signed, CORRECT, CORRECT, id="correct twice"),
        pytest.param(_changed_and_signed, CORRECT, WITHDRAW, id="correct against withdraw"),
        pytest.param(
            _changed_and_signed, CORRECT, (services.discard, {}), id="correct against discard"
        ),
        pytest.param(
            _scheduled, (services.unschedule, {}), (services.unschedule, {}), id="unschedule twice"
        ),
        pytest.param(make.imported, ACCEPT, ACCEPT, id="accept twice"),
        pytest.param(
            make.imported,
            ACCEPT,
            (services.dismiss, {"note": "内容重复"}),
            id="accept against dismiss",
        ),
        pytest.param(make.imported, SAVE, ACCEPT, id="save against accept"),
    ],
)
def test_of_two_deeds_on_one_article_one_is_done(prepare, one, other):
    article = make.article(prepare) if isinstance(prepare, Status) else prepare()
    decisions, revisions = Decision.objects.count(), Revision.objects.count()
    on_site = article.editions.visible(make.NOON).count()

    def deed(verb: Any, facts: dict[str, Any], headline: str) -> Deed:
        person = make.user("chief_editor")
        if "content" in facts:
            facts = {"content": make.content(headline=headline)}
        return lambda: verb(article.pk, by=person, at=make.NOON, version=article.version, **facts)

    outcomes = together(deed(*one, "一改"), deed(*other, "二改"))

    refused = [outcome for outcome in outcomes if isinstance(outcome, services.Refused)]
    done = [outcome for outcome in outcomes if isinstance(outcome, Decision | Article)]
    assert (len(refused), len(done)) == (1, 1), outcomes
    assert str(refused[0])
    before = article.version
    article.refresh_from_db()
    assert article.version == before + 1
    made = Decision.objects.order_by("-sequence")[: Decision.objects.count() - decisions]
    revised = Revision.objects.count() - revisions
    assert len(made) <= 1 >= revised
    assert len(made) + revised >= 1
    if isinstance(done[0], Decision):
        assert [row.pk for row in made] == [done[0].pk]
        assert article.status == done[0].to_status
    else:
        assert article.headline in {"一改", "二改"}
    action = getattr(done[0], "action", "")
    assert article.editions.visible(make.NOON).count() == ON_SITE_AFTER.get(action, on_site)
    assert not list(record.breaks())


def test_a_double_click_on_a_new_article_makes_one_draft():
    reporter, content, key = make.user("reporter"), make.content(), uuid.uuid4()

    def click() -> Article:
        return services.create(content, by=reporter, at=make.NOON, form_key=key)

    first, second = together(click, click)

    assert first == second == Article.objects.get()
    assert Revision.objects.count() == 1


def test_two_people_who_open_one_form_get_one_lock():
    article = make.draft()
    people = [make.user("editor"), make.user("editor")]

    outcomes = together(*(lambda by=by: locks.take(article, by=by, at=make.NOON) for by in people))

    lock = EditLock.objects.get()
    assert {outcome.token for outcome in outcomes} == {lock.token}
    assert lock.user in people


def test_one_picture_sent_twice_at_once_is_one_picture(monkeypatch):
    data = make.image_bytes("red")
    inspect = pictures.inspect

    def slowly(file: Any) -> Any:
        facts = inspect(file)
        time.sleep(0.1)
        return facts

    monkeypatch.setattr(pictures, "inspect", slowly)
    attach = pictures.attach

    def attach_slowly(picture: Picture, content: bytes) -> None:
        time.sleep(0.1)
        attach(picture, content)

    monkeypatch.setattr(pictures, "attach", attach_slowly)

    outcomes = together(
        *(lambda: pictures.store(io.BytesIO(data), by=None, caption="会场") for _ in range(3))
    )

    picture = Picture.objects.get()
    assert [outcome.pk for outcome in outcomes] == [picture.pk] * 3
    with picture.file.open("rb") as file:
        assert file.read() == data
    folders, files = picture.file.storage.listdir(f"originals/{picture.sha256[:2]}")
    assert (folders, len(files)) == ([], 1)


def test_articles_made_at_once_have_different_numbers():
    people = [make.user("reporter") for _ in range(8)]
    content = make.content()

    outcomes = together(
        *(lambda by=by: services.create(content, by=by, at=make.NOON) for by in people)
    )

    numbers = sorted(article.number for article in outcomes)
    start = settings.ARTICLE_NUMBER_START
    assert numbers == list(range(start, start + 8))


def test_a_busy_desk_keeps_one_chain_while_readers_read():
    articles = [make.draft(lead_picture=make.picture()) for _ in range(6)]
    before = Decision.objects.count()
    desks = [
        [
            (services.submit, article.created_by, {}),
            *(
                (services.pass_review, make.user(role), {"stage": stage})
                for role, stage in (
                    ("editor", Status.FIRST_REVIEW),
                    ("section_head", Status.SECOND_REVIEW),
                    ("chief_editor", Status.FINAL_REVIEW),
                )
            ),
            (services.publish, make.user("chief_editor"), {}),
            (services.withdraw, make.user("chief_editor"), {"note": "事实有误"}),
        ]
        for article in articles
    ]
    done = threading.Event()
    seen: set[int] = set()

    def work(article: Article, steps: list[Any]) -> int:
        for verb, by, facts in steps:
            article.refresh_from_db()
            verb(article.pk, by=by, at=make.NOON, version=article.version, **facts)
        seen.add(article.pk)
        if len(seen) == len(articles):
            done.set()
        return article.pk

    def read() -> int:
        rounds = 0
        while not done.wait(0.005):
            rounds += 1
            assert Edition.objects.visible(make.NOON).count() <= len(articles)
        return rounds

    outcomes = together(
        *(
            lambda article=article, steps=steps: work(article, steps)
            for article, steps in zip(articles, desks, strict=True)
        ),
        read,
    )

    assert outcomes[:-1] == [article.pk for article in articles]
    assert outcomes[-1] > 0
    assert Decision.objects.count() == before + 36
    assert not list(record.breaks())
    assert Edition.objects.count() == PictureUse.objects.count() == 6
    assert Withdrawal.objects.count() == 6
