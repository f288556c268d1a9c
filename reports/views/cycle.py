"""The reporting cycle on the page of a report: where it stands, what she may do, what looks odd, what came in late."""

from __future__ import annotations

from areas.models import Level
from reports.models import MonthlyReport, ReportEvent, SignedFile
from reports.signing import late
from reports.signing.checks import findings
from reports.signing.deadlines import calendar_of
from reports.signing.rules import Action, may_report

from . import signing
from .asked import Asked

State = MonthlyReport.State
OPEN = (State.DRAFT, State.RETURNED)
STEPS = (
    ("Lập", OPEN),
    ("Trình", (State.PRESENTED,)),
    ("Duyệt", (State.APPROVED,)),
    ("Gửi", (State.SENT, State.EXPLAIN)),
    ("Tiếp nhận", (State.RECEIVED,)),
)


def cycle(request, asked: Asked, current: MonthlyReport | None, tables) -> dict:
    """Where the report stands, what she may do with it, what looks odd, and what came in late."""
    if not may_report(asked.area, asked.period):
        return {"has_cycle": False}
    hers = signing.standing_of(request.user, asked.area, asked.period)
    is_open = current is None or current.state in OPEN
    explained = {row.finding: row for row in current.explanations.select_related("by")} if current else {}
    found = findings(tables) if is_open and hers.makes else []
    calendar = calendar_of(asked.period)
    events = _events(asked)
    level = Level(asked.area.level)
    return {
        "has_cycle": True,
        "current": current,
        "standing": hers,
        "rules": signing.actions_on_page(request.user, asked.area, asked.period, current),
        "may_attach": bool(current and current.is_locked and hers.makes),
        "attach_form": signing.AttachForm(
            initial={"number": current.document_number, "date": current.document_date, "signer": current.signer_name}
        )
        if current and current.is_locked and hers.makes
        else None,
        "signed_file": SignedFile.objects.filter(report=current).defer("content").first() if current else None,
        "findings": [(finding, explained.get(finding.key)) for finding in found],
        "unexplained": sum(finding.key not in explained for finding in found),
        "events": events,
        "asked_words": next((row["note"] for row in events if row["note"]), "")
        if current and current.state in (State.RETURNED, State.EXPLAIN)
        else "",
        "versions": MonthlyReport.objects.filter(area=asked.area, period=asked.period)
        .exclude(approved_at=None)
        .select_related("approved_by")
        .order_by("-version"),
        "late_count": late.count(asked.area, asked.period, current.presented_at)
        if current and current.presented_at and not is_open
        else 0,
        "due": calendar.due[level],
        "days_left": calendar.days_left(level, asked.today),
        "filing": calendar.filing,
        "state_steps": _state_steps(current),
    }


def _events(asked: Asked) -> list[dict]:
    """The history of all versions, newest first, for `_history_list.html`."""
    rows = ReportEvent.objects.filter(report__area=asked.area, report__period=asked.period).select_related(
        "by", "report"
    )
    several = any(row.report.version > 1 for row in rows)
    return [
        {
            "at": row.at,
            "by": row.by,
            "text": Action(row.action).label + (f" (bản {row.report.version})" if several else ""),
            "note": row.words,
        }
        for row in reversed(rows)
    ]


def _state_steps(current: MonthlyReport | None) -> list[dict]:
    """The way of a report, and how far this one has come."""
    state = current.state if current else MonthlyReport.State.DRAFT
    here = next(number for number, (_, states) in enumerate(STEPS) if state in states)
    return [
        {"label": label, "is_done": number < here, "is_here": number == here} for number, (label, _) in enumerate(STEPS)
    ]
