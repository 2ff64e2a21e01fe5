"""Tables whose rows the database itself keeps as they are, on both kinds of database."""

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A table whose rows are never changed, deleted or emptied, but for what is said here.

    `changeable` is a column that alone may change, where `change` holds; a row may be deleted
    where `deletion` holds. Both are conditions in SQL that both databases understand, over NEW
    and OLD. `sentence` is what the database says when it refuses.
    """

    table: str
    sentence: str
    changeable: str = ""
    change: str = "TRUE"
    deletion: str = "FALSE"

    def install(self, connection: BaseDatabaseWrapper) -> None:
        """Make the rule."""
        execute(
            connection,
            *(
                self._for_postgresql()
                if connection.vendor == "postgresql"
                else self._for_sqlite(connection)
            ),
        )

    def lift(self, connection: BaseDatabaseWrapper) -> None:
        """Take the rule away, where it is there."""
        names = [f"{self.table}_{part}" for part in ("stays", "changes", "kept")]
        if connection.vendor == "postgresql":
            execute(
                connection,
                *(f"DROP TRIGGER IF EXISTS {name} ON {self.table}" for name in names),
                f"DROP FUNCTION IF EXISTS {self.table}_stays()",
            )
        else:
            execute(connection, *(f"DROP TRIGGER IF EXISTS {name}" for name in names))

    def _for_postgresql(self) -> tuple[str, ...]:
        function = f"{self.table}_stays()"
        allowed = f"""
            changed := OLD;
            changed.{self.changeable} := NEW.{self.changeable};
            IF NEW IS NOT DISTINCT FROM changed AND {self.change} THEN RETURN NEW; END IF;
        """
        return (
            f"""
            CREATE FUNCTION {function} RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE changed {self.table}%ROWTYPE;
            BEGIN
                IF TG_OP = 'UPDATE' THEN
                    {allowed if self.changeable else "NULL;"}
                ELSIF TG_OP = 'DELETE' THEN
                    IF {self.deletion} THEN RETURN OLD; END IF;
                END IF;
                RAISE EXCEPTION '{self.sentence}'
                    USING ERRCODE = 'integrity_constraint_violation';
            END $$
            """,
            f"""
            CREATE TRIGGER {self.table}_stays BEFORE UPDATE OR DELETE ON {self.table}
            FOR EACH ROW EXECUTE FUNCTION {function}
            """,
            f"""
            CREATE TRIGGER {self.table}_kept BEFORE TRUNCATE ON {self.table}
            FOR EACH STATEMENT EXECUTE FUNCTION {function}
            """,
        )

    def _for_sqlite(self, connection: BaseDatabaseWrapper) -> tuple[str, ...]:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{self.sentence}'); END"
        with connection.cursor() as cursor:
            columns = connection.introspection.get_table_description(cursor, self.table)
        fixed = ", ".join(f'"{row.name}"' for row in columns if row.name != self.changeable)
        statements = [
            f"CREATE TRIGGER {self.table}_stays BEFORE UPDATE OF {fixed} ON {self.table} {refuse}",
            f"""
            CREATE TRIGGER {self.table}_kept BEFORE DELETE ON {self.table}
            WHEN NOT ({self.deletion}) {refuse}
            """,
        ]
        if self.changeable:
            statements.append(
                f"""
                CREATE TRIGGER {self.table}_changes BEFORE UPDATE OF {self.changeable}
                ON {self.table} WHEN NOT ({self.change}) {refuse}
                """
            )
        return tuple(statements)


def execute(connection: BaseDatabaseWrapper, *statements: str) -> None:
    """Run statements one after the other."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
