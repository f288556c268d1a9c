"""A page in a real Chromium, as it is met on a phone, at a desk, and by somebody who hears it read aloud."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Error

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Reports of the content-security policy are kept by the page itself, from its first byte on.
LISTEN = """
window.policyReports = [];
addEventListener("securitypolicyviolation", (event) =>
    policyReports.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""
# What stands folded is looked at too; menus, which open over the page, are tried in test_keyboard.py.
UNFOLD = 'for (const one of document.querySelectorAll("details:not([data-menu])")) one.open = true;'
# The outermost things that reach beyond the right edge, where the page scrolls sideways.
BEYOND = """() => {
    const edge = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= edge) return [];
    const all = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > edge);
    return all.filter((one) => !all.includes(one.parentElement)).map((one) => one.outerHTML.slice(0, 120)).slice(0, 3);
}"""


class Reader:
    """One member of the cast at a browser of her own; nobody is not signed in."""

    def __init__(self, browser, url: str, user=None):
        self.context = browser.new_context(
            base_url=url, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", viewport=PHONE, reduced_motion="reduce"
        )
        self.context.add_init_script(LISTEN)
        if user is not None:
            client = Client()
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            self.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def faults_of(self, path: str, *, without: tuple[str, ...] = ()) -> list[str]:
        """Opens the page and says what is wrong with it; `without` names rules of axe that are not asked."""
        self.errors.clear()
        try:
            answer = self.page.goto(path)
        except Error as error:  # a file to be kept instead of a page
            return [error.message.splitlines()[0]]
        if answer.status != 200:
            return [f"answers {answer.status}"]
        self.page.evaluate(UNFOLD)
        found = self.violations(without)
        for width in (DESK, PHONE):
            self.page.set_viewport_size(width)
            found += [f"scrolls sideways at {width['width']} px: {one}" for one in self.page.evaluate(BEYOND)]
        found += [f"the policy refused {report}" for report in self.page.evaluate("policyReports")]
        return found + [f"the console says: {text}" for text in self.errors]

    def violations(self, without: tuple[str, ...]) -> list[str]:
        options = {
            "runOnly": {"type": "tag", "values": WCAG},
            "rules": {rule: {"enabled": False} for rule in without},
            "resultTypes": ["violations"],
            "preload": False,  # axe would put style sheets into the page, which the policy refuses
        }
        found = Axe().run(self.page, options=options).response["violations"]
        return [f"{one['id']} ({len(one['nodes'])}): {one['nodes'][0]['html'][:160]}" for one in found]
