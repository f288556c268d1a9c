"""The closure of the tree through time, derived from the versions: written from here only, checked by `check_areas`."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from .models import Area, AreaLink, AreaVersion, Level

CHUNK = 800
FAR = dt.date.max


def relink(area_ids: Iterable[int]) -> None:
    """Make the links upwards of these areas, and of all that ever lay below them, agree with the versions.

    Only what differs is written.
    """
    scope = _with_descendants(set(area_ids))
    versions, parents = _versions_of(scope)
    links = _links_of(parents - scope)
    wanted: dict[tuple[int, int, dt.date], tuple[int, dt.date]] = {}
    for level in Level:
        for area in (pk for pk in sorted(scope) if versions[pk][0] == level):
            links[area] = _links_upwards(area, versions[area][1], links)
            wanted.update({(ancestor, area, since): (depth, until) for ancestor, depth, since, until in links[area]})
    _write_difference(scope, wanted)


def _with_descendants(area_ids: set[int]) -> set[int]:
    found, frontier = set(area_ids), set(area_ids)
    while frontier:
        children: set[int] = set()
        for chunk in chunks(frontier):
            children.update(AreaVersion.objects.filter(parent__in=chunk).values_list("area", flat=True))
        frontier = children - found
        found |= frontier
    return found


def _versions_of(scope: set[int]) -> tuple[dict[int, tuple[int, list]], set[int]]:
    """area → (level, its versions as (parent, since, until) in order), and all parents named."""
    found: dict[int, tuple[int, list]] = {}
    parents: set[int] = set()
    for chunk in chunks(scope):
        for pk, level in Area.objects.filter(pk__in=chunk).values_list("pk", "level").order_by():
            found[pk] = (level, [])
        rows = AreaVersion.objects.filter(area__in=chunk).order_by("area", "since")
        for area, parent, since, until in rows.values_list("area", "parent", "since", "until"):
            found[area][1].append((parent, since, until or FAR))
            if parent is not None:
                parents.add(parent)
    return found, parents


def _links_of(area_ids: set[int]) -> dict[int, list]:
    found: dict[int, list] = defaultdict(list)
    for chunk in chunks(area_ids):
        rows = AreaLink.objects.filter(descendant__in=chunk).order_by("since")
        for area, *link, until in rows.values_list("descendant", "ancestor", "depth", "since", "until"):
            found[area].append((*link, until or FAR))
    return found


def _links_upwards(area: int, versions: list, links: dict[int, list]) -> list[tuple[int, int, dt.date, dt.date]]:
    """(ancestor, depth, since, until) of an area; stretches that touch are one."""
    pieces = []
    for parent, since, until in versions:
        pieces.append((area, 0, since, until))
        for ancestor, depth, above_since, above_until in links.get(parent, ()):
            start, end = max(since, above_since), min(until, above_until)
            if start < end:
                pieces.append((ancestor, depth + 1, start, end))
    joined: list[tuple[int, int, dt.date, dt.date]] = []
    for ancestor, depth, since, until in sorted(pieces):
        if joined and joined[-1][:2] == (ancestor, depth) and joined[-1][3] == since:
            joined[-1] = (ancestor, depth, joined[-1][2], until)
        else:
            joined.append((ancestor, depth, since, until))
    return joined


def _write_difference(scope: set[int], wanted: dict) -> None:
    wrong = []
    for chunk in chunks(scope):
        rows = AreaLink.objects.filter(descendant__in=chunk).order_by()
        for pk, ancestor, descendant, since, depth, until in rows.values_list(
            "pk", "ancestor", "descendant", "since", "depth", "until"
        ):
            if wanted.get((ancestor, descendant, since)) == (depth, until or FAR):
                del wanted[ancestor, descendant, since]
            else:
                wrong.append(pk)
    for chunk in chunks(wrong):
        AreaLink.objects.filter(pk__in=chunk).delete()
    AreaLink.objects.bulk_create(
        [
            AreaLink(
                ancestor_id=ancestor,
                descendant_id=descendant,
                depth=depth,
                since=since,
                until=None if until == FAR else until,
            )
            for (ancestor, descendant, since), (depth, until) in wanted.items()
        ],
        batch_size=5000,
    )


def chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    """In pieces that every database takes as parameters of one statement."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]
