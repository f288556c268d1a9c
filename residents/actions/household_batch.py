"""Many households at once, as a list brings them: prepared first, then written in one short transaction.

The rules are those of one household at the desk; the rows go in by COPY or one prepared statement for each table, with
their history. The caller locks the villages, and has checked names, ages and codes.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import models

from residents.bulk import ReadyRows, change_rows
from residents.models import Household, Placement, Residence, Resident, Street
from residents.spells import ask
from sheets.text import person_sort_key, place_sort_key, search_key

AT_ONCE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
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


@dataclass(frozen=True, kw_only=True, slots=True)
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
        homes = [_household(new, codes[new.id]) for new in batch.households]
        people = [_resident(new) for new in batch.people]
        self.homes, self.past_homes = ReadyRows(Household, homes), self._history(Household, homes, "+")
        self.tables = [
            ReadyRows(
                Placement,
                [{"household_id": new.id, "village_id": new.village, "since": new.since} for new in batch.households],
            ),
            ReadyRows(Resident, people),
            ReadyRows(
                Residence,
                [{"resident_id": new.id, "household_id": new.household, "since": new.since} for new in batch.people],
            ),
            self._history(Resident, people, "+"),
        ]

    def write(self) -> dict[str, int]:
        """Write inside the caller's transaction; returns the ids of the streets that were made, by village and name."""
        streets, made = _streets(self.batch)
        for number, new in enumerate(self.batch.households):
            if new.street:
                for table in (self.homes, self.past_homes):
                    table.put(number, "street_id", streets[new.village, new.street])
        for table in (self.homes, self.past_homes, *self.tables):
            table.insert()
        for model, changes in (
            (Household, self.batch.household_changes),
            (Resident, self.batch.person_changes),
        ):
            self._history(model, _change(model, changes, streets), "~").insert()
        ask({**self.batch.since, **{new.id: new.since for new in self.batch.households}})
        return made

    def _history(self, model: type[models.Model], rows: Sequence[dict], kind: str) -> ReadyRows:
        """The rows as they are now, for the history of their model."""
        by = getattr(self.by, "pk", None)
        return ReadyRows(model.history.model, rows, history_date=self.now, history_type=kind, history_user_id=by)


def _household(new: NewHousehold, code: str) -> dict:
    return {
        "id": new.id,
        "code": code,
        "code_village_id": new.village,
        "village_id": new.village,
        "head_name": new.head_name,
        "address": new.address,
        "order_no": new.order_no,
        "phone": new.phone,
        "note": new.note,
        "since": new.since,
        "search_key": search_key(new.head_name),
        "sort_key": person_sort_key(new.head_name),
    }


def _resident(new: NewPerson) -> dict:
    return {
        "id": new.id,
        "household_id": new.household,
        "label": new.label,
        "birth_year": new.birth_year,
        "birth_date": new.birth_date,
        "age_band": new.age_band,
        "age_band_on": new.age_band_on,
        "sex": new.sex,
        "stays": new.stays,
        "is_head": new.is_head,
        "since": new.since,
        "search_key": search_key(new.label) if new.label else "",
        "sort_key": person_sort_key(new.label) if new.label else "",
    }


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


def _change(model: type[models.Model], changes: Mapping, streets: Mapping[tuple[int, str], int]) -> list[dict]:
    """Set the new values of rows that exist; returns them as they are now."""
    rows, columns = [], set()
    for some in _parts(sorted(changes)):
        for row in model.objects.filter(pk__in=some):
            for name, value in changes[row.pk].items():
                if name == "street":
                    row.street_id = streets.get((row.village_id, str(value))) if value else None
                    columns.add("street_id")
                else:
                    setattr(row, name, value)
                    columns.add(name)
            named = row.head_name if model is Household else row.label
            row.search_key, row.sort_key = search_key(named), person_sort_key(named)
            rows.append(row)
    names = [each.attname for each in model._meta.concrete_fields]
    told = [{name: getattr(row, name) for name in names} for row in rows]
    change_rows(model, [*columns, "search_key", "sort_key"], told)
    return told


def _parts(rows: Collection | Iterable) -> Iterable[list]:
    rows = list(rows)
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]
