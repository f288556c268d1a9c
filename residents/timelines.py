"""Working out spells: when a subject was where, fell under an indicator, and had which state.

Days are ISO text ("2026-11-14"), ids are text as the database hands them out: both compare as they should, and a city
has millions of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from .models import NEVER, State

ALWAYS, FOREVER = "0001-01-01", NEVER.isoformat()
ADULT = 18
STATES = {"yes": int(State.YES), "no": int(State.NO), "na": int(State.NA)}


class Span(NamedTuple):
    since: str
    until: str

    def __and__(self, other: tuple[str, str]) -> Span | None:
        since, until = max(self.since, other[0]), min(self.until, other[1])
        return Span(since, until) if since < until else None


WHOLE = Span(ALWAYS, FOREVER)


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
        if born_on is None:
            within = (self.min_age or 0) <= ADULT and (self.max_age is None or self.max_age >= ADULT)
            return Span(ALWAYS, FOREVER) if within else None
        since = birthday(born_on, self.min_age) if self.min_age else ALWAYS
        until = birthday(born_on, self.max_age + 1) if self.max_age is not None else FOREVER
        return Span(since, until) if since < until else None


class SpellRow(NamedTuple):
    village: int
    indicator: int
    household: str
    subject: str
    state: int
    since: str
    until: str


class PresenceRow(NamedTuple):
    village: int
    household: str
    subject: str
    is_person: bool
    born_on: str | None
    since: str
    until: str


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
    for village, span in home.placements:
        yield PresenceRow(village, home.id, home.id, False, None, *span)
        for person, there in home.people.items():
            for stay in there.stays:
                if both := stay & span:
                    yield PresenceRow(village, home.id, person, True, there.born_on, *both)


def spells(home: Home, definitions: list[Definition]) -> Iterator[SpellRow]:
    """The spells of a household and of the people who lived in it, while they did.

    A city has tens of millions of (presence, definition): most have no answer, so that is asked first.
    """
    there = list(presences(home))
    rows_of = {of_people: [row for row in there if row.is_person == of_people] for of_people in (True, False)}
    lines, ages_of = home.lines, {}
    for definition in definitions:
        indicator, of_people, youngest, oldest, requires, (begins, ends) = definition
        for row in rows_of[of_people]:
            village, household, subject, _, born_on, since, until = row
            line = lines.get((subject, indicator))
            if not (line or requires):
                continue
            since, until = max(since, begins), min(until, ends)
            if of_people:
                key = (born_on, youngest, oldest)
                if key not in ages_of:
                    ages_of[key] = definition.ages(born_on)
                if not (ages := ages_of[key]):
                    continue
                since, until = max(since, ages[0]), min(until, ages[1])
            if since >= until:
                continue
            if requires:
                for first, last, state in _required(home, row, definition, Span(since, until)):
                    yield SpellRow(village, indicator, household, subject, state, first, last)
                continue
            for first, last, answer in line:
                if first < until and last > since:
                    clipped = max(first, since), min(last, until)
                    yield SpellRow(village, indicator, household, subject, STATES[answer], *clipped)


def states_on(home: Home, definition: Definition, day: str) -> list[int]:
    """The state of everybody (or the household itself) who falls under a definition on `day`."""
    found = []
    for row in presences(home):
        ages = definition.ages(row.born_on) if row.is_person else Span(ALWAYS, FOREVER)
        if row.is_person != definition.of_people or not row.since <= day < row.until:
            continue
        if not (ages and ages.since <= day < ages.until):
            continue
        met = _met([_whom(home, row, indicator) for indicator in sorted(definition.requires)], day)
        if not definition.requires or met:
            answer = answer_on(home.lines.get((row.subject, definition.indicator)), day)
            found.append(STATES[answer] if answer else State.NOT_ASKED)
        elif met is None:
            found.append(State.UNCLEAR)
    return found


def _required(home: Home, row: PresenceRow, definition: Definition, span: Span) -> Iterable[tuple[str, str, int]]:
    """Cut the span wherever anything that matters changes, look at each piece, join equal neighbours."""
    asked = [_whom(home, row, indicator) for indicator in sorted(definition.requires)]
    if not any(asked):
        return [(*span, State.UNCLEAR)]
    own = home.lines.get((row.subject, definition.indicator))
    cuts = {span.since, span.until}
    for line in (own or [], *(line for whom in asked for line, _ in whom)):
        for since, until, _ in line:
            cuts.update((since, until))
    cuts.update(day for whom in asked for _, stay in whom for day in stay)
    days = sorted(day for day in cuts if span.since <= day <= span.until)
    pieces: Line = []
    for since, until in pairwise(days):
        met = _met(asked, since)
        if met is None:
            add(pieces, since, until, State.UNCLEAR)
        elif met:
            answer = answer_on(own, since)
            add(pieces, since, until, STATES[answer] if answer else State.NOT_ASKED)
    return pieces


def _whom(home: Home, row: PresenceRow, indicator: int) -> list[tuple[Line, Span]]:
    """Whose answers fulfil a requirement: for a person her own and the household's, for a household also its people's.

    Those who never answered are left out.
    """
    found = []
    if line := home.lines.get((home.id, indicator)):
        found.append((line, WHOLE))
    if row.is_person:
        if line := home.lines.get((row.subject, indicator)):
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
