"""Who decides about what phones sent, and what phones are to ask first."""

from __future__ import annotations

from accounts.models import Posting, User
from accounts.rules import ROLE_CAN, Can, Role
from areas.models import Area

from .models import HeldItem


def may_open_desk(user) -> bool:
    """The page of phones and waiting items is for those who answer for other people's phones."""
    return user.may(Can.MANAGE_USERS)


def can_decide(user, held: HeldItem) -> bool:
    """The ward decides: who keeps the households there and answers for its accounts, not the visitor herself."""
    hers = HeldItem.objects.visible_to(user, Can.EDIT_PEOPLE).filter(pk=held.pk)
    return user.may(Can.MANAGE_USERS) and hers.exists()


def areas_to_choose_for(user) -> list[Area]:
    """Where she works for the office that reports: it chooses the indicators that matter in its own area."""
    return list(Area.objects.filter(pk__in=user.reach().area_ids(Can.MAKE_REPORTS)).open().in_order())


def walkers(user):
    """The people in her areas who record visits with a phone of their team."""
    roles = [role for role in (Role.TEAM_LEADER, Role.TEAM_MEMBER) if Can.RECORD_VISITS in ROLE_CAN[role]]
    postings = Posting.objects.current().filter(role__in=roles, area__in=user.reach().areas_ever(Can.MANAGE_USERS))
    return User.objects.visible_to(user).filter(is_active=True, pk__in=postings.values("user"))
