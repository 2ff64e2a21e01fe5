"""Who may do what. Buttons, forms, bulk actions and services all ask here.

A right comes from the roles (groups) of a person, never from being a superuser: who keeps the
accounts has no say in the texts by that alone.
"""

import datetime

from django.contrib.auth.models import Permission
from django.db.models import Q
from django.utils.translation import gettext as _

from articles.models import Article, Channel, ChannelQuerySet, Picture, Status
from articles.text import picture_hashes
from people.models import User
from publication import renditions
from publication.models import Edition, PictureUse
from workflow import roles
from workflow.models import ChannelAssignment
from workflow.situation import Situation
from workflow.transitions import (
    BY_ACTION,
    EDIT_RIGHTS,
    RESTORE_RIGHTS,
    TABLE,
    Action,
    Transition,
)

# Rights that let a person see the work of others in their channels.
DESK_RIGHTS = frozenset(
    {"edit_any", "review_first", "review_second", "review_final", "publish", "withdraw"}
)
SIGNING = (Action.PASS_FIRST, Action.PASS_SECOND, Action.PASS_FINAL)


def rights_of(user: User) -> frozenset[str]:
    """The workflow rights that the person's roles give; read once per user object."""
    known: frozenset[str] | None = getattr(user, "workflow_rights", None)
    if known is None:
        found = Permission.objects.filter(
            Q(group__user=user) | Q(user=user),
            content_type__app_label="workflow",
            content_type__model="decision",
        )
        known = (
            frozenset(found.values_list("codename", flat=True)) if user.is_active else frozenset()
        )
        user.workflow_rights = known  # type: ignore[attr-defined]
    return known


def visible_to(user: User, at: datetime.datetime) -> Q:
    """Which articles the person may see at the desk, as a filter for articles."""
    rights = rights_of(user)
    if not rights:
        return Q(pk__in=())
    allowed = Q(created_by=user) | Q(
        pk__in=Article.objects.filter(contributors__user=user).values("pk")
    )
    if rights & DESK_RIGHTS:
        allowed |= _in_channels_of(user)
    if "see_published" in rights:
        public = Edition.objects.filter(visible_from__lte=at).not_cancelled()
        allowed |= Q(
            status__in=(Status.PUBLISHED, Status.WITHDRAWN), pk__in=public.values("article")
        ) & _in_channels_of(user)
    return allowed


def may_see(user: User, article: Article, at: datetime.datetime) -> bool:
    """Whether the person may see the article at the desk: text, preview, history, pictures."""
    return Article.objects.filter(visible_to(user, at), pk=article.pk).exists()


def channels_of(user: User) -> ChannelQuerySet:
    """The channels that the person may put articles into: all, but for those limited to some."""
    limits = ChannelAssignment.objects.filter(user=user).values_list("channel", flat=True)
    if not limits:
        return Channel.objects.all()
    return Channel.objects.filter(Q(pk__in=limits) | Q(parent__in=limits))


def filing_refusal(user: User, channel: int | None) -> str:
    """Why the person may not put an article into the channel of this id; empty when they may."""
    if channel is None or channels_of(user).filter(pk=channel).exists():
        return ""
    return _("You are limited to certain channels; you cannot put an article into this one.")


def visible_pictures(user: User, at: datetime.datetime) -> Q:
    """Which pictures the library lists for the person, as a filter for pictures: all for the desk,
    but for those limited to channels; else those they uploaded and those of their own articles and
    of the articles they may see."""
    if not rights_of(user):
        return Q(pk__in=())
    if _sees_all_pictures(user):
        return Q(pk__isnull=False)
    own = Article.objects.filter(Q(created_by=user) | Q(contributors__user=user))
    bodies = own.filter(body__contains="/picture/").values_list("body", flat=True)
    in_bodies = {sha256 for body in bodies for sha256 in picture_hashes(body)}
    return (
        Q(uploaded_by=user)
        | Q(sha256__in=in_bodies)
        | Q(pk__in=Article.objects.filter(visible_to(user, at)).values("lead_picture"))
    )


def may_see_picture(user: User, picture: Picture, at: datetime.datetime) -> bool:
    """Whether the person may see the picture: what the library lists for them, what readers see
    at `at`, and what stands in an article that they may see."""
    if not rights_of(user):
        return False
    if _sees_all_pictures(user) or picture.uploaded_by_id == user.pk:
        return True
    if PictureUse.objects.visible(at).filter(token=renditions.token(picture.sha256)).exists():
        return True
    used = Q(lead_picture=picture) | Q(body__contains=f"/picture/{picture.sha256}")
    return Article.objects.filter(visible_to(user, at)).filter(used).exists()


def may_describe(user: User, picture: Picture) -> bool:
    """Whether the person may change a picture's caption, description, credit and focal point."""
    rights = rights_of(user)
    return bool(rights & DESK_RIGHTS) or ("write" in rights and picture.uploaded_by_id == user.pk)


def edit_refusal(situation: Situation, by: User) -> str:
    """Why the person may not change the text now, as a sentence; empty when they may."""
    article = situation.article
    rights = rights_of(by)
    if not may_see(by, article, situation.at):
        return _("You have no right to see this article.")
    if article.status not in EDIT_RIGHTS:
        return _("The article is “%(status)s”; its text cannot be changed now.") % {
            "status": article.get_status_display()
        }
    right = EDIT_RIGHTS[Status(article.status)]
    own_draft = article.status == Status.DRAFT and situation.owned_by(by) and "write" in rights
    if not own_draft and right not in rights:
        return _("While the article is “%(status)s”, only %(roles)s may change its text.") % {
            "status": article.get_status_display(),
            "roles": _joined(roles.names_with(right)),
        }
    if situation.scheduled:
        return _("The article is scheduled. Call off the schedule before you change the text.")
    return ""


def refusal(action: Action, situation: Situation, by: User) -> str:
    """Why the person may not take the step now, as a sentence; empty when they may.

    What is still missing in the text is said by `readiness.missing`, not here.
    """
    if not may_see(by, situation.article, situation.at):
        return _("You have no right to see this article.")
    return _refusal(BY_ACTION[action], situation, by)


def refusals(situation: Situation, by: User) -> dict[Action, str]:
    """What `refusal` says to each step, for a person who may see the article."""
    return {row.action: _refusal(row, situation, by) for row in TABLE}


def _refusal(row: Transition, situation: Situation, by: User) -> str:
    article, action = situation.article, row.action
    if article.status not in row.sources:
        return _("The article is “%(status)s”; “%(step)s” is not possible now.") % {
            "status": article.get_status_display(),
            "step": action.label,
        }
    right = _right(row, article)
    if right not in rights_of(by):
        return _("“%(step)s” is for %(roles)s.") % {
            "step": action.label,
            "roles": _joined(roles.names_with(right)),
        }
    return (
        _ownership_refusal(action, situation, by)
        or _site_refusal(action, situation)
        or (_second_person_refusal(action, situation, by) if row.second_person else "")
    )


def _right(row: Transition, article: Article) -> str:
    return row.right or RESTORE_RIGHTS[Status(article.former_status or article.status)]


def _ownership_refusal(action: Action, situation: Situation, by: User) -> str:
    if action == Action.SUBMIT and not (situation.owned_by(by) or "edit_any" in rights_of(by)):
        return _("Only those who wrote the article, or an editor, can submit it.")
    if action == Action.RECALL and by.pk not in situation.writers:
        return _("Only those who wrote or submitted the article can recall it.")
    return ""


def _site_refusal(action: Action, situation: Situation) -> str:
    """What the state of the public site has against a step."""
    live, scheduled = situation.live, situation.scheduled
    if action in {Action.PUBLISH, Action.SCHEDULE} and live:
        return _("The article is on the site. Publish the change as a correction.")
    if action == Action.CORRECT and not live:
        return _("The article is not on the site; there is nothing to correct. Publish it.")
    if action == Action.UNSCHEDULE and not scheduled:
        return _("The article is not scheduled.")
    if action == Action.LIMIT and not live:
        return _("The article is not on the site; it has no take-down time to set.")
    if action == Action.WITHDRAW and not live:
        return _("The article is not on the site; there is nothing to withdraw.")
    if action == Action.REJECT and live:
        return _("The article is on the site. Discard the changes, or withdraw it.")
    if action == Action.DISCARD and not live:
        return _("The article is not on the site; there is no published text to go back to.")
    if action == Action.REOPEN and (live or scheduled):
        return _("The article is on the site or scheduled. Withdraw it, or call off the schedule.")
    if action in {Action.ACCEPT, Action.DISMISS} and not situation.waits_from_import:
        return _(
            "“%(step)s” is for articles that an earlier system published and this site has not."
        ) % {"step": action.label}
    if action == Action.COUNTERSIGN and not situation.open_emergency:
        return _("No emergency publication waits for a signature.")
    return ""


def _second_person_refusal(action: Action, situation: Situation, by: User) -> str:
    if by.pk in situation.writers:
        return _("You wrote or submitted this article; another person must sign it.")
    if action == Action.COUNTERSIGN:
        if any(emergency.by_id == by.pk for emergency in situation.open_emergencies):
            return _("You published this article in an emergency; another person must sign it.")
        return ""
    this_stage = Status(situation.article.status)
    for stage, decision in situation.signatures.items():
        if stage != this_stage and decision.by_id == by.pk:
            return _("You already signed this text (%(step)s); another person must sign it.") % {
                "step": decision.get_action_display()
            }
    return ""


def _sees_all_pictures(user: User) -> bool:
    limited = ChannelAssignment.objects.filter(user=user).exists()
    return bool(rights_of(user) & DESK_RIGHTS) and not limited


def _in_channels_of(user: User) -> Q:
    channels = list(ChannelAssignment.objects.filter(user=user).values_list("channel", flat=True))
    if not channels:
        return Q(pk__isnull=False)
    return Q(channel__in=channels) | Q(channel__parent__in=channels)


def _joined(names: list[str]) -> str:
    return "、".join(names)
