"""Counting: from the record to Figure rows, for every level of the map.

Villages are counted from the spells and the visits, parents are the sums of their children by the period's own map
(plus what belongs to themselves), areas that ended within the period are counted as they were on their last day.
Numbers of the record stand in every row; `basis` says whether they are shown or a stated figure is (design, §6).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from areas.models import AreaLink, Level
from residents.bulk import copy_rows

from . import coverage, dialect, measures, people, visits
from .models import Figure, Period, StatedFigure
from .territory import PARENT_LEVELS, Scope, Territory

VILLAGES_AT_ONCE = 5000
COLUMNS = (
    "area_id", "period_id", "measure", "eligible", "known", "reached", "unclear", "value", "basis", "stated_id",
    "villages_total", "villages_with_data", "counted_at",
)  # fmt: skip
INTO = f"INSERT INTO reports_figure ({', '.join(COLUMNS)})"

Values = dict[int, dict[str, int]]


@transaction.atomic
def count(period: Period, *, today: dt.date, changed: Collection[int] | None = None) -> None:
    """Write the figures of `period` for the `changed` areas and what lies above them; None: for the whole map.

    The spells must be laid out (reports/drain.py sees to it).
    """
    if period.start_on > today:
        return
    territory = Territory(period, today)
    scope = territory.scope(changed)
    stored = Figure.objects.filter(period=period)
    if scope.areas is not None:
        stored = stored.filter(area__in=scope.areas)
    stored._raw_delete(stored.db)
    work = _Work(period, territory)
    for start in range(0, len(scope.villages), VILLAGES_AT_ONCE):
        work.count_villages(scope.villages[start : start + VILLAGES_AT_ONCE])
    for day, areas in scope.closed_by_day.items():
        work.count_ended(areas, day)
    work.add_up_all(scope.parents)
    work.show_stated(scope)


class _Work:
    """One period being counted."""

    def __init__(self, period: Period, territory: Territory):
        self.period = period
        self.territory = territory
        self.day = territory.day
        self.has_stocks = period.kind != Period.Kind.TO_DATE
        self.now = connection.ops.adapt_datetimefield_value(timezone.now())

    # --- villages -----------------------------------------------------------------------------------------------------

    def count_villages(self, villages: list[int]) -> None:
        complete = completely_registered(villages, [self.day])[0]
        self._write(
            (village, measure, value, village in complete or measure in measures.OF_THE_MAP, 1, 1)
            for village, values in count_own(villages, [self._moment(self.day)], [complete])[0].items()
            for measure, value in values.items()
        )
        places = f"SELECT a.id AS area, a.id AS village FROM areas_area a WHERE {dialect.among('a.id')}"
        self._cover(places, [dialect.ids(villages)], self.day, one_by_one=True)

    def _moment(self, day: dt.date) -> Moment:
        return Moment(self.period.start_on, day, self.has_stocks)

    def _cover(self, places: str, values: list, day: dt.date, *, one_by_one: bool) -> None:
        rules = coverage.Rules([day] if self.has_stocks else [])
        if not rules.asked:
            return
        counted = coverage.statement(rules, places=places, one_by_one=one_by_one)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""{INTO} SELECT area, %s, measure, eligible, known, reached, unclear, NULL,
                CASE WHEN complete = villages THEN 'counted' ELSE 'partial' END, NULL, villages, with_data, %s{CAST_NOW}
                FROM ({counted}) AS counted""",
                [self.period.pk, self.now, *values, *coverage.parameters(rules)],
            )

    # --- areas that ended within the period ---------------------------------------------------------------------------

    def count_ended(self, areas: list[int], day: dt.date) -> None:
        """As they were on their last day, from what lay in them then."""
        self._write(own_of_ended(areas, [self._moment(day)])[0])
        self._cover(ENDED_PLACES, ended_places(areas, day), day, one_by_one=False)

    # --- parents ------------------------------------------------------------------------------------------------------

    def add_up_all(self, by_level: Mapping[Level, list[int]]) -> None:
        """Parents, from the wards upwards: each level needs the one below it."""
        own = own_of_parents(by_level, [self.day])[0] if self.has_stocks else {}
        for level in PARENT_LEVELS:
            if by_level[level]:
                self._add_up(by_level[level], own)

    def _add_up(self, areas: list[int], own_values: Values) -> None:
        """Sum the children in force on the as-of day, what the area has of its own, and adopted activity."""
        own = [(area, measure, value) for area in areas for measure, value in own_values.get(area, {}).items()]
        wanted = set(areas)
        adopted = [(parent, village) for village, parent in self.territory.adopted.items() if parent in wanted]
        with connection.cursor() as cursor:
            cursor.execute(
                ADD_UP.format(
                    into=INTO,
                    cast=CAST_NOW,
                    parents=dialect.among("l.ancestor_id"),
                    own=dialect.table_of(area="bigint", measure="text", value="bigint"),
                    adopted=dialect.table_of(area="bigint", village="bigint"),
                    of_the_map=", ".join(f"'{code}'" for code in measures.OF_THE_MAP),
                    flows=", ".join(f"'{code}'" for code in sorted(measures.FLOWS)),
                ),
                [
                    *(self.period.pk, self.now, self.period.pk, self.day, self.day, dialect.ids(areas)),
                    *(dialect.as_json(own), dialect.as_json(adopted), self.period.pk),
                ],
            )

    # --- stated figures -----------------------------------------------------------------------------------------------

    def show_stated(self, scope: Scope) -> None:
        """Where the record is not complete: the area's own latest stated figure; activity: the one for the period."""
        latest = {
            (stated.area_id, stated.measure): stated
            for stated in self._stated(scope)
            if stated.on <= scope.closed.get(stated.area_id, self.day)
        }
        if not latest:
            return
        areas = {area for area, _ in latest}
        rows = Figure.objects.filter(period=self.period, area__in=areas)
        totals = dict(rows.filter(measure="villages").values_list("area", "value"))
        for row in rows.filter(measure__in={measure for _, measure in latest}):
            stated = latest.pop((row.area_id, row.measure), None)
            if stated and row.basis == Figure.Basis.PARTIAL:
                rows.filter(pk=row.pk).update(basis=Figure.Basis.STATED, stated=stated)
        Figure.objects.bulk_create(
            Figure(
                area_id=area,
                period=self.period,
                measure=measure,
                basis=Figure.Basis.STATED,
                stated=stated,
                villages_total=totals.get(area, 0),
                counted_at=timezone.now(),
            )
            for (area, measure), stated in latest.items()
        )

    def _stated(self, scope: Scope) -> Iterator[StatedFigure]:
        """What was stated for areas in force, oldest first."""
        found = StatedFigure.objects.filter(withdrawn_at=None, scope="", on__lte=self.day).order_by("on", "pk")
        if scope.areas is not None:
            found = found.filter(area__in=scope.areas)
        else:
            in_force = Q(area__since__lte=self.day) & (Q(area__until=None) | Q(area__until__gt=self.period.start_on))
            found = found.filter(in_force)
        return (one for one in found if is_about(self.period, one.measure, one.since, one.on))

    def _write(self, rows: Iterable[tuple[int, str, int, bool, int, int]]) -> None:
        """Rows of (area, measure, value, is counted, villages, with data)."""
        copy_rows(
            Figure,
            COLUMNS,
            [
                (area, self.period.pk, measure, None, None, None, None, value,
                 Figure.Basis.COUNTED.value if counted else Figure.Basis.PARTIAL.value, None, villages, data, self.now)
                for area, measure, value, counted, villages, data in rows
            ],
        )  # fmt: skip


def is_about(period: Period, measure: str, since: dt.date | None, on: dt.date) -> bool:
    """May what was stated be shown for the period? Activity: for exactly its days; else as it stood on a day."""
    if measures.is_flow(measure):
        return (since, on) == (period.start_on, period.end_on)
    return period.kind != Period.Kind.TO_DATE and since is None


class Moment(NamedTuple):
    """What is counted of a period: activity from `first` to `day`, and what there is on `day` if it `has_stocks`."""

    first: dt.date
    day: dt.date
    has_stocks: bool


def count_own(villages: Collection[int], moments: Sequence[Moment], complete: Sequence[set[int]]) -> list[Values]:
    """For each moment: what is counted in each village, coverage apart; a family without data is left out."""
    days = sorted({moment.day for moment in moments if moment.has_stocks})
    teams = dict(zip(days, people.count_teams(villages, days), strict=True))
    served = dict(zip(days, people.villages_served(villages, days), strict=True))
    register = dict(zip(days, people.count_register(villages, days), strict=True))
    flows_of = visits.count_visits(villages, [(moment.first, moment.day) for moment in moments])
    found = []
    for (_, day, has_stocks), registered, flows in zip(moments, complete, flows_of, strict=True):
        found.append(own := {village: {"villages": 1} for village in villages})
        for village, values in own.items():
            if village in flows or village in registered:
                values.update(dict.fromkeys(visits.BASE, 0) | flows.get(village, {}))
            if not has_stocks:
                continue
            has_team = village in teams[day] or village in served[day]
            values["villages_with_team"] = int(has_team)
            if has_team or village in registered:
                values.update(dict.fromkeys(people.TEAM_BASE, 0) | teams[day].get(village, {}))
            if village in register[day] or village in registered:
                values.update(dict.fromkeys(people.REGISTER, 0) | register[day].get(village, {}))
    return found


def own_of_parents(by_level: Mapping[Level, Collection[int]], days: Sequence[dt.date]) -> list[Values]:
    """For each day: what belongs to areas above the village themselves, not to anything in them."""
    areas = [area for level in PARENT_LEVELS for area in by_level.get(level, ())]
    if not areas:
        return [{} for _ in days]
    wards = by_level.get(Level.WARD, ())
    above = [area for level in PARENT_LEVELS if level != Level.WARD for area in by_level.get(level, ())]
    with_team = people.wards_with_team(wards, days) if wards else [set() for _ in days]
    found = []
    for teams, led, numbers in zip(
        people.count_teams(areas, days), with_team, people.count_wards(above, days), strict=True
    ):
        own = defaultdict(dict, teams)
        for area in led:
            own[area]["wards_with_team"] = 1
        for area, number in numbers.items():
            own[area]["wards"] = number
        found.append(dict(own))
    return found


def own_of_ended(areas: Collection[int], moments: Sequence[Moment]) -> list[list[tuple]]:
    """For each moment, all of which end with the last day of these areas: what was counted in each, coverage apart.

    Rows of (area, measure, value, is counted, villages, with data).
    """
    day = moments[0].day
    links = AreaLink.objects.on(day).filter(ancestor__in=areas).order_by()
    below = list(links.values_list("ancestor", "descendant", "descendant__level"))
    by_level: dict[Level, set[int]] = defaultdict(set)
    for _, descendant, level in below:
        by_level[level].add(descendant)
    villages = by_level[Level.VILLAGE]
    complete = completely_registered(villages, [day])[0]
    stocks = own_of_parents(by_level, [day])[0] if any(moment.has_stocks for moment in moments) else {}
    found = []
    for moment, own in zip(moments, count_own(villages, moments, [complete] * len(moments)), strict=True):
        if moment.has_stocks:
            own |= stocks
        found.append(list(_sums_of_ended(below, own, complete)))
    return found


def _sums_of_ended(below: list[tuple[int, int, int]], own: Values, complete: set[int]) -> Iterator[tuple]:
    """`below`: (area, what lay in it, its level)."""
    sums: dict[int, Counter] = defaultdict(Counter)
    with_data: dict[int, Counter] = defaultdict(Counter)
    counted: dict[int, Counter] = defaultdict(Counter)
    for area, descendant, level in below:
        values = {
            code: value for code, value in own.get(descendant, {}).items() if code != "wards" or area == descendant
        }
        sums[area].update(values)
        if level == Level.VILLAGE:
            with_data[area].update(dict.fromkeys(values, 1))
            counted[area].update(dict.fromkeys(values, descendant in complete))
    for area, values in sums.items():
        total = values["villages"]
        for code, value in values.items():
            whole = code in measures.OF_THE_MAP or 0 < total == counted[area][code]
            yield area, code, value, whole, total, with_data[area][code]


def completely_registered(villages: Collection[int], days: Sequence[dt.date]) -> list[set[int]]:
    """For each day: villages whose register is marked complete for everything; there, no visit is zero visits."""
    rows = dialect.rows_of(
        "SELECT village_id, since, until FROM reports_completemark "
        f"WHERE indicator_id IS NULL AND {dialect.among('village_id')}",
        [dialect.ids(villages)],
    )
    return [
        {village for village, since, until in rows if since <= day and (until is None or until > day)} for day in days
    ]


# Areas with the villages that lay in them on a day; its parameters are `ended_places(…)`.
ENDED_PLACES = (
    "SELECT l.ancestor_id AS area, l.descendant_id AS village FROM areas_arealink l "
    f"JOIN areas_area a ON a.id = l.descendant_id AND a.level = {Level.VILLAGE:d} "
    f"WHERE {dialect.holds('l', '%s')} AND {dialect.among('l.ancestor_id')}"
)


def ended_places(areas: Collection[int], day: dt.date) -> list:
    return [day, day, dialect.ids(areas)]


CAST_NOW = "::timestamptz" if connection.vendor == "postgresql" else ""

# CROSS JOIN keeps SQLite to the order written here: from the parents down, never from all figures of the period up.
# A parent is counted where its children that are counted hold all its villages.
ADD_UP = """
{into}
SELECT area, %s, measure, eligible, known, reached, unclear, value,
       CASE WHEN measure IN ({of_the_map}) OR (villages > 0 AND counted = villages) THEN 'counted' ELSE 'partial' END,
       NULL, villages, with_data, %s{cast}
FROM (
    SELECT area, measure, SUM(eligible) AS eligible, SUM(known) AS known, SUM(reached) AS reached,
           SUM(unclear) AS unclear, SUM(value) AS value, SUM(counted) AS counted, SUM(with_data) AS with_data,
           COALESCE(MAX(CASE WHEN measure = 'villages' THEN SUM(value) END) OVER (PARTITION BY area), 0) AS villages
    FROM (
        SELECT l.ancestor_id AS area, f.measure, f.eligible, f.known, f.reached, f.unclear, f.value,
               CASE WHEN f.basis = 'counted' THEN f.villages_total ELSE 0 END AS counted,
               f.villages_with_data AS with_data
        FROM areas_arealink l CROSS JOIN reports_figure f
        WHERE f.area_id = l.descendant_id AND f.period_id = %s AND l.depth = 1 AND l.since <= %s
          AND (l.until IS NULL OR l.until > %s) AND {parents} AND f.measure <> 'wards'
        UNION ALL
        SELECT area, measure, NULL, NULL, NULL, NULL, value, 0, 0 FROM {own} AS own
        UNION ALL
        SELECT a.area, f.measure, NULL, NULL, NULL, NULL, f.value, 0, 0
        FROM {adopted} AS a CROSS JOIN reports_figure v CROSS JOIN reports_figure f
        WHERE v.area_id = a.village AND v.period_id = %s AND v.measure = 'visits' AND v.value > 0
          AND f.area_id = a.village AND f.period_id = v.period_id
          AND (f.measure IN ({flows}) OR f.measure LIKE 'result:%%' OR f.measure LIKE 'topic:%%')
    ) AS parts
    GROUP BY area, measure
) AS sums
WHERE eligible IS NOT NULL OR value IS NOT NULL
"""
