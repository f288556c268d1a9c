"""The list of visits as a workbook: the page's own, which can be edited and loaded back (intake/kinds/visits)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Prefetch
from django.utils import timezone

from areas.holidays import WorkingCalendar
from sheets.workbook import Column

from .models import VisitResult
from .office_hours import is_outside

AT_ONCE = 500
COLUMNS = (
    Column("Ngày", lambda visit: timezone.localdate(visit.at), "date"),
    Column("Giờ", lambda visit: f"{timezone.localtime(visit.at):%H:%M}", "code", 7),
    Column("Thôn, tổ dân phố", lambda visit: (visit.village or visit.household.village).name, width=20),
    Column("Mã hộ", lambda visit: visit.household.code if visit.household else "", "code", 9),
    Column("Chủ hộ", lambda visit: visit.household.head_name if visit.household else "", width=24),
    Column("Địa điểm", "place", width=20),
    Column("Kết quả", lambda visit: visit.get_outcome_display(), width=11),
    Column("Hẹn lại ngày", "come_back_on", "date"),
    Column("Số người được hỗ trợ", "people_helped", "integer"),
    Column("Số phút", "minutes", "integer"),
    Column("Nội dung hỗ trợ", lambda visit: "; ".join(map(str, visit.topics.all())), width=40),
    Column("Kết quả hỗ trợ", lambda visit: results_text(visit), width=40),
    Column("Hình thức", lambda visit: visit.get_way_display(), width=18),
    Column("Tổ công nghệ số", lambda visit: visit.team.name if visit.team else "", width=26),
    Column("Thành viên đi", lambda visit: "; ".join(map(str, visit.members.all())), width=30),
    Column("Ghi chú", "note"),
    Column("Ngoài giờ", lambda visit: "x" if visit.is_outside else "", width=9),
    Column("Người ghi", lambda visit: str(visit.recorded_by or "")),
    Column("Mã số lượt (phần mềm)", lambda visit: str(visit.pk), "code", 38),
)


def listed(visits) -> Iterator:
    """Visits of a queryset with all that `COLUMNS` tell of them."""
    calendar = WorkingCalendar.load()
    for visit in with_links(visits.select_related("recorded_by")).iterator(chunk_size=AT_ONCE):
        visit.is_outside = is_outside(visit.at, calendar)
        yield visit


def with_links(visits):
    """Visits with what they are linked to, read along."""
    results = VisitResult.objects.select_related("kind").order_by("kind__order")
    visits = visits.select_related("household__village", "village", "team")
    return visits.prefetch_related("topics", "members", Prefetch("results", results))


def results_text(visit) -> str:
    return "; ".join(f"{result.kind}: {result.count}" for result in visit.results.all())
