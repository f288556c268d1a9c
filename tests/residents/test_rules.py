import datetime as dt

import pytest
from django.utils import timezone

from areas.holidays import WorkingCalendar
from residents.card import versions_on
from residents.models import Indicator, Resident
from residents.office_hours import is_outside, minutes_outside
from residents.rules import applies, check_birth, secrets_in
from residents.visit_time import When, instant_of, offered

DAY = dt.date(2026, 11, 21)
WEEKS = WorkingCalendar({})
HOLIDAY = WorkingCalendar({dt.date(2026, 11, 24): "off", dt.date(2026, 11, 21): "working"})


def at(text):
    return timezone.make_aware(dt.datetime.fromisoformat(text))


@pytest.mark.parametrize(
    "text",
    ["CCCD 048085001234", "cmnd 201 234 567", "048.085.001.234", "OTP 123456", "mã xác thực là 99", "mật khẩu: abc"],
)
def test_what_must_not_be_written_is_seen(text):
    assert secrets_in(text)


@pytest.mark.parametrize(
    "text", ["", "gọi 0905 123 456", "số nhà 12, hẹn 19:30 ngày 21/11/2026", "có 3 người, 12 lượt"]
)
def test_ordinary_notes_pass(text):
    assert secrets_in(text) == []


def test_a_birth_year_lies_between_1900_and_now():
    assert "1830" in check_birth(1830, None, DAY)["birth_year"]
    assert "birth_year" in check_birth(2027, None, DAY)
    assert "birth_date" in check_birth(None, dt.date(2026, 11, 22), DAY)
    assert "birth_date" in check_birth(1980, dt.date(1981, 1, 1), DAY)
    assert check_birth(1980, dt.date(1980, 5, 1), DAY) == {}


def test_who_is_eligible(catalogue):
    versions = {version.indicator.code: version for version in versions_on(DAY)}
    pk = {indicator.code: indicator.pk for indicator in Indicator.objects.all()}
    assert applies(versions["vneid2"], Resident(birth_year=2012), {}, DAY).is_clear
    assert applies(versions["vneid2"], Resident(birth_year=2013), {}, DAY).why_not == "dưới 14 tuổi"
    assert applies(versions["dvc"], Resident(), {}, DAY).is_clear  # an unknown age counts as adult
    assert applies(versions["localapp"], Resident(), {}, DAY).unclear
    assert applies(versions["localapp"], Resident(), {pk["smartphone"]: "yes"}, DAY).is_clear
    assert "Điện thoại" in applies(versions["localapp"], Resident(), {pk["smartphone"]: "no"}, DAY).why_not
    assert applies(versions["ecom"], None, {pk["ocop"]: "no"}, DAY).unclear
    assert applies(versions["ecom"], None, {pk["ocop"]: "no", pk["farm"]: "yes"}, DAY).is_clear
    assert applies(versions["ecom"], None, {pk["ocop"]: "no", pk["farm"]: "no"}, DAY).why_not


def test_office_hours():
    assert not is_outside(at("2026-11-20 07:30"), WEEKS)  # a Friday
    assert is_outside(at("2026-11-20 11:30"), WEEKS)
    assert not is_outside(at("2026-11-20 16:59"), WEEKS)
    assert is_outside(at("2026-11-20 17:00"), WEEKS)
    assert is_outside(at("2026-11-21 09:00"), WEEKS)  # a Saturday


def test_minutes_outside_office_hours(settings):
    assert minutes_outside(at("2026-11-20 16:45"), 30, WEEKS) == 15
    assert minutes_outside(at("2026-11-20 11:00"), 180, WEEKS) == 120
    assert minutes_outside(at("2026-11-20 08:00"), 60, WEEKS) == 0
    assert minutes_outside(at("2026-11-20 23:00"), 120, WEEKS) == 120
    settings.OFFICE_HOURS = (("08:00", "12:00"),)
    assert minutes_outside(at("2026-11-20 16:45"), 30, WEEKS) == 30


def test_a_holiday_is_outside_office_hours_and_a_saturday_worked_in_exchange_is_not():
    assert is_outside(at("2026-11-24 09:00"), HOLIDAY)  # a Tuesday
    assert not is_outside(at("2026-11-21 09:00"), HOLIDAY)
    assert minutes_outside(at("2026-11-24 09:00"), 60, HOLIDAY) == 60
    assert minutes_outside(at("2026-11-21 11:00"), 60, HOLIDAY) == 30


def test_the_time_of_a_visit_is_the_one_the_visitor_says():
    now = at("2026-11-20 21:30")
    assert instant_of(When.NOW, now) == now
    assert instant_of(When.AFTERNOON, now) == at("2026-11-20 15:00")
    assert instant_of(When.LAST_EVENING, now) == at("2026-11-19 19:30")
    assert instant_of(When.OTHER, now, dt.date(2026, 11, 1), dt.time(8, 5)) == at("2026-11-01 08:05")


def test_this_afternoon_is_not_offered_in_the_morning():
    assert When.AFTERNOON not in dict(offered(at("2026-11-20 10:00")))
    assert When.AFTERNOON in dict(offered(at("2026-11-20 21:00")))
