"""A household's card: its people × the indicators of the day, with the state of each, for pages, paper and grids."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import F

from .models import Household, Indicator, IndicatorVersion, Observation, Resident
from .models.indicators import Subject
from .rules import Applies, applies

UNASKED, OUT = "unasked", "out"
LABELS = {**dict(Observation.Answer.choices), UNASKED: "Chưa hỏi", OUT: "Không thuộc diện"}


@dataclass(frozen=True)
class Cell:
    """One indicator of one person (or of the household, then `resident` is None)."""

    version: IndicatorVersion
    household: Household
    resident: Resident | None
    applies: Applies
    observation: Observation | None = None

    @property
    def indicator(self) -> Indicator:
        return self.version.indicator

    @property
    def subject(self) -> uuid.UUID:
        return self.resident.pk if self.resident else self.household.pk

    @property
    def key(self) -> str:
        return f"{self.indicator.code}-{self.subject}"

    @property
    def answer(self) -> str:
        return self.observation.answer if self.observation else ""

    @property
    def state(self) -> str:
        if self.answer:
            return self.answer
        return OUT if self.applies.why_not else UNASKED

    @property
    def label(self) -> str:
        return LABELS[self.state]

    @property
    def who(self) -> str:
        return str(self.resident) if self.resident else "Cả hộ"

    @property
    def is_unasked(self) -> bool:
        """It clearly applies and nobody has asked yet."""
        return not self.answer and self.applies.is_clear

    @property
    def is_not_reached(self) -> bool:
        return self.answer == Observation.Answer.NO and not self.applies.why_not


@dataclass(frozen=True)
class Row:
    """One indicator across the people of a household."""

    version: IndicatorVersion
    cells: Sequence[Cell]

    @property
    def indicator(self) -> Indicator:
        return self.version.indicator

    @property
    def unasked(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.is_unasked]

    @property
    def not_reached(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.is_not_reached]

    @property
    def for_all(self) -> list[Cell]:
        """Those to whom "cả hộ đã có" would give a new answer."""
        return [cell for cell in self.cells if not cell.applies.why_not and cell.answer != Observation.Answer.YES]


@dataclass
class Card:
    household: Household
    residents: list[Resident]
    versions: Sequence[IndicatorVersion]
    day: dt.date
    observations: dict[tuple[uuid.UUID, int], Observation] = field(default_factory=dict)

    @cached_property
    def rows(self) -> list[Row]:
        return [Row(version, self._cells(version)) for version in self.versions]

    @cached_property
    def of_people(self) -> list[Row]:
        return [row for row in self.rows if row.version.subject == Subject.RESIDENT]

    @cached_property
    def of_household(self) -> list[Row]:
        return [row for row in self.rows if row.version.subject == Subject.HOUSEHOLD]

    @cached_property
    def unasked(self) -> list[Row]:
        """Reported indicators with somebody not asked yet."""
        return [row for row in self.rows if row.indicator.is_reported and row.unasked]

    @cached_property
    def not_reached(self) -> list[Row]:
        return [row for row in self.rows if row.indicator.is_reported and row.not_reached]

    @property
    def lacking(self) -> list[Row]:
        """Reported indicators in which something is missing, in their order."""
        return [row for row in self.rows if row.indicator.is_reported and (row.unasked or row.not_reached)]

    @property
    def people(self) -> list[tuple[Resident, str]]:
        """(person, “Nữ, sinh 1985”)"""
        return [(resident, told_of(resident)) for resident in self.residents]

    @property
    def unasked_count(self) -> int:
        return sum(len(row.unasked) for row in self.unasked)

    @property
    def not_reached_count(self) -> int:
        return sum(len(row.not_reached) for row in self.not_reached)

    def row(self, code: str) -> Row | None:
        return next((row for row in self.rows if row.indicator.code == code), None)

    def cell(self, code: str, subject: uuid.UUID) -> Cell | None:
        row = self.row(code)
        return next((cell for cell in row.cells if cell.subject == subject), None) if row else None

    def depending_on(self, indicator: Indicator, subject: uuid.UUID) -> list[Cell]:
        """The cells whose eligibility hangs on this answer."""
        return [
            cell
            for row in self.rows
            if indicator.pk in row.version.required
            for cell in row.cells
            if cell.subject == subject or subject == self.household.pk
        ]

    def _cells(self, version: IndicatorVersion) -> list[Cell]:
        subjects: list[Resident | None] = list(self.residents) if version.subject == Subject.RESIDENT else [None]
        return [self._cell(version, resident) for resident in subjects]

    def _cell(self, version: IndicatorVersion, resident: Resident | None) -> Cell:
        subject = resident.pk if resident else self.household.pk
        return Cell(
            version=version,
            household=self.household,
            resident=resident,
            applies=applies(version, resident, self._answers[subject], self.day),
            observation=self.observations.get((subject, version.indicator_id)),
        )

    @cached_property
    def _answers(self) -> dict[uuid.UUID, dict[int, str]]:
        """By subject: its own answers together with those of the household."""
        home = {pk: each.answer for (subject, pk), each in self.observations.items() if subject == self.household.pk}
        answers: dict[uuid.UUID, dict[int, str]] = defaultdict(lambda: dict(home))
        for (subject, indicator), observation in self.observations.items():
            answers[subject][indicator] = observation.answer
        return answers


def told_of(resident: Resident) -> str:
    """Sex, age and stay in a line: “Nữ, sinh 1985, tạm trú”; nothing known gives “chưa rõ tuổi”."""
    if resident.birth_year:
        age = f"sinh {resident.birth_year}"
    else:
        age = resident.get_age_band_display() or "chưa rõ tuổi"
    stays = "" if resident.stays == Resident.Stays.PERMANENT else resident.get_stays_display().lower()
    return ", ".join(filter(None, (resident.get_sex_display(), age, stays)))


def versions_on(day: dt.date) -> list[IndicatorVersion]:
    """The definitions in force on `day` with what they require, in order; one query."""
    rows = IndicatorVersion.objects.on(day).select_related("indicator").order_by("indicator__order", "pk")
    versions: dict[int, IndicatorVersion] = {}
    for row in rows.annotate(required_pk=F("requires"), required_name=F("requires__short_name")):
        version = versions.setdefault(row.pk, row)
        if version is row:
            version.required = {}
        if row.required_pk:
            version.required[row.required_pk] = row.required_name
    return list(versions.values())


def cards(
    households: Iterable[Household],
    day: dt.date,
    *,
    versions: Sequence[IndicatorVersion] | None = None,
    at: dt.datetime | None = None,
) -> list[Card]:
    """A card for each household, in two queries (three with the definitions): what holds now, or what held `at`."""
    households = list(households)
    if versions is None:
        versions = versions_on(day)
    residents: dict[uuid.UUID, list[Resident]] = defaultdict(list)
    for resident in Resident.objects.present().filter(household__in=households):
        residents[resident.household_id].append(resident)
    seen = Observation.objects.filter(indicator__in=[version.indicator_id for version in versions])
    # An answer belongs to the person, who may have moved from another household.
    people = [resident.pk for each in residents.values() for resident in each]
    seen = seen.filter(subject__in=[*people, *(household.pk for household in households)])
    seen = seen.at(at) if at else seen.current()
    by_subject = {(each.subject, each.indicator_id): each for each in seen}
    return [_card(household, residents[household.pk], versions, day, by_subject) for household in households]


def card_of(household: Household, day: dt.date) -> Card:
    return cards([household], day)[0]


def _card(household, residents, versions, day, by_subject) -> Card:
    subjects = {household.pk, *(resident.pk for resident in residents)}
    own = {
        (subject, version.indicator_id): by_subject[subject, version.indicator_id]
        for subject in subjects
        for version in versions
        if (subject, version.indicator_id) in by_subject
    }
    return Card(household, residents, versions, day, own)
