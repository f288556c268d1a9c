"""Coverage: indicators of an area, one indicator over the areas below, and all of them at once."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.rules import Can
from reports import figures, measures
from reports.exports import coverage_columns, matrix_columns
from reports.forms import CoverageForm, code_in_address
from reports.measures import Measure
from reports.models import StatedFigure
from reports.period_choices import code_of, short_label
from reports.rows import CoverageRow, in_order, sources
from reports.targets.in_force import TargetInForce, targets_in_force, targets_of
from sheets.numbers import NO_RATE, rate_text

from .asked import Asked, asks
from .parts import child_words, predecessors, rate_cell, recounting, source_lines, workbook

View = CoverageForm.View
LINES = 5
FEW = 20  # more areas than this: those without a figure are named, not drawn
CHARTED_AT_FIRST = 3


@dataclass(frozen=True)
class MatrixRow:
    """`values` as written on the page, `numbers` as the workbook holds them."""

    label: str
    values: list[str]
    numbers: list
    url: str = ""
    note: str = ""


@asks(CoverageForm, heading="Độ phủ")
def coverage(request, asked: Asked) -> HttpResponse:
    view = View.OVERVIEW if asked.is_village else asked.form.cleaned_data["view"]
    build = {View.OVERVIEW: overview, View.AREAS: by_area, View.MATRIX: matrix}[view]
    asked.is_recounting = recounting(asked)
    return build(request, asked, measures.coverage(asked.day))


def overview(request, asked: Asked, indicators: list[Measure]) -> HttpResponse:
    """Every indicator of the area, and the chosen ones over the last twelve months."""
    months = asked.known.months_to(asked.period)
    wanted = {period.pk: period for period in (*months, asked.previous, asked.period)}
    cells = figures.of_areas([asked.area.pk], list(wanted.values()), indicators)
    targets = targets_in_force(asked.area, asked.day)
    shown, before = (cells[asked.area.pk, period.pk] for period in (asked.period, asked.previous))
    rows = [
        CoverageRow(
            label=measure.short_name,
            shown=shown[measure.code],
            before=before[measure.code],
            measure=measure,
            url="" if asked.is_village else asked.url(view=View.AREAS, indicator=code_in_address(measure)),
            missing_url=f"{reverse('reports:coverage_missing')}?area={asked.area.pk}&indicator={code_in_address(measure)}",
            why_url=_why_url(asked, asked.area.pk, measure),
            target=targets.get(code_in_address(measure)),
        )
        for measure in indicators
    ]
    if asked.wants_workbook:
        columns = coverage_columns("Tiêu chí", with_unit=True, with_target=bool(targets))
        return workbook(asked, "Độ phủ", columns, rows)
    charted = _charted(asked, indicators)
    context = {
        "part": "reports/_coverage_overview.html",
        "rows": rows,
        "has_targets": bool(targets),
        "may_list": asked.is_village and asked.area.is_open and asked.may(Can.SEE_PEOPLE),
        "lines": [
            {
                "label": measure.short_name,
                "values": [cells[asked.area.pk, month.pk][measure.code].rate for month in months],
            }
            for measure in charted
        ],
        "months": [short_label(month) for month in months],
        "line_choices": [
            {"code": code_in_address(measure), "name": measure.short_name, "chosen": measure in charted}
            for measure in indicators
        ],
        "period_code": code_of(asked.period),
        "told_of_parts": _told_of_parts(asked, indicators),
        "predecessors": predecessors(asked),
    }
    return _page(request, asked, rows, context)


def by_area(request, asked: Asked, indicators: list[Measure]) -> HttpResponse:
    """One indicator over the areas below."""
    wanted = asked.form.cleaned_data["indicator"]
    measure = next((measure for measure in indicators if code_in_address(measure) == wanted), None) or indicators[0]
    asked.form.offer_indicators(indicators, measure)
    table = _table(asked, [measure])
    targets = _targets(asked, [row.version.area_id for row in table.rows], measure)
    rows = [
        CoverageRow(
            label=row.version.name,
            shown=row.cells[measure.code],
            before=row.previous.get(measure.code),
            measure=measure,
            url=asked.url(area=row.version.area_id),
            why_url=_why_url(asked, row.version.area_id, measure),
            target=targets.get(row.version.area_id),
            version=row.version,
            comparable=row.is_comparable,
        )
        for row in table.rows
    ]
    words = child_words(rows)
    rows = in_order(rows, asked.form.cleaned_data["sort"])
    total = CoverageRow(
        asked.name,
        table.total.cells[measure.code],
        table.total.previous.get(measure.code),
        measure,
        why_url=_why_url(asked, asked.area.pk, measure),
        target=targets.get(asked.area.pk),
        version=None,
        comparable=table.total.is_comparable,
    )
    if asked.wants_workbook:
        columns = coverage_columns(words["child_heading"], with_target=bool(targets))
        return workbook(asked, measure.short_name, columns, [*rows, total])
    context = {
        **words,
        "part": "reports/_coverage_areas.html",
        "rows": rows,
        "total": total,
        "measure": measure,
        "bars": [
            {"label": row.label, "value": row.rate, "before": _before_rate(row), "text": row.rate_words}
            | {"target": row.target_rate}
            for row in rows
            if row.has_figure or len(rows) <= FEW
        ],
        "tiles": [
            {
                "label": row.label,
                "lat": row.version.area.lat,
                "lon": row.version.area.lon,
                "value": row.rate,
                "text": row.rate_words,
            }
            for row in rows
        ]
        if any(row.version.area.lat is not None for row in rows)
        else [],
        "chart_title": f"{measure.name} theo {words['child_words']}",
        "map_title": f"{measure.name} theo vị trí",
        "missing_names": [row.label for row in rows if row.comparable and not row.has_figure],
    }
    return _page(request, asked, [*rows, total], context)


def matrix(request, asked: Asked, indicators: list[Measure]) -> HttpResponse:
    """Every indicator over the areas below: rates alone."""
    table = _table(asked, indicators)
    words = child_words(table.rows)
    rows = [
        _matrix_row(row.version.name, row, indicators, asked.url(area=row.version.area_id, view=None))
        for row in table.rows
    ]
    total = _matrix_row(asked.name, table.total, indicators)
    if asked.wants_workbook:
        return workbook(asked, "Độ phủ", matrix_columns(words["child_heading"], indicators), [*rows, total])
    context = {
        **words,
        "part": "reports/_coverage_matrix.html",
        "rows": rows,
        "total": total,
        "columns": [
            {
                "short_name": measure.short_name,
                "name": measure.name,
                "url": asked.url(view=View.AREAS, indicator=code_in_address(measure)),
            }
            for measure in indicators
        ],
    }
    return _page(request, asked, [], context)


def _page(request, asked: Asked, rows: list[CoverageRow], context: dict) -> HttpResponse:
    tabs = [
        {"label": label, "url": asked.url(view=view), "here": (asked.form.cleaned_data["view"] or "") == view}
        for view, label in View.CHOICES
    ]
    gaps = {row.shown.gap for row in rows if row.has_figure and row.version is None and row.shown.gap}
    context |= {
        "tabs": tabs,
        "gap": gaps.pop() if len(gaps) == 1 else "",
        "previous_label": asked.previous.label.lower(),
        "sources": source_lines(sources(rows)),
    }
    return render(request, "reports/coverage.html", asked.context(**context))


def _table(asked: Asked, indicators: list[Measure]):
    by_today = asked.map_day is not None
    return figures.table(
        asked.area,
        asked.period,
        indicators,
        user=asked.viewer,
        today_map=by_today,
        today=asked.today,
        before=asked.previous,
    )


def _matrix_row(label: str, row, indicators: list[Measure], url: str = "") -> MatrixRow:
    if not row.is_comparable:
        none = len(indicators)
        return MatrixRow(label, [NO_RATE] * none, [None] * none, url, note="không so sánh được")
    shown = [row.cells[measure.code] for measure in indicators]
    return MatrixRow(
        label, [rate_cell(one) for one in shown], [None if one.is_missing else one.rate for one in shown], url
    )


def _targets(asked: Asked, areas: list[int], measure: Measure) -> dict[int, TargetInForce]:
    """Area → its target for the indicator, the area itself among them; none by today's map of an earlier day."""
    if asked.map_day:
        return {}
    code = code_in_address(measure)
    found = targets_of([asked.area.pk, *areas], asked.day)
    return {area: targets[code] for area, targets in found.items() if code in targets}


def _why_url(asked: Asked, area: int, measure: Measure) -> str:
    """The page that says why; by the map of the day, so not where today's map is shown."""
    if asked.map_day:
        return ""
    return f"{reverse('reports:why')}?area={area}&measure={measure.code}&period={code_of(asked.period)}"


def _charted(asked: Asked, indicators: list[Measure]) -> list[Measure]:
    chosen = asked.request.GET.getlist("line")
    found = [measure for measure in indicators if code_in_address(measure) in chosen][:LINES]
    return found or indicators[:CHARTED_AT_FIRST]


def _before_rate(row: CoverageRow):
    return row.before.rate if row.change is not None else None


def _told_of_parts(asked: Asked, indicators: list[Measure]) -> list[dict]:
    """What was told of a street or a model inside the area: shown beside, never its figure."""
    names = {measure.code: measure.short_name for measure in indicators}
    told = StatedFigure.objects.filter(
        area=asked.area, on__lte=asked.day, measure__in=names, withdrawn_at=None
    ).exclude(scope="")
    return [
        {
            "scope": figure.scope,
            "name": names[figure.measure],
            "text": f"{figure.qualifier} {rate_text(figure.share)}".strip(),
            "on": figure.on,
            "source": figure.source,
            "document": figure.document,
        }
        for figure in told
    ]
