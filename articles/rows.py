"""Put many new rows into the database at once, as fast as it takes them."""

import datetime
import json
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

FEW = 20  # rows; below it COPY gains nothing

_to_json = json.JSONEncoder(ensure_ascii=False).encode


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


def _copy(connection: BaseDatabaseWrapper, rows: Sequence[models.Model]) -> None:
    meta = type(rows[0])._meta
    key = meta.pk
    fields = list(meta.concrete_fields)
    names = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [meta.db_table, key.column, len(rows)],
        )
        for row, (number,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = number
        with connection.wrap_database_errors:
            cursor.copy_expert(
                f'COPY "{meta.db_table}" ({names}) FROM STDIN', _Lines(_lines(fields, rows))
            )
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias


class _Lines:
    """A file that is written while the database reads it."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines

    def read(self, _size: int) -> str:
        return next(self.lines, "")


def _lines(fields: list[models.Field], rows: Sequence[models.Model]) -> Iterator[str]:
    """The rows in the text format of COPY."""
    set_on_saving = [field for field in fields if _is_set_on_saving(field)]
    values_of = attrgetter(*(field.attname for field in fields))
    writers = [_writer(field) for field in fields]
    for row in rows:
        for field in set_on_saving:
            field.pre_save(row, add=True)
        pairs = zip(writers, values_of(row), strict=True)
        yield "\t".join(["\\N" if value is None else write(value) for write, value in pairs]) + "\n"


def _is_set_on_saving(field: models.Field) -> bool:
    if isinstance(field, models.DateField):
        return field.auto_now or field.auto_now_add
    return type(field).pre_save is not models.Field.pre_save


def _writer(field: models.Field) -> Callable[[Any], str]:
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, models.BinaryField):
        return _binary
    if isinstance(field, models.DateTimeField):
        return datetime.datetime.isoformat
    if isinstance(field, models.CharField | models.TextField):
        return _text
    return str


def _json(value: Any) -> str:
    if value:
        return _text(_to_json(value))
    return "{}" if isinstance(value, dict) else str(_to_json(value))


def _binary(value: bytes) -> str:
    return f"\\\\x{bytes(value).hex()}"


def _text(value: str) -> str:
    if not value:
        return ""
    text = str(value).replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace("\t", "\\t").replace("\r", "\\r")
