"""The record holds what was seen, in the order in which it was seen, however it arrives."""

import datetime as dt
import random
from uuid import UUID

import pytest
from django.db import IntegrityError
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from uuid6 import uuid7

from areas.models import Stale
from residents.models import Indicator, Observation, Placement, SpellDue
from residents.record import NewObservation, UnknownSubject, append, retract

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


def instant(minute: int) -> dt.datetime:
    return NOON + dt.timedelta(minutes=minute)


@pytest.fixture
def indicator(db):
    return Indicator.objects.create(code="thu", name="Thử", short_name="Thử", group="skill", order=900)


@pytest.fixture
def seen(indicator, new_household, place):
    """`seen(3, "yes")` → a new observation of the same household, three minutes after noon."""
    household = new_household(place.ta_lang)

    def make(minute, answer, **fields):
        return NewObservation(
            **{"household_id": household.pk, "resident_id": None, "indicator_id": indicator.pk, "id": uuid7()}
            | {"answer": answer, "effective_at": instant(minute)}
            | fields
        )

    make.household = household
    return make


def held():
    """What holds, as [(answer, from minute, to minute)]."""
    return [
        (
            row.answer,
            (row.effective_at - NOON).total_seconds() / 60,
            row.until and (row.until - NOON).total_seconds() / 60,
        )
        for row in Observation.objects.filter(retracts=None)
    ]


def test_an_answer_holds_until_the_next_one(seen):
    append([seen(0, "no"), seen(5, "yes")], by=None, received_at=NOON)
    assert held() == [("no", 0, 5), ("yes", 5, None)]


def test_an_older_answer_that_comes_late_finds_its_place(seen):
    append([seen(0, "no"), seen(10, "yes")], by=None, received_at=NOON)
    append([seen(4, "na")], by=None, received_at=NOON)
    assert held() == [("no", 0, 4), ("na", 4, 10), ("yes", 10, None)]


def test_what_was_taken_back_never_held(seen):
    first, second = seen(0, "no"), seen(5, "yes")
    append([first, second], by=None, received_at=NOON)
    retract([second.id], by=None, at=instant(9))
    assert held() == [("no", 0, None), ("yes", 5, 5)]
    assert Observation.objects.current().count() == 1


def test_taking_back_twice_is_taking_back_once(seen):
    item = seen(0, "yes")
    append([item], by=None, received_at=NOON)
    retract([item.id], by=None, at=instant(1))
    assert retract([item.id], by=None, at=instant(2)).inserted == []
    assert Observation.objects.count() == 2


def test_a_retraction_may_come_before_what_it_takes_back(seen):
    item = seen(0, "yes")
    append([seen(8, "", retracts=item.id)], by=None, received_at=NOON)
    append([item], by=None, received_at=NOON)
    assert held() == [("yes", 0, 0)]


def test_the_same_items_again_change_nothing(seen):
    items = [seen(0, "no"), seen(5, "yes")]
    append(items, by=None, received_at=NOON)
    again = append([*items, items[0]], by=None, received_at=instant(60))
    assert again.inserted == []
    assert again.already == [item.id for item in items]
    assert Observation.objects.count() == 2


def test_digits_below_a_millisecond_are_dropped(seen):
    append([seen(0, "no", effective_at=NOON.replace(microsecond=123_999))], by=None, received_at=NOON)
    assert Observation.objects.get().effective_at.microsecond == 123_000


def test_an_unknown_subject_is_refused_and_nothing_is_written(seen):
    with pytest.raises(UnknownSubject):
        append([seen(0, "yes"), seen(0, "yes", resident_id=uuid7())], by=None, received_at=NOON)
    assert not Observation.objects.exists()


def test_an_answer_that_the_table_refuses_is_an_error(seen):
    with pytest.raises(IntegrityError):
        append([seen(0, "yes", reason="away")], by=None, received_at=NOON)


def test_villages_where_the_household_stood_since_are_counted_again(seen, place):
    Placement.objects.filter(household=seen.household).update(until=dt.date(2026, 11, 10))
    Placement.objects.create(household=seen.household, village=place.gian_bi, since=dt.date(2026, 11, 10))
    Stale.objects.all().delete()
    append([seen(0, "yes")], by=None, received_at=NOON)
    assert sorted(Stale.objects.values_list("area", "since")) == [
        (place.ta_lang.pk, dt.date(2026, 11, 2)),
        (place.gian_bi.pk, dt.date(2026, 11, 10)),
    ]
    assert set(SpellDue.objects.values_list("household", flat=True)) == {seen.household.pk}


def test_taking_back_counts_again_from_the_day_it_was_seen(seen, place):
    item = seen(0, "yes")
    append([item], by=None, received_at=NOON)
    Stale.objects.all().delete()
    retract([item.id], by=None, at=NOON + dt.timedelta(days=9))
    assert Stale.objects.get().since == dt.date(2026, 11, 2)


def test_a_batch_costs_as_many_queries_as_one_item(seen, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        append([seen(minute, "yes") for minute in range(300)], by=None, received_at=NOON)


# --- any order, batches and repetition -------------------------------------------------------------------------------

SUBJECTS, INDICATORS = 2, 2


@st.composite
def arrivals(draw):
    """Answers and retractions of a few timelines, and two ways in which they arrive."""
    answers = draw(
        st.lists(
            st.tuples(
                st.integers(0, SUBJECTS - 1),
                st.integers(0, INDICATORS - 1),
                st.integers(0, 5),
                st.sampled_from(["yes", "no", "na"]),
            ),
            min_size=1,
            max_size=8,
        )
    )
    taken_back = draw(st.lists(st.integers(0, len(answers) - 1), max_size=4))
    return answers, taken_back, draw(st.integers(0, 2**32))


def arrive(items, seed):
    """Shuffle, repeat some, cut into batches."""
    shuffle = random.Random(seed)
    sequence = [*items, *shuffle.sample(items, shuffle.randint(0, len(items)))]
    shuffle.shuffle(sequence)
    while sequence:
        size = shuffle.randint(1, len(sequence))
        append(sequence[:size], by=None, received_at=timezone.now())
        sequence = sequence[size:]


def whole_record():
    return list(
        Observation.objects.order_by("pk").values_list(
            "pk", "subject", "indicator", "answer", "effective_at", "until", "retracts"
        )
    )


def plain_until(items):
    """`until` of every answer, worked out by walking each timeline."""
    taken = {item.retracts for item in items if item.retracts}
    answers = sorted((item for item in items if not item.retracts), key=lambda item: (item.effective_at, item.id))
    until = {}
    for place, item in enumerate(answers):
        after = (
            other.effective_at
            for other in answers[place + 1 :]
            if (other.subject, other.indicator_id) == (item.subject, item.indicator_id) and other.id not in taken
        )
        until[item.id] = item.effective_at if item.id in taken else next(after, None)
    return until


def check_arrivals(new_household, place, indicators, world):
    answers, taken_back, seed = world
    households = [new_household(place.ta_lang) for _ in range(SUBJECTS)]
    ids = [UUID(int=seed * 1000 + number) for number in range(1, 100)]
    items = [
        NewObservation(
            id=ids[number],
            household_id=households[subject].pk,
            resident_id=None,
            indicator_id=indicators[indicator].pk,
            answer=answer,
            effective_at=instant(minute),
        )
        for number, (subject, indicator, minute, answer) in enumerate(answers)
    ]
    items += [
        NewObservation(
            id=ids[50 + number],
            household_id=items[target].household_id,
            resident_id=None,
            indicator_id=items[target].indicator_id,
            answer="",
            effective_at=instant(9),
            retracts=items[target].id,
        )
        for number, target in enumerate(taken_back)
    ]
    records = []
    for way in (1, 2):
        Observation.objects.all().delete()
        arrive(items, seed + way)
        records.append(whole_record())
    assert records[0] == records[1]
    assert {row[0]: row[5] for row in records[0] if row[6] is None} == plain_until(items)


@pytest.fixture
def indicators(db):
    return [
        Indicator.objects.create(code=f"thu-{n}", name="Thử", short_name="Thử", group="skill", order=900)
        for n in range(INDICATORS)
    ]


@pytest.mark.parametrize("examples", [40, pytest.param(1500, marks=pytest.mark.long)])
def test_order_batches_and_repetition_do_not_matter(new_household, place, indicators, examples):
    @settings(max_examples=examples, deadline=None, database=None, derandomize=True)
    @given(world=arrivals())
    def check(world):
        check_arrivals(new_household, place, indicators, world)

    check()
