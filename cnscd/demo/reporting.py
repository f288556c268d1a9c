"""Some months of the reporting cycle: received, returned once, opened again, waiting, and villages that are late."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from accounts.rules import Role
from areas.holidays import WorkingCalendar
from areas.models import Area, Level
from reports import periods
from reports.drain import drain
from reports.models import MonthlyReport, Period
from reports.signing import actions
from reports.signing.rules import Action
from residents.models import Observation
from residents.record import NewObservation, append

from .people import HERE

# ward code → who makes its reports, who approves them
WARDS = {"20194": ("minh", "phuc"), "20332": ("hoa", "loan"), "20200": ("tam", "vinh")}
BEFORE_REFORM = {"20293": ("minh", "phuc"), "20326": ("hoa", "loan")}
MONTHS = 4
LATE = 4


def make_reports(staff: dict[str, User], today: dt.date) -> None:
    """The months before the last one are finished; the last one is under way, each ward at another step."""
    *finished, last = reversed(periods.recent_months(today, MONTHS + 2)[1:])
    working = WorkingCalendar.load()
    for number, period in enumerate(finished):
        for code, (maker, leader) in WARDS.items():
            ward = Area.objects.by_code(code, period.end_on, Level.WARD).get()
            _confirm(ward, period, staff, maker, working)
            report = _approve(
                ward, period, staff[maker], staff[leader], working, returned=number == 1 and code == "20332"
            )
            _sent_and_received(report, staff[maker], staff["mai"], working)
        if number == len(finished) - 1:
            _opened_again(period, staff, working, today)
        _province(period, staff, working)
    _last_month(last, staff, working, today)
    _before_the_reform(staff, working)


def _last_month(period: Period, staff, working, today: dt.date) -> None:
    """Hải Vân still writes, the second ward is asked to explain, the third waits for its leader."""
    for code, (maker, leader) in WARDS.items():
        ward = Area.objects.by_code(code, period.end_on, Level.WARD).get()
        _confirm(ward, period, staff, maker, working, all_but=2 if code == "20194" else 0)
        if _at(period, working, 1, 16) > _now(today):
            continue
        if code == "20194":
            actions.start(by=staff[maker], area=ward, period=period, at=_at(period, working, 1, 8))
        elif code == "20200":
            actions.start(by=staff[maker], area=ward, period=period, at=_at(period, working, 1, 8))
            _do(ward, period, staff[maker], Action.PRESENT, _at(period, working, 1, 15))
        else:
            _approve(ward, period, staff[maker], staff[leader], working)
            _do(ward, period, staff[maker], Action.SEND, _at(period, working, 1, 15))
            _told_late(ward, period, staff[maker], _at(period, working, 1, 15, 30), today)
            words = "Đề nghị giải trình vì sao số người có tài khoản thanh toán giảm so với kỳ trước."
            _do(ward, period, staff["mai"], Action.ASK, _at(period, working, 1, 16), words)


def _confirm(ward: Area, period: Period, staff, maker: str, working, *, all_but: int = 0) -> None:
    """Each village by its leader on the day after the cut-off; one without a login by the ward, naming its source."""
    villages = list(Area.objects.under(ward, period.end_on).at(Level.VILLAGE).order_by("sort_key", "pk"))
    for number, village in enumerate(villages[: len(villages) - all_but or None]):
        at = _at(period, working, 1, 7, 5 * number % 60)
        leader = User.objects.filter(postings__area=village, postings__role=Role.TEAM_LEADER).first()
        by, source = (leader, "") if leader else (staff[maker], "Tổ trưởng báo qua điện thoại")
        actions.confirm_village(by=by, village=village, period=period, source=source, at=at)


def _approve(ward: Area, period: Period, maker: User, leader: User, working, *, returned=False) -> MonthlyReport:
    actions.start(by=maker, area=ward, period=period, at=_at(period, working, 1, 8))
    _do(ward, period, maker, Action.PRESENT, _at(period, working, 1, 9))
    if returned:
        words = "Bổ sung khó khăn, đề xuất của các thôn vào Biểu 04."
        _do(ward, period, leader, Action.RETURN, _at(period, working, 1, 10), words)
        _do(ward, period, maker, Action.PRESENT, _at(period, working, 1, 13))
    return _do(ward, period, leader, Action.APPROVE, _at(period, working, 1, 14))


def _sent_and_received(report: MonthlyReport, maker: User, above: User, working) -> None:
    period = report.period
    number = f"{100 + report.area_id % 50 + period.end_on.month}/BC-UBND"
    actions.attach(
        by=maker, report=report, number=number, date=working.add_working_days(period.end_on, 1), signer="",
        at=_at(period, working, 1, 15),
    )  # fmt: skip
    _do(report.area, period, maker, Action.SEND, _at(period, working, 2, 8))
    _do(report.area, period, above, Action.RECEIVE, _at(period, working, 2, 9))


def _told_late(ward: Area, period: Period, by: User, at: dt.datetime, today: dt.date) -> None:
    """A phone that came back into the network late: people seen on the period's last evening, told days afterwards."""
    seen_at = dt.datetime.combine(period.end_on, dt.time(19, 30), HERE)
    villages = Area.objects.under(ward, period.end_on).at(Level.VILLAGE)
    without = Observation.objects.filter(indicator__code="dvc", answer="no", until=None, effective_at__lt=seen_at)
    found = without.filter(household__village__in=villages).order_by("pk")[:LATE]
    rows = [
        NewObservation(
            household_id=row.household_id,
            resident_id=row.resident_id,
            indicator_id=row.indicator_id,
            answer="yes",
            effective_at=seen_at,
            source=Observation.Source.PHONE,
        )
        for row in found
    ]
    append(rows, by=by, received_at=at)
    drain(today=today)


def _opened_again(period: Period, staff, working, today: dt.date) -> None:
    """Answers came in after a ward had sent, and it wants them counted: version 2, with the reason."""
    maker, leader = WARDS["20200"]
    ward = Area.objects.by_code("20200", period.end_on, Level.WARD).get()
    _told_late(ward, period, staff[maker], _at(period, working, 2, 20), today)
    words = "Một điện thoại gửi muộn các ghi nhận của ngày cuối kỳ."
    _do(ward, period, staff[leader], Action.REOPEN, _at(period, working, 3, 8), words)
    _do(ward, period, staff[maker], Action.PRESENT, _at(period, working, 3, 9))
    _do(ward, period, staff[leader], Action.APPROVE, _at(period, working, 3, 10))
    _do(ward, period, staff[maker], Action.SEND, _at(period, working, 3, 11))


def _province(period: Period, staff, working) -> None:
    city = Area.objects.by_code("48", period.end_on, Level.PROVINCE).get()
    actions.start(by=staff["mai"], area=city, period=period, at=_at(period, working, 4, 8))
    _do(city, period, staff["mai"], Action.PRESENT, _at(period, working, 4, 9))
    _do(city, period, staff["thang"], Action.APPROVE, _at(period, working, 4, 10))
    _do(city, period, staff["mai"], Action.SEND, _at(period, working, 4, 14))


def _before_the_reform(staff, working) -> None:
    """The last month of the three-level map: village → ward → huyện Hòa Vang → Đà Nẵng."""
    period = periods.month_of(2025, 6)
    for code, (maker, leader) in BEFORE_REFORM.items():
        ward = Area.objects.by_code(code, period.end_on, Level.WARD).get()
        _approve(ward, period, staff[maker], staff[leader], working)
        _do(ward, period, staff[maker], Action.SEND, _at(period, working, 2, 8))
        _do(ward, period, staff["dung"], Action.RECEIVE, _at(period, working, 2, 9))
    district = Area.objects.by_code("497", period.end_on, Level.DISTRICT).get()
    actions.start(by=staff["dung"], area=district, period=period, at=_at(period, working, 3, 8))
    _do(district, period, staff["dung"], Action.PRESENT, _at(period, working, 3, 9))
    _do(district, period, staff["quan"], Action.APPROVE, _at(period, working, 3, 10))
    _do(district, period, staff["dung"], Action.SEND, _at(period, working, 3, 14))


def _do(area: Area, period: Period, by: User, action: Action, at: dt.datetime, words: str = "") -> MonthlyReport:
    report = MonthlyReport.objects.current().get(area=area, period=period)
    return actions.act(by=by, report=report, action=action, words=words, at=at)


def _at(period: Period, working: WorkingCalendar, days: int, hour: int, minute: int = 0) -> dt.datetime:
    """An hour of the n-th working day after the period."""
    return dt.datetime.combine(working.add_working_days(period.end_on, days), dt.time(hour, minute), HERE)


def _now(today: dt.date) -> dt.datetime:
    return dt.datetime.combine(today, dt.time(23), HERE)
