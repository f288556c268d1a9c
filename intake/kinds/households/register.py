"""What the register holds for the villages of a list, read once: households, their people, what was seen."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from django.db.models import Count, Max

from residents.models import Household, Observation, Resident
from sheets.text import person_sort_key, search_key

AT_ONCE = 500
HOME_COLUMNS = (
    "pk",
    "village_id",
    "code_village_id",
    "code",
    "head_name",
    "address",
    "street__name",
    "order_no",
    "phone",
    "note",
    "since",
    "forgotten_at",
)
PERSON_COLUMNS = (
    "pk",
    "household_id",
    "label",
    "birth_year",
    "birth_date",
    "age_band",
    "age_band_on",
    "sex",
    "stays",
    "is_head",
    "since",
    "forgotten_at",
)


@dataclass(slots=True)
class KnownPerson:
    pk: uuid.UUID
    household: uuid.UUID
    label: str
    birth_year: int | None
    birth_date: dt.date | None
    age_band: str
    age_band_on: dt.date | None
    sex: str
    stays: str
    is_head: bool
    since: dt.date
    forgotten_at: dt.datetime | None = None

    @property
    def name_key(self) -> str:
        return person_sort_key(self.label)


@dataclass(slots=True)
class KnownHome:
    pk: uuid.UUID
    village: int
    code_village: int
    code: str
    head_name: str
    address: str
    street: str
    order_no: int | None
    phone: str
    note: str
    since: dt.date
    forgotten_at: dt.datetime | None = None
    people: list[KnownPerson] = field(default_factory=list)


class Register:
    """Households that stand in these villages now, and what held of them at an instant."""

    def __init__(self, villages: Collection[int], indicators: Collection[int], at: dt.datetime):
        self.villages = list(villages)
        self.homes: dict[uuid.UUID, KnownHome] = {}
        self.by_code: dict[tuple[int, str], KnownHome] = {}
        self.by_name: dict[tuple[int, str], list[KnownHome]] = defaultdict(list)
        self.by_folded: dict[tuple[int, str], list[KnownHome]] = defaultdict(list)
        self.by_phone: dict[tuple[int, str], list[KnownHome]] = defaultdict(list)
        present = Household.objects.present().filter(village__in=self.villages).order_by()
        for row in present.values_list(*HOME_COLUMNS).iterator(2000):
            self._keep(KnownHome(*row[:6], row[6] or "", *row[7:]))
        people = Resident.objects.present().filter(household__village__in=self.villages).order_by("-is_head", "pk")
        self.people: dict[uuid.UUID, KnownPerson] = {}
        for row in people.values_list(*PERSON_COLUMNS).iterator(2000):
            person = KnownPerson(*row)
            if home := self.homes.get(person.household):
                home.people.append(person)
                self.people[person.pk] = person
        self.answers = self._answers(indicators, at) if indicators else {}

    def _keep(self, home: KnownHome) -> None:
        self.homes[home.pk] = home
        if home.code:
            self.by_code[home.code_village, home.code.casefold()] = home
        if home.forgotten_at:
            return  # it has no name to be found by
        self.by_name[home.village, person_sort_key(home.head_name)].append(home)
        self.by_folded[home.village, search_key(home.head_name)].append(home)
        if home.phone:
            self.by_phone[home.village, home.phone].append(home)

    def _answers(self, indicators: Collection[int], at: dt.datetime) -> dict[tuple[uuid.UUID, int], str]:
        """(subject, indicator) → the answer that held at that instant."""
        found = {}
        for some in _parts([*self.homes, *self.people], AT_ONCE):
            held = Observation.objects.at(at).filter(subject__in=some, indicator__in=indicators).order_by()
            for subject, indicator, answer in held.values_list("subject", "indicator", "answer"):
                found[subject, indicator] = answer
        return found


def mark_of(villages: Collection[int]) -> tuple:
    """Differs when a household or person of these villages was added, changed or answered for since."""
    homes = Household.objects.filter(village__in=villages)
    people = Resident.objects.filter(household__village__in=villages)
    seen = Observation.objects.filter(household__village__in=villages)
    histories = [
        Household.history.filter(village__in=villages).aggregate(Max("history_id")),
        Resident.history.filter(household__in=homes.values("pk")).aggregate(Max("history_id")),
    ]
    # The newest ids tell what was added: they are made in the order of time.
    newest = [rows.order_by("-pk").values_list("pk", flat=True).first() for rows in (homes, people)]
    counts = [rows.aggregate(rows=Count("pk"))["rows"] for rows in (homes, people)]
    return (*newest, *counts, *(value for history in histories for value in history.values()), seen.count())


def _parts(rows: list, size: int) -> Iterator[list]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
