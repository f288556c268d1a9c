"""Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

import io
from collections.abc import Collection

from django.db import connection, models


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
