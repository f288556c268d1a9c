"""A phone in a real Chromium: its own storage, its own network, and a server that can be cut off."""

from __future__ import annotations

import time

import pytest

from field.models import Receipt
from residents.models import Observation


def wait_for(condition, seconds: float = 15):
    """Returns what `condition` gives as soon as it is something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError(f"it did not happen within {seconds} seconds")


class Handset:
    """One phone: pages come and go, its storage stays."""

    def __init__(self, context, url, sign_in):
        self.context, self.url, self.sign_in = context, url, sign_in
        self.errors: list[str] = []
        self.page = None

    def carried_by(self, user):
        """Somebody signs in on it, as on the sign-in page."""
        cookies = self.sign_in(user).cookies
        self.context.add_cookies([{"name": "sessionid", "value": cookies["sessionid"].value, "url": self.url}])
        return self

    def signed_out(self):
        self.context.clear_cookies()

    def open(self, path=""):
        """A new page, as after a tap on the icon."""
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(f"{self.url}/field/{path}")
        return self.page

    def ready(self):
        """Opened with a network: the book and the shell are on the phone."""
        page = self.open()
        page.locator(".home").first.wait_for()
        page.evaluate("navigator.serviceWorker.ready")
        wait_for(lambda: page.evaluate("Boolean(navigator.serviceWorker.controller)"))
        return page

    def close(self):
        self.page.close()

    def offline(self, is_off=True):
        self.context.set_offline(is_off)

    def send(self):
        """The button on the page of the queue."""
        self.page.goto(f"{self.url}/field/#/cho")
        self.page.get_by_role("button", name="Gửi ngay").click()

    def answer_everybody(self, home):
        """Opens the card of `home` and answers "Đã có" wherever it is not yet; returns the number of taps."""
        page = self.page
        page.goto(f"{self.url}/field/#/ho/{home.pk}")
        page.get_by_role("heading", name=home.head_name).wait_for()
        if (fold := page.locator(".fold")).count():
            fold.click()
        taps = 0
        while (pads := page.locator(".pad--yes[aria-pressed=false]")).count():
            before = pads.count()
            pads.first.click()
            wait_for(lambda before=before: pads.count() < before)
            taps += 1
        return taps

    def queue(self) -> list[dict]:
        """Every item kept in every store of this phone, with its state."""
        return self.page.evaluate(
            """async () => {
                const done = (request) => new Promise((ok) => { request.onsuccess = () => ok(request.result); });
                const found = [];
                for (const { name } of await indexedDB.databases()) {
                    if (!/^cnscd-phone-\\d/.test(name)) continue;
                    const db = await done(indexedDB.open(name));
                    found.push(...await done(db.transaction("items").objectStore("items").getAll()));
                    db.close();
                }
                return found;
            }"""
        )


@pytest.fixture
def new_handset(browser, live_server, sign_in):
    made = []

    def make(timezone_id="Asia/Ho_Chi_Minh", **options) -> Handset:
        context = browser.new_context(
            base_url=live_server.url,
            locale="vi-VN",
            timezone_id=timezone_id,
            viewport={"width": 360, "height": 740},
            **options,
        )
        made.append(Handset(context, live_server.url, sign_in))
        return made[-1]

    yield make
    for handset in made:
        handset.context.close()
    assert [error for handset in made for error in handset.errors] == []


@pytest.fixture
def homes(place, asked, new_household):
    """Three households of two people: with the line of the household nine answers to give."""
    names = ["Nguyễn Văn Sáu", "Trần Thị Hoà", "Đặng Thị Đẹp"]
    return [
        new_household(place.ta_lang, name, code=f"00{number}", people=[(name, 1960), ("con gái", 1990)])
        for number, name in enumerate(names, 1)
    ]


@pytest.fixture
def handset(new_handset, lan, homes):
    """Lan's phone with the book of her village on it."""
    made = new_handset().carried_by(lan)
    made.ready()
    return made


def all_there_once(taps: int) -> bool:
    """Every answer stands in the record exactly once, each with its receipt."""
    seen = Observation.objects.filter(retracts=None)
    receipts = Receipt.objects.filter(code="applied")
    return seen.count() == taps and receipts.filter(pk__in=seen.values("pk")).count() == taps


def done(handset) -> list[dict] | None:
    """The items, once none of them waits to be sent."""
    items = handset.queue()
    return items if all(item["state"] != "saved" for item in items) else None
