"""Load the figures and targets published in the articles under fixtures/reports."""

from django.core.management.base import BaseCommand

from reports.stated import load_published
from reports.targets.published import load_published_targets


class Command(BaseCommand):
    help = "Nạp số liệu công bố và chỉ tiêu nêu trong các bài viết (fixtures/reports). Chạy lại không đổi gì."

    def handle(self, **options):
        for what, load in (("Số liệu công bố", load_published), ("Chỉ tiêu giao", load_published_targets)):
            loaded = load()
            self.stdout.write(f"{what}: thêm {loaded.added}, đã có {loaded.known}.")
            if loaded.without_area:
                names = ", ".join(sorted(set(loaded.without_area)))
                self.stdout.write(f"Chưa có địa bàn nên bỏ qua: {names}.")
