"""Reading uploaded workbooks: any of .xlsx, .xlsm, .xls, .ods, .csv, within limits, in a process of its own.

A broken or malicious file can make any reader take all memory or never end; here it ends the child (sheets/opening.py)
and the user gets a sentence.
"""

import datetime as dt
import gc
import io
import marshal
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ValidationError

from sheets import opening

MEGABYTE = 2**20
ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".txt")


@dataclass(frozen=True)
class Limits:
    file_bytes: int = 30 * MEGABYTE
    unpacked_bytes: int = 600 * MEGABYTE
    packing: int = 150  # how many times larger it may be unpacked, above ten megabytes
    cells: int = 8_000_000
    memory_bytes: int = 3072 * MEGABYTE
    seconds: int = 60


LIMITS = Limits()
# Handing out memory is a tenth of the child's time: glibc asks for it by two megabytes, others pass over this.
LARGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
REFUSALS = {
    "size": "Tệp lớn quá: nhiều nhất {megabytes} MB. Tách thành nhiều tệp rồi tải lên lần lượt.",
    "ending": "Chỉ nhận bảng tính .xlsx, .xls, .ods hoặc tệp .csv.",
    "empty": "Tệp không có dòng nào.",
    "packed": "Tệp nén bất thường nên không được mở. Mở bằng Excel, lưu thành tệp mới rồi tải lên lại.",
    "cells": "Bảng tính quá rộng hoặc quá dài. Có thể có ô nằm rất xa danh sách: xóa các dòng, cột thừa rồi lưu lại.",
    "password": "Tệp đặt mật khẩu nên không đọc được. Bỏ mật khẩu rồi tải lên lại.",
    "broken": "Không đọc được tệp: tệp hỏng, hoặc không phải bảng tính. Mở bằng Excel, lưu dạng .xlsx rồi tải lên lại.",
    "html": "Tệp này là trang web mang đuôi bảng tính. Mở bằng Excel, chọn “Lưu thành” dạng .xlsx rồi tải lên lại.",
    "crashed": "Không đọc được tệp trong giới hạn cho phép. Có thể có ô nằm rất xa danh sách, hoặc tệp hỏng: "
    "chép danh sách sang tệp mới rồi tải lên lại.",
    "slow": "Đọc tệp lâu quá nên đã dừng. Tách thành nhiều tệp nhỏ hơn rồi tải lên lại.",
}


class Unreadable(ValidationError):
    """Raised with a Vietnamese sentence; `code` is a key of REFUSALS."""

    def __init__(self, code: str, limits: Limits = LIMITS):
        super().__init__(REFUSALS[code].format(megabytes=limits.file_bytes // MEGABYTE), code=code)


@dataclass
class Sheet:
    """A worksheet as the file has it: row 0 is its first row, cells as `sheets.opening` tells them."""

    name: str
    rows: list[list]
    is_hidden: bool = False
    merged: list[list[int]] = field(default_factory=list)  # [first row, first column, last row, last column], from 0
    hidden_rows: list[int] = field(default_factory=list)  # from 1, as people count
    without_value: list[str] = field(default_factory=list)  # formulas whose value the file does not hold: "B5"
    with_error: list[str] = field(default_factory=list)  # cells that hold #N/A and the like


def read_workbook(content: bytes, name: str, *, limits: Limits = LIMITS, in_child: bool = True) -> list[Sheet]:
    """The sheets of an uploaded file. Raises Unreadable.

    `in_child=False` reads in this process, without the limits on memory and time: for files that we made ourselves.
    """
    _check(content, name, limits)
    with tempfile.TemporaryDirectory(prefix="cnscd-") as folder, nothing_thrown_away():
        path = Path(folder) / f"tep{_ending(content)}"
        path.write_bytes(content)
        return _sheets(_of_child(path, limits) if in_child else _here(path, limits), limits)


@contextmanager
def nothing_thrown_away() -> Iterator[None]:
    """For work on a long list: all that is made of it stays until the end, and Python looks through it for rubbish time
    and again. That is a third of the work."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def as_date(cell) -> dt.date | None:
    """The date that a cell holds, if it holds one."""
    return dt.date.fromisoformat(cell[1]) if isinstance(cell, list) else None


def _check(content: bytes, name: str, limits: Limits) -> None:
    if not name.lower().endswith(ENDINGS):
        raise Unreadable("ending", limits)
    if len(content) > limits.file_bytes:
        raise Unreadable("size", limits)
    if not content.strip():
        raise Unreadable("empty", limits)
    if content.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                entries = packed.infolist()
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise Unreadable("broken", limits) from error
        unpacked = sum(entry.file_size for entry in entries)
        is_bomb = unpacked > 10 * MEGABYTE and unpacked > limits.packing * len(content)
        if is_bomb or unpacked > limits.unpacked_bytes or len(entries) > 5000:
            raise Unreadable("packed", limits)


def _ending(content: bytes) -> str:
    """What the file is, whatever it is called."""
    if content.startswith(b"PK"):
        return ".ods" if b"opendocument" in content[:120] else ".xlsx"
    return ".xls" if content.startswith(b"\xd0\xcf") else ".csv"


def _of_child(path: Path, limits: Limits) -> list[bytes]:
    words = [sys.executable, "-I", str(Path(opening.__file__)), str(path)]
    words += map(str, (limits.memory_bytes, limits.seconds, limits.cells))
    try:
        done = subprocess.run(  # noqa: S603
            words, capture_output=True, timeout=limits.seconds * 2, check=False, env={**os.environ, **LARGE_PAGES}
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable("slow", limits) from error
    if done.returncode == -24:  # SIGXCPU: the time that it may compute
        raise Unreadable("slow", limits)
    if done.returncode:
        raise Unreadable("crashed", limits)
    return _cut(done.stdout)


def _cut(written: bytes) -> list[bytes]:
    parts, at = [], 0
    while at < len(written):
        length = int.from_bytes(written[at : at + 4], "little")
        parts.append(written[at + 4 : at + 4 + length])
        at += 4 + length
    return parts


def _here(path: Path, limits: Limits) -> list[bytes]:
    try:
        return list(opening.parts_of(str(path), limits.cells))
    except opening.Refused as error:
        raise Unreadable(str(error), limits) from error


def _sheets(parts: list[bytes], limits: Limits) -> list[Sheet]:
    """The parts of the child: what sheets there are, then for each its rows, ended by a part that is not full."""
    if not parts:
        raise Unreadable("crashed", limits)
    heads = marshal.loads(parts[0])  # noqa: S302  written by our own child
    if isinstance(heads, dict):
        raise Unreadable(heads["error"], limits)
    sheets = []
    rest = iter(parts[1:])
    for head in heads:
        rows: list[list] = []
        for part in rest:
            some = marshal.loads(part)  # noqa: S302
            rows += some
            if len(some) < opening.ROWS_IN_A_PART:
                break
        del head["rows"]
        while rows and not rows[-1]:
            rows.pop()
        sheets.append(Sheet(rows=rows, **head))
    if not any(sheet.rows for sheet in sheets):
        raise Unreadable("empty", limits)
    return sheets
