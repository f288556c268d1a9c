"""From the draft to what the office above received, and who may not."""

import datetime as dt
import itertools
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.template.loader import render_to_string

from accounts.models import Posting
from areas.models import Level
from reports import monthly, periods
from reports.drain import drain
from reports.explaining.causes import Cause
from reports.management.commands.signing_rules import signing_text
from reports.models import MonthlyReport, ReportEvent
from reports.signing import actions
from reports.signing.deadlines import calendar_of
from reports.signing.rules import TABLE, Action, Who, office_above, refusal, standing
from reports.signing.versions import differences
from tests.reports.signing.conftest import AFTER

State = MonthlyReport.State


def test_a_report_goes_its_whole_way(do, minh, sang, dung):
    assert do(minh, "start").state == State.DRAFT
    assert do(minh, "present").state == State.PRESENTED
    assert do(sang, "return", "Thiếu thôn Giàn Bí").state == State.RETURNED
    assert do(minh, "present").state == State.PRESENTED
    assert do(sang, "approve").is_locked
    assert do(minh, "send").state == State.SENT
    assert do(dung, "ask", "Vì sao giảm?").state == State.EXPLAIN
    assert do(minh, "explain", "Hai người chuyển đi").state == State.SENT
    report = do(dung, "receive")
    assert report.state == State.RECEIVED
    events = ReportEvent.objects.filter(report=report)
    assert [event.action for event in events] == [
        "start", "present", "return", "present", "approve", "send", "ask", "explain", "receive",
    ]  # fmt: skip
    assert events.get(action="ask").words == "Vì sao giảm?"


def test_every_role_state_and_action(march, place, minh, sang, dung, quan, lan, hoa, mai):
    """The whole matrix: what the table allows is done, everything else is refused and changes nothing."""
    above = office_above(place.hoa_bac, march.period.end_on)
    assert above == place.hoa_vang
    for by, state, action in itertools.product([minh, sang, dung, quan, lan, hoa, mai], State, Action):
        if action in (Action.START, Action.REOPEN, Action.PRESENT, Action.APPROVE):
            continue  # their effects are shown one by one
        report = MonthlyReport(area=place.hoa_bac, period=march.period, state=state, made_at=AFTER, presented_by=dung)
        if state in MonthlyReport.LOCKED:
            report.approved_by, report.approved_at = sang, AFTER
        report.save()
        rule = next(rule for rule in TABLE if rule.action == action)
        hers = {Who.MAKER: minh, Who.LEADER: sang, Who.ABOVE: dung}[rule.who]
        try:
            done = actions.act(by=by, report=report, action=action, words="Vì thế", at=AFTER)
            assert by == hers
            assert state in rule.states
            assert done.state == (rule.to or state)
        except (PermissionDenied, ValidationError):
            assert by != hers or state not in rule.states
            assert MonthlyReport.objects.get(pk=report.pk).state == state
        ReportEvent.objects.filter(report=report).delete()
        report.delete()


def test_nobody_approves_what_he_presented(do, minh, place):
    Posting.objects.create(user=minh, role="ward_leader", area=place.hoa_bac)
    do(minh, "start")
    do(minh, "present")
    with pytest.raises(ValidationError, match="không tự duyệt"):
        do(minh, "approve")


def test_who_is_nothing_to_the_report_is_refused(do, minh, lan, hoa, mai):
    do(minh, "start")
    for stranger in (lan, hoa, mai):
        with pytest.raises(PermissionDenied):
            do(stranger, "present")
        with pytest.raises(PermissionDenied):
            do(stranger, "start")


def test_of_two_at_once_one_is_told(do, minh, sang):
    do(minh, "start")
    report = do(minh, "present")
    do(sang, "approve", step=report.step)
    with pytest.raises(actions.Overtaken, match=r"Sang vừa làm việc “Duyệt"):
        do(sang, "return", "Sai", step=report.step)


def test_a_reason_must_be_given(do, minh, sang):
    do(minh, "start")
    do(minh, "present")
    with pytest.raises(ValidationError, match="cần ghi rõ"):
        do(sang, "return", "  ")


def test_a_running_period_is_not_presented(do, minh, march):
    do(minh, "start")
    with pytest.raises(ValidationError, match="Kỳ chưa hết"):
        do(minh, "present", at=AFTER.replace(day=14))


def test_opening_again_makes_a_version_and_keeps_the_old_one(approved, do, sang, march):
    new = do(sang, "reopen", "Sai số tổ")
    assert (new.version, new.state, new.reason) == (2, State.DRAFT, "Sai số tổ")
    old = MonthlyReport.objects.get(pk=approved.pk)
    assert old.state == State.APPROVED
    assert not old.is_current
    assert bytes(old.frozen.workbook)


def test_the_message_of_a_closed_thing_names_the_rule_and_who_can_open_it(approved, minh, place):
    hers = standing(minh, place.hoa_bac, place.hoa_vang)
    rule = next(rule for rule in TABLE if rule.action == Action.PRESENT)
    assert "đã duyệt" in refusal(rule, hers, approved)


def test_a_district_adds_up_what_its_wards_approved(approved, do, minh, dung, quan, march, place):
    # Seen in March, told after the ward's report was approved.
    march.tell(march.people[1], "yes", march.period.end_on, received=AFTER.replace(hour=10))
    drain(today=AFTER.date())
    live = monthly.collect(place.hoa_bac, march.period, today=AFTER.date())
    assert live.coverage.total.cells[march.indicator.measure].reached == 2
    district = monthly.collect(place.hoa_vang, march.period, today=AFTER.date())
    row = next(row for row in district.coverage.rows if row.version.area_id == place.hoa_bac.pk)
    assert row.cells[march.indicator.measure].reached == 1
    assert district.coverage.total.cells[march.indicator.measure].reached == 1
    assert [source["name"] for source in district.signed] == ["Xã Hòa Bắc"]


def test_a_new_version_says_what_it_says_otherwise_and_why(approved, do, minh, sang, march):
    for person in march.people[1:]:  # who had said no, and who had not been asked
        march.tell(person, "yes", march.period.end_on, received=AFTER.replace(hour=11))
    drain(today=AFTER.date())
    do(sang, "reopen", "Có ghi nhận đến sau")
    do(minh, "present")
    new = do(sang, "approve")
    (row,) = differences(approved.frozen, new.frozen)
    assert row.texts == ("1/3", "3/3")
    assert sum(part.part.change.reached for part in row.parts) == 2
    assert [part.part.cause for part in row.parts] == [Cause.LATE]


def test_the_docs_show_the_table_as_it_is():
    assert Path("docs/signing.md").read_text() == signing_text()


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (dt.date(2026, 11, 17), "còn 3 ngày làm việc"),
        (dt.date(2026, 11, 20), "là hôm nay"),
        (dt.date(2026, 11, 22), "đã quá hạn"),  # a Sunday: no working day has passed
        (dt.date(2026, 11, 24), "quá 2 ngày làm việc"),
    ],
)
def test_the_time_left_is_said_in_working_days(db, day, words):
    calendar = calendar_of(periods.month_of(2026, 11))
    due, left = calendar.due[Level.PROVINCE], calendar.days_left(Level.PROVINCE, day)
    said = render_to_string("reports/_time_left.html", {"due": due, "days_left": left, "today": day})
    assert words in said
