"""From a file to the register and back, through the pages."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from intake import receiving, work
from intake.models import Shape, Upload
from residents.models import Household, Resident
from sheets.reading import read_workbook
from teams.actions import add_members, found_team
from teams.models import Member, Team

from .conftest import Desk, workbook

HEAD = ("STT", "Họ tên chủ hộ", "Thôn", "SĐT", "Có VNeID")
ROWS = [(1, "Nguyễn Văn Sáu", "Tà Lang", "0905123456", "x"), (2, "Lê Thị Tám", "thôn Giàn Bí", 905123457, "")]


@pytest.fixture
def client(minh, sign_in, catalogue):
    return sign_in(minh)


def sent(client, content: bytes, name="danh sách hộ.xlsx"):
    url = reverse("intake:upload_add") + "?loai=households"
    return client.post(url, {"file": SimpleUploadedFile(name, content)})


def columns_of(upload) -> dict:
    return {f"c{index}": code for index, code in enumerate(upload.columns)} | {"day": upload.day.strftime("%d/%m/%Y")}


def go(client, name, upload, data=None, **more):
    return client.post(reverse(f"intake:{name}", args=[upload.pk]), data or {}, **more)


def test_from_a_file_to_the_register_and_back(client, minh, place):
    answer = sent(client, workbook(("DANH SÁCH HỘ",), (), HEAD, *ROWS))
    upload = Upload.objects.get()
    page = client.get(answer.url).content.decode()
    assert upload.columns == ["", "head", "village", "phone", "seen:vneid2"]
    assert "Tiêu đề ở dòng 3" in page
    assert "Nguyễn Văn Sáu · Lê Thị Tám" in page
    answer = go(client, "upload_columns", upload, columns_of(upload))
    page = client.get(answer.url).content.decode()
    assert "Lưu 2 dòng" in page
    assert Household.objects.count() == 0
    answer = go(client, "upload_save", upload, follow=True)
    assert "Hoàn tác cả lần nhập" in answer.content.decode()
    assert set(Household.objects.values_list("village", flat=True)) == {place.ta_lang.pk, place.gian_bi.pk}
    go(client, "upload_undo", upload)
    assert Household.objects.count() == 0


def test_what_was_chosen_is_remembered_for_files_of_the_same_shape(client):
    sent(client, workbook(("Mục A", "Mục B"), ("Nguyễn Văn Sáu", "Tà Lang")))
    upload = Upload.objects.get()
    page = client.get(reverse("intake:upload_columns", args=[upload.pk])).content.decode()
    assert "0/2 cột" in page
    refused = go(client, "upload_columns", upload, {"c0": "", "c1": "village", "day": "31/10/2026"})
    assert "Chọn cột “Chủ hộ”" in refused.content.decode()
    go(client, "upload_columns", upload, {"c0": "head", "c1": "village", "day": "31/10/2026"})
    assert Shape.objects.count() == 1
    sent(client, workbook(("TIÊU ĐỀ",), ("MỤC A", "mục b"), ("Lê Thị Tám", "Tà Lang")))
    other = Upload.objects.exclude(pk=upload.pk).get()
    go(client, "upload_columns", other, {"head": "2"})
    other.refresh_from_db()
    assert other.columns == ["head", "village"]


def test_a_village_of_another_spelling_is_chosen_once(client, place):
    sent(client, workbook(("Chủ hộ", "Thôn"), ("Nguyễn Văn Sáu", "Ta Lang"), ("Lê Thị Tám", "Ta Lang")))
    upload = Upload.objects.get()
    go(client, "upload_columns", upload, columns_of(upload))
    page = client.get(reverse("intake:upload_detail", args=[upload.pk])).content.decode()
    assert "Có phải “Thôn Tà Lang”?" in page
    assert "Tên thôn trong tệp" in page
    go(client, "upload_places", upload, {"p0": place.ta_lang.pk})
    upload.refresh_from_db()
    assert upload.counts["new"] == 2


def test_old_fonts_are_shown_converted_and_accepted_only_then(client):
    sent(client, workbook(("Hä vµ tªn chñ hé", "Th«n"), ("NguyÔn V¨n S¸u", "Tµ Lang"), ("TrÇn ThÞ B¶y", "Tµ Lang")))
    upload = Upload.objects.get()
    assert (upload.encoding, upload.columns) == ("tcvn3", ["head", "village"])
    page = client.get(reverse("intake:upload_columns", args=[upload.pk])).content.decode()
    assert "TCVN3" in page
    assert "Nguyễn Văn Sáu · Trần Thị Bảy" in page
    refused = go(client, "upload_columns", upload, columns_of(upload))
    assert "đánh dấu vào ô này" in refused.content.decode()
    go(client, "upload_columns", upload, columns_of(upload) | {"encoding": "on"})
    go(client, "upload_save", upload)
    assert sorted(Household.objects.values_list("head_name", flat=True)) == ["Nguyễn Văn Sáu", "Trần Thị Bảy"]


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"PK\x03\x04rubbish", "a.xlsx", "Không đọc được tệp"),
        (b"<html><table><tr><td>STT</td></tr></table></html>", "a.xls", "trang web mang đuôi bảng tính"),
        (b"x", "a.pdf", "Chỉ nhận bảng tính"),
        (b" ", "a.csv", "không có dòng nào"),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(client, content, name, sentence):
    answer = sent(client, content, name)
    assert sentence in answer.content.decode()
    assert Upload.objects.count() == 0


def test_a_long_list_waits_for_the_worker(client, minh, monkeypatch):
    monkeypatch.setattr(work, "AT_ONCE_AT_MOST", 1)
    sent(client, workbook(HEAD, *ROWS))
    upload = Upload.objects.get()
    go(client, "upload_columns", upload, columns_of(upload))
    page = client.get(reverse("intake:upload_detail", args=[upload.pk])).content.decode()
    assert "làm ở nền" in page
    from accounts import jobs

    assert jobs.work_once()
    upload.refresh_from_db()
    assert (upload.state, upload.counts["new"]) == (Upload.State.CHECKED, 2)
    go(client, "upload_save", upload)
    assert jobs.work_once()
    assert Household.objects.count() == 2


def test_work_that_was_killed_can_be_asked_for_again(client, minh):
    sent(client, workbook(HEAD, *ROWS))
    upload = Upload.objects.get()
    Upload.objects.update(state=Upload.State.SAVING, touched_at=None)
    assert "Làm lại" in client.get(reverse("intake:upload_detail", args=[upload.pk])).content.decode()
    go(client, "upload_again", upload)
    upload.refresh_from_db()
    assert upload.state == Upload.State.CHECKED


def test_lists_do_not_stay_for_ever(client, minh):
    sent(client, workbook(HEAD, *ROWS))
    Upload.objects.update(uploaded_at=timezone.now() - dt.timedelta(days=31))
    sent(client, workbook(HEAD, *ROWS))
    receiving.tidy(timezone.now())
    old, new = Upload.objects.order_by("uploaded_at")
    assert (old.state, old.sheets.count(), new.state, new.sheets.count()) == ("discarded", 0, "read", 1)
    go(client, "upload_columns", new, columns_of(new))
    go(client, "upload_save", new)
    Upload.objects.update(uploaded_at=timezone.now() - dt.timedelta(days=91))
    receiving.tidy(timezone.now())
    assert "quá 90 ngày" in go(client, "upload_undo", new, follow=True).content.decode()
    assert Household.objects.count() == 2


def test_another_ward_does_not_know_of_it(client, hoa, sign_in):
    sent(client, workbook(HEAD, *ROWS))
    upload, other = Upload.objects.get(), sign_in(hoa)
    assert other.get(reverse("intake:upload_detail", args=[upload.pk])).status_code == 404
    assert go(other, "upload_save", upload).status_code == 404
    assert "danh sách hộ.xlsx" not in other.get(reverse("intake:upload_list")).content.decode()


def test_text_files_are_read_too(client):
    text = "STT;Chủ hộ;Thôn\n1;Nguyễn Văn Sáu;Tà Lang\n"
    sent(client, io.BytesIO(text.encode("utf-16")).getvalue(), "danh sach.csv")
    upload = Upload.objects.get()
    assert upload.columns == ["", "head", "village"]


def test_the_empty_list_comes_with_choices_and_its_example_is_not_read(client):
    content = client.get(reverse("intake:blank") + "?loai=households").content
    sheets = read_workbook(content, "mau.xlsx", in_child=False)
    assert sheets[0].rows[0][1:4] == ["Mã hộ", "Họ và tên", "Quan hệ với chủ hộ"]
    assert sheets[0].rows[1][0] == "Ví dụ"
    sent(client, content)
    upload = Upload.objects.get()
    assert upload.columns[1:4] == ["code", "name", "relation"]
    go(client, "upload_columns", upload, columns_of(upload))
    upload.refresh_from_db()
    assert (upload.counts["new"], upload.counts["passed_over"]) == (0, [[2, "dòng ví dụ của mẫu"]])


def test_the_register_is_taken_away_edited_and_loaded_back(client, minh, place, new_household):
    new_household(
        place.ta_lang, "NGUYỄN VĂN SÁU", people=[("Nguyễn Văn Sáu", 1960), ("con gái", None), ("", 1999)], code="001"
    )
    new_household(place.gian_bi, "Lê Thị Tám", note="hai dòng\nở đây", phone="0905123456")
    sheet = read_workbook(
        client.get(reverse("intake:list_export") + "?loai=households").content, "ho.xlsx", in_child=False
    )[0]
    desk = Desk(minh, place.hoa_bac)
    upload = desk.bring(sheets=[sheet])
    assert [row.state for row in upload.rows.all()] == ["same", "same"]
    head = next(row for row in sheet.rows if "Chủ hộ" in row)
    line = next(row for row in sheet.rows if "con gái" in row)
    line[head.index("Họ và tên")] = "Nguyễn Thị Chín"
    line[head.index("VNeID mức 2")] = "x"
    upload = desk.bring(sheets=[sheet])
    assert [row.state for row in upload.rows.order_by("number")].count("changed") == 1
    desk.save(upload)
    assert Resident.objects.get(label="Nguyễn Thị Chín").observations.count() == 1


@pytest.mark.parametrize("kind", ["teams", "villages"])
def test_other_lists_as_they_stand_are_loaded_back_without_a_change(client, minh, place, kind):
    team = Team(name="Tổ CNSCĐ thôn Tà Lang", home_area=place.ta_lang, since=dt.date(2025, 1, 1))
    lan = {"role": Member.Role.LEADER, "phone": "0905123456", "birth_year": 1985, "sex": Member.Sex.FEMALE}
    people = [
        Member(full_name="Nguyễn Thị Lan", since=team.since, **lan),
        Member(full_name="Trần Văn Bảy", since=team.since, organisation=Member.Organisation.YOUTH),
    ]
    found_team(by=minh, team=team, villages=[place.ta_lang])
    add_members(by=minh, team=team, members=people)
    content = client.get(reverse("intake:list_export") + f"?loai={kind}").content
    url = reverse("intake:upload_add") + f"?loai={kind}"
    client.post(url, {"file": SimpleUploadedFile("danh sách.xlsx", content)})
    upload = Upload.objects.get()
    go(client, "upload_columns", upload, columns_of(upload))
    told = [(row.state, row.label, row.problems) for row in upload.rows.all()]
    assert len(told) > 1
    assert {state for state, _, _ in told} == {"same"}, told


def test_stated_figures_are_not_taken_away_to_be_loaded_back(client):
    assert client.get(reverse("intake:list_export") + "?loai=stated").status_code == 404


def test_the_list_is_given_back_with_marks(client):
    rows = [(1, "Nguyễn Văn Sáu", "Tà Lang", "123", "x"), (2, "Lê Thị Tám", "Tà Lang", "", "")]
    sent(client, workbook(("DANH SÁCH",), HEAD, *rows))
    upload = Upload.objects.get()
    go(client, "upload_columns", upload, columns_of(upload))
    content = client.get(reverse("intake:upload_marked", args=[upload.pk])).content
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    assert [page.cell(2, 6).value, page.cell(3, 6).value, page.cell(4, 6).value] == ["Tình trạng", "Có lỗi", "Mới"]
    assert "“123” không phải là số điện thoại" in page.cell(3, 7).value
    assert page.cell(3, 4).fill.fgColor.rgb.endswith("E88B7D")
    assert page.cell(3, 2).value == "Nguyễn Văn Sáu"


def test_the_title_says_of_which_village_the_list_is(client, minh, place):
    head, *rows = [[cell for at, cell in enumerate(row) if at != HEAD.index("Thôn")] for row in (HEAD, *ROWS)]

    def columns_page(title) -> str:
        return client.get(sent(client, workbook((title,), head, *rows)).url).content.decode()

    assert f'<option value="{place.ta_lang.pk}" selected>' in columns_page("DANH SÁCH HỘ THÔN TÀ LANG, NĂM 2026")
    upload = Upload.objects.get()
    go(client, "upload_columns", upload, columns_of(upload) | {"village": place.ta_lang.pk})
    go(client, "upload_save", upload)
    assert set(Household.objects.values_list("village", flat=True)) == {place.ta_lang.pk}
    # The next list of the same shape is of another village, or of who knows which.
    assert f'<option value="{place.gian_bi.pk}" selected>' in columns_page("DANH SÁCH HỘ THÔN GIÀN BÍ")
    assert f'<option value="{place.ta_lang.pk}" selected>' not in columns_page("DANH SÁCH HỘ TÀ LANG")
