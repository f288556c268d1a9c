"""Places where nothing is known yet, and places with more rows than a page holds."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from accounts.rules import Role
from areas.actions import open_area
from areas.models import Level
from reports.models import Period
from reports.views import cockpit, coverage_missing, monthly
from tests.cast import SINCE, user_with

from .conftest import text_of

ASKED = ["coverage", "activity", "teams_report", "growth", "why", "target_list", "monthly", "cockpit"]
VIEWS = ["coverage&view=areas", "coverage&view=matrix", "activity&view=content", "why&measure=visits"]


def new_area(level, kind, name, parent, since=SINCE):
    return open_area(by=None, level=level, kind=kind, name=f"{kind} {name}", parent=parent, since=since)


@pytest.fixture
def empty(place, indicators, today):
    """A province since today, a ward without villages, a village without households; each with somebody at work."""
    assert not Period.objects.exists()
    province = new_area(Level.PROVINCE, "Tỉnh", "Mới", place.country, today)
    ward = new_area(Level.WARD, "Xã", "Chưa Có Thôn", place.hoa_vang)
    return {
        "province": (province, user_with("tinh", "Cán bộ tỉnh", Role.PROVINCE_STAFF, province)),
        "ward": (ward, user_with("xa", "Cán bộ xã", Role.WARD_OFFICIAL, ward)),
        "village": (place.gian_bi, user_with("thon", "Tổ trưởng", Role.TEAM_LEADER, place.gian_bi)),
    }


@pytest.mark.parametrize("which", ["province", "ward", "village"])
def test_pages_of_a_place_without_anything_are_calm(empty, sign_in, which):
    area, user = empty[which]
    client = sign_in(user)
    told = {}
    for name in [*ASKED, *VIEWS]:
        page, _, more = name.partition("&")
        answer = client.get(f"{reverse(f'reports:{page}')}?area={area.pk}&{more}")
        allowed = {200} | ({403} if (which, page) == ("village", "monthly") else set())
        assert answer.status_code in allowed, name
        told[name] = text_of(answer)
    assert "Các kỳ này chưa có số liệu để vẽ." in told["coverage"]
    assert "chưa có số liệu" in told["activity"]
    assert "Kỳ trước: …" not in told["activity"]
    assert "– số thành viên" not in told["teams_report"]
    assert "Không có thay đổi" in told["why"]
    assert "Chọn một đơn vị" not in told["why"]
    assert ("Chưa có đơn vị bên dưới" in told["cockpit"]) == (which != "village")


@pytest.mark.parametrize("which", ["province", "ward", "village"])
def test_the_home_of_a_place_without_anything_is_calm(empty, sign_in, which):
    told = text_of(sign_in(empty[which][1]).get("/"))
    assert "chưa có số liệu" in told
    assert "Kỳ trước: …" not in told


def test_nothing_is_due_for_a_month_before_the_place_began(empty, sign_in, today):
    Period.objects.create(
        kind="month", label="Tháng đã qua", start_on=today - dt.timedelta(days=40), end_on=today - dt.timedelta(days=10)
    )
    assert "Tháng đã qua" in text_of(sign_in(empty["ward"][1]).get("/"))
    assert "Tháng đã qua" not in text_of(sign_in(empty["province"][1]).get("/"))


def test_long_lists_are_shown_page_by_page(ward, place, sign_in, minh, lan, monkeypatch):
    monkeypatch.setattr(cockpit, "ON_A_PAGE", 1)
    monkeypatch.setattr(monthly, "REGISTERS_ON_A_PAGE", 1)
    monkeypatch.setattr(coverage_missing, "ON_A_PAGE", 1)
    pages = [
        (minh, f"{reverse('reports:cockpit')}?area={place.hoa_bac.pk}", "Thôn Giàn Bí", "Thôn Tà Lang"),
        (minh, f"{reverse('reports:registers_list', args=[place.hoa_bac.pk])}?", "Thôn Giàn Bí", "Thôn Tà Lang"),
        (lan, f"{reverse('reports:coverage_missing')}?area={place.ta_lang.pk}&indicator=vneid2", "Sáu", "Năm"),
    ]
    for user, url, *names in pages:
        shown = [table_of(sign_in(user).get(f"{url}&page={number}")) for number in (1, 2)]
        assert sorted([name in text for text in shown for name in names]) == [False, False, True, True], url
        assert all("Trang" in text for text in shown)


def table_of(answer) -> str:
    """The page from its table on."""
    assert answer.status_code == 200
    return text_of(answer).partition("<tbody>")[2].partition("<textarea")[0]


def test_a_ward_of_many_villages_names_the_slowest(place, indicators, sign_in, minh):
    for number in range(40):
        new_area(Level.VILLAGE, "Thôn", f"Số {number}", place.hoa_bac)
    told = text_of(sign_in(minh).get("/"))
    assert "Và 12 thôn, tổ dân phố khác." in told
    assert told.count("Xem danh sách") == 2
