import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from areas.actions import open_area
from areas.models import Level
from journal.models import Act
from teams.models import Member, SizeNorm

from ..cast import SINCE

URL = "/to/"


def shown(response) -> list[str]:
    return [team.name for team in response.context["page"]]


@pytest.fixture
def teams(place, new_team):
    return [
        new_team(place.ta_lang, "Tổ Tà Lang", members=["Nguyễn Thị Lan", "Đặng Thị Hoà"]),
        new_team(place.gian_bi, "Tổ Giàn Bí"),
        new_team(place.bau_cau, "Tổ Bàu Cầu", members=["Lê Văn Tư"]),
    ]


def test_she_sees_the_teams_of_her_areas_only(sign_in, minh, hoa, dung, lan, teams):
    assert shown(sign_in(minh).get(URL)) == ["Tổ Giàn Bí", "Tổ Tà Lang"]
    assert shown(sign_in(hoa).get(URL)) == ["Tổ Bàu Cầu"]
    assert shown(sign_in(lan).get(URL)) == ["Tổ Tà Lang"]
    assert len(shown(sign_in(dung).get(URL))) == 3


def test_a_role_without_teams_is_refused(sign_in, place):
    from accounts.rules import Role

    from ..cast import user_with

    viewer = user_with("xem", "Người Xem", Role.VIEWER, place.da_nang)
    assert sign_in(viewer).get(URL).status_code == 403


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=ta lang", ["Tổ Tà Lang"]),
        ("q=dang thi hoa", ["Tổ Tà Lang"]),
        ("leaderless=on", ["Tổ Giàn Bí"]),
        ("short=on", ["Tổ Giàn Bí", "Tổ Tà Lang"]),
        ("kind=mobile", []),
        ("state=dissolved", []),
        ("on=01/08/2024", []),
        ("on=32/13/2024", []),
        ("area=999999", []),
        ("area=x", []),
    ],
)
def test_filters_stand_in_the_address(sign_in, minh, place, teams, query, names):
    SizeNorm.objects.create(area=place.da_nang, at_least=7, since=SINCE)
    response = sign_in(minh).get(f"{URL}?{query}")
    assert response.status_code == 200
    assert shown(response) == names


def test_by_area_a_team_is_found_where_it_lives_or_serves(sign_in, minh, place, teams):
    assert shown(sign_in(minh).get(f"{URL}?area={place.ta_lang.pk}")) == ["Tổ Tà Lang"]
    assert shown(sign_in(minh).get(f"{URL}?area={place.hoa_bac.pk}")) == ["Tổ Giàn Bí", "Tổ Tà Lang"]


def test_anothers_area_looks_like_none(sign_in, minh, place, teams):
    foreign, missing = (sign_in(minh).get(f"{URL}?area={pk}") for pk in (place.bau_cau.pk, 999999))
    assert "Bàu Cầu" not in foreign.content.decode()
    shown_of = [
        str(answer.context["filter_form"].errors).replace(answer.wsgi_request.GET["area"], "")
        for answer in (foreign, missing)
    ]
    assert shown_of[0] == shown_of[1]


def test_the_norm_warns_beside_the_number(sign_in, minh, place, teams):
    SizeNorm.objects.create(area=place.da_nang, at_least=7, since=SINCE)
    SizeNorm.objects.create(area=place.ninh_binh, at_least=3, since=SINCE)
    page = sign_in(minh).get(URL).content.decode()
    assert "2/7" in page
    assert "dưới định mức" in page


def test_the_nearest_norm_in_force_that_day_holds(place, new_team, teams):
    from teams.models import Team
    from teams.norms import size_of, with_sizes

    SizeNorm.objects.create(area=place.da_nang, at_least=7, since=SINCE)
    SizeNorm.objects.create(area=place.hoa_bac, at_least=3, since=dt.date(2025, 1, 1), until=dt.date(2026, 1, 1))
    least = [
        size_of(with_sizes(Team.objects.filter(pk=teams[0].pk), day).get()).least
        for day in (dt.date(2024, 12, 31), dt.date(2025, 1, 1), dt.date(2026, 1, 1))
    ]
    assert least == [7, 3, 7]


def test_the_workbook_has_the_rows_of_the_page_and_is_in_the_journal(sign_in, minh, teams):
    Member.objects.filter(full_name="Nguyễn Thị Lan").update(phone="0905123456")
    response = sign_in(minh).get(f"{URL}?q=ta lang&export=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    assert rows[0][0] == "Tổ Tà Lang"
    assert rows[0][5] == "0905123456"
    assert "Bàu Cầu" not in str(rows)
    assert Act.objects.filter(verb=Act.Verb.EXPORT, actor_id=minh.pk).count() == 1


def test_thirty_teams_cost_as_many_queries_as_three(sign_in, minh, place, new_team):
    def cost() -> int:
        client = sign_in(minh)
        client.get(URL)  # the first request of a session writes when she was last seen
        with CaptureQueriesContext(connection) as queries:
            assert client.get(URL).status_code == 200
        return len(queries)

    for number in range(3):
        new_team(place.ta_lang, f"Tổ {number}", members=["Nguyễn Văn Một"])
    few = cost()
    for number in range(3, 24):
        village = open_area(
            by=None, level=Level.VILLAGE, kind="Thôn", name=f"Thôn {number}", parent=place.hoa_bac, since=SINCE
        )
        new_team(village, f"Tổ {number}", members=["Nguyễn Văn Một", "Trần Thị Hai"])
    assert cost() == few <= 12


def test_the_page_has_its_name(sign_in, minh):
    assert reverse("teams:team_list") == URL
    assert "Chưa có tổ nào" in sign_in(minh).get(URL).content.decode()
