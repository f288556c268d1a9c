"""Public holidays and the days worked in exchange: one calendar for the whole country, kept by its administrators."""

from django.contrib import admin

from accounts.exchange.pages import ExchangeAdmin
from areas.models import Holiday
from residents import actions
from residents.exchange import HolidayResource

from .indicators import ListAdmin


@admin.register(Holiday)
class HolidayAdmin(ExchangeAdmin, ListAdmin):
    """Nothing is deleted: a day that is no holiday after all is set to "Làm việc"."""

    resource_classes = [HolidayResource]
    list_display = ["day", "name", "kind"]
    list_filter = ["kind"]
    search_fields = ["name"]
    date_hierarchy = "day"

    def get_readonly_fields(self, request, obj=None):
        return ["day"] if obj is not None else []

    def write(self, user, obj, changed, *, is_new):
        actions.keep_holiday(by=user, holiday=obj)
