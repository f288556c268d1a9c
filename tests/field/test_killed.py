"""The server is killed at work: what it acknowledged is there, what it did not is there whole or not at all."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from field.models import Receipt
from residents.models import Observation, Visit
from tests.field.phone import Phone
from tests.house import source

pytestmark = pytest.mark.django_db(transaction=True)

SERVER = """
import socketserver, sys
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from cnscd.wsgi import application
class Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
class Handler(WSGIRequestHandler):
    def log_message(self, *args): pass
server = Server(("127.0.0.1", 0), Handler)
server.set_app(application)
print(server.server_port, flush=True)
server.serve_forever()
"""


def database_url() -> str:
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    return "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format_map(values)


class Server:
    def __enter__(self):
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "cnscd.settings",
            "DATABASE_URL": database_url(),
            "SECRET_KEY": settings.SECRET_KEY,
            "LOG_LEVEL": "CRITICAL",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER], cwd=source.ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        self.port = int(self.process.stdout.readline())
        return self

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def __exit__(self, *_error):
        if self.process.poll() is None:
            self.kill()
        self.process.stdout.close()


def push(server, phone, items) -> list[dict] | None:
    """The results, or None for an answer that never came."""
    cookie, token = phone.client.cookies[settings.SESSION_COOKIE_NAME].value, "a" * 32
    headers = {
        "Cookie": f"sessionid={cookie}; csrftoken={token}", "X-CSRFToken": token, "Content-Type": "application/json"
    }  # fmt: skip
    asked = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        asked.request("POST", "/api/sync/v1/push", json.dumps(phone.body(items=items)), headers)
        answer = asked.getresponse()
        data = json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        asked.close()
    assert answer.status == 200, data
    return data["results"]


def batch_of(phone, home, person) -> list[dict]:
    visit = phone.visit(home)
    return [visit, *(phone.seen(home, resident=person, visit=visit) for _ in range(30))]


def rounds(phone, home, person, count: int) -> None:
    chance = random.Random(count)
    kept: list[list[dict]] = []
    acknowledged: set[str] = set()
    for _ in range(count):
        with Server() as server:
            assert kept == [] or push(server, phone, kept[-1])
            killer = subprocess.Popen(
                [sys.executable, "-c", f"import os, time; time.sleep({chance.uniform(0.02, 0.6)}); "
                 f"os.kill({server.process.pid}, 9)"]
            )  # fmt: skip
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                kept.append(batch_of(phone, home, person))
                results = push(server, phone, kept[-1])
                if results is None:
                    break
                acknowledged |= {each["id"] for each in results if each["final"]}
            killer.wait()
            server.process.wait()
        there = {str(pk) for pk in Receipt.objects.values_list("pk", flat=True)}
        assert acknowledged <= there
        for batch in kept:
            assert len({item["id"] in there for item in batch}) == 1, "half a batch"
        assert Observation.objects.count() + Visit.objects.count() == len(there)
    codes = {code for batch in kept for code in phone.send(*batch)}
    assert codes == {"applied"}
    assert Receipt.objects.count() == sum(map(len, kept)) == Observation.objects.count() + Visit.objects.count()


@pytest.fixture
def known(lan, asked):
    phone = Phone(lan)
    assert phone.hello().status_code == 200
    return phone


def test_what_was_acknowledged_survives(known, home, person):
    rounds(known, home, person, 3)


@pytest.mark.long
def test_what_was_acknowledged_survives_at_length(known, home, person):
    rounds(known, home, person, 60)
