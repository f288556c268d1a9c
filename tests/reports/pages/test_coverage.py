"""The page of coverage: what it says, to whom, and what it costs."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.models import User
from accounts.rules import Role
from areas.actions import open_area
from areas.models import Area, AreaLink, AreaVersion, Level
from reports.models import StatedFigure
from tests.cast import SINCE, user_with

from .conftest import cells, text_of

URL = "/bao-cao/do-phu/"


def test_a_leader_sees_the_indicators_of_her_village(sign_in, lan, ward):
    page = text_of(sign_in(lan).get(URL))
    assert "Thôn Tà Lang" in page
    assert "VNeID mức 2" in page
    assert "25 %" in page  # one of four eligible


def test_the_ward_compares_its_villages_and_says_who_has_no_figure(sign_in, minh, ward):
    page = text_of(sign_in(minh).get(URL, {"view": "areas", "indicator": "vneid2"}))
    assert "Thôn Giàn Bí" in page
    assert "chưa có số liệu" in page
    assert "1/2 thôn" in page


def test_the_matrix_shows_every_indicator_of_every_village(sign_in, minh, ward):
    page = text_of(sign_in(minh).get(URL, {"view": "matrix"}))
    assert "Nhận QR" in page
    assert "Thôn Tà Lang" in page


def test_the_way_from_the_country_down_is_linked(sign_in, minh, place, ward):
    page = text_of(sign_in(minh).get(URL))
    for area in (place.country, place.da_nang, place.hoa_vang):
        assert f"area={area.pk}" in page


def test_another_wards_figures_are_not_there(sign_in, hoa, place, ward):
    client = sign_in(hoa)
    assert client.get(URL, {"area": place.hoa_bac.pk}).status_code == 404
    assert client.get(URL, {"area": place.ta_lang.pk}).status_code == 404
    assert client.get(URL, {"area": 987654}).status_code == 404
    assert client.get(URL, {"area": "x"}).status_code == 404


def test_above_her_own_area_only_the_total_and_her_own_are_shown(sign_in, hoa, place, ward):
    page = text_of(sign_in(hoa).get(URL, {"area": place.hoa_vang.pk, "view": "areas"}))
    assert "Xã Hòa Châu" in page
    assert "Xã Hòa Bắc" not in page


def test_who_has_no_role_with_figures_is_refused(sign_in, place, db):
    nobody = User.objects.create_user("khong", "mat-khau-thu-1", full_name="Không Vai")
    assert sign_in(nobody).get(URL).status_code == 403


@pytest.mark.parametrize("text", ["2026-13", "tháng mười", "2026-Q5", "99999"])
def test_a_period_that_cannot_be_read_is_told_in_vietnamese(sign_in, minh, ward, text):
    response = sign_in(minh).get(URL, {"period": text})
    assert response.status_code == 200
    assert "không phải là kỳ báo cáo" in text_of(response)


def test_a_period_to_come_is_refused(sign_in, minh, ward, today):
    assert "chưa bắt đầu" in text_of(sign_in(minh).get(URL, {"period": str(today.year + 2)}))
    assert "chưa đến" in text_of(sign_in(minh).get(URL, {"on": f"{today + dt.timedelta(days=1):%d/%m/%Y}"}))


def test_the_workbook_says_what_the_page_says(sign_in, minh, ward):
    rows = cells(sign_in(minh).get(URL, {"view": "areas", "indicator": "vneid2", "export": "xlsx"}))
    by_name = {row[0]: row for row in rows}
    assert by_name["Thôn Tà Lang"][1:5] == [4, 2, 1, 0.25]
    assert by_name["Thôn Giàn Bí"][1:5] == [None, None, None, None]


def test_a_told_figure_keeps_its_word_date_and_source(sign_in, minh, place, ward, today, recount):
    StatedFigure.objects.create(
        area=place.gian_bi,
        on=today - dt.timedelta(days=3),
        measure="cov:vneid2",
        rate=80,
        qualifier="hơn",
        source="UBND xã Hòa Bắc",
        document="Bài viết thử",
        entered_at="2026-01-01T00:00:00+07:00",
    )
    recount()
    page = text_of(sign_in(minh).get(URL, {"area": place.gian_bi.pk}))
    assert "hơn 80 %" in page
    assert "UBND xã Hòa Bắc" in page
    assert "Bài viết thử" in page


def test_a_share_over_a_hundred_is_shown_with_a_mark(sign_in, minh, place, ward, today, recount):
    StatedFigure.objects.create(
        area=place.gian_bi, on=today, measure="cov:qr", eligible=100, reached=104, source="Xã",
        entered_at="2026-01-01T00:00:00+07:00",
    )  # fmt: skip
    recount()
    page = text_of(sign_in(minh).get(URL, {"area": place.gian_bi.pk}))
    assert "104 %" in page
    assert "vượt 100 %" in page


def test_a_closed_village_goes_to_its_last_period_with_a_notice(sign_in, minh, place, ward, today):
    since = today - dt.timedelta(days=100)
    AreaVersion.objects.filter(area=place.gian_bi).update(until=since)
    AreaLink.objects.filter(descendant=place.gian_bi).update(until=since)
    Area.objects.filter(pk=place.gian_bi.pk).update(until=since)
    response = sign_in(minh).get(URL, {"area": place.gian_bi.pk}, follow=True)
    assert response.status_code == 200
    assert f"Thôn Giàn Bí kết thúc hoạt động từ {since:%d/%m/%Y}" in text_of(response)


def test_before_its_first_day_an_area_goes_to_its_first_period(sign_in, minh, ward):
    response = sign_in(minh).get(URL, {"period": "2024-03"}, follow=True)
    assert "có từ 01/09/2024" in text_of(response)


def test_thirty_villages_cost_as_many_queries_as_two(
    sign_in, minh, place, ward, recount, django_assert_max_num_queries
):
    client = sign_in(minh)
    for params in ({"view": "areas"}, {"view": "matrix"}, {}):
        client.get(URL, params)
        with django_assert_max_num_queries(12) as few:
            client.get(URL, params)
        for number in range(30):
            open_area(
                by=None, level=Level.VILLAGE, kind="Thôn", name=f"Thôn {params.get('view', 'x')} {number}",
                parent=place.hoa_bac, code="", since=SINCE,
            )  # fmt: skip
        recount()
        client.get(URL, params)
        with django_assert_max_num_queries(12) as many:
            client.get(URL, params)
        assert len(many) <= len(few)


def test_a_viewer_sees_figures_but_no_list_of_households(sign_in, place, ward):
    viewer = user_with("xem", "Đỗ Văn Xem", Role.VIEWER, place.hoa_bac)
    client = sign_in(viewer)
    assert "Xem danh sách" not in text_of(client.get(URL, {"area": place.ta_lang.pk}))
