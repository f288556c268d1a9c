"""What phones were told of a village, so that they are told only of what changed.

Not a log of writes: the shelf compares what is there with what it held. So no slow transaction can slip past a cursor,
and no app below has to know of phones. Holds keys and fingerprints, nothing of a person.
"""

from __future__ import annotations

from django.db import models

from areas.models import Area


class Shelf(models.Model):
    """A village's counter; its row is the lock under which numbers are given out."""

    village = models.OneToOneField(Area, models.CASCADE, primary_key=True, related_name="+")
    version = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.village_id}: {self.version}"


class Published(models.Model):
    class Kind(models.TextChoices):
        VILLAGE = "village", "Thôn, tổ dân phố"
        HOUSEHOLD = "household", "Hộ"

    shelf = models.ForeignKey(Shelf, models.CASCADE, related_name="items")
    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(max_length=40)
    digest = models.CharField(max_length=32)
    version = models.BigIntegerField()
    is_gone = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shelf", "kind", "key"], name="published_once")]
        indexes = [models.Index(fields=["shelf", "version"], name="published_in_order")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
