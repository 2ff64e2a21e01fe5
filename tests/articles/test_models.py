from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.models import ProtectedError

from articles.models import Article, Byline, Channel, NumberSeries, Picture, Status
from tests import factories as make

pytestmark = pytest.mark.django_db


def refused_everywhere(row: Any) -> list[str]:
    """The sentences that a form shows; the database refuses the row as well."""
    with pytest.raises(ValidationError) as refusal:
        row.validate_constraints()
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save()
    return refusal.value.messages


@pytest.mark.parametrize("reviews", [0, 4])
def test_a_channel_has_one_to_three_reviews(reviews: int):
    channel = Channel(name="时政", slug="news", reviews=reviews)

    assert refused_everywhere(channel) == ["栏目的审次只能是一、二或三。"]


def test_a_channel_is_not_above_itself():
    channel = make.channel()
    channel.parent = channel

    assert refused_everywhere(channel) == ["栏目不能以自己为上级。"]


def test_channels_have_two_levels():
    below = make.channel(parent=make.channel())

    with pytest.raises(ValidationError) as refusal:
        Channel(name="时政", slug="news", parent=below).full_clean()

    assert refusal.value.message_dict == {"parent": ["栏目只有两级，请选择一级栏目。"]}


def test_a_channel_with_channels_below_it_does_not_go_below_another():
    above = make.channel()
    make.channel(parent=above)
    above.parent = make.channel()

    with pytest.raises(ValidationError) as refusal:
        above.full_clean()

    assert refusal.value.message_dict == {"parent": ["这个栏目下面还有子栏目，请先移走它们。"]}


def test_a_channel_with_articles_is_not_deleted():
    article = make.draft()

    with pytest.raises(ProtectedError):
        article.channel.delete()


def test_the_first_level_holds_the_channels_that_are_below_no_other():
    above = make.channel()
    make.channel(parent=above)

    assert list(Channel.objects.top()) == [above]


@pytest.mark.parametrize("point", [{"focal_x": 101}, {"focal_y": 101}])
def test_the_focal_point_lies_inside_the_picture(point: dict[str, int]):
    picture = make.picture()
    for name, value in point.items():
        setattr(picture, name, value)

    assert refused_everywhere(picture) == ["焦点位置在 0 到 100 之间。"]


def test_a_picture_in_use_is_not_deleted():
    picture = make.picture()
    make.draft(lead_picture=picture)

    with pytest.raises(ProtectedError):
        picture.delete()


def test_deleting_who_uploaded_a_picture_keeps_it():
    user = make.user()
    make.picture(by=user)

    user.delete()

    assert Picture.objects.get().uploaded_by is None


def legacy(**fields: Any) -> Article:
    given = {"number": 7, "headline": "旧稿", "legacy_system": "cms", "legacy_id": "1"}
    return Article(**{**given, **fields})


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"legacy_id": ""}, "原系统和原系统编号要么都填，要么都不填。"),
        ({"legacy_system": ""}, "原系统和原系统编号要么都填，要么都不填。"),
        ({"number": 0}, "稿号必须大于零。"),
        ({"status": Status.HELD}, "待用稿和废稿必须记有原状态。"),
        ({"status": Status.SPIKED}, "待用稿和废稿必须记有原状态。"),
        ({"former_status": Status.FIRST_REVIEW}, "待用稿和废稿必须记有原状态。"),
        (
            {"status": Status.PUBLISHED},
            "已发稿件必须有标题、正文、栏目、来源和发布时间。",
        ),
    ],
)
def test_an_article_that_makes_no_sense_is_refused(fields: dict[str, Any], sentence: str):
    assert refused_everywhere(legacy(**fields)) == [sentence]


@pytest.mark.parametrize("lacking", ["headline", "body", "channel", "source", "first_published_at"])
def test_a_published_article_lacks_nothing(lacking: str):
    article = make.article(Status.PUBLISHED)
    setattr(article, lacking, "" if lacking in {"headline", "body"} else None)

    assert refused_everywhere(article) == ["已发稿件必须有标题、正文、栏目、来源和发布时间。"]


def test_an_article_of_an_earlier_system_comes_once():
    legacy().save()

    assert refused_everywhere(legacy(number=8)) == ["原系统的这篇稿件已经在库里了。"]
    legacy(number=8, legacy_system="wp").save()


def test_a_number_is_given_once():
    legacy().save()

    with pytest.raises(DatabaseError), transaction.atomic():
        legacy(legacy_id="2").save()


def test_numbers_go_on_from_the_last_one_given(settings: Any):
    settings.ARTICLE_NUMBER_START = 500
    legacy(number=501).save()

    assert [NumberSeries.take() for _ in range(3)] == [500, 502, 503]


def test_articles_are_found_by_their_old_id_or_their_number():
    old, new = legacy(), make.draft()
    old.save()

    assert Article.objects.get_by_natural_key(*old.natural_key()) == old
    assert Article.objects.get_by_natural_key(*new.natural_key()) == new
    assert list(Article.objects.legacy()) == [old]


def test_a_person_is_credited_once_in_a_role():
    article = make.draft()
    byline = article.bylines.get()
    again = Byline(article=article, contributor=byline.contributor, role=byline.role, order=2)

    assert refused_everywhere(again) == ["这个人已经以这个身份署过名了。"]
    Byline(article=article, contributor=byline.contributor, role="editor", order=2).save()


def test_a_credited_person_is_not_deleted():
    article = make.draft()

    with pytest.raises(ProtectedError):
        article.bylines.get().contributor.delete()


def test_deleting_who_made_an_article_keeps_it():
    article = make.draft()

    article.created_by.delete()

    article.refresh_from_db()
    assert article.created_by is None


def test_copy_of_another_outlet_is_a_reprint():
    assert make.draft(source=make.source()).is_reprint
    assert not make.draft().is_reprint
    assert not make.draft(source=None).is_reprint
