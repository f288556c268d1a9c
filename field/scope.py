"""Which villages a phone holds, and a mark that changes when they do."""

from __future__ import annotations

import hashlib

from accounts.rules import Can
from areas.models import AreaLink, Level

from .practice import practice_of


def scope_epoch(user) -> str:
    """Another text whenever the villages where she may record, or where she may edit, are others."""
    reach = user.reach()
    parts = [
        ",".join(map(str, sorted(reach.villages(can).values_list("pk", flat=True))))
        for can in (Can.RECORD_VISITS, Can.EDIT_PEOPLE)
    ]
    if practice_of(user):
        parts.append("practice")
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:12]


def ward_names(village_ids: list[int]) -> dict[int, str]:
    """Village → the name of the ward in which it lies today."""
    links = AreaLink.objects.open().filter(descendant__in=village_ids, ancestor__level=Level.WARD)
    return dict(links.values_list("descendant", "ancestor__name"))
