"""What could not simply be written is kept whole, where the ward that it concerns will find it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from residents.models import Household, Resident, Visit

from .forgetting import emptied, is_forgotten
from .items import Item
from .models import HeldItem
from .outcomes import Outcome, Why
from .reading import is_id


def hold(items: Sequence[Item], outcome: Outcome, user) -> None:
    """Keep these items for a person; an id that came with other content is kept once for each content."""
    for item in items:
        household, resident = _subjects(item)
        values = {
            "device": item.device,
            "seq": item.seq,
            "type": item.type,
            "sha256": item.sha256,
            "raw": item.raw,
            "kind": outcome.kind,
            "why": outcome.why,
            "detail": outcome.detail,
            "household": household,
            "resident": resident,
            "area_id": _area_id(household, resident, user),
            "received_at": item.received_at,
        }
        if is_forgotten(household, resident):
            values |= {"raw": emptied(item.raw), "detail": {}}
            values |= {"decided_at": item.received_at, "decision": HeldItem.Decision.FORGOTTEN}
        if outcome.why == Why.ID_CONFLICT:
            known = HeldItem.objects.filter(item=item.id, user=user, sha256=item.sha256, why=Why.ID_CONFLICT)
        else:
            known = HeldItem.objects.undecided().filter(item=item.id, user=user).exclude(why=Why.ID_CONFLICT)
        if not known.exists():
            HeldItem.objects.create(item=item.id, user=user, **values)


def resolve(rows: Sequence[HeldItem], outcomes: dict[uuid.UUID, Outcome], *, at: dt.datetime) -> None:
    """These need no person any more: what they waited for has come."""
    HeldItem.objects.filter(pk__in=[row.pk for row in rows]).update(decided_at=at, decision=HeldItem.Decision.AUTO)


def _subjects(item: Item) -> tuple[uuid.UUID | None, uuid.UUID | None]:
    """The household and the person named, also by an item that could not be read."""
    data = item.raw.get("data") if isinstance(item.raw.get("data"), dict) else {}
    named = [data.get(name) for name in ("household", "resident")]
    household, resident = (uuid.UUID(pk) if is_id(pk) else None for pk in named)
    if household is None and is_id(data.get("visit")):  # taken back: it is about the household of the visit
        household = Visit.objects.filter(pk=data["visit"]).values_list("household", flat=True).first()
    return household, resident


def _area_id(household: uuid.UUID | None, resident: uuid.UUID | None, user) -> int | None:
    """Where the household stands now; of an unknown one, where its visitor works (or worked last)."""
    known = Household.objects.filter(pk=household).values_list("village", flat=True).first() if household else None
    if known is None and resident:
        known = Resident.objects.filter(pk=resident).values_list("household__village", flat=True).first()
    if known is not None:
        return known
    posting = next(iter(user.postings_that_count()), None)
    return posting.area_id if posting else None
