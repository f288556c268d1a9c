"""The parts of an official table (biểu) as Decree 30/2020/NĐ-CP lays papers out, on an XlsxWriter worksheet.

Call the parts from top to bottom: `head`, `title`, `unit_line`, `header`, `row`…, `total`, `note`…, `signatures`.
What was not reported is blank, zero is 0; the numbers are the caller's, and a formula is written only where it gives
exactly the caller's number, so that opening the file never changes a figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from sheets.dates import official_date_text
from sheets.workbook import (
    FONT,
    NUMBER_FORMATS,
    is_number,
    percent_format_code,
    safe_text,
    set_page,
    sheet_name,
    write_value,
)

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"

_POINTS = 72 / 25.4  # in a millimetre
_LINE = 16.5  # points, one line of 12-point Times
_RULE_SIZE = 8
_MIDDLE = 0.45  # of the width: the right head is the longer one
_CELL_PADDING = 1.5  # characters
_LETTERS_IN_DIGITS = 1.08  # columns are measured in digits, letters of Times are narrower
_MOST_SHRUNK = 1.16
_MOST_STRETCHED = 20  # points for a row
_TOLERANCE = Decimal("1e-9")
_LAST_ROWS = 4  # of the table stand above the signatures, so that no page is almost empty
_SMALLEST_SIGNATURE_ROOM = 4  # empty lines for the signature and the seal


@dataclass(frozen=True)
class OfficialColumn:
    """A column of the table. `title` is a tuple where merged heads stand above: ("Trong kỳ", "Số hộ").

    `sign` is the numbering row ("(1)", "(3)=(2)/(1)×100"; "" leaves it blank). `ratio` names two columns of which this
    one is the quotient. `is_summed` columns get a SUM in the total row. Kinds as in `sheets.workbook.Column`, besides
    "order" for the ordinal number and "label" for a short centred word ("Đạt").
    """

    key: str
    title: str | tuple[str, ...]
    kind: str = "integer"
    width: float = 11
    sign: str = ""
    ratio: tuple[str, str] | None = None
    is_summed: bool = True

    @property
    def titles(self):
        return (self.title,) if isinstance(self.title, str) else tuple(self.title)


@dataclass(frozen=True)
class Signature:
    """Who signs: `capacity` in capitals ("THỦ TRƯỞNG ĐƠN VỊ", "TM. ỦY BAN NHÂN DÂN\\nCHỦ TỊCH"), the name if known."""

    capacity: str
    name: str = ""
    instruction: str = "(Ký, ghi rõ họ tên)"

    @property
    def lines(self):
        """What stands above the empty room, line by line, with its font."""
        capacity = [(line, {"bold": True, "font_size": 13}) for line in self.capacity.split("\n")]
        return [*capacity, (self.instruction, {"italic": True})]


@dataclass
class OfficialSheet:
    """One official table on its own worksheet: A4, one page wide, heads repeated, "Trang x/y" below."""

    book: object
    name: str
    columns: tuple[OfficialColumn, ...]
    landscape: bool = True
    at: int = field(default=0, init=False)  # the next free row, from 0

    def __post_init__(self):
        self.columns = tuple(self.columns)
        if len(self.columns) < 2:
            raise ValueError("an official table needs at least two columns")
        self.sheet = self.book.add_worksheet(sheet_name(self.name))
        self._formats = {}
        self._rows_written = []
        self._heights = []
        self._head_rows = (0, 0)
        self._first_kept = None
        self._sums = {column.key: Decimal(0) for column in self.columns}
        self._widths, self._places = _with_a_middle([column.width for column in self.columns])
        self._last = len(self._widths) - 1
        self._index = {column.key: first for column, (first, _) in zip(self.columns, self._places, strict=True)}
        set_page(self.sheet, landscape=self.landscape)
        self.sheet.hide_gridlines(2)
        self.sheet.center_horizontally()
        for index, width in enumerate(self._widths):
            self.sheet.set_column(index, index, width)

    def head(self, *, parent, issuer, symbol, place, day=None, form=""):
        """Both heads: the bodies left, nation and motto right; number left, place and date right.

        `symbol` follows the number: "BC-UBND". `day` None leaves room to fill in by hand. `form` is "Biểu 03".
        """
        left, right = self._halves()
        bold = {"bold": True, "align": "center", "valign": "top", "text_wrap": True}
        if form:
            self._merge(0, self._last, form, bold=True, align="right", font_size=11)
            self._next(_LINE)
        self._merge(*left, parent.upper(), align="center", valign="top", text_wrap=True)
        self._merge(*right, NATION, bold=True, align="center", valign="top", shrink=True)
        self._next(_LINE * max(1, self._lines(parent.upper(), left)))
        self._merge(*right, MOTTO, **{**bold, "font_size": 13})
        issuer_lines = self._lines(issuer.upper(), left)
        if issuer_lines > 1:  # the motto's rule stands under the motto, beside the second line of the issuer
            self._block(self.at, left[0], self.at + 1, left[1], issuer.upper(), self._format(**bold))
            self._next(_LINE + 1)
            self._rule(right, _text_points(MOTTO, 13))
            self._next(_LINE * (issuer_lines - 1))
            self._rule(left, 0.45 * _text_points(issuer.upper(), 12) / issuer_lines)
        else:
            self._merge(*left, issuer.upper(), **bold)
            self._next(_LINE + 1)
            self._rule(left, 0.45 * _text_points(issuer.upper(), 12))
            self._rule(right, _text_points(MOTTO, 13))
        self._next(11)
        date_line = official_date_text(day) if day else "ngày … tháng … năm …"
        self._merge(*left, f"Số:         /{symbol}" if symbol else "Số:", align="center", font_size=13)
        self._merge(*right, f"{place}, {date_line}", italic=True, align="center", font_size=13)
        self._next(_LINE + 2)
        self._next(8)

    def title(self, title, *subtitles):
        """The name of the paper in bold capitals, below it lines such as the period and the area."""
        last = self._last
        self._merge(0, last, title.upper(), bold=True, align="center", font_size=14, text_wrap=True)
        self._next((_LINE + 3) * max(1, self._lines(title.upper(), (0, last), size=14)))
        for line in subtitles:
            self._merge(0, last, line, bold=True, align="center", font_size=13, text_wrap=True)
            self._next((_LINE + 1) * max(1, self._lines(line, (0, last), size=13)))
        self._next(6)

    def unit_line(self, unit):
        self._merge(0, self._last, f"Đơn vị tính: {unit}", italic=True, align="right")
        self._next(_LINE)

    def header(self):
        """The merged heads and the numbering row; frozen on the screen, repeated on every printed page."""
        first = self.at
        depth = max(len(column.titles) for column in self.columns)
        for top, left, bottom, right, text in _head_cells(self.columns, depth):
            first_place, last_place = self._places[left][0], self._places[right][1]
            self._block(first + top, first_place, first + bottom, last_place, text, self._head_format())
        for level in range(depth):
            self._next(self._head_height(level, depth))
        if any(column.sign for column in self.columns):
            sign = self._format(border=1, align="center", valign="vcenter", italic=True, font_size=10, text_wrap=True)
            for column, (left, right) in zip(self.columns, self._places, strict=True):
                self._block(self.at, left, self.at, right, _sign(column), sign)
            self._next(13 * max(_sign(column).count("\n") + 1 for column in self.columns) + 2)
        self._head_rows = (first, self.at)
        self.sheet.repeat_rows(first, self.at - 1)
        self.sheet.freeze_panes(self.at, 0)

    def row(self, values: Mapping, *, bold=False):
        """One row of the table. Missing keys and None are blank: not reported. Bold rows (groups) are not summed."""
        self._write_cells(values, bold=bold)
        if not bold:
            self._rows_written.append(self.at)
            for key, value in values.items():
                if key in self._sums and is_number(value):
                    self._sums[key] += Decimal(str(value))
        self._next(self._row_height(values))

    def total(self, values: Mapping, *, label="Tổng cộng"):
        """The bold total row. A column's SUM is written where it gives the caller's number, else the number itself."""
        labelled = max(1, next((i for i, column in enumerate(self.columns) if column.kind not in ("order", "text")), 1))
        self._write_cells(values, bold=True, is_total=True, skip=labelled)
        cell = self._format(border=1, bold=True, align="center", valign="vcenter", text_wrap=True)
        self._block(self.at, 0, self.at, self._places[labelled - 1][1], label, cell)
        self._first_kept = self.at - 1
        self._next(_LINE + 4)

    def note(self, text, *, bold=False):
        last = self._last
        self._merge(0, last, text, italic=not bold, bold=bold, align="left", text_wrap=True)
        self._next(_LINE * max(1, self._lines(text, (0, last))) + 4)

    def signatures(self, left: Signature | None, right: Signature | None):
        """Two blocks side by side, kept on one page with the last row of the table."""
        kept = self.at if self._first_kept is None else self._first_kept
        self._next(10)
        blocks = [(span, block) for span, block in zip(self._halves(), (left, right), strict=True) if block]
        center = {"align": "center", "valign": "top", "text_wrap": True}
        for number in range(max(len(block.lines) for _, block in blocks)):
            for span, block in blocks:
                if number < len(block.lines):
                    text, properties = block.lines[number]
                    self._merge(*span, text, **properties, **center)
            self._next(_LINE + 1)
        for _ in range(_SMALLEST_SIGNATURE_ROOM):
            self._next(_LINE)
        for span, block in blocks:
            self._merge(*span, block.name, bold=True, font_size=13, **center)
        self._next(_LINE + 2)
        self.sheet.print_area(0, 0, self.at - 1, self._last)
        any(self._keep_together(first) for first in (*self._rows_written[-_LAST_ROWS:], kept))

    # Cells

    def _write_cells(self, values, *, bold, is_total=False, skip=0):
        for column, (index, last) in list(zip(self.columns, self._places, strict=True))[skip:]:
            value = values.get(column.key)
            cell = self._cell_format(column, value, bold=bold)
            if last > index:
                self.sheet.merge_range(self.at, index, self.at, last, "", cell)
            formula = self._formula(column, values, is_total=is_total)
            if formula:
                self.sheet.write_formula(self.at, index, formula, cell, float(value))
            else:
                kind = "integer" if column.kind == "order" else column.kind  # "label" is written as the text it is
                write_value(self.sheet, self.at, index, value, kind, cell)

    def _formula(self, column, values, *, is_total):
        """The formula that gives exactly this value, or None: a total need not be the sum of what is shown."""
        value = values.get(column.key)
        if not is_number(value):
            return None
        value = Decimal(str(value))
        if column.ratio:
            reached, eligible = (values.get(key) for key in column.ratio)
            if is_number(reached) and is_number(eligible) and eligible:
                quotient = Decimal(str(reached)) / Decimal(str(eligible))
                if abs(quotient - value) < _TOLERANCE:
                    return "={}/{}".format(*(self._address(key) for key in column.ratio))
            return None
        if is_total and column.is_summed and column.kind in ("integer", "decimal") and self._sums[column.key] == value:
            return self._sum_formula(self._index[column.key])
        return None

    def _sum_formula(self, index):
        letter = xl_col_to_name(index)
        runs = []
        for row in self._rows_written:
            if runs and runs[-1][1] == row - 1:
                runs[-1][1] = row
            else:
                runs.append([row, row])
        ranges = ",".join(f"{letter}{first + 1}:{letter}{last + 1}" for first, last in runs)
        return f"=SUM({ranges})" if 0 < len(runs) <= 200 else None

    def _address(self, key):
        return xl_rowcol_to_cell(self.at, self._index[key])

    # Layout

    def _halves(self):
        """The columns of the left and the right half, parted where the widths come nearest to 45 to 55."""
        total, best = sum(self._widths), 0
        for cut in range(self._last):
            if abs(sum(self._widths[: cut + 1]) / total - _MIDDLE) < abs(
                sum(self._widths[: best + 1]) / total - _MIDDLE
            ):
                best = cut
        return (0, best), (best + 1, self._last)

    def _merge(self, first, last, text, **properties):
        self._block(self.at, first, self.at, last, text, self._format(**{"valign": "vcenter", **properties}))

    def _block(self, top, left, bottom, right, text, cell_format):
        if (top, left) != (bottom, right):
            self.sheet.merge_range(top, left, bottom, right, "", cell_format)
        self.sheet.write_string(top, left, safe_text(text), cell_format)

    def _next(self, height):
        self.sheet.set_row(self.at, height)
        self._heights.append(height)
        self.at += 1

    def _rule(self, span, points):
        """A line centred under the columns `span`. Underscores stay centred whatever the reader's column widths."""
        strokes = round(points / (_RULE_SIZE / 2))
        self._merge(*span, "_" * strokes, bold=True, align="center", valign="top", font_size=_RULE_SIZE)

    def _keep_together(self, first):
        """Keep the rows from `first` on one page: shrink a little, or make the table's rows a little higher.

        Printing one page wide ignores page breaks set by hand, so the height of the rows is all there is to work with.
        False: that was not enough, and nothing was changed.
        """
        page = self._page_height()
        if all(self._is_whole(self._heights, first, page * slack) for slack in (0.96, 1.02)):
            return True
        pages = self._page_of(self._heights, page * 0.96)[-1]
        if pages and self._page_of(self._heights, page * _MOST_SHRUNK)[-1] < pages:
            self.sheet.fit_to_pages(1, pages)
            return True
        for extra in range(1, _MOST_STRETCHED + 1):
            heights = list(self._heights)
            for row in self._rows_written:
                heights[row] += extra
            if all(self._is_whole(heights, first, page * slack) for slack in (0.96, 1.02)):
                for row in self._rows_written:
                    self.sheet.set_row(row, heights[row])
                return True
        return False

    def _is_whole(self, heights, first, page):
        pages = self._page_of(heights, page)
        return pages[first] == pages[-1]

    def _page_of(self, heights, page):
        """The page of every row, from 0; the head of the table is repeated on every page but its own."""
        repeated = sum(heights[self._head_rows[0] : self._head_rows[1]])
        number, used, pages = 0, 0, []
        for height in heights:
            if used + height > page:
                number, used = number + 1, repeated
            used += height
            pages.append(number)
        return pages

    def _page_height(self):
        """Points of rows on one printed page, at the scale that makes the table one page wide."""
        long_side, short_side = (297, 210) if self.landscape else (210, 297)
        printed_width, printed_height = (long_side - 45) * _POINTS, (short_side - 40) * _POINTS
        width = sum(column * 8 + 5 for column in self._widths) * 0.75  # a digit of Times 12 is 8 pixels wide
        return printed_height / min(1, printed_width / width)

    def _lines(self, text, span, size=12):
        width = sum(self._widths[span[0] : span[1] + 1])
        return _wrapped(text, width * 12 / size * (0.72 if text.isupper() else 0.95))

    def _head_height(self, level, depth):
        lines = 1
        for top, left, bottom, right, text in _head_cells(self.columns, depth):
            if top <= level <= bottom:
                width = sum(column.width for column in self.columns[left : right + 1])
                lines = max(lines, -(-_wrapped(text, width * 0.9) // (bottom - top + 1)))
        return _LINE * lines + 4

    def _row_height(self, values):
        lines = [
            _wrapped(str(values.get(column.key) or ""), column.width * _LETTERS_IN_DIGITS - _CELL_PADDING)
            for column in self.columns
            if column.kind in ("text", "label")
        ]
        return _LINE * max(lines, default=1) + 3

    # Formats

    def _head_format(self):
        return self._format(border=1, bold=True, align="center", valign="vcenter", text_wrap=True)

    def _cell_format(self, column, value, *, bold):
        properties = {"border": 1, "valign": "vcenter", "bold": bold, "text_wrap": column.kind in ("text", "label")}
        if column.kind == "percent":
            properties["num_format"] = percent_format_code(value)
        elif column.kind in NUMBER_FORMATS:
            # Room before the border: the indent of a number is lost in narrow columns of LibreOffice.
            room = "_)" if column.kind in ("integer", "decimal") else ""
            properties["num_format"] = NUMBER_FORMATS[column.kind] + room
        if column.kind in ("order", "date", "datetime", "code", "label", "percent"):
            properties["align"] = "center"
        else:
            properties |= {"align": "left", "indent": 1} if column.kind == "text" else {"align": "right"}
        return self._format(**properties)

    def _format(self, **properties):
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format({"font_name": FONT, "font_size": 12, **properties})
        return self._formats[key]


def _with_a_middle(widths):
    """The widths on the sheet and each column's first and last place in them.

    Where a wide column leaves no boundary near the middle of the sheet, it takes two places, so that both heads and
    both signatures find their halves.
    """
    total, before, places, result = sum(widths), 0, [], []
    has_middle = any(0.37 <= sum(widths[:count]) / total <= 0.53 for count in range(1, len(widths)))
    for width in widths:
        place = len(result)
        left = _MIDDLE * total - before
        result += [left, width - left] if not has_middle and 0 < left < width else [width]
        places.append((place, len(result) - 1))
        before += width
    return result, places


def _head_cells(columns, depth):
    """(top, left, bottom, right, text) of every head: equal ones side by side merge, short ones reach the bottom."""
    cells = []
    for level in range(depth):
        start = 0
        while start < len(columns):
            titles = columns[start].titles
            end = start
            if level < len(titles) - 1:
                prefix = titles[: level + 1]
                while end + 1 < len(columns) and _is_under(columns[end + 1].titles, prefix):
                    end += 1
                cells.append((level, start, level, end, titles[level]))
            elif level == len(titles) - 1:
                cells.append((level, start, depth - 1, start, titles[level]))
            start = end + 1
    return cells


def _is_under(titles, prefix):
    return titles[: len(prefix)] == prefix and len(titles) > len(prefix)


def _sign(column):
    """The sign, broken after its first "=" where the column is too narrow for it."""
    sign = safe_text(column.sign)
    return sign if len(sign) <= column.width * 1.1 else sign.replace("=", "=\n", 1)


def _wrapped(text, width):
    """How many lines `text` takes in a column `width` characters wide, broken at spaces."""
    lines = 0
    for paragraph in str(text).split("\n"):
        lines, used = lines + 1, 0
        for word in paragraph.split():
            needed = len(word) + (1 if used else 0)
            if used and used + needed > width:
                lines, used, needed = lines + 1, 0, len(word)
            used += needed
    return lines


def _text_points(text, size):
    """About how long a line of bold Times is."""
    return sum(0.28 if char in " -.,ijlI" else 0.72 if char.isupper() else 0.5 for char in text) * size
