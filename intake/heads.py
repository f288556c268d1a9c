"""Finding the table on a worksheet: title lines above, heads of one to three lines, merged cells, rows of numbers."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError

from sheets.dates import parse_date
from sheets.reading import Sheet
from sheets.text import search_key
from sheets.workbook import safe_text

from .cells import UNSEEN
from .words import Vocabulary

LOOKED_THROUGH = 40
LONGEST_HEADING = 120
MOST_COLUMNS = 80
MOST_LINES = 3

_DAY_IN_WORDS = re.compile(r"ngày\s+\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4}", re.IGNORECASE)
_DAY = re.compile(r"(?<!\d)\d{1,2}/\d{1,2}/\d{4}(?!\d)")


@dataclass(frozen=True)
class Head:
    """Rows `first` to `last` (from 0) are the head of the table; `titles` of its columns, lines joined by " – "."""

    first: int
    last: int
    titles: tuple[str, ...]
    known: int = 0  # how many of them are understood


def find_head(sheet: Sheet, vocabulary: Vocabulary) -> Head | None:
    """The block of lines whose headings are known best; None where fewer than two are."""
    best, points = None, 1.5
    for first in range(min(LOOKED_THROUGH, len(sheet.rows))):
        for last in range(first, min(first + MOST_LINES, len(sheet.rows))):
            if not _may_be_heading(sheet.rows[last]):
                break
            head = head_at(sheet, first, last)
            known: dict[str, float] = {}
            for title in head.titles:
                code, sure = vocabulary.recognise(title)
                if code:
                    known[code] = max(sure, known.get(code, 0))
            score = sum(known.values()) - 0.4 * (last - first)
            if score > points:
                best, points = replace(head, known=len(known)), score
    return best


def head_at(sheet: Sheet, first: int, last: int) -> Head:
    """The head in these rows. A cell merged over several columns is said before each of those below it."""
    width = min(MOST_COLUMNS, max((len(row) for row in sheet.rows[first : last + 1]), default=0))
    width = max(width, min(MOST_COLUMNS, max((len(row) for row in sheet.rows[last + 1 : last + 30]), default=0)))
    lines = [[_text(cell) for cell in _wide(sheet.rows[at], width)] for at in range(first, last + 1)]
    for top, left, bottom, right in sheet.merged:
        if first <= top <= last and left < width and lines[top - first][left]:
            for row in range(top, min(bottom, last) + 1):
                for column in range(left, min(right, width - 1) + 1):
                    lines[row - first][column] = lines[top - first][left]
    if not sheet.merged:
        _spread(lines)
    titles = []
    for column in range(width):
        parts = [line[column] for line in lines if line[column]]
        titles.append(" – ".join(dict.fromkeys(parts)))
    return Head(first, last, tuple(titles))


def body(sheet: Sheet, head: Head) -> Iterator[tuple[int, list]]:
    """(row from 0, cells) below the head: without empty rows, rows of column numbers, and heads said again."""
    width = len(head.titles)
    keys = [search_key(title.rpartition(" – ")[2]) for title in head.titles]
    for at in range(head.last + 1, len(sheet.rows)):
        cells = _wide(sheet.rows[at], width)
        filled = [cell for cell in cells if cell not in ("", None)]
        if not filled or _is_numbering(filled, is_first=at == head.last + 1):
            continue
        same = sum(
            isinstance(cell, str) and bool(key) and search_key(cell) == key
            for cell, key in zip(cells, keys, strict=True)
        )
        if same >= max(2, len(filled) - 1):
            continue
        yield at, cells


def title_of(sheet: Sheet, until: int) -> str:
    """The words above row `until`, and the name of the sheet: "DANH SÁCH HỘ THÔN TÀ LANG …"."""
    cells = [cell for row in sheet.rows[:until] for cell in row if isinstance(cell, str) and cell.strip()]
    return "\n".join([sheet.name, *cells])


def day_told(sheet: Sheet, until: int) -> dt.date | None:
    """A date in the title lines above row `until`: "tính đến ngày 31/10/2026"."""
    for row in sheet.rows[:until]:
        for cell in row:
            if isinstance(cell, list):
                return dt.date.fromisoformat(cell[1])
            if isinstance(cell, str) and (day := day_in(cell)):
                return day
    return None


def day_in(text: str) -> dt.date | None:
    """The first day that stands in a text."""
    for found in (_DAY_IN_WORDS.search(text), _DAY.search(text)):
        with suppress(ValidationError):
            if found:
                return parse_date(found[0])
    return None


def _wide(row: list, width: int) -> list:
    return row[:width] + [""] * (width - len(row))


def _text(cell) -> str:
    return safe_text(" ".join(cell.translate(UNSEEN).split()))[:LONGEST_HEADING] if isinstance(cell, str) else ""


def _may_be_heading(row: list) -> bool:
    """Words only: a row with numbers or dates is data. Columns may be headed by a year or an age."""
    filled = [cell for cell in row if cell not in ("", None)]
    return bool(filled) and all(isinstance(cell, str) and not cell.strip().isdecimal() for cell in filled)


def _spread(lines: list[list[str]]) -> None:
    """Where merged cells are not told: a heading belongs to the empty ones right of it that have a heading below."""
    for upper, lower in itertools.pairwise(lines):
        last = ""
        for column, text in enumerate(upper):
            if text:
                last = text
            elif lower[column] and last:
                upper[column] = last
            else:
                last = ""


def _is_numbering(filled: list, *, is_first: bool) -> bool:
    """(1) (2) (3), or below the head 1 2 3, or A B 1 2 …"""
    texts = [str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip() for cell in filled]
    if len(texts) < 2:
        return False
    if all(re.fullmatch(r"\(\d{1,2}\)(=.*)?|\(?[A-Z]\)?", text) for text in texts):
        return True
    if not is_first:
        return False
    numbers = [int(text) for text in texts if text.isdecimal()]
    return all(text.isdecimal() or re.fullmatch("[A-Z]", text) for text in texts) and numbers == list(
        range(numbers[0] if numbers else 0, (numbers[0] if numbers else 0) + len(numbers))
    )
