from django.core.management.base import BaseCommand
from django.utils import timezone

from field.models import SyncEpoch


class Command(BaseCommand):
    help = "Đời dữ liệu mà điện thoại đồng bộ với; nâng lên sau khi khôi phục từ bản sao lưu."

    def add_arguments(self, parser):
        parser.add_argument("--raise", dest="why", metavar="LÝ DO", help="nâng lên một đời, ghi lý do")

    def handle(self, *args, why, **options):
        if why:
            SyncEpoch.objects.create(number=SyncEpoch.current() + 1, since=timezone.now(), why=why[:200])
            self.stdout.write("Điện thoại sẽ gửi lại những gì còn giữ.")
        self.stdout.write(f"Đời dữ liệu: {SyncEpoch.current()}")
