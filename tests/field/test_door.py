"""The door of the protocol: JSON whatever happens, and nothing for who has no business here."""

from __future__ import annotations

import datetime as dt
import json
import time

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from accounts.models import Posting
from field.models import Device, Receipt, SyncEpoch
from residents.models import Observation
from tests.cast import PASSWORD
from tests.field.phone import Phone

ADDRESSES = [("post", "hello"), ("post", "push"), ("get", "changes"), ("get", "receipts"), ("post", "discard")]


def said(answer, status: int, code: str) -> None:
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (status, "application/json")
    data = answer.json()
    assert (data["error"], bool(data["message"]), "server_now" in data) == (code, True, True)
    assert answer["Cache-Control"] == "private, no-store"


def call(client, method, address, **more):
    if method == "get":
        return client.get(f"/api/sync/v1/{address}", **more)
    return client.post(f"/api/sync/v1/{address}", "{}", content_type="application/json", **more)


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
def test_who_is_not_signed_in_is_told_in_json(db, method, address):
    said(call(Client(), method, address), 401, "sign_in")


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
def test_a_given_password_must_be_changed_first(lan, method, address):
    lan.must_change_password = True
    lan.save()
    said(call(Phone(lan).client, method, address), 403, "must_change_password")


@pytest.mark.parametrize("who", ["dung", "mai", "an"])
def test_who_records_no_visits_has_no_business_here(request, who):
    said(call(Phone(request.getfixturevalue(who)).client, "get", "changes"), 403, "no_right")


def test_who_has_no_posting_any_more_keeps_the_queue(phone, home, person):
    item = phone.seen(home, resident=person)
    Posting.objects.filter(user=phone.user).update(until=timezone.now())
    said(phone.push(item), 403, "no_right")
    assert not Receipt.objects.exists()


def test_a_request_needs_its_token(lan, asked):
    client = Client(enforce_csrf_checks=True)
    client.force_login(lan, backend="django.contrib.auth.backends.ModelBackend")
    phone = Phone(lan, client=client)
    said(phone.hello(), 403, "csrf")
    client.cookies["csrftoken"] = "a" * 32
    body = json.dumps(phone.body(last_seq=0))
    answer = client.post("/api/sync/v1/hello", body, content_type="application/json", headers={"x-csrftoken": "a" * 32})
    assert answer.status_code == 200
    assert answer.json()["csrf_token"]


def test_another_site_is_refused(phone):
    said(phone.client.get("/api/sync/v1/changes", headers={"sec-fetch-site": "cross-site"}), 403, "other_site")


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
def test_the_other_method_is_refused(phone, method, address):
    said(call(phone.client, "post" if method == "get" else "get", address), 405, "unknown")


@pytest.mark.parametrize("address", ["", "push/", "nothing", "hello/there"])
def test_other_addresses_are_refused_in_json(phone, address):
    said(phone.client.get(f"/api/sync/v1/{address}"), 404, "unknown")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_only_json_is_read(phone, kind):
    said(phone.client.post("/api/sync/v1/push", b"{}", content_type=kind), 415, "not_json")


def test_a_large_message_is_refused(phone, home):
    said(phone.post("push", b'{"a":"' + b"x" * (1 << 20) + b'"}'), 413, "too_large")
    said(phone.post("push", b"x" * (3 << 20)), 413, "too_large")
    item = {"id": phone.visit(home)["id"], "seq": 1, "type": "x"}
    said(phone.push(*[item] * 1001), 413, "too_large")


def test_another_owner_or_epoch_is_refused(phone, minh, home, person):
    item = phone.seen(home, resident=person)
    said(phone.push(item, owner=minh.pk), 409, "wrong_owner")
    said(phone.hello(owner=minh.pk), 409, "wrong_owner")
    said(phone.push(item, sync_epoch=2), 409, "wrong_epoch")
    SyncEpoch.objects.create(number=2, since=timezone.now())
    said(phone.push(item), 409, "wrong_epoch")
    assert phone.hello().json()["sync_epoch"] == 2
    assert not Receipt.objects.exists()


def test_another_protocol_asks_for_an_upgrade(phone, home):
    said(phone.push(phone.visit(home), protocol=2), 426, "upgrade")


def test_a_phone_that_never_said_hello_does_so_first(lan, home):
    phone = Phone(lan)
    said(phone.push(phone.visit(home)), 409, "wrong_epoch")


def test_trouble_in_the_database_keeps_nothing_and_asks_to_come_back(phone, home, person, monkeypatch):
    def locked(*_args, **_more):
        raise OperationalError("database is locked")

    item = phone.seen(home, resident=person)
    monkeypatch.setattr("field.push.advance", locked)
    answer = phone.push(item)
    said(answer, 503, "later")
    assert int(answer["Retry-After"]) > 0
    assert not Receipt.objects.exists()
    monkeypatch.undo()
    assert phone.send(item) == ["applied"]


def test_a_fault_of_ours_is_told_in_json_too(phone, home, monkeypatch, caplog):
    monkeypatch.setattr("field.views.sync.push", lambda *a, **k: 1 / 0)
    said(phone.push(phone.visit(home)), 500, "server")
    assert "the protocol failed" in caplog.text


def test_too_many_requests_are_slowed_down(phone, monkeypatch):
    from field.views import api

    monkeypatch.setattr(api, "REQUESTS_A_MINUTE", 0)
    answer = phone.hello()
    said(answer, 429, "later")
    assert answer["Retry-After"]


# The sign-in that lives on a phone


def test_a_phone_of_her_own_stays_signed_in_for_ninety_days(phone, settings):
    phone.hello(stay_signed_in=True)
    until = phone.client.session.get_expiry_date()
    assert dt.timedelta(days=89) < until - timezone.now() <= dt.timedelta(days=90)
    session = phone.client.session
    session["last_seen"] = int(time.time()) - settings.IDLE_MINUTES * 60 - 1
    session.save()
    assert phone.hello(stay_signed_in=True).json()["device"]["stays_signed_in"] is True
    assert phone.client.session.get_expiry_date() == until
    assert phone.client.get("/").status_code == 200


def test_a_sign_in_of_the_desk_still_goes_idle_and_says_so_in_json(phone, settings):
    session = phone.client.session
    session["last_seen"] = int(time.time()) - settings.IDLE_MINUTES * 60 - 1
    session.save()
    said(phone.hello(), 401, "sign_in")


def test_what_goes_on_in_the_background_is_no_sign_of_a_person(phone):
    session = phone.client.session
    session["last_seen"] = before = int(time.time()) - 300
    session.save()
    phone.hello()
    assert phone.client.session["last_seen"] == before


def test_a_phone_that_was_taken_off_is_signed_out_and_refused(phone, minh, sign_in, home):
    phone.hello(stay_signed_in=True)
    device = Device.objects.get()
    answer = sign_in(minh).post(f"/field/may/{device.pk}/thu-hoi/")
    assert answer.status_code == 302
    said(phone.push(phone.visit(home)), 401, "sign_in")
    phone.client.force_login(phone.user, backend="django.contrib.auth.backends.ModelBackend")
    said(phone.hello(), 401, "revoked")
    kept = phone.visit(home)
    said(phone.push(kept), 401, "revoked")
    assert phone.client.post(f"/field/may/{device.pk}/dung-lai/").status_code == 403
    assert sign_in(minh).post(f"/field/may/{device.pk}/dung-lai/").status_code == 302
    assert phone.send(kept) == ["applied"]


def test_a_changed_password_does_not_keep_a_phone_that_was_taken_off(phone, minh, sign_in):
    """The change gives the session another key than the one that the phone is known by."""
    phone.hello(stay_signed_in=True)
    phone.client.post(
        "/tai-khoan/doi-mat-khau/", {"current": PASSWORD, "new": "ca-bong-kho-to", "again": "ca-bong-kho-to"}
    )
    assert phone.client.get("/").status_code == 200
    sign_in(minh).post(f"/field/may/{Device.objects.get().pk}/thu-hoi/")
    assert phone.client.get("/")["Location"].startswith("/tai-khoan/dang-nhap/")
    said(phone.post("push", phone.body(items=[])), 401, "sign_in")


# Receipts and what was thrown away


def test_receipts_are_ones_own(phone, minh, home, person):
    item = phone.seen(home, resident=person)
    phone.send(item)
    other = phone.visit(home)
    ids = f"{item['id']},{other['id']}"
    data = phone.client.get("/api/sync/v1/receipts", {"ids": ids}).json()
    assert [each["code"] for each in data["results"]] == ["applied"]
    assert data["unknown"] == [other["id"]]
    his = Phone(minh)
    assert his.client.get("/api/sync/v1/receipts", {"ids": ids}).json()["results"] == []
    assert phone.client.get("/api/sync/v1/receipts", {"ids": "x"}).status_code == 400


def test_what_was_thrown_away_does_not_look_lost(phone, home, person):
    sent, thrown = phone.visit(home), phone.visit(home)
    phone.send(sent)
    items = [{name: each[name] for name in ("id", "seq", "type")} | {"why": "bấm nhầm"} for each in (sent, thrown)]
    for _ in range(2):
        data = phone.post("discard", phone.body(items=items)).json()
        assert [each["code"] for each in data["results"]] == ["applied", "discarded"]
        assert data["acked_through"] == 2
    assert phone.hello().json()["lost"] is None
    seen = phone.seen(home, resident=person, visit=thrown)
    assert phone.send(seen) == ["applied"]
    assert Observation.objects.get().visit is None


# What may have been lost


def test_a_hole_that_the_phone_cannot_fill_is_told(phone, home, person):
    phone.visit(home)
    phone.visit(home)
    kept = phone.seen(home, resident=person)
    assert phone.hello(kept).json()["lost"]["count"] == 2
    assert phone.send(kept) == ["applied"]
    assert phone.hello().json()["lost"]["count"] == 2


def test_a_new_store_while_items_were_unsent_is_told_and_taken_back_when_they_come(phone, home, person):
    items = [phone.visit(home), phone.visit(home)]
    phone.hello(*items, stay_signed_in=True)
    again = Phone(phone.user, client=phone.client)
    again.hello()
    first = Device.objects.get(identifier=phone.device)
    assert (first.lost, first.unsent) == (2, 0)
    assert phone.send(items[0]) == ["applied"]
    assert Device.objects.get(identifier=phone.device).lost == 1
    assert phone.send(items[1]) == ["applied"]
    first.refresh_from_db()
    assert (first.lost, first.lost_since) == (0, None)


def test_last_seen_is_written_every_five_minutes_at_most(phone, home):
    before = Device.objects.get().last_seen_at
    phone.send(phone.visit(home))
    assert Device.objects.get().last_seen_at == before
    Device.objects.update(last_seen_at=before - dt.timedelta(minutes=6))
    phone.send(phone.visit(home))
    assert Device.objects.get().last_seen_at >= before
