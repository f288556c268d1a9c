"""A knock at a household, met or not; or help given to people of no household at a mobile desk."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, Q
from django.utils.timezone import localtime
from uuid6 import uuid7

from accounts.rules import Can
from areas.models import Area
from sheets.fields import CleanCharField, CleanTextField
from sheets.text import search_key
from teams.models import Member, Team

from .households import Household
from .indicators import Topic


def _in_reach(user, can: Can) -> Q:
    villages = user.reach().villages(can)
    return Q(household__village__in=villages) | Q(household=None, village__in=villages)


class VisitQuerySet(models.QuerySet):
    def visible_to(self, user, can: Can = Can.SEE_PEOPLE):
        return self.filter(_in_reach(user, can))

    def with_rights(self, user):
        """Each row says what she may do with it (`may_record`, `may_edit`), without more queries."""

        def allowed(can: Can):
            return ExpressionWrapper(_in_reach(user, can), output_field=models.BooleanField())

        return self.annotate(may_record=allowed(Can.RECORD_VISITS), may_edit=allowed(Can.EDIT_PEOPLE))

    def search(self, text: str):
        key = search_key(text)
        if not key:
            return self
        return self.filter(
            Q(household__search_key__contains=key)
            | Q(household__code__iexact=text.strip())
            | Q(recorded_by__search_key__contains=key)
            | Q(place__icontains=text.strip())
        )

    def counted(self):
        """Neither replaced by a later wording nor withdrawn."""
        return self.filter(withdrawn_at=None, replaced_by=None)


class Visit(models.Model):
    class Way(models.TextChoices):
        HOME = "home", "Tại nhà"
        GROUP = "group", "Buổi tập trung"
        FIXED = "fixed", "Điểm cố định, trực một cửa"
        REMOTE = "remote", "Từ xa (điện thoại, Zalo)"
        MOBILE = "mobile", "Bàn lưu động"

    class Outcome(models.TextChoices):
        MET = "met", "Gặp"
        NOBODY = "nobody", "Vắng nhà"
        COME_BACK = "come_back", "Hẹn lại"
        REFUSED = "refused", "Từ chối"

    class Source(models.TextChoices):
        DESK = "desk", "Nhập tại bàn"
        PHONE = "phone", "Nhập trên điện thoại"
        IMPORT = "import", "Từ tệp"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name="tổ")
    household = models.ForeignKey(
        Household, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name="hộ"
    )
    # Only for help to people of no household; else the village is where the household stood then.
    village = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name="thôn, tổ dân phố"
    )
    place = CleanCharField("địa điểm", max_length=150, blank=True)
    at = models.DateTimeField("thời điểm", db_index=True)
    minutes = models.PositiveSmallIntegerField("số phút", null=True, blank=True)
    way = models.CharField("hình thức", max_length=6, choices=Way, default=Way.HOME)
    outcome = models.CharField("kết quả gõ cửa", max_length=9, choices=Outcome, default=Outcome.MET)
    come_back_on = models.DateField("hẹn lại ngày", null=True, blank=True)
    topics = models.ManyToManyField(Topic, blank=True, related_name="visits", verbose_name="nội dung")
    people_helped = models.PositiveSmallIntegerField("số người được hỗ trợ", default=0)
    members = models.ManyToManyField(Member, blank=True, related_name="visits", verbose_name="thành viên có mặt")
    note = CleanTextField("ghi chú", max_length=500, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="thay cho"
    )
    withdrawn_at = models.DateTimeField("rút lại lúc", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="người rút"
    )
    source = models.CharField("nguồn", max_length=8, choices=Source, default=Source.DESK)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="người ghi"
    )
    received_at = models.DateTimeField("máy chủ nhận lúc")
    device = CleanCharField("thiết bị", max_length=40, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = "lượt đến hộ"
        verbose_name_plural = "lượt đến hộ"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["household", "at"]), models.Index(fields=["village", "at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(household__isnull=False, village=None) | Q(household=None, village__isnull=False),
                name="visit_to_a_household_or_at_a_village",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="visit_withdrawn_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(outcome="come_back") | Q(come_back_on=None), name="visit_day_only_to_come_back"
            ),
            models.CheckConstraint(condition=Q(minutes=None) | Q(minutes__lte=1440), name="visit_at_most_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {localtime(self.at):%d/%m/%Y}"


class ResultKind(models.Model):
    """What a visit brought about, counted: accounts opened, applications sent, …"""

    code = models.SlugField("mã", max_length=30, unique=True)
    name = CleanCharField("tên", max_length=100)
    unit = CleanCharField("đơn vị tính", max_length=20)
    order = models.PositiveSmallIntegerField("thứ tự")
    is_offered = models.BooleanField("đang dùng", default=True)

    class Meta:
        verbose_name = "loại kết quả"
        verbose_name_plural = "loại kết quả"
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class VisitResult(models.Model):
    visit = models.ForeignKey(Visit, models.CASCADE, related_name="results")
    kind = models.ForeignKey(ResultKind, models.PROTECT, related_name="+", verbose_name="kết quả")
    count = models.PositiveIntegerField("số lượng")

    class Meta:
        verbose_name = "kết quả hỗ trợ"
        verbose_name_plural = "kết quả hỗ trợ"
        constraints = [models.UniqueConstraint(fields=["visit", "kind"], name="visit_result_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.count}"
