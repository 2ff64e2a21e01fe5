"""Edit locks: who is in an article's form.

A lock is held by one tab, known by its token. It lapses `LIFETIME` after the tab was last seen.
Taking over gives a new token; the tab with the old one is told so and never gets it back. The
lock is a courtesy on top of the version check, which alone decides about saves.
"""

import datetime
import secrets

from django.db import transaction

from articles.models import Article
from people.models import User
from workflow.models import EditLock

LIFETIME = datetime.timedelta(minutes=3)


@transaction.atomic
def take(article: Article, *, by: User, at: datetime.datetime, over: bool = False) -> EditLock:
    """The lock of the article: a new one of `by` where it is free, lapsed, their own or taken
    `over`; else the standing one of somebody else."""
    Article.objects.select_for_update().get(pk=article.pk)
    standing = EditLock.objects.filter(article=article).select_related("user").first()
    if standing and standing.user_id != by.pk and not over and _is_fresh(standing, at):
        return standing
    lock, _ = EditLock.objects.update_or_create(
        article=article,
        defaults={"user": by, "token": secrets.token_hex(16), "taken_at": at, "seen_at": at},
    )
    return lock


def keep(article: Article, *, token: str, at: datetime.datetime) -> bool:
    """Say that the tab with this token is still there; False when it lost the lock."""
    return bool(EditLock.objects.filter(article=article, token=token).update(seen_at=at))


def release(article: Article, *, token: str) -> None:
    """Give the lock back, if this tab still has it."""
    EditLock.objects.filter(article=article, token=token).delete()


def holder(article: Article, at: datetime.datetime) -> EditLock | None:
    """The lock that stands at `at`."""
    lock = EditLock.objects.filter(article=article).select_related("user").first()
    return lock if lock and _is_fresh(lock, at) else None


def _is_fresh(lock: EditLock, at: datetime.datetime) -> bool:
    return at - lock.seen_at < LIFETIME
