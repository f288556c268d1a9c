"""What is asked: indicators are data, and their definitions change by date."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

from django.db import models
from django.db.models import F, Q

from areas.models import IntervalQuerySet
from sheets.fields import CleanCharField, CleanTextField


class Subject(models.TextChoices):
    RESIDENT = "resident", "Người"
    HOUSEHOLD = "household", "Hộ"


class Indicator(models.Model):
    class Group(models.TextChoices):
        IDENTITY = "identity", "Định danh, dịch vụ công"
        PAYMENT = "payment", "Thanh toán"
        DEVICE = "device", "Thiết bị, kết nối"
        HEALTH = "health", "Y tế, bảo hiểm"
        SKILL = "skill", "Kỹ năng, an toàn"
        TRADE = "trade", "Kinh tế số"
        TRAIT = "trait", "Đặc điểm hộ"

    code = models.SlugField("mã", max_length=30, unique=True)
    name = CleanCharField("tên tiêu chí", max_length=150)
    short_name = CleanCharField("tên ngắn", max_length=40)
    group = models.CharField("nhóm", max_length=10, choices=Group)
    order = models.PositiveSmallIntegerField("thứ tự")
    is_reported = models.BooleanField("có trong báo cáo", default=True)

    class Meta:
        verbose_name = "tiêu chí"
        verbose_name_plural = "tiêu chí"
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def measure(self) -> str:
        """The name under which its figures are stored."""
        return f"cov:{self.code}"


class IndicatorVersionQuerySet(IntervalQuerySet):
    def with_indicator(self):
        return self.select_related("indicator").prefetch_related("requires").order_by("indicator__order")


class IndicatorVersion(models.Model):
    """Who is eligible, between two days: ages taken on the as-of day; `requires` = any of these answered yes."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="versions", verbose_name="tiêu chí")
    subject = models.CharField("tính theo", max_length=10, choices=Subject)
    min_age = models.PositiveSmallIntegerField("từ đủ (tuổi)", null=True, blank=True)
    max_age = models.PositiveSmallIntegerField("đến hết (tuổi)", null=True, blank=True)
    requires = models.ManyToManyField(
        Indicator, blank=True, related_name="required_by", verbose_name="chỉ khi đã có một trong"
    )
    since = models.DateField("từ ngày")
    until = models.DateField("đến ngày", null=True, blank=True)
    definition = CleanTextField("định nghĩa", max_length=1000)
    source = CleanCharField("nguồn", max_length=300, blank=True)

    objects = IndicatorVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "định nghĩa tiêu chí"
        verbose_name_plural = "định nghĩa tiêu chí"
        ordering = ["indicator__order", "since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="indicator_version_since_before_until"
            ),
            models.UniqueConstraint(fields=["indicator", "since"], name="indicator_version_once_a_day"),
            models.UniqueConstraint(fields=["indicator"], condition=Q(until=None), name="indicator_version_one_open"),
            models.CheckConstraint(
                condition=Q(subject="resident") | Q(min_age=None, max_age=None), name="indicator_ages_are_of_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} từ {self.since:%d/%m/%Y}"

    @cached_property
    def required(self) -> dict[int, str]:
        """The indicators of which any must be answered yes: id → short name."""
        return {indicator.pk: indicator.short_name for indicator in self.requires.all()}


class Topic(models.Model):
    """What a visit was about, in two levels: the five kinds of help, and their fields."""

    code = models.SlugField("mã", max_length=30, unique=True)
    name = CleanCharField("tên", max_length=100)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="fields", verbose_name="thuộc nhóm"
    )
    order = models.PositiveSmallIntegerField("thứ tự")
    is_offered = models.BooleanField("đang dùng", default=True)

    class Meta:
        verbose_name = "nội dung hỗ trợ"
        verbose_name_plural = "nội dung hỗ trợ"
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


def age_on(born_on: dt.date, day: dt.date) -> int:
    """Full years on `day`; someone born on 29 February comes of age on 1 March of a common year."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))
