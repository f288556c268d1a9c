"""A sheet of a template as it is drawn for binding: rows of boxes, merged ones as one."""

from __future__ import annotations

from dataclasses import dataclass, field

from sheets.numbers import number_text
from sheets.patching import Grid, Like, Workbook, address_of, letters_of

from .binding import Binding
from .filling import Filled

ROWS_AT_ONCE, MOST_COLUMNS = 60, 40
SPARE = 3  # empty rows and columns shown beyond the last one in use


@dataclass(frozen=True)
class Box:
    address: str
    text: str = ""
    is_formula: bool = False
    words: str = ""  # what is bound here
    filled: str = ""  # what will stand here
    is_chosen: bool = False
    rows: int = 1
    columns: int = 1


@dataclass
class Board:
    letters: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[Box]]] = field(default_factory=list)
    earlier: int | None = None  # first row of the part before and after this one
    later: int | None = None
    is_cut: bool = False  # columns beyond the last one shown


def draw(
    book: Workbook, sheet: str, words: dict[str, str], *, first: int, chosen: str = "", filled: Filled | None = None
) -> Board:
    """`words`: address → what is bound there. Rows from `first` on."""
    grid: Grid = book.grids[sheet]
    last_row, last_column = grid.last
    values = filled.values.get(sheet, {}) if filled else {}
    last_row = max([last_row, *(row for row, _ in values)]) + SPARE
    columns = min(last_column + SPARE, MOST_COLUMNS)
    first = max(1, min(first, last_row))
    end = min(first + ROWS_AT_ONCE - 1, last_row)
    board = Board(
        [letters_of(column) for column in range(1, columns + 1)],
        earlier=max(1, first - ROWS_AT_ONCE) if first > 1 else None,
        later=end + 1 if end < last_row else None,
        is_cut=last_column > MOST_COLUMNS,
    )
    covered = _covered(grid, first, end, columns)
    for row in range(first, end + 1):
        boxes = []
        for column in range(1, columns + 1):
            place = (row, column)
            if place in covered and covered[place] is None:
                continue
            cell, address = grid.cells.get(place), address_of(place)
            rows, wide = covered.get(place) or (1, 1)
            boxes.append(
                Box(
                    address,
                    text=(cell.formula or cell.text) if cell else "",
                    is_formula=bool(cell and cell.formula),
                    words=words.get(address, ""),
                    filled=shown(values[place]) if place in values else "",
                    is_chosen=address == chosen,
                    rows=rows,
                    columns=wide,
                )
            )
        board.rows.append((row, boxes))
    return board


def _covered(grid: Grid, first: int, end: int, columns: int) -> dict:
    """Place → (rows, columns) it spreads over, or None where another one covers it, within what is shown."""
    found: dict = {}
    for top, left, bottom, right in grid.merged:
        top, bottom, right = max(top, first), min(bottom, end), min(right, columns)
        if top > bottom or left > right:
            continue
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                found[row, column] = None
        found[top, left] = (bottom - top + 1, right - left + 1)
    return found


def shown(value) -> str:
    """A value as it is read on the page; blank is said."""
    if isinstance(value, Like):
        value = value.value
    if value is None or value == "":
        return "(để trống)"
    if hasattr(value, "strftime"):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, str):
        return value if len(value) <= 60 else f"{value[:59]}…"
    return number_text(value, 4 if value != int(value) else None)


def words_of(bindings: list[Binding], sheet: str, names: dict[str, str], children: dict[int, str]) -> dict[str, str]:
    return {one.cell: one.words(names, children) for one in bindings if one.sheet == sheet}
