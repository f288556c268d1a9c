"""Packages: locked with hashes, without an address to fetch them from, and each with a reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from . import source

LOCKED = [path for path in source.files() if path.match("requirements*.txt")]
WANTED = [path for path in source.files() if path.match("requirements*.in")]


def entries(path: Path) -> list[str]:
    """Logical lines: continued lines joined, comments left out."""
    lines = [line for line in source.text(path).splitlines() if not line.lstrip().startswith("#")]
    return [line.strip() for line in "\n".join(lines).replace("\\\n", " ").splitlines() if line.strip()]


def test_there_is_a_lock_for_every_list():
    assert {path.with_suffix(".txt") for path in WANTED} == set(LOCKED)
    assert Path("requirements.txt") in LOCKED


@pytest.mark.parametrize("path", LOCKED, ids=str)
def test_every_package_is_locked_with_hashes_and_no_address(path):
    wrong = [
        line.split()[0]
        for line in entries(path)
        if not re.match(r"^[A-Za-z0-9._-]+(\[[a-z,]+\])?==\S+( ?;[^-]*)?( +--hash=sha256:[0-9a-f]{64})+$", line)
    ]
    assert wrong == []


@pytest.mark.parametrize("path", WANTED, ids=str)
def test_every_package_asked_for_has_a_line_of_why(path):
    reasons = source.text(Path("docs/decisions/0001-packages.md")).lower()
    asked = [re.split(r"[~=<>\[; ]", line)[0].lower() for line in entries(path) if not line.startswith("-")]
    assert [name for name in asked if f"`{name}`" not in reasons] == []


@pytest.mark.parametrize("path", WANTED, ids=str)
def test_every_package_asked_for_is_locked(path):
    locked = {re.split(r"[=\[]", line)[0].lower() for line in entries(path.with_suffix(".txt"))}
    asked = [re.split(r"[~=<>\[; ]", line)[0].lower() for line in entries(path) if not line.startswith("-")]
    assert [name for name in asked if name not in locked] == []
