"""When it was seen, worked out from the item alone: a retry or another batch gives the same instant."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from residents.record import in_milliseconds

FUTURE = dt.timedelta(minutes=10)
OLDEST = dt.timedelta(days=400)
WIDEST_OFFSET_MS = 40 * 366 * 24 * 3600 * 1000  # a phone whose clock fell back to 1990

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)


@lru_cache(maxsize=2048)
def instant(text: str) -> dt.datetime:
    """An ISO 8601 instant with its offset, in UTC and whole milliseconds. Raises ValueError."""
    if not _INSTANT.fullmatch(text):
        raise ValueError(text)
    moment = dt.datetime.fromisoformat(text)
    if not 1900 <= moment.year <= 9000:
        raise ValueError(text)
    return in_milliseconds(moment.astimezone(dt.UTC))


def effective_at(at: dt.datetime, offset_ms: int, *, chosen: bool) -> dt.datetime:
    """`at` put right by what the phone knew of its clock; a day or hour that the visitor chose is not moved."""
    return at if chosen else at + dt.timedelta(milliseconds=offset_ms)


def is_future(moment: dt.datetime, received_at: dt.datetime) -> bool:
    return moment > received_at + FUTURE


def is_old(moment: dt.datetime, received_at: dt.datetime) -> bool:
    return moment < received_at - OLDEST


def written(moment: dt.datetime) -> str:
    """As the protocol writes instants."""
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
