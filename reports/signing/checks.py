"""What looks odd in a report before it is presented: the maker mends it or explains it, and nothing is blocked.

Silent about opening figures: where there was no figure in the period before, or one of another kind, nothing jumped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.urls import reverse

from areas.models import Level
from reports import periods
from reports.figures import Row, Shown
from reports.models import Figure, MonthlyReport
from reports.monthly import MonthlyTables
from reports.period_choices import code_of
from reports.rows import is_comparable
from residents.models import Visit
from sheets.numbers import number_text, points_text, rate_text

# Above these somebody should look.
JUMP = Decimal("0.20")
FAR_APART = Decimal("0.10")
FAR_APART_NUMBERS = Decimal("0.20")
FEWEST = 5  # fewer eligible people jump easily


@dataclass(frozen=True)
class Finding:
    """One thing that looks odd: `key` names it for its explanation, `url` leads to what stands behind it."""

    key: str
    text: str
    url: str = ""
    link: str = ""


def findings(tables: MonthlyTables) -> list[Finding]:
    """Everything odd in the tables of a report, by kind and place; one query besides the tables."""
    return [
        *_jumps(tables),
        *_same_as_before(tables),
        *_visits_and_changes(tables),
        *_twice_a_day(tables),
        *_far_apart(tables),
    ]


def _rows(table) -> Iterator[Row]:
    """The areas below, or the area itself where there are none."""
    yield from (row for row in table.rows if not row.ended_on) if table.rows else [table.total]


def _jumps(tables: MonthlyTables) -> Iterator[Finding]:
    for measure in tables.coverage.columns:
        for row in _rows(tables.coverage):
            now, before = row.cells[measure.code], row.previous.get(measure.code)
            change = _change(before, now)
            if change is None or abs(change) <= JUMP or min(before.eligible or 0, now.eligible or 0) < FEWEST:
                continue
            way, to = ("tăng", "lên") if change > 0 else ("giảm", "xuống")
            yield Finding(
                f"jump:{row.version.area_id}:{measure.code}",
                f"{row.version.name}, {measure.short_name}: {way} {points_text(abs(change)).removeprefix('+')} so với "
                f"kỳ trước (từ {rate_text(before.rate)} {to} {rate_text(now.rate)}).",
                _url("reports:why", tables, row, measure=measure.code),
                "Vì sao?",
            )


def _same_as_before(tables: MonthlyTables) -> Iterator[Finding]:
    """All the figures of an area are just those of the period before, though it was at work."""
    for row in _rows(tables.coverage):
        pairs = [(row.previous.get(code), shown) for code, shown in row.cells.items() if not shown.is_missing]
        if not pairs or any(before is None or before.is_missing for before, _ in pairs):
            continue
        if all(_numbers(before) == _numbers(now) for before, now in pairs) and _value(tables, row, "visits"):
            yield Finding(
                f"same:{row.version.area_id}",
                f"{row.version.name}: có lượt đến hộ trong kỳ mà mọi số phổ cập giống hệt kỳ trước.",
                _url("residents:visit_list", tables, row),
                "Xem các lượt",
            )


def _visits_and_changes(tables: MonthlyTables) -> Iterator[Finding]:
    """Changes in the figures of a village where nobody was visited."""
    for row in _rows(tables.coverage):
        if row.version.area.level != Level.VILLAGE or _value(tables, row, "visits"):
            continue
        moved = [
            code
            for code, now in row.cells.items()
            if (before := row.previous.get(code)) is not None
            and not before.is_missing
            and not now.is_missing
            and is_comparable(before, now)
            and before.reached != now.reached
        ]
        if moved:
            yield Finding(
                f"unvisited:{row.version.area_id}",
                f"{row.version.name}: {len(moved)} tiêu chí thay đổi mà không có lượt đến hộ nào trong kỳ.",
                _url("reports:coverage", tables, row),
                "Xem số liệu",
            )


def _twice_a_day(tables: MonthlyTables) -> Iterator[Finding]:
    """Households that were met more than once on a day: perhaps one visit was entered twice."""
    first, end = periods.starts_at(tables.period.start_on), periods.ends_at(tables.period.end_on)
    names = {row.version.area_id: row for row in _rows(tables.coverage) if row.version.area.level == Level.VILLAGE}
    if not names:
        return
    twice = (
        Visit.objects.counted()
        .filter(household__village__in=names, at__gte=first, at__lt=end, outcome=Visit.Outcome.MET)
        .annotate(day=TruncDate("at"))
        .values("household__village", "household", "day")
        .annotate(times=Count("pk"))
        .filter(times__gt=1)
        .order_by()
    )
    by_village: dict[int, int] = {}
    for row in twice:
        by_village[row["household__village"]] = by_village.get(row["household__village"], 0) + 1
    for village, count in by_village.items():
        row = names[village]
        yield Finding(
            f"twice:{village}",
            f"{row.version.name}: {count} hộ có hơn một lượt gặp được trong cùng một ngày.",
            _url("residents:visit_list", tables, row),
            "Xem các lượt",
        )


def _far_apart(tables: MonthlyTables) -> Iterator[Finding]:
    """What was stated and what the record has differ much."""
    for table in (tables.coverage, tables.people):
        for measure in table.columns:
            for row in [*table.rows, table.total]:
                shown = row.cells.get(measure.code)
                if shown is None or shown.basis != Figure.Basis.STATED or shown.counted is None:
                    continue
                if words := _apart(shown, shown.counted):
                    yield Finding(
                        f"apart:{row.version.area_id}:{measure.code}",
                        f"{row.version.name}, {measure.short_name}: {words}",
                        _url("reports:stated_list", tables, row),
                        "Xem số công bố",
                    )


def _apart(stated: Shown, counted: Shown) -> str:
    if counted.villages_with_data < counted.villages_total:
        return ""
    if stated.rate is not None and counted.rate is not None and abs(stated.rate - counted.rate) > FAR_APART:
        return f"số công bố {rate_text(stated.rate)}, sổ hộ đếm được {rate_text(counted.rate)}."
    numbers = stated.value, counted.value
    if None not in numbers and abs(numbers[0] - numbers[1]) > FAR_APART_NUMBERS * numbers[0]:
        return f"số công bố {number_text(stated.value)}, đếm được {number_text(counted.value)}."
    return ""


def unexplained(report: MonthlyReport, found: list[Finding]) -> list[Finding]:
    explained = set(report.explanations.values_list("finding", flat=True))
    return [finding for finding in found if finding.key not in explained]


def _change(before: Shown | None, now: Shown) -> Decimal | None:
    if before is None or before.rate is None or now.rate is None or not is_comparable(before, now):
        return None
    return now.rate - before.rate


def _numbers(shown: Shown) -> tuple:
    return (shown.eligible, shown.known, shown.reached, shown.value, shown.rate)


def _value(tables: MonthlyTables, row: Row, code: str) -> int:
    for other in [*tables.activity.rows, tables.activity.total]:
        if other.version.area_id == row.version.area_id:
            shown = other.cells.get(code)
            return shown.value or 0 if shown is not None and not shown.is_missing else 0
    return 0


def _url(name: str, tables: MonthlyTables, row: Row, **more) -> str:
    if name == "residents:visit_list":
        if row.version.area.level != Level.VILLAGE:
            return ""
        days = {"since": f"{tables.period.start_on:%d/%m/%Y}", "until": f"{tables.period.end_on:%d/%m/%Y}"}
        return f"{reverse(name)}?{urlencode({'village': row.version.area_id, **days})}"
    return f"{reverse(name)}?{urlencode({'area': row.version.area_id, 'period': code_of(tables.period), **more})}"
