"""Counting what changed: a few villages in many periods at once, and above them only the measures that differ.

The villages are counted afresh and compared with what is stored. Whatever differs is added up again one level higher,
from all children, then the next; what is the same there ends the climb. The result is the one of `counting.count`.

It holds while the map above stands still. A period is therefore left to `counting.count` when something other than a
village changed (who changes the map, a ward's team or its stated figures marks the areas themselves), when a village
ended in it, or when an area above the changed village did.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise

from django.db import connection
from django.utils import timezone

from areas.models import Level

from . import coverage, dialect, measures, people
from .counting import (
    CAST_NOW,
    COLUMNS,
    INTO,
    Moment,
    completely_registered,
    count,
    count_own,
    is_about,
    own_of_parents,
)
from .models import Figure, Period, StatedFigure

COUNTED, PARTIAL, STATED = (str(basis) for basis in (Figure.Basis.COUNTED, Figure.Basis.PARTIAL, Figure.Basis.STATED))
# A figure: eligible, known, reached, unclear, value, basis, stated, villages_total, villages_with_data.
Row = tuple
Place = tuple[int, int]  # area, period


def count_changed(periods: Iterable[Period], since: Mapping[int, dt.date], *, today: dt.date) -> None:
    """Write the figures of areas that changed on a day, and of what lies above them, in the `periods` from then on."""
    together: dict[frozenset[int], list[Period]] = defaultdict(list)
    above = _Above(since)
    for period in periods:
        changed = frozenset(area for area, day in since.items() if day <= period.end_on)
        if period.start_on > today or not changed:
            continue
        if above.stands_still(changed, period, period.as_of(today)):
            together[changed].append(period)
        else:
            count(period, today=today, changed=changed)
    for villages, some in together.items():
        _Villages(sorted(villages), some, above, today).count()


class _Above:
    """What lies above some areas, through time."""

    def __init__(self, areas: Collection[int]):
        self.links: dict[int, list[tuple]] = defaultdict(list)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT l.descendant_id, l.depth, l.ancestor_id, a.level, CAST(l.since AS TEXT), "
                "COALESCE(CAST(l.until AS TEXT), '9999-12-31'), CAST(a.until AS TEXT) "
                "FROM areas_arealink l JOIN areas_area a ON a.id = l.ancestor_id "
                f"WHERE {dialect.among('l.descendant_id')} ORDER BY l.depth",
                [dialect.ids(areas)],
            )
            for area, *link in cursor.fetchall():
                self.links[area].append(tuple(link))
            cursor.execute(
                "SELECT DISTINCT CAST(until AS TEXT) FROM areas_area WHERE level = %s AND until IS NOT NULL",
                [Level.VILLAGE],
            )
            self.villages_ended = [until for (until,) in cursor.fetchall()]

    def stands_still(self, areas: Collection[int], period: Period, day: dt.date) -> bool:
        """Are these villages in force on `day`, and did nothing end in the period that held them, nor any village?"""
        start, end = period.start_on.isoformat(), day.isoformat()
        if any(start < until <= end for until in self.villages_ended):
            return False
        for area in areas:
            line = self.line(area, day)
            if not line or line[0] != (area, Level.VILLAGE):
                return False
            for _, _, _, since, until, ended in self.links[area]:
                if ended and start < ended <= end and since < ended <= until:
                    return False
        return True

    def line(self, area: int, day: dt.date) -> list[tuple[int, int]]:
        """(area, level) from the area itself upwards, on `day`."""
        on = day.isoformat()
        return [(above, level) for _, above, level, since, until, _ in self.links[area] if since <= on < until]


class _Villages:
    """Villages being counted in periods of which none is touched by a change of the map."""

    def __init__(self, villages: list[int], periods: list[Period], above: _Above, today: dt.date):
        self.villages = villages
        self.today = today
        self.periods = {period.pk: period for period in periods}
        self.day = {period.pk: period.as_of(today) for period in periods}
        self.has_stocks = {period.pk: period.kind != Period.Kind.TO_DATE for period in periods}
        self.parent: dict[Place, int] = {}
        self.level: dict[int, int] = {}
        for period, day in self.day.items():
            for village in villages:
                line = above.line(village, day)
                self.level |= dict(line)
                for (child, _), (parent, _) in pairwise(line):
                    self.parent[child, period] = parent
        self.stated = _stated(self.level, {period: self.day[period.pk] for period in periods})

    def count(self) -> None:
        counted = self._count_villages()
        stored = self._stored(counted)
        new = [place for place in counted if "villages" not in stored[place]]
        for period in {period for _, period in new}:
            # A village that had no figures yet: everything above has one village more.
            count(self.periods[period], today=self.today, changed=self.villages)
            counted = {place: rows for place, rows in counted.items() if place[1] != period}
        found = self._write(counted, stored)
        while found:
            found = self._add_up(found)

    # --- villages -----------------------------------------------------------------------------------------------------

    def _count_villages(self) -> dict[Place, dict[str, Row]]:
        moments = [Moment(period.start_on, self.day[pk], self.has_stocks[pk]) for pk, period in self.periods.items()]
        complete = completely_registered(self.villages, list(self.day.values()))
        own = count_own(self.villages, moments, complete)
        found: dict[Place, dict[str, Row]] = {}
        for period, registered, values_of in zip(self.periods, complete, own, strict=True):
            for village, values in values_of.items():
                found[village, period] = {
                    measure: (
                        *(None, None, None, None, value),
                        COUNTED if village in registered or measure in measures.OF_THE_MAP else PARTIAL,
                        *(None, 1, 1),
                    )
                    for measure, value in values.items()
                }
        days = sorted({self.day[period] for period, has_stocks in self.has_stocks.items() if has_stocks})
        periods_of: dict[dt.date, list[int]] = defaultdict(list)
        for period, day in self.day.items():
            if self.has_stocks[period]:
                periods_of[day].append(period)
        for n, village, measure, *numbers, complete_for_it in self._covered(days):
            row = (*numbers, None, COUNTED if complete_for_it else PARTIAL, None, 1, 1)
            for period in periods_of[days[n]]:
                found[village, period][measure] = row
        for place, rows in found.items():
            _show_stated(rows, 1, self.stated.get(place, {}))
        return found

    def _covered(self, days: list[dt.date]) -> list[tuple]:
        rules = coverage.Rules(days)
        if not rules.asked:
            return []
        places = f"SELECT a.id AS area, a.id AS village FROM areas_area a WHERE {dialect.among('a.id')}"
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT n, area, measure, eligible, known, reached, unclear, complete "
                f"FROM ({coverage.statement(rules, places=places, one_by_one=True)}) AS counted",
                [dialect.ids(self.villages), *coverage.parameters(rules)],
            )
            return cursor.fetchall()

    # --- above them ---------------------------------------------------------------------------------------------------

    def _add_up(self, changed: Mapping[Place, Collection[str]]) -> dict[Place, set[str]]:
        """Add up again what changed below, in the lowest level of what is named; returns what changes above that."""
        wanted: dict[Place, set[str]] = defaultdict(set)
        lowest = max(self.level[area] for area, _ in changed)
        later = {place: codes for place, codes in changed.items() if self.level[place[0]] < lowest}
        for place, codes in changed.items():
            if self.level[place[0]] == lowest:
                wanted[place] |= set(codes)
        if lowest == Level.WARD:
            for codes in wanted.values():
                if "villages_with_team" in codes:
                    codes.add("wards_with_team")
        sums = self._sums(wanted)
        own = self._own_of(wanted)
        stored = self._stored(wanted, set().union(*wanted.values()))
        found: dict[Place, dict[str, Row]] = {}
        for place, codes in wanted.items():
            total = sums[place, "villages"][4]
            found[place] = rows = {}
            for code in codes:
                *numbers, value, counted, with_data = sums.get((place, code), NOTHING)
                if (plus := own.get(place, {}).get(code)) is not None:
                    value = (value or 0) + plus
                if numbers[0] is None and value is None:
                    continue
                whole = code in measures.OF_THE_MAP or 0 < total == counted
                rows[code] = (*numbers, value, COUNTED if whole else PARTIAL, None, total, with_data)
            shown = {code: stated for code, stated in self.stated.get(place, {}).items() if code in codes}
            _show_stated(rows, total, shown)
            stored[place] = {code: row for code, row in stored[place].items() if code in codes}
        return self._write(found, stored, later)

    def _sums(self, wanted: Mapping[Place, Collection[str]]) -> dict[tuple[Place, str], tuple]:
        asked = [
            (area, period, self.day[period].isoformat(), code)
            for (area, period), codes in wanted.items()
            for code in {*codes, "villages"}
        ]
        with connection.cursor() as cursor:
            cursor.execute(SUMS, [dialect.as_json(asked)])
            return {((area, period), code): _as_numbers(rest) for area, period, code, *rest in cursor.fetchall()}

    def _own_of(self, wanted: Mapping[Place, Collection[str]]) -> dict[Place, dict[str, int]]:
        """What belongs to the areas themselves, where something of the kind changed."""
        of_teams = {
            place
            for place, codes in wanted.items()
            if any(code in people.TEAM_BASE or code == "wards_with_team" or code.startswith("org:") for code in codes)
        }
        if not of_teams:
            return {}
        by_level: dict[Level, set[int]] = defaultdict(set)
        for area, _ in of_teams:
            by_level[Level(self.level[area])].add(area)
        days = sorted({self.day[period] for _, period in of_teams})
        own = dict(zip(days, own_of_parents(by_level, days), strict=True))
        return {(area, period): own[self.day[period]].get(area, {}) for area, period in of_teams}

    # --- what is stored -----------------------------------------------------------------------------------------------

    def _stored(self, places: Collection[Place], codes: Collection[str] = ()) -> dict[Place, dict[str, Row]]:
        """The rows of these places (of the measures `codes` if named)."""
        found: dict[Place, dict[str, Row]] = {place: {} for place in places}
        only = f"AND measure IN ({', '.join(['%s'] * len(codes))})" if codes else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT area_id, period_id, {', '.join(COLUMNS[2:-1])} FROM reports_figure "
                f"WHERE {dialect.among('area_id')} AND {dialect.among('period_id')} {only}",
                [dialect.ids({area for area, _ in places}), dialect.ids({pk for _, pk in places}), *codes],
            )
            for area, period, code, *row in cursor.fetchall():
                if (area, period) in found:
                    found[area, period][code] = tuple(row)
        return found

    def _write(
        self,
        found: Mapping[Place, Mapping[str, Row]],
        stored: Mapping[Place, Mapping[str, Row]],
        later: Mapping[Place, Collection[str]] = {},
    ) -> dict[Place, set[str]]:
        """Store what differs; returns what that changes above, with `later`."""
        above: dict[Place, set[str]] = defaultdict(set, {place: set(codes) for place, codes in later.items()})
        rows, gone = [], []
        for (area, period), wanted in found.items():
            there = stored[area, period]
            changed = {code for code, row in wanted.items() if there.get(code) != row}
            lost = there.keys() - wanted.keys()
            rows += [(area, period, code, *wanted[code]) for code in changed]
            gone += [(area, period, code) for code in lost]
            if (changed or lost) and (parent := self.parent.get((area, period))):
                above[parent, period] |= changed | lost
        with connection.cursor() as cursor:
            if gone:
                cursor.execute(TAKE_AWAY, [dialect.as_json(gone)])
            if rows:
                now = connection.ops.adapt_datetimefield_value(timezone.now())
                cursor.execute(PUT, [now, dialect.as_json(rows)])
        return dict(above)


def _as_numbers(cells: Iterable) -> tuple:
    """PostgreSQL adds up to decimals."""
    return tuple(None if cell is None else int(cell) for cell in cells)


def _show_stated(rows: dict[str, Row], total: int, stated: Mapping[str, int]) -> None:
    """As `counting._Work.show_stated`: where the record is not complete, the area's own stated figure."""
    for code, key in stated.items():
        row = rows.get(code)
        if row is None:
            rows[code] = (None, None, None, None, None, STATED, key, total, 0)
        elif row[5] == PARTIAL:
            rows[code] = (*row[:5], STATED, key, *row[7:])


def _stated(areas: Collection[int], day_of: Mapping[Period, dt.date]) -> dict[Place, dict[str, int]]:
    """(area, period) → measure → the stated figure that is shown where the record is not complete."""
    found: dict[Place, dict[str, int]] = defaultdict(dict)
    told = StatedFigure.objects.filter(withdrawn_at=None, scope="", area__in=areas).order_by("on", "pk")
    for key, area, code, since, on in told.values_list("pk", "area", "measure", "since", "on"):
        for period, day in day_of.items():
            if on <= day and is_about(period, code, since, on):
                found[area, period.pk][code] = key
    return found


NOTHING = (None, None, None, None, None, 0, 0)
SUMS = f"""
SELECT asked.area, asked.period, asked.measure, SUM(f.eligible), SUM(f.known), SUM(f.reached), SUM(f.unclear),
       SUM(f.value), SUM(CASE WHEN f.basis = 'counted' THEN f.villages_total ELSE 0 END), SUM(f.villages_with_data)
FROM {dialect.table_of(area="bigint", period="bigint", day="date", measure="text")} asked
CROSS JOIN areas_arealink l CROSS JOIN reports_figure f
WHERE l.ancestor_id = asked.area AND l.depth = 1 AND {dialect.holds("l", "asked.day")}
  AND f.area_id = l.descendant_id AND f.period_id = asked.period AND f.measure = asked.measure
GROUP BY asked.area, asked.period, asked.measure
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
