"""Reading the file of a reorganisation, CSV or JSON, into one plain shape; what it means is `plan.py`'s.

The shape: {"title", "kind", "decree_number", "issuer", "decided_on", "effective_on", "within", "note", "parts":
[{"line", "from", "from_within", "to", "to_within", "extent", "is_main", "code", "households", "streets"}]}, all texts
but `line`, `is_main` and the two lists. It is what a planned reorganisation keeps.
"""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

from django.core.exceptions import ValidationError

from sheets.text import clean_text, search_key

HEAD = {
    "noi dung": "title",
    "hinh thuc": "kind",
    "so van ban": "decree_number",
    "co quan ban hanh": "issuer",
    "ngay ban hanh": "decided_on",
    "ngay hieu luc": "effective_on",
    "trong dia ban": "within",
    "ghi chu": "note",
}
COLUMNS = {
    "tu": "from",
    "thuoc": "from_within",
    "den": "to",
    "thuoc moi": "to_within",
    "pham vi": "extent",
    "phan chinh": "is_main",
    "ma moi": "code",
    "ho": "households",
    "duong": "streets",
}
_EXTENTS = {"": "whole", "toan bo": "whole", "ca": "whole", "whole": "whole", "mot phan": "part", "part": "part"}
_LISTS = ("households", "streets")
_MOST_LINES = 5000


def read_plan_file(source: str | Path) -> dict:
    """A path, or the text itself. Raises ValidationError (Vietnamese) for what cannot be read."""
    if isinstance(source, Path):
        try:
            source = source.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise ValidationError(f"Không đọc được tệp {source.name}: cần tệp CSV hoặc JSON, mã UTF-8.") from error
    text = source.lstrip("\ufeff")
    raw = _from_json(text) if text.lstrip().startswith("{") else _from_csv(text)
    if not raw["parts"]:
        raise ValidationError("Tệp chưa có dòng nào ghi đơn vị nào thành đơn vị nào.")
    return raw


def _from_json(text: str) -> dict:
    try:
        data = json.loads(text)
        rows = data["parts"]
        raw = {name: _text(data.get(name)) for name in HEAD.values()}
        raw["parts"] = [_part(number, row) for number, row in enumerate(rows, 1)]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValidationError("Tệp JSON không đúng mẫu (xem docs/reorganisation.md).") from error
    return raw


def _from_csv(text: str) -> dict:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    raw = dict.fromkeys(HEAD.values(), "")
    raw["parts"] = []
    columns: list[str] = []
    problems = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for row in reader:
            cells = [_text(cell) for cell in row]
            if not any(cells):
                continue
            if columns:
                part = dict(zip(columns, cells, strict=False))
                raw["parts"].append(_part(reader.line_num, part))
            elif search_key(cells[0]) == "tu":
                columns = _columns(cells, problems)
            elif name := HEAD.get(search_key(cells[0])):
                raw[name] = next((cell for cell in cells[1:] if cell), "")
            else:
                problems.append(f"Dòng {reader.line_num}: không rõ “{cells[0]}” là mục gì.")
            if len(raw["parts"]) > _MOST_LINES:
                raise ValidationError(f"Tệp dài quá {_MOST_LINES} dòng.")
    except csv.Error as error:
        raise ValidationError("Tệp CSV hỏng (dấu ngoặc kép không đóng, hoặc có ký tự lạ).") from error
    if not columns:
        problems.append("Không thấy dòng tiêu đề bảng (ô đầu là “từ”).")
    if problems:
        raise ValidationError(problems)
    return raw


def _columns(cells: list[str], problems: list[str]) -> list[str]:
    unknown = [cell for cell in cells if cell and search_key(cell) not in COLUMNS]
    if unknown:
        problems.append(f"Không rõ cột {', '.join(f'“{cell}”' for cell in unknown)}.")
    return [COLUMNS.get(search_key(cell), "") for cell in cells]


def _part(line: int, row: dict) -> dict:
    part = {name: row.get(name) for name in COLUMNS.values()}
    for name, value in part.items():
        if name in _LISTS:
            items = value if isinstance(value, list) else re.split(r"[;|\n]", value or "")
            part[name] = [text for item in items if (text := _text(item))]
        elif name == "is_main":
            part[name] = value is True or search_key(value) in {"x", "co", "chinh", "true", "1"}
        else:
            part[name] = _text(value)
    extent = search_key(part["extent"])
    if extent not in _EXTENTS:
        raise ValidationError(f"Dòng {line}: phạm vi là “toàn bộ” hoặc “một phần”, không phải “{part['extent']}”.")
    return part | {"line": line, "extent": _EXTENTS[extent]}


def _text(value) -> str:
    return clean_text(value, max_length=2000)
