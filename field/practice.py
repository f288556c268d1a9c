"""Thôn tập thử: a leader learns the phone on made-up households, through the whole protocol, and nothing is counted.

It is no area and its households are no rows of the register: there is nothing that figures, lists, drains or exports
could leave out. Its ids are UUIDs of version 8, which the register never has; what names one never reaches it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import F

from accounts.models import User
from journal.actions import record
from journal.models import Act

from .items import Item
from .models import PracticeItem, PracticeVillage
from .outcomes import PRACTISED, UNSUPPORTED, Outcome, invalid
from .practice_village import VILLAGE, first_households, first_items

ADDS = ("household.add", "resident.add")
# Free text has no place in what is only practice.
LEFT_OUT = frozenset({"note", "place"})
# What is kept once the village is closed.
KEPT = frozenset({"household", "resident"})


@transaction.atomic
def open_practice(*, user: User, by, at: dt.datetime) -> PracticeVillage:
    """Give the user a village to practise in; one that is there begins anew."""
    begun = PracticeVillage.objects.select_for_update().filter(user=user).first()
    if begun is None:
        begun = PracticeVillage(user=user)
    else:
        begun.items.all().delete()
        begun.version += 1
    ids: dict[str, str] = {}
    begun.households, begun.began, begun.closed_at = first_households(_ids(ids)), begun.version, None
    begun.opened_at, begun.opened_by = at, by
    begun.save()
    PracticeItem.objects.bulk_create(
        PracticeItem(village=begun, item=new_id(), type=kind, effective_at=moment, data=data)
        for kind, moment, data in first_items(_ids(ids), at)
    )
    record(by=by, verb=Act.Verb.ADD, obj=begun, area_id=user.home_area_id())
    return begun


@transaction.atomic
def close_practice(practice: PracticeVillage, *, by, at: dt.datetime) -> None:
    """Phones drop the village; of what was practised only ids are kept, for what phones still have to send."""
    practice = PracticeVillage.objects.select_for_update().get(pk=practice.pk)
    if practice.closed_at is not None:
        return
    rows = list(practice.items.all())
    for row in rows:
        row.data = _said(row.type, row.data, only=KEPT)
    PracticeItem.objects.bulk_update(rows, ["data"], batch_size=500)
    practice.closed_at, practice.version = at, practice.version + 1
    practice.households = []
    practice.save(update_fields=["closed_at", "version", "households"])
    record(by=by, verb=Act.Verb.END, obj=practice, area_id=practice.user.home_area_id())


def practise(items: Sequence[Item], user) -> dict[uuid.UUID, Outcome]:
    """Take out the items that are about her practice village, with their outcomes; the others are left alone."""
    practice = PracticeVillage.objects.filter(user=user).first()
    known = _Known(practice)
    outcomes: dict[uuid.UUID, Outcome] = {}
    kept: list[PracticeItem] = []
    for item in sorted(items, key=lambda item: (item.seq, item.id)):
        if not known.is_named_by(item):
            continue
        outcomes[item.id] = _outcome(item)
        if outcomes[item.id] is PRACTISED and practice:
            known.add(item)
            said = _said(item.type, item.raw["data"], only=KEPT if practice.closed_at else None)
            kept.append(
                PracticeItem(
                    village=practice, item=item.id, type=item.type, effective_at=item.effective_at, data=said
                )
            )  # fmt: skip
    if kept:
        there = set(practice.items.filter(item__in=[row.item for row in kept]).values_list("item", flat=True))
        PracticeItem.objects.bulk_create(row for row in kept if row.item not in there)
        PracticeVillage.objects.filter(pk=practice.pk).update(version=F("version") + 1)
    return outcomes


def practice_of(user) -> PracticeVillage | None:
    """Her open practice village."""
    return PracticeVillage.objects.open().filter(user=user).first()


def new_id() -> uuid.UUID:
    """Random, of version 8: no row of the register has such a one."""
    return uuid.UUID(int=uuid.uuid4().int & ~(0xF << 76) | (8 << 76))


def is_practice_id(text) -> bool:
    """Is this the id of something that the practice village began with?"""
    return isinstance(text, str) and len(text) == 36 and text[14] == "8"


def _ids(made: dict[str, str]):
    """Short names → ids, the same for the same name."""
    return lambda name: made.setdefault(name, str(new_id()))


def _said(kind: str, data: dict, *, only: Collection[str] | None) -> dict:
    """What is kept of an item: of a closed village's, the ids that it made up."""
    if only is None:
        return {name: value for name, value in data.items() if name not in LEFT_OUT}
    return {name: data[name] for name in only if kind in ADDS and name in data}


def _outcome(item: Item) -> Outcome:
    if item.is_unsupported:
        return Outcome(UNSUPPORTED.code, is_practice=True)
    if item.errors:
        return Outcome(invalid({}).code, {"errors": item.errors}, is_practice=True)
    return PRACTISED


class _Known:
    """The ids that make an item one of practice."""

    def __init__(self, practice: PracticeVillage | None):
        self.subjects: set[str] = set()
        self.items: set[str] = set()
        if practice is not None:
            for pk, kind, data in practice.items.values_list("item", "type", "data"):
                self.items.add(str(pk))
                if kind in ADDS:
                    self._add(kind, data)

    def add(self, item: Item) -> None:
        self.items.add(str(item.id))
        if item.type in ADDS:
            self._add(item.type, item.raw["data"])

    def _add(self, kind: str, data: dict) -> None:
        self.subjects.add(data["household" if kind == "household.add" else "resident"])

    def is_named_by(self, item: Item) -> bool:
        data = item.raw.get("data")
        if not isinstance(data, dict):
            return False
        if data.get("village") == VILLAGE or _is_one_of(self.subjects, data.get("household"), data.get("resident")):
            return True
        return item.type == "retract" and _is_one_of(self.items, data.get("observation"), data.get("visit"))


def _is_one_of(known: Collection[str], *named) -> bool:
    """Does one of these name something that the practice village began with, or has got since?"""
    return any(isinstance(pk, str) and (is_practice_id(pk) or pk in known) for pk in named)
