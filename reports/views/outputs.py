"""The files and texts of a report: covering report, workbook, page for printing, message for Zalo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import jobs
from areas.models import Area
from journal.actions import record
from journal.models import Act
from reports import outputs, periods
from reports.documents import covering, narrative, zalo
from reports.drain import drain_if_quick
from reports.models import Period
from reports.monthly import MonthlyTables
from reports.period_choices import code_of
from sheets.downloads import file_response


@dataclass
class Wanted:
    """A report that she has a part in: its area, period and tables."""

    area: Area
    period: Period
    tables: MonthlyTables
    # Are its figures up to date? Else they are being counted again.
    is_fresh: bool

    @property
    def page(self) -> str:
        return f"{reverse('reports:monthly')}?area={self.area.pk}&period={code_of(self.period)}"

    @property
    def period_code(self) -> str:
        return code_of(self.period)

    @property
    def label(self) -> str:
        return f"{self.period} {self.area}"


def of_report(view: Callable[[HttpRequest, Wanted], HttpResponse]) -> Callable[..., HttpResponse]:
    """A view about the report of `pk` and `period_code`. Not hers to see: 404; no part in its reports: 403."""

    @wraps(view)
    def inner(request: HttpRequest, pk: int, period_code: str) -> HttpResponse:
        return view(request, wanted(request, pk, period_code))

    return inner


def wanted(request: HttpRequest, pk: int, period_code: str) -> Wanted:
    today = timezone.localdate()
    try:
        period = periods.parse(period_code)
    except ValueError as error:
        raise Http404(str(error)) from error
    area = get_object_or_404(Area, pk=pk)
    if period.start_on > today or not request.user.reach().sees_figures(area, area.last_day(period.as_of(today))):
        raise Http404
    if not outputs.may_have_report(request.user, area):
        raise PermissionDenied
    is_fresh = outputs.frozen_of(area, period) is not None or drain_if_quick([area.pk], today=today)
    try:
        return Wanted(area, period, outputs.tables_of(area, period, today=today), is_fresh)
    except ValueError as error:
        raise Http404(str(error)) from error


@require_safe
@of_report
def report_document(request, report: Wanted):
    """The covering report as a .docx file."""
    file = outputs.document(report.area, report.period, report.tables)
    return sent(request, report, file, "Báo cáo (.docx)")


@require_safe
@of_report
def report_workbook(request, report: Wanted):
    """Biểu 01–04: at once where that is little, else made by the worker."""
    if report.is_fresh and not outputs.is_long(report.tables):
        file = outputs.workbook(report.area, report.period, report.tables)
        return sent(request, report, file, "Báo cáo Excel")
    return put_off(request, report, "monthly_workbook", f"Báo cáo Excel {report.label}")


def sent(request, report: Wanted, file, what: str) -> HttpResponse:
    record(by=request.user, verb=Act.Verb.REPORT, area_id=report.area.pk, label=f"{what} {report.label}")
    return file_response(file.name, file.content)


def put_off(request, report: Wanted, kind: str, label: str, **parameters) -> HttpResponse:
    """Let the worker make it; the page of the job shows how far it is."""
    try:
        job = jobs.start(
            by=request.user,
            kind=kind,
            area=report.area,
            label=label,
            parameters={"period": code_of(report.period), **parameters},
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("accounts:job_list")
    return redirect("accounts:job_detail", job.pk)


@require_safe
@of_report
def report_print(request, report: Wanted):
    """The covering report as a page for printing."""
    record(by=request.user, verb=Act.Verb.PRINT, area_id=report.area.pk, label=f"Báo cáo {report.label}")
    tables = report.tables
    context = {
        "report": report,
        "head": tables.head,
        "about": covering.about(tables),
        "opening": narrative.opening(tables),
        "sections": narrative.sections(tables),
        "closing": narrative.closing(tables),
        "recipients": covering.recipients(tables),
        "addressee": covering.addressee(tables),
        "is_draft": tables.is_open,
    }
    return render(request, "reports/report_print.html", context)


@require_safe
@of_report
def report_message(request, report: Wanted):
    """The totals as a message to paste into a group: no personal data."""
    return render(request, "reports/report_message.html", {"report": report, "text": zalo.text(report.tables)})
