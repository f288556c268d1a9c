"""`manage.py backup`: one sealed, proved file; people may go on working."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from cnscd.operations import backups
from sheets.numbers import number_text


class Command(BaseCommand):
    help = "Sao lưu toàn bộ cơ sở dữ liệu vào một tệp và kiểm tra lại tệp đó. Chạy được khi đang có người dùng."

    def add_arguments(self, parser):
        parser.add_argument("--to", type=Path, default=settings.BACKUP_DIR, help="thư mục (mặc định: BACKUP_DIR)")
        parser.add_argument("--keep", type=int, default=30, help="số bản mới nhất được giữ lại (mặc định 30)")

    def handle(self, *, to: Path, keep: int, **options):
        if keep < 1:
            raise CommandError("--keep phải từ 1 trở lên.")
        try:
            path = backups.take(connection, to, at=timezone.now())
            manifest = backups.archive.read_manifest(path)
        except (backups.BackupError, OSError) as error:
            raise CommandError(f"Sao lưu không thành công: {error}") from error
        rows = number_text(sum(manifest["counts"].values()))
        size = number_text(path.stat().st_size / 1024 / 1024, 1)
        self.stdout.write(f"Đã sao lưu và kiểm tra: {path} ({rows} dòng, {size} MB).")
        for dropped in backups.drop_oldest(to, keep=keep):
            self.stdout.write(f"Đã xóa bản cũ: {dropped.name}")
