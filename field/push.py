"""A batch from a phone: receipts and effects in one transaction, the answer after the commit."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from residents.record import in_parts, insert_once

from .applying import apply
from .envelope import MOST_ITEMS
from .holding import hold, resolve
from .households import Hand
from .items import Item, named_item, read_content, read_item
from .models import Code, Device, HeldItem, Receipt
from .outcomes import APPLIED, ID_CONFLICT, Outcome
from .progress import advance, found_again
from .register import Register
from .turns import writing

SEEN_EVERY = dt.timedelta(minutes=5)
AT_ONCE = 500
EDITS = frozenset({"household.edit", "resident.edit"})


class Result(NamedTuple):
    id: str
    code: str
    more: dict
    replayed: bool
    final: bool

    def as_json(self) -> dict:
        return {"id": self.id, "code": self.code, "final": self.final, "replayed": self.replayed, **self.more}


@dataclass(frozen=True)
class Answer:
    results: list[Result]
    acked_through: int
    gaps: list[tuple[int, int]]


def push(raws: Sequence[dict], *, user, device: Device, app: str, now: dt.datetime) -> Answer:
    """Take the items in; `device` is hers, as just read. OperationalError or Refused: nothing at all was kept."""
    items = [named_item(raw, device=device, received_at=now) for raw in raws]
    if known := _sent_again(items, user, device, app, now):
        return known
    for item in items:
        read_content(item)
    with writing():
        return _take(items, user=user, device=device, app=app, now=now)


def _sent_again(items: Sequence[Item], user, device: Device, app: str, now: dt.datetime) -> Answer | None:
    """The answer for what went in plainly before, of the same user; nothing is locked, written, or read but receipts.

    None where anything is new, has more to say than that it was applied, or where the phone's row has to be touched.
    """
    numbers = [item.seq for item in items]
    first, last = min(numbers, default=0), max(numbers, default=0)
    if not items or last > device.acked_through or last - first > MOST_ITEMS:
        return None
    if device.app_version != app or now - device.last_seen_at >= SEEN_EVERY:
        return None
    of_hers = Receipt.objects.filter(user=user, device=device, seq__range=(first, last))
    receipts = of_hers.filter(code=Code.APPLIED, result={})
    digests = {(seq, bytes(sha256)) for seq, sha256 in receipts.values_list("seq", "sha256")}
    if any((item.seq, item.sha256) not in digests for item in items):
        return None
    gaps = advance(device) if device.unsent else []
    return Answer([Result(item.raw["id"], Code.APPLIED, {}, True, True) for item in items], device.acked_through, gaps)


def _take(items: Sequence[Item], *, user, device: Device, app: str, now: dt.datetime) -> Answer:
    before = lock(device)
    device.app_version = app
    first = _first_of_each(items)
    # Numbers beyond what came without a hole are hardly known; if they are, the table says so when they are taken in.
    stored = _stored(first) if any(item.seq <= device.acked_through for item in items) else {}
    fresh = _take_in([item for item in first.values() if item.id not in stored], user, now)
    if len(fresh) + len(stored) < len(first):
        stored |= _stored(first.keys() - fresh.keys() - stored.keys())  # another request was quicker
    found_again(device, sum(1 for item in fresh.values() if item.seq <= device.lost_through))
    gaps = advance(device)
    touch(device, before, now)  # before what waited is tried again: it asks the row whether numbers are missing
    hand = Hand(by=user, register=Register(user), now=now)
    new = list(fresh.values())
    outcomes = apply(new, replace(hand, waiting_edits=_waiting_edits(device, new)))
    settle(new, outcomes, user)
    if fresh or any(receipt.code == Code.WAITING for receipt in stored.values()):
        try_again(hand, created={item.creates for item in new if item.creates})
        stored |= _stored([pk for pk in first if _waits(pk, outcomes, stored)])
    answers = [(item, _result(item, first, outcomes, stored, user)) for item in items]
    hold([item for item, result in answers if result is None], ID_CONFLICT, user)
    refused = Result("", Code.ID_CONFLICT, {}, False, True)
    results = [result or refused._replace(id=item.raw["id"]) for item, result in answers]
    return Answer(results, device.acked_through, gaps)


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
        if outcome is APPLIED and not again:
            continue
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


def _take_in(items: Sequence[Item], user, now: dt.datetime) -> dict[uuid.UUID, Item]:
    """Receipts of those never seen, each as plainly applied; returns these items by id.

    In the order of their ids, so that equal batches do not lock each other out.
    """
    if not items:
        return {}
    rows = sorted(items, key=lambda item: item.id.int)
    common = {"user_id": user.pk, "device_id": items[0].device.pk, "received_at": now}
    taken = insert_once(Receipt, rows, code=Code.APPLIED.value, result={}, final=True, **common)
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


def _waiting_edits(device: Device, items: Sequence[Item]) -> dict[int, int]:
    """The lowest number of an edit of this phone that waits; asked only where `items` hold an edit."""
    if EDITS.isdisjoint(item.type for item in items):
        return {}
    edits = HeldItem.objects.undecided().filter(
        user=device.user, device=device, kind=HeldItem.Kind.WAITING, type__in=EDITS
    )
    first = edits.order_by("seq").values_list("seq", flat=True).first()
    return {} if first is None else {device.pk: first}


def _waiting(user, created: set[uuid.UUID]) -> list[HeldItem]:
    open_items = HeldItem.objects.undecided().filter(user=user)
    if not open_items.exists():
        return []
    rows = open_items.filter(kind=HeldItem.Kind.WAITING)
    if created:
        lacking = open_items.filter(kind=HeldItem.Kind.HELD, why=HeldItem.Why.SCOPE)
        rows = rows | lacking.filter(household__in=created) | lacking.filter(resident__in=created)
    # Locked: another phone of hers may be trying the same ones.
    return list(rows.select_related("device__user").select_for_update(of=("self",)).order_by("pk"))


def _result(item: Item, first, outcomes, stored, user) -> Result | None:
    """The answer for an item as sent; None: its id is known with other content or of another user."""
    receipt = stored.get(item.id) if stored else None
    if first[item.id].sha256 != item.sha256:
        return None
    if receipt is None:
        outcome = outcomes[item.id]
        return Result(item.raw["id"], outcome.code, outcome.result, False, outcome is APPLIED or outcome.code.is_final)
    if bytes(receipt.sha256) != item.sha256 or receipt.user_id != user.pk:
        return None
    return Result(item.raw["id"], receipt.code, receipt.result, item.id not in outcomes, receipt.final)


def lock(device: Device) -> dict:
    """Lock the phone's row and take over what stands in it; returns that."""
    row = Device.objects.select_for_update(of=("self",), no_key=True).filter(pk=device.pk)
    before = row.values(*WATCHED).get()
    for name, value in before.items():
        setattr(device, name, value)
    return before


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
