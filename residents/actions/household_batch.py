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


def write(batch: Batch, *, by, now: dt.datetime) -> dict[str, int]:
    """Write the batch inside the caller's transaction; returns the ids of the streets that were made, by name."""
    streets, made = _streets(batch)
    codes = _codes(batch.households)
    homes = [_household(new, codes[new.id], streets) for new in batch.households]
    people = [_resident(new) for new in batch.people]
    _insert(Household, homes)
    _insert(
        Placement, [Placement(household_id=new.id, village_id=new.village, since=new.since) for new in batch.households]
    )
    _insert(Resident, people)
    _insert(
        Residence, [Residence(resident_id=new.id, household_id=new.household, since=new.since) for new in batch.people]
    )
    _remember(Household, homes, "+", by, now)
    _remember(Resident, people, "+", by, now)
    for model, changes in ((Household, batch.household_changes), (Resident, batch.person_changes)):
        _remember(model, _change(model, changes, streets), "~", by, now)
    ask({**batch.since, **{new.id: new.since for new in batch.households}})
    return made


def _household(new: NewHousehold, code: str, streets: Mapping[tuple[int, str], int]) -> Household:
    return Household(
        id=new.id,
        code=code,
        code_village_id=new.village,
        village_id=new.village,
        head_name=new.head_name,
        address=new.address,
        street_id=streets.get((new.village, new.street)),
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
        search_key=search_key(new.label),
        sort_key=person_sort_key(new.label),
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


def _remember(model: type[models.Model], rows: Sequence, kind: str, by, now: dt.datetime) -> None:
    """The rows as they are now, into the history of their model."""
    history = model.history.model
    names = [each.attname for each in model._meta.concrete_fields]
    told = {"history_date": now, "history_type": kind, "history_user_id": getattr(by, "pk", None)}
    _insert(history, [history(**{name: getattr(row, name) for name in names}, **told) for row in rows])


def _insert(model: type[models.Model], rows: Sequence) -> None:
    """Rows whose texts are clean already: their fields are asked nothing."""
    if not rows:
        return
    fields = [each for each in model._meta.concrete_fields if not isinstance(each, models.AutoField)]
    names = [each.attname for each in fields]
    columns = ", ".join(connection.ops.quote_name(each.column) for each in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    is_postgresql = connection.vendor == "postgresql"
    cell = _copied if is_postgresql else _bound
    cells = ([cell(getattr(row, name)) for name in names] for row in rows)
    with connection.cursor() as cursor:
        if is_postgresql:
            text = io.StringIO("".join("\t".join(row) + "\n" for row in cells))
            cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", text)
        else:
            places = ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", list(cells))


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
