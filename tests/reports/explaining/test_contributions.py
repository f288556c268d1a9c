"""What each adds, summed up, is the figure."""

from collections import Counter

import pytest

from areas.models import Area, Level
from reports.explaining.contributions import contributions
from reports.models import Figure, Period
from tests.reports.counting.test_equal import budget, count_all, in_a_world

pytestmark = pytest.mark.django_db


def sums(villages, day):
    """(village, measure) → (eligible, known, reached, unclear)."""
    found = {}
    for row in contributions(villages, day):
        count = found.setdefault((row.village_id, f"cov:{row.indicator_code}"), Counter())
        count["eligible"] += row.eligible
        count[row.state] += 1
    return {key: (count["eligible"], count["y"] + count["n"], count["y"], count["q"]) for key, count in found.items()}


@budget(15)
def test_summed_up_they_are_the_figures_of_the_villages(examples):
    def check(world):
        count_all(world)
        for period in Period.objects.exclude(kind=Period.Kind.TO_DATE).filter(end_on__lte=world.today):
            villages = Area.objects.on(period.end_on).at(Level.VILLAGE).values_list("pk", flat=True)
            stored = Figure.objects.filter(period=period, area__in=villages, measure__startswith="cov:")
            figures = {
                (area, measure): numbers
                for area, measure, *rest in stored.values_list(
                    "area", "measure", "eligible", "known", "reached", "unclear"
                )
                if any(numbers := tuple(number or 0 for number in rest))
            }
            counted = {key: numbers for key, numbers in sums(villages, period.end_on).items() if any(numbers)}
            assert counted == figures

    in_a_world(examples, check)


def test_it_says_who_and_where(place, new_household, indicator, see, november, fresh):
    net, shop = indicator("net", subject="household"), indicator("shop", subject="household", reported=False)
    qr = indicator("qr-test", subject="household", requires=[shop])
    asked, new = new_household(place.ta_lang), new_household(place.ta_lang)
    see(asked, net, "yes")
    see(asked, shop, "yes")
    see(asked, qr, "no")
    new_household(place.gian_bi)
    fresh()
    rows = sorted(contributions([place.ta_lang.pk, place.gian_bi.pk], november.end_on), key=str)
    assert {(row.subject_id, row.indicator_code, row.eligible, row.state) for row in rows} == {
        (asked.pk, "net", True, "y"),
        (new.pk, "net", True, "u"),
        (asked.pk, "qr-test", True, "n"),
        (new.pk, "qr-test", False, "q"),
    }
    assert {row.village_id for row in rows} == {place.ta_lang.pk}
