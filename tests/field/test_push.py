"""What a phone sends enters the record once, with the time it was seen."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from areas.models import Stale
from field.models import HeldItem, Receipt
from residents.models import Observation, Resident, Visit
from tests.field.phone import Phone


def test_a_visit_and_what_was_seen_are_written_once(phone, home, person):
    visit = phone.visit(home, minutes=12, people_helped=2)
    seen = phone.seen(home, resident=person, visit=visit)
    assert phone.send(visit, seen) == ["applied", "applied"]
    assert phone.send(visit, seen) == ["applied", "applied"]
    row = Visit.objects.get()
    assert (row.minutes, row.people_helped, row.source, row.recorded_by) == (12, 2, "phone", phone.user)
    answer = Observation.objects.get()
    assert (answer.answer, answer.visit, answer.subject, answer.device) == ("yes", row, person.pk, phone.device)
    assert Receipt.objects.count() == 2
    assert Stale.objects.exists()


def test_a_replay_says_so_and_gives_the_stored_answer(phone, home, person):
    item = phone.seen(home, resident=person)
    first = phone.push(item).json()
    again = phone.push(item).json()
    assert [first["results"][0]["replayed"], again["results"][0]["replayed"]] == [False, True]
    assert first["acked_through"] == again["acked_through"] == 1


def test_the_clock_of_the_phone_is_put_right(phone, home, person):
    at = timezone.now().replace(microsecond=0) - dt.timedelta(hours=2)
    phone.send(phone.seen(home, resident=person, at=at, offset_ms=-420))
    assert Observation.objects.get().effective_at == at - dt.timedelta(milliseconds=420)


def test_a_day_that_the_visitor_chose_is_not_moved(phone, home, person):
    at = timezone.now().replace(microsecond=0) - dt.timedelta(days=1)
    phone.send(phone.seen(home, resident=person, at=at, offset_ms=-86_400_000, chosen=True))
    assert Observation.objects.get().effective_at == at


def test_the_future_and_the_distant_past_are_held_and_not_shifted(phone, home, person):
    now = timezone.now()
    soon = phone.seen(home, resident=person, at=now + dt.timedelta(minutes=8))
    late = phone.seen(home, resident=person, at=now + dt.timedelta(minutes=12))
    old = phone.seen(home, resident=person, at=now - dt.timedelta(days=401))
    assert phone.send(soon, late, old) == ["applied", "held", "held"]
    assert sorted(HeldItem.objects.values_list("why", flat=True)) == ["future", "old"]


def test_what_was_taken_back_never_held(phone, home, person):
    seen = phone.seen(home, resident=person)
    assert phone.send(seen) == ["applied"]
    assert phone.send(phone.retract(seen)) == ["applied"]
    assert not Observation.objects.current().exists()


def test_a_visit_is_withdrawn(phone, home):
    visit = phone.visit(home)
    assert phone.send(visit, phone.retract(visit)) == ["applied", "applied"]
    assert Visit.objects.get().withdrawn_by == phone.user


def test_what_comes_before_its_visit_waits_for_it(phone, home, person):
    visit = phone.visit(home)
    seen = phone.seen(home, resident=person, visit=visit)
    undo = phone.retract(seen)
    answer = phone.push(undo, seen).json()
    assert [(each["code"], each["final"]) for each in answer["results"]] == [("waiting", False)] * 2
    assert answer["results"][1]["needs"] == visit["id"]
    assert answer["gaps"] == [[1, 1]]
    assert phone.send(visit) == ["applied"]
    assert phone.send(seen, undo) == ["applied", "applied"]
    assert Observation.objects.get(retracts=None).until is not None
    assert not HeldItem.objects.undecided().exists()


def test_an_answer_whose_visit_is_refused_stands_by_itself(phone, home, person):
    visit = phone.visit(home, outcome="nobody", people_helped=3)
    seen = phone.seen(home, resident=person, visit=visit)
    assert phone.send(seen) == ["waiting"]
    assert phone.send(visit) == ["invalid"]
    assert phone.send(seen) == ["applied"]
    assert Observation.objects.get().visit is None


def test_foreign_and_unknown_households_get_the_same_answer(phone, place, new_household):
    foreign = new_household(place.gian_bi)
    unknown = new_household(place.ta_lang)
    items = [phone.seen(each, "broadband") for each in (foreign, unknown)] + [
        phone.visit(each) for each in (foreign, unknown)
    ]
    unknown.placements.all().delete()
    unknown.delete()
    results = phone.push(*items).json()["results"]
    assert {each["code"] for each in results} == {"held"}
    assert len({tuple(sorted((k, str(v)) for k, v in each.items() if k != "id")) for each in results}) == 1
    assert not Observation.objects.exists()
    assert not Visit.objects.exists()
    # The ward of the household sees it; what nobody knows stays with the visitor's village.
    assert set(HeldItem.objects.values_list("area__name", flat=True)) == {"Thôn Giàn Bí", "Thôn Tà Lang"}


def test_an_id_with_other_content_or_of_another_user_is_refused(phone, home, person, minh):
    item = phone.seen(home, resident=person)
    assert phone.send(item) == ["applied"]
    other = item | {"data": item["data"] | {"answer": "no"}}
    assert phone.send(other) == ["id_conflict"]
    his = Phone(minh)
    his.hello()
    assert his.send(item) == ["id_conflict"]
    assert phone.send(item) == ["applied"]
    assert Observation.objects.get().answer == "yes"
    assert HeldItem.objects.filter(kind="dead", why="id_conflict").count() == 2


def test_an_id_of_the_record_cannot_be_taken_over(phone, home, person):
    seen = phone.seen(home, resident=person)
    phone.send(seen)
    Receipt.objects.all().delete()
    other = seen | {"seq": 2, "data": seen["data"] | {"answer": "no"}}
    assert phone.send(other) == ["id_conflict"]


def test_one_bad_item_spoils_nothing(phone, home, person):
    good = phone.seen(home, resident=person)
    bad = phone.seen(home, resident=person, answer="perhaps")
    strange = phone.item("dance", {})
    later = phone.seen(home, resident=person) | {"schema": 2}
    results = phone.push(good, bad, strange, later).json()["results"]
    assert [each["code"] for each in results] == ["applied", "invalid", "unsupported", "unsupported"]
    assert results[1]["errors"] == {"answer": "Giá trị không có trong danh sách."}
    assert HeldItem.objects.filter(kind="dead").count() == 3


def test_a_row_that_the_table_refuses_does_not_take_others_along(phone, home, person, monkeypatch):
    items = [phone.seen(home, resident=person) for _ in range(3)]
    from field import seen

    append = seen.append

    def picky(rows, **more):
        rows = list(rows)
        if any(str(row.id) == items[1]["id"] for row in rows):
            raise seen.IntegrityError
        return append(rows, **more)

    monkeypatch.setattr(seen, "append", picky)
    assert phone.send(*items) == ["applied", "invalid", "applied"]
    assert Observation.objects.count() == 2


def test_a_member_may_not_change_the_register_and_the_ward_is_asked(phone, home, place):
    from accounts.models import Posting

    Posting.objects.filter(user=phone.user).update(role="team_member")
    add = phone.item("resident.add", {"household": str(home.pk), "resident": phone.visit(home)["id"], "label": "con"})
    assert phone.send(add) == ["held"]
    assert HeldItem.objects.get().why == "rights"
    assert Resident.objects.count() == 1


def test_text_is_kept_as_written_whatever_signs_it_holds(phone, home):
    notes = ['Bà nói: "mai", {NULL}, \\N, 100 %s;\nhết', "NULL", ""]
    assert phone.send(*(phone.visit(home, note=note) for note in notes)) == ["applied"] * 3
    assert sorted(Visit.objects.values_list("note", flat=True)) == sorted(notes)
