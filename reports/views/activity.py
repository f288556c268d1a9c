"""Activity in a period and since the beginning of the reporting year."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from reports import figures, measures
from reports.exports import value_columns
from reports.forms import ActivityForm
from reports.measures import ACTIVITY, Measure
from reports.models import Period
from reports.period_choices import short_label
from residents.models import Topic

from .asked import Asked, asks
from .parts import NOTHING, child_words, recounting, value_number, value_words, workbook

View = ActivityForm.View
HOURS = {"minutes", "minutes_outside"}
TITLES = {
    "visits": "Lượt đến",
    "met": "Lượt hỗ trợ",
    "households_visited": "Hộ được đến",
    "people_helped": "Lượt người",
    "minutes": "Giờ",
    "minutes_outside": "Ngoài giờ",
}


@dataclass(frozen=True)
class ActivityRow:
    """`values` as written on the page, `numbers` as the workbook holds them: in the period, then to date."""

    label: str
    values: list[str]
    numbers: list
    url: str = ""
    note: str = ""
    depth: int = 0


@asks(ActivityForm, heading="Hoạt động")
def activity(request, asked: Asked) -> HttpResponse:
    to_date = asked.known.to_date(asked.period)
    asked.is_recounting = recounting(asked, asked.period, to_date)
    view = asked.form.cleaned_data["view"]
    build = {View.AREAS: by_area, View.CONTENT: by_content}[view]
    tabs = [{"label": label, "url": asked.url(view=one), "here": one == view} for one, label in View.CHOICES]
    return build(request, asked, to_date, {"tabs": tabs, "to_date_label": to_date.label})


def by_area(request, asked: Asked, to_date: Period, context: dict) -> HttpResponse:
    """The numbers of the period and to date, by month, and for each area below."""
    table = figures.table(asked.area, asked.period, ACTIVITY, user=asked.viewer, today=asked.today)
    areas = [asked.area.pk, *(row.version.area_id for row in table.rows)]
    so_far = {pk: cells for (pk, _), cells in figures.of_areas(areas, [to_date], ACTIVITY).items()}
    rows = [
        _row(row.version.name, ACTIVITY, row.cells, so_far[pk], url=asked.url(area=pk), note=_ended(row))
        for row in table.rows
        for pk in [row.version.area_id]
    ]
    total = _row(asked.name, ACTIVITY, table.total.cells, so_far[asked.area.pk])
    words = child_words(table.rows)
    if asked.wants_workbook:
        titles = [f"{title} ({when})" for when in ("trong kỳ", "lũy kế") for title in TITLES.values()]
        kinds = ["decimal" if code in HOURS else "integer" for code in TITLES] * 2
        return workbook(asked, "Hoạt động", value_columns(words["child_heading"], titles, kinds), [*rows, total])
    months = asked.known.months_to(asked.period)
    series = figures.series(asked.area, months, [m for m in ACTIVITY if m.code in ("visits", "met")])
    context |= words | {
        "part": "reports/_activity_areas.html",
        "rows": rows,
        "total": total,
        "columns": list(TITLES.values()),
        "stats": _stats(table.total.cells, so_far[asked.area.pk], table.total.previous),
        "lines": [
            {"label": TITLES[code], "values": [value_number(one) for one in shown]} for code, shown in series.items()
        ],
        "months": [short_label(month) for month in months],
        "silent": [row.version.name for row in table.rows if not value_number(row.cells["visits"])],
    }
    return render(request, "reports/activity.html", asked.context(**context))


def by_content(request, asked: Asked, to_date: Period, context: dict) -> HttpResponse:
    """What the visits brought about, and what they were about: in the period and to date."""
    kinds, topics = measures.results(), list(Topic.objects.all())
    of = [*kinds, *(measures.of_topic(topic) for topic in topics)]
    cells = figures.of_areas([asked.area.pk], [asked.period, to_date], of)
    both = [cells[asked.area.pk, period.pk] for period in (asked.period, to_date)]
    results = [_row(kind.name, [kind], *both, note=kind.unit) for kind in kinds]
    by_topic = [
        _row(topic.name, [measures.of_topic(topic)], *both, note="lượt", depth=depth)
        for topic, depth in two_levels(topics)
    ]
    if asked.wants_workbook:
        columns = value_columns("Kết quả, nội dung", ("Trong kỳ", "Lũy kế"), ("integer", "integer"))
        return workbook(asked, "Kết quả, nội dung hỗ trợ", columns, [*results, *by_topic])
    context |= {
        "part": "reports/_activity_content.html",
        "results": results,
        # Fields that nobody asked about this year are left out; the workbook has them all.
        "topics": [row for row in by_topic if not row.depth or any(row.numbers)],
        "bars": [{"label": row.label, "value": row.numbers[0]} for row in by_topic if not row.depth],
    }
    return render(request, "reports/activity.html", asked.context(**context))


def two_levels(topics: list[Topic]) -> list[tuple[Topic, int]]:
    """The kinds of help (0), each followed by its fields (1)."""
    fields: dict = {}
    for topic in topics:
        fields.setdefault(topic.parent_id, []).append(topic)
    return [
        pair
        for kind in fields.get(None, [])
        for pair in [(kind, 0), *((field, 1) for field in fields.get(kind.pk, []))]
    ]


def _ended(row) -> str:
    return f"đến {row.ended_on:%d/%m/%Y}" if row.ended_on else ""


def _row(label, of: list[Measure], now: dict, so_far: dict | None, **more) -> ActivityRow:
    shown = [
        (cells.get(measure.code) if cells else None, measure.code in HOURS) for cells in (now, so_far) for measure in of
    ]
    return ActivityRow(
        label,
        [value_words(one, hours=hours) for one, hours in shown],
        [value_number(one, hours=hours) for one, hours in shown],
        **more,
    )


def _stats(now: dict, so_far: dict, before: dict) -> list[dict]:
    """The numbers at the top; hours outside office hours are unpaid time and stand by themselves."""
    return [
        {
            "label": measure.name,
            "value": "" if (text := value_words(now[measure.code], hours=measure.code in HOURS)) == NOTHING else text,
            "unit": "giờ" if measure.code in HOURS else measure.unit,
            "notes": [
                f"{when}: {value_words(cells.get(measure.code), hours=measure.code in HOURS)}"
                for when, cells in (("Lũy kế", so_far), ("Kỳ trước", before))
                if value_number(cells.get(measure.code)) is not None
            ],
        }
        for measure in ACTIVITY
    ]
