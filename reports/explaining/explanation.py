"""Why a coverage figure changed between two periods: parts that add up exactly to the difference."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from areas.models import Area, AreaLink, AreaVersion, Level
from reports import figures, periods
from reports.measures import Measure
from reports.models import Figure, Period

from .causes import Cause, sentence
from .changes import AFTER, BEFORE, NOTHING, SIDES, Comparison, Numbers, Subject, total
from .classifying import classify

NUMBERS = ("reached", "known", "eligible")
# Above these, parts are the areas below: one goes down to a district or ward for the causes.
BY_CHILDREN = (Level.COUNTRY, Level.PROVINCE)


@dataclass(frozen=True, slots=True)
class Changed:
    """One behind a part. Names are for who may see them (`Household.objects.visible_to`)."""

    subject_id: uuid.UUID
    household_id: uuid.UUID
    change: Numbers


@dataclass(frozen=True)
class Part:
    """What one cause changed."""

    cause: Cause
    change: Numbers
    subjects: tuple[Changed, ...] = ()
    # Of those who can no longer be named.
    number_of_subjects: int = 0

    def count(self, number: str) -> tuple[int, int]:
        """How many subjects more and how many fewer make up the change of a number."""
        if not self.subjects:
            change = getattr(self.change, number)
            return max(change, 0), max(-change, 0)
        changes = [getattr(subject.change, number) for subject in self.subjects]
        return sum(change > 0 for change in changes), sum(change < 0 for change in changes)

    def sentence(self, number: str, unit: str) -> str:
        """ "12 người mới được ghi nhận là đã có"."""
        return sentence(self.cause, number, *self.count(number), unit)

    @property
    def households(self) -> list[uuid.UUID]:
        return list(dict.fromkeys(subject.household_id for subject in self.subjects))


@dataclass(frozen=True)
class End:
    """One of the two moments: what is shown (None: nothing), and the numbers that the parts lead from or to."""

    period: Period
    day: dt.date
    shown: figures.Shown | None
    numbers: Numbers
    is_counted: bool = True

    @property
    def is_missing(self) -> bool:
        return self.shown is None or self.shown.is_missing

    @property
    def is_stated(self) -> bool:
        return self.shown is not None and self.shown.basis == Figure.Basis.STATED


@dataclass(frozen=True)
class Child:
    """An area right below: its numbers on both days, None where it did not belong to the area or has none."""

    area_id: int
    name: str
    before: Numbers | None
    after: Numbers | None
    belonged: tuple[bool, bool] = (True, True)
    level: int = Level.VILLAGE

    @property
    def is_missing(self) -> bool:
        return self.before is None and self.after is None

    @property
    def change(self) -> Numbers:
        return (self.after or NOTHING) - (self.before or NOTHING)

    @property
    def note(self) -> str:
        return note_of(self.belonged)


@dataclass(frozen=True)
class Explanation:
    """`before.numbers` + the parts = `after.numbers`; where parts are by area (a province), the children do."""

    area: Area
    measure: Measure
    before: End
    after: End
    parts: tuple[Part, ...] = ()
    children: tuple[Child, ...] = ()
    is_by_children: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def change(self) -> Numbers:
        return self.after.numbers - self.before.numbers

    @property
    def rest(self) -> Numbers:
        """What no part explains; a line of its own, and zero unless figures wait to be counted again."""
        return next((part.change for part in self.parts if part.cause == Cause.REST), NOTHING)

    def part(self, cause: str) -> Part | None:
        return next((part for part in self.parts if part.cause == cause), None)


def explain(
    area: Area, measure: Measure, before: Period | dt.date, after: Period | dt.date, *, today: dt.date
) -> Explanation:
    """Why `eligible`, `known` and `reached` of a coverage measure of `area` are other than at an earlier moment.

    Each moment is a period (its as-of day) or a day, `before` not later than `after`. The numbers are those that pages
    show (`figures`): a stated figure where one is shown, and then the part "basis" leads from it to the count. Every
    person or household whose numbers changed falls under exactly one cause, by its state in the area on both days by
    the map of each day; the causes and their order are in docs/counting.md. What remains (figures that wait to be
    counted again) stands as the part "rest". Of a province or the country there are no parts but `children`, from
    stored figures.

    Cost: about ten queries; time grows with what changed and, little, with the size of the villages (a ward: 0.1 s, a
    district 1–2 s). Raises ValueError for another kind of measure, and where `before` is later.
    """
    if not measure.is_coverage:
        raise ValueError(f"“{measure.name}” không phải là chỉ số độ phủ.")
    moments = [periods.day_period(moment) if isinstance(moment, dt.date) else moment for moment in (before, after)]
    days = tuple(area.last_day(period.as_of(today)) for period in moments)
    if days[BEFORE] > days[AFTER]:
        raise ValueError("Mốc trước phải sớm hơn mốc sau.")
    cells = figures.of_areas([area.pk], moments, [measure])
    shown = [cells[area.pk, period.pk][measure.code] for period in moments]
    if area.level in BY_CHILDREN:
        return _by_children(area, measure, moments, days, shown, today)
    versions = versions_of(area, days) if area.level != Level.VILLAGE else {}
    villages = [_villages(area, day, versions, side) for side, day in enumerate(days)]
    comparison = Comparison(measure.code.partition(":")[2], days, villages)
    ends = _ends(moments, days, shown, [comparison.sum(side) for side in SIDES], today)
    found = [] if all(end.is_stated for end in ends) else classify(comparison).items()
    parts = [part_of(cause, subjects) for cause, subjects in found]
    children = _children_of(comparison, versions, villages)
    explained = total(part.change for part in parts)
    return Explanation(area, measure, *ends, _complete(parts, ends, explained), children, notes=_notes(ends))


# --- ends -------------------------------------------------------------------------------------------------------------


def _ends(moments: list[Period], days, shown: list[figures.Shown], live: list[Numbers], today: dt.date) -> list[End]:
    told = all(one.basis == Figure.Basis.STATED for one in shown)
    return [_end(moments[side], days[side], shown[side], live[side], is_told_both=told, today=today) for side in SIDES]


def _end(period: Period, day: dt.date, shown: figures.Shown, live: Numbers, *, is_told_both: bool, today) -> End:
    """What has no figure (a day just asked for, a period after the area had ended) is taken from the register."""
    is_counted = period.counted_on is not None and period.counted_on >= period.as_of(today)
    if shown.basis == Figure.Basis.STATED:
        # What a stated figure does not say (who was asked, or all but the rate) is as counted, if anything is.
        beside = NOTHING if is_told_both else counted(shown)
        numbers = Numbers(
            beside.eligible if shown.eligible is None else shown.eligible,
            beside.known,
            beside.reached if shown.reached is None else shown.reached,
        )
        return End(period, day, shown, numbers, is_counted)
    if shown.is_missing:
        return End(period, day, None, live, is_counted)
    return End(period, day, shown, counted(shown), is_counted)


def counted(shown: figures.Shown) -> Numbers:
    """What the register has, whatever is shown."""
    beside = shown.counted if shown.basis == Figure.Basis.STATED else shown
    if beside is None:
        return NOTHING
    return Numbers(beside.eligible or 0, beside.known or 0, beside.reached or 0)


# --- parts ------------------------------------------------------------------------------------------------------------


def part_of(cause: Cause, subjects: Iterable[Subject]) -> Part:
    changed = tuple(Changed(subject.id, subject.household, subject.change) for subject in subjects)
    return Part(cause, total(one.change for one in changed), changed)


def _complete(parts: list[Part], ends: list[End], explained: Numbers) -> tuple[Part, ...]:
    """With what leads to and from stated figures, and what remains."""
    change = ends[AFTER].numbers - ends[BEFORE].numbers
    if all(end.is_stated for end in ends):
        return (Part(Cause.BASIS, change),) if change else ()
    basis = NOTHING
    if ends[BEFORE].is_stated:
        basis += counted(ends[BEFORE].shown) - ends[BEFORE].numbers
    if ends[AFTER].is_stated:
        basis += ends[AFTER].numbers - counted(ends[AFTER].shown)
    rest = change - basis - explained
    more = [Part(cause, by) for cause, by in ((Cause.BASIS, basis), (Cause.REST, rest)) if by]
    return (*parts, *more)


def _notes(ends: list[End]) -> list[str]:
    if all(end.is_stated for end in ends):
        return ["Cả hai kỳ đều dùng số công bố; số đếm từ sổ không làm thay đổi số này."]
    return [
        f"{end.period.label} chỉ công bố tỷ lệ, không nêu số người; phần dưới giải thích số đếm từ sổ."
        for end in ends
        if end.is_stated and end.shown.reached is None
    ]


# --- areas below ------------------------------------------------------------------------------------------------------


Versions = dict[int, tuple[AreaVersion, tuple[bool, bool]]]


def _villages(area: Area, day: dt.date, versions: Versions, side: int) -> dict[int, int]:
    """Village → the area right below `area` that it lies in on `day` (a village: itself)."""
    if area.level == Level.VILLAGE:
        return {area.pk: area.pk} if area.since <= day and (area.until is None or area.until > day) else {}
    below = [pk for pk, (_, belonged) in versions.items() if belonged[side]]
    if all(version.area.level == Level.VILLAGE for version, _ in versions.values()):
        return dict(zip(below, below, strict=True))
    links = AreaLink.objects.on(day).filter(ancestor__in=below, descendant__level=Level.VILLAGE).order_by()
    return dict(links.values_list("descendant", "ancestor"))


def _children_of(comparison: Comparison, versions: Versions, villages: list[dict[int, int]]) -> tuple[Child, ...]:
    made = []
    for pk, (version, belonged) in versions.items():
        ends = []
        for side in SIDES:
            own = [village for village, child in villages[side].items() if child == pk]
            has_data = any(comparison.has_data(side, village) for village in own)
            ends.append(comparison.sum(side, own) if has_data else None)
        made.append(Child(pk, version.name, *ends, belonged, version.area.level))
    return tuple(made)


def _by_children(area: Area, measure: Measure, moments, days, shown, today: dt.date) -> Explanation:
    versions = versions_of(area, days)
    cells = figures.of_areas(list(versions), moments, [measure])
    children = []
    for pk, (version, belonged) in versions.items():
        of = [cells[pk, period.pk][measure.code] for period in moments]
        numbers = [counted(of[side]) if belonged[side] and not of[side].is_missing else None for side in SIDES]
        children.append(Child(pk, version.name, *numbers, belonged, version.area.level))
    ends = _ends(moments, days, shown, [NOTHING, NOTHING], today)
    explained = total(child.change for child in children)
    parts = _complete([], ends, explained)
    return Explanation(area, measure, *ends, parts, tuple(children), is_by_children=True, notes=_notes(ends))


def versions_of(area: Area, days: tuple[dt.date, dt.date]) -> Versions:
    """The areas right below on either day, in their order, each under its later name → which days it lay there."""
    found: Versions = {}
    rows = AreaVersion.objects.overlapping(days[BEFORE], days[AFTER] + dt.timedelta(days=1)).filter(parent=area)
    for version in rows.select_related("area").order_by("sort_key", "since", "pk"):
        there = tuple(version.since <= day and (version.until is None or version.until > day) for day in days)
        if not any(there):
            continue
        before = found.get(version.area_id, (None, (False, False)))[1]
        found[version.area_id] = (version, (there[0] or before[0], there[1] or before[1]))
    return found


def note_of(belonged: tuple[bool, bool]) -> str:
    """About an area that lay below on one of two days alone."""
    if not belonged[BEFORE]:
        return "mới thuộc địa bàn"
    return "" if belonged[AFTER] else "không còn thuộc địa bàn"
