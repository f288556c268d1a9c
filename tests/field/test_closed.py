"""What is seen of a closed period is kept, and told apart."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from field import closed
from field.closed import ClosedSpan
from residents.models import Observation


@pytest.fixture
def lock(monkeypatch, place):
    """A stub of a period lock: Tà Lang closed the month up to ten days ago."""
    today = timezone.localdate()

    def locks(village_ids):
        if place.ta_lang.pk in village_ids:
            yield ClosedSpan(
                place.ta_lang.pk, "Tháng thử", today - dt.timedelta(days=40), today - dt.timedelta(days=10), today
            )

    monkeypatch.setattr(closed, "LOCKS", [locks])


def test_what_lies_in_the_closed_period_is_applied_late(lock, phone, home, person):
    then = timezone.now() - dt.timedelta(days=20)
    late = phone.seen(home, resident=person, at=then, chosen=True)
    visit = phone.visit(home, at=then, chosen=True)
    fresh = phone.seen(home, resident=person)
    results = phone.push(late, visit, fresh).json()["results"]
    assert [each["code"] for each in results] == ["applied_late", "applied_late", "applied"]
    assert results[0]["period"] == "Tháng thử"
    assert phone.send(phone.retract(late)) == ["applied_late"]
    assert phone.send(late) == ["applied_late"]
    assert Observation.objects.count() == 3


def test_other_villages_and_the_days_around_are_open(lock, phone, home, place, new_household):
    before = phone.seen(home, "broadband", at=timezone.now() - dt.timedelta(days=42), chosen=True)
    after = phone.visit(home, at=timezone.now() - dt.timedelta(days=9), chosen=True)
    assert phone.send(before, after) == ["applied", "applied"]


def test_hello_tells_of_closed_periods(lock, phone, place):
    (span,) = phone.hello().json()["closed_periods"]
    assert (span["village"], span["label"]) == (place.ta_lang.pk, "Tháng thử")


def test_nothing_is_closed_while_nobody_signs(phone):
    assert phone.hello().json()["closed_periods"] == []
