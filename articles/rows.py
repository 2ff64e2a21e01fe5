"""Make many new rows and put them into the database at once, as fast as it takes them."""

import datetime
import functools
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

FEW = 20  # rows; below it COPY gains nothing

AT_ONCE = 20  # lines that COPY is given at a time
BETWEEN, NULL = "\x01", "\x02"  # in the lines of COPY

_to_json = json.JSONEncoder(ensure_ascii=False).encode


def made[M: models.Model](model: type[M], **values: Any) -> M:
    """What `model(**values)` gives, in a fraction of the time; fields are named by their
    `attname`."""
    return model(
        *[
            values[name] if name in values else make() if make else default
            for name, make, default in _defaults(model)
        ]
    )


def add(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model and give them their ids.

    Nothing but the fields' own `pre_save` is called, no `save` and no signal.
    """
    if not rows:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql" and len(rows) >= FEW:
        _copy(connection, rows)
    else:
        type(rows[0])._base_manager.bulk_create(rows)


def compress_quickly() -> None:
    """Have long texts compressed with LZ4 on this connection, where PostgreSQL was built with it:
    its usual way costs as much time as all the rest of taking a row in."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config(name, 'lz4', false) FROM pg_settings"
                " WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)"
            )


@functools.cache
def _defaults(model: type[models.Model]) -> list[tuple[str, Callable[[], Any] | None, Any]]:
    """For each field its name, and what makes its default or is it."""
    return [
        (field.attname, field.default, None)
        if field.has_default() and callable(field.default)
        else (field.attname, None, field.get_default())
        for field in model._meta.concrete_fields
    ]


def _copy(connection: BaseDatabaseWrapper, rows: Sequence[models.Model]) -> None:
    meta = type(rows[0])._meta
    key = meta.pk
    fields = list(meta.concrete_fields)
    names = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            # Materialized, or the name of the series would be looked up for each row.
            "WITH series AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, %s)::regclass AS name)"
            " SELECT nextval(name) FROM series, generate_series(1, %s)",
            [meta.db_table, key.column, len(rows)],
        )
        for row, (number,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = number
        lines = _Lines(_lines(fields, rows))
        copy = f"COPY \"{meta.db_table}\" ({names}) FROM STDIN WITH (DELIMITER E'\\x01', NULL E'\\x02')"
        try:
            with connection.wrap_database_errors:
                cursor.copy_expert(copy, lines)
        except DatabaseError:
            if lines.error:
                raise lines.error from None
            raise
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias


class _Lines:
    """A file that is written while the database reads it. The driver makes an error of the database
    of whatever is raised meanwhile, Ctrl-C too, so that is kept."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.error: BaseException | None = None

    def read(self, _size: int) -> str:
        try:
            return "".join(itertools.islice(self.lines, AT_ONCE))
        except BaseException as error:
            self.error = error
            raise


def _lines(fields: list[models.Field], rows: Sequence[models.Model]) -> Iterator[str]:
    """The rows in the text format of COPY. Raises ValueError for a text with one of the two
    control characters that stand between values and for NULL."""
    set_on_saving = [field for field in fields if _is_set_on_saving(field)]
    values_of = attrgetter(*(field.attname for field in fields))
    writers = [
        (place, write)
        for place, field in enumerate(fields)
        if (write := _writer(field)) is not None
    ]
    for row in rows:
        for field in set_on_saving:
            field.pre_save(row, add=True)
        values = list(values_of(row))
        for place, write in writers:
            if values[place] is not None:
                values[place] = write(values[place])
        line = BETWEEN.join([NULL if value is None else value for value in values])
        if line.count(BETWEEN) >= len(fields) or line.count(NULL) > values.count(None):
            raise ValueError("A text holds control characters.")
        line = line.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
        yield f"{line}\n"


def _is_set_on_saving(field: models.Field) -> bool:
    if isinstance(field, models.DateField):
        return field.auto_now or field.auto_now_add
    return type(field).pre_save is not models.Field.pre_save


def _writer(field: models.Field) -> Callable[[Any], str] | None:
    """What writes a value of the field; None where it is text as it is."""
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, models.BinaryField):
        return _binary
    if isinstance(field, models.DateTimeField):
        return datetime.datetime.isoformat
    if isinstance(field, models.CharField | models.TextField):
        return None
    return str


def _json(value: Any) -> str:
    if value:
        return _to_json(value)
    return "{}" if isinstance(value, dict) else _to_json(value)


def _binary(value: bytes) -> str:
    return f"\\x{bytes(value).hex()}"
