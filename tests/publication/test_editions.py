import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from articles.content import Credit
from articles.models import Article, Status
from publication import editions
from publication.models import Edition, Identity, PictureUse, Withdrawal
from tests import factories as make
from workflow import services

pytestmark = pytest.mark.django_db

SECOND = datetime.timedelta(seconds=1)


def opened(article: Article, hours_from: int, hours_until: int | None = None) -> Edition:
    """An edition of the article at so many hours from noon, by publication's own functions."""
    begins = make.NOON + hours_from * make.HOUR
    until = None if hours_until is None else make.NOON + hours_until * make.HOUR
    edition = editions.unsaved(article, visible_from=begins, visible_until=until, reviewers=[])
    with transaction.atomic():
        return editions.open_edition(edition, make.NOON)


def spans(article: Article) -> list[tuple[Any, Any]]:
    """From when until when each edition was visible, in hours from noon."""

    def hours(moment: datetime.datetime | None) -> float | None:
        return None if moment is None else (moment - make.NOON) / make.HOUR

    rows = article.editions.order_by("pk")
    return [(hours(row.visible_from), hours(row.visible_until)) for row in rows]


def test_an_edition_is_visible_from_its_first_second_to_before_its_last():
    article = make.draft()
    edition = opened(article, 1, 2)
    begins, ends = edition.visible_from, edition.visible_until

    for moment, visible in (
        (begins - SECOND, False),
        (begins, True),
        (ends - SECOND, True),
        (ends, False),
    ):
        assert Edition.objects.visible(moment).exists() is visible
        assert edition.is_visible(moment) is visible


def test_opening_the_next_edition_ends_the_last_in_the_same_moment():
    article = make.draft()
    opened(article, 0)
    article.first_published_at = make.NOON

    opened(article, 2)

    assert spans(article) == [(0, 2), (2, None)]
    for hours in range(5):
        assert Edition.objects.visible(make.NOON + hours * make.HOUR).count() == 1


def test_closing_ends_what_is_visible_and_cancels_what_is_scheduled():
    article = make.draft()
    opened(article, 0, 3)
    article.first_published_at = make.NOON
    opened(article, 4)

    with transaction.atomic():
        closed = editions.close(article, make.NOON + make.HOUR)

    assert spans(article) == [(0, 1), (4, 4)]
    assert sorted(edition.is_cancelled for edition in closed) == [False, True]
    assert not Edition.objects.scheduled(make.NOON).exists()
    assert article.editions.not_cancelled().count() == 1


def test_closing_leaves_what_has_ended_as_it_was():
    article = make.draft()
    opened(article, 0, 1)

    with transaction.atomic():
        assert editions.close(article, make.NOON + 2 * make.HOUR) == []

    assert spans(article) == [(0, 1)]


def test_a_cancelled_edition_was_never_visible():
    article = make.draft()
    edition = opened(article, 1)
    with transaction.atomic():
        editions.close(article, make.NOON)

    assert not Edition.objects.visible(edition.visible_from).exists()
    assert Edition.objects.count() == 1


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        ((1, 0), "下线时间不能早于上线时间。"),
        ((-1, None), "发布版不能早于稿件的首次发布时间。"),
    ],
)
def test_an_edition_out_of_its_time_is_refused(hours: tuple[int, int | None], sentence: str):
    article = make.draft()
    article.first_published_at = make.NOON
    begins, ends = hours
    edition = editions.unsaved(
        article,
        visible_from=make.NOON + begins * make.HOUR,
        visible_until=None if ends is None else make.NOON + ends * make.HOUR,
        reviewers=[],
    )

    with pytest.raises(ValidationError) as refusal:
        edition.validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        edition.save()

    assert refusal.value.messages == [sentence]


def test_an_edition_holds_all_that_the_page_prints():
    unit = make.unit("县农业农村局")
    article = make.article(
        Status.PUBLISHED,
        kicker="引题",
        subtitle="副题",
        short_headline="短题",
        summary="摘要",
        tags=("环保", "农业"),
        bylines=(
            Credit(make.contributor("王明").pk, "reporter"),
            Credit(make.contributor("李方", unit=unit).pk, "correspondent"),
        ),
    )

    edition = Edition.objects.get()

    texts = "number kicker headline subtitle short_headline summary body channel".split()
    for name in texts:
        assert getattr(edition, name) == getattr(article, name)
    assert edition.fingerprint == article.fingerprint
    assert (edition.source_name, edition.is_reprint) == ("青溪县融媒体中心", False)
    assert [(row["name"], row["unit"], row["role"]) for row in edition.bylines] == [
        ("王明", "", "reporter"),
        ("李方", "县农业农村局", "correspondent"),
    ]
    assert edition.tags == sorted(["环保", "农业"])
    assert edition.dateline == "青溪县融媒体中心11月23日讯（记者 王明 通讯员 李方）"
    assert edition.responsible_editor == edition.reviewers[0]["name"]
    assert edition.list_headline == "短题"


def test_what_readers_saw_stays_when_the_desk_renames_people_and_sources():
    article = make.article(Status.PUBLISHED)
    before = Edition.objects.values().get()
    person = article.bylines.get().contributor
    person.name = "另一人"
    person.save()
    article.source.name = "另一家"
    article.source.save()

    assert Edition.objects.values().get() == before


def facts(*credits: tuple[str, str]) -> dict[str, Any]:
    return {
        "source": {"id": 1, "name": "青溪县融媒体中心"},
        "bylines": [{"name": name, "role": role} for role, name in credits],
    }


@pytest.mark.parametrize(
    ("credits", "printed"),
    [
        ([], ""),
        ([("editor", "王明")], ""),
        ([("reporter", "王明")], "青溪县融媒体中心11月24日讯（记者 王明）"),
        (
            [
                ("photographer", "丁"),
                ("correspondent", "丙"),
                ("reporter", "甲"),
                ("reporter", "乙"),
            ],
            "青溪县融媒体中心11月24日讯（记者 甲 乙 通讯员 丙 摄影 丁）",
        ),
        (
            [("reporter", "甲"), ("reporter", "甲"), ("photographer", "甲")],
            "青溪县融媒体中心11月24日讯（记者 甲 摄影 甲）",
        ),
    ],
)
def test_the_dateline_is_made_from_the_by_line_with_the_day_in_shanghai(
    credits: list[tuple[str, str]], printed: str
):
    late = datetime.datetime(2026, 11, 23, 16, 0, tzinfo=datetime.UTC)

    assert editions.dateline(facts(*credits), late) == printed


def test_a_reprint_and_an_article_that_wants_none_have_no_dateline():
    reprint = make.draft(source=make.source())
    plain = make.draft(has_dateline=False)

    for article in (reprint, plain):
        edition = editions.unsaved(article, visible_from=make.NOON, reviewers=[])
        assert edition.dateline == ""


def test_without_reviewers_the_editor_of_the_by_line_is_responsible():
    credits = (
        Credit(make.contributor("王明").pk, "reporter"),
        Credit(make.contributor("李方").pk, "editor"),
    )
    article = make.draft(bylines=credits)

    edition = editions.unsaved(article, visible_from=make.NOON, reviewers=[])

    assert edition.responsible_editor == "李方"


def test_the_address_has_the_day_of_first_publication_in_shanghai():
    article = make.draft()
    midnight = datetime.datetime(2026, 1, 1, 16, 30, tzinfo=datetime.UTC)
    edition = editions.unsaved(article, visible_from=midnight, reviewers=[])

    assert edition.get_absolute_url() == f"/content/2026/01/02/{article.number}.html"


def test_an_article_of_an_earlier_system_comes_in_with_its_old_time():
    at = make.NOON.replace(year=2019)
    article = make.draft()
    Article.objects.filter(pk=article.pk).update(
        status=Status.PUBLISHED, first_published_at=at, legacy_system="cms", legacy_id="1"
    )
    article.refresh_from_db()
    article.revisions.all().delete()

    services.admit(services.Arrival.of_rows([article]), at=make.NOON)

    edition = Edition.objects.visible(at).get()
    assert (edition.first_published_at, edition.reviewers) == (at, [])
    assert article.decisions.get().action == "import"


def test_the_last_withdrawal_is_the_one_that_stands():
    article = make.article(Status.PUBLISHED)
    with transaction.atomic():
        editions.withdraw(article, make.NOON, "一")
        editions.withdraw(article, make.NOON + make.HOUR, "二")

    assert Withdrawal.objects.standing(article.number).notice == "二"
    assert Withdrawal.objects.standing(1) is None


def test_the_pictures_of_an_edition_are_in_use_while_it_is_visible_or_to_come():
    article = make.draft(lead_picture=make.picture())
    opened(article, 1, 2)

    def at(hours: int) -> tuple[bool, bool]:
        moment = make.NOON + hours * make.HOUR
        uses = PictureUse.objects
        return uses.visible(moment).exists(), uses.needed(moment).exists()

    assert [at(hours) for hours in range(3)] == [(False, True), (True, True), (False, False)]


def test_a_picture_twice_in_one_article_is_one_use():
    picture = make.picture()
    figure = f'<figure><img src="/picture/{picture.sha256}" alt="甲"></figure>'
    article = make.draft(lead_picture=picture, body=f"<p>甲</p>{figure}{figure}")

    edition = opened(article, 0)

    assert PictureUse.objects.count() == len(edition.pictures) == 1


def test_the_site_has_one_identity():
    assert Identity.current().pk == 1
    Identity.objects.create(pk=1, name="青溪新闻网")

    with pytest.raises(ValidationError, match="站点信息只有一份。"):
        Identity(pk=2, name="另一个").validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        Identity.objects.create(pk=2, name="另一个")
    assert str(Identity.current()) == "青溪新闻网"
