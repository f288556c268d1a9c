"""Keeping the figures fresh: one drainer at a time takes what is stale and counts it.

What was taken and what was counted from it stand in one transaction, so a drainer that dies loses nothing. Which
periods are kept: every month since the first day that something was recorded for, and its "lũy kế"; any other period
from the first time that somebody asked for it (its row exists).
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import Count, F, Min, Q, QuerySet, Subquery, Value

from areas.models import Area, Level, Stale
from residents import spells
from residents.models import SpellDue

from . import dialect, periods
from .changed import count_changed
from .counting import count
from .models import Figure, Period

LOCK = 0x636E73636432
# In one transaction: on SQLite nobody else writes meanwhile, so none should take more than half a second.
HOUSEHOLDS_AT_ONCE = 500
VILLAGE_PERIODS_AT_ONCE = 100
OLDEST = dt.timedelta(days=3660)
COUNTED_AGAIN = dt.timedelta(days=62)  # every night: what ended within two months, and what is still open
# Rough costs in milliseconds, for deciding whether a page may wait.
MS_HOUSEHOLD, MS_VILLAGE_PERIOD, MS_PERIOD, MS_VILLAGE = 3, 4, 130, 1.4


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
    while Stale.objects.exists():
        with _alone(wait):
            done.households += spells.lay_out_due()
            done.areas |= _count_stale(today)
        told(f"Đã tính lại {len(done.areas)} địa bàn.")
    for period in waiting(today):
        with _alone(wait):
            recount(period, today=today)
        done.periods.append(period)
        told(f"Đã tính lại {period}.")
    return done


def drain_if_quick(area_ids: Collection[int], *, today: dt.date, budget_ms: int = 200) -> bool:
    """For pages: bring the figures up to date when that is quick. False: say "đang tính lại" and show what there is."""
    stale = Stale.objects.filter(area__links_up__ancestor__in=area_ids) if area_ids else Stale.objects.all()
    first = Stale.objects.order_by("since").values("since")[:1]
    waits = _counted(
        late=_late(today),
        here=stale,
        stale=Area.objects.filter(pk__in=Stale.objects.values("area")),
        due=SpellDue.objects.all(),
        periods=Period.objects.filter(end_on__gte=Subquery(first)),
        villages=Area.objects.at(Level.VILLAGE),
    )
    if not (waits["late"] or waits["here"]):
        return True
    cost = waits["due"] * MS_HOUSEHOLD + waits["stale"] * waits["periods"] * MS_VILLAGE_PERIOD
    cost += waits["late"] * (MS_PERIOD + waits["villages"] * MS_VILLAGE)
    if cost > budget_ms or spells.are_by_old_rules():
        return False
    try:
        drain(today=today, wait=False)
    except Busy:
        return False
    return True


def _counted(**rows: QuerySet) -> Counter[str]:
    """How many there are of each, in one query: a page asks this each time that something waits."""
    parts = [
        found.order_by().annotate(what=Value(name)).values("what").annotate(count=Count("pk"))
        for name, found in rows.items()
    ]
    return Counter(dict(parts[0].union(*parts[1:], all=True).values_list("what", "count")))


def waiting(today: dt.date) -> list[Period]:
    """Periods to be counted over the whole map: never counted, or counted on a day before their as-of day."""
    return list(_late(today).order_by("-end_on", "kind"))


def _late(today: dt.date) -> QuerySet[Period]:
    return Period.objects.filter(start_on__lte=today).filter(
        Q(counted_on=None) | (Q(counted_on__lt=today) & Q(counted_on__lt=F("end_on")))
    )


def recount(period: Period, *, today: dt.date) -> None:
    """Count a period over the whole map."""
    count(period, today=today)
    Period.objects.filter(pk=period.pk).update(counted_on=period.as_of(today))


def count_again(*, today: dt.date) -> Iterator[tuple[Period, int]]:
    """Count the newest periods over the whole map once more; with each, how many figures had been kept wrong.

    What was counted now stands. Villages that change are counted alone all day: this is where a slip would be seen.
    """
    for period in Period.objects.filter(end_on__gte=today - COUNTED_AGAIN).exclude(counted_on=None).order_by("end_on"):
        with _alone(wait=True):
            spells.lay_out_due()
            while Stale.objects.exists():
                _count_stale(today)
            if period in waiting(today):
                continue  # so much has changed this minute that it will be counted whole anyway
            kept = Figure.kept(period)
            recount(period, today=today)
            counted = Figure.kept(period)
        yield period, sum(kept.get(place) != counted.get(place) for place in kept.keys() | counted.keys())


def _count_stale(today: dt.date) -> set[int]:
    """Take some of the stale rows and count their areas in every period that ends on their day or later.

    Where so many wait that everything is counted faster, all are taken and their periods left to whole counts.
    """
    waits = sorted(Stale.objects.order_by().values_list("area", flat=True).distinct())
    so_many = len(waits) * MS_VILLAGE_PERIOD > _ms_of_a_period()
    first = Stale.objects.aggregate(first=Min("since"))["first"]
    at_once = VILLAGE_PERIODS_AT_ONCE // max(1, Period.objects.filter(end_on__gte=first).count()) if first else 0
    since = _take(waits if so_many else waits[: max(1, at_once)])
    if not since:
        return set()
    first = min(since.values())
    keep_months(first, today)
    late = {period.pk for period in waiting(today)}
    fresh = [period for period in Period.objects.filter(end_on__gte=first) if period.pk not in late]
    if so_many:
        Period.objects.filter(pk__in=[period.pk for period in fresh]).update(counted_on=None)
    else:
        count_changed(fresh, since, today=today)
    return set(since)


def _take(areas: Collection[int]) -> dict[int, dt.date]:
    """Take the stale rows of these areas away; returns area → its first day."""
    found: dict[int, dt.date] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM areas_stale WHERE {dialect.among('area_id')} RETURNING area_id, since",
            [dialect.ids(areas)],
        )
        for area, day in cursor.fetchall():
            day = day if isinstance(day, dt.date) else dt.date.fromisoformat(day)
            found[area] = min(day, found.get(area, day))
    return found


def _ms_of_a_period() -> float:
    return MS_PERIOD + Area.objects.at(Level.VILLAGE).count() * MS_VILLAGE


def keep_months(first: dt.date, today: dt.date) -> None:
    """See that every month from `first` to today is kept, with its "lũy kế"."""
    first = max(first, today - OLDEST)
    if first > today or _are_kept(first, today):
        return
    for month in periods.months_between(first, today):
        periods.to_date(month)


def _are_kept(first: dt.date, today: dt.date) -> bool:
    """Do the months that there are cover all days, each with its "lũy kế"?"""
    kept = Period.objects.filter(start_on__lte=today, end_on__gte=first).order_by("end_on")
    rows = list(kept.values_list("kind", "start_on", "end_on"))
    running = {end for kind, _, end in rows if kind == Period.Kind.TO_DATE}
    next_day = None
    for kind, start, end in rows:
        if kind == Period.Kind.MONTH:
            if end not in running or start > (next_day or first):
                return False
            next_day = end + dt.timedelta(days=1)
    return next_day is not None and next_day > today


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
