"""The record: append decisions, read signatures out of them, verify the chain."""

import datetime
from collections.abc import Iterable, Iterator, Sequence

from django.db.models import QuerySet

from articles import rows
from articles.models import Article, Status
from people.models import User
from workflow import roles
from workflow.models import ChainHead, Decision
from workflow.transitions import PASSES, Action

STAGE_OF = {action: stage for stage, action in PASSES.items()}


def append(
    *,
    article: Article,
    action: Action,
    from_status: Status,
    to: Status,
    by: User | None,
    at: datetime.datetime,
    note: str = "",
    public_note: str = "",
    visible_from: datetime.datetime | None = None,
    visible_until: datetime.datetime | None = None,
) -> Decision:
    """Add a decision to the end of the chain, with the article's version and fingerprint.

    Must run in a transaction; the end of the chain stays locked until it ends.
    """
    decision = Decision(
        article=article,
        action=action,
        from_status=from_status,
        to_status=to,
        by=by,
        at=at,
        note=note,
        public_note=public_note,
        visible_from=visible_from,
        visible_until=visible_until,
    )
    append_all([decision])
    return decision


def append_all(decisions: Sequence[Decision]) -> None:
    """Add new decisions to the end of the chain, in their order: what `append` does with each."""
    ChainHead.objects.get_or_create(pk=1)
    head = ChainHead.objects.select_for_update().get(pk=1)
    for decision in decisions:
        article, by = decision.article, decision.by
        decision.by_name = by.name if by else article.legacy_system
        decision.by_role = roles.names_of(by) if by else ""
        decision.version, decision.fingerprint = article.version, article.fingerprint
        decision.sequence, decision.previous_hash = head.sequence + 1, head.hash
        decision.hash = decision.compute_hash()
        head.sequence, head.hash = decision.sequence, decision.hash
    rows.add(decisions)
    head.save()


def signatures(decisions: Iterable[Decision]) -> dict[Status, Decision]:
    """The standing signature of each review, in signing order.

    Going back to a draft voids all; a change of a signed text voids the final one; dropping the
    changes brings back those that the published text had.
    """
    standing: dict[Status, Decision] = {}
    published: dict[Status, Decision] = {}
    for decision in decisions:
        if decision.action in STAGE_OF:
            stage = STAGE_OF[Action(decision.action)]
            standing.pop(stage, None)
            standing[stage] = decision
        elif decision.action == Action.AMEND:
            standing.pop(Status.FINAL_REVIEW, None)
        elif decision.action == Action.DISCARD:
            standing = dict(published)
        elif decision.to_status == Status.DRAFT:
            standing = {}
        elif decision.to_status == Status.PUBLISHED:
            published = dict(standing)
    return standing


def open_emergencies(decisions: Iterable[Decision]) -> list[Decision]:
    """The emergency publications that nobody has signed afterwards; one signature is for all."""
    found: list[Decision] = []
    for decision in decisions:
        if decision.action == Action.EMERGENCY:
            found.append(decision)
        elif decision.action == Action.COUNTERSIGN:
            found.clear()
    return found


def breaks() -> Iterator[str]:
    """A line for each place where the chain of decisions does not hold; none when all is well."""
    previous_hash, sequence = "", 0
    decisions: QuerySet[Decision] = Decision.objects.order_by("sequence")
    for decision in decisions.iterator(chunk_size=2000):
        sequence += 1
        if decision.sequence != sequence:
            yield f"{sequence}: missing, {decision.sequence} follows"
            sequence = decision.sequence
        if decision.previous_hash != previous_hash:
            yield f"{decision.sequence}: does not follow the decision before it"
        if decision.hash != decision.compute_hash():
            yield f"{decision.sequence}: was changed after it was written"
        previous_hash = decision.hash
    head = ChainHead.objects.filter(pk=1).first() or ChainHead()
    if (head.sequence, head.hash) != (sequence, previous_hash):
        yield f"{head.sequence}: the end of the chain is missing"
