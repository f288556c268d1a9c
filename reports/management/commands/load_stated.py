"""Load the figures published in the articles under fixtures/reports."""

from django.core.management.base import BaseCommand

from reports.stated import load_published


class Command(BaseCommand):
    help = "Nạp số liệu công bố trong các bài viết (fixtures/reports/stated_figures.csv). Chạy lại không đổi gì."

    def handle(self, **options):
        loaded = load_published()
        self.stdout.write(f"Số liệu công bố: thêm {loaded.added}, đã có {loaded.known}.")
        if loaded.without_area:
            names = ", ".join(sorted(set(loaded.without_area)))
            self.stdout.write(f"Chưa có địa bàn nên bỏ qua: {names}.")
