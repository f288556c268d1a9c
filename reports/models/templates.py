"""The authority's own workbook, and which figure goes into which of its cells."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.rules import Can
from areas.models import Area, AreaLink
from sheets.fields import CleanCharField


class ReportTemplateQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Of her own areas and those below, where she makes reports; and of the offices above, to fill in theirs."""
        reach = user.reach()
        above = AreaLink.objects.open().filter(descendant__in=reach.area_ids(Can.MAKE_REPORTS)).values("ancestor")
        return self.filter(Q(area__in=reach.areas_ever(Can.MAKE_REPORTS)) | Q(area__in=above)).defer("content")

    def in_use(self):
        return self.filter(is_current=True, retired_at=None)


class ReportTemplate(models.Model):
    """Mẫu của cơ quan: an .xlsx file of theirs; a new file under the same name is a new version, the old one stays."""

    area = models.ForeignKey(Area, models.PROTECT, related_name="report_templates", verbose_name="cơ quan của địa bàn")
    name = CleanCharField("tên mẫu", max_length=120)
    version = models.PositiveSmallIntegerField("bản", default=1)
    is_current = models.BooleanField("bản hiện hành", default=True)
    file_name = CleanCharField("tên tệp", max_length=200)
    content = models.BinaryField("tệp", editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    # What stands in which cell: rows of `reports.sheet_templates.binding.Binding`.
    bindings = models.JSONField("chỗ đã gắn", default=list, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người tải lên"
    )
    uploaded_at = models.DateTimeField("tải lên lúc")
    retired_at = models.DateTimeField("thôi dùng lúc", null=True, blank=True)

    objects = ReportTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = "mẫu báo cáo của cơ quan"
        verbose_name_plural = "mẫu báo cáo của cơ quan"
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["area", "name", "version"], name="report_template_version_once"),
            models.UniqueConstraint(
                fields=["area", "name"],
                condition=Q(is_current=True, retired_at=None),
                name="report_template_one_current",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, bản {self.version}" if self.version > 1 else self.name
