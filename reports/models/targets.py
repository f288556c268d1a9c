"""Targets: the rate that an area is to reach by a day, as a document says it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.rules import Can
from areas.models import Area
from residents.models import Indicator
from sheets.fields import CleanCharField, CleanTextField


class TargetQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of her areas, and those of the areas above, which hold for hers too."""
        reach = user.reach()
        return self.filter(area__in=reach.areas_ever(Can.SEE_FIGURES)) | self.filter(
            area__links_down__descendant__in=reach.area_ids(Can.SEE_FIGURES)
        )

    def standing(self):
        return self.filter(withdrawn_at=None)

    def on(self, day):
        """In force: given, and the day by which it is to be reached has not passed."""
        return self.standing().filter(since__lte=day, due_on__gte=day)


class Target(models.Model):
    """Chỉ tiêu giao: handed down to every area below that has none of its own for the indicator."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="targets", verbose_name="địa bàn")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="targets", verbose_name="tiêu chí")
    since = models.DateField("giao từ ngày")
    due_on = models.DateField("hạn hoàn thành")
    rate = models.DecimalField("chỉ tiêu (%)", max_digits=5, decimal_places=2)
    source = CleanCharField("cơ quan giao", max_length=250)
    document = CleanCharField("văn bản", max_length=300, blank=True)
    note = CleanTextField("ghi chú", max_length=500, blank=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="người nhập"
    )
    set_at = models.DateTimeField("nhập lúc")
    withdrawn_at = models.DateTimeField("rút lại lúc", null=True, blank=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = "chỉ tiêu giao"
        verbose_name_plural = "chỉ tiêu giao"
        ordering = ["area", "indicator__order", "due_on"]
        constraints = [
            models.CheckConstraint(condition=Q(due_on__gte=F("since")), name="target_since_before_due"),
            models.CheckConstraint(condition=Q(rate__gt=0, rate__lte=100), name="target_rate_is_a_share"),
            models.UniqueConstraint(
                fields=["area", "indicator", "due_on"], condition=Q(withdrawn_at=None), name="target_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.short_name} {self.area} đến {self.due_on:%d/%m/%Y}"
