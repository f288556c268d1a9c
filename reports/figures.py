"""Reading figures: what pages and workbooks show. Nothing is counted here, and the number of queries is fixed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from areas.models import Area, AreaVersion
from residents import spells, timelines
from residents.models import Household, Indicator, IndicatorVersion, State

from . import measures as known_measures
from . import periods
from .measures import Measure
from .models import Figure, Period, StatedFigure
from .territory import Territory, TodaysMap

NUMBERS = ("eligible", "known", "reached", "unclear", "value")


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as it is shown; when a stated one is, what the record has stands in `counted`."""

    basis: str | None = None
    eligible: int | None = None
    known: int | None = None
    reached: int | None = None
    unclear: int | None = None
    value: int | None = None
    rate: Decimal | None = None
    villages_total: int = 0
    villages_with_data: int = 0
    qualifier: str = ""
    stated: StatedFigure | None = None
    counted: Shown | None = None

    @property
    def is_missing(self) -> bool:
        """Nobody knows: neither counted nor stated. Zero is not missing."""
        return self.value is None and self.reached is None and self.rate is None

    @property
    def gap(self) -> str:
        """ "9/10 thôn": how many villages have data, where not all do."""
        if self.basis == Figure.Basis.STATED or self.villages_with_data >= self.villages_total:
            return ""
        return f"{self.villages_with_data}/{self.villages_total} thôn"


MISSING = Shown()
Cells = dict[str, Shown]


@dataclass(frozen=True, slots=True)
class Row:
    """An area (as it was on the day of the map) with its figures, and those of the period before."""

    version: AreaVersion
    cells: Cells
    previous: Cells
    # By today's map: could the figures of that time be put together for the area of today?
    is_comparable: bool = True
    # The last day of a village that ended within the period: its activity is part of the total.
    ended_on: dt.date | None = None

    def of(self, columns: Sequence[Measure]) -> Row:
        cells, before = (
            {measure.code: cells[measure.code] for measure in columns if measure.code in cells}
            for cells in (self.cells, self.previous)
        )
        return replace(self, cells=cells, previous=before)


@dataclass(frozen=True, slots=True)
class Table:
    """The areas below one, their figures and their total, by the map of a day."""

    period: Period
    previous_period: Period | None
    area_version: AreaVersion | None
    columns: Sequence[Measure]
    rows: list[Row]
    total: Row
    day: dt.date
    # Names of the areas below without any of these figures.
    missing: list[str] = field(default_factory=list)

    @property
    def versions(self) -> list[AreaVersion]:
        """The area and those right below it on the day, for another table of them."""
        return [self.total.version, *(row.version for row in self.rows if not row.ended_on)]

    def of(self, columns: Sequence[Measure]) -> Table:
        """The table of some of its columns: several tables of one area and period are read as one."""
        rows = self.rows
        if not any(known_measures.is_flow(measure.code) for measure in columns):
            rows = [row for row in rows if not row.ended_on]
        rows = [row.of(columns) for row in rows]
        return replace(self, columns=columns, rows=rows, total=self.total.of(columns), missing=_without_any(rows))


def table(
    area: Area,
    period: Period,
    measures: Sequence[Measure],
    *,
    user=None,
    today_map: bool = False,
    today: dt.date | None = None,
    before: Period | None = None,
    with_ended: bool = True,
    versions: Sequence[AreaVersion] | None = None,
) -> Table:
    """The figures of `area` and of the areas right below it, by the map of the period's as-of day.

    `user`: only the areas below whose figures she may see. `today_map`: today's areas, their figures of that time put
    together from the villages that they were made of. `before`: the period before, where it is known already;
    `versions`: the area and those right below it on that day, where they are.
    """
    today = today or timezone.localdate()
    as_of = period.as_of(today)
    day = today if today_map else area.last_day(as_of)
    versions = versions_on(day, area, user) if versions is None else versions
    own = next((version for version in versions if version.area_id == area.pk), None)
    below = [version for version in versions if version.area_id != area.pk]
    before = before or previous_of(period)
    ended = {} if today_map or not with_ended else _ended_below(area, period, today, measures)
    pair = [period, *([before] if before else [])]
    if today_map:
        cells, comparable = _by_todays_map(area, [version.area_id for version in below], pair, measures, today)
    else:
        cells, comparable = _cells([area.pk, *(v.area_id for v in below), *ended], pair, measures), {}
    versions_of_ended = _last_versions(ended)
    rows = [_row(version, cells, pair, comparable.get(version.area_id, True)) for version in below]
    rows += [
        _row(versions_of_ended[pk], cells, pair, ended_on=on) for pk, on in ended.items() if pk in versions_of_ended
    ]
    total = _row(
        own or _last_versions([area.pk]).get(area.pk), cells, pair, comparable.get(area.pk, True), area_id=area.pk
    )
    return Table(period, before, total.version, measures, rows, total, day, _without_any(rows))


def _without_any(rows: list[Row]) -> list[str]:
    return [row.version.name for row in rows if all(shown.is_missing for shown in row.cells.values())]


def of_area(area: Area, period: Period, measures: Iterable[Measure]) -> Cells:
    """Measure → what is shown of one area."""
    return _cells([area.pk], [period], list(measures))[area.pk, period.pk]


def of_areas(
    areas: Collection[int], periods_: Sequence[Period], measures: Sequence[Measure]
) -> dict[tuple[int, int], Cells]:
    """(area id, period id) → measure → what is shown, for several areas and periods at once."""
    return _cells(areas, periods_, measures)


def series(area: Area, periods_: Sequence[Period], measures: Sequence[Measure]) -> dict[str, list[Shown]]:
    """Measure → what is shown in each of the periods, in their order."""
    cells = _cells([area.pk], periods_, measures)
    return {measure.code: [cells[area.pk, period.pk][measure.code] for period in periods_] for measure in measures}


@dataclass(frozen=True, slots=True)
class Growth:
    before: Shown
    after: Shown

    @property
    def change(self) -> int | Decimal | None:
        """In the measure's unit; of a rate as a fraction. None where an end is not known."""
        ends = [one.rate if one.rate is not None else one.value for one in (self.before, self.after)]
        return None if None in ends else ends[1] - ends[0]

    @property
    def share(self) -> Decimal | None:
        """The change over what was before, for numbers."""
        if self.change is None or not self.before.value:
            return None
        return Decimal(self.change) / Decimal(self.before.value)


def growth(area: Area, measure: Measure, before: Period | dt.date, after: Period | dt.date) -> Growth:
    """A measure at two moments: periods, or days (their figures are counted when the drainer next runs)."""
    ends = [periods.day_period(end) if isinstance(end, dt.date) else end for end in (before, after)]
    then, now = series(area, ends, [measure])[measure.code]
    return Growth(then, now)


def previous_of(period: Period) -> Period | None:
    """The period before, of the same kind; None where there is none yet for a "lũy kế"."""
    kind = Period.objects.filter(kind=period.kind)
    if period.kind == Period.Kind.TO_DATE:
        months = Period.objects.filter(kind=Period.Kind.MONTH, end_on__lt=period.end_on)
        return kind.filter(end_on__in=months.values("end_on")).order_by("-end_on").first()
    return kind.filter(end_on=period.start_on - dt.timedelta(days=1)).first() or periods.previous(period)


def households_not_reached(user, village: Area, indicator: Indicator, day: dt.date) -> list[Household]:
    """Households of `village` with somebody (or themselves) eligible on `day` and not reached, as they are walked.

    Each carries `not_reached` (answered no), `not_asked` and `unclear` (a requirement not known): how many subjects.
    """
    definition = IndicatorVersion.objects.on(day).filter(indicator=indicator).first()
    if definition is None:
        return []
    there = Household.objects.visible_to(user).filter(village=village).present().in_walking_order()
    households = {household.pk: household for household in there.select_related("street")}
    rule, on = spells.definition_of(definition), day.isoformat()
    found = []
    for home in spells.read_homes(list(households)):
        states = timelines.states_on(home, rule, on)
        household = households[spells.key_of(home.id)]
        household.not_reached = sum(state == State.NO for state in states)
        household.not_asked = sum(state == State.NOT_ASKED for state in states)
        household.unclear = sum(state == State.UNCLEAR for state in states)
        if household.not_reached or household.not_asked or household.unclear:
            found.append(household.pk)
    return [household for pk, household in households.items() if pk in set(found)]


# --- areas ------------------------------------------------------------------------------------------------------------


def versions_on(day: dt.date, area: Area, user=None) -> list[AreaVersion]:
    """The area and those right below it on `day`, in their order."""
    found = AreaVersion.objects.on(day).filter(Q(area=area) | Q(parent=area)).select_related("area")
    if user is not None:
        found = found.filter(Q(area=area) | Q(area__in=user.reach().visible_areas(day)))
    return list(found.order_by("area__level", "sort_key", "pk"))


def _last_versions(areas: Collection[int]) -> dict[int, AreaVersion]:
    if not areas:
        return {}
    rows = AreaVersion.objects.filter(area__in=areas).select_related("area").order_by("since")
    return {version.area_id: version for version in rows}


def _ended_below(area: Area, period: Period, today: dt.date, measures: Sequence[Measure]) -> dict[int, dt.date]:
    """Villages that ended within the period and left their activity to this area → their last day."""
    if not any(known_measures.is_flow(measure.code) for measure in measures):
        return {}
    territory = Territory(period, today)
    ended = [village for village, heir in territory.adopted.items() if heir == area.pk]
    return {village: territory.closed[village] for village in ended}


# --- figures ----------------------------------------------------------------------------------------------------------


def _cells(areas: Collection[int], pair: Sequence[Period], measures: Sequence[Measure]) -> dict[tuple, Cells]:
    """(area, period) → measure → what is shown: one query, and one for what was stated."""
    codes = {measure.code for measure in measures}
    codes |= {base for code in codes if (base := known_measures.base_of(code))}
    rows: dict[tuple, dict[str, _Stored]] = defaultdict(dict)
    found = Figure.objects.filter(area__in=areas, period__in=pair, measure__in=codes | {"villages"}).order_by()
    told = set()
    for area, period, code, *cells in found.values_list("area", "period", "measure", *_Stored._fields):
        rows[area, period][code] = stored = _Stored(*cells)
        if stored.stated:
            told.add(stored.stated)
    stated = StatedFigure.objects.in_bulk(told) if told else {}
    bases = {measure.code: known_measures.base_of(measure.code) or "" for measure in measures}
    return {
        (area, period.pk): {
            code: _shown(code, base, rows.get((area, period.pk), {}), stated) for code, base in bases.items()
        }
        for area in areas
        for period in pair
    }


class _Stored(NamedTuple):
    """What a page needs of a row of Figure."""

    eligible: int | None
    known: int | None
    reached: int | None
    unclear: int | None
    value: int | None
    basis: str
    stated: int | None
    villages_total: int
    villages_with_data: int


def _shown(code: str, base_code: str, figures: dict[str, _Stored], stated: dict[int, StatedFigure]) -> Shown:
    figure = figures.get(code)
    base = figures.get(base_code)
    if figure is None and (base is None or base.value is None):
        total = figures["villages"].value if "villages" in figures else 0
        if code in known_measures.NEVER_MISSING and "villages" in figures:
            return Shown(basis=Figure.Basis.COUNTED, value=0, villages_total=total, villages_with_data=total)
        return Shown(villages_total=total)
    about = base if base is not None and base.value is not None else figure
    numbers = figure[:5] if figure else (None, None, None, None, 0)
    basis = figure.basis if figure and figure.stated else about.basis
    if figure is None and basis == Figure.Basis.STATED:
        basis = Figure.Basis.PARTIAL
    rate = _rate(numbers[2], numbers[0])
    counted = Shown(basis, *numbers, rate, about.villages_total, about.villages_with_data)
    return _stated(stated[figure.stated], counted) if figure and figure.stated else counted


def _stated(stated: StatedFigure, counted: Shown) -> Shown:
    return Shown(
        basis=Figure.Basis.STATED,
        eligible=stated.eligible,
        reached=stated.reached,
        value=stated.value,
        rate=stated.share,
        villages_total=counted.villages_total,
        villages_with_data=counted.villages_with_data,
        qualifier=stated.qualifier,
        stated=stated,
        counted=None if counted.is_missing else counted,
    )


def _rate(reached: int | None, eligible: int | None) -> Decimal | None:
    """As a fraction, never capped; 0/0 has none."""
    return Decimal(reached) / Decimal(eligible) if reached is not None and eligible else None


def _row(version, cells, pair, is_comparable=True, *, ended_on=None, area_id=None) -> Row:
    area = area_id or version.area_id
    now = cells[area, pair[0].pk]
    before = cells[area, pair[1].pk] if len(pair) > 1 else {}
    return Row(version, now, before, is_comparable, ended_on)


def _by_todays_map(area: Area, below: list[int], pair: list[Period], measures: Sequence[Measure], today: dt.date):
    """Figures of those times for today's areas: the sums of the villages that they were made of; and whether these can
    be put together.

    An area that held the very same villages then has its own figures, stated ones too; so has `area`, if it existed.
    """
    first_day = min(period.as_of(today) for period in pair)
    made_since = area.since > pair[0].as_of(today)
    areas = [*([area.pk] if made_since else []), *below]
    todays = TodaysMap(areas, first_day)
    villages = todays.villages_on(today)
    made_of = {period.pk: todays.origins(set().union(*villages.values()), period.as_of(today)) for period in pair}
    parts = {pk for origins in made_of.values() for of in origins.values() for pk in of or ()}
    cells = _cells({area.pk, *areas, *parts}, pair, measures)
    found, comparable = {}, dict.fromkeys(areas, True)
    if not made_since:
        found = {(area.pk, period.pk): cells[area.pk, period.pk] for period in pair}
    for period in pair:
        day = period.as_of(today)
        then, doubtful = todays.villages_on(day), todays.in_doubt(day)
        for one in areas:
            of = [made_of[period.pk][village] for village in villages[one]]
            whole = all(part is not None for part in of)
            parts = set().union(*of) if whole else set()
            found[one, period.pk] = (
                cells[one, period.pk]
                if whole and parts == then[one]
                else {m.code: _sum([cells[pk, period.pk][m.code] for pk in sorted(parts)]) for m in measures}
            )
            comparable[one] = comparable[one] and whole and one not in doubtful
    return found, comparable


def _sum(parts: list[Shown]) -> Shown:
    """Counted figures put together; what was stated of one part is not mixed in."""
    counted = [part.counted or MISSING if part.basis == Figure.Basis.STATED else part for part in parts]
    data = [part for part in counted if not part.is_missing]
    if not data:
        return Shown(villages_total=len(parts))
    numbers = {}
    for name in NUMBERS:
        values = [value for part in data if (value := getattr(part, name)) is not None]
        numbers[name] = sum(values) if values else None
    complete = len(data) == len(parts) and all(part.basis == Figure.Basis.COUNTED for part in data)
    return Shown(
        basis=Figure.Basis.COUNTED if complete else Figure.Basis.PARTIAL,
        **numbers,
        rate=_rate(numbers["reached"], numbers["eligible"]),
        villages_total=len(parts),
        villages_with_data=len(data),
    )
