"""The demo newsroom: invented people, articles of an earlier system, and a desk at work.

The fixtures bring people and the articles of an earlier system. `desk.json` beside them brings
fresh articles: each goes through `workflow.services` in the hands of the demo's own people, up to
the place it names, as if it had been written in the hours before the demo was loaded.

Whatever is here already stays as it is, so the demo can be loaded again at every start.
"""

import datetime
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.content import Content, Credit
from articles.models import Article, Channel, Picture, Status
from people.models import Contributor, User
from sources.models import Source
from workflow import permissions, roles, services
from workflow.situation import Situation
from workflow.transitions import PASSES, STAGES, Action

FIXTURES = ("newsroom", "accounts", "pictures", "articles")  # in the order of loading
ACCOUNTS_FILE = "demo-accounts.txt"  # in DATA_DIR; a log-in and its password on each line

_MORNING = datetime.time(6, 30)
_CONSONANTS, _VOWELS = "bdfghjklmnprstwz", "aeiou"

# The last step of a fresh article, and how many of its channel's reviews it passed before.
_ENDS: dict[str, tuple[Action | None, Status | None]] = {
    "draft": (None, None),
    "first_review": (Action.SUBMIT, Status.FIRST_REVIEW),
    "second_review": (Action.SUBMIT, Status.SECOND_REVIEW),
    "final_review": (Action.SUBMIT, Status.FINAL_REVIEW),
    "returned": (Action.RETURN, Status.FIRST_REVIEW),
    "held": (Action.HOLD, Status.FIRST_REVIEW),
    "approved": (Action.SUBMIT, Status.APPROVED),
    "scheduled": (Action.SCHEDULE, Status.APPROVED),
    "published": (Action.PUBLISH, Status.APPROVED),
}


class Account(NamedTuple):
    """How somebody gets in. `password` is empty when it was changed since."""

    roles: str
    name: str
    login: str
    password: str


class _Step(NamedTuple):
    """One step of one fresh article; `action` None writes it."""

    at: datetime.datetime
    place: int
    action: Action | None


def refusal() -> str:
    """Why the demo must not be loaded here, as a sentence; empty when it may."""
    if settings.SECURE and not settings.DEMO:
        return _(
            "Demo accounts do not belong on a public server. Start the demo with: make run. "
            "It sets DEMO=1 and serves this machine alone."
        )
    strangers = User.objects.exclude(username__in=_logins()).exists()
    if (strangers or Article.objects.exists()) and not is_here():
        return _(
            "The database holds accounts or articles that are not of the demo. "
            "Give the demo a database of its own, with DATABASE_URL or DATA_DIR."
        )
    return ""


def is_here() -> bool:
    """Whether the demo's articles of the earlier system are in the database."""
    rows = [row["fields"] for row in _rows("articles") if row["model"] == "articles.article"]
    return Article.objects.filter(
        legacy_system__in={row["legacy_system"] for row in rows},
        legacy_id__in={str(row["legacy_id"]) for row in rows},
    ).exists()


def fixture_files() -> list[str]:
    """The files for `loaddata`."""
    return [str(_folder() / f"{name}.json") for name in FIXTURES]


@transaction.atomic
def fill_desk(at: datetime.datetime) -> int:
    """Put the fresh articles on a desk that has none; gives how many. Times lie before `at`."""
    if Article.objects.filter(legacy_system="").exists():
        return 0
    pieces = json.loads((_folder() / "desk.json").read_text(encoding="utf-8"))
    people = list(User.objects.filter(username__in=_logins()).order_by("pk"))
    articles: dict[int, Article] = {}
    for step in sorted(_plan(pieces, at), key=lambda step: step.at):
        piece = pieces[step.place]
        if step.action is None:
            writer = next(person for person in people if person.username == piece["by"])
            articles[step.place] = services.create(
                _content(piece["content"]), by=writer, at=step.at
            )
        else:
            _take(
                step,
                articles[step.place],
                people=_turned(people, step.place),
                note=piece.get("note", ""),
                go_live=_next_morning(at),
            )
    return len(pieces)


def give_passwords() -> None:
    """Give each demo account that has no password one of its own, and keep it in DATA_DIR."""
    kept = _kept_passwords()
    bare = [
        account
        for account in User.objects.filter(username__in=_logins()).order_by("username")
        if not account.has_usable_password()
    ]
    if not bare:
        return
    for account in bare:
        kept.setdefault(account.username, _new_password())
    _keep(kept)
    for account in bare:
        account.set_password(kept[account.username])
        account.save(update_fields=["password"])


def accounts() -> list[Account]:
    """How to get in: the accounts of the demo that may, by role."""
    kept = _kept_passwords()
    order = [role.name for role in roles.all_roles()]
    people = User.objects.filter(username__in=_logins(), is_active=True)
    rows = []
    for person in people:
        password = kept.get(person.username, "")
        stands = bool(password) and check_password(password, person.password)
        rows.append(
            Account(
                roles.names_of(person), person.name, person.username, password if stands else ""
            )
        )

    def rank(row: Account) -> tuple[int, str]:
        first = row.roles.split("、")[0]
        return (order.index(first) if first in order else len(order), row.login)

    return sorted(rows, key=rank)


# What lies in the files


def _folder() -> Path:
    return Path(settings.FIXTURE_DIRS[0])


def _rows(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(
        (_folder() / f"{name}.json").read_text(encoding="utf-8")
    )
    return rows


def _logins() -> list[str]:
    return [row["fields"]["username"] for row in _rows("accounts") if row["model"] == "people.user"]


def _content(raw: dict[str, Any]) -> Content:
    """The content of a fresh article, its names turned into ids."""
    lead = raw.get("lead_picture")
    return Content(
        **{
            **raw,
            "channel": Channel.objects.get_by_natural_key(raw["channel"]).pk,
            "source": Source.objects.get_by_natural_key(raw["source"]).pk,
            "lead_picture": _picture(lead).pk if lead else None,
            "bylines": tuple(
                Credit(Contributor.objects.get_by_natural_key(name, unit).pk, role)
                for name, unit, role in raw["bylines"]
            ),
            "tags": tuple(raw.get("tags", ())),
        }
    )


def _picture(name: str) -> Picture:
    data = (_folder() / "pictures" / name).read_bytes()
    return Picture.objects.get_by_natural_key(hashlib.sha256(data).hexdigest())


# The desk at work


def _plan(pieces: list[dict[str, Any]], at: datetime.datetime) -> Iterator[_Step]:
    """Every step of every piece with its time: the last ones shortly before `at`, those that
    publish spread over the day so far, the earlier ones an editor's pace before."""
    published = [place for place, piece in enumerate(pieces) if piece["until"] == "published"]
    for place, piece in enumerate(pieces):
        if place in published:
            moment = _share_of_today(at, (published.index(place) + 1) / (len(published) + 1))
        else:
            moment = _before(at, 9 + 17 * place)
        for turn, action in enumerate(reversed(_actions(piece))):
            yield _Step(moment, place, action)
            moment = _before(moment, 16 + (7 * place + 11 * turn) % 30)


def _actions(piece: dict[str, Any]) -> list[Action | None]:
    """The steps that bring a piece to its place, writing first."""
    last, reached = _ENDS[piece["until"]]
    if last is None or reached is None:
        return [None]
    channel = Channel.objects.get_by_natural_key(piece["content"]["channel"])
    stages = STAGES[channel.reviews]
    passed = stages if reached == Status.APPROVED else stages[: stages.index(reached)]
    steps = [None, Action.SUBMIT, *(PASSES[stage] for stage in passed)]
    return steps if last == Action.SUBMIT else [*steps, last]


def _take(
    step: _Step, article: Article, *, people: list[User], note: str, go_live: datetime.datetime
) -> None:
    """Take a step in the hands of the first person who may; writers submit their own."""
    assert step.action
    article.refresh_from_db()
    situation = Situation.of(article, step.at)
    if step.action == Action.SUBMIT and article.created_by:
        people = [article.created_by]
    refusals = []
    for by in people:
        if not (sentence := permissions.refusal(step.action, situation, by)):
            break
        refusals.append(f"{by}: {sentence}")
    else:
        raise LookupError(f"{article}: {step.action}: {refusals}")
    facts: dict[str, Any] = {"by": by, "at": step.at, "version": article.version}
    if step.action in PASSES.values():
        services.pass_review(article.pk, Status(article.status), **facts)
    elif step.action == Action.SUBMIT:
        services.submit(article.pk, **facts)
    elif step.action == Action.RETURN:
        services.return_for_changes(article.pk, note=note, **facts)
    elif step.action == Action.HOLD:
        services.hold(article.pk, note=note, **facts)
    elif step.action == Action.SCHEDULE:
        services.schedule(article.pk, go_live=go_live, note=note, **facts)
    else:
        services.publish(article.pk, note=note, **facts)


def _turned(people: list[User], place: int) -> list[User]:
    """The same people from another one on, so that work is shared."""
    start = place % len(people)
    return [*people[start:], *people[:start]]


def _share_of_today(at: datetime.datetime, share: float) -> datetime.datetime:
    """A moment between this morning and `at`; early in the day, between midnight and `at`."""
    day = timezone.localtime(at)
    start = day.replace(hour=_MORNING.hour, minute=_MORNING.minute, second=0, microsecond=0)
    if at - start < datetime.timedelta(hours=1):
        start = day.replace(hour=0, minute=0, second=0, microsecond=0)
    return start + (at - start) * share


def _before(moment: datetime.datetime, minutes: int) -> datetime.datetime:
    """So many minutes earlier; what would fall in the night falls in the evening before it."""
    earlier = timezone.localtime(moment) - datetime.timedelta(minutes=minutes)
    if earlier.time() >= _MORNING:
        return earlier
    midnight = earlier.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - datetime.timedelta(minutes=90 + minutes)


def _next_morning(at: datetime.datetime) -> datetime.datetime:
    day = timezone.localtime(at) + datetime.timedelta(days=1)
    return day.replace(hour=8, minute=0, second=0, microsecond=0)


# Passwords


def _new_password() -> str:
    """A password that can be read aloud and typed: kupani-4821-moteso, of about 50 random bits."""

    def word() -> str:
        return "".join(
            secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _syllable in range(3)
        )

    return f"{word()}-{secrets.randbelow(10_000):04}-{word()}"


def _kept_passwords() -> dict[str, str]:
    try:
        text = (settings.DATA_DIR / ACCOUNTS_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    return dict(line.split(maxsplit=1) for line in text.splitlines() if line.strip())


def _keep(passwords: dict[str, str]) -> None:
    """Write the file anew (mode 0600), whole or not at all."""
    path = settings.DATA_DIR / ACCOUNTS_FILE
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    text = "".join(f"{login} {password}\n" for login, password in sorted(passwords.items()))
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
