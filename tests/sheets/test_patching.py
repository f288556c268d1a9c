"""Values go into somebody else's workbook; everything else stays as it was."""

import datetime as dt
import io
import shutil
import subprocess
import zipfile
from decimal import Decimal

import openpyxl
import pytest
import python_calamine
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from sheets.patching import Like, NotAWorkbook, Workbook, address_of, place_of


@pytest.fixture
def theirs() -> bytes:
    """What an office uses: merged heads, formats, formulas over two sheets, print settings, rules, a hidden sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Tổng hợp"
    sheet["A1"] = "BẢNG TỔNG HỢP"
    sheet["A1"].font = Font(name="Times New Roman", size=14, bold=True)
    sheet.merge_cells("A1:D1")
    sheet.append([])
    sheet.append(["STT", "Đơn vị", "Thuộc diện", "Đã có", "Tỷ lệ"])
    for row in range(4, 7):
        sheet.cell(row, 3).number_format = "#,##0"
        sheet.cell(row, 4).fill = PatternFill("solid", fgColor="FFEEDD")
        sheet.cell(row, 5, f"=D{row}/C{row}").number_format = "0.0%"
    sheet["C7"], sheet["D7"] = "=SUM(C4:C6)", "=SUM(D4:D6)"
    sheet.print_title_rows, sheet.page_setup.orientation = "3:3", "landscape"
    sheet.page_setup.paperSize, sheet.oddFooter.center.text = 9, "Trang &P"
    sheet.add_data_validation(
        DataValidation(type="whole", operator="between", formula1="0", formula2="9", sqref="C4:C6")
    )
    other = book.create_sheet("Phụ lục")
    other["A1"] = "='Tổng hợp'!D7*2"
    other["B1"] = "giữ nguyên"
    book.create_sheet("Ẩn").sheet_state = "hidden"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def put(content, **values) -> bytes:
    return Workbook(content).filled({"Tổng hợp": {place_of(cell): value for cell, value in values.items()}})


def parts_of(content) -> dict:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_only_the_values_change(theirs):
    filled = put(theirs, B4="Xã A", C4=1200, D4=600)
    before, after = openpyxl.load_workbook(io.BytesIO(theirs)), openpyxl.load_workbook(io.BytesIO(filled))
    assert after.sheetnames == before.sheetnames
    for sheet in before:
        now = after[sheet.title]
        assert now.merged_cells.ranges == sheet.merged_cells.ranges
        assert now.print_title_rows == sheet.print_title_rows
        assert now.page_setup.orientation == sheet.page_setup.orientation
        assert now.sheet_state == sheet.sheet_state
        assert len(now.data_validations.dataValidation) == len(sheet.data_validations.dataValidation)
        for row in sheet.iter_rows():
            for cell in row:
                twin = now[cell.coordinate]
                assert twin.style_id == cell.style_id if cell.has_style else not twin.has_style
                if (sheet.title, cell.coordinate) not in {("Tổng hợp", one) for one in ("B4", "C4", "D4")}:
                    assert twin.value == cell.value
    assert (after["Tổng hợp"]["C4"].value, after["Tổng hợp"]["B4"].value) == (1200, "Xã A")


def test_parts_that_are_no_sheets_are_kept_byte_for_byte(theirs):
    before, after = parts_of(theirs), parts_of(put(theirs, C4=1))
    assert before.keys() == after.keys()
    touched = {name for name in before if before[name] != after[name]}
    assert touched <= {name for name in before if name.startswith("xl/worksheets/sheet")} | {"xl/workbook.xml"}


@pytest.mark.parametrize("text", ["=1+1", "+84", "@x", "<b>&", "  hai  cách ", "{{ x }}", "Đặng Thị Hoà"])
def test_text_stays_text(theirs, text):
    cell = openpyxl.load_workbook(io.BytesIO(put(theirs, B4=text)))["Tổng hợp"]["B4"]
    assert (cell.data_type, cell.value) == ("s", text)


def test_numbers_dates_and_blanks_are_true_ones(theirs):
    filled = put(theirs, B4=dt.date(2026, 11, 21), C4=Decimal("0.419"), C5=7, C6=None)
    read = python_calamine.load_workbook(io.BytesIO(filled)).get_sheet_by_name("Tổng hợp")
    sheet = read.to_python(skip_empty_area=False)
    assert sheet[3][1] == 46347  # 21/11/2026; whether it is shown as a date is the cell's format
    assert sheet[3][2:3] == [0.419]
    assert sheet[4][2] == 7
    assert openpyxl.load_workbook(io.BytesIO(filled))["Tổng hợp"]["C6"].value is None


def test_a_value_that_the_file_remembered_for_a_formula_is_forgotten(theirs):
    stale = theirs  # LibreOffice or Excel would have left results there; put one in by hand
    parts = parts_of(stale)
    name = next(one for one in parts if b"SUM(C4:C6)" in parts[one])
    parts[name] = (
        parts[name]
        .replace(b"<f>SUM(C4:C6)</f><v />", b"<f>SUM(C4:C6)</f><v>99</v>")
        .replace(b"<f>SUM(C4:C6)</f><v></v>", b"<f>SUM(C4:C6)</f><v>99</v>")
    )
    assert b"<v>99</v>" in parts[name]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        for one, content in parts.items():
            packed.writestr(one, content)
    after = parts_of(put(target.getvalue(), C4=5))
    assert b"<v>99</v>" not in after[name]
    assert b"SUM(C4:C6)" in after[name]
    assert b'fullCalcOnLoad="1"' in after["xl/workbook.xml"]


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_works_the_formulas_out(theirs, tmp_path):
    filled = put(theirs, C4=10, D4=5, C5=30, D5=10, C6=60, D6=45)
    (tmp_path / "a.xlsx").write_bytes(filled)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"]
    subprocess.run([*command, str(tmp_path / "out"), str(tmp_path / "a.xlsx")], check=True, capture_output=True)
    book = python_calamine.load_workbook(str(tmp_path / "out" / "a.xlsx"))
    rows = book.get_sheet_by_name("Tổng hợp").to_python()
    assert rows[6][2:4] == [100, 60]
    assert rows[3][4] == 0.5
    assert book.get_sheet_by_name("Phụ lục").to_python()[0] == [120, "giữ nguyên"]


def test_new_rows_and_cells_are_made_in_their_order_and_look_like_the_first(theirs):
    values = {place_of("D20"): Like(5, place_of("D4")), place_of("B20"): "x", place_of("A9"): 1}
    filled = Workbook(theirs).filled({"Tổng hợp": values})
    sheet = openpyxl.load_workbook(io.BytesIO(filled))["Tổng hợp"]
    assert (sheet["D20"].value, sheet["B20"].value, sheet["A9"].value) == (5, "x", 1)
    assert sheet["D20"].style_id == sheet["D4"].style_id


def test_the_grid_tells_formulas_and_merged_cells(theirs):
    grid = Workbook(theirs).grids["Tổng hợp"]
    assert grid.cells[7, 3].formula == "=SUM(C4:C6)"
    assert grid.cells[3, 2].text == "Đơn vị"
    assert grid.merged_at((1, 3)) == (1, 1, 1, 4)
    assert grid.merged_at((2, 3)) is None


def packed(**parts) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name.replace("__", "/"), content)
    return target.getvalue()


def with_part(content, name, data) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for one, old in (parts_of(content) | {name: data}).items():
            new.writestr(one, old)
    return target.getvalue()


def test_macros_bombs_and_what_is_no_workbook_are_refused(theirs):
    bad = {
        "macro": with_part(theirs, "xl/vbaProject.bin", b"x"),
        "bất thường": with_part(theirs, "xl/media/a.bin", bytes(61 * 2**20)),
        "không phải bảng tính": packed(a="b"),
        "tệp hỏng": theirs[:500],
        "khai báo lạ": with_part(theirs, "xl/workbook.xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><workbook/>"),
    }
    for told, content in bad.items():
        with pytest.raises(NotAWorkbook, match=told):
            Workbook(content)
    with pytest.raises(NotAWorkbook, match=r"\.xlsx"):
        Workbook(theirs, "mau.xlsm")


def test_addresses():
    assert [place_of(one) for one in ("A1", "$C$10", "AA3", "XFD1048576")] == [
        (1, 1),
        (10, 3),
        (3, 27),
        (1048576, 16384),
    ]
    assert [address_of(one) for one in ((1, 1), (10, 3), (3, 27), (5, 703))] == ["A1", "C10", "AA3", "AAA5"]
    for wrong in ("", "1A", "A0", "XFE1", "A1048577", "a1"):
        with pytest.raises(ValueError, match="address"):
            place_of(wrong)
