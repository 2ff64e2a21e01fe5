"""The workflow as a table: which step leads from where to where, and what it asks for.

Read a row as: the step may be taken from these statuses, leads to that one, needs this right;
then whether a note must be given, whether it must be another person than those who wrote,
submitted or signed the text, and whether the text must be complete (workflow/readiness.py).
"""

import enum
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models import IN_REVIEW, Status


class Action(models.TextChoices):
    """A step. The last two have no button: a save and an import take them."""

    SUBMIT = "submit", _("submit for review")
    RECALL = "recall", _("recall")
    PASS_FIRST = "pass_first", _("pass first review")
    PASS_SECOND = "pass_second", _("pass second review")
    PASS_FINAL = "pass_final", _("pass final review")
    RETURN = "return", _("return for changes")
    HOLD = "hold", _("hold")
    RESUME = "resume", _("resume")
    REJECT = "reject", _("reject to the bin")
    RESTORE = "restore", _("restore")
    PUBLISH = "publish", _("publish now")
    SCHEDULE = "schedule", _("schedule")
    UNSCHEDULE = "unschedule", _("call off the schedule")
    CORRECT = "correct", _("publish correction")
    LIMIT = "limit", _("set the take-down time")
    WITHDRAW = "withdraw", _("withdraw")
    REOPEN = "reopen", _("reopen")
    DISCARD = "discard", _("discard changes")
    EMERGENCY = "emergency", _("publish in an emergency")
    COUNTERSIGN = "countersign", _("sign afterwards")
    ACCEPT = "accept", _("accept for the site")
    DISMISS = "dismiss", _("dismiss")
    AMEND = "amend", _("change a signed text")
    IMPORT = "import", _("import")


class To(enum.Enum):
    """A destination that the article itself decides."""

    FIRST_STAGE = enum.auto()  # the first review its channel asks for
    NEXT_STAGE = enum.auto()  # the next review its channel asks for, else approved
    FORMER = enum.auto()  # where it was set aside from
    SAME = enum.auto()


class Transition(NamedTuple):
    """One row of the table. `right` is a permission of workflow, without its prefix; None means
    the right of the review the article stands in (STAGE_RIGHTS)."""

    action: Action
    sources: tuple[Status, ...]
    to: Status | To
    right: str | None
    note: bool = False
    second_person: bool = False
    complete: bool = False


D, F, S, Z = Status.DRAFT, Status.FIRST_REVIEW, Status.SECOND_REVIEW, Status.FINAL_REVIEW
A, P, H, W, X = (
    Status.APPROVED,
    Status.PUBLISHED,
    Status.HELD,
    Status.WITHDRAWN,
    Status.SPIKED,
)

# fmt: off
TABLE = (
    #          step                from             to               right            note   second person, complete
    Transition(Action.SUBMIT,      (D,),            To.FIRST_STAGE,  "write",         False, False, True),
    Transition(Action.RECALL,      IN_REVIEW,       D,               "write"),
    Transition(Action.PASS_FIRST,  (F,),            To.NEXT_STAGE,   "review_first",  False, True,  True),
    Transition(Action.PASS_SECOND, (S,),            To.NEXT_STAGE,   "review_second", False, True,  True),
    Transition(Action.PASS_FINAL,  (Z,),            To.NEXT_STAGE,   "review_final",  False, True,  True),
    Transition(Action.RETURN,      (*IN_REVIEW, A), D,               None,            True),
    Transition(Action.HOLD,        IN_REVIEW,       H,               None),
    Transition(Action.RESUME,      (H,),            To.FORMER,       None),
    Transition(Action.REJECT,      IN_REVIEW,       X,               None,            True),
    Transition(Action.RESTORE,     (X,),            To.FORMER,       None),
    Transition(Action.PUBLISH,     (A,),            P,               "publish",       False, False, True),
    Transition(Action.SCHEDULE,    (A,),            P,               "publish",       False, False, True),
    Transition(Action.UNSCHEDULE,  (P,),            A,               "publish"),
    Transition(Action.CORRECT,     (A,),            P,               "publish",       False, False, True),
    Transition(Action.LIMIT,       (D, *IN_REVIEW, A, P, H), To.SAME, "publish"),
    Transition(Action.WITHDRAW,    (D, *IN_REVIEW, A, P, H), W,      "withdraw",      True),
    Transition(Action.REOPEN,      (W, P),          D,               "withdraw",      True),
    Transition(Action.DISCARD,     (D, *IN_REVIEW, A, H), P,         "amend"),
    Transition(Action.EMERGENCY,   (D, *IN_REVIEW, A), P,            "emergency",     True,  False, True),
    Transition(Action.COUNTERSIGN, tuple(Status),   To.SAME,         "countersign",   False, True),
    # For what an earlier system had published, while it waits here as a draft (docs/adr/0016).
    Transition(Action.ACCEPT,      (D,),            P,               "publish"),
    Transition(Action.DISMISS,     (D,),            X,               "publish",       True),
)
# fmt: on

# Steps that open an edition.
OPENING = (
    Action.PUBLISH,
    Action.SCHEDULE,
    Action.CORRECT,
    Action.EMERGENCY,
    Action.IMPORT,
    Action.ACCEPT,
)

BY_ACTION = {row.action: row for row in TABLE}

# The reviews a channel asks for, by their number.
STAGES = {3: IN_REVIEW, 2: (F, Z), 1: (Z,)}
PASSES = {F: Action.PASS_FIRST, S: Action.PASS_SECOND, Z: Action.PASS_FINAL}
# Whose desk an article lies on; an approved one still lies on the final reviewer's.
STAGE_RIGHTS = {F: "review_first", S: "review_second", Z: "review_final", A: "review_final"}
# Who brings back what was set aside: whose desk it came from; a draft was a dismissed one.
RESTORE_RIGHTS = {**STAGE_RIGHTS, D: "publish"}
# Who may change the text where; a draft also by those it belongs to (workflow/permissions.py).
EDIT_RIGHTS = {**STAGE_RIGHTS, D: "edit_any", P: "amend"}


def first_stage(reviews: int) -> Status:
    """Where a submitted article goes on a channel with so many reviews."""
    return STAGES[reviews][0]


def next_stage(reviews: int, status: Status) -> Status:
    """Where an article goes that passed the review `status` on a channel with so many reviews.

    A channel whose number of reviews was changed meanwhile leads on to the next one it asks for.
    """
    later = IN_REVIEW[IN_REVIEW.index(status) + 1 :]
    return next((stage for stage in later if stage in STAGES[reviews]), A)
