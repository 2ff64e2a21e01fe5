import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.models import Article, Status
from tests import factories as make
from tests.desk import copies, desk, text
from workflow import services
from workflow.models import ChannelAssignment

pytestmark = pytest.mark.django_db

LIST = "admin:articles_article_changelist"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(make.NOON, tick=False):
        yield


def listed(user, **query):
    """The articles that the list shows, in its order."""
    response = desk(user).get(reverse(LIST), query)
    assert response.status_code == 200, response.get("Location")
    return list(response.context["cl"].result_list)


def test_all_filters_fold_into_one():
    page = text(desk(make.user("editor")).get(reverse("admin:articles_article_changelist")))

    filters = page[page.index('<details class="filters"') : page.index("</search>")]
    assert filters.count('class="list-filter"') == page.count('class="list-filter"') > 1


def test_newest_change_comes_first():
    chief = make.user("chief_editor")
    older = make.draft()
    with time_machine.travel(make.NOON + make.HOUR, tick=False):
        newer = make.draft()

    assert listed(chief) == [newer, older]


def test_a_reporter_sees_own_articles_and_published_ones_alone():
    reporter = make.user("reporter")
    own = make.draft(by=reporter)
    make.draft()
    make.article(Status.FIRST_REVIEW)
    published = make.article(Status.PUBLISHED)

    assert set(listed(reporter)) == {own, published}


def test_a_correspondent_sees_own_articles_alone():
    correspondent = make.user("correspondent")
    own = make.draft(by=correspondent)
    make.article(Status.PUBLISHED)

    assert listed(correspondent) == [own]


def test_a_person_limited_to_a_channel_sees_it_with_those_below():
    editor, parent = make.user("editor"), make.channel()
    below = make.draft(channel=make.channel(parent=parent))
    make.draft()
    ChannelAssignment.objects.create(user=editor, channel=parent)

    assert listed(editor) == [below]


def test_an_administrator_has_no_list_of_articles():
    response = desk(make.user("administrator")).get(reverse(LIST))

    assert response.status_code == 403


def test_who_is_not_logged_in_is_led_to_the_log_in(client):
    assert client.get(reverse(LIST)).status_code == 302


def test_a_superuser_without_a_role_sees_no_article():
    make.draft(headline="草稿")
    root = make.user(is_superuser=True, is_staff=True)

    assert desk(root).get(reverse(LIST)).status_code == 403


@pytest.mark.parametrize("status", Status)
def test_the_list_filters_by_status(status):
    wanted = make.article(status)
    make.article(Status.DRAFT if status != Status.DRAFT else Status.APPROVED)

    assert listed(make.user("chief_editor"), status__exact=status) == [wanted]


def test_the_list_filters_by_what_is_on_the_site():
    chief = make.user("chief_editor")
    draft = make.draft()
    live = make.article(Status.PUBLISHED)
    withdrawn = make.article(Status.WITHDRAWN)
    scheduled, ended = make.article(Status.APPROVED), make.article(Status.APPROVED)
    make.take(services.schedule, scheduled, by=chief, go_live=make.NOON + make.HOUR)
    minute = datetime.timedelta(minutes=1)
    make.take(
        services.publish, ended, by=chief, at=make.NOON - 2 * minute, until=make.NOON - minute
    )

    for code, article in (
        ("never", draft),
        ("live", live),
        ("withdrawn", withdrawn),
        ("scheduled", scheduled),
        ("ended", ended),
    ):
        assert listed(chief, site=code) == [article], code


def test_the_list_says_what_is_on_the_site_beside_the_status():
    chief = make.user("chief_editor")
    live = make.article(Status.PUBLISHED)
    content = make.content(headline="新标题", channel=live.channel)
    services.save(live.pk, content, by=chief, at=make.NOON, version=live.version)

    page = text(desk(chief).get(reverse(LIST)))

    assert f'badge-final_review">{Status.FINAL_REVIEW.label}' in page
    assert f'badge-live">{_("live")}' in page


def test_the_time_of_going_live_is_shown_in_shanghai():
    chief = make.user("chief_editor")
    article = make.article(Status.APPROVED)
    make.take(services.schedule, article, by=chief, go_live=make.NOON + make.HOUR)

    words = _("goes live %(time)s") % {"time": "11-23 13:00"}
    assert words in text(desk(chief).get(reverse(LIST)))


def test_the_list_filters_by_the_queues_of_the_dashboard():
    editor = make.user("editor")
    waiting = make.article(Status.FIRST_REVIEW)
    own = make.draft(by=editor)

    assert listed(editor, desk="waiting") == [waiting]
    assert listed(editor, desk="drafts") == [own]
    assert listed(editor, desk="mine") == [own]


def test_a_queue_of_another_role_shows_no_more_than_the_list():
    reporter = make.user("reporter")
    make.article(Status.APPROVED)

    assert listed(reporter, desk="approved") == []


def test_the_list_filters_by_channel_with_those_below_and_by_source():
    chief, parent, outlet = make.user("chief_editor"), make.channel(), make.source()
    inside = make.draft(channel=make.channel(parent=parent))
    copied = make.draft(source=outlet)

    assert listed(chief, channel=parent.pk) == [inside]
    assert listed(chief, source=outlet.pk) == [copied]


def test_the_list_filters_by_day():
    chief = make.user("chief_editor")
    with time_machine.travel(make.NOON - datetime.timedelta(days=3), tick=False):
        make.draft()
    today = make.draft()

    start = make.NOON.replace(hour=0).isoformat()
    end = (make.NOON.replace(hour=0) + datetime.timedelta(days=1)).isoformat()
    assert listed(chief, updated_at__gte=start, updated_at__lt=end) == [today]


@pytest.mark.parametrize(
    "query", [{"channel": "x"}, {"source": "1'"}, {"site": "?"}, {"desk": "-"}]
)
def test_a_filter_that_means_nothing_filters_nothing(query):
    article = make.draft()

    assert listed(make.user("chief_editor"), **query) == [article]


@pytest.mark.parametrize(
    "word", ["生态环境", "引题里", "副题里", "县委书记", "环保", "魏倩", "number"]
)
def test_the_search_finds_words_wherever_they_stand(word):
    wanted = make.draft(
        headline="全县生态环境整治",
        kicker="引题里的话",
        subtitle="副题里的话",
        body="<p>县委书记出席会议。</p>",
        tags=("环保",),
        bylines=(make.Credit(make.contributor("魏倩").pk, make.Role.REPORTER),),
    )
    make.draft(headline="别的事", body="<p>别的事。</p>")

    found = listed(make.user("chief_editor"), q=str(wanted.number) if word == "number" else word)

    assert found == [wanted]


def test_the_search_wants_every_word():
    make.draft(headline="油茶采摘")
    both = make.draft(headline="油茶采摘", tags=("云溪镇",))

    assert listed(make.user("chief_editor"), q="油茶 云溪镇") == [both]


@pytest.mark.parametrize("word", ["9" * 40, "%", "_", "'", '"', "\\", "²"])
def test_odd_words_are_searched_for_and_not_found(word):
    make.draft()

    assert listed(make.user("chief_editor"), q=word) == []


def test_an_empty_list_says_so():
    page = text(desk(make.user("chief_editor")).get(reverse(LIST)))

    assert _("There is nothing here yet.") in page


@pytest.mark.parametrize("model", ["article", "picture"])
def test_a_search_without_a_result_leads_back_to_all(model):
    make.article()
    client, page = desk(make.user("chief_editor")), reverse(f"admin:articles_{model}_changelist")

    empty = text(client.get(page, {"q": "没有这样的词"}))

    assert _("Nothing answers to this.") in empty
    assert '<a href="?">' in empty


def test_a_headline_is_shown_as_text():
    make.draft(headline="<script>alert(1)</script>")

    page = text(desk(make.user("chief_editor")).get(reverse(LIST)))

    assert "<script>alert(1)" not in page


def test_the_list_shows_a_page_of_thirty():
    article = make.draft()
    copies(article, 40)

    assert len(listed(make.user("chief_editor"))) == 30


def test_the_list_asks_as_often_at_a_thousand_articles_as_at_ten():
    client = desk(make.user("chief_editor"))
    make.article(Status.PUBLISHED)
    article = make.draft(tags=("环保",))
    copies(article, 8)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(LIST))
        return len(queries)

    few = asked()
    copies(Article.objects.get(pk=article.pk), 990)

    assert asked() == few


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        ("reporter", {"submit"}),
        ("editor", {"submit", "pass", "return", "hold"}),
        ("chief_editor", {"submit", "pass", "return", "hold", "publish"}),
    ],
)
def test_the_menu_offers_what_the_role_may_do(role, actions):
    user = make.user(role)
    make.draft(by=user)

    response = desk(user).get(reverse(LIST))

    offered = {name for name, _label in response.context["action_form"].fields["action"].choices}
    assert offered - {""} == actions


@pytest.mark.parametrize("role", ["reporter", "chief_editor"])
def test_nobody_deletes_an_article(role):
    user = make.user(role)
    article = make.draft(by=user)

    response = desk(user).post(
        reverse("admin:articles_article_delete", args=[article.pk]), {"post": "yes"}
    )

    assert response.status_code == 403
    assert Article.objects.filter(pk=article.pk).exists()
