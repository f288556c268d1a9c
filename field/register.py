"""What of the register some items name, as far as a user may touch it now: the same gate as the desk pages."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from functools import cached_property

from accounts.rules import Can
from areas.models import Area
from residents.actions.visit_batch import Whereabouts
from residents.models import Household, Indicator, Residence, Resident, ResultKind, Topic
from residents.record import in_parts
from teams.models import Member, Team, TeamVillage

from .closed import Closed

AT_ONCE = 500
LONGEST_CHAIN = 20  # of merges


class Register:
    """Households and people by the id that the phone knows; those merged into another are found by their old id."""

    def __init__(self, gate):
        self.gate = gate
        self._households: dict[uuid.UUID, Household | None] = {}
        self._residents: dict[uuid.UUID, Resident | None] = {}
        self._homes: dict[uuid.UUID, set[uuid.UUID]] = {}
        self._closed: dict[frozenset[int], Closed] = {}
        self.where = Whereabouts()
        # Visits written just now: id → household.
        self.new_visits: dict[uuid.UUID, uuid.UUID | None] = {}

    def load(self, households: Iterable[uuid.UUID | None], residents: Iterable[uuid.UUID | None] = ()) -> None:
        """Read these at once; what was read before is not read again."""
        people = {pk for pk in residents if pk} - self._residents.keys()
        houses = {pk for pk in households if pk} - self._households.keys()
        if not people and not houses:
            return
        found = _merged(Resident, people)
        homes = {resident.household_id for resident in found.values()}
        houses |= homes - self._households.keys()
        self._households |= dict.fromkeys(houses) | self._in_reach(houses)
        for pk in people:
            resident = found.get(pk)
            home = self._households.get(resident.household_id) if resident else None
            self._residents[pk] = resident if home else None
            if resident and home:
                resident.household = home

    def forget(self, *ids: uuid.UUID) -> None:
        """They have just been changed: read them again when next asked."""
        for pk in ids:
            self._households.pop(pk, None)
            self.where.forget(pk)
            self._residents.pop(pk, None)
            self._homes.pop(pk, None)

    def closed(self, villages: Iterable[int]) -> Closed:
        """The closed spans of these villages."""
        key = frozenset(villages)
        if key not in self._closed:
            self._closed[key] = Closed(key)
        return self._closed[key]

    def household(self, pk: uuid.UUID) -> Household | None:
        try:
            return self._households[pk]
        except KeyError:
            self.load([pk])
            return self._households[pk]

    def resident(self, pk: uuid.UUID) -> Resident | None:
        try:
            return self._residents[pk]
        except KeyError:
            self.load([], [pk])
            return self._residents[pk]

    def has_lived(self, resident: Resident, household: Household) -> bool:
        return resident.household_id == household.pk or household.pk in self._homes_of(resident)

    def may_edit(self, household: Household) -> bool:
        return household.village_id in self._villages_to_edit

    def village(self, pk: int, can: Can = Can.RECORD_VISITS) -> Area | None:
        """A village in force where she may do this."""
        return Area.objects.filter(pk__in=self.gate.reach().villages(can), until=None).filter(pk=pk).first()

    def _in_reach(self, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Household]:
        """Those that she may record at."""
        found = {pk: home for pk, home in self._hers(ids).items() if not home.merged_into_id}
        if len(found) == len(ids):
            return found
        merged = {asked: home.pk for asked, home in _merged(Household, ids - found.keys()).items()}
        into = self._hers(set(merged.values()))
        return found | {asked: into[pk] for asked, pk in merged.items() if pk in into}

    def _hers(self, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Household]:
        found: dict[uuid.UUID, Household] = {}
        for some in in_parts(sorted(ids), AT_ONCE):
            found |= Household.objects.in_bulk(some)
        return {pk: home for pk, home in found.items() if home.village_id in self.villages}

    @cached_property
    def villages(self) -> set[int]:
        """Where she may record visits: the gate of `Household.visible_to`, read once for all households of a batch."""
        return set(self.gate.reach().villages(Can.RECORD_VISITS).values_list("pk", flat=True))

    @cached_property
    def _villages_to_edit(self) -> set[int]:
        return set(self.gate.reach().villages(Can.EDIT_PEOPLE).values_list("pk", flat=True))

    def _homes_of(self, resident: Resident) -> set[uuid.UUID]:
        """Where she has ever lived, read at once for all who were loaded; few have moved, so few batches ask."""
        if resident.pk not in self._homes:
            unread = {each.pk for each in self._residents.values() if each} - self._homes.keys() | {resident.pk}
            self._homes |= {pk: set() for pk in unread}
            for some in in_parts(sorted(unread), AT_ONCE):
                rows = Residence.objects.filter(resident__in=some).order_by()
                for person, household in rows.values_list("resident", "household"):
                    self._homes[person].add(household)
        return self._homes[resident.pk]

    # The catalogue

    @cached_property
    def asked(self) -> dict[str, tuple[int, set[str]]]:
        """Code of each indicator → its key, and of whom it is, or was, asked: "resident", "household"."""
        found: dict[str, tuple[int, set[str]]] = {}
        rows = Indicator.objects.order_by().values_list("code", "pk", "versions__subject").distinct()
        for code, pk, subject in rows:
            found.setdefault(code, (pk, set()))[1].add(subject)
        return found

    @cached_property
    def topics(self) -> dict[str, Topic]:
        return {topic.code: topic for topic in Topic.objects.all()}

    @cached_property
    def result_kinds(self) -> dict[str, ResultKind]:
        return {kind.code: kind for kind in ResultKind.objects.all()}

    @cached_property
    def teams(self) -> dict[int, Team]:
        return {team.pk: team for team in Team.objects.visible_to(self.gate)}

    @cached_property
    def members(self) -> dict[int, Member]:
        return {member.pk: member for member in Member.objects.filter(team__in=self.teams)}

    def teams_serving(self, village: int) -> list[Team]:
        """The open teams that serve a village, as far as she may see them."""
        if village in self.villages:  # who records visits there sees its teams (accounts/rules.py)
            return self._teams_serving_hers.get(village, [])
        serving = TeamVillage.objects.open().filter(village=village)
        return list(Team.objects.visible_to(self.gate).filter(until=None, pk__in=serving.values("team")))

    @cached_property
    def _teams_serving_hers(self) -> dict[int, list[Team]]:
        found: dict[int, list[Team]] = {}
        services = TeamVillage.objects.open().filter(village__in=self.villages, team__until=None)
        for service in services.select_related("team"):
            found.setdefault(service.village_id, []).append(service.team)
        return found


def _merged(model, ids: Collection[uuid.UUID]) -> dict:
    """Asked id → the row, or the one that it was merged into."""
    found: dict = {}
    target = {pk: pk for pk in ids}
    frontier = set(ids)
    for _ in range(LONGEST_CHAIN):
        rows: dict = {}
        for some in in_parts(sorted(frontier), AT_ONCE):
            rows |= model.objects.in_bulk(some)
        frontier = set()
        for asked, now in target.items():
            row = rows.get(now)
            if row is None:
                continue
            if row.merged_into_id:
                target[asked] = row.merged_into_id
                frontier.add(row.merged_into_id)
            else:
                found[asked] = row
    return found
