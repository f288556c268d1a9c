"""Lists of teams and members, villages, accounts, and tables of areas that do not use the software yet."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Posting, User
from areas.models import Area, Level
from intake.models import Upload
from reports.models import StatedFigure
from sheets.reading import read_workbook
from teams.models import Member, Team

from .conftest import Desk, sentences, told

DAY = dt.date(2026, 10, 14)


@pytest.fixture
def teams_desk(minh, place):
    return Desk(minh, place.hoa_bac, Upload.Kind.TEAMS)


def test_teams_and_members_are_founded_filled_and_taken_back(teams_desk, new_team, place):
    team = new_team(place.ta_lang, members=["Nguyễn Thị Lan"])
    rows = (
        ("STT", "Họ và tên", "Chức vụ", "Nhiệm vụ", "Thôn", "SĐT", "Năm sinh"),
        (1, "Nguyễn Thị Lan", "Phó bí thư Đoàn", "Tổ trưởng", "Tà Lang", 905123456, 1985),
        (2, "Trần Văn Hai", "Trưởng thôn", "Thành viên", "", "", ""),
        (3, "Lê Văn Ba", "Công an viên", "Tổ trưởng", "Giàn Bí", "", ""),
    )
    upload = teams_desk.bring(*rows)
    assert upload.columns == ["", "name", "organisation", "role", "village", "phone", "birth"]
    assert told(upload) == [(2, "changed"), (3, "new"), (4, "new")]
    teams_desk.save(upload)
    assert upload.state == Upload.State.SAVED, upload.message
    lan = Member.objects.get(full_name="Nguyễn Thị Lan")
    assert (lan.organisation, lan.phone, lan.birth_year) == ("youth", "0905123456", 1985)
    assert Member.objects.get(full_name="Trần Văn Hai").team == team
    other = Team.objects.get(home_area=place.gian_bi)
    assert (other.name, other.members.get().role) == ("Tổ CNSCĐ Thôn Giàn Bí", "leader")
    assert set(dict(told(teams_desk.bring(*rows))).values()) == {"same"}
    teams_desk.undo(upload)
    assert upload.state == Upload.State.UNDONE, upload.message
    assert (Team.objects.get(), Member.objects.get().phone) == (team, "")


def test_two_leaders_and_a_team_of_nobody_knows_where_are_told(teams_desk, new_team, place):
    new_team(place.ta_lang, "Tổ CNSCĐ Tà Lang", members=["Nguyễn Thị Lan"])
    upload = teams_desk.bring(
        ("Tên tổ", "Họ và tên", "Vai trò"),
        ("Tổ CNSCĐ Tà Lang", "Trần Văn Hai", "Tổ trưởng"),
        ("Tổ Không Có", "Lê Văn Ba", "Thành viên"),
        ("Tổ CNSCĐ Tà Lang", "Phan Thị Tư", "người giữ loa"),
    )
    assert [state for _, state in told(upload)] == ["wrong"] * 3
    texts = sentences(upload)
    assert "Tổ đã có tổ trưởng là Nguyễn Thị Lan" in texts[0]
    assert "Không có tổ “Tổ Không Có” trong địa bàn của bạn" in texts[1]
    assert "Vai trò “người giữ loa” không có trong danh mục" in texts[2]


def test_chuc_vu_is_the_part_in_the_team_where_the_cells_say_so(teams_desk, place):
    upload = teams_desk.bring(
        ("Họ và tên", "Chức vụ", "Đơn vị", "Thôn"),
        ("Trần Văn Hai", "Tổ trưởng", "Đoàn thanh niên", "Tà Lang"),
        ("Lê Văn Ba", "Thành viên", "Hội Phụ nữ", ""),
        ("Phan Thị Tư", "", "", ""),
    )
    assert upload.columns == ["name", "role", "organisation", "village"]
    teams_desk.save(upload)
    assert Member.objects.get(full_name="Trần Văn Hai").role == "leader"
    assert Member.objects.get(full_name="Lê Văn Ba").organisation == "women"


def test_villages_are_opened_and_taken_back(minh, place):
    desk = Desk(minh, place.hoa_bac, Upload.Kind.VILLAGES)
    upload = desk.bring(
        ("TT", "Tên thôn"), (1, "Thôn Tà Lang"), (2, "Thôn Ta Lang"), (3, "Thôn Nam Yên"), (4, "Không loại"), day=DAY
    )
    assert [state for _, state in told(upload)] == ["same", "doubt", "new", "wrong"]
    desk.save(upload, only_good=True)
    village = Area.objects.get(name="Thôn Nam Yên")
    assert (village.level, village.since) == (Level.VILLAGE, DAY)
    desk.undo(upload)
    assert not Area.objects.filter(name="Thôn Nam Yên").exists()


def test_accounts_are_made_and_their_slips_shown_once(minh, place, sign_in):
    desk = Desk(minh, place.hoa_bac, Upload.Kind.ACCOUNTS)
    upload = desk.bring(
        ("Họ tên", "Điện thoại", "Thôn", "Vai trò"),
        ("Phan Văn Năm", "0905123456", "Tà Lang", "Tổ trưởng"),
        ("Võ Thị Sáu", "0905123457", "Giàn Bí", "Tổ trưởng"),
    )
    assert told(upload) == [(2, "new"), (3, "new")]
    client = sign_in(minh)
    answer = client.post(reverse("intake:upload_save", args=[upload.pk]), follow=True)
    assert "phanvannam" in answer.content.decode()
    assert Posting.objects.filter(role="team_leader", area=place.ta_lang).count() == 1
    again = desk.bring(("Họ tên", "Điện thoại", "Thôn"), ("Phan Văn Năm", "0905123456", "Tà Lang"))
    assert told(again) == [(2, "same")]
    upload.refresh_from_db()
    desk.undo(upload)
    assert upload.state == Upload.State.UNDONE, upload.message
    assert not User.objects.get(username="phanvannam").is_active


def test_accounts_with_faults_name_row_and_column(minh, place):
    desk = Desk(minh, place.hoa_bac, Upload.Kind.ACCOUNTS)
    upload = desk.bring(
        ("Họ tên", "Điện thoại", "Thôn", "Vai trò"),
        ("Phan Văn Năm", "12", "Tà Lang", "Tổ trưởng"),
        ("Võ Thị Sáu", "", "Bàu Cầu", "Tổ trưởng"),
        ("Lê Văn Ba", "", "Tà Lang", "Chủ tịch"),
    )
    texts = sentences(upload)
    assert texts[0].startswith("Dòng 2, cột Điện thoại: “12” không phải là số điện thoại")
    assert texts[1].startswith("Dòng 3, cột Thôn: Không có “Bàu Cầu”")
    assert texts[2].startswith("Dòng 4, cột Vai trò: “Chủ tịch” không có trong các vai trò được cấp")


def test_the_list_of_accounts_is_taken_away_edited_and_loaded_back(minh, lan, hoa, place, sign_in):
    desk = Desk(minh, place.hoa_bac, Upload.Kind.ACCOUNTS)
    content = sign_in(minh).get(reverse("intake:list_export") + "?loai=accounts").content
    sheet = read_workbook(content, "tài khoản.xlsx", in_child=False)[0]
    assert not any("pbkdf2" in str(cell) or cell == "hoa" for row in sheet.rows for cell in row)
    assert set(dict(told(desk.bring(sheets=[sheet]))).values()) == {"same"}
    head, line = (next(row for row in sheet.rows if word in row) for word in ("Họ và tên", "Nguyễn Thị Lan"))
    line[head.index("Điện thoại")] = 905123456
    sheet.rows.append(["Phan Văn Năm", "", "", "Tổ trưởng", "Giàn Bí"])
    upload = desk.bring(sheets=[sheet])
    assert sorted(state for _, state in told(upload)) == ["changed", "new", "same"]
    assert upload.rows.get(state="changed").told == "điện thoại: trống → 0905 123 456"
    desk.save(upload)
    lan.refresh_from_db()
    assert (lan.phone, lan.username, User.objects.filter(username="phanvannam").count()) == ("0905123456", "lan", 1)
    desk.undo(upload)
    lan.refresh_from_db()
    assert (upload.state, lan.phone, lan.is_active) == (Upload.State.UNDONE, "", True), upload.message


def test_what_the_pages_of_an_account_refuse_a_list_is_refused_too(minh, lan, hoa, place, sign_in):
    desk = Desk(minh, place.hoa_bac, Upload.Kind.ACCOUNTS)
    head = (
        "Họ và tên",
        "Điện thoại",
        "Tên đăng nhập",
        "Vai trò",
        "Địa bàn",
        "Tình trạng",
        "Mã số người dùng (phần mềm)",
    )
    hers = ("Nguyễn Thị Lan", "", "lan", "Tổ trưởng", "Thôn Tà Lang", "Chưa đăng nhập", lan.pk)

    def edited(**changes):
        upload = desk.bring(head, tuple(changes.get(f"c{at}", cell) for at, cell in enumerate(hers)))
        return [state for _, state in told(upload)], " ".join(sentences(upload))

    assert edited() == (["same"], "")
    assert edited(c5="Đang dùng") == (["same"], "")
    for change, sentence in (
        ({"c1": "12"}, "cột Điện thoại: “12” không phải là số điện thoại"),
        ({"c2": "hoa"}, "cột Tên đăng nhập: Tên đăng nhập này đã có người dùng."),
        ({"c2": "a"}, "cột Tên đăng nhập: Tên đăng nhập gồm 3–40 ký tự"),
        ({"c3": "Thành viên tổ"}, "cột Vai trò: Phân công nay là: Tổ trưởng, Thôn Tà Lang."),
        ({"c4": "Thôn Giàn Bí"}, "cột Địa bàn: Phân công nay là: Tổ trưởng, Thôn Tà Lang."),
        ({"c5": "Đã ngừng"}, "cột Tình trạng: Ngừng hoặc dùng lại tài khoản ở trang của tài khoản"),
        ({"c0": "Trần Minh", "c6": minh.pk}, "Tài khoản này không thuộc quyền quản lý của bạn"),
        ({"c6": hoa.pk}, "Không tìm thấy người dùng mang mã số này."),
        ({"c6": 99999}, "Không tìm thấy người dùng mang mã số này."),
        ({"c6": "abc"}, "Không tìm thấy người dùng mang mã số này."),
    ):
        states, texts = edited(**change)
        assert states == ["wrong"], change
        assert sentence in texts, texts


def test_tables_of_other_wards_become_stated_figures(mai, place, catalogue):
    desk = Desk(mai, place.da_nang, Upload.Kind.STATED)
    rows = (
        ("Địa bàn", "Số tổ", "Số thành viên", "VNeID mức 2 – Thuộc diện", "VNeID mức 2 – Đã có"),
        ("Xã Hòa Bắc", 12, "1.234", 2000, 900),
        ("Xã Hòa Châu", 10, "", "", ""),
        ("Xã Kim Sơn", 10, "", "", ""),
        ("Tổng cộng", 32, "", "", ""),
    )
    upload = desk.bring(*rows, day=DAY)
    assert told(upload) == [(2, "new"), (3, "new"), (4, "wrong")]
    desk.save(upload, only_good=True)
    figures = {(each.area_id, each.measure): each for each in StatedFigure.objects.filter(withdrawn_at=None)}
    assert figures[place.hoa_bac.pk, "members"].value == 1234
    coverage = figures[place.hoa_bac.pk, "cov:vneid2"]
    assert (coverage.eligible, coverage.reached, coverage.source) == (2000, 900, "Tệp danh sách.xlsx")
    changed = desk.bring(rows[0], ("Xã Hòa Bắc", 13, 1234, 2000, 900), day=DAY)
    assert told(changed) == [(2, "changed")]
    desk.save(changed)
    assert StatedFigure.objects.filter(measure="teams", area=place.hoa_bac, withdrawn_at=None).get().value == 13
    desk.undo(changed)
    assert StatedFigure.objects.filter(measure="teams", area=place.hoa_bac, withdrawn_at=None).get().value == 12


def test_the_lines_of_one_areas_table_are_read(mai, place, catalogue):
    desk = Desk(mai, place.da_nang, Upload.Kind.STATED)
    upload = desk.bring(
        ("Tiêu chí", "Thuộc diện", "Đã có", "Tỷ lệ"),
        ("VNeID mức 2", 2000, 900, 0.45),
        ("Cáp quang", "", "", "41,9%"),
        ("Điều gì đó", 1, 1, 1),
        village=place.hoa_bac.pk,
        day=DAY,
    )
    assert [state for _, state in told(upload)] == ["new", "new", "wrong"]
    desk.save(upload, only_good=True)
    assert StatedFigure.objects.get(measure="cov:broadband").rate == Decimal("41.90")
    assert set(StatedFigure.objects.values_list("area", flat=True)) == {place.hoa_bac.pk}
