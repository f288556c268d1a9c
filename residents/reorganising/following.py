"""What stands on the map follows it: households, teams, postings, streets and mobile desks, all set-wise.

Nothing is deleted or overwritten: what held before the day still does.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import Posting
from accounts.rules import ROLE_LEVELS, Role
from areas.actions import mark_stale
from areas.closure import chunks
from areas.histories import keep_versions
from areas.models import Area, Level, ReorganisationPart
from areas.succession import reason_of
from residents import spells
from residents.models import Household, Placement, Street, Visit
from teams.actions import mark_normed
from teams.models import SizeNorm, Team, TeamVillage


@dataclass(frozen=True)
class _Why:
    """What the histories of rows say of their change."""

    reason: str
    by: object = None


Shares = Mapping[int, Mapping]  # village → {household: the village that its part became}


def follow(parts: Iterable[ReorganisationPart], *, at: dt.datetime, shares: Shares | None = None, by=None) -> Counter:
    """Move everything that stood in the closed areas of these parts, from the day on; returns how much of each.

    Households of a divided village go to its main successor unless `shares` names another; a team's home follows the
    main successor, its service follows every part until it is re-founded; postings follow the main one from `at` on.
    Norms of size hold in the main successor too.
    """
    parts = [part for part in parts if part.from_area_id != part.to_area_id]
    if not parts:
        return Counter()
    day, why = parts[0].reorganisation.effective_on, _Why(reason_of(parts[0].reorganisation), by)
    mains = {part.from_area_id: part.to_area_id for part in parts if part.is_main}
    levels = dict(Area.objects.filter(pk__in=list(mains)[:1]).values_list("pk", "level"))
    moved = Counter()
    if Level.VILLAGE in levels.values():
        moved["households"] = _households(mains, shares or {}, day, why)
        moved["services"] = _services(parts, day)
        _desks(mains, day)
    moved["teams"] = _homes(mains, day, why)
    moved["norms"] = _norms(mains, day)
    moved["postings"] = _postings(mains, at)
    return moved


def _households(mains: dict[int, int], shares: Shares, day: dt.date, why: _Why) -> int:
    """Placements that reach past the day are cut there; those begun later lie in the successor altogether."""
    households = set()
    for chunk in chunks(mains):
        placements = Placement.objects.filter(village__in=chunk).overlapping(day, None).order_by()
        rows = list(placements.values_list("pk", "household_id", "village_id", "since", "until"))
        goes_to = {pk: shares.get(village, {}).get(household, mains[village]) for pk, household, village, *_ in rows}
        begun = [row for row in rows if row[3] < day]
        for ids in chunks(row[0] for row in begun):
            Placement.objects.filter(pk__in=ids).update(until=day)
        Placement.objects.bulk_create(
            [
                Placement(household_id=household, village_id=goes_to[pk], since=day, until=until)
                for pk, household, _village, _since, until in begun
            ],
            batch_size=2000,
        )
        _retarget({pk: goes_to[pk] for pk, _household, _village, since, _until in rows if since >= day})
        households.update(row[1] for row in rows)
    _stand_at_last_placement(households)
    _streets(mains, households)
    keep_versions(Household, households, reason=why.reason, by=why.by)
    spells.ask(dict.fromkeys(households, day))
    mark_stale(mains, day)
    return len(households)


def _retarget(village_of: dict[int, int]) -> None:
    by_village = defaultdict(list)
    for pk, village in village_of.items():
        by_village[village].append(pk)
    for village, ids in by_village.items():
        for chunk in chunks(ids):
            Placement.objects.filter(pk__in=chunk).update(village=village)


def _stand_at_last_placement(households: set) -> None:
    last = Placement.objects.filter(household=OuterRef("pk")).order_by("-since")
    for chunk in chunks(households):
        Household.objects.filter(pk__in=chunk).update(village=Subquery(last.values("village")[:1]))


def _streets(mains: dict[int, int], households: set) -> None:
    """The streets of the old village are there in the new ones, in the households' own villages."""
    moved = defaultdict(list)
    for chunk in chunks(households):
        rows = Household.objects.filter(pk__in=chunk, street__village__in=mains).select_related("street")
        for household in rows.order_by().only("pk", "village_id", "street__name", "street__sort_key"):
            street = household.street
            moved[household.village_id, street.name, street.sort_key].append(household.pk)
    for (village, name, sort_key), ids in moved.items():
        street, _is_new = Street.objects.get_or_create(village_id=village, name=name, defaults={"sort_key": sort_key})
        for chunk in chunks(ids):
            Household.objects.filter(pk__in=chunk).update(street=street)


def _services(parts: list[ReorganisationPart], day: dt.date) -> int:
    """A team serves every part of the village that it served, once each."""
    becomes = defaultdict(list)
    for part in parts:
        becomes[part.from_area_id].append(part.to_area_id)
    services = list(TeamVillage.objects.filter(village__in=becomes).overlapping(day, None).order_by("since", "pk"))
    taken: dict[tuple[int, int], list[TeamVillage]] = defaultdict(list)
    for service in services:
        for village in becomes[service.village_id]:
            start = max(service.since, day)
            _serve(taken[service.team_id, village], service, village, start)
    for service in services:
        if service.since < day:
            TeamVillage.objects.filter(pk=service.pk).update(until=day)
        else:
            service.delete()
    TeamVillage.objects.bulk_create([row for rows in taken.values() for row in rows])
    return len(services)


def _serve(rows: list[TeamVillage], service: TeamVillage, village: int, start: dt.date) -> None:
    """Add a stretch of service, joined with the one before where they meet."""
    last = rows[-1] if rows else None
    if last and (last.until is None or last.until >= start):
        ends = (last.until, service.until)
        last.until = None if None in ends else max(ends)
    else:
        rows.append(TeamVillage(team_id=service.team_id, village_id=village, since=start, until=service.until))


def _homes(mains: dict[int, int], day: dt.date, why: _Why) -> int:
    """Teams at home in what ended are at home in its successor from the day on."""
    teams = Team.objects.filter(home_area__in=list(mains)).overlapping(day, None).select_related("home_area")
    heirs = Area.objects.in_bulk(set(mains.values()))
    count = 0
    for team in teams:
        team._change_reason, team._history_user = why.reason, why.by
        team.move_home(heirs[mains[team.home_area_id]], max(day, team.since))
        count += 1
    return count


def _norms(mains: dict[int, int], day: dt.date) -> int:
    """A norm of what ended goes on in its main successor, unless that has one already.

    Where several became one, no team is to miss by the map alone what it met before: the least of what was asked "at
    least", the most of "at most". (Norms of areas that ended without a successor end with them.)
    """
    norms = SizeNorm.objects.filter(area__in=list(mains)).overlapping(day, None).order_by("since", "pk")
    latest: dict[int, SizeNorm] = {norm.area_id: norm for norm in norms}
    merged = defaultdict(list)
    for area, norm in latest.items():
        merged[mains[area]].append(norm)
    settled = set(SizeNorm.objects.on(day).filter(area__in=merged).values_list("area", flat=True))
    for successor in merged.keys() - settled:
        old = merged[successor]
        SizeNorm.objects.create(
            area_id=successor,
            at_least=_unless_none(min, [norm.at_least for norm in old]),
            at_most=_unless_none(max, [norm.at_most for norm in old]),
            since=max(day, min(norm.since for norm in old)),
            until=old[0].until if len(old) == 1 else None,
            source=old[0].source,
        )
    mark_normed(merged, day)
    return len(latest)


def _unless_none(choose, numbers: list[int | None]) -> int | None:
    """Who asks for nothing is not outdone."""
    return None if None in numbers else choose(numbers)


def _desks(mains: dict[int, int], day: dt.date) -> None:
    """Help given to people of no household after the day was given in the successor."""
    start = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    for old, new in mains.items():
        Visit.objects.filter(household=None, village=old, at__gte=start).update(village=new)


def _postings(mains: dict[int, int], at: dt.datetime) -> int:
    """Who worked in an area works in its successor from the instant on, where her role is one of that level."""
    levels = dict(Area.objects.filter(pk__in=set(mains.values())).values_list("pk", "level"))
    count = 0
    for chunk in chunks(mains):
        for posting in Posting.objects.filter(area__in=chunk).filter(Q(until=None) | Q(until__gt=at)):
            new = mains[posting.area_id]
            if levels[new] not in ROLE_LEVELS[Role(posting.role)]:
                continue
            count += 1
            if posting.since >= at:
                Posting.objects.filter(pk=posting.pk).update(area=new)
                continue
            until, posting.until = posting.until, at
            posting.save(update_fields=["until"])
            same = Posting.objects.filter(user=posting.user_id, area=new, role=posting.role, until=None)
            if not same.exists():
                Posting.objects.create(
                    user_id=posting.user_id,
                    area_id=new,
                    role=posting.role,
                    since=at,
                    until=until,
                    granted_by_id=posting.granted_by_id,
                )
    return count
