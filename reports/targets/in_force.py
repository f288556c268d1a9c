"""Which target is in force for an area on a day: its own, else that of the nearest area above."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from areas.models import Area, AreaLink
from reports.models import Target


@dataclass(frozen=True, slots=True)
class TargetInForce:
    """`rate` is a fraction (0.8); `area_id`, `area_name`: who was given it, the area itself or one above."""

    indicator_code: str
    rate: Decimal
    due_on: dt.date
    area_id: int
    area_name: str
    is_own: bool
    source: str
    document: str
    note: str = ""

    def is_met(self, shown) -> bool | None:
        """By what is shown of the area (`figures.Shown`); None: nobody knows, or nobody is eligible."""
        return None if shown is None or shown.rate is None else shown.rate >= self.rate

    def needed(self, shown) -> int | None:
        """How many more must be reached, of those eligible now; None where only a rate is known."""
        if shown is None or shown.eligible is None or shown.reached is None:
            return None
        return max(0, ceil(Fraction(self.rate) * shown.eligible) - shown.reached)


def targets_in_force(area: Area, day: dt.date) -> dict[str, TargetInForce]:
    """Indicator code → the target of `area` on `day`: one query."""
    return targets_of([area.pk], day)[area.pk]


def targets_of(areas: Collection[int], day: dt.date) -> dict[int, dict[str, TargetInForce]]:
    """For each area: indicator code → its target on `day`, by the map of that day. Two queries.

    For each indicator the nearest area that has a target not yet past due; of several of one area the earliest due.
    """
    found: dict[int, dict[str, TargetInForce]] = {area: {} for area in areas}
    links = AreaLink.objects.on(day).filter(descendant__in=found).order_by("depth")
    above = list(links.values_list("descendant", "ancestor"))
    targets: dict[int, list[Target]] = {}
    ancestors = {ancestor for _, ancestor in above}
    for target in (
        Target.objects.on(day).filter(area__in=ancestors).select_related("indicator", "area").order_by("due_on", "pk")
    ):
        targets.setdefault(target.area_id, []).append(target)
    for area, ancestor in above:
        own: dict[str, TargetInForce] = {}
        for target in targets.get(ancestor, ()):
            own.setdefault(target.indicator.code, _of(target, is_own=area == ancestor))
        found[area] = own | found[area]
    return found


def _of(target: Target, *, is_own: bool) -> TargetInForce:
    return TargetInForce(
        indicator_code=target.indicator.code,
        rate=target.rate / 100,
        due_on=target.due_on,
        area_id=target.area_id,
        area_name=target.area.name,
        is_own=is_own,
        source=target.source,
        document=target.document,
        note=target.note,
    )
