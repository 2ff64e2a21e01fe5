"""The rule about decisions that the database itself keeps: they are never changed or deleted.

Migrations install it; tests that empty tables lift it.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "workflow_decision"

POSTGRESQL = (
    """
    CREATE FUNCTION workflow_decision_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a decision is never changed or deleted'
            USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    f"""
    CREATE TRIGGER workflow_decision_stays BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION workflow_decision_stays()
    """,
    f"""
    CREATE TRIGGER workflow_decision_kept BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION workflow_decision_stays()
    """,
)
POSTGRESQL_LIFTED = (
    f"DROP TRIGGER IF EXISTS workflow_decision_stays ON {TABLE}",
    f"DROP TRIGGER IF EXISTS workflow_decision_kept ON {TABLE}",
    "DROP FUNCTION IF EXISTS workflow_decision_stays()",
)
SQLITE = tuple(
    f"""
    CREATE TRIGGER {TABLE}_{name} BEFORE {deed} ON {TABLE}
    BEGIN SELECT RAISE(ABORT, 'a decision is never changed or deleted'); END
    """
    for name, deed in (("stays", "UPDATE"), ("kept", "DELETE"))
)
SQLITE_LIFTED = tuple(f"DROP TRIGGER IF EXISTS {TABLE}_{name}" for name in ("stays", "kept"))


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the rule."""
    _execute(connection, POSTGRESQL if connection.vendor == "postgresql" else SQLITE)


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take the rule away."""
    _execute(connection, POSTGRESQL_LIFTED if connection.vendor == "postgresql" else SQLITE_LIFTED)


def _execute(connection: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
