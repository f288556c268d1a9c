"""What every kind of list knows: its columns, what a row would do, how that is written and taken back."""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from accounts.rules import Can
from areas.models import Area
from intake.blanks import BlankColumn
from intake.cells import Line, Problem, plain
from intake.models import Upload, UploadRow
from intake.places import Places
from intake.words import Field, Vocabulary
from sheets.dates import date_text
from sheets.workbook import Column

State = UploadRow.State
SKIP = "skip"


@dataclass
class Context:
    """Who brings the list in, where, and as of which day; `choices` are her decisions by row."""

    by: Any
    area: Area
    day: dt.date
    today: dt.date
    now: dt.datetime
    options: dict = field(default_factory=dict)
    choices: dict[int, str] = field(default_factory=dict)
    file_name: str = ""


@dataclass
class Table:
    """The rows of a list by what their columns mean. `sections`: rows of one cell, as headings between rows are."""

    columns: dict[str, str]  # code → heading
    lines: list[Line]
    sections: dict[int, str] = field(default_factory=dict)
    passed_over: list[tuple[int, str]] = field(default_factory=list)  # (row, why)


@dataclass
class Unit:
    """What one or several rows would do. `plan` is for the kind's own `save`; `told` says it in words."""

    number: int
    last: int
    state: str
    label: str
    told: str = ""
    problems: list[Problem] = field(default_factory=list)
    offers: list[tuple[str, str]] = field(default_factory=list)
    choice: str = ""
    plan: Any = None
    essence: Any = None  # what the digest is taken of, beside the words
    done: dict | None = None

    @property
    def is_to_save(self) -> bool:
        return self.state in (State.NEW, State.CHANGED)


class Cannot(Exception):
    """The list as a whole cannot be checked or saved; the message is for the user."""


Progress = Callable[[int], None]


class Kind:
    """A subclass for each kind of list."""

    code = ""
    label = ""
    needs: Can
    about = ""
    seeds: dict[int, str] = {}  # of first passwords, where saving made accounts
    writes: tuple[type[models.Model], ...] = ()  # the tables that a long list makes much larger
    has_sections = False  # does a row of one text say something about those below it?
    has_villages = False  # do names in the list mean villages?
    exports: Can | None = None  # who may take the list as it stands away, to edit and load it back
    place_label = "Thôn, tổ dân phố của cả tệp"
    day_label = "Số liệu tại ngày"

    def fields(self, day: dt.date) -> list[Field]:
        raise NotImplementedError

    def vocabulary(self, day: dt.date) -> Vocabulary:
        return Vocabulary(self.fields(day))

    def adjust(self, columns: list[str], titles: Sequence[str], rows: Sequence[list]) -> list[str]:
        """A second look at the guess: at the columns as a whole, and at what the first rows hold under these titles."""
        return columns

    def lacking(self, columns: Sequence[str]) -> str:
        """A sentence that says which column is needed yet, or ""."""
        raise NotImplementedError

    def identifying(self) -> tuple[str, ...]:
        """A row in which all of these are empty is no row of the list."""
        raise NotImplementedError

    def blank(self, user, day: dt.date) -> tuple[list[BlankColumn], list[str]]:
        """The columns of an empty list to fill in, and what to know before."""
        raise NotImplementedError

    def present(self, user, day: dt.date) -> tuple[Sequence[Column], Iterable]:
        """The list as it stands, hers alone: columns that are understood when it comes back, and rows for them."""
        raise NotImplementedError

    def places(self, user, upload: Upload) -> Places:
        """What the names of places in the list may mean."""
        return Places(user, upload.area, self.needs, upload.day, upload.options.get("places"))

    def names_of_places(self, table: Table) -> list[str]:
        """The names written in the column of villages, each once."""
        written = (str(line.cells.get("village") or "").strip() for line in table.lines)
        return list(dict.fromkeys(name for name in written if name))

    def check(self, table: Table, context: Context, told: Progress) -> list[Unit]:
        raise NotImplementedError

    def prepare(self, units: Sequence[Unit], context: Context) -> None:
        """Make the rows of the plans ready to be written and set `done` of the units; nothing is locked yet."""
        raise NotImplementedError

    def save(self, units: Sequence[Unit], context: Context) -> dict:
        """Write what was prepared, in the caller's transaction; returns what was written, by its name.

        Raises Cannot when the register is not as it was at the check.
        """
        raise NotImplementedError

    def undo(self, rows: Iterable[UploadRow], context: Context, written: dict) -> None:
        """Take back what `save` wrote. Raises Cannot when something was built on it."""
        raise NotImplementedError


def leave_out_unchanged(line: Line, columns: Mapping[str, Column], row) -> set[str]:
    """Empty the cells of a line that say what the list that was taken away said of `row`; returns their codes.

    So what nobody touched does nothing, whatever changed in the catalogues since.
    """
    unchanged = set()
    for code, column in columns.items():
        value = column.of(row)
        text = date_text(value) if isinstance(value, dt.date) else "" if value is None else str(value)
        if line.has(code) and _flat(plain(line.cells[code])) == _flat(text):
            line.cells[code] = ""
            unchanged.add(code)
    return unchanged


def _flat(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def digest(units: Iterable[Unit]) -> str:
    """Changes when a list would do anything else than what was shown."""
    taken = hashlib.sha256()
    for unit in units:
        taken.update(repr((unit.number, unit.state, unit.label, unit.told, unit.essence)).encode())
    return taken.hexdigest()
