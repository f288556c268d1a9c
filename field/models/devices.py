"""A phone as its user knows it: two users of one phone are two devices, for neither sees what the other made."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from sheets.fields import CleanCharField


class DeviceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Phones of the people who work in her areas, and her own."""
        return self.filter(user__in=User.objects.visible_to(user))

    def in_use(self):
        return self.filter(revoked_at=None)


class Device(models.Model):
    """`identifier` is made by the phone with its store: a phone whose store was wiped comes back as another device."""

    identifier = models.CharField("mã máy", max_length=40)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="devices", verbose_name="người dùng"
    )
    platform = CleanCharField("loại máy", max_length=60, blank=True)
    app_version = CleanCharField("phiên bản", max_length=20, blank=True)
    first_seen_at = models.DateTimeField("liên lạc lần đầu")
    last_seen_at = models.DateTimeField("liên lạc gần nhất")
    # What the phone said of its queue, and what came of it. Numbers (`seq`) start at 1 in each store.
    last_seq = models.BigIntegerField("số thứ tự lớn nhất", default=0)
    acked_through = models.BigIntegerField("đã nhận liền mạch đến", default=0)
    unsent = models.BigIntegerField("chưa gửi", default=0)
    oldest_unsent_at = models.DateTimeField("mục chưa gửi cũ nhất", null=True, blank=True)
    lost = models.BigIntegerField("có thể đã mất", default=0)
    lost_through = models.BigIntegerField("nghi mất đến số", default=0)
    lost_since = models.DateTimeField("nghi mất từ lúc", null=True, blank=True)
    revoked_at = models.DateTimeField("thu hồi lúc", null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="người thu hồi"
    )
    # The sign-in that lives on this phone, ended when the phone is revoked.
    session_key = models.CharField(max_length=40, blank=True, editable=False)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = "điện thoại"
        verbose_name_plural = "điện thoại"
        ordering = ["-last_seen_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "identifier"], name="device_once_for_a_user"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="device_revoked_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(lost=0, lost_since=None) | Q(lost__gt=0, lost_since__isnull=False),
                name="device_lost_since_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform or 'Điện thoại'} của {self.user}"
