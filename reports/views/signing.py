"""The reporting cycle on the page of a report: present, approve, return, send, receive, explain, open again."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts.rules import Can
from areas.models import Area, Level
from journal.actions import record
from journal.models import Act
from reports import monthly as workbook
from reports import periods
from reports.drain import drain_if_quick
from reports.models import Explanation, FrozenReport, MonthlyReport, Period
from reports.period_choices import code_of
from reports.signing import actions, freezing, late
from reports.signing.rules import Action, Rule, Standing, allowed, office_above, standing
from reports.signing.versions import Difference, differences
from residents.models import Household
from sheets.fields import CleanCharFormField, CleanTextFormField
from sheets.workbook import xlsx_response

WAIT_MS = 4000  # presenting may wait this long for figures that are being counted again
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}


class AttachForm(forms.Form):
    number = CleanCharFormField(label="Số, ký hiệu", max_length=60, required=False)
    date = forms.DateField(label="Ngày văn bản", required=False)
    signer = CleanCharFormField(label="Người ký", max_length=100, required=False)
    file = forms.FileField(label="Bản đã ký (PDF, ảnh)", required=False, help_text="Không quá 20 MB.")


class ExplanationForm(forms.Form):
    words = CleanTextFormField(label="Giải thích", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


@require_POST
def report_act(request, pk: int, period_code: str, action: str):
    """Do one thing with the report of an area and a period; says what happened on the page of the report."""
    area, period = asked_report(request, pk, period_code)
    if action not in Action.values:
        raise Http404
    try:
        report = current(area, period)
        if report is None or action == Action.START:
            report = actions.start(by=request.user, area=area, period=period)
        if action == Action.PRESENT and not drain_if_quick([area.pk], today=timezone.localdate(), budget_ms=WAIT_MS):
            raise ValidationError("Số liệu đang được tính lại; đề nghị trình sau ít phút.")
        if action != Action.START:
            step = request.POST.get("step", "")
            actions.act(
                by=request.user,
                report=report,
                action=Action(action),
                words=request.POST.get("words", ""),
                step=int(step) if step.isascii() and step.isdigit() else None,
            )
        messages.success(request, f"{Action(action).label}: xong.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(page_of(area, period))


@require_POST
def report_attach(request, pk: int, period_code: str):
    """Number, date, signer and the signed file, which come from the e-office afterwards."""
    area, period = asked_report(request, pk, period_code)
    report = current(area, period)
    if report is None:
        raise Http404
    form = AttachForm(request.POST, request.FILES)
    if not form.is_valid():
        context = {"form": form, "area": area, "period": period, "back": page_of(area, period)}
        return render(request, "reports/report_attach.html", context)
    told, file = form.cleaned_data, form.cleaned_data["file"]
    try:
        if file and file.size > actions.LARGEST_FILE:
            raise ValidationError("Tệp bản đã ký lớn quá 20 MB; đề nghị quét lại ở độ phân giải thấp hơn.")
        actions.attach(
            by=request.user,
            report=report,
            number=told["number"],
            date=told["date"],
            signer=told["signer"],
            file_name=file.name if file else "",
            content=file.read() if file else b"",
        )
        messages.success(request, "Đã ghi số văn bản." if not file else "Đã ghi số văn bản và bản đã ký.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(page_of(area, period))


@require_POST
def report_explain(request, pk: int, period_code: str, finding: str):
    """Why something that looks odd is right."""
    area, period = asked_report(request, pk, period_code)
    hers = standing_of(request.user, area, period)
    if not hers.makes:
        raise PermissionDenied
    form = ExplanationForm(request.POST)
    if not form.is_valid() or len(finding) > 120:
        messages.error(request, "Chưa lưu: cần ghi lời giải thích.")
        return redirect(f"{page_of(area, period)}#kiem-tra")
    report = current(area, period) or actions.start(by=request.user, area=area, period=period)
    if report.state not in (MonthlyReport.State.DRAFT, MonthlyReport.State.RETURNED):
        messages.error(request, "Báo cáo đã trình: rút về để sửa rồi mới giải thích được.")
        return redirect(page_of(area, period))
    Explanation.objects.update_or_create(
        report=report,
        finding=finding,
        defaults={"words": form.cleaned_data["words"], "by": request.user, "at": timezone.now()},
    )
    record(by=request.user, verb=Act.Verb.CHANGE, obj=report, area_id=area.pk, label=f"Giải thích số liệu {report}")
    messages.success(request, "Đã lưu lời giải thích.")
    return redirect(f"{page_of(area, period)}#kiem-tra")


@require_safe
def report_version(request, pk: int, period_code: str, version: int):
    """A report as it was approved, whatever happened since.

    `?export=xlsx`, `docx`, `json`: the very bytes; `?file=signed`: the scan.
    """
    area, period = seen_report(request, pk, period_code)
    report = get_object_or_404(
        MonthlyReport.objects.visible_to(request.user)
        .exclude(approved_at=None)
        .select_related("area", "period", "frozen", "approved_by", "presented_by"),
        area=area,
        period=period,
        version=version,
    )
    frozen = report.frozen
    if request.GET.get("export") == "xlsx":
        _record_export(request, report, "Excel")
        return xlsx_response(f"{report}.xlsx", bytes(frozen.workbook))
    if request.GET.get("export") == "docx":
        if frozen.document is None:
            raise Http404
        _record_export(request, report, "văn bản")
        return _attachment(f"{report}.docx", bytes(frozen.document), DOCX)
    if request.GET.get("export") == "json":
        _record_export(request, report, "JSON")
        return _attachment(f"{report}.json", freezing.content_of(frozen), "application/json")
    signed = getattr(report, "signed_file", None)
    if request.GET.get("file") == "signed":
        if signed is None:
            raise Http404
        _record_export(request, report, "bản đã ký")
        kind = TYPES.get(signed.name.rpartition(".")[2].lower(), "application/octet-stream")
        return _attachment(signed.name, bytes(signed.content), kind)
    tables = freezing.read(frozen)
    context = {
        "report": report,
        "area": area,
        "tables": tables,
        "lines": list(workbook.lines(tables)),
        "frozen": frozen,
        "signed": signed,
        "back": page_of(area, period),
        "late": late.count(area, period, frozen.made_at),
        "about": freezing.data_of(frozen),
        "differences": _differences(report),
        "period_code": period_code,
        # Whoever has a part in reports is told who did it; others, that it was done.
        "names_people": request.user.may(Can.MAKE_REPORTS) or request.user.may(Can.APPROVE_REPORTS),
    }
    return render(request, "reports/report_version.html", context)


@require_safe
def report_late(request, pk: int, period_code: str):
    """Bổ sung sau chốt: what was seen in the period and came in after the report was presented.

    Everybody who sees the report sees how many; the households, who may see them.
    """
    area, period = seen_report(request, pk, period_code)
    report = current(area, period)
    if report is None or report.presented_at is None:
        raise Http404
    villages = late.villages_in(area, period).values("pk")
    after = report.presented_at
    hers = Household.objects.visible_to(request.user).values("pk")
    answers = late.observations(villages, period, after).filter(household__in=hers).select_related(
        "household__village", "indicator", "recorded_by"
    )  # fmt: skip
    visits = late.visits(villages, period, after).filter(household__in=hers).select_related(
        "household__village", "recorded_by"
    )  # fmt: skip
    context = {
        "report": report,
        "area": area,
        "count": late.count(area, period, after),
        "answers": answers.order_by("-received_at", "-pk").distinct()[:200],
        "visits": visits.order_by("-received_at", "-pk").distinct()[:200],
        "back": page_of(area, period),
    }
    return render(request, "reports/report_late.html", context)


@require_POST
def village_confirm(request, pk: int, period_code: str):
    """One tap: the figures of the village are complete for the period (or no longer: `withdraw=1`)."""
    period = _period(period_code)
    village = get_object_or_404(Area.objects.visible_to(request.user).at(Level.VILLAGE), pk=pk)
    try:
        if request.POST.get("withdraw"):
            actions.withdraw_confirmation(by=request.user, village=village, period=period)
            messages.success(request, f"Đã rút xác nhận của {village}, {period}.")
        else:
            source = request.POST.get("source", "")
            actions.confirm_village(by=request.user, village=village, period=period, source=source)
            messages.success(request, f"Đã xác nhận số liệu {village}, {period}.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    if request.POST.get("back") == "home":
        return redirect("home")
    ward = Area.objects.above(village, village.last_day(period.end_on)).at(Level.WARD).get()
    return redirect(f"{reverse('reports:cockpit')}?area={ward.pk}&period={period_code}")


def _differences(report: MonthlyReport) -> list[Difference]:
    """Against the version before, which was approved too."""
    of_both = FrozenReport.objects.filter(
        report__area=report.area, report__period=report.period, report__version__in=(report.version - 1, report.version)
    )
    found = list(of_both.exclude(number=None).select_related("report__area", "report__period").order_by("number"))
    return differences(*found) if len(found) == 2 else []


# --- what other pages of reports ask ----------------------------------------------------------------------------------


def current(area: Area, period: Period) -> MonthlyReport | None:
    found = MonthlyReport.objects.current().filter(area=area, period=period)
    return found.select_related("area", "period", "presented_by", "approved_by").first()


def standing_of(user, area: Area, period: Period) -> Standing:
    return standing(user, area, office_above(area, area.last_day(period.end_on)))


def actions_on_page(hers: Standing, report: MonthlyReport) -> list[Rule]:
    """The rules that the page draws as buttons."""
    return [rule for rule in allowed(hers, report) if rule.action != Action.ATTACH]


def page_of(area: Area, period: Period) -> str:
    return f"{reverse('reports:monthly')}?area={area.pk}&period={code_of(period)}"


def seen_report(request, pk: int, period_code: str) -> tuple[Area, Period]:
    """An area whose figures she may see in that period. Raises 404."""
    period = _period(period_code)
    area = get_object_or_404(Area, pk=pk)
    day = area.last_day(period.as_of(timezone.localdate()))
    if not request.user.reach().sees_figures(area, day):
        raise Http404
    return area, period


def asked_report(request, pk: int, period_code: str) -> tuple[Area, Period]:
    """The same, for somebody who has a part in its report. Raises 404, PermissionDenied."""
    area, period = seen_report(request, pk, period_code)
    if not standing_of(request.user, area, period).anything:
        raise PermissionDenied
    return area, period


def _period(code: str) -> Period:
    try:
        period = periods.parse(code)
    except ValueError as error:
        raise Http404(str(error)) from error
    if period.start_on > timezone.localdate():
        raise Http404
    return period


def _record_export(request, report: MonthlyReport, what: str) -> None:
    label = f"Tải {what}: {report}"
    record(by=request.user, verb=Act.Verb.EXPORT, obj=report, area_id=report.area_id, label=label)


def _attachment(name: str, content: bytes, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    return response
