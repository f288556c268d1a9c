import datetime as dt

import pytest
from django.urls import reverse

from areas.models import Stale
from journal.models import Act
from residents.models import Household, Placement, Residence, Resident, Street
from tests.cast import SINCE

ADD = reverse("residents:household_add")
ROWS = {"people-TOTAL_FORMS": "2", "people-INITIAL_FORMS": "0"}


def filled(village, **more):
    return {"village": village.pk, "head_name": "Trần Văn Tám", "since": "01/09/2024", **ROWS, **more}


def url(household, name):
    return reverse(f"residents:household_{name}", args=[household.pk])


def day(value):
    return f"{value:%d/%m/%Y}"


def test_a_household_with_people_in_one_go(lan, place, sign_in):
    data = filled(
        place.ta_lang,
        head_birth_year="1970",
        head_sex="m",
        street_name="Ngõ 2",
        address="Số 5",
        **{"people-0-label": "vợ", "people-0-sex": "f", "people-1-label": "", "people-1-age_band": "14-17"},
    )
    response = sign_in(lan).post(ADD, data)
    household = Household.objects.get()
    assert response.url == reverse("residents:household_detail", args=[household.pk])
    assert (household.code, household.village, household.code_village) == ("001", place.ta_lang, place.ta_lang)
    assert household.street == Street.objects.get(village=place.ta_lang, name="Ngõ 2")
    assert [(each.label, each.is_head) for each in household.residents.all()].count(("Trần Văn Tám", True)) == 1
    assert household.residents.get(age_band="14-17").age_band_on
    assert Residence.objects.filter(household=household, since=SINCE).count() == 3
    assert Placement.objects.get().since == SINCE
    assert Stale.objects.filter(area=place.ta_lang).exists()
    assert Act.objects.filter(verb=Act.Verb.ADD, object_id=str(household.pk), actor_id=lan.pk).count() == 1


def test_a_household_known_by_numbers_only_gets_nameless_people(lan, place, sign_in):
    sign_in(lan).post(ADD, filled(place.ta_lang, **{"count_18-59": "2", "count_0-13": "1"}))
    people = Household.objects.get().residents
    assert people.filter(label="").count() == 3
    assert people.filter(age_band="18-59").count() == 2


def test_codes_run_on_and_are_not_given_again(lan, place, sign_in, new_household):
    gone = new_household(place.ta_lang, "Đã đi", code="041")
    gone.until = dt.date(2025, 1, 1)
    gone.save()
    new_household(place.gian_bi, "Thôn khác", code="900")
    sign_in(lan).post(ADD, filled(place.ta_lang))
    assert Household.objects.get(head_name="Trần Văn Tám").code == "042"


def test_a_double_tap_makes_one_household(lan, place, sign_in):
    client = sign_in(lan)
    key = str(client.get(ADD).context["form"]["key"].value())
    for _ in range(2):
        client.post(ADD, filled(place.ta_lang, key=key))
    assert str(Household.objects.get().pk) == key


def test_an_existing_street_is_used(lan, place, sign_in):
    street = Street.objects.create(village=place.ta_lang, name="Ngõ 2")
    sign_in(lan).post(ADD, filled(place.ta_lang, street_name="ngõ 2"))
    assert Household.objects.get().street == street
    assert Street.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("head_birth_year", "1830", "“1830” không hợp lệ"),
        ("since", "01/01/2999", "tương lai"),
        ("since", "31/02/2025", ""),
        ("head_name", "", "bắt buộc"),
        ("head_name", "A" * 101, "Dài quá"),
        ("head_name", "Trần\x07 Văn", "ký tự điều khiển"),
        ("phone", "12", ""),
        ("order_no", "-1", ""),
        ("count_18-59", "31", ""),
        ("note", "CCCD 048085001234", "Không được ghi"),
    ],
)
def test_wrong_input_is_told_at_its_field_and_nothing_is_written(field, value, told, lan, place, sign_in):
    data = filled(place.ta_lang, street_name="Ngõ mới") | {field: value}
    response = sign_in(lan).post(ADD, data)
    assert response.status_code == 200
    assert told in str(response.context["form"].errors[field])
    assert not Household.objects.exists()
    assert not Street.objects.exists()


def test_a_wrong_birth_year_in_a_row_is_told_there(lan, place, sign_in):
    response = sign_in(lan).post(ADD, filled(place.ta_lang, **{"people-1-birth_year": "1830"}))
    assert "“1830” không hợp lệ" in str(response.context["people"].forms[1].errors["birth_year"])
    assert not Household.objects.exists()


def test_another_wards_village_is_told_at_its_field(minh, place, sign_in):
    response = sign_in(minh).post(ADD, filled(place.bau_cau))
    assert "không thuộc địa bàn" in str(response.context["form"].errors["village"])
    assert not Household.objects.exists()


def test_before_the_village_existed(lan, place, sign_in):
    response = sign_in(lan).post(ADD, filled(place.ta_lang) | {"since": "01/08/2024", "street_name": "Ngõ 9"})
    assert "chưa có" in str(response.context["form"].errors["village"])
    assert not Household.objects.exists()
    assert not Street.objects.exists()


def test_a_number_that_is_no_card_may_be_kept(lan, place, sign_in):
    data = filled(place.ta_lang, note="Mã khách hàng điện 048085001234")
    response = sign_in(lan).post(ADD, data)
    assert "keep_text" in response.context["form"].fields
    sign_in(lan).post(ADD, data | {"keep_text": "on"})
    assert Household.objects.get().note.endswith("048085001234")


@pytest.mark.parametrize("who", ["tu", "dung", "mai", "an"])
def test_only_who_keeps_households_adds_them(who, request, place, sign_in):
    client = sign_in(request.getfixturevalue(who))
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, filled(place.ta_lang)).status_code == 403


def test_editing(lan, home, sign_in):
    data = {"head_name": "Nguyễn Văn Sáu", "address": "Số 9", "phone": "+84 905 123 456", "street_name": "Ngõ 4"}
    sign_in(lan).post(url(home, "edit"), data)
    home.refresh_from_db()
    assert (home.address, home.phone, home.street.name, home.code) == ("Số 9", "0905123456", "Ngõ 4", "001")
    act = Act.objects.get(verb=Act.Verb.CHANGE, object_id=str(home.pk))
    assert act.detail["fields"] == ["address", "phone", "street"]


@pytest.mark.parametrize("name", ["edit", "move", "leave"])
def test_members_change_no_household(name, tu, home, sign_in):
    assert sign_in(tu).get(url(home, name)).status_code == 403
    assert sign_in(tu).post(url(home, name), {}).status_code == 403


def test_moving_keeps_the_past(minh, home, place, sign_in, today):
    sign_in(minh).post(url(home, "move"), {"to": place.gian_bi.pk, "on": day(today)})
    home.refresh_from_db()
    assert (home.village, home.code, home.code_village) == (place.gian_bi, "001", place.ta_lang)
    placements = home.placements.values_list("village", "since", "until")
    assert list(placements) == [(place.ta_lang.pk, SINCE, today), (place.gian_bi.pk, today, None)]
    assert set(Stale.objects.values_list("area", flat=True)) >= {place.ta_lang.pk, place.gian_bi.pk}


@pytest.mark.parametrize(("on", "told"), [("01/01/2999", "tương lai"), ("01/09/2024", "Phải sau"), ("x", "")])
def test_moving_on_a_wrong_day(on, told, minh, home, place, sign_in):
    response = sign_in(minh).post(url(home, "move"), {"to": place.gian_bi.pk, "on": on})
    assert told in str(response.context["form"].errors["on"])
    assert home.placements.count() == 1


def test_moving_to_another_ward_is_not_offered(minh, home, place, sign_in, today):
    response = sign_in(minh).post(url(home, "move"), {"to": place.bau_cau.pk, "on": day(today)})
    assert "không thuộc địa bàn" in str(response.context["form"].errors["to"])


def test_leaving_and_coming_back(minh, home, place, sign_in, today):
    client, left = sign_in(minh), today - dt.timedelta(days=10)
    client.post(url(home, "leave"), {"on": day(left)})
    home.refresh_from_db()
    assert home.until == left
    assert not home.residents.present().exists()
    assert not Placement.objects.open().exists()
    assert "Hộ đã rời đi" in client.get(reverse("residents:household_detail", args=[home.pk])).content.decode()
    client.post(url(home, "return"), {"to": place.gian_bi.pk, "on": day(today)})
    home.refresh_from_db()
    assert (home.until, home.village) == (None, place.gian_bi)
    assert home.residents.present().count() == 3
    assert Residence.objects.open().count() == 3


def test_leaving_twice_is_refused(minh, home, sign_in, today):
    client = sign_in(minh)
    client.post(url(home, "leave"), {"on": day(today)})
    response = client.post(url(home, "leave"), {"on": day(today)})
    assert "đã rời đi" in str(response.context["form"].errors["on"])


def test_nobody_elses_household_is_changed(hoa, home, place, sign_in, today):
    client = sign_in(hoa)
    for name in ("edit", "move", "leave", "return"):
        assert client.post(url(home, name), {"on": day(today), "to": place.bau_cau.pk}).status_code == 404
    assert Household.objects.get().village == place.ta_lang
    assert Resident.objects.filter(until=None).count() == 3
