"""Keeping the figures fresh: one drainer at a time takes what is stale and counts it.

What was taken and what was counted from it stand in one transaction, so a drainer that dies loses nothing. Which
periods are kept: every month since the first day that something was recorded for, and its "lũy kế"; any other period
from the first time that somebody asked for it (its row exists).
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import F, Q

from areas.models import Area, Level, Stale
from residents import spells
from residents.models import SpellDue

from . import periods
from .counting import count
from .models import Period

LOCK = 0x636E73636432
HOUSEHOLDS_AT_ONCE = 2000
# More villages × periods than this are quicker counted with everything else, a period at a time.
VILLAGE_PERIODS_AT_ONCE = 2000
OLDEST = dt.timedelta(days=3660)
# Rough costs in milliseconds, for deciding whether a page may wait.
MS_HOUSEHOLD, MS_VILLAGE_PERIOD, MS_PERIOD, MS_VILLAGE = 3, 8, 30, 0.5


class Busy(Exception):
    """Another drainer is at work."""


@dataclass
class Drained:
    households: int = 0
    areas: set[int] = field(default_factory=set)
    periods: list[Period] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        return bool(self.households or self.areas or self.periods)


def drain(*, today: dt.date, wait: bool = True, told: Callable[[str], None] = lambda line: None) -> Drained:
    """Lay out and count whatever waits. Raises Busy when another drainer is at work and one should not `wait`."""
    done = Drained()
    if spells.are_by_old_rules():
        with _alone(wait):
            spells.ask_all()
            Period.objects.update(counted_on=None)
        told("Định nghĩa tiêu chí đã thay đổi: sắp lại toàn bộ.")
    while SpellDue.objects.exists():
        with _alone(wait):
            done.households += spells.lay_out_due(HOUSEHOLDS_AT_ONCE)
        told(f"Đã sắp lại {done.households} hộ.")
    if Stale.objects.exists():
        with _alone(wait):
            done.households += spells.lay_out_due()
            done.areas = _count_stale(today)
        told(f"Đã tính lại {len(done.areas)} địa bàn.")
    for period in waiting(today):
        with _alone(wait):
            recount(period, today=today)
        done.periods.append(period)
        told(f"Đã tính lại {period}.")
    return done


def drain_if_quick(area_ids: Collection[int], *, today: dt.date, budget_ms: int = 200) -> bool:
    """For pages: bring the figures up to date when that is quick. False: say "đang tính lại" and show what there is."""
    late = waiting(today)
    stale = Stale.objects.filter(area__links_up__ancestor__in=area_ids).distinct() if area_ids else Stale.objects.all()
    if not (late or stale.exists()):
        return True
    villages = Stale.objects.values("area").distinct().count()
    cost = SpellDue.objects.count() * MS_HOUSEHOLD
    if villages:
        oldest = Stale.objects.order_by("since").values_list("since", flat=True).first()
        cost += villages * Period.objects.filter(end_on__gte=oldest).count() * MS_VILLAGE_PERIOD
    if late:
        cost += len(late) * (MS_PERIOD + Area.objects.at(Level.VILLAGE).count() * MS_VILLAGE)
    if cost > budget_ms or spells.are_by_old_rules():
        return False
    try:
        drain(today=today, wait=False)
    except Busy:
        return False
    return True


def waiting(today: dt.date) -> list[Period]:
    """Periods to be counted over the whole map: never counted, or counted on a day before their as-of day."""
    late = Period.objects.filter(start_on__lte=today).filter(
        Q(counted_on=None) | (Q(counted_on__lt=today) & Q(counted_on__lt=F("end_on")))
    )
    return list(late.order_by("-end_on", "kind"))


def recount(period: Period, *, today: dt.date) -> None:
    """Count a period over the whole map."""
    count(period, today=today)
    Period.objects.filter(pk=period.pk).update(counted_on=period.as_of(today))


def _count_stale(today: dt.date) -> set[int]:
    """Take the stale rows and count their areas in every period that ends on their day or later."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM areas_stale RETURNING area_id, since")
        taken = cursor.fetchall()
    since: dict[int, dt.date] = {}
    for area, day in taken:
        day = day if isinstance(day, dt.date) else dt.date.fromisoformat(day)
        since[area] = min(day, since.get(area, day))
    if not since:
        return set()
    keep_months(min(since.values()), today)
    late = {period.pk for period in waiting(today)}
    fresh = [period for period in Period.objects.filter(end_on__gte=min(since.values())) if period.pk not in late]
    if len(since) * len(fresh) > VILLAGE_PERIODS_AT_ONCE:
        Period.objects.filter(pk__in=[period.pk for period in fresh]).update(counted_on=None)
        return set(since)
    for period in fresh:
        changed = {area for area, day in since.items() if day <= period.end_on}
        count(period, today=today, changed=changed)
    return set(since)


def keep_months(first: dt.date, today: dt.date) -> None:
    """See that every month from `first` to today is kept, with its "lũy kế"."""
    first = max(first, today - OLDEST)
    if first > today:
        return
    for month in periods.months_between(first, today):
        periods.to_date(month)


@contextmanager
def _alone(wait: bool) -> Iterator[None]:
    """One transaction as the only drainer (SQLite has one writer anyway)."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                if wait:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
                else:
                    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
                    if not cursor.fetchone()[0]:
                        raise Busy
        yield


def watch(*, seconds: float, stopped: Callable[[], bool], drain_once: Callable[[], None]) -> None:
    """Call `drain_once` every `seconds` until told to stop; wakes often enough to stop at once."""
    while not stopped():
        drain_once()
        end = time.monotonic() + seconds
        while not stopped() and time.monotonic() < end:
            time.sleep(0.1)
