"""Tiến độ kỳ báo cáo: who has reported, who has not, and how many working days are left."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.shortcuts import render

from accounts.rules import Can
from areas.models import Level
from reports.forms import ReportForm
from reports.period_choices import code_of
from reports.signing import cockpit as progress
from reports.signing.rules import may_report
from sheets.workbook import Column

from . import signing
from .asked import Asked, asks
from .parts import child_words, workbook

MONTHS_SHOWN = 12
ON_A_PAGE = 100


class CockpitForm(ReportForm):
    field_order = ["period", "on"]


COLUMNS = (
    Column("Đơn vị", lambda child: child.version.name, width=32),
    Column("Tình trạng", lambda child: progress.WORDS[child.standing], width=14),
    Column("Chi tiết", "words", width=40),
    Column("Nộp lúc", "done_at", "datetime"),
    Column("Ghi nhận đến sau", "late", "integer", 12),
)


@asks(CockpitForm, heading="Tiến độ báo cáo")
def cockpit(request, asked: Asked):
    """The areas below an office with what they did for the period; `?export=xlsx` is the list."""
    months = [
        month for month in asked.known.months_to(asked.known.current(), MONTHS_SHOWN) if month.end_on < asked.today
    ]
    found = progress.cockpit(asked.area, asked.period, today=asked.today, months=months)
    if not asked.is_hers:
        hers = set(request.user.reach().visible_areas(asked.day).values_list("pk", flat=True))
        found.children = [child for child in found.children if child.version.area_id in hers]
    if asked.wants_workbook:
        return workbook(asked, "Tiến độ báo cáo", COLUMNS, found.children)
    reports_here = may_report(asked.area, asked.period)
    through_time = found.through_time
    begun = next((number for number, row in enumerate(through_time) if row.done), len(through_time))
    through_time = through_time[begun:]
    return render(
        request,
        "reports/cockpit.html",
        asked.context(
            cockpit=found,
            page=Paginator(found.children, ON_A_PAGE).get_page(request.GET.get("page")),
            words=progress.WORDS,
            own=found.own,
            reports_here=reports_here,
            period_code=code_of(asked.period),
            report_url=signing.page_of(asked.area, asked.period),
            may_see_report=request.user.may(Can.MAKE_REPORTS) or request.user.may(Can.APPROVE_REPORTS),
            may_confirm=found.child_level == Level.VILLAGE and asked.may(Can.CONFIRM_FIGURES),
            is_over=asked.today >= asked.period.end_on,
            zalo=progress.zalo_text(found) if found.children else "",
            through_time=through_time,
            **child_words([child.version for child in found.children]),
        ),
    )
