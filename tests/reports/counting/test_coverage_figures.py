"""Coverage: who is eligible, what is known, and what is shown of it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from reports import figures, measures
from reports.models import CompleteMark, StatedFigure
from sheets.numbers import rate_text

from .conftest import SINCE, TODAY

pytestmark = pytest.mark.django_db


def shown(area, period, code, today=TODAY):
    of = [measure for measure in measures.all_of(period.as_of(today)) if measure.code == code]
    return figures.of_area(area, period, of)[code]


def numbers(one):
    return one.eligible, one.known, one.reached, one.unclear


def test_those_not_asked_stay_in_the_denominator(place, new_household, indicator, see, november, fresh):
    net = indicator("net", subject="household")
    for answer in ("yes", "no", None):
        household = new_household(place.ta_lang)
        if answer:
            see(household, net, answer)
    fresh()
    assert numbers(shown(place.ta_lang, november, "cov:net")) == (3, 2, 1, 0)


def test_not_applicable_leaves_the_denominator(place, new_household, indicator, see, november, fresh):
    net = indicator("net", subject="household")
    for answer in ("yes", "na"):
        see(new_household(place.ta_lang), net, answer)
    fresh()
    one = shown(place.ta_lang, november, "cov:net")
    assert numbers(one) == (1, 1, 1, 0)
    assert one.rate == 1


def test_where_all_are_not_applicable_there_is_no_rate(place, new_household, indicator, see, november, fresh):
    net = indicator("net", subject="household")
    see(new_household(place.ta_lang), net, "na")
    fresh()
    one = shown(place.ta_lang, november, "cov:net")
    assert (numbers(one), one.rate, one.is_missing) == ((0, 0, 0, 0), None, False)
    assert rate_text(one.rate) == "–"


def test_a_requirement_not_yet_known_is_unclear(place, new_household, indicator, see, november, fresh):
    trade = indicator("trade", subject="household", reported=False)
    qr = indicator("qr-test", subject="household", requires=[trade])
    for answer in ("yes", "no", None):
        household = new_household(place.ta_lang)
        if answer:
            see(household, trade, answer)
        if answer == "yes":
            see(household, qr, "no")
    fresh()
    assert numbers(shown(place.ta_lang, november, "cov:qr-test")) == (1, 1, 0, 1)


def test_ages_are_taken_on_the_as_of_day(place, new_household, indicator, see, fresh):
    from reports import periods

    october, december = periods.month_of(2026, 10), periods.month_of(2026, 12)
    epay = indicator("epay-test", min_age=15)
    household = new_household(place.ta_lang, people=[("cháu", 2011), ("bà", None)])
    child = household.residents.get(label="cháu")
    child.birth_date = dt.date(2011, 11, 1)
    child.save()
    see(household, epay, "yes", "2026-09-20", child)
    see(household, epay, "no", "2026-09-20", household.residents.get(label="bà"))
    fresh()
    assert numbers(shown(place.ta_lang, october, "cov:epay-test")) == (1, 1, 0, 0)
    assert numbers(shown(place.ta_lang, december, "cov:epay-test")) == (2, 2, 1, 0)


def test_a_village_where_nothing_is_known_is_missing_not_zero(place, new_household, indicator, see, november, fresh):
    net = indicator("net", subject="household")
    see(new_household(place.ta_lang), net, "yes")
    new_household(place.gian_bi)
    fresh()
    assert shown(place.gian_bi, november, "cov:net").is_missing
    table = figures.table(place.hoa_bac, november, measures.coverage(TODAY), today=TODAY)
    assert table.missing == ["Thôn Giàn Bí"]
    total = table.total.cells["cov:net"]
    assert (total.basis, total.gap, numbers(total)) == ("partial", "1/2 thôn", (1, 1, 1, 0))


def test_complete_registers_all_the_way_up_are_counted(place, new_household, indicator, see, november, fresh):
    net = indicator("net", subject="household")
    see(new_household(place.ta_lang), net, "yes")
    for village in (place.ta_lang, place.gian_bi):
        CompleteMark.objects.create(village=village, since=SINCE)
    fresh()
    assert shown(place.hoa_bac, november, "cov:net").basis == "counted"
    empty = shown(place.gian_bi, november, "cov:net")
    assert (numbers(empty), empty.rate, empty.is_missing) == ((0, 0, 0, 0), None, False)
    assert shown(place.hoa_vang, november, "cov:net").basis == "partial"
    assert shown(place.hoa_vang, november, "cov:net").gap == "2/4 thôn"


@pytest.fixture
def told(place):
    def told(area, on, **fields):
        return StatedFigure.objects.create(
            area=area, on=on, measure="cov:net", source="Báo cáo xã", entered_at=timezone.now(), **fields
        )

    return told


def test_what_was_stated_is_shown_where_the_record_has_gaps(
    place, new_household, indicator, see, november, fresh, told
):
    net = indicator("net", subject="household")
    see(new_household(place.ta_lang), net, "yes")
    told(place.hoa_bac, dt.date(2026, 10, 1), rate=Decimal(70))
    latest = told(place.hoa_bac, dt.date(2026, 11, 1), rate=Decimal(80), qualifier="hơn")
    told(place.hoa_bac, dt.date(2026, 11, 18), rate=Decimal(90))
    told(place.hoa_bac, dt.date(2026, 11, 2), rate=Decimal(99), scope="tuyến đường")
    fresh()
    one = shown(place.hoa_bac, november, "cov:net")
    assert (one.basis, one.stated, one.rate, one.qualifier) == ("stated", latest, Decimal("0.8"), "hơn")
    assert numbers(one.counted) == (1, 1, 1, 0)
    # Never mixed: the district adds up what was counted.
    assert numbers(shown(place.hoa_vang, november, "cov:net")) == (1, 1, 1, 0)
    assert shown(place.hoa_vang, november, "cov:net").basis == "partial"


def test_a_complete_register_is_shown_before_what_was_stated(
    place, new_household, indicator, see, november, fresh, told
):
    net = indicator("net", subject="household")
    see(new_household(place.ta_lang), net, "yes")
    CompleteMark.objects.create(village=place.ta_lang, since=SINCE)
    told(place.ta_lang, dt.date(2026, 11, 1), rate=Decimal(80))
    fresh()
    assert shown(place.ta_lang, november, "cov:net").basis == "counted"


def test_stated_alone_is_a_figure_and_withdrawn_it_is_none(place, indicator, november, fresh, told):
    indicator("net", subject="household")
    figure = told(place.gian_bi, dt.date(2026, 11, 1), reached=9, eligible=10)
    fresh()
    assert shown(place.gian_bi, november, "cov:net").rate == Decimal("0.9")
    StatedFigure.objects.filter(pk=figure.pk).update(withdrawn_at=timezone.now())
    fresh()
    assert shown(place.gian_bi, november, "cov:net").is_missing


def test_nearly_all_is_not_all(place, new_household, indicator, see, november, fresh):
    one = figures.Shown(eligible=2500, reached=2499, rate=figures._rate(2499, 2500))
    assert rate_text(one.rate) != "100 %"


def test_more_than_all_is_not_capped():
    assert figures._rate(11, 10) == Decimal("1.1")


def test_the_period_before_stands_beside(place, new_household, indicator, see, november, fresh):
    from reports import periods

    periods.month_of(2026, 10)
    net = indicator("net", subject="household")
    household = new_household(place.ta_lang)
    see(household, net, "no", "2026-09-20")
    see(household, net, "yes", "2026-10-20")
    fresh()
    table = figures.table(place.hoa_bac, november, measures.coverage(TODAY), today=TODAY)
    row = next(row for row in table.rows if row.version.area == place.ta_lang)
    assert (row.cells["cov:net"].reached, row.previous["cov:net"].reached) == (1, 0)


def test_households_not_reached_are_listed_for_those_who_may(place, new_household, indicator, see, lan, hoa, november):
    epay = indicator("epay-test", min_age=15)
    done = new_household(place.ta_lang, "Lê Xong", people=[("Ông", 1960)])
    see(done, epay, "yes", person=done.residents.get())
    rest = new_household(place.ta_lang, "Trần Còn", people=[("Bà", 1950), ("Con", 1990), ("Cháu", 2020)])
    see(rest, epay, "no", person=rest.residents.get(label="Bà"))
    found = figures.households_not_reached(lan, place.ta_lang, epay, TODAY)
    assert [(one.head_name, one.not_reached, one.not_asked) for one in found] == [("Trần Còn", 1, 1)]
    assert figures.households_not_reached(hoa, place.ta_lang, epay, TODAY) == []
