"""Vì sao số này thay đổi? The page, its workbook, and who sees the households behind a part."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from journal.models import Act
from reports import periods
from residents.models import Household

from ..pages.conftest import cells, indicators, observe, recount, text_of, today, ward

pytestmark = pytest.mark.django_db
__all__ = ["indicators", "observe", "recount", "today", "ward"]


@pytest.fixture
def days(ward, today, recount):
    """From the day before yesterday's eve to today: two were seen."""
    first, last = (today - dt.timedelta(days=back) for back in (3, 0))
    for day in (first, last):
        periods.day_period(day)
    recount()
    return {"before": f"{first:%d/%m/%Y}", "period": last.isoformat(), "measure": "cov:vneid2"}


@pytest.fixture
def ask(sign_in, days):
    def ask(user, area, **more):
        return sign_in(user).get(reverse("reports:why"), {"area": area.pk, **days, **more})

    return ask


def test_the_parts_stand_in_words(ask, minh, place):
    page = text_of(ask(minh, place.hoa_bac))
    assert "Mới được ghi nhận" in page
    assert "1 người mới được ghi nhận là đã có" in page
    assert "4 người" not in page


def test_the_workbook_leads_from_one_number_to_the_other(ask, minh, place):
    head, first, *parts, last = cells(ask(minh, place.hoa_bac, export="xlsx"))
    assert head[:4] == ["Nguyên nhân", "Đã có", "Đã hỏi", "Thuộc diện"]
    for column in (1, 2, 3):
        assert first[column] + sum(part[column] for part in parts) == last[column]


def test_the_households_of_a_part_are_journalled(ask, minh, place):
    page = text_of(ask(minh, place.hoa_bac, part="seen"))
    assert "Trần Văn Năm" in page
    assert "Lê Thị Sáu" not in page
    act = Act.objects.filter(verb=Act.Verb.VIEW).latest("pk")
    assert "Mới được ghi nhận" in act.label


def test_whoever_sees_no_people_sees_numbers_alone(ask, dung, place):
    page = text_of(ask(dung, place.hoa_bac))
    assert "1 người mới được ghi nhận là đã có" in page
    assert "part=seen" not in page
    assert ask(dung, place.hoa_bac, part="seen").status_code == 404


def test_a_household_that_now_stands_elsewhere_is_not_named(ask, minh, place, ward):
    Household.objects.filter(pk=ward.first.pk).update(village=place.bau_cau)
    page = text_of(ask(minh, place.hoa_bac, part="seen"))
    assert "Trần Văn Năm" not in page
    assert "1 hộ khác nay ở ngoài địa bàn" in page


def test_another_ward_is_not_found(ask, hoa, place):
    assert ask(hoa, place.hoa_bac).status_code == 404


def test_a_later_day_to_compare_with_shows_the_form_again(ask, minh, place):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    assert "phải sớm hơn" in text_of(ask(minh, place.hoa_bac, before=f"{tomorrow:%d/%m/%Y}"))


def test_activity_by_village_and_kind(ask, minh, place):
    page = text_of(ask(minh, place.hoa_bac, measure="visits"))
    assert "Thôn Tà Lang" in page
    assert "Lượt hỗ trợ (gặp được)" in page


def test_more_people_do_not_cost_more_queries(
    sign_in, days, minh, place, observe, new_household, recount, django_assert_max_num_queries
):
    client, asked = sign_in(minh), {"area": place.hoa_bac.pk, **days}
    for people in (0, 5):
        for number in range(people):
            household = new_household(place.ta_lang, f"Hộ {number}", people=[("A", 1990)])
            observe(household.residents.get(), "vneid2", "yes")
        recount()
        client.get(reverse("reports:why"), asked)
        with django_assert_max_num_queries(17):
            client.get(reverse("reports:why"), asked)
