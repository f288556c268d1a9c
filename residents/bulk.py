"""Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from types import NoneType

from django.db import connection, models
from django.db.models.expressions import RawSQL
from django.utils import timezone


def copy_rows(model: type[models.Model], columns: tuple[str, ...], rows: Collection[tuple]) -> None:
    """Insert rows whose cells are plain numbers, booleans, None, or text without tabs, line ends and backslashes."""
    if not rows:
        return
    table = f"{model._meta.db_table} ({', '.join(columns)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            text = io.StringIO()
            text.writelines("\t".join("\\N" if cell is None else str(cell) for cell in row) + "\n" for row in rows)
            text.seek(0)
            cursor.copy_expert(f"COPY {table} FROM STDIN", text)
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} VALUES ({places})", list(rows))


def ids_in(keys: Iterable[uuid.UUID | str]) -> RawSQL:
    """These ids, for `filter(pk__in=ids_in(keys))`: one parameter, however many they are."""
    texts = list(map(str, keys))
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::uuid[])", [texts])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(texts).replace("-", "")])


def learn_sizes(*tables: type[models.Model]) -> None:
    """The database plans by what it knows of its tables: tell it after many rows came, outside their transaction.

    SQLite never looks by itself and takes every index for a good one; a sample is enough and takes milliseconds.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit = 1000")
        for table in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table._meta.db_table)}")


def change_rows(model: type[models.Model], names: Sequence[str], rows: Collection[Mapping]) -> None:
    """Give these columns (`attname`) of rows that exist, told by their `id`, new values, as ReadyRows takes them."""
    if not rows:
        return
    quote, table = connection.ops.quote_name, model._meta.db_table
    fields = [model._meta.pk, *(each for each in model._meta.concrete_fields if each.attname in names)]
    key, *columns = [quote(each.column) for each in fields]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            given = ", ".join(f"%s::{each.db_type(connection)}[]" for each in fields)
            values = [[_told(row[each.attname]) for row in rows] for each in fields]
            new = ", ".join(f"{column} = new.{column}" for column in columns)
            cursor.execute(
                f"UPDATE {quote(table)} AS old SET {new} FROM unnest({given}) AS new({', '.join([key, *columns])})"
                f" WHERE old.{key} = new.{key}",
                values,
            )
        else:
            new = ", ".join(f"{column} = %s" for column in columns)
            values = [_bound([row[each.attname] for row in rows]) for each in (*fields[1:], fields[0])]
            cursor.executemany(f"UPDATE {quote(table)} SET {new} WHERE {key} = %s", list(zip(*values, strict=True)))


def _told(value):
    return str(value) if isinstance(value, uuid.UUID) else value


class ReadyRows:
    """New rows of a model as the database takes them: made ready before the transaction that inserts them.

    A row is what its columns (`attname`) hold, texts clean already; `same`: columns that all rows share. What neither
    names has its default. Fields are asked nothing about a value: texts, numbers, ids, dates and JSON may stand there.
    """

    def __init__(self, model: type[models.Model], rows: Sequence[Mapping[str, object]], **same):
        fields = [each for each in model._meta.concrete_fields if not isinstance(each, models.AutoField)]
        self.table = connection.ops.quote_name(model._meta.db_table)
        self.columns = ", ".join(connection.ops.quote_name(each.column) for each in fields)
        self.names = [each.attname for each in fields]
        self._cells = _copied if connection.vendor == "postgresql" else _bound
        columns = [self._column(each, rows, same) for each in fields]
        self.rows = list(zip(*columns, strict=True))

    def _column(self, column: models.Field, rows: Sequence[Mapping], same: Mapping) -> Iterable:
        name = column.attname
        if rows and name in rows[0]:
            return self._cells([row[name] for row in rows])
        value = same[name] if name in same else column.get_default()
        return self._cells([value]) * len(rows)

    def put(self, number: int, name: str, value: object) -> None:
        """Give a row what was not known before."""
        row, at = self.rows[number], self.names.index(name)
        self.rows[number] = (*row[:at], *self._cells([value]), *row[at + 1 :])

    def insert(self) -> None:
        if not self.rows:
            return
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                text = io.StringIO("\n".join(map("\t".join, self.rows)) + "\n")
                cursor.copy_expert(f"COPY {self.table} ({self.columns}) FROM STDIN", text)
            else:
                places = ", ".join(["%s"] * len(self.names))
                cursor.executemany(f"INSERT INTO {self.table} ({self.columns}) VALUES ({places})", self.rows)


def _bound(column: list) -> list:
    """A column as SQLite keeps it."""
    return column if set(map(type, column)) <= _AS_THEY_ARE else list(map(_bound_cell, column))


_AS_THEY_ARE = {str, int, bool, NoneType}


def _bound_cell(value):
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, dt.datetime):
        return _naive(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value)
    return str(value) if isinstance(value, str) else value


@lru_cache(maxsize=64)
def _naive(instant: dt.datetime) -> str:
    """The rows of a batch share their instants."""
    return str(timezone.make_naive(instant, dt.UTC))


def _copied(column: list) -> list[str]:
    """A column as COPY reads it."""
    return list(map(_copied_cell, column))


_TO_ESCAPE = re.compile(r"[\\\t\n\r]")
_ESCAPED = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def _copied_cell(value) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, dict | list):
        value = json.dumps(value)
    return _TO_ESCAPE.sub(lambda match: _ESCAPED[match[0]], str(value))
