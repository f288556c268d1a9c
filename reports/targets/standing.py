"""How an area stands against its targets, and the fewest households that close a gap."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from areas.models import Area, AreaLink, Level
from reports.explaining.contributions import NO, UNASKED, contributions
from reports.measures import Measure
from residents.models import Household
from sheets.numbers import number_text, points_text, rate_text

from .in_force import TargetInForce

MET, BEHIND, UNKNOWN = "met", "behind", "unknown"
STATE_WORDS = {MET: "Đạt", BEHIND: "Chưa đạt", UNKNOWN: "Chưa có số liệu"}


@dataclass(frozen=True)
class Standing:
    """One indicator of an area (or one area for an indicator) against the target."""

    label: str
    measure: Measure
    target: TargetInForce
    shown: object
    url: str = ""
    gap_url: str = ""

    @property
    def state(self) -> str:
        met = self.target.is_met(self.shown)
        return UNKNOWN if met is None else MET if met else BEHIND

    @property
    def state_text(self) -> str:
        return STATE_WORDS[self.state]

    @property
    def is_behind(self) -> bool:
        return self.state == BEHIND

    @property
    def rate(self):
        return None if self.shown is None else self.shown.rate

    @property
    def rate_text(self) -> str:
        return "chưa có số liệu" if self.rate is None else rate_text(self.rate)

    @property
    def needed(self) -> int | None:
        return self.target.needed(self.shown) if self.is_behind else None

    @property
    def needed_text(self) -> str:
        """ "còn 12 người", "còn 8,5 điểm" where only a rate is known."""
        if not self.is_behind:
            return ""
        if self.needed is None:
            return f"còn {points_text(self.target.rate - self.rate).removeprefix('+')}"
        return f"còn {number_text(self.needed)} {self.measure.unit}"

    @property
    def origin(self) -> str:
        return "giao riêng" if self.target.is_own else f"theo {self.target.area_name}"


@dataclass
class Missing:
    """A household with people (or itself) eligible and not reached."""

    household: Household
    not_reached: int
    not_asked: int

    @property
    def missing(self) -> int:
        return self.not_reached + self.not_asked

    @property
    def code(self) -> str:
        return self.household.code

    @property
    def head_name(self) -> str:
        return self.household.head_name

    @property
    def place(self) -> str:
        return ", ".join(filter(None, [self.household.village.name, self.household.address]))

    @property
    def phone(self) -> str:
        return self.household.phone


@dataclass(frozen=True)
class Gap:
    """The list that closes a gap; `covered` is how many it would bring, `all_missing` how many there are at all."""

    needed: int
    lines: list[Missing]
    covered: int
    all_missing: int

    @property
    def is_enough(self) -> bool:
        return self.covered >= self.needed


def villages_of(area: Area, day: dt.date) -> list[int]:
    links = AreaLink.objects.on(day).filter(ancestor=area, descendant__level=Level.VILLAGE)
    return list(links.order_by().values_list("descendant", flat=True))


def shortest_list(user, villages: Collection[int], code: str, needed: int, day: dt.date) -> Gap:
    """The fewest households that hold `needed` eligible people not reached: those with the most first.

    Taking the largest first is the shortest list that there is. Among equals, as they are walked. Only households that
    she may see and that still stand there.
    """
    missing: dict = {}
    for row in contributions(villages, day, only=code):
        if row.state in (NO, UNASKED):
            missing.setdefault(row.household_id, Counter())[row.state] += 1
    there = Household.objects.visible_to(user).present().filter(village__in=villages).in_walking_order()
    lines = [
        Missing(household, missing[household.pk][NO], missing[household.pk][UNASKED])
        for household in there.select_related("village", "street")
        if household.pk in missing
    ]
    chosen, covered = [], 0
    for line in sorted(lines, key=lambda line: -line.missing):
        if covered >= needed:
            break
        chosen.append(line)
        covered += line.missing
    keys = {line.household.pk for line in chosen}
    return Gap(
        needed, [line for line in lines if line.household.pk in keys], covered, sum(line.missing for line in lines)
    )
