"""What an office wants looked at first: at most five indicators, from a period on."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.rules import Can
from areas.models import Area
from residents.models import Indicator

MOST = 5


class FocusChoiceQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(area__in=user.reach().areas_ever(Can.SEE_FIGURES))


class FocusChoice(models.Model):
    """Holds from `since`, the first day of a period, to the area's next choice; with no indicator the office leaves
    the choice to the one above.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="địa bàn")
    since = models.DateField("từ ngày")
    indicators = models.ManyToManyField(Indicator, through="FocusIndicator", verbose_name="tiêu chí")
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người chọn")
    chosen_at = models.DateTimeField("chọn lúc")

    objects = FocusChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "tiêu chí trọng tâm"
        verbose_name_plural = "tiêu chí trọng tâm"
        ordering = ["area", "-since"]
        constraints = [models.UniqueConstraint(fields=["area", "since"], name="focus_once_for_a_day")]

    def __str__(self) -> str:
        return f"Tiêu chí trọng tâm của {self.area} từ {self.since:%d/%m/%Y}"


class FocusIndicator(models.Model):
    choice = models.ForeignKey(FocusChoice, models.CASCADE, related_name="rows")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", verbose_name="tiêu chí")
    order = models.PositiveSmallIntegerField("thứ tự")

    class Meta:
        ordering = ["choice", "order"]
        constraints = [
            models.UniqueConstraint(fields=["choice", "indicator"], name="focus_indicator_once"),
            models.UniqueConstraint(fields=["choice", "order"], name="focus_one_in_a_place"),
            models.CheckConstraint(condition=Q(order__gte=1, order__lte=MOST), name="focus_five_at_most"),
        ]

    def __str__(self) -> str:
        return f"{self.order}. {self.indicator}"
