"""`python -m bench.intake [--rows 30000]`: reading a workbook and storing a list, beside the usual ways.

Reading: openpyxl in its read-only mode, which is what import-export reads with. Storing: a ModelResource of
import-export as one writes it (a row, an object, a save), on a part of the rows because it takes so long; ours compares
the whole list with the register, stages it and saves it in one transaction.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
import time
from pathlib import Path

THEIR_ROWS = 1000
PER_VILLAGE = 300
HEAD = (
    "STT", "Mã hộ", "Chủ hộ", "Thôn", "Địa chỉ", "Điện thoại", "Số người", "VNeID mức 2", "Thanh toán số",
    "Năm sinh", "Giới tính", "Cáp quang",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.intake", description=__doc__)
    parser.add_argument("--rows", type=int, default=30_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="cnscd-bench-") as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/intake.sqlite3")
        os.environ |= {"DEMO": "1", "DJANGO_SETTINGS_MODULE": "cnscd.settings"}
        import django

        django.setup()
        content = workbook(Path(folder) / "list.xlsx", rows)
        print(f"{rows} dòng × {len(HEAD)} cột, {len(content) / 2**20:.1f} MB")
        ours = read(content, rows)
        stored = store(content, rows)
    return 0 if ours and stored else 1


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


def read(content: bytes, rows: int) -> bool:
    import openpyxl

    from sheets.reading import Limits, read_workbook

    began = time.perf_counter()
    sheet = read_workbook(content, "list.xlsx", limits=Limits(cells=20_000_000))[0]
    ours = time.perf_counter() - began
    began = time.perf_counter()
    page = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True).active
    theirs_rows = [list(row) for row in page.iter_rows(values_only=True)]
    theirs = time.perf_counter() - began
    say("Đọc (tiến trình con, có hạn mức)", ours, rows, theirs, rows, "openpyxl read-only", 8)
    same = [[cell or None for cell in row] for row in sheet.rows[1:3]]
    return same == [[cell or None for cell in row] for row in theirs_rows[1:3]] and len(sheet.rows) == len(theirs_rows)


def store(content: bytes, rows: int) -> bool:
    from django.core.management import call_command
    from django.utils import timezone

    from intake import receiving, work
    from residents.models import Household, Observation, Resident

    call_command("migrate", verbosity=0)
    user, ward = prepare(rows)
    now = timezone.now()
    work.AT_ONCE_AT_MOST = rows + 1
    began = time.perf_counter()
    upload = receiving.receive(
        by=user, kind="households", area=ward, content=content, name="list.xlsx", now=now, today=timezone.localdate(now)
    )
    work.begin(upload, "checking", by=user)
    checked = time.perf_counter() - began
    began = time.perf_counter()
    work.begin(upload, "saving", by=user)
    saved = time.perf_counter() - began
    counts = Household.objects.count(), Resident.objects.count(), Observation.objects.count()
    print(
        f"  Đọc, đối chiếu, xem trước: {checked:.1f} s; lưu: {saved:.1f} s; {counts} hộ, người, ghi nhận",
        upload.message,
    )
    theirs = by_import_export()
    written = sum(counts) + counts[0] + counts[1]  # with placements and residences
    say(
        "Đọc, đối chiếu và lưu, theo bản ghi", checked + saved, written, theirs, THEIR_ROWS, "import-export, chỉ hộ", 20
    )
    return counts[0] >= rows


def prepare(rows: int):
    import datetime as dt

    from accounts.models import Posting, User
    from areas.actions import open_area
    from areas.models import Level
    from residents.catalogue import load_catalogue

    load_catalogue()
    since = dt.date(2024, 9, 1)
    country = open_area(by=None, level=Level.COUNTRY, kind="Nước", name="Việt Nam", since=since)
    province = open_area(by=None, level=Level.PROVINCE, kind="Tỉnh", name="Tỉnh A", parent=country, since=since)
    ward = open_area(by=None, level=Level.WARD, kind="Xã", name="Xã B", parent=province, since=since)
    for number in range(1, rows // PER_VILLAGE + 2):
        open_area(by=None, level=Level.VILLAGE, kind="Thôn", name=f"Thôn {number}", parent=ward, since=since)
    user = User.objects.create_user("minh", "x", full_name="Minh")
    Posting.objects.create(user=user, area=ward, role="ward_official")
    return user, ward


def by_import_export() -> float:
    """A plain resource for households: its rows are objects, saved one by one in one transaction."""
    from import_export.resources import ModelResource
    from tablib import Dataset

    from areas.models import Area, Level
    from residents.models import Household

    class Plain(ModelResource):
        class Meta:
            model = Household
            fields = ("code", "head_name", "address", "phone", "village", "code_village", "since")
            import_id_fields = ("code", "code_village")
            use_transactions = True

    village = Area.objects.filter(level=Level.VILLAGE).last()
    data = Dataset(headers=list(Plain.Meta.fields))
    for n in range(THEIR_ROWS):
        data.append([f"P{n:06}", f"Trần Văn {n}", f"Số {n}", "", village.pk, village.pk, "2026-10-31"])
    began = time.perf_counter()
    Plain().import_data(data, raise_errors=True)
    return time.perf_counter() - began


def say(what: str, ours: float, rows: int, theirs: float, their_rows: int, peer: str, wanted: int) -> None:
    ratio = (theirs / their_rows) / (ours / rows)
    verdict = "đạt" if ratio >= wanted else "CHƯA ĐẠT"
    print(
        f"  {what}: {ours:.1f} s ({rows / ours:,.0f} /giây); {peer}: {theirs:.1f} s "
        f"({their_rows / theirs:,.0f} /giây); {ratio:.1f} lần, mục tiêu {wanted}: {verdict}"
    )


if __name__ == "__main__":
    sys.exit(main())
