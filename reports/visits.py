"""Activity: what visits brought about between two days, by the village where the household stood at the time.

A household visited in two villages of a period is one household visited, in the village of its last visit. A visit to
a household that stood nowhere on that day goes to the village where it last stood, else to its first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from django.db import connection

from areas.holidays import WORKING_WEEKDAYS, WorkingCalendar
from residents.office_hours import office_hours

from . import dialect, periods

FEW_VILLAGES = 50
DAY = 86400
EPOCH = dt.date(1970, 1, 1)
WEEKDAY_OF_EPOCH = EPOCH.weekday()
BASE = ("visits", "met", "households_visited", "people_helped", "minutes", "minutes_outside")

Span = tuple[dt.date, dt.date]


def count_visits(villages: Collection[int], spans: Sequence[Span]) -> list[dict[int, dict[str, int]]]:
    """For each span (first and last day): village → measure → value; a village without a visit is left out, a result
    or topic without one too.
    """
    facts, values = _facts(villages, spans)
    inside = _minutes_inside(*_exceptions(spans))
    found: list[dict[int, dict[str, int]]] = [{} for _ in spans]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{facts}, about AS (
                SELECT fact.n, fact.id, fact.village, t.id AS topic, t.parent_id AS parent FROM fact
                JOIN residents_visit_topics vt ON vt.visit_id = fact.id JOIN residents_topic t ON t.id = vt.topic_id
            )
            SELECT n, village, '', COUNT(*), SUM(met), SUM(is_last), SUM(people_helped), SUM(minutes),
                   SUM(minutes - {inside})
            FROM fact GROUP BY n, village
            UNION ALL
            SELECT fact.n, fact.village, 'result:' || k.code, SUM(r.count), 0, 0, 0, 0, 0 FROM fact
            JOIN residents_visitresult r ON r.visit_id = fact.id JOIN residents_resultkind k ON k.id = r.kind_id
            GROUP BY fact.n, fact.village, k.code
            UNION ALL
            SELECT a.n, a.village, 'topic:' || t.code, COUNT(*), 0, 0, 0, 0, 0
            FROM (
                SELECT n, id, village, topic FROM about
                UNION SELECT n, id, village, parent FROM about WHERE parent IS NOT NULL
            ) a JOIN residents_topic t ON t.id = a.topic GROUP BY a.n, a.village, t.code""",
            values,
        )
        for n, village, part, *numbers in cursor.fetchall():
            values_of = found[n].setdefault(village, {})
            if part:
                values_of[part] = int(numbers[0])
            else:
                values_of |= zip(BASE, map(int, numbers), strict=True)
    return found


def _facts(villages: Collection[int], spans: Sequence[Span]) -> tuple[str, list]:
    """`fact`: one row for each visit that counts in a span, with its village."""
    instants = [(periods.starts_at(first), periods.ends_at(last)) for first, last in spans]
    wanted = dialect.ids(villages)
    few = len(villages) <= FEW_VILLAGES
    # For a few villages start from their households; for many from the days.
    theirs = (
        f"AND v.household_id IN (SELECT household_id FROM residents_placement WHERE {dialect.among('village_id')})"
        if few
        else ""
    )
    counted = (
        "v.at >= span.begins AND v.at < span.ends AND v.withdrawn_at IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM residents_visit later WHERE later.replaces_id = v.id)"
    )
    columns = "span.n, v.id, v.household_id, v.at, v.outcome, COALESCE(v.minutes, 0) AS minutes, v.people_helped"
    day = dialect.local_day("v.at")
    latest = "ROW_NUMBER() OVER (PARTITION BY span.n, v.household_id ORDER BY v.at DESC, v.id DESC)"
    sql = f"""
    WITH {dialect.moments("span", ["begins", "ends"], instants)},
    stood AS (
        SELECT {columns},
               COALESCE(
                   (SELECT p.village_id FROM residents_placement p
                    WHERE p.household_id = v.household_id AND p.since <= {day} ORDER BY p.since DESC LIMIT 1),
                   (SELECT p.village_id FROM residents_placement p
                    WHERE p.household_id = v.household_id ORDER BY p.since LIMIT 1)
               ) AS village,
               CASE WHEN {latest} = 1 THEN 1 ELSE 0 END AS is_last
        FROM span CROSS JOIN residents_visit v
        WHERE v.household_id IS NOT NULL AND {counted} {theirs}
        UNION ALL
        SELECT {columns}, v.village_id, 0 FROM span CROSS JOIN residents_visit v
        WHERE v.household_id IS NULL AND {counted} AND {dialect.among("v.village_id")}
    ), fact AS (
        SELECT n, id, village, is_last, at, minutes, people_helped, CASE WHEN outcome = 'met' THEN 1 ELSE 0 END AS met
        FROM stood WHERE {dialect.among("village")}
    )"""
    return sql, [*([wanted] if few else []), wanted, wanted]


def _exceptions(spans: Sequence[Span]) -> tuple[list[int], list[int]]:
    """Days in the spans (numbered from 1970) that are worked, and that are off, against the week's rule."""
    if not spans:
        return [], []
    first, last = min(first for first, _ in spans), max(last for _, last in spans) + dt.timedelta(days=1)
    numbered = [((day - EPOCH).days, is_worked) for day, is_worked in WorkingCalendar.load(first, last).exceptions()]
    return [day for day, is_worked in numbered if is_worked], [day for day, is_worked in numbered if not is_worked]


def _minutes_inside(worked: Sequence[int], off: Sequence[int]) -> str:
    """Whole minutes of a visit inside office hours, as `residents.office_hours` has them; at most to the next day."""
    start = dialect.local_seconds("at")
    second, day = f"({start} %% {DAY})", f"({start} / {DAY})"
    terms = []
    for days_on in (0, 1):
        hours = []
        for opens, closes in office_hours():
            begins, ends = (days_on * DAY + _seconds(time) for time in (opens, closes))
            inside = f"{dialect.least(f'{second} + minutes * 60', str(ends))} - {dialect.greatest(second, str(begins))}"
            hours.append(dialect.greatest(inside, "0"))
        on = f"({day} + {days_on})"
        is_worked = f"({on} + {WEEKDAY_OF_EPOCH}) %% 7 IN ({_listed(WORKING_WEEKDAYS)})"
        if off:
            is_worked = f"{is_worked} AND {on} NOT IN ({_listed(off)})"
        if worked:
            is_worked = f"{is_worked} OR {on} IN ({_listed(worked)})"
        terms.append(f"CASE WHEN {is_worked} THEN {' + '.join(hours) or '0'} ELSE 0 END")
    return f"(({' + '.join(terms)}) / 60)"


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


def _seconds(time: dt.time) -> int:
    return time.hour * 3600 + time.minute * 60 + time.second
