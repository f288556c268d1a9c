"""What each person and household adds to the coverage figures of some villages on a day.

This is what a signed report freezes (under pseudonyms), and what two frozen reports are compared by.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import NamedTuple

from django.db import connection

from reports import coverage, dialect
from reports.models import CompleteMark
from residents.models import State

VILLAGES_AT_ONCE = 40

YES, NO, UNASKED, NOT_APPLICABLE, UNCLEAR = "y", "n", "u", "a", "q"
LETTERS = {
    State.NOT_ASKED: UNASKED,
    State.YES: YES,
    State.NO: NO,
    State.NA: NOT_APPLICABLE,
    State.UNCLEAR: UNCLEAR,
}
ELIGIBLE = frozenset({YES, NO, UNASKED})
KNOWN = frozenset({YES, NO})


class Contribution(NamedTuple):
    """One subject under one indicator. `subject_id` is a person's id, or the household's own.

    `state`: "y" reached, "n" not, "u" not asked, "a" not applicable, "q" a requirement is not yet known.
    """

    village_id: int
    household_id: uuid.UUID
    subject_id: uuid.UUID
    indicator_code: str
    eligible: bool
    state: str


def contributions(village_ids: Collection[int], day: dt.date, *, only: str | None = None) -> Iterator[Contribution]:
    """Everybody who falls under a reported definition on `day` in these villages, village by village.

    Summed up they are the figures (docs/counting.md): `eligible` = rows that are eligible (y, n, u), `known` = y and n,
    `reached` = y, `unclear` = q. As there, a village where nobody has an answer for an indicator, and which is not
    marked complete for it, gives no rows for that indicator. Read from the spells, which must be laid out
    (reports/drain.py sees to it): three queries for forty villages, and some 4 µs for a row. `only`: one indicator.
    """
    villages = sorted(set(village_ids))
    rules = coverage.Rules([day], only=only)
    if not rules.asked:
        return
    for start in range(0, len(villages), VILLAGES_AT_ONCE):
        yield from _Some(villages[start : start + VILLAGES_AT_ONCE], day, rules).rows()


class _Some:
    """A few villages on a day."""

    def __init__(self, villages: list[int], day: dt.date, rules: coverage.Rules):
        self.villages, self.day, self.rules = villages, day, rules
        self.asked = {asked.indicator: asked for asked in rules.asked}
        # (village, indicator) → {(household, subject): state}
        self.states: dict[tuple[int, int], dict[tuple, int]] = defaultdict(dict)
        # village → [(household, subject, falls into each bracket …)]
        self.there: dict[int, list[tuple]] = defaultdict(list)
        self._read_states()
        self._read_presences()
        self.complete = set(
            CompleteMark.objects.on(day).filter(village__in=villages).values_list("village", "indicator")
        )

    def _read_states(self) -> None:
        one = f" AND s.indicator_id = {self.rules.only:d}" if self.rules.only is not None else ""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT s.village_id, s.indicator_id, s.household_id, s.subject, s.state FROM residents_spell s "
                f"WHERE {dialect.among('s.village_id')} AND s.since <= %s AND s.until > %s{one}",
                [dialect.ids(self.villages), self.day, self.day],
            )
            for village, indicator, household, subject, state in cursor:
                if indicator in self.asked:
                    self.states[village, indicator][household, subject] = state

    def _read_presences(self) -> None:
        brackets = "".join(f", CASE WHEN {coverage.within(ages)} THEN 1 ELSE 0 END" for ages in self.rules.brackets)
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH {self.rules.moments} SELECT p.village_id, p.household_id, p.subject{brackets} "
                "FROM moment CROSS JOIN residents_presence p WHERE p.since <= moment.day AND p.until > moment.day "
                f"AND {dialect.among('p.village_id')} ORDER BY p.village_id, p.household_id, p.subject",
                [dialect.ids(self.villages)],
            )
            for village, *row in cursor:
                self.there[village].append(tuple(row))

    def rows(self) -> Iterator[Contribution]:
        for village in self.villages:
            counted = [asked for asked in self.asked.values() if self._has_data(village, asked.indicator)]
            for household, subject, *within in self.there.get(village, ()):
                key, ids = (household, subject), None
                for asked in counted:
                    state = self._state(village, asked, key, within)
                    if state is None:
                        continue
                    ids = ids or (as_id(household), as_id(subject))
                    letter = LETTERS[state]
                    yield Contribution(village, *ids, asked.measure[4:], letter in ELIGIBLE, letter)

    def _state(self, village: int, asked: coverage.Asked, key: tuple, within: list[int]) -> int | None:
        """None: does not fall under it. Where nothing is required, whoever is of age and has no answer is in."""
        state = self.states[village, asked.indicator].get(key)
        if state is None and asked.bracket is not None and within[asked.bracket]:
            return State.NOT_ASKED
        return state

    def _has_data(self, village: int, indicator: int) -> bool:
        if (village, None) in self.complete or (village, indicator) in self.complete:
            return True
        answers = (State.YES, State.NO, State.NA)
        return any(state in answers for state in self.states[village, indicator].values())


def as_id(value) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
