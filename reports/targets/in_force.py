"""Which target is in force for an area on a day: its own, else that of the nearest area above."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from areas.models import Area, AreaLink


@dataclass(frozen=True, slots=True)
class TargetInForce:
    """`rate` is a fraction (0.8); `area_id`, `area_name`: who was given it, the area itself or one above."""

    indicator_code: str
    rate: Decimal
    area_id: int
    area_name: str
    is_own: bool
    due_on: dt.date
    source: str
    document: str
    note: str = ""

    def as_data(self) -> dict:
        """As plain data, for a report that is frozen with the targets of its day."""
        return asdict(self) | {"rate": str(self.rate), "due_on": self.due_on.isoformat()}

    @classmethod
    def from_data(cls, data: dict) -> TargetInForce:
        return cls(**data | {"rate": Decimal(data["rate"]), "due_on": dt.date.fromisoformat(data["due_on"])})

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
    """For each area: indicator code → its target on `day`, by the map of that day. One query.

    For each indicator the nearest area that has a target not yet past due; of several of one area the earliest due.
    """
    found: dict[int, dict[str, TargetInForce]] = {area: {} for area in areas}
    links = AreaLink.objects.on(day).filter(
        descendant__in=found,
        ancestor__targets__withdrawn_at=None,
        ancestor__targets__since__lte=day,
        ancestor__targets__due_on__gte=day,
    )
    rows = links.order_by("depth", "ancestor__targets__due_on", "ancestor__targets__pk")
    fields = ("indicator__code", "rate", "due_on", "source", "document", "note")
    columns = [f"ancestor__targets__{name}" for name in fields]
    for area, depth, above, name, code, rate, *rest in rows.values_list(
        "descendant", "depth", "ancestor", "ancestor__name", *columns
    ):
        found[area].setdefault(code, TargetInForce(code, rate / 100, above, name, depth == 0, *rest))
    return found
