"""The streets of a village and the order in which its doors are walked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction

from areas.models import Area
from journal.actions import record
from journal.models import Act
from residents.models import Household, Street


@transaction.atomic
def add_street(*, by, village: Area, name: str) -> Street:
    street = Street(village=village, name=name)
    _clean(street)
    street.save()
    record(by=by, verb=Act.Verb.ADD, obj=street, area_id=village.pk)
    return street


@transaction.atomic
def rename_street(*, by, street: Street, name: str) -> Street:
    street.name = name
    _clean(street)
    street.save()
    record(by=by, verb=Act.Verb.CHANGE, obj=street, area_id=street.village_id, fields=["name"])
    return street


@transaction.atomic
def remove_street(*, by, street: Street) -> None:
    """Its households stay, without a street."""
    record(by=by, verb=Act.Verb.END, obj=street, area_id=street.village_id)
    street.delete()


@transaction.atomic
def put_in_order(*, by, village: Area, numbers: Mapping[uuid.UUID, int | None]) -> int:
    """Set the walking numbers of households of the village; returns how many changed."""
    households = list(Household.objects.filter(village=village, pk__in=numbers))
    changed = [household for household in households if household.order_no != numbers[household.pk]]
    for household in changed:
        household.order_no = numbers[household.pk]
    Household.objects.bulk_update(changed, ["order_no"])
    if changed:
        record(by=by, verb=Act.Verb.CHANGE, obj=village, area_id=village.pk, walking_order=len(changed))
    return len(changed)


def _clean(street: Street) -> None:
    street.full_clean(exclude=["village"], validate_unique=False, validate_constraints=False)
    others = Street.objects.filter(village=street.village, name=street.name).exclude(pk=street.pk)
    if others.exists():
        raise ValidationError({"name": f"{street.village} đã có “{street.name}”."})
