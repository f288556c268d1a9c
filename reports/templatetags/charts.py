"""Charts as SVG written on the server: no script, no style attribute, legible on a phone and on black-and-white paper.

Widths are per cent of the place a chart stands in and heights are pixels, so letters keep their size on every screen.
Coordinates reach the templates as whole numbers or ready text ("41.9%"): a float would be printed with a decimal comma.
A missing value is None and is drawn hatched or as a gap, never as 0. Rates are shares (0.419 is 41,9 %), unit="%".
Rows may be dicts or objects.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

from django import template

from sheets.numbers import number_text, rate_text, share

register = template.Library()

MISSING = "chưa có số liệu"
PLOT_HEIGHT = 220
PARTS = (
    ("reached", "Đã đạt"),
    ("not_reached", "Chưa đạt"),
    ("not_asked", "Chưa hỏi"),
    ("missing", "Chưa có số liệu"),
)
MARKERS = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
    "M-4 -4h8v8h-8z",
    "M0 -5l5 9h-10z",
    "M0 -5l5 5l-5 5l-5 -5z",
    "M-4 -1h8v2h-8z",
)
MAX_SERIES = len(MARKERS)
CLASS_STARTS = (0, 0.2, 0.4, 0.6, 0.8)


def get(row, key, default=None):
    return row.get(key, default) if isinstance(row, dict) else getattr(row, key, default)


def percent(part: float) -> str:
    """0.4185 → "41.85%", with a point whatever the locale."""
    return f"{round(part * 100, 2):g}%"


def value_text(value, unit: str = "") -> str:
    """What is written beside a mark: "41,9 %", "1.234", or that there is nothing."""
    if value is None:
        return MISSING
    if unit == "%":
        return rate_text(value)
    return f"{number_text(value, None if value == int(value) else 1)} {unit}".strip()


def mark_id(kind: str, *parts) -> str:
    """An id for a pattern, the same for the same chart and different for others on the page."""
    return f"{kind}-{crc32(repr(parts).encode()):08x}"


@dataclass(frozen=True)
class Scale:
    """Values to shares of a width."""

    low: float
    high: float

    @classmethod
    def over(cls, values, unit: str) -> Scale:
        """From 0 (or the least value below it) to 100 % or the greatest value, whichever is more."""
        known = [float(value) for value in values if value is not None]
        high = max([*known, 1.0 if unit == "%" else 0.0])
        return cls(min([*known, 0.0]), high if high > 0 else 1.0)

    def at(self, value) -> float:
        return (float(value) - self.low) / (self.high - self.low)


@register.inclusion_tag("charts/bar_chart.html")
def bar_chart(rows, title: str, unit: str = "", before_label: str = "Kỳ trước", target_label: str = "Chỉ tiêu"):
    """Horizontal bars, one under another: a list of label, value and bar, so that long names wrap and are read aloud.

    rows: label; value (None: no figure); optional target and before (marks) and text (instead of the value's own).
    """
    rows = list(rows)
    scale = Scale.over([get(row, key) for row in rows for key in ("value", "target", "before")], unit)
    bars = [
        _bar(place, row, scale, unit, {"target": target_label, "before": before_label})
        for place, row in enumerate(rows)
    ]
    return {
        "title": title,
        "bars": bars,
        "full": percent(scale.at(1)) if unit == "%" and scale.high > 1 else None,
        "target_label": target_label if any(bar["target"] for bar in bars) else "",
        "before_label": before_label if any(bar["before"] for bar in bars) else "",
        "missing": MISSING,
    }


def _bar(place: int, row, scale: Scale, unit: str, marks: dict[str, str]) -> dict:
    value, zero = get(row, "value"), scale.at(0)
    end = zero if value is None else scale.at(value)
    at = {key: get(row, key) for key in marks}
    return {
        "label": get(row, "label"),
        "text": get(row, "text") or value_text(value, unit),
        "said": ", ".join(f"{marks[key].lower()} {value_text(at[key], unit)}" for key in marks if at[key] is not None),
        "missing": value is None,
        "x": percent(min(zero, end)),
        "width": percent(abs(end - zero)),
        "hatch": mark_id("hatch", place, get(row, "label")),
        **{key: None if at[key] is None else percent(scale.at(at[key])) for key in marks},
    }


@register.inclusion_tag("charts/stacked_bar.html")
def stacked_bar(parts, title: str, unit: str = "người"):
    """One bar cut into parts of a whole.

    parts: a mapping or object with any of reached, not_reached, not_asked, missing (counts; None and 0 are left out).
    Nothing at all is drawn as one hatched bar.
    """
    counts = [(kind, label, get(parts, kind) or 0) for kind, label in PARTS]
    whole = sum(count for _kind, _label, count in counts)
    left, pieces = 0.0, []
    for kind, label, count in counts:
        if not count:
            continue
        width = float(share(count, whole))
        pieces.append(
            {
                "kind": kind,
                "label": label,
                "text": f"{value_text(count, unit)} ({rate_text((count, whole))})",
                "x": percent(left),
                "width": percent(width),
            }
        )
        left += width
    return {"title": title, "pieces": pieces, "missing": MISSING, "id": mark_id("part", title, counts)}


@register.inclusion_tag("charts/line_chart.html")
def line_chart(series, periods, title: str, unit: str = ""):
    """Lines over periods, oldest first; at most five of them.

    series: label and values, one for each period (None: a gap, never joined across). periods: short labels ("11/2026").
    """
    series, periods = list(series)[:MAX_SERIES], list(periods)
    top, ticks = ticks_for([value for one in series for value in get(one, "values")], unit)
    lines = [_line(number, one, len(periods), top, unit) for number, one in enumerate(series, start=1)]
    _spread([line for line in lines if line["end"]])
    labels = _period_labels(periods)
    return {
        "title": title,
        "lines": lines,
        "labels": labels,
        "ticks": [
            {"y": _down(tick, top), "label_y": _down(tick, top) - 4, "text": value_text(tick, unit)} for tick in ticks
        ],
        "height": PLOT_HEIGHT + 26,
        "label_y": PLOT_HEIGHT + 18,
        "has_gap": any(value is None for one in series for value in get(one, "values")),
        "is_known": any(line["points"] for line in lines),
        "periods": periods,
    }


def ticks_for(values, unit: str) -> tuple[float, list[float]]:
    """The top of the y axis and three to six round values from 0 up to it."""
    highest = max([float(value) for value in values if value is not None], default=0.0)
    if unit == "%" and highest <= 1:
        return 1.0, [0, 0.25, 0.5, 0.75, 1]
    highest = highest or 4.0
    size = 10 ** math.floor(math.log10(highest))
    step = next(size * part for part in (0.2, 0.5, 1, 2, 5, 10) if math.ceil(highest / (size * part)) <= 5)
    if unit != "%":
        step = max(step, 1)
    count = math.ceil(highest / step)
    return step * count, [round(step * number, 6) for number in range(count + 1)]


def _line(number: int, one, periods: int, top: float, unit: str) -> dict:
    values = list(get(one, "values"))[:periods]
    texts = [value_text(value, unit) for value in values]
    points = [
        None if value is None else {"x": percent(_across(place, periods)), "y": _down(value, top), "text": texts[place]}
        for place, value in enumerate(values)
    ]
    known = [point for point in points if point]
    last = next((value for value in reversed(values) if value is not None), None)
    return {
        "number": number,
        "label": get(one, "label"),
        "marker": MARKERS[number - 1],
        "points": known,
        "segments": [(a, b) for a, b in pairwise(points) if a and b],
        "end": "" if last is None else value_text(last, unit if unit == "%" else ""),
        "end_y": known[-1]["y"] + 4 if known else 0,
        "texts": texts,
    }


def _across(place: int, count: int) -> float:
    """From the left edge of the plot to its right; a single point stands in the middle."""
    return 0.5 if count < 2 else place / (count - 1)


def _down(value, top: float) -> int:
    return round(PLOT_HEIGHT - (PLOT_HEIGHT - 24) * float(value) / top)


def _period_labels(periods: list[str]) -> list[dict]:
    """At most four labels, the last period's among them; up to nine where there is room (`more`)."""
    last = len(periods) - 1
    many = last // 9 + 1
    few = math.ceil((last // 4 + 1) / many) * many
    return [
        {"x": percent(_across(place, len(periods))), "text": label, "more": (last - place) % few != 0}
        for place, label in enumerate(periods)
        if (last - place) % many == 0
    ]


def _spread(lines: list[dict]) -> None:
    """Values at the ends of lines are pushed apart until they can be read (16 px)."""
    lowest = None
    for line in sorted(lines, key=lambda line: -line["end_y"]):
        if lowest is not None and lowest - line["end_y"] < 16:
            line["end_y"] = lowest - 16
        lowest = line["end_y"]


@register.inclusion_tag("charts/spark.html")
def spark(values, title: str, unit: str = ""):
    """A line the size of a word; values oldest first, None a gap. Says its first and last value to the ear."""
    values = list(values)
    known = [float(value) for value in values if value is not None]
    low, high = min(known, default=0), max(known, default=1)
    paths, pen = [], "M"
    for place, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        x = round(2 + 96 * place / max(len(values) - 1, 1))
        y = 12 if high == low else round(21 - 18 * (float(value) - low) / (high - low))
        paths.append(f"{pen}{x} {y}")
        pen = "L"
    last = paths[-1][1:].split() if paths else None
    said = [value_text(value, unit) for value in values if value is not None]
    text = f"{title}: từ {said[0]} đến {said[-1]}" if said else f"{title}: {MISSING}"
    return {"text": text, "path": " ".join(paths), "last": {"x": last[0], "y": last[1]} if last else None}


@register.inclusion_tag("charts/tile_map.html")
def tile_map(tiles, title: str, unit: str = "%", starts=CLASS_STARTS):
    """Areas as squares about where they lie, in five classes by value.

    tiles: label, lat, lon, value (None: hatched), optional text. starts: where the five classes begin.
    Areas without coordinates are named under the map.
    """
    tiles = list(tiles)
    placed = [tile for tile in tiles if get(tile, "lat") is not None and get(tile, "lon") is not None]
    cells, columns, rows = tile_cells([(float(get(t, "lat")), float(get(t, "lon"))) for t in placed])
    squares = []
    for tile, (column, row) in zip(placed, cells, strict=True):
        value = get(tile, "value")
        text = get(tile, "text") or value_text(value, unit)
        number = None if value is None else sum(float(value) >= start for start in starts) or 1
        squares.append(
            {"x": column * 24 + 2, "y": row * 24 + 2, "class": number, "text": f"{get(tile, 'label')}: {text}"}
        )
    lost = [get(tile, "label") for tile in tiles if tile not in placed]
    ends = [*starts[1:], None]
    return {
        "title": title,
        "squares": squares,
        "width": columns * 24 + 1,
        "height": rows * 24 + 1,
        "hatch": mark_id("hatch", title, len(tiles)),
        "legend": [
            {"class": number, "text": _class_text(start, end, unit)}
            for number, (start, end) in enumerate(zip(starts, ends, strict=True), start=1)
        ],
        "lost": ", ".join(lost),
        "any_missing": any(square["class"] is None for square in squares),
    }


def _class_text(start, end, unit: str) -> str:
    if end is None:
        return f"từ {value_text(start, unit)}"
    return f"dưới {value_text(end, unit)}" if not start else f"{value_text(start, unit)} – dưới {value_text(end, unit)}"


def tile_cells(points: list[tuple[float, float]]) -> tuple[list[tuple[int, int]], int, int]:
    """(column, row) for each (lat, lon), no two alike, north up; and how many columns and rows there are.

    Every point takes the free cell nearest to where it lies; those further north choose first, so the answer is the
    same every time.
    """
    if not points:
        return [], 0, 0
    south, west = min(lat for lat, _ in points), min(lon for _, lon in points)
    tall = max(lat for lat, _ in points) - south
    wide = (max(lon for _, lon in points) - west) * math.cos(math.radians(south + tall / 2))
    side = math.ceil(math.sqrt(len(points) * 1.9))
    cell = max(tall, wide) / max(side - 1, 1) or 1.0
    cells: dict[int, tuple[int, int]] = {}
    taken: set[tuple[int, int]] = set()
    for index in sorted(range(len(points)), key=lambda index: (-points[index][0], points[index][1])):
        lat, lon = points[index]
        x = (lon - west) * math.cos(math.radians(south + tall / 2)) / cell
        y = (south + tall - lat) / cell
        cells[index] = _nearest_free(x, y, taken)
        taken.add(cells[index])
    left, top = min(column for column, _ in taken), min(row for _, row in taken)
    placed = [(cells[index][0] - left, cells[index][1] - top) for index in range(len(points))]
    return placed, max(column for column, _ in placed) + 1, max(row for _, row in placed) + 1


def _nearest_free(x: float, y: float, taken: set[tuple[int, int]]) -> tuple[int, int]:
    column, row = round(x), round(y)
    for ring in range(len(taken) + 1):
        free = [
            (column + dx, row + dy)
            for dx in range(-ring, ring + 1)
            for dy in range(-ring, ring + 1)
            if max(abs(dx), abs(dy)) == ring and (column + dx, row + dy) not in taken
        ]
        if free:
            return min(free, key=lambda cell: ((cell[0] - x) ** 2 + (cell[1] - y) ** 2, cell))
    raise AssertionError("a ring wider than all that is taken always has a free cell")


@register.inclusion_tag("charts/coverage_bar.html")
def coverage_bar(reached, eligible, target=None, label: str = ""):
    """A bar for a table cell, beside its number: reached of eligible, a mark at `target` (a share).

    Nothing eligible or no figure: an empty hatched bar. More than 100 % fills the bar and says so in words.
    """
    value = share(reached, eligible)
    if value is None:
        text = MISSING if eligible is None or reached is None else "không có đối tượng"
    else:
        text = f"{rate_text(value)} ({number_text(reached)}/{number_text(eligible)})"
    return {
        "text": f"{label}: {text}" if label else text,
        "width": None if value is None else percent(min(float(value), 1)),
        "target": None if target is None else percent(min(float(target), 1)),
        "hatch": mark_id("hatch", label, reached, eligible),
    }
