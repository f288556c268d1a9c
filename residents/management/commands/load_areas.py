"""Load the national map, or some provinces of it, and carry along what already stands on the old one."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from areas.loading import load_map
from areas.models import Level
from residents.reorganising.following import follow


class Command(BaseCommand):
    help = "Nạp bản đồ hành chính cả nước (hai cấp, ba cấp và việc sắp xếp ngày 01/7/2025). Chạy lại không đổi gì."

    def add_arguments(self, parser):
        parser.add_argument(
            "--province",
            action="append",
            metavar="MÃ",
            help="chỉ nạp tỉnh, thành phố này (mã cũ hoặc mới) cùng các tỉnh nhập vào nó; dùng được nhiều lần",
        )

    def handle(self, *args, verbosity, **options):
        now = timezone.now()
        try:
            added = load_map(by=None, at=now, provinces=options["province"], follow=lambda parts: follow(parts, at=now))
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        if verbosity:
            self._tell(added)

    def _tell(self, added) -> None:
        if not added:
            self.stdout.write("Bản đồ đã có đủ, không thêm gì.")
            return
        for level in Level:
            if added[level]:
                number = f"{added[level]:,}".replace(",", ".")
                self.stdout.write(f"{level.label}: thêm {number}")
