"""The home page of each kind of work."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.rules import Role
from areas.models import Stale
from reports import drain
from reports.models import Period
from tests.cast import user_with

from .conftest import text_of


def test_a_leader_sees_how_far_her_village_is_and_who_is_left(sign_in, lan, place, ward):
    page = text_of(sign_in(lan).get("/"))
    assert "Thôn Tà Lang" in page
    assert "1/4 người" in page
    assert "Còn 3 người" in page
    assert "Ghi lượt hỗ trợ" in page


def test_a_ward_sees_who_lags_and_who_has_not_reported(sign_in, minh, ward):
    page = text_of(sign_in(minh).get("/"))
    assert "Chưa báo cáo kỳ này" in page
    assert "Thôn Giàn Bí" in page
    assert "Cấp tài khoản" in page


def test_a_ward_finds_its_registers_and_what_was_stated(sign_in, minh, place, ward):
    page = sign_in(minh).get("/").content.decode()
    assert f'href="{reverse("reports:registers_list", args=[place.hoa_bac.pk])}"' in page
    assert f'href="{reverse("reports:stated_list")}"' in page
    coverage = sign_in(minh).get(reverse("reports:coverage")).content.decode()
    assert f'href="{reverse("reports:registers_list", args=[place.hoa_bac.pk])}"' in coverage


def test_a_leader_finds_a_household_from_home(sign_in, lan, ward):
    page = sign_in(lan).get("/").content.decode()
    assert f'action="{reverse("residents:household_list")}"' in page
    assert 'name="q"' in page


def test_a_ward_leader_has_no_doors_he_may_not_open(sign_in, place, ward):
    leader = user_with("lanhdao", "Ngô Văn Lãnh", Role.WARD_LEADER, place.hoa_bac)
    page = text_of(sign_in(leader).get("/"))
    assert "Thêm hộ" not in page
    assert "Thôn Tà Lang" in page


def test_above_the_ward_areas_are_ranked(sign_in, dung, mai, ward):
    assert "Xã Hòa Bắc" in text_of(sign_in(dung).get("/"))
    assert "Huyện Hòa Vang" in text_of(sign_in(mai).get("/"))


def test_the_administrator_finds_the_system(sign_in, an, ward):
    page = text_of(sign_in(an).get("/"))
    assert "Hệ thống" in page
    assert "Nhật ký" in page


def test_somebody_without_a_posting_is_told_so(sign_in, db):
    nobody = User.objects.create_user("khong", "mat-khau-thu-1", full_name="Không Vai")
    assert "Chưa được phân công địa bàn" in text_of(sign_in(nobody).get("/"))


EVERYBODY = pytest.mark.parametrize("who", ["lan", "minh", "sang", "xem", "dung", "mai", "an"])


@EVERYBODY
def test_home_costs_at_most_twelve_queries(request, sign_in, ward, who, django_assert_max_num_queries):
    client = sign_in(request.getfixturevalue(who))
    client.get("/")
    with django_assert_max_num_queries(12):
        client.get("/")


@EVERYBODY
def test_home_costs_no_more_while_figures_wait(
    request, sign_in, ward, place, today, who, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(drain, "MS_VILLAGE_PERIOD", 10_000)  # too much for a page to count by itself
    client = sign_in(request.getfixturevalue(who))
    client.get("/")
    Stale.objects.create(area=place.ta_lang, since=today)
    with django_assert_max_num_queries(12):
        assert "số liệu đang tính lại" in client.get("/").content.decode()
    Period.objects.update(counted_on=None)
    with django_assert_max_num_queries(12):
        client.get("/")


@EVERYBODY
def test_whoever_is_first_in_a_month_has_it_made_in_two_queries_more(
    request, sign_in, ward, today, who, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(drain, "MS_PERIOD", 10_000)
    client = sign_in(request.getfixturevalue(who))
    client.get("/")
    Period.objects.filter(end_on__gte=today).delete()
    with django_assert_max_num_queries(13):
        assert client.get("/").status_code == 200
    assert Period.objects.filter(kind="month", start_on__lte=today, end_on__gte=today).count() == 1
