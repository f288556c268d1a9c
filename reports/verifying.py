"""`figures --verify`: everything counted a second, plain way, and every difference told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

from areas.models import Area

from . import measures
from .models import Figure, Period
from .plain import World, recount


def differences(*, today: dt.date, periods: Collection[Period], areas: Collection[int] | None = None) -> Iterator[str]:
    """A line for each figure that differs from the plain recount, and for each derived column of the record."""
    world = World()
    yield from _derived(world)
    names = dict(Area.objects.values_list("pk", "name"))
    for period in periods:
        wanted = recount(period, today=today, world=world)
        stored = Figure.kept(period)
        for area, measure in sorted(wanted.keys() | stored.keys()):
            if areas is not None and area not in areas:
                continue
            expected, found = wanted.get((area, measure)), stored.get((area, measure))
            if not _same(measure, expected, found):
                yield f"{period}, {names[area]} ({area}), {measure}: đang lưu {found}, đếm lại được {expected}"


def _same(measure: str, expected: tuple | None, found: tuple | None) -> bool:
    if expected is None or found is None:
        # A part that is zero needs no row, nor does a ward without a team.
        one = expected or found
        sparse = measures.base_of(measure) or measure == "wards_with_team"
        return bool(one is None or (sparse and one[4] == 0 and one[8] is None))
    return expected == found


def _derived(world: World) -> Iterator[str]:
    """`until` of answers, and the present place of households and people."""
    for (subject, _), line in sorted(world.answers.items(), key=str):
        for place, row in enumerate(line):
            following = line[place + 1].effective_at if place + 1 < len(line) else None
            if row.until != following:
                yield f"Ghi nhận {row.pk} của {subject}: until là {row.until}, đúng ra {following}"
    for key, household in world.households.items():
        placements = world.placements.get(key)
        if placements and placements[-1].village_id != household.village_id:
            yield f"Hộ {key}: thôn đang lưu {household.village_id}, nơi ở cuối {placements[-1].village_id}"
    last_home: dict = {}
    for stays in world.stays.values():
        for stay in stays:
            if stay.resident_id not in last_home or last_home[stay.resident_id].since < stay.since:
                last_home[stay.resident_id] = stay
    for key, resident in world.residents.items():
        if key in last_home and last_home[key].household_id != resident.household_id:
            yield f"Nhân khẩu {key}: hộ đang lưu {resident.household_id}, nơi ở cuối {last_home[key].household_id}"
