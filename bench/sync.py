"""Phones that send, on a database that holds the city: called by `bench/database.py`.

An evening is 50 visits with 12 answers each, pushed through the whole of Django; beside it the usual way, an object at
a time. Then eight phones at once against gunicorn as docs/operations.md starts it, and a hurry of many phones of whose
answers every third is lost on the way.
"""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import secrets
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from uuid6 import uuid7

from accounts.models import Posting, User
from accounts.rules import Can, Role
from bench.city import OF_PEOPLE, City
from bench.timing import Times
from field.models import Device, Receipt
from residents.models import Household, Indicator, Observation, Resident, Visit
from tests.cluster import free_port

VISITS, ANSWERS = 50, 12
CLIENTS, PUSHES = 8, 6
HURRY = {"postgresql": (200, 50), "sqlite": (30, 50)}
# As docs/operations.md has it.
GUNICORN = {
    "postgresql": ["--workers", "3", "--threads", "4"],
    "sqlite": ["--workers", "2", "--threads", "4", "--worker-connections", "4"],
}
TIMES = 5


class Lost(Exception):
    """What phones sent and what is there are not the same."""


class Phone:
    """One of a user of her own, in a village of her own."""

    def __init__(self, city: City, number: int):
        village = city.village_id(number % city.villages)
        self.user = User.objects.create(username=f"may{number}-{secrets.token_hex(4)}", full_name=f"Máy {number}")
        since = timezone.now() - dt.timedelta(days=1)
        Posting.objects.create(user=self.user, role=Role.TEAM_MEMBER, area_id=village, since=since)
        self.device, self.seq = str(uuid7()), 0
        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")
        there = Household.objects.present().filter(village=village).order_by("pk")[:VISITS]
        self.homes = [
            (home.pk, Resident.objects.present().filter(household=home).values_list("pk", flat=True).first())
            for home in there
        ]
        assert self.post("hello", {"last_seq": 0, "unsent": {"count": 0}})["acked_through"] == 0

    def item(self, kind: str, data: dict) -> dict:
        self.seq += 1
        at = (timezone.now() - dt.timedelta(minutes=5)).isoformat(timespec="milliseconds")
        told = {"at": at, "offset_ms": -420, "chosen": False, "tapped_at": at}
        return {"id": str(uuid7()), "seq": self.seq, "type": kind, "schema": 1, **told, "data": data}

    def evening(self, visits: int = VISITS) -> list[dict]:
        """`visits` households after another, each with twelve answers of one person."""
        items = []
        for turn in range(visits):
            home, person = self.homes[turn % len(self.homes)]
            said = {"household": str(home), "outcome": "met", "minutes": 15, "note": "Bà hẹn chiều mai đưa giấy tờ."}
            items.append(visit := self.item("visit", said))
            for code in list(OF_PEOPLE)[:ANSWERS]:
                said = {"household": str(home), "resident": str(person), "indicator": code, "answer": "yes"}
                items.append(self.item("observation", said | {"reason": None, "visit": visit["id"]}))
        return items

    def body(self, more: dict) -> str:
        told = {"protocol": 1, "device": self.device, "app": "1.0.0", "sync_epoch": 1, "owner": self.user.pk}
        return json.dumps(told | more, ensure_ascii=False)  # as JSON.stringify writes it

    def post(self, address: str, more: dict) -> dict:
        return self.send(address, self.body(more))

    def send(self, address: str, body: str) -> dict:
        answer = self.client.post(f"/api/sync/v1/{address}", body, content_type="application/json")
        assert answer.status_code == 200, answer.content
        return answer.json()

    def push(self, items: list[dict]) -> None:
        self.pushing(items)()

    def pushing(self, items: list[dict]) -> Callable[[], None]:
        """A request all written, as the phone sends it: calling it is the server's work."""
        body = self.body({"items": items})

        def push() -> None:
            codes = Counter(result["code"] for result in self.send("push", body)["results"])
            if codes != {"applied": len(items)}:
                raise Lost(codes)

        return push


def measure(city: City, server) -> dict:
    timezone.now = lambda: dt.datetime.now(dt.UTC)  # gunicorn knows no other day than today
    times = Times(server)
    measure_push(city, times)
    found = times.medians()
    connection.close()
    with gunicorn() as port:
        found |= measure_clients(city, port)
        found |= measure_hurry(city, port)
    return found


# --- one phone --------------------------------------------------------------------------------------------------------


def measure_push(city: City, times: Times) -> None:
    phone, other = Phone(city, 0), Phone(city, 1)
    phone.push(phone.evening(2))
    for turn in range(TIMES):
        push = phone.pushing(phone.evening())
        times.repeat("push", 1, push)
        times.repeat("replay", 1, push)
        if turn < 2:
            agree(other, times)


def agree(phone: Phone, times: Times) -> None:
    """The same evening both ways, each taken back; what stands in the record must be the same."""
    items, stood = phone.evening(), []
    ways = [lambda: phone.push(items)]
    ways += [lambda checks=checks: row_by_row(phone, items, times, checks_rights=checks) for checks in (True, False)]
    for way in ways:
        with transaction.atomic():
            way()
            stood.append(standing([item["id"] for item in items]))
            transaction.set_rollback(True)
    if not stood[0] == stood[1] == stood[2] or len(stood[0]) != VISITS * ANSWERS:
        raise Lost("the usual way and ours left different records")


def standing(ids: list[str]) -> set[tuple]:
    rows = Observation.objects.filter(pk__in=ids)
    return set(rows.values_list("pk", "subject", "indicator", "answer", "effective_at", "until", "visit"))


def row_by_row(phone: Phone, items: list[dict], times: Times, *, checks_rights: bool) -> None:
    """The usual way: an object at a time by Django's ORM, its references looked up as a serializer does, among all
    rows or among those that the user may touch.

    Without the request itself, JSON, fingerprints, locks and the request for a count, all of which ours has.
    """
    households, residents = Household.objects.all(), Resident.objects.all()
    if checks_rights:
        households, residents = (rows.visible_to(phone.user, Can.RECORD_VISITS) for rows in (households, residents))
    with times("row_by_row" if checks_rights else "row_by_row_unchecked"), transaction.atomic():
        device = Device.objects.get(user=phone.user)
        for item in items:
            said, at = item["data"], dt.datetime.fromisoformat(item["at"]) + dt.timedelta(milliseconds=-420)
            known = {"user": phone.user, "device": device, "seq": item["seq"], "type": item["type"]}
            known |= {"sha256": b"", "code": "applied", "final": True, "received_at": timezone.now()}
            Receipt.objects.get_or_create(id=item["id"], defaults=known)
            common = {"household": households.get(pk=said["household"]), "recorded_by": phone.user}
            common |= {"received_at": timezone.now(), "source": "phone", "device": phone.device}
            if item["type"] == "visit":
                told = {"at": at, "outcome": said["outcome"], "minutes": said["minutes"], "note": said["note"]}
                Visit.objects.get_or_create(id=item["id"], defaults=common | told)
                continue
            person = residents.get(pk=said["resident"])
            seen, _ = Observation.objects.get_or_create(
                id=item["id"],
                defaults=common
                | {
                    "resident": person, "subject": person.pk, "answer": said["answer"], "effective_at": at,
                    "indicator": Indicator.objects.get(code=said["indicator"]),
                    "visit": Visit.objects.get(pk=said["visit"]),
                },
            )  # fmt: skip
            line = Observation.objects.filter(subject=seen.subject, indicator=seen.indicator, retracts=None)
            before = line.filter(effective_at__lte=at).exclude(pk=seen.pk).order_by("-effective_at", "-pk").first()
            if before is not None and before.until is None:
                before.until = at
                before.save(update_fields=["until"])


# --- many phones ------------------------------------------------------------------------------------------------------


@contextmanager
def gunicorn() -> Iterator[int]:
    """The server as docs/operations.md starts it."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "cnscd.wsgi", "--bind", f"127.0.0.1:{port}", *GUNICORN[connection.vendor],
        "--timeout", "60", "--log-level", "error",
    ]  # fmt: skip
    process = subprocess.Popen(command, env={**os.environ, "DEMO": "1"})  # noqa: S603
    try:
        for _ in range(200):
            try:
                http.client.HTTPConnection("127.0.0.1", port, timeout=5).request("GET", "/health/")
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


class Line:
    """A phone's connection; what is sent, and what came of it."""

    def __init__(self, phone: Phone, port: int):
        self.phone, self.port = phone, port
        self.statuses: Counter = Counter()
        token = secrets.token_hex(16)
        cookies = {settings.SESSION_COOKIE_NAME: phone.client.session.session_key, settings.CSRF_COOKIE_NAME: token}
        self.headers = {
            "Content-Type": "application/json", "X-CSRFToken": token, "Accept-Encoding": "gzip",
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        }  # fmt: skip

    def push(self, body: str) -> tuple[int, float]:
        """The status and how many milliseconds it took."""
        begin = time.perf_counter()
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        line.request("POST", "/api/sync/v1/push", body.encode(), self.headers)
        answer = line.getresponse()
        answer.read()
        line.close()
        self.statuses[answer.status] += 1
        return answer.status, (time.perf_counter() - begin) * 1000


def measure_clients(city: City, port: int) -> dict:
    """Eight phones, each sending one evening after another; the first of each is not counted: the server just began."""
    lines = [Line(Phone(city, 1000 + number), port) for number in range(CLIENTS)]
    bodies = [[line.phone.body({"items": line.phone.evening()}) for _ in range(1 + PUSHES)] for line in lines]
    spent: list[float] = []

    def push(number: int, body: str) -> float:
        status, milliseconds = lines[number].push(body)
        if status != 200:
            raise Lost(status)
        return milliseconds

    def begin(number: int) -> None:
        push(number, bodies[number][0])

    def send(number: int) -> None:
        for body in bodies[number][1:]:
            spent.append(push(number, body))

    at_once(CLIENTS, begin)
    send_begin = time.perf_counter()
    at_once(CLIENTS, send)
    seconds = time.perf_counter() - send_begin
    if len(spent) != CLIENTS * PUSHES:
        raise Lost(f"{len(spent)} of {CLIENTS * PUSHES} evenings went through")
    return {
        "clients_p95": statistics.quantiles(spent, n=20)[-1],
        "clients_median": statistics.median(spent),
        "clients_a_second": len(spent) / seconds,
    }


def measure_hurry(city: City, port: int) -> dict:
    """So many phones at once, small evenings; every third answer is lost on the way and the phone sends again."""
    phones, items = HURRY[connection.vendor]
    lines = [Line(Phone(city, 2000 + number), port) for number in range(phones)]
    evenings = [line.phone.evening(1 + items // (ANSWERS + 1))[:items] for line in lines]

    def send(number: int) -> None:
        body = lines[number].phone.body({"items": evenings[number]})
        for attempt in range(100):
            status, _ = lines[number].push(body)
            if status == 200 and (number + attempt) % 3:
                return
            if status not in (200, 503):
                raise Lost(status)
        raise Lost("gave up")

    begin = time.perf_counter()
    at_once(phones, send)
    seconds = time.perf_counter() - begin
    users = [line.phone.user for line in lines]
    there = Receipt.objects.filter(user__in=users, code="applied").count()
    seen = (
        Observation.objects.filter(recorded_by__in=users).count() + Visit.objects.filter(recorded_by__in=users).count()
    )
    if not there == seen == phones * items:
        raise Lost(f"{there} receipts, {seen} rows, sent were {phones * items}")
    statuses = sum((line.statuses for line in lines), Counter())
    return {"hurry_phones": phones, "hurry_items": items, "hurry_seconds": seconds, "hurry_put_off": statuses[503]}


def at_once(count: int, work) -> None:
    failed: list[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
