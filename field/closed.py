"""Which instants of a village lie in a period that was signed. What is seen there later is kept, and listed apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.utils import timezone


@dataclass(frozen=True)
class ClosedSpan:
    """A period of a village that was approved, both days included."""

    village_id: int
    label: str
    since: dt.date
    until: dt.date
    closed_on: dt.date

    def holds(self, village_id: int, day: dt.date) -> bool:
        return self.village_id == village_id and self.since <= day <= self.until


# Whoever signs periods adds a function here: ids of villages → their closed spans. Nobody signs yet.
LOCKS: list[Callable[[Collection[int]], Iterable[ClosedSpan]]] = []


class Closed:
    """The closed spans of some villages, read once for a batch."""

    def __init__(self, village_ids: Collection[int]):
        self.spans = [span for lock in LOCKS for span in lock(village_ids)] if village_ids else []

    def at(self, village_id: int | None, moment: dt.datetime) -> ClosedSpan | None:
        """The closed span in which this instant lies, the latest one closed if several."""
        if not self.spans or village_id is None:
            return None
        day = timezone.localdate(moment)
        found = [span for span in self.spans if span.holds(village_id, day)]
        return max(found, key=lambda span: span.closed_on, default=None)
