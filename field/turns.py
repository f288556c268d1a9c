"""SQLite has one writer and lets the others poll for it, ever more rarely and in no order: of many phones some starve.

So phones of one server process take turns, first come, first served, from reading to answering: who writes is not
slowed down by others who read theirs. Between processes the writer is asked for again soon. PostgreSQL needs nothing
of the kind: there the turns would only make phones wait for the busier process.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import OperationalError, connection, transaction

from .decoding import Refused

LONGEST_WAIT = 20  # seconds; the phone itself gives up after thirty
LATER = "Máy chủ đang bận, máy sẽ tự gửi lại."
SOON = 12  # milliseconds: SQLite looks 1, 3 and 8 ms after it found another writer


class Line:
    """First come, first served, which threads' own locks do not promise."""

    def __init__(self):
        self._guard = threading.Lock()
        self._gates: deque[threading.Lock] = deque()  # the first one's holder is at work

    def join(self, timeout: float) -> bool:
        """Wait for one's turn; False when it does not come."""
        gate = threading.Lock()
        gate.acquire()
        with self._guard:
            self._gates.append(gate)
            if self._gates[0] is gate:
                return True
        if gate.acquire(timeout=timeout):
            return True
        with self._guard:
            if self._gates[0] is gate:  # it came just now
                return True
            self._gates.remove(gate)
            return False

    def leave(self) -> None:
        with self._guard:
            self._gates.popleft()
            if self._gates:
                self._gates[0].release()


_line = Line()


@contextmanager
def turn() -> Iterator[None]:
    """Wait for one's turn; raises Refused (503) when it does not come. Never inside a transaction."""
    if connection.vendor != "sqlite":
        yield
        return
    if not _line.join(LONGEST_WAIT):
        raise Refused(LATER, status=503, code="later")
    try:
        yield
    finally:
        _line.leave()


@contextmanager
def writing() -> Iterator[None]:
    """A transaction that writes. Raises OperationalError when other writers leave no room for long."""
    with ExitStack() as stack:
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            _begin_soon(stack)
        else:
            stack.enter_context(transaction.atomic())
        yield


def _begin_soon(stack: ExitStack) -> None:
    latest = time.monotonic() + LONGEST_WAIT
    with _looking_for(SOON):
        while True:
            try:
                stack.enter_context(transaction.atomic())
                return
            except OperationalError as error:
                if time.monotonic() > latest or not _is_busy(error):
                    raise


@contextmanager
def _looking_for(milliseconds: int) -> Iterator[None]:
    """How long SQLite looks for room before it gives up."""
    usual = round(connection.settings_dict["OPTIONS"]["timeout"] * 1000)
    _look_for(milliseconds)
    try:
        yield
    finally:
        _look_for(usual)


def _look_for(milliseconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout={milliseconds:d}")


def _is_busy(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
