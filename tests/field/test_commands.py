"""The operator's commands."""

from __future__ import annotations

import datetime as dt
from io import StringIO

from django.core.management import call_command
from django.utils import timezone

from field.models import Receipt, SyncEpoch
from residents.models import Observation


def test_after_a_restore_phones_send_again_and_nothing_counts_twice(phone, home, person):
    item = phone.seen(home, resident=person)
    assert phone.send(item) == ["applied"]
    out = StringIO()
    call_command("field_epoch", "--raise", "khôi phục", stdout=out)
    assert "Đời dữ liệu: 2" in out.getvalue()
    assert SyncEpoch.current() == 2
    assert phone.push(item).json()["error"] == "wrong_epoch"
    phone.epoch = phone.hello().json()["sync_epoch"]
    assert phone.send(item) == ["applied"]
    assert Observation.objects.count() == 1


def test_without_its_receipt_the_same_item_is_known_and_another_under_its_id_is_not(phone, home, person):
    visit, item = phone.visit(home), phone.seen(home, resident=person)
    assert phone.send(visit, item) == ["applied", "applied"]
    Receipt.objects.all().delete()
    assert phone.send(visit, item) == ["applied", "applied"]
    assert Observation.objects.count() == 1
    Receipt.objects.all().delete()
    item["data"]["answer"] = "no"
    visit["data"]["outcome"] = "nobody"
    assert phone.send(visit, item) == ["id_conflict", "id_conflict"]


def test_receipts_are_kept_400_days_and_older_items_are_held(phone, home, person):
    then = timezone.now() - dt.timedelta(days=401)
    item = phone.seen(home, resident=person, at=then)
    recent = phone.seen(home, resident=person)
    phone.send(item, recent)
    Receipt.objects.filter(pk=item["id"]).update(received_at=then)
    out = StringIO()
    call_command("nightly", stdout=out)
    assert "đã xóa 1 biên nhận" in out.getvalue()
    assert phone.send(item, recent) == ["held", "applied"]
