"""Modules are called after things and stay small enough to be read in one go."""

from __future__ import annotations

from . import source

UNWELCOME = {"utils", "helpers", "common", "core", "services", "selectors", "mixins", "signals", "misc"}
LONGEST = 500


def test_modules_are_called_after_things():
    wrong = [str(path) for path in source.with_ending(".py", ".js") if UNWELCOME & {*path.parts[:-1], path.stem}]
    assert wrong == []


def test_no_file_is_too_long():
    long = [
        f"{path}: {lines}"
        for path in source.with_ending(".py", ".js", ".css", ".html")
        if "migrations" not in path.parts and (lines := source.text(path).count("\n")) > LONGEST
    ]
    assert long == []


def test_nothing_is_left_to_do_in_the_code():
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X:")
    wrong = [
        f"{path}:{number}"
        for path in source.with_ending(".py", ".js", ".html", ".css")
        for number, line in enumerate(source.text(path).splitlines(), 1)
        if any(mark in line for mark in marks)
    ]
    assert wrong == []
