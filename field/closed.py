"""Which instants of a village lie in a period that was signed. What is seen there later is kept, and listed apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.utils import timezone

from reports.signing.locks import locks_of


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


def approved(village_ids: Collection[int]) -> Iterable[ClosedSpan]:
    """What the wards of these villages approved."""
    for lock in locks_of(village_ids):
        yield ClosedSpan(lock.village_id, lock.report.period.label, lock.since, lock.until, lock.closed_on)


# Functions from ids of villages to their closed spans.
LOCKS: list[Callable[[Collection[int]], Iterable[ClosedSpan]]] = [approved]


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
