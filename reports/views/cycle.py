"""The reporting cycle on the page of a report: where it stands, what she may do, what looks odd, what came in late."""

from __future__ import annotations

from areas.models import Area, Level
from reports.models import MonthlyReport, ReportEvent, SignedFile
from reports.signing import late
from reports.signing.checks import findings
from reports.signing.deadlines import calendar_of
from reports.signing.rules import Action, Standing, may_report, standing

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
    hers = standing(request.user, asked.area, _office_above(asked))
    calendar, level = calendar_of(asked.period), Level(asked.area.level)
    return {
        "has_cycle": True,
        "current": current,
        "standing": hers,
        "rules": signing.actions_on_page(hers, current or MonthlyReport(area=asked.area, period=asked.period)),
        "due": calendar.due[level],
        "days_left": calendar.days_left(level, asked.today),
        "filing": calendar.filing,
        "state_steps": _state_steps(current),
        **(_odd(current, tables) if hers.makes and (current is None or current.state in OPEN) else {}),
        **(_so_far(asked, current) if current else {}),
        **(_papers(current, hers) if current and current.is_locked else {}),
    }


def _odd(current: MonthlyReport | None, tables) -> dict:
    """What looks odd in a draft, each with what was said of it."""
    found = findings(tables)
    rows = current.explanations.select_related("by") if current and found else ()
    explained = {row.finding: row for row in rows}
    return {
        "findings": [(finding, explained.get(finding.key)) for finding in found],
        "unexplained": sum(finding.key not in explained for finding in found),
    }


def _so_far(asked: Asked, current: MonthlyReport) -> dict:
    """What was done with the report, what is asked of it now, earlier versions, and what came in since."""
    events = _events(asked)
    versions = MonthlyReport.objects.filter(area=asked.area, period=asked.period).exclude(approved_at=None)
    is_asked = current.state in (State.RETURNED, State.EXPLAIN)
    is_presented = current.presented_at and current.state not in OPEN
    return {
        "events": events,
        "asked_words": next((row["note"] for row in events if row["note"]), "") if is_asked else "",
        "versions": versions.select_related("approved_by").order_by("-version")
        if current.is_locked or current.version > 1
        else [],
        "late_count": late.count(asked.area, asked.period, current.presented_at) if is_presented else 0,
    }


def _papers(current: MonthlyReport, hers: Standing) -> dict:
    """Number, date, signer and the signed file of an approved report."""
    told = {"number": current.document_number, "date": current.document_date, "signer": current.signer_name}
    return {
        "attach_form": signing.AttachForm(initial=told) if hers.makes else None,
        "signed_file": SignedFile.objects.filter(report=current).defer("content").first(),
    }


def _office_above(asked: Asked) -> Area | None:
    """As `rules.office_above`, from the way down to the area, which the page has read."""
    areas = {version.area_id: version.area for version in asked.versions}
    above = [areas[crumb.area_id] for crumb in asked.crumbs if crumb.level != Level.COUNTRY]
    return above[-2] if len(above) > 1 else None


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
