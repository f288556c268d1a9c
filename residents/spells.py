"""Spells: the record laid out by village and day, so that counting reads one index and nothing else.

They are derived. Whoever changes what they hang on (an answer, a placement, a residence, a birth year) asks for the
households concerned to be laid out again; the drainer does it right before it counts.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping

from django.db.models import Min

from areas.models import Stale

from .models import Placement, SpellDue

AT_ONCE = 500


def rebuild(*, household_ids: Collection[uuid.UUID], since: dt.date | None = None) -> None:
    """Call after placements, residences, birth years or stays of these households changed.

    Asks for their spells to be laid out again and for the villages where they stood (or stand) to be counted again
    from `since` on; without it from their first day on. Call it inside the transaction of the change, after it; a
    village that they no longer have any placement in is marked by the caller (`areas.actions.mark_stale`).
    """
    if since is None:
        firsts = Placement.objects.filter(household__in=household_ids).values_list("household").annotate(Min("since"))
        days = dict(firsts.order_by())
        ask({pk: days.get(pk, dt.date.max) for pk in household_ids})
    else:
        ask(dict.fromkeys(household_ids, since))


def ask(since: Mapping[uuid.UUID, dt.date]) -> None:
    """Household → the day from which its figures changed: lay out again, count again where it stood since."""
    SpellDue.objects.bulk_create([SpellDue(household_id=pk) for pk in since], batch_size=AT_ONCE)
    villages: dict[int, dt.date] = {}
    ids = list(since)
    for start in range(0, len(ids), AT_ONCE):
        placements = Placement.objects.filter(household__in=ids[start : start + AT_ONCE]).order_by()
        for household, village, first, last in placements.values_list("household", "village", "since", "until"):
            day = max(since[household], first)
            if last is None or last > day:
                villages[village] = min(day, villages.get(village, day))
    Stale.objects.bulk_create([Stale(area_id=pk, since=day) for pk, day in sorted(villages.items())])
