"""The queue of imported drafts: what lies in it, for whom, and what can be done from there."""

import hashlib
import re
import zlib
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from articles.models import Article, Status
from legacy.models import Original
from legacy.repair import repair
from publication.models import Edition
from tests import factories as make
from tests.desk import address, desk, text
from workflow import services
from workflow.models import ChannelAssignment, Decision

pytestmark = pytest.mark.django_db

LIST = reverse("admin:legacy_original_changelist")
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE)
SPUN = (
    "電(diàn)視臺(tái)記(jì)者王小滿報(bào)道,，全縣(xiàn)的實(shí)驗(yàn)小學(xué)開(kāi)學(xué)了,。"
    "學(xué)生們(men)很高興(xìng)。"
)


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(make.NOON, tick=False):
        yield


def held(article: Article | None = None, **facts: Any) -> Original:
    """The original of an article that waits in the queue."""
    raw = facts.pop("raw", "电视台记者王小满报道".encode())
    made = article or make.imported()
    return Original.objects.create(
        article=made,
        **{
            "file": "2014/05/page.html",
            "format": "page",
            "sha256": hashlib.sha256(raw).hexdigest(),
            "data": zlib.compress(raw),
            "is_held": True,
            "version": made.version,
            "read_at": make.NOON - make.HOUR,
            **facts,
        },
    )


def repaired(**facts: Any) -> Original:
    """The original of an article whose body was spun."""
    result = repair(SPUN)
    article = make.imported(body=f"<p>{result.text}</p>")
    changes = [
        {
            "field": "body",
            "start": 3 + change.start,
            "end": 3 + change.end,
            "before": change.before,
            "after": change.after,
            "rule": change.rule,
        }
        for change in result.changes
    ]
    return held(article, before={"body": f"<p>{SPUN}</p>"}, changes=changes, **facts)


def page(name: str, original: Original, *args: Any) -> str:
    return reverse(f"admin:legacy_original_{name}", args=[original.pk, *args])


# What lies in it


def test_what_was_held_lies_in_the_queue_until_it_was_accepted_or_dismissed():
    chief = make.user("chief_editor")
    waits, accepted, dismissed = held(), held(), held()
    admitted = held(is_held=False)
    make.take(services.accept, accepted.article, by=chief)
    make.take(services.dismiss, dismissed.article, by=chief, note="原稿残缺")

    def listed(query: str) -> set[int]:
        return {row.pk for row in desk(chief).get(LIST + query).context["cl"].result_list}

    assert listed("") == listed("?standing=waiting") == {waits.pk}
    assert listed("?standing=accepted") == {accepted.pk}
    assert listed("?standing=dismissed") == {dismissed.pk}
    assert [Original.objects.get(pk=row.pk).standing for row in (waits, accepted, dismissed)] == [
        "waiting",
        "accepted",
        "dismissed",
    ]
    assert Original.objects.get(pk=admitted.pk).standing == "admitted"


def test_a_dismissed_one_that_is_restored_waits_again():
    chief = make.user("chief_editor")
    original = held()
    make.take(services.dismiss, original.article, by=chief, note="重复")
    make.take(services.restore, original.article, by=chief)

    assert list(Original.objects.waiting()) == [original]
    assert original.article.status == Status.DRAFT


def test_an_accepted_article_that_is_reopened_does_not_wait_again():
    chief = make.user("chief_editor")
    original = held()
    make.take(services.accept, original.article, by=chief)
    make.take(services.withdraw, original.article, by=chief, note="有误", at=make.NOON + make.HOUR)
    make.take(services.reopen, original.article, by=chief, note="重发", at=make.NOON + make.HOUR)

    assert not Original.objects.waiting().exists()


@pytest.mark.parametrize(
    ("why", "facts"),
    [
        ("repaired", {"changes": [{"field": "headline", "start": 0, "end": 1, "before": "縣", "after": "县", "rule": "script"}]}),
        ("marked", {"marks": [{"field": "body", "start": 3, "end": 4, "reason": "lost_digit"}]}),
        ("unsure", {"confidence": {"source": 0.9, "credits": 0.2}}),
        ("doubtful", {"doubts": [{"field": "credits", "sentence": "“王小满李大”可能是两个人。"}]}),
        ("pictures", {"missing_pictures": ["8933.jpg"]}),
    ],
)  # fmt: skip
def test_the_list_says_why_something_waits_and_filters_by_it(why, facts):
    chief = make.user("chief_editor")
    one, other = held(**facts), held(confidence={"source": 0.9})

    assert rows(chief, f"?why={why}") == {one.pk}
    assert rows(chief, "") == {one.pk, other.pk}
    assert f"badge-{'marks' if why == 'marked' else why}" in text(desk(chief).get(LIST))


def rows(user, query):
    return {row.pk for row in desk(user).get(LIST + query).context["cl"].result_list}


def test_the_queue_is_searched_by_headline_number_and_file():
    chief = make.user("chief_editor")
    one = held(make.imported(headline="春耕时节农事忙"), file="a/one.html")
    held(file="b/two.html")

    for words in ("春耕", str(one.article.number), "one.html"):
        assert rows(chief, f"?q={words}") == {one.pk}


def test_the_queue_is_filtered_by_channel_and_source():
    chief = make.user("chief_editor")
    top = make.channel("要闻")
    source = make.source("湖城日报")
    one = held(make.imported(channel=make.channel("时政", parent=top), source=source))
    held()

    assert rows(chief, f"?channel={top.pk}") == rows(chief, f"?source={source.pk}") == {one.pk}


def test_the_dashboard_counts_what_waits_for_those_who_have_the_queue():
    held()
    index = reverse("admin:index")

    for role in ("editor", "section_head", "chief_editor"):
        assert "box-imports" in text(desk(make.user(role)).get(index))
    for role in ("correspondent", "reporter", "administrator"):
        assert "box-imports" not in text(desk(make.user(role)).get(index))


def test_the_dashboard_is_silent_where_nothing_waits():
    held(is_held=False)

    page = text(desk(make.user("chief_editor")).get(reverse("admin:index")))

    assert "box-imports" not in page


# Who may


@pytest.mark.parametrize("role", ["correspondent", "reporter", "administrator"])
def test_the_queue_is_for_those_who_mend_drafts_or_publish(role):
    original = held()
    client = desk(make.user(role))

    assert client.get(LIST).status_code == 403
    for name, args in (("change", []), ("raw", []), ("step", ["accept"]), ("history", [])):
        assert client.get(page(name, original, *args)).status_code == 404
    assert client.post(reverse("admin:legacy_original_bulk", args=["accept"])).status_code == 403


@pytest.mark.parametrize("words", ["before=%00", "data=%00", "changes__0=1", "confidence__x=%00"])
def test_what_was_read_is_no_key_to_look_rows_up_by(words):
    assert desk(make.user("chief_editor")).get(f"{LIST}?{words}").status_code == 400


def test_who_is_limited_to_channels_sees_what_came_into_them():
    editor = make.user("editor")
    theirs, other = held(), held()
    ChannelAssignment.objects.create(user=editor, channel=theirs.article.channel)

    assert rows(editor, "") == {theirs.pk}
    assert desk(editor).get(page("change", theirs)).status_code == 200
    assert desk(editor).get(page("change", other)).status_code == 404
    assert desk(editor).get(page("raw", other)).status_code == 404


@pytest.mark.parametrize("pk", ["0", "9" * 17, "9" * 40])
def test_an_original_that_is_not_there_is_not_found(pk):
    client = desk(make.user("chief_editor"))

    for name in ("change", "history"):
        assert client.get(f"{LIST}{pk}/{name}/").status_code == 404
    assert client.get(f"{LIST}{pk}/raw/").status_code == 404


def test_nothing_is_written_or_deleted_in_the_queue_itself():
    client = desk(make.user("chief_editor", is_superuser=True))
    original = held()

    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(page("delete", original), {"post": "yes"}).status_code == 403
    assert Original.objects.filter(pk=original.pk).exists()
    assert not LogEntry.objects.exists()


# The page


def test_the_page_shows_both_texts_with_every_change_by_its_rule():
    original = repaired()
    response = desk(make.user("chief_editor")).get(page("change", original))
    body = next(field for field in response.context["sides"] if field.is_body)

    (row,) = body.rows
    assert "".join(piece.text for piece in row.read) == SPUN
    assert "".join(piece.text for piece in row.now) == repair(SPUN).text
    assert {"gloss", "comma", "script"} <= {piece.kind for piece in row.read}
    assert not body.is_mended
    legend = dict(response.context["legend"])
    assert set(legend) == {piece.kind for piece in (*row.read, *row.now)} - {""}
    for kind in legend:
        assert f"change-{kind}" in text(response)


def test_marks_stand_where_the_text_is_undecided():
    original = repaired()
    imported = original.article.body
    place = imported.index("小学")
    original.marks = [{"field": "body", "start": place, "end": place + 2, "reason": "lost_digit"}]
    original.save()

    response = desk(make.user("chief_editor")).get(page("change", original))

    body = next(field for field in response.context["sides"] if field.is_body)
    marked = [piece for row in body.rows for piece in row.now if piece.kind == "mark"]
    assert [piece.text for piece in marked] == ["小学"]
    assert '<mark class="change change-mark"' in text(response)


def test_marks_stand_right_after_a_dateline_was_taken_out_of_the_text():
    article = make.imported(body="<p>全县实验小学开学了。</p><p>人口6万。</p>")
    read = "<p>青溪县融媒体中心讯 全縣实验小学开学了。</p>\n<p>人口6万。</p>"
    at = read.index("縣")
    place = len("<p>全县实验小学开学了。</p>\n<p>人口")
    original = held(
        article,
        before={"body": read},
        changes=[{"field": "body", "start": at, "end": at + 1, "before": "縣", "after": "县", "rule": "script"}],
        marks=[{"field": "body", "start": place, "end": place + 1, "reason": "lost_digit"}],
    )  # fmt: skip

    response = desk(make.user("chief_editor")).get(page("change", original))

    (body,) = response.context["sides"]
    first, second = body.rows
    assert first.read[0] == ("青溪县融媒体中心讯 ", "taken", "")
    assert "".join(piece.text for piece in first.now) == "全县实验小学开学了。"
    assert [piece.text for piece in second.now if piece.kind == "mark"] == ["6"]
    assert not body.is_mended


def test_marks_stand_right_after_a_dateline_was_written_anew():
    line = "全县实验小学今天都开学了。"
    article = make.imported(body=f"<p>湖城日报5月21日讯（记者 王小满）{line}</p><p>人口6万。</p>")
    place = len(f"<p>{line}</p>\n<p>人口")
    original = held(
        article,
        before={"body": f"<p>湖城日报讯 {line}</p>\n<p>人口6万。</p>"},
        marks=[{"field": "body", "start": place, "end": place + 1, "reason": "lost_digit"}],
    )

    response = desk(make.user("chief_editor")).get(page("change", original))

    (body,) = response.context["sides"]
    first, second = body.rows
    assert first.now == (
        ("湖城日报5月21日讯（记者 王小满）", "taken", ""),
        (line, "", ""),
    )
    assert [piece.text for piece in second.now if piece.kind == "mark"] == ["6"]
    assert not body.is_mended


def test_after_mending_the_right_side_shows_todays_text():
    original = repaired()
    article = original.article
    content = make.content(
        body=article.body.replace("很高兴", "十分高兴"),
        channel=article.channel,
        bylines=make.Content.of(article).bylines,
    )
    editor = make.user("editor")
    services.save(article.pk, content, by=editor, at=make.NOON, version=article.version)

    response = desk(editor).get(page("change", original))

    body = next(field for field in response.context["sides"] if field.is_body)
    (row,) = body.rows
    assert body.is_mended
    assert "".join(piece.text for piece in row.now) == repair(SPUN).text.replace(
        "很高兴", "十分高兴"
    )
    assert [piece.text for piece in row.now if piece.kind == "mended"] == ["十分"]
    assert "".join(piece.text for piece in row.read) == SPUN


def test_a_text_that_needed_no_repair_is_shown_as_it_is():
    raw = "<html><script>var a = 1</script><p>来源：湖城日报</p><p>第一段。</p>第二段。</html>"
    original = held(make.imported(body="<p>第一段。</p><p>第二段。</p>"), raw=raw.encode())

    response = desk(make.user("editor")).get(page("change", original))

    assert response.context["sides"] == []
    assert response.context["read"] == ["来源：湖城日报", "第一段。", "第二段。"]
    assert response.context["paragraphs"] == ["第一段。", "第二段。"]


def test_the_page_lists_confidence_doubts_and_missing_pictures():
    original = held(
        confidence={"source": 1.0, "credits": 0.3},
        doubts=[{"field": "credits", "sentence": "“王小满李大”可能是两个人。"}],
        missing_pictures=["8933.jpg"],
    )

    shown = text(desk(make.user("editor")).get(page("change", original)))

    assert '<li class="chip">来源 100%</li>' in shown
    assert '<li class="chip chip-low">署名 30%</li>' in shown
    assert "“王小满李大”可能是两个人。" in shown
    assert "8933.jpg" in shown


def test_hostile_originals_are_shown_as_text():
    evil = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    original = held(
        make.imported(headline=evil),
        file=evil,
        place=evil[:40],
        before={"headline": evil, "body": f"<p>{evil}</p>"},
        marks=[{"field": "headline", "start": 0, "end": 8, "reason": evil}],
        doubts=[{"field": evil, "sentence": evil}],
        confidence={evil: 0.2},
        missing_pictures=[evil],
        raw=evil.encode(),
    )
    client = desk(make.user("chief_editor"))

    for address_ in (LIST, page("change", original)):
        shown = text(client.get(address_))
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        assert not INLINE.search(shown.replace("onerror=&quot;", ""))
    raw = client.get(page("raw", original))
    assert raw["Content-Type"] == "text/plain; charset=utf-8"
    assert raw["X-Content-Type-Options"] == "nosniff"
    assert text(raw) == evil


@pytest.mark.parametrize("raw", ["县里的新闻".encode(), "县里的新闻".encode("gb18030")])
def test_the_record_is_to_be_had_as_it_was_read(raw):
    original = held(raw=raw)

    response = desk(make.user("editor")).get(page("raw", original))

    assert text(response) == "县里的新闻"
    assert "no-store" in response["Cache-Control"]


def test_a_record_whose_bytes_were_not_kept_says_so():
    original = held(data=b"")

    assert desk(make.user("editor")).get(page("raw", original)).status_code == 404
    shown = text(desk(make.user("editor")).get(page("change", original)))
    assert page("raw", original) not in shown


def test_a_log_that_does_not_fit_its_text_breaks_nothing():
    change = {"field": "body", "start": 900, "end": 901, "before": "縣", "after": "县", "rule": "x"}
    mark = {"field": "nowhere", "start": 5, "end": 2, "reason": "unheard of"}
    original = held(before={"body": "短"}, changes=[change], marks=[mark])

    assert desk(make.user("editor")).get(page("change", original)).status_code == 200


# The steps


def test_the_chief_editor_accepts_from_the_page_and_is_back_in_the_queue():
    chief = make.user("chief_editor", name="周正")
    original = held(make.imported(headline="春耕时节农事忙"))
    shown = text(desk(chief).get(page("change", original)))
    assert page("step", original, "accept") in shown
    asked = desk(chief).get(page("step", original, "accept"))
    assert "采用上线" in text(asked)

    response = desk(chief).post(
        page("step", original, "accept"), {"version": original.article.version}
    )

    assert response.status_code == 302
    assert response["Location"] == LIST
    edition = Edition.objects.get(article=original.article)
    assert (edition.visible_from, edition.first_published_at) == (make.NOON, make.OLD)
    assert edition.get_absolute_url().startswith("/content/2014/05/21/")
    assert edition.reviewers == []
    decision = Decision.objects.latest("sequence")
    assert (decision.action, decision.by_name) == ("accept", "周正")
    assert desk(chief).get(edition.get_absolute_url()).status_code == 200


def test_accepting_twice_takes_the_step_once():
    chief = make.user("chief_editor")
    original = held()
    for status in (302, 409):
        response = desk(chief).post(
            page("step", original, "accept"), {"version": original.article.version}
        )
        assert response.status_code == status
    assert Edition.objects.count() == 1


def test_a_page_cannot_do_without_headline_body_channel_and_source():
    chief = make.user("chief_editor")
    article = make.imported(body="", channel=None, source=None)
    original = held(article)

    response = desk(chief).post(page("step", original, "accept"), {"version": article.version})

    assert response.status_code == 400
    for sentence in ("缺正文。", "未选栏目。", "未选来源。"):
        assert sentence in text(response)
        assert sentence in text(desk(chief).get(page("change", original)))
    assert not Edition.objects.exists()


def test_what_was_published_long_ago_needs_no_permission_of_today():
    chief = make.user("chief_editor")
    article = make.imported(source=make.source("湖城日报"), bylines=())

    make.take(services.accept, article, by=chief)

    assert article.status == Status.PUBLISHED


@pytest.mark.parametrize("published", [None, make.NOON + make.HOUR])
def test_what_no_earlier_system_had_published_goes_through_the_reviews(published):
    chief = make.user("chief_editor")
    original = held(make.imported(published=published))
    sentence = "“采用上线”只用于旧系统发布过、在本站还没有上线的稿件。"

    with pytest.raises(services.Refused, match=sentence):
        make.take(services.accept, original.article, by=chief)
    shown = text(desk(chief).get(page("change", original)))
    assert sentence in shown
    assert page("step", original, "accept") not in shown


def test_dismissing_needs_a_note_and_can_be_undone_from_the_page():
    chief = make.user("chief_editor")
    original = held()
    step = page("step", original, "dismiss")
    version = original.article.version
    assert desk(chief).post(step, {"version": version}).status_code == 400

    assert desk(chief).post(step, {"version": version, "note": "重复"}).status_code == 302

    original.article.refresh_from_db()
    assert original.article.status == Status.SPIKED
    shown = text(desk(chief).get(page("change", original)))
    assert page("step", original, "restore") in shown
    assert page("step", original, "accept") not in shown


def test_an_editor_mends_and_cannot_accept():
    editor = make.user("editor")
    original = held()
    shown = text(desk(editor).get(page("change", original)))

    assert address("change", original.article) in shown
    assert page("step", original, "accept") not in shown
    assert "“采用上线”须由总编辑操作。" in shown
    assert desk(editor).get(page("step", original, "accept")).status_code == 403


def test_a_step_on_the_articles_own_page_settles_the_queue_as_well():
    chief = make.user("chief_editor")
    original = held()

    desk(chief).post(
        address("step", original.article, "accept"), {"version": original.article.version}
    )

    assert not Original.objects.waiting().exists()


def test_a_held_draft_can_go_through_the_reviews_as_well():
    original = held()
    make.take(services.submit, original.article, by=make.user("editor"))

    assert not Original.objects.waiting().exists()
    assert original.article.status == Status.FIRST_REVIEW


def test_calling_off_a_schedule_keeps_the_time_of_the_earlier_system():
    article = make.imported()
    make.take(services.submit, article, by=make.user("editor"))
    for stage, role in (
        (Status.FIRST_REVIEW, "editor"),
        (Status.SECOND_REVIEW, "section_head"),
        (Status.FINAL_REVIEW, "chief_editor"),
    ):
        make.take(services.pass_review, article, by=make.user(role), stage=stage)
    chief = make.user("chief_editor")
    make.take(services.schedule, article, by=chief, go_live=make.NOON + make.HOUR)

    make.take(services.unschedule, article, by=chief)

    assert article.first_published_at == make.OLD


# Several at once


def test_several_are_accepted_at_once_but_for_those_with_marks():
    chief = make.user("chief_editor")
    mark = {"field": "body", "start": 3, "end": 4, "reason": "lost_digit"}
    plain, marked = held(), held(marks=[mark, mark])
    chosen = {"action": "accept", "_selected_action": [plain.pk, marked.pk]}
    asked = desk(chief).post(LIST, chosen)
    sentence = "其中 2 处没有判定，请单独处理。"
    assert sentence in text(asked)
    pairs = [f"{row.article.pk}:{row.article.version}" for row in (plain, marked)]

    report = desk(chief).post(
        reverse("admin:legacy_original_bulk", args=["accept"]), {"article": pairs}
    )

    assert report.context["done"] == report.context["refused"] == 1
    assert sentence in text(report)
    assert LIST in text(report)
    assert list(Original.objects.waiting()) == [marked]


def test_an_editor_has_no_bulk_acceptance():
    held()

    assert 'value="accept"' not in text(desk(make.user("editor")).get(LIST))
    assert 'value="accept"' in text(desk(make.user("chief_editor")).get(LIST))


def test_the_list_asks_the_same_number_of_queries_however_long(django_assert_max_num_queries):
    chief = make.user("chief_editor")
    for _ in range(3):
        held()
    client = desk(chief)
    client.get(LIST)

    with django_assert_max_num_queries(18) as few:
        client.get(LIST)
    for _ in range(5):
        held()
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get(LIST)
