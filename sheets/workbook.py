"""The one writer of workbooks. Numbers and dates are true ones with formats; text is text, whatever it starts with.

A list is a tuple of `Column`s and an iterable of rows; the same columns serve the page and its `?export=xlsx`.
"""

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain, islice
from math import isfinite
from operator import attrgetter
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone

from sheets.dates import date_text, datetime_text
from sheets.downloads import file_response

FONT = "Times New Roman"
LAST_ROW = 1_048_576
LONG = 5_000  # rows; a plain list of so many goes to sheets/long_lists.py
MILLIMETRE = 1 / 25.4  # XlsxWriter's margins are inches

NUMBER_FORMATS = {
    "integer": "#,##0",
    "decimal": "#,##0.0#",
    "percent": "0.0%",
    "date": "dd/mm/yyyy",
    "datetime": "hh:mm dd/mm/yyyy",
    "code": "@",
}
_WIDTHS = {"text": 28, "integer": 11, "decimal": 11, "percent": 10, "date": 12, "datetime": 18, "code": 14}
ALIGNMENTS = {"text": "left", "code": "left", "date": "center", "datetime": "center"}
_LONGEST_TEXT = 32_767
_FIRST_DAY = date(1900, 3, 1)  # workbooks believe in a 29/02/1900
_BROKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class Column:
    """One column of a list: `value` is an attribute path ("village.name"), a key of a dict row, or row → value.

    `kind`: text, integer, decimal, percent (the value is a fraction), date, datetime, code (keeps its zeros).
    """

    title: str
    value: str | Callable[[Any], Any]
    kind: str = "text"
    width: float | None = None

    def __post_init__(self):
        if self.kind not in _WIDTHS:
            raise ValueError(f"unknown kind of column: {self.kind}")
        if not callable(self.value):
            object.__setattr__(self, "_attribute", attrgetter(self.value))

    def of(self, row):
        if callable(self.value):
            return self.value(row)
        if isinstance(row, dict):
            return row[self.value]
        return self._attribute(row)


def list_workbook(*, title, columns, rows, subtitle="", note="", created=None) -> bytes:
    """A workbook of one list as bytes. The same arguments with the same `created` give the same bytes."""
    target = io.BytesIO()
    write_list(target, title=title, columns=columns, rows=rows, subtitle=subtitle, note=note, created=created)
    return target.getvalue()


def write_list(target, *, title, columns, rows: Iterable, subtitle="", note="", created=None) -> int:
    """Write a list to a path or binary handle in constant memory, taking the rows one by one; returns their number.

    Layout: title, subtitle (if any), header (frozen, filtered, repeated in print), rows, note. Raises ValueError when
    the rows do not fit into a sheet.
    """
    columns = tuple(columns)
    if not columns:
        raise ValueError("a list needs columns")
    from sheets import long_lists  # it builds on this module

    rows = iter(rows)
    if created is None and long_lists.can_write(columns):
        first = list(islice(rows, LONG))
        rows = chain(first, rows)
        if len(first) == LONG:
            return long_lists.write(target, title=title, columns=columns, rows=rows, subtitle=subtitle, note=note)
    with new_workbook(target, title=title, created=created, constant_memory=True) as book:
        sheet = book.add_worksheet(sheet_name(title))
        formats = _ListFormats(book, columns)
        header_row = _write_head(sheet, formats, title, subtitle, columns)
        last_row = header_row
        cells = [(index, column.of, column.kind, formats.cells[column.kind]) for index, column in enumerate(columns)]
        for last_row, row in enumerate(rows, header_row + 1):
            if last_row >= LAST_ROW - 3:
                raise ValueError("too many rows for one sheet")
            for index, value_of, kind, cell_format in cells:
                write_value(sheet, last_row, index, value_of(row), kind, cell_format)
        if note:
            sheet.write_string(last_row + 2, 0, safe_text(note), formats.note)
        last_column = len(columns) - 1
        sheet.autofilter(header_row, 0, max(last_row, header_row + 1), last_column)
        sheet.print_area(0, 0, last_row + (2 if note else 0), last_column)
        return last_row - header_row


def xlsx_response(filename, content) -> HttpResponse:
    """The workbook as a download; the ending may be left out."""
    return file_response(f"{filename.removesuffix('.xlsx')}.xlsx", content)


def new_workbook(target, *, title="", created=None, constant_memory=False):
    """An XlsxWriter workbook that takes no text for a formula, a link or a number. Close it, or use it in `with`."""
    book = xlsxwriter.Workbook(
        target,
        {
            "constant_memory": constant_memory,
            "in_memory": not constant_memory,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": {"font_name": FONT, "font_size": 12},
        },
    )
    created = naive(created or timezone.now())
    book.set_properties({"title": safe_text(title)[:255], "created": created.replace(microsecond=0)})
    return book


def write_value(sheet, row, column, value, kind, cell_format):
    """Write one cell by its kind. None leaves a formatted blank; what is not of the kind is written as text.

    `cell_format` is called with the value where it is a function: a percentage near 100 % needs more decimals.
    """
    if callable(cell_format):
        cell_format = cell_format(value)
    if value is None or value == "":
        sheet.write_blank(row, column, None, cell_format)
    elif kind in ("integer", "decimal", "percent") and is_number(value):
        sheet.write_number(row, column, float(value) if isinstance(value, float) else value, cell_format)
    elif kind in ("date", "datetime") and is_sheet_date(value):
        value = naive(value) if isinstance(value, datetime) else value
        if kind == "date" or not isinstance(value, datetime):
            value = datetime.combine(value, time.min)
        sheet.write_datetime(row, column, value, cell_format)
    else:
        sheet.write_string(row, column, safe_text(written(value)), cell_format)


def percent_format_code(value):
    """0.0%, with more decimals where one would say 100 % or 0 % of what is neither: 0.9996 → 0.00%."""
    decimals = 1
    if is_number(value):
        gap = min(abs(float(value)), abs(1 - float(value)))
        while 0 < gap < 0.5 * 10 ** -(decimals + 2) and decimals < 6:
            decimals += 1
    return f"0.{'0' * decimals}%"


def is_number(value):
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) and isfinite(value)


def safe_text(value):
    """Text that no reader of workbooks chokes on: no control characters or lone surrogates, at most 32,767 long."""
    if isinstance(value, bool):
        return "Có" if value else "Không"
    text = _BROKEN.sub("", str("" if value is None else value).replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > _LONGEST_TEXT:
        text = text[: _LONGEST_TEXT - 1] + "…"
    if text.startswith("<r>") and text.endswith("</r>"):  # XlsxWriter would put it into the file as raw XML
        text = f" {text}"
    return text


def sheet_name(title):
    """A name that workbooks accept: at most 31 characters, without []:*?/\\ and outer apostrophes."""
    name = " ".join(_NOT_IN_SHEET_NAMES.sub(" ", safe_text(title)).split())[:31].strip(" '")
    return "Danh sách" if not name or name.lower() == "history" else name


def naive(moment):
    """The wall-clock time in Việt Nam, as workbooks hold it."""
    return timezone.make_naive(moment) if timezone.is_aware(moment) else moment


def width_of(column):
    """In characters: as asked for, else enough for the kind and the longest word of the title."""
    longest_word = max((len(word) for word in column.title.split()), default=0)
    return column.width or max(_WIDTHS[column.kind], longest_word + 3)


def set_page(sheet, *, landscape=True):
    """A4, one page wide, with the margins of Decree 30/2020/NĐ-CP and "Trang x/y" below."""
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=30 * MILLIMETRE, right=15 * MILLIMETRE, top=20 * MILLIMETRE, bottom=20 * MILLIMETRE)
    sheet.set_footer(f'&C&"{FONT},Regular"&11Trang &P/&N', {"margin": 10 * MILLIMETRE})


class _ListFormats:
    def __init__(self, book, columns):
        self.book = book
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.subtitle = book.add_format({"italic": True})
        self.note = book.add_format({"italic": True, "font_size": 11})
        self.header = book.add_format(
            {
                "bold": True,
                "border": 1,
                "text_wrap": True,
                "align": "center",
                "valign": "vcenter",
                "bg_color": "#E7EEF7",
            }
        )
        self.cells = {column.kind: self._cell(column.kind) for column in columns}
        if "percent" in self.cells:
            self._percents = {NUMBER_FORMATS["percent"]: self.cells["percent"]}
            self.cells["percent"] = self._percent

    def _cell(self, kind, **more):
        properties = {"border": 1, "valign": "vcenter", "text_wrap": kind == "text"}
        if kind in NUMBER_FORMATS:
            properties["num_format"] = NUMBER_FORMATS[kind]
        if kind in ALIGNMENTS:
            properties["align"] = ALIGNMENTS[kind]
        return self.book.add_format({**properties, **more})

    def _percent(self, value):
        code = percent_format_code(value)
        if code not in self._percents:
            self._percents[code] = self._cell("percent", num_format=code)
        return self._percents[code]


def _write_head(sheet, formats, title, subtitle, columns):
    """Title, subtitle and header; returns the row of the header (from 0)."""
    set_page(sheet)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, width_of(column))
        if column.kind == "code":
            sheet.ignore_errors({"number_stored_as_text": f"{_letters(index)}1:{_letters(index)}{LAST_ROW}"})
    sheet.write_string(0, 0, safe_text(title), formats.title)
    if subtitle:
        sheet.write_string(1, 0, safe_text(subtitle), formats.subtitle)
    header_row = 3 if subtitle else 2
    for index, column in enumerate(columns):
        sheet.write_string(header_row, index, safe_text(column.title), formats.header)
    sheet.freeze_panes(header_row + 1, 0)
    sheet.repeat_rows(header_row)
    return header_row


def _letters(index):
    return xlsxwriter.utility.xl_col_to_name(index)


def written(value):
    if isinstance(value, datetime):
        return datetime_text(value)
    return date_text(value) if isinstance(value, date) else value


def is_sheet_date(value):
    if isinstance(value, datetime):
        value = value.date()
    return isinstance(value, date) and value >= _FIRST_DAY
