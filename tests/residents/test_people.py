import datetime as dt

import pytest
from django.urls import reverse

from residents.models import Household, Residence, Resident
from tests.cast import SINCE


def url(home, name, resident=None):
    return reverse(f"residents:resident_{name}", args=[home.pk, *([resident.pk] if resident else [])])


def day(value):
    return f"{value:%d/%m/%Y}"


def test_a_label_and_an_age_band_are_enough(lan, home, sign_in, today):
    data = {"label": "con trai", "age_band": "14-17", "since": day(today), "stays": "permanent"}
    sign_in(lan).post(url(home, "add"), data)
    made = Resident.objects.get(label="con trai")
    assert (made.household, made.age_band_on, made.since) == (home, today, today)
    assert Residence.objects.get(resident=made).until is None


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("birth_year", "1830", "không hợp lệ"),
        ("birth_date", "01/01/2999", "tương lai"),
        ("since", "01/01/2999", "tương lai"),
        ("since", "01/01/2020", "Hộ mới có từ"),
        ("label", "Ông\x00A", "ký tự điều khiển"),
        ("label", "Ông A 048085001234", "Không được ghi"),
        ("stays", "moon", ""),
    ],
)
def test_wrong_input_is_told_at_its_field(field, value, told, lan, home, sign_in, today):
    data = {"label": "Ông A", "since": day(today), "stays": "permanent"} | {field: value}
    response = sign_in(lan).post(url(home, "add"), data)
    assert told in str(response.context["form"].errors[field])
    assert Resident.objects.count() == 3


def test_editing_the_head_renames_the_household(lan, home, person, sign_in):
    head = person("Ông Sáu")
    client = sign_in(lan)
    client.post(url(home, "head", head))
    home.refresh_from_db()
    assert home.head_name == "Ông Sáu"
    client.post(url(home, "edit", head), {"label": "Nguyễn Văn Sáu", "birth_year": "1961", "stays": "away"})
    home.refresh_from_db()
    head.refresh_from_db()
    assert (head.birth_year, head.stays, home.head_name) == (1961, "away", "Nguyễn Văn Sáu")


def test_there_is_one_head(lan, home, person, sign_in):
    client = sign_in(lan)
    client.post(url(home, "head", person("Ông Sáu")))
    client.post(url(home, "head", person("Bà Tư")))
    assert [each.label for each in home.residents.filter(is_head=True)] == ["Bà Tư"]


def test_leaving(lan, home, person, sign_in, today):
    sign_in(lan).post(url(home, "leave", person("Bà Tư")), {"why": "died", "on": day(today)})
    gone = person("Bà Tư")
    assert gone.until == today
    assert Residence.objects.get(resident=gone).until == today
    assert gone.history.first().history_change_reason == "Đã mất"


def test_going_to_another_household_of_the_village(lan, home, person, place, new_household, sign_in, today):
    other = new_household(place.ta_lang, "Con rể", code="002")
    wrong = {"why": "household", "to_code": "777", "on": day(today)}
    response = sign_in(lan).post(url(home, "leave", person("Bà Tư")), wrong)
    assert "777" in str(response.context["form"].errors["to_code"])
    sign_in(lan).post(url(home, "leave", person("Bà Tư")), wrong | {"to_code": "002"})
    moved = Resident.objects.get(label="Bà Tư")
    assert (moved.household, moved.until) == (other, None)
    stays = Residence.objects.filter(resident=moved).values_list("household", "since", "until")
    assert list(stays) == [(home.pk, SINCE, today), (other.pk, today, None)]


def test_a_member_who_leaves_before_joining(lan, home, person, sign_in):
    response = sign_in(lan).post(url(home, "leave", person("Bà Tư")), {"why": "moved", "on": "01/09/2024"})
    assert "Phải sau ngày" in str(response.context["form"].errors["on"])
    assert person("Bà Tư").until is None


def test_a_person_of_another_household_is_not_there(lan, home, place, new_household, sign_in):
    stranger = new_household(place.ta_lang, "Khác", people=[("X", 1990)]).residents.get()
    client = sign_in(lan)
    for name in ("edit", "leave"):
        assert client.get(url(home, name, stranger)).status_code == 404
    assert client.post(url(home, "head", stranger)).status_code == 404


@pytest.mark.parametrize(("who", "code"), [("tu", 403), ("hoa", 404), ("mai", 404), ("an", 404)])
def test_who_may_not(who, code, request, home, person, sign_in, today):
    client = sign_in(request.getfixturevalue(who))
    someone = person("Bà Tư")
    assert client.post(url(home, "add"), {"label": "x", "since": day(today)}).status_code == code
    for name in ("edit", "leave", "head"):
        assert client.post(url(home, name, someone), {}).status_code == code
    assert Resident.objects.filter(until=None).count() == 3
    assert Household.objects.count() == 1


def test_reading_sets_no_head(lan, home, person, sign_in):
    assert sign_in(lan).get(url(home, "head", person("Bà Tư"))).status_code == 405


def test_an_age_band_grows_with_the_years(home, person):
    child = Resident(age_band="14-17", age_band_on=dt.date(2026, 11, 1))
    assert child.born_on == dt.date(2012, 1, 1)
