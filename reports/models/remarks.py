"""The words of a report."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from areas.models import Area
from sheets.fields import CleanTextField

from .periods import Period


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
