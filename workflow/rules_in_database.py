"""The rules about the record that the database itself keeps.

Decisions are never changed or deleted. A revision is never changed, but that it forgets an account
that is deleted; it is deleted only along with a draft on which no step was ever taken.

Migrations install them; tests that empty tables lift them.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

from publication.kept import Kept

KEPT = (
    Kept(table="workflow_decision", sentence="a decision is never changed or deleted"),
    Kept(
        table="workflow_revision",
        sentence="a revision is never changed, nor deleted once a step was taken",
        changeable="by_id",
        change="NEW.by_id IS NULL",
        deletion="""
            NOT EXISTS (SELECT 1 FROM workflow_decision WHERE article_id = OLD.article_id)
        """,
    ),
)


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the rules."""
    for rule in KEPT:
        rule.install(connection)


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take the rules away, those that are there."""
    for rule in KEPT:
        rule.lift(connection)
