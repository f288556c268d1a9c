"""Workbooks of before .xlsx, made byte by byte: .xls (BIFF8 in a compound file) and .ods.

Cells are text, numbers, and dates; as much as a list needs and no more.
"""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

SECTOR = 512
FREE, END, OF_TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
GENERAL, DATE = 0, 14


def xls(rows: Sequence[Sequence], name: str = "Danh sách") -> bytes:
    """A worksheet of Excel 97–2003."""
    texts = sorted({cell for row in rows for cell in row if isinstance(cell, str) and cell})
    page = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            page += _cell(at, column, cell, texts)
    page += _record(0x000A)
    before = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
    before += _record(0x0042, struct.pack("<H", 1200)) + b"".join(_format_of(kind) for kind in (GENERAL, DATE))
    strings = b"".join(_long_text(text) for text in texts)
    after = _record(0x00FC, struct.pack("<II", len(texts), len(texts)) + strings) + _record(0x000A)
    title = name.encode("utf-16-le")
    sheet_at = len(before) + 4 + 8 + len(title) + len(after)
    sheet = _record(0x0085, struct.pack("<IBBBB", sheet_at, 0, 0, len(name), 1) + title)
    return _compound(before + sheet + after + page)


def _record(kind: int, content: bytes = b"") -> bytes:
    assert len(content) <= 8224, "longer records go on in another one"
    return struct.pack("<HH", kind, len(content)) + content


def _format_of(kind: int) -> bytes:
    return _record(0x00E0, struct.pack("<HHH", 0, kind, 0) + bytes(14))


def _long_text(text: str) -> bytes:
    packed = text.encode("utf-16-le")
    return struct.pack("<HB", len(packed) // 2, 1) + packed


def _cell(row: int, column: int, cell, texts: list[str]) -> bytes:
    if cell == "":
        return b""
    if isinstance(cell, str):
        return _record(0x00FD, struct.pack("<HHHI", row, column, 0, texts.index(cell)))
    if isinstance(cell, dt.date):
        return _record(0x0203, struct.pack("<HHHd", row, column, 1, (cell - dt.date(1899, 12, 30)).days))
    return _record(0x0203, struct.pack("<HHHd", row, column, 0, cell))


def _compound(stream: bytes) -> bytes:
    """A compound file that holds this stream as "Workbook": a head, its table, its directory, and the stream."""
    stream = stream.ljust(4096, b"\0")  # shorter ones would live in a file within the file
    count = -(-len(stream) // SECTOR)
    table = [OF_TABLE, END, *range(3, 2 + count), END]
    assert len(table) <= SECTOR // 4, "one sector of table is enough"
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0) + struct.pack("<I", 0)
    entries = _entry("Root Entry", 5, 1, END, 0) + _entry("Workbook", 2, FREE, 2, len(stream))
    return (
        head.ljust(SECTOR, b"\xff")
        + b"".join(struct.pack("<I", each) for each in table).ljust(SECTOR, b"\xff")
        + entries.ljust(SECTOR, b"\0")
        + stream.ljust(count * SECTOR, b"\0")
    )


def _entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    title = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<HBBIII", len(title), kind, 1, FREE, FREE, child)
    return title.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", first, size)


SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{path}:1.0"'
    for name, path in (("office", "office"), ("table", "table"), ("text", "text"))
)


def ods(rows: Sequence[Sequence], name: str = "Danh sách") -> bytes:
    """A table of OpenDocument."""
    lines = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {SPACES} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="{name}">{lines}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("mimetype", kind)
        packed.writestr("content.xml", content, zipfile.ZIP_DEFLATED)
        packed.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
        )
    return target.getvalue()


def _ods_cell(cell) -> str:
    if cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, str):
        return f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
    if isinstance(cell, dt.date):
        return f'<table:table-cell office:value-type="date" office:date-value="{cell.isoformat()}"/>'
    return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
