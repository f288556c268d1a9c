from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone

from journal.actions import record
from journal.models import Act
from sheets.dates import date_text
from sheets.workbook import list_workbook, xlsx_response

from ..actions import change_office
from ..filters import OfficeFilter
from ..forms import OfficeForm
from ..lists import OFFICE_COLUMNS
from ..models import Area, map_note
from ..rules import tabs
from .access import area_of_office

PAGE = 50


def office_list(request):
    """The offices of the areas in her care, and the areas whose office nobody has described yet."""
    user, today = request.user, timezone.localdate()
    if not user.may("edit_offices"):
        raise PermissionDenied
    form = OfficeFilter(request.GET)
    areas = form.filter(Area.objects.on(today).visible_to(user, "edit_offices"))
    if request.GET.get("export") == "xlsx" and form.is_valid():
        rows = list(areas)
        record(by=user, verb=Act.Verb.EXPORT, label="Danh sách cơ quan", rows=len(rows))
        content = list_workbook(
            title="Danh sách cơ quan", subtitle=f"Tại ngày {date_text(today)}", columns=OFFICE_COLUMNS, rows=rows
        )
        return xlsx_response("Danh sách cơ quan.xlsx", content)
    page = Paginator(areas, PAGE).get_page(request.GET.get("page"))
    context = {"filter_form": form, "page": page, "map_note": map_note(today), **tabs(user)}
    return render(request, "areas/office_list.html", context)


def office_edit(request, pk):
    """What the office of an area is from a day on; on its present first day, a correction."""
    area, today = area_of_office(request, pk), timezone.localdate()
    present = area.offices.order_by("since").last()
    form = OfficeForm(request.POST or None, area=area, present=present, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            change_office(by=request.user, office=form.save(commit=False))
        except ValidationError as error:
            form.add_error("since", error.messages)
        else:
            messages.success(request, f"Đã lưu thông tin cơ quan của {area}.")
            return redirect("areas:area_detail", pk)
    context = {"form": form, "area": area, "offices": area.offices.order_by("-since")}
    return render(request, "areas/office_edit.html", context)
