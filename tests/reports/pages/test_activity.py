"""The pages of activity and of teams: the same visit, counted once, in the period and to date."""

from __future__ import annotations

import pytest

from accounts.models import User

from .conftest import cells, text_of

URL = "/bao-cao/hoat-dong/"
TEAMS = "/bao-cao/to/"


def test_the_visit_of_the_village_is_counted_in_the_ward(sign_in, minh, ward):
    page = text_of(sign_in(minh).get(URL))
    assert "Thôn Tà Lang" in page
    assert "0,5 <small>giờ</small>" in page


def test_who_has_not_reported_is_named(sign_in, minh, ward):
    page = text_of(sign_in(minh).get(URL))
    assert "Chưa có lượt đến hộ nào trong kỳ: Thôn Giàn Bí." in page


def test_results_and_topics_of_two_levels(sign_in, minh, ward):
    rows = cells(sign_in(minh).get(URL, {"view": "content", "export": "xlsx"}))
    assert rows[1:] == [["Hồ sơ đã nộp", 3, 3], ["Dịch vụ công", 1, 1], ["Hộ tịch", 1, 1]]


def test_the_workbook_of_activity_says_what_the_page_says(sign_in, minh, ward):
    by_name = {row[0]: row for row in cells(sign_in(minh).get(URL, {"export": "xlsx"}))}
    assert by_name["Thôn Tà Lang"][1:6] == [1, 1, 1, 2, 0.5]
    assert by_name["Thôn Giàn Bí"][1:6] == [None] * 5
    assert by_name["Xã Hòa Bắc"][1:6] == [1, 1, 1, 2, 0.5]


def test_teams_by_village_and_how_many_have_one(sign_in, minh, ward):
    page = text_of(sign_in(minh).get(TEAMS))
    assert "1/2" in page
    by_name = {row[0]: row for row in cells(sign_in(minh).get(TEAMS, {"export": "xlsx"}))}
    assert by_name["Thôn Tà Lang"][1:3] == [1, 2]
    assert by_name["Xã Hòa Bắc"][1:3] == [1, 2]


@pytest.mark.parametrize("url", [URL, TEAMS])
def test_another_wards_page_is_not_there(sign_in, hoa, place, ward, url):
    assert sign_in(hoa).get(url, {"area": place.hoa_bac.pk}).status_code == 404


@pytest.mark.parametrize("url", [URL, TEAMS])
def test_who_has_no_posting_is_refused(sign_in, db, url):
    nobody = User.objects.create_user("khong", "mat-khau-thu-1", full_name="Không Vai")
    assert sign_in(nobody).get(url).status_code == 403


@pytest.mark.parametrize("url", [URL, TEAMS])
def test_a_period_that_cannot_be_read_is_told(sign_in, minh, ward, url):
    assert "không phải là kỳ báo cáo" in text_of(sign_in(minh).get(url, {"period": "thang-nay"}))


@pytest.mark.parametrize("params", [{}, {"view": "content"}])
def test_activity_costs_at_most_twelve_queries(sign_in, minh, ward, params, django_assert_max_num_queries):
    client = sign_in(minh)
    client.get(URL, params)
    with django_assert_max_num_queries(12):
        client.get(URL, params)


def test_teams_cost_at_most_twelve_queries(sign_in, minh, ward, django_assert_max_num_queries):
    client = sign_in(minh)
    client.get(TEAMS)
    with django_assert_max_num_queries(12):
        client.get(TEAMS)
