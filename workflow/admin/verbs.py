"""Which service takes which step, and what its form asks for."""

import functools
from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow import services
from workflow.models import Decision
from workflow.situation import Situation
from workflow.transitions import BY_ACTION, PASSES, Action

VERBS: dict[Action, Callable[..., Decision]] = {
    Action.SUBMIT: services.submit,
    Action.RECALL: services.recall,
    **{
        action: functools.partial(services.pass_review, stage=stage)
        for stage, action in PASSES.items()
    },
    Action.RETURN: services.return_for_changes,
    Action.HOLD: services.hold,
    Action.RESUME: services.resume,
    Action.REJECT: services.reject,
    Action.RESTORE: services.restore,
    Action.PUBLISH: services.publish,
    Action.SCHEDULE: services.schedule,
    Action.UNSCHEDULE: services.unschedule,
    Action.CORRECT: services.correct,
    Action.LIMIT: services.limit,
    Action.WITHDRAW: services.withdraw,
    Action.REOPEN: services.reopen,
    Action.DISCARD: services.discard,
    Action.EMERGENCY: services.emergency_publish,
    Action.COUNTERSIGN: services.countersign,
    Action.ACCEPT: services.accept,
    Action.DISMISS: services.dismiss,
}

# What each step does, before it is taken.
EXPLAINED = {
    Action.SUBMIT: gettext_lazy("The article goes to the first reviewer. You can recall it."),
    Action.RECALL: gettext_lazy(
        "The article becomes your draft again. Signatures it has so far lapse."
    ),
    Action.PASS_FIRST: gettext_lazy("You sign the first review of the text as it stands now."),
    Action.PASS_SECOND: gettext_lazy("You sign the second review of the text as it stands now."),
    Action.PASS_FINAL: gettext_lazy(
        "You sign the final review. The text as it stands now may then be published."
    ),
    Action.RETURN: gettext_lazy(
        "The article goes back to its author. Signatures it has so far lapse; the note says what"
        " to change."
    ),
    Action.HOLD: gettext_lazy("The article is set aside. It can be resumed where it was."),
    Action.RESUME: gettext_lazy("The article returns to the review it was held in."),
    Action.REJECT: gettext_lazy("The article goes to the bin. It can be restored."),
    Action.RESTORE: gettext_lazy("The article comes out of the bin, to where it was."),
    Action.PUBLISH: gettext_lazy("Readers see the article at once."),
    Action.SCHEDULE: gettext_lazy("Readers see the article from the time you choose."),
    Action.UNSCHEDULE: gettext_lazy("The article will not go live; it waits approved again."),
    Action.CORRECT: gettext_lazy(
        "The changed text takes the place of the live one at once, with the correction notice."
    ),
    Action.LIMIT: gettext_lazy(
        "The article leaves the site by itself at the time you choose, or stays where you choose"
        " none. Its text is not touched."
    ),
    Action.WITHDRAW: gettext_lazy(
        "The article leaves the site at once. Its address shows the notice for the public."
    ),
    Action.REOPEN: gettext_lazy(
        "The article becomes a draft again. It needs all its reviews before it is published."
    ),
    Action.DISCARD: gettext_lazy("The changes are dropped; the text that is live stays."),
    Action.EMERGENCY: gettext_lazy(
        "Readers see the article at once, without the reviews that are missing. It stays listed"
        " until a second person has signed."
    ),
    Action.COUNTERSIGN: gettext_lazy("You sign the emergency publication afterwards."),
    Action.ACCEPT: gettext_lazy(
        "Readers see the article at once, under the date it was first published."
    ),
    Action.DISMISS: gettext_lazy("The imported draft goes to the bin. It can be restored."),
}

# Those that show readers something else than before.
PUBLISHING = frozenset({Action.PUBLISH, Action.SCHEDULE, Action.CORRECT, Action.EMERGENCY})
# Those a person should not take by mistake.
GRAVE = frozenset(
    {Action.WITHDRAW, Action.REJECT, Action.DISMISS, Action.DISCARD, Action.EMERGENCY}
)


class Moment(forms.DateTimeField):
    """A moment typed in Asia/Shanghai, in the browser's own field for it."""

    widget = forms.DateTimeInput(
        format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "step": "60"}
    )


class StepForm(forms.Form):
    """What a step asks for; fields it does not take are left out."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    go_live = Moment(label=gettext_lazy("goes live at (Beijing time)"))
    until = Moment(
        label=gettext_lazy("taken down at (Beijing time)"),
        required=False,
        help_text=gettext_lazy("Leave it empty to keep the article on the site."),
    )
    public_note = forms.CharField(
        label=gettext_lazy("notice for readers"),
        max_length=500,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    note = forms.CharField(
        label=gettext_lazy("note"),
        max_length=2000,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, action: Action, situation: Situation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("go_live", "until", "public_note"):
            if name not in _asked(action, situation):
                del self.fields[name]
        if action == Action.LIMIT and situation.live:
            self.fields["until"].initial = situation.live.visible_until
        note = self.fields["note"]
        note.required = BY_ACTION[action].note
        note.help_text = _("For the record and for colleagues; readers do not see it.")
        if "public_note" in self.fields:
            public = self.fields["public_note"]
            public.required = action != Action.WITHDRAW
            public.help_text = (
                _("Printed at the article's address. Left empty, a neutral sentence stands there.")
                if action == Action.WITHDRAW
                else _("Printed under the article: what was wrong, and what is right.")
            )
        self.order_fields(["version", "go_live", "until", "note", "public_note"])

    def facts(self) -> dict[str, Any]:
        """What the service of the step is given besides `by` and `at`."""
        return dict(self.cleaned_data)


def _asked(action: Action, situation: Situation) -> set[str]:
    if action == Action.SCHEDULE:
        return {"go_live", "until"}
    if action in {Action.PUBLISH, Action.LIMIT}:
        return {"until"}
    if action in {Action.CORRECT, Action.WITHDRAW}:
        return {"public_note"}
    if action == Action.EMERGENCY:
        return {"until", "public_note"} if situation.live else {"until"}
    return set()
