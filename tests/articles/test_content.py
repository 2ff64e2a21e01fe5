import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from articles.content import Content, Credit, fingerprint, printed, write
from articles.models import Article, Byline
from tests import factories as make

pytestmark = pytest.mark.django_db

LINES = (
    "headline kicker subtitle short_headline original_headline original_author original_url"
).split()
CONTENTS = st.builds(
    Content,
    headline=st.text(max_size=20),
    kicker=st.text(max_size=20),
    summary=st.text(max_size=40),
    body=st.text(max_size=60),
    has_dateline=st.booleans(),
    channel=st.none() | st.integers(1, 9),
    lead_picture=st.none() | st.integers(1, 9),
    bylines=st.lists(
        st.builds(Credit, st.integers(1, 9), st.sampled_from(["reporter", "editor"])), max_size=4
    ).map(tuple),
    tags=st.lists(st.text(max_size=6), max_size=4).map(tuple),
)


def fresh(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def print_of(article: Article) -> str:
    return fingerprint(printed(fresh(article)))


@settings(max_examples=100, deadline=None)
@given(CONTENTS)
def test_content_goes_through_json_and_comes_back(content: Content):
    through = json.loads(json.dumps(content.as_json()))

    assert Content.from_json(through) == content


@settings(max_examples=100, deadline=None)
@given(CONTENTS)
def test_clean_content_stays_as_it_is(content: Content):
    clean = content.cleaned()

    assert clean.cleaned() == clean
    assert Content.from_json(clean.as_json()) == clean
    assert len(set(clean.bylines)) == len(clean.bylines)
    assert list(clean.tags) == sorted(set(clean.tags))


class WritingAndReading(TestCase):
    def setUp(self) -> None:
        self.article = make.draft()

    @settings(max_examples=40, deadline=None)
    @given(
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
        st.lists(st.sampled_from(["环保", "农业", " 农业", "5G", "县\n委"]), max_size=4),
        st.lists(st.sampled_from(["reporter", "editor", "photographer"]), max_size=4),
    )
    def test_what_was_written_is_read_back_clean(
        self, text: str, tags: list[str], roles: list[str]
    ) -> None:
        person = self.article.bylines.get().contributor_id if self.article.bylines.count() else 0
        person = person or make.contributor().pk
        content = Content(
            headline=text,
            summary=text,
            body=text,
            bylines=tuple(Credit(person, role) for role in roles),
            tags=tuple(tags),
        )

        write(fresh(self.article), content)

        assert Content.of(fresh(self.article)) == content.cleaned()


def test_by_lines_are_kept_in_their_order_and_only_rewritten_when_they_change():
    article = make.draft()
    people = [make.contributor().pk for _ in range(3)]
    credits = tuple(Credit(person, "reporter") for person in people)
    write(article, dataclasses.replace(Content.of(article), bylines=credits))
    rows = list(Byline.objects.filter(article=article).values_list("pk", "order"))

    write(fresh(article), dataclasses.replace(Content.of(article), bylines=credits))
    assert list(Byline.objects.filter(article=article).values_list("pk", "order")) == rows

    write(fresh(article), dataclasses.replace(Content.of(article), bylines=credits[::-1]))
    assert Content.of(fresh(article)).bylines == credits[::-1]


@pytest.mark.parametrize(
    "fields",
    [
        *({name: "另一个"} for name in LINES if name != "original_url"),
        {"original_url": "https://news.example/2"},
        {"summary": "另一个"},
        {"body": "<p>另一个</p>"},
        {"has_dateline": False},
        {"tags": ("环保",)},
        {"bylines": ()},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_whatever_a_reader_sees_changes_the_fingerprint(fields: dict[str, Any]):
    article = make.draft()
    before = print_of(article)

    write(article, dataclasses.replace(Content.of(article), **fields))

    assert print_of(article) != before


def test_channel_source_and_lead_picture_change_the_fingerprint():
    article = make.draft()
    seen = {print_of(article)}
    for fields in (
        {"channel": make.channel().pk},
        {"source": make.source().pk},
        {"lead_picture": make.picture().pk},
        {"bylines": (Credit(Content.of(article).bylines[0].contributor, "editor"),)},
    ):
        write(article, dataclasses.replace(Content.of(fresh(article)), **fields))
        assert print_of(article) not in seen
        seen.add(print_of(article))


@pytest.mark.parametrize("name", ["caption", "alt", "credit"])
def test_what_the_library_says_of_the_lead_picture_changes_the_fingerprint(name: str):
    picture = make.picture()
    article = make.draft(lead_picture=picture)
    before = print_of(article)

    setattr(picture, name, "另一个")
    picture.save()

    assert print_of(article) != before


def test_who_took_a_picture_of_the_text_is_printed_and_changes_the_fingerprint():
    picture = make.picture()
    article = make.draft(body=f'<p>甲</p><figure><img src="/picture/{picture.sha256}"></figure>')
    before = print_of(article)

    picture.credit = "王明"
    picture.save()

    assert print_of(article) != before


def test_names_of_people_and_sources_change_the_fingerprint():
    article = make.draft()
    before = print_of(article)
    person = article.bylines.get().contributor
    person.name = "另一人"
    person.save()
    renamed = print_of(article)
    article.source.name = "另一家"
    article.source.save()

    assert len({before, renamed, print_of(article)}) == 3


def test_navigation_and_what_no_reader_sees_do_not_change_the_fingerprint():
    picture = make.picture()
    article = make.draft(lead_picture=picture, tags=("环保", "农业"))
    before = print_of(article)

    article.channel.name = "另一个栏目"
    article.channel.save()
    picture.focal_x = 10
    picture.save()
    Article.objects.filter(pk=article.pk).update(version=9, updated_at=make.NOON, created_by=None)
    person = article.bylines.get().contributor
    person.is_active, person.unit = False, make.unit()
    person.save()

    assert print_of(article) == before


def test_the_order_of_tags_does_not_matter_and_that_of_by_lines_does():
    people = [Credit(make.contributor().pk, "reporter") for _ in range(2)]
    article = make.draft(bylines=tuple(people), tags=("环保", "农业"))
    before = print_of(article)

    write(article, dataclasses.replace(Content.of(fresh(article)), tags=("农业", "环保")))
    assert print_of(article) == before
    write(article, dataclasses.replace(Content.of(fresh(article)), bylines=tuple(people[::-1])))
    assert print_of(article) != before
