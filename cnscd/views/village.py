"""Home of a team: how far its village is, and who is left."""

from __future__ import annotations

from django.urls import reverse

from accounts.rules import Can
from reports import figures, measures
from reports.measures import ACTIVITY
from reports.rows import CoverageRow
from reports.views.asked import Asked
from reports.views.parts import recounting, value_number, value_words

from . import duty

TEMPLATE = "home_village.html"
SHOWN = ("visits", "met", "households_visited", "people_helped")


def context(asked: Asked) -> dict:
    user, village = asked.request.user, asked.area
    asked.is_recounting = recounting(asked)
    indicators = measures.coverage(asked.day)
    wanted = [*indicators, *ACTIVITY]
    cells = figures.of_areas([village.pk], [asked.period, asked.previous], wanted)
    now, before = (cells[village.pk, period.pk] for period in (asked.period, asked.previous))
    may_list = user.may(Can.SEE_PEOPLE)
    return duty.of_village(asked) | {
        "may_list": may_list,
        "may_record": user.may(Can.RECORD_VISITS),
        "rows": [
            CoverageRow(
                measure.short_name,
                now[measure.code],
                before[measure.code],
                measure,
                missing_url=_missing_url(village, measure) if may_list else "",
            )
            for measure in indicators
        ],
        "stats": [_stat(measure, now, before) for measure in ACTIVITY if measure.code in SHOWN],
    }


def _missing_url(village, measure) -> str:
    code = measure.code.partition(":")[2]
    return f"{reverse('reports:coverage_missing')}?area={village.pk}&indicator={code}"


def _stat(measure, now: dict, before: dict) -> dict:
    number, then = value_number(now[measure.code]), before[measure.code]
    return {
        "label": measure.name,
        "value": "" if number is None else value_words(now[measure.code]),
        "note": "" if value_number(then) is None else f"Kỳ trước: {value_words(then)}",
    }
