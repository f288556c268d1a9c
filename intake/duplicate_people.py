"""People who are likely written down twice, in one household or in two, with a score and its reasons."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection

from residents.models import Household, Resident

from .duplicates import Likely, decided_among, distinct_pairs, have_one_address, is_there
from .models import PersonPair

LIKELY = 55
# A label like "con gái" or "Ông A" is no name.
KIN = frozenset("con cháu vợ chồng mẹ má bố ba cha ông bà em anh chị bé dì cô chú bác cậu mợ thím út cả".split())


def likely_people(homes: Collection[Household], apart: Collection[frozenset]) -> list[Likely]:
    """Pairs of people of these households that nobody has decided yet, likeliest first.

    `apart`: pairs of households whose people are not compared, because the households themselves are likely one.
    """
    homes_by_key = {home.pk: home for home in homes}
    people = [person for home in homes for person in home.residents.all() if is_there(person) and _is_named(person)]
    decided = decided_among(PersonPair.objects.filter(first__household__village__in={h.village_id for h in homes}))
    bearers = Counter(person.search_key for person in people)
    groups: dict[tuple, list[Resident]] = defaultdict(list)
    for person in people:
        home = homes_by_key[person.household_id]
        person.household = home
        groups["home", home.pk, person.search_key].append(person)
        if person.birth_year:
            groups["year", person.birth_year, person.search_key].append(person)
        if home.phone:
            groups["phone", home.phone, person.search_key].append(person)
    found = []
    for first, second in distinct_pairs(groups.values()):
        between = frozenset((first.household_id, second.household_id))
        if between not in apart and frozenset((first.pk, second.pk)) not in decided:
            pair = compared(*sorted((first, second), key=_standing), is_rare=bearers[first.search_key] == 2)
            if pair.score >= LIKELY:
                found.append(pair)
    return sorted(found, key=lambda pair: (-pair.score, pair.first.sort_key, str(pair.first.pk), str(pair.second.pk)))


def _is_named(person: Resident) -> bool:
    words = person.label.lower().split()
    return len(words) > 1 and words[0] not in KIN


def _standing(person: Resident) -> tuple:
    """The one to stay comes first: the head, or the one of whom more is known, or who was written down earlier."""
    return (not person.is_head, person.birth_date is None, person.birth_year is None, person.since, str(person.pk))


def compared(first: Resident, second: Resident, *, is_rare: bool) -> Likely:
    """`is_rare`: nobody else of the area bears this name."""
    pair = Likely(first, second)
    if first.sort_key == second.sort_key:
        pair.add(30, "cùng họ tên")
    else:
        pair.add(25, "họ tên chỉ khác dấu")
    if first.birth_date and first.birth_date == second.birth_date:
        pair.add(40, "cùng ngày sinh")
    elif first.birth_year and second.birth_year:
        _compare_years(pair, first, second)
    if first.household_id == second.household_id:
        pair.add(35, "cùng một hộ")
    else:
        _compare_homes(pair, first.household, second.household)
    if is_rare:
        pair.add(10, "không ai khác trong địa bàn tên như vậy")
    if first.sex and second.sex and first.sex != second.sex:
        pair.add(-30, "khác giới tính")
    return pair


def _compare_years(pair: Likely, first: Resident, second: Resident) -> None:
    difference = abs(first.birth_year - second.birth_year)
    if difference == 0 and first.birth_date and second.birth_date:
        pair.add(-20, "ngày sinh khác nhau")
    elif difference == 0:
        pair.add(20, "cùng năm sinh")
    elif difference == 1:
        pair.add(-5, "năm sinh lệch một năm")
    else:
        pair.add(-40, "năm sinh khác nhau")


def _compare_homes(pair: Likely, home: Household, other: Household) -> None:
    if home.phone and home.phone == other.phone:
        pair.add(15, "hai hộ cùng điện thoại")
    if have_one_address(home, other):
        pair.add(15, "hai hộ cùng địa chỉ")
