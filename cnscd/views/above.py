"""Home above the ward: the areas below in order, who misses data, and what can be downloaded."""

from __future__ import annotations

from accounts.rules import Can
from areas.models import Level
from reports import figures, measures
from reports.measures import ACTIVITY, PEOPLE
from reports.period_choices import code_of
from reports.rows import in_order
from reports.views.asked import Asked
from reports.views.parts import child_words, recounting

from . import doors, duty
from .ranking import area_row, chosen_indicator, indicator_choice, movers, stat

TEMPLATE = "home_above.html"
MOST_SHOWN = 15
SHOWN = ("visits", "met", "households_visited")


def context(asked: Asked) -> dict:
    user = asked.request.user
    asked.is_recounting = recounting(asked)
    indicators = measures.coverage(asked.day)
    indicator = chosen_indicator(asked, indicators)
    activity = [measure for measure in ACTIVITY if measure.code in SHOWN]
    people = [measure for measure in PEOPLE if measure.code in ("teams", "members", "households")]
    table = figures.table(
        asked.area,
        asked.period,
        [indicator, *activity, *people],
        today=asked.today,
        before=asked.previous,
        with_ended=False,
    )
    rows = in_order([area_row(row, indicator) for row in table.rows], "rate")
    known = [row for row in rows if row.has_figure]
    missing = [row for row in rows if not row.has_figure]
    query = {"area": asked.area.pk, "period": code_of(asked.period)}
    return (
        child_words(rows)
        | indicator_choice(indicators, indicator)
        | duty.of_office(asked)
        | {
            "rows": known[:MOST_SHOWN],
            "bars": [row.bar for row in known[:MOST_SHOWN]],
            "more": max(0, len(known) - MOST_SHOWN),
            "missing": missing,
            "movers": movers(rows),
            "total": area_row(table.total, indicator, asked.name),
            "stats": [stat(asked, measure, table.total) for measure in [*activity, *people]],
            "doors": doors.open_to(user, doors.ABOVE, **query),
            "system_doors": doors.open_to(user, doors.ADMINISTRATOR) if user.may(Can.ADMINISTER) else [],
            "is_country": asked.area.level == Level.COUNTRY,
        }
    )
