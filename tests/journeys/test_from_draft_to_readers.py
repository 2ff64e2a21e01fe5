"""Stories of articles, told in steps, with what readers find after each."""

import dataclasses
import datetime

import pytest
import time_machine
from django.test import Client

from articles.content import Content, Credit
from articles.models import Article, Role, Status
from people.models import User
from tests import factories as make
from workflow import record, services
from workflow.models import Revision

pytestmark = pytest.mark.django_db

MINUTE = datetime.timedelta(minutes=1)


class Desk:
    """The people of one newsroom, a clock that goes on a minute with each step, and a reader."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.now = make.NOON
        self.reporter = make.user("reporter", name="向小禾")
        self.editor = make.user("editor", name="石磊")
        self.head = make.user("section_head", name="田远")
        self.chief = make.user("chief_editor", name="彭立新")
        self.deputy = make.user("chief_editor", name="龙海燕")
        credited = make.contributor("向小禾", user=self.reporter)
        self.content = make.content(
            channel=make.channel("要闻"),
            bylines=(Credit(credited.pk, Role.REPORTER),),
            lead_picture=make.picture(),
        )

    def write(self, **texts: str) -> Article:
        return services.create(self._with(**texts), by=self.reporter, at=self.now)

    def rewrite(self, article: Article, by: User, **texts: str) -> None:
        self.step(services.save, article, by, content=self._with(**texts))

    def step(self, verb, article: Article, by: User, **facts) -> None:
        self.now += MINUTE
        make.take(verb, article, by=by, at=self.now, **facts)

    def review(self, article: Article) -> None:
        for by, stage in (
            (self.editor, Status.FIRST_REVIEW),
            (self.head, Status.SECOND_REVIEW),
            (self.chief, Status.FINAL_REVIEW),
        ):
            self.step(services.pass_review, article, by, stage=stage)

    def read(self, article: Article, day: str = "2026/11/23") -> tuple[int, str]:
        with time_machine.travel(self.now, tick=False):
            response = self.client.get(f"/content/{day}/{article.number}.html")
        return response.status_code, response.content.decode()

    def front_page(self) -> str:
        with time_machine.travel(self.now, tick=False):
            return self.client.get("/").content.decode()

    def _with(self, **texts: str) -> Content:
        return dataclasses.replace(self.content, **texts)


@pytest.fixture
def desk(client: Client) -> Desk:
    return Desk(client)


def test_an_article_is_returned_resubmitted_reviewed_read_corrected_and_withdrawn(desk):
    article = desk.write(headline="秋冬整治推进会召开")
    desk.step(services.submit, article, desk.reporter)
    assert article.status == Status.FIRST_REVIEW

    note = "请补充参会单位"
    desk.step(services.return_for_changes, article, desk.editor, note=note)
    assert article.status == Status.DRAFT
    assert article.decisions.latest("sequence").note == note

    desk.rewrite(
        article, desk.reporter, headline="全县整治推进会召开", body="<p>28个部门参加。</p>"
    )
    desk.step(services.submit, article, desk.reporter)
    desk.review(article)
    assert article.status == Status.APPROVED
    assert desk.read(article)[0] == 404
    assert "整治推进会" not in desk.front_page()

    desk.step(services.publish, article, desk.chief)
    status, page = desk.read(article)
    assert status == 200
    for text in ("全县整治推进会召开", "28个部门参加。", "石磊", "田远", "彭立新", "向小禾"):
        assert text in page
    assert "秋冬整治推进会召开" not in page
    assert "全县整治推进会召开" in desk.front_page()

    desk.rewrite(article, desk.editor, headline="全县整治推进会召开", body="<p>29个部门参加。</p>")
    assert article.status == Status.FINAL_REVIEW
    assert "28个部门参加。" in desk.read(article)[1]

    desk.step(services.pass_review, article, desk.chief, stage=Status.FINAL_REVIEW)
    desk.step(services.correct, article, desk.chief, public_note="参会部门应为29个。")
    status, page = desk.read(article)
    assert status == 200
    assert "29个部门参加。" in page
    assert "28个部门参加。" not in page
    assert "参会部门应为29个。" in page

    notice = "该稿件已撤回。"
    desk.step(services.withdraw, article, desk.chief, note="主办方更正", public_note=notice)
    status, page = desk.read(article)
    assert status == 410
    assert notice in page
    assert "29个部门参加。" not in page
    assert "主办方更正" not in page
    assert "推进会" not in desk.front_page()

    actions = list(article.decisions.values_list("action", flat=True))
    assert (
        actions
        == (
            "submit return submit pass_first pass_second pass_final publish amend pass_final correct "
            "withdraw"
        ).split()
    )
    assert Revision.objects.filter(article=article).count() == 3
    assert not list(record.breaks())


def test_in_an_emergency_readers_are_told_at_once_and_a_second_person_signs_afterwards(desk):
    article = desk.write(headline="山洪红色预警", body="<p>请沿河群众转移。</p>")

    desk.step(services.emergency_publish, article, desk.chief, note="县防指要求即时发布")
    status, page = desk.read(article)
    assert status == 200
    assert "请沿河群众转移。" in page
    assert "彭立新" in page
    assert "县防指要求即时发布" not in page

    refuse_signature(desk, article, desk.chief)
    desk.step(services.countersign, article, desk.deputy)
    assert article.status == Status.PUBLISHED
    refuse_signature(desk, article, desk.deputy)


def test_a_scheduled_article_is_called_off_changed_and_goes_live_another_day(desk):
    article = desk.write(headline="元旦放假安排")
    desk.step(services.submit, article, desk.reporter)
    desk.review(article)
    tomorrow = desk.now + datetime.timedelta(days=1)

    desk.step(services.schedule, article, desk.chief, go_live=tomorrow)
    desk.step(services.unschedule, article, desk.chief)
    assert (article.status, article.first_published_at) == (Status.APPROVED, None)
    desk.rewrite(article, desk.deputy, headline="元旦放假调休安排")
    desk.step(services.pass_review, article, desk.chief, stage=Status.FINAL_REVIEW)
    desk.step(services.schedule, article, desk.chief, go_live=tomorrow + datetime.timedelta(days=1))

    desk.now = tomorrow + MINUTE
    assert desk.read(article, "2026/11/24")[0] == 404
    desk.now = tomorrow + datetime.timedelta(days=1)
    status, page = desk.read(article, "2026/11/25")
    assert status == 200
    assert "元旦放假调休安排" in page


def test_a_withdrawn_article_comes_back_after_all_reviews_at_its_old_address(desk):
    article = desk.write(headline="数据通报")
    desk.step(services.submit, article, desk.reporter)
    desk.review(article)
    desk.step(services.publish, article, desk.chief)
    desk.step(services.withdraw, article, desk.chief, note="数据有误")
    desk.now += datetime.timedelta(days=2)

    desk.step(services.reopen, article, desk.chief, note="已核实")
    desk.rewrite(article, desk.reporter, headline="核实后的数据通报")
    desk.step(services.submit, article, desk.reporter)
    assert desk.read(article)[0] == 410
    desk.review(article)
    desk.step(services.publish, article, desk.chief)

    status, page = desk.read(article)
    assert status == 200
    assert "核实后的数据通报" in page


def refuse_signature(desk: Desk, article: Article, by: User) -> None:
    """Signing afterwards is refused to this person."""
    with pytest.raises(services.Refused):
        desk.step(services.countersign, article, by)
