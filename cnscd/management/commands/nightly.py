"""`manage.py nightly`: the work of once a day; exit code 1 if a step went wrong."""

from __future__ import annotations

import sys

from django.core.management.base import BaseCommand
from django.utils import timezone

from cnscd.operations import nightly


class Command(BaseCommand):
    help = "Việc hằng đêm: sắp xếp đơn vị đã đến ngày, đếm lại và đối chiếu số liệu, xóa những gì hết hạn giữ."

    def handle(self, **options):
        wrong = 0
        for finding in nightly.work(timezone.now()):
            self.stdout.write((self.style.SUCCESS if finding.is_well else self.style.ERROR)(str(finding)))
            wrong += not finding.is_well
        if wrong:
            sys.exit(1)
