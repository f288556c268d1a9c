"""Households that are likely one, with a score and its reasons, for a person to look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from residents.models import Household, Resident
from sheets.text import search_key

from .models import Pair

LIKELY = 50
MOST_ALIKE = 12  # what more households share says nothing by itself


@dataclass
class Likely:
    """Two rows of one kind; `first` is the one to stay unless somebody says otherwise."""

    first: Household | Resident
    second: Household | Resident
    score: int = 0
    reasons: list[str] = field(default_factory=list)

    def add(self, points: int, reason: str) -> None:
        self.score += points
        self.reasons.append(reason)


def homes_of(villages: Collection) -> list[Household]:
    """Households that stand in these villages now, with their people."""
    homes = Household.objects.present().filter(village__in=villages)
    return list(homes.select_related("street", "village").prefetch_related("residents"))


def likely_pairs(homes: Collection[Household]) -> list[Likely]:
    """Pairs of these that nobody has decided yet, likeliest first; those of two villages among them."""
    villages = {home.village_id for home in homes}
    decided = decided_among(Pair.objects.filter(first__village__in=villages))
    found = []
    for first, second in _near(homes):
        if frozenset((first.pk, second.pk)) not in decided:
            pair = compared(*sorted((first, second), key=_standing))
            if pair.score >= LIKELY:
                found.append(pair)
    return sorted(found, key=lambda pair: (-pair.score, pair.first.sort_key, str(pair.first.pk), str(pair.second.pk)))


def decided_among(pairs) -> set[frozenset]:
    return {frozenset(pair) for pair in pairs.filter(undone_at=None).values_list("first", "second")}


def _near(homes: Iterable[Household]) -> Iterator[tuple[Household, Household]]:
    """Those that share the phone, or the folded name of the head: in one village, or together with another person."""
    groups: dict[tuple, list[Household]] = defaultdict(list)
    for home in homes:
        if home.phone:
            groups["phone", home.phone[-7:]].append(home)
        if not home.search_key:
            continue  # one whose name was forgotten is like no other
        groups["name", home.village_id, home.search_key].append(home)
        for key in {each.search_key for each in home.residents.all() if is_there(each) and not each.is_head}:
            groups["people", home.search_key, key].append(home)
    return distinct_pairs(groups.values())


def distinct_pairs(groups: Iterable[list]) -> Iterator[tuple]:
    """Every two rows that stand in one group, each pair once."""
    seen = set()
    for group in groups:
        for first, second in combinations(group[:MOST_ALIKE], 2):
            key = frozenset((first.pk, second.pk))
            if len(key) == 2 and key not in seen:
                seen.add(key)
                yield first, second


def is_there(person: Resident) -> bool:
    """Is this somebody of the household now, with a name to be known by?"""
    return person.until is None and person.merged_into_id is None and bool(person.search_key)


def _standing(home: Household) -> tuple:
    """The one to stay comes first: its name has tones, more of its people are known, it was written down earlier."""
    people = sum(map(is_there, home.residents.all()))
    return (home.head_name.isascii(), -people, home.since, str(home.pk))


def compared(first: Household, second: Household) -> Likely:
    pair = Likely(first, second)
    if first.sort_key == second.sort_key:
        pair.add(45, "cùng tên chủ hộ")
    elif first.search_key == second.search_key:
        pair.add(35, "tên chủ hộ chỉ khác dấu")
    if first.phone and first.phone == second.phone:
        pair.add(25, "cùng điện thoại")
    elif first.phone and first.phone[-7:] == second.phone[-7:]:
        pair.add(10, "bảy số cuối điện thoại giống nhau")
    if first.street_id and first.street_id == second.street_id:
        pair.add(10, "cùng đường, ngõ")
    if have_one_address(first, second):
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


def have_one_address(first: Household, second: Household) -> bool:
    """An address is one of its village: every village has its "Số 5"."""
    if first.village_id != second.village_id or not first.address:
        return False
    return search_key(first.address) == search_key(second.address)


def same_people(household: Household, into: Household) -> dict:
    """Its people → those of the other that bear the same name, where the years of birth allow it."""
    free = {each.pk: each for each in into.residents.all() if is_there(each)}
    found = {}
    for person in filter(is_there, household.residents.all()):
        for pk, other in free.items():
            years = {year for year in (person.birth_year, other.birth_year) if year}
            if person.search_key == other.search_key and len(years) < 2:
                found[person.pk] = pk
                del free[pk]
                break
    return found
