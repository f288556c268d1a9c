"""Visits: written with what was seen in one transaction; corrected by a new wording; taken back, never deleted."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from uuid6 import uuid7

from areas.actions import mark_stale
from areas.models import Area, AreaVersion, Level
from journal.actions import record
from journal.models import Act
from residents.models import Household, Observation, Placement, Topic, Visit, VisitResult
from residents.record import NewObservation, append, retract
from residents.visit_rules import visit_faults
from teams.models import Member, Team


@dataclass(frozen=True, kw_only=True)
class VisitFacts:
    """What the visitor says of a visit. A household, or a village and place for help to people of no household."""

    at: dt.datetime
    outcome: str = Visit.Outcome.MET
    household: Household | None = None
    village: Area | None = None
    place: str = ""
    team: Team | None = None
    minutes: int | None = None
    way: str = Visit.Way.HOME
    come_back_on: dt.date | None = None
    topics: Sequence[Topic] = ()
    people_helped: int = 0
    members: Sequence[Member] = ()
    results: Mapping[int, int] = field(default_factory=dict)
    note: str = ""

    def kept_text(self, text: str) -> str:
        """Of a household whose personal data was erased nothing is written freely any more."""
        return "" if self.household is not None and self.household.forgotten_at else text


@dataclass(frozen=True)
class Answer:
    """What was seen during a visit; `resident_id` None for the household itself."""

    resident_id: uuid.UUID | None
    indicator_id: int
    answer: str
    reason: str = ""


@transaction.atomic
def record_visit(
    *,
    by,
    facts: VisitFacts,
    now: dt.datetime,
    answers: Sequence[Answer] = (),
    source: str = Visit.Source.DESK,
    id: uuid.UUID | None = None,
) -> Visit:
    """A visit and what was seen, at the visit's own time. Raises ValidationError by field; then nothing is written."""
    village = check(facts, now)
    visit = _write(by=by, facts=facts, now=now, source=source, id=id)
    if facts.household is not None and answers:
        _append(by=by, visit=visit, answers=answers, now=now)
    mark_stale([village.pk], timezone.localdate(facts.at))
    record(by=by, verb=Act.Verb.ADD, obj=visit, area_id=village.pk, answers=len(answers))
    return visit


@transaction.atomic
def replace_visit(*, by, visit: Visit, facts: VisitFacts, now: dt.datetime) -> Visit:
    """A new wording of `visit`. Where the time changed, what was seen then moves along with it."""
    visit = _still_counted(visit)
    village = check(facts, now)
    before = village_of(visit.household, visit.village, visit.at)
    later = _write(by=by, facts=facts, now=now, source=visit.source, replaces=visit)
    if facts.at != visit.at:
        _move_answers(by=by, visit=visit, later=later, now=now)
    mark_stale([each.pk for each in (village, before) if each], timezone.localdate(min(visit.at, facts.at)))
    record(by=by, verb=Act.Verb.CHANGE, obj=later, area_id=village.pk, replaces=str(visit.pk))
    return later


@transaction.atomic
def withdraw_visit(*, by, visit: Visit, now: dt.datetime, with_answers: bool) -> Visit:
    """The visit did not happen as written; with its answers if they were a mistake too."""
    visit = _still_counted(visit)
    visit.withdrawn_at, visit.withdrawn_by = now, by
    visit.save(update_fields=["withdrawn_at", "withdrawn_by"])
    if with_answers and (seen := list(standing_answers(visit))):
        retract([observation.pk for observation in seen], by=by, at=now)
    village = village_of(visit.household, visit.village, visit.at)
    mark_stale([village.pk] if village else [], timezone.localdate(visit.at))
    record(by=by, verb=Act.Verb.RETRACT, obj=visit, area_id=village.pk if village else None, answers=with_answers)
    return visit


@transaction.atomic
def add_note(*, by, visit: Visit, note: str) -> Visit:
    """The note that the visit came with, which was kept back until somebody had looked at it."""
    visit = Visit.objects.select_for_update(of=("self",)).select_related("household", "village").get(pk=visit.pk)
    if visit.note:
        raise ValidationError("Lượt này đã có ghi chú.")
    if visit.household is not None and visit.household.forgotten_at:
        raise ValidationError("Thông tin cá nhân của hộ này đã được xóa nên không ghi chú thêm.")
    visit.note = note
    visit.save(update_fields=["note"])
    village = village_of(visit.household, visit.village, visit.at)
    record(by=by, verb=Act.Verb.CHANGE, obj=visit, area_id=village.pk if village else None, fields=["note"])
    return visit


def facts_of(visit: Visit) -> VisitFacts:
    """What was said of the visit in this wording."""
    return VisitFacts(
        at=visit.at,
        outcome=visit.outcome,
        household=visit.household,
        village=visit.village,
        place=visit.place,
        team=visit.team,
        minutes=visit.minutes,
        way=visit.way,
        come_back_on=visit.come_back_on,
        topics=list(visit.topics.all()),
        people_helped=visit.people_helped,
        members=list(visit.members.all()),
        results={result.kind_id: result.count for result in visit.results.all()},
        note=visit.note,
    )


def wordings(visit: Visit) -> list[Visit]:
    """The visit and the earlier wordings that it replaces, newest first.

    A phone does not replace: it takes the visit back and says it anew, at the same moment.
    """
    chain = [visit]
    while chain[-1].replaces_id:
        chain.append(Visit.objects.select_related("recorded_by").get(pk=chain[-1].replaces_id))
    first = chain[-1]
    if first.source == Visit.Source.PHONE:
        there = Visit.objects.filter(household=first.household_id, village=first.village_id, at=first.at)
        taken_back = there.filter(recorded_by=first.recorded_by_id, withdrawn_by=first.recorded_by_id, pk__lt=first.pk)
        chain += taken_back.select_related("recorded_by").order_by("-pk")
    return chain


def standing_answers(visit: Visit):
    """What was seen at the visit (in any wording) and was not taken back."""
    ids = [wording.pk for wording in wordings(visit)]
    taken_back = Observation.objects.filter(household=visit.household_id, retracts__isnull=False).values("retracts")
    return Observation.objects.filter(visit__in=ids, retracts=None).exclude(pk__in=taken_back)


def village_of(household: Household | None, village: Area | None, at: dt.datetime) -> Area | None:
    """Where the visit counts: where the household stood then, or the village named."""
    if household is None:
        return village
    placement = (
        Placement.objects.on(timezone.localdate(at)).filter(household=household).select_related("village").first()
    )
    return placement.village if placement else None


def check(facts: VisitFacts, now: dt.datetime) -> Area:
    """The village in which the visit counts; raises ValidationError by field."""
    village = village_of(facts.household, facts.village, facts.at)
    stands = facts.household is None and _is_village_on(village, timezone.localdate(facts.at))
    if errors := visit_faults(facts, is_placed=village is not None, village_stands=stands, now=now):
        raise ValidationError(errors)
    return village


def _is_village_on(village: Area | None, day: dt.date) -> bool:
    return (
        village is not None
        and village.level == Level.VILLAGE
        and AreaVersion.objects.on(day).filter(area=village).exists()
    )


def _write(*, by, facts: VisitFacts, now: dt.datetime, source: str, replaces: Visit | None = None, id=None) -> Visit:
    visit = Visit(
        id=id or uuid7(),
        team=facts.team,
        household=facts.household,
        village=None if facts.household else facts.village,
        place=facts.kept_text(facts.place),
        at=facts.at,
        minutes=facts.minutes,
        way=facts.way,
        outcome=facts.outcome,
        come_back_on=facts.come_back_on,
        people_helped=facts.people_helped,
        note=facts.kept_text(facts.note),
        replaces=replaces,
        source=source,
        recorded_by=by,
        received_at=now,
    )
    visit.save(force_insert=True)
    visit.topics.set(facts.topics)
    visit.members.set(facts.members)
    VisitResult.objects.bulk_create(
        VisitResult(visit=visit, kind_id=kind, count=count) for kind, count in facts.results.items() if count
    )
    return visit


def _append(*, by, visit: Visit, answers: Sequence[Answer], now: dt.datetime) -> None:
    append(
        [
            NewObservation(
                household_id=visit.household_id,
                resident_id=answer.resident_id,
                indicator_id=answer.indicator_id,
                answer=answer.answer,
                reason=answer.reason,
                effective_at=visit.at,
                visit_id=visit.pk,
                source=visit.source,
            )
            for answer in answers
        ],
        by=by,
        received_at=now,
    )


def _move_answers(*, by, visit: Visit, later: Visit, now: dt.datetime) -> None:
    seen = list(standing_answers(visit))
    if not seen or later.household_id != visit.household_id:
        return
    retract([observation.pk for observation in seen], by=by, at=now)
    answers = [Answer(each.resident_id, each.indicator_id, each.answer, each.reason) for each in seen]
    _append(by=by, visit=later, answers=answers, now=now)


def _still_counted(visit: Visit) -> Visit:
    """The row, locked; refuses one that was withdrawn or has a later wording."""
    visit = Visit.objects.select_for_update(of=("self",)).select_related("household", "village").get(pk=visit.pk)
    if visit.withdrawn_at is not None:
        raise ValidationError("Lượt này đã được rút lại.")
    if Visit.objects.filter(replaces=visit).exists():
        raise ValidationError("Lượt này đã được sửa. Mở bản mới nhất rồi sửa tiếp.")
    return visit
