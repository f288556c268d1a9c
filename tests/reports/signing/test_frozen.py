"""What was approved never changes by itself, and any tampering is found."""

import zlib

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from field.closed import Closed
from reports import monthly
from reports.drain import drain
from reports.models import FrozenReport, MonthlyReport, Remark
from reports.signing import freezing, late
from residents.models import IndicatorVersion, Resident, Visit
from tests.reports.signing.conftest import AFTER

KEPT = ("content", "contributions", "workbook", "totals", "sha256", "previous_sha256", "number", "made_at")


def kept(report) -> dict:
    return FrozenReport.objects.filter(report=report).values(*KEPT).get()


def test_nothing_that_happens_later_changes_what_was_approved(approved, march, place, new_household):
    before = kept(approved)
    person = march.people[1]
    changes = [
        lambda: march.tell(person, "yes", march.period.end_on, received=AFTER.replace(hour=11)),
        lambda: new_household(place.ta_lang, "Người mới", people=[("Bé", 2015)]),
        lambda: Resident.objects.filter(pk=person.pk).update(label="", birth_year=None),
        lambda: IndicatorVersion.objects.filter(indicator=march.indicator).update(min_age=70),
        lambda: Remark.objects.create(
            area=place.hoa_bac, period=march.period, kind="result", text="Muộn", written_at=AFTER
        ),
        lambda: type(place.hoa_bac).objects.filter(pk=place.hoa_bac.pk).update(name="Xã Khác"),
    ]
    for change in changes:
        change()
        drain(today=AFTER.date())
        assert kept(approved) == before
    assert list(freezing.faults()) == []
    shown = freezing.read(approved.frozen)
    assert shown.area.name == "Xã Hòa Bắc"
    assert shown.coverage.total.cells[march.indicator.measure].reached == 1


def test_the_frozen_data_say_what_the_tables_said(do, minh, march, place):
    do(minh, "start")
    live = monthly.collect(place.hoa_bac, march.period, today=AFTER.date())
    report = do(minh, "present")
    read = freezing.read(report.frozen)
    assert list(monthly.lines(read)) == list(monthly.lines(live))
    assert monthly.render(read)  # the same tables draw the same workbook
    for name in ("people", "activity", "activity_to_date"):
        then, now = getattr(read, name), getattr(live, name)
        assert [row.version.name for row in then.rows] == [row.version.name for row in now.rows]
        assert then.total.cells == now.total.cells


def test_contributions_add_up_to_the_figures(approved, march):
    states = freezing.contributions_of(approved.frozen)["vneid2"]
    assert sorted(states.values()) == ["n", "u", "y"]
    assert set(states) == {freezing.pseudonym(person.pk) for person in march.people}


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"workbook": b"khac"}, "đã bị sửa"),
        ({"content": zlib.compress(b"{}")}, "đã bị sửa"),
        ({"totals": {}}, "đã bị sửa"),
        ({"previous_sha256": "0" * 64}, "không nối tiếp"),
    ],
)
def test_tampering_is_found(approved, what, words, capsys):
    call_command("frozen_reports")
    assert "1 báo cáo đã đóng băng" in capsys.readouterr().out
    FrozenReport.objects.filter(report=approved).update(**what)
    with pytest.raises(CommandError):
        call_command("frozen_reports")
    assert words in capsys.readouterr().err


def test_a_report_approved_by_hand_in_the_database_is_found(approved, place, march, sang):
    MonthlyReport.objects.filter(pk=approved.pk).update(approved_at=AFTER.replace(hour=23))
    assert any("đã bị sửa" in fault for fault in freezing.faults())


def test_a_frozen_report_taken_out_of_the_middle_is_found(approved, do, sang, minh):
    do(sang, "reopen", "Sai")
    do(minh, "present")
    do(sang, "approve")
    assert list(freezing.faults()) == []
    FrozenReport.objects.filter(report=approved).delete()
    assert any("Thiếu bản đóng băng số 1" in fault for fault in freezing.faults())


def test_what_came_in_late_is_counted_and_the_period_is_closed_for_the_phone(approved, march, place):
    assert late.count(place.hoa_bac, march.period, approved.presented_at) == 0
    march.tell(march.people[2], "yes", march.period.end_on, received=AFTER.replace(hour=12))
    assert late.count(place.hoa_bac, march.period, approved.presented_at) == 1
    seen = timezone.make_aware(timezone.datetime(2025, 3, 10, 19))
    closed = Closed([place.ta_lang.pk, place.bau_cau.pk])
    assert closed.at(place.ta_lang.pk, seen).label == "Tháng 3/2025"
    assert closed.at(place.bau_cau.pk, seen) is None


def test_a_late_visit_corrected_at_the_desk_came_in_late_once(approved, march, place):
    came = AFTER.replace(hour=12)
    said = {"household": march.household, "at": timezone.make_aware(timezone.datetime(2025, 3, 10, 19))}
    first = Visit.objects.create(**said, received_at=came, people_helped=2)
    Visit.objects.create(**said, received_at=came, people_helped=3, replaces=first)
    assert late.count(place.hoa_bac, march.period, approved.presented_at) == 1


def test_a_report_opened_again_opens_the_period(approved, do, sang, place):
    do(sang, "reopen", "Sai")
    assert Closed([place.ta_lang.pk]).spans == []
