"""Working days: Monday to Friday, but for public holidays and the Saturdays worked in exchange (`Holiday`).

Days off are those of the Labour Code (Bộ luật Lao động 2019, Điều 112) and of the yearly notice on exchanged days. They
are data: loaded once for a year, then kept by the administrators.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from .models import Holiday

WORKING_WEEKDAYS = range(5)
A_DAY = dt.timedelta(days=1)


class WorkingCalendar:
    """Which days are worked, read once: `WorkingCalendar.load()` costs one query, the questions none."""

    def __init__(self, exceptions: Mapping[dt.date, str], since: dt.date | None = None, until: dt.date | None = None):
        self._exceptions, self._since, self._until = exceptions, since, until

    @classmethod
    def load(cls, since: dt.date | None = None, until: dt.date | None = None) -> WorkingCalendar:
        """For the days from `since` to `until`, both included; without them for all days (a dozen rows a year)."""
        rows = Holiday.objects.all()
        if since is not None:
            rows = rows.filter(day__gte=since)
        if until is not None:
            rows = rows.filter(day__lte=until)
        return cls(dict(rows.order_by().values_list("day", "kind")), since, until)

    def is_working_day(self, day: dt.date) -> bool:
        """Raises ValueError for a day that was not loaded."""
        if (self._since and day < self._since) or (self._until and day > self._until):
            raise ValueError(f"{day} lies outside the calendar that was loaded")
        kind = self._exceptions.get(day)
        return kind == Holiday.Kind.WORKING if kind else day.weekday() in WORKING_WEEKDAYS

    def next_working_day(self, day: dt.date) -> dt.date:
        """`day` itself if it is worked, else the first one after it that is."""
        while not self.is_working_day(day):
            day += A_DAY
        return day

    def add_working_days(self, day: dt.date, n: int) -> dt.date:
        """The `n`-th working day after `day` (before it, for a negative `n`); `day` itself is not counted."""
        step = A_DAY if n > 0 else -A_DAY
        for _ in range(abs(n)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def working_days_between(self, first: dt.date, last: dt.date) -> int:
        """Working days after `first` up to and including `last`; below zero where `last` comes before `first`."""
        if last < first:
            return -self.working_days_between(last, first)
        return sum(self.is_working_day(first + days * A_DAY) for days in range(1, (last - first).days + 1))

    def exceptions(self) -> list[tuple[dt.date, bool]]:
        """The days loaded that break the week's rule, and whether they are worked."""
        return [(day, kind == Holiday.Kind.WORKING) for day, kind in sorted(self._exceptions.items())]


def is_working_day(day: dt.date, calendar: WorkingCalendar | None = None) -> bool:
    return (calendar or WorkingCalendar.load()).is_working_day(day)


def add_working_days(day: dt.date, n: int, calendar: WorkingCalendar | None = None) -> dt.date:
    return (calendar or WorkingCalendar.load()).add_working_days(day, n)


def working_days_between(first: dt.date, last: dt.date, calendar: WorkingCalendar | None = None) -> int:
    return (calendar or WorkingCalendar.load()).working_days_between(first, last)


def known_of(year: int) -> list[Holiday]:
    """The holidays of a year as the package `holidays` knows them; days that were exchanged only once announced."""
    import holidays  # slow, and only for loading

    found = holidays.country_holidays("VN", years=year, language="vi")
    rows = [Holiday(day=day, name=name) for day, name in found.items() if day.year == year]
    worked = {day for day in found.weekend_workdays if day.year == year}
    rows += [Holiday(day=day, name="Làm bù", kind=Holiday.Kind.WORKING) for day in worked]
    return sorted(rows, key=lambda row: row.day)


def load_holidays(years: Iterable[int]) -> list[Holiday]:
    """Add the holidays of the years that have none yet: what the administrators changed stays. Returns the new ones."""
    kept = {day.year for day in Holiday.objects.values_list("day", flat=True)}
    rows = [row for year in sorted(set(years) - kept) for row in known_of(year)]
    return Holiday.objects.bulk_create(rows)
