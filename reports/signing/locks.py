"""Which days of which villages lie in a report that an office approved: for the phone, the pages and the lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone

from areas.models import AreaLink, Level
from reports.models import MonthlyReport


@dataclass(frozen=True)
class Lock:
    """Days of a village, both included, in a report of its ward (or of an office above) that was approved."""

    village_id: int
    report: MonthlyReport
    since: dt.date
    until: dt.date

    @property
    def closed_on(self) -> dt.date:
        return timezone.localdate(self.report.approved_at)


def locks_of(village_ids: Collection[int]) -> list[Lock]:
    """The locks of some villages, in two queries at most.

    A month is closed for a village by the ward in which it lay on the month's last day. Offices above add up what
    wards approved: a ward that is open again takes what is seen at its doors, whatever the province approved.
    """
    if not village_ids:
        return []
    reports = {
        report.pk: report
        for report in MonthlyReport.objects.current()
        .locked()
        .filter(area__links_down__descendant__in=village_ids, area__level=Level.WARD)
        .select_related("area", "period")
    }
    if not reports:
        return []
    links = AreaLink.objects.filter(
        ancestor__in={report.area_id for report in reports.values()}, descendant__in=village_ids
    )
    found = []
    for ancestor, village, since, until in links.values_list("ancestor", "descendant", "since", "until"):
        for report in reports.values():
            day = report.area.last_day(report.period.end_on)
            if report.area_id == ancestor and since <= day and (until is None or until > day):
                found.append(Lock(village, report, report.period.start_on, report.period.end_on))
    return found
