"""Villages of divided wards that wait for a place ("chờ xếp")."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import F

from .models import AreaVersion, PendingVillage, ReorganisationPart


def with_choices(waiting: list[PendingVillage]) -> list[PendingVillage]:
    """Each with `origin` (the divided ward), `present` (where the village lies now) and `choices` (its successors)."""
    villages = [pending.village_id for pending in waiting]
    origins = AreaVersion.objects.filter(
        area__in=villages, until=F("area__pending_places__reorganisation__effective_on")
    ).select_related("parent")
    origin_of = {(version.area_id, version.until): version.parent for version in origins}
    present = AreaVersion.objects.open().filter(area__in=villages).select_related("parent")
    parent_of = {version.area_id: version.parent for version in present}
    choices = defaultdict(list)
    parts = ReorganisationPart.objects.filter(reorganisation__in=[pending.reorganisation_id for pending in waiting])
    from_areas = {origin.pk for origin in origin_of.values()}
    for part in parts.filter(from_area__in=from_areas).select_related("to_area").order_by("-is_main", "pk"):
        choices[part.reorganisation_id, part.from_area_id].append(part.to_area)
    for pending in waiting:
        pending.origin = origin_of[pending.village_id, pending.reorganisation.effective_on]
        pending.present = parent_of[pending.village_id]
        pending.choices = choices[pending.reorganisation_id, pending.origin.pk]
    return waiting
