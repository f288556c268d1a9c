"""Who has reported and who has not: the state of an office's period and of everything right below it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils import timezone

from areas.models import Area, AreaVersion, Level
from reports.models import MonthlyReport, Period, VillageConfirmation

from . import late
from .deadlines import Calendar, calendars_of

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


@dataclass(frozen=True)
class Timeliness:
    """Of the areas below in one period: how many there were, reported, and in time."""

    period: Period
    total: int
    done: int
    in_time: int


@dataclass
class Cockpit:
    area: Area
    period: Period
    today: dt.date
    calendar: Calendar
    own: MonthlyReport | None = None
    children: list[Child] = field(default_factory=list)
    through_time: list[Timeliness] = field(default_factory=list)

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
    def begun(self) -> list[Child]:
        """Not done, but at work on it."""
        return [child for child in self.missing if child.report]

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


def cockpit(area: Area, period: Period, *, today: dt.date, months: Sequence[Period] = ()) -> Cockpit:
    """Everything of one period, and how complete and how timely `months` were: five queries, however many below."""
    every = list({one.pk: one for one in [period, *months]}.values())
    calendars = calendars_of(every)
    versions = list(
        AreaVersion.objects.filter(parent=area).select_related("area").order_by("area__level", "sort_key", "pk")
    )
    below = {version.area_id for version in versions}
    reports = {
        (report.period_id, report.area_id): report
        for report in MonthlyReport.objects.current().filter(period__in=every, area__in=[*below, area.pk])
    }
    confirmations = {
        (row.period_id, row.village_id): row
        for row in VillageConfirmation.objects.filter(period__in=every, withdrawn_at=None, village__in=below)
    }
    found = Cockpit(area, period, today, calendars[0], own=reports.get((period.pk, area.pk)))
    for version in _there(versions, area, period, today):
        key = (period.pk, version.area_id)
        if version.area.level == Level.VILLAGE:
            child = _village(version, confirmations.get(key), found.calendar, today)
        else:
            child = _office(version, reports.get(key), found.calendar, today)
        found.children.append(child)
    confirmed = {child.version.area_id: child.confirmation.at for child in found.children if child.confirmation}
    late_ones = late.count_by_village(period, confirmed)
    for child in found.children:
        child.late = late_ones[child.version.area_id]
    # Who is under way stands first, then who has not begun, then who is done; else in the order of the map.
    found.children.sort(key=lambda child: (child.is_done, child.report is None))
    done_at = {key: report.sent_at for key, report in reports.items() if report.state in DONE}
    done_at |= {key: row.at for key, row in confirmations.items()}
    of_period = {calendar.period.pk: calendar for calendar in calendars}
    for month in months:
        there = _there(versions, area, month, today)
        found.through_time.append(_timeliness(of_period[month.pk], there, done_at))
    return found


def _there(versions: list[AreaVersion], area: Area, period: Period, today: dt.date) -> list[AreaVersion]:
    """Those that lay in `area` on the period's as-of day."""
    day = area.last_day(period.as_of(today))
    return [version for version in versions if version.since <= day and (version.until is None or version.until > day)]


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


def _timeliness(calendar: Calendar, there: list[AreaVersion], done_at: Mapping) -> Timeliness:
    done = [(version, at) for version in there if (at := done_at.get((calendar.period.pk, version.area_id)))]
    in_time = [at for v, at in done if not calendar.is_late(Level(v.area.level), timezone.localdate(at))]
    return Timeliness(calendar.period, len(there), len(done), len(in_time))


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
