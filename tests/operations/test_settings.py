"""The settings refuse to start with nonsense, and in production without a secret key; told in Vietnamese."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.house.source import ROOT

GOOD = {
    "SECRET_KEY": "0123456789-abcdefghij-" * 3,
    "ALLOWED_HOSTS": "cnscd.example.vn",
    "CSRF_TRUSTED_ORIGINS": "https://cnscd.example.vn",
    "BEHIND_PROXY": "1",
    "DATABASE_URL": "sqlite:////tmp/cnscd-never-opened.sqlite3",
}


def start(code: str = "print('started')", **changes: str | None) -> subprocess.CompletedProcess:
    """Load the settings as a new process would, with nothing in the environment but what is named."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment |= GOOD | {"DJANGO_SETTINGS_MODULE": "cnscd.settings", "PYTHONUTF8": "1"} | changes
    environment = {name: value for name, value in environment.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", f"from django.conf import settings; settings.DEBUG; {code}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_good_settings_start():
    done = start("print(settings.HTTPS, settings.SESSION_COOKIE_SECURE, settings.DEBUG, settings.DEMO)")
    assert done.stdout.split() == ["True", "True", "False", "False"], done.stderr


@pytest.mark.parametrize("key", [None, "", "ngắn"])
def test_production_does_not_start_without_a_good_secret_key(key):
    done = start(SECRET_KEY=key)
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr
    assert "ImproperlyConfigured" in done.stderr


def test_a_demonstration_starts_without_a_secret_key():
    assert start(SECRET_KEY=None, DEMO="1").returncode == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://root@localhost/cnscd"),
        ("REPORT_LAST_DAY", "31"),
        ("REPORT_LAST_DAY", "-1"),
        ("REPORT_LAST_DAY", "cuối tháng"),
        ("IDLE_MINUTES", "nửa giờ"),
        ("LOCKOUT_FAILURES", "0"),
        ("IDLE_MINUTES", "0"),
        ("LOCKOUT_MINUTES", "-1"),
        ("DATABASE_URL", "nhầm"),
        ("HSTS_SECONDS", "-5"),
        ("DEBUG", "có lẽ"),
        ("HTTPS", "maybe"),
        ("ALLOWED_HOSTS", ""),
        ("CSRF_TRUSTED_ORIGINS", "cnscd.example.vn"),
        ("LOG_LEVEL", "LOUD"),
        ("OFFICE_HOURS", "sáng và chiều"),
        ("OFFICE_HOURS", "13:30-17:00,07:30-11:30"),
    ],
)
def test_nonsense_is_refused(name, value):
    done = start(**{name: value})
    assert done.returncode != 0, f"{name}={value} was taken"
    assert name in done.stderr.splitlines()[-1]


def test_the_deployment_check_finds_nothing_to_warn_of():
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1", **GOOD},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
