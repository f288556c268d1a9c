"""Card numbers, passwords and OTP in what phones send: the visit counts, the text waits or goes back."""

from __future__ import annotations

import pytest
from django.utils import timezone
from uuid6 import uuid7

from field.deciding import decide
from field.models import HeldItem
from residents.models import Household, Visit

SECRET = "CCCD 049088001234, mật khẩu 1234"


@pytest.fixture
def doubtful(phone, home):
    visit = phone.visit(home, note=SECRET)
    (result,) = phone.push(visit).json()["results"]
    assert (result["code"], result["kept_back"]) == ("applied", ["note"])
    return visit


def test_the_visit_is_written_without_its_note(phone, home, person, doubtful):
    assert Visit.objects.get().note == ""
    assert HeldItem.objects.get().kind == HeldItem.Kind.TEXT
    assert phone.send(phone.seen(home, resident=person, visit=doubtful)) == ["applied"]
    (again,) = phone.push(doubtful).json()["results"]
    assert again["replayed"]
    assert again["kept_back"] == ["note"]
    assert HeldItem.objects.count() == 1


@pytest.mark.parametrize(("decision", "note"), [("apply", SECRET), ("skip", "")])
def test_the_ward_keeps_the_note_or_throws_it_away(doubtful, minh, decision, note):
    decide(HeldItem.objects.get(), decision, by=minh, at=timezone.now())
    assert Visit.objects.get().note == note
    assert "1234" not in str(HeldItem.objects.get().raw)


def test_the_page_does_not_show_the_number_whole(doubtful, minh, sign_in):
    text = sign_in(minh).get("/field/may/").content.decode()
    assert "Xóa ghi chú" in text
    assert "049088001234" not in text


def test_who_looked_again_keeps_the_note(phone, home):
    (result,) = phone.push(phone.visit(home, note="Thửa đất số 123456789", keep_text=True)).json()["results"]
    assert "kept_back" not in result
    assert Visit.objects.get().note == "Thửa đất số 123456789"


def test_a_name_with_a_card_number_goes_back_to_the_phone(phone, place, home, person):
    made = str(uuid7())
    data = {"household": made, "village": place.ta_lang.pk, "head_name": "Ông Năm 049088001234"}
    edit = {"resident": str(person.pk), "set": {"label": "mật khẩu 12"}, "was": {"label": person.label}}
    answer = phone.push(phone.item("household.add", data), phone.item("resident.edit", edit)).json()
    assert [list(result["errors"]) for result in answer["results"]] == [["head_name"], ["label"]]
    assert not Household.objects.filter(pk=made).exists()
    assert phone.send(phone.item("household.add", data | {"keep_text": True})) == ["applied"]
