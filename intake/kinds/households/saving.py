"""Writing the households of a list in one short transaction, and taking them back while nothing was built on them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.db.models import Q
from uuid6 import uuid7

from areas.actions import mark_stale
from areas.models import Area
from intake.kinds.base import Cannot, Context, Unit
from intake.models import UploadRow
from journal.actions import record
from journal.models import Act
from residents.actions import household_batch as batch
from residents.first_answers import first_answers
from residents.grid import instant_of
from residents.models import (
    Household,
    Observation,
    Placement,
    Presence,
    Residence,
    Resident,
    Spell,
    SpellDue,
    Street,
    Visit,
)
from residents.record import NewObservation, append, retract
from residents.spells import ask

from .planning import HomePlan, since_of
from .register import Register, mark_of

AT_ONCE = 500
CHANGED_MEANWHILE = "Sổ vừa có thay đổi trong lúc lưu, nên chưa lưu dòng nào. Bấm lưu lại một lần nữa."
BUILT_ON = "Không hoàn tác được: {what} sau khi nhập tệp. Sửa từng hộ ở trang của hộ."


class Saving:
    """Everything is made ready first, so that the transaction only writes."""

    def __init__(self, units: Sequence[Unit], context: Context, register: Register, seen_as: tuple):
        self.units, self.context, self.register, self.seen_as = units, context, register, seen_as
        self.batch = batch.Batch()
        # Of what was known before, which goes through the whole record; and of what is new.
        self.items: list[NewObservation] = []
        first: list[NewObservation] = []
        at = instant_of(context.day, context.now)
        for unit in units:
            plan = unit.plan
            _prepare(plan, self.batch, register, context.day)
            mine = _observations(plan, at)
            (first if plan.new else self.items).extend(mine)
            unit.done = _done(plan, mine)
        self.seen = len(first) + len(self.items)
        self.prepared = batch.Prepared(self.batch, by=context.by, now=context.now)
        self.first = first_answers(first, by=context.by, received_at=context.now)

    def write(self) -> dict:
        """All plans in one transaction. Raises Cannot when the register is not as it was when they were made."""
        context, changed = self.context, self.batch.household_changes.keys()
        villages = sorted({unit.plan.village for unit in self.units})
        with transaction.atomic():
            list(Area.objects.select_for_update().filter(pk__in=villages).order_by("pk"))
            if mark_of(self.register.villages) != self.seen_as:
                raise Cannot(CHANGED_MEANWHILE)
            streets = self.prepared.write()
            self.first.insert()
            append(self.items, by=context.by, received_at=context.now)
            _tell(self.units, context)
        return {
            "households": len(self.batch.households),
            "people": len(self.batch.people),
            "changed": len(changed | {_home_of(pk, self.register) for pk in self.batch.person_changes}),
            "seen": self.seen,
            "streets": list(streets.values()),
        }


def _home_of(person: uuid.UUID, register: Register) -> uuid.UUID:
    return register.people[person].household


def _prepare(plan: HomePlan, prepared: batch.Batch, register: Register, day: dt.date) -> None:
    if plan.new:
        prepared.households.append(plan.new)
    elif plan.people or plan.person_changes:
        prepared.since[plan.household] = since_of(register.homes[plan.household], plan, day)
    prepared.people += plan.people
    if plan.changes:
        prepared.household_changes[plan.household] = {name: new for name, (_, new) in plan.changes.items()}
    for pk, changes in plan.person_changes.items():
        prepared.person_changes[pk] = {name: new for name, (_, new) in changes.items()}


def _observations(plan: HomePlan, at: dt.datetime) -> list[NewObservation]:
    return [
        NewObservation(
            id=uuid7(),
            household_id=plan.household,
            resident_id=person,
            indicator_id=indicator,
            answer=answer,
            effective_at=at,
            source=Observation.Source.IMPORT,
        )
        for person, indicator, answer in plan.answers
    ]


def _done(plan: HomePlan, items: Sequence[NewObservation]) -> dict:
    """What undoing needs to know, as JSON."""
    return {
        "home": str(plan.household),
        "is_new": plan.new is not None,
        "people": [str(person.id) for person in plan.people],
        "seen": [str(item.id) for item in items],
        "was": {name: [_json(old), _json(new)] for name, (old, new) in plan.changes.items()},
        "people_were": {
            str(pk): {name: [_json(old), _json(new)] for name, (old, new) in changes.items()}
            for pk, changes in plan.person_changes.items()
        },
    }


def _json(value):
    return value.isoformat() if isinstance(value, dt.date) else value


def _tell(units: Sequence[Unit], context: Context) -> None:
    """One line of the journal for each village."""
    counts: dict[int, Counter] = defaultdict(Counter)
    for unit in units:
        counts[unit.plan.village].update(
            households=bool(unit.plan.new), people=len(unit.plan.people), observations=len(unit.plan.answers), rows=1
        )
    for village, numbers in sorted(counts.items()):
        record(
            by=context.by,
            verb=Act.Verb.IMPORT,
            area_id=village,
            label=f"Danh sách hộ: {context.file_name}",
            **{name: int(number) for name, number in numbers.items()},
        )


# --- undoing ----------------------------------------------------------------------------------------------------------


def undo(rows: Iterable[UploadRow], context: Context, written: dict) -> None:
    """Take the whole import back. Raises Cannot, naming a household, when anything was built on it."""
    try:
        _undo(rows, context, written)
    except IntegrityError as error:
        raise Cannot(BUILT_ON.format(what="đã có việc khác gắn với hộ trong tệp")) from error


def _undo(rows: Iterable[UploadRow], context: Context, written: dict) -> None:
    done = [row.done for row in rows if row.done]
    made_homes = {uuid.UUID(each["home"]) for each in done if each["is_new"]}
    made_people = {uuid.UUID(pk) for each in done for pk in each["people"]}
    seen = {uuid.UUID(pk) for each in done for pk in each["seen"]}
    touched = {uuid.UUID(each["home"]) for each in done if not each["is_new"]}
    with transaction.atomic():
        homes = {}
        for some in _parts(sorted(made_homes | touched)):
            homes |= Household.objects.select_for_update(no_key=True).order_by("pk").in_bulk(some)
        _refuse(done, homes, made_homes, made_people, seen)
        villages = {home.village_id for home in homes.values()}
        _put_back(done, homes, context)
        _take_back(made_homes, made_people, seen, context)
        _remove(made_homes, made_people, seen)
        Street.objects.filter(pk__in=written.get("streets", ()), households=None).delete()
        ask(dict.fromkeys(sorted(touched), context.day))
        mark_stale(villages, context.day)
        for village in sorted(villages):
            record(by=context.by, verb=Act.Verb.RETRACT, area_id=village, label=f"Nhập danh sách: {context.file_name}")


def _refuse(done: Sequence[dict], homes: dict, made_homes: set, made_people: set, seen: set) -> None:
    gone = (made_homes | {uuid.UUID(each["home"]) for each in done}) - homes.keys()
    if gone:
        raise Cannot(BUILT_ON.format(what="có hộ đã bị xóa"))
    for some in _parts(sorted(made_homes)):
        of_homes = Q(household__in=some)
        _none(Visit.objects.filter(of_homes), "đã có lượt đến hộ")
        _none(
            Household.objects.filter(Q(pk__in=some) & (~Q(until=None) | ~Q(merged_into=None))),
            "có hộ đã rời đi hoặc gộp",
        )
        _none(Household.objects.filter(merged_into__in=some), "có hộ đã gộp vào")
        _none(Household.history.filter(id__in=some, history_type="~"), "có hộ đã được sửa", name="head_name")
        others = Residence.objects.filter(of_homes).exclude(resident__in=made_people)
        _none(others, "có người đã vào hộ mới")
        _none(Placement.objects.filter(of_homes).exclude(until=None), "có hộ đã chuyển thôn")
        _none_beside(Observation.objects.filter(of_homes), seen)
    for some in _parts(sorted(made_people)):
        _none(Resident.history.filter(id__in=some, history_type="~"), "có người đã được sửa", name="label")
        _none(Resident.objects.filter(Q(pk__in=some) & (~Q(until=None) | ~Q(merged_into=None))), "có người đã rời hộ")
        _none_beside(Observation.objects.filter(subject__in=some), seen)
    for some in _parts(sorted(seen)):
        _none(Observation.objects.filter(retracts__in=some), "có ghi nhận đã rút lại")
    for each in done:
        _same(homes[uuid.UUID(each["home"])], each["was"])
    people = _people(done)
    for each in done:
        for pk, changes in each["people_were"].items():
            _same(people[uuid.UUID(pk)], changes)


def _none(rows, what: str, *, name: str = "") -> None:
    if row := rows.first():
        label = str(getattr(row, name, "") or (row if isinstance(row, Household) else getattr(row, "household", "")))
        raise Cannot(BUILT_ON.format(what=f"{what} ({label})" if label else what))


def _none_beside(observations, seen: set) -> None:
    for pk, home in observations.values_list("pk", "household__head_name"):
        if pk not in seen:
            raise Cannot(BUILT_ON.format(what=f"đã có ghi nhận khác (hộ {home})"))


def _same(row, changes: dict[str, list]) -> None:
    for name, (_, new) in changes.items():
        now = str(row.street or "") if name == "street" else getattr(row, name)
        if _json(now) != new:
            raise Cannot(BUILT_ON.format(what=f"“{row}” đã được sửa"))


def _people(done: Sequence[dict]) -> dict[uuid.UUID, Resident]:
    keys = [uuid.UUID(pk) for each in done for pk in each["people_were"]]
    found: dict[uuid.UUID, Resident] = {}
    for some in _parts(keys):
        found |= Resident.objects.in_bulk(some)
    return found


def _put_back(done: Sequence[dict], homes: dict[uuid.UUID, Household], context: Context) -> None:
    before = batch.Batch()
    for each in done:
        home = uuid.UUID(each["home"])
        if each["was"]:
            before.household_changes[home] = {name: _value(name, old) for name, (old, _) in each["was"].items()}
        for pk, changes in each["people_were"].items():
            before.person_changes[uuid.UUID(pk)] = {name: _value(name, old) for name, (old, _) in changes.items()}
            before.since[home] = homes[home].since
    batch.Prepared(before, by=context.by, now=context.now).write()


def _value(name: str, value):
    return dt.date.fromisoformat(value) if value and name in ("birth_date", "age_band_on") else value


def _take_back(made_homes: set, made_people: set, seen: set, context: Context) -> None:
    """Answers of those who were there before are taken back as any answer is; the others go with their subject."""
    stay: list[uuid.UUID] = []
    for some in _parts(sorted(seen)):
        rows = Observation.objects.filter(pk__in=some).values_list("pk", "household", "resident")
        stay += [pk for pk, home, person in rows if home not in made_homes and person not in made_people]
    for some in _parts(stay):
        retract(some, by=context.by, at=context.now, source=Observation.Source.IMPORT)


def _remove(made_homes: set, made_people: set, seen: set) -> None:
    """Rows of what never was: answers, residences, people, placements, households, with their history."""
    for some in _parts(sorted(made_people)):
        Observation.objects.filter(resident__in=some)._raw_delete("default")
        Residence.objects.filter(resident__in=some)._raw_delete("default")
        Resident.history.filter(id__in=some)._raw_delete("default")
        Resident.objects.filter(pk__in=some)._raw_delete("default")
    for some in _parts(sorted(made_homes)):
        Observation.objects.filter(household__in=some)._raw_delete("default")
        Placement.objects.filter(household__in=some)._raw_delete("default")
        Household.history.filter(id__in=some)._raw_delete("default")
    for some in _parts(sorted(made_homes)):
        for model in (Spell, Presence, SpellDue):
            model.objects.filter(household__in=some)._raw_delete("default")
        Household.objects.filter(pk__in=some)._raw_delete("default")


def _parts(rows: Sequence) -> Iterable[list]:
    rows = list(rows)
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]
