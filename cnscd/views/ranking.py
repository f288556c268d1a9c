"""The areas below, for one indicator: lines of a home page."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from reports.measures import Measure, is_flow
from reports.rows import BASIS, CoverageRow, basis_text
from reports.views.asked import Asked
from reports.views.parts import value_number, value_words
from sheets.numbers import number_text


@dataclass(frozen=True)
class RankedRow(CoverageRow):
    visits: int | None = None
    teams: int | None = None

    @property
    def bar(self) -> dict:
        before = self.before.rate if self.change is not None else None
        return {"label": self.label, "value": self.rate, "before": before, "text": self.rate_words}


def area_row(row, indicator: Measure, label: str = "") -> RankedRow:
    version = getattr(row, "version", None)
    return RankedRow(
        label=label or version.name,
        shown=row.cells[indicator.code],
        before=row.previous.get(indicator.code),
        measure=indicator,
        url=f"{reverse('reports:coverage')}?area={version.area_id}" if version else "",
        version=version,
        visits=value_number(row.cells.get("visits")),
        teams=value_number(row.cells.get("teams")),
    )


def movers(rows: list[RankedRow]) -> list[RankedRow]:
    """The three whose rate moved most since the period before, most first."""
    moved = [row for row in rows if row.change]
    return sorted(moved, key=lambda row: -abs(row.change))[:3]


def chosen_indicator(asked: Asked, indicators: list[Measure]) -> Measure:
    """The one in the address, else the first of the catalogue."""
    wanted = asked.request.GET.get("indicator", "")
    return next((measure for measure in indicators if code_of(measure) == wanted), indicators[0])


def indicator_choice(indicators: list[Measure], here: Measure) -> dict:
    """The chosen indicator and what else can be chosen."""
    return {
        "indicator": here,
        "indicator_code": code_of(here),
        "indicators": [
            {"label": measure.short_name, "code": code_of(measure), "here": measure == here} for measure in indicators
        ],
    }


def code_of(measure: Measure) -> str:
    """ "cov:vneid2" → "vneid2", as it stands in the address."""
    return measure.code.partition(":")[2]


def stat(asked: Asked, measure: Measure, total) -> dict:
    """A number of the period and the one before; an open period is not yet set against a whole one."""
    now, before = total.cells[measure.code], total.previous.get(measure.code)
    number, then = value_number(now), value_number(before)
    note = "" if then is None else f"Kỳ trước: {value_words(before)}"
    is_whole = asked.period.end_on < asked.today or not is_flow(measure.code)
    if is_whole and number is not None and then is not None and number != then:
        note += f" ({'+' if number > then else ''}{number_text(number - then)})"
    if number is not None and now.basis == BASIS.STATED:
        # Told once, perhaps long ago: the day is said, and it is no figure of two periods.
        note = basis_text(now).capitalize()
    return {"label": measure.name, "value": "" if number is None else value_words(now), "note": note}
