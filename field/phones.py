"""Phones: how they are known, what they say of their queue, when they may have lost something."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.middleware import ON_A_PHONE
from accounts.rules import can_manage
from journal.actions import record
from journal.models import Act

from .decoding import LARGEST, Refused
from .models import Device
from .progress import advance, suspect_loss
from .push import lock, touch
from .reading import Reader

STAYS_SIGNED_IN = dt.timedelta(days=90)
SESSION_KEY = ON_A_PHONE


@dataclass(frozen=True)
class Queue:
    """What the phone says that it still has."""

    last_seq: int
    count: int
    first_seq: int | None
    oldest_at: dt.datetime | None

    @property
    def nothing_up_to(self) -> int:
        """Up to this number the phone has nothing left to send."""
        return self.first_seq - 1 if self.first_seq else self.last_seq if self.count == 0 else 0


def read_queue(body: dict) -> Queue:
    read = Reader(body)
    last_seq = read.whole("last_seq", 0, LARGEST, 0) or 0
    unsent = body.get("unsent") or {}
    if not isinstance(unsent, dict):
        raise Refused("Gói tin sai ở “unsent”.", code="bad_envelope")
    inner = Reader(unsent)
    count = inner.whole("count", 0, LARGEST, 0) or 0
    first_seq = inner.whole("first_seq", 1, LARGEST, None)
    oldest_at = inner.instant("oldest_at", None)
    for errors in (read.errors, inner.errors):
        if errors:
            raise Refused(f"Gói tin sai ở “{next(iter(errors))}”.", code="bad_envelope")
    return Queue(last_seq, count, first_seq if count else None, oldest_at if count else None)


def known_phone(user, identifier: str) -> Device:
    """Her phone; a push from one that never said hello makes it known. Raises Refused for one that was taken off."""
    device = Device.objects.filter(user=user, identifier=identifier).first()
    if device is None:
        raise Refused("Máy này chưa chào máy chủ.", status=409, code="wrong_epoch")
    if device.revoked_at is not None:
        raise revoked()
    device.user = user
    return device


def revoked() -> Refused:
    return Refused(
        "Máy này đã bị thu hồi. Dữ liệu chưa gửi vẫn giữ trên máy; liên hệ phường, xã.", status=401, code="revoked"
    )


@transaction.atomic
def greet(*, user, identifier: str, app: str, platform: str, queue: Queue, session: SessionBase, now: dt.datetime):
    """The phone says who it is and what it holds. Returns (phone, gaps)."""
    device, is_new = Device.objects.get_or_create(
        user=user,
        identifier=identifier,
        defaults={"first_seen_at": now, "last_seen_at": now, "platform": platform, "app_version": app},
    )
    if device.revoked_at is not None:
        raise revoked()
    device.user = user
    if is_new:
        _suspect_the_one_before(device, session.get(SESSION_KEY), now)
    before = lock(device)
    device.platform, device.app_version = platform, app
    device.last_seq = max(device.last_seq, queue.last_seq)
    suspect_loss(device, min(queue.nothing_up_to, device.last_seq), now)
    gaps = advance(device)
    device.oldest_unsent_at = queue.oldest_at
    if session.get(SESSION_KEY) == identifier and session.session_key:
        device.session_key = session.session_key
    touch(device, before, now)
    return device, gaps


def stay_signed_in(device: Device, session: SessionBase, now: dt.datetime) -> None:
    """The phone is her own: 90 days from now, once; what it does in the background does not lengthen them."""
    if session.get(SESSION_KEY) == device.identifier:
        return
    session[SESSION_KEY] = device.identifier
    session.set_expiry(now + STAYS_SIGNED_IN)
    session.save()
    Device.objects.filter(pk=device.pk).update(session_key=session.session_key)


@transaction.atomic
def revoke(device: Device, *, by, at: dt.datetime) -> Device:
    """Take the phone off: its sign-in ends now. What it had not sent stays on it, out of our hands."""
    device = Device.objects.select_for_update(of=("self",)).select_related("user").get(pk=device.pk)
    if device.revoked_at is None:
        Session.objects.filter(session_key=device.session_key).exclude(session_key="").delete()
        device.revoked_at, device.revoked_by, device.session_key = at, by, ""
        device.save(update_fields=["revoked_at", "revoked_by", "session_key"])
        record(by=by, verb=Act.Verb.REVOKE, obj=device, area_id=device.user.home_area_id())
    return device


@transaction.atomic
def allow_again(device: Device, *, by) -> None:
    """The phone was found, or taken off by mistake: with a new sign-in it sends what it had kept."""
    device = Device.objects.select_for_update(of=("self",)).select_related("user").get(pk=device.pk)
    if device.revoked_at is not None:
        device.revoked_at = device.revoked_by = None
        device.save(update_fields=["revoked_at", "revoked_by"])
        record(by=by, verb=Act.Verb.CHANGE, obj=device, area_id=device.user.home_area_id(), revoked=False)


@transaction.atomic
def clear_suspicion(device: Device, *, by) -> None:
    """The ward has talked to the user: what is lost is lost, or was written anew."""
    device = Device.objects.select_for_update(of=("self",)).select_related("user").get(pk=device.pk)
    if device.lost:
        record(by=by, verb=Act.Verb.CHANGE, obj=device, area_id=device.user.home_area_id(), lost=device.lost)
        device.lost, device.lost_since = 0, None
        device.save(update_fields=["lost", "lost_since"])


def can_revoke(user, device: Device) -> bool:
    """One takes off one's own phones, and those of the people whose accounts one manages."""
    return device.user_id == user.pk or can_manage(user, device.user)


def _suspect_the_one_before(device: Device, in_session: str | None, now: dt.datetime) -> None:
    """A new store though we knew of unsent items: the same sign-in, or the same kind of phone of this user."""
    others = Device.objects.in_use().filter(user=device.user_id, unsent__gt=0).exclude(pk=device.pk)
    alike = others.filter(identifier=in_session) if in_session else others.none()
    if not alike.exists() and device.platform:
        alike = others.filter(platform=device.platform)
    for other in alike.select_for_update(of=("self",), no_key=True):
        suspect_loss(other, other.last_seq, now)
        other.save()
