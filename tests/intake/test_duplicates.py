"""Likely duplicates are listed with a score; a person makes them one, and can take it back."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from intake.duplicates import likely_pairs
from residents.models import Household, Observation, Resident


@pytest.fixture
def two(place, new_household, catalogue):
    people = [("Nguyễn Văn Sáu", 1960), ("Trần Thị Bảy", 1962)]
    first = new_household(place.ta_lang, "Nguyễn Văn Sáu", people=people, code="001", phone="0905123456")
    second = new_household(
        place.ta_lang, "Nguyen Van Sau", people=[people[0], ("Út", 2015)], code="002", phone="0905123456"
    )
    new_household(place.ta_lang, "Lê Thị Tám", people=[("Lê Thị Tám", 1955)], code="003")
    return first, second


def test_they_are_listed_with_a_score_and_made_one_and_two_again(two, lan, sign_in, place):
    first, second = two
    (pair,) = likely_pairs(place.ta_lang)
    assert ({pair.first, pair.second}, pair.score) == ({first, second}, 80)
    person = second.residents.get(label="Nguyễn Văn Sáu")
    indicator, now = Observation._meta.get_field("indicator").related_model.objects.first(), timezone.now()
    Observation.objects.create(
        household=second, resident=person, subject=person.pk, indicator=indicator, answer="yes", effective_at=now,
        received_at=now,
    )  # fmt: skip
    client = sign_in(lan)
    assert "80" in client.get(reverse("intake:duplicate_list")).content.decode()
    client.post(reverse("intake:duplicate_merge", args=[second.pk, first.pk]))
    second.refresh_from_db()
    assert second.merged_into == first
    assert sorted(map(str, first.residents.present())) == ["Nguyễn Văn Sáu", "Trần Thị Bảy", "Út"]
    assert Observation.objects.current().filter(resident__household=first, answer="yes").count() == 1
    assert Household.objects.present().count() == 2
    client.post(reverse("intake:duplicate_undo", args=[second.pk]))
    second.refresh_from_db()
    assert (second.merged_into, second.until) == (None, None)
    assert sorted(map(str, second.residents.present())) == ["Nguyễn Văn Sáu", "Út"]
    assert Resident.objects.present().count() == 5
    assert not Observation.objects.current().filter(resident__household=first).exclude(retracts=None).exists()


def test_two_that_are_not_one_are_not_listed_again(two, lan, sign_in, place):
    first, second = two
    sign_in(lan).post(reverse("intake:duplicate_apart", args=[first.pk, second.pk]))
    assert likely_pairs(place.ta_lang) == []


def test_households_of_another_ward_cannot_be_merged(two, hoa, sign_in):
    first, second = two
    assert sign_in(hoa).post(reverse("intake:duplicate_merge", args=[second.pk, first.pk])).status_code == 404
    second.refresh_from_db()
    assert second.merged_into is None
