"""Answers typed from paper: a sheet of a village and a day, and what the typed signs become."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from uuid6 import uuid7

from areas.models import Area

from .card import Card, Cell
from .models import Household, IndicatorVersion, Observation, Resident
from .models.indicators import Subject
from .record import NewObservation, append, retract

PREFIX = "c"
CELLS_ON_A_PAGE = 700  # well below the 1,000 fields of a form that Django takes
PAPER_HOUR = dt.time(18, 0)  # a sheet of an earlier day says no hour
SIGNS = {"yes": "x", "no": "0", "na": "-", "": ""}
READ = {"x": "yes", "1": "yes", "0": "no", "k": "no", "-": "na", "": ""}
SAY = "Chỉ gõ x (có), 0 (chưa), - (không thuộc diện) hoặc để trống (chưa hỏi)."


def instant_of(day: dt.date, now: dt.datetime) -> dt.datetime:
    """When what stands on the paper of `day` was seen."""
    if day >= timezone.localdate(now):
        return now
    return timezone.make_aware(dt.datetime.combine(day, PAPER_HOUR))


def households_on(village: Area, day: dt.date):
    return Household.objects.present().filter(village=village, since__lte=day).in_walking_order()


def pages(households, versions: Sequence[IndicatorVersion]) -> list[list[Household]]:
    """The households in walking order, parted so that no page has more cells than a form takes."""
    of_people = sum(version.subject == Subject.RESIDENT for version in versions)
    of_household = len(versions) - of_people
    people = Count("residents", filter=Q(residents__until=None, residents__merged_into=None))
    parted: list[list[Household]] = []
    room = 0
    for household in households.annotate(people=people):
        cells = household.people * of_people + of_household
        if not parted or cells > room:
            parted.append([])
            room = CELLS_ON_A_PAGE
        parted[-1].append(household)
        room -= cells
    return parted


@dataclass(frozen=True)
class Box:
    """One place to type in; its name holds what stood there when the page was made."""

    cell: Cell
    typed: str | None = None
    error: str = ""

    @property
    def sign(self) -> str:
        return SIGNS[self.cell.answer]

    @property
    def shown(self) -> str:
        return self.sign if self.typed is None else self.typed

    @property
    def name(self) -> str:
        return name_of(self.cell.indicator.code, self.cell.subject, self.cell.answer)

    @property
    def is_closed(self) -> bool:
        return bool(self.cell.applies.why_not) and not self.cell.answer


@dataclass(frozen=True)
class Line:
    """A household, or one of its people, with a box (or None) for each column."""

    household: Household
    resident: Resident | None
    boxes: list[Box | None]


def lines(card: Card, typed: Mapping[str, str], errors: Mapping[str, str]) -> list[Line]:
    def box(cell: Cell | None) -> Box | None:
        if cell is None:
            return None
        name = Box(cell).name
        return Box(cell, typed.get(name), errors.get(name, ""))

    subjects: list[Resident | None] = [None, *card.residents]
    made = []
    for resident in subjects:
        subject = resident.pk if resident else card.household.pk
        boxes = [box(next((cell for cell in row.cells if cell.subject == subject), None)) for row in card.rows]
        made.append(Line(card.household, resident, boxes))
    return made


def name_of(code: str, subject: uuid.UUID, answer: str) -> str:
    return f"{PREFIX}.{code}.{subject}.{answer}"


@dataclass
class Saved:
    """`saved`: old name → new name; `failed`: name → what is wrong; `changed`: how many answers entered the record."""

    saved: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    changed: int = 0


@dataclass(frozen=True)
class _Change:
    name: str
    indicator_id: int
    code: str
    subject: uuid.UUID
    answer: str


@transaction.atomic
def save(
    *,
    by,
    village: Area,
    typed: Iterable[tuple[str, str]],
    day: dt.date,
    now: dt.datetime,
    versions: Sequence[IndicatorVersion],
    all_or_nothing: bool,
) -> Saved:
    """Only cells that differ from what stood on the page become observations, effective at the sheet's day.

    An emptied cell takes the answer back that held then. With `all_or_nothing` one wrong sign writes nothing.
    """
    result = Saved()
    changes = _read(typed, {version.indicator.code: version.indicator_id for version in versions}, result)
    homes = _homes(village, {change.subject for change in changes})
    for change in changes:
        if change.subject not in homes:
            result.failed[change.name] = f"Không có trong {village}."
    if result.failed and all_or_nothing:
        return Saved(failed=result.failed)
    changes = [change for change in changes if change.subject in homes]
    at = instant_of(day, now)
    _write(changes, homes, at=at, by=by, now=now, result=result)
    return result


def _read(typed, indicators: dict[str, int], result: Saved) -> list[_Change]:
    changes = []
    for name, value in typed:
        parts = name.split(".")
        if len(parts) != 4 or parts[0] != PREFIX:
            continue
        _, code, subject, before = parts
        answer = READ.get(value.strip().lower())
        if answer is None:
            result.failed[name] = SAY
        elif code not in indicators:
            result.failed[name] = "Tiêu chí này không áp dụng vào ngày của phiếu."
        elif answer != before:
            try:
                changes.append(_Change(name, indicators[code], code, uuid.UUID(subject), answer))
            except ValueError:
                result.failed[name] = "Ô này không còn trong phiếu; đề nghị tải lại trang."
    return changes


def _homes(village: Area, subjects: set[uuid.UUID]) -> dict[uuid.UUID, tuple[uuid.UUID, uuid.UUID | None]]:
    """Subject → (household, resident or None), of those in the village."""
    homes: dict = {
        pk: (pk, None) for pk in Household.objects.filter(pk__in=subjects, village=village).values_list("pk", flat=True)
    }
    people = Resident.objects.filter(pk__in=subjects, household__village=village).order_by()
    homes.update({pk: (household, pk) for pk, household in people.values_list("pk", "household")})
    return homes


def _write(changes: list[_Change], homes, *, at, by, now, result: Saved) -> None:
    holding = {
        (row.subject, row.indicator_id): row
        for row in Observation.objects.at(at).filter(
            subject__in={change.subject for change in changes},
            indicator__in={change.indicator_id for change in changes},
        )
    }
    items, taken_back = [], []
    for change in changes:
        held = holding.get((change.subject, change.indicator_id))
        if not change.answer and held:
            taken_back.append(held.pk)
        elif change.answer and (held is None or held.answer != change.answer):
            household, resident = homes[change.subject]
            items.append(
                NewObservation(
                    id=uuid7(),
                    household_id=household,
                    resident_id=resident,
                    indicator_id=change.indicator_id,
                    answer=change.answer,
                    effective_at=at,
                    source=Observation.Source.GRID,
                )
            )
        result.saved[change.name] = name_of(change.code, change.subject, change.answer)
    if items:
        append(items, by=by, received_at=now)
    if taken_back:
        retract(taken_back, by=by, at=now, source=Observation.Source.GRID)
    result.changed = len(items) + len(taken_back)
