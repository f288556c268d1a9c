"""Writing the households of a list in one short transaction."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence

from django.db import transaction
from uuid6 import uuid7

from areas.models import Area
from intake.kinds.base import Cannot, Context, Unit
from journal.actions import record
from journal.models import Act
from residents.actions import household_batch as batch
from residents.first_answers import first_answers
from residents.grid import instant_of
from residents.models import (
    Observation,
)
from residents.record import NewObservation, append

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
        "was": {name: [as_json(old), as_json(new)] for name, (old, new) in plan.changes.items()},
        "people_were": {
            str(pk): {name: [as_json(old), as_json(new)] for name, (old, new) in changes.items()}
            for pk, changes in plan.person_changes.items()
        },
    }


def as_json(value):
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
