"""Master lists in and out as workbooks."""

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from accounts.models import User
from accounts.rules import Role
from areas.models import Area, AreaLink
from journal.models import Act
from reports.models import StatedFigure
from residents.models import Household, Indicator, Placement, Residence, Resident, Topic
from teams.models import Member, Team

from ..cast import SINCE


def url(model, page):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


def workbook(headings, *rows) -> io.BytesIO:
    book = openpyxl.Workbook()
    book.active.append(headings)
    for row in rows:
        book.active.append(row)
        for cell in book.active[book.active.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # text that looks like a formula is text
    target = io.BytesIO()
    book.save(target)
    target.seek(0)
    target.name = "danh-sach.xlsx"
    return target


def preview(client, model, file):
    return client.post(url(model, "import"), {"import_file": file, "format": "0", "resource": "0"})


def confirm(client, model, shown):
    return client.post(url(model, "process_import"), shown.context["confirm_form"].initial)


def bring(client, model, headings, *rows):
    """Preview and, if nothing is wrong, confirm; returns what the page says of wrong rows."""
    shown = preview(client, model, workbook(headings, *rows))
    assert shown.status_code == 200
    if "confirm_form" in shown.context:
        assert confirm(client, model, shown).status_code == 302
        return []
    result = shown.context["result"]
    assert result is not None, shown.context["form"].errors
    told = [str(error.error) for error in result.base_errors]
    for row in result.invalid_rows:
        told += [f"{row.number} {name}: {text}" for name, texts in row.error_dict.items() for text in texts]
    return told


def sheet_of(response) -> list[list]:
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    start = next(number for number, row in enumerate(rows) if sum(value is not None for value in row) > 1)
    return rows[start:]


TEAM = ["Mã số", "Tên tổ", "Loại tổ", "Địa bàn", "Hoạt động từ"]
MEMBER = ["Mã số", "Tổ", "Họ và tên", "Vai trò", "Điện thoại", "Năm sinh", "Hưởng lương", "Tham gia từ"]
HOUSEHOLD = ["Mã số", "Mã hộ", "Chủ hộ", "Thôn, tổ dân phố", "Điện thoại", "Từ ngày"]


def test_new_rows_go_through_the_actions(sign_in, minh, place):
    told = bring(
        sign_in(minh),
        Team,
        TEAM,
        ["", "Tổ Giàn Bí", "", "Thôn Giàn Bí", dt.datetime(2025, 6, 17)],  # noqa: DTZ001 - as a workbook gives it
        ["", "Tổ Tà Lang", "Tổ hỗ trợ lưu động", f"Thôn Tà Lang [{place.ta_lang.pk}]", "17/06/2025"],
    )
    assert told == []
    assert set(Team.objects.values_list("name", "kind", "home_area", "since")) == {
        ("Tổ Giàn Bí", "cnscd", place.gian_bi.pk, dt.date(2025, 6, 17)),
        ("Tổ Tà Lang", "mobile", place.ta_lang.pk, dt.date(2025, 6, 17)),
    }
    assert Team.objects.first().services.count() == 1
    act = Act.objects.get(verb=Act.Verb.IMPORT)
    assert (act.actor_id, act.detail["added"]) == (minh.pk, 2)
    assert Act.objects.filter(object_kind="teams.team", verb="add").count() == 2


def test_a_preview_writes_nothing(sign_in, minh, place):
    client, acts = sign_in(minh), Act.objects.count()
    shown = preview(client, Team, workbook(TEAM, ["", "Tổ Giàn Bí", "", "Thôn Giàn Bí", "17/06/2025"]))
    assert "1 dòng mới" in shown.content.decode()
    assert not Team.objects.exists()
    assert Act.objects.count() == acts


def test_one_wrong_row_keeps_all_rows_out_and_is_named_by_its_line(sign_in, minh, place):
    told = bring(
        sign_in(minh),
        Team,
        TEAM,
        ["", "Tổ Giàn Bí", "", "Thôn Giàn Bí", "17/06/2025"],
        [None] * 5,
        ["", "", "tổ lạ", "thon ta lang", "31/02/2025"],
    )
    assert not Team.objects.exists()
    assert all(line.startswith("4 ") for line in told)
    text = " ".join(told)
    assert "4 Loại tổ: “tổ lạ” không có trong danh mục" in text
    assert f"Có phải “Thôn Tà Lang [{place.ta_lang.pk}]”?" in text
    assert "4 Hoạt động từ: “31/02/2025” không phải là ngày" in text
    assert "4 Tên tổ:" in text


@pytest.mark.parametrize("place_named", ["name", "id"])
def test_rows_of_other_areas_are_refused_one_by_one(sign_in, minh, place, place_named):
    named = "Thôn Bàu Cầu" if place_named == "name" else f"Thôn [{place.bau_cau.pk}]"
    told = bring(sign_in(minh), Team, TEAM, ["", "Tổ Lạ", "", named, "17/06/2025"])
    assert told == [f"2 Địa bàn: “{named}” không có trong địa bàn của bạn."]


def test_anothers_row_is_as_missing_as_none(sign_in, minh, place, new_team):
    foreign = new_team(place.bau_cau, "Tổ Bàu Cầu")
    row = ["Tổ Đổi", "", "Thôn Tà Lang", "17/06/2025"]
    assert bring(sign_in(minh), Team, TEAM, [foreign.pk, *row]) == [f"2 Mã số: Không có tổ mang mã số “{foreign.pk}”."]
    assert bring(sign_in(minh), Team, TEAM, [999999, *row]) == ["2 Mã số: Không có tổ mang mã số “999999”."]
    huge = "9" * 30
    assert bring(sign_in(minh), Team, TEAM, [huge, *row]) == [f"2 Mã số: Không có tổ mang mã số “{huge}”."]
    assert bring(sign_in(minh), Team, TEAM, ["abc", *row]) == ["2 Mã số: Không có tổ mang mã số “abc”."]


def test_a_team_seen_from_a_served_village_is_not_changed(sign_in, hoa, place, new_team):
    team = new_team(place.ta_lang, "Tổ Tà Lang")
    team.services.create(village=place.bau_cau, since=SINCE)
    told = bring(sign_in(hoa), Team, TEAM, [team.pk, "Tổ Đổi", "", "Thôn Bàu Cầu", "01/09/2024"])
    assert told == ["2 __all__: Không có quyền sửa ở địa bàn này."]


def test_members_are_read_as_people_write_them(sign_in, minh, place, new_team):
    team = new_team(place.ta_lang, "Tổ Tà Lang")
    told = bring(
        sign_in(minh),
        Member,
        MEMBER,
        ["", "Tổ Tà Lang", "Đặng Thị Hoà", "tổ trưởng", 905123456, 1985, "", dt.date(2024, 10, 1)],
        ["", f"x [{team.pk}]", "A Lăng Bình", "", "+84 905 123 457", "1990", "có", "1/10/2024"],
    )
    assert told == []
    assert set(Member.objects.values_list("full_name", "role", "phone", "birth_year", "is_on_payroll")) == {
        ("Đặng Thị Hoà", "leader", "0905123456", 1985, False),
        ("A Lăng Bình", "member", "0905123457", 1990, True),
    }


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"Năm sinh": 1830}, "Năm sinh “1830” không hợp lệ"),
        ({"Điện thoại": "12"}, "không phải là số điện thoại"),
        ({"Tham gia từ": "01/01/2099"}, "chưa đến"),
        ({"Tham gia từ": "01/01/2020"}, "Tổ hoạt động từ 01/09/2024"),
        ({"Hưởng lương": "chắc vậy"}, "ghi “có” hoặc “không”"),
        ({"Họ và tên": "H" * 101}, "Dài quá"),
        ({"Vai trò": "vua"}, "không có trong danh mục"),
    ],
)
def test_wrong_cells_are_told_at_their_column(sign_in, minh, place, new_team, changed, message):
    new_team(place.ta_lang, "Tổ Tà Lang")
    row = dict(zip(MEMBER, ["", "Tổ Tà Lang", "Hồ Bảy", "", "", 1990, "", "01/10/2024"], strict=True)) | changed
    told = bring(sign_in(minh), Member, MEMBER, list(row.values()))
    column = next(iter(changed))
    assert len(told) == 1
    assert told[0].startswith(f"2 {column}: ")
    assert message in told[0]


def test_households_and_people_get_their_places(sign_in, minh, place):
    client = sign_in(minh)
    told = bring(
        client, Household, HOUSEHOLD, ["", "007", "Nguyễn Văn Sáu", "Thôn Tà Lang", "0905123456", "01/10/2024"]
    )
    assert told == []
    household = Household.objects.get()
    assert (household.code, household.village) == ("007", place.ta_lang)
    assert Placement.objects.get().since == dt.date(2024, 10, 1)
    told = bring(
        client,
        Resident,
        ["Hộ", "Tên gọi", "Năm sinh", "Giới tính", "Từ ngày"],
        ["007", "Ông Sáu", 1960, "Nam", "01/10/2024"],
        ["007", "", None, "", "01/10/2024"],
    )
    assert told == []
    assert Residence.objects.count() == 2
    assert Resident.objects.get(birth_year=1960).sex == "m"


def test_what_has_dates_of_its_own_is_not_changed_by_a_workbook(sign_in, minh, place, new_household):
    household = new_household(place.ta_lang, code="007")
    row = [str(household.pk), "008", "Chủ Mới", "Thôn Giàn Bí", "", "01/10/2024"]
    told = bring(sign_in(minh), Household, HOUSEHOLD, row)
    assert {line.split(":")[0] for line in told} == {"2 Mã hộ", "2 Thôn, tổ dân phố", "2 Từ ngày"}
    told = bring(
        sign_in(minh), Household, HOUSEHOLD, [str(household.pk), "007", "Chủ Mới", "Thôn Tà Lang", "", "01/09/2024"]
    )
    assert told == []
    household.refresh_from_db()
    assert household.head_name == "Chủ Mới"
    assert household.history.first().history_user_id == minh.pk


def test_villages_are_opened_with_their_links(sign_in, minh, place):
    headings = ["Mã số", "Tên", "Loại", "Thuộc phường, xã", "Từ ngày", "Vĩ độ", "Kinh độ"]
    client = sign_in(minh)
    assert bring(client, Area, headings, ["", "Thôn Nam Mỹ", "Thôn", "Xã Hòa Bắc", "01/10/2024", "16,12", 108.05]) == []
    village = Area.objects.get(name="Thôn Nam Mỹ")
    assert AreaLink.objects.filter(descendant=village, ancestor=place.hoa_bac).exists()
    told = bring(client, Area, headings, ["", "Thôn Lạ", "Thôn", "Xã Hòa Châu", "01/10/2024", "", ""])
    assert told == ["2 Thuộc phường, xã: “Xã Hòa Châu” không có trong địa bàn của bạn."]
    told = bring(
        client, Area, headings, [village.pk, "Thôn Đổi", "Thôn", "Xã Hòa Bắc", "01/10/2024", "16,13", "108,05"]
    )
    assert told == ["2 Tên: Làm ở trang Địa bàn."]


def test_users_come_with_a_posting_below_and_without_a_password(sign_in, minh, place):
    headings = ["Mã số", "Tên đăng nhập", "Họ và tên", "Điện thoại", "Vai trò", "Địa bàn"]
    client = sign_in(minh)
    assert bring(client, User, headings, ["", "tam", "Hồ Văn Tám", "", "Tổ trưởng", "Thôn Tà Lang"]) == []
    tam = User.objects.get(username="tam")
    assert not tam.has_usable_password()
    assert [(p.role, p.area, p.granted_by) for p in tam.postings.all()] == [(Role.TEAM_LEADER, place.ta_lang, minh)]
    told = bring(client, User, headings, ["", "chin", "Hồ Văn Chín", "", "Quản trị hệ thống", "Thôn Tà Lang"])
    assert told == ["2 __all__: Không có quyền làm việc này."]
    sheet = sheet_of(client.post(url(User, "export")))
    assert ["tam", "Hồ Văn Tám", None, "Tổ trưởng", f"Thôn Tà Lang [{place.ta_lang.pk}]"] in [row[1:] for row in sheet]
    assert not any("argon2" in str(cell) or "md5" in str(cell) for row in sheet for cell in row)


def test_national_lists_are_for_who_administers_the_country(sign_in, minh, an):
    rows = (["Mã", "Tên", "Thuộc nhóm", "Thứ tự", "Đang dùng"], ["001", "Dịch vụ công", "", 1, "có"])
    assert preview(sign_in(minh), Topic, workbook(*rows)).status_code == 403
    assert bring(sign_in(an), Topic, *rows) == []
    assert Topic.objects.get().code == "001"
    told = bring(
        sign_in(an),
        Indicator,
        ["Mã", "Tên tiêu chí", "Tên ngắn", "Nhóm", "Thứ tự", "Có trong báo cáo"],
        ["vneid2", "VNeID mức 2", "VNeID", "Thanh toán", 1, "x"],
    )
    assert told == []
    assert Indicator.objects.get().group == "payment"


def test_stated_figures_are_checked_and_counted_again(sign_in, minh, place):
    headings = ["Địa bàn", "Tại ngày", "Chỉ số", "Giá trị", "Mức", "Nguồn"]
    client = sign_in(minh)
    assert (
        bring(client, StatedFigure, headings, ["Xã Hòa Bắc", "14/11/2025", "teams", "1.234", "hơn", "Báo cáo giấy"])
        == []
    )
    figure = StatedFigure.objects.get()
    assert (figure.value, figure.qualifier, figure.entered_by) == (1234, "hơn", minh)
    told = bring(client, StatedFigure, headings, ["Xã Hòa Bắc", "14/11/2025", "la", "1", "", "Báo cáo giấy"])
    assert told == ["2 Chỉ số: Không có chỉ số “la”."]
    told = bring(client, StatedFigure, headings, ["Xã Hòa Bắc", "14/11/2025", "teams", "2", "", "Báo cáo khác"])
    assert "đã có số liệu này" in told[0]


def test_an_export_is_read_back_unchanged(sign_in, minh, place, new_team):
    new_team(place.ta_lang, "=1+1", members=["Nguyễn Thị Lan"])
    new_team(place.bau_cau, "Tổ Bàu Cầu")
    client = sign_in(minh)
    response = client.post(url(Team, "export"))
    rows = sheet_of(response)
    assert [row[1] for row in rows] == ["Tên tổ", "=1+1"]
    cells = openpyxl.load_workbook(io.BytesIO(response.content)).active
    assert {cell.data_type for row in cells.iter_rows() for cell in row} <= {"s", "n", "d"}
    file = io.BytesIO(response.content)
    file.name = "lai.xlsx"
    assert preview(client, Team, file).context["result"].totals["skip"] == 1
    act = Act.objects.get(verb=Act.Verb.EXPORT)
    assert (act.actor_id, act.detail["rows"]) == (minh.pk, 1)


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+84", "-1", "@SUM(A1)"])
def test_text_stays_text_through_import_and_export(sign_in, minh, place, text):
    client = sign_in(minh)
    assert bring(client, Team, TEAM, ["", f"{text} tổ", "", "Thôn Tà Lang", "17/06/2025"]) == []
    response = client.post(url(Team, "export"))
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    assert (sheet.cell(4, 2).value, sheet.cell(4, 2).data_type) == (f"{text} tổ", "s")


def test_who_may_not_export_people_does_not(sign_in, an, lan, mai):
    for user in (an, lan, mai):
        assert sign_in(user).get(url(Household, "export")).status_code == 403
        assert sign_in(user).post(url(Household, "export")).status_code == 403


def test_files_that_are_none_are_refused(sign_in, minh):
    client = sign_in(minh)
    broken = io.BytesIO(b"PK\x03\x04 not a workbook")
    broken.name = "hong.xlsx"
    plain = io.BytesIO(b"a,b")
    plain.name = "a.csv"
    assert "Không đọc được tệp" in preview(client, Team, broken).content.decode()
    assert "Chỉ nhận tệp Excel" in preview(client, Team, plain).content.decode()
    assert "không có dòng dữ liệu nào" in preview(client, Team, workbook(TEAM)).content.decode()
    told = bring(client, Team, ["Tên tổ", "Cột lạ"], ["A", "B"])
    assert "Không biết cột: Cột lạ" in told[0]


def test_a_preview_is_confirmed_once_and_by_nobody_else(sign_in, minh, hoa, place):
    client = sign_in(minh)
    shown = preview(client, Team, workbook(TEAM, ["", "Tổ Giàn Bí", "", "Thôn Giàn Bí", "17/06/2025"]))
    assert confirm(sign_in(hoa), Team, shown).url == url(Team, "import")
    assert not Team.objects.exists()
    assert confirm(client, Team, shown).url == url(Team, "changelist")
    assert confirm(client, Team, shown).url == url(Team, "import")
    assert Team.objects.count() == 1
    forged = shown.context["confirm_form"].initial | {"import_file_name": "/etc/passwd"}
    assert client.post(url(Team, "process_import"), forged).url == url(Team, "import")


def test_pages_of_exchange_say_what_to_do(sign_in, minh):
    client = sign_in(minh)
    assert "Tải tệp mẫu" in client.get(url(Team, "import")).content.decode()
    assert sheet_of(client.get(url(Team, "import") + "?mau=1"))[0][:3] == ["Mã số", "Tên tổ", "Loại tổ"]
    assert "Tải tệp Excel" in client.get(url(Team, "export")).content.decode()


def test_an_export_costs_as_many_queries_for_thirty_rows_as_for_three(sign_in, minh, place, new_team):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost():
        client = sign_in(minh)
        client.get(url(Member, "changelist"))
        with CaptureQueriesContext(connection) as queries:
            client.post(url(Member, "export"))
        return len(queries)

    team = new_team(place.ta_lang, members=["A", "B", "C"])
    few = cost()
    for number in range(27):
        Member.objects.create(team=team, full_name=f"Người {number}", since=SINCE)
    assert cost() == few
