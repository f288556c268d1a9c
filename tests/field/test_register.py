"""Households and people as phones add, change and end them."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.rules import ROLE_CAN, Can
from field.models import HeldItem
from residents import spells
from residents.actions import edit_household
from residents.models import Household, Observation, Presence, Resident, Street
from tests.field.phone import Phone


def new_id(phone, home) -> str:
    return Phone(phone.user).visit(home)["id"]


def edit(phone, home, wanted, was):
    return phone.item("household.edit", {"household": str(home.pk), "set": wanted, "was": was})


def test_a_household_a_person_and_an_answer_come_in_any_order_within_a_batch(phone, place, home):
    house, man = new_id(phone, home), new_id(phone, home)
    street = Street.objects.create(village=place.ta_lang, name="Ngõ 1")
    add = phone.item(
        "household.add",
        {
            "household": house,
            "village": place.ta_lang.pk,
            "head_name": "Lê Thị Bảy",
            "street": street.pk,
            "order_no": 3,
        },
    )
    person = phone.item("resident.add", {"household": house, "resident": man, "label": "Lê Thị Bảy", "is_head": True})
    seen = phone.item("observation", {"household": house, "resident": man, "indicator": "vneid2", "answer": "no"})
    assert phone.send(seen, person, add) == ["applied"] * 3
    made = Household.objects.get(pk=house)
    assert (made.village, made.street, made.order_no, made.code) == (place.ta_lang, street, 3, "001")
    assert Observation.objects.get().resident == Resident.objects.get(pk=man)


def test_what_comes_before_the_household_waits_while_numbers_are_missing(phone, place, home):
    house = new_id(phone, home)
    add = phone.item("household.add", {"household": house, "village": place.ta_lang.pk, "head_name": "Lê Thị Bảy"})
    visit = phone.item("visit", {"household": house, "outcome": "met"})
    assert phone.send(visit) == ["waiting"]
    assert phone.send(add) == ["applied"]
    assert phone.send(visit) == ["applied"]


def test_a_household_in_another_village_is_not_added(phone, place, home):
    add = phone.item("household.add", {"household": new_id(phone, home), "village": place.gian_bi.pk, "head_name": "A"})
    assert phone.send(add) == ["held"]
    assert Household.objects.count() == 1


def test_an_id_that_is_taken_adds_nothing(phone, place, home, person):
    add = phone.item("household.add", {"household": str(home.pk), "village": place.ta_lang.pk, "head_name": "A"})
    man = phone.item("resident.add", {"household": str(home.pk), "resident": str(person.pk)})
    assert phone.send(add, man) == ["id_conflict", "id_conflict"]


def test_edits_merge_three_ways(phone, home, minh):
    edit_household(by=minh, household=home, address="Tổ 9")
    untouched = edit(phone, home, {"order_no": 5}, {"order_no": None})
    same = edit(phone, home, {"address": "Tổ 9"}, {"address": ""})
    other = edit(phone, home, {"address": "Tổ 1", "head_name": "Ông Mới"}, {"address": "", "head_name": home.head_name})
    results = phone.push(untouched, same, other).json()["results"]
    assert [each["code"] for each in results] == ["applied", "applied", "conflict"]
    assert results[2]["server"] == {"address": "Tổ 9"}
    home.refresh_from_db()
    assert (home.order_no, home.address, home.head_name) == (5, "Tổ 9", "Ông Mới")
    assert HeldItem.objects.get().detail["set"] == {"address": "Tổ 1"}


def test_a_chain_of_edits_holds_in_the_wrong_order_too(phone, home):
    first = edit(phone, home, {"order_no": 5}, {"order_no": None})
    second = edit(phone, home, {"order_no": 6}, {"order_no": 5})
    assert phone.send(second) == ["waiting"]
    assert phone.send(first) == ["applied"]
    assert phone.send(second) == ["applied"]
    home.refresh_from_db()
    assert home.order_no == 6


def test_what_the_form_would_refuse_is_invalid(phone, home, person, place):
    elsewhere = Street.objects.create(village=place.gian_bi, name="Ngõ 1")
    results = phone.push(
        edit(phone, home, {"street": elsewhere.pk}, {"street": None}),
        edit(phone, home, {"head_name": ""}, {"head_name": home.head_name}),
        edit(phone, home, {"phone": "0905"}, {"phone": ""}),
        phone.item("resident.add", {"household": str(home.pk), "resident": new_id(phone, home), "birth_year": 1830}),
        phone.item("resident.leave", {"resident": str(person.pk), "why": "moved", "on": "2020-01-01"}),
        phone.visit(home, come_back_on="2026-01-01"),
        phone.visit(home, topics=["không-có"]),
        phone.visit(home, members=[987654]),
        phone.seen(home, "broadband", resident=person),
        phone.seen(home, "vneid2"),
    ).json()["results"]
    assert {each["code"] for each in results} == {"invalid"}
    assert all(each["errors"] for each in results)


def test_a_person_is_changed_and_leaves(phone, home, person):
    change = phone.item(
        "resident.edit", {"resident": str(person.pk), "set": {"birth_year": 1961}, "was": {"birth_year": 1960}}
    )
    leave = phone.item("resident.leave", {"resident": str(person.pk), "why": "moved"})
    again = phone.item("resident.leave", {"resident": str(person.pk), "why": "died"})
    assert phone.send(change, leave, again) == ["applied"] * 3
    person.refresh_from_db()
    assert (person.birth_year, person.until) == (1961, timezone.localdate(timezone.now() - dt.timedelta(minutes=5)))


def test_merged_households_and_people_are_found_by_their_old_ids(phone, place, home, person, new_household):
    old = new_household(place.ta_lang, "Hộ Cũ", people=[("Ông Sáu", 1960)])
    old_person = old.residents.get()
    Household.objects.filter(pk=old.pk).update(merged_into=home)
    Resident.objects.filter(pk=old_person.pk).update(merged_into=person)
    visit = phone.visit(old)
    assert phone.send(visit, phone.seen(old, resident=old_person, visit=visit)) == ["applied", "applied"]
    row = Observation.objects.get()
    assert (row.household, row.resident, row.visit.household) == (home, person, home)


def test_a_visit_before_the_household_came_is_held(phone, place, new_household):
    recent = new_household(place.ta_lang, since=timezone.localdate())
    visit = phone.visit(recent, at=timezone.now() - dt.timedelta(days=30), chosen=True)
    assert phone.send(visit) == ["held"]
    assert HeldItem.objects.get().why == "absent"


def test_the_only_team_of_the_village_is_the_visit_s_team(phone, home, place, new_team):
    team = new_team(place.ta_lang, members=["Nguyễn Thị Lan", "Trần Văn Tám"])
    member = team.members.get(full_name="Trần Văn Tám")
    named = phone.visit(home, members=[member.pk])
    without = phone.visit(home, team=None)
    assert phone.send(named, without) == ["applied", "applied"]
    from residents.models import Visit

    assert [visit.team for visit in Visit.objects.order_by("pk")] == [team, None]
    assert list(Visit.objects.get(pk=named["id"]).members.all()) == [member]


def test_help_to_people_of_no_household_counts_in_the_village(phone, place):
    data = {"village": place.ta_lang.pk, "place": "Nhà văn hóa", "outcome": "met", "way": "mobile", "people_helped": 9}
    there = phone.item("visit", data)
    elsewhere = phone.item("visit", data | {"village": place.gian_bi.pk})
    neither = phone.item("visit", {"outcome": "met"})
    assert phone.send(there, elsewhere, neither) == ["applied", "held", "invalid"]


def test_a_person_added_by_mistake_is_taken_back_the_same_day(phone, home):
    made = new_id(phone, home)
    added = phone.item("resident.add", {"household": str(home.pk), "resident": made, "label": "cháu"})
    wrong = phone.item("resident.leave", {"resident": made, "why": "mistake"})
    assert phone.send(added, wrong) == ["applied", "applied"]
    resident = Resident.objects.get(pk=made)
    assert resident.until == resident.since + dt.timedelta(days=1)
    assert not resident.residences.exists()
    with transaction.atomic():
        spells.lay_out_due()
    assert not Presence.objects.filter(subject=made).exists()


def test_who_moves_away_the_day_she_came_is_refused_in_words(phone, home):
    made = new_id(phone, home)
    added = phone.item("resident.add", {"household": str(home.pk), "resident": made, "label": "cháu"})
    assert phone.send(added, phone.item("resident.leave", {"resident": made, "why": "moved"})) == ["applied", "invalid"]


def test_whoever_records_visits_sees_the_teams_there():
    """`Register.teams_serving` counts on it."""
    assert all(Can.SEE_TEAMS in may for may in ROLE_CAN.values() if Can.RECORD_VISITS in may)
