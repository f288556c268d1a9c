"""Putting values into cells of somebody else's .xlsx and leaving everything else in the file byte for byte as it was.

Only the sheets' own XML is touched: the value of a cell is exchanged, its format stays. Formulas stay formulas; the
results that the file remembered for them are taken out and worked out anew when it is opened, so that no old number can
be read beside a new one. Pictures, charts, rules and settings that no library knows are kept because nobody reads them.
"""

from __future__ import annotations

import datetime as dt
import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.core.exceptions import ValidationError
from lxml import etree

from sheets.workbook import is_number, naive, safe_text

MEGABYTE = 2**20
MOST_BYTES = 5 * MEGABYTE
MOST_UNPACKED = 60 * MEGABYTE
MOST_PARTS = 1000
MOST_CELLS = 200_000

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
# What may stand before <calcPr> in workbook.xml, by the schema.
BEFORE_CALCULATION = (
    "fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups",
    "externalReferences", "definedNames",
)  # fmt: skip
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_DAY_ZERO = dt.date(1899, 12, 30)

Place = tuple[int, int]  # row and column, from 1


class NotAWorkbook(ValidationError):
    """Why a file is not taken, in Vietnamese."""


@dataclass(frozen=True)
class Cell:
    text: str = ""
    formula: str = ""


@dataclass(frozen=True)
class Like:
    """A value for a cell which, where it has no format of its own, looks like the one at `place`."""

    value: object
    place: Place


@dataclass
class Grid:
    """What a sheet shows: cells that hold something, and ranges that are merged (first and last place)."""

    cells: dict[Place, Cell] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    @property
    def last(self) -> Place:
        ends = [*self.cells, *((bottom, right) for _, _, bottom, right in self.merged)]
        return max((row for row, _ in ends), default=1), max((column for _, column in ends), default=1)

    def merged_at(self, place: Place) -> tuple[int, int, int, int] | None:
        row, column = place
        for top, left, bottom, right in self.merged:
            if top <= row <= bottom and left <= column <= right:
                return top, left, bottom, right
        return None


class Workbook:
    """An .xlsx file that was checked: no macros, no password, no bomb. Raises NotAWorkbook."""

    def __init__(self, content: bytes, name: str = "mau.xlsx"):
        if not name.lower().endswith(".xlsx"):
            raise NotAWorkbook("Chỉ nhận tệp .xlsx. Mở bằng Excel, chọn “Lưu thành” dạng .xlsx rồi tải lên lại.")
        if len(content) > MOST_BYTES:
            raise NotAWorkbook(f"Tệp lớn quá: nhiều nhất {MOST_BYTES // MEGABYTE} MB.")
        self.content = content
        self.parts = self._read()
        self._check_kind()
        try:
            self.grids = {name: self._grid(name) for name in self.sheets}
        except (ValueError, TypeError) as error:
            raise NotAWorkbook("Không đọc được tệp: có ô mang địa chỉ lạ. Lưu thành tệp mới.") from error

    # --- the package

    def _read(self) -> dict[str, bytes]:
        """Every part, read no further than its announced and allowed size."""
        try:
            with zipfile.ZipFile(io.BytesIO(self.content)) as packed:
                entries = packed.infolist()
                if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                    raise NotAWorkbook("Tệp nén bất thường nên không được mở. Lưu thành tệp mới rồi tải lên lại.")
                if len({entry.filename.lower() for entry in entries}) != len(entries):
                    raise NotAWorkbook("Tệp hỏng: có phần trùng tên. Mở bằng Excel, lưu thành tệp mới.")
                return {entry.filename: packed.read(entry) for entry in entries}
        except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as error:
            raise NotAWorkbook("Không đọc được tệp: tệp hỏng, đặt mật khẩu, hoặc không phải .xlsx.") from error

    def _check_kind(self) -> None:
        if "xl/workbook.xml" not in self.parts or "[Content_Types].xml" not in self.parts:
            raise NotAWorkbook("Tệp này không phải bảng tính .xlsx.")
        kinds = self.parts["[Content_Types].xml"].lower()
        if b"macroenabled" in kinds or any(part.lower().endswith("vbaproject.bin") for part in self.parts):
            raise NotAWorkbook("Tệp có macro nên không nhận. Lưu thành dạng .xlsx không có macro rồi tải lên lại.")
        if not self.sheets:
            raise NotAWorkbook("Tệp không có trang tính nào.")
        if sum(self.parts[path].count(b"<c ") for path in self.sheets.values()) > MOST_CELLS:
            raise NotAWorkbook("Bảng tính quá rộng hoặc quá dài: xóa các dòng, cột thừa rồi lưu lại.")

    @cached_property
    def sheets(self) -> dict[str, str]:
        """Name → part of every worksheet, in their order."""
        relations = _parse(self.parts.get("xl/_rels/workbook.xml.rels", b""))
        targets = {
            one.get("Id"): posixpath.normpath(posixpath.join("/xl", one.get("Target", ""))).lstrip("/")
            for one in relations
            if one.get("Type", "").endswith("/worksheet")
        }
        found = {}
        for sheet in _parse(self.parts["xl/workbook.xml"]).iterfind(f"{MAIN}sheets/{MAIN}sheet"):
            path = targets.get(sheet.get(RELATION))
            if path in self.parts:
                found[sheet.get("name")] = path
        return found

    @cached_property
    def _shared_strings(self) -> list[str]:
        if "xl/sharedStrings.xml" not in self.parts:
            return []
        found = []
        for item in _parse(self.parts["xl/sharedStrings.xml"]).iterfind(f"{MAIN}si"):
            # Readings above the characters (rPh) are not part of the text.
            texts = [*item.iterfind(f"{MAIN}t"), *item.iterfind(f"{MAIN}r/{MAIN}t")]
            found.append("".join(text.text or "" for text in texts))
        return found

    # --- reading

    def _grid(self, sheet: str) -> Grid:
        root = _parse(self.parts[self.sheets[sheet]])
        grid = Grid()
        for place, cell in _cells(root):
            formula = cell.find(f"{MAIN}f")
            text = self._text(cell)
            if formula is not None:
                grid.cells[place] = Cell(text, f"={formula.text}" if formula.text else "=…")
            elif text:
                grid.cells[place] = Cell(text)
        for merged in root.iterfind(f"{MAIN}mergeCells/{MAIN}mergeCell"):
            first, _, last = merged.get("ref", "").partition(":")
            if last:
                grid.merged.append((*place_of(first), *place_of(last)))
        return grid

    def _text(self, cell) -> str:
        kind = cell.get("t")
        if kind == "inlineStr":
            return "".join(text.text or "" for text in cell.iter(f"{MAIN}t"))
        value = cell.findtext(f"{MAIN}v") or ""
        if kind == "s" and value.isdecimal() and int(value) < len(self._shared_strings):
            return self._shared_strings[int(value)]
        return value

    # --- writing

    def filled(self, values: Mapping[str, Mapping[Place, object]]) -> bytes:
        """The file with these values; None empties a cell. What they replace may not be a formula."""
        changed = {}
        for name, path in self.sheets.items():
            changed[path] = _with_values(self.parts[path], values.get(name, {}))
        changed["xl/workbook.xml"] = _to_be_calculated(self.parts["xl/workbook.xml"])
        with zipfile.ZipFile(io.BytesIO(self.content)) as old:
            entries = old.infolist()
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
            for entry in entries:
                new.writestr(entry, changed.get(entry.filename, self.parts[entry.filename]))
        return target.getvalue()


# --- addresses --------------------------------------------------------------------------------------------------------


def place_of(address: str) -> Place:
    """ "C10" → (10, 3). Raises ValueError."""
    found = _ADDRESS.fullmatch(address.replace("$", ""))
    if not found:
        raise ValueError(f"no address of a cell: {address!r}")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    row = int(found[2])
    if row > LAST_ROW or column > LAST_COLUMN:
        raise ValueError(f"no address of a cell: {address!r}")
    return row, column


def address_of(place: Place) -> str:
    return f"{letters_of(place[1])}{place[0]}"


def letters_of(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = f"{chr(65 + rest)}{letters}"
    return letters


# --- XML --------------------------------------------------------------------------------------------------------------


def _parse(content: bytes):
    """The root; what is fetched from outside, entities and document types are not read."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise NotAWorkbook("Không đọc được tệp: tệp hỏng. Mở bằng Excel, lưu thành tệp mới rồi tải lên lại.") from error
    if root.getroottree().docinfo.doctype:
        raise NotAWorkbook("Tệp có khai báo lạ trong XML nên không nhận. Mở bằng Excel, lưu thành tệp mới.")
    return root


def _rows(root) -> Iterator[tuple[int, object]]:
    """(number, row); a row without a number follows the one before."""
    data, number = root.find(f"{MAIN}sheetData"), 0
    for row in data if data is not None else ():
        if row.tag == f"{MAIN}row":
            number = int(row.get("r") or number + 1)
            yield number, row


def _cells_of(row_number: int, row) -> Iterator[tuple[Place, object]]:
    column = 0
    for cell in row:
        if cell.tag == f"{MAIN}c":
            column = place_of(cell.get("r"))[1] if cell.get("r") else column + 1
            yield (row_number, column), cell


def _cells(root) -> Iterator[tuple[Place, object]]:
    for number, row in _rows(root):
        yield from _cells_of(number, row)


def _with_values(content: bytes, values: Mapping[Place, object]) -> bytes:
    root = _parse(content)
    for _, cell in _cells(root):
        if cell.find(f"{MAIN}f") is not None:
            _forget_result(cell)
    for place in sorted(values):
        value, cell = values[place], _cell_at(root, place)
        if isinstance(value, Like):
            if not cell.get("s") and (style := _cell_at(root, value.place).get("s")):
                cell.set("s", style)
            value = value.value
        _set(cell, value)
    if values and (size := root.find(f"{MAIN}dimension")) is not None:
        root.remove(size)  # it may have grown; readers work it out
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _forget_result(cell) -> None:
    for value in cell.findall(f"{MAIN}v"):
        cell.remove(value)
    cell.attrib.pop("t", None)


def _cell_at(root, place: Place):
    """The cell there, made where the file has none."""
    number, column = place
    row = _row_at(root, number)
    before = None
    for (_, at), cell in _cells_of(number, row):
        if at == column:
            return cell
        if at > column:
            break
        before = cell
    cell = etree.Element(f"{MAIN}c", r=address_of(place))
    if before is None:
        row.insert(0, cell)
    else:
        before.addnext(cell)
    row.attrib.pop("spans", None)  # a hint that may now be wrong
    return cell


def _row_at(root, number: int):
    before = None
    for at, row in _rows(root):
        if at == number:
            return row
        if at > number:
            break
        before = row
    new = etree.Element(f"{MAIN}row", r=str(number))
    if before is None:
        root.find(f"{MAIN}sheetData").insert(0, new)
    else:
        before.addnext(new)
    return new


def _set(cell, value) -> None:
    """Exchange the value; the format (`s`) stays. Text is put in as text, whatever it starts with."""
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", None)
    if value is None or value == "":
        return
    if isinstance(value, dt.datetime):
        value = naive(value).date()
    if isinstance(value, dt.date):
        value = (value - _DAY_ZERO).days
    if is_number(value):
        etree.SubElement(cell, f"{MAIN}v").text = f"{value:f}" if isinstance(value, Decimal) else repr(value)
        return
    cell.set("t", "inlineStr")
    text = etree.SubElement(etree.SubElement(cell, f"{MAIN}is"), f"{MAIN}t")
    text.text = safe_text(value)
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _to_be_calculated(content: bytes) -> bytes:
    """Ask whatever opens the file to work all formulas out."""
    root = _parse(content)
    found = root.find(f"{MAIN}calcPr")
    if found is None:
        found = etree.Element(f"{MAIN}calcPr")
        before = [child for child in root if etree.QName(child).localname in BEFORE_CALCULATION]
        before[-1].addnext(found)
    found.set("fullCalcOnLoad", "1")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
