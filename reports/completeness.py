"""The mark "đủ sổ hộ": the ward says that the register of a village holds all its households."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q

from areas.actions import mark_stale
from areas.models import Area, AreaVersion, Level
from journal.actions import record
from journal.models import Act
from residents.models import Household

from .models import CompleteMark, StatedFigure

# From this share of the stated households on the mark is offered (design §6).
OFFERED_FROM = 0.9


@dataclass(frozen=True)
class Register:
    """A village and how complete its register looks."""

    village: AreaVersion
    households: int
    stated: StatedFigure | None
    mark: CompleteMark | None

    @property
    def is_offered(self) -> bool:
        """Does the register hold 90 % of the households that the village was said to have?"""
        if self.mark or not self.households or self.stated is None:
            return False
        return self.households >= OFFERED_FROM * (self.stated.value or 0)


def registers(ward: Area, day: dt.date) -> list[Register]:
    """The villages of `ward` on `day` with the size of their registers, in four queries."""
    villages = list(AreaVersion.objects.children_of(ward, day).filter(area__level=Level.VILLAGE))
    ids = [village.area_id for village in villages]
    sizes = dict(
        Household.objects.present().filter(village__in=ids).values_list("village").annotate(size=Count("pk")).order_by()
    )
    stated: dict[int, StatedFigure] = {}
    for figure in StatedFigure.objects.filter(
        area__in=ids, measure="households", scope="", withdrawn_at=None, on__lte=day
    ).order_by("on"):
        stated[figure.area_id] = figure
    marks = {mark.village_id: mark for mark in CompleteMark.objects.open().filter(village__in=ids, indicator=None)}
    return [
        Register(village, sizes.get(village.area_id, 0), stated.get(village.area_id), marks.get(village.area_id))
        for village in villages
    ]


@transaction.atomic
def mark_complete(*, by, village: Area, since: dt.date, today: dt.date) -> CompleteMark:
    """From `since` on the figures of `village` are counted from its register alone."""
    if since > today:
        raise ValidationError({"since": "Ngày này chưa đến."})
    if since < village.since:
        raise ValidationError({"since": f"{village} có từ {village.since:%d/%m/%Y}."})
    if CompleteMark.objects.filter(Q(until=None) | Q(until__gt=since), village=village, indicator=None).exists():
        raise ValidationError({"since": f"{village} đã được xác nhận đủ sổ hộ vào ngày này."})
    mark = CompleteMark.objects.create(village=village, since=since, marked_by=by)
    mark_stale([village.pk], since)
    record(by=by, verb=Act.Verb.CHANGE, obj=mark, area_id=village.pk, label=f"Đủ sổ hộ {village} từ {since:%d/%m/%Y}")
    return mark


@transaction.atomic
def unmark_complete(*, by, village: Area, on: dt.date) -> None:
    """The register turned out not to be complete: the mark ends on `on`, or never was if it began that day."""
    mark = CompleteMark.objects.open().filter(village=village, indicator=None).first()
    if mark is None:
        raise ValidationError(f"{village} chưa được xác nhận đủ sổ hộ.")
    if mark.since >= on:
        mark.delete()
    else:
        mark.until = on
        mark.save(update_fields=["until"])
    mark_stale([village.pk], min(mark.since, on))
    record(by=by, verb=Act.Verb.CHANGE, area_id=village.pk, label=f"Thôi xác nhận đủ sổ hộ {village}")
