"""`python -m bench.lists`: a plain list of 300,000 rows of 20 columns, ours against openpyxl's write-only mode.

Each way runs in a process of its own, so that its memory is its own; both files are read back and compared.
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
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from bench import printing
from bench.timing import most_held

ROWS, COLUMNS = 300_000, 20
DIFFERENT = 5_000
KINDS = ("code", "text", "integer", "date")
WANTED, MOST_MEGABYTES = 8, 100
SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Đặng", "Võ")


def rows(count: int) -> Iterator[dict]:
    """The same ones each time: codes, names, numbers and days. Made beforehand, so that writing alone is timed."""
    first = dt.date(2024, 1, 1)
    made = []
    for number in range(DIFFERENT):
        day = first + dt.timedelta(days=number % 700)
        values = (f"{number:06}", f"{SURNAMES[number % 6]} Thị {number % 997}", number, day)
        made.append({f"c{column}": values[column % 4] for column in range(COLUMNS)})
    return islice(cycle(made), count)


def ours(path: Path, count: int) -> None:
    from sheets.workbook import Column, write_list

    columns = [Column(f"Cột {number}", f"c{number}", KINDS[number % 4]) for number in range(COLUMNS)]
    write_list(path, title="Danh sách", columns=columns, rows=rows(count))


def openpyxl_write_only(path: Path, count: int) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Danh sách")
    sheet.append([f"Cột {number}" for number in range(COLUMNS)])
    for row in rows(count):
        sheet.append(list(row.values()))
    book.save(path)


WAYS = {"ours": ours, "openpyxl": openpyxl_write_only}


def run(way: str, path: Path, count: int) -> None:
    """In the child: do it, and print seconds by the clock and the processor, and the most memory in megabytes."""
    WAYS[way](path.with_suffix(".few.xlsx"), 10)  # what is loaded once is not timed
    clock, cpu = time.perf_counter(), time.process_time()
    WAYS[way](path, count)
    took = [(time.perf_counter() - clock) * 1000, (time.process_time() - cpu) * 1000]
    print(json.dumps([*took, most_held()]))


def measure(way: str, path: Path, count: int) -> tuple[printing.Span, float]:
    command = [sys.executable, "-m", "bench.lists", "--way", way, "--path", str(path), "--rows", str(count)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    clock, cpu, megabytes = json.loads(done.stdout.splitlines()[-1])
    return printing.Span(clock, cpu), megabytes


def differs(one: Path, other: Path) -> str:
    """Where the two files hold different cells; "" where they agree."""
    import python_calamine

    tables = [python_calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python() for path in (one, other)]
    tables = [table[next(number for number, row in enumerate(table) if "Cột 1" in row) :] for table in tables]
    if len(tables[0]) != len(tables[1]):
        return f"{len(tables[0])} dòng và {len(tables[1])} dòng"
    return next((f"dòng {number}" for number, (a, b) in enumerate(zip(*tables, strict=True)) if a != b), "")


class Disagreement(Exception):
    """The two files hold different cells."""


def table_rows(count: int) -> list[printing.Row]:
    """Both ways with `count` rows, as lines of the table. Raises Disagreement, CalledProcessError."""
    with tempfile.TemporaryDirectory(prefix="cnscd-bench-") as folder:
        paths = {way: Path(folder) / f"{way}.xlsx" for way in WAYS}
        found = {way: measure(way, path, count) for way, path in paths.items()}
        if wrong := differs(*paths.values()):
            raise Disagreement(wrong)
    (mine, memory), (theirs, their_memory) = found["ours"], found["openpyxl"]
    ratio = printing.times_as_much(theirs, mine)
    goal = (
        printing.at_least(theirs, mine, WANTED)
        if count >= ROWS
        else f"≥ {WANTED} lần, xét với {printing.number(ROWS)} dòng"
    )
    return [
        printing.row(f"Ghi bảng tính {printing.number(count)} × {COLUMNS} (sheets.workbook.write_list)", mine),
        ("– bộ nhớ", f"{memory:.0f} MB", "", "", printing.at_most(memory, MOST_MEGABYTES, "MB")),
        printing.row(f"– openpyxl, chế độ chỉ ghi ({their_memory:.0f} MB)", theirs, ratio, goal),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.lists", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--way", choices=WAYS)
    parser.add_argument("--path", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cnscd.settings")
    if options.way:
        run(options.way, options.path, options.rows)
        return 0
    printing.print_table("Danh sách dài ra .xlsx (hai tệp cùng nội dung)", [printing.TITLES, *table_rows(options.rows)])
    return 0


if __name__ == "__main__":
    sys.exit(main())
