"""Many visits at once, as a phone or a list brings them: the same rules as one visit at the desk, a statement for each
table.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from areas.actions import mark_stale
from areas.models import AreaVersion, Level
from journal.actions import record
from journal.models import Act
from residents.models import Placement, Visit, VisitResult
from residents.record import in_milliseconds, in_parts, insert_once
from residents.visit_rules import visit_faults

from .visits import VisitFacts

WITHDRAWN_AT_ONCE = 500


@dataclass(frozen=True)
class NewVisit:
    """A visit with the id that its maker gave it."""

    id: uuid.UUID
    facts: VisitFacts
    device: str = ""


class Whereabouts:
    """Where households stood, read once for many; villages by their keys."""

    def __init__(self, households: Iterable[uuid.UUID] = ()):
        self.spans: dict[uuid.UUID, list[tuple[dt.date, dt.date | None, int]]] = {}
        self.load(households)

    def load(self, households: Iterable[uuid.UUID]) -> None:
        """Read these too; what was read before is not read again."""
        if not (unread := set(households) - self.spans.keys()):
            return
        self.spans |= {pk: [] for pk in unread}
        rows = Placement.objects.filter(household__in=unread).order_by()
        for household, *span in rows.values_list("household", "since", "until", "village"):
            self.spans[household].append(tuple(span))

    def villages_of(self, household: uuid.UUID) -> set[int]:
        return {village for _, _, village in self.spans.get(household, ())}

    def forget(self, household: uuid.UUID) -> None:
        self.spans.pop(household, None)

    def village_at(self, household: uuid.UUID, moment: dt.datetime) -> int | None:
        day = timezone.localdate(moment)
        for since, until, village in self.spans.get(household, ()):
            if since <= day and (until is None or until > day):
                return village
        return None

    def village_of(self, said: VisitFacts | Visit) -> int | None:
        """Where the visit counts."""
        return self.village_at(said.household.pk, said.at) if said.household else said.village.pk


def faults_of(visits: Sequence[NewVisit], *, where: Whereabouts, now: dt.datetime) -> dict[uuid.UUID, dict[str, str]]:
    """Errors by field of those that may not be written, by their ids. `now`: what lies after it is in the future."""
    stands = _villages_in_force([visit.facts for visit in visits])
    wrong = {}
    for visit in visits:
        facts = visit.facts
        key = (facts.village.pk, timezone.localdate(facts.at)) if facts.village else None
        is_placed = where.village_of(facts) is not None
        if errors := visit_faults(facts, is_placed=is_placed, village_stands=key in stands, now=now):
            wrong[visit.id] = errors
    return wrong


@transaction.atomic
def record_visits(
    visits: Sequence[NewVisit],
    *,
    by,
    now: dt.datetime,
    where: Whereabouts,
    source: str = Visit.Source.PHONE,
    label: str = "Lượt đến hộ, từ điện thoại",
) -> set[uuid.UUID]:
    """Write visits that have no faults; returns the ids that were new. One line of the journal for each village."""
    common = {"source": source, "recorded_by_id": by.pk, "received_at": now}
    never = dict.fromkeys(("replaces_id", "withdrawn_at", "withdrawn_by_id"))
    fresh = insert_once(Visit, [_row(visit) for visit in visits], **common, **never)
    new = [visit for visit in visits if visit.id in fresh]
    for name in ("topics", "members"):
        link = Visit._meta.get_field(name)
        through, column = link.remote_field.through, link.m2m_reverse_name()
        through.objects.bulk_create(
            through(visit_id=visit.id, **{column: each.pk}) for visit in new for each in getattr(visit.facts, name)
        )
    VisitResult.objects.bulk_create(
        VisitResult(visit_id=visit.id, kind_id=kind, count=count)
        for visit in new
        for kind, count in visit.facts.results.items()
        if count
    )
    _tell([visit.facts for visit in new], by, where, Act.Verb.ADD, label)
    return fresh


@transaction.atomic
def withdraw_visits(visits: Sequence[Visit], *, by, now: dt.datetime, label: str) -> None:
    """Take back visits at which nothing was seen, and which still count. Raises ValidationError if one does not."""
    keys = [visit.pk for visit in visits]
    found = 0
    for some in in_parts(keys, WITHDRAWN_AT_ONCE):
        found += Visit.objects.counted().filter(pk__in=some).update(withdrawn_at=now, withdrawn_by=by)
    if found != len(keys):
        raise ValidationError("Có lượt vừa được sửa hoặc rút lại. Thử lại.")
    where = Whereabouts(visit.household_id for visit in visits if visit.household_id)
    _tell(visits, by, where, Act.Verb.RETRACT, label)


class _Row(NamedTuple):
    """The columns in which visits of a batch differ."""

    id: uuid.UUID
    team_id: int | None
    household_id: uuid.UUID | None
    village_id: int | None
    place: str
    at: dt.datetime
    minutes: int | None
    way: str
    outcome: str
    come_back_on: dt.date | None
    people_helped: int
    note: str
    device: str


def _row(visit: NewVisit) -> _Row:
    facts = visit.facts
    return _Row(
        id=visit.id,
        team_id=facts.team.pk if facts.team else None,
        household_id=facts.household.pk if facts.household else None,
        village_id=facts.village.pk if facts.village and not facts.household else None,
        place=facts.kept_text(facts.place),
        at=in_milliseconds(facts.at),
        minutes=facts.minutes,
        way=facts.way,
        outcome=facts.outcome,
        come_back_on=facts.come_back_on,
        people_helped=facts.people_helped,
        note=facts.kept_text(facts.note),
        device=visit.device,
    )


def _tell(visits: Sequence[VisitFacts | Visit], by, where: Whereabouts, verb: Act.Verb, label: str) -> None:
    since: dict[int, dt.date] = {}
    counts: dict[int, int] = defaultdict(int)
    for visit in visits:
        if village := where.village_of(visit):
            day = timezone.localdate(visit.at)
            since[village] = min(day, since.get(village, day))
            counts[village] += 1
    for village, day in sorted(since.items()):
        mark_stale([village], day)
        record(by=by, verb=verb, area_id=village, label=label, visits=counts[village])


def _villages_in_force(facts: Sequence[VisitFacts]) -> set[tuple[int, dt.date]]:
    """(village, day) of help to people of no household, where the village stood that day."""
    asked = {(each.village.pk, timezone.localdate(each.at)) for each in facts if each.village and not each.household}
    if not asked:
        return set()
    versions = AreaVersion.objects.filter(area__in={pk for pk, _ in asked}, area__level=Level.VILLAGE)
    spans = list(versions.values_list("area", "since", "until"))
    return {
        (pk, day)
        for pk, day in asked
        if any(area == pk and since <= day and (until is None or until > day) for area, since, until in spans)
    }
