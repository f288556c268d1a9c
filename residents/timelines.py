"""Working out spells: when a subject was where, fell under an indicator, and had which state.

Days are ISO text ("2026-11-14"), ids are text as the database hands them out: both compare as they should, and a city
has millions of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from .models import NEVER, State

ALWAYS, FOREVER = "0001-01-01", NEVER.isoformat()
ADULT = 18
STATES = {"yes": State.YES, "no": State.NO, "na": State.NA}


class Span(NamedTuple):
    since: str
    until: str

    def __and__(self, other: tuple[str, str]) -> Span | None:
        since, until = max(self.since, other[0]), min(self.until, other[1])
        return Span(since, until) if since < until else None


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
    """The spells of a household and of the people who lived in it, while they did."""
    there = list(presences(home))
    for definition in definitions:
        for row in there:
            if row.is_person != definition.of_people:
                continue
            span = Span(row.since, row.until) & definition.span
            if span and row.is_person:
                ages = definition.ages(row.born_on)
                span = span & ages if ages else None
            if span:
                states = (
                    _required(home, row, definition, span)
                    if definition.requires
                    else _plain(home, row, definition, span)
                )
                for since, until, state in states:
                    yield SpellRow(row.village, definition.indicator, home.id, row.subject, state, since, until)


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


def _plain(home: Home, row: PresenceRow, definition: Definition, span: Span) -> Iterator[tuple[str, str, int]]:
    for since, until, answer in home.lines.get((row.subject, definition.indicator), ()):
        if both := span & (since, until):
            yield *both, STATES[answer]


def _required(home: Home, row: PresenceRow, definition: Definition, span: Span) -> Iterator[tuple[str, str, int]]:
    """Cut the span wherever anything that matters changes, look at each piece, join equal neighbours."""
    own = home.lines.get((row.subject, definition.indicator))
    asked = [_whom(home, row, indicator) for indicator in sorted(definition.requires)]
    cuts = {span.since, span.until}
    lines = [own or [], *(line for whom in asked for line, _ in whom)]
    cuts.update(day for line in lines for since, until, _ in line for day in (since, until))
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
    return iter(pieces)


def _whom(home: Home, row: PresenceRow, indicator: int) -> list[tuple[Line, Span]]:
    """Whose answers fulfil a requirement: for a person her own and the household's, for a household also its people's."""
    always = Span(ALWAYS, FOREVER)
    found = [(home.lines.get((home.id, indicator), []), always)]
    if row.is_person:
        found.append((home.lines.get((row.subject, indicator), []), always))
    elif any((person, indicator) in home.lines for person in home.people):
        found += [
            (home.lines.get((person, indicator), []), stay)
            for person, there in home.people.items()
            for stay in there.stays
        ]
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
