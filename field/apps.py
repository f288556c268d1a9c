from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "field"
    verbose_name = "Điện thoại đi hộ"

    def ready(self):
        from residents.forgetting import ALSO

        from .forgetting import forget_items

        ALSO.append(forget_items)
