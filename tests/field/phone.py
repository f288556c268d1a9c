"""A phone in a test: it numbers its items, says hello and pushes; what it sends is what the protocol says."""

from __future__ import annotations

import datetime as dt
import json

from django.test import Client
from django.utils import timezone
from uuid6 import uuid7


class Phone:
    def __init__(self, user, *, device=None, epoch=1, client=None):
        self.user = user
        self.device = device or f"may-{uuid7()}"[:40]
        self.epoch = epoch
        self.seq = 0
        self.client = client or Client(headers={"user-agent": "Mozilla/5.0 (Linux; Android 13) Chrome/120"})
        if client is None:
            self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    # Making items

    def item(self, kind, data, *, at=None, **more) -> dict:
        self.seq += 1
        moment = at or timezone.now() - dt.timedelta(minutes=5)
        return {
            "id": str(uuid7()), "seq": self.seq, "type": kind, "schema": 1, "at": moment.isoformat(),
            "offset_ms": 0, "tapped_at": moment.isoformat(), "data": data,
        } | more  # fmt: skip

    def visit(self, household, **data) -> dict:
        more = {name: data.pop(name) for name in ("at", "offset_ms", "chosen") if name in data}
        return self.item("visit", {"household": str(household.pk), "outcome": "met"} | data, **more)

    def seen(self, household, indicator="vneid2", answer="yes", *, resident=None, visit=None, **more) -> dict:
        data = {
            "household": str(household.pk), "resident": str(resident.pk) if resident else None,
            "indicator": indicator, "answer": answer, "visit": visit["id"] if visit else None,
        }  # fmt: skip
        return self.item("observation", data, **more)

    def retract(self, item, **more) -> dict:
        return self.item("retract", {"visit" if item["type"] == "visit" else "observation": item["id"]}, **more)

    # Talking

    def body(self, **more) -> dict:
        return {
            "protocol": 1, "device": self.device, "app": "1.0.0", "sync_epoch": self.epoch, "owner": self.user.pk,
        } | more  # fmt: skip

    def post(self, address: str, body):
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.client.post(f"/api/sync/v1/{address}", data, content_type="application/json")

    def hello(self, *unsent: dict, **more):
        queue = {"count": len(unsent)}
        if unsent:
            queue |= {"first_seq": min(item["seq"] for item in unsent), "oldest_at": unsent[0]["at"]}
        return self.post("hello", self.body(last_seq=self.seq, unsent=queue, **more))

    def push(self, *items: dict, **more):
        return self.post("push", self.body(items=list(items), **more))

    def send(self, *items: dict) -> list[str]:
        """Push and return the codes."""
        answer = self.push(*items)
        assert answer.status_code == 200, answer.content.decode()
        return [result["code"] for result in answer.json()["results"]]
