"""The files of a report: which tables they are made from, and the long ones that the worker makes.

What was presented or approved is given as it was frozen; a draft as it is counted by now.
"""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.jobs import File, Work, job
from accounts.rules import Can
from areas.models import Area
from journal.actions import record
from journal.models import Act

from . import monthly, not_reached, periods
from .documents import covering
from .drain import drain
from .models import FrozenReport, MonthlyReport, Period, ReportTemplate
from .monthly import MonthlyTables
from .sheet_templates import filling
from .signing import freezing

MOST_AREAS_AT_ONCE = 60  # areas below; a workbook of more is made by the worker
MOST_HOUSEHOLDS_AT_ONCE = 5_000


def may_have_report(user, area: Area) -> bool:
    """Those who make or approve reports, of their own area or one below it, then or now; not the totals above."""
    own = {pk for can in (Can.MAKE_REPORTS, Can.APPROVE_REPORTS) for pk in user.reach().area_ids(can)}
    return area.links_up.filter(ancestor__in=own).exists() or any(
        user.reach().covers(area, can) for can in (Can.MAKE_REPORTS, Can.APPROVE_REPORTS)
    )


def frozen_of(area: Area, period: Period) -> FrozenReport | None:
    """What stands frozen for the report as it is now: presented, approved, sent."""
    open_states = (MonthlyReport.State.DRAFT, MonthlyReport.State.RETURNED)
    reports = MonthlyReport.objects.current().filter(area=area, period=period).exclude(state__in=open_states)
    found = FrozenReport.objects.filter(report__in=reports).select_related("report")
    return found.defer("workbook", "document", "contributions").first()  # large: read where they are sent


def tables_of(area: Area, period: Period, *, today: dt.date) -> MonthlyTables:
    """Raises ValueError when the area did not exist in the period."""
    frozen = frozen_of(area, period)
    return freezing.read(frozen) if frozen else monthly.collect(area, period, today=today)


def is_long(tables: MonthlyTables) -> bool:
    """Too much to make while somebody waits for the page?"""
    return len(tables.coverage.rows) > MOST_AREAS_AT_ONCE


def workbook(area: Area, period: Period, tables: MonthlyTables) -> File:
    """Biểu 01–04: the very bytes of an approved report, else made now."""
    frozen = frozen_of(area, period)
    if frozen is not None and frozen.report.is_locked:
        return File(monthly.file_name(tables), bytes(frozen.workbook))
    return File(monthly.file_name(tables), monthly.render(tables))


def document(area: Area, period: Period, tables: MonthlyTables) -> File:
    """The covering report: the very bytes of an approved one, else made now."""
    frozen = frozen_of(area, period)
    if frozen is not None and frozen.report.is_locked and frozen.document:
        return File(covering.file_name(tables), bytes(frozen.document))
    return File(covering.file_name(tables), covering.render(tables))


# --- made by the worker -----------------------------------------------------------------------------------------------


@job("monthly_workbook", may=may_have_report)
def monthly_workbook(work: Work) -> File:
    tables = _tables(work, steps=6)
    return workbook(work.area, _period(work), tables)


@job("report_from_template", may=may_have_report)
def report_from_template(work: Work) -> File:
    template = ReportTemplate.objects.visible_to(work.user).filter(pk=work.parameters["template"]).first()
    if template is None:
        raise ValidationError("Mẫu đã bị gỡ hoặc không còn thuộc địa bàn của bạn.")
    tables = _tables(work, steps=6)
    return File(filling.file_name(template, tables), filling.fill(template, tables))


@job("not_reached", may=not_reached.may_export, is_personal=True)
def households_not_reached(work: Work) -> File:
    codes = work.parameters.get("indicators", [])
    form = not_reached.collect(work.user, work.area, codes, day=timezone.localdate(), progress=work.progress)
    record(by=work.user, verb=Act.Verb.EXPORT, area_id=work.area.pk, label=work.job.label, rows=form.households)
    return File(not_reached.file_name(form), not_reached.render(form))


def _period(work: Work) -> Period:
    return periods.parse(work.parameters["period"])


def _tables(work: Work, *, steps: int) -> MonthlyTables:
    """Count what is still waiting, then read table after table."""
    today = timezone.localdate()
    work.progress(0, steps)
    period = _period(work)
    if frozen_of(work.area, period) is None:
        drain(today=today)
    try:
        tables = tables_of(work.area, period, today=today)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    for number, name in enumerate(("people", "activity", "activity_to_date", "remarks"), 1):
        work.progress(number, steps)
        getattr(tables, name)
    work.progress(steps - 1, steps)
    record(by=work.user, verb=Act.Verb.REPORT, area_id=work.area.pk, label=work.job.label)
    return tables
