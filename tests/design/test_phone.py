"""The frame on a phone of 360 px, in a real browser."""

import pytest

from tests.cast import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def signed_in(page, lan):
    page.goto("/tai-khoan/dang-nhap/")
    page.get_by_label("Tên đăng nhập").fill("lan")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/")
    return page


def test_the_menu_opens_by_its_button_closes_by_escape_and_leads_on(signed_in):
    link = signed_in.get_by_role("navigation", name="Menu chính").get_by_role("link", name="Tổ CNSCĐ")
    assert not link.is_visible()
    signed_in.get_by_role("button", name="Menu").click()
    link.wait_for()
    signed_in.keyboard.press("Escape")
    link.wait_for(state="hidden")
    signed_in.get_by_role("button", name="Menu").click()
    link.click()
    signed_in.wait_for_url("**/to/")


def test_the_menu_of_the_user_says_who_she_is_and_signs_out(signed_in):
    signed_in.get_by_text("Tổ trưởng · Thôn Tà Lang").last.wait_for(state="hidden")
    signed_in.locator(".user-menu > summary").click()
    signed_in.get_by_text("Tổ trưởng · Thôn Tà Lang").last.wait_for()
    signed_in.get_by_role("button", name="Đăng xuất").click()
    signed_in.get_by_label("Mật khẩu").wait_for()


@pytest.mark.parametrize("address", ["/", "/tai-khoan/doi-mat-khau/", "/to/"])
def test_nothing_scrolls_sideways_and_a_finger_hits_what_it_means(signed_in, address):
    signed_in.goto(address)
    assert signed_in.evaluate("document.documentElement.scrollWidth") == 360
    small = signed_in.eval_on_selector_all(
        "button, .button, input:not([type=hidden], [type=checkbox], [type=radio]), select, summary",
        "all => all.filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 44)"
        ".map(one => one.outerHTML)",
    )
    assert small == []
