"""What was signed in October against what is signed in November (or signed again): late, corrected, forgotten."""

import datetime as dt

import pytest

from reports.explaining.changes import numbers_of, total
from reports.explaining.contributions import contributions
from reports.explaining.frozen import explain_between
from residents import spells
from residents.models import Household, Observation, Placement, Resident
from residents.record import retract

from ..counting.conftest import at

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = dt.date(2026, 10, 14), dt.date(2026, 11, 14)


def name_of(key) -> str:
    return f"bí danh {key}"


@pytest.fixture
def ward(place):
    return {place.ta_lang.pk, place.gian_bi.pk}


@pytest.fixture
def freeze(ward, fresh):
    """`freeze(day, net)` → what a report of the ward would keep."""

    def freeze(day, indicator):
        fresh()
        rows = contributions(ward, day)
        return {name_of(row.subject_id): row.state for row in rows if row.indicator_code == indicator.code}

    return freeze


@pytest.fixture
def why(ward):
    """The parts by cause as (reached, known, eligible); they add up exactly."""

    def why(before, after, indicator, days=(OCTOBER, NOVEMBER)):
        parts = explain_between(
            before, after, indicator=indicator.code, days=days, villages=(ward, ward), pseudonym=name_of
        )
        whole = [total(map(numbers_of, frozen.values())) for frozen in (before, after)]
        assert total(part.change for part in parts) == whole[1] - whole[0]
        return {part.cause.value: (part.change.reached, part.change.known, part.change.eligible) for part in parts}

    return why


def test_seen_late_seen_in_time_and_corrected(place, indicator, new_household, see, freeze, why):
    net = indicator("net", subject="household")
    late, new, wrong, again, taken = (new_household(place.ta_lang) for _ in range(5))
    for household in (wrong, again, taken):
        see(household, net, "yes", "2026-09-20")
    before = freeze(OCTOBER, net)
    see(late, net, "yes", "2026-10-10")
    see(wrong, net, "no", "2026-10-10")
    see(again, net, "no", "2026-11-10")
    see(new, net, "yes", "2026-11-10")
    retract([Observation.objects.get(household=taken).pk], by=None, at=at("2026-11-01"))
    after = freeze(NOVEMBER, net)
    assert why(before, after, net) == {
        "late": (1, 1, 0),
        "seen": (1, 1, 0),
        "corrected": (-2, -1, 0),
        "seen_again": (-1, 0, 0),
    }


def test_two_versions_of_one_period(place, indicator, new_household, see, freeze, why):
    app = indicator("app", min_age=15)
    household = new_household(place.ta_lang, people=[("A", 1990), ("B", 1990), ("C", 1990)])
    a, b, _ = household.residents.order_by("label")
    see(household, app, "no", "2026-09-20", a)
    before = freeze(OCTOBER, app)
    see(household, app, "yes", "2026-10-01", b)
    Resident.objects.filter(label="C").update(birth_year=2020)
    other = new_household(place.gian_bi, people=[("D", 1980)])
    see(other, app, "yes", "2026-10-02", other.residents.get())
    after = freeze(OCTOBER, app)
    assert why(before, after, app, days=(OCTOBER, OCTOBER)) == {"late": (2, 2, 1), "corrected": (0, 0, -1)}


def test_a_move_written_down_late(place, indicator, new_household, see, freeze, why):
    net = indicator("net", subject="household")
    gone, left = new_household(place.ta_lang), new_household(place.ta_lang)
    see(gone, net, "yes", "2026-09-20")
    before = freeze(OCTOBER, net)
    for household, day in ((gone, dt.date(2026, 10, 1)), (left, dt.date(2026, 11, 1))):
        Placement.objects.filter(household=household).update(until=day)
        Household.objects.filter(pk=household.pk).update(until=day)
        spells.rebuild(household_ids=[household.pk])
    see(new_household(place.ta_lang), net, "no", "2026-09-20")
    after = freeze(NOVEMBER, net)
    assert why(before, after, net) == {"corrected": (-1, -1, -1), "late": (0, 1, 1), "left": (0, 0, -1)}


def test_whoever_is_no_longer_in_the_register(place, indicator, new_household, see, freeze, why):
    net = indicator("net", subject="household")
    see(new_household(place.ta_lang), net, "yes", "2026-09-20")
    before = freeze(OCTOBER, net)
    after = dict(before)
    before["bí danh đã xóa"] = "n"
    assert why(before, after, net) == {"forgotten": (0, -1, -1)}
