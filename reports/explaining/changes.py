"""Who counts otherwise on one day than on another: read set-wise, so that only what changed becomes a row.

A subject (person or household) has a letter on each day (`contributions`): y, n, u, a, q, or None where it does not
fall under the indicator. It is `counted` where its village belongs to the area on that day and has data; `known` from
the register also where it is not. Whoever has the same numbers on both days is never read.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection

from reports import coverage, dialect

from .contributions import ELIGIBLE, KNOWN, LETTERS, UNASKED, YES, as_id

BEFORE, AFTER = 0, 1
SIDES = (BEFORE, AFTER)
KEYS_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many count as eligible, known and reached; or by how many these changed."""

    eligible: int = 0
    known: int = 0
    reached: int = 0

    def __add__(self, other: Numbers) -> Numbers:
        return Numbers(self.eligible + other.eligible, self.known + other.known, self.reached + other.reached)

    def __sub__(self, other: Numbers) -> Numbers:
        return Numbers(self.eligible - other.eligible, self.known - other.known, self.reached - other.reached)

    def __bool__(self) -> bool:
        return bool(self.eligible or self.known or self.reached)


NOTHING = Numbers()


def numbers_of(letter: str | None) -> Numbers:
    """What one subject adds."""
    return Numbers(int(letter in ELIGIBLE), int(letter in KNOWN), int(letter == YES))


def total(parts: Iterable[Numbers]) -> Numbers:
    return sum(parts, NOTHING)


def both() -> list:
    return [None, None]


@dataclass(slots=True)
class Subject:
    """A person or household whose numbers changed; pairs are (before, after)."""

    id: uuid.UUID
    household: uuid.UUID
    is_person: bool
    born_on: str | None = None
    # The village where it stood, in the area or not; None: nowhere, or not looked up yet.
    stood: list[int | None] = field(default_factory=both)
    known: list[str | None] = field(default_factory=both)
    counted: list[str | None] = field(default_factory=both)

    @property
    def change(self) -> Numbers:
        return numbers_of(self.counted[AFTER]) - numbers_of(self.counted[BEFORE])


class Comparison:
    """One indicator in two sets of villages on two days, the first not after the second."""

    def __init__(self, code: str, days: tuple[dt.date, dt.date], villages: Sequence[Collection[int]]):
        self.days = days
        self.villages = tuple(set(some) for some in villages)
        self.rules = coverage.Rules(days, only=code)
        self.indicator = self.rules.only
        self.definitions = [self.rules.definitions.get((side, self.indicator)) for side in SIDES]
        self.brackets = [None, None]
        for asked in self.rules.asked:
            self.brackets[asked.n] = asked.bracket
        # (side, village) → its numbers; a village without data is not there.
        self.numbers = self._count() if self.rules.asked else {}
        self.subjects = self._changed() if self.numbers else []

    def has_data(self, side: int, village: int) -> bool:
        return (side, village) in self.numbers

    def sum(self, side: int, villages: Collection[int] | None = None) -> Numbers:
        wanted = self.villages[side] if villages is None else villages
        return total(self.numbers[side, village] for village in wanted if (side, village) in self.numbers)

    # --- reading ------------------------------------------------------------------------------------------------------

    def _count(self) -> dict[tuple[int, int], Numbers]:
        places = f"SELECT a.id AS area, a.id AS village FROM areas_area a WHERE {dialect.among('a.id')}"
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT n, area, eligible, known, reached FROM "
                f"({coverage.statement(self.rules, places=places, one_by_one=True)}) AS counted",
                [dialect.ids(self.villages[BEFORE] | self.villages[AFTER]), *coverage.parameters(self.rules)],
            )
            return {
                (side, village): Numbers(*numbers)
                for side, village, *numbers in cursor.fetchall()
                if village in self.villages[side]
            }

    def _changed(self) -> list[Subject]:
        places = [
            (village, int(self.has_data(BEFORE, village)), int(self.has_data(AFTER, village)))
            for village in sorted(self.villages[BEFORE] | self.villages[AFTER])
        ]
        subjects: dict[object, Subject] = {}
        with_base = self._read_presences(places, subjects)
        self._read_spells(places, subjects)
        for key, subject in subjects.items():
            if key not in with_base:
                self._stays_eligible(subject)
        return [subject for subject in subjects.values() if subject.change]

    def _read_presences(self, places: list[tuple], subjects: dict[object, Subject]) -> set:
        """Those who came of age or aged out, came or left, or whose village began or ceased to count."""
        within = [self._within(side, moment) for side, moment in enumerate(("first", "second"))]
        if within == ["0 = 1", "0 = 1"]:
            return set()
        found = set()
        with connection.cursor() as cursor:
            cursor.execute(
                f"""WITH {self.rules.moments}, place AS (SELECT * FROM {PLACES} AS given)
                SELECT p.household_id, p.subject, p.village_id, place.one, place.two, p.born_on,
                       CASE WHEN p.since <= first.day THEN 1 ELSE 0 END,
                       CASE WHEN p.until > second.day THEN 1 ELSE 0 END,
                       CASE WHEN {within[0]} THEN 1 ELSE 0 END, CASE WHEN {within[1]} THEN 1 ELSE 0 END
                FROM place CROSS JOIN moment AS first CROSS JOIN moment AS second CROSS JOIN residents_presence p
                WHERE first.n = 0 AND second.n = 1 AND p.village_id = place.village
                  AND p.since <= second.day AND p.until > first.day AND (
                    place.one <> place.two
                    OR (place.one = 1 AND p.since <= first.day AND {within[0]})
                    <> (place.two = 1 AND p.until > second.day AND {within[1]}))""",
                [dialect.as_json(places)],
            )
            for household, key, village, one, two, born_on, *flags in cursor.fetchall():
                subject = _subject(subjects, key, household)
                subject.born_on = _day_text(born_on)
                found.add(key)
                for side, counts in ((BEFORE, one), (AFTER, two)):
                    if flags[side]:
                        subject.stood[side] = village
                        if flags[2 + side]:
                            subject.known[side] = UNASKED
                            subject.counted[side] = UNASKED if counts else None
        return found

    def _within(self, side: int, moment: str) -> str:
        bracket = self.brackets[side]
        return "0 = 1" if bracket is None else f"({coverage.within(self.rules.brackets[bracket], moment)})"

    def _read_spells(self, places: list[tuple], subjects: dict[object, Subject]) -> None:
        """Answers that came, changed or went, and where another indicator is required: who fell under it."""
        first, second = (dialect.literal(day) for day in self.days)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""WITH place AS (SELECT * FROM {PLACES} AS given)
                SELECT s.household_id, s.subject, s.village_id, s.state, place.one, place.two,
                       CASE WHEN s.since <= {first} THEN 1 ELSE 0 END, CASE WHEN s.until > {second} THEN 1 ELSE 0 END
                FROM place CROSS JOIN residents_spell s
                WHERE s.village_id = place.village AND s.indicator_id = %s
                  AND s.since <= {second} AND s.until > {first} AND (
                    place.one <> place.two
                    OR (place.one = 1 AND s.since <= {first}) <> (place.two = 1 AND s.until > {second}))""",
                [dialect.as_json(places), self.indicator],
            )
            for household, key, village, state, one, two, *there in cursor.fetchall():
                subject = _subject(subjects, key, household)
                for side, counts in ((BEFORE, one), (AFTER, two)):
                    if there[side]:
                        subject.stood[side] = village
                        subject.known[side] = LETTERS[state]
                        subject.counted[side] = LETTERS[state] if counts else None

    def _stays_eligible(self, subject: Subject) -> None:
        """Only the answer changed: on the side without one she was there, of age, and not asked."""
        for side in SIDES:
            if self.brackets[side] is not None and subject.known[side] is None:
                subject.known[side] = subject.counted[side] = UNASKED
                subject.stood[side] = subject.stood[1 - side]


PLACES = dialect.table_of(village="bigint", one="int", two="int")


def _subject(subjects: dict[object, Subject], key, household) -> Subject:
    """The later household of a person who changed it is the one shown."""
    found = subjects.get(key)
    if found is None:
        found = subjects[key] = Subject(as_id(key), as_id(household), key != household)
    return found


def _day_text(day) -> str | None:
    return None if day is None else str(day)


# --- where they were --------------------------------------------------------------------------------------------------


def find_where(subjects: Collection[Subject], days: tuple[dt.date, dt.date]) -> None:
    """Fill in where these stood on the days on which that is not known yet, anywhere on the map."""
    stood_on([subject for subject in subjects if None in subject.stood], days)


def stood_on(subjects: Collection[Subject], days: tuple[dt.date, dt.date]) -> None:
    """Where these stood on both days, whichever household and village that was."""
    wanted = {subject.id: subject for subject in subjects}
    keys = sorted(wanted.keys() | {subject.household for subject in subjects})
    first, second = (dialect.literal(day) for day in days)
    rows = _rows(
        "SELECT p.subject, p.household_id, p.village_id, p.born_on, "
        f"CASE WHEN p.since <= {first} AND p.until > {first} THEN 1 ELSE 0 END, "
        f"CASE WHEN p.since <= {second} AND p.until > {second} THEN 1 ELSE 0 END FROM residents_presence p "
        "WHERE (p.household_id IN (SELECT r.household_id FROM residents_residence r WHERE {}) OR {}) "
        f"AND p.since <= {second} AND p.until > {first}",
        ("r.resident_id", "p.household_id"),
        keys,
    )
    for key, household, village, born_on, *there in rows:
        if subject := wanted.get(as_id(key)):
            subject.born_on = subject.born_on or _day_text(born_on)
            for side in SIDES:
                if there[side]:
                    subject.stood[side] = village
            if there[AFTER]:
                subject.household = as_id(household)


def merged_among(subjects: Collection[Subject]) -> set[uuid.UUID]:
    """Those that were found to be written down twice and merged into another, by themselves or with their household."""
    merged = "SELECT id FROM {} WHERE merged_into_id IS NOT NULL AND {{}}"
    rows = _rows(
        f"{merged.format('residents_resident')} UNION {merged.format('residents_household')}",
        ("id", "id"),
        sorted({subject.id for subject in subjects} | {subject.household for subject in subjects}),
    )
    found = {as_id(key) for (key,) in rows}
    return {subject.id for subject in subjects if subject.id in found or subject.household in found}


def _rows(sql: str, columns: Sequence[str], keys: list[uuid.UUID]) -> list[tuple]:
    """The rows of `sql` for these keys; each {} in it is the condition on one of `columns`."""
    found = []
    conditions = [dialect.among_keys(column) for column in columns]
    with connection.cursor() as cursor:
        for start in range(0, len(keys), KEYS_AT_ONCE):
            some = dialect.keys(keys[start : start + KEYS_AT_ONCE])
            cursor.execute(sql.format(*conditions), [some] * len(columns))
            found += cursor.fetchall()
    return found
