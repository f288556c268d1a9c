"""`manage.py restore FILE`: into an empty database, from an undamaged file, or not at all."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from cnscd.operations import backups
from cnscd.operations.health import pending_migrations
from sheets.dates import datetime_text
from sheets.numbers import number_text


class Command(BaseCommand):
    help = "Phục hồi một tệp sao lưu vào cơ sở dữ liệu trống mà DATABASE_URL trỏ tới."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="TỆP")
        parser.add_argument("--check", action="store_true", help="chỉ kiểm tra tệp, không phục hồi")

    def handle(self, *, file: Path, check: bool, **options):
        try:
            manifest = backups.prove(file) if check else backups.restore(file, connection)
        except (backups.BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        rows = number_text(sum(manifest["counts"].values()))
        tables = number_text(len(manifest["counts"]))
        taken = datetime_text(dt.datetime.fromisoformat(manifest["created_at"]))
        what = f"{tables} bảng, {rows} dòng, sao lưu lúc {taken}"
        if check:
            self.stdout.write(f"Tệp còn nguyên vẹn: {what}.")
            return
        self.stdout.write(f"Đã phục hồi và đối chiếu: {what}.")
        if pending_migrations():
            self.stdout.write("Bản sao lưu của phiên bản cũ hơn; chạy tiếp: manage.py migrate")
