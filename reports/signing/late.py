"""What came in after a village confirmed or a report was presented: kept, listed, never mixed in silently.

"Bổ sung sau chốt" is what was seen in a period and reached the server after its report was presented. What is shown to
a user of persons and households goes through `visible_to`; the counts are aggregates.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping

from django.db.models import F, Q, QuerySet

from areas.models import Area, Level
from reports import periods
from reports.models import Period
from residents.models import Observation, Visit


def observations(villages, period: Period, after: dt.datetime) -> QuerySet[Observation]:
    """Seen in the period at households that stood in these villages then, received after `after`."""
    first, end = periods.starts_at(period.start_on), periods.ends_at(period.end_on)
    stood = Q(household__placements__since__lte=F("effective_at__date")) & (
        Q(household__placements__until=None) | Q(household__placements__until__gt=F("effective_at__date"))
    )
    return Observation.objects.filter(
        stood,
        received_at__gt=after,
        effective_at__gte=first,
        effective_at__lt=end,
        household__placements__village__in=villages,
    )


def visits(villages, period: Period, after: dt.datetime) -> QuerySet[Visit]:
    """Made in the period at these villages, received after `after`."""
    first, end = periods.starts_at(period.start_on), periods.ends_at(period.end_on)
    there = Q(village__in=villages) | (
        Q(household__placements__village__in=villages)
        & Q(household__placements__since__lte=F("at__date"))
        & (Q(household__placements__until=None) | Q(household__placements__until__gt=F("at__date")))
    )
    return Visit.objects.counted().filter(there, received_at__gt=after, at__gte=first, at__lt=end)


def villages_in(area: Area, period: Period) -> QuerySet[Area]:
    """The villages of `area` by the map of the period's last day."""
    return Area.objects.under(area, area.last_day(period.end_on)).at(Level.VILLAGE)


def count(area: Area, period: Period, after: dt.datetime) -> int:
    """How many answers and visits came in late for the whole of `area`, in two queries."""
    villages = villages_in(area, period).values("pk")
    return (
        observations(villages, period, after).values("pk").distinct().count()
        + visits(villages, period, after).values("pk").distinct().count()
    )


def count_by_village(period: Period, confirmed: Mapping[int, dt.datetime]) -> Counter[int]:
    """Village → what came in since it confirmed, in two queries; `confirmed`: village → when."""
    if not confirmed:
        return Counter()
    earliest, found = min(confirmed.values()), Counter()
    answers = observations(list(confirmed), period, earliest).values_list(
        "household__placements__village", "received_at", "pk"
    )
    rows = set(answers)
    rows |= {
        (village or placed, at, pk)
        for village, placed, at, pk in visits(list(confirmed), period, earliest).values_list(
            "village", "household__placements__village", "received_at", "pk"
        )
    }
    found.update(village for village, at, _ in rows if village in confirmed and at > confirmed[village])
    return found
