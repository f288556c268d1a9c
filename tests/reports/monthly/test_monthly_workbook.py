import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from python_calamine import CalamineWorkbook

from areas.models import AreaVersion, Office
from reports import letterhead, monthly, periods
from reports.models import Remark, StatedFigure

from .conftest import TODAY

CAPACITY = "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH"


def test_the_workbook_has_all_its_tables(workbook):
    assert workbook.sheetnames == ["Biểu 01", "Biểu 01a", "Biểu 02", "Biểu 02a", "Biểu 03", "Biểu 03a", "Biểu 04"]


def test_teams_are_counted_by_village_and_a_village_without_a_team_is_not_left_out(workbook, row_of):
    row = row_of(workbook["Biểu 01"], "Thôn Tà Lang")
    assert row[2:6] == (1, 1, 1, 1)  # villages, with a team, rate, teams
    assert row[8] == 2  # members
    total = row_of(workbook["Biểu 01"], "Tổng cộng")
    assert total[2:5] == (2, 1, 0.5)


def test_activity_stands_in_the_period_and_since_the_beginning_of_the_year(workbook, row_of):
    row = row_of(workbook["Biểu 02"], "Thôn Tà Lang")
    assert row[2:8] == (1, 1, 1, 2, 0.5, 0.5)  # visits, met, households, people, hours, hours outside office hours
    assert row[8:14] == row[2:8]


def test_coverage_says_what_was_reached_and_what_is_missing(workbook, row_of):
    name = "Tài khoản định danh điện tử (VNeID) mức 2 đã kích hoạt"
    row = row_of(workbook["Biểu 03"], name)
    assert row[3] == 2
    assert row[7:9] == (1, 0.5)
    assert "1/2 thôn" in row[-1]


def test_a_village_without_figures_is_blank_and_named(workbook, row_of):
    row = row_of(workbook["Biểu 03a"], "Thôn Giàn Bí")
    assert row[3:10] == (None,) * 7
    assert row[-1] == "Chưa có số liệu"


def test_the_same_numbers_come_out_of_another_reader(counted, october, tmp_path):
    path = tmp_path / "bao-cao.xlsx"
    path.write_bytes(monthly.render(monthly.collect(counted, october, today=TODAY)))
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Biểu 01").to_python()
    total = next(row for row in rows if "Tổng cộng" in row)
    assert total[2:5] == [2, 1, 0.5]


def test_the_head_is_that_of_the_office_in_force(counted, october):
    Office.objects.create(
        area=counted,
        name="Ủy ban nhân dân xã Hòa Bắc",
        parent_name="Ủy ban nhân dân huyện Hòa Vang",
        place="Hòa Bắc",
        signer_title="Phó Chủ tịch",
        signer_name="Trần Văn Minh",
        since=dt.date(2024, 9, 1),
    )
    head = monthly.collect(counted, october, today=TODAY).head
    assert (head.issuer, head.signer_title) == ("Ủy ban nhân dân xã Hòa Bắc", CAPACITY)


@pytest.mark.parametrize(
    ("issuer", "title", "capacity"),
    [
        ("Ủy ban nhân dân xã Hòa Bắc", "Chủ tịch", "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH"),
        ("Sở Khoa học và Công nghệ", "Phó Giám đốc", "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC"),
        ("Sở Khoa học và Công nghệ", "", "THỦ TRƯỞNG ĐƠN VỊ"),
        ("Ủy ban nhân dân xã Hòa Bắc", "TL. Chủ tịch", "TL. CHỦ TỊCH"),
    ],
)
def test_the_signer_signs_in_the_capacity_that_the_decree_names(issuer, title, capacity):
    assert letterhead.capacity(issuer, title) == capacity


def test_a_paper_of_an_area_that_has_ended_is_left_undated(place):
    version = AreaVersion.objects.select_related("area").get(area=place.hoa_vang)
    version.area.until = dt.date(2025, 7, 1)
    assert letterhead.head_of(version, dt.date(2025, 6, 14), TODAY).day is None


def test_a_village_reports_as_a_team_and_not_as_an_authority(counted, place, october):
    head = monthly.collect(place.ta_lang, october, today=TODAY).head
    assert head.issuer == "Tổ công nghệ số cộng đồng thôn Tà Lang"
    assert (head.parent, head.symbol, head.signer_title) == ("Ủy ban nhân dân xã Hòa Bắc", "", "TỔ TRƯỞNG")


def test_members_are_counted_by_organisation(workbook, row_of):
    total = row_of(workbook["Biểu 01a"], "Tổng cộng")
    assert total[2] == 2
    assert sum(value for value in total[3:-1] if value) == 2


def test_a_figure_that_was_told_once_shows_no_change(ward, place, october, count_october):
    StatedFigure.objects.create(
        area=place.gian_bi,
        on=dt.date(2026, 9, 10),
        measure="cov:vneid2",
        eligible=10,
        reached=8,
        source="Báo cáo giấy",
        entered_at=dt.datetime.fromisoformat("2026-09-11T08:00:00+07:00"),
    )
    count_october()
    report = monthly.collect(place.gian_bi, october, today=TODAY)
    cells = dict(monthly.lines(report))["Tài khoản định danh điện tử (VNeID) mức 2 đã kích hoạt"]
    assert cells["reached"] == 8
    assert {"before", "during", "change"}.isdisjoint(cells)


def test_many_areas_without_figures_are_named_below_the_table(counted, october, monkeypatch, row_of):
    monkeypatch.setattr(monthly, "MOST_EMPTY_ROWS", 0)
    book = openpyxl.load_workbook(io.BytesIO(monthly.render(monthly.collect(counted, october, today=TODAY))))
    texts = [value for row in book["Biểu 03a"].iter_rows(values_only=True) for value in row if value]
    assert "Thôn Giàn Bí" not in texts
    assert row_of(book["Biểu 01"], "Thôn Giàn Bí")
    assert any("(1 đơn vị): Thôn Giàn Bí." in str(text) for text in texts)


def test_without_an_office_the_head_is_made_of_the_areas_names(counted, october):
    head = monthly.collect(counted, october, today=TODAY).head
    assert (head.parent, head.issuer) == ("Ủy ban nhân dân huyện Hòa Vang", "Ủy ban nhân dân xã Hòa Bắc")


def test_an_open_period_is_marked_as_a_draft(counted, db):
    report = monthly.collect(counted, periods.month_of(2026, 12), today=TODAY)
    assert "DỰ THẢO" in report.subtitle


def test_a_stated_figure_stands_with_its_day_and_is_not_added_up(ward, place, october, count_october):
    StatedFigure.objects.create(
        area=place.gian_bi,
        on=dt.date(2026, 10, 10),
        measure="cov:vneid2",
        rate=Decimal(80),
        qualifier="hơn",
        source="Báo cáo giấy",
        entered_at=dt.datetime.fromisoformat("2026-10-11T08:00:00+07:00"),
    )
    count_october()
    report = monthly.collect(ward, october, today=TODAY)
    lines = {row.version.name: row.cells["cov:vneid2"] for row in report.coverage.rows}
    assert lines["Thôn Giàn Bí"].rate == Decimal("0.8")
    assert report.coverage.total.cells["cov:vneid2"].eligible == 2


def test_remarks_of_the_villages_follow_those_of_the_ward(counted, place, october, row_of):
    now = dt.datetime.fromisoformat("2026-10-11T08:00:00+07:00")
    for area, text in ((place.ta_lang, "Sóng yếu"), (counted, "Thiếu điểm Wi-Fi"), (place.bau_cau, "Của xã khác")):
        Remark.objects.create(area=area, period=october, kind="difficulty", text=text, written_at=now)
    report = monthly.collect(counted, october, today=TODAY)
    assert [remark.text for remark in report.remarks] == ["Thiếu điểm Wi-Fi", "Sóng yếu"]


def test_the_command_writes_the_file(counted, tmp_path, monkeypatch):
    path = tmp_path / "bao-cao.xlsx"
    call_command("monthly_report", area="20293", on="2026-10", output=path)
    assert path.read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"area": "99999", "on": "2026-10"}, "Không có đơn vị mang mã 99999"),
        ({"area": "20293", "on": "tháng mười"}, "không phải là kỳ báo cáo"),
        ({"area": "20293", "on": "2099-01"}, "chưa bắt đầu"),
    ],
)
def test_the_command_says_what_is_wrong(place, tmp_path, arguments, message):
    with pytest.raises(CommandError, match=message):
        call_command("monthly_report", output=tmp_path / "x.xlsx", **arguments)
    assert not (tmp_path / "x.xlsx").exists()
