"""Versions in the history of rows that are changed in bulk, which by itself leaves none."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, models
from django.utils import timezone

from .closure import chunks


def keep_versions(model: type[models.Model], ids: Iterable, *, reason: str, by=None) -> None:
    """Write these rows, as they are now, into the history of their model: set-wise, after the change."""
    fields = [field.column for field in model._meta.concrete_fields if not field.generated]
    quote = connection.ops.quote_name
    columns = ", ".join(map(quote, fields))
    key = model._meta.pk
    values = [connection.ops.adapt_datetimefield_value(timezone.now()), "~", by and by.pk, reason[:100]]
    cast = "::timestamptz" if connection.vendor == "postgresql" else ""
    user = "::bigint" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for chunk in chunks(ids):
            some = [key.get_db_prep_value(pk, connection) for pk in chunk]
            cursor.execute(
                f"INSERT INTO {quote(model.history.model._meta.db_table)} "
                f"({columns}, history_date, history_type, history_user_id, history_change_reason) "
                f"SELECT {columns}, %s{cast}, %s, %s{user}, %s FROM {quote(model._meta.db_table)} "
                f"WHERE {quote(key.column)} IN ({', '.join(['%s'] * len(some))})",
                [*values, *some],
            )
