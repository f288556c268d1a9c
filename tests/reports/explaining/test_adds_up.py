"""The parts add up exactly to the difference, in random worlds."""

import pytest

from areas.models import Area, Stale
from reports import figures, measures, periods
from reports.drain import drain
from reports.explaining.causes import Cause
from reports.explaining.changes import Numbers, total
from reports.explaining.explanation import explain
from reports.models import Period
from residents import spells
from tests.reports.counting.test_equal import budget, in_a_world

pytestmark = pytest.mark.django_db
TRIES = 12
CODES = ["2025-03", "2025-06-30", "2025-Q3", "2025-10"]


def count(world):
    """A few periods of different kinds, not every month."""
    for code in CODES:
        periods.parse(code)
    Stale.objects.all().delete()
    spells.ask_all()
    drain(today=world.today)


def pair(world):
    """Two periods, the earlier first."""
    kept = Period.objects.exclude(kind=Period.Kind.TO_DATE).filter(start_on__lte=world.today).order_by("end_on", "pk")
    before, after = sorted(world.choose.sample(range(len(kept)), 2))
    return kept[before], kept[after]


def shown(area, period, measure, today):
    """The counted numbers of the stored figure."""
    one = figures.of_area(area, period, [measure])[measure.code]
    one = one.counted if one.stated else one
    return Numbers(one.eligible or 0, one.known or 0, one.reached or 0) if one else Numbers()


@budget(60)
def test_the_parts_lead_from_one_figure_to_the_other(examples):
    def check(world):
        count(world)
        areas = list(Area.objects.order_by("pk"))
        for _ in range(TRIES):
            before, after = pair(world)
            area = world.choose.choice(areas)
            measure = world.choose.choice(measures.coverage(world.today))
            if area.last_day(before.as_of(world.today)) > area.last_day(after.as_of(world.today)):
                continue
            explanation = explain(area, measure, before, after, today=world.today)
            about = (area, measure.code, before, after)
            assert (
                explanation.before.numbers
                + total(p.change for p in explanation.parts)
                + (total(child.change for child in explanation.children) if explanation.is_by_children else Numbers())
                == explanation.after.numbers
            ), about
            assert not explanation.rest, (*about, explanation.parts)
            for part in explanation.parts:
                assert part.cause == Cause.BASIS or total(one.change for one in part.subjects) == part.change
            subjects = [one.subject_id for part in explanation.parts for one in part.subjects]
            assert len(subjects) == len(set(subjects)), about
            if area.until and area.until <= max(before.start_on, after.start_on):
                continue  # no figures then
            if not explanation.before.is_stated and not explanation.after.is_stated:
                assert explanation.before.numbers == shown(area, before, measure, world.today)
                assert explanation.after.numbers == shown(area, after, measure, world.today)
            if explanation.children:
                assert total(child.change for child in explanation.children) == shown(
                    area, after, measure, world.today
                ) - shown(area, before, measure, world.today), about

    in_a_world(examples, check)
