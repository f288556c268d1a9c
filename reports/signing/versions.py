"""What was approved, and what a later version or the register of today says otherwise, and why (design §7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from reports.explaining.contributions import contributions
from reports.explaining.frozen import explain_between
from reports.explaining.rows import PartRow
from reports.figures import MISSING, Shown
from reports.measures import Measure
from reports.models import FrozenReport, MonthlyReport
from reports.monthly import MonthlyTables
from sheets.numbers import NO_RATE, number_text

from . import freezing, late
from .content import read_cells

TABLES = ("coverage", "people", "activity")


@dataclass(frozen=True)
class Difference:
    """One number of the area itself, as it was approved and as it is later."""

    measure: Measure
    before: Shown
    after: Shown
    parts: tuple[PartRow, ...] = ()

    @property
    def is_same(self) -> bool:
        return _numbers(self.before) == _numbers(self.after)

    @property
    def texts(self) -> tuple[str, str]:
        return _text(self.before), _text(self.after)


def differences(before: FrozenReport, after: FrozenReport) -> list[Difference]:
    """Every number that differs between two versions of one report, in the order of the tables.

    A ward's coverage comes with the parts that the difference is made of, which add up exactly.
    """
    tables = freezing.read(before), freezing.read(after)
    found = []
    for name in TABLES:
        then, now = (getattr(one, name) for one in tables)
        for measure in now.columns:
            pair = then.total.cells.get(measure.code, MISSING), now.total.cells.get(measure.code, MISSING)
            if _numbers(pair[0]) != _numbers(pair[1]):
                found.append(Difference(measure, *pair, _parts_between(before, after, measure, tables)))
    return found


def since_approved(report: MonthlyReport, measure: Measure, now: Shown) -> Difference:
    """A coverage figure of an approved report, beside what the register says `now` of the same period.

    A ward's comes with the parts that lead from the one to the other, where they differ.
    """
    frozen = report.frozen
    signed = read_cells(frozen.totals["coverage"]).get(measure.code, MISSING)
    difference = Difference(measure, signed, now)
    if difference.is_same or not frozen.contributions:
        return difference
    day, code = freezing.read(frozen).coverage.day, _indicator(measure)
    held = contributions(_villages(report), day, only=code)
    letters = (
        freezing.contributions_of(frozen).get(code, {}),
        {freezing.pseudonym(one.subject_id): one.state for one in held},
    )
    return replace(difference, parts=_parts(frozen, letters, measure, (day, day)))


def _parts_between(before: FrozenReport, after: FrozenReport, measure: Measure, tables: tuple[MonthlyTables, ...]):
    """The causes of one indicator's difference; nothing above the ward, where no contributions are kept."""
    if not measure.is_coverage or not after.contributions:
        return ()
    letters = tuple(freezing.contributions_of(one).get(_indicator(measure), {}) for one in (before, after))
    return _parts(before, letters, measure, tuple(one.coverage.day for one in tables))


def _parts(
    frozen: FrozenReport,
    letters: tuple[Mapping[str, str], Mapping[str, str]],
    measure: Measure,
    days: tuple[dt.date, dt.date],
) -> tuple[PartRow, ...]:
    """From what was frozen to what is held later."""
    villages = _villages(frozen.report)
    parts = explain_between(
        *letters,
        indicator=_indicator(measure),
        days=days,
        villages=(villages, villages),
        pseudonym=freezing.pseudonym,
        made_at=frozen.made_at,
    )
    return tuple(PartRow(part, measure.unit) for part in parts)


def _villages(report: MonthlyReport) -> list[int]:
    return list(late.villages_in(report.area, report.period).values_list("pk", flat=True))


def _indicator(measure: Measure) -> str:
    return measure.code.partition(":")[2]


def _numbers(shown: Shown) -> tuple:
    return (shown.eligible, shown.known, shown.reached, shown.value, shown.rate)


def _text(shown: Shown) -> str:
    if shown.is_missing:
        return "chưa có số liệu"
    if shown.value is not None:
        return number_text(shown.value)
    if shown.reached is None or shown.eligible is None:
        return NO_RATE
    return f"{number_text(shown.reached)}/{number_text(shown.eligible)}"
