"""Changing accounts: every deed asks its rule, and is one transaction with its line in the journal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from axes.utils import reset as forgive_failures
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from areas.models import Area
from journal.actions import record
from journal.models import Act

from .models import Posting, Unlock, User
from .passwords import first_password, new_seed
from .rules import Role, can_end, can_grant, can_manage


@dataclass(frozen=True)
class NewAccount:
    """Whom to give an account, and for what."""

    full_name: str
    phone: str
    username: str
    role: Role
    area: Area


def add_users(accounts: Iterable[NewAccount], *, by: User) -> dict[int, str]:
    """Accounts with their first postings, all or none; returns the seed of each user's first password."""
    accounts = list(accounts)
    for account in accounts:
        demand(can_grant(by, account.role, account.area))
    seeds = [new_seed() for _ in accounts]
    # Outside the transaction: a hundred passwords take seconds, and on SQLite everybody else would wait.
    hashes = [make_password(first_password(seed)) for seed in seeds]
    made = {}
    with transaction.atomic():
        for account, seed, hashed in zip(accounts, seeds, hashes, strict=True):
            user = User.objects.create(
                username=account.username,
                full_name=account.full_name,
                phone=account.phone,
                password=hashed,
                must_change_password=True,
            )
            record(by=by, verb=Act.Verb.ADD, obj=user, area_id=account.area.pk)
            grant(user, account.role, account.area, by=by)
            made[user.pk] = seed
    return made


@transaction.atomic
def change_user(user: User, *, by: User, full_name: str, phone: str, username: str) -> None:
    demand(can_manage(by, user))
    before = {"full_name": user.full_name, "phone": user.phone, "username": user.username}
    after = {"full_name": full_name, "phone": phone, "username": username}
    for name, value in after.items():
        setattr(user, name, value)
    user.save()
    changed = [name for name in after if before[name] != after[name]]
    record(by=by, verb=Act.Verb.CHANGE, obj=user, area_id=user.home_area_id(), fields=changed)


@transaction.atomic
def change_password(user: User, password: str, *, by: User) -> None:
    """Her own new password."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    record(by=by, verb=Act.Verb.PASSWORD, obj=user)


def reset_password(user: User, *, by: User) -> str:
    """A new first password, whose seed is returned; whoever was signed in with the old one is signed out."""
    demand(can_manage(by, user))
    seed = new_seed()
    hashed = make_password(first_password(seed))
    with transaction.atomic():
        user.password = hashed
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
        forgive_failures(username=user.username)
        record(by=by, verb=Act.Verb.RESET, obj=user, area_id=user.home_area_id())
    return seed


@transaction.atomic
def deactivate(user: User, *, by: User) -> None:
    """Nobody signs in with this account any more; what it did stays."""
    _set_active(user, False, by=by, verb=Act.Verb.DEACTIVATE)


@transaction.atomic
def activate(user: User, *, by: User) -> None:
    _set_active(user, True, by=by, verb=Act.Verb.ACTIVATE)


def _set_active(user: User, is_active: bool, *, by: User, verb: Act.Verb) -> None:
    demand(can_manage(by, user))
    if user.is_active != is_active:
        user.is_active = is_active
        user.save(update_fields=["is_active"])
        user.forget_reach()
        record(by=by, verb=verb, obj=user, area_id=user.home_area_id())


@transaction.atomic
def add_posting(user: User, role: str, area: Area, *, by: User) -> Posting:
    """Another posting; one that she has already is left as it is."""
    demand(can_grant(by, role, area) and user.pk != by.pk and not user.is_superuser)
    open_one = user.postings.filter(role=role, area=area, until=None).first()
    return open_one or grant(user, role, area, by=by)


def grant(user: User, role: str, area: Area, *, by: User) -> Posting:
    posting = Posting.objects.create(user=user, role=role, area=area, granted_by=by)
    user.forget_reach()
    record(by=by, verb=Act.Verb.GRANT, obj=user, area_id=area.pk, label=f"{user}: {posting}", role=str(role))
    return posting


@transaction.atomic
def end_posting(posting: Posting, *, by: User) -> None:
    """From this instant on the posting gives nothing."""
    demand(can_end(by, posting))
    posting.until = timezone.now()
    posting.save(update_fields=["until"])
    posting.user.forget_reach()
    record(by=by, verb=Act.Verb.REVOKE, obj=posting.user, area_id=posting.area_id, label=f"{posting.user}: {posting}")


@transaction.atomic
def unlock(user: User, reason: str, *, address: str | None = None) -> Unlock:
    """A superuser opens personal rows for an hour; administrators of the country can read that she did, and why."""
    demand(user.is_superuser)
    opened = Unlock.objects.create(user=user, reason=reason)
    user.forget_reach()
    record(by=user, verb=Act.Verb.UNLOCK, obj=user, label=opened.reason, address=address, minutes=60)
    return opened


@transaction.atomic
def lock_again(user: User) -> None:
    if user.unlocks.current().update(until=timezone.now()):
        user.forget_reach()
        record(by=user, verb=Act.Verb.RELOCK, obj=user)


def demand(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied
