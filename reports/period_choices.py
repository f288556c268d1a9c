"""The periods that a page offers, and what lies before and after one: names alone, nothing is made by offering it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from . import periods
from .models import Period

OFFERED = (Period.Kind.MONTH, Period.Kind.QUARTER, Period.Kind.HALF, Period.Kind.YEAR)
MONTHS_BACK = 36
ON_A_LINE = 12


@dataclass(frozen=True)
class Known:
    """The periods that exist, newest first, read once for a page."""

    periods: tuple[Period, ...]
    today: dt.date

    @classmethod
    def read(cls, today: dt.date) -> Known:
        """All there are; the month of today and the one before it are made where they are lacking."""
        found = list(Period.objects.exclude(kind=Period.Kind.DAY).order_by("-end_on"))
        months = [period for period in found if period.kind == Period.Kind.MONTH]
        if not any(month.start_on <= today <= month.end_on for month in months):
            found += periods.make_months(today, months)
            found.sort(key=lambda period: period.end_on, reverse=True)
        return cls(tuple(found), today)

    def current(self) -> Period:
        """The month that `today` lies in."""
        return self.month_of(self.today)

    def month_of(self, day: dt.date) -> Period:
        """The month that `day` lies in."""
        for period in self.periods:
            if period.kind == Period.Kind.MONTH and period.start_on <= day <= period.end_on:
                return period
        return periods.month_containing(day)

    def to_date(self, period: Period) -> Period:
        """Lũy kế: from the start of the reporting year to the end of `period`."""
        for known in self.periods:
            if known.kind == Period.Kind.TO_DATE and known.end_on == period.end_on:
                return known
        return periods.to_date(period)

    def named(self, text: str) -> Period:
        """The period of this code; raises ValueError (Vietnamese) when there is none such."""
        for period in self.periods:
            if period.kind in OFFERED and code_of(period) == text:
                return period
        return periods.parse(text)

    def months_to(self, period: Period, count: int = ON_A_LINE) -> list[Period]:
        """The last months that ended with `period` or before it, oldest first: the points of a line."""
        months = [known for known in self.periods if known.kind == Period.Kind.MONTH and known.end_on <= period.end_on]
        if period.kind == Period.Kind.MONTH and period not in months:
            months.insert(0, period)
        return months[:count][::-1]

    def months_back(self, count: int) -> list[tuple[str, str]]:
        """(code, name) of the present month and of those before it, newest first."""
        return [(code, name_of(code)) for code in _back(code_of(self.current()), count)]

    def choices(self, chosen: Period | None = None) -> list:
        """For a select: months back from the present one, then quarters, halves and years."""
        months = self.months_back(MONTHS_BACK)
        year, month = map(int, months[0][0].split("-"))
        quarters = _back(f"{year}-Q{(month + 2) // 3}", 10)
        halves = _back(f"{year}-H{(month + 5) // 6}", 5)
        years = _back(str(year), 4)
        groups = [
            ("Tháng", months),
            ("Quý", [(code, name_of(code)) for code in quarters]),
            ("6 tháng", [(code, name_of(code)) for code in halves]),
            ("Năm", [(code, name_of(code)) for code in years]),
        ]
        if chosen is not None and not any(code_of(chosen) == code for _, codes in groups for code, _ in codes):
            groups.insert(0, ("Đang xem", [(code_of(chosen), chosen.label)]))
        return groups


def code_of(period: Period) -> str:
    """`periods.code` without asking the calendar: a month is named after the month of its end."""
    end = period.end_on
    match period.kind:
        case Period.Kind.MONTH:
            return f"{end.year}-{end.month:02}"
        case Period.Kind.QUARTER:
            return f"{end.year}-Q{(end.month + 2) // 3}"
        case Period.Kind.HALF:
            return f"{end.year}-H{(end.month + 5) // 6}"
        case Period.Kind.YEAR:
            return str(end.year)
        case Period.Kind.DAY:
            return end.isoformat()
        case _:
            return periods.code(period)


def name_of(code: str) -> str:
    """ "2026-11" → "Tháng 11/2026"."""
    if found := re.fullmatch(r"(\d{4})-(\d\d)", code):
        return f"Tháng {int(found[2])}/{found[1]}"
    if found := re.fullmatch(r"(\d{4})-Q(\d)", code):
        return f"Quý {periods.ROMAN[int(found[2])]}/{found[1]}"
    if found := re.fullmatch(r"(\d{4})-H(\d)", code):
        return f"6 tháng {'đầu' if found[2] == '1' else 'cuối'} năm {found[1]}"
    if re.fullmatch(r"\d{4}", code):
        return f"Năm {code}"
    return f"Ngày {dt.date.fromisoformat(code):%d/%m/%Y}"


def neighbour(code: str, step: int) -> str | None:
    """The code of the period `step` further; None for a kind that has no neighbours (lũy kế)."""
    for form, parts in ((r"(\d{4})-(\d\d)", 12), (r"(\d{4})-Q(\d)", 4), (r"(\d{4})-H(\d)", 2)):
        if found := re.fullmatch(form, code):
            year, part = divmod(int(found[1]) * parts + int(found[2]) - 1 + step, parts)
            letter = {12: "", 4: "Q", 2: "H"}[parts]
            return f"{year}-{part + 1:02}" if parts == 12 else f"{year}-{letter}{part + 1}"
    if re.fullmatch(r"\d{4}", code):
        return str(int(code) + step)
    try:
        return (dt.date.fromisoformat(code) + dt.timedelta(days=step)).isoformat()
    except ValueError:
        return None


def short_label(period: Period) -> str:
    """For the axis of a chart: "11/2026"."""
    if period.kind == Period.Kind.MONTH:
        return f"{period.end_on.month}/{period.end_on.year}"
    return period.label


def _back(code: str, count: int) -> list[str]:
    found = [code]
    while len(found) < count:
        found.append(neighbour(found[-1], -1))
    return found
