"""Teams and members named in a log of visits: those that serve the village, members on the day of the visit."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection

from django.db.models import Q

from areas.models import Area
from intake import cells
from intake.cells import Line
from sheets.text import person_sort_key, place_sort_key, search_key
from teams.models import Member, Team, TeamVillage

_BETWEEN = re.compile(r"[;,/\n+&]| và ")


class Crews:
    """Read once for a list: the open teams of these villages, and all who ever were their members."""

    def __init__(self, user, villages: Collection[int]):
        serving = Q(services__village__in=villages, services__until=None) | Q(home_area__in=villages)
        self.teams = {team.pk: team for team in Team.objects.visible_to(user).open().filter(serving).distinct()}
        self._of_village: dict[int, list[Team]] = defaultdict(list)
        for team in self.teams.values():
            self._of_village[team.home_area_id].append(team)
        services = TeamVillage.objects.filter(team__in=self.teams, until=None).exclude(team__home_area=None)
        for team, village in services.values_list("team", "village"):
            if self.teams[team] not in self._of_village[village]:
                self._of_village[village].append(self.teams[team])
        self._members: dict[int, list[Member]] = defaultdict(list)
        for member in Member.objects.filter(team__in=self.teams).order_by("pk"):
            self._members[member.team_id].append(member)

    def read(self, line: Line, village: Area, day: dt.date) -> dict[str, object]:
        """`team` and `members` as far as the line tells them."""
        told: dict[str, object] = {}
        if written := line.read("team", cells.text, 200):
            team = self._team(line, village, written)
            if team is None:
                return {}
            told["team"] = team
        if written := line.read("members", cells.paragraphs, 500):
            teams = [told["team"]] if "team" in told else self._of_village[village.pk]
            told["members"] = [
                member for name in _names(written) if (member := self._member(line, name, teams, village, day))
            ]
        return told

    def usual(self, village: Area, members: Collection[Member]) -> Team | None:
        """The team of a visit that names none: that of all who came, or the only one that serves the village."""
        teams = {member.team_id for member in members} or {team.pk for team in self._of_village[village.pk]}
        return self.teams[teams.pop()] if len(teams) == 1 else None

    def _team(self, line: Line, village: Area, written: str) -> Team | None:
        serving = self._of_village[village.pk]
        same = [team for team in serving if place_sort_key(team.name) == place_sort_key(written)]
        if len(same) == 1:
            return same[0]
        known = ", ".join(f"“{team.name}”" for team in serving) or "chưa có tổ nào"
        line.wrong("team", f"Không có tổ “{written}” phụ trách {village}. Các tổ ở đây: {known}.")
        return None

    def _member(self, line: Line, name: str, teams: list[Team], village: Area, day: dt.date) -> Member | None:
        there = [
            member
            for team in teams
            for member in self._members[team.pk]
            if member.since <= day and (member.until is None or member.until > day)
        ]
        same = [member for member in there if person_sort_key(member.full_name) == person_sort_key(name)]
        if len(same) == 1:
            return same[0]
        if same:
            line.wrong("members", f"Có {len(same)} thành viên tên “{name}”. Ghi thêm cột tổ công nghệ số.")
            return None
        near = [member for member in there if search_key(member.full_name) == search_key(name)]
        hint = f" Có phải “{near[0]}”?" if near else ""
        line.wrong(
            "members", f"“{name}” không phải thành viên của tổ phụ trách {village} vào ngày {day:%d/%m/%Y}.{hint}"
        )
        return None


def _names(written: str) -> list[str]:
    return list(dict.fromkeys(name for part in _BETWEEN.split(written) if (name := part.strip(" .-–"))))
