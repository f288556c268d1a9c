"""SQLite has one writer and lets the others poll for it, in no order: under thirty phones some would starve.

So phones of one server process take turns before they open a transaction; PostgreSQL needs nothing of the kind.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from .decoding import Refused

LONGEST_WAIT = 20  # seconds; the phone itself gives up after thirty
LATER = "Máy chủ đang bận, máy sẽ tự gửi lại."

_turn = threading.Lock()


@contextmanager
def turn() -> Iterator[None]:
    """Wait for one's turn to write; raises Refused (503) when it does not come. Never inside a transaction."""
    if connection.vendor != "sqlite":
        yield
        return
    if not _turn.acquire(timeout=LONGEST_WAIT):
        raise Refused(LATER, status=503, code="later")
    try:
        yield
    finally:
        _turn.release()
