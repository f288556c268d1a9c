"""A person or a household is forgotten: what phones sent about them is emptied, that something was sent stays."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Collection, Iterator

from django.db import transaction
from django.db.models import Q

from residents.forgetting import Forgotten
from residents.models import Household, Resident
from residents.record import in_parts

from .models import HeldItem, Receipt

AT_ONCE = 500
# Members of the protocol that say nothing of a person.
KEPT = frozenset({"id", "seq", "type", "schema", "at", "offset_ms", "chosen", "tapped_at"})


@transaction.atomic
def forget(*, residents: Collection[uuid.UUID] = (), households: Collection[uuid.UUID] = (), at: dt.datetime) -> int:
    """Empty items about these, decided or not, and what their receipts told; returns how many items.

    Whoever forgets a person calls this in the same transaction. An item that still waited for a decision is closed,
    for there is nothing left to decide.
    """
    count = 0
    for about in _about(residents, households):
        rows = list(HeldItem.objects.select_for_update(of=("self",)).filter(about).order_by("pk"))
        _empty(rows, at)
        count += len(rows)
    return count


def forget_items(forgotten: Forgotten) -> None:
    """Items about those who were forgotten; and about a household that stays, where they name them."""
    forget(residents=forgotten.residents, households=forgotten.households, at=forgotten.at)
    for about in _about((), forgotten.homes - forgotten.households):
        rows = HeldItem.objects.select_for_update(of=("self",)).filter(about).order_by("pk")
        _empty([row for row in rows if forgotten.traces.in_text(_texts(row), at_home=True)], forgotten.at)


def is_forgotten(household: uuid.UUID | None, resident: uuid.UUID | None) -> bool:
    """Did somebody erase who this is? Then what a phone still sends about it is not kept either."""
    homes = Household.objects.exclude(forgotten_at=None).filter(pk=household)
    people = Resident.objects.exclude(forgotten_at=None).filter(pk=resident)
    return (household is not None and homes.exists()) or (resident is not None and people.exists())


def emptied(raw: dict) -> dict:
    return {name: value for name, value in raw.items() if name in KEPT}


def _empty(rows: Collection[HeldItem], at: dt.datetime) -> None:
    for row in rows:
        row.raw, row.detail = emptied(row.raw), {}
        if row.decided_at is None:
            row.decided_at, row.decision = at, HeldItem.Decision.FORGOTTEN
    HeldItem.objects.bulk_update(rows, ["raw", "detail", "decided_at", "decision"], batch_size=AT_ONCE)
    for some in in_parts([row.item for row in rows], AT_ONCE):
        Receipt.objects.filter(pk__in=some).exclude(result={}).update(result={})


def _texts(row: HeldItem) -> str:
    """All that an item says, as one text."""
    return json.dumps([row.raw, row.detail], ensure_ascii=False)


def _about(residents: Collection[uuid.UUID], households: Collection[uuid.UUID]) -> Iterator[Q]:
    for some in in_parts(sorted(residents), AT_ONCE):
        yield Q(resident__in=some)
    for some in in_parts(sorted(households), AT_ONCE):
        yield Q(household__in=some)
