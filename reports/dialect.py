"""The few words of SQL that differ between the two databases."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Sequence

from django.db import connection

# Việt Nam is UTC+7 all year; the record begins long after the last change of its clock (1975).
UTC_OFFSET = 7 * 3600


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def rows_of(sql: str, values: Sequence = ()) -> list[tuple]:
    """What a statement answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def local_day(column: str) -> str:
    """The day in Việt Nam of an instant."""
    if is_postgresql():
        return f"({column} AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
    return f"date({column}, '+7 hours')"


def local_seconds(column: str) -> str:
    """Seconds since 1970 by the clock in Việt Nam."""
    if is_postgresql():
        return f"(FLOOR(EXTRACT(EPOCH FROM {column}))::bigint + {UTC_OFFSET})"
    return f"(CAST(strftime('%%s', {column}) AS INTEGER) + {UTC_OFFSET})"


def least(*terms: str) -> str:
    return f"{'LEAST' if is_postgresql() else 'MIN'}({', '.join(terms)})"


def greatest(*terms: str) -> str:
    return f"{'GREATEST' if is_postgresql() else 'MAX'}({', '.join(terms)})"


def table_of(**columns: str) -> str:
    """A subquery of one JSON parameter: `table_of(area="bigint", measure="text")` takes `as_json(rows)`."""
    if is_postgresql():
        cells = ", ".join(f"(row->>{place})::{kind} AS {name}" for place, (name, kind) in enumerate(columns.items()))
        return f"(SELECT {cells} FROM jsonb_array_elements(%s::jsonb) AS t(row))"
    cells = ", ".join(f"json_extract(value, '$[{place}]') AS {name}" for place, name in enumerate(columns))
    return f"(SELECT {cells} FROM json_each(%s))"


def as_json(rows: Iterable) -> str:
    return json.dumps([list(row) for row in rows], separators=(",", ":"))


def among(column: str) -> str:
    """`column` is one of the ids of one parameter, `ids(…)`."""
    if is_postgresql():
        return f"{column} = ANY(%s::bigint[])"
    return f"{column} IN (SELECT value FROM json_each(%s))"


def ids(numbers: Iterable[int]):
    return sorted(numbers) if is_postgresql() else json.dumps(sorted(numbers))


def among_keys(column: str) -> str:
    """`column` is one of the UUIDs of one parameter, `keys(…)`."""
    if is_postgresql():
        return f"{column} = ANY(%s::uuid[])"
    return f"{column} IN (SELECT value FROM json_each(%s))"


def keys(found: Iterable[uuid.UUID]):
    return sorted(found) if is_postgresql() else json.dumps(sorted(key.hex for key in found))


def moments(name: str, columns: Sequence[str], rows: Iterable[Sequence[int | dt.date | dt.datetime]]) -> str:
    """A common table of a few rows that are known here, numbered: `WITH {moments("moment", ["day"], [[day]])}`.

    Written out, so that PostgreSQL plans with the values of a single row as with constants.
    """
    lines = ", ".join(f"({number}, {', '.join(map(literal, row))})" for number, row in enumerate(rows))
    return f"{name} (n, {', '.join(columns)}) AS NOT MATERIALIZED (VALUES {lines})"


def literal(value: int | dt.date | dt.datetime) -> str:
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dt.datetime):
        text = str(connection.ops.adapt_datetimefield_value(value))
        return f"TIMESTAMPTZ '{text}'" if is_postgresql() else f"'{text}'"
    return f"DATE '{value}'" if is_postgresql() else f"'{value}'"


def holds(table: str, day: str = "moment.day") -> str:
    """A row of `table` holds on `day`."""
    return f"{table}.since <= {day} AND ({table}.until IS NULL OR {table}.until > {day})"
