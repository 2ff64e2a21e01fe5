"""Every address of the house, for everybody, whatever the status of the articles behind it.

The addresses are collected from the resolver: a new one is in this sweep at once, and one with a
part in it that is not known here fails until somebody says what to put there. Each article carries
marks in all that is said of it; the sweep looks for them in every answer.

Of the article called `draft`, 密draft号 is in every text, caption, tag and field of the reprint
record, 署draft号 is who is credited, 注draft号 is in the notes of the record, and 告draft号 is what
readers were told of it.
"""

import dataclasses
import datetime
import itertools
import re
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.urls.exceptions import Resolver404

from articles.models import Article, Channel, Picture, Role, Status
from legacy.models import Original
from people.models import User
from publication import renditions
from publication.models import Edition
from sources.models import ReprintPermission
from tests import factories as make
from workflow import record, services
from workflow.models import ChannelAssignment
from workflow.transitions import Action

pytestmark = pytest.mark.django_db

NOW = make.NOON + make.HOUR
SMALL = (320, 40)  # pixels; what they show does not matter here, and renditions take time
MARK = re.compile(r"[密署注告][a-z_]+号")
PERSONS = (
    *("anonymous", "without a role", "superuser", "administrator"),
    *("correspondent", "reporter", "limited editor", "editor", "section_head", "chief_editor"),
)
WORDS_OF_LISTS = (
    "?q=推进会",
    "?q=推进会&page=2",
    "?o=-1",
    "?all=",
    "?at=now",
    "?desk=mine&site=live",
)

REPRINTS = ("second_review", "scheduled", "withdrawn")
# Pages about contributors themselves: who is at the desk finds every name there.
DIRECTORY = (
    "admin:people_contributor_",
    "admin:articles_article_contributors",
    "admin:autocomplete",
)
OUTSIDERS = ("anonymous", "without a role")

# What the queries of lists are called, and what nobody should ask for.
WORDS = (
    *("q", "p", "before", "after", "at", "o", "channel", "source", "desk", "site"),
    *("standing", "why"),
)
WORST = ("9" * 19, "9" * 5000, "%00")
ODD = (*WORST, "0", "-1", "9" * 30, "%F0%9F%A6%8A", "..%2F..%2F", "%FF")


@dataclasses.dataclass
class House:
    """Articles by a name for each: their status, or what is particular about them."""

    articles: dict[str, Article]
    persons: dict[str, User | None]


@dataclasses.dataclass(frozen=True)
class Route:
    """One address pattern, from the root."""

    name: str
    text: str

    @property
    def parts(self) -> list[str]:
        return [one or other for one, other in PART.findall(self.text)]

    def address(self, values: dict[str, str]) -> str:
        text = PART.sub(lambda found: values[found[1] or found[2]], self.text)
        for what, by in ((r"\(\?:[^()]*\)\?", ""), (r"[\^$]", ""), (r"\\\.", "."), ("l\\?", "l")):
            text = re.sub(what, by, text)
        return f"/{text}"


PART = re.compile(r"\(\?P<(\w+)>[^()]*\)|<(?:\w+:)?(\w+)>")


def routes(patterns: Any = None, before: str = "", space: str = "") -> Iterator[Route]:
    """All patterns that the resolver knows."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        text = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from routes(pattern.url_patterns, text, space + inner)
        elif isinstance(pattern, URLPattern):
            yield Route(space + (pattern.name or ""), text)


ROUTES = tuple(routes())


@pytest.fixture
def house() -> Iterator[House]:
    channel, elsewhere = make.channel("要闻"), make.channel("别处")
    persons: dict[str, User | None] = {
        "anonymous": None,
        "without a role": make.user(is_staff=True),
    }
    persons["superuser"] = make.user(is_staff=True, is_superuser=True)
    for role in ("administrator", "correspondent", "reporter", "section_head", "chief_editor"):
        persons[role] = make.user(role)
    persons["editor"], persons["limited editor"] = make.user("editor"), make.user("editor")
    ChannelAssignment.objects.create(user=persons["limited editor"], channel=elsewhere)

    own = make.own_source()
    other = make.source(name="别家日报")
    ReprintPermission.objects.create(source=other, starts=datetime.date(2020, 1, 1))
    chief = make.user("chief_editor")

    def noted(made: Article, name: str) -> Article:
        record.append(
            article=made,
            action=Action.RESUME,
            from_status=Status(made.status),
            to=Status(made.status),
            by=chief,
            at=make.NOON,
            note=f"注{name}号",
            public_note=f"注{name}号",
        )
        return made

    def written(name: str, status: Status, by: User | None = None) -> Article:
        source = other if name in REPRINTS else own
        made = make.article(status, by=by, **_texts(name), channel=channel, source=source)
        return noted(made, name)

    articles = {
        str(status): written(str(status), status) for status in Status if status != Status.WITHDRAWN
    }
    articles["owned"] = written("owned", Status.DRAFT, by=persons["correspondent"])
    articles["scheduled"] = written("scheduled", Status.APPROVED)
    make.take(services.schedule, articles["scheduled"], by=chief, go_live=NOW + make.HOUR)
    articles["changed"] = written("live", Status.PUBLISHED)
    changed = make.content(**_texts("changed"), channel=channel)
    make.take(services.save, articles["changed"], by=chief, content=changed)
    articles["withdrawn"] = written("withdrawn", Status.PUBLISHED)
    make.take(
        services.withdraw,
        articles["withdrawn"],
        by=chief,
        note="注withdrawn号",
        public_note="告withdrawn号",
    )
    articles["imported"] = noted(make.imported(**_texts("imported"), channel=channel), "imported")
    _original(articles["imported"], "密imported号")
    with time_machine.travel(NOW, tick=False):
        yield House(articles, persons)


def _original(article: Article, mark: str) -> None:
    """What an imported article was read from, with its mark in all that pages show of it."""
    Original.objects.create(
        article=article,
        file=f"{mark}.html",
        format="page",
        sha256="0" * 64,
        data=zlib.compress(mark.encode()),
        before={"body": f"<p>{mark}</p>", "headline": mark},
        changes=[
            {"field": "body", "start": 3, "end": 4, "before": "密", "after": "宓", "rule": "script"}
        ],
        marks=[{"field": "headline", "start": 0, "end": 1, "reason": mark}],
        doubts=[{"field": "credits", "sentence": mark}],
        confidence={"credits": 0.1},
        missing_pictures=[f"{mark}.jpg"],
        is_held=True,
        version=article.version,
        read_at=make.NOON,
    )


def _texts(name: str) -> dict[str, Any]:
    """Texts, names and pictures that carry the mark of an article."""
    mark = f"密{name}号"
    lead, inner = (
        make.picture(size=SMALL, caption=f"{place}{mark}", alt=f"会场{mark}", credit=f"摄{mark}")
        for place in ("题图", "文图")
    )
    figure = (
        f'<figure><img src="/picture/{inner.sha256}" alt="{mark}">'
        f"<figcaption>{mark}</figcaption></figure>"
    )
    return {
        "headline": f"推进会{mark}",
        "kicker": mark,
        "subtitle": mark,
        "short_headline": f"短题{mark}",
        "summary": mark,
        "body": f"<p>正文{mark}</p>{figure}",
        "lead_picture": lead,
        "original_headline": mark,
        "original_author": mark,
        "original_url": f"https://origin.example/{mark}",
        "bylines": (make.Credit(make.contributor(f"署{name}号").pk, Role.REPORTER),),
        "tags": (mark,),
    }


PUBLIC = {"published", "live"}
EVERYTHING = {*map(str, Status), "owned", "scheduled", "changed", "live", "imported"}
# Whose texts a person may come to see besides the public ones, and whose record, as the handbook
# has it.
TEXTS = {
    "correspondent": {"owned"},
    "reporter": {"withdrawn"},
    "editor": EVERYTHING,
    "section_head": EVERYTHING,
    "chief_editor": EVERYTHING,
}
RECORDS = {
    "correspondent": {"owned"},
    "reporter": {"published", "withdrawn"},
    "editor": EVERYTHING - {"changed"},
    "section_head": EVERYTHING - {"changed"},
    "chief_editor": EVERYTHING - {"changed"},
}


def allowed(person: str) -> set[str]:
    """The marks that a person may come to see."""
    texts = PUBLIC | TEXTS.get(person, set())
    return {
        "告withdrawn号",
        *(f"{kind}{name}号" for kind in "密署" for name in texts),
        *(f"注{name}号" for name in RECORDS.get(person, ())),
    }


def marks_in(response: HttpResponseBase, route: Route, person: str) -> set[str]:
    """The marks in an answer, but for names where all names stand."""
    found = set(MARK.findall(text_of(response)))
    if route.name.startswith(DIRECTORY) and person not in OUTSIDERS:
        return {mark for mark in found if not mark.startswith("署")}
    return found


def cases(route: Route, house: House) -> list[str]:
    """The addresses to ask for by a route: one for each article, picture, row that it may show."""
    found = [_values(route, part, house) for part in route.parts]
    return [
        route.address(dict(zip(route.parts, values, strict=True)))
        for values in itertools.product(*found)
    ]


def _values(route: Route, part: str, house: House) -> list[str]:
    """What to put into one part of an address."""
    known = {
        "edition": Edition.objects.values_list("pk", flat=True),
        "slug": Channel.objects.values_list("slug", flat=True),
        "sha256": Picture.objects.values_list("sha256", flat=True),
        "number": [article.number for article in house.articles.values()],
        "pk": _keys(route, house),
        "id": [account.pk for account in house.persons.values() if account],
        "object_id": _rows(route),
        "content_type_id": ContentType.objects.filter(app_label="articles").values_list(
            "pk", flat=True
        ),
        "action": ["publish", "withdraw", "pass_final", "accept"],
        "name": _names(route),
        "year": [f"{NOW:%Y}"],
        "month": [f"{NOW:%m}"],
        "day": [f"{NOW:%d}"],
        "app_label": ["people", "articles"],
        "url": ["nowhere"],
    }
    assert part in known, f"{route.text}: say here what {part} may be"
    return [str(value) for value in known[part]]


def _keys(route: Route, house: House) -> list[object]:
    if route.text.startswith("admin/legacy/"):
        return list(Original.objects.values_list("pk", flat=True))
    return [article.pk for article in house.articles.values()]


def _rows(route: Route) -> list[object]:
    """Rows of the model that an address of Django's admin is about, and one that is not there."""
    if not (found := re.match(r"admin/(\w+)/(\w+)/<path:object_id>", route.text)):
        return list(Article.objects.values_list("pk", flat=True)[:2])
    app, model = found.groups()
    rows = apps.get_model(app, model).objects.order_by("pk").values_list("pk", flat=True)
    return [*(rows if app in {"articles", "publication", "legacy"} else rows[:2]), 0]


def _names(route: Route) -> list[str]:
    if route.name == "picture":
        return [renditions.planned(picture)[0]["name"] for picture in Picture.objects.all()]
    return ["submit", "publish", "accept", "nonsense"]


def visit(client: Client, method: str, address: str) -> HttpResponseBase:
    """Ask, and undo what it did."""
    with transaction.atomic():
        response = client.generic(method, address)
        transaction.set_rollback(True)
    return response


def text_of(response: HttpResponseBase) -> str:
    """Body and headers of an answer."""
    content = response.getvalue()
    return f"{response.headers} {content.decode(errors='replace')}"


def client_of(person: str, house: House) -> Client:
    client = Client(raise_request_exception=False)
    if account := house.persons[person]:
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_every_route_is_reached_by_the_sweep(house):
    for route in ROUTES:
        reached = set()
        for address in cases(route, house):
            try:
                reached.add(resolve(address).route.replace("^", ""))
            except Resolver404:
                continue
        assert route.text.replace("^", "") in reached, route


@pytest.mark.parametrize("person", PERSONS)
def test_nobody_reads_what_they_may_not(person, house):
    client = client_of(person, house)
    may = allowed(person)
    seen: set[str] = set()
    wrong = []

    for route in ROUTES:
        lists = [""] if route.parts else ["", *WORDS_OF_LISTS]
        for address, words in itertools.product(cases(route, house), lists):
            response = visit(client, "GET", address + words)
            marks = marks_in(response, route, person)
            seen |= marks
            if response.status_code >= 500 or marks - may:
                wrong.append((address + words, response.status_code, sorted(marks - may)))

    assert not wrong
    assert seen == may


@pytest.mark.parametrize("person", PERSONS)
def test_no_method_leaks_or_breaks(person, house):
    may = allowed(person)
    wrong = []

    for route in ROUTES:
        addresses = cases(route, house)
        # In full for what hangs on articles, one address of each of the others.
        chosen = addresses if "pk" in route.parts else addresses[:1]
        client = client_of(person, house)
        for address, method in itertools.product(chosen, ("HEAD", "OPTIONS", "PUT", "POST")):
            response = visit(client, method, address)
            marks = marks_in(response, route, person)
            if response.status_code >= 500 or marks - may:
                wrong.append((method, address, response.status_code, sorted(marks - may)))

    assert not wrong


@pytest.mark.parametrize("person", PERSONS)
def test_a_private_picture_is_seen_by_those_who_may_see_its_article(person, house):
    client = client_of(person, house)
    at_the_desk = person not in {"anonymous", "without a role", "superuser", "administrator"}
    may = allowed(person) if at_the_desk else set()

    for picture in Picture.objects.all():
        response = visit(client, "GET", f"/picture/{picture.sha256}")
        response.getvalue()
        (mark,) = MARK.findall(picture.caption)
        assert response.status_code == (200 if mark in may else 404), picture.caption


@pytest.mark.parametrize("person", ["anonymous", "administrator", "chief_editor"])
def test_odd_addresses_are_no_errors_of_ours(person, house):
    client = client_of(person, house)
    wrong = []

    for route in ROUTES:
        plain = cases(route, house)[0]
        asked = [f"{plain}?{name}={value}" for name in WORDS for value in WORST]
        if route.parts:
            asked = [route.address(dict.fromkeys(route.parts, value)) for value in ODD]
            asked += [f"{plain}?old={value}&new={value}" for value in WORST]
        for address in asked:
            status = visit(client, "GET", address).status_code
            if status >= 500:
                wrong.append((status, address[:200]))

    assert not wrong
