"""What a phone holds of a village: whole units, a household with its people and answers among them.

No telephone numbers, no notes, no full birth dates.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection

from django.db.models import Q

from accounts.rules import Can
from areas.models import Area
from reports.models import Period
from reports.periods import month_containing, previous
from residents.models import Household, Observation, Resident, Street
from residents.record import IN_ONE_STATEMENT, in_parts
from teams.models import Member, Team, TeamVillage

from .clock import written
from .scope import ward_names


def periods_of(today: dt.date) -> tuple[Period, Period]:
    """The reporting month of `today` and the one before."""
    period = month_containing(today)
    return period, previous(period)


def village_unit(village: Area, user) -> dict:
    """The village with its streets in walking order and the people of its teams."""
    teams = Team.objects.visible_to(user).open()
    serving = TeamVillage.objects.open().filter(village=village, team__in=teams).order_by("team__sort_key", "team")
    names = dict(serving.values_list("team", "team__name"))
    members = Member.objects.filter(team__in=names, until=None).values_list("team", "pk", "full_name", "user")
    of_team = defaultdict(list)
    for team, pk, name, account in members:
        of_team[team].append({"id": pk, "name": name, "user": account})
    return {
        "kind": "village",
        "key": str(village.pk),
        "village": village.pk,
        "name": village.name,
        "ward": ward_names([village.pk]).get(village.pk, ""),
        "streets": [{"id": pk, "name": name} for pk, name in _streets(village)],
        "teams": [{"id": pk, "name": name, "members": of_team[pk]} for pk, name in names.items()],
    }


def _streets(village: Area):
    return Street.objects.filter(village=village).values_list("pk", "name")


def household_units(ids: Collection[uuid.UUID], user, since: dt.datetime) -> dict[uuid.UUID, dict]:
    """Units of those among `ids` that she may record at and that stand. `since`: when the present period began."""
    units: dict[uuid.UUID, dict] = {}
    for some in in_parts(sorted(ids), IN_ONE_STATEMENT):
        hers = Household.objects.visible_to(user, Can.RECORD_VISITS).present().filter(pk__in=some)
        units |= {household.pk: _household(household) for household in hers.with_last_visit()}
        _add_people(units, some)
        _add_answers(units, some, since)
    return units


def _household(household: Household) -> dict:
    last = None
    if household.last_at:
        last = {
            "at": written(household.last_at),
            "outcome": household.last_outcome,
            "come_back_on": household.come_back_on,
        }
    return {
        "kind": "household",
        "key": str(household.pk),
        "village": household.village_id,
        "code": household.code,
        "head": household.head_name,
        "address": household.address,
        "street": household.street_id,
        "order_no": household.order_no,
        "last_visit": last,
        "people": [],
        "answers": {},
        "before": {},
    }


def _add_people(units: dict[uuid.UUID, dict], ids: Collection[uuid.UUID]) -> None:
    for person in Resident.objects.present().filter(household__in=ids):
        if unit := units.get(person.household_id):
            unit["people"].append(
                {
                    "id": str(person.pk),
                    "label": person.label,
                    "birth_year": person.birth_year,
                    "age_band": person.age_band,
                    "age_band_on": person.age_band_on,
                    "sex": person.sex,
                    "stays": person.stays,
                    "is_head": person.is_head,
                }
            )


def _add_answers(units: dict[uuid.UUID, dict], ids: Collection[uuid.UUID], since: dt.datetime) -> None:
    """`answers`: what holds; `before`: what held when the period began, where that was something else."""
    of_them = Q(resident__household__in=ids, resident__until=None) | Q(household__in=ids, resident=None)
    columns = ("subject", "indicator__code", "answer", "reason", "effective_at", "pk", "household")
    rows = Observation.objects.filter(of_them).order_by()
    homes = {uuid.UUID(person["id"]): unit for unit in units.values() for person in unit["people"]}
    now: dict[tuple, str] = {}
    for subject, code, answer, reason, at, pk, household in rows.current().values_list(*columns):
        if unit := homes.get(subject) or units.get(household):
            name = str(subject) if subject in homes else ""
            unit["answers"].setdefault(name, {})[code] = [answer, reason, written(at), str(pk)]
            now[subject, code] = answer
    then = rows.at(since).values_list("subject", "indicator__code", "answer", "household")
    held = {(subject, code): (answer, household) for subject, code, answer, household in then}
    for subject, code in held.keys() | now.keys():
        answer, household = held.get((subject, code), (None, None))
        if answer != now.get((subject, code)):
            unit = homes.get(subject) or units.get(household or subject)
            if unit:
                unit["before"].setdefault(str(subject) if subject in homes else "", {})[code] = answer
