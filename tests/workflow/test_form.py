"""The article's form: what is kept, what is refused with a sentence, and that nothing is lost."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.content import Content, Credit
from articles.models import Article, Role, Status
from people.models import User
from tests import factories
from tests.rows import everything
from workflow import locks
from workflow.models import EditLock, Revision

pytestmark = pytest.mark.django_db
ADD = "/admin/articles/article/add/"


@pytest.fixture
def reporter() -> User:
    return factories.user("reporter", name="李雷")


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def typed(article: Article | None = None, *, bylines: Any = (), **texts: Any) -> dict[str, Any]:
    """What a browser sends for the article's form; `bylines` are (name, role)."""
    fields: dict[str, Any] = {
        "headline": "新的标题",
        "body": "<p>新的正文。</p>",
        "version": article.version if article else 0,
        "_continue": "1",
        "bylines-TOTAL_FORMS": len(bylines),
        "bylines-INITIAL_FORMS": 0,
    }
    for place, (name, role) in enumerate(bylines):
        fields[f"bylines-{place}-contributor"] = name
        fields[f"bylines-{place}-role"] = role
    return {**fields, **texts}


def address(article: Article) -> str:
    return reverse("admin:articles_article_change", args=[article.pk])


def opened(client: Client, article: Article) -> str:
    """Open the form as a browser does, and give the lock's token."""
    return client.get(address(article)).context["lock_token"]


def test_a_new_article_begins_with_our_own_source_and_its_writer(reporter: User) -> None:
    own = factories.own_source()
    desk = factories.unit("新闻部", kind="desk")
    factories.contributor("李雷", unit=desk, user=reporter)
    response = logged_in(reporter).get(ADD)
    assert response.status_code == 200
    assert response.context["form"]["source"].value() == own.pk
    assert [row["contributor"].value() for row in response.context["bylines"]][:1] == [
        "李雷（新闻部）"
    ]
    assert response.context["bylines"][0]["role"].value() == Role.REPORTER


def test_a_writer_of_a_department_begins_as_its_correspondent() -> None:
    writer = factories.user("correspondent")
    town = factories.unit("石桥镇", kind="township")
    factories.contributor("王敏", unit=town, user=writer)
    response = logged_in(writer).get(ADD)
    assert response.context["bylines"][0]["role"].value() == Role.CORRESPONDENT


def test_a_new_form_sent_twice_gives_one_draft_and_lands_on_it_twice(reporter: User) -> None:
    client = logged_in(reporter)
    key = client.get(ADD).context["form"]["form_key"].value()

    responses = [client.post(ADD, typed(form_key=key)) for _click in range(2)]

    article = Article.objects.get()
    assert [response.headers["Location"] for response in responses] == [address(article)] * 2
    assert Revision.objects.count() == 1


def test_a_form_sent_again_with_another_text_is_another_draft(reporter: User) -> None:
    client = logged_in(reporter)
    key = client.get(ADD).context["form"]["form_key"].value()

    client.post(ADD, typed(form_key=key))
    client.post(ADD, typed(form_key=key, headline="另一个标题"))

    assert Article.objects.count() == 2


def test_each_new_form_has_a_key_of_its_own(reporter: User) -> None:
    client = logged_in(reporter)
    keys = [client.get(ADD).context["form"]["form_key"].value() for _form in range(2)]

    for key in keys:
        client.post(ADD, typed(form_key=key))

    assert Article.objects.count() == 2


def test_a_key_that_somebody_else_sent_hides_nothing(reporter: User) -> None:
    key = logged_in(reporter).get(ADD).context["form"]["form_key"].value()
    other = factories.user("reporter")

    for person in (reporter, other):
        logged_in(person).post(ADD, typed(form_key=key))

    assert {article.created_by for article in Article.objects.all()} == {reporter, other}


def test_all_that_is_typed_is_kept(reporter: User) -> None:
    channel, source, picture = (
        factories.channel(),
        factories.source(),
        factories.picture(by=reporter),
    )
    unit = factories.unit("新闻部")
    one, two = factories.contributor("张三", unit=unit), factories.contributor("李四")
    response = logged_in(reporter).post(
        ADD,
        typed(
            kicker="引题",
            subtitle="副题",
            short_headline="短题",
            summary="第一行\n第二行",
            channel=channel.pk,
            source=source.pk,
            original_headline="原标题",
            original_author="原作者",
            original_url="https://example.cn/a",
            lead_picture=picture.sha256,
            tags="乡村振兴，会议、环境;会议",
            bylines=[("李四", "correspondent"), ("张三（新闻部）", "reporter")],
        ),
    )
    article = Article.objects.get()
    assert response.status_code == 302
    assert response["Location"] == address(article)
    assert Content.of(article) == Content(
        headline="新的标题",
        kicker="引题",
        subtitle="副题",
        short_headline="短题",
        summary="第一行\n第二行",
        body="<p>新的正文。</p>",
        has_dateline=False,
        channel=channel.pk,
        source=source.pk,
        original_headline="原标题",
        original_author="原作者",
        original_url="https://example.cn/a",
        lead_picture=picture.pk,
        bylines=(Credit(two.pk, Role.CORRESPONDENT), Credit(one.pk, Role.REPORTER)),
        tags=tuple(sorted(("乡村振兴", "会议", "环境"))),
    )
    assert article.created_by == reporter
    assert Revision.objects.get().by == reporter


def test_numbers_order_the_by_lines_without_scripts(reporter: User) -> None:
    names = [factories.contributor(name) for name in ("甲", "乙", "丙")]
    data = typed(bylines=[(row.name, "reporter") for row in names])
    data |= {"bylines-0-ORDER": "3", "bylines-1-ORDER": "1", "bylines-2-ORDER": "2"}
    logged_in(reporter).post(ADD, data)
    assert [row.contributor.name for row in Article.objects.get().bylines.all()] == [
        "乙",
        "丙",
        "甲",
    ]


def test_a_removed_by_line_goes(reporter: User) -> None:
    for name in ("甲", "乙"):
        factories.contributor(name)
    data = typed(bylines=[("甲", "reporter"), ("乙", "editor")]) | {"bylines-0-DELETE": "on"}
    logged_in(reporter).post(ADD, data)
    assert [row.contributor.name for row in Article.objects.get().bylines.all()] == ["乙"]


def test_saving_what_the_form_shows_changes_nothing(reporter: User) -> None:
    article = factories.draft(by=reporter, tags=("会议", "环境"), lead_picture=factories.picture())
    client = logged_in(reporter)
    page = client.get(address(article))
    form, bylines = page.context["form"], page.context["bylines"]
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {"has_dateline": "on", "lock_token": page.context["lock_token"], "_continue": "1"}
    data |= {"bylines-TOTAL_FORMS": len(bylines), "bylines-INITIAL_FORMS": len(bylines) - 1}
    for row in bylines:
        data |= {row[name].html_name: row[name].value() or "" for name in ("contributor", "role")}
    before = everything()["articles.Article"]
    response = client.post(address(article), data, follow=True)
    assert response.status_code == 200
    assert everything()["articles.Article"] == before
    assert Revision.objects.count() == 1


@pytest.mark.parametrize(
    "bad", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "标题\x00", "长" * 10_000]
)
def test_bad_text_is_refused_at_its_field_and_stays_typed(reporter: User, bad: str) -> None:
    article = factories.draft(by=reporter)
    client = logged_in(reporter)
    token = opened(client, article)
    before = everything()["articles.Article"]
    fields = [
        *("kicker", "headline", "subtitle", "short_headline", "summary"),
        *("original_headline", "original_author", "original_url", "tags"),
    ]
    texts = dict.fromkeys(fields, bad) | {"body": "<p>还没保存的话</p>"}
    response = client.post(address(article), typed(article, lock_token=token, **texts))
    form = response.context["form"]
    assert response.status_code == 400
    assert sorted(form.errors) == sorted(fields)
    assert {name: form[name].value() for name in texts} == texts
    assert response.context["lock_token"] == token
    assert everything()["articles.Article"] == before


def test_bad_names_are_refused_at_their_by_line_and_stay_typed(reporter: User) -> None:
    factories.contributor("旧人", is_active=False)
    for name in ("新闻部", "外宣部"):
        factories.contributor("周强", unit=factories.unit(name))
    rows = ["旧人", "周强", "无此人", "<b>甲</b>", "甲\x00"]
    response = logged_in(reporter).post(ADD, typed(bylines=[(name, "reporter") for name in rows]))
    assert response.status_code == 400
    assert not Article.objects.exists()
    bylines = response.context["bylines"]
    assert [row["contributor"].value() for row in bylines] == rows
    assert [bool(row.errors) for row in bylines] == [True] * 5
    assert "周强（新闻部）" in str(bylines[1].errors) and "周强（外宣部）" in str(bylines[1].errors)


def test_a_person_is_credited_once_in_a_role(reporter: User) -> None:
    factories.contributor("甲")
    response = logged_in(reporter).post(
        ADD, typed(bylines=[("甲", "reporter"), ("甲", "reporter"), ("甲", "photographer")])
    )
    assert response.status_code == 400
    assert [bool(row.errors) for row in response.context["bylines"]] == [False, True, False]


def test_an_inactive_contributor_stays_where_they_already_are(reporter: User) -> None:
    old = factories.contributor("旧人")
    article = factories.draft(by=reporter, bylines=(Credit(old.pk, Role.REPORTER),))
    type(old).objects.update(is_active=False)
    client = logged_in(reporter)
    token = opened(client, article)
    response = client.post(
        address(article), typed(article, lock_token=token, bylines=[("旧人", "reporter")])
    )
    assert response.status_code == 302
    assert article.bylines.get().contributor == old


def test_scripts_in_the_body_are_taken_out_and_the_writer_is_told(reporter: User) -> None:
    body = '<p onclick="alert(1)">正文</p><script>alert(1)</script><iframe src="//x"></iframe>'
    response = logged_in(reporter).post(ADD, typed(body=body), follow=True)
    assert Article.objects.get().body == "<p>正文</p>"
    assert any(message.level_tag == "warning" for message in response.context["messages"])


def test_a_nul_in_the_body_is_refused(reporter: User) -> None:
    response = logged_in(reporter).post(ADD, typed(body="<p>正\x00文</p>"))
    assert response.status_code == 400
    assert list(response.context["form"].errors) == ["body"]
    assert not Article.objects.exists()


@pytest.mark.parametrize("field", ["channel", "source", "lead_picture"])
@pytest.mark.parametrize("bad", ["999999", "x", "\x00", "9" * 40])
def test_a_choice_that_is_none_is_refused(reporter: User, field: str, bad: str) -> None:
    response = logged_in(reporter).post(ADD, typed(**{field: bad}))
    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]


def test_a_picture_that_a_writer_may_not_see_cannot_be_their_lead(reporter: User) -> None:
    hidden = factories.picture(by=factories.user("editor"))
    response = logged_in(reporter).post(ADD, typed(lead_picture=hidden.sha256))
    assert response.status_code == 400
    assert list(response.context["form"].errors) == ["lead_picture"]


def test_a_role_that_does_not_write_gets_no_form() -> None:
    assert logged_in(factories.user("administrator")).get(ADD).status_code == 403
    assert logged_in(factories.user("administrator")).post(ADD, typed()).status_code == 403
    assert not Article.objects.exists()


def test_an_article_one_may_not_see_is_not_there(reporter: User) -> None:
    other = factories.draft()
    client = logged_in(reporter)
    for url in (address(other), "/admin/articles/article/x/change/", address(Article(pk=10**9))):
        assert client.get(url).status_code == 404
    assert client.post(address(other), typed(other)).status_code == 404
    assert Article.objects.get().version == 1


def test_who_may_not_edit_reads_the_reason_and_the_text(reporter: User) -> None:
    article = factories.article(Status.FIRST_REVIEW, by=reporter)
    response = logged_in(reporter).get(address(article))
    assert response.status_code == 200
    assert "form" not in response.context
    assert response.context["refusal"]
    assert "全县秋冬生态环境整治工作推进会召开" in response.text
    assert not EditLock.objects.exists()


def test_a_save_that_is_refused_keeps_what_was_typed(reporter: User) -> None:
    article = factories.article(Status.FIRST_REVIEW, by=reporter)
    before = everything()["articles.Article"]
    response = logged_in(reporter).post(address(article), typed(article, headline="改过的"))
    assert response.status_code == 403
    assert response.context["form"].non_field_errors()
    assert response.context["form"]["headline"].value() == "改过的"
    assert everything()["articles.Article"] == before


def test_a_stale_save_shows_both_texts_and_can_be_saved_on_top(reporter: User) -> None:
    article = factories.draft(by=reporter, headline="原来的标题")
    client = logged_in(reporter)
    token = opened(client, article)
    first = typed(article, lock_token=token, headline="先存的标题")
    assert client.post(address(article), first).status_code == 302
    late = client.post(address(article), {**first, "headline": "后存的标题"})
    assert late.status_code == 409
    assert late.context["form"]["headline"].value() == "后存的标题"
    fields = [difference.field for difference in late.context["clash"]["differences"]]
    assert fields == ["headline"]
    article.refresh_from_db()
    assert article.headline == "先存的标题"
    on_top = {
        **first,
        "headline": "后存的标题",
        "version": late.context["form"]["version"].value(),
        "lock_token": late.context["lock_token"],
    }
    assert client.post(address(article), on_top).status_code == 302
    article.refresh_from_db()
    assert (article.headline, article.version) == ("后存的标题", 3)


def test_a_change_of_a_signed_text_says_that_it_goes_back(reporter: User) -> None:
    article = factories.article(Status.PUBLISHED, by=reporter)
    client = logged_in(factories.user("editor"))
    token = opened(client, article)
    response = client.post(address(article), typed(article, lock_token=token), follow=True)
    article.refresh_from_db()
    assert article.status == Status.FINAL_REVIEW
    assert [message.level_tag for message in response.context["messages"]] == ["warning"]


# The edit lock


def test_the_second_person_reads_who_is_in_and_can_take_over(reporter: User) -> None:
    article = factories.draft(by=reporter)
    first, editor = logged_in(reporter), factories.user("editor", name="陈静")
    token = opened(first, article)
    second = logged_in(editor)
    page = second.get(address(article))
    assert "form" not in page.context
    assert page.context["lock"].user == reporter
    assert "李雷" in page.text
    assert (
        second.get(reverse("admin:articles_article_take_over", args=[article.pk])).status_code
        == 404
    )
    second.post(reverse("admin:articles_article_take_over", args=[article.pk]))
    new_token = opened(second, article)
    lost = first.post(reverse("admin:articles_article_lock", args=[article.pk]), {"token": token})
    assert lost.json()["held"] is False
    assert "陈静" in lost.json()["sentence"]
    kept = second.post(
        reverse("admin:articles_article_lock", args=[article.pk]), {"token": new_token}
    )
    assert kept.json() == {"held": True}


def test_no_step_is_urged_on_an_article_somebody_is_writing(reporter: User) -> None:
    article, editor = factories.draft(by=reporter), factories.user("editor")
    urged = 'class="step-button primary"'
    assert urged in logged_in(editor).get(address(article)).text
    logged_in(reporter).post(reverse("admin:articles_article_take_over", args=[article.pk]))
    assert urged not in logged_in(editor).get(address(article)).text


def test_a_save_without_the_lock_is_refused_until_it_is_taken_over(reporter: User) -> None:
    article = factories.draft(by=reporter, headline="原来的标题")
    first, editor = logged_in(reporter), factories.user("editor", name="陈静")
    token = opened(first, article)
    locks.take(article, by=editor, at=locks.holder(article, _now()).seen_at, over=True)  # type: ignore[union-attr]
    late = first.post(address(article), typed(article, lock_token=token, headline="迟到的标题"))
    assert late.status_code == 409
    assert late.context["clash"]["lock"].user == editor
    assert late.context["form"]["headline"].value() == "迟到的标题"
    article.refresh_from_db()
    assert article.headline == "原来的标题"
    over = typed(article, headline="迟到的标题") | {"_over": "1"}
    assert first.post(address(article), over).status_code == 302
    article.refresh_from_db()
    assert article.headline == "迟到的标题"


def test_who_may_only_read_takes_nobody_s_lock() -> None:
    article = factories.article(Status.PUBLISHED)
    token = opened(logged_in(factories.user("editor")), article)
    reader = logged_in(factories.user("reporter"))
    assert reader.post(address(article), typed(article) | {"_over": "1"}).status_code == 403
    reader.post(reverse("admin:articles_article_take_over", args=[article.pk]))
    assert EditLock.objects.get().token == token


def test_who_only_looks_takes_no_lock_and_is_led_to_the_form(reporter: User) -> None:
    article = factories.draft(by=reporter)

    page = logged_in(reporter).get(address(article), {"look": "1"})

    assert "form" not in page.context
    assert f'href="{address(article)}"' in page.content.decode()
    assert not EditLock.objects.exists()


def test_who_only_looks_sees_who_is_editing(reporter: User) -> None:
    article, editor = factories.draft(by=reporter), factories.user("editor")
    lock = locks.take(article, by=editor, at=timezone.now())

    page = logged_in(reporter).get(address(article), {"look": "1"})

    assert page.context["lock"] == lock
    assert f'href="{address(article)}"' not in page.content.decode()


def test_a_returned_article_is_free_for_its_author(reporter: User) -> None:
    article = factories.article(Status.FIRST_REVIEW, by=reporter)
    editor = logged_in(factories.user("editor"))
    back = reverse("admin:articles_article_step", args=[article.pk, "return"])
    editor.post(back, {"version": article.version, "note": "导语太长"}, follow=True)

    assert opened(logged_in(reporter), article)


def test_looking_gives_the_reason_where_editing_is_refused(reporter: User) -> None:
    article = factories.article(Status.FIRST_REVIEW, by=reporter)

    page = logged_in(reporter).get(address(article), {"look": "1"})

    assert page.context["refusal"] in page.content.decode()
    assert f'href="{address(article)}"' not in page.content.decode()


def test_leaving_and_saving_give_the_lock_back(reporter: User) -> None:
    article = factories.draft(by=reporter)
    client = logged_in(reporter)
    token = opened(client, article)
    url = reverse("admin:articles_article_release", args=[article.pk])
    assert client.post(url, {"token": "other"}).status_code == 204
    assert EditLock.objects.exists()
    assert client.post(url, {"token": token}).status_code == 204
    assert not EditLock.objects.exists()
    token = opened(client, article)
    data = typed(article, lock_token=token) | {"_save": "1"}
    del data["_continue"]
    response = client.post(address(article), data)
    assert response["Location"] == reverse("admin:articles_article_changelist")
    assert not EditLock.objects.exists()


def test_the_lock_of_an_article_one_may_not_see_is_not_there(reporter: User) -> None:
    other = factories.draft()
    client = logged_in(reporter)
    for name in ("lock", "release", "take_over"):
        url = reverse(f"admin:articles_article_{name}", args=[other.pk])
        assert client.post(url, {"token": "x"}).status_code == 404
    assert not EditLock.objects.exists()


# Suggestions


def test_contributors_are_suggested_to_every_writer_but_only_active_ones() -> None:
    factories.contributor("周强", unit=factories.unit("新闻部"))
    factories.contributor("周旧", is_active=False)
    factories.contributor("老周")
    client = logged_in(factories.user("correspondent"))
    url = reverse("admin:articles_article_contributors")
    assert client.get(url, {"q": "周"}).json() == {"results": ["周强（新闻部）", "老周"]}
    assert client.get(url, {"q": "新闻部\x00"}).json() == {"results": ["周强（新闻部）"]}


def test_tags_of_articles_one_may_not_see_are_not_suggested(reporter: User) -> None:
    factories.draft(by=factories.user("reporter"), tags=("拟任县长张三",))
    url = reverse("admin:articles_article_tags")

    assert logged_in(reporter).get(url, {"q": "县长"}).json() == {"results": []}


def test_tags_are_suggested(reporter: User) -> None:
    factories.draft(by=reporter, tags=("乡村振兴", "新乡村", "会议"))
    url = reverse("admin:articles_article_tags")
    found = logged_in(reporter).get(url, {"q": "乡村"}).json()
    assert found == {"results": ["乡村振兴", "新乡村"]}


def test_suggestions_are_for_those_who_write() -> None:
    client = logged_in(factories.user("administrator"))
    for name in ("contributors", "tags"):
        assert client.get(reverse(f"admin:articles_article_{name}")).status_code == 403


def _now() -> datetime.datetime:
    return EditLock.objects.get().seen_at
