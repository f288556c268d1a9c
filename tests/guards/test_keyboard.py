"""The main pages without a mouse: Tab reaches everything in order and shows where it is; menus and questions obey."""

from __future__ import annotations

import os

import pytest
from django.urls import reverse

from accounts.models import User

from .chromium import DESK, PHONE, Reader

LONG = [pytest.mark.long] if os.environ["TEST_DATABASE"] == "postgresql" else []
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), *LONG]

# Everything that can be acted upon, in the order of the page; of radios that belong together one.
TARGETS = """() => {
    const isOne = (one) => one.type !== "radio" || one.checked || !(
        document.querySelector(`input[name="${one.name}"]:checked`) ||
        document.querySelector(`input[name="${one.name}"]`) !== one);
    window.targets = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
        .filter((one) => one.checkVisibility() && !one.disabled && one.type !== "hidden" && isOne(one));
    window.met = [];
    document.addEventListener("focusin", (event) => {
        if (targets.includes(event.target)) met.push(targets.indexOf(event.target));
    });
    return targets.length;
}"""
# What has the focus is outlined (itself, or the label drawn in its place) and nothing lies over it.
UNSEEN = """() => targets.filter((one) => {
    one.focus();
    const outlined = [one, ...(one.labels ?? [])].some((each) => {
        const style = getComputedStyle(each);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    });
    const { x, y, width, height } = one.getClientRects()[0];
    const top = document.elementFromPoint(x + width / 2, y + height / 2);
    const clear = top && (one.contains(top) || top.contains(one) || [...(one.labels ?? [])].includes(top));
    return !(outlined && clear);
}).map((one) => one.outerHTML.slice(0, 160))"""
FOCUSED = "document.activeElement.outerHTML.slice(0, 160)"


def pages_of(world) -> list[tuple[str, str]]:
    """The home of each role, and the pages where most of the work is done."""
    ward = {"area": world.areas["hb"].pk}
    of_ward = [f"{reverse(f'reports:{name}')}?area={ward['area']}" for name in ("coverage", "cockpit", "why")]
    return [
        *[(who, "/") for who in ("lan", "minh", "leader", "viewer", "dung", "mai", "an")],
        ("lan", reverse("residents:household_detail", args=[world.key("residents.Household", "tl")])),
        ("lan", reverse("residents:grid", args=[world.areas["tl"].pk])),
        *[("minh", path) for path in of_ward],
        ("minh", f"{reverse('reports:monthly')}?area={ward['area']}&period=2026-10"),
        ("minh", reverse("intake:upload_columns", args=[world.key("intake.Upload", "tl")])),
    ]


@pytest.fixture
def read_by(world, browser, live_server):
    """`read_by("minh")` → her at a browser."""
    readers: dict[str, Reader] = {}

    def reader(who: str) -> Reader:
        if who not in readers:
            readers[who] = Reader(browser, live_server.url, getattr(world.cast, who))
        return readers[who]

    yield reader
    for each in readers.values():
        each.context.close()


@pytest.mark.parametrize("width", [PHONE, DESK], ids=["phone", "desk"])
def test_tab_reaches_everything_in_order_and_shows_where_it_is(world, read_by, width):
    faults = []
    for who, path in pages_of(world):
        page = read_by(who).page
        page.set_viewport_size(width)
        page.goto(path)
        count = page.evaluate(TARGETS)
        for _ in range(count * 2):
            page.keyboard.press("Tab")
            if page.evaluate("met.length") >= count:
                break
        met = page.evaluate("met")
        begun = met[0]  # a page of boxes to be filled starts in one of them
        if met != [*range(begun, count), *range(begun)]:
            faults.append(f"{who}, {path}: {met} of {count}, then {page.evaluate(FOCUSED)}")
        faults += [f"{who}, {path}: not seen: {one}" for one in page.evaluate(UNSEEN)]
    assert faults == [], "\n".join(["", *faults])


def test_the_first_tab_leads_past_the_menu(read_by):
    page = read_by("minh").page
    page.goto("/")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Đến nội dung chính")
    assert link.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "noi-dung"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_menus_open_and_close_by_keyboard(read_by):
    page = read_by("minh").page
    page.set_viewport_size(DESK)
    page.goto("/")
    for name in ("Báo cáo", "Quản lý"):
        head = page.locator("summary", has_text=name)
        head.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "drop__item"
        page.keyboard.press("Escape")
        assert head.evaluate("one => one === document.activeElement && !one.parentElement.open")
    page.set_viewport_size(PHONE)
    button = page.get_by_role("button", name="Menu")
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#thuc-don') !== null")
    page.keyboard.press("Escape")
    assert not page.locator("#thuc-don").is_visible()
    assert button.evaluate("one => one === document.activeElement")


def test_a_question_is_answered_by_keyboard(world, read_by):
    page, other = read_by("minh").page, world.key("accounts.User", "tl")
    page.goto(reverse("accounts:user_detail", args=[other]))
    button = page.get_by_role("button", name="Ngừng tài khoản")
    button.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    assert page.evaluate("document.activeElement.textContent") == "Không"
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")
    assert button.evaluate("one => one === document.activeElement")
    assert User.objects.get(pk=other).is_active
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert not User.objects.get(pk=other).is_active
