"""Channels decide who signs: moving an article between them opens no way around a review."""

import dataclasses

import pytest

from articles.content import Content
from articles.models import Status
from tests import factories as make
from tests.rows import everything
from workflow import services
from workflow.models import ChannelAssignment, Decision
from workflow.transitions import Action

pytestmark = pytest.mark.django_db


def moved(article, channel):
    return dataclasses.replace(Content.of(article), channel=channel.pk)


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        (Status.FINAL_REVIEW, Status.FIRST_REVIEW),
        (Status.APPROVED, Status.FIRST_REVIEW),
        (Status.PUBLISHED, Status.FIRST_REVIEW),
    ],
)
def test_an_article_that_comes_to_a_channel_with_more_reviews_gets_those_it_lacks(status, stage):
    article = make.article(status, channel=make.channel(reviews=1))

    services.save(
        article.pk,
        moved(article, make.channel(reviews=3)),
        by=make.user("chief_editor"),
        at=make.NOON,
        version=article.version,
    )

    article.refresh_from_db()
    assert article.status == stage
    assert Decision.objects.latest("sequence").action == Action.AMEND


def test_a_review_that_was_signed_is_not_asked_for_again():
    article = make.article(Status.FINAL_REVIEW, channel=make.channel(reviews=2))

    services.save(
        article.pk,
        moved(article, make.channel(reviews=3)),
        by=make.user("chief_editor"),
        at=make.NOON,
        version=article.version,
    )

    article.refresh_from_db()
    assert article.status == Status.SECOND_REVIEW


def test_a_channel_with_as_many_reviews_asks_for_nothing_more():
    article = make.article(Status.FINAL_REVIEW)

    services.save(
        article.pk,
        moved(article, make.channel()),
        by=make.user("chief_editor"),
        at=make.NOON,
        version=article.version,
    )

    article.refresh_from_db()
    assert article.status == Status.FINAL_REVIEW


def test_who_is_limited_to_channels_puts_articles_into_those_only():
    own, other = make.channel(), make.channel()
    editor = make.user("editor")
    ChannelAssignment.objects.create(user=editor, channel=own)
    article = make.article(Status.FIRST_REVIEW, channel=own)
    before = everything()

    with pytest.raises(services.Refused, match="您限定了栏目，不能把稿件放进这个栏目。"):
        services.save(
            article.pk, moved(article, other), by=editor, at=make.NOON, version=article.version
        )
    with pytest.raises(services.Refused, match="您限定了栏目，不能把稿件放进这个栏目。"):
        services.create(make.content(channel=other), by=editor, at=make.NOON)

    assert everything()["articles.Article"] == before["articles.Article"]


def test_the_channels_below_ones_own_are_ones_own():
    own = make.channel()
    below = make.channel(parent=own)
    editor = make.user("editor")
    ChannelAssignment.objects.create(user=editor, channel=own)

    article = services.create(make.content(channel=below), by=editor, at=make.NOON)

    assert article.channel == below
