"""Empty workbooks to fill in: headings that are understood, lists to choose from, formats, a row as an example."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

from sheets.workbook import FONT, new_workbook, safe_text, sheet_name

ROWS = 2000
LINE = 18  # points for a line of a heading
LONGEST_LIST = 255  # characters of a list that workbooks keep inside the cell's rule


@dataclass(frozen=True)
class BlankColumn:
    title: str
    example: object = ""
    choices: Sequence[str] = ()
    help: str = ""
    is_text: bool = False  # codes and phones keep their zeros
    is_date: bool = False
    width: int = 16


def blank_workbook(title: str, columns: Sequence[BlankColumn], notes: Sequence[str]) -> bytes:
    """One sheet to fill in, one with the lists to choose from, one that says how."""
    target = io.BytesIO()
    with new_workbook(target, title=title) as book:
        page, lists, help_page = (book.add_worksheet(name) for name in (sheet_name(title), "Danh mục", "Hướng dẫn"))
        head = book.add_format(
            {"bold": True, "border": 1, "bg_color": "#E7EEF7", "text_wrap": True, "valign": "vcenter"}
        )
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        page.write_string(0, 0, "", head)
        page.write_string(1, 0, "Ví dụ", book.add_format({"italic": True, "font_color": "#6B6B6B"}))
        page.set_column(0, 0, 7)
        for index, column in enumerate(columns, 1):
            kind = {"num_format": "@"} if column.is_text else {"num_format": "dd/mm/yyyy"} if column.is_date else {}
            page.set_column(index, index, column.width, book.add_format({"font_name": FONT, **kind}))
            page.write_string(0, index, safe_text(column.title), head)
            example = book.add_format({"italic": True, "font_color": "#6B6B6B", **kind})
            if isinstance(column.example, int):
                page.write_number(1, index, column.example, example)
            else:
                page.write_string(1, index, safe_text(column.example), example)
            if column.help:
                page.write_comment(0, index, column.help, {"author": ""})
            if column.choices:
                _offer(page, lists, index, column)
        page.set_row(0, LINE * max(math.ceil(1.2 * len(each.title) / each.width) for each in columns))
        page.freeze_panes(1, 0)
        for at, (column, text) in enumerate([*((each.title, each.help) for each in columns if each.help)]):
            help_page.write_string(len(notes) + 1 + at, 0, safe_text(column), bold)
            help_page.write_string(len(notes) + 1 + at, 1, safe_text(text), wrapped)
        for at, note in enumerate(notes):
            help_page.write_string(at, 0, safe_text(note))
        lists.hide()
        help_page.set_column(0, 0, 34)
        help_page.set_column(1, 1, 90)
    return target.getvalue()


def _offer(page, lists, index: int, column: BlankColumn) -> None:
    lists.write_string(0, index, safe_text(column.title))
    for at, choice in enumerate(column.choices, 1):
        lists.write_string(at, index, safe_text(choice))
    letter = chr(65 + index) if index < 26 else "A" + chr(39 + index)
    page.data_validation(
        1, index, ROWS, index,
        {
            "validate": "list",
            "source": f"='Danh mục'!${letter}$2:${letter}${len(column.choices) + 1}",
            "error_type": "warning",
            "error_title": "Không có trong danh mục",
            "error_message": "Chọn một dòng trong danh mục, hoặc giữ nguyên nếu chắc chắn.",
        },
    )  # fmt: skip
