from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.exchange.pages import ExchangeAdmin
from accounts.gated_admin import GatedAdmin, ReadOnly
from accounts.rules import Can
from areas.actions import mark_stale

from .exchange import StatedFigureResource
from .models import (
    CalendarRule,
    CompleteMark,
    DueRule,
    Explanation,
    Figure,
    FrozenReport,
    MonthlyReport,
    Period,
    Remark,
    ReportEvent,
    ReportTemplate,
    SignedFile,
    StatedFigure,
    Target,
    VillageConfirmation,
    Worker,
)
from .stating import measures_to_state


class OfAreaAdmin(ReadOnly, GatedAdmin):
    """Rows of an area that the product writes: seen by whoever sees the area's figures."""

    area_field = "area"

    def rows(self, user):
        hers = user.reach().areas_ever(self.sees).values("pk")
        return self.model._default_manager.filter(**{f"{self.area_field}__in": hers})


@admin.register(CalendarRule)
class CalendarRuleAdmin(GatedAdmin):
    """A new rule holds for periods that are not made yet; a rule that is in use is not rewritten."""

    sees = edits = Can.ADMINISTER
    list_display = ["since", "last_day", "source"]

    def rows(self, user):
        return CalendarRule.objects.all()

    def has_add_permission(self, request):
        return request.user.reach().everywhere(Can.ADMINISTER)

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Period)
class PeriodAdmin(ReadOnly, GatedAdmin):
    list_display = ["label", "kind", "start_on", "end_on"]
    list_filter = ["kind"]
    search_fields = ["label"]

    def rows(self, user):
        return Period.objects.all()


def check_stated(figure: StatedFigure, today) -> None:
    """Raises ValidationError by field for what an office cannot state."""
    if figure.on > today:
        raise ValidationError({"on": "Ngày này chưa đến."})
    if figure.since and figure.since > figure.on:
        raise ValidationError({"since": "Phải không sau “tại ngày”."})
    if figure.measure not in {measure.code for measure in measures_to_state(figure.on)}:
        raise ValidationError({"measure": f"Không có chỉ số “{figure.measure}”."})
    if figure.eligible is not None and figure.reached is not None and figure.reached > figure.eligible:
        raise ValidationError({"reached": "“Đã có” lớn hơn “thuộc diện”."})
    if figure.reached is None and figure.rate is None and figure.value is None:
        raise ValidationError("Ghi số đã có, tỷ lệ hoặc giá trị.")
    others = StatedFigure.objects.filter(
        area=figure.area, on=figure.on, measure=figure.measure, scope=figure.scope, withdrawn_at=None
    )
    if figure.withdrawn_at is None and others.exclude(pk=figure.pk).exists():
        raise ValidationError({"measure": "Địa bàn đã có số liệu này tại ngày này."})


@admin.register(StatedFigure)
class StatedFigureAdmin(ExchangeAdmin, GatedAdmin):
    resource_classes = [StatedFigureResource]
    sees = Can.SEE_FIGURES
    edits = Can.STATE_FIGURES
    list_display = ["area", "on", "measure", "eligible", "reached", "rate", "value", "qualifier", "source"]
    list_select_related = ["area"]
    list_filter = ["basis", "qualifier"]
    search_fields = ["measure", "source"]
    autocomplete_fields = ["area"]
    fields = [
        "area",
        "on",
        "since",
        "measure",
        "scope",
        "eligible",
        "reached",
        "rate",
        "value",
        "qualifier",
        "basis",
        "source",
        "document",
        "note",
        "entered_by",
        "entered_at",
        "withdrawn_at",
    ]
    readonly_fields = ["entered_by", "entered_at", "withdrawn_at"]
    choices = {"area": lambda user: user.reach().areas(Can.STATE_FIGURES)}

    def rows(self, user):
        return StatedFigure.objects.filter(pk__in=StatedFigure.objects.visible_to(user).values("pk"))

    def area_id_of(self, figure):
        return figure.area_id

    def write(self, user, obj, changed, *, is_new):
        check_stated(obj, timezone.localdate())
        if is_new:
            obj.entered_by, obj.entered_at = user, timezone.now()
        super().write(user, obj, changed, is_new=is_new)
        mark_stale([obj.area_id], obj.since or obj.on)


@admin.register(Target)
class TargetAdmin(ReadOnly, GatedAdmin):
    """Given on the page of targets alone, where what is changed stays as withdrawn."""

    sees = Can.SEE_FIGURES
    list_display = ["area", "indicator", "rate", "since", "due_on", "source", "withdrawn_at"]
    list_select_related = ["area", "indicator"]
    search_fields = ["source", "document"]

    def rows(self, user):
        return Target.objects.filter(pk__in=Target.objects.visible_to(user).values("pk"))


@admin.register(CompleteMark)
class CompleteMarkAdmin(OfAreaAdmin):
    area_field = "village"
    list_display = ["village", "indicator", "since", "until"]
    list_select_related = ["village", "indicator"]


@admin.register(Figure)
class FigureAdmin(OfAreaAdmin):
    list_display = ["area", "period", "measure", "eligible", "reached", "value", "basis", "counted_at"]
    list_select_related = ["area", "period"]
    list_filter = ["basis"]
    search_fields = ["measure"]


@admin.register(Remark)
class RemarkAdmin(OfAreaAdmin):
    sees = Can.MAKE_REPORTS
    list_display = ["area", "period", "kind", "written_at"]
    list_select_related = ["area", "period"]
    list_filter = ["kind"]


@admin.register(ReportTemplate)
class ReportTemplateAdmin(OfAreaAdmin):
    sees = Can.MAKE_REPORTS
    list_display = ["name", "area", "version", "is_current", "uploaded_at"]
    list_select_related = ["area"]
    fields = [
        "name",
        "area",
        "version",
        "is_current",
        "file_name",
        "sha256",
        "uploaded_by",
        "uploaded_at",
        "retired_at",
    ]


@admin.register(MonthlyReport)
class MonthlyReportAdmin(OfAreaAdmin):
    """To look at: reports change by the actions of the cycle alone."""

    sees = Can.MAKE_REPORTS
    list_display = ["area", "period", "version", "state", "presented_at", "approved_at", "sent_at"]
    list_select_related = ["area", "period"]
    list_filter = ["state", "is_current"]

    def rows(self, user):
        return MonthlyReport.objects.visible_to(user)


@admin.register(VillageConfirmation)
class VillageConfirmationAdmin(OfAreaAdmin):
    sees = Can.MAKE_REPORTS
    area_field = "village"
    list_display = ["village", "period", "at", "source", "withdrawn_at"]
    list_select_related = ["village", "period"]

    def rows(self, user):
        return VillageConfirmation.objects.visible_to(user)


class OfReportAdmin(OfAreaAdmin):
    """What belongs to a report; the frozen bytes are not shown here, their sums are."""

    sees = Can.MAKE_REPORTS
    area_field = "report__area"


@admin.register(ReportEvent)
class ReportEventAdmin(OfReportAdmin):
    list_display = ["report", "at", "action", "from_state", "to_state"]
    list_select_related = ["report__area", "report__period"]


@admin.register(FrozenReport)
class FrozenReportAdmin(OfReportAdmin):
    list_display = ["report", "number", "made_at", "sha256"]
    list_select_related = ["report__area", "report__period"]
    fields = ["report", "made_at", "number", "previous_sha256", "sha256"]


@admin.register(SignedFile)
class SignedFileAdmin(OfReportAdmin):
    list_display = ["report", "name", "attached_at", "sha256"]
    list_select_related = ["report__area", "report__period"]
    fields = ["report", "name", "sha256", "attached_at"]


@admin.register(Explanation)
class ExplanationAdmin(OfReportAdmin):
    list_display = ["report", "finding", "at"]
    list_select_related = ["report__area", "report__period"]


@admin.register(DueRule)
class DueRuleAdmin(GatedAdmin):
    """How many working days each level has, from a day on."""

    sees = edits = Can.ADMINISTER
    list_display = ["level", "since", "working_days", "source"]

    def rows(self, user):
        return DueRule.objects.all()

    def has_add_permission(self, request):
        return request.user.reach().everywhere(Can.ADMINISTER)

    def has_change_permission(self, request, obj=None):
        return request.user.reach().everywhere(Can.ADMINISTER)


@admin.register(Worker)
class WorkerAdmin(ReadOnly, GatedAdmin):
    sees = Can.ADMINISTER
    list_display = ["name", "beat_at", "note"]

    def rows(self, user):
        return Worker.objects.all() if user.reach().everywhere(Can.ADMINISTER) else Worker.objects.none()
