"""When a period is due, level by level, in working days after its last day (`DueRule`), and filed with government."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.cache import cache

from areas.holidays import WorkingCalendar
from areas.models import Level
from reports.models import DueRule, Period

# Without a rule: a village on the first working day after the cut-off, each office two more days than the one below.
USUAL = {Level.VILLAGE: 1, Level.WARD: 2, Level.DISTRICT: 3, Level.PROVINCE: 5}
# Decree 09/2019/NĐ-CP, Điều 12: the report to government is due by the 25th of the month of the period's end.
FILING_DAY = 25
KEPT, SECONDS_KEPT = "reports.signing.deadlines", 300


@dataclass(frozen=True)
class Calendar:
    """The days that matter for a period: `due` by level, and the day of filing."""

    period: Period
    due: dict[Level, dt.date]
    filing: dt.date
    working: WorkingCalendar

    def days_left(self, level: Level, today: dt.date) -> int:
        """Working days from today to the day it is due; negative once that has passed."""
        return self.working.working_days_between(today, self.due[level])

    def is_late(self, level: Level, on: dt.date) -> bool:
        return on > self.due[level]


def calendar_of(period: Period) -> Calendar:
    """The calendar of one period."""
    return calendars_of([period])[0]


def calendars_of(periods: list[Period]) -> list[Calendar]:
    """The calendars of several periods. Holidays and rules are read again every few minutes only."""
    kept = cache.get(KEPT)
    if kept is None:
        kept = WorkingCalendar.load(), sorted(DueRule.objects.all(), key=lambda rule: rule.since)
        cache.set(KEPT, kept, SECONDS_KEPT)
    working, rules = kept
    return [_calendar(period, rules, working) for period in periods]


def _calendar(period: Period, rules: list[DueRule], working: WorkingCalendar) -> Calendar:
    days = dict(USUAL)
    for rule in rules:
        if rule.since <= period.end_on:
            days[Level(rule.level)] = rule.working_days
    due = {level: working.add_working_days(period.end_on, count) for level, count in days.items()}
    return Calendar(period, due, _filing(period.end_on), working)


def _filing(end_on: dt.date) -> dt.date:
    """The next 25th after the period's end."""
    if end_on.day < FILING_DAY:
        return end_on.replace(day=FILING_DAY)
    following = end_on.replace(day=1) + dt.timedelta(days=32)
    return following.replace(day=FILING_DAY)
