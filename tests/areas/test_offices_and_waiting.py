"""Offices through time, villages waiting for a place, and the pages of reorganisations."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from areas.actions import open_area
from areas.checking import problems
from areas.models import Area, Level, Office, PendingVillage, Reorganisation

PENDING = reverse("areas:pending_list")
OFFICES = reverse("areas:office_list")
EVENTS = reverse("areas:reorganisation_list")


def office_url(area):
    return reverse("areas:office_edit", args=[area.pk])


@pytest.fixture
def divided(place, minh, reorganise):
    """Xã Hòa Bắc, divided; minh follows into the main successor."""
    outcome = reorganise("497", "20293,Phường Hải Vân,một phần,x,,,20194,", "20293,Phường Hòa Khánh,một phần,,,,20195,")
    return outcome.reorganisation


def test_a_waiting_village_is_put_where_it_lies(place, divided, sign_in, minh):
    other = Area.objects.get(name="Phường Hòa Khánh")
    client = sign_in(minh)
    page = client.get(PENDING).content.decode()
    assert "Thôn Tà Lang" in page
    assert "Xã Hòa Bắc" in page
    pending = PendingVillage.objects.get(village=place.ta_lang)
    response = client.post(PENDING, {f"ward-{pending.pk}": other.pk})
    assert response.status_code == 302
    assert place.ta_lang in Area.objects.under(other, divided.effective_on)
    assert place.ta_lang in Area.objects.under(place.hoa_bac, divided.effective_on - dt.timedelta(days=1))
    pending.refresh_from_db()
    assert pending.settled_at
    assert PendingVillage.objects.get(settled_at=None).village == place.gian_bi
    assert list(problems()) == []


def test_staying_where_it_is_settles_it_too(place, divided, sign_in, minh):
    pending = PendingVillage.objects.get(village=place.gian_bi)
    main = Area.objects.get(name="Phường Hải Vân")
    sign_in(minh).post(PENDING, {f"ward-{pending.pk}": main.pk})
    pending.refresh_from_db()
    assert pending.settled_at
    assert place.gian_bi in Area.objects.under(main, divided.effective_on)


@pytest.mark.parametrize("ward", ["x", "99999999"])
def test_a_ward_that_took_no_part_is_refused(place, divided, sign_in, minh, ward):
    pending = PendingVillage.objects.get(village=place.ta_lang)
    response = sign_in(minh).post(PENDING, {f"ward-{pending.pk}": ward})
    assert response.status_code == 200
    assert response.context["form"].errors
    pending.refresh_from_db()
    assert pending.settled_at is None


def test_waiting_villages_of_others_are_not_there(place, divided, sign_in, hoa, thu, lan):
    pending = PendingVillage.objects.first()
    assert "Tà Lang" not in sign_in(hoa).get(PENDING).content.decode()
    for user in (hoa, thu):
        sign_in(user).post(PENDING, {f"ward-{pending.pk}": Area.objects.get(name="Phường Hòa Khánh").pk})
    assert sign_in(lan).get(PENDING).status_code == 403
    assert PendingVillage.objects.filter(settled_at=None).count() == 2


def test_a_village_begun_after_the_day_waits_too(place, sign_in, minh, reorganise):
    late = open_area(
        by=None, level=Level.VILLAGE, kind="Thôn", name="Thôn Muộn", parent=place.hoa_bac, since=dt.date(2026, 10, 20)
    )
    reorganise("497", "20293,Phường A,một phần,x,,,20194,", "20293,Phường B,một phần,,,,20195,")
    other = Area.objects.get(name="Phường B")
    pending = PendingVillage.objects.get(village=late)
    client = sign_in(minh)
    assert "Thôn Muộn" in client.get(PENDING).content.decode()
    client.post(PENDING, {f"ward-{pending.pk}": other.pk})
    assert late in Area.objects.under(other, dt.date(2026, 10, 20))
    assert list(problems()) == []


def test_a_village_left_open_goes_on_waiting(place, divided, sign_in, minh):
    pending = PendingVillage.objects.first()
    sign_in(minh).post(PENDING, {f"ward-{pending.pk}": ""})
    assert PendingVillage.objects.filter(settled_at=None).count() == 2


def test_who_got_a_part_reads_of_the_divided_ward(place, divided, sign_in, mai):
    address = reverse("areas:area_detail", args=[place.hoa_bac.pk])
    page = sign_in(mai).get(address).content.decode()
    assert "Chia vào, không so sánh được" in page
    assert "45/NQ-HĐND" in page


def test_an_office_changes_from_a_day_and_the_old_one_is_kept(place, sign_in, minh):
    client, address = sign_in(minh), office_url(place.hoa_bac)
    data = {"name": "UBND xã Hòa Bắc", "symbol": "BC-UBND", "signer_name": "Nguyễn A", "since": "01/09/2024"}
    assert client.post(address, data).status_code == 302
    assert client.post(address, data | {"signer_name": "Trần B", "since": "01/03/2026"}).status_code == 302
    assert list(Office.objects.order_by("since").values_list("signer_name", "until")) == [
        ("Nguyễn A", dt.date(2026, 3, 1)),
        ("Trần B", None),
    ]
    assert client.post(address, data | {"signer_name": "Trần Bê", "since": "01/03/2026"}).status_code == 302
    assert Office.objects.get(until=None).signer_name == "Trần Bê"
    assert "Trần Bê" in client.get(OFFICES).content.decode()


@pytest.mark.parametrize(
    ("data", "message"),
    [({"name": ""}, "bắt buộc"), ({"since": "01/01/2090"}, "chưa đến"), ({"since": "01/01/2020"}, "không có trong")],
)
def test_a_wrong_office_shows_the_form_again(place, sign_in, minh, data, message):
    sent = {"name": "UBND xã Hòa Bắc", "since": "01/09/2024"} | data
    response = sign_in(minh).post(office_url(place.hoa_bac), sent)
    assert response.status_code == 200
    assert message in response.content.decode()
    assert not Office.objects.exists()


def test_a_day_before_what_is_known_is_refused(place, sign_in, minh):
    Office.objects.create(area=place.hoa_bac, name="UBND", since=dt.date(2026, 1, 1))
    response = sign_in(minh).post(office_url(place.hoa_bac), {"name": "UBND", "since": "01/01/2025"})
    assert "Đã có thông tin từ ngày 01/01/2026" in response.content.decode()


def test_offices_are_listed_for_those_who_keep_them(place, sign_in, minh, lan, mai):
    page = sign_in(minh).get(OFFICES).content.decode()
    assert "Xã Hòa Bắc" in page
    assert "chưa có thông tin" in page
    assert "Hòa Châu" not in page
    assert "Thôn Tà Lang" not in page
    assert sign_in(lan).get(OFFICES).status_code == 403
    assert "Xã Hòa Châu" in sign_in(mai).get(OFFICES, {"missing": "on"}).content.decode()
    assert sign_in(mai).get(OFFICES, {"export": "xlsx"})["Content-Type"].endswith("sheet")


def test_reorganisations_are_read_by_those_whom_they_touched(place, divided, sign_in, minh, thu, mai):
    address = reverse("areas:reorganisation_detail", args=[divided.pk])
    for user in (minh, mai):
        assert "45/NQ-HĐND" in sign_in(user).get(EVENTS).content.decode()
        page = sign_in(user).get(address).content.decode()
        assert "Xã Hòa Bắc" in page
        assert "Một phần (phần chính)" in page
    assert "45/NQ-HĐND" not in sign_in(thu).get(EVENTS).content.decode()
    assert sign_in(thu).get(address).status_code == 404


def test_a_planned_one_shows_its_plan(place, sign_in, minh, reorganise):
    reorganise("20293", "Thôn Tà Lang,Thôn Mới,,,,,,", day=dt.date(2026, 12, 20))
    event = Reorganisation.objects.get()
    page = sign_in(minh).get(reverse("areas:reorganisation_detail", args=[event.pk])).content.decode()
    assert "Thôn Mới" in page
    assert "chưa thực hiện" in page
    assert event.title in sign_in(minh).get(EVENTS, {"state": "planned"}).content.decode()
