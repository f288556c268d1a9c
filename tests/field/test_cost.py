"""What a batch costs: statements do not grow with its items; an evening's work goes in at once."""

from __future__ import annotations

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from field.models import Receipt
from residents.models import Indicator, IndicatorVersion, Observation, Visit
from tests.cast import SINCE


@pytest.fixture
def evening(phone, place, new_household):
    """`evening(3, 4)` → items of three visits with four answers each."""
    codes = []
    for number in range(12):
        made = Indicator.objects.create(
            code=f"thu{number}", name=f"Thử {number}", short_name="Thử", group="skill", order=number
        )
        IndicatorVersion.objects.create(indicator=made, subject="household", since=SINCE, definition="Thử.")
        codes.append(made.code)

    def make(visits, answers):
        items = []
        for _ in range(visits):
            household = new_household(place.ta_lang)
            visit = phone.visit(household)
            items += [visit, *(phone.seen(household, code, visit=visit) for code in codes[:answers])]
        return items

    return make


def statements(phone, items) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        codes = phone.send(*items)
    assert set(codes) == {"applied"}
    return len(captured)


def test_statements_do_not_grow_with_the_items(phone, evening):
    few, many = evening(2, 2), evening(20, 12)
    phone.send(*few[:1])
    assert statements(phone, few) >= statements(phone, many) - 6


def test_an_evening_takes_few_statements(phone, evening):
    assert statements(phone, evening(20, 12)) <= 46


def test_a_replay_reads_who_sends_and_the_receipts(phone, evening):
    items = evening(10, 12)
    phone.send(*items)
    with CaptureQueriesContext(connection) as captured:
        assert {result["replayed"] for result in phone.push(*items).json()["results"]} == {True}
    assert len(captured) <= 7  # session, user, postings, epoch, phone, receipts; a look whether the connection lives
    assert all(query["sql"].startswith("SELECT") for query in captured)


def test_a_replay_while_more_is_to_come_says_what_is_missing(phone, evening):
    items = evening(2, 3)
    phone.hello(*items)
    phone.send(*items[:5])
    answer = phone.push(*items[:5]).json()
    assert {result["replayed"] for result in answer["results"]} == {True}
    assert (answer["acked_through"], answer["gaps"]) == (5, [[6, 8]])


def test_a_replay_with_one_new_item_takes_that_in(phone, evening):
    items = evening(2, 3)
    phone.send(*items[:-1])
    assert statements(phone, items) > 7
    assert Receipt.objects.count() == len(items)


def test_an_evening_of_fifty_households_goes_in_at_once(phone, evening):
    items = evening(50, 12)
    started = time.process_time()
    assert set(phone.send(*items)) == {"applied"}
    fresh = time.process_time() - started
    started = time.process_time()
    phone.send(*items)
    replay = time.process_time() - started
    assert (Visit.objects.count(), Observation.objects.count()) == (50, 600)
    print(f"fresh {fresh:.3f} s, replay {replay:.3f} s")
    assert fresh < 5
    assert replay < fresh
