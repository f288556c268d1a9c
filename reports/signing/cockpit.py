"""Who has reported and who has not: the state of an office's period and of everything right below it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils import timezone

from areas.models import Area, AreaVersion, Level
from reports import periods
from reports.models import MonthlyReport, Period, VillageConfirmation

from . import late
from .deadlines import Calendar, calendar_of, calendars_of

State = MonthlyReport.State
DONE = (State.SENT, State.RECEIVED)


class Standing(StrEnum):
    """How one below stands, in the order in which it wants attention."""

    LATE = "late"
    MISSING = "missing"
    WORKING = "working"
    DONE_LATE = "done_late"
    DONE = "done"


WORDS = {
    Standing.LATE: "Quá hạn",
    Standing.MISSING: "Chưa nộp",
    Standing.WORKING: "Đang làm",
    Standing.DONE_LATE: "Nộp muộn",
    Standing.DONE: "Đã nộp",
}


@dataclass
class Child:
    """An area right below, and what it has done: a village confirms, an office sends."""

    version: AreaVersion
    standing: Standing
    words: str
    done_at: dt.datetime | None = None
    report: MonthlyReport | None = None
    confirmation: VillageConfirmation | None = None
    late: int = 0  # answers and visits that came in since it confirmed

    @property
    def is_done(self) -> bool:
        return self.standing in (Standing.DONE, Standing.DONE_LATE)


@dataclass
class Cockpit:
    area: Area
    period: Period
    today: dt.date
    calendar: Calendar
    children: list[Child] = field(default_factory=list)

    @property
    def child_level(self) -> Level | None:
        return Level(self.children[0].version.area.level) if self.children else None

    @property
    def due(self) -> dt.date | None:
        return self.calendar.due.get(self.child_level) if self.children else None

    @property
    def done(self) -> list[Child]:
        return [child for child in self.children if child.is_done]

    @property
    def missing(self) -> list[Child]:
        return [child for child in self.children if not child.is_done]

    @property
    def is_over(self) -> bool:
        return self.today > self.period.end_on

    @property
    def own_due(self) -> dt.date:
        return self.calendar.due[Level(self.area.level)]

    @property
    def days_left(self) -> int:
        """Working days until this office's own report is due; below zero once that has passed."""
        return self.calendar.days_left(Level(self.area.level), self.today)


def cockpit(area: Area, period: Period, *, today: dt.date) -> Cockpit:
    """Everything of one period, in at most eight queries whatever the number of areas below."""
    calendar = calendar_of(period)
    day = area.last_day(period.as_of(today))
    versions = list(AreaVersion.objects.children_of(area, day))
    found = Cockpit(area, period, today, calendar)
    below = {version.area_id for version in versions}
    reports = {
        report.area_id: report for report in MonthlyReport.objects.current().filter(period=period, area__in=below)
    }
    confirmations = {
        row.village_id: row
        for row in VillageConfirmation.objects.filter(period=period, withdrawn_at=None, village__in=below)
    }
    late_ones = late.count_by_village(period, {pk: row.at for pk, row in confirmations.items()})
    for version in versions:
        if version.area.level == Level.VILLAGE:
            child = _village(version, confirmations.get(version.area_id), calendar, today)
            child.late = late_ones[version.area_id]
        else:
            child = _office(version, reports.get(version.area_id), calendar, today)
        found.children.append(child)
    return found


def _village(version, row: VillageConfirmation | None, calendar: Calendar, today: dt.date) -> Child:
    if row is None:
        return Child(version, *_not_done(Level.VILLAGE, calendar, today))
    on = timezone.localdate(row.at)
    standing = Standing.DONE_LATE if calendar.is_late(Level.VILLAGE, on) else Standing.DONE
    words = f"Nộp thay, nguồn: {row.source}" if row.source else "Thôn đã xác nhận"
    return Child(version, standing, words, row.at, confirmation=row)


def _office(version, report: MonthlyReport | None, calendar: Calendar, today: dt.date) -> Child:
    level = Level(version.area.level)
    if report is None:
        return Child(version, *_not_done(level, calendar, today))
    if report.state in DONE:
        standing = Standing.DONE_LATE if calendar.is_late(level, timezone.localdate(report.sent_at)) else Standing.DONE
        return Child(version, standing, report.get_state_display(), report.sent_at, report)
    standing = Standing.LATE if calendar.is_late(level, today) else Standing.WORKING
    return Child(version, standing, report.get_state_display(), report=report)


def _not_done(level: Level, calendar: Calendar, today: dt.date) -> tuple[Standing, str]:
    late_now = calendar.is_late(level, today)
    words = "Chưa xác nhận" if level == Level.VILLAGE else "Chưa lập báo cáo"
    return (Standing.LATE if late_now else Standing.MISSING), words


# --- through time -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Timeliness:
    """Of the areas below in one period: how many there were, reported, and in time."""

    period: Period
    total: int
    done: int
    in_time: int


def timeliness(area: Area, months: list[Period], *, today: dt.date) -> list[Timeliness]:
    """Completeness and timeliness of what lies right below `area`, period by period, in five queries."""
    calendars = {calendar.period.pk: calendar for calendar in calendars_of(months)}
    versions = list(AreaVersion.objects.filter(parent=area).select_related("area"))
    below = {version.area_id for version in versions}
    sent = {
        (row.period_id, row.area_id): row.sent_at
        for row in MonthlyReport.objects.current().filter(period__in=months, area__in=below, state__in=DONE)
    }
    confirmed = {
        (row.period_id, row.village_id): row.at
        for row in VillageConfirmation.objects.filter(period__in=months, village__in=below, withdrawn_at=None)
    }
    found = []
    for period in months:
        day = area.last_day(period.as_of(today))
        there = [v for v in versions if v.since <= day and (v.until is None or v.until > day)]
        done = [(v, at) for v in there if (at := (sent | confirmed).get((period.pk, v.area_id)))]
        in_time = [1 for v, at in done if not calendars[period.pk].is_late(Level(v.area.level), timezone.localdate(at))]
        found.append(Timeliness(period, len(there), len(done), len(in_time)))
    return found


def zalo_text(found: Cockpit) -> str:
    """The list of those who are missing, for the group on Zalo: areas and days, no person."""
    due = found.due
    head = f"{found.period.label} ({found.period.span}), {found.area}: đã nộp {len(found.done)}/{len(found.children)}."
    if not found.missing:
        return f"{head} Cảm ơn các đơn vị đã nộp đủ."
    names = ", ".join(child.version.name for child in found.missing)
    until = f" Hạn nộp: {_weekday(due)}, {due:%d/%m/%Y}." if due else ""
    return f"{head}{until}\nChưa nộp: {names}.\nĐề nghị các đơn vị xác nhận, gửi số liệu."


def _weekday(day: dt.date) -> str:
    return ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")[day.weekday()]


def months_until(today: dt.date, count: int) -> list[Period]:
    """The months before the running one, oldest first."""
    return list(reversed(periods.recent_months(today, count + 1)[1:]))
