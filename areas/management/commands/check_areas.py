"""Check the map: versions, present names, and the closure against a walk."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from areas.checking import problems
from areas.closure import relink
from areas.models import Area


class Command(BaseCommand):
    help = "Kiểm tra bản đồ hành chính: các thời kỳ, tên hiện nay và liên kết cấp trên, cấp dưới trong từng ngày."

    def add_arguments(self, parser):
        parser.add_argument(
            "--rebuild", action="store_true", help="dựng lại các liên kết từ các thời kỳ trước khi kiểm tra"
        )

    def handle(self, *args, **options):
        if options["rebuild"]:
            relink(Area.objects.order_by().values_list("pk", flat=True))
        found = list(problems())
        for line in found:
            self.stderr.write(line)
        if found:
            raise CommandError(f"Có {len(found)} chỗ sai.")
        self.stdout.write("Bản đồ đúng.")
