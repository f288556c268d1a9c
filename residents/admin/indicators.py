"""What is asked and what a visit may be about: lists for the whole country, kept by its administrators."""

from django.contrib import admin
from django.core.exceptions import ValidationError

from accounts.exchange.pages import ExchangeAdmin
from accounts.gated_admin import GatedAdmin, GatedInline
from accounts.rules import Can
from residents.exchange import IndicatorResource, TopicResource
from residents.models import Indicator, IndicatorVersion, ResultKind, Topic


class ListAdmin(GatedAdmin):
    """Everybody who comes here reads it; who administers the whole country changes it."""

    edits = Can.ADMINISTER

    def rows(self, user):
        return self.model._default_manager.all()

    def has_add_permission(self, request):
        return request.user.reach().everywhere(Can.ADMINISTER)

    def has_import_permission(self, request):
        return self.has_add_permission(request)


class VersionInline(GatedInline):
    model = IndicatorVersion
    fk_name = "indicator"
    fields = readonly_fields = ["subject", "min_age", "max_age", "since", "until", "definition"]


@admin.register(Indicator)
class IndicatorAdmin(ExchangeAdmin, ListAdmin):
    resource_classes = [IndicatorResource]
    list_display = ["name", "code", "group", "order", "is_reported"]
    list_filter = ["group", "is_reported"]
    search_fields = ["code", "name"]
    inlines = [VersionInline]

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj is not None else []


@admin.register(IndicatorVersion)
class IndicatorVersionAdmin(ListAdmin):
    """A definition holds between two days; a new one is added, and the one before is given its end."""

    list_display = ["indicator", "subject", "min_age", "max_age", "since", "until"]
    list_select_related = ["indicator"]
    list_filter = ["subject"]
    search_fields = ["indicator__code", "indicator__name"]
    filter_horizontal = ["requires"]

    def write(self, user, obj, changed, *, is_new):
        others = IndicatorVersion.objects.filter(indicator=obj.indicator).exclude(pk=obj.pk)
        for other in others:
            if (obj.until is None or other.since < obj.until) and (other.until is None or obj.since < other.until):
                raise ValidationError({"since": f"Trùng thời gian với định nghĩa từ {other.since:%d/%m/%Y}."})
        super().write(user, obj, changed, is_new=is_new)


@admin.register(Topic)
class TopicAdmin(ExchangeAdmin, ListAdmin):
    resource_classes = [TopicResource]
    list_display = ["name", "code", "parent", "order", "is_offered"]
    list_select_related = ["parent"]
    list_filter = ["is_offered"]
    search_fields = ["name", "code"]


@admin.register(ResultKind)
class ResultKindAdmin(ListAdmin):
    list_display = ["name", "code", "unit", "order", "is_offered"]
    list_filter = ["is_offered"]
    search_fields = ["name", "code"]
