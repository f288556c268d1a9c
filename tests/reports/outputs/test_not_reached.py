"""Biểu 05: who is not yet reached, for those who go there and for nobody else."""

import io

import openpyxl
import pytest
from django.urls import reverse

from accounts import jobs
from accounts.models import Job
from journal.models import Act
from reports import monthly, outputs


def address(area, **query):
    return reverse("reports:not_reached", args=[area.pk]), query


def book_of(answer):
    return openpyxl.load_workbook(io.BytesIO(answer.content), data_only=True)


def said(sheet) -> str:
    return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)


def test_a_ward_gets_a_sheet_for_each_village_with_its_households(ward, minh, sign_in):
    url, query = address(ward, export="xlsx", indicator="vneid2")
    book = book_of(sign_in(minh).get(url, query))
    assert book.sheetnames == ["Thôn Giàn Bí", "Thôn Tà Lang"]
    listed = said(book["Thôn Tà Lang"])
    assert "Lê Thị Bảy" in listed
    assert "VNeID mức 2 (1)" in listed
    assert "Nguyễn Văn Sáu" not in listed  # he has it
    assert "TÀI LIỆU NỘI BỘ, CÓ DỮ LIỆU CÁ NHÂN" in listed
    assert "Không còn hộ nào." in said(book["Thôn Giàn Bí"])
    act = Act.objects.get(verb=Act.Verb.EXPORT, actor_id=minh.pk)
    assert (act.area_id, act.detail["rows"]) == (ward.pk, 1)


def test_without_a_choice_every_indicator_counts(ward, minh, sign_in):
    url, query = address(ward, export="xlsx")
    listed = said(book_of(sign_in(minh).get(url, query))["Thôn Tà Lang"])
    assert "Nguyễn Văn Sáu" in listed
    assert "Mobile Money (1)" in listed


def test_a_team_leader_gets_her_village_and_nobody_gets_anothers(ward, place, lan, minh, hoa, mai, sign_in):
    url, query = address(place.ta_lang, export="xlsx")
    assert book_of(sign_in(lan).get(url, query)).sheetnames == ["Thôn Tà Lang"]
    assert sign_in(lan).get(*address(place.gian_bi)).status_code == 404
    assert sign_in(hoa).get(*address(ward)).status_code == 404
    assert sign_in(mai).get(*address(ward)).status_code == 403
    assert sign_in(minh).get(*address(place.hoa_vang)).status_code == 404


def test_the_page_shows_nobodys_name(ward, minh, sign_in):
    page = sign_in(minh).get(*address(ward)).content.decode()
    assert "dữ liệu cá nhân" in page
    assert "Bảy" not in page


def test_a_long_list_is_made_by_the_worker(ward, minh, sign_in, monkeypatch):
    monkeypatch.setattr(outputs, "MOST_HOUSEHOLDS_AT_ONCE", 1)
    client = sign_in(minh)
    client.get(*address(ward, export="xlsx", indicator="vneid2"))
    assert jobs.work_once()
    job = Job.objects.get()
    answer = client.get(reverse("accounts:job_file", args=[job.pk]))
    assert "Lê Thị Bảy" in said(book_of(answer)["Thôn Tà Lang"])
    assert Act.objects.filter(verb=Act.Verb.EXPORT, label__startswith="Biểu 05").count() == 2  # made, and fetched


def test_it_is_no_part_of_the_report_that_is_signed(tables):
    book = openpyxl.load_workbook(io.BytesIO(monthly.render(tables)))
    assert not any("05" in name for name in book.sheetnames)
    assert not any("Bảy" in said(sheet) for sheet in book)


@pytest.mark.parametrize("answer", ["khong-co", "vneid2&indicator=khong-co"])
def test_an_unknown_indicator_is_not_found(ward, minh, sign_in, answer):
    assert sign_in(minh).get(f"{address(ward)[0]}?indicator={answer}").status_code == 404
