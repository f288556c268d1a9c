"""The short way into the record, for those whom the same transaction writes down: nothing was ever said of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from .bulk import ReadyRows
from .models import Observation
from .record import NewObservation, in_milliseconds


def first_answers(items: Sequence[NewObservation], *, by, received_at: dt.datetime) -> ReadyRows:
    """Observations of households and people that are new in the transaction that inserts them.

    There nobody else can know them: nothing is to be locked, no neighbour ends, and who made them has asked for the
    count; all else goes through `record.append`. Raises ValueError for two answers of one subject and indicator, and
    for one that takes another back.
    """
    if len({(item.subject, item.indicator_id) for item in items}) < len(items) or any(item.retracts for item in items):
        raise ValueError("first answers only")
    return ReadyRows(
        Observation,
        [
            {
                "id": item.id,
                "household_id": item.household_id,
                "resident_id": item.resident_id,
                "subject": item.subject,
                "indicator_id": item.indicator_id,
                "answer": item.answer,
                "reason": item.reason,
                "effective_at": in_milliseconds(item.effective_at),
                "visit_id": item.visit_id,
                "source": item.source,
                "device": item.device,
            }
            for item in items
        ],
        recorded_by_id=getattr(by, "pk", None),
        received_at=received_at,
    )
