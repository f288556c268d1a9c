import datetime as dt

import pytest
from django.core.management import call_command
from django.urls import reverse

from areas.holidays import WorkingCalendar, add_working_days, load_holidays, working_days_between
from areas.models import Holiday
from journal.models import Act

pytestmark = pytest.mark.django_db


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.fixture
def calendar():
    load_holidays([2025, 2026])
    return WorkingCalendar.load()


def test_days_off_and_days_worked_in_exchange(calendar):
    worked = {text: calendar.is_working_day(day(text)) for text in ("2025-05-02", "2025-04-26", "2025-05-03")}
    assert worked == {"2025-05-02": False, "2025-04-26": True, "2025-05-03": False}
    assert calendar.is_working_day(day("2025-05-05"))


def test_counting_in_working_days(calendar):
    # Thursday 30/4 and Friday 1/5/2026 are off.
    assert calendar.add_working_days(day("2026-04-29"), 1) == day("2026-05-04")
    assert calendar.add_working_days(day("2026-05-04"), -1) == day("2026-04-29")
    assert calendar.add_working_days(day("2026-05-02"), 0) == day("2026-05-02")
    assert calendar.next_working_day(day("2026-05-02")) == day("2026-05-04")
    assert calendar.working_days_between(day("2026-04-28"), day("2026-05-05")) == 3
    assert calendar.working_days_between(day("2026-05-05"), day("2026-04-28")) == -3
    assert add_working_days(day("2026-04-29"), 2, calendar) == day("2026-05-05")


def test_the_calendar_is_read_once(calendar, django_assert_num_queries):
    with django_assert_num_queries(1):
        read = WorkingCalendar.load(day("2026-01-01"), day("2026-12-31"))
        assert working_days_between(day("2026-02-13"), day("2026-02-23"), read) == 1
    with pytest.raises(ValueError, match="outside"):
        read.is_working_day(day("2027-01-04"))


def test_loading_again_changes_nothing(calendar):
    Holiday.objects.filter(day=day("2026-08-31")).update(kind=Holiday.Kind.WORKING)
    call_command("load_holidays", "--year", "2026", verbosity=0)
    assert WorkingCalendar.load().is_working_day(day("2026-08-31"))
    assert load_holidays([2026]) == []


def test_only_an_administrator_changes_a_holiday(calendar, an, minh, sign_in):
    holiday = Holiday.objects.get(day=day("2026-09-01"))
    address = reverse("admin:areas_holiday_change", args=[holiday.pk])
    sent = {"name": "Quốc khánh", "kind": "working"}
    assert sign_in(minh).post(address, sent).status_code == 403
    assert sign_in(an).post(address, sent).status_code == 302
    assert WorkingCalendar.load().is_working_day(day("2026-09-01"))
    assert Act.objects.filter(object_kind="areas.holiday", verb=Act.Verb.CHANGE).exists()
