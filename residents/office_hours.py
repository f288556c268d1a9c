"""Which part of a visit fell outside office hours: unpaid time, worth counting.

The hours are a setting (`OFFICE_HOURS`, pairs of "HH:MM"); the days are the working days of `areas/holidays.py`.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils import timezone

from areas.holidays import A_DAY, WorkingCalendar


def office_hours() -> tuple[tuple[dt.time, dt.time], ...]:
    return tuple((dt.time.fromisoformat(start), dt.time.fromisoformat(end)) for start, end in settings.OFFICE_HOURS)


def is_outside(at: dt.datetime, calendar: WorkingCalendar) -> bool:
    """Does `at` lie outside office hours, by the clock in Việt Nam?"""
    local = timezone.localtime(at)
    if not calendar.is_working_day(local.date()):
        return True
    return not any(start <= local.time() < end for start, end in office_hours())


def minutes_outside(at: dt.datetime, minutes: int, calendar: WorkingCalendar) -> int:
    """How many of the `minutes` from `at` on fell outside office hours."""
    start = timezone.localtime(at)
    end = start + dt.timedelta(minutes=minutes)
    inside = dt.timedelta()
    day = start.date()
    while day <= end.date():
        if calendar.is_working_day(day):
            for opens, closes in office_hours():
                begins = dt.datetime.combine(day, opens, start.tzinfo)
                ends = dt.datetime.combine(day, closes, start.tzinfo)
                inside += max(min(end, ends) - max(start, begins), dt.timedelta())
        day += A_DAY
    return minutes - int(inside.total_seconds() // 60)
