"""Home of a ward: which villages lag, who has not reported, and the work of the day."""

from __future__ import annotations

from collections import Counter

from django.db.models import Value

from accounts.rules import Can
from areas.models import AreaLink, PendingVillage
from reports import figures, measures
from reports.measures import ACTIVITY, PEOPLE
from reports.models import CompleteMark
from reports.rows import in_order
from reports.views.asked import Asked
from reports.views.parts import recounting

from . import doors, duty
from .ranking import area_row, chosen_indicator, indicator_choice, movers, stat

TEMPLATE = "home_ward.html"
MOST_SHOWN = 30
SHOWN = ("visits", "met", "households_visited", "people_helped")


def context(asked: Asked) -> dict:
    user = asked.request.user
    asked.is_recounting = recounting(asked)
    indicators = measures.coverage(asked.day)
    indicator = chosen_indicator(asked, indicators)
    activity = [measure for measure in ACTIVITY if measure.code in SHOWN]
    people = [measure for measure in PEOPLE if measure.code in ("teams", "households")]
    table = figures.table(
        asked.area,
        asked.period,
        [indicator, *activity, *people],
        today=asked.today,
        before=asked.previous,
        with_ended=False,
    )
    rows = in_order([area_row(row, indicator) for row in table.rows], "rate")
    return (
        indicator_choice(indicators, indicator)
        | duty.of_office(asked)
        | _left_to_do(asked, rows)
        | {
            "rows": rows,
            "bars": [row.bar for row in rows[:MOST_SHOWN]],
            "more": max(0, len(rows) - MOST_SHOWN),
            "stats": [stat(asked, measure, table.total) for measure in activity],
            "silent": [row for row in rows if not row.visits],
            "without_team": [row for row in rows if not row.teams],
            "movers": movers(rows),
            "may_add_team": user.may(Can.EDIT_TEAMS),
            "may_edit_areas": user.may(Can.EDIT_AREAS),
            "doors": doors.open_to(user, doors.WARD),
        }
    )


def _left_to_do(asked: Asked, rows) -> dict[str, int]:
    """Villages whose register is not marked complete, and villages of a divided ward that wait to be placed."""
    villages = [row.version.area_id for row in rows]
    below = AreaLink.objects.open().filter(ancestor=asked.area).values("descendant")
    complete = CompleteMark.objects.open().filter(village__in=villages, indicator=None).order_by().values("village")
    waiting = PendingVillage.objects.filter(settled_at=None, village__in=below).order_by()
    both = complete.annotate(what=Value("complete")).union(
        waiting.values("village").annotate(what=Value("waiting")), all=True
    )
    count = Counter(row["what"] for row in both)
    return {"registers_left": len(rows) - count["complete"], "pending": count["waiting"]}
