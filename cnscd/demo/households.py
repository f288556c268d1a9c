"""Registers of invented households, written in bulk: the demonstration must be ready in a minute and a half."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random

from areas.models import Area
from residents.models import Household, Placement, Residence, Resident, Street
from sheets.text import person_sort_key, search_key

from .names import full_name, phone

REGISTER_FROM = dt.date(2024, 9, 1)
ALLEYS = ("Tuyến đường số 1", "Ngõ 2", "Ngõ 5", "Đường liên thôn")


@dataclass
class Register:
    """What was made in a village, kept for the visits that follow."""

    village: Area
    households: list[Household] = field(default_factory=list)
    residents: dict = field(default_factory=dict)  # household id → its residents


def make_register(village: Area, count: int, random: Random, today: dt.date) -> Register:
    """`count` households with their people; a few arrive or leave on the way."""
    register = Register(village)
    streets = [
        Street.objects.create(
            village=village, name="Tuyến đường Bàu Cầu 3" if "Bàu Cầu" in village.name and not n else name
        )
        for n, name in enumerate(ALLEYS[: 2 + count // 20])
    ]
    for number in range(1, count + 1):
        since, until = REGISTER_FROM, None
        if random.random() < 0.03:
            since = _some_day(random, REGISTER_FROM, today)
        if random.random() < 0.02:
            until = _some_day(random, since + dt.timedelta(days=60), today)
        _make_household(register, number, streets, since, until, random, today)
    _store(register)
    return register


def _make_household(register, number, streets, since, until, random: Random, today: dt.date) -> None:
    family_name = full_name(random, "m").split()[0]
    head_sex = "m" if random.random() < 0.68 else "f"
    head_age = min(88, max(26, int(random.gauss(51, 14))))
    head = full_name(random, head_sex, family_name)
    street = streets[min(len(streets) - 1, number * len(streets) // 45)]
    household = Household(
        code=f"{number:03d}",
        code_village=register.village,
        village=register.village,
        head_name=head,
        street=street,
        order_no=number,
        phone=phone(random) if random.random() < 0.5 else "",
        since=since,
        until=until,
        search_key=search_key(head),
        sort_key=person_sort_key(head),
    )
    people = [_person(household, head, head_sex, head_age, random, is_head=True)]
    if head_age < 80 and random.random() < 0.78:
        sex = "f" if head_sex == "m" else "m"
        people.append(_person(household, full_name(random, sex), sex, head_age + random.randint(-6, 4), random))
    for child in range(random.choices((0, 1, 2, 3), (12, 28, 42, 18))[0]):
        age = head_age - random.randint(23, 33) - child * 3
        if age >= 0 and not (age > 28 and random.random() < 0.45):
            sex = random.choice("fm")
            people.append(_person(household, full_name(random, sex, family_name), sex, age, random))
    if head_age < 56 and random.random() < 0.28:
        people.append(_person(household, full_name(random, "f"), "f", head_age + random.randint(21, 30), random))
    if head_age > 56 and random.random() < 0.3:
        for _ in range(random.choice((1, 2))):
            sex = random.choice("fm")
            people.append(_person(household, full_name(random, sex, family_name), sex, random.randint(1, 14), random))
    for person in people:
        person.since, person.until = since, until
    _change_of_people(people, household, random, today)
    register.households.append(household)
    register.residents[household.pk] = people


def _person(household, label, sex, age, random: Random, *, is_head=False) -> Resident:
    person = Resident(household=household, label=label, sex=sex, is_head=is_head)
    chance = random.random()
    if chance < 0.90 or is_head:
        person.birth_year = REGISTER_FROM.year - age
    elif chance < 0.97:
        bands = (("60+", 60), ("18-59", 18), ("14-17", 14), ("0-13", 0))
        person.age_band = next(band for band, youngest in bands if age >= youngest)
        person.age_band_on = REGISTER_FROM
    if not is_head and random.random() < 0.06:
        person.label = "" if random.random() < 0.4 else ("con gái" if sex == "f" else "con trai")
    if 18 <= age <= 30 and random.random() < 0.2:
        person.stays = Resident.Stays.AWAY
    return person


def _change_of_people(people, household, random: Random, today: dt.date) -> None:
    """Now and then a child is born, somebody marries in, an old person dies."""
    if household.until:
        return
    if random.random() < 0.04:
        sex = random.choice("fm")
        born = _some_day(random, max(household.since, REGISTER_FROM), today)
        baby = Resident(household=household, label=full_name(random, sex, people[0].label.split()[0]), sex=sex)
        baby.birth_date, baby.birth_year, baby.since = born, born.year, born
        people.append(baby)
    oldest = min((p for p in people if p.birth_year), key=lambda p: p.birth_year, default=None)
    if oldest and not oldest.is_head and oldest.birth_year < 1948 and random.random() < 0.15:
        oldest.until = _some_day(random, household.since + dt.timedelta(days=30), today)


def _store(register: Register) -> None:
    people = [person for household in register.households for person in register.residents[household.pk]]
    for person in people:
        person.search_key, person.sort_key = search_key(person.label), person_sort_key(person.label)
    Household.objects.bulk_create(register.households)
    Placement.objects.bulk_create(
        Placement(household=household, village=register.village, since=household.since, until=household.until)
        for household in register.households
    )
    Resident.objects.bulk_create(people)
    Residence.objects.bulk_create(
        Residence(resident=person, household_id=person.household_id, since=person.since, until=person.until)
        for person in people
    )


def _some_day(random: Random, first: dt.date, last: dt.date) -> dt.date:
    return first + dt.timedelta(days=random.randint(0, max(0, (last - first).days - 1)))
