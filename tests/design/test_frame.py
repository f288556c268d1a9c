"""The frame of a page: menu by rights, pager, export button, error pages."""

import pytest
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from cnscd import menu as site_menu
from cnscd.templatetags.pager import page_numbers
from tests.house.test_templates import inline


class Request:
    """What the context processor looks at."""

    def __init__(self, user, path="/"):
        self.user, self.path = user, path


def labels(user) -> set[str]:
    shown = site_menu.menu(Request(user))["menu"]
    return {line["label"] for entry in shown for line in [entry, *entry["items"]]}


def test_a_team_leader_sees_people_and_figures_but_no_management(lan):
    seen = labels(lan)
    assert {"Trang chủ", "Hộ dân", "Lượt hỗ trợ"} <= seen
    assert seen.isdisjoint({"Quản lý", "Tài khoản", "Nhật ký", "Quản trị", "Báo cáo tháng"})


def test_a_district_official_sees_no_households(dung):
    assert labels(dung).isdisjoint({"Hộ dân", "Lượt hỗ trợ"})


def test_no_more_than_six_entries_stand_side_by_side(minh):
    assert len(site_menu.menu(Request(minh))["menu"]) <= 6


def test_the_bar_says_role_and_area(lan):
    assert site_menu.menu(Request(lan))["user_place"] == "Tổ trưởng · Thôn Tà Lang"


def test_the_entry_of_the_page_and_its_group_are_marked(minh):
    shown = site_menu.menu(Request(minh, reverse("accounts:user_list") + "7/"))["menu"]
    active = [line["label"] for entry in shown for line in [entry, *entry["items"]] if line["active"]]
    assert active == ["Quản lý", "Tài khoản"]


def test_the_menu_costs_one_query(lan, django_assert_num_queries):
    lan = type(lan).objects.get(pk=lan.pk)
    with django_assert_num_queries(1):
        site_menu.menu(Request(lan))


def test_home_has_one_heading_and_a_way_past_the_menu(lan, sign_in):
    html = sign_in(lan).get("/").content.decode()
    assert html.count("<h1") == 1
    assert 'href="#noi-dung"' in html
    assert inline(html) == []


@pytest.mark.parametrize(
    ("number", "numbers"),
    [(1, [1, 2, None, 9]), (5, [1, None, 4, 5, 6, None, 9]), (9, [1, None, 8, 9])],
)
def test_the_pager_shows_ends_and_neighbours(number, numbers):
    assert page_numbers(Paginator(range(90), 10).page(number)) == numbers


def test_links_of_pager_and_export_keep_the_filters(rf):
    request = rf.get("/to/", {"q": "Tà Lang", "page": "2"})
    page = Paginator(range(90), 10).page(2)
    assert "?q=T%C3%A0+Lang&amp;page=3" in render_to_string("_pager.html", {"page": page}, request)
    assert "?q=T%C3%A0+Lang&amp;export=xlsx" in render_to_string("_export_button.html", {}, request)


@pytest.mark.parametrize("name", ["400.html", "403_csrf.html", "404.html", "500.html", "403.html"])
def test_error_pages_stand_alone(name):
    html = render_to_string(name)
    assert "Về trang chủ" in html
    assert inline(html) == []


def test_an_unknown_address_is_answered_calmly(lan, sign_in):
    answer = sign_in(lan).get("/khong-co/")
    assert answer.status_code == 404
    assert "Không tìm thấy trang" in answer.content.decode()


def test_an_old_form_is_refused_calmly():
    answer = Client(enforce_csrf_checks=True).post(reverse("accounts:sign_in"), {"username": "lan"})
    assert answer.status_code == 403
    assert "Trang đã hết hạn" in answer.content.decode()
