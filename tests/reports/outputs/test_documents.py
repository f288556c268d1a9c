"""The covering report, its page for printing and the message: what they say, and that they are laid out by decree."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.utils import timezone
from docx import Document
from docx.shared import Mm

from reports import monthly
from reports.documents import covering, narrative, wording, zalo
from reports.drain import recount
from reports.models import Remark, StatedFigure, Target
from residents.models import Household, Indicator

from .conftest import TODAY


def sentences(tables) -> str:
    return "\n".join(
        f"{paragraph.lead}{paragraph.text}"
        for section in narrative.sections(tables)
        for paragraph in section.paragraphs
    ).replace("\u00a0", " ")


def test_it_says_the_figures_the_missing_and_the_share(tables, text_of):
    said = text_of(covering.render(tables)).replace("\u00a0", " ")
    assert "xã Hòa Bắc có 1 tổ công nghệ số cộng đồng với 2 thành viên" in said
    assert "Có 1/2 thôn, tổ dân phố có tổ phục vụ, đạt 50 %; còn 1 thôn, tổ dân phố chưa có tổ." in said
    assert "đến hộ 1 lượt, gặp và hỗ trợ 1 lượt (100 %), đến được 1 hộ, hỗ trợ 2 lượt người" in said
    assert "Tổng thời gian hỗ trợ là 0,5 giờ, trong đó 0,5 giờ ngoài giờ hành chính (100 %)." in said
    assert "1/2 người thuộc diện, đạt 50 %" in said
    assert "1/2 thôn, tổ dân phố có số liệu phổ cập; chưa có: thôn Giàn Bí." in said
    assert "I. TỔ CHỨC, LỰC LƯỢNG" in said
    assert "IV. ĐỀ XUẤT, KIẾN NGHỊ" in said
    assert "Lưu: VT." in said


def test_it_is_laid_out_by_the_decree(tables):
    document = Document(io.BytesIO(covering.render(tables)))
    section = document.sections[0]
    # Word keeps lengths in twentieths of a point.
    sizes = [
        (section.page_width, 210), (section.page_height, 297), (section.top_margin, 20), (section.bottom_margin, 20),
        (section.left_margin, 30), (section.right_margin, 15),
    ]  # fmt: skip
    assert all(abs(size - Mm(wanted)) < Mm(0.1) for size, wanted in sizes)
    assert document.styles["Normal"].font.name == "Times New Roman"
    heads = [line.text for row in document.tables[0].rows for cell in row.cells for line in cell.paragraphs]
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in heads
    assert "XÃ HÒA BẮC" in heads
    assert "Số:         /BC-UBND" in heads
    assert "Hòa Bắc, ngày 21 tháng 11 năm 2026" in heads
    assert [line.text for line in document.paragraphs[:2]] == [
        "BÁO CÁO",
        "Kết quả hoạt động của tổ công nghệ số cộng đồng tháng 10/2026",
    ]


def test_while_the_period_runs_it_is_a_draft_and_compares_no_part_with_a_whole(running, tables, text_of):
    said = text_of(covering.render(running))
    assert said.startswith("DỰ THẢO")
    assert "kỳ chưa kết thúc, số liệu tính đến ngày 10/10/2026" in said
    assert "So với tháng trước, số lượt" not in said
    assert "DỰ THẢO" not in text_of(covering.render(tables))


def test_words_of_the_villages_stand_in_their_sections_as_they_were_typed(tables, place, october, text_of):
    typed = "Sóng yếu & <b>mất điện</b> {{ settings }} =1+1"
    for area, kind, text in (
        (place.hoa_bac, "difficulty", "Thiếu máy"),
        (place.ta_lang, "difficulty", typed),
        (place.ta_lang, "model", "Hay"),
    ):
        Remark.objects.create(area=area, period=october, kind=kind, text=text, written_at=timezone.now())
    said = text_of(covering.render(tables))
    assert f"- Thôn Tà Lang: {typed}" in said
    assert said.index("3. Mô hình, cách làm hay") < said.index("Thiếu máy") < said.index(typed)


def test_a_stated_figure_goes_with_its_day_and_source(tables, counted, october, place):
    StatedFigure.objects.create(
        area=counted, on=dt.date(2026, 10, 1), measure="cov:broadband", rate=Decimal("80"), qualifier="hơn",
        source="Báo Đà Nẵng", entered_at=timezone.now(),
    )  # fmt: skip
    recount(october, today=TODAY)
    said = sentences(monthly.collect(counted, october, today=TODAY))
    assert "đạt hơn 80 % (số công bố ngày 01/10/2026, nguồn: Báo Đà Nẵng)" in said


def test_the_target_is_said_met_or_how_much_is_missing(counted, october, place):
    given = {"since": dt.date(2026, 1, 1), "due_on": dt.date(2026, 12, 14), "set_at": timezone.now(), "source": "UBND"}
    vneid2 = Indicator.objects.get(code="vneid2")
    target = Target.objects.create(area=place.hoa_vang, indicator=vneid2, rate=80, **given)
    said = sentences(monthly.collect(counted, october, today=TODAY))
    assert "chưa đạt chỉ tiêu 80 % (hạn 14/12/2026), còn thiếu 1 người" in said
    Target.objects.filter(pk=target.pk).update(rate=50)
    assert "; đạt chỉ tiêu 50 %" in sentences(monthly.collect(counted, october, today=TODAY))


def test_the_message_has_totals_and_nobodys_name_or_words(tables, october, place):
    Remark.objects.create(
        area=place.hoa_bac, period=october, kind="difficulty", text="Bà Bảy từ chối", written_at=timezone.now()
    )
    message = zalo.text(tables).replace("\u00a0", " ")
    assert "THÁNG 10/2026 – XÃ HÒA BẮC" in message
    assert "- VNeID mức 2: 50 % (1/2 người)" in message
    assert "chưa có: thôn Giàn Bí" in message
    assert "Bà Bảy" not in message
    assert not any(name in message for name in Household.objects.values_list("head_name", flat=True))


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (wording.change_of_number(5, 3, "tổ"), "tăng 2 tổ"),
        (wording.change_of_number(3, 5, "tổ"), "giảm 2 tổ"),
        (wording.change_of_number(3, 3, "tổ"), "không đổi"),
        (wording.change_of_flow(90, 100, "lượt"), "giảm 10 % (90 so với 100 lượt)"),
        (wording.change_of_flow(5, 0, "lượt"), "tăng 5 lượt"),
        (wording.change_of_rate(Decimal("0.042")), "tăng 4,2 điểm phần trăm"),
        (wording.change_of_rate(Decimal("-0.0001")), "giảm dưới 0,1 điểm phần trăm"),
        (wording.change_of_rate(Decimal(0)), "không đổi"),
        (wording.within("Xã Hòa Bắc"), "xã Hòa Bắc"),
        (wording.within("VNeID mức 2"), "VNeID mức 2"),
        (wording.named(["Xã A", "Xã B", "Xã C"], most=2), "xã A, xã B và 1 đơn vị khác"),
        (wording.named(["Xã A", "Xã B"]), "xã A và xã B"),
    ],
)
def test_changes_and_names_read_as_a_clerk_writes_them(said, wanted):
    assert said.replace("\u00a0", " ") == wanted
