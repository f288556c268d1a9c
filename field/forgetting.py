"""A person or a household is forgotten: what phones sent about them is emptied, that something was sent stays."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator

from django.db import transaction
from django.db.models import Q

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
        for row in rows:
            row.raw = {name: value for name, value in row.raw.items() if name in KEPT}
            row.detail = {}
            if row.decided_at is None:
                row.decided_at, row.decision = at, HeldItem.Decision.FORGOTTEN
        HeldItem.objects.bulk_update(rows, ["raw", "detail", "decided_at", "decision"], batch_size=AT_ONCE)
        count += len(rows)
        for some in in_parts([row.item for row in rows], AT_ONCE):
            Receipt.objects.filter(pk__in=some).exclude(result={}).update(result={})
    return count


def _about(residents: Collection[uuid.UUID], households: Collection[uuid.UUID]) -> Iterator[Q]:
    for some in in_parts(sorted(residents), AT_ONCE):
        yield Q(resident__in=some)
    for some in in_parts(sorted(households), AT_ONCE):
        yield Q(household__in=some)
