"""What may be said of a visit, by the form at the desk and by the phone alike."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone

from .models import Visit

if TYPE_CHECKING:
    from .actions import VisitFacts

A_DAY = 24 * 60


def visit_faults(facts: VisitFacts, *, is_placed: bool, village_stands: bool, now: dt.datetime) -> dict[str, str]:
    """Errors by field. On that day: `is_placed`, the household stood in a village; `village_stands`, the village of a
    visit to no household was in force.
    """
    errors = {}
    day = timezone.localdate(facts.at)
    if facts.at > now:
        errors["at"] = "Thời điểm ở tương lai. Chỉ ghi lượt đã đến."
    if facts.household is not None and not is_placed:
        errors["at"] = f"Hộ không ở trong sổ vào ngày {day:%d/%m/%Y} (có từ {facts.household.since:%d/%m/%Y})."
    elif facts.household is None and not village_stands:
        errors["village"] = f"Chọn thôn, tổ dân phố có vào ngày {day:%d/%m/%Y}."
    if facts.minutes is not None and not 0 <= facts.minutes <= A_DAY:
        errors["minutes"] = "Số phút từ 0 đến 1.440 (một ngày)."
    if facts.come_back_on is not None and facts.outcome != Visit.Outcome.COME_BACK:
        errors["come_back_on"] = "Ngày hẹn chỉ ghi khi kết quả là “Hẹn lại”."
    elif facts.come_back_on is not None and facts.come_back_on < day:
        errors["come_back_on"] = "Ngày hẹn lại đã qua. Chọn ngày sau lượt này."
    if facts.outcome != Visit.Outcome.MET and (facts.people_helped or any(facts.results.values())):
        errors["people_helped"] = "Chỉ ghi số người và kết quả khi đã gặp."
    if wrong := strangers(facts, day):
        errors["members"] = f"Không phải thành viên của tổ vào ngày {day:%d/%m/%Y}: {wrong}."
    return errors


def strangers(facts: VisitFacts, day: dt.date) -> str:
    """Names of those said to be present who did not belong to the team on that day."""
    wrong = [
        member.full_name
        for member in facts.members
        if member.since > day
        or (member.until is not None and member.until <= day)
        or (facts.team is not None and member.team_id != facts.team.pk)
    ]
    return ", ".join(wrong)
