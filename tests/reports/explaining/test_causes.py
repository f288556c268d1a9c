"""Each cause, in a ward that can be added in the head: between the months of October and November 2026."""

import datetime as dt

import pytest
from django.utils import timezone

from areas.closure import relink
from areas.models import AreaVersion
from reports import measures, periods
from reports.explaining.changes import Numbers
from reports.explaining.explanation import explain
from reports.models import StatedFigure
from residents import spells
from residents.models import Household, IndicatorVersion, Placement, Residence, Resident

from ..counting.conftest import TODAY

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = "2026-09-20", "2026-10-20"  # days inside each
MOVED = dt.date(2026, 10, 25)


@pytest.fixture
def why(fresh):
    """`why(area, "cov:net")` → {cause: (reached, known, eligible)} from October to November."""

    def why(area, code):
        before, after = periods.month_of(2026, 10), periods.month_of(2026, 11)
        fresh()
        explanation = explain(area, measures.get(code, TODAY), before, after, today=TODAY)
        assert not explanation.rest
        return {
            part.cause.value: (part.change.reached, part.change.known, part.change.eligible)
            for part in explanation.parts
        }

    return why


@pytest.fixture
def net(place, indicator, new_household, see):
    """An indicator of households; one household of each village was asked long ago, so that all have data."""
    net = indicator("net", subject="household")
    for village in (place.ta_lang, place.gian_bi, place.bau_cau):
        see(new_household(village), net, "no", "2025-01-01")
    return net


def moved(household, village, on=MOVED):
    Placement.objects.filter(household=household).update(until=on)
    Placement.objects.create(household=household, village=village, since=on)
    Household.objects.filter(pk=household.pk).update(village=village)
    spells.rebuild(household_ids=[household.pk])


def test_seen_for_the_first_time_and_seen_again(place, net, new_household, see, why):
    asked, again = new_household(place.ta_lang), new_household(place.ta_lang)
    see(again, net, "yes", OCTOBER)
    see(asked, net, "yes", NOVEMBER)
    see(again, net, "no", NOVEMBER)
    assert why(place.hoa_bac, "cov:net") == {"seen": (1, 1, 0), "seen_again": (-1, 0, 0)}


def test_seen_as_not_applicable_leaves_the_eligible(place, net, new_household, see, why):
    see(new_household(place.ta_lang), net, "na", NOVEMBER)
    assert why(place.hoa_bac, "cov:net") == {"seen": (0, 0, -1)}


def test_who_came_and_who_left(place, net, new_household, see, why):
    gone = new_household(place.ta_lang)
    see(gone, net, "yes", OCTOBER)
    Placement.objects.filter(household=gone).update(until=MOVED)
    Household.objects.filter(pk=gone.pk).update(until=MOVED)
    see(new_household(place.ta_lang, since=MOVED), net, "no", NOVEMBER)
    assert why(place.hoa_bac, "cov:net") == {"came": (0, 1, 1), "left": (-1, -1, -1)}


def test_one_written_down_twice(place, net, new_household, why):
    twice = new_household(place.ta_lang)
    Household.objects.filter(pk=twice.pk).update(until=MOVED, merged_into=new_household(place.ta_lang))
    assert why(place.hoa_bac, "cov:net") == {"merged": (0, 0, -1)}


def test_a_household_that_moves_counts_at_both_ends_and_not_above(place, net, new_household, see, why):
    household = new_household(place.ta_lang)
    see(household, net, "yes", OCTOBER)
    moved(household, place.bau_cau)
    assert why(place.hoa_bac, "cov:net") == {"moved_out": (-1, -1, -1)}
    assert why(place.bau_cau, "cov:net") == {"moved_in": (1, 1, 1)}
    assert why(place.hoa_vang, "cov:net") == {}


def test_a_person_who_changes_household(place, indicator, new_household, see, why):
    app = indicator("app", min_age=15)
    home, other = (new_household(place.ta_lang, people=[("Bà", 1950), ("Chị", 1990)]), new_household(place.bau_cau))
    see(home, app, "yes", OCTOBER, home.residents.get(label="Bà"))
    sister = home.residents.get(label="Chị")
    Residence.objects.filter(resident=sister).update(until=MOVED)
    Residence.objects.create(resident=sister, household=other, since=MOVED)
    Resident.objects.filter(pk=sister.pk).update(household=other)
    assert why(place.hoa_bac, "cov:app") == {"moved_out": (0, 0, -1)}
    assert why(place.hoa_vang, "cov:app") == {"village": (0, 0, -1)}  # Bàu Cầu has no data


def test_coming_of_age_and_ageing_out(place, indicator, new_household, see, why):
    young = indicator("young", min_age=15, max_age=17)
    household = new_household(place.ta_lang, people=[("A", 2010), ("B", 2010), ("C", 2010)])
    for label, born_on in (("A", dt.date(2011, 11, 1)), ("B", dt.date(2008, 11, 1)), ("C", dt.date(2010, 1, 1))):
        Resident.objects.filter(label=label).update(birth_date=born_on, birth_year=born_on.year)
    see(household, young, "yes", OCTOBER, household.residents.get(label="A"))
    see(household, young, "no", OCTOBER, household.residents.get(label="B"))
    see(household, young, "no", OCTOBER, household.residents.get(label="C"))
    assert why(place.hoa_bac, "cov:young") == {"age": (1, 0, 0)}


def test_a_requirement_became_known(place, indicator, new_household, see, why):
    shop = indicator("shop", subject="household", reported=False)
    qr = indicator("qr-test", subject="household", requires=[shop])
    known, asked, closed = (new_household(place.ta_lang) for _ in range(3))
    see(known, shop, "yes", OCTOBER)
    see(known, qr, "no", OCTOBER)
    see(closed, shop, "yes", OCTOBER)
    see(closed, shop, "no", NOVEMBER)
    see(asked, shop, "yes", NOVEMBER)
    see(asked, qr, "yes", NOVEMBER)
    assert why(place.hoa_bac, "cov:qr-test") == {"requirement": (1, 1, 0)}


def test_another_definition(place, indicator, new_household, see, why):
    app = indicator("app", min_age=15)
    household = new_household(place.ta_lang, people=[("A", 1990), ("B", 2010)])
    for resident in household.residents.all():
        see(household, app, "yes", OCTOBER, resident)
    IndicatorVersion.objects.filter(indicator=app).update(until=MOVED)
    IndicatorVersion.objects.create(indicator=app, subject="resident", min_age=18, since=MOVED, definition="thử")
    assert why(place.hoa_bac, "cov:app") == {"definition": (-1, -1, -1)}


def test_an_indicator_reported_from_now_on(place, indicator, new_household, see, why):
    net = indicator("net", subject="household")
    IndicatorVersion.objects.update(since=MOVED)
    see(new_household(place.ta_lang), net, "yes", OCTOBER)
    assert why(place.hoa_bac, "cov:net") == {"definition": (1, 1, 1)}


def test_a_village_begins_to_have_data(place, indicator, new_household, see, why):
    net = indicator("net", subject="household")
    see(new_household(place.ta_lang), net, "yes", NOVEMBER)
    new_household(place.ta_lang)
    assert why(place.hoa_bac, "cov:net") == {"seen": (1, 1, 1), "village": (0, 0, 1)}


def test_a_village_joins_another_ward(place, net, why):
    AreaVersion.objects.filter(area=place.gian_bi).update(until=MOVED)
    AreaVersion.objects.create(area=place.gian_bi, name="Thôn Giàn Bí", kind="Thôn", parent=place.hoa_chau, since=MOVED)
    relink([place.gian_bi.pk])
    assert why(place.hoa_bac, "cov:net") == {"area": (0, -1, -1)}
    assert why(place.hoa_chau, "cov:net") == {"area": (0, 1, 1)}
    assert why(place.hoa_vang, "cov:net") == {}


def test_stated_instead_of_counted(place, net, new_household, see, why):
    see(new_household(place.ta_lang), net, "yes", NOVEMBER)
    StatedFigure.objects.create(
        area=place.hoa_bac, on=dt.date(2026, 11, 1), measure="cov:net", eligible=40, reached=30, source="Báo cáo",
        entered_at=timezone.now(),
    )  # fmt: skip
    assert why(place.hoa_bac, "cov:net") == {"seen": (1, 1, 0), "basis": (29, 0, 37)}


def test_a_figure_that_waits_to_be_counted_says_so(place, net, new_household, see, why):
    assert why(place.hoa_bac, "cov:net") == {}
    see(new_household(place.ta_lang), net, "yes", NOVEMBER)
    spells.lay_out_due()
    before, after = periods.month_of(2026, 10), periods.month_of(2026, 11)
    explanation = explain(place.hoa_bac, measures.get("cov:net", TODAY), before, after, today=TODAY)
    assert explanation.rest == Numbers(0, -1, -1)


def test_two_days_that_were_never_counted(place, net, new_household, see, fresh):
    see(new_household(place.ta_lang), net, "yes", NOVEMBER)
    fresh()
    days = dt.date(2026, 10, 19), dt.date(2026, 10, 20)
    explanation = explain(place.hoa_bac, measures.get("cov:net", TODAY), *days, today=TODAY)
    assert explanation.change == Numbers(0, 1, 1)
    assert [part.cause for part in explanation.parts] == ["seen"]


def test_a_province_is_explained_by_what_lies_below(place, net, new_household, see, fresh):
    see(new_household(place.ta_lang), net, "yes", NOVEMBER)
    before, after = periods.month_of(2026, 10), periods.month_of(2026, 11)
    fresh()
    explanation = explain(place.da_nang, measures.get("cov:net", TODAY), before, after, today=TODAY)
    assert explanation.is_by_children
    assert not explanation.parts
    assert [(child.name, child.change) for child in explanation.children] == [("Huyện Hòa Vang", Numbers(0, 1, 1))]


def test_the_other_way_round_is_refused(place, net):
    measure = measures.get("cov:net", TODAY)
    with pytest.raises(ValueError, match="sớm hơn"):
        explain(place.hoa_bac, measure, dt.date(2026, 11, 2), dt.date(2026, 11, 1), today=TODAY)
