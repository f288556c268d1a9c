"""Two frozen reports compared: why what was signed says otherwise than what was signed before."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence

from django.db import connection

from reports import dialect, periods
from reports.coverage import Rules

from .causes import Cause
from .changes import AFTER, BEFORE, SIDES, Numbers, Subject, numbers_of, stood_on
from .classifying import ANSWERED, Classifier
from .contributions import UNASKED, as_id
from .explanation import Part, part_of

Letters = Mapping[str, str]


def explain_between(
    before: Letters,
    after: Letters,
    *,
    indicator: str,
    days: tuple[dt.date, dt.date],
    villages: tuple[Collection[int], Collection[int]],
    pseudonym: Callable[[uuid.UUID], str],
    made_at: dt.datetime | None = None,
) -> tuple[Part, ...]:
    """Why two frozen sets of contributions (pseudonym → letter, of one indicator) differ; the parts add up exactly.

    `indicator` is its code, `days` and `villages` are those of the two reports (the same twice for two versions of one
    period), `pseudonym` makes the name under which a subject was frozen, `made_at` is when the first report was: what
    reached the server after it is `late`, also where it took the place of an older answer. Beyond
    the causes of `explain` there are here:
    `late`, seen (or entered in the register) after the first report was locked though it holds since before its day;
    `corrected`, an answer, a birth year or a place changed or taken back with effect before; `forgotten`, no longer in
    the register.
    """
    changed = {
        name: (before.get(name), after.get(name))
        for name in before.keys() | after.keys()
        if numbers_of(before.get(name)) != numbers_of(after.get(name))
    }
    # Presences of the villages at any time; a report holds a ward, so everybody's pseudonym is made again.
    people = {pseudonym(subject.id): subject for subject in _ever_in(set(villages[BEFORE]) | set(villages[AFTER]))}
    represented = tuple(
        {one.stood[side] for name, one in _standing(people, days) if name in (before, after)[side]} for side in SIDES
    )
    subjects = []
    for name, letters in changed.items():
        if subject := people.get(name):
            subject.counted, subject.known = list(letters), list(letters)
            subjects.append(subject)
    rules = Rules(days, only=indicator)
    definitions = [rules.definitions.get((side, rules.only)) for side in SIDES]
    found = _OfFrozen(days, villages, definitions, rules.only, represented, made_at).classify(subjects)
    parts = [part_of(cause, some) for cause, some in found.items()]
    if gone := [letters for name, letters in changed.items() if name not in people]:
        change = sum((numbers_of(last) - numbers_of(first) for first, last in gone), Numbers())
        parts.append(Part(Cause.FORGOTTEN, change, number_of_subjects=len(gone)))
    return tuple(parts)


def _ever_in(villages: Collection[int]) -> list[Subject]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT p.subject, p.household_id, p.is_person FROM residents_presence p "
            f"WHERE {dialect.among('p.village_id')}",
            [dialect.ids(villages)],
        )
        return [Subject(as_id(key), as_id(household), bool(is_person)) for key, household, is_person in cursor]


def _standing(people: Mapping[str, Subject], days: tuple[dt.date, dt.date]):
    stood_on(people.values(), days)
    return people.items()


class _OfFrozen(Classifier):
    """What was frozen is compared with what the register says today of the same days."""

    def __init__(self, days, villages, definitions, indicator: int, represented: Sequence[Collection[int]], made_at):
        super().__init__(days, villages, definitions)
        self.indicator, self.represented, self.made_at = indicator, represented, made_at
        self.seen_on: dict[uuid.UUID, dt.date] = {}
        self.came_late: set[uuid.UUID] = set()

    def classify(self, subjects: Collection[Subject]) -> dict[Cause, list[Subject]]:
        answered = [subject for subject in subjects if subject.known[AFTER] in ANSWERED]
        self.seen_on = self._holding_since([subject.id for subject in answered])
        return super().classify(subjects)

    def of_place(self, subject: Subject) -> Cause | None:
        """Counted in a place where the register no longer has it on that day: that was put right since."""
        for side in SIDES:
            if subject.counted[side] is not None and subject.stood[side] not in self.villages[side]:
                return Cause.CORRECTED
        return super().of_place(subject)

    def of_definition(self, subject: Subject) -> Cause | None:
        before = self.definitions[BEFORE]
        if before is not None and subject.known[BEFORE] is not None and not self.is_of_age(subject, BEFORE, BEFORE):
            return Cause.CORRECTED
        return super().of_definition(subject)

    def of_answers(self, subject: Subject) -> Cause:
        before, after = subject.known
        for side in SIDES:
            is_new = subject.stood[side] not in self.represented[side]
            if subject.known[side] is None and subject.known[1 - side] == UNASKED and is_new:
                return Cause.VILLAGE
        if after is None or after not in ANSWERED:
            return Cause.LATE if before is None else Cause.CORRECTED
        seen_on = self.seen_on.get(subject.id)
        if seen_on is None:
            return Cause.CORRECTED
        if seen_on <= self.days[BEFORE] and subject.id in self.came_late:
            return Cause.LATE
        if seen_on <= self.days[BEFORE]:
            return Cause.CORRECTED if before in ANSWERED else Cause.LATE
        return Cause.SEEN_AGAIN if before in ANSWERED else Cause.SEEN

    def _holding_since(self, subjects: Collection[uuid.UUID]) -> dict[uuid.UUID, dt.date]:
        """Subject → the day on which the answer was seen that holds at the end of the later day; notes who is late."""
        end = connection.ops.adapt_datetimefield_value(periods.ends_at(self.days[AFTER]))
        made_at = connection.ops.adapt_datetimefield_value(self.made_at or periods.ends_at(dt.date(9000, 1, 1)))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT o.subject, {dialect.local_day('o.effective_at')}, o.received_at > %s "
                "FROM residents_observation o "
                f"WHERE {dialect.among_keys('o.subject')} AND o.indicator_id = %s AND o.retracts IS NULL "
                "AND o.effective_at < %s AND (o.until IS NULL OR o.until >= %s)",
                [made_at, dialect.keys(subjects), self.indicator, end, end],
            )
            found = cursor.fetchall()
        self.came_late = {as_id(key) for key, _, is_late in found if is_late}
        return {as_id(key): dt.date.fromisoformat(str(day)) for key, day, _ in found}
