from __future__ import annotations

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.rules import Can
from journal.actions import record
from journal.models import Act
from residents.forms.filters import VisitFilter
from residents.models import Visit
from residents.visit_columns import COLUMNS, listed
from sheets.workbook import list_workbook, xlsx_response
from teams.models import Team

from .gate import need, villages_of

ROWS_ON_A_PAGE = 25


@require_GET
def visit_list(request):
    user = request.user
    need(user, Can.SEE_PEOPLE)
    villages = list(villages_of(user))
    form = VisitFilter(request.GET, villages=villages, teams=list(Team.objects.visible_to(user).open()))
    visits = Visit.objects.visible_to(user).counted()
    visits = form.filter(visits, user).select_related("household__village", "village", "team", "recorded_by")
    if request.GET.get("export") == "xlsx":
        return _export(request, form, visits)
    visits = visits.prefetch_related("topics")
    page = Paginator(visits, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "residents/visit_list.html",
        {
            "form": form,
            "page": page,
            "villages": villages,
            "may_record": user.may(Can.RECORD_VISITS),
            "may_export": user.may(Can.EXPORT_PEOPLE),
        },
    )


def _export(request, form, visits):
    need(request.user, Can.EXPORT_PEOPLE)
    visits = visits.filter(pk__in=Visit.objects.visible_to(request.user, Can.EXPORT_PEOPLE).values("pk"))
    rows = list(listed(visits))
    today = timezone.localdate()
    subtitle = f"Ngày {today:%d/%m/%Y}. Sửa rồi tải lên lại được ở mục Nhập danh sách."
    content = list_workbook(title="Lượt hỗ trợ", subtitle=subtitle, columns=COLUMNS, rows=rows)
    record(
        by=request.user,
        verb=Act.Verb.EXPORT,
        label="Lượt hỗ trợ",
        rows=len(rows),
        filters={name: str(value) for name, value in form.cleaned_data.items() if value},
        address=request.META.get("REMOTE_ADDR"),
    )
    return xlsx_response(f"Lượt hỗ trợ {today:%d-%m-%Y}", content)
