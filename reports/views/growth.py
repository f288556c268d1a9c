"""Growth between two periods or two days, in numbers and per cent."""

from __future__ import annotations

from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.rules import Can
from areas.models import AreaVersion, Level
from reports import figures, measures
from reports.exports import growth_columns
from reports.forms import GrowthForm
from reports.measures import ACTIVITY, PEOPLE, Measure
from reports.models import Period
from reports.period_choices import Known
from reports.rows import GrowthRow, sources

from .asked import Asked, area_named, place
from .parts import child_words, recounting, source_lines, workbook
from .teams_report import PROVINCES_WITH_TEAM

BOTH = ("before", "after")


@require_safe
def growth(request) -> HttpResponse:
    if not request.user.may(Can.SEE_FIGURES):
        raise PermissionDenied
    known = Known.read(timezone.localdate())
    area, versions = area_named(request)
    asked = Asked(request, area, area.last_day(known.today), known, versions=versions)
    groups = _groups(asked)
    form = asked.form = GrowthForm(request.GET, groups=groups, today=known.today)
    if not form.is_valid():
        place(asked)
        return render(request, "reports/growth.html", asked.context())
    before, after = _moments(asked, form)
    asked.day = area.last_day(min(known.today, after.end_on))
    place(asked)
    form.show(before, after)
    asked.is_recounting = recounting(asked, before, after)
    rows = _rows(asked, [measure for _, of in groups for measure in of], before, after)
    known_rows = [row for row in rows if row.is_known and (row.before_amount or row.after_amount)]
    measure = _chosen(form, groups, rows)
    child_rows = _child_rows(asked, measure, before, after)
    total_row = replace(next(row for row in rows if row.measure == measure), label=asked.name)
    if asked.wants_workbook:
        return _workbook(request, asked, known_rows, child_rows, total_row, measure, before, after)
    context = {
        **(child_words([]) if not child_rows else asked.child_words),
        "before": before,
        "after": after,
        "rows": known_rows,
        "measure": measure,
        "child_rows": [row for row in child_rows if not row.is_unheard_of],
        "missing_names": [row.label for row in child_rows if row.is_unheard_of],
        "total_row": total_row,
        "bars": [
            {"label": row.label, "value": row.after_amount, "before": row.before_amount, "text": row.after_text}
            for row in child_rows
            if row.after_amount is not None
        ],
        "bar_unit": "%" if measure.is_coverage else measure.unit,
        "sources": source_lines(sources([*known_rows, *child_rows], of=BOTH)),
    }
    return asked.once_more(render(request, "reports/growth.html", asked.context(**context)))


def _groups(asked: Asked) -> list[tuple[str, list[Measure]]]:
    people = [PROVINCES_WITH_TEAM, *PEOPLE] if asked.area.level == Level.COUNTRY else list(PEOPLE)
    if asked.area.level >= Level.WARD:
        people = [measure for measure in people if not measure.code.startswith("wards")]
    return [
        ("Tổ và thành viên", people),
        ("Hoạt động", list(ACTIVITY)),
        ("Độ phủ", measures.coverage(asked.day)),
    ]


def _moments(asked: Asked, form: GrowthForm) -> tuple[Period, Period]:
    """The two ends; the present month and the one before it where nothing is asked."""
    after = form.cleaned_data["after"] or asked.known.current()
    asked.period = after
    return form.cleaned_data["before"] or asked.previous, after


def _rows(asked: Asked, of: list[Measure], before: Period, after: Period) -> list[GrowthRow]:
    cells = figures.of_areas([asked.area.pk], [before, after], of)
    then, now = (cells[asked.area.pk, period.pk] for period in (before, after))
    return [_row(measure.name, measure, then, now, asked.url(measure=measure.code)) for measure in of]


def _row(label: str, measure: Measure, then: dict, now: dict, url: str) -> GrowthRow:
    return GrowthRow(label, then.get(measure.code), now.get(measure.code), measure, url)


def _child_rows(asked: Asked, measure: Measure, before: Period, after: Period) -> list[GrowthRow]:
    """By the map of the later moment; an area that did not exist at the earlier one has no figure there."""
    if asked.is_village:
        return []
    below = AreaVersion.objects.children_of(asked.area, asked.day)
    if asked.viewer:
        below = below.filter(area__in=asked.viewer.reach().visible_areas(asked.day))
    below = list(below)
    asked.child_words = child_words(below)
    cells = figures.of_areas([version.area_id for version in below], [before, after], [measure])
    return [
        _row(
            version.name,
            measure,
            cells[version.area_id, before.pk],
            cells[version.area_id, after.pk],
            asked.url(area=version.area_id, measure=measure.code),
        )
        for version in below
    ]


def _chosen(form: GrowthForm, groups, rows: list[GrowthRow]) -> Measure:
    """The measure shown by area: the one asked for, else the first that is known at both ends."""
    of = [measure for _, group in groups for measure in group]
    wanted = form.cleaned_data["measure"]
    first = next((row.measure for row in rows if row.is_known and row.measure.code == "teams"), of[0])
    return next((measure for measure in of if measure.code == wanted), first)


def _workbook(request, asked, rows, child_rows, total_row, measure, before, after) -> HttpResponse:
    """By area for the measure asked for; without one, every measure of the area."""
    if request.GET.get("measure") and child_rows:
        columns = growth_columns(
            asked.child_words["child_heading"], before.label, after.label, is_rate=measure.is_coverage
        )
        return workbook(asked, f"Tăng trưởng {measure.short_name}", columns, [*child_rows, total_row])
    columns = growth_columns("Chỉ số", before.label, after.label, is_rate=False, with_unit=True)
    return workbook(asked, "Tăng trưởng", columns, rows)
