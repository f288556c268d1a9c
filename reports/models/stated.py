"""Figures that somebody stated, and the registers that are complete enough to count from."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.rules import Can
from areas.models import Area, IntervalQuerySet
from residents.models import Indicator
from sheets.fields import CleanCharField, CleanTextField


class StatedFigureQuerySet(models.QuerySet):
    def visible_to(self, user):
        reach = user.reach()
        return self.filter(area__in=reach.areas_ever(Can.SEE_FIGURES)) | self.filter(
            area__links_down__descendant__in=reach.area_ids(Can.SEE_FIGURES)
        )


class StatedFigure(models.Model):
    """Số liệu công bố: a figure told by somebody, with its source; never mixed with what was counted."""

    class Qualifier(models.TextChoices):
        EXACT = "", "đúng"
        NEARLY = "gần", "gần"
        OVER = "hơn", "hơn"
        ABOUT = "khoảng", "khoảng"

    class Basis(models.TextChoices):
        STATED = "stated", "Công bố"
        DERIVED = "derived", "Suy ra từ số công bố"

    area = models.ForeignKey(Area, models.PROTECT, related_name="stated_figures", verbose_name="địa bàn")
    on = models.DateField("tại ngày")
    # For activity in a period: its first day; null for stocks.
    since = models.DateField("tính từ ngày", null=True, blank=True)
    measure = CleanCharField("chỉ số", max_length=60)
    # Told of a part only (a street, a model): shown beside, never taken for the figure of the area.
    scope = CleanCharField("riêng cho", max_length=120, blank=True, help_text="Ví dụ: tuyến đường Bàu Cầu 3.")
    eligible = models.PositiveIntegerField("thuộc diện", null=True, blank=True)
    reached = models.PositiveIntegerField("đã có", null=True, blank=True)
    rate = models.DecimalField("tỷ lệ (%)", max_digits=5, decimal_places=2, null=True, blank=True)
    value = models.PositiveIntegerField("giá trị", null=True, blank=True)
    qualifier = models.CharField("mức", max_length=6, choices=Qualifier, blank=True)
    basis = models.CharField("tính chất", max_length=8, choices=Basis, default=Basis.STATED)
    source = CleanCharField("nguồn", max_length=250)
    document = CleanCharField("văn bản, bài viết", max_length=300, blank=True)
    note = CleanTextField("ghi chú", max_length=500, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="người nhập"
    )
    entered_at = models.DateTimeField("nhập lúc")
    withdrawn_at = models.DateTimeField("rút lại lúc", null=True, blank=True)

    objects = StatedFigureQuerySet.as_manager()

    class Meta:
        verbose_name = "số liệu công bố"
        verbose_name_plural = "số liệu công bố"
        ordering = ["-on", "area", "measure"]
        indexes = [models.Index(fields=["area", "measure", "on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(reached__isnull=False) | Q(rate__isnull=False) | Q(value__isnull=False),
                name="stated_figure_says_something",
            ),
            models.UniqueConstraint(
                fields=["area", "on", "measure", "scope"],
                condition=Q(withdrawn_at=None),
                name="stated_figure_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.area} {self.on:%d/%m/%Y}"

    @property
    def share(self) -> Decimal | None:
        """Reached over eligible, or the stated rate, as a fraction."""
        if self.reached is not None and self.eligible:
            return Decimal(self.reached) / Decimal(self.eligible)
        return self.rate / 100 if self.rate is not None else None


class CompleteMark(models.Model):
    """The ward says: the register of this village holds all its households, count from it."""

    village = models.ForeignKey(Area, models.CASCADE, related_name="complete_marks", verbose_name="thôn")
    indicator = models.ForeignKey(
        Indicator,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="tiêu chí",
        help_text="Để trống: mọi tiêu chí.",
    )
    since = models.DateField("từ ngày")
    until = models.DateField("đến ngày", null=True, blank=True)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = IntervalQuerySet.as_manager()

    class Meta:
        verbose_name = "thôn đủ sổ hộ"
        verbose_name_plural = "thôn đủ sổ hộ"
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="complete_mark_since_before_until"
            ),
            models.UniqueConstraint(
                fields=["village"], condition=Q(until=None, indicator=None), name="complete_mark_one_open_for_all"
            ),
            models.UniqueConstraint(
                fields=["village", "indicator"], condition=Q(until=None), name="complete_mark_one_open"
            ),
        ]

    def __str__(self) -> str:
        return str(self.village)
