"""The cycle as each role sees it, through the client."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reports import periods
from reports.drain import drain
from reports.models import MonthlyReport, Remark, VillageConfirmation
from residents.models import Observation

from .conftest import AFTER

MONTH = "2025-03"


@pytest.fixture
def page(place):
    return f"{reverse('reports:monthly')}?area={place.hoa_bac.pk}&period={MONTH}"


def act(client, area, action, **data):
    return client.post(reverse("reports:report_act", args=[area.pk, MONTH, action]), data, follow=True)


def text(answer) -> str:
    return answer.content.decode()


def test_the_clerk_presents_the_leader_approves_and_the_district_receives(
    march, place, page, minh, sang, dung, sign_in
):
    clerk, leader, above = sign_in(minh), sign_in(sang), sign_in(dung)
    assert "Trình lãnh đạo" in text(clerk.get(page))
    assert "Trình lãnh đạo: xong" in text(act(clerk, place.hoa_bac, "present"))
    assert "Duyệt và chốt số liệu" in text(leader.get(page))
    step = MonthlyReport.objects.get().step
    assert "số liệu đã chốt" in text(act(leader, place.hoa_bac, "approve", step=step))
    assert "vừa làm việc" in text(act(leader, place.hoa_bac, "return", step=step, words="Sai"))
    act(clerk, place.hoa_bac, "send")
    assert "Tiếp nhận" in text(above.get(page))
    assert "Cấp trên đã tiếp nhận" in text(act(above, place.hoa_bac, "receive"))
    book = clerk.get(f"{page}&export=xlsx")
    assert book.content == bytes(MonthlyReport.objects.get().frozen.workbook)


def test_who_has_no_part_is_refused(march, place, minh, hoa, lan, sign_in):
    assert act(sign_in(hoa), place.hoa_bac, "present").status_code == 404
    assert act(sign_in(lan), place.hoa_bac, "present").status_code == 403
    assert act(sign_in(minh), place.hoa_bac, "fly").status_code == 404
    assert not MonthlyReport.objects.exists()


def test_a_return_needs_words_and_shows_them(march, place, page, minh, sang, sign_in):
    act(sign_in(minh), place.hoa_bac, "present")
    assert "cần ghi rõ" in text(act(sign_in(sang), place.hoa_bac, "return", words=" "))
    act(sign_in(sang), place.hoa_bac, "return", words="Thiếu thôn Giàn Bí")
    assert "Thiếu thôn Giàn Bí" in text(sign_in(minh).get(page))


def test_remarks_start_from_the_words_of_the_villages_and_close_with_the_report(march, place, page, minh, sign_in):
    march_ = periods.parse(MONTH)
    Remark.objects.create(
        area=place.ta_lang, period=march_, kind="model", text="Trực tối thứ Ba", written_at=dt.datetime.now(dt.UTC)
    )
    clerk = sign_in(minh)
    assert "Thôn Tà Lang: Trực tối thứ Ba" in text(clerk.get(page))
    act(clerk, place.hoa_bac, "present")
    url = reverse("reports:remarks_edit", args=[place.hoa_bac.pk, MONTH])
    assert "rút về hoặc mở lại" in text(clerk.post(url, {"result": "Mới"}, follow=True))
    assert Remark.objects.count() == 1


def test_only_the_signed_file_says_signed(march, place, page, minh, sang, sign_in):
    clerk = sign_in(minh)
    act(clerk, place.hoa_bac, "present")
    act(sign_in(sang), place.hoa_bac, "approve")
    url = reverse("reports:report_attach", args=[place.hoa_bac.pk, MONTH])
    clerk.post(url, {"number": "12/BC-UBND", "date": "18/03/2025"})
    assert "Đã ký" not in text(clerk.get(page))
    wrong = clerk.post(url, {"file": SimpleUploadedFile("x.pdf", b"MZ")}, follow=True)
    assert "phải là tệp PDF" in text(wrong)
    clerk.post(url, {"number": "12/BC-UBND", "file": SimpleUploadedFile("ban-ky.pdf", b"%PDF-1.4 x")})
    assert "Đã ký: <a" in text(clerk.get(page))
    version = reverse("reports:report_version", args=[place.hoa_bac.pk, MONTH, 1])
    assert clerk.get(f"{version}?file=signed").content == b"%PDF-1.4 x"


def test_a_village_confirms_with_one_tap_and_the_ward_for_it_with_its_source(march, place, lan, minh, sign_in):
    tap = reverse("reports:village_confirm", args=[place.ta_lang.pk, MONTH])
    sign_in(lan).post(tap)
    assert VillageConfirmation.objects.get().by == lan
    other = reverse("reports:village_confirm", args=[place.gian_bi.pk, MONTH])
    clerk = sign_in(minh)
    assert "lấy từ đâu" in text(clerk.post(other, follow=True))
    clerk.post(other, {"source": "Trưởng thôn gọi điện"})
    shown = text(clerk.get(f"{reverse('reports:cockpit')}?area={place.hoa_bac.pk}&period={MONTH}"))
    assert "Nộp thay, nguồn: Trưởng thôn gọi điện" in shown
    assert "đã nộp 2/2" in shown
    clerk.post(tap, {"withdraw": 1})
    assert VillageConfirmation.objects.filter(withdrawn_at=None).count() == 1


def test_a_closed_period_says_which_rule_closed_it_and_who_can_open_it(approved, place, lan, sign_in):
    answer = sign_in(lan).post(reverse("reports:village_confirm", args=[place.ta_lang.pk, MONTH]), follow=True)
    told = text(answer)
    assert "đã chốt ngày 17/03/2025" in told
    assert "lãnh đạo của cơ quan mở lại được" in told


def test_the_missing_list_for_zalo_names_places_and_no_person(march, place, minh, lan, sign_in):
    sign_in(lan).post(reverse("reports:village_confirm", args=[place.ta_lang.pk, MONTH]))
    shown = text(sign_in(minh).get(f"{reverse('reports:cockpit')}?area={place.hoa_bac.pk}&period={MONTH}"))
    assert "Chưa nộp: Thôn Giàn Bí." in shown
    assert "đã nộp 1/2" in shown
    assert "Nguyễn Thị Lan" not in shown


def test_the_cockpit_costs_as_many_queries_for_many_villages(
    march, place, minh, sign_in, django_assert_max_num_queries
):
    url = f"{reverse('reports:cockpit')}?area={place.hoa_bac.pk}&period={MONTH}"
    client = sign_in(minh)
    client.get(url)
    with django_assert_max_num_queries(12):
        client.get(url)


def test_the_page_of_an_approved_report_costs_few_queries(
    approved, place, minh, sang, sign_in, django_assert_max_num_queries
):
    url = f"{reverse('reports:monthly')}?area={place.hoa_bac.pk}&period={MONTH}"
    for user in (minh, sang):
        client = sign_in(user)
        client.get(url)
        with django_assert_max_num_queries(12):
            assert "số liệu đã chốt" in text(client.get(url))


def test_whoever_sees_no_households_sees_how_many_came_late_and_none_of_them(
    approved, march, place, minh, dung, sign_in
):
    march.tell(march.people[2], "yes", march.period.end_on)

    Observation.objects.filter(subject=march.people[2].pk).update(received_at=approved.presented_at + dt.timedelta(1))
    url = reverse("reports:report_late", args=[place.hoa_bac.pk, MONTH])
    assert "Nguyễn Văn Sáu" in text(sign_in(minh).get(url))
    above = text(sign_in(dung).get(url))
    assert "1 ghi nhận" in above
    assert "Nguyễn Văn Sáu" not in above


def test_a_leader_reads_the_remarks_and_does_not_write_them(march, page, minh, sang, sign_in):
    assert "Lưu nhận xét" in text(sign_in(minh).get(page))
    assert "Lưu nhận xét" not in text(sign_in(sang).get(page))


def test_the_page_why_shows_what_was_approved_beside_the_register(approved, march, place, minh, sign_in):
    asked = {"area": place.hoa_bac.pk, "period": "2025-03", "measure": "cov:vneid2"}
    page = sign_in(minh).get(reverse("reports:why"), asked).content.decode()
    assert "Tháng 3/2025, bản 1" in page
    assert "Không khác" in page
    march.tell(march.people[2], "yes", dt.date(2025, 3, 10), received=AFTER + dt.timedelta(days=1))
    drain(today=AFTER.date() + dt.timedelta(days=1))
    page = sign_in(minh).get(reverse("reports:why"), asked).content.decode()
    assert "Không khác" not in page
    assert "1 người đã có, ghi nhận đến sau khi chốt" in page
    assert 'data-label="Khi duyệt">1/3' in page
    assert 'data-label="Theo sổ nay">2/3' in page


def test_the_cockpit_leads_to_the_lock_and_gives_the_files(march, place, do, minh, sang, sign_in):
    url = f"{reverse('reports:cockpit')}?area={place.hoa_bac.pk}&period={MONTH}"
    before = text(sign_in(minh).get(url))
    assert "Xem lại, trình và chốt" in before
    assert "dự thảo" in before
    do(minh, "start")
    do(minh, "present")
    do(sang, "approve")
    after = text(sign_in(minh).get(url))
    assert "số liệu đã chốt" in after
    assert "dự thảo" not in after
    assert reverse("reports:report_workbook", args=[place.hoa_bac.pk, MONTH]) in after
