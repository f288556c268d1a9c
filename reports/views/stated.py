"""Stated figures: what was told for an area, and the form to tell it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.rules import Can
from areas.models import Area, map_note
from reports import measures
from reports.models import Period, StatedFigure
from reports.period_choices import Known, code_of
from reports.stating import StateForm, areas_to_state, state_figures
from residents.models import Indicator

from .teams_report import PROVINCES_WITH_TEAM

MONTHS_OFFERED = 6


@require_GET
def stated_list(request):
    """What was stated for the areas she sees, newest first; with its source."""
    if not request.user.may(Can.SEE_FIGURES):
        raise PermissionDenied
    figures = StatedFigure.objects.visible_to(request.user).filter(withdrawn_at=None)
    figures = figures.select_related("area").order_by("-on", "area__sort_key", "measure")
    area = None
    if request.GET.get("dia-ban", "").isdecimal():
        area = get_object_or_404(Area.objects.filter(pk__in=figures.values("area")), pk=request.GET["dia-ban"])
        figures = figures.filter(area=area)
    return render(
        request,
        "reports/stated_list.html",
        {
            "page": named(Paginator(figures, 50).get_page(request.GET.get("page"))),
            "area": area,
            "may_state": request.user.may(Can.STATE_FIGURES),
            "areas": areas_to_state(request.user).in_order()[:300],
        },
    )


@require_GET
def stated_new(request):
    """From the choice of an area to the form of its present period."""
    area = get_object_or_404(
        areas_to_state(request.user), pk=request.GET["dia-ban"] if request.GET.get("dia-ban", "").isdecimal() else 0
    )
    return redirect("reports:stated_edit", area.pk, code_of(Known.read(timezone.localdate()).current()))


def stated_edit(request, pk: int, period_code: str):
    """The form of a minute: one area, one period."""
    today = timezone.localdate()
    area = get_object_or_404(Area.objects.filter(pk__in=request.user.reach().areas(Can.SEE_FIGURES)), pk=pk)
    if not request.user.reach().covers(area, Can.STATE_FIGURES):
        raise PermissionDenied
    known = Known.read(today)
    period = _period(known, period_code)
    if period.start_on > today:
        raise Http404("Kỳ chưa bắt đầu.")
    form = StateForm(request.POST or None, area=area, period=period, today=today)
    if request.method == "POST" and form.is_valid():
        changed = state_figures(by=request.user, form=form)
        messages.success(request, f"Đã lưu {changed} dòng số liệu công bố." if changed else "Không có gì thay đổi.")
        return redirect(f"{reverse('reports:stated_list')}?dia-ban={area.pk}")
    return render(
        request,
        "reports/stated_edit.html",
        {
            "form": form,
            "area": area,
            "period": period,
            "recent": known.months_back(MONTHS_OFFERED),
            "period_code": period_code,
            "map_note": map_note(form.as_of),
        },
    )


def _period(known: Known, text: str) -> Period:
    try:
        return known.named(text)
    except ValueError as error:
        raise Http404(str(error)) from error


def named(page):
    """The page with each figure's measure in words."""
    names = {measure.code: measure.name for measure in [*measures.activity(), *measures.people(), PROVINCES_WITH_TEAM]}
    names |= {indicator.measure: indicator.name for indicator in Indicator.objects.all()}
    for figure in page:
        figure.measure_name = names.get(figure.measure, figure.measure)
    return page
