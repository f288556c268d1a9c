"""Public holidays are kept here, not with the map: the time of visits outside office hours hangs on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from areas.actions import mark_stale
from areas.holidays import A_DAY, load_holidays
from areas.models import Holiday
from journal.actions import record
from journal.models import Act
from residents.models import Placement, Visit


@transaction.atomic
def keep_holiday(*, by, holiday: Holiday) -> Holiday:
    """Add a holiday or change one; figures of whoever was visited on that day are counted again."""
    verb = Act.Verb.ADD if holiday._state.adding else Act.Verb.CHANGE
    holiday.save()
    record(by=by, verb=verb, obj=holiday, kind=holiday.kind)
    _mark_visited([holiday.day])
    return holiday


@transaction.atomic
def load_known_holidays(*, by, years: Iterable[int]) -> list[Holiday]:
    """The holidays of the years that have none yet. Returns the new ones."""
    added = load_holidays(years)
    if added:
        record(by=by, verb=Act.Verb.IMPORT, label="Ngày nghỉ, ngày làm bù", added=len(added))
        _mark_visited([holiday.day for holiday in added])
    return added


def _mark_visited(days: Iterable[dt.date]) -> None:
    """Mark the villages where somebody was visited on these days, or on the eve of one (into the night)."""
    for day in days:
        eve, end = (timezone.make_aware(dt.datetime.combine(each, dt.time())) for each in (day - A_DAY, day + A_DAY))
        visits = Visit.objects.filter(at__gte=eve, at__lt=end).order_by()
        placements = Placement.objects.filter(household__in=visits.values("household"))
        villages = {*placements.order_by().values_list("village", flat=True).distinct()}
        villages.update(visits.exclude(village=None).values_list("village", flat=True).distinct())
        mark_stale(villages, day - A_DAY)
