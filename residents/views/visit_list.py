from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.rules import Can
from areas.holidays import WorkingCalendar
from journal.actions import record
from journal.models import Act
from residents.forms.filters import VisitFilter
from residents.models import Visit, VisitResult
from residents.office_hours import is_outside
from sheets.workbook import Column, list_workbook, xlsx_response
from teams.models import Team

from .gate import need, villages_of

ROWS_ON_A_PAGE = 25

COLUMNS = (
    Column("Thời điểm", "at", "datetime"),
    Column("Kết quả", lambda visit: visit.get_outcome_display(), width=12),
    Column("Mã hộ", lambda visit: visit.household.code if visit.household else "", "code", 9),
    Column("Chủ hộ hoặc địa điểm", lambda visit: visit.household.head_name if visit.household else visit.place),
    Column("Thôn, tổ dân phố", lambda visit: (visit.village or visit.household.village).name),
    Column("Tổ", lambda visit: visit.team.name if visit.team else ""),
    Column("Hình thức", lambda visit: visit.get_way_display(), width=18),
    Column("Số phút", "minutes", "integer"),
    Column("Ngoài giờ", lambda visit: "x" if visit.is_outside else "", width=9),
    Column("Số người được hỗ trợ", "people_helped", "integer"),
    Column("Nội dung", lambda visit: ", ".join(str(topic) for topic in visit.topics.all()), width=40),
    Column("Kết quả hỗ trợ", lambda visit: results_text(visit), width=40),
    Column("Người ghi", lambda visit: str(visit.recorded_by or "")),
    Column("Ghi chú", "note"),
)


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


def results_text(visit: Visit) -> str:
    return ", ".join(f"{result.kind}: {result.count}" for result in visit.results.all())


def _export(request, form, visits):
    need(request.user, Can.EXPORT_PEOPLE)
    visits = visits.filter(pk__in=Visit.objects.visible_to(request.user, Can.EXPORT_PEOPLE).values("pk"))
    results = VisitResult.objects.select_related("kind").order_by("kind__order")
    rows = list(visits.prefetch_related("topics", Prefetch("results", results)))
    calendar = WorkingCalendar.load()
    for visit in rows:
        visit.is_outside = is_outside(visit.at, calendar)
    today = timezone.localdate()
    content = list_workbook(title="Lượt hỗ trợ", subtitle=f"Ngày {today:%d/%m/%Y}", columns=COLUMNS, rows=rows)
    record(
        by=request.user,
        verb=Act.Verb.EXPORT,
        label="Lượt hỗ trợ",
        rows=len(rows),
        filters={name: str(value) for name, value in form.cleaned_data.items() if value},
        address=request.META.get("REMOTE_ADDR"),
    )
    return xlsx_response(f"Lượt hỗ trợ {today:%d-%m-%Y}", content)
