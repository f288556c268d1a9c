"""Vì sao số này thay đổi? A figure in two periods and the parts that its difference is made of."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.rules import Can
from areas.models import Level
from journal.actions import record
from journal.models import Act
from reports import measures
from reports.explaining.amounts import explain_amount
from reports.explaining.changes import total
from reports.explaining.explanation import NUMBERS, End, Explanation, Part, explain
from reports.explaining.forms import WhyForm
from reports.explaining.rows import (
    TITLES,
    AmountRow,
    Cell,
    ChildRow,
    PartRow,
    amount_lines,
    cells,
    columns,
    part_lines,
)
from reports.figures import MISSING
from reports.measures import Measure
from reports.models import MonthlyReport, Period
from reports.period_choices import code_of
from reports.signing.versions import Difference, since_approved
from residents.models import Household
from sheets.numbers import number_text, points_text

from .asked import Asked, asks
from .parts import CHILD_WORDS, recounting, workbook

ON_A_PAGE = 50
MOST_HOUSEHOLDS = 5000


@dataclass(frozen=True)
class ApprovedRow:
    """A figure of an approved report beside the register's; `url` of the report for whoever may open it."""

    report: MonthlyReport
    since: Difference
    url: str


@asks(WhyForm, heading="Vì sao số này thay đổi?")
def why(request, asked: Asked) -> HttpResponse:
    before = asked.form.cleaned_data["before"] or asked.previous
    groups = _groups(asked)
    measure = _chosen(asked, groups)
    asked.form.show(groups, measure, before)
    asked.is_recounting = recounting(asked, before, asked.period)
    build = _coverage if measure.is_coverage else _amount
    return build(request, asked, measure, before)


def _groups(asked: Asked) -> list[tuple[str, list[Measure]]]:
    people = [one for one in measures.PEOPLE if asked.area.level < Level.WARD or not one.code.startswith("wards")]
    return [("Độ phủ", measures.coverage(asked.day)), ("Hoạt động", list(measures.ACTIVITY)), ("Tổ, người", people)]


def _chosen(asked: Asked, groups) -> Measure:
    of = [measure for _, group in groups for measure in group]
    wanted = asked.form.cleaned_data["measure"]
    return next((measure for measure in of if measure.code == wanted), of[0])


def _coverage(request, asked: Asked, measure: Measure, before: Period) -> HttpResponse:
    explanation = explain(asked.area, measure, before, asked.period, today=asked.today)
    may_list = asked.area.level >= Level.WARD and asked.may(Can.SEE_PEOPLE)
    rows = [PartRow(part, measure.unit, _url_of(asked, part) if may_list else "") for part in explanation.parts]
    if asked.wants_workbook:
        titles = [TITLES[number] for number in NUMBERS]
        return workbook(asked, f"Vì sao thay đổi {measure.short_name}", columns(titles), part_lines(explanation, rows))
    part = _part_asked_for(asked, explanation, may_list=may_list)
    context = {
        "measure": measure,
        "explanation": explanation,
        "stats": _stats(explanation),
        "rows": rows,
        "sum": cells(explanation.change),
        "approved": _approved(asked, explanation),
        "children": [
            ChildRow(child, asked.url(area=child.area_id, part=None))
            for child in _shown_children(asked, explanation.children)
        ],
        "titles": [TITLES[number] for number in NUMBERS],
        **_words(explanation.children),
    }
    if part is not None:
        context |= _households(request, asked, measure, part)
    return render(request, "reports/why.html", asked.context(**context))


def _amount(request, asked: Asked, measure: Measure, before: Period) -> HttpResponse:
    explanation = explain_amount(asked.area, measure, before, asked.period, today=asked.today)
    if asked.wants_workbook:
        titles = [before.label, asked.period.label, "Tăng, giảm"]
        return workbook(asked, f"Vì sao thay đổi {measure.short_name}", columns(titles), amount_lines(explanation))
    context = {
        "measure": measure,
        "explanation": explanation,
        "total": AmountRow(explanation.total),
        "kinds": [AmountRow(kind) for kind in explanation.kinds],
        "amounts": [
            AmountRow(child, asked.url(area=child.area_id) if child.area_id else "")
            for child in _shown_children(asked, explanation.children)
        ],
        **_words(explanation.children),
    }
    return render(request, "reports/why_amount.html", asked.context(**context))


def _words(children) -> dict[str, str]:
    """ "thôn, tổ dân phố" for what lies right below; of a province with and without districts by the first."""
    words = CHILD_WORDS.get(children[0].level, "đơn vị") if children else "đơn vị"
    return {"child_words": words, "child_heading": words.capitalize()}


def _approved(asked: Asked, explanation: Explanation) -> list[ApprovedRow]:
    """What the approved reports of the two periods say: they stay as they are, the register goes on."""
    ends = {end.period.pk: end for end in (explanation.before, explanation.after) if end.period.pk}
    reports = (
        MonthlyReport.objects.visible_to(asked.request.user).current().locked().filter(area=asked.area, period__in=ends)
    )
    may_open = asked.may(Can.MAKE_REPORTS) or asked.may(Can.APPROVE_REPORTS)
    return [
        ApprovedRow(
            report,
            since_approved(report, explanation.measure, ends[report.period_id].shown or MISSING),
            reverse("reports:report_version", args=[asked.area.pk, code_of(report.period), report.version])
            if may_open
            else "",
        )
        for report in reports.select_related("area", "period", "frozen")
        .defer("frozen__workbook", "frozen__document", "frozen__contributions", "frozen__content")
        .order_by("period__end_on")
    ]


def _stats(explanation: Explanation) -> list[dict]:
    before, after = explanation.before, explanation.after
    stats = [
        {
            "label": TITLES[number],
            "text": f"{_number(before, number)} → {_number(after, number)}",
            "cell": Cell(getattr(explanation.change, number)),
        }
        for number in NUMBERS
    ]
    rates = [end.shown.rate if end.shown else None for end in (before, after)]
    return [
        *stats,
        {"label": "Tỷ lệ", "rates": rates, "points": points_text(None if None in rates else rates[1] - rates[0])},
    ]


def _number(end: End, number: str) -> str:
    return "…" if end.is_missing and not end.numbers else number_text(getattr(end.numbers, number))


def _shown_children(asked: Asked, children) -> list:
    """All of them in her own area; of a total above it only what is hers."""
    if not asked.viewer:
        return list(children)
    seen = set(asked.viewer.reach().visible_areas(asked.day).values_list("pk", flat=True))
    return [child for child in children if child.area_id in seen]


# --- the households behind a part -------------------------------------------------------------------------------------


def _url_of(asked: Asked, part: Part) -> str:
    return f"{asked.url(part=part.cause.value)}#ho" if part.subjects else ""


def _part_asked_for(asked: Asked, explanation: Explanation, *, may_list: bool) -> Part | None:
    if not (wanted := asked.form.cleaned_data["part"]):
        return None
    part = explanation.part(wanted)
    if not may_list:
        raise Http404
    return part if part and part.subjects else None


def _households(request, asked: Asked, measure: Measure, part: Part) -> dict:
    """Those that she may see, by their present place; of the others the number alone."""
    keys = part.households
    seen = Household.objects.visible_to(request.user).filter(pk__in=keys[:MOST_HOUSEHOLDS])
    page = Paginator(seen.select_related("village").in_walking_order(), ON_A_PAGE).get_page(request.GET.get("page"))
    of: dict = {}
    for one in part.subjects:
        of.setdefault(one.household_id, []).append(one.change)
    for household in page:
        changes = of[household.pk]
        household.cells = cells(total(changes))
    record(
        by=request.user,
        verb=Act.Verb.VIEW,
        area_id=asked.area.pk,
        label=f"Hộ làm thay đổi {measure.short_name}: {part.cause.label}, {asked.area}",
        rows=len(page),
    )
    return {"part": part, "page": page, "hidden": len(keys) - page.paginator.count}
