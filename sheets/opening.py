"""What happens in the child process: a workbook or a text file of columns becomes plain rows, as lines of JSON.

It knows nothing of Django and starts in a twentieth of a second. Formulas are never run: what is read is the value that
the file holds. Run as `python sheets/opening.py PATH MEMORY SECONDS CELLS`; the first line it prints is a list of
sheets or {"error": code}, then come the rows of each sheet, a few thousand to a line.

A cell is text ("" = nothing), a number (5.0 for 5), true or false, or ["d", "2026-11-05"] for a date.
"""

import csv
import datetime as dt
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator

ROWS_IN_A_LINE = 2000
SCANNED_AT_MOST = 100 * 2**20
FAULTS_TOLD = 200

_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d+)"[^>]*?>')
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_CELL_WITHOUT_VALUE = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+\d+)"[^>]*>\s*<(?:\w+:)?f\b(?:[^<]|<(?!/))*?(?:</(?:\w+:)?f>|/>)\s*'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_CELL_WITH_ERROR = re.compile(rb'<(?:\w+:)?c\b(?=[^>]*?\bt="e")[^>]*?\br="([A-Z]+\d+)"')


class Refused(Exception):
    """Why the file is not read: a code that sheets/reading.py has a sentence for."""


def main(path: str, memory: str, seconds: str, cells: str) -> None:
    _limit(int(memory), int(seconds))
    out = sys.stdout
    try:
        with open(path, "rb") as file:
            start = file.read(4096)
        for line in _text_file(path) if _is_text(start) else _workbook(path, int(cells)):
            out.write(line)
            out.write("\n")
    except Refused as error:
        out.write(json.dumps({"error": str(error)}) + "\n")
    out.flush()


def _limit(memory: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows: the parent's clock alone holds it
        return
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, 0)):
        hard = resource.getrlimit(what)[1]
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _workbook(path: str, most_cells: int) -> Iterator[str]:
    import python_calamine as calamine

    try:
        book = calamine.load_workbook(path)
        listed = [meta for meta in book.sheets_metadata if meta.typ == calamine.SheetTypeEnum.WorkSheet]
        sheets = [book.get_sheet_by_name(meta.name) for meta in listed]
        hidden = [meta.visible != calamine.SheetVisibleEnum.Visible for meta in listed]
    except calamine.PasswordError:
        raise Refused("password") from None
    except (calamine.CalamineError, OSError, ValueError, KeyError):
        raise Refused("broken") from None
    if sum(sheet.total_height * sheet.total_width for sheet in sheets) > most_cells:
        raise Refused("cells")
    told = _faults(path, [sheet.name for sheet in sheets])
    yield _json(
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
        yield from _lines(map(_row, sheet.to_python(skip_empty_area=False)))


def _merged(sheet) -> list:
    try:
        return sheet.merged_cell_ranges or []
    except Exception:
        return []  # .ods tells none


def _lines(rows) -> Iterator[str]:
    part = []
    for row in rows:
        part.append(row)
        if len(part) == ROWS_IN_A_LINE:
            yield _json(part)
            part = []
    yield _json(part)


def _row(cells: list) -> list:
    while cells and cells[-1] == "":
        cells.pop()
    return cells


def _cell(value):
    """What JSON has no word for; asked for these cells only, so that millions of others cost nothing here."""
    if isinstance(value, dt.date):
        return ["d", value.isoformat()[:10]]
    return str(value)


def _json(value) -> str:
    return json.dumps(value, separators=(",", ":"), default=_cell)


# --- what calamine does not tell ---------------------------------------------------------------------------------


def _faults(path: str, names: list[str]) -> dict[str, dict]:
    """Of .xlsx: hidden rows, formulas whose value was never stored, cells that hold an error. Best effort."""
    if not zipfile.is_zipfile(path):
        return {}
    found = {}
    try:
        with zipfile.ZipFile(path) as packed:
            for name, part in _parts(packed).items():  # larger sheets are read all the same, without being scanned
                if name in names and packed.getinfo(part).file_size <= SCANNED_AT_MOST:
                    found[name] = _scan(packed.read(part))
    except (KeyError, ValueError, zipfile.BadZipFile, OSError, MemoryError):
        return {}
    return found


def _scan(xml: bytes) -> dict:
    hidden = [int(match[1]) for match in _ROW.finditer(xml) if _HIDDEN.search(match[0])] if b"hidden=" in xml else []
    has_formulas = any(tag in xml for tag in (b"<f>", b"<f ", b":f>", b":f "))
    return {
        "hidden_rows": hidden,
        "without_value": _named(_CELL_WITHOUT_VALUE, xml) if has_formulas else [],
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


def _text_file(path: str) -> Iterator[str]:
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
    yield _json([{"name": "CSV", "is_hidden": False, "rows": len(rows), "merged": []}])
    yield from _lines(rows)


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
