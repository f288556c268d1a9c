"""What the protocol need not remember any longer."""

from __future__ import annotations

import datetime as dt

from .models import Discard, HeldItem, Receipt

AT_ONCE = 5000


def tidy(now: dt.datetime) -> dict[str, int]:
    """Delete receipts, discards and decided items older than 400 days; returns how many of each.

    An item older than that is held whatever its receipt said, so nothing can be counted twice.
    """
    before = now - dt.timedelta(days=Receipt.KEPT_FOR_DAYS)
    return {
        "receipts": _delete(Receipt.objects.filter(received_at__lt=before)),
        "discards": _delete(Discard.objects.filter(discarded_at__lt=before)),
        "decided": _delete(HeldItem.objects.filter(decided_at__lt=before)),
    }


def _delete(rows) -> int:
    """In parts: one long transaction would hold SQLite's only writer."""
    deleted = 0
    while some := list(rows.values_list("pk", flat=True)[:AT_ONCE]):
        deleted += rows.model.objects.filter(pk__in=some).delete()[0]
    return deleted
