"""Numbers, changes and names as a clerk writes them in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from reports.models import Figure, Period
from reports.rows import is_comparable
from sheets.numbers import growth, number_text, points_text, qualified_text, rate_text

MOST_NAMES = 12
BEFORE = {
    Period.Kind.MONTH: "tháng trước",
    Period.Kind.QUARTER: "quý trước",
    Period.Kind.HALF: "6 tháng trước đó",
    Period.Kind.YEAR: "năm trước",
    Period.Kind.DAY: "ngày trước",
}


PROPER = ("Zalo", "Mobile Money", "VNeID", "VssID", "Internet")


def within(name: str) -> str:
    """ "Xã Hòa Bắc" → "xã Hòa Bắc", as in the middle of a sentence; VNeID and OCOP stay as they are."""
    if name.startswith(PROPER) or name[1:2].isupper():
        return name
    return f"{name[:1].lower()}{name[1:]}"


def begun(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def before_words(period: Period) -> str:
    return BEFORE.get(period.kind, "kỳ trước")


def is_known(shown) -> bool:
    return shown is not None and not shown.is_missing


def value_of(cells, code: str) -> int | None:
    shown = cells.get(code)
    return shown.value if is_known(shown) else None


def counted(shown, unit: str) -> str:
    """ "94 tổ", "gần 2.500 tổ"."""
    return f"{qualified_text(shown.value, shown.qualifier)} {unit}"


def comparable(cells, previous, code: str):
    """(now, before) where both are figures of the same kind, else None."""
    shown, before = cells.get(code), previous.get(code)
    if not is_known(shown) or before is None or not is_comparable(before, shown):
        return None
    return shown, before


def change_of_number(now: int, before: int, unit: str) -> str:
    """ "tăng 12 tổ", "giảm 3 tổ", "không đổi"."""
    if now == before:
        return "không đổi"
    return f"{'tăng' if now > before else 'giảm'} {number_text(abs(now - before))} {unit}"


def change_of_flow(now: int, before: int, unit: str) -> str:
    """Of what is done in a period: "tăng 12,3 % (thêm 135 lượt)"; from nothing: "tăng 135 lượt"."""
    if now == before:
        return "bằng"
    if not before:
        return change_of_number(now, before, unit)
    size = rate_text(abs(growth(now, before)))
    return f"{'tăng' if now > before else 'giảm'} {size} ({number_text(now)} so với {number_text(before)} {unit})"


def change_of_rate(change: Decimal) -> str:
    """ "tăng 4,2 điểm phần trăm", "không đổi"."""
    size = points_text(abs(change)).removeprefix("+").split("\u00a0")[0]
    if not change:
        return "không đổi"
    way = "tăng" if change > 0 else "giảm"
    return f"{way} dưới 0,1 điểm phần trăm" if size == "0" else f"{way} {size} điểm phần trăm"


def source_words(stated) -> str:
    """ "số công bố ngày 14/11/2024, nguồn: Báo cáo 12/BC-UBND"."""
    source = f"{stated.source}, {stated.document}" if stated.document else stated.source
    kind = "suy ra từ số công bố" if stated.basis == "derived" else "số công bố"
    return f"{kind} ngày {stated.on:%d/%m/%Y}, nguồn: {source}"


def basis_words(shown) -> str:
    """Why a number is not simply counted; "" where it is."""
    if shown.basis == Figure.Basis.STATED and shown.stated is not None:
        return source_words(shown.stated)
    if shown.basis == Figure.Basis.PARTIAL and shown.gap:
        return f"mới có số liệu của {shown.gap}"
    return ""


def in_brackets(*notes: str) -> str:
    text = "; ".join(filter(None, notes))
    return f" ({text})" if text else ""


def named(names: Iterable[str], most: int = MOST_NAMES) -> str:
    """ "xã A, xã B và xã C"; of many the first and how many more."""
    names = [within(name) for name in names]
    if len(names) > most:
        return f"{', '.join(names[:most])} và {number_text(len(names) - most)} đơn vị khác"
    return joined(names)


def joined(parts: Sequence[str]) -> str:
    """ "a, b và c"."""
    return f"{', '.join(parts[:-1])} và {parts[-1]}" if len(parts) > 1 else "".join(parts)
