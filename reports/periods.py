"""Periods: the only place that knows what a month is.

By NĐ 09/2019/NĐ-CP, Điều 12 a reporting month runs from the 15th of the month before to the 14th and is named after
the month of its end; quarters, half-years and years are made of such months. Where the calendar says otherwise
(`CalendarRule`, else the setting REPORT_LAST_DAY) months end on another day. Periods that exist are never remade.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from .models import CalendarRule, Period

ROMAN = ("", "I", "II", "III", "IV")
YEARS = range(2000, 2101)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, order=True)
class _Month:
    """A month by name: the year and month in which it ends."""

    year: int
    number: int

    def step(self, months: int) -> _Month:
        count = self.year * 12 + self.number - 1 + months
        return _Month(count // 12, count % 12 + 1)

    @property
    def label(self) -> str:
        return f"Tháng {self.number}/{self.year}"

    @property
    def first_day(self) -> dt.date:
        return dt.date(self.year, self.number, 1)

    @property
    def last_day(self) -> dt.date:
        return dt.date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])


# --- asking for a period ----------------------------------------------------------------------------------------------


def month_of(year: int, month: int) -> Period:
    """The reporting month named `month`/`year`."""
    name = _Month(year, month)
    return _get(Period.Kind.MONTH, name.label, *_span(name))


def quarter(year: int, number: int) -> Period:
    return _get(Period.Kind.QUARTER, f"Quý {ROMAN[number]}/{year}", *_span(_Month(year, number * 3 - 2), 3))


def half(year: int, number: int) -> Period:
    which = "đầu" if number == 1 else "cuối"
    return _get(Period.Kind.HALF, f"6 tháng {which} năm {year}", *_span(_Month(year, number * 6 - 5), 6))


def year(number: int) -> Period:
    return _get(Period.Kind.YEAR, f"Năm {number}", *_span(_Month(number, 1), 12))


def day_period(day: dt.date) -> Period:
    return _get(Period.Kind.DAY, f"Ngày {day:%d/%m/%Y}", day, day)


def month_containing(day: dt.date) -> Period:
    month = _name_of(day)
    return month_of(month.year, month.number)


def to_date(period: Period) -> Period:
    """Lũy kế: from the start of the reporting year in which `period` ends to its end."""
    month = _name_of(period.end_on)
    start = _span(_Month(month.year, 1))[0]
    if period.end_on == _end(month):
        label = f"Lũy kế đến tháng {month.number}/{month.year}"
    else:
        label = f"Lũy kế đến ngày {period.end_on:%d/%m/%Y}"
    return _get(Period.Kind.TO_DATE, label, start, period.end_on)


def previous(period: Period) -> Period:
    """The one before it, of the same kind."""
    month = _name_of(period.end_on)
    match period.kind:
        case Period.Kind.DAY:
            return day_period(period.end_on - DAY)
        case Period.Kind.MONTH:
            before = month.step(-1)
            return month_of(before.year, before.number)
        case Period.Kind.QUARTER:
            before = month.step(-3)
            return quarter(before.year, (before.number + 2) // 3)
        case Period.Kind.HALF:
            before = month.step(-6)
            return half(before.year, (before.number + 5) // 6)
        case Period.Kind.YEAR:
            return year(month.year - 1)
        case _:
            before = month.step(-1)
            return to_date(month_of(before.year, before.number))


def make_months(day: dt.date, known: Collection[Period]) -> list[Period]:
    """Make the month that contains `day` and the one before it where `known`, all months that there are, lacks them.

    In two queries: a page may be the first that asks for a month.
    """
    ends = {_Month(month.end_on.year, month.end_on.month): month.end_on for month in known}
    rules = list(CalendarRule.objects.order_by("-since"))

    def end(month: _Month) -> dt.date:
        return ends.get(month) or _end_by_rule(month, rules)

    month = _Month(day.year, day.month)
    if day > end(month):
        month = month.step(1)
    lacking = [
        Period(kind=Period.Kind.MONTH, label=name.label, start_on=end(name.step(-1)) + DAY, end_on=end(name))
        for name in (month, month.step(-1))
        if name not in ends
    ]
    once = ("kind", "end_on")  # somebody else may just make them too
    return Period.objects.bulk_create(lacking, update_conflicts=True, unique_fields=once, update_fields=["label"])


def recent_months(today: dt.date, count: int) -> list[Period]:
    """The month that contains `today` and those before it, newest first."""
    month = _name_of(today)
    names = [month.step(-back) for back in range(count)]
    return [month_of(name.year, name.number) for name in names]


def months_between(first: dt.date, last: dt.date) -> list[Period]:
    """The months that contain the days from `first` to `last`, oldest first."""
    month, end, found = _name_of(first), _name_of(last), []
    while month <= end:
        found.append(month_of(month.year, month.number))
        month = month.step(1)
    return found


# --- periods as text --------------------------------------------------------------------------------------------------

FORMS = {
    r"(\d{4})-(\d\d)-(\d\d)": lambda y, m, d: day_period(dt.date(y, m, d)),
    r"(\d{4})-(\d\d)": month_of,
    r"(\d{4})-Q([1-4])": quarter,
    r"(\d{4})-H([12])": half,
    r"(\d{4})": year,
    r"(\d{4})-(\d\d)-luy-ke": lambda y, m: to_date(month_of(y, m)),
    r"(\d{4})-(\d\d)-(\d\d)-luy-ke": lambda y, m, d: to_date(day_period(dt.date(y, m, d))),
}


def parse(text: str) -> Period:
    """ "2026-11", "2026-Q4", "2026-H2", "2026", "2026-11-21", "2026-11-luy-ke" → the period. Raises ValueError.

    A day may also stand as people write it: "21/11/2026".
    """
    written = re.sub(r"(\d\d?)/(\d\d?)/(\d{4})", lambda day: f"{day[3]}-{day[2]:0>2}-{day[1]:0>2}", text.strip())
    for form, make in FORMS.items():
        if found := re.fullmatch(form, written, re.ASCII):
            numbers = [int(number) for number in found.groups()]
            try:
                if numbers[0] not in YEARS:
                    raise ValueError
                if len(numbers) > 1:
                    dt.date(numbers[0], numbers[1], 1)
                return make(*numbers)
            except ValueError:
                break
    raise ValueError(f"“{text}” không phải là kỳ báo cáo. Ví dụ: 2026-11, 2026-Q4, 2026-H2, 2026, 21/11/2026.")


def code(period: Period) -> str:
    """The text that `parse` reads: for addresses and file names."""
    month = _name_of(period.end_on)
    match period.kind:
        case Period.Kind.DAY:
            return period.end_on.isoformat()
        case Period.Kind.MONTH:
            return f"{month.year}-{month.number:02}"
        case Period.Kind.QUARTER:
            return f"{month.year}-Q{(month.number + 2) // 3}"
        case Period.Kind.HALF:
            return f"{month.year}-H{(month.number + 5) // 6}"
        case Period.Kind.YEAR:
            return str(month.year)
        case _:
            if period.end_on == _end(month):
                return f"{month.year}-{month.number:02}-luy-ke"
            return f"{period.end_on.isoformat()}-luy-ke"


# --- instants ---------------------------------------------------------------------------------------------------------


def starts_at(day: dt.date) -> dt.datetime:
    """00:00 of `day` in Việt Nam."""
    return dt.datetime.combine(day, dt.time(), timezone.get_default_timezone())


def ends_at(day: dt.date) -> dt.datetime:
    """The instant that `day` lies before: the next 00:00."""
    return starts_at(day + DAY)


# --- the calendar -----------------------------------------------------------------------------------------------------


def _span(first: _Month, months: int = 1) -> tuple[dt.date, dt.date]:
    """First and last day; a month starts when the one before has ended, also where the rule changes in between."""
    return _end(first.step(-1)) + DAY, _end(first.step(months - 1))


def _end(month: _Month) -> dt.date:
    """The last day of a month: as it was made, else by the rule in force when its calendar month begins."""
    made = Period.objects.filter(kind=Period.Kind.MONTH, end_on__range=(month.first_day, month.last_day))
    if end_on := made.values_list("end_on", flat=True).first():
        return end_on
    return _end_by_rule(month, CalendarRule.objects.filter(since__lte=month.first_day).order_by("-since")[:1])


def _end_by_rule(month: _Month, rules: Iterable[CalendarRule]) -> dt.date:
    """By the rule in force when its calendar month begins; `rules` newest first."""
    rule = next((rule for rule in rules if rule.since <= month.first_day), None)
    last_day = rule.last_day if rule else settings.REPORT_LAST_DAY
    return month.first_day.replace(day=last_day) if last_day else month.last_day


def _name_of(day: dt.date) -> _Month:
    month = _Month(day.year, day.month)
    return month if day <= _end(month) else month.step(1)


def _get(kind: Period.Kind, label: str, start_on: dt.date, end_on: dt.date) -> Period:
    return Period.objects.get_or_create(kind=kind, end_on=end_on, defaults={"label": label, "start_on": start_on})[0]
