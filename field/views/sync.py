"""hello, push, receipts, discard, practice."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.middleware.csrf import get_token
from django.utils import timezone

from accounts.rules import Can
from areas.models import Area
from field.clock import FUTURE, OLDEST, written
from field.closed import Closed
from field.decoding import MOST_BYTES, Refused
from field.envelope import MOST_ITEMS, PROTOCOLS, listed_items, read_sender
from field.focus import focus_of
from field.items import SCHEMAS, TYPES
from field.models import Discard, Receipt, SyncEpoch
from field.phones import SESSION_KEY, greet, known_phone, read_queue, stay_signed_in
from field.platforms import platform_of
from field.practice import close_practice, open_practice, practice_of
from field.practice_village import NAME as PRACTICE_NAME
from field.practice_village import VILLAGE as PRACTICE
from field.progress import advance
from field.push import Result, lock, push, touch
from field.reading import Reader, is_id
from field.scope import scope_epoch, ward_names
from field.turns import writing

from .api import endpoint
from .changes import MOST_CHANGES

MOST_IDS = 100
SHOWN_GAPS = 20


@endpoint("POST", in_turn=True)
def hello(request) -> dict:
    body, user, now = request.message, request.user, timezone.now()
    sender = read_sender(body, user, owner_may_lack=True, checks_epoch=False)
    queue = read_queue(body)
    with writing():
        device, gaps = greet(
            user=user, identifier=sender.device, app=sender.app, platform=platform_of(request), queue=queue,
            session=request.session, now=now,
        )  # fmt: skip
        if body.get("stay_signed_in") is True:
            stay_signed_in(device, request.session, now)
    return {
        "csrf_token": get_token(request),
        "user": {"id": user.pk, "name": user.full_name, "place": place_of(user)},
        "scope": {"villages": villages_of(user)},
        "scope_epoch": scope_epoch(user),
        "sync_epoch": SyncEpoch.current(),
        "protocol": {"min": PROTOCOLS[0], "max": PROTOCOLS[1]},
        "schemas": dict.fromkeys(TYPES, SCHEMAS),
        "limits": {
            "items": MOST_ITEMS, "bytes": MOST_BYTES, "ids": MOST_IDS, "changes": MOST_CHANGES,
            "future_minutes": FUTURE.seconds // 60, "oldest_days": OLDEST.days,
        },
        "device": stay_of(request, sender.device),
        "acked_through": device.acked_through,
        "gaps": gaps[:SHOWN_GAPS],
        "closed_periods": closed_periods(user),
        "lost": {"count": device.lost, "since": written(device.lost_since)} if device.lost else None,
    }  # fmt: skip


@endpoint("POST", in_turn=True)
def push_items(request) -> dict:
    body, user = request.message, request.user
    sender = read_sender(body, user)
    raws = listed_items(body)
    device = known_phone(user, sender.device)
    found = push(raws, user=user, device=device, app=sender.app, now=timezone.now())
    return {
        "sync_epoch": body["sync_epoch"],
        "acked_through": found.acked_through,
        "gaps": found.gaps[:SHOWN_GAPS],
        "results": [result.as_json() for result in found.results],
    }


@endpoint("GET")
def receipts(request) -> dict:
    ids = [each for each in request.GET.get("ids", "").split(",") if each]
    if len(ids) > MOST_IDS or not all(is_id(each) for each in ids):
        raise Refused("Danh sách mã không hợp lệ.", code="bad_envelope")
    own = Receipt.objects.filter(user=request.user).in_bulk([uuid.UUID(each) for each in ids])
    return {
        "sync_epoch": SyncEpoch.current(),
        "results": [_stored(receipt).as_json() for receipt in own.values()],
        "unknown": [each for each in ids if uuid.UUID(each) not in own],
    }


@endpoint("POST")
@transaction.atomic
def discard(request) -> dict:
    body, user, now = request.message, request.user, timezone.now()
    sender = read_sender(body, user)
    raws = listed_items(body)
    device = known_phone(user, sender.device)
    before = lock(device)
    ids = [uuid.UUID(raw["id"]) for raw in raws]
    own = Receipt.objects.filter(user=user).in_bulk(ids)
    logged = set(Discard.objects.filter(item__in=ids).values_list("item", flat=True))
    rows = {}
    for raw in raws:
        read = Reader(raw)
        why = read.text("why", 200, "")
        pk = uuid.UUID(raw["id"])
        if pk not in own and pk not in logged:
            rows[pk] = Discard(
                item=pk, user=user, device=device, seq=raw["seq"], type=raw["type"], why=why or "", discarded_at=now
            )
    Discard.objects.bulk_create(rows.values())
    advance(device)
    touch(device, before, now)
    results = [
        _stored(own[pk]).as_json() if (pk := uuid.UUID(raw["id"])) in own else {"id": raw["id"], "code": "discarded"}
        for raw in raws
    ]
    return {"sync_epoch": body["sync_epoch"], "acked_through": device.acked_through, "results": results}


@endpoint("POST", in_turn=True)
def practice(request) -> dict:
    """Thôn tập thử opened, begun again or closed by its user herself."""
    body, user, now = request.message, request.user, timezone.now()
    known_phone(user, read_sender(body, user).device)
    do = body.get("do")
    if do not in ("open", "again", "close"):
        raise Refused("Gói tin sai ở “do”.", code="bad_envelope")
    with writing():
        there = practice_of(user)
        if do == "close" and there:
            close_practice(there, by=user, at=now)
        elif do == "again" or (do == "open" and not there):
            open_practice(user=user, by=user, at=now)
    return {
        "sync_epoch": body["sync_epoch"],
        "scope": {"villages": villages_of(user)},
        "scope_epoch": scope_epoch(user),
    }


def _stored(receipt: Receipt) -> Result:
    return Result(str(receipt.pk), receipt.code, receipt.result, True, receipt.final)


def villages_of(user) -> list[dict]:
    """The villages where she may record visits, in order; the one to practise in last."""
    reach = user.reach()
    editable = set(reach.villages(Can.EDIT_PEOPLE).values_list("pk", flat=True))
    villages = list(Area.objects.filter(pk__in=reach.villages(Can.RECORD_VISITS), until=None).in_order())
    wards = ward_names([village.pk for village in villages])
    focus = focus_of([village.pk for village in villages], timezone.localdate())
    told = [
        {
            "id": village.pk, "name": village.name, "ward": wards.get(village.pk, ""), "may_record": True,
            "may_edit": village.pk in editable, "practice": False, "focus": focus[village.pk].codes,
        }
        for village in villages
    ]  # fmt: skip
    if practice_of(user):
        told.append(
            {
                "id": PRACTICE, "name": PRACTICE_NAME, "ward": "", "may_record": True, "may_edit": True,
                "practice": True, "focus": told[0]["focus"] if told else [],
            }
        )  # fmt: skip
    return told


def place_of(user) -> str:
    posting = next(iter(user.reach().postings), None)
    return f"{posting.get_role_display()} · {posting.area}" if posting else ""


def stay_of(request, identifier: str) -> dict:
    stays = request.session.get(SESSION_KEY) == identifier
    until = request.session.get_expiry_date() if stays else None
    return {"id": identifier, "stays_signed_in": stays, "signed_in_until": written(until) if until else None}


def closed_periods(user) -> list[dict]:
    villages = list(user.reach().villages(Can.RECORD_VISITS).values_list("pk", flat=True))
    return [
        {
            "village": span.village_id, "label": span.label, "since": span.since, "until": span.until,
            "closed_on": span.closed_on,
        }
        for span in Closed(villages).spans
    ]  # fmt: skip
