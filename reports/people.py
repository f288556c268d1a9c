"""Teams, members, households and people as they stand at the end of a day.

A team belongs to its home area alone, whatever it serves, so that parents add up.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

from django.db import connection
from django.db.models import Count, Q

from areas.models import AreaLink, Level
from teams.models import Member, SizeNorm, Team, TeamHome, TeamVillage

from . import dialect

TEAM_BASE = ("teams", "members", "women", "on_payroll", "teams_without_leader", "teams_below_norm")
REGISTER = ("households", "residents")


def count_teams(areas: Collection[int], day: dt.date) -> dict[int, dict[str, int]]:
    """Home area → measure → value, for those of `areas` that are home to a team."""
    homes = dict(TeamHome.objects.on(day).filter(area__in=areas).order_by().values_list("team", "area"))
    if not homes:
        return {}
    found: dict[int, Counter] = {area: Counter(dict.fromkeys(TEAM_BASE, 0)) for area in set(homes.values())}
    for area in homes.values():
        found[area]["teams"] += 1
    members = Member.objects.on(day).filter(team__in=homes).order_by()
    sizes: Counter = Counter()
    led: set[int] = set()
    groups = members.values_list("team", "organisation").annotate(
        size=Count("pk"),
        women=Count("pk", Q(sex="f")),
        paid=Count("pk", Q(is_on_payroll=True)),
        leaders=Count("pk", Q(role="leader")),
    )
    for team, organisation, size, women, on_payroll, leaders in groups:
        area = found[homes[team]]
        area.update({"members": size, "women": women, "on_payroll": on_payroll, f"org:{organisation}": size})
        sizes[team] += size
        if leaders:
            led.add(team)
    norms = norms_of(set(homes.values()), day)
    for team, home in homes.items():
        found[home]["teams_without_leader"] += team not in led
        found[home]["teams_below_norm"] += sizes[team] < norms.get(home, 0)
    return {area: dict(counts) for area, counts in found.items()}


def norms_of(areas: Collection[int], day: dt.date) -> dict[int, int]:
    """Area → at least so many members, by the nearest area above that has a norm; left out where there is none."""
    norms: dict[int, int | None] = {}
    for norm in SizeNorm.objects.on(day).order_by("since"):
        norms[norm.area_id] = norm.at_least
    if not norms:
        return {}
    links = AreaLink.objects.on(day).filter(descendant__in=areas, ancestor__in=norms).order_by("-depth")
    nearest = dict(links.values_list("descendant", "ancestor"))
    return {area: norms[above] for area, above in nearest.items() if norms[above] is not None}


def villages_served(villages: Collection[int], day: dt.date) -> set[int]:
    """Those with a team at home or at their service."""
    teams = Team.objects.on(day)
    served = TeamVillage.objects.on(day).filter(village__in=villages, team__in=teams).order_by()
    at_home = TeamHome.objects.on(day).filter(area__in=villages).order_by()
    return {village for (village,) in served.values_list("village").union(at_home.values_list("area"))}


def count_wards(areas: Collection[int], day: dt.date) -> dict[int, int]:
    """Area → how many wards lie in it."""
    links = AreaLink.objects.on(day).filter(ancestor__in=areas, descendant__level=Level.WARD).order_by()
    return dict(links.values_list("ancestor").annotate(wards=Count("pk")))


def wards_with_team(wards: Collection[int], day: dt.date) -> set[int]:
    """Those in which a team is at home, or serves a village."""
    homes = TeamHome.objects.on(day).order_by()
    served = TeamVillage.objects.on(day).filter(team__in=Team.objects.on(day)).order_by()
    with_team = Q(descendant__in=homes.values("area")) | Q(descendant__in=served.values("village"))
    links = AreaLink.objects.on(day).filter(with_team, ancestor__in=wards).order_by()
    return set(links.values_list("ancestor", flat=True).distinct())


def count_register(villages: Collection[int], day: dt.date) -> Mapping[int, dict[str, int]]:
    """Village → households and residents present; a village without a household is left out."""
    found: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(REGISTER, 0))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT village_id, is_person, COUNT(*) FROM residents_presence "  # noqa: S608
            f"WHERE since <= %s AND until > %s AND {dialect.among('village_id')} GROUP BY village_id, is_person",
            [day, day, dialect.ids(villages)],
        )
        for village, is_person, number in cursor.fetchall():
            found[village]["residents" if is_person else "households"] = number
    return dict(found)
