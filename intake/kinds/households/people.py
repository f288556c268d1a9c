"""Which person of a known household a person of the list is, and what changes."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field

from intake.cells import Problem
from residents.models.indicators import age_on
from sheets.text import person_sort_key, search_key

from .grouping import FileHome, FilePerson
from .register import KnownHome, KnownPerson

BOUNDS = (("60+", 60), ("18-59", 18), ("14-17", 14), ("0-13", 0))
NEAR, APART = "near", "apart"


@dataclass(slots=True)
class People:
    """`pairs`: person of the list → the one of the register; `near`: those that differ by tones only."""

    pairs: dict[int, KnownPerson] = field(default_factory=dict)
    near: list[tuple[FilePerson, KnownPerson]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def of(self, person: FilePerson) -> KnownPerson | None:
        return self.pairs.get(id(person))


def match_people(home: FileHome, known: KnownHome, choice: str) -> People:
    """`choice` NEAR takes those whose names differ by tones only; a named person takes the place of a nameless one."""
    found = People()
    free = {person.pk: person for person in known.people}

    def take(person: FilePerson, other: KnownPerson) -> None:
        found.pairs[id(person)] = free.pop(other.pk)

    for person in home.people:
        if person.key and (other := _by_key(person, free, found)):
            take(person, other)
    for person in home.people:
        if not person.key and person.label and (other := _by_name(person, free)):
            take(person, other)
    rest = [person for person in home.people if id(person) not in found.pairs and not person.key]
    for person in [each for each in rest if each.label]:
        key = search_key(person.label)
        near = [other for other in free.values() if other.label and search_key(other.label) == key]
        if len(near) == 1 and choice != APART:
            found.near.append((person, near[0]))
            take(person, near[0])
    for person in [each for each in rest if id(each) not in found.pairs]:
        if other := _nameless(person, free):
            take(person, other)
    return found


def _by_key(person: FilePerson, free: dict[uuid.UUID, KnownPerson], found: People) -> KnownPerson | None:
    try:
        other = free.get(uuid.UUID(person.key))
    except ValueError:
        other = None
    if other is None:
        text = "Hộ này không có người mang mã số ghi trong tệp. Xóa mã số của người để thêm mới."
        found.problems.append(Problem(person.row, "", text))
    return other


def _by_name(person: FilePerson, free: dict[uuid.UUID, KnownPerson]) -> KnownPerson | None:
    key = person_sort_key(person.label)
    same = [other for other in free.values() if other.label and other.name_key == key]
    fitting = [
        other for other in same if not other.birth_year or not person.birth or other.birth_year == person.birth.year
    ]
    return (fitting or same or [None])[0]


def _nameless(person: FilePerson, free: dict[uuid.UUID, KnownPerson]) -> KnownPerson | None:
    """Somebody in the household of whom less is known and nothing speaks against: best the one of the same year."""
    fitting = []
    for other in free.values():
        if (other.label and person.label) or (other.sex and person.sex and other.sex != person.sex):
            continue
        if other.label and not person.birth:
            continue  # a nameless line without an age says too little to be a named person
        if other.birth_year and person.birth and other.birth_year != person.birth.year:
            continue
        if other.age_band and not other.birth_year and not _in_band(person, other.age_band, other.age_band_on):
            continue
        fitting.append(other)
    fitting.sort(key=lambda other: (other.birth_year is None, other.age_band == "", other.sex == "", str(other.pk)))
    return fitting[0] if fitting else None


def _in_band(person: FilePerson, band: str, on: dt.date | None) -> bool:
    if person.birth and on:
        return (
            band_of(dt.date(person.birth.year, 12, 31), on) == band
            or band_of(dt.date(person.birth.year, 1, 1), on) == band
        )
    return not person.band or person.band == band


def born_on(birth_date: dt.date | None, year: int | None, band: str, band_on: dt.date | None) -> dt.date | None:
    """As `Resident.born_on`, without a row for each of a city's people."""
    if birth_date or year:
        return birth_date or dt.date(year, 1, 1)
    youngest = dict(BOUNDS).get(band)
    return dt.date(band_on.year - youngest, 1, 1) if youngest is not None and band_on else None


def band_of(born_on: dt.date | None, day: dt.date) -> str:
    """The age band on `day`; "" for who was not born yet or whose age is unknown."""
    if born_on is None:
        return ""
    age = age_on(born_on, day)
    return next((band for band, youngest in BOUNDS if age >= youngest), "0-13")


def changes_of(person: FilePerson, known: KnownPerson, *, takes_label: bool) -> dict[str, object]:
    """Columns that the list fills or changes; an empty cell changes nothing."""
    changes: dict[str, object] = {}
    if person.label and (not known.label or (takes_label and person.label.casefold() != known.label.casefold())):
        changes["label"] = person.label
    if person.birth and not _same_birth(person, known):
        changes["birth_year"], changes["birth_date"] = person.birth.year, person.birth.date
    elif person.band and not known.birth_year and person.band != known.age_band:
        changes["age_band"] = person.band
    for name in ("sex", "stays"):
        value = getattr(person, name)
        if value and value != getattr(known, name):
            changes[name] = value
    return changes


def _same_birth(person: FilePerson, known: KnownPerson) -> bool:
    if known.birth_year is None:
        return False
    if person.is_birth_from_age:
        return abs(known.birth_year - person.birth.year) <= 1
    return known.birth_year == person.birth.year and person.birth.date in (None, known.birth_date)
