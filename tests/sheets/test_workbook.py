import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from sheets.workbook import Column, list_workbook, sheet_name, write_list, xlsx_response

CREATED = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
COLUMNS = (
    Column("Mã hộ", "code", "code"),
    Column("Chủ hộ", "name"),
    Column("Số người", "people", "integer"),
    Column("Tỷ lệ", "rate", "percent"),
    Column("Ngày đến", "day", "date"),
    Column("Nhập lúc", "at", "datetime"),
)
ROW = {
    "code": "00123",
    "name": "Đặng Thị Hoà",
    "people": 1234567,
    "rate": Decimal("0.419"),
    "day": date(2026, 11, 5),
    "at": datetime(2026, 11, 4, 17, 30, tzinfo=UTC),
}


def workbook_of(*rows, columns=COLUMNS, **more):
    return list_workbook(title="Danh sách hộ", columns=columns, rows=rows, created=CREATED, **more)


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content)).active


def cells_by_calamine(content, header_row):
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    return sheet.to_python(skip_empty_area=False)[header_row:]


def one_text_cell(text):
    """What both readers find in the cell of a list of one text."""
    content = workbook_of({"t": text}, columns=[Column("Chữ", "t")])
    return opened(content)["A4"], cells_by_calamine(content, 2)[1][0]


def test_numbers_and_dates_are_true_ones_with_vietnamese_formats():
    cells = opened(workbook_of(ROW, subtitle="Phường An Khê"))[5]
    assert [cell.value for cell in cells] == [
        "00123",
        "Đặng Thị Hoà",
        1234567,
        0.419,
        datetime(2026, 11, 5),  # noqa: DTZ001
        datetime(2026, 11, 5, 0, 30),  # noqa: DTZ001
    ]
    formats = ["@", "General", "#,##0", "0.0%", "dd/mm/yyyy", "hh:mm dd/mm/yyyy"]
    assert [cell.number_format for cell in cells] == formats
    assert {cell.font.name for cell in cells} == {"Times New Roman"}


def test_another_reader_finds_the_same():
    header, row = cells_by_calamine(workbook_of(ROW), 2)
    assert header == [column.title for column in COLUMNS]
    assert row == ["00123", "Đặng Thị Hoà", 1234567, 0.419, date(2026, 11, 5), datetime(2026, 11, 5, 0, 30)]  # noqa: DTZ001


def test_the_sheet_is_ready_to_read_filter_and_print():
    sheet = opened(workbook_of(ROW, ROW, subtitle="Phường An Khê", note="Nguồn: sổ hộ."))
    assert sheet["A1"].value == "Danh sách hộ"
    assert sheet["A2"].value == "Phường An Khê"
    assert sheet["A8"].value == "Nguồn: sổ hộ."
    assert sheet.freeze_panes == "A5"
    assert sheet.auto_filter.ref == "A4:F6"
    assert sheet.print_title_rows == "$4:$4"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert "Trang &P/&N" in sheet.oddFooter.center.text


@pytest.mark.parametrize(
    "text", ["=1+1", "+84905", "-5", "@cmd", "=cmd|' /C calc'!A0", "http://x.vn", "123", "0012", "{=1}"]
)
def test_text_stays_text_whatever_it_starts_with(text):
    cell, other = one_text_cell(text)
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    assert other == text


def test_text_that_looks_like_markup_does_not_break_the_file():
    cell, other = one_text_cell("<r></oops></r>")
    assert cell.value.strip() == other.strip() == "<r></oops></r>"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(), max_size=60))
def test_no_text_breaks_the_file(text):
    content = workbook_of({"t": text}, columns=[Column("Chữ", "t")], note=text, subtitle=text)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            ElementTree.fromstring(parts.read(name))


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=60))
@settings(deadline=None)
def test_printable_text_comes_back_as_it_went(text):
    _, other = one_text_cell(text)
    assert other == text


def test_control_characters_are_left_out_and_line_breaks_kept():
    cell, _ = one_text_cell("a\x00\x0bb\r\nc\ud800")
    assert cell.value == "ab\nc"


def test_very_long_text_is_cut_where_workbooks_end():
    cell, _ = one_text_cell("x" * 40_000)
    assert len(cell.value) == 32_767
    assert cell.value.endswith("…")


def test_what_was_not_reported_is_blank_and_zero_is_zero():
    sheet = opened(workbook_of({**ROW, "people": None, "rate": None}, {**ROW, "people": 0, "rate": 0}))
    assert [sheet["C4"].value, sheet["D4"].value] == [None, None]
    assert [sheet["C5"].value, sheet["D5"].value] == [0, 0]


def test_words_in_a_column_of_numbers_stay_words():
    sheet = opened(workbook_of({**ROW, "people": "chưa báo cáo", "rate": float("nan"), "day": date(1830, 1, 1)}))
    assert sheet["C4"].value == "chưa báo cáo"
    assert sheet["E4"].value == "01/01/1830"


@pytest.mark.parametrize(
    ("rate", "code"),
    [(1, "0.0%"), (0, "0.0%"), (0.9994, "0.0%"), (0.9996, "0.00%"), (0.99999, "0.000%"), (0.0004, "0.00%")],
)
def test_a_percentage_is_not_shown_as_all_or_nothing(rate, code):
    cell = opened(workbook_of({**ROW, "rate": rate}))["D4"]
    assert (cell.value, cell.number_format) == (rate, code)


def test_values_come_from_paths_keys_and_functions():
    column = Column("Năm", "day.year", "code")
    assert column.of(type("Visit", (), {"day": date(2026, 1, 2)})()) == 2026
    assert Column("Tên", lambda row: row["name"].upper()).of(ROW) == "ĐẶNG THỊ HOÀ"
    with pytest.raises(ValueError, match="unknown kind"):
        Column("Tên", "name", "money")


def test_an_empty_list_still_has_its_header():
    sheet = opened(workbook_of())
    assert sheet["A3"].value == "Mã hộ"
    assert sheet.max_row == 3


def test_the_same_list_gives_the_same_bytes():
    assert workbook_of(ROW) == workbook_of(ROW)


def test_a_long_list_is_written_to_a_file_row_by_row(tmp_path):
    path = tmp_path / "hộ.xlsx"
    assert write_list(path, title="Hộ", columns=COLUMNS, rows=(ROW for _ in range(2000))) == 2000
    assert opened(path.read_bytes()).max_row == 2003


def test_names_of_sheets_are_ones_that_workbooks_accept():
    assert sheet_name("Biểu 03: [tháng 11/2026]") == "Biểu 03 tháng 11 2026"
    assert sheet_name("'a'") == "a"
    assert sheet_name("*") == sheet_name("History") == "Danh sách"
    assert len(sheet_name("Danh sách " * 10)) <= 31


def test_a_download_is_named_in_two_ways_and_kept_by_no_cache():
    response = xlsx_response("Danh sách hộ – An Khê", b"x")
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    disposition = response["Content-Disposition"]
    assert disposition.startswith("attachment; filename=\"danh-sach-ho-an-khe.xlsx\"; filename*=utf-8''Danh%20s")
    assert disposition.endswith(".xlsx")


@given(st.text(st.characters(), max_size=40))
def test_no_name_of_a_file_breaks_the_headers(name):
    disposition = xlsx_response(name, b"x")["Content-Disposition"]
    assert disposition.isascii()
    assert disposition.startswith("attachment; ")
    assert disposition.count('"') in (0, 2)
    assert "\n" not in disposition
    assert "\r" not in disposition
    assert "/" not in disposition
