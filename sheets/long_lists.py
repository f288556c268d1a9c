"""Long plain lists, written by the Rust writer: seconds where XlsxWriter takes a minute, in the same little memory.

Only `sheets.workbook.write_list` calls it. It writes what that writes, with two differences that a long list can bear:
the note stands above the list, and blank cells have no border. What it cannot write alike (percentages, whose decimals
depend on their value, equal titles) stays with XlsxWriter, as does everything where the package is not installed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time
from itertools import chain
from operator import attrgetter, itemgetter

from sheets import workbook

try:
    import rustpy_xlsxwriter as rust
except ImportError:  # no wheel for this machine
    rust = None

_PORTRAIT_FOOTER = f'&C&"{workbook.FONT},Regular"&11Trang &P/&N'


def can_write(columns) -> bool:
    titles = [column.title for column in columns]
    return rust is not None and len(set(titles)) == len(titles) and all(column.kind != "percent" for column in columns)


def write(target, *, title, columns, rows: Iterable, subtitle="", note="") -> int:
    """Write the list to a path or binary handle; returns the number of rows. Raises ValueError for too many."""
    header_row = 3 if subtitle else 2
    counted = _Counted(rows, columns, workbook.LAST_ROW - header_row - 4)
    heads = [(0, title, _format(bold=True, size=14))]
    if subtitle:
        heads.append((1, subtitle, _format(italic=True)))
    if note:
        heads.append((header_row - 1, note, _format(italic=True, size=11)))
    last = max(len(columns) - 1, 1)
    margins = {"left": 30, "right": 15, "top": 20, "bottom": 20, "footer": 10}
    rust.write_worksheet(
        iter(counted),
        target if hasattr(target, "write") else str(target),
        sheet_name=workbook.sheet_name(title),
        header_row=header_row,
        merge_ranges=[(row, 0, row, last, workbook.safe_text(text), form) for row, text, form in heads],
        freeze_row=header_row + 1,
        autofilter=True,
        column_widths=[workbook.width_of(column) for column in columns],
        column_formats=[_cell_format(column.kind) for column in columns],
        header_format=_header_format(),
        page_setup={
            "landscape": True,
            "paper_size": 9,
            "fit_to_pages": (1, 0),
            "repeat_rows": header_row,
            "margins": {side: size * workbook.MILLIMETRE for side, size in margins.items()},
            "footer": _PORTRAIT_FOOTER,
        },
        ignore_errors=[column.title for column in columns if column.kind == "code"] or None,
    )
    return counted.number


class _Counted:
    """The rows as the writer wants them: one dict each, its values of the kinds that their columns say."""

    def __init__(self, rows: Iterable, columns, most: int):
        self.rows, self.columns, self.most, self.number = iter(rows), columns, most, 0

    def __iter__(self) -> Iterator[dict]:
        first = next(self.rows, None)
        if first is None:
            return
        titles = [workbook.safe_text(column.title) for column in self.columns]
        kinds = [_Days().__getitem__ if column.kind == "date" else VALUES[column.kind] for column in self.columns]
        # Whole numbers go as they are; no value is of the kind that stands for "never".
        wholes = [int if column.kind in ("integer", "decimal") else _Days for column in self.columns]
        values_of = _reader(self.columns, first)
        for row in chain([first], self.rows):
            self.number += 1
            if self.number > self.most:
                raise ValueError("too many rows for one sheet")
            yield {
                title: value if type(value) is whole else kind(value)
                for title, kind, whole, value in zip(titles, kinds, wholes, values_of(row), strict=True)
            }


def _reader(columns, first_row) -> Callable:
    """Row → its values: in one step where all columns name a key or an attribute (millions of cells come this way)."""
    names = [column.value for column in columns]
    if len(names) > 1 and not any(callable(name) for name in names):
        return itemgetter(*names) if isinstance(first_row, dict) else attrgetter(*names)
    getters = [column.of for column in columns]
    return lambda row: [get(row) for get in getters]


# The first line of each is for nearly every cell there is; the rest says the same as `workbook.write_value`.


def _text(value):
    if type(value) is str and value.isprintable() and len(value) < 32_000:
        return value or None
    if value is None or value == "":
        return None
    return workbook.safe_text(workbook.written(value)) or None


def _number(value):
    if value is None or value == "":
        return None
    return value if workbook.is_number(value) else _text(value)


def _date(value):
    if value is None or value == "":
        return None
    if not workbook.is_sheet_date(value):
        return _text(value)
    return workbook.naive(value).date() if isinstance(value, datetime) else value


class _Days(dict):
    """Day → what is written: a list has few different days."""

    def __missing__(self, value):
        self[value] = written = _date(value)
        return written


def _moment(value):
    if value is None or value == "":
        return None
    if not workbook.is_sheet_date(value):
        return _text(value)
    return workbook.naive(value) if isinstance(value, datetime) else datetime.combine(value, time.min)


VALUES: dict[str, Callable] = {
    "text": _text, "code": _text, "integer": _number, "decimal": _number, "date": _date, "datetime": _moment,
}  # fmt: skip


def _format(*, bold=False, italic=False, size=12):
    form = rust.Format().set_font_name(workbook.FONT).set_font_size(size)
    if bold:
        form.set_bold()
    if italic:
        form.set_italic()
    return form


def _header_format():
    form = _format(bold=True).set_border("thin").set_text_wrap().set_background_color("#E7EEF7")
    return form.set_align("center").set_align("vertical_center")


def _cell_format(kind: str):
    form = _format().set_border("thin").set_align("vertical_center")
    if kind == "text":
        form.set_text_wrap()
    if kind in workbook.NUMBER_FORMATS:
        form.set_num_format(workbook.NUMBER_FORMATS[kind])
    if kind in workbook.ALIGNMENTS:
        form.set_align(workbook.ALIGNMENTS[kind])
    return form
