"""Visits, answers and retractions: what a batch holds of each is checked together and written in one statement.

Only if a statement fails are its rows written one by one under savepoints, to find the one that is bad.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction

from accounts.rules import Can
from residents.actions import VisitFacts, withdraw_visit
from residents.actions.visit_batch import NewVisit, Whereabouts, faults_of, record_visits
from residents.models import Household, Observation, Visit
from residents.record import IN_ONE_STATEMENT, NewObservation, UnknownSubject, append, in_parts
from residents.rules import can_correct, secrets_in

from .clock import FUTURE
from .closed import Closed
from .fates import never_to_come
from .households import Hand, doubtful_text, item_user, missing
from .items import Item
from .outcomes import APPLIED, ID_CONFLICT, Outcome, Why, applied, held, invalid, waiting, without_note
from .register import Register

REFUSED = invalid({"data": "Máy chủ không ghi được mục này."})
STATEMENT_FAILS = (IntegrityError, DataError, UnknownSubject, ValidationError)
Outcomes = dict[uuid.UUID, Outcome]


def at_once(rows: Sequence, write: Callable[[Sequence], Outcomes], key: Callable[..., uuid.UUID]) -> Outcomes:
    """`write` all rows in one go, which leaves nothing behind where it fails; then one by one."""
    if not rows:
        return {}
    try:
        return write(rows)
    except STATEMENT_FAILS:
        if len(rows) == 1:
            return {key(rows[0]): REFUSED}
    found: Outcomes = {}
    for row in rows:
        found |= at_once([row], write, key)
    return found


class Late:
    """Does what was seen then lie in a period that its village has closed?"""

    def __init__(self, households: Iterable[uuid.UUID], register: Register):
        self.register, self.where = register, register.where
        households = set(households)
        self.where.load(households)
        self.closed = register.closed(village for pk in households for village in self.where.villages_of(pk))

    def closed_in(self, village: int) -> Closed:
        return self.register.closed([village])

    def of(self, household: uuid.UUID, moment) -> Outcome:
        if not self.closed.spans:
            return APPLIED
        return applied(self.closed.at(self.where.village_at(household, moment), moment))


def write_visits(items: Sequence[Item], hand: Hand) -> Outcomes:
    if not items:
        return {}
    register = hand.register
    register.load([item.said.household for item in items])
    found, visits = {}, {}
    where = register.where
    where.load(
        household.pk for item in items if item.said.household and (household := register.household(item.said.household))
    )
    for item in items:
        made = _new_visit(item, hand, where)
        if isinstance(made, Outcome):
            found[item.id] = made
        else:
            visits[item.id] = made
    # What a phone ten minutes ahead calls now is not the future.
    wrong = faults_of(list(visits.values()), where=where, now=max(item.received_at for item in items) + FUTURE)
    for pk, errors in wrong.items():
        del visits[pk]
        found[pk] = held(Why.ABSENT) if set(errors) == {"at"} else invalid(errors)
    doubtful = {item.id for item in items if _has_doubtful_note(item, hand)}
    late = Late((visit.facts.household.pk for visit in visits.values() if visit.facts.household), register)

    def write(some: Sequence[NewVisit]) -> Outcomes:
        fresh = record_visits(some, by=hand.by, now=hand.now, where=where)
        same = fresh | _same_visits([visit for visit in some if visit.id not in fresh], hand)
        outcomes = {visit.id: _visit_outcome(visit, same, late) for visit in some}
        homes = {visit.id: visit.facts.household for visit in some if visit.id in fresh}
        register.new_visits |= {pk: household.pk if household else None for pk, household in homes.items()}
        return {pk: without_note(told) if pk in doubtful & fresh else told for pk, told in outcomes.items()}

    return found | at_once(list(visits.values()), write, lambda visit: visit.id)


def _same_visits(some: Sequence[NewVisit], hand: Hand) -> set[uuid.UUID]:
    """Those whose id is in the record with just this content: a receipt was lost (a restore), the visit was not."""
    if not some:
        return set()
    rows = Visit.objects.filter(pk__in=[visit.id for visit in some], recorded_by=hand.by)
    kept = {row.pk: (row.household_id, row.village_id, row.at, row.outcome) for row in rows}
    return {
        visit.id
        for visit in some
        if kept.get(visit.id)
        == (_pk(visit.facts.household), _pk(visit.facts.village), visit.facts.at, visit.facts.outcome)
    }


def _pk(place):
    return place.pk if place else None


def _visit_outcome(visit: NewVisit, same: Collection[uuid.UUID], late: Late) -> Outcome:
    if visit.id not in same:
        return ID_CONFLICT
    facts = visit.facts
    if facts.household:
        return late.of(facts.household.pk, facts.at)
    return applied(late.closed_in(facts.village.pk).at(facts.village.pk, facts.at))


def _new_visit(item: Item, hand: Hand, where: Whereabouts) -> NewVisit | Outcome:
    said, register, errors = item.said, hand.register, {}
    household = village = None
    if said.household:
        household = register.household(said.household)
        if household is None:
            return missing(item, hand, said.household)
        stood = where.village_at(household.pk, item.effective_at) or household.village_id
    else:
        village = register.village(said.village)
        if village is None:
            return held(Why.SCOPE)
        stood = village.pk
    for name, known in (("topics", "topics"), ("results", "result_kinds"), ("members", "members")):
        if strange := [str(each) for each in getattr(said, name) if each not in getattr(register, known)]:
            errors[name] = f"Máy chủ không có: {', '.join(strange)[:200]}."
    if found := doubtful_text(said, {"place": said.place}):
        errors |= found
    if said.team is not None and said.team not in register.teams:
        errors["team"] = "Tổ này không có trong danh sách."
    if errors:
        return invalid(errors)
    facts = VisitFacts(
        at=item.effective_at,
        outcome=said.outcome,
        household=household,
        village=village,
        place=said.place,
        team=register.teams[said.team] if said.team else _team_of(said, stood, hand),
        minutes=said.minutes,
        way=said.way,
        come_back_on=said.come_back_on,
        topics=[register.topics[code] for code in said.topics],
        people_helped=said.people_helped,
        members=[register.members[pk] for pk in said.members],
        results={register.result_kinds[code].pk: count for code, count in said.results.items()},
        note="" if _has_doubtful_note(item, hand) else said.note,
    )
    return NewVisit(item.id, facts, item.device.identifier)


def _has_doubtful_note(item: Item, hand: Hand) -> bool:
    """The rule of the desk's forms; the visit itself must not wait for it."""
    return Why.SECRET not in hand.accepted and not item.said.keeps_text and bool(secrets_in(item.said.note))


def _team_of(said, village: int, hand: Hand):
    """Where no team is named: the one that serves the village, if there is only one."""
    if said.names_team:
        return None
    serving = hand.register.teams_serving(village)
    return serving[0] if len(serving) == 1 else None


def write_observations(items: Sequence[Item], hand: Hand) -> Outcomes:
    if not items:
        return {}
    register = hand.register
    register.load([item.said.household for item in items], [item.said.resident for item in items])
    visits = _Named(Visit, {item.said.visit for item in items if item.said.visit}, items, register)
    register.load([visit.household_id for visit in visits.rows.values()])
    found, rows = {}, {}
    for item in items:
        made = _new_observation(item, hand, visits)
        if isinstance(made, Outcome):
            found[item.id] = made
        else:
            rows[item.id] = made
    late = Late((row.household_id for row in rows.values()), register)
    return found | _append(rows, hand, lambda row: late.of(row.household_id, row.effective_at))


def _new_observation(item: Item, hand: Hand, visits: _Named) -> NewObservation | Outcome:
    said, register = item.said, hand.register
    household = register.household(said.household)
    resident = register.resident(said.resident) if said.resident else None
    if household is None or (said.resident and resident is None):
        return missing(item, hand, said.household, said.resident)
    if resident and not register.has_lived(resident, household):
        return invalid({"resident": "Người này không thuộc hộ này."})
    indicator, subjects = register.asked.get(said.indicator, (None, ()))
    if indicator is None:
        return invalid({"indicator": "Máy chủ không có tiêu chí này."})
    if ("resident" if resident else "household") not in subjects:
        return invalid({"indicator": "Tiêu chí này không hỏi như vậy."})
    visit = visits.get(said.visit) if said.visit else None
    if visit and visit.household_id != said.household and not _is_of(visit, household, register):
        return invalid({"visit": "Lượt này đến một hộ khác."})
    if said.visit and not visit and not visits.will_never_come(said.visit) and Why.NEEDS not in hand.accepted:
        return waiting(said.visit)
    return NewObservation(
        id=item.id,
        household_id=household.pk,
        resident_id=resident.pk if resident else None,
        indicator_id=indicator,
        answer=said.answer,
        reason=said.reason,
        effective_at=item.effective_at,
        visit_id=visit.pk if visit else None,
        source=Observation.Source.PHONE,
        device=item.device.identifier,
    )


def _is_of(visit, household: Household, register: Register) -> bool:
    """Was it to this household, or to one that was merged into it?"""
    return visit.household_id is not None and register.household(visit.household_id) == household


def write_retractions(items: Sequence[Item], hand: Hand) -> Outcomes:
    if not items:
        return {}
    named = {item.said.observation for item in items if item.said.observation}
    targets = _Named(Observation, named, items, hand.register)
    visits = _Named(Visit, {item.said.visit for item in items if item.said.visit}, items, hand.register)
    found, rows = {}, {}
    for item in items:
        pk = item.said.observation or item.said.visit
        known = targets if item.said.observation else visits
        target = known.get(pk)
        if target is None:
            moot = known.will_never_come(pk) or Why.NEEDS in hand.accepted
            found[item.id] = APPLIED if moot else waiting(pk)
        elif item.said.visit:
            found[item.id] = _withdraw(item, target, hand)
        elif target.retracts:
            found[item.id] = invalid({"observation": "Mục này đã là rút lại."})
        else:
            rows[item.id] = _retraction(item, target)
    late = Late((row.household_id for row in rows.values()), hand.register)
    seen_at = {row.id: targets.get(row.retracts).effective_at for row in rows.values()}
    return found | _append(rows, hand, lambda row: late.of(row.household_id, seen_at[row.id]))


def _retraction(item: Item, target: Observation) -> NewObservation:
    return NewObservation(
        id=item.id,
        household_id=target.household_id,
        resident_id=target.resident_id,
        indicator_id=target.indicator_id,
        answer="",
        effective_at=item.effective_at,
        visit_id=target.visit_id,
        source=Observation.Source.PHONE,
        device=item.device.identifier,
        retracts=target.pk,
    )


def _withdraw(item: Item, visit: Visit, hand: Hand) -> Outcome:
    if not can_correct(hand.by, visit) and not can_correct(hand.register.gate, visit):
        return held(Why.RIGHTS)
    while later := Visit.objects.filter(replaces=visit).first():
        if Why.CORRECTED not in hand.accepted:
            return held(Why.CORRECTED)
        visit = later
    if visit.withdrawn_at is not None:
        return APPLIED
    try:
        with transaction.atomic():
            withdraw_visit(by=hand.by, visit=visit, now=hand.now, with_answers=False)
    except ValidationError as error:
        return invalid({"visit": " ".join(error.messages)})
    if visit.household_id is None:
        return applied(hand.register.closed([visit.village_id]).at(visit.village_id, visit.at))
    return Late([visit.household_id], hand.register).of(visit.household_id, visit.at)


def _same_observations(some: Sequence[NewObservation], hand: Hand) -> set[uuid.UUID]:
    """Those whose id is in the record with just this content, by this user."""
    if not some:
        return set()
    rows = Observation.objects.filter(pk__in=[row.id for row in some], recorded_by=hand.by)
    kept = {row.pk: (row.subject, row.indicator_id, row.answer, row.effective_at, row.retracts) for row in rows}
    return {
        row.id
        for row in some
        if kept.get(row.id) == (row.subject, row.indicator_id, row.answer, row.effective_at, row.retracts)
    }


def _append(rows: dict[uuid.UUID, NewObservation], hand: Hand, outcome: Callable) -> Outcomes:
    def write(some: Sequence[NewObservation]) -> Outcomes:
        new = set(append(some, by=hand.by, received_at=hand.now).inserted)
        same = new | _same_observations([row for row in some if row.id not in new], hand)
        return {row.id: outcome(row) if row.id in same else ID_CONFLICT for row in some}

    return at_once(list(rows.values()), write, lambda row: row.id)


class JustNow(NamedTuple):
    """What an answer asks of the visit at which it was given."""

    pk: uuid.UUID
    household_id: uuid.UUID | None


class _Named:
    """Rows of the record that items name by id, as far as their senders may see them."""

    def __init__(self, model, ids: set[uuid.UUID], items: Sequence[Item], register: Register):
        # Visits of this very batch need not be read: all that is asked of them is their household.
        just_now = register.new_visits if model is Visit and items[0].type == "observation" else {}
        self.rows: dict = {pk: JustNow(pk, just_now[pk]) for pk in ids & just_now.keys()}
        if unread := sorted(ids - self.rows.keys()):
            hers = model.objects.visible_to(register.gate, Can.RECORD_VISITS)
            for some in in_parts(unread, IN_ONE_STATEMENT):
                self.rows |= hers.in_bulk(some)
        self.user = item_user(items[0])
        self.ids = ids

    def get(self, pk: uuid.UUID):
        return self.rows.get(pk)

    def will_never_come(self, pk: uuid.UUID) -> bool:
        if not hasattr(self, "never"):
            self.never = never_to_come(self.ids - self.rows.keys(), self.user)
        return pk in self.never
