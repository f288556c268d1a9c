from django.core.management.base import BaseCommand
from django.utils import timezone

from field.tidying import tidy


class Command(BaseCommand):
    help = "Xóa biên nhận đồng bộ, mục đã bỏ và mục đã quyết định quá 400 ngày. Chạy hằng đêm."

    def handle(self, *args, **options):
        done = tidy(timezone.now())
        self.stdout.write(
            f"Đã xóa {done['receipts']} biên nhận, {done['discards']} mục đã bỏ, {done['decided']} mục đã quyết định."
        )
