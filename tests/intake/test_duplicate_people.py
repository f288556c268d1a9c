"""People written down twice are listed with a score and reasons; a person makes them one, and can take it back."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from areas.models import Stale
from intake.duplicate_people import likely_people
from intake.duplicates import homes_of
from reports import drain, periods
from residents.models import Indicator, Observation, Resident


def likely_in(*villages) -> list[tuple]:
    return [(pair.first.label, pair.second.label, pair.reasons) for pair in likely_people(homes_of(villages), apart=())]


@pytest.fixture
def married(place, new_household, catalogue):
    """A daughter who stands in her parents' household and in her husband's, in the other village."""
    parents = new_household(
        place.ta_lang, "Lê Văn Tư", code="001", people=[("Lê Văn Tư", 1960), ("Lê Thị Hương", 1988), ("con gái", 2010)]
    )
    own = new_household(
        place.gian_bi,
        "Võ Văn Năm",
        code="009",
        people=[("Võ Văn Năm", 1985), ("Lê Thị Hương", 1988), ("con gái", 2010)],
    )
    return parents.residents.get(label="Lê Thị Hương"), own.residents.get(label="Lê Thị Hương")


def answer(person, code, value="yes"):
    now = timezone.now()
    return Observation.objects.create(
        household=person.household, resident=person, subject=person.pk, indicator=Indicator.objects.get(code=code),
        answer=value, effective_at=now, received_at=now,
    )  # fmt: skip


def test_one_name_and_year_in_two_households_is_listed_and_a_way_of_calling_is_not(married, place):
    reasons = ["cùng họ tên", "cùng năm sinh", "không ai khác trong địa bàn tên như vậy"]
    assert likely_in(place.ta_lang, place.gian_bi) == [("Lê Thị Hương", "Lê Thị Hương", reasons)]


@pytest.mark.parametrize(
    ("one", "other", "listed"),
    [
        (("Trần Thị Hòa", 1990), ("Tran Thi Hoa", 1990), True),
        (("Trần Thị Hòa", 1990), ("Trần Thị Hoà", None), True),
        (("Trần Thị Hòa", 1990), ("Trần Thị Hòa", 1991), True),
        (("Trần Thị Hòa", 1965), ("Trần Thị Hòa", 1990), False),
        (("Trần Thị Hòa", 1990), ("Trần Thị Hoa Mai", 1990), False),
        (("Út", 2015), ("Út", 2015), False),
    ],
)
def test_twice_in_one_household(one, other, listed, place, new_household):
    new_household(place.ta_lang, "Lê Văn Tư", people=[("Lê Văn Tư", 1960), one, other])
    assert bool(likely_in(place.ta_lang)) is listed


def test_they_are_made_one_and_two_again(married, minh, sign_in):
    at_parents, at_own = married
    answer(at_parents, "vneid2")
    answer(at_parents, "epay")
    answer(at_own, "epay", "no")
    client = sign_in(minh)
    assert "Một người, ở hộ mã 009" in client.get(reverse("intake:duplicate_people")).content.decode()
    client.post(reverse("intake:person_merge", args=[at_parents.pk, at_own.pk]))
    at_parents.refresh_from_db()
    assert (at_parents.merged_into, at_parents.residences.filter(until=None).exists()) == (at_own, False)
    held = Observation.objects.current().filter(subject=at_own.pk)
    assert set(held.values_list("indicator__code", "answer")) == {("vneid2", "yes"), ("epay", "no")}
    client.post(reverse("intake:person_undo", args=[at_parents.pk]))
    at_parents.refresh_from_db()
    assert (at_parents.merged_into, at_parents.until) == (None, None)
    assert at_parents.residences.filter(until=None).exists()
    assert set(held.all().values_list("indicator__code", "answer")) == {("epay", "no")}
    assert Resident.objects.present().count() == 6


def test_merged_twice_nobody_is_counted_twice(married, minh, sign_in, place):
    today = timezone.localdate()
    period = periods.month_containing(today)
    sign_in(minh).post(reverse("intake:person_merge", args=[married[0].pk, married[1].pk]))
    assert Stale.objects.filter(area__in=[place.ta_lang, place.gian_bi]).count() >= 2
    drain.drain(today=today)
    figures = period.figures.filter(measure="residents", area__in=[place.ta_lang, place.gian_bi, place.hoa_bac])
    assert sorted(figures.values_list("value", flat=True)) == [2, 3, 5]


def test_what_only_the_other_row_told_is_kept_and_goes_back(place, new_household, minh, sign_in):
    home = new_household(place.ta_lang, "Trần Thị Hòa", people=[("Trần Thị Hòa", None), ("Tran Thi Hoa", 1990)])
    head, other = home.residents.get(label="Trần Thị Hòa"), home.residents.get(label="Tran Thi Hoa")
    Resident.objects.filter(pk=head.pk).update(is_head=False, age_band="18-59", age_band_on=timezone.localdate())
    Resident.objects.filter(pk=other.pk).update(is_head=True, sex="f")
    client = sign_in(minh)
    client.post(reverse("intake:person_merge", args=[other.pk, head.pk]))
    head.refresh_from_db()
    assert (head.birth_year, head.sex, head.age_band, head.is_head) == (1990, "f", "", True)
    client.post(reverse("intake:person_undo", args=[other.pk]))
    head.refresh_from_db()
    other.refresh_from_db()
    assert (head.birth_year, head.sex, head.age_band, head.is_head) == (None, "", "18-59", False)
    assert (other.is_head, other.merged_into) == (True, None)


def test_two_that_are_not_one_are_not_listed_again(married, minh, sign_in, place):
    page = sign_in(minh).post(reverse("intake:person_apart", args=[person.pk for person in married]), follow=True)
    assert "Đã gộp" not in page.content.decode()
    assert likely_in(place.ta_lang, place.gian_bi) == []


def test_people_of_households_that_are_likely_one_wait_for_the_households(place, new_household, minh, sign_in):
    for code in ("001", "002"):
        new_household(place.ta_lang, "Lê Văn Tư", code=code, people=[("Lê Văn Tư", 1960), ("Lê Thị Hương", 1988)])
    page = sign_in(minh).get(reverse("intake:duplicate_people")).content.decode()
    assert "Có 1 cặp hộ nghi trùng" in page
    assert "Lê Thị Hương" not in page


def test_the_household_of_who_comes_back_must_still_be_there(married, minh, sign_in):
    at_parents, at_own = married
    client = sign_in(minh)
    client.post(reverse("intake:person_merge", args=[at_parents.pk, at_own.pk]))
    type(at_parents.household).objects.filter(pk=at_parents.household_id).update(until=timezone.localdate())
    page = client.post(reverse("intake:person_undo", args=[at_parents.pk]), follow=True).content.decode()
    assert "không trở lại hộ ấy được" in page
    at_parents.refresh_from_db()
    assert at_parents.merged_into == at_own


def test_rows_cost_no_queries(place, new_household, minh, sign_in, django_assert_max_num_queries):
    for number in range(8):
        new_household(place.ta_lang, f"Lê Văn {number}", people=[("Trần Thị Hòa", 1990), ("Tran Thi Hoa", 1990)])
    client = sign_in(minh)
    with django_assert_max_num_queries(15):
        client.get(reverse("intake:duplicate_people"))
