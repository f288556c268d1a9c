"""Pieces that the pages of figures share: words for the areas below, the workbook of a page, what came before."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpResponse

from areas.models import Level, ReorganisationPart, Stale
from reports.drain import drain_if_quick
from reports.models import Period
from reports.rows import BASIS, NOTHING, Source, stated_rate
from sheets.numbers import NO_RATE, number_text, qualified_text, rate_text
from sheets.workbook import list_workbook, xlsx_response

from .asked import Asked

RECOUNTING = "Số liệu đang được tính lại khi tải tệp này."
CHILD_WORDS = {
    Level.PROVINCE: "tỉnh, thành phố",
    Level.DISTRICT: "quận, huyện",
    Level.WARD: "phường, xã",
    Level.VILLAGE: "thôn, tổ dân phố",
}


def child_words(rows) -> dict[str, str]:
    """ "phường, xã" for what lies below; mixed levels (a province with and without districts) by the first."""
    first = getattr(rows[0], "version", rows[0]) if rows else None
    words = CHILD_WORDS.get(first.area.level, "đơn vị") if first else "đơn vị"
    return {"child_words": words, "child_heading": words.capitalize()}


def recounting(asked: Asked, *shown: Period) -> bool:
    """Bring the figures up to date when that is quick; True: they are not, and the page says so."""
    shown = shown or (asked.period,)
    if all(is_counted(period, asked.today) for period in shown) and not Stale.objects.exists():
        return False
    if drain_if_quick([asked.area.pk], today=asked.today):
        return False
    asked.is_first_count = any(period.counted_on is None for period in shown)
    return True


def is_counted(period: Period, today) -> bool:
    return period.counted_on is not None and period.counted_on >= period.as_of(today)


def workbook(asked: Asked, title: str, columns, rows, note: str = "") -> HttpResponse:
    content = list_workbook(
        title=f"{title} – {asked.name}",
        subtitle=asked.span if asked.period else f"Đến ngày {asked.day:%d/%m/%Y}",
        columns=columns,
        rows=rows,
        note=" ".join(filter(None, (note, RECOUNTING if asked.is_recounting else "", asked.map_note))),
    )
    when = asked.period.label if asked.period else f"{asked.day:%d.%m.%Y}"
    return xlsx_response(f"{title} {asked.name} {when}", content)


def predecessors(asked: Asked) -> list[dict]:
    """The areas that became this one, or part of it: their pages hold the figures before its first day."""
    if not asked.is_hers:
        return []
    parts = ReorganisationPart.objects.filter(to_area=asked.area, reorganisation__state="carried_out")
    parts = parts.exclude(from_area=asked.area).select_related("from_area").order_by("from_area__sort_key")
    return [
        {
            "name": part.from_area.name,
            # Without a period the page goes to the last one of a closed area.
            "url": asked.url(area=part.from_area_id, period=None),
            "note": f"{part.get_extent_display()}, hoạt động đến {part.from_area.last_day(asked.today):%d/%m/%Y}",
        }
        for part in parts
        if part.from_area.until
    ]


def value_words(shown, *, hours: bool = False) -> str:
    """A number for a table: "1.234", "gần 2.500", "…" where there is none."""
    if shown is None or shown.is_missing or shown.value is None:
        return NOTHING
    if hours:
        return number_text(value_number(shown, hours=True))
    return qualified_text(shown.value, shown.qualifier)


def value_number(shown, *, hours: bool = False):
    """The same as a true number; None where there is none."""
    if shown is None or shown.is_missing or shown.value is None:
        return None
    return (Decimal(shown.value) / 60).quantize(Decimal("0.1")) if hours else shown.value


def rate_cell(shown) -> str:
    """A cell of the matrix: "41,9 %", "41,9 %*" (not complete), "80 %†" (told), "–" (nobody), "…" (nothing known)."""
    if shown is None or shown.is_missing:
        return NOTHING
    if shown.rate is None:
        return NO_RATE
    mark = {BASIS.PARTIAL: "*", BASIS.STATED: "†"}.get(shown.basis, "")
    return f"{stated_rate(shown)}{mark}"


def source_lines(sources: list[Source]) -> list[dict]:
    return [
        {
            "label": source.label,
            "text": told_text(source.shown),
            "stated": source.stated,
            "beside_text": told_text(source.beside) if source.beside and not source.beside.is_missing else "",
        }
        for source in sources
    ]


def told_text(shown) -> str:
    """ "hơn 80 % (26/63)", "gần 2.500"."""
    if shown.value is not None:
        return qualified_text(shown.value, shown.qualifier)
    text = f"{shown.qualifier or ''} {rate_text(shown.rate)}".strip()
    if shown.eligible is not None and shown.reached is not None:
        text = f"{text} ({number_text(shown.reached)}/{number_text(shown.eligible)})"
    return text
