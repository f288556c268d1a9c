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
upload = Upload.objects.get(pk=sys.argv[1])
print("begun", flush=True)
work.begin(upload, "saving", by=User.objects.get(username="lan"))
print("done", flush=True)
"""
HOMES = 150


def save_and_kill(upload, after: float | None) -> bool:
    """Did it say that it was done?"""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "cnscd.settings",
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        "LOG_LEVEL": "CRITICAL",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", SAVE, str(upload.pk)],
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
