"""The monthly report: what it will say, the words of Biểu 04, and the workbook."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.rules import Can
from areas.models import Area, Level
from journal.actions import record
from journal.models import Act
from reports import monthly as workbook
from reports import outputs, periods
from reports.completeness import mark_complete, registers, unmark_complete
from reports.forms import ReportForm
from reports.models import CompleteMark, Period
from reports.period_choices import OFFERED, code_of
from reports.remarks import RemarksForm, write_remarks
from reports.signing import freezing
from reports.signing.rules import state_words
from sheets.workbook import xlsx_response

from . import cycle, signing
from .asked import Asked, asks
from .parts import child_words

REGISTERS_ON_A_PAGE = 100


class MonthlyForm(ReportForm):
    field_order = ["period", "on"]


@asks(MonthlyForm, heading="Báo cáo tháng")
def monthly(request, asked: Asked):
    """What the workbook of this area and period holds; `?export=xlsx` is the workbook itself."""
    _demand_part_in_report(request, asked.is_hers)
    current = signing.current(asked.area, asked.period)
    frozen = outputs.frozen_of(asked.area, asked.period) if current and current.state not in cycle.OPEN else None
    if asked.wants_workbook and frozen is not None and current.is_locked:
        record(by=request.user, verb=Act.Verb.EXPORT, obj=current, area_id=asked.area.pk, label=f"Tải Excel: {current}")
        return xlsx_response(f"{current}.xlsx", bytes(frozen.workbook))
    report = freezing.read(frozen) if frozen else _as_counted_by_now(asked)
    if asked.wants_workbook:
        record(
            by=request.user,
            verb=Act.Verb.REPORT,
            area_id=asked.area.pk,
            label=f"Báo cáo {asked.period} {asked.area}",
        )
        return xlsx_response(workbook.file_name(report), workbook.render(report))
    may_write = frozen is None and request.user.may(Can.MAKE_REPORTS)
    return render(
        request,
        "reports/monthly.html",
        asked.context(
            report=report,
            lines=list(workbook.lines(report)),
            missing=report.coverage.missing,
            **child_words(report.coverage.rows),
            remarks_form=RemarksForm(area=asked.area, period=asked.period, day=asked.day) if may_write else None,
            period_code=code_of(asked.period),
            **cycle.cycle(request, asked, current, report),
        ),
    )


def _as_counted_by_now(asked: Asked) -> workbook.MonthlyTables:
    known = asked.known
    before = asked.previous if asked.period.kind in OFFERED else None
    to_date = known.to_date(asked.period)
    return workbook.collect(asked.area, asked.period, today=asked.today, to_date=to_date, before=before)


@require_POST
def remarks_edit(request, pk: int, period_code: str):
    """Store the words of Biểu 04."""
    area, period = _area_and_period(request, pk, period_code)
    today = timezone.localdate()
    form = RemarksForm(request.POST, area=area, period=period, day=area.last_day(period.as_of(today)))
    current = signing.current(area, period)
    if outputs.frozen_of(area, period):
        messages.error(request, f"{current} {state_words(current)}: rút về hoặc mở lại mới sửa được nhận xét.")
        return redirect(signing.page_of(area, period))
    back = f"{reverse('reports:monthly')}?area={area.pk}&period={period_code}"
    if form.is_valid():
        changed = write_remarks(by=request.user, form=form)
        messages.success(request, "Đã lưu nhận xét của Biểu 04." if changed else "Không có gì thay đổi.")
        return redirect(f"{back}#nhan-xet")
    return render(request, "reports/remarks_edit.html", {"form": form, "area": area, "period": period, "back": back})


@require_safe
def registers_list(request, pk: int):
    """The villages of a ward: how many households their registers hold, and which are marked complete."""
    ward = get_object_or_404(Area.objects.filter(pk__in=request.user.reach().areas(Can.SEE_FIGURES)), pk=pk)
    if ward.level != Level.WARD:
        raise Http404
    today = timezone.localdate()
    return render(
        request,
        "reports/registers_list.html",
        {
            "ward": ward,
            "page": Paginator(registers(ward, today), REGISTERS_ON_A_PAGE).get_page(request.GET.get("page")),
            "today": today,
            "may_mark": request.user.reach().covers(ward, Can.EDIT_PEOPLE),
        },
    )


@require_POST
def register_mark(request, pk: int):
    """Mark the register of a village complete from a day on, or end the mark."""
    reach = request.user.reach()
    village = get_object_or_404(Area.objects.at(Level.VILLAGE).filter(pk__in=reach.areas(Can.SEE_FIGURES)), pk=pk)
    if not (reach.covers(village, Can.STATE_FIGURES) and reach.covers(village, Can.EDIT_PEOPLE)):
        raise PermissionDenied
    today = timezone.localdate()
    try:
        if request.POST.get("is_complete") == "0":
            unmark_complete(by=request.user, village=village, on=today)
            messages.success(request, f"Đã thôi xác nhận đủ sổ hộ {village}.")
        else:
            mark_complete(by=request.user, village=village, since=_since(request, village, today), today=today)
            messages.success(request, f"Đã xác nhận {village} đủ sổ hộ.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    ward = Area.objects.above(village, today).at(Level.WARD).get()
    return redirect("reports:registers_list", ward.pk)


def _since(request, village: Area, today):
    """From the first day of the running month, which is then counted whole; not into an earlier mark's time."""
    ended = CompleteMark.objects.filter(village=village, indicator=None).aggregate(on=Max("until"))["on"]
    return max(filter(None, (periods.month_containing(today).start_on, village.since, ended)))


def _area_and_period(request, pk: int, period_code: str) -> tuple[Area, Period]:
    try:
        period = periods.parse(period_code)
    except ValueError as error:
        raise Http404(str(error)) from error
    today = timezone.localdate()
    if period.start_on > today:
        raise Http404
    area = get_object_or_404(Area, pk=pk)
    day = area.last_day(period.as_of(today))
    if not request.user.reach().sees_figures(area, day):
        raise Http404
    if not request.user.may(Can.MAKE_REPORTS) or not _is_hers(request.user, area):
        raise PermissionDenied
    return area, period


def _is_hers(user, area: Area) -> bool:
    """Her own area or one below it, then or now; not the totals above her."""
    own = set(user.reach().area_ids(Can.MAKE_REPORTS))
    return area.links_up.filter(ancestor__in=own).exists() or user.reach().covers(area, Can.MAKE_REPORTS)


def _demand_part_in_report(request, is_hers: bool) -> None:
    """Those who make reports here or above, and the leaders who approve them."""
    has_part = request.user.may(Can.MAKE_REPORTS) or request.user.may(Can.APPROVE_REPORTS)
    if not (has_part and is_hers):
        raise PermissionDenied
