"""What every test may use. Who takes part is in `tests/cast.py`; the settings are in `tests/settings.py`."""

from __future__ import annotations

import os
import shutil
import threading
import time

import pytest
from django.core.cache import cache
from django.core.signals import request_finished, request_started

from tests.cluster import server_folder

pytest_plugins = ["tests.cast"]


def missing(what: str, variable: str) -> None:
    """Skip with the reason, or fail where the part is demanded (`.ci/run` demands all of them)."""
    if os.environ.get(variable) == "1":
        pytest.fail(f"{what} is missing and {variable}=1", pytrace=False)
    pytest.skip(f"{what} is not installed ({variable}=1 would fail)")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """With REQUIRE_INSTALLED=1 a test that is skipped because something "is not installed" has failed."""
    report = yield
    reason = report.longrepr[2] if report.skipped and isinstance(report.longrepr, tuple) else ""
    if os.environ.get("REQUIRE_INSTALLED") == "1" and "not installed" in reason:
        report.outcome = "failed"
        report.longrepr = f"{reason} (REQUIRE_INSTALLED=1)"
    return report


def chromium_path() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Debian's Chromium."""
    return chromium_path() or missing("Chromium", "REQUIRE_CHROMIUM")


@pytest.fixture(scope="session")
def postgresql_server() -> str:
    """The folder of PostgreSQL's programs, for tests that start a server themselves."""
    return str(server_folder() or missing("PostgreSQL's server", "REQUIRE_POSTGRES"))


@pytest.fixture(scope="session")
def browser(chromium):
    """One Chromium for the session; open a new context for each test (`page`)."""
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread; Django would refuse the database because of it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield opened
        opened.close()


@pytest.fixture(scope="session", autouse=True)
def _drop_by_force():
    """A thread of a live server may still hold a connection when PostgreSQL's test database goes."""
    if os.environ["TEST_DATABASE"] != "postgresql":
        return
    from django.db.backends.postgresql.creation import DatabaseCreation

    def destroy(creation, name, verbosity):
        with creation._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {creation.connection.ops.quote_name(name)} WITH (FORCE)")

    DatabaseCreation._destroy_test_db = destroy


@pytest.fixture(autouse=True)
def _nothing_kept():
    """What one test kept in the cache is not there for the next."""
    cache.clear()


class Underway:
    """How many requests the live server is answering just now."""

    def __init__(self):
        self.count, self.changed = 0, threading.Condition()
        request_started.connect(self._started)
        request_finished.connect(self._finished)

    def _started(self, **_):
        self._add(1)

    def _finished(self, **_):
        self._add(-1)

    def _add(self, step: int) -> None:
        with self.changed:
            self.count += step
            self.changed.notify_all()

    def wait_for_none(self, seconds: float) -> None:
        with self.changed:
            self.changed.wait_for(lambda: self.count <= 0, timeout=seconds)
            self.count = 0


@pytest.fixture
def live_server(live_server):
    """The browser is closed, its last requests end, then the tables are emptied: else both lock each other out."""
    underway = Underway()
    yield live_server
    time.sleep(0.05)  # what the browser had already sent begins
    underway.wait_for_none(seconds=10)


@pytest.fixture
def page(browser, live_server):
    """A page at a phone's width; whatever the console calls an error fails the test."""
    context = browser.new_context(
        base_url=live_server.url, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", viewport={"width": 360, "height": 740}
    )
    opened = context.new_page()
    errors: list[str] = []
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert not errors, errors
