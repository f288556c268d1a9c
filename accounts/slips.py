"""Slips for new accounts: shown and printed in the session that made them, then gone.

The session holds no password but the seed of it (accounts/passwords.py), which is of no use without SECRET_KEY.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import segno
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from .models import Posting, User
from .passwords import first_password
from .rules import Can, can_manage

KEY = "slips"
LASTS = 15 * 60  # seconds
PHONE_APP = "/field/"


@dataclass(frozen=True)
class Slip:
    user: User
    postings: list[Posting]
    password: str
    url: str
    qr: SafeString
    opens_the_phone_app: bool


def keep(request, seeds: dict[int, str]) -> None:
    """Add the seeds of first passwords, by user, to those of this session."""
    now = int(time.time())
    made = User.objects.in_bulk(seeds)
    kept = {str(pk): [seed, _mark(made[pk]), now] for pk, seed in seeds.items()}
    request.session[KEY] = _kept(request) | kept


def forget(request) -> None:
    request.session.pop(KEY, None)


def shown(request) -> list[Slip]:
    """The slips of accounts that she still manages and that still have the password given here."""
    kept = _kept(request)
    if kept != request.session.get(KEY, {}):
        request.session[KEY] = kept
    users = User.objects.visible_to(request.user).filter(pk__in=kept, must_change_password=True)
    door = request.build_absolute_uri(reverse("accounts:sign_in"))
    found = []
    for user in users.prefetch_related("postings__area"):
        seed, mark, _at = kept[str(user.pk)]
        if can_manage(request.user, user) and constant_time_compare(mark, _mark(user)):
            postings = [posting for posting in user.postings.all() if posting.is_current]
            # The code holds the login name only: an address is kept in histories and seen over shoulders.
            named = {"ten": user.username}
            if user.may(Can.RECORD_VISITS):  # read with the phone that she will carry from door to door
                named["next"] = PHONE_APP
            url = f"{door}?{urlencode(named)}"
            found.append(Slip(user, postings, first_password(seed), door, _qr(url), "next" in named))
    return found


def _kept(request) -> dict[str, list]:
    now = time.time()
    return {pk: slip for pk, slip in request.session.get(KEY, {}).items() if now - slip[2] < LASTS}


def _mark(user: User) -> str:
    """Changes with the password: a slip of before the last reset is not shown."""
    return salted_hmac("accounts.slips", user.password).hexdigest()[:16]


def _qr(url: str) -> SafeString:
    svg = segno.make(url, error="m").svg_inline(omitsize=True, border=2, title="Mã QR mở trang đăng nhập")
    return mark_safe(svg)  # noqa: S308 – drawn by segno from an address of ours
