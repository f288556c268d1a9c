"""Wall-clock times in milliseconds; what is believed is their median."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Times:
    """`with times("recount"): …` as often as one likes, then `times.medians()`."""

    def __init__(self):
        self.found: dict[str, list[float]] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        begin = time.perf_counter()
        yield
        self.found.setdefault(name, []).append((time.perf_counter() - begin) * 1000)

    def repeat(self, name: str, count: int, work: Callable[[], object]) -> None:
        for _ in range(count):
            with self(name):
                work()

    def medians(self) -> dict[str, float]:
        return {name: statistics.median(times) for name, times in self.found.items()}
