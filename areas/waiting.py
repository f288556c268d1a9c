"""Villages of divided wards that wait for a place ("chờ xếp")."""

from __future__ import annotations

from django.db.models import F

from .models import Area, AreaVersion, PendingVillage, ReorganisationPart

PART = ReorganisationPart.Extent.PART


def with_choices(waiting: list[PendingVillage]) -> list[PendingVillage]:
    """Each with `origin` (the divided ward), `present` (where the village lies now) and `choices` (its successors)."""
    villages = [pending.village_id for pending in waiting]
    present = AreaVersion.objects.open().filter(area__in=villages).select_related("parent")
    parent_of = {version.area_id: version.parent for version in present}
    parts = ReorganisationPart.objects.filter(
        reorganisation__in=[pending.reorganisation_id for pending in waiting], extent=PART
    )
    parts = parts.select_related("from_area", "to_area").order_by("-is_main", "pk")
    left = _left_on_the_day(villages)
    for pending in waiting:
        pending.present = parent_of[pending.village_id]
        own = [part for part in parts if part.reorganisation_id == pending.reorganisation_id]
        pending.origin = left.get((pending.village_id, pending.reorganisation.effective_on)) or _divided_into(
            pending.present, own
        )
        pending.choices = [part.to_area for part in own if part.from_area_id == pending.origin.pk]
    return waiting


def _left_on_the_day(villages: list[int]) -> dict:
    """(village, day of its reorganisation) → the ward in which it lay until then."""
    found = AreaVersion.objects.filter(
        area__in=villages, until=F("area__pending_places__reorganisation__effective_on")
    ).select_related("parent")
    return {(version.area_id, version.until): version.parent for version in found}


def _divided_into(present: Area, parts: list[ReorganisationPart]) -> Area:
    """The divided ward whose main successor is `present`: of a village begun after the day, which never lay in it."""
    return next(part.from_area for part in parts if part.to_area_id == present.pk and part.is_main)
