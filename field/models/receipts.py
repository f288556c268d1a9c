"""What the server took in: one receipt for an item, written with its effect."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .devices import Device


class Code(models.TextChoices):
    """The answer for an item; `docs/sync.md` says what each means to the phone."""

    APPLIED = "applied", "Đã ghi"
    CONFLICT = "conflict", "Hai người cùng sửa"
    APPLIED_LATE = "applied_late", "Bổ sung sau chốt"
    HELD = "held", "Chờ người xem"
    WAITING = "waiting", "Chờ mục khác"
    INVALID = "invalid", "Không hợp lệ"
    UNSUPPORTED = "unsupported", "Máy chủ chưa hiểu"
    ID_CONFLICT = "id_conflict", "Trùng mã"
    RETRY = "retry", "Gửi lại sau"

    @property
    def is_final(self) -> bool:
        return self not in (Code.WAITING, Code.RETRY)

    @property
    def is_in_the_record(self) -> bool:
        return self in (Code.APPLIED, Code.APPLIED_LATE, Code.CONFLICT)


class Receipt(models.Model):
    """Kept 400 days. The same id with the same content gets the same answer; with other content it is refused."""

    KEPT_FOR_DAYS = 400

    id = models.UUIDField(primary_key=True)
    # Nobody looks for all receipts of a user; those of a phone are found by `receipt_of_device`.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    device = models.ForeignKey(Device, models.PROTECT, related_name="receipts", db_index=False)
    seq = models.BigIntegerField()
    type = models.CharField(max_length=30)
    sha256 = models.BinaryField(max_length=32)
    code = models.CharField(max_length=12, choices=Code)
    result = models.JSONField(default=dict)
    final = models.BooleanField()
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = "biên nhận"
        verbose_name_plural = "biên nhận"
        indexes = [
            models.Index(fields=["device", "seq"], name="receipt_of_device"),
            models.Index(fields=["received_at"], name="receipt_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.id}: {self.code}"


class Discard(models.Model):
    """An item that its maker threw away on the phone before it was sent; its content never came here."""

    item = models.UUIDField(unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, models.PROTECT, related_name="discards")
    seq = models.BigIntegerField()
    type = models.CharField(max_length=30)
    why = models.CharField(max_length=200, blank=True)
    discarded_at = models.DateTimeField()

    class Meta:
        verbose_name = "mục đã bỏ"
        verbose_name_plural = "mục đã bỏ"
        indexes = [models.Index(fields=["device", "seq"], name="discard_of_device")]

    def __str__(self) -> str:
        return f"{self.type} {self.item}"


class SyncEpoch(models.Model):
    """Which history the server lives in; raised after a restore: phones then send again what they keep."""

    number = models.PositiveIntegerField(unique=True)
    since = models.DateTimeField()
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "đời dữ liệu"
        verbose_name_plural = "đời dữ liệu"
        ordering = ["-number"]

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def current(cls) -> int:
        return cls.objects.values_list("number", flat=True).first() or 1
