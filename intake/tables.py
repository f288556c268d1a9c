"""From the cells of a worksheet to the lines of a list: what columns mean, what rows are no rows of the list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sheets import legacy
from sheets.reading import Sheet
from sheets.text import clean_text, search_key

from .cells import Line, Problem, is_empty, plain
from .heads import Head, body, head_at
from .kinds.base import Kind, Table
from .models import Upload
from .words import NUMBERS_UNWELCOME, never_stored

TOTALS = ("tong cong", "tong so", "cong", "tong", "tong ho", "tong so ho")
# With their tones: "Tô Văn An" and "Phó Đức" are people.
_PLACE = re.compile(r"(?:thôn|thon|tổ|tdp|to dan pho|khu|ấp|xóm|xom|bản|buôn|làng|khối|khóm|phố)\b(?!\s*$)")
_MANY_DIGITS = re.compile(r"(?:\d[ .\-]?){8,}")


def in_unicode(sheet: Sheet, encoding: str) -> Sheet:
    """The sheet with its texts converted from an old font."""
    if not encoding:
        return sheet
    rows = [[legacy.convert(cell, encoding) if isinstance(cell, str) else cell for cell in row] for row in sheet.rows]
    return Sheet(
        legacy.convert(sheet.name, encoding), rows, sheet.is_hidden, sheet.merged, sheet.hidden_rows,
        sheet.without_value, sheet.with_error,
    )  # fmt: skip


def texts_of(sheet: Sheet, most: int = 4000) -> list[str]:
    found = []
    for row in sheet.rows:
        found += [cell for cell in row if isinstance(cell, str) and not cell.isascii()]
        if len(found) > most:
            break
    return found


def empty_forbidden(sheet: Sheet, head: Head | None, encoding: str) -> list[str]:
    """Empty the columns that must never be stored, in place; returns their headings with what they held."""
    dropped = []
    for column, title in enumerate(head.titles if head else ()):
        heading = legacy.convert(title, encoding) if encoding else title
        what = never_stored(heading)
        only_numbers = not what and any(f" {word} " in f" {search_key(heading)} " for word in NUMBERS_UNWELCOME)
        if not what and not only_numbers:
            continue
        found = False
        for row in sheet.rows[head.last + 1 :]:
            if column >= len(row) or is_empty(row[column]):
                continue
            if what or _MANY_DIGITS.search(plain(row[column])):
                row[column], found = "", True
        if found:
            dropped.append(f"{heading} ({what or 'dãy số'})")
    return dropped


def table_of(sheet: Sheet, upload: Upload, kind: Kind) -> Table:
    """The lines of the list. Rows that are none are told with the reason."""
    head = head_at(sheet, upload.head_first, upload.head_last)
    titles = dict(zip(upload.columns, head.titles, strict=False))
    places = {code: index for index, code in enumerate(upload.columns) if code}
    columns = {code: _short(titles[code]) or kind_label(kind, upload, code) for code in places}
    table = Table(columns, [])
    identifying = [code for code in kind.identifying() if code in places]
    required = [code for code in identifying if code in places]
    faults = _faults(sheet)
    for at, row in body(sheet, head):
        number = at + 1
        line = Line(number, {code: row[index] for code, index in places.items() if index < len(row)}, columns)
        filled = [cell for cell in row if not is_empty(cell)]
        if why := _no_row(line, filled, required, kind.has_sections):
            if kind.has_sections and _is_section(filled, line):
                table.sections[number] = plain(_words(filled)[0])
            table.passed_over.append((number, why))
            continue
        for code, index in places.items():
            if text := faults.get((number, index)):
                line.problems.append(Problem(number, columns[code], text))
        table.lines.append(line)
    return table


def kind_label(kind: Kind, upload: Upload, code: str) -> str:
    return next((field.label for field in kind.fields(upload.day) if field.code == code), code)


def _short(title: str) -> str:
    """The lowest line of a heading names the column, unless it is a word like "Nam"."""
    lowest = title.rpartition(" – ")[2]
    return (lowest if len(lowest) > 8 else title)[:60]


def _no_row(line: Line, filled: Sequence, identifying: Sequence[str], has_sections: bool) -> str:
    """Why a row is no row of the list, or ""."""
    words = _words(filled)
    first = search_key(words[0]) if words else ""
    if first.startswith("vi du"):
        return "dòng ví dụ của mẫu"
    if first in TOTALS or first.startswith(("tong cong ", "tong so ")):
        return "dòng tổng"
    if not line.has(*identifying):
        return "không có tên" if len(filled) > 1 else "dòng chữ xen giữa"
    if has_sections and _is_section(filled, line):
        return "dòng chữ xen giữa"
    return ""


def _is_section(filled: Sequence, line: Line) -> bool:
    """One text, perhaps behind a number or a Roman numeral: "I. Thôn Tà Lang"."""
    words = _words(filled)
    if len(words) != 1 or len(filled) > 2:
        return False
    return bool(_PLACE.match(clean_text(words[0]).lower())) or not line.has("head", "name")


def _words(filled: Sequence) -> list[str]:
    found = [cell for cell in filled if isinstance(cell, str) and any(char.isalpha() for char in cell)]
    return [cell for cell in found if not re.fullmatch(r"[IVX]+\.?", cell.strip())] or found


def _faults(sheet: Sheet) -> dict[tuple[int, int], str]:
    """(row, column from 0) → what is wrong with the cell itself."""
    told = {}
    for names, text in (
        (
            sheet.without_value,
            "Ô là công thức chưa có kết quả. Mở tệp bằng Excel, lưu lại rồi tải lên, hoặc gõ giá trị vào ô.",
        ),
        (sheet.with_error, "Ô báo lỗi (#N/A, #REF! …). Gõ giá trị vào ô rồi tải lên lại."),
    ):
        for name in names:
            letters = name.rstrip("0123456789")
            column = 0
            for letter in letters:
                column = column * 26 + ord(letter) - 64
            told[int(name[len(letters) :]), column - 1] = text
    return told
