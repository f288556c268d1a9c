"""The record: what was seen of a subject and an indicator at an instant. Append-only."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from uuid6 import uuid7

from sheets.fields import CleanCharField

from .households import Household, OfHouseholdQuerySet, Resident
from .indicators import Indicator
from .visits import Visit


class ObservationQuerySet(OfHouseholdQuerySet):
    def at(self, instant: dt.datetime):
        """Those that hold at `instant`."""
        return self.filter(retracts=None, effective_at__lte=instant).filter(Q(until=None) | Q(until__gt=instant))

    def current(self):
        """Those that hold now and until something else is seen."""
        return self.filter(retracts=None, until=None)


class Observation(models.Model):
    class Answer(models.TextChoices):
        YES = "yes", "Đã có"
        NO = "no", "Chưa có"
        NA = "na", "Không thuộc diện"

    class Reason(models.TextChoices):
        NO_PHONE = "no_phone", "không có điện thoại"
        NO_SIM = "no_sim", "không có SIM chính chủ"
        AWAY = "away", "đi vắng"
        BEDRIDDEN = "bedridden", "ốm đau, không đi lại được"
        REFUSES = "refuses", "từ chối"
        OTHERS_PHONE = "others_phone", "dùng nhờ máy người khác"
        OTHER = "other", "lý do khác"

    class Source(models.TextChoices):
        DESK = "desk", "Nhập tại bàn"
        GRID = "grid", "Nhập từ phiếu giấy"
        PHONE = "phone", "Nhập trên điện thoại"
        IMPORT = "import", "Từ tệp"
        OPENING = "opening", "Số liệu đầu kỳ"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="observations")
    resident = models.ForeignKey(Resident, models.PROTECT, null=True, blank=True, related_name="observations")
    subject = models.UUIDField()
    # No index of its own, nor `recorded_by`: nobody asks by it alone, and each answer pays for every index.
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="observations", db_index=False)
    answer = models.CharField("trả lời", max_length=3, choices=Answer, blank=True)
    reason = models.CharField("lý do", max_length=12, choices=Reason, blank=True)
    effective_at = models.DateTimeField("thấy lúc")
    # Derived from the neighbours; every other column is never updated. A retracted one has until = effective_at.
    until = models.DateTimeField(null=True, blank=True, editable=False)
    retracts = models.UUIDField("rút lại", null=True, blank=True)
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="observations")
    source = models.CharField("nguồn", max_length=8, choices=Source, default=Source.DESK)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="người ghi"
    )
    received_at = models.DateTimeField("máy chủ nhận lúc")
    device = CleanCharField("thiết bị", max_length=40, blank=True)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        verbose_name = "ghi nhận"
        verbose_name_plural = "ghi nhận"
        ordering = ["effective_at", "pk"]
        # None with `until`: PostgreSQL can then end an answer without a word to any index.
        indexes = [models.Index(fields=["subject", "indicator", "effective_at", "id"], name="observation_timeline")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(retracts=None) & ~Q(answer="")) | (Q(retracts__isnull=False) & Q(answer="")),
                name="observation_answers_or_retracts",
            ),
            models.CheckConstraint(
                condition=Q(resident=None, subject=models.F("household"))
                | Q(resident__isnull=False, subject=models.F("resident")),
                name="observation_subject_is_its_own",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("effective_at")), name="observation_until_not_before"
            ),
            models.CheckConstraint(condition=Q(reason="") | Q(answer="no"), name="observation_reason_for_no"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}: {self.get_answer_display() or 'rút lại'}"
