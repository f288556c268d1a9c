"""A batch from a phone: receipts and effects in one transaction, the answer after the commit."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from django.db import transaction

from residents.record import in_parts, insert_once

from .applying import apply
from .holding import hold, resolve
from .households import Hand
from .items import Item, named_item, read_content, read_item
from .models import Code, Device, HeldItem, Receipt
from .outcomes import ID_CONFLICT, Outcome
from .progress import advance, found_again
from .register import Register

SEEN_EVERY = dt.timedelta(minutes=5)
AT_ONCE = 500


@dataclass(frozen=True)
class Result:
    id: uuid.UUID
    code: Code
    more: dict
    replayed: bool
    final: bool

    def as_json(self) -> dict:
        code = Code(self.code)
        return {
            "id": str(self.id), "code": code.value, "final": self.final, "replayed": self.replayed, **self.more
        }  # fmt: skip


@dataclass(frozen=True)
class Answer:
    results: list[Result]
    acked_through: int
    gaps: list[tuple[int, int]]


@transaction.atomic
def push(raws: Sequence[dict], *, user, device: Device, now: dt.datetime) -> Answer:
    """Take the items in; `device` is hers. OperationalError means that nothing at all was kept."""
    app_version = device.app_version
    device, before = locked(device)
    device.app_version = app_version
    items = [named_item(raw, device=device, received_at=now) for raw in raws]
    first = _first_of_each(items)
    # Numbers beyond what came without a hole are hardly known; if they are, the table says so when they are taken in.
    stored = _stored(first) if any(item.seq <= device.acked_through for item in items) else {}
    fresh = _take_in([item for item in first.values() if item.id not in stored], user, now)
    stored |= _stored(first.keys() - fresh.keys() - stored.keys())  # another request was quicker
    found_again(device, sum(1 for item in fresh.values() if item.seq <= device.lost_through))
    gaps = advance(device)
    touch(device, before, now)  # before what waited is tried again: it asks the row whether numbers are missing
    hand = Hand(by=user, register=Register(user), now=now)
    for item in fresh.values():
        read_content(item)
    outcomes = apply(list(fresh.values()), replace(hand, waiting_edits=_waiting_edits(device)))
    settle(list(fresh.values()), outcomes, user)
    if fresh or any(receipt.code == Code.WAITING for receipt in stored.values()):
        try_again(hand, created={item.creates for item in fresh.values() if item.creates})
        stored |= _stored([pk for pk in first if _waits(pk, outcomes, stored)])
    results = [_result(item, first, fresh, outcomes, stored, user) for item in items]
    hold([item for item, (_result_, refused) in zip(items, results, strict=True) if refused], ID_CONFLICT, user)
    return Answer([result for result, _refused in results], device.acked_through, gaps)


def try_again(hand: Hand, created: set[uuid.UUID] = frozenset()) -> None:
    """What waited for other items, and what was held for want of a household or person that has just been added."""
    while waiting := _waiting(hand.by, created):
        items = {}
        for row in waiting:
            item = read_item(row.raw, device=row.device, received_at=row.received_at)
            items[item.id] = item
        outcomes = apply(list(items.values()), hand)
        moved = {pk: outcome for pk, outcome in outcomes.items() if outcome.code not in (Code.WAITING, Code.HELD)}
        moved |= {
            row.item: outcomes[row.item]
            for row in waiting
            if outcomes[row.item].code == Code.HELD and row.kind == HeldItem.Kind.WAITING
        }
        if not moved:
            return
        resolve([row for row in waiting if row.item in moved], moved, at=hand.now)
        settle([items[pk] for pk in moved], moved, hand.by, again=True)
        created = {items[pk].creates for pk in moved if items[pk].creates and moved[pk].code == Code.APPLIED}


def settle(items: Sequence[Item], outcomes: dict[uuid.UUID, Outcome], user, *, again: bool = False) -> None:
    """Write the outcomes into the receipts (which start as plainly applied), and hold what a person should see."""
    alike: dict[tuple, list[uuid.UUID]] = defaultdict(list)
    for item in items:
        outcome = outcomes[item.id]
        if again or not outcome.is_plain:
            alike[outcome.code, json.dumps(outcome.result, sort_keys=True)].append(item.id)
        if outcome.kind:
            hold([item], outcome, user)
    for (code, result), ids in alike.items():
        for some in in_parts(sorted(ids), AT_ONCE):
            Receipt.objects.filter(pk__in=some).update(code=code, result=json.loads(result), final=Code(code).is_final)


def _first_of_each(items: Sequence[Item]) -> dict[uuid.UUID, Item]:
    first: dict[uuid.UUID, Item] = {}
    for item in items:
        first.setdefault(item.id, item)
    return first


@dataclass(frozen=True, slots=True)
class _NewReceipt:
    """The columns of a Receipt; every item starts as plainly applied."""

    id: uuid.UUID
    user_id: int
    device_id: int
    seq: int
    type: str
    sha256: bytes
    received_at: dt.datetime
    code: str = Code.APPLIED.value
    result: dict = field(default_factory=dict)
    final: bool = True


def _take_in(items: Sequence[Item], user, now: dt.datetime) -> dict[uuid.UUID, Item]:
    """Receipts of those never seen; in the order of their ids, so that equal batches do not lock each other out."""
    rows = [
        _NewReceipt(item.id, user.pk, item.device.pk, item.seq, item.type, item.sha256, received_at=now)
        for item in sorted(items, key=lambda item: item.id.int)
    ]
    taken = insert_once(Receipt, rows)
    return {item.id: item for item in items if item.id in taken}


class _Stored(NamedTuple):
    """What an answer needs of a Receipt."""

    id: uuid.UUID
    user_id: int
    sha256: bytes
    code: str
    result: dict
    final: bool


def _stored(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, _Stored]:
    found: dict[uuid.UUID, _Stored] = {}
    for some in in_parts(sorted(ids), AT_ONCE):
        rows = Receipt.objects.filter(pk__in=some).order_by().values_list(*_Stored._fields)
        found |= {row[0]: _Stored(*row) for row in rows}
    return found


def _waits(pk: uuid.UUID, outcomes: dict[uuid.UUID, Outcome], stored: dict[uuid.UUID, _Stored]) -> bool:
    known = outcomes.get(pk) or stored.get(pk)
    return known is not None and known.code in (Code.WAITING, Code.HELD)


def _waiting_edits(device: Device) -> dict[int, int]:
    """The lowest number of an edit of this phone that waits."""
    edits = HeldItem.objects.undecided().filter(
        user=device.user, device=device, kind=HeldItem.Kind.WAITING, type__in=("household.edit", "resident.edit")
    )
    first = edits.order_by("seq").values_list("seq", flat=True).first()
    return {} if first is None else {device.pk: first}


def _waiting(user, created: set[uuid.UUID]) -> list[HeldItem]:
    open_items = HeldItem.objects.undecided().filter(user=user)
    rows = open_items.filter(kind=HeldItem.Kind.WAITING)
    if created:
        lacking = open_items.filter(kind=HeldItem.Kind.HELD, why=HeldItem.Why.SCOPE)
        rows = rows | lacking.filter(household__in=created) | lacking.filter(resident__in=created)
    # Locked: another phone of hers may be trying the same ones.
    return list(rows.select_related("device__user").select_for_update(of=("self",)).order_by("pk"))


def _result(item, first, fresh, outcomes, stored, user) -> tuple[Result, bool]:
    """The answer for an item as sent, and whether it was refused for its id."""
    original = first[item.id]
    receipt = stored.get(item.id)
    same = original.sha256 == item.sha256
    if same and receipt is not None:
        same = bytes(receipt.sha256) == item.sha256 and receipt.user_id == user.pk
    if not same:
        return Result(item.id, Code.ID_CONFLICT, {}, False, True), True
    replayed = item.id not in fresh
    if receipt is not None:
        return Result(item.id, Code(receipt.code), receipt.result, replayed, receipt.final), False
    outcome = outcomes[item.id]
    return Result(item.id, outcome.code, outcome.result, replayed, outcome.code.is_final), False


def locked(device: Device) -> tuple[Device, dict]:
    """The phone's row, locked, and what stands in it."""
    row = Device.objects.select_for_update(of=("self",), no_key=True).get(pk=device.pk)
    row.user = device.user
    return row, {name: getattr(row, name) for name in WATCHED}


def touch(device: Device, before: dict, now: dt.datetime) -> None:
    """`last_seen_at` moves every five minutes at most; the rest whenever it changed."""
    if now - device.last_seen_at >= SEEN_EVERY:
        device.last_seen_at = now
    changed = [name for name in WATCHED if before[name] != getattr(device, name)]
    if changed:
        device.save(update_fields=changed)


WATCHED = (
    "last_seen_at", "app_version", "platform", "last_seq", "acked_through", "unsent", "oldest_unsent_at", "lost",
    "lost_through", "lost_since", "session_key",
)  # fmt: skip
