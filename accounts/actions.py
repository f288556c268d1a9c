"""Changing accounts: every deed in one transaction with its line in the journal."""

from __future__ import annotations

from django.db import transaction

from journal.actions import record
from journal.models import Act

from .models import User


@transaction.atomic
def change_password(user: User, password: str, *, by: User) -> None:
    """Her own new password."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    record(by=by, verb=Act.Verb.PASSWORD, obj=user)
