"""The authority's own workbook: taken in, bound on the screen, filled with the figures of a report."""

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts import jobs
from accounts.models import Job
from journal.models import Act
from reports import outputs
from reports.models import ReportTemplate, Target
from reports.sheet_templates import actions
from reports.sheet_templates.binding import Binding
from residents.models import Indicator

SHEET = "Biểu"


def theirs(*, rows=3) -> bytes:
    """A head, `rows` rows for villages with a formula beside them, and their sum."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet["A1"] = "BÁO CÁO"
    sheet.merge_cells("A1:D1")
    for row in range(4, 4 + rows):
        sheet.cell(row, 4, f"=C{row}/B{row}").number_format = "0.0%"
    sheet.cell(4 + rows, 3, f"=SUM(C4:C{3 + rows})")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def figure(cell, number="reached", of="list", what="cov:vneid2"):
    return Binding(SHEET, cell, "figure", of, what, number)


def text(cell, what, of="this"):
    return Binding(SHEET, cell, "text", of, what)


@pytest.fixture
def template(counted, minh):
    made = actions.upload(by=minh, area=counted, name="Biểu của tỉnh", content=theirs(), file_name="bieu.xlsx")
    for one in (
        text("A1", "period"), text("A4", "area", "list"), figure("B4", "eligible"), figure("C4"),
        figure("B10", "rate", "this"), figure("B11", "value", "this", "visits"), text("B12", "issuer"),
    ):  # fmt: skip
        actions.bind(by=minh, template=made, one=one)
    return ReportTemplate.objects.get(pk=made.pk)


def file_url(area, template, period="2026-10"):
    return reverse("reports:report_template_file", args=[area.pk, period, template.pk])


def sheet_of(answer):
    return openpyxl.load_workbook(io.BytesIO(answer.content))[SHEET]


def test_it_is_filled_with_the_reports_figures_and_keeps_its_formulas(template, counted, minh, sign_in):
    sheet = sheet_of(sign_in(minh).get(file_url(counted, template)))
    assert sheet["A1"].value == "Tháng 10/2026"
    rows = [[cell.value for cell in row] for row in sheet["A4:D6"]]
    assert rows == [
        ["Thôn Giàn Bí", None, None, "=C4/B4"],  # nobody was asked there: blank, not zero
        ["Thôn Tà Lang", 2, 1, "=C5/B5"],
        [None, None, None, "=C6/B6"],
    ]
    assert sheet["C7"].value == "=SUM(C4:C6)"
    assert [sheet[cell].value for cell in ("B10", "B11", "B12")] == [0.5, 1, "Ủy ban nhân dân xã Hòa Bắc"]
    assert Act.objects.filter(verb=Act.Verb.REPORT, actor_id=minh.pk, label__contains="Biểu của tỉnh").exists()


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (figure("D4", of="this"), "có công thức"),
        (text("C1", "period"), "vùng gộp A1:D1. Chọn ô đầu vùng: A1"),
        (text("A2", "story", "list"), "Danh sách chỉ nhận"),
        (figure("ô"), "không phải là địa chỉ ô"),
        (Binding("Trang khác", "A1", "text", "this", "period"), "không có trang tính"),
    ],
)
def test_what_cannot_be_bound_is_refused_in_words(template, minh, sign_in, one, told):
    what = f"text:{one.what}" if one.kind == "text" else one.what
    data = {"sheet": one.sheet, "cell": one.cell, "what": what, "number": one.number, "of": one.of}
    answer = sign_in(minh).post(reverse("reports:template_bind", args=[template.pk]), data, follow=True)
    shown = [str(message) for message in answer.context["messages"]] if answer.context else []
    assert told in " ".join(shown)
    assert len(ReportTemplate.objects.get(pk=template.pk).bindings) == 7


def test_the_target_that_was_given_above_stands_in_its_cell(template, counted, place, minh, sign_in):
    vneid2 = Indicator.objects.get(code="vneid2")
    given = {"since": dt.date(2026, 1, 1), "due_on": dt.date(2026, 12, 14), "set_at": timezone.now()}
    Target.objects.create(area=place.hoa_vang, indicator=vneid2, rate=80, source="UBND huyện", **given)
    actions.bind(by=minh, template=template, one=figure("B4", "target"))
    sheet = sheet_of(sign_in(minh).get(file_url(counted, template)))
    assert [sheet[cell].value for cell in ("B4", "B5")] == [0.8, 0.8]


def test_a_list_without_room_is_refused_and_not_cut_short(template, counted, minh, sign_in):
    actions.upload(by=minh, area=counted, name="Biểu của tỉnh", content=theirs(rows=1), file_name="bieu.xlsx")
    newer = ReportTemplate.objects.in_use().get()
    actions.bind(by=minh, template=newer, one=figure("C4"))
    answer = sign_in(minh).get(file_url(counted, newer), follow=True)
    assert "cần 2 dòng nhưng chỉ có 1" in answer.content.decode()


def test_a_new_file_is_a_new_version_with_the_bindings_that_fit(template, counted, minh):
    book = openpyxl.load_workbook(io.BytesIO(theirs()))
    book[SHEET]["B11"] = "=1+1"
    changed = io.BytesIO()
    book.save(changed)
    actions.upload(by=minh, area=counted, name="Biểu của tỉnh", content=changed.getvalue(), file_name="b.xlsx")
    newer = ReportTemplate.objects.in_use().get()
    assert newer.version == 2
    assert [row["cell"] for row in newer.bindings] == ["A1", "A4", "B4", "C4", "B10", "B12"]
    assert bytes(ReportTemplate.objects.get(version=1).content) == theirs_of(template)


def theirs_of(template) -> bytes:
    return bytes(ReportTemplate.objects.get(pk=template.pk).content)


def test_uploading_binding_and_looking_on_the_screen(counted, minh, sign_in):
    client = sign_in(minh)
    file = SimpleUploadedFile("Biểu.xlsx", theirs())
    answer = client.post(reverse("reports:template_add"), {"area": counted.pk, "name": "Mẫu", "file": file})
    template = ReportTemplate.objects.get()
    page = reverse("reports:template_detail", args=[template.pk])
    assert answer["Location"] == page
    html = client.get(page, {"o": "B4"}).content.decode()
    assert "Gắn vào ô B4" in html
    assert "=C4/B4" in html
    data = {"sheet": SHEET, "cell": "B4", "what": "cov:vneid2", "number": "eligible", "of": "list"}
    client.post(reverse("reports:template_bind", args=[template.pk]), data)
    html = client.get(page, {"thu": "1"}).content.decode()
    assert "Thuộc diện; danh sách" in html
    client.post(reverse("reports:template_bind", args=[template.pk]), {"sheet": SHEET, "cell": "B4", "remove": "1"})
    assert ReportTemplate.objects.get().bindings == []
    client.post(reverse("reports:template_retire", args=[template.pk]))
    assert client.get(page).status_code == 404


def test_a_file_with_macros_is_refused_at_the_field(counted, minh, sign_in):
    file = SimpleUploadedFile("a.xlsm", b"PK")
    answer = sign_in(minh).post(reverse("reports:template_add"), {"area": counted.pk, "name": "M", "file": file})
    assert "Chỉ nhận tệp .xlsx" in answer.content.decode()
    assert not ReportTemplate.objects.exists()


def test_offices_below_fill_it_but_do_not_change_it(counted, place, dung, minh, hoa, thu, sign_in):
    template = actions.upload(
        by=dung, area=place.hoa_vang, name="Mẫu của huyện", content=theirs(), file_name="huyen.xlsx"
    )
    actions.bind(by=dung, template=template, one=text("A4", "area"))
    assert sheet_of(sign_in(minh).get(file_url(counted, template)))["A4"].value == "Xã Hòa Bắc"
    assert sign_in(minh).get(reverse("reports:template_detail", args=[template.pk])).status_code == 200
    bound = sign_in(minh).post(reverse("reports:template_bind", args=[template.pk]), {"sheet": SHEET, "cell": "A5"})
    assert bound.status_code == 403
    assert sign_in(thu).get(reverse("reports:template_detail", args=[template.pk])).status_code == 404
    assert sign_in(hoa).get(file_url(counted, template)).status_code == 404


def test_another_wards_template_is_not_offered(template, hoa, place, sign_in):
    assert "Biểu của tỉnh" not in sign_in(hoa).get(reverse("reports:template_list")).content.decode()
    assert sign_in(hoa).get(file_url(place.hoa_chau, template)).status_code == 404


def test_of_many_areas_the_worker_fills_it(template, counted, minh, sign_in, monkeypatch):
    monkeypatch.setattr(outputs, "MOST_AREAS_AT_ONCE", 1)
    client = sign_in(minh)
    client.get(file_url(counted, template))
    assert jobs.work_once()
    answer = client.get(reverse("accounts:job_file", args=[Job.objects.get().pk]))
    assert sheet_of(answer)["A5"].value == "Thôn Tà Lang"
