"""Which part of a visit fell outside office hours: unpaid time, worth counting.

The hours are a setting (`OFFICE_HOURS`, pairs of "HH:MM" from Monday to Friday); the usual ones are built in.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils import timezone

USUAL = (("07:30", "11:30"), ("13:30", "17:00"))
WORKING_DAYS = range(5)


def office_hours() -> tuple[tuple[dt.time, dt.time], ...]:
    pairs = getattr(settings, "OFFICE_HOURS", USUAL)
    return tuple((dt.time.fromisoformat(start), dt.time.fromisoformat(end)) for start, end in pairs)


def is_outside(at: dt.datetime) -> bool:
    """Does `at` lie outside office hours, by the clock in Việt Nam?"""
    local = timezone.localtime(at)
    if local.weekday() not in WORKING_DAYS:
        return True
    return not any(start <= local.time() < end for start, end in office_hours())


def minutes_outside(at: dt.datetime, minutes: int) -> int:
    """How many of the `minutes` from `at` on fell outside office hours."""
    start = timezone.localtime(at)
    end = start + dt.timedelta(minutes=minutes)
    inside = dt.timedelta()
    day = start.date()
    while day <= end.date():
        if day.weekday() in WORKING_DAYS:
            for opens, closes in office_hours():
                begins = dt.datetime.combine(day, opens, start.tzinfo)
                ends = dt.datetime.combine(day, closes, start.tzinfo)
                inside += max(min(end, ends) - max(start, begins), dt.timedelta())
        day += dt.timedelta(days=1)
    return minutes - int(inside.total_seconds() // 60)
