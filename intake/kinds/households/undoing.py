"""Taking the households of a list back while nothing was built on them: a statement for all of them at each step."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from areas.actions import mark_stale
from intake.kinds.base import Cannot, Context
from journal.actions import record
from journal.models import Act
from residents.actions import household_batch as batch
from residents.bulk import ids_in
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
from residents.record import retract
from residents.spells import ask

from .saving import as_json

AT_ONCE = 500
BUILT_ON = "Không hoàn tác được: {what} sau khi nhập tệp. Sửa từng hộ ở trang của hộ."


@dataclass
class Written:
    """What the rows of a list wrote. Ids are texts, as `done` of the rows has them: there are many."""

    done: Sequence[dict]

    def __post_init__(self):
        new = [each for each in self.done if each["is_new"]]
        self.homes = [each["home"] for each in new]
        self.people = [pk for each in self.done for pk in each["people"]]
        self.seen = [pk for each in self.done for pk in each["seen"]]
        # Of households that were there before; some of it may be of people who were not.
        self.touched = [each["home"] for each in self.done if not each["is_new"]]
        self.seen_of_touched = [pk for each in self.done if not each["is_new"] for pk in each["seen"]]


def undo(done: Iterable[dict], context: Context, streets: Collection[int]) -> None:
    """Take it all back in one transaction; `streets`: those that were made for it.

    Raises Cannot, naming a household, when anything was built on it.
    """
    try:
        with transaction.atomic():
            _undo(Written(list(done)), context, streets)
    except IntegrityError as error:
        raise Cannot(BUILT_ON.format(what="đã có việc khác gắn với hộ trong tệp")) from error


def _undo(written: Written, context: Context, streets: Collection[int]) -> None:
    homes = Household.objects.filter(pk__in=ids_in(each["home"] for each in written.done))
    villages = dict(homes.select_for_update(no_key=True).order_by("pk").values_list("pk", "village"))
    refuse(written)
    _put_back(written, context)
    _take_back(written, context)
    _remove(written)
    Street.objects.filter(pk__in=streets, households=None).delete()
    ask({uuid.UUID(pk): context.day for pk in sorted(written.touched)})
    mark_stale(villages.values(), context.day)
    for village in sorted(set(villages.values())):
        record(by=context.by, verb=Act.Verb.RETRACT, area_id=village, label=f"Nhập danh sách: {context.file_name}")


# --- was anything built on it? ----------------------------------------------------------------------------------------


def refuse(written: Written) -> None:
    """Raises Cannot, naming a household, when anything was built on what the list wrote."""
    if Household.objects.filter(pk__in=ids_in(each["home"] for each in written.done)).count() < len(written.done):
        raise Cannot(BUILT_ON.format(what="có hộ đã bị xóa"))
    homes, people = ids_in(written.homes), ids_in(written.people)
    _none(Visit.objects.filter(household__in=homes), "đã có lượt đến hộ")
    left = ~Q(until=None) | ~Q(merged_into=None)
    _none(Household.objects.filter(left, pk__in=homes), "có hộ đã rời đi hoặc gộp")
    _none(Household.objects.filter(merged_into__in=homes), "có hộ đã gộp vào")
    _none(Household.history.filter(id__in=homes, history_type="~"), "có hộ đã được sửa", name="head_name")
    _none_beside(Residence.objects.filter(household__in=homes), Q(resident__in=people), "có người đã vào hộ mới")
    _none(Placement.objects.filter(household__in=homes).exclude(until=None), "có hộ đã chuyển thôn")
    _none(Resident.history.filter(id__in=people, history_type="~"), "có người đã được sửa", name="label")
    _none(Resident.objects.filter(left, pk__in=people), "có người đã rời hộ")
    ours = Q(pk__in=ids_in(written.seen))
    _none_beside(Observation.objects.filter(household__in=homes), ours, "đã có ghi nhận khác")
    _none_beside(Observation.objects.filter(subject__in=people), ours, "đã có ghi nhận khác")
    of_touched = Observation.objects.filter(pk__in=ids_in(written.seen_of_touched))
    subjects = ids_in(set(of_touched.values_list("subject", flat=True)))
    retracted = Observation.objects.filter(subject__in=subjects, retracts__in=ids_in(written.seen_of_touched))
    _none(retracted, "có ghi nhận đã rút lại")
    _none_changed(Household, {each["home"]: each["was"] for each in written.done if each["was"]})
    _none_changed(Resident, {pk: changes for each in written.done for pk, changes in each["people_were"].items()})


def _none(rows: QuerySet, what: str, *, name: str = "") -> None:
    if row := rows.first():
        label = str(getattr(row, name, "") or (row if isinstance(row, Household) else getattr(row, "household", "")))
        raise Cannot(BUILT_ON.format(what=f"{what} ({label})" if label else what))


def _none_beside(rows: QuerySet, ours: Q, what: str) -> None:
    """Counted: to look for one that is not among many takes a database long, and there seldom is one."""
    if rows.count() != rows.filter(ours).count():
        _none(rows.exclude(pk__in=rows.filter(ours).values("pk")), what)


def _none_changed(model, changes: dict[str, dict[str, list]]) -> None:
    for some in _parts(changes):
        for pk, row in model.objects.in_bulk(some).items():
            for name, (_, new) in changes[str(pk)].items():
                now = str(row.street or "") if name == "street" else getattr(row, name)
                if as_json(now) != new:
                    raise Cannot(BUILT_ON.format(what=f"“{row}” đã được sửa"))


# --- taking it back ---------------------------------------------------------------------------------------------------


def _put_back(written: Written, context: Context) -> None:
    before = batch.Batch()
    since = {}
    for some in _parts(each["home"] for each in written.done if each["people_were"]):
        since |= dict(Household.objects.filter(pk__in=some).values_list("pk", "since"))
    for each in written.done:
        home = uuid.UUID(each["home"])
        if each["was"]:
            before.household_changes[home] = {name: _value(name, old) for name, (old, _) in each["was"].items()}
        for pk, changes in each["people_were"].items():
            before.person_changes[uuid.UUID(pk)] = {name: _value(name, old) for name, (old, _) in changes.items()}
            before.since[home] = since[home]
    batch.Prepared(before, by=context.by, now=context.now).write()


def _value(name: str, value):
    return dt.date.fromisoformat(value) if value and name in ("birth_date", "age_band_on") else value


def _take_back(written: Written, context: Context) -> None:
    """Answers of those who were there before are taken back as any answer is; the others go with their subject."""
    rows = Observation.objects.filter(pk__in=ids_in(written.seen_of_touched)).order_by("pk")
    made = set(map(uuid.UUID, written.people))
    stay = [pk for pk, person in rows.values_list("pk", "resident") if person not in made]
    for some in _parts(stay):
        retract(some, by=context.by, at=context.now, source=Observation.Source.IMPORT)


def _remove(written: Written) -> None:
    """Rows of what never was: answers, residences, people, placements, households, with their history."""
    homes, people = ids_in(written.homes), ids_in(written.people)
    for rows in (
        Observation.objects.filter(household__in=homes),
        Observation.objects.filter(resident__in=people),
        Residence.objects.filter(resident__in=people),
        Resident.history.filter(id__in=people),
        Resident.objects.filter(pk__in=people),
        Placement.objects.filter(household__in=homes),
        Household.history.filter(id__in=homes),
        Household.objects.filter(pk__in=homes),
        *(model.objects.filter(household__in=homes) for model in (Spell, Presence, SpellDue)),
    ):
        rows._raw_delete("default")


def _parts(rows: Iterable) -> Iterable[list]:
    rows = list(rows)
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]
