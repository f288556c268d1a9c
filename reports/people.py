"""Teams, members, households and people as they stand at the end of each of some days.

A team belongs to its home area alone, whatever it serves, so that parents add up.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

from django.db import connection

from areas.models import Level

from . import dialect
from .dialect import holds

TEAM_BASE = ("teams", "members", "women", "on_payroll", "teams_without_leader", "teams_below_norm")
REGISTER = ("households", "residents")

Days = Sequence[dt.date]
Counts = dict[int, dict[str, int]]


def count_teams(areas: Collection[int], days: Days) -> list[Counts]:
    """For each day: home area → measure → value, for those of `areas` that are home to a team."""
    found: list[Counts] = [{} for _ in days]
    rows = _rows(
        days,
        "SELECT moment.n, h.area_id, h.team_id, m.organisation, COUNT(m.id), "
        "SUM(CASE WHEN m.sex = 'f' THEN 1 ELSE 0 END), SUM(CASE WHEN m.is_on_payroll THEN 1 ELSE 0 END), "
        "SUM(CASE WHEN m.role = 'leader' THEN 1 ELSE 0 END) "
        f"FROM moment CROSS JOIN teams_teamhome h LEFT JOIN teams_member m ON m.team_id = h.team_id AND {holds('m')} "
        f"WHERE {holds('h')} AND {dialect.among('h.area_id')} GROUP BY moment.n, h.area_id, h.team_id, m.organisation",
        dialect.ids(areas),
    )
    sizes: Counter = Counter()
    led = set()
    for n, area, team, organisation, size, women, on_payroll, leaders in rows:
        counts = found[n].setdefault(area, dict.fromkeys(TEAM_BASE, 0))
        sizes[n, area, team] += size
        counts["members"] += size
        counts["women"] += women
        counts["on_payroll"] += on_payroll
        if size:
            counts[f"org:{organisation}"] = counts.get(f"org:{organisation}", 0) + size
        if leaders:
            led.add((n, team))
    norms = norms_of({area for counts in found for area in counts}, days) if sizes else []
    for (n, area, team), size in sizes.items():
        counts = found[n][area]
        counts["teams"] += 1
        counts["teams_without_leader"] += (n, team) not in led
        counts["teams_below_norm"] += size < norms[n].get(area, 0)
    return found


def norms_of(areas: Collection[int], days: Days) -> list[dict[int, int]]:
    """For each day: area → at least so many members, by the nearest area above that has a norm."""
    nearest: list[dict[int, int | None]] = [{} for _ in days]
    rows = _rows(
        days,
        "SELECT moment.n, l.descendant_id, s.at_least FROM moment CROSS JOIN teams_sizenorm s "
        "CROSS JOIN areas_arealink l "
        f"WHERE {holds('s')} AND l.ancestor_id = s.area_id AND {holds('l')} AND {dialect.among('l.descendant_id')} "
        "ORDER BY l.depth DESC, s.since",
        dialect.ids(areas),
    )
    for n, area, at_least in rows:
        nearest[n][area] = at_least
    return [{area: number for area, number in norms.items() if number is not None} for norms in nearest]


def villages_served(villages: Collection[int], days: Days) -> list[set[int]]:
    """For each day: those with a team at their service (whether one is at home there, `count_teams` tells)."""
    return _areas(
        days,
        "SELECT DISTINCT moment.n, s.village_id FROM moment CROSS JOIN teams_teamvillage s "
        "JOIN teams_team t ON t.id = s.team_id "
        f"WHERE {holds('s')} AND {holds('t')} AND {dialect.among('s.village_id')}",
        dialect.ids(villages),
    )


def count_wards(areas: Collection[int], days: Days) -> list[dict[int, int]]:
    """For each day: area → how many wards lie in it."""
    found: list[dict[int, int]] = [{} for _ in days]
    rows = _rows(
        days,
        "SELECT moment.n, l.ancestor_id, COUNT(*) FROM moment CROSS JOIN areas_arealink l "
        f"JOIN areas_area a ON a.id = l.descendant_id AND a.level = {Level.WARD:d} "
        f"WHERE {holds('l')} AND {dialect.among('l.ancestor_id')} GROUP BY moment.n, l.ancestor_id",
        dialect.ids(areas),
    )
    for n, area, number in rows:
        found[n][area] = number
    return found


def wards_with_team(wards: Collection[int], days: Days) -> list[set[int]]:
    """For each day: those in which a team is at home, or serves a village."""
    at_home = f"SELECT 1 FROM teams_teamhome h WHERE h.area_id = l.descendant_id AND {holds('h')}"
    served = (
        "SELECT 1 FROM teams_teamvillage s JOIN teams_team t ON t.id = s.team_id "
        f"WHERE s.village_id = l.descendant_id AND {holds('s')} AND {holds('t')}"
    )
    return _areas(
        days,
        "SELECT DISTINCT moment.n, l.ancestor_id FROM moment CROSS JOIN areas_arealink l "
        f"WHERE {holds('l')} AND {dialect.among('l.ancestor_id')} AND (EXISTS ({at_home}) OR EXISTS ({served}))",
        dialect.ids(wards),
    )


def count_register(villages: Collection[int], days: Days) -> list[Counts]:
    """For each day: village → households and residents present; a village without a household is left out."""
    found: list[Counts] = [defaultdict(lambda: dict.fromkeys(REGISTER, 0)) for _ in days]
    rows = _rows(
        days,
        "SELECT moment.n, p.village_id, p.is_person, COUNT(*) FROM moment CROSS JOIN residents_presence p "
        f"WHERE p.since <= moment.day AND p.until > moment.day AND {dialect.among('p.village_id')} "
        "GROUP BY moment.n, p.village_id, p.is_person",
        dialect.ids(villages),
    )
    for n, village, is_person, number in rows:
        found[n][village]["residents" if is_person else "households"] = number
    return found


def _rows(days: Days, sql: str, *values) -> list[tuple]:
    """The answer to `sql` about every `moment (n, day)`."""
    if not days:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {dialect.moments('moment', ['day'], [[day] for day in days])} {sql}", values)
        return cursor.fetchall()


def _areas(days: Days, sql: str, *values) -> list[set[int]]:
    found: list[set[int]] = [set() for _ in days]
    for n, area in _rows(days, sql, *values):
        found[n].add(area)
    return found
