"""The list of areas and the page of one: by the map of the day, for whom it is."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from areas.actions import change_area, open_area
from areas.models import Area, AreaVersion, Level
from journal.models import Act

LIST = reverse("areas:area_list")


def detail(area, **query):
    return reverse("areas:area_detail", args=[area.pk], query=query)


def test_the_list_holds_the_areas_of_her_reach_only(place, sign_in, minh):
    page = sign_in(minh).get(LIST).content.decode()
    assert "Xã Hòa Bắc" in page
    assert "Thôn Tà Lang" in page
    assert "Hòa Châu" not in page
    assert "Huyện Hòa Vang</a>" not in page


def test_search_knows_no_tones_and_finds_codes(place, sign_in, mai):
    client = sign_in(mai)
    assert "Thôn Bàu Cầu" in client.get(LIST, {"q": "bau cau"}).content.decode()
    page = client.get(LIST, {"q": "20323"}).content.decode()
    assert "Xã Hòa Châu" in page
    assert "Thôn Bàu Cầu" not in page


def test_the_list_is_of_a_level_and_within_an_area(place, sign_in, mai):
    client = sign_in(mai)
    assert "Thôn Tà Lang" not in client.get(LIST, {"level": Level.WARD}).content.decode()
    page = client.get(LIST, {"within": place.hoa_chau.pk}).content.decode()
    assert "Thôn Đông Hòa" in page
    assert "Thôn Tà Lang" not in page


def test_the_list_is_by_the_names_of_the_day(place, sign_in, minh):
    change_area(by=None, area=place.ta_lang, since=dt.date(2026, 1, 1), name="Thôn Tà Lang Mới")
    client = sign_in(minh)
    assert "Thôn Tà Lang Mới" in client.get(LIST).content.decode()
    before = client.get(LIST, {"on": "31/12/2025"}).content.decode()
    assert "Thôn Tà Lang<" in before
    assert "Tà Lang Mới" not in before


@pytest.mark.parametrize("query", [{"on": "31/12/2090"}, {"on": "hôm qua"}, {"level": "9"}, {"within": "x"}])
def test_a_question_not_understood_lists_nothing_and_says_so(place, sign_in, minh, query):
    response = sign_in(minh).get(LIST, query)
    assert response.status_code == 200
    assert not response.context["page"].paginator.count


def test_the_workbook_has_the_rows_of_the_page(place, sign_in, minh):
    response = sign_in(minh).get(LIST, {"export": "xlsx", "q": "thon"})
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    cells = [cell.value for row in sheet.iter_rows() for cell in row]
    assert "Thôn Tà Lang" in cells
    assert "Thôn Bàu Cầu" not in cells
    assert Act.objects.filter(verb=Act.Verb.EXPORT, actor_id=minh.pk).exists()


def test_a_district_that_is_gone_is_listed_as_of_its_last_day(place, sign_in, dung):
    for area in (place.hoa_bac, place.hoa_chau):
        change_area(by=None, area=area, since=dt.date(2025, 7, 1), parent=place.da_nang)
    AreaVersion.objects.filter(area=place.hoa_vang).update(until=dt.date(2025, 7, 1))
    Area.objects.filter(pk=place.hoa_vang.pk).update(until=dt.date(2025, 7, 1))
    response = sign_in(dung).get(LIST)
    assert response.context["day"] == dt.date(2025, 6, 30)
    assert "Xã Hòa Châu" in response.content.decode()


def test_the_page_shows_the_way_up_the_children_in_natural_order_and_the_map_of_the_day(place, sign_in, minh):
    for number in (10, 2):
        name = f"Tổ {number}"
        open_area(by=None, level=Level.VILLAGE, kind="Tổ", name=name, parent=place.hoa_bac, since=dt.date(2025, 1, 1))
    response = sign_in(minh).get(detail(place.hoa_bac))
    page = response.content.decode()
    page = page.partition("breadcrumbs")[2]
    assert page.index("Thành phố Đà Nẵng") < page.index("Huyện Hòa Vang") < page.index("Xã Hòa Bắc")
    assert page.index("Tổ 2") < page.index("Tổ 10")
    assert "Theo bản đồ hành chính" in page


def test_an_area_of_others_is_not_there(place, sign_in, minh, thu):
    assert sign_in(minh).get(detail(place.hoa_chau)).status_code == 404
    assert sign_in(thu).get(detail(place.ta_lang)).status_code == 404
    assert sign_in(minh).get(reverse("areas:area_detail", args=[10**18])).status_code == 404


def test_those_above_and_below_and_the_leader_read_the_page(place, sign_in, mai, dung, lan):
    for user in (mai, dung, lan):
        assert sign_in(user).get(detail(place.ta_lang)).status_code == 200
    assert sign_in(lan).get(detail(place.hoa_bac)).status_code == 200


def test_what_it_came_from_stands_there_after_a_reorganisation(place, sign_in, minh, reorganise):
    reorganise("20293", "Thôn Tà Lang,Thôn Mới,,,,,,", "Thôn Giàn Bí,Thôn Mới,,,,,,")
    merged = Area.objects.get(name="Thôn Mới")
    client = sign_in(minh)
    page = client.get(detail(merged)).content.decode()
    assert "Số liệu trước 01/10/2026" in page
    assert f'href="{detail(place.ta_lang)}"' in page
    gone = client.get(detail(place.ta_lang)).content.decode()
    assert "không còn từ ngày 01/10/2026" in gone
    assert f'href="{detail(merged)}"' in gone
    assert client.get(detail(place.hoa_bac, on="30/09/2026")).content.decode().count("Thôn Mới") == 0


def test_a_divided_one_says_that_it_cannot_be_compared(place, sign_in, minh, reorganise):
    reorganise("20293", "Thôn Tà Lang,Thôn A,một phần,x,,,,", "Thôn Tà Lang,Thôn B,một phần,,,,,")
    page = sign_in(minh).get(detail(place.ta_lang)).content.decode()
    assert "không so sánh được" in page


def test_queries_of_the_list_and_the_page_do_not_grow_with_rows(place, sign_in, minh):
    client = sign_in(minh)
    counts = []
    for name in ("Thôn A", "Thôn B"):
        counts.append([])
        for url in (LIST, detail(place.hoa_bac)):
            client.get(url)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get(url)
            counts[-1].append(len(queries))
        for number in range(30):
            title = f"{name} {number}"
            open_area(
                by=None, level=Level.VILLAGE, kind="Thôn", name=title, parent=place.hoa_bac, since=dt.date(2025, 1, 1)
            )
    assert counts[0] == counts[1]
    assert counts[0][0] <= 12


def test_nobody_reads_without_a_posting_or_signing_in(place, client, sign_in, django_user_model):
    assert client.get(LIST).status_code == 302
    idle = django_user_model.objects.create_user("x", "mat-khau-thu-1", full_name="X")
    assert sign_in(idle).get(LIST).status_code == 403
    assert sign_in(idle).get(detail(place.hoa_bac)).status_code == 404
