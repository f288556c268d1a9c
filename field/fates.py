"""What an item hangs on: is it here, still coming, or never to come?"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from .models import Code, Discard, HeldItem, Receipt

NEVER = frozenset({Code.INVALID, Code.UNSUPPORTED, Code.ID_CONFLICT})


def never_to_come(ids: Collection[uuid.UUID], user) -> set[uuid.UUID]:
    """Own items that were refused, thrown away on the phone or turned down by the ward: nobody waits for them."""
    if not ids:
        return set()
    refused = Receipt.objects.filter(pk__in=ids, user=user, code__in=NEVER).values_list("pk", flat=True)
    thrown_away = Discard.objects.filter(item__in=ids, user=user).values_list("item", flat=True)
    turned_down = HeldItem.objects.filter(
        item__in=ids, user=user, decision=HeldItem.Decision.SKIP, kind__in=("held", "waiting")
    ).values_list("item", flat=True)
    thrown_away = set(thrown_away) - set(Receipt.objects.filter(pk__in=thrown_away).values_list("pk", flat=True))
    return {*refused, *thrown_away, *turned_down}


def promised(subjects: Collection[uuid.UUID], user) -> set[uuid.UUID]:
    """Households and people that an undecided item of hers would add."""
    if not subjects:
        return set()
    adds = HeldItem.objects.undecided().filter(user=user, type__in=("household.add", "resident.add"))
    adds = adds.filter(kind__in=(HeldItem.Kind.HELD, HeldItem.Kind.WAITING))
    made = set()
    for kind, household, resident in adds.values_list("type", "household", "resident"):
        made.add(household if kind == "household.add" else resident)
    return made & set(subjects)
