"""What a cell of a template may hold: a figure or a text, of this area, of one below it, or of all those in a list."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import models

from reports import measures
from reports.models import Remark, ReportTemplate
from sheets.patching import Workbook, address_of, place_of

MOST_BINDINGS = 2000


class Of(models.TextChoices):
    THIS = "this", "Địa bàn lập báo cáo"
    LIST = "list", "Danh sách đơn vị trực thuộc, từ ô này xuống"
    CHILD = "child", "Một đơn vị trực thuộc"


class Number(models.TextChoices):
    REACHED = "reached", "Đã có (lũy kế)"
    ELIGIBLE = "eligible", "Thuộc diện"
    KNOWN = "known", "Đã hỏi"
    RATE = "rate", "Tỷ lệ (ô định dạng %)"
    PER_CENT = "per_cent", "Tỷ lệ, số phần trăm (ví dụ 41,9)"
    BEFORE = "before", "Đã có ở kỳ trước"
    CHANGE = "change", "Tăng, giảm trong kỳ"
    POINTS = "points", "Tăng, giảm tỷ lệ (điểm %)"
    TARGET = "target", "Chỉ tiêu giao (ô định dạng %)"
    VALUE = "value", "Giá trị trong kỳ"
    TO_DATE = "to_date", "Lũy kế từ đầu năm"
    VALUE_BEFORE = "value_before", "Giá trị kỳ trước"
    VALUE_CHANGE = "value_change", "Tăng, giảm so với kỳ trước"


OF_COVERAGE = (
    Number.REACHED, Number.ELIGIBLE, Number.KNOWN, Number.RATE, Number.PER_CENT, Number.BEFORE, Number.CHANGE,
    Number.POINTS, Number.TARGET,
)  # fmt: skip
OF_VALUES = (Number.VALUE, Number.VALUE_BEFORE, Number.VALUE_CHANGE, Number.TO_DATE)


class Text(models.TextChoices):
    ORDER = "order", "Số thứ tự"
    AREA = "area", "Tên đơn vị"
    PERIOD = "period", "Tên kỳ (Tháng 11/2026)"
    SPAN = "span", "Từ ngày … đến ngày …"
    ISSUER = "issuer", "Tên cơ quan"
    PLACE_DATE = "place_date", "Địa danh, ngày tháng năm"
    DATE = "date", "Ngày lập (ô định dạng ngày)"
    NOTE = "note", "Ghi chú về số liệu"
    STORY = "story", "Lời báo cáo (mục I, II)"
    REMARK_RESULT = "remark:result", Remark.Kind.RESULT.label
    REMARK_MODEL = "remark:model", Remark.Kind.MODEL.label
    REMARK_DIFFICULTY = "remark:difficulty", Remark.Kind.DIFFICULTY.label
    REMARK_PROPOSAL = "remark:proposal", Remark.Kind.PROPOSAL.label


IN_LISTS = (Text.ORDER, Text.AREA, Text.NOTE)


class Kind(StrEnum):
    FIGURE = "figure"
    TEXT = "text"


@dataclass(frozen=True)
class Binding:
    """One cell: `what` is a measure's code and `number` which of its numbers, or `what` is a `Text`."""

    sheet: str
    cell: str
    kind: str
    of: str
    what: str
    number: str = ""
    child: int | None = None

    @property
    def place(self):
        return place_of(self.cell)

    def words(self, names: dict[str, str], children: dict[int, str]) -> str:
        """For people: "VNeID mức 2 – Thuộc diện, danh sách đơn vị trực thuộc"."""
        if self.kind == Kind.TEXT:
            what = Text(self.what).label
        else:
            what = f"{names.get(self.what, self.what)} – {Number(self.number).label}"
        match self.of:
            case Of.LIST:
                return f"{what}; danh sách từ ô này xuống"
            case Of.CHILD:
                return f"{what}; {children.get(self.child, 'đơn vị không còn')}"
            case _:
                return what


def read(template: ReportTemplate) -> list[Binding]:
    return [Binding(**row) for row in template.bindings]


def write(template: ReportTemplate, bindings: list[Binding]) -> None:
    ordered = sorted(bindings, key=lambda one: (one.sheet, one.place))
    template.bindings = [asdict(one) for one in ordered]


def check(book: Workbook, binding: Binding) -> None:
    """Raises ValidationError (Vietnamese) where nothing may be put: a formula, the covered part of a merged range."""
    if binding.sheet not in book.sheets:
        raise ValidationError(f"Tệp không có trang tính “{binding.sheet}”.")
    try:
        place = binding.place
    except ValueError as error:
        raise ValidationError(f"“{binding.cell}” không phải là địa chỉ ô.") from error
    grid = book.grids[binding.sheet]
    cell = grid.cells.get(place)
    if cell is not None and cell.formula:
        raise ValidationError(
            f"Ô {binding.cell} có công thức ({cell.formula[:60]}); số ở đó do tệp tự tính. Chọn ô khác."
        )
    merged = grid.merged_at(place)
    if merged and merged[:2] != place:
        first, last = address_of(merged[:2]), address_of(merged[2:])
        raise ValidationError(f"Ô {binding.cell} bị che trong vùng gộp {first}:{last}. Chọn ô đầu vùng: {first}.")
    if merged and binding.of == Of.LIST and merged[0] != merged[2]:
        raise ValidationError(f"Ô {binding.cell} gộp nhiều dòng nên không bắt đầu được một danh sách.")
    if binding.kind == Kind.TEXT and binding.of == Of.LIST and binding.what not in IN_LISTS:
        raise ValidationError("Danh sách chỉ nhận số thứ tự, tên đơn vị, ghi chú hoặc số liệu.")
    if binding.kind == Kind.TEXT and binding.of == Of.CHILD and binding.what not in IN_LISTS:
        raise ValidationError("Nội dung này chỉ có ở địa bàn lập báo cáo.")


def known_measures(day: dt.date) -> list[tuple[str, list[measures.Measure]]]:
    """What can be bound, in groups."""
    return [
        ("Phổ cập", measures.coverage(day)),
        ("Hoạt động", list(measures.ACTIVITY)),
        ("Kết quả hỗ trợ", measures.results()),
        ("Nội dung hỗ trợ", measures.topics()),
        ("Tổ và thành viên", [one for one in measures.PEOPLE if one.code not in NOT_IN_REPORT]),
        ("Thành viên theo tổ chức", list(measures.BY_ORGANISATION)),
    ]


# Not in the tables of a report (reports/monthly.py).
NOT_IN_REPORT = ("wards", "wards_with_team", "households", "residents")
