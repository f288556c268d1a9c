"""Activity: visits and what came of them, in a stretch of days."""

import datetime as dt

import pytest
from django.utils import timezone

from areas.models import Holiday, Stale
from reports import figures, measures, periods
from reports.models import CompleteMark, StatedFigure
from reports.verifying import differences
from residents.actions import keep_holiday
from residents.models import Placement, ResultKind, Topic, Visit, VisitResult

from .conftest import SINCE, TODAY, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(db):
    def visit(household=None, on="2026-10-20", hour=9, **fields):
        return Visit.objects.create(household=household, at=at(on, hour), received_at=at(on, hour), **fields)

    return visit


def values(area, period, *codes):
    of = [measure for measure in measures.activity() if measure.code in codes]
    cells = figures.of_area(area, period, of)
    return [cells[code].value for code in codes]


def test_visits_are_counted_and_added_up(place, new_household, visit, november, fresh):
    household = new_household(place.ta_lang)
    visit(household, minutes=30, people_helped=2)
    visit(household, outcome="nobody")
    visit(village=place.gian_bi, minutes=60, people_helped=5, way="mobile")
    fresh()
    codes = ("visits", "met", "households_visited", "people_helped", "minutes")
    assert values(place.ta_lang, november, *codes) == [2, 1, 1, 2, 30]
    assert values(place.hoa_bac, november, *codes) == [3, 2, 1, 7, 90]


def test_a_visit_belongs_to_the_period_of_its_day(place, new_household, visit, november, fresh):
    household = new_household(place.ta_lang)
    visit(household, "2026-10-14", 23)
    visit(household, "2026-10-15", 0)
    visit(household, "2026-11-14", 23)
    visit(household, "2026-11-15", 0)
    fresh()
    assert values(place.ta_lang, november, "visits") == [2]


def test_a_replaced_or_withdrawn_visit_does_not_count(place, new_household, visit, november, fresh, minh):
    household = new_household(place.ta_lang)
    first = visit(household, people_helped=9)
    visit(household, people_helped=1, replaces=first)
    visit(household, people_helped=5, withdrawn_at=timezone.now(), withdrawn_by=minh)
    fresh()
    assert values(place.ta_lang, november, "visits", "people_helped") == [1, 1]


def test_time_outside_office_hours(place, new_household, visit, november, fresh):
    household = new_household(place.ta_lang)
    visit(household, "2026-10-20", 11, minutes=60)  # Tuesday 11:00–12:00: half an hour outside
    visit(household, "2026-10-24", 9, minutes=60)  # Saturday
    visit(household, "2026-10-20", 20, minutes=45)
    fresh()
    assert values(place.ta_lang, november, "minutes", "minutes_outside") == [165, 30 + 60 + 45]


def test_a_changed_holiday_counts_again_whoever_was_visited_then(place, new_household, visit, november, fresh, an):
    visit(new_household(place.ta_lang), "2026-10-20", 9, minutes=60)  # a Tuesday
    visit(new_household(place.gian_bi), "2026-10-24", 9, minutes=60)  # a Saturday
    visit(new_household(place.bau_cau), "2026-10-21", 9, minutes=60)
    fresh()
    keep_holiday(by=an, holiday=Holiday(day=dt.date(2026, 10, 20), name="Nghỉ"))
    keep_holiday(by=an, holiday=Holiday(day=dt.date(2026, 10, 24), name="Làm bù", kind=Holiday.Kind.WORKING))
    assert set(Stale.objects.values_list("area", flat=True)) == {place.ta_lang.pk, place.gian_bi.pk}
    fresh()
    assert values(place.ta_lang, november, "minutes", "minutes_outside") == [60, 60]
    assert values(place.gian_bi, november, "minutes", "minutes_outside") == [60, 0]
    assert list(differences(today=TODAY, periods=[november])) == []


def test_a_household_visited_often_is_one_household(place, new_household, visit, fresh):
    october, november, quarter = periods.parse("2026-10"), periods.parse("2026-11"), periods.parse("2026-Q4")
    household = new_household(place.ta_lang)
    for day in ("2026-10-01", "2026-10-20", "2026-11-01"):
        visit(household, day)
    fresh()
    assert [
        values(place.ta_lang, period, "households_visited", "visits") for period in (october, november, quarter)
    ] == [
        [1, 1],
        [1, 2],
        [1, 3],
    ]


def test_a_visit_stays_where_the_household_stood(place, new_household, visit, november, fresh):
    household = new_household(place.ta_lang)
    visit(household, "2026-10-20")
    Placement.objects.filter(household=household).update(until=dt.date(2026, 11, 1))
    Placement.objects.create(household=household, village=place.bau_cau, since=dt.date(2026, 11, 1))
    visit(household, "2026-11-05")
    fresh()
    assert values(place.ta_lang, november, "visits", "households_visited") == [1, 0]
    assert values(place.bau_cau, november, "visits", "households_visited") == [1, 1]
    assert values(place.hoa_vang, november, "visits", "households_visited") == [2, 1]


def test_results_and_topics(place, new_household, visit, november, fresh):
    payment = Topic.objects.create(code="pay-test", name="Thanh toán", order=1)
    wallet = Topic.objects.create(code="wallet", name="Ví", order=2, parent=payment)
    kind = ResultKind.objects.create(code="accounts-test", name="Tài khoản", unit="tài khoản", order=1)
    one = visit(new_household(place.ta_lang))
    one.topics.set([payment, wallet])
    VisitResult.objects.create(visit=one, kind=kind, count=4)
    visit(new_household(place.gian_bi)).topics.set([wallet])
    fresh()
    assert values(place.hoa_bac, november, "topic:pay-test", "topic:wallet", "result:accounts-test") == [2, 2, 4]
    # Visits are known in Giàn Bí: no account there is zero accounts; in Bàu Cầu nothing is known.
    assert values(place.gian_bi, november, "result:accounts-test") == [0]
    assert values(place.bau_cau, november, "visits", "result:accounts-test") == [None, None]


def test_no_visit_is_zero_where_the_register_is_complete(place, november, fresh):
    CompleteMark.objects.create(village=place.ta_lang, since=SINCE)
    fresh()
    assert values(place.ta_lang, november, "visits") == [0]
    assert values(place.gian_bi, november, "visits") == [None]


def test_activity_stated_for_the_very_period_is_shown(place, new_household, visit, november, fresh):
    visit(new_household(place.ta_lang))
    for since, on, value in ((november.start_on, november.end_on, 70), (november.start_on, dt.date(2026, 11, 1), 9)):
        StatedFigure.objects.create(
            area=place.ta_lang,
            since=since,
            on=on,
            measure="visits",
            value=value,
            source="Sổ giấy",
            entered_at=at("2026-11-15"),
        )
    fresh()
    one = figures.of_area(place.ta_lang, november, measures.ACTIVITY)["visits"]
    assert (one.basis, one.value, one.counted.value) == ("stated", 70, 1)


def test_to_date_runs_from_the_start_of_the_year(place, new_household, visit, november, fresh):
    year_to_date = periods.to_date(november)
    household = new_household(place.ta_lang)
    for day in ("2025-12-14", "2025-12-15", "2026-06-01", "2026-11-14"):
        visit(household, day)
    fresh()
    assert values(place.hoa_bac, year_to_date, "visits", "households_visited") == [3, 1]
    assert (
        figures.table(place.hoa_bac, year_to_date, measures.ACTIVITY, today=TODAY).total.cells["visits"].gap
        == "1/2 thôn"
    )
