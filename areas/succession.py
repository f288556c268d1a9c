"""What follows when areas become other areas: they close, and what lay in them goes under their successors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from sheets.text import place_sort_key, search_key

from .closure import chunks
from .histories import keep_versions
from .models import Area, AreaVersion, Office, PendingVillage, Reorganisation, ReorganisationPart

COPIED = ("area_id", "name", "kind", "code", "search_key", "sort_key")


def keyed(row: Area | AreaVersion):
    """With its keys for search and order, which `save` would set: for rows that are written in bulk."""
    row.search_key = search_key(row.name)
    row.sort_key = place_sort_key(row.name)
    return row


def hand_over(reorganisation: Reorganisation, parts: Iterable[ReorganisationPart]) -> set[int]:
    """Close the areas that became others on the day, and put what lay in them under their main successors.

    Villages of a divided ward also go onto the list of those waiting for a place. Returns the ids of the areas that
    moved; the caller relinks. Parts from an area to itself are passed over: its new version is the caller's.
    """
    day = reorganisation.effective_on
    mains = {part.from_area_id: part for part in parts if part.is_main and part.from_area_id != part.to_area_id}
    close_areas(mains, day, reason=reason_of(reorganisation))
    moved: set[int] = set()
    for chunk in chunks(mains):
        versions = AreaVersion.objects.filter(parent__in=chunk).filter(Q(until=None) | Q(until__gt=day))
        children = list(versions.select_related("area").order_by("area", "since"))
        _move_versions(children, {pk: part.to_area_id for pk, part in mains.items()}, reorganisation)
        moved.update(version.area_id for version in children)
        PendingVillage.objects.bulk_create(
            [
                PendingVillage(village_id=pk, reorganisation=reorganisation)
                for pk in {
                    version.area_id
                    for version in children
                    if mains[version.old_parent].extent == ReorganisationPart.Extent.PART
                }
            ]
        )
    return moved


def reason_of(reorganisation: Reorganisation) -> str:
    """What the history of a row says of why it changed."""
    return f"Sắp xếp đơn vị, {reorganisation.decree_number}"


def close_areas(area_ids: Iterable[int], day: dt.date, *, reason: str, by=None) -> None:
    """The last day of these areas is the day before; their offices end with them."""
    for chunk in chunks(area_ids):
        AreaVersion.objects.filter(area__in=chunk, since__lt=day).filter(Q(until=None) | Q(until__gt=day)).update(
            until=day
        )
        closing = Area.objects.filter(pk__in=chunk).filter(Q(until=None) | Q(until__gt=day))
        ending = Office.objects.filter(area__in=chunk, until=None, since__lt=day)
        for rows in (closing, ending):
            ids = list(rows.order_by().values_list("pk", flat=True))
            rows.update(until=day)
            keep_versions(rows.model, ids, reason=reason, by=by)


def _move_versions(children: list[AreaVersion], goes_to: dict[int, int], reorganisation: Reorganisation) -> None:
    """From the day on these versions lie in the successors: those begun before are cut in two."""
    day = reorganisation.effective_on
    begun = [version for version in children if version.since < day]
    for version in children:
        version.old_parent = version.parent_id
    new = [
        AreaVersion(
            **{name: getattr(version, name) for name in COPIED},
            parent_id=goes_to[version.parent_id],
            since=day,
            until=version.until,
            reorganisation=reorganisation,
        )
        for version in begun
    ]
    for chunk in chunks(version.pk for version in begun):
        AreaVersion.objects.filter(pk__in=chunk).update(until=day)
    AreaVersion.objects.bulk_create(new)
    for version in children:
        if version.since >= day:
            version.parent_id = goes_to[version.parent_id]
            version.save(update_fields=["parent"])
