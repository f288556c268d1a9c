"""The uploaded list as a workbook to take away: the same rows in the same places, with a status and coloured cells."""

from __future__ import annotations

import datetime as dt
import io

from sheets.reading import as_date
from sheets.workbook import new_workbook, safe_text, sheet_name

from .cells import is_empty
from .models import Upload, UploadRow
from .receiving import head_of, sheet_of

State = UploadRow.State
COLOURS = {
    State.NEW: "#DDF0E0",
    State.CHANGED: "#DCE8F7",
    State.SAME: "#F1F1EE",
    State.DOUBT: "#FBEBC8",
    State.WRONG: "#F8DAD5",
    State.LEFT: "#F1F1EE",
}
WRONG_CELL = "#E88B7D"
WIDEST = 200


def marked_workbook(upload: Upload) -> bytes:
    sheet, head = sheet_of(upload), head_of(upload)
    width = min(max([len(head.titles), *(len(row) for row in sheet.rows)]), WIDEST)
    staged = {row.number: row for row in upload.rows.all()}
    columns = {title.rpartition(" – ")[2]: index for index, title in enumerate(head.titles) if title}
    columns |= {title: index for index, title in enumerate(head.titles) if title}
    target = io.BytesIO()
    with new_workbook(target, title=upload.file_name, created=upload.uploaded_at) as book:
        page = book.add_worksheet(sheet_name(sheet.name))
        formats = _Formats(book)
        page.set_column(0, max(0, width - 1), 16)
        page.set_column(width, width, 14)
        page.set_column(width + 1, width + 1, 80)
        for column, title in ((width, "Tình trạng"), (width + 1, "Sẽ làm gì, cần sửa gì")):
            page.write_string(head.last, column, title, formats.head)
        current = None
        for at, cells in enumerate(sheet.rows):
            row = staged.get(at + 1)
            if row is not None:
                current = row
            elif current is not None and at + 1 > current.last:
                current = None
            problems = [each for each in (current.problems if current else ()) if each[0] == at + 1]
            wrong = {columns[heading[:60]] for _, heading, _, is_wrong in problems if is_wrong and heading in columns}
            for column, cell in enumerate(cells[:width]):
                shade = WRONG_CELL if column in wrong else COLOURS.get(current.state if current else "", "")
                _write(page, at, column, cell, formats.of(shade, is_date=as_date(cell) is not None))
            for column in wrong - set(range(len(cells))):
                page.write_blank(at, column, None, formats.of(WRONG_CELL))
            if row is not None:
                page.write_string(at, width, str(row.get_state_display()), formats.of(COLOURS[row.state]))
            texts = [f"{heading}: {text}" if heading else text for _, heading, text, _ in problems]
            if row is not None and row.told:
                texts.insert(0, row.told)
            if texts:
                page.write_string(at, width + 1, safe_text("\n".join(texts)), formats.told)
        page.freeze_panes(head.last + 1, 0)
    return target.getvalue()


class _Formats:
    def __init__(self, book):
        self.book = book
        self.made: dict[tuple, object] = {}
        self.head = book.add_format({"bold": True, "border": 1, "bg_color": "#E7EEF7", "text_wrap": True})
        self.told = book.add_format({"text_wrap": True, "valign": "top"})

    def of(self, colour: str, *, is_date: bool = False):
        key = (colour, is_date)
        if key not in self.made:
            properties = {"border": 1, "bg_color": colour} if colour else {}
            self.made[key] = self.book.add_format(properties | ({"num_format": "dd/mm/yyyy"} if is_date else {}))
        return self.made[key]


def _write(page, at: int, column: int, cell, cell_format) -> None:
    if is_empty(cell):
        page.write_blank(at, column, None, cell_format)
    elif day := as_date(cell):
        page.write_datetime(at, column, dt.datetime.combine(day, dt.time.min), cell_format)
    elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
        page.write_number(at, column, cell, cell_format)
    else:
        page.write_string(at, column, safe_text(cell), cell_format)
