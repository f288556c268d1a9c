"""The Rust writer gives what XlsxWriter gives, and takes no text for anything else."""

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets import long_lists, workbook
from sheets.workbook import Column, list_workbook, write_list

COLUMNS = (
    Column("Mã hộ", "code", "code"),
    Column("Chủ hộ", "name"),
    Column("Số người", "people", "integer"),
    Column("Số giờ", "hours", "decimal"),
    Column("Ngày đến", "day", "date"),
    Column("Nhập lúc", "at", "datetime"),
)
AT = dt.datetime(2026, 11, 5, 14, 4, tzinfo=dt.UTC)
ROW = {"code": "00123", "name": "Đặng Thị Hoà", "people": 5, "hours": Decimal("1.5"), "day": dt.date(2026, 11, 5)}
ROW["at"] = AT
NOTHING = dict.fromkeys(ROW)
ODD = ROW | {"name": "=1+1", "people": "chưa rõ", "day": dt.date(1890, 1, 1), "hours": True, "code": 7, "at": ""}


def written_by(rows, monkeypatch, *, quick: bool, **more):
    monkeypatch.setattr(workbook, "LONG", 1 if quick else 10**6)
    book = openpyxl.load_workbook(io.BytesIO(list_workbook(title="Sổ hộ", columns=COLUMNS, rows=rows, **more)))
    return book.active


def table_of(sheet, first=4):
    return [
        [(cell.value, cell.data_type, cell.number_format if cell.value is not None else None) for cell in row]
        for row in sheet.iter_rows(min_row=first)
    ]


def test_both_writers_give_the_same_list(monkeypatch):
    rows = [ROW, NOTHING, ODD]
    quick = written_by(rows, monkeypatch, quick=True, subtitle="Thôn Tà Lang")
    usual = written_by(rows, monkeypatch, quick=False, subtitle="Thôn Tà Lang")
    assert table_of(quick) == table_of(usual)
    assert [quick[cell].value for cell in ("A1", "A2")] == ["Sổ hộ", "Thôn Tà Lang"]
    assert quick.freeze_panes == usual.freeze_panes
    assert quick.print_title_rows == usual.print_title_rows
    assert quick.auto_filter.ref == usual.auto_filter.ref
    assert quick.page_setup.orientation == usual.page_setup.orientation
    assert quick.title == usual.title


def test_the_note_stands_above_a_long_list(monkeypatch):
    sheet = written_by([ROW], monkeypatch, quick=True, note="Theo bản đồ hôm nay")
    assert sheet["A2"].value == "Theo bản đồ hôm nay"
    assert sheet["A3"].value == "Mã hộ"


TEXT = st.text(max_size=40) | st.sampled_from(["=1+1", "+1", "-1", "@a", "http://a.b", "<r>a</r>", "1.234", "00"])


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=5))
def test_text_is_read_back_as_the_text_it_was(texts):
    target = io.BytesIO()
    columns = [Column("Số", "n", "integer"), Column("Chữ", "text")]
    rows = [{"n": number, "text": text} for number, text in enumerate(texts)]
    long_lists.write(target, title="Thử", columns=columns, rows=rows)
    read = python_calamine.load_workbook(io.BytesIO(target.getvalue())).get_sheet_by_index(0)
    found = [row[1] for row in read.to_python(skip_empty_area=False)[3:]]
    wanted = [text if text.isprintable() else workbook.safe_text(text) for text in texts]
    assert [str(one) for one in found] == wanted
    assert all(isinstance(one, str) for one in found)


def test_percentages_and_equal_titles_stay_with_the_other_writer():
    assert long_lists.can_write(COLUMNS)
    assert not long_lists.can_write([Column("Tỷ lệ", "rate", "percent")])
    assert not long_lists.can_write([Column("A", "a"), Column("A", "b")])


def test_without_the_package_the_other_writer_does_it(monkeypatch):
    monkeypatch.setattr(long_lists, "rust", None)
    assert written_by([ROW], monkeypatch, quick=True)["B4"].value == "Đặng Thị Hoà"


def test_too_many_rows_are_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(workbook, "LONG", 2)
    monkeypatch.setattr(workbook, "LAST_ROW", 10)
    with pytest.raises(ValueError, match="too many rows"):
        write_list(tmp_path / "a.xlsx", title="Dài", columns=COLUMNS, rows=[ROW] * 20)


def test_rows_are_taken_one_by_one_and_counted(monkeypatch, tmp_path):
    monkeypatch.setattr(workbook, "LONG", 2)
    assert write_list(tmp_path / "a.xlsx", title="Dài", columns=COLUMNS, rows=(ROW for _ in range(5))) == 5
