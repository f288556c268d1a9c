"""Reference data for a phone: what changed in its villages since its cursor."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from accounts.rules import Can
from areas.models import Area

from .cursors import Cursor
from .models import PracticeVillage, Published
from .practice import practice_of
from .practice_village import VILLAGE as PRACTICE
from .practice_village import practice_units
from .shelves import refresh
from .units import household_units, village_unit


@dataclass(frozen=True)
class Changes:
    units: list[dict]
    cursor: Cursor
    more: bool


def changes(user, cursor: Cursor, *, limit: int, since: dt.datetime) -> Changes:
    """At most `limit` units beyond the cursor (and the villages that left the scope), and where to go on.

    `since`: when the present period began.
    """
    villages = {
        village.pk: village
        for village in Area.objects.filter(pk__in=user.reach().villages(Can.RECORD_VISITS), until=None)
    }
    there = villages.keys() | ({PRACTICE} if (practice := practice_of(user)) else set())
    units = [_gone("village", str(pk), pk) for pk in sorted(cursor.villages.keys() - there)]
    told = {pk: version for pk, version in cursor.villages.items() if pk in there}
    rows: list[Published] = []
    more = False
    for pk, village in sorted(villages.items()):
        shelf = refresh(village, user, since)
        after = told.setdefault(pk, 0)
        if after > shelf.version:  # a shelf that was built anew
            after = told[pk] = 0
        changed = Published.objects.filter(shelf=shelf, version__gt=after).order_by("version")
        if after == 0:
            changed = changed.filter(is_gone=False)
        room = limit - len(rows)
        some = list(changed[: room + 1])
        rows += some[:room]
        if len(some) > room:
            more = True
            if room:
                told[pk] = some[room - 1].version
            break
        told[pk] = shelf.version
    units += _units(rows, villages, user, since)
    if practice and not more and told.get(PRACTICE) != practice.version:
        units += _of_practice(practice, told.get(PRACTICE, 0))
        told[PRACTICE] = practice.version
    return Changes(units, Cursor(cursor.epoch, told, cursor.catalogue), more)


def _units(rows: list[Published], villages: dict[int, Area], user, since: dt.datetime) -> list[dict]:
    households = [uuid.UUID(row.key) for row in rows if row.kind == Published.Kind.HOUSEHOLD]
    # One that left a village may stand in another of hers: then it is not gone.
    built = household_units(households, user, since)
    units = []
    for row in rows:
        if row.kind == Published.Kind.VILLAGE:
            units.append(village_unit(villages[row.shelf_id], user))
        elif unit := built.get(uuid.UUID(row.key)):
            units.append(unit)
        else:
            units.append(_gone("household", row.key, row.shelf_id))
    return units


def _of_practice(practice: PracticeVillage, after: int) -> list[dict]:
    """All of it, for it is small; a phone that knows an earlier beginning drops that first."""
    former = [_gone("village", str(PRACTICE), PRACTICE)] if 0 < after < practice.began else []
    return former + practice_units(practice)


def _gone(kind: str, key: str, village: int) -> dict:
    return {"kind": kind, "key": key, "village": village, "gone": True}
