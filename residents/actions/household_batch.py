"""Many households at once, as a list brings them: prepared first, then written in one short transaction.

The rules are those of one household at the desk; the rows go in by COPY or one prepared statement for each table, with
their history. The caller locks the villages, and has checked names, ages and codes.
"""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection, models
from django.utils import timezone

from residents.models import Household, Placement, Residence, Resident, Street
from residents.spells import ask
from sheets.text import person_sort_key, place_sort_key, search_key

AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    """A person with the id that the caller gave; the household may be a new one of the same batch."""

    id: uuid.UUID
    household: uuid.UUID
    since: dt.date
    label: str = ""
    birth_year: int | None = None
    birth_date: dt.date | None = None
    age_band: str = ""
    age_band_on: dt.date | None = None
    sex: str = ""
    stays: str = Resident.Stays.PERMANENT
    is_head: bool = False


@dataclass(frozen=True, kw_only=True)
class NewHousehold:
    """Without a `code` the village's next number is given."""

    id: uuid.UUID
    village: int
    head_name: str
    since: dt.date
    code: str = ""
    address: str = ""
    street: str = ""
    order_no: int | None = None
    phone: str = ""
    note: str = ""


@dataclass
class Batch:
    """What is to be written; `since` of a household that existed: the day from which its figures change."""

    households: list[NewHousehold] = field(default_factory=list)
    people: list[NewPerson] = field(default_factory=list)
    # id → column → its new value; a street is named
    household_changes: dict[uuid.UUID, dict[str, object]] = field(default_factory=dict)
    person_changes: dict[uuid.UUID, dict[str, object]] = field(default_factory=dict)
    since: dict[uuid.UUID, dt.date] = field(default_factory=dict)


class Prepared:
    """The rows of a batch, made ready before the transaction that writes them. Codes are given by what is there now:
    the caller sees to it, under the lock of the villages, that no household came meanwhile."""

    def __init__(self, batch: Batch, *, by, now: dt.datetime):
        self.batch, self.by, self.now = batch, by, now
        codes = _codes(batch.households)
        self.homes = [_household(new, codes[new.id]) for new in batch.households]
        people = [_resident(new) for new in batch.people]
        placements = [
            Placement(household_id=new.id, village_id=new.village, since=new.since) for new in batch.households
        ]
        residences = [
            Residence(resident_id=new.id, household_id=new.household, since=new.since) for new in batch.people
        ]
        self.tables = [
            _Table(Placement, placements),
            _Table(Resident, people),
            _Table(Residence, residences),
            _Table(Resident.history.model, _histories(Resident, people, "+", by, now)),
        ]

    def write(self) -> dict[str, int]:
        """Write inside the caller's transaction; returns the ids of the streets that were made, by village and name."""
        streets, made = _streets(self.batch)
        for new, home in zip(self.batch.households, self.homes, strict=True):
            home.street_id = streets.get((new.village, new.street))
        _Table(Household, self.homes).insert()
        _Table(Household.history.model, _histories(Household, self.homes, "+", self.by, self.now)).insert()
        for table in self.tables:
            table.insert()
        for model, changes in (
            (Household, self.batch.household_changes),
            (Resident, self.batch.person_changes),
        ):
            rows = _change(model, changes, streets)
            _Table(model.history.model, _histories(model, rows, "~", self.by, self.now)).insert()
        ask({**self.batch.since, **{new.id: new.since for new in self.batch.households}})
        return made


def _household(new: NewHousehold, code: str) -> Household:
    return Household(
        id=new.id,
        code=code,
        code_village_id=new.village,
        village_id=new.village,
        head_name=new.head_name,
        address=new.address,
        order_no=new.order_no,
        phone=new.phone,
        note=new.note,
        since=new.since,
        search_key=search_key(new.head_name),
        sort_key=person_sort_key(new.head_name),
    )


def _resident(new: NewPerson) -> Resident:
    return Resident(
        id=new.id,
        household_id=new.household,
        label=new.label,
        birth_year=new.birth_year,
        birth_date=new.birth_date,
        age_band=new.age_band,
        age_band_on=new.age_band_on,
        sex=new.sex,
        stays=new.stays,
        is_head=new.is_head,
        since=new.since,
        search_key=search_key(new.label) if new.label else "",
        sort_key=person_sort_key(new.label) if new.label else "",
    )


def _codes(households: Sequence[NewHousehold]) -> dict[uuid.UUID, str]:
    """The code of each: its own, or the next number of its village that no other of the list claims."""
    codes = {new.id: new.code for new in households}
    lacking: dict[int, list[NewHousehold]] = defaultdict(list)
    for new in households:
        if not new.code:
            lacking[new.village].append(new)
    for village, several in lacking.items():
        given = Household.objects.filter(code_village=village).exclude(code="").values_list("code", flat=True)
        claimed = [new.code for new in households if new.village == village and new.code]
        numbers = [int(code) for code in (*given, *claimed) if code.isdecimal()]
        for number, new in enumerate(several, max(numbers, default=0) + 1):
            codes[new.id] = str(number).zfill(3)
    return codes


def _streets(batch: Batch) -> tuple[dict[tuple[int, str], int], dict[str, int]]:
    """(village, name) → id of the streets that are named, made where a village has none of the name."""
    wanted = {(new.village, new.street) for new in batch.households if new.street}
    changed = {pk: str(change["street"]) for pk, change in batch.household_changes.items() if change.get("street")}
    villages = {}
    for some in _parts(sorted(changed)):
        villages |= dict(Household.objects.filter(pk__in=some).values_list("pk", "village"))
    wanted |= {(villages[pk], name) for pk, name in changed.items()}
    known = Street.objects.filter(village__in={village for village, _ in wanted})
    found = {(village, name): pk for pk, village, name in known.values_list("pk", "village", "name")}
    made = {}
    for village, name in sorted(wanted - found.keys()):
        street = Street.objects.create(village_id=village, name=name, sort_key=place_sort_key(name))
        found[village, name] = street.pk
        made[f"{village}:{name}"] = street.pk
    return found, made


def _change(model: type[models.Model], changes: Mapping, streets: Mapping[tuple[int, str], int]) -> list:
    """Set the new values of rows that exist, a statement for every few hundred."""
    rows, columns = [], set()
    for some in _parts(sorted(changes)):
        for row in model.objects.filter(pk__in=some):
            for name, value in changes[row.pk].items():
                if name == "street":
                    row.street_id = streets.get((row.village_id, str(value))) if value else None
                else:
                    setattr(row, name, value)
                columns.add(name)
            named = row.head_name if model is Household else row.label
            row.search_key, row.sort_key = search_key(named), person_sort_key(named)
            rows.append(row)
    if rows:
        model.objects.bulk_update(rows, [*sorted(columns), "search_key", "sort_key"], batch_size=200)
    return rows


def _histories(model: type[models.Model], rows: Sequence, kind: str, by, now: dt.datetime) -> list:
    """The rows as they are now, for the history of their model."""
    history = model.history.model
    names = [each.attname for each in model._meta.concrete_fields]
    told = {"history_date": now, "history_type": kind, "history_user_id": getattr(by, "pk", None)}
    return [history(**{name: getattr(row, name) for name in names}, **told) for row in rows]


class _Table:
    """Rows whose texts are clean already, as the database takes them: their fields are asked nothing."""

    def __init__(self, model: type[models.Model], rows: Sequence):
        fields = [each for each in model._meta.concrete_fields if not isinstance(each, models.AutoField)]
        names = [each.attname for each in fields]
        self.columns = ", ".join(connection.ops.quote_name(each.column) for each in fields)
        self.name = connection.ops.quote_name(model._meta.db_table)
        cell = _copied if connection.vendor == "postgresql" else _bound
        self.rows = [[cell(getattr(row, name)) for name in names] for row in rows]

    def insert(self) -> None:
        if not self.rows:
            return
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                text = io.StringIO("".join("\t".join(row) + "\n" for row in self.rows))
                cursor.copy_expert(f"COPY {self.name} ({self.columns}) FROM STDIN", text)
            else:
                places = ", ".join(["%s"] * len(self.rows[0]))
                cursor.executemany(f"INSERT INTO {self.name} ({self.columns}) VALUES ({places})", self.rows)


def _bound(value):
    """As SQLite keeps it."""
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, dt.datetime):
        return str(timezone.make_naive(value, dt.UTC))
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _copied(value) -> str:
    """As COPY reads it."""
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    return str(value).translate(_ESCAPED)


def _parts(rows: Collection | Iterable) -> Iterable[list]:
    rows = list(rows)
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]
