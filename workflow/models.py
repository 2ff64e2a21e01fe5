"""How an article moves, and the record of it: decisions, revisions, locks, channel duties."""

import datetime
import hashlib
import json

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Channel, Status
from people.models import User
from workflow.transitions import Action


class ChainHead(models.Model):
    """The one row that holds the end of the chain of decisions; who appends locks it."""

    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash}"


class Decision(models.Model):
    """One step taken on an article: by whom, in which role, when, on which text.

    Append-only: database triggers refuse update and delete. Person and role are copied, and
    `by` is no constraint, so deleting an account removes no signature. `hash` is the SHA-256
    over the previous hash and this row's canonical JSON.
    """

    sequence = models.PositiveBigIntegerField(_("sequence"), unique=True)
    article = models.ForeignKey(
        Article, verbose_name=_("article"), on_delete=models.PROTECT, related_name="decisions"
    )
    action = models.CharField(_("step"), max_length=20, choices=Action)
    from_status = models.CharField(_("from"), max_length=14, choices=Status)
    to_status = models.CharField(_("to"), max_length=14, choices=Status)
    by = models.ForeignKey(
        User,
        verbose_name=_("by"),
        null=True,
        db_constraint=False,
        on_delete=models.DO_NOTHING,
        related_name="decisions",
    )
    by_name = models.CharField(_("name"), max_length=40)
    by_role = models.CharField(_("role"), max_length=100)
    at = models.DateTimeField(_("at"))
    version = models.PositiveIntegerField(_("version"))
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    note = models.TextField(_("note"), blank=True)
    public_note = models.TextField(_("public note"), blank=True)
    visible_from = models.DateTimeField(_("goes live at"), null=True)
    visible_until = models.DateTimeField(_("taken down at"), null=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["sequence"]
        indexes = [models.Index(fields=["article", "sequence"], name="decision_of_article")]
        # Rights to take steps; workflow/roles.toml deals them out to roles.
        default_permissions = ()
        permissions = [
            ("write", _("Can write and submit articles")),
            ("edit_any", _("Can edit drafts of others")),
            ("review_first", _("Can give the first review")),
            ("review_second", _("Can give the second review")),
            ("review_final", _("Can give the final review")),
            ("publish", _("Can publish, schedule and correct")),
            ("amend", _("Can change the text of published articles")),
            ("withdraw", _("Can withdraw articles")),
            ("emergency", _("Can publish in an emergency")),
            ("countersign", _("Can sign emergency publications afterwards")),
            ("see_published", _("Can see all articles that were published")),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.by_name}"

    def compute_hash(self) -> str:
        """What `hash` must be: over everything the row says, in a fixed form."""
        facts = {
            "previous": self.previous_hash,
            "sequence": self.sequence,
            "article": self.article_id,
            "action": str(self.action),
            "from": str(self.from_status),
            "to": str(self.to_status),
            "by": self.by_id,
            "name": self.by_name,
            "role": self.by_role,
            "at": _instant(self.at),
            "version": self.version,
            "fingerprint": self.fingerprint,
            "note": self.note,
            "public_note": self.public_note,
            "visible_from": _instant(self.visible_from),
            "visible_until": _instant(self.visible_until),
        }
        text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class Revision(models.Model):
    """A snapshot of an article at one save that changed its content.

    `content` restores it (articles.content.Content), `printed` shows it; `status` is where the
    article stood when it was changed. `by_name` outlives the account.
    """

    article = models.ForeignKey(
        Article, verbose_name=_("article"), on_delete=models.CASCADE, related_name="revisions"
    )
    version = models.PositiveIntegerField(_("version"))
    status = models.CharField(_("status"), max_length=14, choices=Status)
    by = models.ForeignKey(
        User,
        verbose_name=_("by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="revisions",
    )
    by_name = models.CharField(_("name"), max_length=40)
    at = models.DateTimeField(_("at"))
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    content = models.JSONField(_("content"))
    printed = models.JSONField(_("as printed"))

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-version"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["article", "version"], name="revision_of_a_version_is_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article} v{self.version}"


class EditLock(models.Model):
    """Who is in an article's form. `token` belongs to one tab; taking over gives a new one."""

    article = models.OneToOneField(
        Article, verbose_name=_("article"), on_delete=models.CASCADE, related_name="edit_lock"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        on_delete=models.CASCADE,
        related_name="edit_locks",
    )
    token = models.CharField(max_length=32)
    taken_at = models.DateTimeField(_("since"))
    seen_at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("edit lock")
        verbose_name_plural = _("edit locks")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.article} {self.user}"


class ChannelAssignmentManager(models.Manager["ChannelAssignment"]):
    def get_by_natural_key(self, username: str, slug: str) -> "ChannelAssignment":
        return self.get(user__username=username, channel__slug=slug)


class ChannelAssignment(models.Model):
    """A channel a person is limited to, with the channels below it. Without any: all channels."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        on_delete=models.CASCADE,
        related_name="channel_assignments",
    )
    channel = models.ForeignKey(
        Channel,
        verbose_name=_("channel"),
        on_delete=models.CASCADE,
        related_name="assignments",
    )

    objects = ChannelAssignmentManager()

    class Meta:
        verbose_name = _("limit to a channel")
        verbose_name_plural = _("limited to channels")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "channel"],
                name="assignment_to_a_channel_is_one",
                violation_error_message=_("This person is already limited to that channel."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.channel)

    def natural_key(self) -> tuple[str, str]:
        return (self.user.get_username(), self.channel.slug)

    natural_key.dependencies = ["people.user", "articles.channel"]  # type: ignore[attr-defined]


def _instant(moment: datetime.datetime | None) -> str | None:
    return moment.astimezone(datetime.UTC).isoformat() if moment else None
