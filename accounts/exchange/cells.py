"""How a cell of a workbook is read and written. What cannot be read raises ValueError in Vietnamese."""

from __future__ import annotations

import re
from decimal import Decimal

from django.core.exceptions import ValidationError
from import_export.fields import Field
from import_export.widgets import Widget

from sheets.dates import parse_date
from sheets.numbers import parse_number
from sheets.phones import normalise_phone
from sheets.text import clean_text, search_key

_ID_BEHIND = re.compile(r"\[([0-9A-Za-z-]{1,40})\]$")


class Cell(Widget):
    """Text. `kind` is the kind of the column in a workbook that we write."""

    kind = "text"

    def clean(self, value, row=None, **kwargs):
        try:
            return self.read(value)
        except ValidationError as error:
            raise ValueError(" ".join(error.messages)) from error

    def read(self, value):
        return clean_text(plain(value))

    def render(self, value, obj=None, **kwargs):
        return value

    def bind(self, user) -> None:
        """Whose cells these are."""


def column(attribute: str, title: str, cell: Cell | None = None, *, readonly: bool = False) -> Field:
    return Field(attribute=attribute, column_name=title, widget=cell or Cell(), readonly=readonly)


def plain(value) -> str:
    """The text of a cell: 12.0 is "12"."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)


class TextCell(Cell):
    """Several lines."""

    def read(self, value):
        return clean_text(plain(value), multiline=True)


class CodeCell(Cell):
    """Digits that are a name: they keep their zeros."""

    kind = "code"


class PhoneCell(CodeCell):
    def read(self, value):
        return normalise_phone(value)


class DateCell(Cell):
    kind = "date"

    def read(self, value):
        return parse_date(value)


class CountCell(Cell):
    kind = "integer"

    def read(self, value):
        number = parse_number(value, whole=True)
        if number is not None and not 0 <= number <= 2_000_000_000:
            raise ValidationError(f"“{value}” không hợp lệ.")
        return number


class PlainNumberCell(CountCell):
    """A year or an order: no dots between its digits."""

    kind = "code"

    def render(self, value, obj=None, **kwargs):
        return plain(value)


class DegreeCell(Cell):
    """A latitude or longitude."""

    def read(self, value):
        text = plain(value).strip().replace(",", ".")
        if not text:
            return None
        if not re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,15})?", text):
            raise ValidationError(f"“{value}” không phải là tọa độ, ví dụ 16,12345.")
        return round(Decimal(text), 5)

    def render(self, value, obj=None, **kwargs):
        return plain(value).replace(".", ",")


class PercentCell(Cell):
    """Per cent, as 41,9 or 41,9 %."""

    kind = "decimal"

    def read(self, value):
        number = parse_number(value)
        if number is not None and isinstance(value, str) and value.strip().endswith("%"):
            number *= 100
        return number if number is None else round(Decimal(number), 2)


class YesNoCell(Cell):
    WORDS = dict.fromkeys(("co", "x", "1", "true", "dung", "yes"), True) | dict.fromkeys(
        ("", "khong", "0", "false", "sai", "no"), False
    )

    def read(self, value):
        key = search_key(plain(value))
        if key not in self.WORDS:
            raise ValidationError(f"“{value}”: ghi “có” hoặc “không”.")
        return self.WORDS[key]

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else "Có" if value else "Không"


class ChoiceCell(Cell):
    """One of the model's choices, by its words."""

    def __init__(self, choices, default=""):
        super().__init__()
        self.labels = dict(choices)
        self.default = default
        self.values = {search_key(str(label)): value for value, label in self.labels.items()}

    def read(self, value):
        text = clean_text(plain(value))
        if not text:
            return self.default
        if (key := search_key(text)) not in self.values:
            offered = ", ".join(str(label) for label in self.labels.values())
            raise ValidationError(f"“{text}” không có trong danh mục: {offered}.")
        return self.values[key]

    def render(self, value, obj=None, **kwargs):
        return str(self.labels.get(value, "" if value is None else value))


class RowCell(Cell):
    """A row of another list: "Thôn Tà Lang [12]", or its name alone where only one bears it. Looked up once.

    `rows`: user → the rows she may name. A name is taken as written; one that differs by tones is offered, not taken.
    """

    def __init__(self, rows, by: str = "name"):
        super().__init__()
        self.rows, self.by = rows, by

    def bind(self, user):
        self.offered, self.found = self.rows(user), {}

    def read(self, value):
        text = clean_text(plain(value))
        if not text:
            return None
        if text not in self.found:
            self.found[text] = self._look_up(text)
        return self.found[text]

    def _look_up(self, text):
        named = _ID_BEHIND.search(text)
        try:
            rows = list(self.offered.filter(**({"pk": named[1]} if named else {self.by: text}))[:2])
        except (ValueError, ValidationError):
            rows = []
        if len(rows) == 1:
            return rows[0]
        if rows:
            raise ValidationError(f"Có nhiều mục tên “{text}”; ghi kèm mã, ví dụ “{self.render(rows[0])}”.")
        raise ValidationError(f"“{text}” không có trong địa bàn của bạn.{self._hint(text)}")

    def _hint(self, text) -> str:
        if not any(field.name == "search_key" for field in self.offered.model._meta.fields):
            return ""
        alike = self.offered.filter(search_key=search_key(text)).first()
        return f" Có phải “{self.render(alike)}”?" if alike else ""

    def render(self, value, obj=None, **kwargs):
        return f"{value} [{value.pk}]" if value is not None else ""
