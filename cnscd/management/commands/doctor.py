"""`manage.py doctor`: a line for each thing that must be well; exit code 1 if one is not."""

from __future__ import annotations

import sys

from django.core.management.base import BaseCommand
from django.utils import timezone

from cnscd.operations import checkup


class Command(BaseCommand):
    help = "Kiểm tra cấu hình, cơ sở dữ liệu, số liệu chờ tính, tiến trình nền, sao lưu và ổ đĩa."
    requires_system_checks = ()
    requires_migrations_checks = False

    def handle(self, **options):
        wrong = 0
        for finding in checkup.examine(timezone.now()):
            style = self.style.SUCCESS if finding.is_well else self.style.ERROR
            self.stdout.write(style(str(finding)))
            wrong += not finding.is_well
        if wrong:
            self.stdout.write(f"Có {wrong} điểm cần xử lý.")
            sys.exit(1)
        self.stdout.write("Mọi thứ đều ổn.")
