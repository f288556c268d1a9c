"""Fetching what a report gives: who may, what is written down, and what the worker makes."""

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from accounts import jobs
from accounts.models import Job
from journal.models import Act
from reports import monthly, outputs, periods
from reports.drain import recount

NAMES = ("report_document", "report_workbook", "report_print", "report_message")


def address(name, area, period="2026-10"):
    return reverse(f"reports:{name}", args=[area.pk, period])


@pytest.mark.parametrize("name", NAMES)
def test_it_is_given_to_the_official_and_to_nobody_of_another_ward(counted, minh, hoa, lan, sign_in, name):
    assert sign_in(minh).get(address(name, counted)).status_code == 200
    assert sign_in(hoa).get(address(name, counted)).status_code == 404
    assert sign_in(lan).get(address(name, counted)).status_code == 403
    assert sign_in(minh).get(address(name, counted, "2027-05")).status_code == 404


@pytest.mark.parametrize(
    ("name", "verb"), [("report_document", "report"), ("report_workbook", "report"), ("report_print", "print")]
)
def test_what_leaves_is_written_down(counted, minh, sign_in, name, verb):
    sign_in(minh).get(address(name, counted))
    act = Act.objects.filter(actor_id=minh.pk, area_id=counted.pk).latest("pk")
    assert act.verb == verb
    assert "Tháng 10/2026" in act.label or "Báo cáo" in act.label


def test_the_page_of_the_report_offers_them(counted, minh, sign_in):
    page = sign_in(minh).get(reverse("reports:monthly"), {"area": counted.pk, "period": "2026-10"}).content.decode()
    for name in NAMES:
        assert address(name, counted) in page


def test_a_workbook_of_many_areas_is_made_by_the_worker_with_the_same_content(counted, minh, sign_in, monkeypatch):
    monkeypatch.setattr(outputs, "MOST_AREAS_AT_ONCE", 1)
    client = sign_in(minh)
    answer = client.get(address("report_workbook", counted))
    job = Job.objects.get()
    assert answer["Location"] == reverse("accounts:job_detail", args=[job.pk])
    assert jobs.work_once()
    content = client.get(reverse("accounts:job_file", args=[job.pk])).content
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    assert book.sheetnames[0] == "Biểu 01"
    assert Act.objects.filter(verb=Act.Verb.REPORT, actor_id=minh.pk).exists()


LONGER = [("2026-Q4", "Quý IV/2026"), ("2026-H2", "6 tháng cuối năm 2026"), ("2026", "Năm 2026")]


@pytest.mark.parametrize(("code", "label"), LONGER)
def test_quarter_half_and_year_have_their_own_workbook(counted, code, label):
    today = dt.date(2026, 11, 21)
    period = periods.parse(code)
    for one in (period, periods.to_date(period)):
        recount(one, today=today)
    tables = monthly.collect(counted, period, today=today)
    book = openpyxl.load_workbook(io.BytesIO(monthly.render(tables)), data_only=True)
    sheet = book["Biểu 02"]
    rows = list(sheet.iter_rows(values_only=True))
    said = "\n".join(str(cell) for row in rows for cell in row if cell is not None)
    assert f"{label[:1].lower()}{label[1:]}" in said
    assert "DỰ THẢO, số liệu đến 21/11/2026" in said
    ta_lang = next(row for row in rows if "Thôn Tà Lang" in row)
    assert ta_lang[2] == 1  # the visit of 1 October lies in each of them
    assert tables.activity.total.cells["visits"].value == 1
