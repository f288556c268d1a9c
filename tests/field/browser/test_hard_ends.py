"""Ends that nobody announces: the browser killed as a process, a new shell in the middle of a push."""

import os
import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest

from residents.models import Observation

from .conftest import Handset, all_there_once, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Killable:
    """A Chromium of its own, with its profile on the disk, that can be killed like a phone whose battery is out."""

    def __init__(self, playwright_browser, path: str, profile: Path):
        self.connect = playwright_browser.browser_type.connect_over_cdp
        self.command = [
            path, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--disable-background-networking", "--no-first-run", f"--user-data-dir={profile}", "about:blank",
        ]  # fmt: skip

    def start(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [*self.command[:-1], f"--remote-debugging-port={port}", self.command[-1]]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, stdout=quiet, stderr=quiet, start_new_session=True)
        wait_for(lambda: answers(port), 30)
        self.browser = self.connect(f"http://127.0.0.1:{port}")
        return self.browser.contexts[0]

    def kill(self):
        """Every process of it at once, with no time to write anything down."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.browser.close()


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/version", timeout=1):
            return True
    except OSError:
        return False


@pytest.fixture
def killable(browser, chromium, tmp_path):
    made = Killable(browser, chromium, tmp_path / "profile")
    yield made
    if made.process.poll() is None:
        made.kill()


def test_a_browser_that_is_killed_loses_nothing(killable, live_server, sign_in, lan, homes):
    phone = Handset(killable.start(), live_server.url, sign_in).carried_by(lan)
    phone.ready()
    phone.context.route("**/push", lambda route: route.abort())
    taps = sum(phone.answer_everybody(home) for home in homes)
    killable.kill()

    phone = Handset(killable.start(), live_server.url, sign_in).carried_by(lan)
    phone.open("#/cho")
    wait_for(lambda: all_there_once(taps))
    phone.page.get_by_text("Máy chủ đã nhận đủ 12/12 mục").wait_for()
    killable.kill()


def test_a_new_shell_that_arrives_in_the_middle_of_a_push_disturbs_nothing(handset, homes, monkeypatch):
    page = handset.page
    held = []
    handset.offline()
    handset.answer_everybody(homes[0])
    handset.context.route("**/push", lambda route: held.append(route))
    with page.expect_event("request", lambda request: request.url.endswith("/push")):
        handset.offline(False)
    monkeypatch.setattr("field.views.shell.version", lambda: "another")
    page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.update())")
    page.get_by_text("Ứng dụng có bản mới.").wait_for()
    page.wait_for_function("caches.keys().then((names) => names.join() === 'cnscd-shell-another')")
    assert Observation.objects.count() == 0
    held.pop().continue_()
    handset.context.unroute("**/push")
    page.goto("/field/#/cho")
    page.get_by_text("Máy chủ đã nhận đủ 4/4 mục").wait_for()
    page.get_by_role("button", name="Mở lại").click()
    page.get_by_text("Máy chủ đã nhận đủ 4/4 mục").wait_for()
    assert all_there_once(3)
