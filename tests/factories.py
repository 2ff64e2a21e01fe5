"""Rows for tests. Each function defaults all that a test is not about."""

import datetime
import io
import itertools
import zoneinfo
from typing import Any

from django.contrib.auth.models import Group
from PIL import Image

from articles import pictures
from articles.content import Content, Credit
from articles.models import Article, Channel, Picture, Role, Status
from people.models import Contributor, Unit, User
from publication import editions
from publication.models import Edition
from sources.models import Source
from workflow import roles, services
from workflow.models import Decision

SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")
NOON = datetime.datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)
HOUR = datetime.timedelta(hours=1)
OLD = datetime.datetime(2014, 5, 21, 8, 30, tzinfo=SHANGHAI)

_count = itertools.count(1)


def user(role: str = "", *, name: str = "", **fields: Any) -> User:
    """An account in the group of the role with this code (workflow/roles.toml), or in none."""
    place = next(_count)
    made = User.objects.create_user(
        username=fields.pop("username", f"login{place}"), name=name or f"员工{place}", **fields
    )
    if role:
        group = next(spec.name for spec in roles.all_roles() if spec.code == role)
        if not Group.objects.filter(name=group).exists():
            roles.sync()
        made.groups.add(Group.objects.get(name=group))
        made.is_staff = True
        made.save()
    return made


def unit(name: str = "", **fields: Any) -> Unit:
    return Unit.objects.create(name=name or f"单位{next(_count)}", **fields)


def contributor(name: str = "", **fields: Any) -> Contributor:
    return Contributor.objects.create(name=name or f"作者{next(_count)}", **fields)


def own_source() -> Source:
    return Source.objects.get_or_create(is_own=True, defaults={"name": "青溪县融媒体中心"})[0]


def source(name: str = "", **fields: Any) -> Source:
    return Source.objects.create(name=name or f"来源{next(_count)}", **fields)


def channel(name: str = "", **fields: Any) -> Channel:
    place = next(_count)
    return Channel.objects.create(name=name or f"栏目{place}", slug=f"channel{place}", **fields)


def image_bytes(
    color: str = "", *, size: tuple[int, int] = (640, 400), kind: str = "JPEG", **options: Any
) -> bytes:
    data = io.BytesIO()
    image = Image.new("RGB", size, color or "#d8c8a8")
    if not color:
        # Blocks that spell a number: JPEG would blur near shades into the same bytes.
        for bit, digit in enumerate(f"{next(_count):b}"):
            image.paste("black" if digit == "1" else "white", (bit * 16, 0, bit * 16 + 16, 16))
    image.save(data, kind, **options)
    return data.getvalue()


def picture(*, by: User | None = None, size: tuple[int, int] = (640, 400), **texts: str) -> Picture:
    texts = {"caption": "会议现场。", "alt": "会场里坐满了人", "credit": "", **texts}
    return pictures.store(io.BytesIO(image_bytes(size=size)), by=by, **texts)


def content(**fields: Any) -> Content:
    """Content that lacks nothing for publication. `channel` and the like take rows or ids."""
    made: dict[str, Any] = {
        "headline": "全县秋冬生态环境整治工作推进会召开",
        "body": "<p>11月23日下午，全县秋冬生态环境整治工作推进会召开。</p>",
        **fields,
    }
    if "channel" not in made:
        made["channel"] = channel()
    if "source" not in made:
        made["source"] = own_source()
    if "bylines" not in made:
        made["bylines"] = (Credit(contributor().pk, Role.REPORTER),)
    for name in ("channel", "source", "lead_picture"):
        if hasattr(made.get(name), "pk"):
            made[name] = made[name].pk
    return Content(**made)


def draft(*, by: User | None = None, at: datetime.datetime = NOON, **fields: Any) -> Article:
    """A complete draft, written by `by` or a new reporter."""
    return services.create(content(**fields), by=by or user("reporter"), at=at)


def article(
    status: Status = Status.DRAFT,
    *,
    by: User | None = None,
    at: datetime.datetime = NOON,
    **fields: Any,
) -> Article:
    """A complete article that was brought to `status` by the steps of the workflow, an hour before
    `at`; each step by a new person of the right role."""
    before = at - HOUR
    made = draft(by=by, at=before, **fields)
    if status == Status.DRAFT:
        return made
    author = by or made.created_by
    assert author
    assert made.channel

    def step(verb: Any, person: User, **facts: Any) -> None:
        made.refresh_from_db()
        verb(made.pk, by=person, at=before, version=made.version, **facts)
        made.refresh_from_db()

    step(services.submit, author)
    reviewers = {
        Status.FIRST_REVIEW: "editor",
        Status.SECOND_REVIEW: "section_head",
        Status.FINAL_REVIEW: "chief_editor",
    }
    if status == Status.HELD:
        step(services.hold, user(reviewers[Status(made.status)]))
    elif status == Status.SPIKED:
        step(services.reject, user(reviewers[Status(made.status)]), note="不宜刊发")
    while made.status in reviewers and made.status != status:
        stage = Status(made.status)
        step(services.pass_review, user(reviewers[stage]), stage=stage)
    chief = user("chief_editor")
    if status in {Status.PUBLISHED, Status.WITHDRAWN}:
        step(services.publish, chief)
    if status == Status.WITHDRAWN:
        take(services.withdraw, made, by=chief, at=at - HOUR / 2, note="事实有误")
    assert made.status == status
    return made


def imported(
    *, at: datetime.datetime = NOON - HOUR, published: datetime.datetime | None = OLD, **fields: Any
) -> Article:
    """A complete draft from an earlier system, which had published it at `published`."""
    place = next(_count)
    made = Article(
        number=12_000_000 + place,
        legacy_system="rednet",
        legacy_id=str(place),
        first_published_at=published,
    )
    services.admit([services.Arrival(article=made, content=content(**fields))], at=at)
    return made


def take(
    verb: Any, made: Article, *, by: User, at: datetime.datetime = NOON, **facts: Any
) -> Decision:
    """Take a step with the version that the article has now, and read the article anew."""
    made.refresh_from_db()
    decision: Decision = verb(made.pk, by=by, at=at, version=made.version, **facts)
    made.refresh_from_db()
    return decision


def edition(
    *,
    since: datetime.datetime = NOON - HOUR,
    until: datetime.datetime | None = None,
    reviewers: list[dict[str, str]] | None = None,
    corrections: list[dict[str, str]] | None = None,
    **fields: Any,
) -> Edition:
    """An edition of a new article, with its pictures' files, past the workflow; readers see it
    from `since` until `until`."""
    made = draft(at=since, **fields)
    editions.make_renditions(made)
    return editions.open_edition(
        editions.unsaved(
            made,
            visible_from=since,
            visible_until=until,
            reviewers=reviewers or [],
            corrections=corrections,
        ),
        since,
    )


def many_editions(count: int, *, channels: list[Channel], since: datetime.datetime = NOON) -> None:
    """So many editions spread over the channels, the newest an hour before `since`."""
    first = 1_000_000 + 10_000 * next(_count)
    moments = [since - HOUR * (place + 1) for place in range(count)]
    own = own_source()
    articles = Article.objects.bulk_create(
        Article(
            number=first + count - place,
            status=Status.PUBLISHED,
            headline=f"旧闻{place}",
            body="<p>正文。</p>",
            channel=channels[place % len(channels)],
            source=own,
            first_published_at=moment,
        )
        for place, moment in enumerate(moments)
    )
    Edition.objects.bulk_create(
        Edition(
            article=article,
            number=article.number,
            visible_from=moment,
            first_published_at=moment,
            created_at=moment,
            fingerprint="0" * 64,
            headline=article.headline,
            body=article.body,
            channel=article.channel,
            source_name=own.name,
        )
        for article, moment in zip(articles, moments, strict=True)
    )
