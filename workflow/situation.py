"""Everything that rights and refusals depend on about one article at one moment, read once."""

import datetime
from dataclasses import dataclass
from typing import Self

from django.db.models import F, Q

from articles.models import AUTHOR_ROLES, IN_REVIEW, Article, Status
from people.models import User
from publication.models import Edition
from workflow import record
from workflow.models import Decision, Revision
from workflow.transitions import Action


@dataclass(frozen=True, slots=True)
class Situation:
    """`owners` are the accounts the article belongs to: who made it and who is credited.
    `writers` are those who may not sign it: who made it, who is or ever was credited as one who
    made the piece, who submitted it, and who changed its text otherwise than while reviewing it
    (docs/adr/0014)."""

    article: Article
    at: datetime.datetime
    decisions: tuple[Decision, ...]
    owners: frozenset[int]
    writers: frozenset[int]
    live: Edition | None
    scheduled: Edition | None

    @classmethod
    def of(cls, article: Article, at: datetime.datetime) -> Self:
        """The situation of the article at `at`, in eight queries."""
        decisions = tuple(article.decisions.order_by("sequence"))
        makers = {article.created_by_id} if article.created_by_id else set()
        credited = article.bylines.exclude(contributor__user=None)
        owners = {*makers, *credited.values_list("contributor__user", flat=True)}
        revisions = Revision.objects.filter(article=article)
        once_credited = {
            row["contributor"]
            for rows in revisions.values_list("content__bylines", flat=True)
            for row in rows
            if row["role"] in AUTHOR_ROLES
        }
        authors = User.objects.filter(
            Q(contributor__in=once_credited)
            | Q(contributor__in=credited.filter(role__in=AUTHOR_ROLES).values("contributor"))
        ).values_list("pk", flat=True)
        submitters = {row.by_id for row in decisions if row.action == Action.SUBMIT and row.by_id}
        changers = (
            revisions.exclude(by=None)
            .exclude(status__in=(*IN_REVIEW, Status.APPROVED))
            .values_list("by", flat=True)
        )
        return cls(
            article=article,
            at=at,
            decisions=decisions,
            owners=frozenset(owners),
            writers=frozenset({*makers, *authors, *submitters, *changers}),
            live=article.editions.visible(at).first(),
            scheduled=article.editions.scheduled(at).order_by(F("visible_from")).first(),
        )

    @property
    def signatures(self) -> dict[Status, Decision]:
        """The standing signature of each review."""
        return record.signatures(self.decisions)

    @property
    def open_emergencies(self) -> list[Decision]:
        """The emergency publications that wait for a second signature."""
        return record.open_emergencies(self.decisions)

    @property
    def open_emergency(self) -> Decision | None:
        """The last of them."""
        return next(reversed(self.open_emergencies), None)

    @property
    def waits_from_import(self) -> bool:
        """Whether an earlier system had published the article and the site here never has."""
        published = self.article.first_published_at
        return (
            self.article.legacy_system != ""
            and published is not None
            and published <= self.at
            and not self.was_published
        )

    @property
    def was_published(self) -> bool:
        """Whether any step put the article on the site, or was to."""
        return any(row.to_status == Status.PUBLISHED for row in self.decisions)

    def owned_by(self, user: User) -> bool:
        """Whether the article belongs to this person."""
        return user.pk in self.owners
