"""The record: the only writer of Observation.

The same items give the same record whatever order, batch or number of times they arrive in: rows are only ever
inserted, once for an id, and `until` is worked out from the whole timeline of a subject and an indicator.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from django.db import connection, models, transaction
from django.utils import timezone
from uuid6 import uuid7

from . import spells
from .models import Household, Observation, Residence, Resident

IN_ONE_STATEMENT = 500
WRITTEN_AT_ONCE = 2000


class UnknownSubject(ValueError):
    """An observation of a household or a person that is not in the register."""

    def __init__(self, ids: Iterable[uuid.UUID]):
        self.ids = sorted(ids)
        super().__init__("Không có trong sổ: " + ", ".join(map(str, self.ids)))


class NewObservation(NamedTuple):
    """What was seen, before it enters the record. With `retracts` it takes another one back and has no answer."""

    household_id: uuid.UUID
    resident_id: uuid.UUID | None
    indicator_id: int
    answer: str
    effective_at: dt.datetime
    reason: str = ""
    visit_id: uuid.UUID | None = None
    id: uuid.UUID | None = None
    source: str = Observation.Source.DESK
    device: str = ""
    retracts: uuid.UUID | None = None

    @property
    def subject(self) -> uuid.UUID:
        return self.resident_id or self.household_id

    @property
    def until(self) -> dt.datetime | None:
        """A retraction never holds."""
        return self.effective_at if self.retracts else None


@dataclass(frozen=True, slots=True)
class AppendResult:
    inserted: list[uuid.UUID]
    already: list[uuid.UUID]


@transaction.atomic
def append(items: Iterable[NewObservation], *, by, received_at: dt.datetime) -> AppendResult:
    """Put these into the record; those whose id is already there change nothing and come back under `already`.

    Raises UnknownSubject, and IntegrityError for an unknown indicator or visit or an answer that the table refuses.
    """
    rows = [_ready(item) for item in items]
    _lock(rows)
    inserted = insert_once(
        Observation, rows, recorded_by_id=by.pk if by is not None else None, received_at=received_at
    )  # fmt: skip
    new = rows if len(inserted) == len(rows) else [row for row in rows if row.id in inserted]
    if changed := _changed(new):
        _set_until(changed)
        _ask_for_a_count(new, changed)
    return AppendResult(
        inserted=list(dict.fromkeys(row.id for row in new)),
        already=[] if new is rows else list(dict.fromkeys(row.id for row in rows if row.id not in inserted)),
    )


def retract(observation_ids: Collection[uuid.UUID], *, by, at: dt.datetime, source: str = Observation.Source.DESK):
    """Take these observations back: what held before them holds again. Once taken back, again changes nothing."""
    found = Observation.objects.filter(pk__in=observation_ids, retracts=None)
    taken = set(Observation.objects.filter(retracts__in=observation_ids).values_list("retracts", flat=True))
    return append(
        [
            NewObservation(
                household_id=row.household_id,
                resident_id=row.resident_id,
                indicator_id=row.indicator_id,
                answer="",
                effective_at=at,
                visit_id=row.visit_id,
                source=source,
                retracts=row.pk,
            )
            for row in found
            if row.pk not in taken
        ],
        by=by,
        received_at=at,
    )


def insert_once(model: type[models.Model], rows: Sequence, **same) -> set[uuid.UUID]:
    """Insert with `ON CONFLICT (id) DO NOTHING`, return the ids that were new.

    A row is anything that has the model's columns as attributes; `same`: columns that all rows share.
    Not Django's `ignore_conflicts`: that swallows every other violation too.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields if not field.generated}
    own = [field for name, field in fields.items() if name not in same]
    shared = {fields[name].column: fields[name].get_db_prep_save(value, connection) for name, value in same.items()}
    insert = _insert_arrays if connection.vendor == "postgresql" else _insert_one_by_one
    read = attrgetter(*(field.attname for field in own))
    inserted: set[uuid.UUID] = set()
    for some in in_parts(rows, WRITTEN_AT_ONCE):
        columns = zip(*map(read, some), strict=True)
        cells = {field: _cells(field, values) for field, values in zip(own, columns, strict=True)}
        inserted |= insert(model._meta.db_table, cells, shared, [row.id for row in some])
    return inserted


def _cells(field: models.Field, values: Sequence) -> Sequence:
    """What a column takes for these; a field asks many questions for each value, so it is asked about each once."""
    kind = next((type(value) for value in values if value is not None), int)
    if kind in (int, bool, bytes):
        return values
    if issubclass(kind, uuid.UUID):
        return [None if value is None else value.hex for value in values]
    known = {value: field.get_db_prep_save(value, connection) for value in set(values)}
    return [known[value] for value in values]


def _insert_arrays(table: str, cells: Mapping[models.Field, Sequence], shared: dict, ids: list) -> set[uuid.UUID]:
    """PostgreSQL reads a column as one text much faster than cell by cell."""
    own = _listed(field.column for field in cells)
    arrays = ", ".join(f"%s::{field.db_type(connection).partition('(')[0]}[]" for field in cells)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({_listed(shared)}, {own}) "
            f"SELECT {', '.join(['%s'] * len(shared))}, {own} FROM unnest({arrays}) AS r ({own}) "
            "ON CONFLICT (id) DO NOTHING RETURNING id",
            [*shared.values(), *map(_array, cells.values())],
        )
        return set(ids) if cursor.rowcount == len(ids) else {found for (found,) in cursor.fetchall()}


def _insert_one_by_one(table: str, cells: Mapping[models.Field, Sequence], shared: dict, ids: list) -> set[uuid.UUID]:
    """SQLite has the statement ready and runs it for each row; nobody else writes meanwhile."""
    columns = [*(field.column for field in cells), *shared]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {table} WHERE id IN (SELECT value FROM json_each(%s))",
            [json.dumps([each.hex for each in ids])],
        )
        there = {uuid.UUID(found) for (found,) in cursor.fetchall()}
        cursor.executemany(
            f"INSERT INTO {table} ({_listed(columns)}) VALUES ({', '.join(['%s'] * len(columns))}) "
            "ON CONFLICT (id) DO NOTHING",
            [(*row, *shared.values()) for row in zip(*cells.values(), strict=True)],
        )
    return set(ids) - there


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(map(connection.ops.quote_name, columns))


def _array(values: Sequence) -> str:
    """As PostgreSQL writes an array. Many cells of a column say the same."""
    written = {value: _quoted(value) for value in set(values)}
    return "{" + ",".join([written[value] for value in values]) + "}"


def _quoted(value) -> str:
    if value is None:
        return "NULL"
    text = f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def in_parts(rows: Sequence, size: int) -> Iterator[Sequence]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _ready(item: NewObservation) -> NewObservation:
    """With an id, and its instant in whole milliseconds."""
    if item.id and item.effective_at.microsecond % 1000 == 0:
        return item
    return item._replace(id=item.id or uuid7(), effective_at=in_milliseconds(item.effective_at))


def in_milliseconds(instant: dt.datetime) -> dt.datetime:
    """Phones keep milliseconds: the order within a timeline must not hang on digits that only the server has."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def _lock(rows: Sequence[NewObservation]) -> None:
    """Lock the households, then the people, each in the order of their ids (SQLite has one writer anyway)."""
    households = {row.household_id for row in rows}
    residents = {row.resident_id for row in rows if row.resident_id}
    missing: set[uuid.UUID] = set()
    # Not against foreign keys to them (no_key): the drainer writes spells meanwhile.
    for model, ids in ((Household, sorted(households)), (Resident, sorted(residents))):
        for some in in_parts(ids, IN_ONE_STATEMENT):
            found = (
                model.objects.filter(pk__in=some)
                .select_for_update(no_key=True)
                .order_by("pk")
                .values_list("pk", flat=True)
            )
            missing.update(set(some) - set(found))
    if missing:
        raise UnknownSubject(missing)


# A timeline (subject, indicator), and from when it is another.
Changed = dict[tuple[uuid.UUID, int], dt.datetime]


def _changed(new: Sequence[NewObservation]) -> Changed:
    """A retraction that came first changes nothing until what it takes back arrives."""
    targets = {row.retracts for row in new if row.retracts}
    seen_at = dict(Observation.objects.filter(pk__in=targets).values_list("pk", "effective_at")) if targets else {}
    found: Changed = {}
    for row in new:
        if instant := seen_at.get(row.retracts) if row.retracts else row.effective_at:
            timeline = row.subject, row.indicator_id
            found[timeline] = min(instant, found.get(timeline, instant))
    return found


# What was over before that stays as it is; a retraction may have come before what it takes back.
# Those taken back make a line of their own: they never held, the others run from one to the next.
# CROSS JOIN keeps SQLite to this order: for `(subject, indicator) IN (…)` it would read the whole record.
SET_UNTIL = """
WITH lines AS (
    SELECT o.id, o.subject, o.indicator_id, o.effective_at, o.retracts, o.until
    FROM {asked} CROSS JOIN residents_observation o
    WHERE o.subject = asked.subject AND o.indicator_id = asked.indicator_id
          AND (o.until IS NULL OR o.until >= asked.since OR o.retracts IS NOT NULL)
)
UPDATE residents_observation SET until = held.until
FROM (
    SELECT id, CASE WHEN taken THEN effective_at ELSE following END AS until, until AS was
    FROM (
        SELECT id, effective_at, taken, until,
               LEAD(effective_at)
               OVER (PARTITION BY subject, indicator_id, taken ORDER BY effective_at, id) AS following
        FROM (
            SELECT id, subject, indicator_id, effective_at, until,
                   (subject, indicator_id, id) IN (
                       SELECT r.subject, r.indicator_id, r.retracts FROM lines r WHERE r.retracts IS NOT NULL
                   ) AS taken
            FROM lines WHERE retracts IS NULL
        ) AS answers
    ) AS timeline
) AS held
WHERE residents_observation.id = held.id AND held.until IS DISTINCT FROM held.was
"""
ASKED = {
    "postgresql": "unnest(%s::uuid[], %s::bigint[], %s::timestamptz[]) AS asked (subject, indicator_id, since)",
    "sqlite": "(SELECT json_extract(value, '$[0]') AS subject, json_extract(value, '$[1]') AS indicator_id, "
    "json_extract(value, '$[2]') AS since FROM json_each(%s)) AS asked",
}


def _set_until(changed: Changed) -> None:
    """Set the neighbours of what came in. A retraction counts within the timeline (subject, indicator) it names."""
    instants = _cells(Observation._meta.get_field("until"), list(changed.values()))
    columns = [subject.hex for subject, _ in changed], [indicator for _, indicator in changed], instants
    if connection.vendor == "postgresql":
        asked = [_array(column) for column in columns]
    else:
        asked = [json.dumps(list(zip(*columns, strict=True)))]
    with connection.cursor() as cursor:
        cursor.execute(SET_UNTIL.format(asked=ASKED[connection.vendor]), asked)


def _ask_for_a_count(new: Sequence[NewObservation], changed: Changed) -> None:
    """Figures change from the day of what was seen (or taken back) on, wherever its household stood since."""
    first: dict[uuid.UUID, dt.datetime] = {}
    for (subject, _), instant in changed.items():
        first[subject] = min(instant, first.get(subject, instant))
    days = {subject: timezone.localdate(instant) for subject, instant in first.items()}
    residents = {row.resident_id for row in new if row.resident_id}
    homes = {(row.subject, row.household_id) for row in new}
    homes.update(Residence.objects.filter(resident__in=residents).values_list("resident", "household").order_by())
    since: dict[uuid.UUID, dt.date] = {}
    for subject, household in homes:
        if day := days.get(subject):
            since[household] = min(day, since.get(household, day))
    spells.ask(since)
