"""Tiêu chí trọng tâm: which indicators a village looks at first on a day, and whose choice that is."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction

from areas.models import Area, AreaLink
from journal.actions import record
from journal.models import Act
from residents.models import Indicator, IndicatorVersion

from .models import FocusChoice, FocusIndicator


@dataclass(frozen=True)
class Focus:
    """`choice` is the one that holds: the area's own, or that of the nearest office above."""

    choice: FocusChoice | None
    indicators: tuple[Indicator, ...] = ()

    @property
    def codes(self) -> list[str]:
        return [indicator.code for indicator in self.indicators]


NOTHING = Focus(None)


def focus_of(areas: Collection[int], day: dt.date) -> dict[int, Focus]:
    """For each area what holds there on `day`: its own latest choice, else that of the nearest area above."""
    links = AreaLink.objects.on(day).filter(descendant__in=areas).order_by("depth")
    upwards: dict[int, list[int]] = defaultdict(list)
    for area, ancestor in links.values_list("descendant", "ancestor"):
        upwards[area].append(ancestor)
    chosen = _chosen({pk for above in upwards.values() for pk in above}, day)
    return {
        area: next((chosen[pk] for pk in upwards[area] if pk in chosen and chosen[pk].indicators), NOTHING)
        for area in areas
    }


def _chosen(areas: set[int], day: dt.date) -> dict[int, Focus]:
    """The latest choice of each area up to `day`, with those of its indicators that are asked on that day."""
    rows = FocusChoice.objects.filter(area__in=areas, since__lte=day).select_related("area").order_by("since")
    latest = {row.area_id: row for row in rows}
    asked = set(IndicatorVersion.objects.on(day).values_list("indicator", flat=True))
    indicators = defaultdict(list)
    for row in FocusIndicator.objects.filter(choice__in=latest.values()).select_related("indicator").order_by("order"):
        if row.indicator_id in asked:
            indicators[row.choice_id].append(row.indicator)
    return {area: Focus(row, tuple(indicators[row.pk])) for area, row in latest.items()}


@transaction.atomic
def choose(*, by, area: Area, since: dt.date, indicators: Sequence[Indicator], at: dt.datetime) -> FocusChoice:
    """`area` wants these looked at first from `since` on, in this order; none: as the office above chooses."""
    choice, _ = FocusChoice.objects.update_or_create(
        area=area, since=since, defaults={"chosen_by": by, "chosen_at": at}
    )
    choice.rows.all().delete()
    FocusIndicator.objects.bulk_create(
        FocusIndicator(choice=choice, indicator=indicator, order=order)
        for order, indicator in enumerate(indicators, start=1)
    )
    record(
        by=by, verb=Act.Verb.CHANGE, obj=choice, area_id=area.pk, since=since.isoformat(),
        indicators=[indicator.code for indicator in indicators],
    )  # fmt: skip
    return choice
