"""What changed in a village since a phone last asked.

The shelf compares what is there now with what it held, and gives each changed unit the next number. What it compares
is light: columns of households and people, and how many answers and visits each has (the record only grows). Numbers
are given out under a lock on the village's row and become visible together with the change that they stand for; a slow
transaction that commits later is met by the next comparison, whatever its clock said.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections import defaultdict

from django.db import transaction
from django.db.models import Count, Max

from areas.models import Area
from residents.models import Household, Observation, Resident, Visit

from .decoding import canonical
from .models import Published, Shelf
from .units import village_unit

Key = tuple[str, str]


def refresh(village: Area, user, since: dt.datetime) -> Shelf:
    """Bring the village's shelf up to date; writes only where something changed."""
    shelf = Shelf.objects.filter(pk=village.pk).first()
    if shelf is not None and not _differences(shelf, village, user, since):
        return shelf
    with transaction.atomic():
        Shelf.objects.get_or_create(village=village)
        shelf = Shelf.objects.select_for_update(no_key=True).get(pk=village.pk)
        changed = []
        for (kind, key), (row, digest) in sorted(_differences(shelf, village, user, since).items()):
            shelf.version += 1
            row = row or Published(shelf=shelf, kind=kind, key=key)
            row.digest, row.is_gone, row.version = digest, not digest, shelf.version
            changed.append(row)
        Published.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["shelf", "kind", "key"],
            update_fields=["digest", "is_gone", "version"],
            batch_size=500,
        )
        shelf.save(update_fields=["version"])
    return shelf


def _differences(shelf: Shelf, village: Area, user, since: dt.datetime) -> dict[Key, tuple[Published | None, str]]:
    """Units that are not as the shelf has them, with their new fingerprint ("" = gone)."""
    held = {(row.kind, row.key): row for row in Published.objects.filter(shelf=shelf)}
    there = _fingerprints(village, user, since)
    found = {
        key: (held.get(key), digest)
        for key, digest in there.items()
        if key not in held or held[key].is_gone or held[key].digest != digest
    }
    found |= {key: (row, "") for key, row in held.items() if key not in there and not row.is_gone}
    return found


def _fingerprints(village: Area, user, since: dt.datetime) -> dict[Key, str]:
    parts: dict[uuid.UUID, list] = {}
    columns = ("pk", "code", "head_name", "address", "street", "order_no")
    present = Household.objects.present().filter(village=village).order_by()
    for pk, *cells in present.values_list(*columns):
        parts[pk] = [since.isoformat(), *cells]
    people = Resident.objects.present().filter(household__village=village).order_by("pk")
    homes: dict[uuid.UUID, uuid.UUID] = {}
    columns = ("household", "pk", "label", "birth_year", "age_band", "age_band_on", "sex", "stays", "is_head")
    for household, pk, *cells in people.values_list(*columns):
        if household in parts:
            homes[pk] = household
            parts[household].append([str(pk), *[str(cell) for cell in cells]])
    for household, counted in _counts(village, homes).items():
        if household in parts:
            parts[household].append(sorted(counted))
    found = {(Published.Kind.HOUSEHOLD.value, str(pk)): _digest(cells) for pk, cells in parts.items()}
    found[Published.Kind.VILLAGE.value, str(village.pk)] = _digest(village_unit(village, user))
    return found


def _counts(village: Area, homes: dict[uuid.UUID, uuid.UUID]) -> dict[uuid.UUID, list]:
    """How many answers and visits each household has, with those of its people wherever they were given."""
    counted: dict[uuid.UUID, list] = defaultdict(list)
    of_people = Observation.objects.filter(resident__household__village=village, resident__until=None).order_by()
    for resident, count in of_people.values_list("resident").annotate(Count("pk")):
        if resident in homes:
            counted[homes[resident]].append([str(resident), count])
    of_homes = Observation.objects.filter(household__village=village, resident=None).order_by()
    for household, count in of_homes.values_list("household").annotate(Count("pk")):
        counted[household].append(["", count])
    visits = Visit.objects.filter(household__village=village).order_by()
    for household, count, withdrawn, last in visits.values_list("household").annotate(
        Count("pk"), Count("withdrawn_at"), Max("received_at")
    ):
        counted[household].append(["visits", count, withdrawn, last.isoformat()])
    return counted


def _digest(value) -> str:
    return hashlib.blake2b(canonical(value), digest_size=16).hexdigest()
