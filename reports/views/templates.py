"""The authority's own workbook as a template: take it in, bind its cells on the screen, fill it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.rules import Can
from areas.models import Area, AreaVersion
from reports import outputs, periods
from reports.models import ReportTemplate
from reports.sheet_templates import actions, binding, board, filling
from reports.sheet_templates.forms import BindForm, UploadForm
from sheets.downloads import file_response

from .outputs import Wanted, of_report, put_off, sent, wanted


@require_safe
def template_list(request):
    """Templates of her offices, of those below and of those above."""
    _demand_maker(request)
    rows = ReportTemplate.objects.visible_to(request.user).in_use().select_related("area", "uploaded_by")
    return render(request, "reports/template_list.html", {"templates": rows.order_by("area__level", "name")})


@require_http_methods(["GET", "HEAD", "POST"])
def template_add(request):
    _demand_maker(request)
    areas = Area.objects.filter(pk__in=request.user.reach().area_ids(Can.MAKE_REPORTS))
    form = UploadForm(request.POST or None, request.FILES or None, areas=areas)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            template = actions.upload(
                by=request.user,
                area=form.cleaned_data["area"],
                name=form.cleaned_data["name"],
                content=file.read(),
                file_name=file.name,
            )
        except ValidationError as error:
            form.add_error("file", error)
        else:
            messages.success(request, f"Đã nhận {template}. Chạm vào từng ô để gắn số liệu.")
            return redirect("reports:template_detail", template.pk)
    return render(request, "reports/template_add.html", {"form": form})


@require_safe
def template_detail(request, pk: int):
    """One sheet as a grid; a tapped cell (`?o=C10`) opens the form of what it holds."""
    template = _template(request, pk)
    book, today = filling.open_template(template), timezone.localdate()
    sheet = request.GET.get("trang") or next(iter(book.sheets))
    if sheet not in book.sheets:
        raise Http404
    chosen, names = request.GET.get("o", ""), measure_names(today)
    children = _children(template.area, today)
    bindings = binding.read(template)
    filled = _preview(request, template, book, today) if request.GET.get("thu") else None
    words = board.words_of(bindings, sheet, names, children)
    first = request.GET.get("dong", "1")
    drawn = board.draw(
        book, sheet, words, first=int(first) if first.isdecimal() else 1, chosen=chosen, filled=filled
    )  # fmt: skip
    here = next((one for one in bindings if (one.sheet, one.cell) == (sheet, chosen)), None)
    context = {
        "template": template,
        "sheets": [(name, _url(template, trang=name)) for name in book.sheets],
        "sheet": sheet,
        "board": drawn,
        "chosen": chosen,
        "here": here,
        "form": BindForm(initial=_initial(here, sheet, chosen), today=today, children=children),
        "filled": filled,
        "first": first,
        "is_hers": may_edit(request.user, template),
        "bound": [(one, one.words(names, children)) for one in bindings],
    }
    return render(request, "reports/template_detail.html", context)


@require_POST
def template_bind(request, pk: int):
    """Bind a cell, or take away what is bound to it; back to the cell."""
    template = _own(request, pk)
    today = timezone.localdate()
    sheet, cell = request.POST.get("sheet", ""), request.POST.get("cell", "").strip().upper()
    back = _url(template, trang=sheet, o=cell, dong=request.POST.get("first", "1"))
    if request.POST.get("remove"):
        actions.unbind(by=request.user, template=template, sheet=sheet, cell=cell)
        messages.success(request, f"Đã gỡ ô {cell}.")
        return redirect(back)
    form = BindForm(request.POST, today=today, children=_children(template.area, today))
    try:
        if not form.is_valid():
            raise ValidationError([message for errors in form.errors.values() for message in errors])
        actions.bind(by=request.user, template=template, one=form.binding())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"Đã gắn ô {cell}.")
    return redirect(f"{back}#o-{cell}")


@require_POST
def template_retire(request, pk: int):
    template = _own(request, pk)
    actions.retire(by=request.user, template=template)
    messages.success(request, f"Đã thôi dùng mẫu {template}.")
    return redirect("reports:template_list")


# --- filling ----------------------------------------------------------------------------------------------------------


@require_safe
@of_report
def report_templates(request, report: Wanted):
    """Which templates this report can be put into."""
    rows = ReportTemplate.objects.visible_to(request.user).in_use().select_related("area")
    return render(request, "reports/report_templates.html", {"report": report, "templates": rows})


@require_safe
def report_template_file(request, pk: int, period_code: str, template_pk: int) -> HttpResponse:
    """“Tải theo mẫu của cơ quan”: the template with this report's figures."""
    template = _template(request, template_pk)
    report = wanted(request, pk, period_code)
    label = f"Báo cáo theo mẫu “{template}” {report.label}"
    if outputs.is_long(report.tables) or not report.is_fresh:
        return put_off(request, report, "report_from_template", label, template=template.pk)
    try:
        file = outputs.File(filling.file_name(template, report.tables), filling.fill(template, report.tables))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(f"{reverse('reports:report_templates', args=[pk, period_code])}")
    return sent(request, report, file, f"Báo cáo theo mẫu “{template}”")


@require_safe
def template_file(request, pk: int):
    """The file as it was uploaded."""
    template = _template(request, pk)
    return file_response(template.file_name, bytes(template.content))


# --- who and what -----------------------------------------------------------------------------------------------------


def may_edit(user, template: ReportTemplate) -> bool:
    """Whoever makes the reports of the office that the template belongs to, or of one above it."""
    return template.is_current and template.retired_at is None and user.reach().covers(template.area, Can.MAKE_REPORTS)


def measure_names(today) -> dict[str, str]:
    return {one.code: one.short_name for _, group in binding.known_measures(today) for one in group}


def _demand_maker(request) -> None:
    if not request.user.may(Can.MAKE_REPORTS):
        raise PermissionDenied


def _template(request, pk: int) -> ReportTemplate:
    rows = ReportTemplate.objects.visible_to(request.user).filter(retired_at=None).select_related("area")
    return get_object_or_404(rows, pk=pk)


def _own(request, pk: int) -> ReportTemplate:
    template = _template(request, pk)
    if not may_edit(request.user, template):
        raise PermissionDenied
    return template


def _children(area: Area, today) -> dict[int, str]:
    rows = AreaVersion.objects.children_of(area, area.last_day(today)).order_by("sort_key")
    return dict(rows.values_list("area", "name"))


def _preview(request, template: ReportTemplate, book, today):
    """What would stand in the cells: of the template's own area where she reports there, else of her own."""
    own = Area.objects.filter(pk__in=request.user.reach().area_ids(Can.MAKE_REPORTS)).order_by("level", "pk").first()
    area = template.area if outputs.may_have_report(request.user, template.area) else own
    if area is None:
        return None
    try:
        tables = outputs.tables_of(area, periods.recent_months(today, 2)[1], today=today)
        return filling.values_of(book, binding.read(template), tables)
    except (ValidationError, ValueError) as error:
        messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
        return None


def _initial(here, sheet: str, chosen: str) -> dict:
    if here is None:
        return {"sheet": sheet, "cell": chosen}
    what = here.what if here.kind == binding.Kind.FIGURE else f"text:{here.what}"
    return {
        "sheet": sheet,
        "cell": chosen,
        "what": what,
        "number": here.number,
        "of": here.of,
        "child": here.child or "",
    }


def _url(template: ReportTemplate, **query) -> str:
    return f"{reverse('reports:template_detail', args=[template.pk])}?{urlencode(query)}"
