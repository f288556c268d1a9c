"""Periods and the calendar that they follow."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q

from sheets.fields import CleanCharField


class CalendarRule(models.Model):
    """From when on a reporting month ends on which day (0 = the last day of the calendar month)."""

    since = models.DateField("áp dụng từ ngày", unique=True)
    last_day = models.PositiveSmallIntegerField("ngày chốt tháng", help_text="0 là ngày cuối tháng dương lịch.")
    source = CleanCharField("căn cứ", max_length=200, blank=True)

    class Meta:
        verbose_name = "lịch kỳ báo cáo"
        verbose_name_plural = "lịch kỳ báo cáo"
        ordering = ["since"]
        constraints = [models.CheckConstraint(condition=Q(last_day__lte=28), name="calendar_rule_last_day")]

    def __str__(self) -> str:
        day = f"ngày {self.last_day}" if self.last_day else "cuối tháng"
        return f"từ {self.since:%d/%m/%Y}: {day}"


class Period(models.Model):
    """Kỳ báo cáo: `end_on` inclusive; a month is named after the month of its end."""

    class Kind(models.TextChoices):
        DAY = "day", "Ngày"
        MONTH = "month", "Tháng"
        QUARTER = "quarter", "Quý"
        HALF = "half", "6 tháng"
        YEAR = "year", "Năm"
        TO_DATE = "to_date", "Lũy kế từ đầu năm"

    kind = models.CharField("loại kỳ", max_length=8, choices=Kind)
    label = CleanCharField("tên kỳ", max_length=60)
    start_on = models.DateField("từ ngày")
    end_on = models.DateField("đến hết ngày")
    # The as-of day of the last count of the whole map; null: not counted yet. Kept by reports/drain.py.
    counted_on = models.DateField("đã tính đến ngày", null=True, editable=False)

    class Meta:
        verbose_name = "kỳ báo cáo"
        verbose_name_plural = "kỳ báo cáo"
        ordering = ["-end_on", "kind"]
        constraints = [
            models.CheckConstraint(condition=Q(end_on__gte=F("start_on")), name="period_start_before_end"),
            models.UniqueConstraint(fields=["kind", "end_on"], name="period_once"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def span(self) -> str:
        """ "15/10–14/11/2026" """
        if self.start_on.year == self.end_on.year:
            return f"{self.start_on:%d/%m}–{self.end_on:%d/%m/%Y}"
        return f"{self.start_on:%d/%m/%Y}–{self.end_on:%d/%m/%Y}"

    def as_of(self, today: dt.date) -> dt.date:
        """The day on which stocks are counted."""
        return min(today, self.end_on)
