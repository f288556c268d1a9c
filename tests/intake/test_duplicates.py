"""Likely duplicates are listed with a score; a person makes them one, and can take it back."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from intake.duplicates import homes_of, likely_pairs
from residents.models import Household, Observation, Resident


def likely_in(*villages):
    return likely_pairs(homes_of(villages))


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
    (pair,) = likely_in(place.ta_lang)
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
    page = sign_in(lan).post(reverse("intake:duplicate_apart", args=[first.pk, second.pk]), follow=True)
    assert "Đã gộp" not in page.content.decode()
    assert likely_in(place.ta_lang) == []


def test_households_of_another_ward_cannot_be_merged(two, hoa, sign_in):
    first, second = two
    assert sign_in(hoa).post(reverse("intake:duplicate_merge", args=[second.pk, first.pk])).status_code == 404
    second.refresh_from_db()
    assert second.merged_into is None


@pytest.fixture
def two_villages(place, new_household):
    """Written down in both villages of the ward, when the boundary was not clear."""
    people = [("Nguyễn Văn Sáu", 1960), ("Trần Thị Bảy", 1962)]
    return [
        new_household(village, "Nguyễn Văn Sáu", people=people, code=code, address="Số 5")
        for village, code in ((place.ta_lang, "001"), (place.gian_bi, "007"))
    ]


def test_a_household_in_two_villages_of_the_ward_is_listed_for_the_ward_and_made_one(
    two_villages, minh, lan, sign_in, place, new_household
):
    first, second = two_villages
    new_household(place.gian_bi, "Nguyễn Văn Sáu", people=[("Nguyễn Văn Sáu", 1990)], code="008", address="Số 9")
    (pair,) = likely_in(place.ta_lang, place.gian_bi)
    # Every village has its "Số 5": the address says nothing here.
    assert ({pair.first, pair.second}, pair.reasons) == (
        {*two_villages},
        ["cùng tên chủ hộ", "2 người trùng tên và năm sinh"],
    )
    client = sign_in(minh)
    page = client.get(reverse("intake:duplicate_list")).content.decode()
    assert "Một hộ, ở Thôn Tà Lang" in page
    assert "Một hộ, ở Thôn Giàn Bí" in page
    client.post(reverse("intake:duplicate_merge", args=[first.pk, second.pk]))
    first.refresh_from_db()
    assert first.merged_into == second
    assert Resident.objects.present().count() == 3
    # Whoever has but one of the villages is not told of the other one's household, and takes nothing back.
    other = sign_in(lan)
    assert "Đã gộp" not in other.get(reverse("intake:duplicate_list")).content.decode()
    client.post(reverse("intake:duplicate_undo", args=[first.pk]))
    first.refresh_from_db()
    assert (first.merged_into, first.until, first.village) == (None, None, place.ta_lang)
    assert Resident.objects.present().count() == 5


def test_who_leads_one_village_cannot_merge_into_another(two_villages, lan, sign_in):
    first, second = two_villages
    assert sign_in(lan).post(reverse("intake:duplicate_merge", args=[first.pk, second.pk])).status_code == 404
    assert Household.objects.present().count() == 2
