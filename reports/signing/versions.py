"""What a new version of a report says otherwise than the one before, and why (design §7)."""

from __future__ import annotations

from dataclasses import dataclass

from reports.explaining.explanation import Part
from reports.explaining.frozen import explain_between
from reports.explaining.rows import PartRow
from reports.figures import MISSING, Shown
from reports.measures import Measure
from reports.models import FrozenReport
from reports.monthly import MonthlyTables
from sheets.numbers import NO_RATE, number_text

from . import freezing, late

TABLES = ("coverage", "people", "activity")


@dataclass(frozen=True)
class Difference:
    """One number of the area itself that is not the same in both versions."""

    measure: Measure
    before: Shown
    after: Shown
    parts: tuple[PartRow, ...] = ()

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
                found.append(Difference(measure, *pair, _parts(before, after, measure, tables)))
    return found


def _parts(before: FrozenReport, after: FrozenReport, measure: Measure, tables: tuple[MonthlyTables, ...]):
    """The causes of one indicator's difference; nothing above the ward, where no contributions are kept."""
    if not measure.is_coverage or not after.contributions:
        return ()
    code = measure.code.partition(":")[2]
    letters = [freezing.contributions_of(one).get(code, {}) for one in (before, after)]
    area, period = after.report.area, after.report.period
    villages = list(late.villages_in(area, period).values_list("pk", flat=True))
    days = tuple(one.coverage.day for one in tables)
    parts: tuple[Part, ...] = explain_between(
        *letters,
        indicator=code,
        days=days,
        villages=(villages, villages),
        pseudonym=freezing.pseudonym,
        made_at=before.made_at,
    )
    return tuple(PartRow(part, measure.unit) for part in parts)


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
