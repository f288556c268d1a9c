"""Thôn tập thử: the whole protocol on made-up households, and nothing of it anywhere else."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.core.management import call_command
from django.utils import timezone
from uuid6 import uuid7

from areas.models import Stale
from field.models import HeldItem, PracticeItem, PracticeVillage
from field.practice import close_practice, open_practice
from field.practice_village import VILLAGE
from reports import drain
from reports.models import Figure
from residents.models import SpellDue
from tests.field.phone import Phone

# What a practice village may write, beside its own tables: receipts, the phone's row, the journal.
ITS_OWN = {
    "field.PracticeVillage", "field.PracticeItem", "field.Receipt", "field.Device", "journal.Act", "sessions.Session",
}  # fmt: skip


class Subject:
    """What the test's phone wants of a household or a person: its key."""

    def __init__(self, pk):
        self.pk = pk


@pytest.fixture
def practising(phone, minh):
    open_practice(user=phone.user, by=minh, at=timezone.now())
    return phone


def units(phone, cursor="") -> tuple[list[dict], str]:
    answer = phone.client.get(f"/api/sync/v1/changes?limit=500&cursor={cursor}").json()
    return answer["units"], answer["cursor"]


def homes(phone) -> list[dict]:
    return [unit for unit in units(phone)[0] if unit["kind"] == "household" and unit["village"] == VILLAGE]


def rows() -> dict[str, int]:
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.managed and model._meta.label not in ITS_OWN
    }


def taps(phone) -> list[dict]:
    """One of each type, a wrong one among them."""
    first = homes(phone)[0]
    home, person = Subject(first["key"]), Subject(first["people"][0]["id"])
    made_home, made_person = str(uuid7()), str(uuid7())
    visit = phone.visit(home, note="số 049088001234", at=timezone.now() + dt.timedelta(days=3))
    seen = phone.seen(home, resident=person, visit=visit)
    return [
        visit, seen, phone.retract(seen), phone.seen(home, "broadband", "no"),
        phone.item("household.add", {"household": made_home, "village": VILLAGE, "head_name": "Hộ thêm"}),
        phone.item("household.edit", {"household": first["key"], "set": {"order_no": 9}, "was": {"order_no": 3}}),
        phone.item("resident.add", {"household": made_home, "resident": made_person, "label": "cháu"}),
        phone.item("resident.edit", {"resident": made_person, "set": {"sex": "f"}, "was": {"sex": ""}}),
        phone.seen(Subject(made_home), resident=Subject(made_person)),
        phone.item("resident.leave", {"resident": first["people"][1]["id"], "why": "moved"}),
        phone.item("visit", {"village": VILLAGE, "place": "nhà văn hóa", "outcome": "met"}),
        phone.item("visit", {"household": first["key"], "outcome": "sai"}),
    ]  # fmt: skip


def test_every_kind_of_item_is_answered_and_shown_again(practising):
    items = taps(practising)
    assert practising.send(*items) == ["applied"] * 11 + ["invalid"]
    after = {unit["head"]: unit for unit in homes(practising)}
    first, made = after["Nguyễn Văn Tập"], after["Hộ thêm"]
    assert first["order_no"] == 9
    assert len(first["people"]) == 2
    assert first["last_visit"]["outcome"] == "met"
    assert first["answers"][""]["broadband"][:2] == ["no", ""]
    assert items[1]["id"] not in str(first["answers"])
    assert [(each["label"], each["sex"]) for each in made["people"]] == [("cháu", "f")]
    assert made["answers"][made["people"][0]["id"]]["vneid2"][0] == "yes"
    assert "049088001234" not in str(list(PracticeItem.objects.values_list("data", flat=True)))


def test_the_order_and_the_batches_do_not_matter(practising):
    items = taps(practising)[:-1]
    for item in reversed(items):
        practising.send(item)
    found = {unit["head"]: unit for unit in homes(practising)}
    assert found["Hộ thêm"]["answers"]
    assert not HeldItem.objects.undecided().exists()


def test_nothing_but_its_own_tables_and_receipts_is_written(practising, home, minh):
    """Whatever counts, lists or exports reads other tables: there is nothing in them to be left out."""
    items = taps(practising)
    before = rows()
    assert practising.send(*items)[-1] == "invalid"
    assert rows() == before


def test_figures_do_not_know_of_it(practising, home, person):
    today = timezone.localdate()
    practising.send(practising.seen(home, resident=person))
    drain.drain(today=today)
    figures = list(Figure.objects.order_by("pk").values_list("area", "period", "measure", "value", "reached"))
    practising.send(*taps(practising))
    assert not Stale.objects.exists()
    assert not SpellDue.objects.exists()
    call_command("figures", "--verify")
    assert list(Figure.objects.order_by("pk").values_list("area", "period", "measure", "value", "reached")) == figures


def test_hello_marks_it_and_the_scope_changes(phone, minh):
    before = phone.hello().json()
    assert [village["practice"] for village in before["scope"]["villages"]] == [False]
    open_practice(user=phone.user, by=minh, at=timezone.now())
    after = phone.hello().json()
    assert [(village["id"], village["practice"]) for village in after["scope"]["villages"]][-1] == (VILLAGE, True)
    assert after["scope_epoch"] != before["scope_epoch"]


def test_changes_tells_it_once_until_something_is_tapped(practising):
    first, cursor = units(practising)
    assert sum(unit["village"] == VILLAGE for unit in first) == 9
    assert units(practising, cursor)[0] == []
    practising.send(practising.visit(Subject(homes(practising)[3]["key"])))
    assert len(units(practising, cursor)[0]) == 9


def test_begun_again_it_is_gone_first_and_closed_it_is_gone(practising, minh):
    _, cursor = units(practising)
    open_practice(user=practising.user, by=minh, at=timezone.now())
    again, cursor = units(practising, cursor)
    assert again[0] == {"kind": "village", "key": str(VILLAGE), "village": VILLAGE, "gone": True}
    assert len(again) == 10
    close_practice(PracticeVillage.objects.get(), by=minh, at=timezone.now())
    assert units(practising, cursor)[0] == [again[0]]


def test_what_is_sent_after_it_was_closed_bothers_nobody(practising, minh):
    items = taps(practising)
    practising.send(items[4])
    close_practice(PracticeVillage.objects.get(), by=minh, at=timezone.now())
    assert practising.send(*items[:-1]) == ["applied"] * 11
    assert not HeldItem.objects.exists()
    assert "Hộ thêm" not in str(list(PracticeItem.objects.values_list("data", flat=True)))


def test_one_persons_practice_is_unknown_to_another(practising, place, hoa, asked):
    theirs = homes(practising)[0]
    other = Phone(hoa)
    other.hello()
    assert other.send(other.visit(Subject(theirs["key"]))) == ["applied"]
    assert PracticeItem.objects.filter(effective_at__gt=timezone.now() - dt.timedelta(hours=1)).count() == 0


def test_the_user_opens_and_closes_it_herself(phone):
    def do(what):
        return phone.post("practice", phone.body(do=what))

    assert do("open").json()["scope"]["villages"][-1]["practice"] is True
    keys = {unit["key"] for unit in homes(phone)}
    do("open")
    assert {unit["key"] for unit in homes(phone)} == keys
    do("again")
    assert not {unit["key"] for unit in homes(phone)} & keys
    assert [village["practice"] for village in do("close").json()["scope"]["villages"]] == [False]
    assert do("xóa").status_code == 400


def test_the_ward_opens_and_closes_it_for_its_people(lan, minh, hoa, sign_in):
    desk = sign_in(minh)
    assert "Nguyễn Thị Lan" in desk.get("/field/may/tap-thu/").content.decode()
    desk.post("/field/may/tap-thu/mo-het/")
    assert PracticeVillage.objects.open().get().user == lan
    assert "Mở từ" in desk.get("/field/may/tap-thu/").content.decode()
    desk.post(f"/field/may/tap-thu/{lan.pk}/dong/")
    assert not PracticeVillage.objects.open().exists()
    desk.post(f"/field/may/tap-thu/{lan.pk}/mo/")
    assert PracticeVillage.objects.open().exists()
    assert sign_in(hoa).post(f"/field/may/tap-thu/{lan.pk}/mo/").status_code == 404
    assert sign_in(lan).post(f"/field/may/tap-thu/{lan.pk}/mo/").status_code == 403


def test_the_command_opens_for_all_and_closes(lan, minh, capsys):
    call_command("field_practice", all=True)
    assert PracticeVillage.objects.open().get().user == lan
    call_command("field_practice", "lan", close=True)
    assert "Đã đóng 1" in capsys.readouterr().out
