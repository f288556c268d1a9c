"""Households of a village that an indicator has not reached: rows of people, so the gate of people and the journal."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.rules import Can
from areas.models import Area, AreaVersion, Level
from journal.actions import record
from journal.models import Act
from reports import figures
from reports.exports import MISSING_COLUMNS
from reports.forms import MissingForm
from reports.period_choices import Known
from residents.models import Indicator

from .asked import Asked, area_named, place
from .parts import workbook

ON_A_PAGE = 100


@require_safe
@transaction.atomic
def coverage_missing(request) -> HttpResponse:
    today = timezone.localdate()
    village, versions = _village(request)
    form = MissingForm(request.GET, area=village, known=Known((), today))
    if not form.is_valid():
        raise Http404
    indicator = Indicator.objects.get(code=form.cleaned_data["indicator"])
    asked = Asked(request, village, today, form.known, form, versions=versions)
    place(asked)
    households = figures.households_not_reached(request.user, village, indicator, today)
    page = Paginator(households, ON_A_PAGE).get_page(request.GET.get("page"))
    may_export = request.user.reach().covers(village, Can.EXPORT_PEOPLE)
    if asked.wants_workbook and not may_export:
        raise PermissionDenied
    verb = Act.Verb.EXPORT if asked.wants_workbook else Act.Verb.VIEW
    record(
        by=request.user,
        verb=verb,
        area_id=village.pk,
        label=f"Hộ chưa đạt {indicator.short_name}, {village}",
        rows=len(households if asked.wants_workbook else page),
    )
    if asked.wants_workbook:
        return workbook(asked, f"Hộ chưa đạt {indicator.short_name}", MISSING_COLUMNS, households)
    context = {"indicator": indicator, "page": page, "may_export": may_export}
    return render(request, "reports/coverage_missing.html", asked.context(**context))


def _village(request) -> tuple[Area, list[AreaVersion]]:
    """A village whose households she may see. Figures of it alone: 403; neither: 404."""
    if not request.GET.get("area"):
        raise Http404
    village, versions = area_named(request)
    if village.level != Level.VILLAGE or not village.is_open:
        raise Http404
    reach = request.user.reach()
    if not reach.covers(village, Can.SEE_PEOPLE):
        if reach.covers(village, Can.SEE_FIGURES):
            raise PermissionDenied
        raise Http404
    return village, versions
