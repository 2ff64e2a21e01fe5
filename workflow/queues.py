"""Which articles lie where: the questions that the dashboard and the list of articles ask.

A queue is a filter for articles with the rights it is for. Who may see an article is asked
besides (`permissions.visible_to`).
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from articles.models import AUTHOR_ROLES, IN_REVIEW, Article, Byline, Status
from people.models import User
from publication.models import Edition
from workflow import permissions
from workflow.models import Decision, Revision
from workflow.transitions import PASSES, STAGE_RIGHTS, Action

Articles = QuerySet[Article]


@dataclass(frozen=True, slots=True)
class Queue:
    """`rights`: one of them shows the queue. `moment` names the field or annotation of the time
    that matters in it."""

    code: str
    label: Promise
    rights: frozenset[str]
    articles: Callable[[User, datetime.datetime], Q]
    moment: str = "updated_at"
    oldest_first: bool = False


def queues_of(user: User) -> list[Queue]:
    """The queues that the person's rights show, in the order of the dashboard."""
    rights = permissions.rights_of(user)
    return [queue for queue in QUEUES if queue.rights & rights]


def with_site(articles: Articles, at: datetime.datetime) -> Articles:
    """Articles annotated with what is on the site at `at`: `is_live`, `live_until`,
    `goes_live_at`, `was_live`."""
    editions = Edition.objects.filter(article=OuterRef("pk"))
    live = editions.visible(at)
    scheduled = editions.scheduled(at).order_by("visible_from")
    return articles.annotate(
        is_live=Exists(live),
        live_until=Subquery(live.values("visible_until")[:1]),
        goes_live_at=Subquery(scheduled.values("visible_from")[:1]),
        was_live=Exists(editions.not_cancelled().filter(visible_until__lte=at)),
    )


def mine(user: User, _at: datetime.datetime) -> Q:
    """Those the person made or is credited under, whatever their status."""
    return Q(created_by=user) | Q(
        pk__in=Article.objects.filter(contributors__user=user).values("pk")
    )


def drafts(user: User, at: datetime.datetime) -> Q:
    """The person's drafts, but for returned ones."""
    return mine(user, at) & Q(status=Status.DRAFT) & ~_returned()


def returned(user: User, at: datetime.datetime) -> Q:
    """The person's drafts that a reviewer gave back."""
    return mine(user, at) & Q(status=Status.DRAFT) & _returned()


def in_review(user: User, at: datetime.datetime) -> Q:
    """The person's that are on their way: with a reviewer, or signed and not yet published."""
    return mine(user, at) & Q(status__in=(*IN_REVIEW, Status.APPROVED))


def waiting(user: User, _at: datetime.datetime) -> Q:
    """Those whose standing review the person may give.

    The same rule as `permissions.refusal`, as a query. Two rare ones may be listed and are then
    refused: an article whose changes were discarded and whose published text the person signed,
    and one that credited the person in an earlier revision.
    """
    rights = permissions.rights_of(user)
    stages = [stage for stage in IN_REVIEW if STAGE_RIGHTS[stage] in rights]
    credited = Byline.objects.filter(contributor__user=user, role__in=AUTHOR_ROLES)
    wrote = Q(created_by=user) | Q(pk__in=credited.values("article"))
    wrote |= Q(
        Exists(
            Revision.objects.filter(article=OuterRef("pk"), by=user).exclude(
                status__in=(*IN_REVIEW, Status.APPROVED)
            )
        )
    )
    submitted = Q(
        Exists(Decision.objects.filter(article=OuterRef("pk"), by=user, action=Action.SUBMIT))
    )
    found = Q(pk__in=())
    for stage in stages:
        found |= Q(status=stage) & ~Q(_signed(user, besides=PASSES[stage]))
    return found & ~wrote & ~submitted


def approved(_user: User, _at: datetime.datetime) -> Q:
    """Those that wait for publication."""
    return Q(status=Status.APPROVED)


def scheduled(_user: User, at: datetime.datetime) -> Q:
    """Those whose edition goes live later."""
    return Q(Exists(Edition.objects.scheduled(at).filter(article=OuterRef("pk"))))


def published_today(_user: User, at: datetime.datetime) -> Q:
    """Those first published on the day of `at` in Asia/Shanghai, up to `at`."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    seen = Edition.objects.not_cancelled().filter(article=OuterRef("pk"), visible_from__lte=at)
    return Q(first_published_at__gte=midnight, first_published_at__lte=at) & Q(Exists(seen))


def open_emergencies(_user: User, _at: datetime.datetime) -> Q:
    """Those published in an emergency that nobody has signed afterwards."""
    signed = Decision.objects.filter(
        article=OuterRef("article"), action=Action.COUNTERSIGN, sequence__gt=OuterRef("sequence")
    )
    emergencies = Decision.objects.filter(action=Action.EMERGENCY, article=OuterRef("pk"))
    return Q(Exists(emergencies.exclude(Exists(signed))))


def _returned() -> Q:
    later = Decision.objects.filter(article=OuterRef("article"), sequence__gt=OuterRef("sequence"))
    returns = Decision.objects.filter(action=Action.RETURN, article=OuterRef("pk"))
    return Q(Exists(returns.exclude(Exists(later))))


def _signed(user: User, *, besides: Action) -> Exists:
    """Whether a standing signature of another review is the person's."""
    voided = Decision.objects.filter(
        Q(to_status=Status.DRAFT) | Q(action=Action.DISCARD),
        article=OuterRef("article"),
        sequence__gt=OuterRef("sequence"),
    )
    others = [action for action in PASSES.values() if action != besides]
    return Exists(
        Decision.objects.filter(article=OuterRef("pk"), by=user, action__in=others).exclude(
            Exists(voided)
        )
    )


REVIEWS = frozenset(STAGE_RIGHTS.values())
ANY = frozenset({"write", "see_published", "publish", *REVIEWS})

QUEUES = (
    Queue("emergency", _("emergency, to be signed"), frozenset({"countersign"}), open_emergencies),
    Queue("waiting", _("waiting for my review"), REVIEWS, waiting, oldest_first=True),
    Queue("returned", _("returned to me"), frozenset({"write"}), returned),
    Queue("drafts", _("my drafts"), frozenset({"write"}), drafts),
    Queue("in_review", _("my articles in review"), frozenset({"write"}), in_review),
    Queue(
        "approved",
        _("waiting for publication"),
        frozenset({"publish"}),
        approved,
        oldest_first=True,
    ),
    Queue(
        "scheduled",
        _("scheduled to go live"),
        ANY,
        scheduled,
        moment="goes_live_at",
        oldest_first=True,
    ),
    Queue("today", _("published today"), ANY, published_today, moment="first_published_at"),
)
