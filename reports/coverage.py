"""Coverage of villages on a day, counted in one statement from the spells (residents/spells.py).

Who is eligible is decided by the definition in force on that day: the spells are clipped to it, and the people of age
for it are counted here. An answer "không thuộc diện" leaves the denominator; somebody not asked stays in it; where a
requirement is not yet known she is neither in nor out but `unclear`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count

from residents.models import IndicatorVersion
from residents.timelines import ADULT

from . import dialect


@dataclass(frozen=True, slots=True)
class Asked:
    """A definition in force: `bracket` is its column of people of age, None where it requires another indicator."""

    indicator: int
    measure: str
    bracket: int | None


def in_force(day: dt.date) -> tuple[list[Asked], list[str]]:
    """The definitions in force on `day` and the SQL that says whether a presence falls into each bracket."""
    asked, brackets = [], []
    versions = IndicatorVersion.objects.on(day).filter(indicator__is_reported=True).order_by("indicator")
    for version in versions.select_related("indicator").annotate(required=Count("requires")):
        bracket = None
        if not version.required:
            condition = bracket_of(version, day)
            if condition not in brackets:
                brackets.append(condition)
            bracket = brackets.index(condition)
        asked.append(Asked(version.indicator_id, version.indicator.measure, bracket))
    return asked, brackets


def bracket_of(version: IndicatorVersion, day: dt.date) -> str:
    if version.subject == "household":
        return "NOT is_person"
    oldest = version.max_age
    unknown = (version.min_age or 0) <= ADULT and (oldest is None or oldest >= ADULT)
    born = [f"born_on <= '{years_before(day, version.min_age)}'"] if version.min_age else []
    if oldest is not None:
        born.append(f"born_on > '{years_before(day, oldest + 1)}'")
    if not born:
        return "is_person"
    known = f"(born_on IS NOT NULL AND {' AND '.join(born)})"
    return f"is_person AND ({known} OR born_on IS NULL)" if unknown else f"is_person AND {known}"


def years_before(day: dt.date, years: int) -> str:
    """Born up to this day, one is `years` old on `day`."""
    try:
        return f"{day.replace(year=day.year - years)}"
    except ValueError:
        return f"{day.year - years:04}-02-28"


def statement(asked: list[Asked], brackets: list[str], *, places: str, one_by_one: bool) -> str:
    """SELECT area, measure, eligible, known, reached, unclear, complete, with_data, villages.

    `places`: a query of (area, village), the villages that make up each area; `one_by_one`: each area is its village.
    Its parameters: those of `places`, then `parameters(day)`.
    """
    counted = ", ".join(
        f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END) AS b{place}" for place, condition in enumerate(brackets)
    )
    of_age = " ".join(f"WHEN {place} THEN b{place}" for place in range(len(brackets)))
    limit = "AND village_id IN (SELECT village FROM place)"
    leaf = f"""
    WITH place AS ({places}),
    base AS (
        SELECT village_id{", " if counted else ""}{counted} FROM residents_presence
        WHERE since <= %s AND until > %s {limit} GROUP BY village_id
    ),
    tally AS (
        SELECT village_id, indicator_id,
               SUM(CASE WHEN state = 1 THEN 1 ELSE 0 END) AS yes, SUM(CASE WHEN state = 2 THEN 1 ELSE 0 END) AS no,
               SUM(CASE WHEN state = 3 THEN 1 ELSE 0 END) AS na, SUM(CASE WHEN state = 4 THEN 1 ELSE 0 END) AS unclear,
               SUM(CASE WHEN state = 0 THEN 1 ELSE 0 END) AS unasked
        FROM residents_spell WHERE since <= %s AND until > %s {limit} GROUP BY village_id, indicator_id
    ),
    marked AS (
        SELECT village_id, indicator_id FROM reports_completemark
        WHERE since <= %s AND (until IS NULL OR until > %s) {limit}
    ),
    leaf AS (
        SELECT v.village, a.measure,
               CASE WHEN a.bracket IS NULL THEN COALESCE(t.yes + t.no + t.unasked, 0)
                    ELSE COALESCE(CASE a.bracket {of_age or "WHEN -1 THEN 0"} END, 0) - COALESCE(t.na, 0)
               END AS eligible,
               COALESCE(t.yes + t.no, 0) AS known, COALESCE(t.yes, 0) AS reached, COALESCE(t.unclear, 0) AS unclear,
               COALESCE(t.yes + t.no + t.na, 0) AS answers,
               CASE WHEN EXISTS (
                   SELECT 1 FROM marked m
                   WHERE m.village_id = v.village AND (m.indicator_id IS NULL OR m.indicator_id = a.indicator)
               ) THEN 1 ELSE 0 END AS complete
        FROM (SELECT DISTINCT village FROM place) v
        CROSS JOIN {dialect.table_of(indicator="bigint", measure="text", bracket="int")} a
        LEFT JOIN base ON base.village_id = v.village
        LEFT JOIN tally t ON t.village_id = v.village AND t.indicator_id = a.indicator
    )"""  # noqa: S608
    if one_by_one:
        return f"""{leaf}
        SELECT village AS area, measure, eligible, known, reached, unclear, complete, 1 AS with_data, 1 AS villages
        FROM leaf WHERE answers + complete > 0"""  # noqa: S608
    return f"""{leaf}
    SELECT p.area, l.measure, SUM(l.eligible) AS eligible, SUM(l.known) AS known, SUM(l.reached) AS reached,
           SUM(l.unclear) AS unclear, SUM(l.complete) AS complete, COUNT(*) AS with_data,
           (SELECT COUNT(*) FROM place WHERE place.area = p.area) AS villages
    FROM place p JOIN leaf l ON l.village = p.village WHERE l.answers + l.complete > 0 GROUP BY p.area, l.measure"""  # noqa: S608


def parameters(day: dt.date, asked: list[Asked]) -> list:
    return [day, day, day, day, day, day, dialect.as_json((a.indicator, a.measure, a.bracket) for a in asked)]
