"""Taps that are saved without leaving the page, and a paper sheet entered from the keyboard, in a real browser."""

import time

import pytest
from django.urls import reverse

from residents.models import Observation, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def as_lan(lan, page, live_server, sign_in):
    cookie = sign_in(lan).cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
    return page


def holding(subject, code):
    row = Observation.objects.current().filter(subject=subject.pk, indicator__code=code).first()
    return (row.answer, row.reason) if row else None


def wait_for(condition):
    for _ in range(100):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen within ten seconds")


def test_taps_are_saved_without_leaving_the_page(home, person, as_lan):
    page, elder = as_lan, person("Ông Sáu")
    page.goto(reverse("residents:household_detail", args=[home.pk]))
    page.evaluate("window.notReloaded = true")
    pad = page.get_by_role("group", name="VNeID mức 2, Ông Sáu")
    pad.get_by_role("button", name="Chưa có").click()
    page.locator(f"#o-vneid2-{elder.pk}").get_by_role("button", name="không có điện thoại").click()
    wait_for(lambda: holding(elder, "vneid2") == ("no", "no_phone"))
    page.get_by_text("Đã lưu lúc").wait_for()

    page.locator("#all-button-vneid2").click()
    wait_for(lambda: holding(elder, "vneid2") == ("yes", ""))
    assert pad.get_by_role("button", name="Đã có").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Hoàn tác").click()
    wait_for(lambda: holding(elder, "vneid2") == ("no", "no_phone"))
    assert page.evaluate("window.notReloaded") is True


def test_targets_are_as_large_as_a_thumb(home, as_lan):
    as_lan.goto(reverse("residents:household_detail", args=[home.pk]))
    heights = as_lan.locator(".answer-pad button").evaluate_all("all => all.map((each) => each.offsetHeight)")
    assert min(heights) >= 44


def test_a_visit_takes_five_taps(home, person, as_lan):
    page = as_lan
    page.goto(reverse("residents:household_detail", args=[home.pk]))
    page.get_by_role("link", name="Ghi lượt hỗ trợ").click()
    page.locator("#hoi-vneid2 + .asked__who label", has_text="Đã có").click()
    page.get_by_text("Dịch vụ công trực tuyến").click()
    page.get_by_role("button", name="Lưu lượt").click()
    page.get_by_text("Đã lưu lượt đến hộ và 1 ghi nhận.").wait_for()
    assert Visit.objects.get().topics.count() == 1


def test_200_answers_by_keyboard(place, catalogue, new_household, as_lan):
    page = as_lan
    for number in range(10):
        new_household(place.ta_lang, f"Hộ {number}", people=[(f"Người {each}", 1980) for each in range(5)])
    page.set_viewport_size({"width": 1280, "height": 900})
    query = {"i": ["vneid2", "epay", "dvc", "smartphone"]}
    page.goto(reverse("residents:grid", args=[place.ta_lang.pk], query=query))
    began = time.monotonic()
    for number in range(200):
        page.keyboard.press("x" if number % 4 else "0")
    page.get_by_text("Đã lưu 200 ô").wait_for(timeout=60_000)
    assert time.monotonic() - began < 300
    assert Observation.objects.filter(source="grid").count() == 200
    assert Observation.objects.filter(answer="no").count() == 50


def test_moving_and_mending_in_the_grid(home, person, as_lan):
    page, elder, wife = as_lan, person("Ông Sáu"), person("Bà Tư")
    page.goto(reverse("residents:grid", args=[home.village.pk], query={"i": ["vneid2", "broadband"]}))
    page.keyboard.press("1")  # broadband of the household, then on to the first person
    page.keyboard.press("k")
    page.keyboard.press("-")
    page.get_by_text("Đã lưu 3 ô").wait_for()
    answers = {holding(elder, "vneid2")[0], holding(wife, "vneid2")[0]}
    assert (holding(home, "broadband"), answers) == (("yes", ""), {"no", "na"})
    page.keyboard.press("Delete")  # the last box keeps the focus at the end of the sheet
    page.keyboard.press("ArrowUp")
    page.keyboard.press("x")
    page.get_by_text("Đã lưu 5 ô").wait_for()
    assert Observation.objects.current().filter(indicator__code="vneid2").count() == 1
    assert page.locator("td[data-state=saved]").count() == 3


def test_what_could_not_be_sent_is_said_and_sent_again(home, as_lan):
    page = as_lan
    page.goto(reverse("residents:grid", args=[home.village.pk], query={"i": ["broadband"]}))
    page.route("**/nhap/**", lambda route: route.fulfill(status=200, body="<html>", content_type="text/html"))
    page.keyboard.press("x")
    page.get_by_text("Chưa lưu được 1 ô").wait_for()
    page.unroute("**/nhap/**")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_text("Đã lưu 1 ô").wait_for()
    assert holding(home, "broadband") == ("yes", "")
