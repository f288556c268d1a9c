"""A clerk with a real browser: from the file to mended data, at a phone's width."""

from __future__ import annotations

import pytest
from django.urls import reverse

from residents.models import Household

from .conftest import workbook

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_upload_to_mended_data(catalogue, minh, page, live_server, sign_in, place, new_household):
    new_household(place.ta_lang, "Lê Thị Tám")
    cookie = sign_in(minh).cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
    head = ("STT", "Họ tên chủ hộ", "Thôn", "Năm sinh", "Ai đó")
    rows = [(1, "Nguyễn Văn Sáu", "Ta Lang", 1830, "x"), (2, "Le Thi Tam", "Tà Lang", 1955, "x")]

    def send(*people):
        page.goto(reverse("intake:upload_list"))
        page.get_by_role("link", name="Hộ và nhân khẩu").click()
        file = {"name": "danh sách.xlsx", "mimeType": "application/octet-stream", "buffer": workbook(head, *people)}
        page.get_by_label("Tệp danh sách").set_input_files(file)
        page.get_by_role("button", name="Tải lên và xem").click()

    def width_fits():
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    send(*rows)
    page.get_by_label("Cột E Ai đó nghĩa là").select_option(label="VNeID mức 2 (người)")
    width_fits()
    page.get_by_role("button", name="Đối chiếu với sổ").click()
    page.get_by_text("“1830” không hợp lệ").wait_for()
    width_fits()
    assert page.get_by_role("button", name="Chỉ lưu").count() == 0
    send((1, "Nguyễn Văn Sáu", "Ta Lang", 1930, "x"), rows[1])
    assert page.get_by_label("Cột E Ai đó nghĩa là").input_value() == "seen:vneid2"
    page.get_by_role("button", name="Đối chiếu với sổ").click()
    page.get_by_label("“Ta Lang”").select_option(label="Thôn Tà Lang (gần giống)")
    page.get_by_role("button", name="Đối chiếu lại").click()
    page.get_by_text("Là hộ Lê Thị Tám").click()
    page.get_by_role("button", name="Ghi nhận lựa chọn").click()
    page.get_by_role("button", name="Lưu 2 dòng").click()
    page.get_by_text("Hoàn tác cả lần nhập").wait_for()
    assert sorted(Household.objects.values_list("head_name", flat=True)) == ["Lê Thị Tám", "Nguyễn Văn Sáu"]
    page.get_by_role("button", name="Hoàn tác cả lần nhập").click()
    page.get_by_role("dialog").get_by_role("button", name="Hoàn tác").click()
    page.get_by_text("Đã hoàn tác lúc").wait_for()
    assert Household.objects.get().head_name == "Lê Thị Tám"
