"""The same three households as wards write them: hundreds of named lists that must all be understood alike.

What they say: Tà Lang, H01 Nguyễn Văn Sáu (1960, nam, 0905123456, VNeID yes) with Trần Thị Bảy (1962, nữ, no) and
H02 Lê Thị Tám (1955, nữ, not asked); Giàn Bí, H03 Đặng Văn Chín (1970, nam, yes).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from sheets.reading import Sheet

FIELDS = ("code", "name", "relation", "village", "birth", "sex", "phone", "vneid")
HEAD = {
    "code": "Mã hộ", "name": "Họ và tên", "relation": "Quan hệ với chủ hộ", "village": "Thôn", "birth": "Năm sinh",
    "sex": "Giới tính", "phone": "Điện thoại", "vneid": "VNeID mức 2",
}  # fmt: skip
PEOPLE = (
    ("H01", "Nguyễn Văn Sáu", "Chủ hộ", "Tà Lang", 1960, "Nam", "0905123456", "x"),
    ("", "Trần Thị Bảy", "Vợ", "", 1962, "Nữ", "", "0"),
    ("H02", "Lê Thị Tám", "Chủ hộ", "Tà Lang", 1955, "Nữ", "", ""),
    ("H03", "Đặng Văn Chín", "Chủ hộ", "Giàn Bí", 1970, "Nam", "", "x"),
)
HEADINGS = {
    "code": ("MÃ HỘ", "Số hộ", "Mã hộ gia đình", "ma ho", "Hồ sơ hộ", "mã  hộ "),
    "name": (
        "HỌ VÀ TÊN", "Họ tên", "HO TEN", "Họ, chữ đệm và tên", "Tên", "Họ và tên nhân khẩu", "Họ tên thành viên",
        "Họ và tên công dân",
    ),
    "relation": (
        "Quan hệ", "QUAN HỆ VỚI CHỦ HỘ", "Mối quan hệ", "QH với chủ hộ", "quan he voi chu ho", "Quan hệ với\nchủ hộ",
    ),
    "village": (
        "THÔN", "Thôn, tổ dân phố", "Tổ dân phố", "TDP", "Thôn/TDP", "Khu phố", "Xóm", "Ấp", "Bản", "Địa bàn",
        "Khu dân cư", "Tên thôn",
    ),
    "birth": (
        "NĂM SINH", "Ngày sinh", "Ngày, tháng, năm sinh", "Sinh năm", "nam sinh", "Năm  sinh (dương lịch)",
        "Ngày tháng năm sinh",
    ),
    "sex": ("GIỚI TÍNH", "Giới", "Nam/Nữ", "Phái", "gioi tinh", "Giới tính (Nam/Nữ)"),
    "phone": (
        "ĐIỆN THOẠI", "SĐT", "Số điện thoại", "ĐT", "Số ĐT", "Di động", "Điện thoại liên hệ", "so dien thoai", "ĐTDĐ",
    ),
    "vneid": (
        "VNeID", "Có VNeID", "Định danh điện tử", "Tài khoản định danh điện tử mức 2", "Định danh mức 2",
        "VNEID MỨC 2", "Kích hoạt VNeID",
    ),
}  # fmt: skip
YES = "x|X|có|Có|CÓ|co|1|đã|Đã|đã có|Đã có|rồi|v|V|✓|✔|☑|√|yes|true|đạt|đủ| x |x.|+|*".split("|")
NO = "0|không|Không|KHÔNG|chưa|Chưa|chưa có|k|ko|no|false|không có".split("|")
PHONES = (
    "0905123456", 905123456, 905123456.0, "905123456", "0905 123 456", "0905.123.456", "0905-123-456", "+84905123456",
    "84905123456", "+84 905 123 456", "(0905) 123456", "0905123456.0", "0084905123456", " 0905123456 ",
    "０９０５１２３４５６",
)  # fmt: skip
BIRTHS = (
    1960, 1960.0, "1960", " 1960 ", "1960.0", "15/08/1960", "15-8-1960", "15.08.1960", "1960-08-15", "xx/xx/1960",
    ["d", "1960-08-15"], "08/1960", "01/01/1960", "ngày 15 tháng 8 năm 1960", 22143.0, "??/1960",
)  # fmt: skip


def rows_of(people=PEOPLE, fields=FIELDS, **heads) -> list[list]:
    head = [(HEAD | heads)[field] for field in fields]
    return [head, *([row[FIELDS.index(field)] for field in fields] for row in people)]


def with_cell(row: int, field: str, value) -> list[list]:
    people = [list(person) for person in PEOPLE]
    people[row][FIELDS.index(field)] = value
    return rows_of(people)


def lists() -> Iterator[tuple[str, Sheet]]:
    """Named lists that all say the same."""
    for field, headings in HEADINGS.items():
        for heading in headings:
            yield f"heading {heading!r}", Sheet("S", rows_of(**{field: heading}))
            decomposed = unicodedata.normalize("NFD", heading)
            yield f"heading NFD {heading!r}", Sheet("S", rows_of(**{field: decomposed}))
    for mark in YES:
        yield f"yes as {mark!r}", Sheet("S", with_cell(0, "vneid", mark))
    yield "yes as a number", Sheet("S", with_cell(0, "vneid", 1.0))
    yield "yes as true", Sheet("S", with_cell(0, "vneid", True))
    for mark in NO:
        yield f"no as {mark!r}", Sheet("S", with_cell(1, "vneid", mark))
    yield "no as a number", Sheet("S", with_cell(1, "vneid", 0.0))
    yield "no as false", Sheet("S", with_cell(1, "vneid", False))
    for phone in PHONES:
        yield f"phone {phone!r}", Sheet("S", with_cell(0, "phone", phone))
    for born in BIRTHS:
        yield f"born {born!r}", Sheet("S", with_cell(0, "birth", born))
    yield from _laid_out()
    yield from _written_otherwise()


def _laid_out() -> Iterator[tuple[str, Sheet]]:
    plain = rows_of()
    for titles in range(1, 7):
        above = [
            ["UBND PHƯỜNG HẢI VÂN"],
            ["DANH SÁCH HỘ DÂN"],
            ["Tính đến ngày 31/10/2026"],
            [],
            ["(Kèm theo Công văn số 5)"],
            [],
        ]
        yield f"{titles} title lines", Sheet("S", [*above[:titles], *plain])
    yield "column numbers", Sheet("S", [plain[0], [float(n) for n in range(1, 9)], *plain[1:]])
    yield "column numbers in brackets", Sheet("S", [plain[0], [f"({n})" for n in range(1, 9)], *plain[1:]])
    yield "letters and numbers", Sheet("S", [plain[0], ["A", "B", *map(float, range(1, 7))], *plain[1:]])
    yield "empty rows between", Sheet("S", [plain[0], [], plain[1], plain[2], [], [], plain[3], plain[4], []])
    yield "head said again", Sheet("S", [*plain[:3], plain[0], *plain[3:]])
    for total in ("Tổng cộng", "TỔNG", "Cộng", "Tổng số", "Tổng cộng: 4 người"):
        yield f"total row {total}", Sheet("S", [*plain, ["", total, "", "", "", "", "", 2.0]])
    yield (
        "signatures below",
        Sheet("S", [*plain, [], ["", "", "", "Hải Vân, ngày 31 tháng 10 năm 2026"], ["", "", "NGƯỜI LẬP"]]),
    )
    yield "note below", Sheet("S", [*plain, [], ["Ghi chú: x là đã có"]])
    yield "STT in front", Sheet("S", [["STT", *plain[0]], *([float(n), *row] for n, row in enumerate(plain[1:], 1))])
    yield "TT text in front", Sheet("S", [["TT", *plain[0]], *([str(n), *row] for n, row in enumerate(plain[1:], 1))])
    yield "three empty columns in front", Sheet("S", [["", "", "", *row] for row in plain])
    yield "unknown columns between", Sheet("S", [[*row[:3], f"Cột lạ {n}", *row[3:]] for n, row in enumerate(plain)])
    for turn in range(1, len(FIELDS)):
        fields = FIELDS[turn:] + FIELDS[:turn]
        yield f"columns turned by {turn}", Sheet("S", rows_of(fields=fields))
    yield "two lines, merged", _two_lines(merged=True)
    yield "two lines, not told to be merged", _two_lines(merged=False)
    yield "village as rows between", _sections("Thôn Tà Lang", "Thôn Giàn Bí")
    yield "village as numbered rows between", _sections("Thôn Tà Lang", "Thôn Giàn Bí", numbers=("I", "II"))
    yield "village as TDP between", _sections("Tổ dân phố Tà Lang", "TDP Giàn Bí", numbers=("I.", "II."))
    yield "head in every row", _head_in_every_row()
    yield "code in every row", Sheet("S", [row if n != 2 else ["H01", *row[1:]] for n, row in enumerate(plain)])
    yield "born under Nam and Nữ", _born_by_sex()
    yield "far empty cells", Sheet("S", [[*row, *[""] * 60] for row in plain])


def _two_lines(*, merged: bool) -> Sheet:
    plain = rows_of()
    upper = ["Mã hộ", "Nhân khẩu", "", "Thôn", "Thông tin", "", "", "Tiêu chí"]
    lower = ["", "Họ và tên", "Quan hệ với chủ hộ", "", "Năm sinh", "Giới tính", "Điện thoại", "VNeID mức 2"]
    spans = [[0, 1, 0, 2], [0, 4, 0, 6], [0, 0, 1, 0], [0, 3, 1, 3]] if merged else []
    return Sheet("S", [upper, lower, *plain[1:]], merged=spans)


def _sections(first: str, second: str, numbers=("", "")) -> Sheet:
    fields = tuple(field for field in FIELDS if field != "village")
    rows = rows_of(fields=fields)
    between = [
        [number, name, *[""] * 5] if number else [name] for number, name in zip(numbers, (first, second), strict=True)
    ]
    return Sheet("S", [rows[0], between[0], *rows[1:4], between[1], rows[4]])


def _head_in_every_row() -> Sheet:
    rows = rows_of(fields=("name", "village", "birth", "sex", "phone", "vneid"))
    heads = ["Chủ hộ", "Nguyễn Văn Sáu", "Nguyễn Văn Sáu", "Lê Thị Tám", "Đặng Văn Chín"]
    return Sheet("no codes", [[head, *row] for head, row in zip(heads, rows, strict=True)])


def _born_by_sex() -> Sheet:
    fields = ("code", "name", "relation", "village", "phone", "vneid")
    born = [("Năm sinh – Nam", "Năm sinh – Nữ"), (1960, ""), ("", 1962), ("", 1955), (1970, "")]
    return Sheet("S", [[*row, *years] for row, years in zip(rows_of(fields=fields), born, strict=True)])


def _written_otherwise() -> Iterator[tuple[str, Sheet]]:
    def changed(change) -> Sheet:
        return Sheet("S", [[change(cell) if isinstance(cell, str) else cell for cell in row] for row in rows_of()])

    yield "all decomposed", changed(lambda text: unicodedata.normalize("NFD", text))
    yield "spaces around", changed(lambda text: f"  {text} " if text else text)
    yield "no-break spaces", changed(lambda text: text.replace(" ", "\u00a0"))
    yield (
        "names in capitals",
        Sheet("S", [[*row[:1], row[1].upper() if n else row[1], *row[2:]] for n, row in enumerate(rows_of())]),
    )
    yield (
        "names in small letters",
        Sheet("S", [[*row[:1], row[1].lower() if n else row[1], *row[2:]] for n, row in enumerate(rows_of())]),
    )
    for words in ("Thôn {}", "thôn {}", "THÔN {}", "Tổ dân phố {}", "TDP {}", "Thôn: {}"):
        rows = [
            [*row[:3], words.format(row[3]) if n and row[3] else row[3], *row[4:]] for n, row in enumerate(rows_of())
        ]
        yield f"village as {words!r}", Sheet("S", rows)
    yield "zero-width signs", changed(lambda text: f"\u200b{text}\ufeff" if text else text)
    yield "line ends in cells", changed(lambda text: text.replace(" ", "\n", 1))
    yield (
        "years as text",
        Sheet("S", [[str(cell) if isinstance(cell, int) else cell for cell in row] for row in rows_of()]),
    )
