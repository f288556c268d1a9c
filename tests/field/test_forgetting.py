"""A person is forgotten: nothing of her stays in what phones sent, and nothing waits on it."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from field.forgetting import forget
from field.models import HeldItem, Receipt


def test_items_about_the_person_are_emptied_and_closed(phone, home, person, place, new_household):
    late = timezone.now() + dt.timedelta(hours=1)
    edit = {"resident": str(person.pk), "set": {"label": "Ông Sáu Đen"}, "was": {"label": "Ông Bảy"}}
    other = new_household(place.ta_lang, "Lê Văn Tám")
    items = [
        phone.seen(home, resident=person, at=late),
        phone.item("resident.edit", edit),
        phone.visit(other, at=late, note="gọi bà Tám"),
    ]
    assert phone.send(*items) == ["held", "conflict", "held"]
    assert forget(residents=[person.pk], at=timezone.now()) == 2
    emptied = HeldItem.objects.filter(decision="forgotten")
    assert emptied.count() == 2
    assert "Sáu" not in str(list(emptied.values("raw", "detail")))
    assert "Sáu" not in str(list(Receipt.objects.values("result")))
    assert HeldItem.objects.undecided().get().raw["data"]["note"] == "gọi bà Tám"
    assert phone.send(*items) == ["held", "conflict", "held"]


def test_of_a_household_everything(phone, home):
    phone.send(phone.visit(home, at=timezone.now() + dt.timedelta(hours=1), note="ghi chú"))
    assert forget(households=[home.pk], at=timezone.now()) == 1
    assert "ghi chú" not in str(HeldItem.objects.get().raw)
