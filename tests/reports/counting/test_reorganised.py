"""Periods that a reorganisation cuts in two, and old figures by today's map."""

import datetime as dt

import pytest
from django.utils import timezone

from areas.closure import relink
from areas.models import Area, AreaVersion, Reorganisation, ReorganisationPart
from reports import figures, measures, periods
from residents import spells
from residents.models import Household, Placement, Visit

from .conftest import TODAY, at

pytestmark = pytest.mark.django_db
REFORM = dt.date(2026, 11, 1)


@pytest.fixture
def becomes(place):
    """`becomes(gian_bi, ta_lang)`: on 1/11/2026 Giàn Bí ends and becomes the others; households go to the first."""

    def becomes(gone, *heirs):
        event = Reorganisation.objects.create(
            kind="merge", title="Sắp xếp", decree_number="1", effective_on=REFORM, state="carried_out",
            carried_out_at=timezone.now(),
        )  # fmt: skip
        for number, heir in enumerate(heirs):
            ReorganisationPart.objects.create(
                reorganisation=event, from_area=gone, to_area=heir, is_main=number == 0,
                extent="part" if len(heirs) > 1 else "whole",
            )  # fmt: skip
        AreaVersion.objects.filter(area=gone, until=None).update(until=REFORM)
        Area.objects.filter(pk=gone.pk).update(until=REFORM)
        for household in Household.objects.filter(village=gone):
            household.placements.update(until=REFORM)
            Placement.objects.create(household=household, village=heirs[0], since=REFORM)
            Household.objects.filter(pk=household.pk).update(village=heirs[0])
            spells.rebuild(household_ids=[household.pk])
        relink([gone.pk])
        gone.refresh_from_db()

    return becomes


@pytest.fixture
def visit(db):
    def visit(household, on):
        return Visit.objects.create(household=household, at=at(on), received_at=at(on))

    return visit


def cells(area, period, code):
    of = [measure for measure in measures.all_of(period.end_on) if measure.code == code]
    return figures.of_area(area, period, of)[code]


def test_activity_of_a_merged_village_is_not_lost_above_it(place, new_household, visit, becomes, november, fresh):
    household = new_household(place.gian_bi)
    visit(household, "2026-10-20")
    becomes(place.gian_bi, place.ta_lang)
    visit(household, "2026-11-05")
    fresh()
    assert cells(place.gian_bi, november, "visits").value == 1
    assert cells(place.ta_lang, november, "visits").value == 1
    assert cells(place.hoa_bac, november, "visits").value == 2
    table = figures.table(place.hoa_bac, november, measures.ACTIVITY, today=TODAY)
    assert [(row.version.name, row.ended_on, row.cells["visits"].value) for row in table.rows] == [
        ("Thôn Tà Lang", None, 1),
        ("Thôn Giàn Bí", dt.date(2026, 10, 31), 1),
    ]
    assert sum(row.cells["visits"].value for row in table.rows) == table.total.cells["visits"].value


def test_activity_follows_the_main_successor_into_another_ward(place, new_household, visit, becomes, november, fresh):
    visit(new_household(place.gian_bi), "2026-10-20")
    becomes(place.gian_bi, place.bau_cau, place.ta_lang)
    fresh()
    assert cells(place.hoa_chau, november, "visits").value == 1
    assert cells(place.hoa_bac, november, "visits").is_missing
    assert cells(place.hoa_vang, november, "visits").value == 1


def test_stocks_are_counted_where_households_stand_at_the_end(
    place, new_household, indicator, see, becomes, november, fresh
):
    net = indicator("net", subject="household")
    see(new_household(place.gian_bi), net, "yes", "2026-10-20")
    becomes(place.gian_bi, place.ta_lang)
    fresh()
    assert cells(place.gian_bi, november, "cov:net").reached == 1  # as of its last day
    assert cells(place.ta_lang, november, "cov:net").reached == 1
    assert cells(place.hoa_bac, november, "cov:net").reached == 1


def test_an_ended_ward_has_its_figures_of_its_last_day(
    place, new_household, indicator, see, visit, becomes, november, fresh
):
    net = indicator("net", subject="household")
    household = new_household(place.ta_lang)
    see(household, net, "yes", "2026-10-20")
    see(household, net, "no", "2026-11-10")
    visit(household, "2026-10-20")
    visit(household, "2026-11-10")
    for village in (place.ta_lang, place.gian_bi):
        AreaVersion.objects.filter(area=village).update(until=REFORM)
        AreaVersion.objects.create(
            area=village, name=village.name, kind=village.kind, parent=place.hoa_chau, since=REFORM
        )
    becomes(place.hoa_bac, place.hoa_chau)
    relink([place.hoa_bac.pk, place.ta_lang.pk, place.gian_bi.pk])
    fresh()
    assert cells(place.hoa_bac, november, "cov:net").reached == 1
    assert cells(place.hoa_chau, november, "cov:net").reached == 0
    assert cells(place.hoa_bac, november, "visits").value == 1
    assert cells(place.hoa_chau, november, "visits").value == 2
    assert cells(place.hoa_vang, november, "visits").value == 2


def test_old_periods_stay_as_they_were(place, new_household, indicator, see, becomes, fresh):
    september = periods.parse("2026-09")
    net = indicator("net", subject="household")
    see(new_household(place.gian_bi), net, "yes", "2026-08-20")
    fresh()
    before = figures.table(place.hoa_bac, september, measures.coverage(september.end_on), today=TODAY)
    becomes(place.gian_bi, place.ta_lang)
    fresh()
    after = figures.table(place.hoa_bac, september, measures.coverage(september.end_on), today=TODAY)
    assert [(row.version, row.cells) for row in before.rows] == [(row.version, row.cells) for row in after.rows]
    assert before.total.cells == after.total.cells


def test_by_todays_map_merged_villages_are_put_together(place, new_household, indicator, see, becomes, fresh):
    september = periods.parse("2026-09")
    net = indicator("net", subject="household")
    see(new_household(place.gian_bi), net, "yes", "2026-08-20")
    see(new_household(place.ta_lang), net, "no", "2026-08-20")
    becomes(place.gian_bi, place.ta_lang)
    fresh()
    of = measures.coverage(september.end_on)
    table = figures.table(place.hoa_bac, september, of, today_map=True, today=TODAY)
    assert [(row.version.name, row.is_comparable) for row in table.rows] == [("Thôn Tà Lang", True)]
    assert (table.rows[0].cells["cov:net"].reached, table.rows[0].cells["cov:net"].eligible) == (1, 2)


def test_by_todays_map_a_divided_village_cannot_be_compared(place, new_household, becomes, fresh):
    september = periods.parse("2026-09")
    new_household(place.gian_bi)
    becomes(place.gian_bi, place.ta_lang, place.bau_cau)
    fresh()
    table = figures.table(place.hoa_vang, september, measures.people(), today_map=True, today=TODAY)
    assert [(row.version.name, row.is_comparable) for row in table.rows] == [
        ("Xã Hòa Bắc", False),
        ("Xã Hòa Châu", False),
    ]


def test_growth_between_two_days(place, new_household, fresh):
    new_household(place.ta_lang)
    new_household(place.ta_lang, since=dt.date(2026, 11, 10))
    ends = dt.date(2026, 11, 1), dt.date(2026, 11, 20)
    for end in ends:
        periods.day_period(end)
    fresh()
    households = next(measure for measure in measures.PEOPLE if measure.code == "households")
    growth = figures.growth(place.hoa_bac, households, *ends)
    assert (growth.before.value, growth.after.value, growth.change, growth.share) == (1, 2, 1, 1)


def test_a_table_reads_as_much_for_many_visits_as_for_one(
    place, new_household, visit, november, fresh, django_assert_max_num_queries
):
    household = new_household(place.ta_lang)
    visit(household, "2026-10-20")
    periods.parse("2026-10")
    fresh()
    rows = []
    for _ in range(2):
        with django_assert_max_num_queries(6) as queries:
            figures.table(place.hoa_bac, november, [*measures.ACTIVITY, *measures.PEOPLE], today=TODAY)
        assert not any("residents_" in query["sql"] for query in queries)
        rows.append(len(queries))
        for _ in range(20):
            visit(new_household(place.ta_lang), "2026-10-21")
        fresh()
    assert rows[0] == rows[1]
