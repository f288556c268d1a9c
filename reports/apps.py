from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Số liệu và báo cáo"

    def ready(self):
        from . import outputs  # noqa: F401 - registers what the worker can make
