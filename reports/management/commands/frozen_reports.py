"""manage.py frozen_reports: is everything that was approved still as it was?"""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from reports.models import FrozenReport
from reports.signing.freezing import faults


class Command(BaseCommand):
    help = "Kiểm tra chuỗi báo cáo đã đóng băng: tìm bản bị sửa, bị chèn, bị xóa sau khi duyệt."

    def handle(self, *, verbosity, **options):
        found = list(faults())
        for fault in found:
            self.stderr.write(fault)
        if found:
            raise CommandError(f"{len(found)} điều không đúng trong chuỗi báo cáo đã đóng băng.")
        if verbosity:
            number = FrozenReport.objects.exclude(number=None).count()
            self.stdout.write(f"{number} báo cáo đã đóng băng, tất cả nguyên vẹn.")
