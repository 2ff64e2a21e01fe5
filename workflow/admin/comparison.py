"""What a person who decides about a text compares it with."""

from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from articles.content import printed
from articles.difference import FieldDifference, between
from articles.models import IN_REVIEW, Article, Status
from people.models import User
from publication.models import Edition
from workflow.admin.badges import short_time
from workflow.models import Revision
from workflow.situation import Situation
from workflow.transitions import PASSES, Action


class Comparison(NamedTuple):
    """`base` says in words what the text is compared with."""

    base: str
    differences: list[FieldDifference]


def with_last_handled(situation: Situation) -> Comparison | None:
    """The working copy beside what readers see; else beside the text last signed or returned.

    None when nobody has handled the article yet.
    """
    article = situation.article
    new = printed(article)
    if live := situation.live:
        return Comparison(_("the text that readers see now"), between(as_printed(live, new), new))
    handled = (*PASSES.values(), Action.RETURN)
    last = next((row for row in reversed(situation.decisions) if row.action in handled), None)
    revision = _revision_at(article, last.version) if last else None
    if last is None or revision is None:
        return None
    base = _("the text at “%(step)s” by %(name)s, %(time)s") % {
        "step": last.get_action_display(),
        "name": last.by_name,
        "time": short_time(last.at, situation.at),
    }
    return Comparison(base, between(revision.printed, new))


def since(article: Article, version: int) -> Comparison | None:
    """What changed since the article had this version; None when its text did not."""
    revision = _revision_at(article, version)
    differences = between(revision.printed, printed(article)) if revision else []
    return Comparison(_("the text you had before you"), differences) if differences else None


def own_changes(step: Action, situation: Situation, by: User) -> str:
    """What the last signer must know who changed the text under review (docs/adr/0014), as a
    sentence; empty where that is not so, or others have signed the changes."""
    if step != Action.PASS_FINAL:
        return ""
    others = [row.version for row in situation.signatures.values() if row.by_id != by.pk]
    handed_in = [row.version for row in situation.decisions if row.action == Action.SUBMIT]
    changes = situation.article.revisions.filter(
        by=by,
        status__in=(*IN_REVIEW, Status.APPROVED),
        version__gt=max(others, default=max(handed_in, default=0)),
    )
    last = changes.order_by("version").last()
    if last is None:
        return ""
    return _(
        "You changed this text yourself under review (%(time)s), and nobody else has signed it"
        " since. With your signature you answer for your own words as well; the record shows both."
    ) % {"time": short_time(last.at, situation.at)}


def as_printed(edition: Edition, new: dict[str, Any]) -> dict[str, Any]:
    """An edition in the shape that `articles.content.printed` gives. What an edition does not
    know (the dateline switch of a reprint) is taken from `new`."""
    lead = edition.lead
    return {
        "kicker": edition.kicker,
        "headline": edition.headline,
        "subtitle": edition.subtitle,
        "short_headline": edition.short_headline,
        "summary": edition.summary,
        "body": edition.body,
        "has_dateline": bool(edition.dateline) or (edition.is_reprint and new["has_dateline"]),
        "channel": {"id": edition.channel_id, "name": edition.channel.name},
        "source": {"id": None, "name": edition.source_name},
        "original_headline": edition.original_headline,
        "original_author": edition.original_author,
        "original_url": edition.original_url,
        "lead_picture": {**lead, "sha256": edition.lead_picture} if lead else None,
        "pictures": [*edition.pictures],
        "bylines": edition.bylines,
        "tags": edition.tags,
    }


def _revision_at(article: Article, version: int) -> Revision | None:
    """The revision that held when the article had this version."""
    return article.revisions.filter(version__lte=version).order_by("-version").first()
