"""What an earlier system says anew of an article that was imported from it, besides its text.

What waits to be checked takes it over. What is on the site is in the hands of the desk: where it
has a step to take and has not, the record is set aside, and is told of again until it has.
"""

import datetime
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Status
from articles.text import clean_lines
from legacy.fitness import Unfit
from legacy.models import Original
from legacy.records import Record
from publication.models import Edition


def facts_of(record: Record) -> dict[str, Any]:
    """What the earlier system says of its publication, as `Original.facts` has it."""
    facts: dict[str, Any] = {"status": str(record.status)}
    if record.published_at:
        facts["published_at"] = record.published_at.isoformat()
    if record.visible_until:
        facts["visible_until"] = record.visible_until.isoformat()
    if record.corrections:
        facts["corrections"] = [dict(notice) for notice in record.corrections]
    if record.notice:
        facts["notice"] = clean_lines(record.notice)
    return facts


class News(NamedTuple):
    """What a record says otherwise than the one that the article came from; `changed` has the names
    of facts. `live` is what readers have of the article."""

    record: Record
    changed: frozenset[str]
    waits: bool
    live: Edition | None
    at: datetime.datetime

    @classmethod
    def of(cls, record: Record, original: Original, at: datetime.datetime) -> "News":
        """What is new against the original that is here."""
        was, now = original.facts, facts_of(record)
        changed = {name for name in {*was, *now} if was and was.get(name) != now.get(name)}
        return cls(
            record,
            frozenset(changed),
            original.standing == Original.Standing.WAITING,
            original.article.editions.visible(at).first(),
            at,
        )

    def refuse_undone(self, *, has_new_text: bool) -> None:
        """Raise Unfit where the desk must follow the earlier system, and has not. A correction that
        comes with a new text is seen when that is reviewed."""
        undone = list(self._undone_of_what_waits() if self.waits else self._undone())
        if self._new_notices and self.live and not has_new_text:
            undone.append(
                (self._corrected, _("Correct the article at the desk with the same notice."))
            )
        if undone:
            reasons, advice = zip(*undone, strict=True)
            raise Unfit(" ".join(reasons), " ".join(advice))

    def told(self) -> list[str]:
        """What is to be told once, as nobody need or can do anything."""
        told = []
        if "published_at" in self.changed and self.record.published_at:
            sentence = (
                _("Its time of publication there is %(time)s now.")
                if self.waits
                else _("Its time of publication there is %(time)s now; here it stays as it was.")
            )
            told.append(sentence % {"time": _minute(self.record.published_at)})
        if self._new_notices:
            told.append(self._corrected)
        if "notice" in self.changed and self.record.notice:
            told.append(
                _("The notice in its place there is now: “%(note)s”.")
                % {"note": clean_lines(self.record.notice)}
            )
        if self.waits and "visible_until" in self.changed:
            told.append(self._taken_down)
        return told

    def _undone_of_what_waits(self) -> Iterator[tuple[str, str]]:
        until = self.record.visible_until
        if self.record.status != Status.PUBLISHED or (until and until <= self.at):
            yield (
                _("The earlier system has taken it off its site since."),
                _("Dismiss it at the desk, under imported drafts."),
            )

    def _undone(self) -> Iterator[tuple[str, str]]:
        is_public = self.record.status == Status.PUBLISHED
        if "status" in self.changed and is_public and not self.live:
            yield (
                _("The earlier system has published it since."),
                _("Publish it at the desk."),
            )
        if "status" in self.changed and not is_public and self.live:
            yield (
                _("The earlier system has taken it off its site since."),
                _("Withdraw it at the desk."),
            )
        elif (
            "visible_until" in self.changed
            and self.live
            and self.live.visible_until != self.record.visible_until
        ):
            yield self._taken_down, _("Change its take-down time at the desk.")

    @property
    def _taken_down(self) -> str:
        if until := self.record.visible_until:
            return _("It leaves the site there at %(time)s.") % {"time": _minute(until)}
        return _("It stays on the site there.")

    @property
    def _new_notices(self) -> list[str]:
        if "corrections" not in self.changed:
            return []
        seen = {notice["note"] for notice in self.live.corrections} if self.live else set()
        return [row["note"] for row in self.record.corrections if row["note"] not in seen]

    @property
    def _corrected(self) -> str:
        notes = _("; ").join(self._new_notices)
        return _("It was corrected there: “%(note)s”.") % {"note": notes}


def _minute(at: datetime.datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
