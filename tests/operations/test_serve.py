"""`manage.py serve`: server and worker begin together and end together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from django.core.management import CommandError, call_command

from tests.cluster import free_port
from tests.house.source import ROOT

HEALTHY = b'{"database": true, "migrations": true}'


def test_a_taken_port_is_told():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Cổng {port} đang có chương trình khác dùng"):
            call_command("serve", port=port, only_check_port=True)


def test_a_free_port_is_well():
    call_command("serve", port=free_port(), only_check_port=True)


def answer(port: int) -> bytes:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=5) as response:
            return response.read()
    except (urllib.error.URLError, ConnectionError):
        return b""


def children_of(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(number) for number in listed.stdout.split()]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def running(tmp_path):
    """(the process, its port) of a served demonstration database without data."""
    (ROOT / "staticfiles").mkdir(exist_ok=True)
    environment = os.environ | {
        "DEMO": "1",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'served.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "cnscd.settings",
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield process, port
    if process.poll() is None:
        process.terminate()
    process.communicate(timeout=30)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_server_and_worker_run_together_and_stop_together(running, number):
    process, port = running
    deadline = time.monotonic() + 30
    while answer(port) != HEALTHY and time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.2)
    assert answer(port) == HEALTHY
    children = children_of(process.pid)
    assert len(children) == 2
    process.send_signal(number)
    printed, _ = process.communicate(timeout=30)
    assert f"http://127.0.0.1:{port}" in printed
    assert process.returncode == 0
    assert not any(is_alive(child) for child in children)
    assert answer(port) == b""
