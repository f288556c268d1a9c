"""What was counted, and the signs of life of what works in the background."""

from __future__ import annotations

from django.db import models

from areas.models import Area

from .periods import Period
from .stated import StatedFigure


class Figure(models.Model):
    """Số liệu: what was counted for an area, a period and a measure. Rebuildable; written by `reports/counting.py`."""

    class Basis(models.TextChoices):
        COUNTED = "counted", "Đếm từ sổ"
        STATED = "stated", "Công bố"
        PARTIAL = "partial", "Chưa đủ"

    # Written a hundred thousand at a time and rebuildable: no check for each row, and no index that others cover.
    area = models.ForeignKey(Area, models.CASCADE, related_name="figures", db_constraint=False, db_index=False)
    period = models.ForeignKey(Period, models.CASCADE, related_name="figures", db_constraint=False, db_index=False)
    measure = models.CharField(max_length=60)
    # Coverage measures fill the first four, activity measures `value`; null = no figure, 0 = zero.
    eligible = models.PositiveIntegerField(null=True)
    known = models.PositiveIntegerField(null=True)
    reached = models.PositiveIntegerField(null=True)
    unclear = models.PositiveIntegerField(null=True)
    value = models.PositiveBigIntegerField(null=True)
    basis = models.CharField(max_length=8, choices=Basis)
    stated = models.ForeignKey(StatedFigure, models.SET_NULL, null=True, related_name="+")
    villages_total = models.PositiveIntegerField(default=0)
    villages_with_data = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField()

    # All that was counted or stated, but for the time.
    CONTENT = (
        "eligible", "known", "reached", "unclear", "value", "basis", "villages_total", "villages_with_data", "stated",
    )  # fmt: skip

    class Meta:
        verbose_name = "số liệu"
        verbose_name_plural = "số liệu"
        constraints = [models.UniqueConstraint(fields=["area", "period", "measure"], name="figure_once")]
        indexes = [models.Index(fields=["period", "measure"])]

    def __str__(self) -> str:
        return f"{self.area_id}/{self.period_id}/{self.measure}"

    @classmethod
    def kept(cls, period: Period) -> dict[tuple[int, str], tuple]:
        """(area, measure) → CONTENT, all that stands for a period."""
        rows = cls.objects.filter(period=period).values_list("area", "measure", *cls.CONTENT)
        return {(area, measure): tuple(content) for area, measure, *content in rows.iterator()}


class Worker(models.Model):
    """The last sign of life of what works in the background, and what went wrong then; read by `manage.py doctor`."""

    FIGURES, NIGHTLY = "figures", "nightly"

    name = models.CharField(max_length=40, unique=True)
    beat_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "tiến trình nền"
        verbose_name_plural = "tiến trình nền"

    def __str__(self) -> str:
        return self.name
