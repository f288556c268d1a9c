"""Figures equal a plain recount written another way, for all measures, areas and periods of random worlds."""

import datetime as dt
from collections import defaultdict
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from areas.actions import mark_stale
from areas.models import Area, AreaLink, Stale
from reports import measures, periods
from reports.counting import count
from reports.drain import drain
from reports.models import CompleteMark, Figure, Period, StatedFigure
from reports.verifying import differences
from residents import spells
from teams.models import Team

from .world import FIRST, LAST, World

pytestmark = pytest.mark.django_db
CODES = ["2025-03", "2025-07", "2025-07-luy-ke", "2025-10", "2025-Q3", "2025", "2025-06-30", "2025-10-luy-ke"]


def worlds(examples):
    return settings(
        max_examples=examples, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip


def budget(examples):
    return pytest.mark.parametrize("examples", [examples, pytest.param(1000, marks=pytest.mark.long)])


def in_a_world(examples, check):
    """Run `check(world)` in so many worlds, each in a transaction that is rolled back."""

    @worlds(examples)
    @given(seed=st.integers(0, 10**9))
    def run(seed):
        with transaction.atomic():
            check(World(Random(seed)))
            transaction.set_rollback(True)

    run()


def count_all(world):
    """Count a few periods of every kind, not every month since the first."""
    for code in CODES:
        periods.parse(code)
    Stale.objects.all().delete()
    spells.ask_all()
    drain(today=world.today)


@budget(20)
def test_figures_equal_a_plain_recount_and_children_sum_to_parents(examples):
    def check(world):
        count_all(world)
        assert list(differences(today=world.today, periods=Period.objects.all())) == []
        for period in Period.objects.filter(end_on__lte=LAST):
            children_sum_to_parents(period)

    in_a_world(examples, check)


def children_sum_to_parents(period):
    """By the map of the period's end; wards are counted at every level, and what is an area's own is left aside."""
    figures = {(row.area_id, row.measure): row for row in Figure.objects.filter(period=period)}
    homes = set(Team.objects.values_list("home_area", flat=True))
    cut = Area.objects.filter(until__gt=period.start_on, until__lte=period.end_on).exists()
    children = defaultdict(list)
    for parent, child in AreaLink.objects.on(period.end_on).filter(depth=1).values_list("ancestor", "descendant"):
        children[parent].append(child)
    for parent, below in children.items():
        for measure in {measure for area, measure in figures if area in (parent, *below)}:
            if measure in ("wards", "wards_with_team") or (parent in homes and not measure.startswith("cov:")):
                continue
            if cut and measures.is_flow(measure):
                continue
            for name in ("eligible", "known", "reached", "unclear", "value"):
                parts = [getattr(figures[area, measure], name) for area in below if (area, measure) in figures]
                above = figures.get((parent, measure))
                whole = getattr(above, name) if above else None
                assert (whole or 0) == sum(part or 0 for part in parts), (parent, measure, name)


def rows():
    return sorted(
        Figure.objects.values_list(
            "area", "period", "measure", "eligible", "known", "reached", "unclear", "value", "basis", "stated",
            "villages_total", "villages_with_data",
        ),
        key=str,
    )  # fmt: skip


@budget(8)
def test_what_is_drained_equals_a_count_from_scratch(examples):
    def check(world):
        count_all(world)
        world.observe()
        if world.households:
            world.place(world.households[0], world.villages[0], world.day())
        drain(today=world.today)
        drained = rows()
        Period.objects.update(counted_on=None)
        spells.ask_all()
        drain(today=world.today)
        assert drained == rows()

    in_a_world(examples, check)


@budget(8)
def test_villages_counted_one_after_the_other_equal_a_count_from_scratch(examples):
    def check(world):
        count_all(world)
        world.visit()
        CompleteMark.objects.all().delete()
        StatedFigure.objects.all().delete()
        world.mark_and_state()
        for area in [*world.villages, *world.wards, world.district, world.province]:
            mark_stale([area.pk], FIRST)
            drain(today=world.today)
        drained = rows()
        Period.objects.update(counted_on=None)
        drain(today=world.today)
        assert drained == rows()

    in_a_world(examples, check)


@budget(8)
def test_activity_is_neither_lost_nor_doubled_by_a_reorganisation(examples):
    end = dt.date(2025, 10, 14)

    def check(world):
        for month in range(1, 11):
            periods.month_of(2025, month)
        periods.parse("2025-10-luy-ke")
        Stale.objects.all().delete()
        spells.ask_all()
        drain(today=end)
        helped = Figure.objects.filter(area=world.country, measure="people_helped", period__end_on__lte=end)
        months = helped.filter(period__kind="month").values_list("value", flat=True)
        assert sum(months) == sum(helped.filter(period__kind="to_date").values_list("value", flat=True))

    in_a_world(examples, check)


def test_counting_a_future_period_writes_nothing():
    count(periods.parse("2027-01"), today=LAST)
    assert not Figure.objects.exists()
