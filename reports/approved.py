"""What the offices below approved, in place of what the record says by now (design §7).

A report adds up its children's approved figures where they approved, and live ones where they did not yet; which are
which is said in the report. The total moves by just as much as its rows do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from areas.models import Area, AreaVersion

from .figures import MISSING, NUMBERS, Cells, Row, Shown, Table
from .models import Figure, FrozenReport, MonthlyReport, Period

COUNTS = (*NUMBERS, "villages_with_data")


@dataclass(frozen=True)
class Approved:
    """Approved figures that stand in a report: `now` of the children (area → table → cells), `before` of the whole
    report of the period before (table → area → cells), and what they come from, for the report to say."""

    now: dict[int, dict[str, Cells]] = field(default_factory=dict)
    before: dict[int, Cells] = field(default_factory=dict)
    sources: list[dict] = field(default_factory=list)

    def stand_in(self, table: Table, name: str) -> Table:
        """The same table with approved cells where there are any."""
        rows = [self._row(row, name) for row in table.rows]
        before = self.before if name == "coverage" else {}
        if self.now.keys().isdisjoint(row.version.area_id for row in rows) and not before:
            return table
        total = table.total
        for code in total.cells if any(row is not own for row, own in zip(rows, table.rows, strict=True)) else ():
            pairs = [
                (own.cells.get(code, MISSING), row.cells.get(code, MISSING))
                for own, row in zip(table.rows, rows, strict=True)
                if row is not own
            ]
            total = replace(total, cells={**total.cells, code: _moved(total.cells[code], pairs)})
        rows = [_with_before(row, before.get(row.version.area_id)) for row in rows]
        total = _with_before(total, before.get(total.version.area_id))
        missing = [row.version.name for row in rows if all(shown.is_missing for shown in row.cells.values())]
        return replace(table, rows=rows, total=total, missing=missing)

    def _row(self, row: Row, name: str) -> Row:
        cells = self.now.get(row.version.area_id, {}).get(name)
        if cells is None or row.ended_on:
            return row
        return replace(row, cells={code: cells.get(code, MISSING) for code in row.cells})


NOTHING = Approved()


def of_children(area: Area, period: Period, day: dt.date, before: Period | None) -> Approved:
    """What the offices right below `area` approved for `period`, and what `area` itself approved for the one before.

    Two queries where nothing was approved.
    """
    from .signing.content import read_cells  # shows tables of this module

    children = AreaVersion.objects.on(day).filter(parent=area).values("area")
    found = (
        FrozenReport.objects.filter(report__area__in=children, report__period=period, report__is_current=True)
        .filter(report__state__in=MonthlyReport.LOCKED)
        .select_related("report__area")
        .only("totals", "sha256", "report__version", "report__approved_at", "report__area__name")
        .order_by("report__area__sort_key")
    )
    now, sources = {}, []
    for frozen in found:
        report = frozen.report
        now[report.area_id] = {name: read_cells(cells) for name, cells in frozen.totals.items()}
        sources.append(
            {
                "area": report.area_id,
                "name": report.area.name,
                "version": report.version,
                "approved_at": report.approved_at.isoformat(),
                "sha256": frozen.sha256,
            }
        )
    return Approved(now, _own_before(area, before) if before else {}, sources)


def _own_before(area: Area, period: Period) -> dict[int, Cells]:
    """Area → the coverage that this office approved for the period before; empty where it did not."""
    from .signing.freezing import read

    frozen = FrozenReport.objects.filter(
        report__area=area, report__period=period, report__is_current=True, report__state__in=MonthlyReport.LOCKED
    ).first()
    if frozen is None:
        return {}
    table = read(frozen).coverage
    return {row.version.area_id: row.cells for row in [*table.rows, table.total]}


def _moved(total: Shown, pairs: Iterable[tuple[Shown, Shown]]) -> Shown:
    """The total after its rows went from the first to the second of each pair."""
    if total.stated:
        return replace(total, counted=_moved(total.counted or MISSING, pairs))
    steps = [(_added(own), _added(approved)) for own, approved in pairs]
    if all(own == approved for own, approved in steps):
        return total
    numbers = {name: getattr(total, name) for name in COUNTS}
    for own, approved in steps:
        for name in COUNTS:
            then, now = getattr(own, name), getattr(approved, name)
            if then is not None or now is not None:
                numbers[name] = (numbers[name] or 0) + (now or 0) - (then or 0)
    eligible, reached = numbers["eligible"], numbers["reached"]
    rate = Decimal(reached) / Decimal(eligible) if eligible and reached is not None else None
    whole = numbers["villages_with_data"] >= total.villages_total
    basis = total.basis if total.basis and whole else Figure.Basis.PARTIAL
    return replace(total, **numbers, rate=rate, basis=basis)


def _added(shown: Shown) -> Shown:
    """What a cell adds to a total: what was counted; a stated figure is never mixed in."""
    return (shown.counted or MISSING) if shown.stated else shown


def _with_before(row: Row, before: Cells | None) -> Row:
    if before is None:
        return row
    return replace(row, previous={code: before.get(code, MISSING) for code in row.cells})
