"""The public holidays of some years, for counting working days and time outside office hours."""

from __future__ import annotations

from django.core.management.base import BaseCommand
from django.utils import timezone

from residents.actions import load_known_holidays

FIRST_YEAR = 2022


class Command(BaseCommand):
    help = "Nạp ngày nghỉ lễ, ngày làm bù của những năm chưa có (mặc định từ 2022 đến hết năm sau). Không lấy từ mạng."

    def add_arguments(self, parser):
        parser.add_argument("--year", type=int, action="append", metavar="NĂM", help="dùng được nhiều lần")

    def handle(self, *, year, verbosity, **options):
        years = year or range(FIRST_YEAR, timezone.localdate().year + 2)
        added = load_known_holidays(by=None, years=years)
        if verbosity:
            new = ", ".join(map(str, sorted({holiday.day.year for holiday in added})))
            self.stdout.write(f"Đã thêm {len(added)} ngày (năm {new})." if added else "Lịch nghỉ đã có đủ.")
