"""The rules about what readers got that the database itself keeps, for both kinds of database.

An edition is never deleted, never changed but for `visible_until`, and no two of one article
are visible at one moment. Its pictures, and withdrawals, stay as they are. An article whose
edition was not called off keeps that edition's time of first publication.

Migrations install them; tests that empty tables lift them.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

from publication.kept import Kept, execute

EDITIONS = "publication_edition"
ARTICLES = "articles_article"

KEPT = (
    Kept(
        table=EDITIONS,
        sentence="an edition is never changed or deleted",
        changeable="visible_until",
    ),
    Kept(
        table="publication_pictureuse",
        sentence="the pictures of an edition are never changed or deleted",
    ),
    Kept(table="publication_withdrawal", sentence="a withdrawal is never changed or deleted"),
)

FIRST_STAYS = "article_keeps_its_first_publication"
# Of an article in OLD and NEW: another time than that of an edition that was not called off.
FIRST_DIFFERS = f"""
    NOT COALESCE(
        OLD.first_published_at = NEW.first_published_at,
        OLD.first_published_at IS NULL AND NEW.first_published_at IS NULL
    ) AND EXISTS (
        SELECT 1 FROM {EDITIONS} AS edition
        WHERE edition.article_id = OLD.id
        AND (edition.visible_until IS NULL OR edition.visible_until > edition.visible_from)
        AND (NEW.first_published_at IS NULL OR edition.first_published_at <> NEW.first_published_at)
    )
"""  # noqa: S608

POSTGRESQL = (
    f"""
    ALTER TABLE {EDITIONS} ADD CONSTRAINT edition_of_an_article_is_one_at_a_time EXCLUDE USING gist (
        int8range(article_id, article_id, '[]') WITH &&,
        tstzrange(visible_from, visible_until) WITH &&
    )
    """,
    f"""
    CREATE FUNCTION {FIRST_STAYS}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {FIRST_DIFFERS} THEN
            RAISE EXCEPTION '{FIRST_STAYS}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    f"""
    CREATE TRIGGER {FIRST_STAYS} BEFORE UPDATE OF first_published_at ON {ARTICLES}
    FOR EACH ROW EXECUTE FUNCTION {FIRST_STAYS}()
    """,
)
POSTGRESQL_LIFTED = (
    f"ALTER TABLE {EDITIONS} DROP CONSTRAINT IF EXISTS edition_of_an_article_is_one_at_a_time",
    f"DROP TRIGGER IF EXISTS {FIRST_STAYS} ON {ARTICLES}",
    f"DROP FUNCTION IF EXISTS {FIRST_STAYS}()",
)

# Times are compared as text; Django writes all of them in UTC and in one form.
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
SQLITE = (
    f"""
    CREATE TRIGGER {EDITIONS}_begins_alone BEFORE INSERT ON {EDITIONS}
    BEGIN {SQLITE_OVERLAP}; END
    """,
    f"""
    CREATE TRIGGER {EDITIONS}_ends_alone BEFORE UPDATE OF visible_until ON {EDITIONS}
    BEGIN {SQLITE_OVERLAP}; END
    """,
    f"""
    CREATE TRIGGER {FIRST_STAYS} BEFORE UPDATE OF first_published_at ON {ARTICLES}
    WHEN {FIRST_DIFFERS} BEGIN SELECT RAISE(ABORT, '{FIRST_STAYS}'); END
    """,
)
SQLITE_LIFTED = tuple(
    f"DROP TRIGGER IF EXISTS {name}"
    for name in (f"{EDITIONS}_begins_alone", f"{EDITIONS}_ends_alone", FIRST_STAYS)
)


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the rules."""
    for rule in KEPT:
        rule.install(connection)
    execute(connection, *(POSTGRESQL if connection.vendor == "postgresql" else SQLITE))


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take the rules away, those that are there."""
    is_postgresql = connection.vendor == "postgresql"
    execute(connection, *(POSTGRESQL_LIFTED if is_postgresql else SQLITE_LIFTED))
    for rule in KEPT:
        rule.lift(connection)
