"""Thôn tập thử: made-up households to learn on. They are no rows of the register, so nothing can count them."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from accounts.models import User


class PracticeVillageQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the people who work in her areas, and her own."""
        return self.filter(user__in=User.objects.visible_to(user))

    def open(self):
        return self.filter(closed_at=None)


class PracticeVillage(models.Model):
    """A user's own. `version` grows with every tap; phones that know one before `began` drop it first."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="practice_village", verbose_name="người dùng"
    )
    opened_at = models.DateTimeField("mở lúc")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="người mở"
    )
    # The households as they stand at the beginning: units of `changes`.
    households = models.JSONField("hộ mẫu")
    version = models.PositiveIntegerField(default=1)
    began = models.PositiveIntegerField(default=1)
    # A closed one is kept empty, so that what a phone still sends about it bothers nobody.
    closed_at = models.DateTimeField("đóng lúc", null=True, blank=True)

    objects = PracticeVillageQuerySet.as_manager()

    class Meta:
        verbose_name = "thôn tập thử"
        verbose_name_plural = "thôn tập thử"

    def __str__(self) -> str:
        return f"Thôn tập thử của {self.user}"


class PracticeItem(models.Model):
    """What was tapped there, as it came; free text left out."""

    village = models.ForeignKey(PracticeVillage, models.CASCADE, related_name="items")
    item = models.UUIDField("mã mục")
    type = models.CharField(max_length=30)
    effective_at = models.DateTimeField()
    data = models.JSONField()

    class Meta:
        ordering = ["effective_at", "item"]
        constraints = [models.UniqueConstraint(fields=["village", "item"], name="practice_item_once")]

    def __str__(self) -> str:
        return f"{self.type} {self.item}"
