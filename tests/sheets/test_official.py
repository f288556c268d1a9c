import io
import shutil
import subprocess
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from sheets.official import MOTTO, NATION, OfficialColumn, OfficialSheet, Signature
from sheets.workbook import new_workbook

COLUMNS = (
    OfficialColumn("order", "STT", "order", 5, "(A)"),
    OfficialColumn("village", "Thôn, tổ dân phố", "text", 26, "(B)"),
    OfficialColumn("eligible", "Số người thuộc diện", width=12, sign="(1)"),
    OfficialColumn("during", ("Số người đã có", "Trong kỳ"), sign="(2)"),
    OfficialColumn("reached", ("Số người đã có", "Lũy kế"), sign="(3)"),
    OfficialColumn("rate", "Tỷ lệ", "percent", sign="(4)=(3)/(1)×100", ratio=("reached", "eligible")),
    OfficialColumn("note", "Ghi chú", "text", 20, "(5)"),
)
FIRST = {"order": 1, "village": "Tổ 1", "eligible": 10, "during": 0, "reached": 4, "rate": Decimal("0.4")}
SECOND = {"order": 2, "village": "Tổ 2", "eligible": 30, "during": 5, "reached": 16, "rate": Decimal(16) / 30}
SILENT = {"order": 3, "village": "Tà Lang", "note": "Chưa báo cáo"}
TOTAL = {"eligible": 40, "during": 5, "reached": 20, "rate": Decimal("0.5"), "note": "2/3 thôn, tổ"}


def official_workbook(*rows, total=TOTAL, landscape=True, columns=COLUMNS, day=date(2026, 11, 5)):
    target = io.BytesIO()
    with new_workbook(target, title="Báo cáo") as book:
        sheet = OfficialSheet(book, "Biểu 03", columns, landscape=landscape)
        sheet.head(
            parent="Thành phố Đà Nẵng",
            issuer="Ủy ban nhân dân phường An Khê",
            symbol="BC-UBND",
            place="An Khê",
            day=day,
            form="Biểu 03",
        )
        sheet.title("Kết quả phổ cập", "Kỳ tháng 11/2026 (15/10/2026–14/11/2026)", "Địa bàn: phường An Khê")
        sheet.unit_line("người")
        sheet.header()
        for row in rows:
            sheet.row(row)
        sheet.total(total)
        sheet.note("Ghi chú: ô để trống là chưa báo cáo.")
        sheet.signatures(Signature("NGƯỜI LẬP BIỂU"), Signature("THỦ TRƯỞNG ĐƠN VỊ", "Trần Thị Minh"))
    return target.getvalue()


def opened(content, **options):
    return openpyxl.load_workbook(io.BytesIO(content), **options).active


def texts(sheet):
    return [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


def row_of(sheet, text):
    return next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == text)


def test_the_paper_has_both_heads_titles_and_signatures():
    sheet = opened(official_workbook(FIRST, SECOND, SILENT))
    shown = texts(sheet)
    for expected in (
        "THÀNH PHỐ ĐÀ NẴNG",
        "ỦY BAN NHÂN DÂN PHƯỜNG AN KHÊ",
        NATION,
        MOTTO,
        "An Khê, ngày 05 tháng 11 năm 2026",
        "KẾT QUẢ PHỔ CẬP",
        "Đơn vị tính: người",
        "NGƯỜI LẬP BIỂU",
        "THỦ TRƯỞNG ĐƠN VỊ",
        "(Ký, ghi rõ họ tên)",
        "Trần Thị Minh",
    ):
        assert expected in shown
    number = next(text for text in shown if text.startswith("Số: "))
    assert number.endswith("/BC-UBND")
    issuer = next(c for row in sheet.iter_rows() for c in row if c.value == "ỦY BAN NHÂN DÂN PHƯỜNG AN KHÊ")
    assert (issuer.font.bold, issuer.font.name) == (True, "Times New Roman")


def test_a_paper_without_a_date_leaves_room_for_it():
    assert "An Khê, ngày … tháng … năm …" in texts(opened(official_workbook(FIRST, total={}, day=None)))


def test_heads_are_merged_and_repeated_on_every_page():
    sheet = opened(official_workbook(FIRST, SECOND))
    top = row_of(sheet, "STT")
    merged = {str(cells) for cells in sheet.merged_cells.ranges}
    assert {f"A{top}:A{top + 1}", f"B{top}:B{top + 1}", f"D{top}:E{top}", f"F{top}:F{top + 1}"} <= merged
    assert [sheet.cell(top + 1, column).value for column in (4, 5)] == ["Trong kỳ", "Lũy kế"]
    assert sheet.cell(top + 2, 6).value.replace("\n", "") == "(4)=(3)/(1)×100"
    assert sheet.print_title_rows == f"${top}:${top + 2}"
    assert sheet.freeze_panes == f"A{top + 3}"


def test_the_page_is_a4_with_the_margins_of_the_decree():
    sheet = opened(official_workbook(FIRST))
    margins = sheet.page_margins
    millimetres = [round(inches * 25.4) for inches in (margins.left, margins.right, margins.top, margins.bottom)]
    assert millimetres == [30, 15, 20, 20]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert opened(official_workbook(FIRST, landscape=False)).page_setup.orientation == "portrait"


def test_not_reported_is_blank_and_zero_is_zero():
    sheet = opened(official_workbook(FIRST, SILENT))
    assert sheet.cell(row_of(sheet, "Tổ 1"), 4).value == 0
    silent = row_of(sheet, "Tà Lang")
    assert [sheet.cell(silent, column).value for column in (3, 4, 5, 6)] == [None] * 4


def test_formulas_carry_their_values():
    content = official_workbook(FIRST, SECOND, SILENT)
    formulas, values = opened(content), opened(content, data_only=True)
    first, total = row_of(formulas, "Tổ 1"), row_of(formulas, "Tổng cộng")
    assert formulas.cell(first, 6).value == f"=E{first}/C{first}"
    assert values.cell(first, 6).value == 0.4
    assert formulas.cell(total, 3).value == f"=SUM(C{first}:C{total - 1})"
    assert [values.cell(total, column).value for column in (3, 4, 5, 6)] == [40, 5, 20, 0.5]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert rows[total - 1][2:6] == [40, 5, 20, 0.5]


def test_a_total_that_is_not_the_sum_of_its_rows_is_written_as_it_is():
    stated = {"eligible": 41, "reached": 20, "rate": Decimal("0.45")}
    sheet = opened(official_workbook(FIRST, SECOND, total=stated))
    total = row_of(sheet, "Tổng cộng")
    assert sheet.cell(total, 3).value == 41
    assert sheet.cell(total, 5).value.startswith("=SUM")
    assert sheet.cell(total, 6).value == 0.45
    assert sheet.cell(total, 4).value is None


def test_group_rows_are_bold_and_not_added_twice():
    target = io.BytesIO()
    with new_workbook(target) as book:
        sheet = OfficialSheet(book, "Biểu 01", COLUMNS)
        sheet.header()
        sheet.row({"order": "I", "village": "Phường An Khê", "eligible": 10}, bold=True)
        sheet.row(FIRST)
        sheet.row({"order": "II", "village": "Phường Hòa Bắc", "eligible": 30}, bold=True)
        sheet.row(SECOND)
        sheet.total(TOTAL)
    sheet = opened(target.getvalue())
    assert sheet["B4"].font.bold
    assert sheet["C8"].value == "=SUM(C5:C5,C7:C7)"


def test_text_in_a_table_stays_text():
    sheet = opened(official_workbook({**FIRST, "village": "=1+1", "note": "<r>x</r>"}, total={}))
    assert row_of(sheet, "=1+1")


def test_equal_heads_apart_are_not_merged():
    columns = (
        OfficialColumn("a", ("Hộ", "Tổng"), width=40),
        OfficialColumn("b", "Giữa", width=20),
        OfficialColumn("c", ("Hộ", "Tổng"), width=30),
    )
    sheet = opened(official_workbook({"a": 1, "b": 2, "c": 3}, total={}, columns=columns))
    top = row_of(sheet, "Hộ")
    assert [sheet.cell(top, column).value for column in (1, 2, 3)] == ["Hộ", "Giữa", "Hộ"]


def test_a_wide_column_is_parted_so_that_both_halves_find_their_place():
    columns = (
        OfficialColumn("order", "STT", "order", 5, "(A)"),
        OfficialColumn("what", "Khó khăn", "text", 80, "(1)"),
        OfficialColumn("count", "Số lượng", width=12),
    )
    row = {"order": 1, "what": "Sóng yếu ở thôn Tà Lang", "count": 2}
    sheet = opened(official_workbook(row, total={"count": 2}, columns=columns))
    top, only, total = (row_of(sheet, text) for text in ("STT", "Sóng yếu ở thôn Tà Lang", "Tổng cộng"))
    merged = {str(cells) for cells in sheet.merged_cells.ranges}
    assert {f"B{top}:C{top}", f"B{only}:C{only}", f"A{total}:C{total}"} <= merged
    assert sheet.cell(only, 4).value == 2
    assert sheet.cell(total, 4).value == f"=SUM(D{only}:D{only})"
    assert [c.column for r in sheet.iter_rows() for c in r if c.value in (NATION, "NGƯỜI LẬP BIỂU")] == [3, 1]


@pytest.mark.parametrize("widths", [(90, 10), (10, 90), (50, 50), (30, 40, 30)])
@pytest.mark.parametrize("kind", ["integer", "text"])
def test_a_table_of_any_widths_has_a_total_row(widths, kind):
    columns = [OfficialColumn(str(i), f"Cột {i}", kind, width) for i, width in enumerate(widths)]
    sheet = opened(official_workbook({"0": 1, "1": 2}, total={"1": 2}, columns=columns))
    assert row_of(sheet, "Tổng cộng")


def test_every_signer_has_the_instruction_right_below():
    target = io.BytesIO()
    with new_workbook(target) as book:
        sheet = OfficialSheet(book, "Biểu 01", COLUMNS)
        sheet.signatures(Signature("NGƯỜI LẬP BIỂU"), Signature("KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH", "", "(Ký, đóng dấu)"))
    sheet = opened(target.getvalue())
    assert row_of(sheet, "(Ký, ghi rõ họ tên)") == row_of(sheet, "NGƯỜI LẬP BIỂU") + 1
    assert row_of(sheet, "(Ký, đóng dấu)") == row_of(sheet, "PHÓ CHỦ TỊCH") + 1 == row_of(sheet, "KT. CHỦ TỊCH") + 2


@pytest.mark.parametrize("count", [0, 1, 8, 9, 12, 15, 17, 20, 40, 60])
@pytest.mark.parametrize("landscape", [True, False])
def test_signatures_stay_with_the_end_of_the_table(count, landscape):
    """By the heights that the sheet works with; the test below asks an office suite."""
    target = io.BytesIO()
    with new_workbook(target) as book:
        sheet = OfficialSheet(book, "Biểu 03", COLUMNS, landscape=landscape)
        sheet.head(parent="A", issuer="B", symbol="BC-UBND", place="An Khê")
        sheet.title("Kết quả")
        sheet.header()
        for _ in range(count):
            sheet.row(FIRST)
        sheet.total({})
        table_end = sheet.at
        sheet.signatures(Signature("NGƯỜI LẬP BIỂU"), Signature("THỦ TRƯỞNG ĐƠN VỊ"))
    written = opened(target.getvalue())
    heights = [written.row_dimensions[row + 1].height for row in range(sheet.at)]
    page = sheet._page_height()
    pages_wanted = 1 if written.page_setup.fitToHeight is None else written.page_setup.fitToHeight
    if pages_wanted:
        page *= 1.16
    pages = sheet._page_of(heights, page)
    assert pages[table_end - 1] == pages[-1]
    assert not pages_wanted or pages[-1] < pages_wanted


@pytest.mark.parametrize("count", [9, 14, 30])
def test_office_prints_the_signature_with_the_table(count, tmp_path):
    soffice, pdftotext = shutil.which("soffice"), shutil.which("pdftotext")
    if not soffice or not pdftotext:
        pytest.skip("LibreOffice or pdftotext is not installed")
    path = tmp_path / "bieu.xlsx"
    path.write_bytes(official_workbook(*[FIRST] * count, total={}))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    printed = subprocess.run(
        [pdftotext, "-layout", str(tmp_path / "bieu.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    last = printed.rstrip("\f").split("\f")[-1]
    assert "Tổng cộng" in last
    assert "NGƯỜI LẬP BIỂU" in last
    assert "Trần Thị Minh" in last
    assert "Lũy kế" in last
