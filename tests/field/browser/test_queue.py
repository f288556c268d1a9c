"""The queue: what was refused, what was thrown away, what the server has, and what a village's office says."""

import datetime as dt

import pytest
from django.utils import timezone

from field.focus import choose
from field.models import Device, Receipt
from residents.models import Observation
from tests.cast import SINCE

from .conftest import done, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def refuse(handset, home, label):
    """An item that the server will not take: somebody leaves before she came."""
    page = handset.page
    page.goto(f"/field/#/ho/{home.pk}/nguoi/{home.residents.get(label=label).pk}/roi")
    page.get_by_role("button", name="Đã mất").click()
    page.get_by_role("button", name="Ngày khác").click()
    page.locator("input[type=date]").fill((SINCE - dt.timedelta(days=1)).isoformat())
    page.get_by_role("button", name="Lưu: không còn ở hộ").click()
    wait_for(lambda: Receipt.objects.filter(code="invalid").exists())


def test_what_was_refused_is_mended_or_thrown_away_knowingly(handset, homes):
    page, home = handset.page, homes[0]
    refuse(handset, home, "con gái")
    page.locator(".strip", has_text="1 mục cần xử lý.").get_by_role("link", name="Xem").click()
    page.get_by_text("Phải sau ngày bắt đầu ở hộ này").wait_for()
    page.get_by_role("link", name="Sửa và gửi lại").click()
    page.get_by_text("Phải sau ngày bắt đầu ở hộ này").wait_for()  # at the field
    page.get_by_role("button", name="Hôm nay").click()
    page.get_by_role("button", name="Lưu: không còn ở hộ").click()
    wait_for(lambda: home.residents.get(label="con gái").until == timezone.localdate())
    page.get_by_text("Xong hết. Máy chủ đã nhận đủ").wait_for()

    Receipt.objects.all().delete()
    refuse(handset, home, home.head_name)
    page.goto("/field/#/cho")
    page.get_by_text("1 mục cần xử lý.", exact=False).first.wait_for()
    assert page.get_by_text("Xong hết").count() == 0
    page.get_by_role("button", name="Bỏ mục này").click()
    page.get_by_text("Bỏ hẳn? Nội dung này sẽ không vào sổ.").wait_for()
    page.get_by_role("button", name="Bỏ hẳn").click()
    page.get_by_text("Xong hết. Máy chủ đã nhận đủ").wait_for()
    assert {item["state"] for item in handset.queue()} == {"received", "dismissed"}
    assert not Device.objects.exclude(lost=0).exists()


def test_what_the_server_has_leaves_the_queue_by_its_receipt_when_the_app_is_opened(handset, homes):
    """The answers to push were lost and push does not get through: the receipts say that everything is there."""

    def lose(route):
        route.fetch()
        route.abort()

    handset.offline()
    handset.answer_everybody(homes[0])
    handset.context.route("**/push", lose)
    with handset.page.expect_event("requestfailed", lambda request: request.url.endswith("/push")):
        handset.offline(False)
    assert Receipt.objects.count() == 4
    assert {item["state"] for item in handset.queue()} == {"saved"}
    handset.close()
    handset.context.unroute("**/push")
    handset.context.route("**/push", lambda route: route.abort())
    handset.open("#/cho").get_by_text("Máy chủ đã nhận đủ 4/4 mục").wait_for()
    assert {item["state"] for item in done(handset)} == {"received"}


def test_what_the_office_chose_stands_on_top_of_the_card(handset, homes, asked, minh, place):
    choose(by=minh, area=place.hoa_bac, since=SINCE, indicators=[asked["broadband"]], at=timezone.now())
    page = handset.page
    page.reload()
    page.locator(".home", has_text=homes[0].head_name).get_by_text("Chưa hỏi: broadband, vneid2").wait_for()
    page.goto(f"/field/#/ho/{homes[0].pk}")
    page.get_by_role("heading", name="Trọng tâm kỳ này, còn thiếu").wait_for()
    assert page.locator(".indicator h3").all_inner_texts() == ["broadband"]
    page.get_by_role("button", name="Các tiêu chí khác (1)").click()
    assert page.locator(".indicator h3").all_inner_texts() == ["broadband", "vneid2"]


def test_practice_says_so_on_its_screens_and_counts_nowhere(handset, homes):
    page = handset.page
    said = "Thôn tập thử – không tính vào số liệu"
    page.goto("/field/#/may")
    page.get_by_role("button", name="Mở thôn tập thử").click()
    page.get_by_role("button", name="Đóng thôn tập thử").wait_for()
    page.goto("/field/#/")
    assert page.get_by_text(said).count() == 0  # her own village is the one that is shown first
    page.get_by_label("Thôn, tổ dân phố").select_option(label="Thôn tập thử (tập thử)")
    page.get_by_text(said).wait_for()
    page.locator(".home").first.click()
    page.get_by_text(said).wait_for()
    page.locator(".pad--yes[aria-pressed=false]").first.click()
    wait_for(lambda: Receipt.objects.filter(code="applied").count() == 2)
    assert not Observation.objects.exists()
    page.goto("/field/#/may")
    page.get_by_role("button", name="Đóng thôn tập thử").click()
    page.get_by_role("button", name="Mở thôn tập thử").wait_for()
