"""The record: the only writer of Observation.

The same items give the same record whatever order, batch or number of times they arrive in: rows are only ever
inserted, once for an id, and `until` is worked out from the whole timeline of a subject and an indicator.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.utils import timezone
from uuid6 import uuid7

from . import spells
from .models import Household, Observation, Residence, Resident

IN_ONE_STATEMENT = 500


class UnknownSubject(ValueError):
    """An observation of a household or a person that is not in the register."""

    def __init__(self, ids: Iterable[uuid.UUID]):
        self.ids = sorted(ids)
        super().__init__("Không có trong sổ: " + ", ".join(map(str, self.ids)))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewObservation:
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


@dataclass(frozen=True, slots=True)
class AppendResult:
    inserted: list[uuid.UUID]
    already: list[uuid.UUID]


@transaction.atomic
def append(items: Iterable[NewObservation], *, by, received_at: dt.datetime) -> AppendResult:
    """Put these into the record; those whose id is already there change nothing and come back under `already`.

    Raises UnknownSubject, and IntegrityError for an unknown indicator or visit or an answer that the table refuses.
    """
    rows = [_row(item, by, received_at) for item in items]
    _lock(rows)
    inserted = insert_once(Observation, rows)
    new = [row for row in rows if row.id in inserted]
    if new:
        _set_until({(row.subject, row.indicator_id) for row in new})
        _ask_for_a_count(new)
    return AppendResult(
        inserted=list(dict.fromkeys(row.id for row in new)),
        already=list(dict.fromkeys(row.id for row in rows if row.id not in inserted)),
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


def insert_once(model: type[models.Model], rows: Sequence) -> set:
    """Insert with `ON CONFLICT (id) DO NOTHING`, return the ids that were new.

    A row is anything that has the model's columns as attributes; an object of the model costs the most.
    Not Django's `ignore_conflicts`: that swallows every other violation too.
    """
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    names = [field.attname for field in fields]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    places = "(" + ", ".join(["%s"] * len(fields)) + ")"
    table, key = connection.ops.quote_name(model._meta.db_table), model._meta.pk
    inserted: set = set()
    to_cell = _cells(fields)
    with connection.cursor() as cursor:
        for some in in_parts(rows, IN_ONE_STATEMENT):
            values = [to_cell(name, getattr(row, name)) for row in some for name in names]
            cursor.execute(
                f"INSERT INTO {table} ({columns}) VALUES {', '.join([places] * len(some))} "
                f"ON CONFLICT ({connection.ops.quote_name(key.column)}) DO NOTHING RETURNING {key.column}",
                values,
            )
            inserted.update(key.to_python(found) for (found,) in cursor.fetchall())
    return inserted


def _cells(fields: Sequence[models.Field]) -> Callable[[str, object], object]:
    """What a column takes for a value: a field asks many questions for each cell, most were answered before."""
    database = connections[DEFAULT_DB_ALIAS]
    by_name = {field.attname: field for field in fields}
    keeps_uuid = database.features.has_native_uuid_field
    known: dict[tuple, object] = {}

    def to_cell(name: str, value):
        kind = type(value)
        if value is None or kind is int or kind is bool:
            return value
        if kind is uuid.UUID:
            return str(value) if keeps_uuid else value.hex
        if isinstance(value, str | dt.datetime):
            key = name, value
        elif kind is dict and not value:
            key = name, dict
        else:
            return by_name[name].get_db_prep_save(value, database)
        if key not in known:
            known[key] = by_name[name].get_db_prep_save(value, database)
        return known[key]

    return to_cell


def in_parts(rows: Sequence, size: int) -> Iterator[Sequence]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


@dataclass(frozen=True, slots=True)
class _Row:
    """The columns of an Observation."""

    id: uuid.UUID
    household_id: uuid.UUID
    resident_id: uuid.UUID | None
    subject: uuid.UUID
    indicator_id: int
    answer: str
    reason: str
    effective_at: dt.datetime
    until: dt.datetime | None
    retracts: uuid.UUID | None
    visit_id: uuid.UUID | None
    source: str
    recorded_by_id: int | None
    received_at: dt.datetime
    device: str


def _row(item: NewObservation, by, received_at: dt.datetime) -> _Row:
    effective_at = in_milliseconds(item.effective_at)
    return _Row(
        id=item.id or uuid7(),
        household_id=item.household_id,
        resident_id=item.resident_id,
        subject=item.subject,
        indicator_id=item.indicator_id,
        answer=item.answer,
        reason=item.reason,
        effective_at=effective_at,
        # A retraction never holds.
        until=effective_at if item.retracts else None,
        retracts=item.retracts,
        visit_id=item.visit_id,
        source=item.source,
        recorded_by_id=by.pk if by is not None else None,
        received_at=received_at,
        device=item.device,
    )


def in_milliseconds(instant: dt.datetime) -> dt.datetime:
    """Phones keep milliseconds: the order within a timeline must not hang on digits that only the server has."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def _lock(rows: list[_Row]) -> None:
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


# Those taken back make a line of their own: they never held, the others run from one to the next.
# CROSS JOIN keeps SQLite to this order: for `(subject, indicator) IN (VALUES …)` it would read the whole record.
SET_UNTIL = """
WITH lines AS (
    SELECT o.id, o.subject, o.indicator_id, o.effective_at, o.retracts
    FROM (VALUES {pairs}) AS asked CROSS JOIN residents_observation o
    WHERE o.subject = asked.column1 AND o.indicator_id = asked.column2
)
UPDATE residents_observation SET until = held.until
FROM (
    SELECT id, CASE WHEN taken THEN effective_at ELSE following END AS until
    FROM (
        SELECT id, effective_at, taken,
               LEAD(effective_at)
               OVER (PARTITION BY subject, indicator_id, taken ORDER BY effective_at, id) AS following
        FROM (
            SELECT id, subject, indicator_id, effective_at,
                   (subject, indicator_id, id) IN (
                       SELECT r.subject, r.indicator_id, r.retracts FROM lines r WHERE r.retracts IS NOT NULL
                   ) AS taken
            FROM lines WHERE retracts IS NULL
        ) AS answers
    ) AS timeline
) AS held
WHERE residents_observation.id = held.id AND residents_observation.until IS DISTINCT FROM held.until
"""


def _set_until(timelines: set[tuple[uuid.UUID, int]]) -> None:
    """Set the neighbours of what came in. A retraction counts within the timeline (subject, indicator) it names."""
    subject = Observation._meta.get_field("subject")
    with connection.cursor() as cursor:
        for some in in_parts(sorted(timelines), IN_ONE_STATEMENT):
            values = [
                value for pk, indicator in some for value in (subject.get_db_prep_save(pk, connection), indicator)
            ]
            cursor.execute(SET_UNTIL.format(pairs=", ".join(["(%s, %s)"] * len(some))), values)


def _ask_for_a_count(new: list[_Row]) -> None:
    """Figures change from the day of what was seen (or taken back) on, wherever its household stood since."""
    targets = {row.retracts for row in new if row.retracts}
    seen_at = dict(Observation.objects.filter(pk__in=targets).values_list("pk", "effective_at")) if targets else {}
    first: dict[uuid.UUID, dt.datetime] = {}
    for row in new:
        # A retraction that came first changes nothing until what it takes back arrives.
        if instant := seen_at.get(row.retracts) if row.retracts else row.effective_at:
            first[row.subject] = min(instant, first.get(row.subject, instant))
    days = {subject: timezone.localdate(instant) for subject, instant in first.items()}
    residents = {row.resident_id for row in new if row.resident_id}
    homes = [(row.subject, row.household_id) for row in new]
    homes += Residence.objects.filter(resident__in=residents).values_list("resident", "household").order_by()
    since: dict[uuid.UUID, dt.date] = {}
    for subject, household in set(homes):
        if day := days.get(subject):
            since[household] = min(day, since.get(household, day))
    spells.ask(since)
