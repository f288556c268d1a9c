import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from journal.models import Act
from residents.models import Household, Street, Visit

URL = reverse("residents:household_list")


def names(response):
    return [card.household.head_name for card in response.context["cards"]]


def visit(household, outcome="met", **fields):
    now = timezone.now()
    return Visit.objects.create(household=household, at=now, received_at=now, outcome=outcome, **fields)


def test_shows_what_is_missing(lan, home, sign_in):
    page = sign_in(lan).get(URL)
    assert names(page) == ["Nguyễn Văn Sáu"]
    assert "chưa hỏi" in page.content.decode()


def test_shows_only_her_own_households(minh, hoa, home, place, new_household, sign_in):
    new_household(place.bau_cau, "Lê Văn Bảy")
    assert names(sign_in(minh).get(URL)) == ["Nguyễn Văn Sáu"]
    assert names(sign_in(hoa).get(URL)) == ["Lê Văn Bảy"]


@pytest.mark.parametrize("who", ["dung", "mai", "an"])
def test_roles_without_personal_rows_are_refused(who, request, home, sign_in):
    assert sign_in(request.getfixturevalue(who)).get(URL).status_code == 403


@pytest.mark.parametrize("text", ["nguyen van sau", "SÁU", "001", "ba tu"])
def test_finds_without_tones_by_head_code_and_people(text, lan, home, place, new_household, sign_in):
    new_household(place.ta_lang, "Đặng Thị Hoà", code="002")
    assert names(sign_in(lan).get(URL, {"q": text})) == ["Nguyễn Văn Sáu"]


def test_finds_d_with_stroke(lan, home, place, new_household, sign_in):
    new_household(place.ta_lang, "Đặng Thị Hoà")
    assert names(sign_in(lan).get(URL, {"q": "dang thi hòa"})) == ["Đặng Thị Hoà"]


def test_is_in_walking_order(lan, place, catalogue, new_household, sign_in):
    second, tenth = (Street.objects.create(village=place.ta_lang, name=f"Ngõ {number}") for number in (2, 10))
    new_household(place.ta_lang, "Không Đường")
    new_household(place.ta_lang, "Ngõ Mười", street=tenth, order_no=1)
    new_household(place.ta_lang, "Hai Sau", street=second, order_no=5)
    new_household(place.ta_lang, "Hai Trước", street=second, order_no=3)
    assert names(sign_in(lan).get(URL)) == ["Hai Trước", "Hai Sau", "Ngõ Mười", "Không Đường"]


def test_filters_by_state(lan, home, place, new_household, sign_in, saw, person, today):
    client = sign_in(lan)
    away = new_household(place.ta_lang, "Trần Thị Đi")
    away.until = today
    away.save()
    appointed = new_household(place.ta_lang, "Lê Thị Hẹn")
    visit(appointed, "come_back", come_back_on=today + dt.timedelta(days=2))
    assert names(client.get(URL, {"state": "left"})) == ["Trần Thị Đi"]
    assert names(client.get(URL, {"state": "come_back"})) == ["Lê Thị Hẹn"]
    assert names(client.get(URL, {"state": "unvisited"})) == ["Nguyễn Văn Sáu"]
    assert len(names(client.get(URL, {"state": "incomplete"}))) == 2


def test_a_later_visit_settles_the_appointment(lan, home, sign_in):
    visit(home, "come_back")
    visit(home, "met")
    assert names(sign_in(lan).get(URL, {"state": "come_back"})) == []


def test_narrows_to_one_indicator(lan, home, sign_in, saw, person):
    client = sign_in(lan)
    wanted = {"state": "incomplete", "indicator": "vneid2"}
    saw(home, "vneid2", "yes", person("Ông Sáu"))
    assert names(client.get(URL, wanted)) == ["Nguyễn Văn Sáu"]
    saw(home, "vneid2", "no", person("Bà Tư"))
    assert names(client.get(URL, wanted)) == ["Nguyễn Văn Sáu"]
    assert names(client.get(URL, wanted | {"state": "unasked"})) == []
    saw(home, "vneid2", "yes", person("Bà Tư"), days_ago=0)
    assert names(client.get(URL, wanted)) == []  # bé Na is too young


@pytest.mark.parametrize("query", [{"state": "x"}, {"street": "9999"}, {"indicator": "' or 1"}, {"page": "abc"}])
def test_nonsense_in_the_address_does_no_harm(query, lan, home, sign_in):
    assert sign_in(lan).get(URL, query).status_code == 200


def test_costs_the_same_queries_for_30_households(lan, place, catalogue, new_household, sign_in):
    client = sign_in(lan)
    client.get(URL)

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(URL)
        return len(caught)

    for number in range(3):
        new_household(place.ta_lang, f"Hộ {number}", people=[("A", 1980), ("B", 2000)])
    few = queries()
    for number in range(27):
        new_household(place.ta_lang, f"Hộ {number}", people=[("A", 1980), ("B", 2000)])
    assert queries() == few <= 12


def test_the_workbook_has_the_pages_rows_and_is_journalled(lan, home, sign_in):
    response = sign_in(lan).get(URL, {"export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    values = [value for row in sheet.iter_rows(values_only=True) for value in row]
    assert "Nguyễn Văn Sáu" in values
    assert "001" in values
    act = Act.objects.get(verb=Act.Verb.EXPORT)
    assert (act.actor_id, act.detail["rows"]) == (lan.pk, 1)


def test_members_see_the_list_but_take_no_workbook(tu, home, sign_in):
    client = sign_in(tu)
    assert names(client.get(URL)) == ["Nguyễn Văn Sáu"]
    assert client.get(URL, {"export": "xlsx"}).status_code == 403
    assert Household.objects.count() == 1
