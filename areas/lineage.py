"""What became of areas: for reports that compare days on both sides of a reorganisation."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F

from .closure import chunks
from .models import Area, Reorganisation, ReorganisationPart


@dataclass(frozen=True)
class Relative:
    """An area that another became, or came from; `is_whole`: all of the older one went into the younger."""

    area: Area
    is_whole: bool


@dataclass(frozen=True)
class MapToday:
    """How areas of an old map add up on a later one.

    `wholes`: id of a later area → ids of the old ones that together are exactly it. `divided`: ids of the old areas
    that went to several. `incomparable`: ids of the later areas that hold a part of a divided one, or more than was
    asked about: of these one says "không so sánh được".
    """

    wholes: dict[int, frozenset[int]] = field(default_factory=dict)
    divided: frozenset[int] = frozenset()
    incomparable: frozenset[int] = frozenset()


def successors(area: Area, day: dt.date) -> list[Relative]:
    """The areas in force on `day` that `area` became; itself while it is in force; none if it ended without any."""
    ends = _ends({area.pk}, day)[area.pk]
    found = Area.objects.filter(pk__in=ends - {None}).in_order()
    return [Relative(other, is_whole=len(ends) == 1) for other in found]


def predecessors(area: Area, day: dt.date) -> list[Relative]:
    """The areas in force on `day` out of which `area` came; itself if it was in force."""
    sources = _ends({area.pk}, day, backwards=True)[area.pk] - {None}
    onward = _ends(sources, area.since)
    found = Area.objects.filter(pk__in=sources).in_order()
    return [Relative(other, is_whole=onward[other.pk] == {area.pk}) for other in found]


def map_today(areas_then: Iterable[Area], then: dt.date, today: dt.date) -> MapToday:
    """Which of `areas_then`, in force on the day `then`, add up whole to areas in force `today`, and which do not.

    An area divided and put together again later is whole.
    """
    known = {area.pk for area in areas_then}
    onward = _ends(known, today)
    fed: dict[int, set[int]] = defaultdict(set)
    for old, ends in onward.items():
        for new in ends - {None}:
            fed[new].add(old)
    divided = {old for old, ends in onward.items() if len(ends) > 1}
    back = _ends(set(fed), then, backwards=True)
    incomparable = {new for new, olds in fed.items() if olds & divided or back[new] - {None} != olds}
    wholes = {new: frozenset(olds) for new, olds in fed.items() if new not in incomparable}
    return MapToday(wholes, frozenset(divided), frozenset(incomparable))


def _ends(area_ids: set[int], day: dt.date, *, backwards: bool = False) -> dict[int, set[int | None]]:
    """Area → the areas in force on `day` that it became (backwards: came from); None for what led to nothing."""
    steps: dict[int, set[int | None]] = {}
    frontier = set(area_ids)
    while frontier:
        found = _in_force_or_next(frontier, day, backwards)
        steps |= found
        frontier = {pk for nexts in found.values() for pk in nexts if pk is not None} - steps.keys()
    ends = {}
    for start in area_ids:
        ends[start], stack, seen = set(), [start], set()
        while stack:
            pk = stack.pop()
            if pk is None or steps[pk] == {pk}:
                ends[start].add(pk)
            elif pk not in seen:
                seen.add(pk)
                stack.extend(steps[pk])
    return ends


def _in_force_or_next(area_ids: set[int], day: dt.date, backwards: bool) -> dict[int, set[int | None]]:
    """One step: itself when in force on the day, else what it became (or came from) when it ended (or began)."""
    found: dict[int, set[int | None]] = {}
    here, there = ("to_area", "from_area") if backwards else ("from_area", "to_area")
    carried_out = ReorganisationPart.objects.filter(reorganisation__state=Reorganisation.State.CARRIED_OUT)
    borders = carried_out.exclude(from_area=F("to_area")).filter(
        reorganisation__effective_on=F("to_area__since" if backwards else "from_area__until")
    )
    for chunk in chunks(area_ids):
        in_force = set(Area.objects.on(day).filter(pk__in=chunk).values_list("pk", flat=True))
        found |= {pk: {pk} for pk in in_force}
        nexts: dict[int, set[int | None]] = defaultdict(set)
        for pk, other in borders.filter(**{f"{here}__in": set(chunk) - in_force}).values_list(here, there):
            nexts[pk].add(other)
        found |= {pk: nexts.get(pk) or {None} for pk in chunk if pk not in in_force}
    return found


def origins(area: Area):
    """The area and all out of which it came, whole or in part, on any day: a queryset, the youngest first."""
    found, frontier = {area.pk}, {area.pk}
    carried_out = ReorganisationPart.objects.filter(reorganisation__state=Reorganisation.State.CARRIED_OUT)
    while frontier:
        before = set(carried_out.filter(to_area__in=frontier).values_list("from_area", flat=True))
        frontier = before - found
        found |= frontier
    return Area.objects.filter(pk__in=found, level=area.level).order_by("-since", "sort_key", "pk")
