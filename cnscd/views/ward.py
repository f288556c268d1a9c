"""Home of a ward: which villages lag, who has not reported, and the work of the day."""

from __future__ import annotations

from accounts.rules import Can
from areas.models import AreaLink, PendingVillage
from reports import figures, measures
from reports.measures import ACTIVITY, PEOPLE
from reports.models import CompleteMark
from reports.rows import in_order
from reports.views.asked import Asked
from reports.views.parts import recounting

from . import doors
from .ranking import area_row, chosen_indicator, indicator_choice, stat

TEMPLATE = "home_ward.html"
SHOWN = ("visits", "met", "households_visited", "people_helped")


def context(asked: Asked) -> dict:
    user = asked.request.user
    asked.is_recounting = recounting(asked)
    indicators = measures.coverage(asked.day)
    indicator = chosen_indicator(asked, indicators)
    activity = [measure for measure in ACTIVITY if measure.code in SHOWN]
    people = [measure for measure in PEOPLE if measure.code in ("teams", "households")]
    table = figures.table(asked.area, asked.period, [indicator, *activity, *people])
    rows = in_order([area_row(row, indicator) for row in table.rows], "rate")
    return indicator_choice(indicators, indicator) | {
        "rows": rows,
        "bars": [row.bar for row in rows],
        "stats": [stat(asked, measure, table.total) for measure in activity],
        "silent": [row for row in rows if not row.visits],
        "without_team": [row for row in rows if not row.teams],
        "registers_left": len(rows) - _complete(rows),
        "may_add_team": user.may(Can.EDIT_TEAMS),
        "pending": _pending(asked),
        "may_edit_areas": user.may(Can.EDIT_AREAS),
        "doors": doors.open_to(user, doors.WARD),
    }


def _complete(rows) -> int:
    """How many of these villages have a register that is marked complete."""
    villages = [row.version.area_id for row in rows]
    return CompleteMark.objects.open().filter(village__in=villages, indicator=None).count()


def _pending(asked: Asked) -> int:
    """Villages of a divided ward that wait to be placed."""
    below = AreaLink.objects.open().filter(ancestor=asked.area).values("descendant")
    return PendingVillage.objects.filter(settled_at=None, village__in=below).count()
