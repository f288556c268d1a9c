"""A second, plain way to count, for `figures --verify` and the tests: loops over people, no SQL but reading.

It shares no counting with reports/counting.py: the tree is walked by the versions of areas, answers are found in the
raw record, every area is summed from its villages directly.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone

from areas.holidays import WorkingCalendar
from areas.models import Area, AreaVersion, Level, ReorganisationPart
from residents.models import Household, IndicatorVersion, Observation, Placement, Residence, Resident, Visit
from residents.models.indicators import age_on
from residents.office_hours import minutes_outside
from teams.models import Member, SizeNorm, TeamHome, TeamVillage

from .models import CompleteMark, Period, StatedFigure

TEAM = ("teams", "members", "women", "on_payroll", "teams_without_leader", "teams_below_norm")
ACTIVITY = ("visits", "met", "households_visited", "people_helped", "minutes", "minutes_outside")
OF_THE_MAP = ("villages", "wards")
MAX_AGE_UNKNOWN = 18
MAPS_REMEMBERED = 12


def holds(row, day: dt.date) -> bool:
    return row.since <= day and (row.until is None or row.until > day)


def grouped(rows: Iterable, key: str) -> dict[Any, list]:
    found: dict[Any, list] = {}
    for row in rows:
        found.setdefault(getattr(row, key), []).append(row)
    return found


@dataclass
class Sum:
    """One figure in the making."""

    numbers: Counter = field(default_factory=Counter)
    with_data: int = 0
    complete: int = 0


class World:
    """Everything that is counted, read once."""

    def __init__(self):
        self.areas = {area.pk: area for area in Area.objects.all()}
        self.versions = list(AreaVersion.objects.all())
        self._maps: dict[dt.date, Map] = {}
        self.households = {household.pk: household for household in Household.objects.all()}
        self.residents = {resident.pk: resident for resident in Resident.objects.all()}
        self.homes = grouped(TeamHome.objects.select_related("team"), "area_id")
        self.services = grouped(TeamVillage.objects.select_related("team"), "village_id")
        self.norms = list(SizeNorm.objects.all())
        self.calendar = WorkingCalendar.load()
        self.marks = grouped(CompleteMark.objects.all(), "village_id")
        self.stated = grouped(StatedFigure.objects.filter(withdrawn_at=None, scope="").order_by("on", "pk"), "area_id")
        self.definitions = list(
            IndicatorVersion.objects.filter(indicator__is_reported=True)
            .select_related("indicator")
            .prefetch_related("requires")
        )
        self.placements = grouped(Placement.objects.order_by("since"), "household_id")
        self.stays = grouped(Residence.objects.all(), "household_id")
        self.members = grouped(Member.objects.all(), "team_id")

    @cached_property
    def answers(self) -> dict:
        """(subject, indicator) → the answers in their order, those taken back left out."""
        rows = list(Observation.objects.order_by("effective_at", "pk"))
        taken = {(row.retracts, row.subject, row.indicator_id) for row in rows if row.retracts}
        found = defaultdict(list)
        for row in rows:
            if not row.retracts and (row.pk, row.subject, row.indicator_id) not in taken:
                found[row.subject, row.indicator_id].append(row)
        return found

    @cached_property
    def visits(self) -> list[Visit]:
        rows = Visit.objects.prefetch_related("topics__parent", "results__kind").order_by("at", "pk")
        replaced = {visit.replaces_id for visit in rows}
        return [visit for visit in rows if visit.pk not in replaced and visit.withdrawn_at is None]

    def map_on(self, day: dt.date) -> Map:
        """The tree of a day; the last ones asked for are remembered."""
        if day not in self._maps:
            if len(self._maps) > MAPS_REMEMBERED:
                self._maps.clear()
            self._maps[day] = Map(self, day)
        return self._maps[day]

    def answer(self, subject, indicator: int, day: dt.date) -> str | None:
        midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), timezone.get_default_timezone())
        before = [row for row in self.answers.get((subject, indicator), ()) if row.effective_at < midnight]
        return before[-1].answer if before else None

    def people_of(self, household: Household, day: dt.date) -> list[Resident]:
        rows = [self.residents[row.resident_id] for row in self.stays.get(household.pk, ()) if holds(row, day)]
        return [resident for resident in rows if self.is_there(resident, day)]

    @staticmethod
    def is_there(thing, day: dt.date) -> bool:
        return thing.until > day if thing.until else thing.merged_into_id is None


class Map:
    """What lay where on a day, and where the households stood."""

    def __init__(self, world: World, day: dt.date):
        self.parents = {version.area_id: version.parent_id for version in world.versions if holds(version, day)}
        self.below: dict[int, list[int]] = defaultdict(list)
        for area in self.parents:
            for above in self.chain(area):
                self.below[above].append(area)
        self.households: dict[int, list[Household]] = defaultdict(list)
        for key, household in world.households.items():
            if world.is_there(household, day):
                for village in {row.village_id for row in world.placements.get(key, ()) if holds(row, day)}:
                    self.households[village].append(household)

    def chain(self, area: int) -> list[int]:
        """The area and everything above it."""
        found = []
        while area is not None and area in self.parents:
            found.append(area)
            area = self.parents[area]
        return found


def recount(period: Period, *, today: dt.date, world: World | None = None) -> dict[tuple[int, str], tuple]:
    """(area, measure) → (eligible, known, reached, unclear, value, basis, villages, with data) of a period."""
    if period.start_on > today:
        return {}
    return _Recount(period, today, world or World()).figures()


class _Recount:
    def __init__(self, period: Period, today: dt.date, world: World):
        self.period, self.world = period, world
        self.day = min(today, period.end_on)
        self.stocks = period.kind != Period.Kind.TO_DATE
        self._villages: dict = {}
        self._activity: dict = {}
        self._led: dict = {}

    def figures(self) -> dict[tuple[int, str], tuple]:
        found = {}
        for area in self.world.areas.values():
            if area.since <= self.day and (area.until is None or area.until > self.period.start_on):
                found |= {(area.pk, measure): row for measure, row in self.area(area).items()}
        return found

    def area(self, area: Area) -> dict[str, tuple]:
        day = min(self.day, area.until - dt.timedelta(days=1)) if area.until else self.day
        below = self.world.map_on(day).below.get(area.pk, [])
        villages = [pk for pk in below if self.world.areas[pk].level == Level.VILLAGE]
        sums: dict[str, Sum] = defaultdict(Sum)
        for village in villages:
            complete, numbers = self.village(village, day)
            for measure, values in numbers.items():
                sums[measure].numbers.update(values)
                sums[measure].with_data += 1
                sums[measure].complete += complete(measure)
        if self.stocks:
            for pk in below:
                if self.world.areas[pk].level != Level.VILLAGE:
                    for measure, value in self.teams_at(pk, day).items():
                        sums[measure].numbers["value"] += value
            wards = [pk for pk in below if self.world.areas[pk].level == Level.WARD]
            if area.level < Level.WARD and wards:
                sums["wards"].numbers["value"] = len(wards)
            if with_team := sum(self.ward_has_team(pk, day) for pk in wards):
                sums["wards_with_team"].numbers["value"] = with_team
        if day == self.day and area.level != Level.VILLAGE:
            for village in self.adopted_below(below):
                for measure, values in self.visits(village, self.last_day(village)).items():
                    sums[measure].numbers["value"] += values
        rows = {measure: self.row(measure, total, len(villages)) for measure, total in sums.items()}
        for measure, stated in self.stated(area, day).items():
            if measure not in rows:
                rows[measure] = (None, None, None, None, None, "stated", len(villages), 0, stated)
            elif rows[measure][5] == "partial":
                rows[measure] = (*rows[measure][:5], "stated", *rows[measure][6:8], stated)
        return rows

    def row(self, measure: str, total: Sum, villages: int) -> tuple:
        counted = measure in OF_THE_MAP or 0 < villages == total.complete
        basis = "counted" if counted else "partial"
        if measure.startswith("cov:"):
            numbers = (*(total.numbers[name] for name in ("eligible", "known", "reached", "unclear")), None)
        else:
            numbers = (None, None, None, None, total.numbers["value"])
        return (*numbers, basis, villages, total.with_data, None)

    # --- a village ----------------------------------------------------------------------------------------------------

    def village(self, village: int, day: dt.date):
        if (village, day) not in self._villages:
            self._villages[village, day] = self._village(village, day)
        return self._villages[village, day]

    def _village(self, village: int, day: dt.date):
        marks = {mark.indicator_id for mark in self.world.marks.get(village, ()) if holds(mark, day)}
        all_marked = None in marks
        codes = {definition.indicator_id: f"cov:{definition.indicator.code}" for definition in self.world.definitions}
        marked = {codes[indicator] for indicator in marks if indicator in codes}
        numbers: dict[str, dict] = {"villages": {"value": 1}}
        flows = self.visits(village, day)
        if flows or all_marked:
            numbers |= {code: {"value": value} for code, value in (dict.fromkeys(ACTIVITY, 0) | flows).items()}
        if self.stocks:
            served = self.is_served(village, day)
            numbers["villages_with_team"] = {"value": int(served)}
            if served or all_marked:
                teams = dict.fromkeys(TEAM, 0) | self.teams_at(village, day)
                numbers |= {code: {"value": value} for code, value in teams.items()}
            households = self.world.map_on(day).households.get(village, [])
            if households or all_marked:
                people = sum(len(self.world.people_of(household, day)) for household in households)
                numbers |= {"households": {"value": len(households)}, "residents": {"value": people}}
            numbers |= self.coverage(households, day, lambda code: all_marked or code in marked)
        return (lambda measure: all_marked or measure in marked), numbers

    def coverage(self, households: list[Household], day: dt.date, complete) -> dict[str, dict]:
        found = {}
        for definition in self.world.definitions:
            if not holds(definition, day):
                continue
            count: Counter = Counter(dict.fromkeys(("eligible", "known", "reached", "unclear"), 0))
            answered = 0
            for household in households:
                people = self.world.people_of(household, day)
                subjects = people if definition.subject == "resident" else [household]
                for subject in subjects:
                    if definition.subject == "resident" and not self.of_age(subject, definition, day):
                        continue
                    required = self.required(definition, household, subject, people, day)
                    if required is None:
                        count["unclear"] += 1
                    if not required:
                        continue
                    answer = self.world.answer(subject.pk, definition.indicator_id, day)
                    answered += answer is not None
                    count["eligible"] += answer != "na"
                    count["known"] += answer in ("yes", "no")
                    count["reached"] += answer == "yes"
            code = f"cov:{definition.indicator.code}"
            if answered or complete(code):
                found[code] = count
        return found

    @staticmethod
    def of_age(resident: Resident, definition: IndicatorVersion, day: dt.date) -> bool:
        age = age_on(resident.born_on, day) if resident.born_on else MAX_AGE_UNKNOWN
        youngest, oldest = definition.min_age or 0, definition.max_age
        if not definition.min_age and resident.born_on:
            age = max(age, 0)
        return youngest <= age and (oldest is None or age <= oldest)

    def required(self, definition, household, subject, people, day) -> bool | None:
        """True: met. False: not. None: not yet known."""
        wanted = list(definition.requires.all())
        if not wanted:
            return True
        known = []
        for indicator in wanted:
            whom = [household, subject] if definition.subject == "resident" else [household, *people]
            answers = [self.world.answer(one.pk, indicator.pk, day) for one in whom]
            if "yes" in answers:
                return True
            known.append(any(answers))
        return False if all(known) else None

    # --- teams --------------------------------------------------------------------------------------------------------

    def teams_at(self, area: int, day: dt.date) -> dict[str, int]:
        teams = [home.team for home in self.world.homes.get(area, ()) if holds(home, day)]
        if not teams:
            return {}
        count: Counter = Counter(dict.fromkeys(TEAM, 0))
        at_least = self.norm(area, day)
        for team in teams:
            members = [member for member in self.world.members.get(team.pk, ()) if holds(member, day)]
            count["teams"] += 1
            count["members"] += len(members)
            count["women"] += sum(member.sex == "f" for member in members)
            count["on_payroll"] += sum(member.is_on_payroll for member in members)
            count["teams_without_leader"] += all(member.role != "leader" for member in members)
            count["teams_below_norm"] += len(members) < at_least
            for member in members:
                count[f"org:{member.organisation}"] += 1
        return count

    def norm(self, area: int, day: dt.date) -> int:
        for above in self.world.map_on(day).chain(area):
            norms = [norm for norm in self.world.norms if norm.area_id == above and holds(norm, day)]
            if norms:
                return max(norms, key=lambda norm: norm.since).at_least or 0
        return 0

    def is_served(self, village: int, day: dt.date) -> bool:
        services = self.world.services.get(village, ())
        return self.is_home(village, day) or any(holds(one, day) and holds(one.team, day) for one in services)

    def is_home(self, area: int, day: dt.date) -> bool:
        return any(holds(home, day) for home in self.world.homes.get(area, ()))

    def ward_has_team(self, ward: int, day: dt.date) -> bool:
        if (ward, day) not in self._led:
            below = self.world.map_on(day).below.get(ward, [])
            self._led[ward, day] = any(self.is_home(pk, day) or self.is_served(pk, day) for pk in below)
        return self._led[ward, day]

    # --- visits -------------------------------------------------------------------------------------------------------

    def visits(self, village: int, last: dt.date) -> dict[str, int]:
        if last not in self._activity:
            self._activity[last] = self._visits_until(last)
        return self._activity[last].get(village, {})

    def _visits_until(self, last: dt.date) -> dict[int, Counter]:
        """Village → measure → value, of the visits from the period's first day to `last`."""
        found: dict[int, Counter] = defaultdict(Counter)
        last_of: dict = {}
        for visit in self.world.visits:
            day = timezone.localdate(visit.at)
            if not self.period.start_on <= day <= last:
                continue
            stood = visit.village_id or self.stood(visit.household_id, day)
            if visit.household_id:
                last_of[visit.household_id] = stood
            self.add(found[stood], visit)
        for village, count in found.items():
            count["households_visited"] = sum(stood == village for stood in last_of.values())
        return found

    def add(self, count: Counter, visit: Visit) -> None:
        count["visits"] += 1
        count["met"] += visit.outcome == "met"
        count["people_helped"] += visit.people_helped
        count["minutes"] += visit.minutes or 0
        count["minutes_outside"] += minutes_outside(
            visit.at.replace(microsecond=0), visit.minutes or 0, self.world.calendar
        )
        for result in visit.results.all():
            count[f"result:{result.kind.code}"] += result.count
        topics = list(visit.topics.all())
        for code in {topic.code for topic in topics} | {topic.parent.code for topic in topics if topic.parent}:
            count[f"topic:{code}"] += 1

    def stood(self, household, day: dt.date) -> int:
        placements = self.world.placements[household]
        before = [row for row in placements if row.since <= day]
        return (before[-1] if before else placements[0]).village_id

    # --- ended villages, stated figures -------------------------------------------------------------------------------

    def last_day(self, area: int) -> dt.date:
        return min(self.day, self.world.areas[area].until - dt.timedelta(days=1))

    def ended(self, area: int) -> bool:
        until = self.world.areas[area].until
        return until is not None and self.period.start_on < until <= self.day

    def adopted_below(self, below: Collection[int]) -> list[int]:
        return [village for area in below for village in self.adopted.get(area, ())]

    @cached_property
    def adopted(self) -> dict[int, list[int]]:
        """Area → the villages that ended within the period and left their activity to it."""
        found = defaultdict(list)
        for pk, area in self.world.areas.items():
            if area.level == Level.VILLAGE and self.ended(pk) and (heir := self.heir(pk)):
                found[heir].append(pk)
        return found

    def heir(self, village: int) -> int | None:
        if successor := self.successor(village):
            return self.world.map_on(self.day).chain(successor)[1]
        for above in self.world.map_on(self.last_day(village)).chain(village)[1:]:
            if not self.ended(above):
                return above
            if successor := self.successor(above):
                return successor
        return None

    def successor(self, area: int) -> int | None:
        parts = ReorganisationPart.objects.filter(is_main=True, reorganisation__state="carried_out")
        seen = set()
        while self.ended(area):
            if area in seen:
                return None
            seen.add(area)
            part = parts.filter(from_area=area).order_by("-reorganisation__effective_on").first()
            if part is None:
                return None
            area = part.to_area_id
        return area if seen else None

    def stated(self, area: Area, day: dt.date) -> dict[str, int]:
        found = {}
        for stated in self.world.stated.get(area.pk, ()):
            if stated.on > day:
                continue
            flow = stated.measure in ACTIVITY or stated.measure.startswith(("result:", "topic:"))
            if flow and (stated.since, stated.on) == (self.period.start_on, self.period.end_on):
                found[stated.measure] = stated.pk
            if not flow and self.stocks and stated.since is None:
                found[stated.measure] = stated.pk
        return found
