"""Figures equal a plain recount written another way, for all measures, areas and periods of random worlds."""

import datetime as dt
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from areas.models import Area, AreaLink, Level, Stale
from reports import measures, periods
from reports.counting import count
from reports.drain import drain
from reports.models import Figure, Period
from reports.verifying import differences
from residents import spells
from teams.models import Team

from .world import LAST, World

pytestmark = pytest.mark.django_db
CODES = ["2025-03", "2025-07", "2025-07-luy-ke", "2025-10", "2025-Q3", "2025", "2025-06-30", "2025-10-luy-ke"]


def worlds(examples):
    return settings(
        max_examples=examples, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip


BUDGET = pytest.mark.parametrize("examples", [25, pytest.param(1000, marks=pytest.mark.long)])


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


@BUDGET
def test_figures_equal_a_plain_recount(examples):
    def check(world):
        count_all(world)
        assert list(differences(today=world.today, periods=Period.objects.all())) == []

    in_a_world(examples, check)


def rows():
    return sorted(
        Figure.objects.values_list(
            "area", "period", "measure", "eligible", "known", "reached", "unclear", "value", "basis", "stated",
            "villages_total", "villages_with_data",
        ),
        key=str,
    )  # fmt: skip


@BUDGET
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


@BUDGET
def test_children_sum_to_their_parents(examples):
    def check(world):
        count_all(world)
        for period in Period.objects.filter(end_on__lte=LAST):
            sums_hold(period)

    def sums_hold(period):
        figures = {(row.area_id, row.measure): row for row in Figure.objects.filter(period=period)}
        in_force = AreaLink.objects.on(period.end_on).filter(depth=1)
        for parent in Area.objects.on(period.end_on).exclude(level=Level.VILLAGE):
            children = list(in_force.filter(ancestor=parent).values_list("descendant", flat=True))
            has_team = Team.objects.filter(home_area=parent).exists()
            for measure in {measure for area, measure in figures if area in [parent.pk, *children]}:
                if measure in ("wards", "wards_with_team") or (has_team and not measure.startswith("cov:")):
                    continue
                if measures.is_flow(measure) and Area.objects.filter(until__range=(period.start_on, period.end_on)):
                    continue
                for name in ("eligible", "known", "reached", "unclear", "value"):
                    below = [getattr(figures[c, measure], name) for c in children if (c, measure) in figures]
                    above = figures.get((parent.pk, measure))
                    assert (
                        (sum(x for x in below if x is not None)) == (getattr(above, name) if above else None or 0)
                        or (above is None or getattr(above, name) is None)
                        and not any(below)
                    ), (parent, measure, name)

    in_a_world(examples, check)


@BUDGET
def test_activity_is_neither_lost_nor_doubled_by_a_reorganisation(examples):
    def check(world):
        before = [f"2025-{month:02}" for month in range(3, 11)]
        for code in [*before, "2025-10-luy-ke"]:
            periods.parse(code)
        spells.ask_all()
        drain(today=dt.date(2025, 10, 14))
        months = Figure.objects.filter(
            area=world.country, period__kind="month", measure="people_helped", period__end_on__lte=dt.date(2025, 10, 14)
        )
        whole = Figure.objects.filter(
            area=world.country, period__kind="to_date", period__end_on=dt.date(2025, 10, 14), measure="people_helped"
        )
        assert sum(row.value for row in months) == sum(row.value for row in whole)

    in_a_world(examples, check)


def test_counting_a_future_period_writes_nothing():
    count(periods.parse("2027-01"), today=LAST)
    assert not Figure.objects.exists()
