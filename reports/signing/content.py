"""The tables of a report as plain data and back: what is frozen, and what is shown of it later.

Names, kinds, map, definitions and figures are written out, so that nothing that changes afterwards changes them.
Numbers stay numbers; a rate is worked out from them again, a stated one is kept as text of a decimal.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from decimal import Decimal

from areas.models import Area, AreaVersion
from reports.figures import Cells, Row, Shown, Table
from reports.letterhead import Head
from reports.measures import Family, Measure, Over
from reports.models import Period, Remark, StatedFigure
from reports.monthly import MonthlyTables
from reports.targets.in_force import TargetInForce

FORMAT = 1
TABLES = ("coverage", "people", "activity", "activity_to_date")
SHORT = {
    "basis": "b",
    "eligible": "e",
    "known": "k",
    "reached": "r",
    "unclear": "u",
    "value": "v",
    "villages_total": "t",
    "villages_with_data": "d",
    "qualifier": "q",
}


def canonical(content: dict) -> bytes:
    """The one way these data are written: sorted keys, no spaces, UTF-8. Sums are taken over these bytes."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


# --- writing ----------------------------------------------------------------------------------------------------------


def to_data(tables: MonthlyTables) -> dict:
    """Everything that the report says."""
    return {
        "format": FORMAT,
        "area": _version(tables.area),
        "period": _period(tables.period),
        "to_date": _period(tables.to_date),
        "today": tables.today.isoformat(),
        "head": {name: _plain(value) for name, value in asdict(tables.head).items()},
        "tables": {name: _table(getattr(tables, name)) for name in TABLES},
        "remarks": [
            {"kind": remark.kind, "area": {"id": remark.area_id, "name": remark.area.name}, "text": remark.text}
            for remark in tables.remarks
        ],
        "signed": tables.signed,
        "targets": {code: target.as_data() for code, target in sorted(tables.targets.items())},
    }


def totals_of(data: dict) -> dict:
    """Table → the cells of the area itself: what the office above adds up."""
    return {name: table["total"]["cells"] for name, table in data["tables"].items()}


def _table(table: Table) -> dict:
    return {
        "day": table.day.isoformat(),
        "period": _period(table.period),
        "previous_period": _period(table.previous_period) if table.previous_period else None,
        "columns": [asdict(measure) for measure in table.columns],
        "rows": [_row(row) for row in table.rows],
        "total": _row(table.total),
        "missing": list(table.missing),
    }


def _row(row: Row) -> dict:
    return {
        "version": _version(row.version),
        "cells": _cells(row.cells),
        "previous": _cells(row.previous),
        "is_comparable": row.is_comparable,
        "ended_on": _plain(row.ended_on),
    }


def _cells(cells: Cells) -> dict:
    return {code: _shown(shown) for code, shown in cells.items() if not shown.is_missing or shown.villages_total}


def _shown(shown: Shown) -> dict:
    found = {short: value for name, short in SHORT.items() if (value := getattr(shown, name)) not in (None, "")}
    if shown.stated:
        told = shown.stated
        found["s"] = {
            "id": told.pk,
            "on": told.on.isoformat(),
            "source": told.source,
            "basis": told.basis,
            "rate": _plain(shown.rate),
        }
        if shown.counted:
            found["c"] = _shown(shown.counted)
    return found


def _version(version: AreaVersion) -> dict:
    return {
        "id": version.area_id,
        "level": int(version.area.level),
        "name": version.name,
        "kind": version.kind,
        "code": version.code,
        "parent": version.parent_id,
        "until": _plain(version.area.until),
    }


def _period(period: Period) -> dict:
    return {
        "id": period.pk,
        "kind": period.kind,
        "label": period.label,
        "start_on": period.start_on.isoformat(),
        "end_on": period.end_on.isoformat(),
    }


def _plain(value):
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


# --- reading ----------------------------------------------------------------------------------------------------------


def from_data(data: dict) -> MonthlyTables:
    """The tables as they were: of the same type as live ones, so that a page shows both alike."""
    tables = {name: _read_table(table) for name, table in data["tables"].items()}
    head = Head(**dict(data["head"], day=_day(data["head"]["day"])))
    read = MonthlyTables(
        area=_read_version(data["area"]),
        period=_read_period(data["period"]),
        to_date=_read_period(data["to_date"]),
        today=_day(data["today"]),
        coverage=tables.pop("coverage"),
    )
    # Otherwise read from the database when first asked for.
    remarks = [_read_remark(remark, read.period) for remark in data["remarks"]]
    targets = {code: TargetInForce.from_data(target) for code, target in data.get("targets", {}).items()}
    vars(read).update(tables, head=head, remarks=remarks, signed=data["signed"], targets=targets)
    return read


def read_cells(cells: dict) -> Cells:
    return {code: _read_shown(found) for code, found in cells.items()}


def _read_table(table: dict) -> Table:
    columns = [
        Measure(
            **{
                **column,
                "family": Family(column["family"]),
                "over_time": Over(column["over_time"]),
                "over_areas": Over(column["over_areas"]),
            }
        )
        for column in table["columns"]
    ]
    codes = [column.code for column in columns]
    total = _read_row(table["total"], codes)
    previous = table["previous_period"]
    return Table(
        period=_read_period(table["period"]),
        previous_period=_read_period(previous) if previous else None,
        area_version=total.version,
        columns=columns,
        rows=[_read_row(row, codes) for row in table["rows"]],
        total=total,
        day=_day(table["day"]),
        missing=table["missing"],
    )


def _read_row(row: dict, codes: list[str]) -> Row:
    nothing = Shown()
    cells, previous = read_cells(row["cells"]), read_cells(row["previous"])
    return Row(
        version=_read_version(row["version"]),
        cells={code: cells.get(code, nothing) for code in codes},
        previous={code: previous.get(code, nothing) for code in codes} if previous else {},
        is_comparable=row["is_comparable"],
        ended_on=_day(row["ended_on"]),
    )


def _read_shown(found: dict) -> Shown:
    values = {name: found[short] for name, short in SHORT.items() if short in found}
    told = found.get("s")
    if told is None:
        eligible, reached = values.get("eligible"), values.get("reached")
        rate = Decimal(reached) / Decimal(eligible) if eligible and reached is not None else None
        return Shown(**values, rate=rate)
    stated = StatedFigure(pk=told["id"], on=_day(told["on"]), source=told["source"], basis=told["basis"])
    return Shown(
        **values,
        rate=Decimal(told["rate"]) if told["rate"] is not None else None,
        stated=stated,
        counted=_read_shown(found["c"]) if "c" in found else None,
    )


def _read_version(found: dict) -> AreaVersion:
    area = Area(
        pk=found["id"], level=found["level"], name=found["name"], kind=found["kind"], code=found["code"],
        until=_day(found["until"]),
    )  # fmt: skip
    return AreaVersion(area=area, name=found["name"], kind=found["kind"], code=found["code"], parent_id=found["parent"])


def _read_period(found: dict) -> Period:
    names = {field.name for field in Period._meta.concrete_fields}
    values = {name: value for name, value in found.items() if name in names}
    return Period(**{**values, "start_on": _day(found["start_on"]), "end_on": _day(found["end_on"])})


def _read_remark(found: dict, period: Period) -> Remark:
    area = Area(pk=found["area"]["id"], name=found["area"]["name"])
    return Remark(kind=found["kind"], area=area, period=period, text=found["text"])


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
