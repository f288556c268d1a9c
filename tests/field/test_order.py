"""The same items give the same record in whatever order, batches and number of times they arrive."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from field.models import Device, HeldItem, Receipt
from residents.models import Household, Observation, Placement, Residence, Resident, Visit
from tests.field.phone import Phone


def script(phone, place, home, person, chance: random.Random) -> list[dict]:
    """What a visitor taps in an evening: new households and people, visits, answers, undone and corrected."""
    items, answers, visits = [], [], []
    subjects: list[tuple[str, str | None]] = [(str(home.pk), str(person.pk)), (str(home.pk), None)]
    order_no = {str(home.pk): None}
    start = timezone.now() - dt.timedelta(hours=6)
    since = {"since": timezone.localdate(start - dt.timedelta(seconds=1)).isoformat()}

    def add(kind, data):
        at = start + dt.timedelta(minutes=chance.randrange(300))
        items.append(phone.item(kind, data, at=at, chosen=chance.random() < 0.3, offset_ms=chance.randrange(-900, 900)))
        return items[-1]

    for _ in range(chance.randrange(3, 14)):
        match chance.choice(["house", "person", "visit", "seen", "seen", "seen", "undo", "edit"]):
            case "house":
                pk = Phone(phone.user).visit(home)["id"]
                add(
                    "household.add",
                    {"household": pk, "village": place.ta_lang.pk, "head_name": f"Hộ {len(items)}"} | since,
                )
                subjects.append((pk, None))
                order_no[pk] = None
            case "person":
                house, pk = chance.choice(subjects)[0], Phone(phone.user).visit(home)["id"]
                add("resident.add", {"household": house, "resident": pk, "label": f"Người {len(items)}"} | since)
                subjects.append((house, pk))
            case "visit":
                visits.append(add("visit", {"household": chance.choice(subjects)[0], "outcome": "met"}))
            case "seen":
                house, man = chance.choice(subjects)
                visit = next((each["id"] for each in visits if each["data"]["household"] == house), None)
                data = {"household": house, "resident": man, "indicator": "vneid2" if man else "broadband"}
                answers.append(
                    add("observation", data | {"answer": chance.choice(["yes", "no", "na"]), "visit": visit})
                )
            case "undo" if answers:
                add("retract", {"observation": chance.choice(answers)["id"]})
            case "edit":
                house = chance.choice(subjects)[0]
                was, order_no[house] = order_no[house], chance.randrange(100)
                add(
                    "household.edit",
                    {"household": house, "set": {"order_no": order_no[house]}, "was": {"order_no": was}},
                )
    return items


def in_parts(items: list[dict], chance: random.Random):
    """Everything in another order, some of it twice, in batches with borders anywhere."""
    items = items + chance.sample(items, chance.randrange(len(items) + 1))
    chance.shuffle(items)
    while items:
        size = chance.randrange(1, len(items) + 1)
        yield items[:size]
        items = items[size:]


def record() -> dict:
    return {
        "households": sorted(Household.objects.values_list("pk", "head_name", "order_no", "village", "since")),
        "residents": sorted(Resident.objects.values_list("pk", "label", "household", "since")),
        "placements": sorted(Placement.objects.values_list("household", "village", "since")),
        "residences": sorted(Residence.objects.values_list("resident", "household", "since")),
        "visits": sorted(Visit.objects.values_list("pk", "household", "at", "outcome", "recorded_by")),
        "seen": sorted(
            Observation.objects.values_list("pk", "subject", "answer", "effective_at", "until", "retracts", "visit"),
            key=str,
        ),
        "answers": sorted(Receipt.objects.values_list("pk", "code"), key=str),
        "waiting": HeldItem.objects.undecided().exclude(kind="duplicate").count(),
    }


def deliver(phone, batches) -> dict:
    """The record after these batches; then everything is taken back."""
    with transaction.atomic():
        for batch in batches:
            answer = phone.push(*batch)
            assert answer.status_code == 200, answer.content
        found = record()
        device = Device.objects.get(identifier=phone.device)
        assert device.acked_through == device.last_seq == phone.seq
        transaction.set_rollback(True)
    return found


def compare(phone, place, home, person, chance):
    phone.seq = 0
    items = script(phone, place, home, person, chance)
    in_order = deliver(phone, [items])
    assert deliver(phone, in_parts(items, chance)) == in_order
    assert deliver(phone, ([item] for item in reversed(items))) == in_order
    assert in_order["waiting"] == 0
    assert {code for _pk, code in in_order["answers"]} <= {"applied", "held"}


@given(chance=st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_batches_and_repetition_change_nothing(phone, place, home, person, chance):
    compare(phone, place, home, person, chance)


@pytest.mark.long
@given(chance=st.randoms(use_true_random=False))
@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_batches_and_repetition_change_nothing_at_length(phone, place, home, person, chance):
    compare(phone, place, home, person, chance)
