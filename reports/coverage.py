"""Coverage of villages on some days, counted in one statement from the spells (residents/spells.py).

Who is eligible is decided by the definition in force on a day: the spells are clipped to it, and the people of age for
it are counted here. An answer "không thuộc diện" leaves the denominator; somebody not asked stays in it; where a
requirement is not yet known she is neither in nor out but `unclear`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from residents.timelines import ADULT

from . import dialect

# (of people, youngest age, oldest age)
Ages = tuple[bool, int | None, int | None]


class Asked(NamedTuple):
    """A definition in force on the n-th day; `bracket` says which ages it counts, None where it requires another."""

    n: int
    indicator: int
    measure: str
    bracket: int | None


class Definition(NamedTuple):
    """What of a definition decides who falls under it."""

    of_people: bool
    youngest: int | None
    oldest: int | None
    requires: bool
    since: str


class Rules:
    """The definitions in force on some days; `only`: those of one indicator, by its code."""

    def __init__(self, days: Sequence[dt.date], *, only: str | None = None):
        self.days = days
        self.only: int | None = None
        self.asked: list[Asked] = []
        self.brackets: list[Ages] = []
        self.definitions: dict[tuple[int, int], Definition] = {}
        for indicator, code, subject, youngest, oldest, since, until, requires in _reported() if days else ():
            if only not in (None, code):
                continue
            self.only = indicator if only else None
            if not requires and (ages := (subject == "resident", youngest, oldest)) not in self.brackets:
                self.brackets.append(ages)
            bracket = None if requires else self.brackets.index(ages)
            for n, day in enumerate(days):
                if since <= day.isoformat() and (until is None or until > day.isoformat()):
                    self.asked.append(Asked(n, indicator, f"cov:{code}", bracket))
                    of_people = subject == "resident"
                    self.definitions[n, indicator] = Definition(of_people, youngest, oldest, bool(requires), since)

    @property
    def moments(self) -> str:
        """`moment (n, day, y18, …)`: who was born up to y18 is 18 on the day."""
        years = sorted(
            {youngest for _, youngest, _ in self.brackets if youngest}
            | {oldest + 1 for _, _, oldest in self.brackets if oldest is not None}
        )
        rows = [[day, *(years_before(day, number) for number in years)] for day in self.days]
        return dialect.moments("moment", ["day", *(f"y{number}" for number in years)], rows)


def _reported() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.indicator_id, i.code, v.subject, v.min_age, v.max_age, CAST(v.since AS TEXT), "
            "CAST(v.until AS TEXT), "
            "v.id IN (SELECT indicatorversion_id FROM residents_indicatorversion_requires) "
            "FROM residents_indicatorversion v JOIN residents_indicator i ON i.id = v.indicator_id "
            "WHERE i.is_reported ORDER BY v.indicator_id, v.since"
        )
        return cursor.fetchall()


def within(ages: Ages, moment: str = "moment") -> str:
    """Does a presence `p` fall into a bracket on the day of `moment`?"""
    of_people, youngest, oldest = ages
    if not of_people:
        return "NOT p.is_person"
    unknown = (youngest or 0) <= ADULT and (oldest is None or oldest >= ADULT)
    born = [f"p.born_on <= {moment}.y{youngest}"] if youngest else []
    if oldest is not None:
        born.append(f"p.born_on > {moment}.y{oldest + 1}")
    if not born:
        return "p.is_person"
    known = f"(p.born_on IS NOT NULL AND {' AND '.join(born)})"
    return f"p.is_person AND ({known} OR p.born_on IS NULL)" if unknown else f"p.is_person AND {known}"


def years_before(day: dt.date, years: int) -> dt.date:
    """Born up to this day, one is `years` old on `day`."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return dt.date(day.year - years, 2, 28)


def statement(rules: Rules, *, places: str, one_by_one: bool) -> str:
    """SELECT n, area, measure, eligible, known, reached, unclear, complete, with_data, villages, of the n-th day.

    `places`: a query of (area, village), the villages that make up each area; `one_by_one`: each area is its village.
    Its parameters: those of `places`, then `parameters(rules)`.
    """
    counted = "".join(
        f", COUNT(*) FILTER (WHERE {within(ages)}) AS b{place}" for place, ages in enumerate(rules.brackets)
    )
    of_age = " ".join(f"WHEN {place} THEN b{place}" for place in range(len(rules.brackets)))
    limit = "village_id IN (SELECT village FROM place)"
    one = f" AND s.indicator_id = {rules.only:d}" if rules.only is not None else ""
    leaf = f"""
    WITH {rules.moments},
    place AS ({places}),
    base AS (
        SELECT moment.n, p.village_id{counted} FROM moment CROSS JOIN residents_presence p
        WHERE p.since <= moment.day AND p.until > moment.day AND p.{limit} GROUP BY moment.n, p.village_id
    ),
    tally AS (
        SELECT moment.n, s.village_id, s.indicator_id,
               COUNT(*) FILTER (WHERE state = 1) AS yes, COUNT(*) FILTER (WHERE state = 2) AS no,
               COUNT(*) FILTER (WHERE state = 3) AS na, COUNT(*) FILTER (WHERE state = 4) AS unclear,
               COUNT(*) FILTER (WHERE state = 0) AS unasked
        FROM moment CROSS JOIN residents_spell s
        WHERE s.since <= moment.day AND s.until > moment.day AND s.{limit}{one}
        GROUP BY moment.n, s.village_id, s.indicator_id
    ),
    marked AS (
        SELECT moment.n, m.village_id, m.indicator_id FROM moment CROSS JOIN reports_completemark m
        WHERE {dialect.holds("m")} AND m.{limit}
    ),
    leaf AS MATERIALIZED (
        SELECT a.n, v.village, a.measure,
               CASE WHEN a.bracket IS NULL THEN COALESCE(t.yes + t.no + t.unasked, 0)
                    ELSE COALESCE(CASE a.bracket {of_age or "WHEN -1 THEN 0"} END, 0) - COALESCE(t.na, 0)
               END AS eligible,
               COALESCE(t.yes + t.no, 0) AS known, COALESCE(t.yes, 0) AS reached, COALESCE(t.unclear, 0) AS unclear,
               COALESCE(t.yes + t.no + t.na, 0) AS answers,
               CASE WHEN EXISTS (
                   SELECT 1 FROM marked m WHERE m.n = a.n AND m.village_id = v.village
                   AND (m.indicator_id IS NULL OR m.indicator_id = a.indicator)
               ) THEN 1 ELSE 0 END AS complete
        FROM (SELECT DISTINCT village FROM place) v
        CROSS JOIN {dialect.table_of(n="int", indicator="bigint", measure="text", bracket="int")} a
        LEFT JOIN base ON base.n = a.n AND base.village_id = v.village
        LEFT JOIN tally t ON t.n = a.n AND t.village_id = v.village AND t.indicator_id = a.indicator
    )"""
    if one_by_one:
        return f"""{leaf}
        SELECT n, village AS area, measure, eligible, known, reached, unclear, complete, 1 AS with_data, 1 AS villages
        FROM leaf WHERE answers + complete > 0"""
    return f"""{leaf}
    SELECT l.n, p.area, l.measure, SUM(l.eligible) AS eligible, SUM(l.known) AS known, SUM(l.reached) AS reached,
           SUM(l.unclear) AS unclear, SUM(l.complete) AS complete, COUNT(*) AS with_data,
           (SELECT COUNT(*) FROM place WHERE place.area = p.area) AS villages
    FROM place p JOIN leaf l ON l.village = p.village WHERE l.answers + l.complete > 0
    GROUP BY l.n, p.area, l.measure"""


def parameters(rules: Rules) -> list:
    return [dialect.as_json(rules.asked)]
