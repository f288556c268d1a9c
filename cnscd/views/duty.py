"""The period that has just ended, on every home page: what is due, who is missing, what waits for her."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts.rules import Can
from areas.models import Area, AreaVersion, Level
from reports.models import MonthlyReport, Period, VillageConfirmation
from reports.period_choices import code_of
from reports.signing import late
from reports.signing.deadlines import calendar_of
from reports.signing.rules import Rule, allowed, may_report, standing
from reports.views.asked import Asked

State = MonthlyReport.State
# What one is asked to do next, in the order in which it matters; the rest is on the page of the report.
NEXT = ("approve", "present", "send", "explain", "receive")


def of_village(asked: Asked) -> dict:
    """For a team: confirm the month that has ended with one tap, or again when more came in since."""
    period = _ended(asked)
    if period is None or asked.area.since > period.end_on:
        return {}
    village = asked.area
    confirmed = VillageConfirmation.objects.filter(village=village, period=period, withdrawn_at=None).first()
    calendar = calendar_of(period)
    return {
        "duty": {
            "period": period,
            "period_code": code_of(period),
            "confirmed": confirmed,
            "late": late.count(village, period, confirmed.at) if confirmed else 0,
            "due": calendar.due[Level.VILLAGE],
            "days_left": calendar.days_left(Level.VILLAGE, asked.today),
            "may_confirm": village.pk in asked.request.user.reach().area_ids(Can.CONFIRM_FIGURES),
        }
    }


def of_office(asked: Asked) -> dict:
    """For a ward, district or province: its report of the month that has ended, and how many below are in."""
    period = _ended(asked)
    if period is None or asked.area.since > period.end_on or asked.area.last_day(period.end_on) < period.start_on:
        return {}
    area, user = asked.area, asked.request.user
    children = _children(area, period)
    calendar = calendar_of(period)
    duty = {
        "period": period,
        "total": len(children),
        "done": sum(child["confirmed"] or child["sent"] for child in children),
        "cockpit_url": f"{reverse('reports:cockpit')}?area={area.pk}&period={code_of(period)}",
        "report_url": f"{reverse('reports:monthly')}?area={area.pk}&period={code_of(period)}",
        "child_due": calendar.due[Level(children[0]["area__level"])] if children else None,
    }
    if may_report(area, period):
        report = (
            MonthlyReport.objects.current().filter(area=area, period=period).select_related("area", "period").first()
        )
        hers = standing(user, area, above=None)  # of her own area, nobody is the office above
        duty |= {
            "report": report,
            "has_report": True,
            "next": _next(allowed(hers, report or MonthlyReport(area=area, period=period))),
            "due": calendar.due[Level(area.level)],
            "days_left": calendar.days_left(Level(area.level), asked.today),
            "has_part": hers.anything,
        }
    return {"duty": duty}


def _ended(asked: Asked) -> Period | None:
    """The last month that has ended, where the area still existed in it."""
    months = [period for period in asked.known.periods if period.kind == Period.Kind.MONTH]
    return next((period for period in months if period.end_on < asked.today), None)


def _children(area: Area, period: Period) -> list[dict]:
    """The areas right below with whether they confirmed or sent, in one query."""
    confirmed = VillageConfirmation.objects.filter(period=period, withdrawn_at=None, village=OuterRef("area"))
    sent = MonthlyReport.objects.current().filter(
        period=period, state__in=(State.SENT, State.RECEIVED), area=OuterRef("area")
    )
    versions = AreaVersion.objects.on(area.last_day(period.end_on)).filter(parent=area)
    return list(versions.values("area__level", confirmed=Exists(confirmed), sent=Exists(sent)))


def _next(rules: list[Rule]) -> Rule | None:
    by_action = {rule.action: rule for rule in rules}
    return next((by_action[action] for action in NEXT if action in by_action), None)
