"""Teams and members: how many, how complete, and how far down they reach."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from areas.models import Level
from reports import figures
from reports.exports import value_columns
from reports.forms import TeamsForm
from reports.measures import BY_ORGANISATION, PEOPLE, Family, Measure, Over
from reports.rows import BASIS, CoverageRow, basis_text, sources
from sheets.numbers import number_text, rate_text, share

from .asked import Asked, asks
from .parts import child_words, recounting, source_lines, value_number, value_words, workbook

# Told for the whole country; nobody counts provinces here.
PROVINCES_WITH_TEAM = Measure(
    "provinces_with_team", "Tỉnh, thành phố có tổ", "Tỉnh có tổ", "tỉnh, thành phố", Family.PEOPLE, Over.AS_OF
)
FEW = 20  # more areas than this: those without a team are not drawn
COUNTED = {measure.code: measure for measure in PEOPLE if measure.code not in ("households", "residents")}
TITLES = {
    "teams": "Tổ",
    "members": "Thành viên",
    "women": "Nữ",
    "on_payroll": "Hưởng lương",
    "teams_without_leader": "Chưa có tổ trưởng",
    "teams_below_norm": "Chưa đủ định mức",
    "villages_with_team": "Thôn có tổ",
    "wards_with_team": "Xã có tổ",
}
# "26/63 tỉnh, thành phố": how many of the areas of a level have a team, and the words when all have.
SPREAD = {
    "provinces_with_team": ("", "tỉnh, thành phố", "đủ 100 % đến cấp tỉnh"),
    "wards_with_team": ("wards", "phường, xã", "đủ 100 % đến cấp xã"),
    "villages_with_team": ("villages", "thôn, tổ dân phố", "đủ 100 % đến thôn, tổ dân phố"),
}


@dataclass(frozen=True)
class TeamsRow:
    label: str
    values: list[str]
    numbers: list
    url: str = ""
    note: str = ""


@asks(TeamsForm, heading="Tổ và thành viên")
def teams_report(request, asked: Asked) -> HttpResponse:
    asked.is_recounting = recounting(asked)
    wanted = [*COUNTED.values(), *BY_ORGANISATION]
    table = figures.table(asked.area, asked.period, wanted, user=asked.viewer, today=asked.today)
    words = child_words(table.rows)
    titles = _titles(asked, table.rows)
    rows = [_row(row.version.name, row.cells, titles, asked.url(area=row.version.area_id)) for row in table.rows]
    cells = table.total.cells
    total = _row(asked.name, cells, titles)
    if asked.wants_workbook:
        titles = [*titles.values(), *(measure.short_name for measure in BY_ORGANISATION)]
        columns = value_columns(words["child_heading"], titles, ["integer"] * len(titles))
        return workbook(asked, "Tổ và thành viên", columns, [*rows, total])
    told = [CoverageRow(measure.short_name, cells[measure.code], measure=measure) for measure in COUNTED.values()]
    context = {
        **words,
        "rows": rows,
        "total": total,
        "columns": list(titles.values()),
        "stats": _stats(asked, cells, table.total.previous),
        "bars": [
            {"label": row.version.name, "value": value_number(teams), "text": value_words(teams)}
            for row in table.rows
            for teams in [row.cells["teams"]]
            if not teams.is_missing and (teams.value or len(table.rows) <= FEW)
        ],
        "organisations": _organisations(cells),
        "sources": source_lines(sources(told)),
    }
    return render(request, "reports/teams_report.html", asked.context(**context))


def _titles(asked: Asked, rows) -> dict[str, str]:
    """The columns that mean something for the areas below: a ward holds no wards."""
    level = min((row.version.area.level for row in rows), default=asked.area.level)
    return {code: title for code, title in TITLES.items() if code != "wards_with_team" or level < Level.WARD}


def _row(label: str, cells: dict, titles: dict, url: str = "") -> TeamsRow:
    shown = [cells[code] for code in titles]
    values = [_spread(cells, code) if code in SPREAD else value_words(cells[code]) for code in titles]
    numbers = [value_number(one) for one in shown] + [value_number(cells[measure.code]) for measure in BY_ORGANISATION]
    return TeamsRow(label, values, numbers, url, basis_text(cells["teams"]))


def _spread(cells: dict, code: str) -> str:
    """ "9/10"; a told rate where only that is known; "…"."""
    having, among = having_team(cells, code)
    if having is None:
        return rate_text(cells[code].rate) if cells[code].rate is not None else value_words(cells[code])
    return f"{number_text(having)}/{number_text(among)}"


def having_team(cells: dict, code: str) -> tuple[int | None, int | None]:
    """How many of how many areas of a level have a team; (None, None) where nobody counted."""
    shown = cells[code]
    if shown.reached is not None and shown.eligible is not None:
        return shown.reached, shown.eligible
    of = SPREAD[code][0]
    among = cells[of].value if of and of in cells else None
    return (shown.value, among) if shown.value is not None and among is not None else (None, None)


def _stats(asked: Asked, cells: dict, before: dict) -> list[dict]:
    women = share(cells["women"].value, cells["members"].value)
    stats = [
        _stat(COUNTED["teams"], cells, before),
        _stat(COUNTED["members"], cells, before),
        _stat(COUNTED["women"], cells, before) | {"note": "" if women is None else f"{rate_text(women)} số thành viên"},
        _stat(COUNTED["teams_without_leader"], cells, before),
        _stat(COUNTED["teams_below_norm"], cells, before),
    ]
    for code, level in (("wards_with_team", Level.WARD), ("villages_with_team", Level.VILLAGE)):
        if asked.area.level < level:
            stats.append(spread_stat(cells, code))
    return stats


def spread_stat(cells: dict, code: str) -> dict:
    """ "26/63 tỉnh, thành phố" and what share that is; "đủ 100 % đến cấp xã" when all have a team."""
    _, words, complete = SPREAD[code]
    having, among = having_team(cells, code)
    rate = share(having, among) if having is not None else cells[code].rate
    value = _spread(cells, code) if rate is not None else ""
    return {
        "label": f"{words.capitalize()} có tổ",
        "value": value,
        "unit": "",
        "note": complete if rate == 1 else _rate_note(rate, cells[code]),
    }


def _rate_note(rate, shown) -> str:
    """The share; where it was told, by whose day; nothing where nobody knows."""
    if rate is None and shown.is_missing:
        return ""
    text = rate_text(rate)
    return f"{text}; {basis_text(shown)}" if shown.is_missing or shown.basis == BASIS.STATED else text


def _stat(measure: Measure, cells: dict, before: dict) -> dict:
    now, then = value_number(cells[measure.code]), value_number(before.get(measure.code))
    if now is None or then is None:
        change = ""
    else:
        change = f"{'+' if now > then else ''}{number_text(now - then)} so kỳ trước" if now != then else "như kỳ trước"
    basis = basis_text(cells[measure.code])
    return {
        "label": measure.name,
        "value": value_words(cells[measure.code]) if now is not None else "",
        "unit": measure.unit,
        "note": ", ".join(part for part in (change, basis if now is not None else "") if part),
    }


def _organisations(cells: dict) -> list[dict]:
    """Members by organisation, the largest first; those that none belongs to are left out."""
    found = [(measure, value_number(cells[measure.code])) for measure in BY_ORGANISATION]
    found = sorted(((measure, value) for measure, value in found if value), key=lambda pair: -pair[1])
    return [{"label": measure.short_name, "value": value} for measure, value in found]
