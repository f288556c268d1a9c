from django.core.management.base import BaseCommand

from residents.catalogue import load_catalogue


class Command(BaseCommand):
    help = "Nạp tiêu chí, nội dung hỗ trợ và loại kết quả từ fixtures/residents/. Chạy lại không làm thay đổi gì."

    def handle(self, *args, verbosity, **options):
        loaded = load_catalogue()
        if verbosity:
            self.stdout.write(
                f"Đã có {loaded.indicators} tiêu chí ({loaded.versions} định nghĩa), {loaded.topics} nội dung hỗ trợ, "
                f"{loaded.result_kinds} loại kết quả."
            )
