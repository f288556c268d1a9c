"""The columns of the reports' workbooks: what stands on the page, as true numbers."""

from __future__ import annotations

from sheets.workbook import Column

from .models import Figure

BASIS = {Figure.Basis.COUNTED: "Đếm từ sổ", Figure.Basis.STATED: "Công bố", Figure.Basis.PARTIAL: "Chưa đủ"}


def of_shown(name: str):
    """The value of a figure's column; blank (not 0) where there is no figure."""
    return lambda row: getattr(row.shown, name) if row.has_figure else None


def coverage_columns(first: str, *, with_unit: bool = False, with_target: bool = False) -> tuple[Column, ...]:
    """An indicator of an area, or an area for an indicator; `with_target`: also against the targets in force."""
    target = (
        (Column("Chỉ tiêu", "target_rate", "percent"), Column("Đạt, chưa đạt", "target_state", width=12))
        if with_target
        else ()
    )
    unit = (Column("Đơn vị tính", lambda row: row.measure.unit if row.measure else "", width=12),) if with_unit else ()
    return (
        Column(first, "label", width=36),
        *unit,
        Column("Thuộc diện", of_shown("eligible"), "integer"),
        Column("Đã hỏi", of_shown("known"), "integer"),
        Column("Đã có", of_shown("reached"), "integer"),
        Column("Tỷ lệ", "rate", "percent"),
        *target,
        Column("Tỷ lệ kỳ trước", before_rate, "percent", width=12),
        Column("So kỳ trước (điểm)", lambda row: None if row.change is None else row.change * 100, "decimal", width=12),
        Column("Thôn có số liệu", of_shown("villages_with_data"), "integer"),
        Column("Tổng số thôn", of_shown("villages_total"), "integer"),
        Column("Cơ sở", "basis_text", width=24),
        Column("Mức", lambda row: row.shown.qualifier if row.has_figure else "", width=8),
        Column("Nguồn", source_text, width=44),
    )


def before_rate(row):
    return None if row.before is None or row.before.is_missing else row.before.rate


def source_text(row) -> str:
    stated = row.shown.stated if row.has_figure else None
    if stated is None or row.shown.basis != Figure.Basis.STATED:
        return ""
    return f"{stated.source}: {stated.document}" if stated.document else stated.source


def matrix_columns(first: str, measures) -> tuple[Column, ...]:
    """One column a measure: its rate."""
    return (
        Column(first, "label", width=30),
        *(Column(measure.short_name, _at(place), "percent", width=12) for place, measure in enumerate(measures)),
    )


def value_columns(first: str, titles, kinds) -> tuple[Column, ...]:
    """A label and numbers, in the order of `titles`."""
    return (
        Column(first, "label", width=36),
        *(
            Column(title, _at(place), kind, width=14)
            for place, (title, kind) in enumerate(zip(titles, kinds, strict=True))
        ),
    )


def growth_columns(
    first: str, before: str, after: str, *, is_rate: bool, with_unit: bool = False
) -> tuple[Column, ...]:
    kind = "percent" if is_rate else "decimal"
    return (
        Column(first, "label", width=36),
        *((Column("Đơn vị tính", "unit", width=12),) if with_unit else ()),
        Column(before, "before_amount", kind, width=16),
        Column("Cơ sở mốc trước", "before_note", width=22),
        Column(after, "after_amount", kind, width=16),
        Column("Cơ sở mốc sau", "after_note", width=22),
        Column("Tăng, giảm", "change_number", "decimal", width=14),
        Column("Tỷ lệ tăng, giảm", "per_cent", "percent", width=14),
    )


MISSING_COLUMNS = (
    Column("Mã hộ", "code", "code"),
    Column("Chủ hộ", "head_name", width=28),
    Column("Địa chỉ", "address", width=36),
    Column("Điện thoại", "phone", "code"),
    Column("Chưa có", "not_reached", "integer"),
    Column("Chưa hỏi", "not_asked", "integer"),
)


GAP_COLUMNS = (
    Column("Mã hộ", "code", "code"),
    Column("Chủ hộ", "head_name", width=28),
    Column("Nơi ở", "place", width=40),
    Column("Điện thoại", "phone", "code"),
    Column("Chưa có", "not_reached", "integer"),
    Column("Chưa hỏi", "not_asked", "integer"),
)


def target_columns(first: str) -> tuple[Column, ...]:
    """Indicators of an area against their targets."""
    return (
        Column(first, "label", width=36),
        Column("Đơn vị tính", lambda row: row.measure.unit, width=12),
        Column("Chỉ tiêu", lambda row: row.target.rate, "percent"),
        Column("Hạn", lambda row: row.target.due_on, "date"),
        Column("Nguồn giao", "origin", width=26),
        Column("Thuộc diện", lambda row: row.shown.eligible, "integer"),
        Column("Đã có", lambda row: row.shown.reached, "integer"),
        Column("Tỷ lệ", "rate", "percent"),
        Column("Đạt, chưa đạt", "state_text", width=16),
        Column("Còn thiếu", "needed", "integer"),
        Column("Văn bản", lambda row: row.target.document or row.target.source, width=40),
    )


def _at(place: int):
    return lambda row: row.numbers[place]
