"""How long work took: by the clock, and by the processor, which a busy machine disturbs less."""

from __future__ import annotations

import datetime as dt
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

LONG = 10_000  # milliseconds
# Handed down to the processes that measure.
BEGAN = float(os.environ.setdefault("BENCH_BEGAN", str(time.time())))


def say_step(what: str) -> None:
    """What begins or is done, and how long after the start; on the error output, so that the table stays a table."""
    since = dt.timedelta(seconds=int(time.time() - BEGAN))
    print(f"{since}  {what}", file=sys.stderr, flush=True)


class Span(NamedTuple):
    """Milliseconds; `cpu` of this process and of the server process that works for it."""

    clock: float
    cpu: float


class Times:
    """`with times("recount"): …` as often as one likes, then `times.medians()`.

    `server()` gives the id of the database's process, or None.
    """

    def __init__(self, server: Callable[[], int | None] = lambda: None):
        self.server = server
        self.found: dict[str, list[Span]] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        clock, cpu = time.perf_counter(), self._cpu()
        yield
        span = Span((time.perf_counter() - clock) * 1000, (self._cpu() - cpu) * 1000)
        self.found.setdefault(name, []).append(span)
        if span.clock > LONG:
            say_step(f"    {name}: {span.clock / 1000:.0f} s")

    def repeat(self, name: str, count: int, work: Callable[[], object]) -> None:
        for _ in range(count):
            with self(name):
                work()

    def medians(self) -> dict[str, Span]:
        return {name: Span(*map(statistics.median, zip(*spans, strict=True))) for name, spans in self.found.items()}

    def _cpu(self) -> float:
        """Seconds. Linux tells those of another process; elsewhere, or where that is hidden, only ours are known."""
        used = time.process_time()
        if pid := self.server():
            with suppress(OSError):
                used += int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
        return used


def most_held() -> float:
    """The most memory that this process held, in megabytes.

    Linux hands `ru_maxrss` down from the process that started this one; VmHWM is its own.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
