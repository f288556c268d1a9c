"""Who decides about what phones sent."""

from __future__ import annotations

from accounts.rules import Can

from .models import HeldItem


def may_open_desk(user) -> bool:
    """The page of phones and waiting items is for those who answer for other people's phones."""
    return user.may(Can.MANAGE_USERS)


def can_decide(user, held: HeldItem) -> bool:
    """The ward decides: who keeps the households there and answers for its accounts, not the visitor herself."""
    hers = HeldItem.objects.visible_to(user, Can.EDIT_PEOPLE).filter(pk=held.pk)
    return user.may(Can.MANAGE_USERS) and hers.exists()
