"""Working out spells: when a subject was where, fell under an indicator, and had which state.

Days are ISO text ("2026-11-14"), ids are text as the database hands them out: both compare as they should, and a city
has millions of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from .models import NEVER, State

ALWAYS, FOREVER = "0001-01-01", NEVER.isoformat()
ADULT = 18
STATES = {"yes": int(State.YES), "no": int(State.NO), "na": int(State.NA)}
NOT_ASKED, UNCLEAR = int(State.NOT_ASKED), int(State.UNCLEAR)


class Span(NamedTuple):
    since: str
    until: str


WHOLE = Span(ALWAYS, FOREVER)
NEVER_ASKED = [(ALWAYS, FOREVER, None)]


class Definition(NamedTuple):
    """An indicator version: who falls under it, and when."""

    indicator: int
    of_people: bool
    min_age: int | None
    max_age: int | None
    requires: frozenset[int]
    span: Span

    def ages(self, born_on: str | None) -> Span | None:
        """The days on which somebody born then is of age for it; unknown = 18 on every day."""
        return _ages(born_on, self.min_age, self.max_age)

    def within(self, born_on: str | None, since: str, until: str) -> tuple[str, str] | None:
        """The days from `since` to `until` on which it is in force and its subject, born then, of age for it."""
        since, until = max(since, self.span.since), min(until, self.span.until)
        if self.of_people:
            if not (ages := self.ages(born_on)):
                return None
            since, until = max(since, ages.since), min(until, ages.until)
        return (since, until) if since < until else None


@lru_cache(maxsize=10_000)
def _ages(born_on: str | None, youngest: int | None, oldest: int | None) -> Span | None:
    if born_on is None:
        return WHOLE if (youngest or 0) <= ADULT and (oldest is None or oldest >= ADULT) else None
    since = birthday(born_on, youngest) if youngest else ALWAYS
    until = birthday(born_on, oldest + 1) if oldest is not None else FOREVER
    return Span(since, until) if since < until else None


# Rows to be written; plain tuples, for there are millions of them.
SpellRow = tuple[int, int, str, str, int, str, str]  # village, indicator, household, subject, state, since, until
PresenceRow = tuple[int, str, str, bool, str | None, str, str]  # village, household, subject, is person, born on, …


# The answers of a subject to an indicator, in days: [(since, until, answer)], one after the other.
Line = list[tuple[str, str, str]]


@dataclass(slots=True)
class Home:
    """A household as the spells see it."""

    id: str
    placements: list[tuple[int, Span]] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    lines: dict[tuple[str, int], Line] = field(default_factory=dict)


@dataclass(slots=True)
class Person:
    born_on: str | None
    stays: list[Span] = field(default_factory=list)


def birthday(born_on: str, age: int) -> str:
    """The day on which somebody reaches `age`; born on 29 February: 1 March of a common year."""
    year, rest = int(born_on[:4]) + age, born_on[4:]
    if rest == "-02-29":
        try:
            dt.date(year, 2, 29)
        except ValueError:
            rest = "-03-01"
    return f"{year:04}{rest}"


def add(line: Line, since: str, until: str, answer: str) -> None:
    """Put an answer at the end of a line; what did not see the end of its day leaves no trace."""
    if since == until:
        return
    if line and line[-1][2] == answer and line[-1][1] == since:
        since = line.pop()[0]
    line.append((since, until, answer))


def answer_on(line: Line | None, day: str) -> str | None:
    for since, until, answer in line or ():
        if since <= day < until:
            return answer
    return None


def presences(home: Home) -> Iterator[PresenceRow]:
    for village, (begins, ends) in home.placements:
        yield village, home.id, home.id, False, None, begins, ends
        for person, there in home.people.items():
            for since, until in there.stays:
                if since < ends and until > begins:
                    yield village, home.id, person, True, there.born_on, max(since, begins), min(until, ends)


class Parted(NamedTuple):
    """Definitions by what they take: an answer alone (by indicator), or that others are known too."""

    plain: dict[int, list[Definition]]
    requiring: list[Definition]


def part(definitions: Iterable[Definition]) -> Parted:
    parted = Parted({}, [])
    for definition in definitions:
        if definition.requires:
            parted.requiring.append(definition)
        else:
            parted.plain.setdefault(definition.indicator, []).append(definition)
    return parted


def spells(home: Home, definitions: Parted) -> Iterator[SpellRow]:
    """The spells of a household and of the people who lived in it, while they did."""
    there: dict[str, list[PresenceRow]] = {}
    for row in presences(home):
        there.setdefault(row[2], []).append(row)
    for (subject, indicator), line in home.lines.items():
        for definition in definitions.plain.get(indicator, ()):
            for village, household, _, is_person, born_on, since, until in there.get(subject, ()):
                if is_person != definition.of_people or not (span := definition.within(born_on, since, until)):
                    continue
                begins, ends = span
                for first, last, answer in line:
                    if first < ends and last > begins:
                        first, last = max(first, begins), min(last, ends)
                        yield village, indicator, household, subject, STATES[answer], first, last
    met: dict[tuple[str, frozenset[int]], list[tuple]] = {}
    for definition in definitions.requiring:
        indicator = definition.indicator
        for subject, rows in there.items():
            for village, household, _, is_person, born_on, since, until in rows:
                if is_person != definition.of_people or not (span := definition.within(born_on, since, until)):
                    continue
                key = (subject, definition.requires)
                if key not in met:
                    met[key] = _when_met(home, subject, is_person, definition.requires)
                for first, last, state in _required(met[key], home.lines.get((subject, indicator), ()), span):
                    yield village, indicator, household, subject, state, first, last


def states_on(home: Home, definition: Definition, day: str) -> list[int]:
    """The state of everybody (or the household itself) who falls under a definition on `day`."""
    found = []
    for _, _, subject, is_person, born_on, since, until in presences(home):
        ages = definition.ages(born_on) if is_person else WHOLE
        if is_person != definition.of_people or not since <= day < until:
            continue
        if not (ages and ages.since <= day < ages.until):
            continue
        asked = [_whom(home, subject, is_person, indicator) for indicator in sorted(definition.requires)]
        met = _met(asked, day)
        if not definition.requires or met:
            answer = answer_on(home.lines.get((subject, definition.indicator)), day)
            found.append(STATES[answer] if answer else State.NOT_ASKED)
        elif met is None:
            found.append(State.UNCLEAR)
    return found


def _required(met: list[tuple], own: Line, span: tuple[str, str]) -> Line:
    """The states within a span: as answered or not asked while the requirement is met, unclear while not known."""
    begins, ends = span
    pieces: Line = []
    for since, until, is_met in met:
        since, until = max(since, begins), min(until, ends)
        if since >= until or is_met is False:
            continue
        if is_met is None:
            add(pieces, since, until, UNCLEAR)
            continue
        for first, last, answer in own:
            if since < last and first < until:
                if since < first:
                    add(pieces, since, first, NOT_ASKED)
                    since = first
                add(pieces, since, min(last, until), STATES[answer])
                since = min(last, until)
        add(pieces, since, until, NOT_ASKED)
    return pieces


def _when_met(home: Home, subject: str, is_person: bool, requires: frozenset[int]) -> list[tuple]:
    """[(since, until, is met)] over all days, see `_met`; cut wherever an answer or a stay begins or ends."""
    asked = [_whom(home, subject, is_person, indicator) for indicator in sorted(requires)]
    if not any(asked):
        return NEVER_ASKED
    cuts = {ALWAYS, FOREVER}
    for line, stay in (one for whom in asked for one in whom):
        cuts.update(stay, *(piece[:2] for piece in line))
    return [(since, until, _met(asked, since)) for since, until in pairwise(sorted(cuts))]


def _whom(home: Home, subject: str, is_person: bool, indicator: int) -> list[tuple[Line, Span]]:
    """Whose answers fulfil a requirement: for a person her own and the household's, for a household also its people's.

    Those who never answered are left out.
    """
    found = []
    if line := home.lines.get((home.id, indicator)):
        found.append((line, WHOLE))
    if is_person:
        if line := home.lines.get((subject, indicator)):
            found.append((line, WHOLE))
        return found
    for person, there in home.people.items():
        if line := home.lines.get((person, indicator)):
            found += [(line, stay) for stay in there.stays]
    return found


def _met(asked: list[list[tuple[Line, Span]]], day: str) -> bool | None:
    """Is any of the requirements answered yes? None: not yet, and one of them has no answer."""
    known = True
    for whom in asked:
        answers = [answer_on(line, day) for line, stay in whom if stay.since <= day < stay.until]
        if "yes" in answers:
            return True
        known = known and any(answers)
    return False if known else None
