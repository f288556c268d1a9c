"""The one way an act enters the journal."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from .models import Act


def record(
    *,
    by,
    verb: Act.Verb,
    obj: models.Model | None = None,
    area_id: int | None = None,
    label: str = "",
    address: str | None = None,
    at=None,
    **detail,
) -> Act:
    """Write down that `by` (a user or None) did `verb` to `obj`; call it inside the transaction of the deed."""
    return Act.objects.create(
        at=at or timezone.now(),
        actor_id=getattr(by, "pk", None),
        actor_name=str(by) if by is not None and getattr(by, "pk", None) else "",
        verb=verb,
        area_id=area_id,
        object_kind=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        label=(label or (str(obj) if obj is not None else ""))[:250],
        detail=detail,
        address=address,
    )
