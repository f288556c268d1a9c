"""What the record says, laid out for counting: rebuildable, written by `residents/spells.py` only.

A spell is a stretch of days in which one subject, standing in one village and falling under an indicator's definition,
had one state. Days, not instants: a day's state is the one at its end. `until` is exclusive; NEVER = still. There are
millions of them, so no row has its foreign keys checked.
"""

from __future__ import annotations

import datetime as dt

from django.db import models

from areas.models import Area

from .households import Household
from .indicators import Indicator

NEVER = dt.date(9999, 12, 31)


class State(models.IntegerChoices):
    # Kept only where an indicator requires another: elsewhere "eligible" is counted from Presence.
    NOT_ASKED = 0, "Chưa hỏi"
    YES = 1, "Đã có"
    NO = 2, "Chưa có"
    NA = 3, "Không thuộc diện"
    UNCLEAR = 4, "Chưa rõ có thuộc diện"


class Spell(models.Model):
    village = models.ForeignKey(Area, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    household = models.ForeignKey(Household, models.CASCADE, related_name="+", db_constraint=False)
    subject = models.UUIDField()
    state = models.PositiveSmallIntegerField(choices=State)
    since = models.DateField()
    until = models.DateField(default=NEVER)

    class Meta:
        verbose_name = "quãng trạng thái"
        verbose_name_plural = "quãng trạng thái"
        indexes = [models.Index(fields=["village", "indicator", "since", "until", "state"], name="spell_to_count")]

    def __str__(self) -> str:
        return f"{self.subject}/{self.indicator_id}: {self.get_state_display()}"


class Presence(models.Model):
    """Who was where: a household placed in a village, or a person living in a household placed there."""

    village = models.ForeignKey(Area, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    household = models.ForeignKey(Household, models.CASCADE, related_name="+", db_constraint=False)
    subject = models.UUIDField()
    is_person = models.BooleanField()
    # The day used for ages; null: not known, counted as 18.
    born_on = models.DateField(null=True)
    since = models.DateField()
    until = models.DateField(default=NEVER)

    class Meta:
        verbose_name = "quãng có mặt"
        verbose_name_plural = "quãng có mặt"
        indexes = [models.Index(fields=["village", "since", "until", "is_person", "born_on"], name="presence_to_count")]

    def __str__(self) -> str:
        return f"{self.subject} tại {self.village_id}"


class SpellDue(models.Model):
    """Spells of this household must be laid out again before the next count. Insert only; the drainer takes them."""

    household = models.ForeignKey(Household, models.CASCADE, related_name="+", db_index=False, db_constraint=False)

    class Meta:
        verbose_name = "hộ cần sắp lại quãng"
        verbose_name_plural = "hộ cần sắp lại quãng"

    def __str__(self) -> str:
        return str(self.household_id)


class SpellRules(models.Model):
    """Under which definitions the spells were laid out; one row. When they change, everything is laid out again."""

    fingerprint = models.CharField(max_length=64)

    class Meta:
        verbose_name = "định nghĩa đã dùng"
        verbose_name_plural = "định nghĩa đã dùng"

    def __str__(self) -> str:
        return self.fingerprint
