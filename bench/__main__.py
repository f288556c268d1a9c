"""`make bench`: make a city in PostgreSQL and SQLite, time our code and its peers side by side, print what came out.

SIZE=1 is the whole city (2,531 villages, 299,000 households, 1.2 million people, 5.6 million observations).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from bench import intake, lists, peers, printing, search
from bench.city import MONTH, City, make_shapes
from bench.timing import Span, Times, say_step
from tests.cluster import Cluster, NoServer

DEFAULT_SIZE = "0.1"
LAST_DAY = 14
TASKS = {
    "load": "nạp dữ liệu, sắp quãng",
    "third": "đo với một phần ba thành phố",
    "whole": "đo với cả thành phố",
    "memory": "đo bộ nhớ",
    "sync": "điện thoại gửi",
}
# A server as somebody would run one for a city, but nothing is flushed: what is timed is counting. One process for a
# statement, as SQLite and DuckDB have here, so that processor times can be compared.
SERVER = {
    "shared_buffers": "512MB",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "max_parallel_workers_per_gather": "0",
}


def main() -> int:
    options = _options()
    city = City(options.size)
    begin = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cnscd-bench-")))
        urls = {}
        if "postgresql" in options.databases:
            try:
                urls["PostgreSQL"] = stack.enter_context(Cluster(SERVER)).url
            except NoServer as reason:
                print(f"PostgreSQL: bỏ qua ({reason}).", file=sys.stderr)
                return 2
        if "sqlite" in options.databases:
            urls["SQLite"] = f"sqlite:///{folder / 'city.sqlite3'}"
        say_step("Dựng thành phố giả định")
        parts, rows = _write(city, folder)
        printing.say_city(options.size, city, rows)
        say_step("DuckDB: ghi Parquet, đếm")
        duck = _count_by_duckdb(city, folder, parts)
        found = _measure(urls, options.size, folder, parts)
        listed = _measure_lists(urls, options.size) if found else {}
    if found is None:
        return 1
    for database, times in found.items():
        printing.say_times(database, options.size, times, duck)
        printing.say_sync(database, times)
    for title, rows in listed.items():
        printing.print_table(title, [printing.TITLES, *rows])
    printing.say_end(time.monotonic() - begin)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", type=float, default=os.environ.get("SIZE") or DEFAULT_SIZE, help="1: the whole city")
    parser.add_argument("--databases", nargs="+", choices=["postgresql", "sqlite"], default=["postgresql", "sqlite"])
    options = parser.parse_args()
    if not 0.01 <= float(options.size) <= 10:
        parser.error("SIZE lies between 0.01 and 10")
    options.size = float(options.size)
    return options


def _write(city: City, folder: Path) -> tuple[list[Path], dict[str, int]]:
    """The first third of the city and the rest, as files; and how many rows there are of each table."""
    shapes = make_shapes({entry["code"]: number for number, entry in enumerate(peers.read_indicators(), 1)})
    parts = [folder / "first", folder / "rest"]
    spans = [range(city.first_third), range(city.first_third, city.households)]
    counts = [city.write(part, shapes, span) for part, span in zip(parts, spans, strict=True)]
    return parts, {table: sum(count[table] for count in counts) for table in counts[0]}


def _count_by_duckdb(city: City, folder: Path, parts: list[Path]) -> Span:
    """The median; what it counted stands in counted.json."""
    times, duck = Times(), peers.Duck(folder, parts, city, peers.read_indicators())
    day = dt.date(*MONTH, LAST_DAY)
    duck.count(day)
    times.repeat("duckdb", 5, lambda: duck.count(day))
    rows = [[area, indicator, numbers] for (area, indicator), numbers in duck.counted().items()]
    (folder / "counted.json").write_text(json.dumps(rows))
    duck.close()
    return times.medians()["duckdb"]


def _measure(urls: dict[str, str], size: float, folder: Path, parts: list[Path]) -> dict[str, dict] | None:
    """Fill the databases side by side, measure one after the other; None when something failed."""
    found: dict[str, dict] = {database: {} for database in urls}
    for part, task in zip(parts, ("third", "whole"), strict=True):
        loading = {database: _start(database, url, "load", size, part) for database, url in urls.items()}
        for database, process in loading.items():
            if (answer := _answer(process)) is None:
                return None
            for name, value in answer.items():
                found[database][name] = _sum(found[database].get(name), value)
        for database, url in urls.items():
            if (answer := _answer(_start(database, url, task, size, folder / "counted.json"))) is None:
                return None
            found[database] |= {f"{name}_third" if task == "third" else name: value for name, value in answer.items()}
    for task in ("memory", "sync"):
        for database, url in urls.items():
            if (answer := _answer(_start(database, url, task, size))) is None:
                return None
            found[database] |= answer
    return found


def _measure_lists(urls: dict[str, str], size: float) -> dict[str, list[printing.Row]]:
    """Tables: workbooks read and written; on each database a list that comes in, and names that are looked for."""
    rows = max(intake.LEAST_ROWS, round(intake.ROWS * size))
    say_step("Bảng tính: đọc, ghi")
    tables = {"Bảng tính vào, ra": [*intake.reading_rows(intake.measure_reading(rows), rows), *lists.table_rows(rows)]}

    def of_database(url: str) -> list[printing.Row]:
        found = search.rows(search.measure_apart(url, size))
        return [*intake.storing_rows(intake.measure_apart(url, max(intake.LEAST_ROWS, rows // 10))), *found]

    say_step("Nhập danh sách, tìm tên")
    with ThreadPoolExecutor() as side_by_side:
        for database, lines in zip(urls, side_by_side.map(of_database, urls.values()), strict=True):
            tables[f"{database}: danh sách vào sổ của cả thành phố, tìm tên (cùng kết quả)"] = lines
    return tables


def _start(database: str, url: str, task: str, size: float, path: Path | None = None) -> subprocess.Popen:
    say_step(f"{database}: {TASKS[task]}")
    command = [sys.executable, "-m", "bench.database", task, str(size), *([str(path)] if path else [])]
    return subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url}, stdout=subprocess.PIPE, text=True)  # noqa: S603


def _answer(process: subprocess.Popen) -> dict | None:
    """The last line that it wrote; None when it failed (it said why on the error output)."""
    output, _ = process.communicate()
    if process.returncode:
        return None
    found = json.loads(output.splitlines()[-1])
    return {name: Span(*value) if isinstance(value, list) else value for name, value in found.items()}


def _sum(one: Span | None, other: Span) -> Span:
    return Span(one.clock + other.clock, one.cpu + other.cpu) if one else other


if __name__ == "__main__":
    sys.exit(main())
