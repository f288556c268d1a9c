"""The ward sees the phones of its people and decides about what waits, one tap each."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import timezone

from accounts.models import Posting
from field.models import Device, HeldItem, Receipt
from journal.models import Act
from residents.actions import edit_household
from residents.actions.visits import facts_of, replace_visit
from residents.models import Household, Observation, Resident, Visit
from tests.field.phone import Phone


@pytest.fixture
def desk(minh, sign_in):
    client = sign_in(minh)

    def decide(decision, held=None):
        held = held or HeldItem.objects.undecided().get()
        return client.post(f"/field/may/muc/{held.pk}/", {"decision": decision}, follow=True)

    decide.client = client
    return decide


def page(client) -> str:
    answer = client.get("/field/may/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_shows_phones_and_items(phone, home, person, desk):
    phone.hello(phone.visit(home))
    late = phone.seen(home, resident=person, at=timezone.now() + dt.timedelta(hours=1))
    assert phone.send(late) == ["held"]
    text = page(desk.client)
    for words in ("Nguyễn Thị Lan", "Android · Chrome", "1 mục", "Ông Sáu", "vneid2 · Đã có", "ở tương lai", "Thu hồi"):
        assert words in text


def test_other_wards_do_not_see_them(phone, home, person, hoa, sign_in):
    phone.send(phone.seen(home, resident=person, at=timezone.now() + dt.timedelta(hours=1)))
    other = sign_in(hoa)
    text = page(other)
    assert "Ông Sáu" not in text
    assert "Nguyễn Thị Lan" not in text
    held, device = HeldItem.objects.get(), Device.objects.get()
    assert other.post(f"/field/may/muc/{held.pk}/", {"decision": "apply"}).status_code == 404
    assert other.post(f"/field/may/{device.pk}/thu-hoi/").status_code == 404
    assert other.post(f"/field/may/{device.pk}/da-hoi/").status_code == 404


def test_the_visitor_herself_does_not_decide(phone, home, person):
    phone.send(phone.seen(home, resident=person, at=timezone.now() + dt.timedelta(hours=1)))
    assert phone.client.get("/field/may/").status_code == 403
    assert phone.client.post(f"/field/may/muc/{HeldItem.objects.get().pk}/", {"decision": "apply"}).status_code == 403


def test_the_district_sees_phones_and_no_items(phone, home, person, dung, sign_in):
    phone.send(phone.seen(home, resident=person, at=timezone.now() + dt.timedelta(hours=1)))
    client = sign_in(dung)
    text = page(client)
    assert "Nguyễn Thị Lan" in text
    assert "Ông Sáu" not in text
    assert client.post(f"/field/may/muc/{HeldItem.objects.get().pk}/", {"decision": "apply"}).status_code == 404


def test_decisions_are_posts(phone, home, person, desk):
    phone.send(phone.seen(home, resident=person, at=timezone.now() + dt.timedelta(hours=1)))
    assert desk.client.get(f"/field/may/muc/{HeldItem.objects.get().pk}/").status_code == 405
    assert desk.client.get(f"/field/may/{Device.objects.get().pk}/thu-hoi/").status_code == 405


def test_an_item_of_the_future_is_written_at_the_time_it_came(phone, home, person, desk):
    item = phone.seen(home, resident=person, at=timezone.now() + dt.timedelta(days=1))
    phone.send(item)
    held = HeldItem.objects.get()
    assert "Đã ghi vào sổ" in desk("apply").content.decode()
    row = Observation.objects.get()
    assert abs(row.effective_at - held.received_at) < dt.timedelta(milliseconds=1)
    assert row.recorded_by == phone.user
    assert phone.send(item) == ["applied"]
    assert Act.objects.filter(object_kind="field.helditem", actor_id=held.area.postings.model.objects.get(
        user__username="minh").user_id).exists()  # fmt: skip


def test_an_item_that_is_turned_down_stays_out(phone, home, person, desk):
    item = phone.seen(home, resident=person, at=timezone.now() + dt.timedelta(days=1))
    undo = phone.retract(item)
    assert phone.send(item, undo) == ["held", "waiting"]
    desk("skip", HeldItem.objects.get(kind="held"))
    assert not Observation.objects.exists()
    assert phone.send(item, undo) == ["held", "applied"]
    assert Receipt.objects.get(pk=item["id"]).result["declined"] is True
    assert not HeldItem.objects.undecided().exists()
    assert "đã được quyết định" in desk("apply", HeldItem.objects.get(kind="held")).content.decode()


def test_a_member_s_new_person_comes_with_the_answers_once_the_ward_agrees(phone, home, desk):
    Posting.objects.filter(user=phone.user).update(role="team_member")
    pk = phone.visit(home)["id"]
    add = phone.item("resident.add", {"household": str(home.pk), "resident": pk, "label": "con trai", "sex": "m"})
    seen = phone.seen(home)
    seen["data"]["resident"] = pk
    assert phone.send(add, seen) == ["held", "waiting"]
    desk("apply", HeldItem.objects.get(kind="held"))
    assert Resident.objects.get(pk=pk).label == "con trai"
    assert Observation.objects.get().resident_id == Resident.objects.get(pk=pk).pk
    assert phone.send(add, seen) == ["applied", "applied"]


def test_who_wins_a_conflict_is_for_the_ward_to_say(phone, home, desk, minh):
    edit_household(by=minh, household=home, order_no=14)
    data = {
        "household": str(home.pk),
        "set": {"order_no": 12, "address": "Tổ 3"},
        "was": {"order_no": None, "address": ""},
    }
    edit = phone.item("household.edit", data)
    result = phone.push(edit).json()["results"][0]
    assert (result["code"], result["server"]) == ("conflict", {"order_no": 14})
    home.refresh_from_db()
    assert (home.order_no, home.address) == (14, "Tổ 3")
    assert "trên sổ “14”, người ghi “12”" in page(desk.client)
    desk("apply")
    home.refresh_from_db()
    assert home.order_no == 12
    assert phone.send(edit) == ["applied"]


def test_a_household_that_moved_to_another_ward_is_for_that_ward(phone, home, person, place, minh, hoa, sign_in):
    from residents.actions import move_household

    today = timezone.localdate()
    item = phone.seen(home, resident=person)
    move_household(by=minh, household=home, to=place.bau_cau, on=today, today=today)
    assert phone.send(item) == ["held"]
    held = HeldItem.objects.get()
    assert held.area == place.bau_cau
    assert sign_in(minh).post(f"/field/may/muc/{held.pk}/", {"decision": "apply"}).status_code == 404
    assert sign_in(hoa).post(f"/field/may/muc/{held.pk}/", {"decision": "apply"}).status_code == 302
    assert Observation.objects.get().recorded_by == phone.user


def test_a_visit_that_the_phone_said_anew_keeps_what_was_seen_at_it(phone, home, person, desk):
    at = timezone.now() - dt.timedelta(hours=2)
    first, later = phone.visit(home, at=at), phone.visit(home, at=at, minutes=15)
    seen = phone.seen(home, resident=person, visit=first, at=at)
    assert phone.send(first, seen, phone.retract(first), later) == ["applied"] * 4
    text = desk.client.get(f"/dan-cu/luot/{later['id']}/").content.decode()
    assert "Các bản trước" in text
    assert "Không có ghi nhận nào" not in text
    desk.client.post(f"/dan-cu/luot/{later['id']}/rut-lai/", {"with_answers": "1"})
    assert Observation.objects.filter(retracts=seen["id"]).exists()


@pytest.mark.parametrize(("decision", "counted"), [("apply", 1), ("skip", 2)])
def test_a_visit_corrected_at_the_desk_is_not_taken_back_unseen(phone, home, minh, desk, decision, counted):
    at = timezone.now() - dt.timedelta(hours=2)
    first, later = phone.visit(home, at=at), phone.visit(home, at=at, minutes=15)
    assert phone.send(first) == ["applied"]
    said = Visit.objects.get()
    replace_visit(by=minh, visit=said, facts=replace(facts_of(said), minutes=20), now=timezone.now())
    assert phone.send(phone.retract(first), later) == ["held", "applied"]
    assert "Lượt đến hộ đã được người khác sửa" in page(desk.client)
    assert str(home) in page(desk.client)
    desk(decision)
    assert Visit.objects.counted().count() == counted
    assert not HeldItem.objects.undecided().exists()


def test_a_dead_letter_is_shown_with_what_is_wrong_and_put_away(phone, home, desk):
    phone.send(phone.visit(home, minutes=-1))
    assert "Phải là số nguyên từ 0 đến 1440" in page(desk.client)
    assert "Không có lựa chọn này" in desk("apply").content.decode()
    desk("skip")
    assert not HeldItem.objects.undecided().exists()


def test_what_waits_for_another_item_is_shown_after_a_week(phone, home, person, desk):
    seen = phone.seen(home, resident=person, visit=phone.visit(home))
    assert phone.send(seen) == ["waiting"]
    assert "Chờ mục khác" not in page(desk.client)
    HeldItem.objects.update(received_at=timezone.now() - dt.timedelta(days=8))
    assert "Chờ mục khác" in page(desk.client)
    desk("apply")
    assert Observation.objects.get().visit is None


def test_a_likely_duplicate_is_written_and_flagged(phone, place, home, desk):
    data = {"household": phone.visit(home)["id"], "village": place.ta_lang.pk, "head_name": "NGUYỄN VĂN SÁU"}
    result = phone.push(phone.item("household.add", data)).json()["results"][0]
    assert (result["code"], result["duplicates"]) == ("applied", [str(home.pk)])
    assert Household.objects.count() == 2
    assert "Có thể trùng" in page(desk.client)
    desk("skip")
    assert not HeldItem.objects.undecided().exists()


def test_a_lost_queue_is_shown_until_somebody_asked(phone, home, desk):
    phone.visit(home)
    phone.hello()
    assert "Máy này có thể mất 1 mục" in page(desk.client)
    desk.client.post(f"/field/may/{Device.objects.get().pk}/da-hoi/")
    assert "có thể mất" not in page(desk.client)


def test_the_page_costs_as_many_queries_for_many_as_for_one(
    phone, home, person, desk, minh, django_assert_max_num_queries
):
    future = timezone.now() + dt.timedelta(hours=1)
    phone.send(*[phone.seen(home, resident=person, at=future) for _ in range(12)])
    for _ in range(5):
        Phone(phone.user).hello()
    page(desk.client)
    with django_assert_max_num_queries(22):
        page(desk.client)


def test_receipts_follow_the_decision(phone, home, person, desk):
    item = phone.seen(home, resident=person, at=timezone.now() - dt.timedelta(days=500))
    phone.send(item)
    desk("apply")
    assert Receipt.objects.get().code == "applied"
    assert Observation.objects.get().effective_at < timezone.now() - dt.timedelta(days=499)
