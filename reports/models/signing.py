"""The reporting cycle: what a village confirmed, what an office presented, approved and sent, and what was frozen."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.rules import Can
from areas.models import Area, Level
from sheets.fields import CleanCharField, CleanTextField

from .periods import Period


class OfAreaQuerySet(models.QuerySet):
    """Rows of an area that a user may see: her own areas' and those below, then and now."""

    def visible_to(self, user):
        return self.filter(**{f"{self.model.AREA}__in": user.reach().areas_ever(Can.SEE_FIGURES)})


class VillageConfirmation(models.Model):
    """Xác nhận số liệu: a village says that what is recorded for a period is all. The last one counts."""

    AREA = "village"

    village = models.ForeignKey(Area, models.PROTECT, related_name="confirmations", verbose_name="thôn")
    period = models.ForeignKey(Period, models.PROTECT, related_name="confirmations", verbose_name="kỳ")
    at = models.DateTimeField("lúc")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người xác nhận")
    # Nộp thay: where the ward, confirming for the village, has the figures from.
    source = CleanCharField("nguồn (khi nộp thay)", max_length=250, blank=True)
    withdrawn_at = models.DateTimeField("rút lại lúc", null=True, blank=True)

    objects = OfAreaQuerySet.as_manager()

    class Meta:
        verbose_name = "xác nhận số liệu của thôn"
        verbose_name_plural = "xác nhận số liệu của thôn"
        ordering = ["-at"]
        indexes = [models.Index(fields=["village", "period", "at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["village", "period"], condition=Q(withdrawn_at=None), name="village_confirmation_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.village} – {self.period}"


class MonthlyReportQuerySet(OfAreaQuerySet):
    def current(self):
        """The newest version of each report."""
        return self.filter(is_current=True)

    def locked(self):
        return self.filter(state__in=MonthlyReport.LOCKED)


class MonthlyReport(models.Model):
    """Báo cáo của một cơ quan về một kỳ; mở lại thì thành bản mới, bản cũ giữ nguyên."""

    class State(models.TextChoices):
        DRAFT = "draft", "Đang lập"
        PRESENTED = "presented", "Đã trình"
        RETURNED = "returned", "Trả lại để sửa"
        APPROVED = "approved", "Đã duyệt"
        SENT = "sent", "Đã gửi"
        RECEIVED = "received", "Cấp trên đã tiếp nhận"
        EXPLAIN = "explain", "Cấp trên đề nghị giải trình"

    AREA = "area"
    LEVELS = (Level.WARD, Level.DISTRICT, Level.PROVINCE)
    LOCKED = (State.APPROVED, State.SENT, State.RECEIVED, State.EXPLAIN)

    area = models.ForeignKey(Area, models.PROTECT, related_name="reports", verbose_name="địa bàn")
    period = models.ForeignKey(Period, models.PROTECT, related_name="reports", verbose_name="kỳ")
    version = models.PositiveSmallIntegerField("bản", default=1)
    is_current = models.BooleanField("bản hiện hành", default=True)
    state = models.CharField("trạng thái", max_length=10, choices=State, default=State.DRAFT)
    # Grows with every action: a form that was drawn before somebody else acted says so instead of acting twice.
    step = models.PositiveIntegerField(default=0)
    reason = CleanTextField("lý do lập bản mới", max_length=2000, blank=True)
    made_at = models.DateTimeField("lập lúc")
    presented_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    presented_at = models.DateTimeField("trình lúc", null=True, blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField("duyệt lúc", null=True, blank=True)
    sent_at = models.DateTimeField("gửi lúc", null=True, blank=True)
    # What the e-office gave the paper afterwards.
    document_number = CleanCharField("số, ký hiệu", max_length=60, blank=True)
    document_date = models.DateField("ngày văn bản", null=True, blank=True)
    signer_name = CleanCharField("người ký", max_length=100, blank=True)

    objects = MonthlyReportQuerySet.as_manager()

    class Meta:
        verbose_name = "báo cáo của cơ quan"
        verbose_name_plural = "báo cáo của cơ quan"
        ordering = ["-period__end_on", "area", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["area", "period", "version"], name="monthly_report_version_once"),
            models.UniqueConstraint(
                fields=["area", "period"], condition=Q(is_current=True), name="monthly_report_one_current"
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="monthly_report_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=False) | Q(state__in=["draft", "presented", "returned"]),
                name="monthly_report_locked_was_approved",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("presented_by")),
                name="monthly_report_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        version = f", bản {self.version}" if self.version > 1 else ""
        return f"Báo cáo {self.period} {self.area}{version}"

    @property
    def is_locked(self) -> bool:
        return self.state in self.LOCKED

    @property
    def is_signed(self) -> bool:
        """Is there a signed paper? Only its file says so."""
        return SignedFile.objects.filter(report=self).exists()


class ReportEvent(models.Model):
    """Việc đã làm với một báo cáo; chỉ thêm, không sửa."""

    report = models.ForeignKey(MonthlyReport, models.PROTECT, related_name="events")
    at = models.DateTimeField("lúc")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người làm")
    action = models.CharField("việc", max_length=12)
    from_state = models.CharField("từ trạng thái", max_length=10, choices=MonthlyReport.State)
    to_state = models.CharField("sang trạng thái", max_length=10, choices=MonthlyReport.State)
    words = CleanTextField("lời ghi", max_length=2000, blank=True)

    class Meta:
        verbose_name = "việc đã làm với báo cáo"
        verbose_name_plural = "việc đã làm với báo cáo"
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.action} {self.report_id}"


class FrozenReport(models.Model):
    """Bản đóng băng: the figures as they were presented, with the very bytes of workbook and document.

    Presenting makes it; approving puts it into the chain (`number`, `previous_sha256`, `sha256`), after which nothing
    here changes any more. `manage.py frozen_reports` finds any tampering.
    """

    report = models.OneToOneField(MonthlyReport, models.PROTECT, related_name="frozen")
    made_at = models.DateTimeField("đóng băng lúc")
    # Canonical JSON, compressed: names, map, definitions, figures of the area and of those right below it.
    content = models.BinaryField("nội dung")
    # The figures of the area itself, for the office above: it reads a hundred of these at once.
    totals = models.JSONField("số tổng")
    # What each household added, under pseudonyms; wards only, the offices above point to their wards' reports.
    contributions = models.BinaryField("đóng góp từng hộ", null=True)
    workbook = models.BinaryField("tệp Excel")
    document = models.BinaryField("tệp văn bản", null=True)
    number = models.PositiveBigIntegerField("số thứ tự trong chuỗi", null=True, unique=True)
    previous_sha256 = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "bản đóng băng"
        verbose_name_plural = "bản đóng băng"
        constraints = [
            models.CheckConstraint(
                condition=Q(number=None, sha256="") | Q(number__isnull=False) & ~Q(sha256=""),
                name="frozen_report_chained_has_a_sum",
            ),
        ]

    def __str__(self) -> str:
        return f"Bản đóng băng của báo cáo {self.report_id}"


class SignedFile(models.Model):
    """Bản đã ký: the scan or signed file that came back from the e-office."""

    report = models.OneToOneField(MonthlyReport, models.PROTECT, related_name="signed_file")
    name = CleanCharField("tên tệp", max_length=150)
    content = models.BinaryField("nội dung")
    sha256 = models.CharField(max_length=64)
    attached_at = models.DateTimeField("đính kèm lúc")
    attached_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "bản đã ký"
        verbose_name_plural = "bản đã ký"

    def __str__(self) -> str:
        return self.name


class DueRule(models.Model):
    """Hạn nộp: within how many working days after the period's end each level is due."""

    level = models.PositiveSmallIntegerField("cấp", choices=Level)
    since = models.DateField("áp dụng từ ngày")
    working_days = models.PositiveSmallIntegerField("số ngày làm việc sau ngày chốt")
    source = CleanCharField("căn cứ", max_length=200, blank=True)

    class Meta:
        verbose_name = "hạn nộp báo cáo"
        verbose_name_plural = "hạn nộp báo cáo"
        ordering = ["level", "since"]
        constraints = [models.UniqueConstraint(fields=["level", "since"], name="due_rule_once")]

    def __str__(self) -> str:
        return f"{self.get_level_display()}: {self.working_days} ngày làm việc"


class Explanation(models.Model):
    """Lời giải thích cho một điều đáng ngờ mà phần mềm nêu trước khi trình."""

    report = models.ForeignKey(MonthlyReport, models.PROTECT, related_name="explanations")
    # Which check, where and of what: "jump:412:indicator:vneid2".
    finding = models.CharField(max_length=120)
    words = CleanTextField("giải thích", max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "giải thích trước khi trình"
        verbose_name_plural = "giải thích trước khi trình"
        constraints = [models.UniqueConstraint(fields=["report", "finding"], name="explanation_once")]

    def __str__(self) -> str:
        return self.finding
