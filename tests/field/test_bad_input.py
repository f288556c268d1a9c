"""Whatever comes is answered in JSON, never with an error of ours, and changes nothing that it should not."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from field.decoding import MOST_DEPTH, Refused, canonical, decode
from field.models import HeldItem, Receipt
from residents.models import Household, Observation, Resident, Visit

BAD = [
    b"",
    b" ",
    b"null",
    b"[]",
    b"1",
    b'"x"',
    b"{",
    b"{}}",
    b'{"a":1,"a":2}',
    b'{"a":{"b":1,"b":1}}',
    '{"é":1,"é":2}'.encode(),
    b'{"a":NaN}',
    b'{"a":Infinity}',
    b'{"a":-Infinity}',
    b'{"a":1e999}',
    b'{"a":-1e999}',
    b'{"a":9007199254740992}',
    b'{"a":' + b"9" * 5000 + b"}",
    b'{"a":"\\u0000"}',
    b'{"a\\u0000":1}',
    b'{"a":"\\ud800"}',
    b'{"a":"\xed\xa0\x80"}',
    b'{"a":"\x00"}',
    b"\xff\xfe{}",
    b"\xef\xbb\xbf{}",
    b"[" * 200_000,
    b'{"a":' * (MOST_DEPTH + 1) + b"1" + b"}" * (MOST_DEPTH + 1),
    b"<!doctype html><html><body>Dang nhap WiFi</body></html>",
    b"protocol=1&items=[]",
]


@pytest.mark.parametrize("body", BAD, ids=lambda body: repr(body[:24]))
def test_what_is_not_the_json_we_speak_is_refused(body):
    with pytest.raises(Refused) as refused:
        decode(body)
    assert refused.value.status in (400, 413)
    assert refused.value.message


def test_what_is_sound_is_read_in_nfc():
    assert decode('{"a":"Hòa","b":[1,-2,1.5,true,null,"😀"]}'.encode()) == {
        "a": "Hòa", "b": [1, -2, 1.5, True, None, "😀"]
    }  # fmt: skip
    assert decode(b'{"a":"[[[[[[[[[[{{{{{{{"}') == {"a": "[[[[[[[[[[{{{{{{{"}


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**53) + 1, 2**53 - 1)
        | st.text(st.characters(exclude_categories=["Cs"])),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
        max_leaves=12,
    )
)
@settings(max_examples=150, deadline=None)
def test_the_canonical_form_is_the_same_however_it_was_written(value):
    body = {"v": value}
    written = [json.dumps(body, ensure_ascii=ascii, indent=indent) for ascii in (True, False) for indent in (None, 1)]
    found = set()
    for text in written:
        try:
            found.add(canonical(decode(text.encode())))
        except Refused:
            found.add(b"refused")
    assert len(found) == 1


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.sampled_from([0, 1, -1, 2**31, 2**53 - 1, 1.5, "", "x", "ñ" * 600, "\u202e", "2026-13-40", "0001-01-01"])
    | st.sampled_from(["9999-12-31T23:59:59-12:00", "1900-01-01T00:00:00+14:00", "2026-11-21T10:00:00Z", "9999-12-31"])
    | st.text(max_size=10).map(lambda text: text.replace("\0", "").encode("utf-8", "ignore").decode()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=5,
)


def spoiled(chance: random.Random, item: dict, junk) -> dict:
    """The item with one of its members, outside or inside, replaced, taken away or added."""
    item = json.loads(json.dumps(item))
    where = chance.choice([item, item["data"], item["data"]])
    where = where if isinstance(where, dict) else item
    name = chance.choice([*sorted(where), "extra"])
    if chance.random() < 0.2:
        where.pop(name, None)
    else:
        where[name] = junk
    return item


def items_of(phone, place, home, person) -> list[dict]:
    visit = phone.visit(home, minutes=5, topics=[], results={}, members=[], note="")
    seen = phone.seen(home, resident=person, visit=visit)
    fresh = [phone.visit(home)["id"] for _ in range(2)]
    return [
        visit,
        seen,
        phone.retract(seen),
        phone.item(
            "household.add", {"household": fresh[0], "village": place.ta_lang.pk, "head_name": "A", "since": None}
        ),
        phone.item("resident.add", {"household": str(home.pk), "resident": fresh[1], "birth_year": 1990, "sex": "m"}),
        phone.item("household.edit", {"household": str(home.pk), "set": {"order_no": 1}, "was": {"order_no": None}}),
        phone.item("resident.edit", {"resident": str(person.pk), "set": {"label": "B"}, "was": {"label": "Ông Sáu"}}),
        phone.item("resident.leave", {"resident": str(person.pk), "why": "moved", "on": None}),
    ]


def tell_of_junk(phone, place, home, person, chance, junk):
    kind = chance.randrange(8)
    item = spoiled(chance, items_of(phone, place, home, person)[kind], junk)
    answer = phone.push(item)
    assert answer.status_code in (200, 400, 413), answer.content
    assert answer["Content-Type"] == "application/json"
    if answer.status_code == 200:
        (result,) = answer.json()["results"]
        assert result["code"] in {
            "applied", "held", "invalid", "unsupported", "waiting", "conflict", "id_conflict"
        }  # fmt: skip
        if result["code"] in ("invalid", "unsupported"):
            assert HeldItem.objects.filter(item=result["id"], kind="dead").exists()
            for model in (Observation, Visit, Household, Resident):
                assert not model.objects.filter(pk=result["id"]).exists()
        assert phone.push(item).json()["results"][0]["code"] == result["code"]


@given(junk=JUNK, chance=st.randoms(use_true_random=False))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_spoiled_items_are_answered(phone, place, home, person, junk, chance):
    tell_of_junk(phone, place, home, person, chance, junk)


@pytest.mark.long
@given(junk=JUNK, chance=st.randoms(use_true_random=False))
@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_spoiled_items_are_answered_at_length(phone, place, home, person, junk, chance):
    tell_of_junk(phone, place, home, person, chance, junk)


@given(
    junk=JUNK, name=st.sampled_from(["protocol", "device", "app", "sync_epoch", "owner", "items", "last_seq", "unsent"])
)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("address", ["hello", "push", "discard"])
def test_spoiled_envelopes_are_answered(phone, home, address, name, junk):
    answer = phone.post(address, phone.body(items=[], last_seq=0, unsent={"count": 0}) | {name: junk})
    assert answer.status_code in (200, 400, 409, 413, 426), answer.content
    assert answer["Content-Type"] == "application/json"


@pytest.mark.parametrize("body", BAD, ids=lambda body: repr(body[:24]))
def test_bad_bodies_change_nothing(phone, body):
    for address in ("hello", "push", "discard"):
        answer = phone.post(address, body)
        assert answer.status_code in (400, 413, 415)
        assert answer.json()["message"]
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("items", [None, {}, "x", [1], [None], [{}], [{"id": "x", "seq": 1, "type": "visit"}]])
def test_items_that_cannot_be_named_refuse_the_batch(phone, items):
    answer = phone.post("push", phone.body(items=items))
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_envelope")
