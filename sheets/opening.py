"""What happens in the child process: a workbook or a text file of columns becomes plain rows, written in parts.

It knows nothing of Django and starts in a twentieth of a second. Formulas are never run: what is read is the value that
the file holds. Run as `python sheets/opening.py PATH MEMORY SECONDS CELLS`; the first part it writes is a list of
sheets or {"error": code}, then come the rows of each sheet, a few thousand to a part.

A part is four bytes that tell its length, then Python's `marshal` of it: a third of the time that JSON takes. It is for
parent and child only, which are one program under one user, and can hold plain values and nothing that runs.

A cell is text ("" = nothing), a number (5.0 for 5), true or false, or ["d", "2026-11-05"] for a date.
"""

import csv
import datetime as dt
import gc
import io
import marshal
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator

ROWS_IN_A_PART = 2000
PLAIN = {str, float, bool, int}
UNPACKED_AT_MOST = 100 * 2**20  # bytes that are held, and looked through, beside what calamine does
FAULTS_TOLD = 200

_WORKSHEET = re.compile(r"worksheets/[^/]+\.xml$", re.IGNORECASE)
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d+)"[^>]*?>')
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_CELL_WITHOUT_VALUE = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+\d+)"[^>]*>\s*<(?:\w+:)?f\b(?:[^<]|<(?!/))*?(?:</(?:\w+:)?f>|/>)\s*'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"\s*/>')
_CELL_WITH_ERROR = re.compile(rb'<(?:\w+:)?c\b(?=[^>]*?\bt="e")[^>]*?\br="([A-Z]+\d+)"')


class Refused(Exception):
    """Why the file is not read: a code that sheets/reading.py has a sentence for."""


def main(path: str, memory: str, seconds: str, cells: str) -> None:
    _limit(int(memory), int(seconds))
    gc.disable()  # all that is made is written, and then the process ends
    out = sys.stdout.buffer
    try:
        for part in parts_of(path, int(cells)):
            out.write(len(part).to_bytes(4, "little"))
            out.write(part)
    except Refused as error:
        part = marshal.dumps({"error": str(error)})
        out.write(len(part).to_bytes(4, "little") + part)
    out.flush()


def parts_of(path: str, most_cells: int) -> Iterator[bytes]:
    """The sheets of a file, then their rows. Raises Refused."""
    with open(path, "rb") as file:
        is_text = _is_text(file.read(8))
    return _text_file(path) if is_text else _workbook(path, most_cells)


def _limit(memory: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows: the parent's clock alone holds it
        return
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, 0)):
        hard = resource.getrlimit(what)[1]
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _workbook(path: str, most_cells: int) -> Iterator[bytes]:
    import python_calamine as calamine

    file, told = _looked_over(path)
    try:
        book = calamine.load_workbook(file)
        listed = [meta for meta in book.sheets_metadata if meta.typ == calamine.SheetTypeEnum.WorkSheet]
        sheets = [book.get_sheet_by_name(meta.name) for meta in listed]
        hidden = [meta.visible != calamine.SheetVisibleEnum.Visible for meta in listed]
    except calamine.PasswordError:
        raise Refused("password") from None
    except (calamine.CalamineError, OSError, ValueError, KeyError):
        raise Refused("broken") from None
    if sum(sheet.total_height * sheet.total_width for sheet in sheets) > most_cells:
        raise Refused("cells")
    yield marshal.dumps(
        [
            {
                "name": sheet.name,
                "is_hidden": is_hidden,
                "rows": sheet.total_height,
                "merged": [[*first, *last] for first, last in _merged(sheet)],
                **told.get(sheet.name, {}),
            }
            for sheet, is_hidden in zip(sheets, hidden, strict=True)
        ]
    )
    for sheet in sheets:
        yield from _parts_of(list(map(_row, sheet.to_python(skip_empty_area=False))))


def _merged(sheet) -> list:
    try:
        return sheet.merged_cell_ranges or []
    except Exception:
        return []  # .ods tells none


def _parts_of(rows: list[list]) -> Iterator[bytes]:
    """The last part is not full: it may be empty."""
    for start in range(0, len(rows) + 1, ROWS_IN_A_PART):
        some = rows[start : start + ROWS_IN_A_PART]
        try:
            yield marshal.dumps(some)
        except ValueError:  # dates and the like, which are looked for only where there are any
            yield marshal.dumps([[cell if type(cell) in PLAIN else _cell(cell) for cell in row] for row in some])


def _row(cells: list) -> list:
    while cells and cells[-1] == "":
        cells.pop()
    return cells


def _cell(value):
    if isinstance(value, dt.date):
        return ["d", value.isoformat()[:10]]
    return str(value)


# --- what calamine does not tell ---------------------------------------------------------------------------------


def _looked_over(path: str) -> tuple[str | io.BytesIO, dict[str, dict]]:
    """What calamine is to read; and of .xlsx by sheet: merged cells, hidden rows, formulas whose value was never
    stored, cells that hold an error. Best effort: a file of which nothing can be told is read all the same."""
    try:
        with zipfile.ZipFile(path) as packed:
            sheets = [each for each in packed.infolist() if _WORKSHEET.search(each.filename)]
            if sum(each.file_size for each in packed.infolist()) > UNPACKED_AT_MOST:
                small = [each for each in sheets if each.file_size <= UNPACKED_AT_MOST]
                file, told = path, {each.filename: _scan(packed.read(each)) for each in small}
            else:
                file, told = _unpacked(packed) if sheets else (path, {})
            if not any(found for each in told.values() for found in each.values()):
                return file, {}
            return file, {name: told[part] for name, part in _parts(packed).items() if part in told}
    except (KeyError, ValueError, zipfile.BadZipFile, zlib.error, OSError, RuntimeError, MemoryError):
        return path, {}


def _unpacked(packed: zipfile.ZipFile) -> tuple[io.BytesIO, dict[str, dict]]:
    """The same package, not packed: it is unpacked once, for calamine and for us, and not by each of us twice."""
    plain, told = io.BytesIO(), {}
    with zipfile.ZipFile(plain, "w") as copy:
        for entry in packed.infolist():
            content = packed.read(entry)
            if _WORKSHEET.search(entry.filename):
                told[entry.filename] = _scan(content)
                content, merged = _without_merged(content)
                told[entry.filename] |= {"merged": merged} if merged else {}
            copy.writestr(entry.filename, content)
    plain.seek(0)
    return plain, told


def _without_merged(xml: bytes) -> tuple[bytes, list[list[int]]]:
    """calamine goes through all cells once more, to the list of merged ones behind them. It is read here, and calamine
    finds an empty one in front. Where it is written in another way, the sheet stays as it is."""
    start, end = xml.find(b"<sheetData>"), xml.rfind(b"</sheetData>")
    found = _MERGED.findall(xml, max(end, 0))
    as_usual = len(found) + 2 if found else 0  # the list begins and ends with the word
    if not 0 <= start < end or xml.count(b"mergeCell", end) != as_usual:
        return xml, []
    corners = [[int(top) - 1, _column(left), int(bottom) - 1, _column(right)] for left, top, right, bottom in found]
    return b"".join((xml[:start], b'<mergeCells count="0"></mergeCells>', xml[start:])), corners


def _column(letters: bytes) -> int:
    """Counted from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _scan(xml: bytes) -> dict:
    hidden = [int(match[1]) for match in _ROW.finditer(xml) if _HIDDEN.search(match[0])] if b"hidden=" in xml else []
    return {
        "hidden_rows": hidden,
        "without_value": _named(_CELL_WITHOUT_VALUE, xml) if b"f>" in xml else [],
        "with_error": _named(_CELL_WITH_ERROR, xml) if b't="e"' in xml else [],
    }


def _named(pattern: re.Pattern, xml: bytes) -> list[str]:
    found = []
    for match in pattern.finditer(xml):
        found.append(match[1].decode())
        if len(found) == FAULTS_TOLD:
            break
    return found


def _parts(packed: zipfile.ZipFile) -> dict[str, str]:
    """Name of a sheet → its part in the package."""
    from defusedxml.ElementTree import fromstring

    book = fromstring(packed.read("xl/workbook.xml"))
    links = fromstring(packed.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    parts = {}
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] != "sheet":
            continue
        key = next((value for name, value in sheet.attrib.items() if name.rpartition("}")[2] == "id"), None)
        target = targets.get(key, "")
        parts[sheet.get("name")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return parts


# --- text files ---------------------------------------------------------------------------------------------------


def _is_text(start: bytes) -> bool:
    return not start.startswith((b"PK", b"\xd0\xcf\x11\xe0"))


def _text_file(path: str) -> Iterator[bytes]:
    with open(path, "rb") as file:
        content = file.read()
    text = _decoded(content)
    if re.match(r"\s*<(?:!doctype|\?xml|html|head|meta|style|body|div|table)\b", text[:200], re.IGNORECASE):
        raise Refused("html")
    if "\x00" in text:
        raise Refused("broken")
    csv.field_size_limit(100_000)
    try:
        rows = [_row(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))]
    except csv.Error:
        raise Refused("broken") from None
    yield marshal.dumps([{"name": "CSV", "is_hidden": False, "rows": len(rows), "merged": []}])
    yield from _parts_of(rows)


def _decoded(content: bytes) -> str:
    """UTF-8, UTF-16, else one byte a letter: the Vietnamese page of Windows where that reads, else Latin-1."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    western = content.decode("latin-1")
    try:
        vietnamese = content.decode("cp1258")
    except UnicodeDecodeError:
        return western
    # Tones of that page are marks of their own behind a vowel; in the old fonts these bytes stand anywhere.
    marks = re.findall("[\u0300\u0301\u0303\u0309\u0323]", vietnamese)
    fitting = re.findall("[aeiouyăâêôơưAEIOUYĂÂÊÔƠƯ][\u0300\u0301\u0303\u0309\u0323]", vietnamese)
    return vietnamese if marks and len(fitting) == len(marks) else western


def _delimiter(text: str) -> str:
    """Whichever cuts most lines of the start into equally many cells."""
    lines = [line for line in text.splitlines()[:40] if line.strip()]
    best, points = ",", 0
    for mark in "\t;,|":
        counts = [line.count(mark) for line in lines if mark in line]
        score = max((counts.count(count) * count for count in set(counts)), default=0)
        if score > points:
            best, points = mark, score
    return best


if __name__ == "__main__":
    main(*sys.argv[1:])
