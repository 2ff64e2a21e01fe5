import dataclasses
import datetime
from typing import Any

import pytest

from articles.content import Credit, write
from articles.models import Article
from sources.models import ReprintPermission
from tests import factories as make
from workflow import readiness

pytestmark = pytest.mark.django_db

FIRST, LAST = datetime.date(2026, 11, 1), datetime.date(2026, 11, 30)


def article_with(**fields: Any) -> Article:
    """A complete draft, then with these fields, past all that refuses to keep them."""
    made = make.draft()
    write(made, dataclasses.replace(make.content(), **fields))
    return Article.objects.get(pk=made.pk)


def gaps(article: Article, on: datetime.datetime = make.NOON) -> list[tuple[str, str]]:
    return [tuple(gap) for gap in readiness.missing(article, on)]


def reprint(**fields: Any) -> Article:
    source = make.source("新华社")
    ReprintPermission.objects.create(source=source, starts=FIRST, ends=LAST)
    record = {
        "original_headline": "原题",
        "original_author": "原作者",
        "original_url": "https://news.example/1",
    }
    return article_with(source=source.pk, bylines=(), **{**record, **fields})


def picture_in_text(sha256: str, alt: str = "会场", caption: str = "会议现场。") -> str:
    return (
        f'<p>正文。</p><figure><img src="/picture/{sha256}" alt="{alt}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def test_nothing_is_missing_in_a_complete_article():
    assert gaps(make.draft()) == []
    assert gaps(reprint()) == []


@pytest.mark.parametrize(
    ("fields", "gap"),
    [
        ({"headline": ""}, ("headline", "缺标题。")),
        ({"body": ""}, ("body", "缺正文。")),
        ({"body": "<p>　 </p>"}, ("body", "缺正文。")),
        ({"channel": None}, ("channel", "未选栏目。")),
        ({"source": None}, ("source", "未选来源。")),
        ({"bylines": ()}, ("bylines", "署名中没有采写或拍摄人员。")),
    ],
)
def test_each_gap_is_named(fields: dict[str, Any], gap: tuple[str, str]):
    assert gaps(article_with(**fields)) == [gap]


@pytest.mark.parametrize(
    "role", ["editor", "proofreader", "first_reviewer", "second_reviewer", "final_reviewer"]
)
def test_who_only_handled_the_piece_did_not_make_it(role: str):
    article = article_with(bylines=(Credit(make.contributor().pk, role),))

    assert gaps(article) == [("bylines", "署名中没有采写或拍摄人员。")]


@pytest.mark.parametrize(
    "role", ["reporter", "correspondent", "intern", "photographer", "videographer"]
)
def test_who_wrote_or_filmed_made_the_piece(role: str):
    assert gaps(article_with(bylines=(Credit(make.contributor().pk, role),))) == []


def test_every_inactive_person_in_the_by_line_is_named():
    unit = make.unit("县农业农村局", short_name="农业局")
    gone = [
        make.contributor("李方", is_active=False),
        make.contributor("王明", unit=unit, is_active=False),
    ]
    credits = [Credit(person.pk, "reporter") for person in (*gone, make.contributor())]

    assert gaps(article_with(bylines=tuple(credits))) == [
        ("bylines", "署名作者李方已停用，不能署名。"),
        ("bylines", "署名作者王明（农业局）已停用，不能署名。"),
    ]


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("original_headline", "转载稿缺原标题。"),
        ("original_author", "转载稿缺原作者。"),
        ("original_url", "转载稿缺原文链接。"),
    ],
)
def test_a_reprint_says_where_it_came_from(field: str, sentence: str):
    assert gaps(reprint(**{field: ""})) == [(field, sentence)]


@pytest.mark.parametrize(
    ("moment", "permitted"),
    [
        (datetime.datetime(2026, 10, 31, 23, 59, 59, tzinfo=make.SHANGHAI), False),
        (datetime.datetime(2026, 11, 1, 0, 0, tzinfo=make.SHANGHAI), True),
        (datetime.datetime(2026, 10, 31, 16, 0, tzinfo=datetime.UTC), True),
        (datetime.datetime(2026, 11, 30, 23, 59, 59, tzinfo=make.SHANGHAI), True),
        (datetime.datetime(2026, 11, 30, 16, 0, tzinfo=datetime.UTC), False),
        (datetime.datetime(2026, 12, 1, 0, 0, tzinfo=make.SHANGHAI), False),
    ],
)
def test_a_source_is_reprinted_from_the_first_to_the_last_day_in_shanghai(
    moment: datetime.datetime, permitted: bool
):
    day = moment.astimezone(make.SHANGHAI).date().isoformat()
    refusal = ("source", f"“新华社”在 {day} 没有有效的转载许可，不能转载。")

    assert gaps(reprint(), moment) == ([] if permitted else [refusal])


def test_a_permission_without_a_last_day_goes_on():
    article = reprint()
    article.source.permissions.update(ends=None)

    assert gaps(article, make.NOON.replace(year=2040)) == []


def test_our_own_copy_needs_no_permission():
    assert gaps(article_with(source=make.own_source().pk)) == []


@pytest.mark.parametrize(
    ("texts", "sentences"),
    [
        ({"caption": ""}, ["题图缺图片说明。"]),
        ({"alt": ""}, ["题图缺替代文字。"]),
        ({"caption": "", "alt": ""}, ["题图缺图片说明。", "题图缺替代文字。"]),
    ],
)
def test_the_lead_picture_has_caption_and_description(texts: dict[str, str], sentences: list[str]):
    article = article_with(lead_picture=make.picture(**texts).pk)

    assert gaps(article) == [("lead_picture", sentence) for sentence in sentences]


def test_each_picture_in_the_text_has_caption_and_description_and_is_ours():
    known = make.picture().sha256
    body = (
        picture_in_text(known)
        + picture_in_text(known, caption="")
        + picture_in_text(known, alt="")
        + picture_in_text("0" * 64)
    )

    assert gaps(article_with(body=body)) == [
        ("body", "正文第 2 张图片缺图片说明。"),
        ("body", "正文第 3 张图片缺替代文字。"),
        ("body", "正文第 4 张图片不在图片库里。"),
    ]


def test_all_gaps_are_named_at_once():
    source = make.source("红网")
    article = article_with(
        headline="",
        body='<figure><img src="/picture/' + "0" * 64 + '"></figure>',
        channel=None,
        source=source.pk,
        bylines=(Credit(make.contributor("李方", is_active=False).pk, "reporter"),),
        lead_picture=make.picture(caption="", alt="").pk,
    )

    assert gaps(article) == [
        ("headline", "缺标题。"),
        ("body", "缺正文。"),
        ("channel", "未选栏目。"),
        ("source", "“红网”在 2026-11-23 没有有效的转载许可，不能转载。"),
        ("original_headline", "转载稿缺原标题。"),
        ("original_author", "转载稿缺原作者。"),
        ("original_url", "转载稿缺原文链接。"),
        ("bylines", "署名作者李方已停用，不能署名。"),
        ("lead_picture", "题图缺图片说明。"),
        ("lead_picture", "题图缺替代文字。"),
        ("body", "正文第 1 张图片不在图片库里。"),
        ("body", "正文第 1 张图片缺图片说明。"),
        ("body", "正文第 1 张图片缺替代文字。"),
    ]
