"""The process that saves is killed: the register has the whole list or nothing of it, and it can be asked for again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from accounts import jobs
from intake import work
from intake.models import Upload
from residents.models import Household, Observation, Placement, Residence, Resident
from tests.field.test_killed import database_url
from tests.house import source

pytestmark = pytest.mark.django_db(transaction=True)

SAVE = """
import django, sys
django.setup()
from accounts.models import User
from intake import work
from intake.models import Upload
if sys.argv[2:]:
    work.IN_A_STAGE, work.PAUSE, work.goes_in_stages = 1, 0, lambda upload, rows: True
upload = Upload.objects.get(pk=sys.argv[1])
print("begun", flush=True)
work.begin(upload, "saving", by=User.objects.get(pk=upload.uploaded_by_id))
print("done", flush=True)
"""
HOMES = 150


def save_and_kill(upload, after: float | None, *, in_stages: bool = False) -> bool:
    """Did it say that it was done?"""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "cnscd.settings",
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        "LOG_LEVEL": "CRITICAL",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", SAVE, str(upload.pk), *(["stages"] if in_stages else [])],
        cwd=source.ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "begun\n"
    if after is not None:
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
    done = process.stdout.read()
    process.wait()
    process.stdout.close()
    return done == "done\n"


def rows() -> list[int]:
    return [model.objects.count() for model in (Household, Placement, Resident, Residence, Observation)]


def rounds(desk, count: int) -> None:
    chance, whole = random.Random(count), [HOMES, HOMES, 2 * HOMES, 2 * HOMES, HOMES]
    people = [(f"Nguyễn Văn {number}", "x", 2) for number in range(HOMES)]
    upload = desk.bring(("Chủ hộ", "VNeID", "Số khẩu"), *people)
    connection.close()
    began = time.monotonic()
    assert save_and_kill(upload, None)
    takes = time.monotonic() - began
    assert rows() == whole
    for _ in range(count):
        upload.refresh_from_db()
        if upload.state == Upload.State.SAVED:
            desk.undo(upload)
            desk.check(upload)
        assert rows() == [0] * 5
        connection.close()
        said = save_and_kill(upload, chance.uniform(0, takes))
        upload.refresh_from_db()
        is_saved = upload.state == Upload.State.SAVED
        assert rows() == (whole if is_saved else [0] * 5)
        assert is_saved or not said
        if upload.is_at_work:
            work.begin_again(upload, by=desk.user)


def test_killed_while_saving(village_desk):
    rounds(village_desk, 2)


@pytest.mark.long
def test_killed_while_saving_long(village_desk):
    rounds(village_desk, 300)


def rounds_in_stages(desk, count: int, monkeypatch) -> None:
    """Two villages, each a stage: what is there is whole villages, and the next process goes on with the other one."""
    monkeypatch.setattr(work, "IN_A_STAGE", 1)
    monkeypatch.setattr(work, "PAUSE", 0)
    chance = random.Random(count)
    homes = [
        (f"Thôn {village}", f"Nguyễn Văn {number}", 2) for village in ("Tà Lang", "Giàn Bí") for number in range(50)
    ]
    upload = desk.bring(("Thôn", "Chủ hộ", "Số khẩu"), *homes)
    takes = 4.0
    for number in range(count + 1):
        connection.close()
        began = time.monotonic()
        save_and_kill(upload, chance.uniform(0.3, 0.9) * takes if number else None, in_stages=True)
        takes = takes if number else time.monotonic() - began
        assert Household.objects.count() in (0, 50, 100)
        upload.refresh_from_db()
        is_begun = "in_stages" in upload.counts
        if upload.is_at_work:
            work.begin_again(upload, by=desk.user)
            while jobs.work_once():
                pass
            upload.refresh_from_db()
        assert upload.state == Upload.State.SAVED or not is_begun
        assert rows() == ([100, 100, 200, 200, 0] if upload.state == Upload.State.SAVED else [0] * 5)
        if upload.state == Upload.State.SAVED:
            desk.undo(upload)
            desk.check(upload)


def test_killed_while_saving_in_stages(desk, monkeypatch):
    rounds_in_stages(desk, 2, monkeypatch)


@pytest.mark.long
def test_killed_while_saving_in_stages_long(desk, monkeypatch):
    rounds_in_stages(desk, 100, monkeypatch)
