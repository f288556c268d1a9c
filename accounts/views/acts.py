"""The journal page. It stands here because the journal itself knows neither users nor workbooks."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.act_filter import ActFilter, readable
from accounts.rules import Can
from journal.actions import record
from journal.models import Act
from sheets.workbook import Column, list_workbook, xlsx_response

PER_PAGE = 50
MOST_ROWS = 10_000
COLUMNS = (
    Column("Lúc", "at", "datetime"),
    Column("Người làm", "actor_name"),
    Column("Việc", lambda act: act.get_verb_display(), width=24),
    Column("Đối tượng", "shown_label", width=40),
    Column("Địa bàn", "area_name"),
    Column("Địa chỉ mạng", "address", "code", 18),
)


@require_GET
def act_list(request):
    if not request.user.may(Can.SEE_JOURNAL):
        raise PermissionDenied
    form = ActFilter(request.user, request.GET)
    acts = form.filter(Act.objects.visible_to(request.user))
    if request.GET.get("export") == "xlsx":
        return export(request, acts, form.area)
    page = Paginator(acts, PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = readable(list(page.object_list), request.user)
    return render(request, "journal/act_list.html", {"filter_form": form, "page": page})


def export(request, acts, area):
    rows = readable(list(acts[:MOST_ROWS]), request.user)
    area_id = area.pk if area else request.user.home_area_id()
    record(by=request.user, verb=Act.Verb.EXPORT, area_id=area_id, label="Nhật ký", rows=len(rows))
    today = timezone.localdate()
    content = list_workbook(
        title="Nhật ký",
        subtitle=f"{area or 'Tất cả địa bàn phụ trách'}, lập ngày {today:%d/%m/%Y}",
        columns=COLUMNS,
        rows=rows,
        note=f"Chỉ có {MOST_ROWS:,} việc gần nhất.".replace(",", ".") if len(rows) == MOST_ROWS else "",
    )
    return xlsx_response(f"Nhật ký {today:%d-%m-%Y}", content)
