"""Households of a village that are likely one, with a score and its reasons, for a person to look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from residents.models import Household
from sheets.text import person_sort_key, search_key

from .models import Pair

LIKELY = 50
MOST_OF_A_NAME = 12  # a name that more households bear says nothing by itself


@dataclass
class Likely:
    first: Household
    second: Household
    score: int = 0
    reasons: list[str] = field(default_factory=list)

    def add(self, points: int, reason: str) -> None:
        self.score += points
        self.reasons.append(reason)


def likely_pairs(village) -> list[Likely]:
    """Pairs that nobody has decided yet, likeliest first."""
    homes = list(
        Household.objects.present().filter(village=village).select_related("street").prefetch_related("residents")
    )
    decided = {
        frozenset(pair)
        for pair in Pair.objects.filter(first__village=village, undone_at=None).values_list("first", "second")
    }
    found = []
    for first, second in _near(homes):
        if frozenset((first.pk, second.pk)) not in decided:
            pair = compared(first, second)
            if pair.score >= LIKELY:
                found.append(pair)
    return sorted(found, key=lambda pair: (-pair.score, pair.first.sort_key, str(pair.first.pk)))


def _near(homes: list[Household]) -> Iterator[tuple[Household, Household]]:
    """Those that share the folded name of the head, or the phone."""
    groups: dict[tuple, list[Household]] = defaultdict(list)
    for home in homes:
        if home.search_key:  # one whose name was forgotten is like no other
            groups["name", home.search_key].append(home)
        if home.phone:
            groups["phone", home.phone[-7:]].append(home)
    seen = set()
    for group in groups.values():
        for first, second in combinations(group[:MOST_OF_A_NAME], 2):
            if (first.pk, second.pk) not in seen:
                seen.add((first.pk, second.pk))
                yield first, second


def compared(first: Household, second: Household) -> Likely:
    pair = Likely(first, second)
    if person_sort_key(first.head_name) == person_sort_key(second.head_name):
        pair.add(45, "cùng tên chủ hộ")
    elif first.search_key == second.search_key:
        pair.add(35, "tên chủ hộ chỉ khác dấu")
    if first.phone and first.phone == second.phone:
        pair.add(25, "cùng điện thoại")
    elif first.phone and first.phone[-7:] == second.phone[-7:]:
        pair.add(10, "bảy số cuối điện thoại giống nhau")
    if first.street_id and first.street_id == second.street_id:
        pair.add(10, "cùng đường, ngõ")
    if first.address and search_key(first.address) == search_key(second.address):
        pair.add(15, "cùng địa chỉ")
    if people := same_people(first, second):
        pair.add(min(40, 20 * len(people)), f"{len(people)} người trùng tên và năm sinh")
    years = [
        {each.birth_year for each in home.residents.all() if each.is_head and each.birth_year}
        for home in (first, second)
    ]
    if all(years) and not years[0] & years[1]:
        pair.add(-25, "năm sinh chủ hộ khác nhau")
    return pair


def same_people(household: Household, into: Household) -> dict:
    """Its people → those of the other that bear the same name, where the years of birth allow it."""
    free = {
        each.pk: each
        for each in into.residents.all()
        if each.until is None and not each.merged_into_id and each.search_key
    }
    found = {}
    for person in household.residents.all():
        if person.until is not None or person.merged_into_id or not person.search_key:
            continue
        for pk, other in free.items():
            years = {year for year in (person.birth_year, other.birth_year) if year}
            if search_key(person.label) == search_key(other.label) and len(years) < 2:
                found[person.pk] = pk
                del free[pk]
                break
    return found
