"""Activity in a period and since the beginning of the reporting year."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from reports import figures, measures, periods
from reports.exports import value_columns
from reports.forms import ActivityForm
from reports.measures import ACTIVITY, Measure
from reports.period_choices import short_label
from residents.models import Topic

from .asked import Asked, asks
from .parts import NOTHING, child_words, predecessors, recounting, value_number, value_words, workbook

HOURS = {"minutes", "minutes_outside"}
TITLES = {
    "visits": "Lượt đến",
    "met": "Lượt hỗ trợ",
    "households_visited": "Hộ được đến",
    "people_helped": "Lượt người",
    "minutes": "Giờ",
    "minutes_outside": "Giờ ngoài hành chính",
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
    asked.is_recounting = recounting(asked)
    to_date = periods.to_date(asked.period)
    kinds, topics = measures.results(), measures.topics()
    of = [*ACTIVITY, *kinds, *topics]
    now = figures.table(asked.area, asked.period, of, user=asked.viewer, today=asked.today)
    later = figures.table(asked.area, to_date, of, user=asked.viewer, today=asked.today)
    so_far = {row.version.area_id: row.cells for row in later.rows}
    total_now, total_so_far = now.total.cells, later.total.cells
    rows = [
        _row(row.version.name, ACTIVITY, row.cells, so_far.get(pk), url=asked.url(area=pk))
        for row in now.rows
        for pk in [row.version.area_id]
    ]
    words = child_words(now.rows)
    total = _row(asked.name, ACTIVITY, total_now, total_so_far)
    results = [_row(kind.name, [kind], total_now, total_so_far, note=kind.unit) for kind in kinds]
    by_topic = _topic_rows(topics, total_now, total_so_far)
    if asked.wants_workbook:
        return _workbook(request, asked, words, [*rows, total], results, by_topic)
    months = asked.known.months_to(asked.period)
    series = figures.series(asked.area, months, [m for m in ACTIVITY if m.code in ("visits", "met")])
    context = {
        **words,
        "rows": rows,
        "total": total,
        "columns": list(TITLES.values()),
        "stats": _stats(total_now, total_so_far, now.total.previous),
        "lines": [
            {"label": TITLES[code], "values": [value_number(one) for one in shown]} for code, shown in series.items()
        ],
        "months": [short_label(month) for month in months],
        "to_date_label": to_date.label,
        "silent": ", ".join(row.version.name for row in now.rows if not value_number(row.cells["visits"])),
        "results": results,
        "topics": by_topic,
        "predecessors": predecessors(asked),
    }
    return render(request, "reports/activity.html", asked.context(**context))


def _row(label, of: list[Measure], now: dict, so_far: dict | None, **more) -> ActivityRow:
    shown = [
        (cells.get(measure.code) if cells else None, measure.code in HOURS)
        for cells in (now, so_far)
        for measure in of
    ]
    return ActivityRow(
        label,
        [value_words(one, hours=hours) for one, hours in shown],
        [value_number(one, hours=hours) for one, hours in shown],
        **more,
    )


def _topic_rows(of: list[Measure], now: dict, so_far: dict) -> list[ActivityRow]:
    """The five kinds of help, each with its fields under it."""
    known = {measure.code: measure for measure in of}
    topics = list(Topic.objects.all())
    ordered = [
        (topic, depth)
        for parent in topics
        if parent.parent_id is None
        for topic, depth in [(parent, 0), *((field, 1) for field in topics if field.parent_id == parent.pk)]
    ]
    return [
        _row(topic.name, [known[f"topic:{topic.code}"]], now, so_far, note="lượt", depth=depth)
        for topic, depth in ordered
        if f"topic:{topic.code}" in known
    ]


def _stats(now: dict, so_far: dict, before: dict) -> list[dict]:
    """The numbers at the top; hours outside office hours are unpaid time and stand by themselves."""
    return [
        {
            "label": measure.name,
            "value": "" if (text := value_words(now[measure.code], hours=measure.code in HOURS)) == NOTHING else text,
            "unit": "giờ" if measure.code in HOURS else measure.unit,
            "to_date": value_words(so_far[measure.code], hours=measure.code in HOURS),
            "before": value_words(before.get(measure.code), hours=measure.code in HOURS),
        }
        for measure in ACTIVITY
    ]


def _workbook(request, asked: Asked, words: dict, rows, results, topics) -> HttpResponse:
    """The table named in the address: by area, or the results, or the topics."""
    both = ("Trong kỳ", "Lũy kế")
    match request.GET.get("table"):
        case "results":
            return workbook(asked, "Kết quả hỗ trợ", value_columns("Kết quả", both, ("integer", "integer")), results)
        case "topics":
            return workbook(asked, "Nội dung hỗ trợ", value_columns("Nội dung", both, ("integer", "integer")), topics)
        case _:
            titles = [f"{title} ({when})" for when in ("trong kỳ", "lũy kế") for title in TITLES.values()]
            kinds = ["decimal" if code in HOURS else "integer" for code in TITLES] * 2
            return workbook(asked, "Hoạt động", value_columns(words["child_heading"], titles, kinds), rows)
