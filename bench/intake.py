"""`python -m bench.intake [--rows 30000]`: reading a workbook and storing a list of households, beside the usual ways.

Reading: openpyxl in its read-only mode, which is what import-export reads with. Storing: a ModelResource of
import-export as one writes it (a row, an object, a save), on a part of the rows because it takes so long; ours compares
the whole list with the register, stages it, compares again and saves it in one transaction. A record is a row of the
register: household, person, placement, residence, observation. Both sides must hold the same afterwards.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import json
import os
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import printing
from bench.timing import Span, Times, most_held

ROWS = 300_000
FASTER_READING, FASTER_STORING = 8, 20
LONGEST_LOCK = 5_000
THEIR_ROWS, LEAST_ROWS = 1000, 3000
PER_VILLAGE = 300
READINGS = 3
SINCE = dt.date(2024, 9, 1)
HEAD = (
    "STT", "Mã hộ", "Chủ hộ", "Thôn", "Địa chỉ", "Điện thoại", "Số người", "VNeID mức 2", "Thanh toán số",
    "Năm sinh", "Giới tính", "Cáp quang",
)  # fmt: skip


class Disagreement(Exception):
    """Two ways of reading or storing gave different rows."""


class WithChildren(Times):
    """The processor time of children that have ended counts too: files are read in one."""

    def _cpu(self) -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return super()._cpu() + used.ru_utime + used.ru_stime


def workbook(path: Path, rows: int) -> bytes:
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        page = book.add_worksheet("Danh sách")
        for column, title in enumerate(HEAD):
            page.write(0, column, title)
        for n in range(1, rows + 1):
            village = f"Thôn {n // PER_VILLAGE + 1}"
            cells = (
                n, f"H{n:06}", f"Nguyễn Văn {n % 977}", village, f"Số {n % 300} đường liên thôn", 905_000_000 + n,
                1 + n % 5, n % 2, n % 2, 1940 + n % 60, "Nam" if n % 2 else "Nữ", "x" if n % 3 else "",
            )  # fmt: skip
            for column, cell in enumerate(cells):
                page.write(n, column, cell)
    return path.read_bytes()


# --- reading ----------------------------------------------------------------------------------------------------------


def measure_reading(rows: int) -> dict[str, Span]:
    times, told = WithChildren(), {}
    with tempfile.TemporaryDirectory(prefix="cnscd-bench-") as folder:
        content = workbook(Path(folder) / "list.xlsx", rows)

    def ours() -> None:
        from sheets.reading import Limits, read_workbook

        told["ours"] = read_workbook(content, "list.xlsx", limits=Limits(cells=20_000_000))[0].rows

    def openpyxl() -> None:
        from openpyxl import load_workbook

        page = load_workbook(io.BytesIO(content), read_only=True, data_only=True).active
        told["theirs"] = [list(row) for row in page.iter_rows(values_only=True)]

    ours()
    times.repeat("read", READINGS, ours)
    times.repeat("openpyxl", 1, openpyxl)
    # One tells numbers as 5.0 and nothing as "", the other as 5 and None.
    same = ([cell if cell != "" else None for cell in row] for row in told["ours"])
    if any(one + [None] * (len(two) - len(one)) != two for one, two in zip(same, told["theirs"], strict=True)):
        raise Disagreement("openpyxl read other cells")
    return times.medians()


# --- storing ----------------------------------------------------------------------------------------------------------


def measure_storing(rows: int) -> dict:
    """Spans of preview, save, undo, the usual way and the longest transactions; how many records each way wrote, and
    the most memory that the product took (megabytes), which means something in a process of its own."""
    from django.db import connection
    from django.utils import timezone

    from intake import receiving, work
    from intake.models import Upload

    connection.ensure_connection()
    times = WithChildren(lambda: connection.connection.get_backend_pid() if connection.vendor == "postgresql" else None)
    user, ward = prepare(rows)
    with tempfile.TemporaryDirectory(prefix="cnscd-bench-") as folder:
        content = workbook(Path(folder) / "list.xlsx", rows)
    work.AT_ONCE_AT_MOST = rows + 1
    now, before = timezone.now(), _counts()
    with times("preview"):
        upload = receiving.receive(
            by=user, kind="households", area=ward, content=content, name="list.xlsx", now=now,
            today=timezone.localdate(now),
        )  # fmt: skip
        work.begin(upload, Upload.State.CHECKING, by=user)
    with times("save"), _transactions_timed(times, "lock"):
        work.begin(upload, Upload.State.SAVING, by=user)
    if upload.state != Upload.State.SAVED:
        raise Disagreement(upload.message)
    records, memory = sum(_counts()) - sum(before), most_held()
    their_rows = min(THEIR_ROWS, rows // 10)
    with times("usual"):
        village = by_import_export(ward, their_rows)
    _agree(ward, village, their_rows)
    with times("undo"), _transactions_timed(times, "undo_lock"):
        work.begin(upload, Upload.State.UNDOING, by=user)
    if upload.state != Upload.State.UNDONE:
        raise Disagreement(upload.message)
    longest = {name: max(times.found.pop(name)) for name in ("lock", "undo_lock")}
    told = {"rows": rows, "records": records, "their_records": their_rows, "memory": memory}
    return times.medians() | longest | told


def _counts() -> list[int]:
    from residents.models import Household, Observation, Placement, Residence, Resident

    return [model.objects.count() for model in (Household, Placement, Resident, Residence, Observation)]


def prepare(rows: int):
    """A ward of its own with as many villages as the list names, and its official."""
    from accounts.models import Posting, User
    from areas.actions import open_area
    from areas.models import Area, Level
    from residents.catalogue import load_catalogue

    load_catalogue()
    country = Area.objects.filter(level=Level.COUNTRY).first()
    country = country or open_area(by=None, level=Level.COUNTRY, kind="Nước", name="Việt Nam", since=SINCE)
    province = open_area(by=None, level=Level.PROVINCE, kind="Tỉnh", name="Tỉnh A", parent=country, since=SINCE)
    ward = open_area(by=None, level=Level.WARD, kind="Xã", name="Xã B", parent=province, since=SINCE)
    for number in range(1, rows // PER_VILLAGE + 2):
        open_area(by=None, level=Level.VILLAGE, kind="Thôn", name=f"Thôn {number}", parent=ward, since=SINCE)
    user = User.objects.create(username=f"nhap{secrets.token_hex(4)}", full_name="Người nhập")
    Posting.objects.create(user=user, area=ward, role="ward_official")
    return user, ward


@contextmanager
def _transactions_timed(times: Times, name: str) -> Iterator[None]:
    """How long each outermost transaction lasts: on SQLite nobody else writes meanwhile."""
    from django.db import connection
    from django.db.transaction import Atomic

    enter, leave = Atomic.__enter__, Atomic.__exit__
    begun = []

    def entered(self):
        if not connection.in_atomic_block:
            begun.append(times(name))
            begun[-1].__enter__()
        enter(self)

    def left(self, *error):
        leave(self, *error)
        if not connection.in_atomic_block:
            begun.pop().__exit__(None, None, None)

    Atomic.__enter__, Atomic.__exit__ = entered, left
    try:
        yield
    finally:
        Atomic.__enter__, Atomic.__exit__ = enter, leave


def by_import_export(ward, rows: int):
    """A plain resource for households, its rows objects that are saved one by one; returns the village they are in."""
    from import_export.resources import ModelResource
    from tablib import Dataset

    from areas.actions import open_area
    from areas.models import Level
    from residents.models import Household

    class Plain(ModelResource):
        class Meta:
            model = Household
            fields = ("code", "head_name", "address", "phone", "village", "code_village", "since")
            import_id_fields = ("code", "code_village")
            use_transactions = True

    village = open_area(by=None, level=Level.VILLAGE, kind="Thôn", name="Thôn kia", parent=ward, since=SINCE)
    data = Dataset(headers=list(Plain.Meta.fields))
    for n in range(1, rows + 1):
        data.append(
            [
                f"H{n:06}", f"Nguyễn Văn {n % 977}", f"Số {n % 300} đường liên thôn", f"0{905_000_000 + n}",
                village.pk, village.pk, "2026-10-31",
            ]
        )  # fmt: skip
    Plain().import_data(data, raise_errors=True)
    return village


def _agree(ward, village, rows: int) -> None:
    from areas.models import AreaLink
    from residents.models import Household

    columns = ("code", "head_name", "address", "phone")
    below = AreaLink.objects.open().filter(ancestor=ward).exclude(descendant=village).values("descendant")
    theirs = set(Household.objects.filter(village=village).values_list(*columns))
    ours = Household.objects.filter(village__in=below, code__in=[code for code, *_ in theirs])
    if len(theirs) != rows or set(ours.values_list(*columns)) != theirs:
        raise Disagreement("import-export stored other households")


# --- what is printed --------------------------------------------------------------------------------------------------


def reading_rows(found: dict, count: int) -> list[printing.Row]:
    read, theirs = found["read"], found["openpyxl"]
    return [
        printing.row(f"Đọc bảng tính {printing.number(count)} × {len(HEAD)}, tiến trình con có hạn mức", read),
        printing.row(
            "– openpyxl, chế độ chỉ đọc", theirs, printing.times_as_much(theirs, read),
            printing.at_least(theirs, read, FASTER_READING),
        ),
    ]  # fmt: skip


def storing_rows(found: dict) -> list[printing.Row]:
    """Ours and theirs for as many records: import-export does one table without a look at the register."""
    preview, save = found["preview"], found["save"]
    both = Span(preview.clock + save.clock, preview.cpu + save.cpu)
    share = found["records"] / found["their_records"]
    theirs = Span(found["usual"].clock * share, found["usual"].cpu * share)
    records, rows = printing.number(found["records"]), printing.number(found["rows"])
    return [
        printing.row(f"Xem trước danh sách {rows} hộ", preview),
        printing.row(f"– lưu {records} bản ghi", save),
        printing.row("– – giữ quyền ghi lâu nhất", found["lock"], "", _judged(found["lock"], found["rows"])),
        printing.row("– hoàn tác", found["undo"]),
        printing.row("– – giữ quyền ghi lâu nhất", found["undo_lock"], "", _judged(found["undo_lock"], found["rows"])),
        ("– bộ nhớ", f"{found['memory']:.0f} MB", "", "", ""),
        printing.row(
            "– import-export, cùng số bản ghi", theirs, printing.times_as_much(theirs, both),
            printing.at_least(theirs, both, FASTER_STORING),
        ),
    ]  # fmt: skip


def _judged(lock: Span, rows: int) -> str:
    """A short list is taken for one of 10,000 households, which goes in one transaction yet."""
    return printing.at_most(lock.cpu * max(1, 10_000 / rows) / 1000, LONGEST_LOCK / 1000, "s, từ 10 nghìn hộ")


def measure_apart(url: str, rows: int) -> dict:
    """Storing in a process of its own, in a database whose tables are there. Raises CalledProcessError."""
    command = [sys.executable, "-m", "bench.intake", "--only-store", "--rows", str(rows)]
    environment = {**os.environ, "DATABASE_URL": url}
    done = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True)  # noqa: S603
    found = json.loads(done.stdout.splitlines()[-1])
    return {name: Span(*value) if isinstance(value, list) else value for name, value in found.items()}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.intake", description=__doc__)
    parser.add_argument("--rows", type=int, default=30_000)
    parser.add_argument("--only-store", action="store_true", help="answer in JSON; DATABASE_URL has its tables already")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cnscd.settings")
    with tempfile.TemporaryDirectory(prefix="cnscd-bench-") as folder:
        if not options.only_store:
            os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/intake.sqlite3")
        os.environ.setdefault("DEMO", "1")
        import django

        django.setup()
        if options.only_store:
            print(json.dumps(measure_storing(options.rows)))
            return 0
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        began = time.monotonic()
        rows = reading_rows(measure_reading(options.rows), options.rows)
        rows += storing_rows(measure_apart(os.environ["DATABASE_URL"], options.rows))
    printing.print_table("Danh sách vào", [printing.TITLES, *rows])
    printing.say_end(time.monotonic() - began)
    return 0


if __name__ == "__main__":
    sys.exit(main())
