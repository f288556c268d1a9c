"""A phone is told of its villages, then only of what changed, and of what is no longer its business."""

from __future__ import annotations

import datetime as dt
import gzip

import pytest
from django.utils import timezone

from accounts.models import Posting
from areas.models import Area
from journal.models import Act
from residents.actions import edit_household, leave_household, move_household
from residents.models import Household, Street
from residents.record import NewObservation, append
from tests.field.phone import Phone


def ask(phone, cursor="", **more):
    query = {"cursor": cursor} if cursor else {}
    answer = phone.client.get("/api/sync/v1/changes", query | more)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def units(data, kind="household"):
    return {unit["key"]: unit for unit in data["units"] if unit["kind"] == kind}


def test_the_first_answer_holds_the_village(phone, place, home, person, new_household, new_team):
    Street.objects.create(village=place.ta_lang, name="Ngõ 1")
    Household.objects.filter(pk=home.pk).update(phone="0905123456", note="mật")
    new_household(place.gian_bi, "Người Nơi Khác")
    new_team(place.ta_lang, members=["Nguyễn Thị Lan"])
    answer = phone.client.get("/api/sync/v1/changes")
    data = answer.json()
    assert list(units(data)) == [str(home.pk)]
    assert units(data)[str(home.pk)]["people"][0]["label"] == "Ông Sáu"
    village = units(data, "village")[str(place.ta_lang.pk)]
    assert (village["ward"], village["streets"][0]["name"]) == ("Xã Hòa Bắc", "Ngõ 1")
    assert village["teams"][0]["members"][0]["name"] == "Nguyễn Thị Lan"
    assert data["catalogue"]["indicators"][0]["code"] == "vneid2"
    text = answer.content.decode()
    assert all(word not in text for word in ("0905123456", "mật", "Người Nơi Khác"))


def test_taking_a_village_along_is_journalled_once(phone, place, home):
    cursor = ask(phone)["cursor"]
    ask(phone, cursor)
    act = Act.objects.get(verb="export")
    assert (act.actor_id, act.area_id, act.label) == (phone.user.pk, place.ta_lang.pk, "Tải sổ hộ về điện thoại")


def test_nothing_changed_says_nothing(phone, home):
    first = ask(phone)
    again = ask(phone, first["cursor"])
    assert (again["units"], "catalogue" in again, again["more"]) == ([], False, False)


def test_an_answer_a_visit_and_an_edit_bring_the_household_again(phone, home, person, minh):
    cursor = ask(phone)["cursor"]
    visit = phone.visit(home, outcome="come_back", come_back_on=str(timezone.localdate() + dt.timedelta(days=1)))
    seen = phone.seen(home, resident=person, visit=visit)
    assert phone.send(visit, seen) == ["applied", "applied"]
    data = ask(phone, cursor)
    unit = units(data)[str(home.pk)]
    assert unit["answers"][str(person.pk)]["vneid2"][0] == "yes"
    assert unit["answers"][str(person.pk)]["vneid2"][3] == seen["id"]
    assert unit["last_visit"]["outcome"] == "come_back"
    edit_household(by=minh, household=Household.objects.get(pk=home.pk), address="Tổ 3")
    assert units(ask(phone, data["cursor"]))[str(home.pk)]["address"] == "Tổ 3"


def test_what_held_before_the_period_is_told_beside_what_holds(phone, home, person, asked):
    def see(days, answer):
        moment = timezone.now() - dt.timedelta(days=days)
        return NewObservation(
            household_id=home.pk, resident_id=person.pk, indicator_id=asked["vneid2"].pk, answer=answer,
            effective_at=moment,
        )  # fmt: skip

    append([see(70, "no"), see(0, "yes")], by=None, received_at=timezone.now())
    unit = units(ask(phone))[str(home.pk)]
    assert unit["before"] == {str(person.pk): {"vneid2": "no"}}


def test_pages_hold_what_was_asked_for_and_miss_nothing(phone, place, new_household):
    homes = {str(new_household(place.ta_lang, f"Hộ {number}").pk) for number in range(7)}
    found, cursor, rounds = set(), "", 0
    while True:
        data = ask(phone, cursor, limit=3)
        assert len(data["units"]) <= 3
        found |= set(units(data))
        cursor, rounds = data["cursor"], rounds + 1
        if not data["more"]:
            break
    assert found == homes
    assert rounds == 3


def test_a_household_that_leaves_is_gone(phone, place, home, minh):
    cursor = ask(phone)["cursor"]
    today = timezone.localdate()
    leave_household(by=minh, household=home, on=today, today=today)
    assert units(ask(phone, cursor)) == {
        str(home.pk): {"kind": "household", "key": str(home.pk), "village": place.ta_lang.pk, "gone": True}
    }


@pytest.mark.parametrize("both", [False, True])
def test_a_household_that_moves_is_gone_unless_its_new_village_is_hers_too(phone, place, home, minh, both):
    if both:
        Posting.objects.create(user=phone.user, role="team_leader", area=place.gian_bi)
    cursor = ask(phone)["cursor"]
    today = timezone.localdate()
    move_household(by=minh, household=home, to=place.gian_bi, on=today, today=today)
    told = [unit for unit in ask(phone, cursor)["units"] if unit["key"] == str(home.pk)]
    assert {unit.get("gone", False) for unit in told} == {not both}
    assert not both or {unit["village"] for unit in told} == {place.gian_bi.pk}


def test_a_village_that_left_the_scope_is_gone_and_a_new_one_comes(phone, place, home, new_household):
    before = ask(phone)
    there = new_household(place.gian_bi)
    Posting.objects.filter(user=phone.user).update(area=place.gian_bi)
    data = ask(phone, before["cursor"])
    assert data["scope_epoch"] != before["scope_epoch"]
    assert units(data, "village")[str(place.ta_lang.pk)]["gone"] is True
    assert list(units(data)) == [str(there.pk)]


@pytest.mark.parametrize("cursor", ["x", "////", "eyJlIjo5OX0", "W10", "bnVsbA", "%00", "eyJlIjoxLCJ2IjpbXSwiYyI6IiJ9"])
def test_a_cursor_that_is_not_ours_begins_again(phone, home, cursor):
    data = ask(phone, cursor)
    assert data["reset"] is True
    assert str(home.pk) in units(data)


@pytest.mark.parametrize("limit", ["0", "501", "-1", "x", "1e3", "٣", "99999999999"])
def test_a_limit_that_makes_no_sense_is_refused(phone, limit):
    assert phone.client.get("/api/sync/v1/changes", {"limit": limit}).status_code == 400


def test_the_answer_is_compressed_for_who_asks(phone, home):
    plain = phone.client.get("/api/sync/v1/changes")
    small = phone.client.get("/api/sync/v1/changes", headers={"accept-encoding": "gzip"})
    assert small["Content-Encoding"] == "gzip"
    assert b"units" in gzip.decompress(small.content)
    assert len(small.content) < len(plain.content)


def test_asking_costs_the_same_queries_for_thirty_households_as_for_three(
    phone, place, new_household, django_assert_max_num_queries
):
    for number in range(3):
        new_household(place.ta_lang, f"Hộ {number}", people=[("Bà A", 1950)])
    cursor = ask(phone)["cursor"]
    for number in range(27):
        new_household(place.ta_lang, f"Thêm {number}", people=[("Bà B", 1950)])
    with django_assert_max_num_queries(60):
        assert len(units(ask(phone, cursor))) == 27


def test_a_leader_and_an_official_hold_their_own_villages(phone, minh, place, home, new_household):
    there = new_household(place.gian_bi)
    his = Phone(minh)
    his.hello()
    assert set(units(ask(his))) == {str(home.pk), str(there.pk)}
    assert set(units(ask(phone))) == {str(home.pk)}
    assert Area.objects.filter(pk=place.gian_bi.pk).exists()
