"""Counting what changed: a few villages in many periods at once, and above them only the measures that differ.

The villages are counted afresh and compared with what is stored. Where something differs, everything above is added up
again in these measures: one statement sums what lies beside the changed places, the rest is a few additions. What ended
within a period and held a village to the last is counted once for all periods that it ended in. The result is the one
of `counting.count`.

It holds where only villages changed and none ended: a period is left to `counting.count` when something other than a
village changed (who changes the map, a ward's team or its stated figures marks the areas themselves), when any village
ended in it, or when a changed one has figures for the first time.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise
from operator import itemgetter

from django.db import connection
from django.utils import timezone

from areas.models import Level

from . import coverage, dialect, measures, people
from .counting import (
    CAST_NOW,
    COLUMNS,
    ENDED_PLACES,
    INTO,
    Moment,
    completely_registered,
    count,
    count_own,
    ended_places,
    is_about,
    own_of_ended,
    own_of_parents,
)
from .models import Figure, Period

COUNTED, PARTIAL, STATED = (str(basis) for basis in (Figure.Basis.COUNTED, Figure.Basis.PARTIAL, Figure.Basis.STATED))
# A figure: eligible, known, reached, unclear, value, basis, stated, villages_total, villages_with_data.
Row = tuple
# Figures in a sum: eligible, known, reached, unclear, value, villages of those counted, villages_with_data.
Part = tuple
Place = tuple[int, int]  # area, period
Rows = dict[str, Row]  # measure → figure


def count_changed(periods: Iterable[Period], since: Mapping[int, dt.date], *, today: dt.date) -> None:
    """Write the figures of areas that changed on a day, and of what lies above them, in the `periods` from then on."""
    begun = [period for period in periods if period.start_on <= today]
    if not begun or not since:
        return
    together: dict[frozenset[int], list[Period]] = defaultdict(list)
    above = _Above(since, min(period.start_on for period in begun))
    for period in begun:
        changed = frozenset(area for area, day in since.items() if day <= period.end_on)
        if above.are_villages_to_stay(changed, period, period.as_of(today)):
            together[changed].append(period)
        elif changed:
            count(period, today=today, changed=changed)
    for villages, some in together.items():
        _Villages(sorted(villages), some, above, today).count()


class _Above:
    """What lies above some areas, through time."""

    def __init__(self, areas: Collection[int], first: dt.date):
        self.links: dict[int, list[tuple]] = defaultdict(list)
        self.villages_ended: list[str] = []
        rows = dialect.rows_of(
            "SELECT l.depth, l.descendant_id, l.ancestor_id, a.level, CAST(l.since AS TEXT), "
            "COALESCE(CAST(l.until AS TEXT), '9999-12-31'), CAST(a.until AS TEXT) "
            "FROM areas_arealink l JOIN areas_area a ON a.id = l.ancestor_id "
            f"WHERE {dialect.among('l.descendant_id')} "
            "UNION ALL SELECT DISTINCT -1, 0, 0, level, '', '', CAST(until AS TEXT) FROM areas_area "
            "WHERE level = %s AND until > %s",
            [dialect.ids(areas), Level.VILLAGE, first],
        )
        for depth, area, *link in sorted(rows, key=itemgetter(0)):
            if depth < 0:
                self.villages_ended.append(link[-1])
            else:
                self.links[area].append(tuple(link))

    def are_villages_to_stay(self, areas: Collection[int], period: Period, day: dt.date) -> bool:
        """Are these villages in force on `day`, while no village at all ended in the period?"""
        start, end = period.start_on.isoformat(), day.isoformat()
        if not areas or any(start < until <= end for until in self.villages_ended):
            return False
        return all(self.line(area, day)[:1] == [(area, Level.VILLAGE)] for area in areas)

    def line(self, area: int, day: dt.date) -> list[tuple[int, int]]:
        """(area, level) from the area itself upwards, on `day`."""
        on = day.isoformat()
        return [(above, level) for above, level, since, until, _ in self.links[area] if since <= on < until]

    def ended(self, area: int, period: Period, day: dt.date) -> dict[int, dt.date]:
        """What ended in the period up to `day` and held the area to the last → its last day."""
        start, end = period.start_on.isoformat(), day.isoformat()
        return {
            above: dt.date.fromisoformat(ended) - dt.timedelta(days=1)
            for above, _, since, until, ended in self.links[area]
            if ended and start < ended <= end and since < ended <= until
        }


class _Villages:
    """Villages being counted in periods to whose end they stay."""

    def __init__(self, villages: list[int], periods: list[Period], above: _Above, today: dt.date):
        self.villages = villages
        self.today = today
        self.periods = {period.pk: period for period in periods}
        self.day = {period.pk: period.as_of(today) for period in periods}
        self.has_stocks = {period.pk: period.kind != Period.Kind.TO_DATE for period in periods}
        self.level: dict[int, int] = {}
        # Child and parent from the villages up → the periods at whose end they lie so.
        self.trees: dict[frozenset[tuple[int, int]], list[int]] = defaultdict(list)
        self.last_day: dict[Place, dt.date] = {}
        for pk, day in self.day.items():
            tree = set()
            for village in villages:
                line = above.line(village, day)
                self.level |= dict(line)
                tree |= {(child, parent) for (child, _), (parent, _) in pairwise(line)}
                ended = above.ended(village, self.periods[pk], day)
                self.last_day |= {(area, pk): last_day for area, last_day in ended.items()}
            self.trees[frozenset(tree)].append(pk)
        self.stated = self._stated()

    def count(self) -> None:
        counted = self._count_villages()
        stored = self._stored(self.villages, self.periods)
        for new in {place[1] for place in counted if "villages" not in stored.get(place, {})}:
            # A village that had no figures yet: everything above has one village more.
            count(self.periods.pop(new), today=self.today, changed=self.villages)
        counted = {place: rows for place, rows in counted.items() if place[1] in self.periods}
        if ended := {place: day for place, day in self.last_day.items() if place[1] in self.periods}:
            stored |= self._stored({area for area, _ in ended}, {period for _, period in ended})
        found, gone = {}, []
        differ: dict[int, set[str]] = defaultdict(set)
        for place, rows in [*counted.items(), *self._count_ended(ended).items()]:
            there = stored.get(place, {})
            found[place] = {code: row for code, row in rows.items() if there.get(code) != row}
            lost = there.keys() - rows.keys()
            gone += [(*place, code) for code in lost]
            if place in counted:
                differ[place[1]] |= found[place].keys() | lost
        for tree, periods in self.trees.items():
            asked = {period: codes for period in periods if (codes := differ[period])}
            if asked:
                for place, rows in self._add_up(dict(tree), asked, counted).items():
                    found[place] = rows
                    gone += [(*place, code) for code in asked[place[1]] - rows.keys()]
        _write(found, gone)

    # --- villages -----------------------------------------------------------------------------------------------------

    def _count_villages(self) -> dict[Place, Rows]:
        moments = self._moments(self.day)
        complete = completely_registered(self.villages, [moment.day for moment in moments])
        own = count_own(self.villages, moments, complete)
        found: dict[Place, Rows] = {}
        for period, registered, values_of in zip(self.day, complete, own, strict=True):
            for village, values in values_of.items():
                found[village, period] = {
                    code: _own(value, village in registered or code in measures.OF_THE_MAP, 1, 1)
                    for code, value in values.items()
                }
        places = f"SELECT a.id AS area, a.id AS village FROM areas_area a WHERE {dialect.among('a.id')}"
        self._cover(found, self.day, places, [dialect.ids(self.villages)], one_by_one=True)
        for place, rows in found.items():
            _show_stated(rows, 1, self.stated.get(place, {}))
        return found

    def _count_ended(self, last_day: Mapping[Place, dt.date]) -> dict[Place, Rows]:
        """Areas that ended in these periods, as they were on their last day."""
        places_of: dict[dt.date, list[Place]] = defaultdict(list)
        for place, day in last_day.items():
            places_of[day].append(place)
        found: dict[Place, Rows] = {}
        for day, places in places_of.items():
            areas = {area for area, _ in places}
            day_of = dict.fromkeys((period for _, period in places), day)
            for period, rows in zip(day_of, own_of_ended(areas, self._moments(day_of)), strict=True):
                for area, code, *figure in rows:
                    found.setdefault((area, period), {})[code] = _own(*figure)
            self._cover(found, day_of, ENDED_PLACES, ended_places(areas, day), one_by_one=False)
        for place, rows in found.items():
            _show_stated(rows, rows["villages"][4], self.stated.get(place, {}))
        return found

    def _moments(self, day_of: Mapping[int, dt.date]) -> list[Moment]:
        return [Moment(self.periods[pk].start_on, day, self.has_stocks[pk]) for pk, day in day_of.items()]

    def _cover(
        self, found: dict[Place, Rows], day_of: Mapping[int, dt.date], places: str, values: list, *, one_by_one: bool
    ) -> None:
        """Put the coverage of places (see `coverage.statement`) to what was `found` of them, each day counted once."""
        periods_of: dict[dt.date, list[int]] = defaultdict(list)
        for period, day in day_of.items():
            if self.has_stocks[period]:
                periods_of[day].append(period)
        rules = coverage.Rules(sorted(periods_of))
        if not rules.asked:
            return
        counted = dialect.rows_of(
            "SELECT n, area, measure, complete, villages, with_data, eligible, known, reached, unclear "
            f"FROM ({coverage.statement(rules, places=places, one_by_one=one_by_one)}) AS counted",
            [*values, *coverage.parameters(rules)],
        )
        for n, area, code, complete, total, with_data, *numbers in counted:
            basis = COUNTED if complete == total else PARTIAL
            row = (*map(int, numbers), None, basis, None, total, with_data)
            for period in periods_of[rules.days[n]]:
                found[area, period][code] = row

    # --- above them ---------------------------------------------------------------------------------------------------

    def _add_up(
        self, parent_of: Mapping[int, int], asked: Mapping[int, set[str]], counted: Mapping[Place, Rows]
    ) -> dict[Place, Rows]:
        """The figures above the villages `counted`, in the measures `asked` of each period."""
        children: dict[int, list[int]] = defaultdict(list)
        for child, parent in parent_of.items():
            children[parent].append(child)
        parents = sorted(children, key=self.level.__getitem__, reverse=True)
        for codes in asked.values():
            if "villages_with_team" in codes:
                codes.add("wards_with_team")
        beside = self._beside(parent_of, asked)
        own = self._own_of(parents, asked)
        known, totals = dict(counted), dict.fromkeys(counted, 1)
        found: dict[Place, Rows] = {}
        for period, codes in asked.items():
            for area in parents:
                place = (area, period)
                below = [(child, period) for child in children[area]]
                total = beside.get((*place, "villages"), NOTHING)[4] or 0
                totals[place] = total = total + sum(totals[child] for child in below)
                rows: Rows = {}
                for code in codes:
                    parts = [_as_part(row) for child in below if (row := known[child].get(code))]
                    *numbers, value, whole, with_data = _sum([*parts, beside.get((*place, code), NOTHING)])
                    if (plus := own.get(place, {}).get(code)) is not None:
                        value = (value or 0) + plus
                    if numbers[0] is None and value is None:
                        continue
                    basis = COUNTED if code in measures.OF_THE_MAP or 0 < total == whole else PARTIAL
                    rows[code] = (*numbers, value, basis, None, total, with_data)
                shown = {code: key for code, key in self.stated.get(place, {}).items() if code in codes}
                _show_stated(rows, total, shown)
                found[place] = known[place] = rows
        return found

    def _beside(self, parent_of: Mapping[int, int], asked: Mapping[int, set[str]]) -> dict[tuple, Part]:
        """(area, period, measure) → the sum of its children that are neither these villages nor above them."""
        codes = sorted(set().union(*asked.values(), ["villages"]))
        rows = [[period, self.day[period]] for period in asked]
        sql = BESIDE.format(
            asked=dialect.moments("asked", ["period", "day"], rows), codes=", ".join(["%s"] * len(codes))
        )
        parents = set(parent_of.values())
        found = dialect.rows_of(sql, [dialect.ids(parents), dialect.ids(parents.union(parent_of)), *codes])
        return {(area, period, code): _as_numbers(part) for area, period, code, *part in found}

    def _own_of(self, parents: Collection[int], asked: Mapping[int, set[str]]) -> dict[Place, dict[str, int]]:
        """What belongs to the areas themselves, where something of the kind changed."""
        of_teams = [
            period
            for period, codes in asked.items()
            if any(code in people.TEAM_BASE or code == "wards_with_team" or code.startswith("org:") for code in codes)
        ]
        if not of_teams:
            return {}
        by_level: dict[Level, list[int]] = defaultdict(list)
        for area in parents:
            by_level[Level(self.level[area])].append(area)
        days = sorted({self.day[period] for period in of_teams})
        own = dict(zip(days, own_of_parents(by_level, days), strict=True))
        return {(area, period): own[self.day[period]].get(area, {}) for area in parents for period in of_teams}

    # --- what is stored -----------------------------------------------------------------------------------------------

    def _stored(self, areas: Collection[int], periods: Collection[int]) -> dict[Place, Rows]:
        found: dict[Place, Rows] = defaultdict(dict)
        rows = dialect.rows_of(
            f"SELECT area_id, period_id, {', '.join(COLUMNS[2:-1])} FROM reports_figure "
            f"WHERE {dialect.among('area_id')} AND {dialect.among('period_id')}",
            [dialect.ids(areas), dialect.ids(periods)],
        )
        for area, period, code, *row in rows:
            found[area, period][code] = tuple(row)
        return found

    def _stated(self) -> dict[Place, dict[str, int]]:
        """Place → measure → the stated figure that is shown where the record is not complete."""
        found: dict[Place, dict[str, int]] = defaultdict(dict)
        areas = {*self.level, *(area for area, _ in self.last_day)}
        told = dialect.rows_of(
            'SELECT id, area_id, measure, since, "on" FROM reports_statedfigure '
            f"WHERE withdrawn_at IS NULL AND scope = '' AND {dialect.among('area_id')} ORDER BY \"on\", id",
            [dialect.ids(areas)],
        )
        for key, area, code, since, on in told:
            for pk, period in self.periods.items():
                if on <= self.last_day.get((area, pk), self.day[pk]) and is_about(period, code, since, on):
                    found[area, pk][code] = key
        return found


def _own(value: int, is_whole: bool, total: int, with_data: int) -> Row:
    return (None, None, None, None, value, COUNTED if is_whole else PARTIAL, None, total, with_data)


def _as_part(row: Row) -> Part:
    return (*row[:5], row[7] if row[5] == COUNTED else 0, row[8])


def _sum(parts: list[Part]) -> Part:
    """Nothing and nothing is nothing."""
    if len(parts) == 1:
        return parts[0]
    columns = ([cell for cell in column if cell is not None] for column in zip(*parts, strict=True))
    return tuple(sum(column) if column else None for column in columns)


def _as_numbers(cells: Iterable) -> tuple:
    """PostgreSQL adds up to decimals."""
    return tuple(None if cell is None else int(cell) for cell in cells)


def _show_stated(rows: Rows, total: int, stated: Mapping[str, int]) -> None:
    """As `counting._Work.show_stated`: where the record is not complete, the area's own stated figure."""
    for code, key in stated.items():
        row = rows.get(code)
        if row is None:
            rows[code] = (None, None, None, None, None, STATED, key, total, 0)
        elif row[5] == PARTIAL:
            rows[code] = (*row[:5], STATED, key, *row[7:])


def _write(found: Mapping[Place, Rows], gone: list[tuple[int, int, str]]) -> None:
    rows = [(*place, code, *row) for place, some in found.items() for code, row in some.items()]
    with connection.cursor() as cursor:
        if gone:
            cursor.execute(TAKE_AWAY, [dialect.as_json(gone)])
        if rows:
            now = connection.ops.adapt_datetimefield_value(timezone.now())
            cursor.execute(PUT, [now, dialect.as_json(rows)])


NOTHING = (None, None, None, None, None, 0, 0)
# CROSS JOIN keeps SQLite to the order written here.
BESIDE = f"""
WITH {{asked}}
SELECT l.ancestor_id, f.period_id, f.measure, SUM(f.eligible), SUM(f.known), SUM(f.reached), SUM(f.unclear),
       SUM(f.value), SUM(CASE WHEN f.basis = 'counted' THEN f.villages_total ELSE 0 END), SUM(f.villages_with_data)
FROM asked CROSS JOIN areas_arealink l CROSS JOIN reports_figure f
WHERE {dialect.among("l.ancestor_id")} AND l.depth = 1 AND {dialect.holds("l", "asked.day")}
  AND NOT ({dialect.among("l.descendant_id")})
  AND f.area_id = l.descendant_id AND f.period_id = asked.period AND f.measure IN ({{codes}})
GROUP BY l.ancestor_id, f.period_id, f.measure
"""
KEY = {"area": "bigint", "period": "bigint", "measure": "text"}
PUT = f"""
{INTO} SELECT area, period, measure, eligible, known, reached, unclear, value, basis, stated, total, with_data, %s{
    CAST_NOW
}
FROM {
    dialect.table_of(
        **KEY,
        eligible="bigint",
        known="bigint",
        reached="bigint",
        unclear="bigint",
        value="bigint",
        basis="text",
        stated="bigint",
        total="bigint",
        with_data="bigint",
    )
} AS figure WHERE true
ON CONFLICT (area_id, period_id, measure) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS[3:])}
"""
TAKE_AWAY = f"""
DELETE FROM reports_figure
WHERE (area_id, period_id, measure) IN (SELECT area, period, measure FROM {dialect.table_of(**KEY)} AS gone)
"""
