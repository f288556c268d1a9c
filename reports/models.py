"""Periods, the figures counted for them, and the figures that somebody stated."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.rules import Can
from areas.models import Area, IntervalQuerySet
from residents.models import Indicator
from sheets.fields import CleanCharField, CleanTextField


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


class StatedFigureQuerySet(models.QuerySet):
    def visible_to(self, user):
        reach = user.reach()
        return self.filter(area__in=reach.areas(Can.SEE_FIGURES)) | self.filter(
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

    class Meta:
        verbose_name = "số liệu"
        verbose_name_plural = "số liệu"
        constraints = [models.UniqueConstraint(fields=["area", "period", "measure"], name="figure_once")]
        indexes = [models.Index(fields=["period", "measure"])]

    def __str__(self) -> str:
        return f"{self.area_id}/{self.period_id}/{self.measure}"


class Remark(models.Model):
    """Biểu 04: difficulties, proposals and good models, in the words of an area for a period."""

    class Kind(models.TextChoices):
        RESULT = "result", "Kết quả nổi bật"
        MODEL = "model", "Mô hình, cách làm hay"
        DIFFICULTY = "difficulty", "Khó khăn, vướng mắc"
        PROPOSAL = "proposal", "Đề xuất, kiến nghị"

    area = models.ForeignKey(Area, models.CASCADE, related_name="remarks", verbose_name="địa bàn")
    period = models.ForeignKey(Period, models.CASCADE, related_name="remarks", verbose_name="kỳ")
    kind = models.CharField("mục", max_length=10, choices=Kind)
    text = CleanTextField("nội dung", max_length=3000)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField("viết lúc")

    class Meta:
        verbose_name = "nhận xét trong báo cáo"
        verbose_name_plural = "nhận xét trong báo cáo"
        ordering = ["area", "kind"]
        constraints = [models.UniqueConstraint(fields=["area", "period", "kind"], name="remark_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.area}"


class Worker(models.Model):
    """The heartbeat of the background worker, read by `manage.py doctor`."""

    name = models.CharField(max_length=40, unique=True)
    beat_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "tiến trình nền"
        verbose_name_plural = "tiến trình nền"

    def __str__(self) -> str:
        return self.name
