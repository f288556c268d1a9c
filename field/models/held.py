"""Items that were received but stand for a person to decide, or wait for another item."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.rules import Can
from areas.models import Area

from .devices import Device

SHOWN_AFTER = dt.timedelta(days=7)


class HeldItemQuerySet(models.QuerySet):
    def visible_to(self, user, can: Can = Can.SEE_PEOPLE):
        """Items about households of hers; where the household is unknown, by those who work in her areas."""
        return self.filter(area__in=user.reach().areas_ever(can))

    def undecided(self):
        return self.filter(decided_at=None)

    def to_decide(self, now: dt.datetime):
        """What a person should look at: one that waits for another item only after a week."""
        return self.undecided().exclude(kind=HeldItem.Kind.WAITING, received_at__gt=now - SHOWN_AFTER)


class HeldItem(models.Model):
    class Kind(models.TextChoices):
        HELD = "held", "Chờ quyết định"
        CONFLICT = "conflict", "Hai người cùng sửa"
        DEAD = "dead", "Không ghi được"
        WAITING = "waiting", "Chờ mục khác"
        DUPLICATE = "duplicate", "Có thể trùng"
        TEXT = "text", "Chữ chờ xem"

    class Why(models.TextChoices):
        SCOPE = "scope", "Hộ không có trong sổ, hoặc không thuộc địa bàn của người ghi"
        RIGHTS = "rights", "Người ghi không có quyền sửa sổ hộ"
        FUTURE = "future", "Thời điểm ở tương lai"
        OLD = "old", "Quá 400 ngày trước"
        ABSENT = "absent", "Hộ không ở trong sổ vào ngày đó"
        NEEDS = "needs", "Cần một mục chưa tới máy chủ"
        INVALID = "invalid", "Nội dung không hợp lệ"
        UNSUPPORTED = "unsupported", "Máy chủ chưa hiểu loại mục này"
        ID_CONFLICT = "id_conflict", "Trùng mã với một mục khác nội dung"
        CONFLICT = "conflict", "Có người đã sửa trước"
        CORRECTED = "corrected", "Lượt đến hộ đã được người khác sửa; người ghi thì rút lại"
        DUPLICATE = "duplicate", "Giống một người hoặc hộ đã có"
        SECRET = "secret", "Ghi chú có vẻ chứa số giấy tờ, mật khẩu hoặc mã OTP"

    class Decision(models.TextChoices):
        APPLY = "apply", "Đã ghi vào sổ"
        SKIP = "skip", "Không ghi"
        AUTO = "auto", "Tự ghi khi đủ"
        FORGOTTEN = "forgotten", "Đã xóa thông tin cá nhân"

    item = models.UUIDField("mã mục")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người ghi")
    device = models.ForeignKey(Device, models.PROTECT, related_name="held_items", verbose_name="điện thoại")
    seq = models.BigIntegerField()
    type = models.CharField(max_length=30)
    sha256 = models.BinaryField(max_length=32)
    # The item as it came; emptied when a person is forgotten.
    raw = models.JSONField("nội dung")
    kind = models.CharField("loại", max_length=10, choices=Kind)
    why = models.CharField("vì sao", max_length=12, choices=Why)
    detail = models.JSONField(default=dict)
    # Bare ids: the phone may name what the register does not have.
    household = models.UUIDField(null=True, blank=True)
    resident = models.UUIDField(null=True, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="địa bàn")
    received_at = models.DateTimeField("máy chủ nhận lúc")
    decided_at = models.DateTimeField("quyết định lúc", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="người quyết định",
    )  # fmt: skip
    decision = models.CharField("quyết định", max_length=10, choices=Decision, blank=True)

    objects = HeldItemQuerySet.as_manager()

    class Meta:
        verbose_name = "mục chờ quyết định"
        verbose_name_plural = "mục chờ quyết định"
        ordering = ["received_at", "pk"]
        indexes = [
            models.Index(fields=["user", "kind"], condition=Q(decided_at=None), name="held_open_of_user"),
            models.Index(fields=["area", "received_at"], condition=Q(decided_at=None), name="held_open_in_area"),
            models.Index(fields=["device", "seq"], name="held_of_device"),
        ]
        constraints = [
            # The dead of one id may be several: other contents under the same id.
            models.UniqueConstraint(
                fields=["item", "user"], condition=Q(decided_at=None) & ~Q(why="id_conflict"), name="held_once_open"
            ),
            models.UniqueConstraint(
                fields=["item", "user", "sha256"], condition=Q(why="id_conflict"), name="held_id_conflict_once"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decision="") | Q(decided_at__isnull=False) & ~Q(decision=""),
                name="held_decided_how",
            ),
        ]

    def __str__(self) -> str:
        return f"Mục từ điện thoại: {self.get_why_display().lower()}"
