import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from residents.grid import name_of, pages
from residents.models import Household, Observation

JSON = {"Accept": "application/json"}


def url(village, **query):
    return reverse("residents:grid", args=[village.pk], query={"i": ["vneid2", "broadband"], **query})


def box(code, subject, before=""):
    return name_of(code, subject.pk, before)


def held(subject, code):
    row = Observation.objects.current().filter(subject=subject.pk, indicator__code=code).first()
    return row.answer if row else None


def test_shows_a_box_for_each_person_and_indicator_of_the_day(lan, home, person, sign_in, saw):
    saw(home, "broadband", "yes")
    page = sign_in(lan).get(url(home.village)).content.decode()
    assert f'name="{box("vneid2", person("Ông Sáu"))}"' in page
    assert f'name="{box("broadband", home, "yes")}" value="x"' in page
    assert box("vneid2", person("bé Na")) not in page  # six years old


def test_only_changed_cells_become_observations(lan, home, person, saw, sign_in):
    saw(home, "broadband", "yes")
    typed = {
        box("broadband", home, "yes"): "x",
        box("vneid2", person("Ông Sáu")): "1",
        box("vneid2", person("Bà Tư")): "k",
    }
    response = sign_in(lan).post(url(home.village), typed, headers=JSON)
    answer = response.json()
    assert answer["failed"] == {}
    assert answer["saved"][box("vneid2", person("Ông Sáu"))] == box("vneid2", person("Ông Sáu"), "yes")
    rows = Observation.objects.filter(source="grid")
    assert sorted(rows.values_list("answer", flat=True)) == ["no", "yes"]


def test_the_answers_hold_from_the_day_of_the_sheet(lan, home, person, sign_in, today):
    day = today - dt.timedelta(days=7)
    target = url(home.village, on=f"{day:%d/%m/%Y}")
    sign_in(lan).post(target, {box("vneid2", person("Ông Sáu")): "x"}, headers=JSON)
    assert timezone.localdate(Observation.objects.get().effective_at) == day


def test_emptying_a_cell_takes_the_answer_back(lan, home, person, saw, sign_in):
    saw(home, "vneid2", "yes", person("Ông Sáu"))
    sign_in(lan).post(url(home.village), {box("vneid2", person("Ông Sáu"), "yes"): ""}, headers=JSON)
    assert held(person("Ông Sáu"), "vneid2") is None
    assert Observation.objects.count() == 2


def test_without_script_the_whole_form_is_saved_or_nothing(lan, home, person, sign_in):
    client = sign_in(lan)
    typed = {box("vneid2", person("Ông Sáu")): "x", box("vneid2", person("Bà Tư")): "?"}
    page = client.post(url(home.village), typed)
    assert page.status_code == 200
    assert "có 1 ô gõ sai" in page.content.decode()
    assert 'value="?"' in page.content.decode()
    assert not Observation.objects.exists()
    assert client.post(url(home.village), typed | {box("vneid2", person("Bà Tư")): "-"}).status_code == 302
    assert held(person("Bà Tư"), "vneid2") == "na"


def test_with_script_the_right_cells_are_saved_and_the_wrong_ones_named(lan, home, person, sign_in):
    typed = {box("vneid2", person("Ông Sáu")): "x", box("vneid2", person("Bà Tư")): "?"}
    answer = sign_in(lan).post(url(home.village), typed, headers=JSON).json()
    assert list(answer["failed"]) == [box("vneid2", person("Bà Tư"))]
    assert held(person("Ông Sáu"), "vneid2") == "yes"


def test_people_of_another_village_are_refused(lan, home, place, new_household, sign_in):
    other = new_household(place.gian_bi, "Khác", people=[("X", 1980)])
    typed = {box("vneid2", other.residents.get()): "x", box("broadband", other): "x", "c.vneid2.zzz.": "x"}
    answer = sign_in(lan).post(url(home.village), typed, headers=JSON).json()
    assert answer["saved"] == {}
    assert len(answer["failed"]) == 3
    assert not Observation.objects.exists()


@pytest.mark.parametrize(("who", "code"), [("hoa", 404), ("thu", 404), ("mai", 404), ("an", 404)])
def test_another_village_is_not_there(who, code, request, home, sign_in):
    client = sign_in(request.getfixturevalue(who))
    assert client.get(url(home.village)).status_code == code
    assert client.post(url(home.village), {}).status_code == code


@pytest.mark.parametrize("query", [{"on": "01/01/2999"}, {"on": "32/13/2020"}, {"i": "khong-co"}])
def test_nonsense_in_the_address_leads_back_to_the_choice(query, lan, home, sign_in):
    assert sign_in(lan).get(url(home.village, **query)).url == reverse("residents:paper")


def test_pages_hold_no_more_cells_than_a_form_takes(place, catalogue, new_household):
    from residents.card import versions_on

    for number in range(30):
        new_household(place.ta_lang, f"Hộ {number}", people=[(f"Người {each}", 1980) for each in range(10)])
    versions = [each for each in versions_on(timezone.localdate()) if each.indicator.code in ("vneid2", "epay", "dvc")]
    parted = pages(Household.objects.in_walking_order(), versions)
    assert [len(part) for part in parted] == [23, 7]


def test_costs_the_same_queries_for_30_households(lan, place, catalogue, new_household, sign_in):
    client = sign_in(lan)
    client.get(url(place.ta_lang))

    def queries():
        with CaptureQueriesContext(connection) as caught:
            client.get(url(place.ta_lang))
        return len(caught)

    for number in range(3):
        new_household(place.ta_lang, f"Hộ {number}", people=[("A", 1980)])
    few = queries()
    for number in range(27):
        new_household(place.ta_lang, f"Hộ {number}", people=[("A", 1980)])
    assert queries() == few <= 12
