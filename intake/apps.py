from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"
    verbose_name = "Nhập danh sách"

    def ready(self):
        from residents.forgetting import ALSO

        from .forgetting import forget_lists

        ALSO.append(forget_lists)
