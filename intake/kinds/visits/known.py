"""The visits of the register that lines may be about: by their software id, or by household and day."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from django.utils import timezone

from accounts.rules import Can
from residents.actions.visits import VisitFacts, facts_of
from residents.models import Visit
from residents.record import in_parts
from residents.visit_columns import with_links

AT_ONCE = 500


class Known:
    """`by_id`: asked-for visits that are hers, each with its newest wording as `newest`; None where that is not hers.

    `of_day`: visits that count, by `key_of`; `taken`: those that a line of the list is about.
    """

    def __init__(self, user, ids: Iterable[uuid.UUID]):
        self.user = user
        self.by_id: dict[uuid.UUID, Visit] = {}
        self.of_day: dict[tuple, list[Visit]] = defaultdict(list)
        self.taken: set[uuid.UUID] = set()
        for some in in_parts(list(ids), AT_ONCE):
            self.by_id |= {visit.pk: visit for visit in self._read(pk__in=some)}
        self._follow()

    def load(self, households: Collection[uuid.UUID], villages: Collection[int], days: Collection[dt.date]) -> None:
        """Read the visits to these households, and in these villages to none, from the first to the last day."""
        if not days:
            return
        first = _midnight(min(days))
        last = _midnight(max(days)) + dt.timedelta(days=1)
        for some in in_parts(list(households), AT_ONCE):
            self._sort(self._read(household__in=some, at__gte=first, at__lt=last))
        self._sort(self._read(household=None, village__in=villages, at__gte=first, at__lt=last))

    def _sort(self, visits: Iterable[Visit]) -> None:
        for visit in visits:
            if visit.withdrawn_at is None and not hasattr(visit, "replaced_by"):
                self.of_day[key_of(visit)].append(visit)

    def _read(self, **which) -> Iterator[Visit]:
        visits = Visit.objects.visible_to(self.user, Can.RECORD_VISITS).with_rights(self.user).filter(**which)
        return iter(with_links(visits.select_related("replaced_by")).order_by("at", "pk"))

    def _follow(self) -> None:
        """A file may still know a visit by the id of a wording that was corrected since."""
        for visit in self.by_id.values():
            visit.newest = visit
        waiting = [visit for visit in self.by_id.values() if hasattr(visit, "replaced_by")]
        while waiting:
            later: dict[uuid.UUID, Visit] = {}
            for some in in_parts([visit.newest.pk for visit in waiting], AT_ONCE):
                later |= {visit.replaces_id: visit for visit in self._read(replaces__in=some)}
            for visit in waiting:
                visit.newest = later.get(visit.newest.pk)
            waiting = [visit for visit in waiting if hasattr(visit.newest, "replaced_by")]


def key_of(said: Visit | VisitFacts) -> tuple:
    """What visits of one day that may be one have in common: the household, or the village and place."""
    day = timezone.localdate(said.at)
    return (said.household.pk, day) if said.household else (said.village.pk, said.place.casefold(), day)


def same_fact(name: str, one, other) -> bool:
    if name in ("topics", "members"):
        return {each.pk for each in one} == {each.pk for each in other}
    if name == "results":
        return {item for item in one.items() if item[1]} == {item for item in other.items() if item[1]}
    return one == other


def differences(visit: Visit, facts: dict[str, object]) -> dict[str, tuple]:
    """What the facts say otherwise than this wording of the visit: name → (was, is)."""
    were = facts_of(visit)
    return {
        name: (getattr(were, name), value)
        for name, value in facts.items()
        if not same_fact(name, getattr(were, name), value)
    }


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
