"""Adding, pasting, renaming, correcting and closing: the forms, and who may use them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from areas.actions import change_area, close_area, open_uses
from areas.checking import problems
from areas.models import Area, PendingVillage, Reorganisation
from areas.pasting import add_villages, kind_and_name


def url(name, area):
    return reverse(f"areas:{name}", args=[area.pk])


CHANGES = ("village_add", "villages_paste", "area_edit", "village_close", "office_edit")


def target(name, place):
    return place.ta_lang if name in ("area_edit", "village_close") else place.hoa_bac


@pytest.mark.parametrize("name", CHANGES)
def test_others_do_not_find_the_page_and_those_without_the_right_are_refused(name, place, sign_in, hoa, lan, minh, thu):
    address = url(name, target(name, place))
    assert sign_in(hoa).get(address).status_code == 404
    assert sign_in(thu).post(address, {}).status_code == 404
    assert sign_in(minh).get(address).status_code == 200
    if target(name, place) == place.ta_lang:
        assert sign_in(lan).get(address).status_code == 403
        assert sign_in(lan).post(address, {}).status_code == 403


@pytest.mark.parametrize("name", ["village_add", "villages_paste"])
def test_the_district_and_the_province_see_the_ward_and_do_not_add_to_it(name, place, sign_in, dung, mai):
    for user in (dung, mai):
        assert sign_in(user).get(url(name, place.hoa_bac)).status_code == 403


def test_reading_a_form_changes_nothing(place, sign_in, minh):
    before = Area.objects.count()
    for name in CHANGES:
        sign_in(minh).get(url(name, target(name, place)), {"name": "X", "kind": "Thôn", "since": "01/01/2025"})
    assert Area.objects.count() == before


def test_a_village_is_added(place, sign_in, minh):
    data = {"kind": "Tổ dân phố", "name": "số 5", "since": "01/02/2025"}
    response = sign_in(minh).post(url("village_add", place.hoa_bac), data)
    assert response.status_code == 302
    village = Area.objects.get(name="Tổ dân phố số 5")
    assert village in Area.objects.under(place.hoa_bac, dt.date(2025, 2, 1))
    assert village not in Area.objects.under(place.hoa_bac, dt.date(2025, 1, 31))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"name": "Tà Lang"}, "đã có Thôn Tà Lang"),
        ({"name": ""}, "Trường này là bắt buộc"),
        ({"since": "01/01/2090"}, "Ngày này chưa đến"),
        ({"since": "01/01/2020"}, "có từ ngày 01/09/2024"),
        ({"since": "32/01/2025"}, "ngày"),
        ({"kind": "Hành tinh"}, "Hành tinh"),
        ({"name": "a" * 200}, "130"),
        ({"name": "a\x07b"}, "ký tự"),
    ],
)
def test_bad_input_shows_the_form_again_with_the_reason(place, sign_in, minh, data, message):
    sent = {"kind": "Thôn", "name": "Mới", "since": "01/02/2025"} | data
    before = Area.objects.count()
    response = sign_in(minh).post(url("village_add", place.hoa_bac), sent)
    assert response.status_code == 200
    assert message in response.content.decode()
    assert Area.objects.count() == before


def test_many_villages_are_pasted_all_or_none(place, sign_in, minh):
    client, address = sign_in(minh), url("villages_paste", place.hoa_bac)
    bad = "Thôn Một\nHai\nThôn một\nThôn Giàn Bí"
    response = client.post(address, {"lines": bad, "since": "01/02/2025"})
    page = response.content.decode()
    assert "Dòng 2: “Hai” chưa ghi loại" in page
    assert "Dòng 3: Thôn một trùng với dòng 1" in page
    assert "Dòng 4: Xã Hòa Bắc đã có Thôn Giàn Bí" in page
    assert not Area.objects.filter(name="Thôn Một").exists()
    good = "1. Thôn Một\nHai\n- TDP số 3\n\n"
    client.post(address, {"lines": good, "since": "01/02/2025", "default_kind": "Ấp"})
    names = ["Thôn Một", "Tổ dân phố số 3", "Ấp Hai"]
    assert Area.objects.filter(name__in=names).count() == 3


@pytest.mark.parametrize(
    ("line", "kind", "name"),
    [
        ("tổ dân phố  số 5", "Tổ dân phố", "Tổ dân phố số 5"),
        ("KHU PHỐ 3", "Khu phố", "Khu phố 3"),
        ("Khu 3", "Khu", "Khu 3"),
        ("Plei Ốp", "Plei", "Plei Ốp"),
        ("TDP 12", "Tổ dân phố", "Tổ dân phố 12"),
        ("2) Buôn Đôn", "Buôn", "Buôn Đôn"),
    ],
)
def test_the_kind_is_read_from_the_first_words(line, kind, name):
    assert kind_and_name(line) == (kind, name)


def test_a_village_of_an_old_ward_goes_the_ways_of_the_ward(place, sign_in, minh, reorganise):
    reorganise("497", "20293,Phường Hải Vân,,,,,20194,", day=dt.date(2025, 7, 1))
    hai_van = Area.objects.get(name="Phường Hải Vân")
    data = {"kind": "Thôn", "name": "Sót", "since": "01/01/2025", "ward": place.hoa_bac.pk}
    sign_in(minh).post(url("village_add", hai_van), data)
    village = Area.objects.get(name="Thôn Sót")
    assert village in Area.objects.under(place.hoa_bac, dt.date(2025, 6, 30))
    assert village in Area.objects.under(hai_van, dt.date(2025, 7, 1))
    assert not PendingVillage.objects.exists()
    assert list(problems()) == []


def test_renaming_from_a_day_keeps_the_old_name_before_it(place, sign_in, minh):
    data = {
        "way": "change", "kind": "Tổ dân phố", "name": "Tà Lang", "since": "01/03/2026",
        "decree_number": "12/QĐ-UBND", "decided_on": "20/02/2026", "issuer": "UBND xã Hòa Bắc",
    }  # fmt: skip
    assert sign_in(minh).post(url("area_edit", place.ta_lang), data).status_code == 302
    names = list(place.ta_lang.versions.order_by("since").values_list("name", flat=True))
    assert names == ["Thôn Tà Lang", "Tổ dân phố Tà Lang"]
    assert Reorganisation.objects.get().decree_number == "12/QĐ-UBND"


def test_a_typing_mistake_is_put_right_without_a_new_period(place, sign_in, minh):
    data = {"way": "correct", "kind": "Thôn", "name": "Tà Lăng"}
    assert sign_in(minh).post(url("area_edit", place.ta_lang), data).status_code == 302
    assert [version.name for version in place.ta_lang.versions.all()] == ["Thôn Tà Lăng"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"since": ""}, "Ghi ngày bắt đầu"),
        ({"since": "01/01/2090"}, "Ngày này chưa đến"),
        ({"since": "01/01/2020"}, "chọn ngày sau đó"),
        ({"name": "Tà Lang"}, "Chưa có gì thay đổi"),
        ({"name": "Giàn Bí"}, "đã có Thôn Giàn Bí"),
        ({"decided_on": "01/02/2026"}, "ghi cả số văn bản"),
    ],
)
def test_a_wrong_change_is_told_at_its_field(place, sign_in, minh, data, message):
    sent = {"way": "change", "kind": "Thôn", "name": "Khác", "since": "01/03/2026"} | data
    response = sign_in(minh).post(url("area_edit", place.ta_lang), sent)
    assert response.status_code == 200
    assert message in response.content.decode()
    assert place.ta_lang.versions.count() == 1


def test_a_ward_is_renamed_by_the_administrator_not_by_its_own_official(place, sign_in, minh, an):
    assert sign_in(minh).get(url("area_edit", place.hoa_bac)).status_code == 403
    assert sign_in(an).get(url("area_edit", place.hoa_bac)).status_code == 200


def test_an_empty_village_is_closed_and_one_in_use_is_not(place, sign_in, minh, new_household, new_team):
    new_household(place.ta_lang)
    new_team(place.ta_lang)
    client, data = sign_in(minh), {"until": "01/03/2026"}
    page = client.post(url("village_close", place.ta_lang), data).content.decode()
    assert "còn 1 hộ" in page
    assert client.post(url("village_close", place.gian_bi), data).status_code == 302
    place.gian_bi.refresh_from_db()
    assert place.gian_bi.until == dt.date(2026, 3, 1)
    assert client.get(url("village_close", place.gian_bi)).status_code == 404
    assert list(problems()) == []


def test_a_ward_with_villages_is_not_closed(place):
    assert ("địa bàn bên dưới", 2) in open_uses(place.hoa_bac)
    with pytest.raises(ValidationError, match="địa bàn bên dưới"):
        close_area(by=None, area=place.hoa_bac, until=dt.date(2026, 1, 1))


def test_a_village_moves_to_another_ward_from_a_day(place):
    change_area(by=None, area=place.ta_lang, since=dt.date(2026, 1, 1), parent=place.hoa_chau)
    assert place.ta_lang in Area.objects.under(place.hoa_chau, dt.date(2026, 1, 1))
    assert place.ta_lang in Area.objects.under(place.hoa_bac, dt.date(2025, 12, 31))
    assert list(problems()) == []


def test_a_village_cannot_move_to_a_ward_that_is_not_there_yet(place):
    with pytest.raises(ValidationError, match="chưa có hoặc đã kết thúc"):
        change_area(by=None, area=place.ta_lang, since=dt.date(2024, 1, 1), parent=place.hoa_chau)


def test_pasting_reports_every_line(place):
    with pytest.raises(ValidationError) as told:
        add_villages(by=None, ward=place.hoa_bac, lines="Hai\nThôn\n", since=dt.date(2025, 1, 1))
    assert [message[:7] for message in told.value.messages] == ["Dòng 1:", "Dòng 2:"]
