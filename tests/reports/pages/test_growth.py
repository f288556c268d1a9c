"""Growth between two days or two periods, told or counted."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.models import User
from areas.actions import open_area
from areas.models import Area, AreaLink, AreaVersion, Level
from reports import periods
from reports.forms import moment
from reports.models import Period, StatedFigure
from reports.stated import load_published

from .conftest import cells, text_of

URL = "/bao-cao/tang-truong/"


@pytest.fixture
def map_of_2022(place):
    """The areas of the cast since 2022, and Lạng Sơn: the published figures are older than the cast."""
    open_area(
        by=None, level=Level.PROVINCE, kind="Tỉnh", name="Tỉnh Lạng Sơn", parent=place.country, code="20",
        since=dt.date(2024, 9, 1),
    )  # fmt: skip
    for model in (Area, AreaVersion, AreaLink):
        model.objects.update(since=dt.date(2022, 1, 1))


def test_the_ministrys_figures_of_may_2022(sign_in, an, map_of_2022, recount):
    load_published()
    client = sign_in(an)
    asked = {"before": "13/05/2022", "after": "26/05/2022"}
    assert "Đang tính số liệu của mốc này" in text_of(client.get(URL, asked))
    recount()
    page = text_of(client.get(URL, asked))
    for said in ("+73,3 %", "+90 %", "+113 %", "suy ra 13/05/2022", "15/63", "26/63", "khoảng 9.624"):
        assert said in page
    rows = {row[0]: row for row in cells(client.get(URL, {**asked, "export": "xlsx"}))}
    assert rows["Số tổ"][2] == 9624
    assert rows["Số tổ"][4] == 18286


def test_lang_son_is_complete_down_to_the_commune(sign_in, an, map_of_2022, recount):
    load_published()
    lang_son = Area.objects.get(name="Tỉnh Lạng Sơn")
    periods.month_of(2022, 6)
    recount()
    page = text_of(sign_in(an).get("/bao-cao/to/", {"area": lang_son.pk, "period": "2022-06"}))
    assert "đủ 100 % đến cấp xã" in page


@pytest.mark.parametrize(
    ("text", "label"),
    [("13/05/2022", "Ngày 13/05/2022"), ("5/2022", "Tháng 5/2022"), ("2022-Q2", "Quý II/2022"), ("2022", "Năm 2022")],
)
def test_an_end_is_a_day_or_a_period(db, text, label):
    assert moment(text).label == label


@pytest.mark.parametrize("text", ["31/02/2022", "hôm qua", "13/2022", "5/99"])
def test_an_end_that_cannot_be_read_is_told(sign_in, minh, ward, text):
    response = sign_in(minh).get(URL, {"before": text})
    assert response.status_code == 200
    assert "không phải là" in text_of(response)


def test_the_later_end_comes_later(sign_in, minh, ward):
    page = text_of(sign_in(minh).get(URL, {"before": "2026-10", "after": "2026-09"}))
    assert "Mốc sau phải muộn hơn mốc trước." in page


def test_a_share_grows_in_points_by_village(sign_in, minh, place, ward, today):
    rows = cells(sign_in(minh).get(URL, {"measure": "cov:vneid2", "export": "xlsx"}))
    by_name = {row[0]: row for row in rows}
    assert by_name["Thôn Tà Lang"][1] in (0, None)
    assert by_name["Thôn Tà Lang"][3] == 0.25


def test_another_wards_growth_is_not_there(sign_in, hoa, place, ward):
    assert sign_in(hoa).get(URL, {"area": place.hoa_bac.pk}).status_code == 404


def test_who_has_no_posting_is_refused(sign_in, db):
    nobody = User.objects.create_user("khong", "mat-khau-thu-1", full_name="Không Vai")
    assert sign_in(nobody).get(URL).status_code == 403


def test_a_day_that_was_never_counted_says_so_and_comes_again(sign_in, minh, ward, monkeypatch):
    monkeypatch.setattr("reports.views.parts.drain_if_quick", lambda *areas, **how: False)
    client, asked = sign_in(minh), {"before": "13/05/2026", "after": "14/06/2026"}
    response = client.get(URL, asked)
    assert "Đang tính số liệu của mốc này lần đầu." in text_of(response)
    assert response["Refresh"] == "5"
    Period.objects.update(counted_on=dt.date(2999, 1, 1))
    assert "Refresh" not in client.get(URL, asked).headers


def test_growth_costs_at_most_twelve_queries(sign_in, minh, ward, django_assert_max_num_queries):
    client = sign_in(minh)
    client.get(URL)
    with django_assert_max_num_queries(12):
        client.get(URL)


def test_a_told_number_keeps_its_word(sign_in, minh, place, ward, today, recount):
    for days, value in ((40, 2), (2, 5)):
        StatedFigure.objects.create(
            area=place.gian_bi, on=today - dt.timedelta(days=days), measure="teams", value=value, qualifier="gần",
            source="Xã", entered_at="2026-01-01T00:00:00+07:00",
        )  # fmt: skip
    recount()
    page = text_of(sign_in(minh).get(URL, {"area": place.gian_bi.pk}))
    assert "gần 5" in page
