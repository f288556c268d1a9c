"""The map of a period: what was in force, on which day each area is counted, and what must be counted when one changes.

An area in force on any day of the period has figures, as of the earliest of today, the period's end and its own last
day. A village that ended within the period leaves its activity to the area of its successor ("adopted"), so that
nothing is lost above it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from functools import cached_property

from django.db.models import DateField, F, Q, Value

from areas.models import Area, AreaLink, Level, ReorganisationPart

from .models import Period

PARENT_LEVELS = (Level.WARD, Level.DISTRICT, Level.PROVINCE, Level.COUNTRY)
PART = ("from_area", "to_area", "extent", "reorganisation__effective_on")
Life = tuple[dt.date, dt.date | None]


class Territory:
    def __init__(self, period: Period, today: dt.date):
        self.period = period
        self.day = period.as_of(today)

    @cached_property
    def closed(self) -> dict[int, dt.date]:
        """Areas that ended within the period → their last day. (A reform ends ten thousand of them.)"""
        return {pk: until - dt.timedelta(days=1) for pk, until in self._ended.order_by().values_list("pk", "until")}

    @property
    def _ended(self):
        return Area.objects.filter(until__gt=self.period.start_on, until__lte=self.day)

    def in_force(self, level: Level, among: Collection[int] | None = None) -> list[int]:
        areas = Area.objects.on(self.day).at(level).order_by("pk")
        if among is not None:
            areas = areas.filter(pk__in=among)
        return list(areas.values_list("pk", flat=True))

    @cached_property
    def adopted(self) -> dict[int, int]:
        """Villages that ended within the period → the area in force that their activity adds to.

        That is the parent of the main successor; where nobody said what a village became, the nearest area that it
        lay in on its last day and that is still there, or the main successor of one that is not.
        """
        villages = set(self._ended.filter(level=Level.VILLAGE).order_by().values_list("pk", flat=True))
        if not villages:
            return {}
        becomes = self._main_successors
        heirs = {village: heir for village in villages if (heir := self._in_force_heir(village, becomes))}
        parents = AreaLink.objects.on(self.day).filter(descendant__in=set(heirs.values()), depth=1).order_by()
        parent_of = dict(parents.values_list("descendant", "ancestor"))
        found = {village: parent_of[heir] for village, heir in heirs.items() if heir in parent_of}
        orphans = villages - found.keys()
        above = AreaLink.objects.filter(descendant__in=orphans, depth__gt=0).order_by("descendant", "depth")
        for village, ancestor, since, until in above.values_list("descendant", "ancestor", "since", "until"):
            last_day = self.closed[village]
            if village in found or not (since <= last_day and (until is None or until > last_day)):
                continue
            heir = self._in_force_heir(ancestor, becomes) if ancestor in self.closed else ancestor
            if heir:
                found[village] = heir
        return found

    @cached_property
    def _main_successors(self) -> dict[int, int]:
        """Areas that ended within the period → what they mainly became."""
        parts = ReorganisationPart.objects.filter(
            from_area__in=self._ended, is_main=True, reorganisation__state="carried_out"
        ).order_by("reorganisation__effective_on")
        return dict(parts.values_list("from_area", "to_area"))

    def _in_force_heir(self, area: int, becomes: dict[int, int]) -> int | None:
        """What it became, over any number of reorganisations, in force on the day."""
        seen: set[int] = set()
        while area in self.closed:
            if area in seen or area not in becomes:
                return None
            seen.add(area)
            area = becomes[area]
        return area

    def scope(self, changed: Collection[int] | None) -> Scope:
        """What to count when `changed` areas changed; None: everything."""
        if changed is None:
            villages = self.in_force(Level.VILLAGE)
            parents = {level: self.in_force(level) for level in PARENT_LEVELS}
            return Scope(villages, parents, dict(self.closed), None)
        changed = set(changed)
        reached = changed | {self.adopted[pk] for pk in changed & self.adopted.keys()}
        links = AreaLink.objects.on(self.day).filter(descendant__in=reached).order_by()
        found = defaultdict(set)
        for area, level in links.values_list("ancestor", "ancestor__level"):
            found[level].add(area)
        villages = sorted(found.pop(Level.VILLAGE, set()) & changed)
        parents = {level: sorted(found[level]) for level in PARENT_LEVELS}
        closed = self._closed_above(changed)
        return Scope(villages, parents, closed, {*villages, *closed, *(pk for some in parents.values() for pk in some)})

    def _closed_above(self, changed: set[int]) -> dict[int, dt.date]:
        """Areas that ended within the period and held a changed one on their last day → that day."""
        links = AreaLink.objects.filter(descendant__in=changed, ancestor__until__gt=self.period.start_on)
        links = links.filter(ancestor__until__lte=self.day).order_by()
        return {
            ancestor: ended - dt.timedelta(days=1)
            for ancestor, since, until, ended in links.values_list("ancestor", "since", "until", "ancestor__until")
            if since < ended and (until is None or until >= ended)
        }


class Scope:
    """Villages in force; parents in force by level; ended areas with their day; all of them (None: no limit)."""

    def __init__(
        self, villages: list[int], parents: dict[Level, list[int]], closed: dict[int, dt.date], areas: set[int] | None
    ):
        self.villages = villages
        self.parents = parents
        self.closed = closed
        self.areas = areas

    @property
    def closed_by_day(self) -> dict[dt.date, list[int]]:
        days = defaultdict(list)
        for area, day in self.closed.items():
            days[day].append(area)
        return dict(sorted(days.items()))


class TodaysMap:
    """Some areas of today, and what their villages were made of on any day from `first_day` on: read once, for all."""

    def __init__(self, areas: Collection[int], first_day: dt.date):
        self.areas = areas
        self.lives: dict[int, Life] = {}
        self.links: list[tuple] = []
        self.parts: list[tuple] = []
        self.doubts: list[tuple] = []
        # In one query: what lay in the areas, what became of villages, and wards that were divided while villages of
        # them still wait.
        parts = ReorganisationPart.objects.filter(
            reorganisation__state="carried_out", reorganisation__effective_on__gt=first_day
        ).order_by()
        links = AreaLink.objects.filter(Q(until=None) | Q(until__gt=first_day), ancestor__in=areas).order_by()
        rows_of = {"part": self.parts, "doubt": self.doubts, "link": self.links}
        for kind, *row in _village_parts(parts).union(_divided_wards(parts), _village_links(links), all=True):
            rows_of[kind].append(tuple(row))
        for _, village, _, _, _, *life in self.links:
            self.lives[village] = tuple(life[:2])
        for source, target, _, _, *lives in self.parts:
            self.lives[source], self.lives[target] = tuple(lives[:2]), tuple(lives[2:])

    def villages_on(self, day: dt.date) -> dict[int, set[int]]:
        """Area → the villages that lay in it on `day`."""
        villages: dict[int, set[int]] = {area: set() for area in self.areas}
        for area, village, _, since, until, *_ in self.links:
            if _holds((since, until), day):
                villages[area].add(village)
        return villages

    def origins(self, villages: Collection[int], day: dt.date) -> dict[int, set[int] | None]:
        """Today's villages → the villages of `day` that they were made of; None where one of those was divided.

        A village that was not there and that nothing became adds nothing: an empty set.
        """
        came_from: dict[int, set[int]] = defaultdict(set)
        divided: set[int] = set()
        for source, target, extent, effective_on, *_ in self.parts:
            if effective_on > day:
                came_from[target].add(source)
                if extent == ReorganisationPart.Extent.PART:
                    divided.update((source, target))
        made_of: dict[int, set[int] | None] = {}
        for village in villages:
            found, frontier = {village}, {village}
            while frontier := {source for one in frontier for source in came_from.get(one, ())} - found:
                found |= frontier
            there = {pk for pk in found if pk in self.lives and _holds(self.lives[pk], day)}
            made_of[village] = None if found & divided else there
        return made_of

    def in_doubt(self, day: dt.date) -> set[int]:
        """Wards of today that divided one another after `day`, while villages of it wait to be placed among them."""
        return {
            target
            for _, target, _, effective_on, since, until, *_ in self.doubts
            if effective_on > day and _holds((since, until), day)
        }


def _holds(life: Life, day: dt.date) -> bool:
    since, until = life
    return since <= day and (until is None or until > day)


def _village_parts(parts):
    """(part, from, to, extent, day, since and until of what was there before, and of what came)"""
    lives = ("from_area__since", "from_area__until", "to_area__since", "to_area__until")
    return parts.filter(from_area__level=Level.VILLAGE).values_list(Value("part"), *PART, *lives)


def _divided_wards(parts):
    """(doubt, from, to, extent, day, since when a village that waits lay in it, until when, and the ward's own life)"""
    waiting = parts.filter(
        extent=ReorganisationPart.Extent.PART,
        from_area__links_down__depth=1,
        from_area__links_down__descendant__until=None,
        from_area__links_down__descendant__pending_places__settled_at=None,
        from_area__links_down__descendant__pending_places__reorganisation=F("reorganisation"),
    )
    lay = ("from_area__links_down__since", "from_area__links_down__until")
    return waiting.values_list(Value("doubt"), *PART, *lay, "from_area__since", "from_area__until")


def _village_links(links):
    """(link, area, village in it, nothing, since, until, since and until of the village, nothing)"""
    lives = ("descendant__since", "descendant__until")
    nothing = Value(None, output_field=DateField())
    links = links.filter(descendant__level=Level.VILLAGE)
    return links.values_list(Value("link"), "ancestor", "descendant", Value(""), "since", "until", *lives, nothing)
