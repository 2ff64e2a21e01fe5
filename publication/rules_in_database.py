"""The rules about editions that the database itself keeps, for both kinds of database.

An edition is never deleted, never changed but for `visible_until`, and no two of one article
are visible at one moment. Migrations install them; tests that empty tables lift them.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "publication_edition"

POSTGRESQL = (
    f"""
    CREATE FUNCTION publication_edition_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE ended {TABLE}%ROWTYPE;
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            ended := OLD;
            ended.visible_until := NEW.visible_until;
            IF NEW IS NOT DISTINCT FROM ended THEN RETURN NEW; END IF;
        END IF;
        RAISE EXCEPTION 'an edition is never changed or deleted'
            USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    f"""
    CREATE TRIGGER publication_edition_stays BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION publication_edition_stays()
    """,
    f"""
    CREATE TRIGGER publication_edition_kept BEFORE TRUNCATE ON {TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION publication_edition_stays()
    """,
    f"""
    ALTER TABLE {TABLE} ADD CONSTRAINT edition_of_an_article_is_one_at_a_time EXCLUDE USING gist (
        int8range(article_id, article_id, '[]') WITH &&,
        tstzrange(visible_from, visible_until) WITH &&
    )
    """,
)
POSTGRESQL_LIFTED = (
    f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS edition_of_an_article_is_one_at_a_time",
    f"DROP TRIGGER IF EXISTS publication_edition_stays ON {TABLE}",
    f"DROP TRIGGER IF EXISTS publication_edition_kept ON {TABLE}",
    "DROP FUNCTION IF EXISTS publication_edition_stays()",
)

# The moment a time is compared as text; Django writes all of them in UTC and in one form.
SQLITE_OVERLAP = """
    SELECT RAISE(ABORT, 'edition_of_an_article_is_one_at_a_time') WHERE EXISTS (
        SELECT 1 FROM publication_edition AS other
        WHERE other.article_id = NEW.article_id AND other.id IS NOT NEW.id
        AND (other.visible_until IS NULL OR other.visible_until > other.visible_from)
        AND (NEW.visible_until IS NULL OR NEW.visible_until > NEW.visible_from)
        AND (other.visible_until IS NULL OR other.visible_until > NEW.visible_from)
        AND (NEW.visible_until IS NULL OR NEW.visible_until > other.visible_from)
    )
"""


def install(connection: BaseDatabaseWrapper, columns: list[str]) -> None:
    """Make the rules; `columns` are all of the table."""
    with connection.cursor() as cursor:
        for statement in _statements(connection, columns):
            cursor.execute(statement)


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take the rules away."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for statement in POSTGRESQL_LIFTED:
                cursor.execute(statement)
        else:
            for name in ("stays", "kept", "begins_alone", "ends_alone"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_{name}")


def _statements(connection: BaseDatabaseWrapper, columns: list[str]) -> tuple[str, ...]:
    if connection.vendor == "postgresql":
        return POSTGRESQL
    fixed = ", ".join(f'"{column}"' for column in columns if column != "visible_until")
    return (
        f"""
        CREATE TRIGGER {TABLE}_stays BEFORE UPDATE OF {fixed} ON {TABLE}
        BEGIN SELECT RAISE(ABORT, 'an edition is never changed'); END
        """,
        f"""
        CREATE TRIGGER {TABLE}_kept BEFORE DELETE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, 'an edition is never deleted'); END
        """,
        f"CREATE TRIGGER {TABLE}_begins_alone BEFORE INSERT ON {TABLE} BEGIN {SQLITE_OVERLAP}; END",
        f"""
        CREATE TRIGGER {TABLE}_ends_alone BEFORE UPDATE OF visible_until ON {TABLE}
        BEGIN {SQLITE_OVERLAP}; END
        """,
    )
