"""Changing the map, one area at a time. Whole reorganisations are in `residents/reorganising.py`."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction

from journal.actions import record
from journal.models import Act

from .closure import relink
from .models import Area, AreaVersion, Level, Reorganisation, Stale


@transaction.atomic
def open_area(
    *,
    by,
    level: Level,
    name: str,
    kind: str,
    since: dt.date,
    parent: Area | None = None,
    code: str = "",
    lat=None,
    lon=None,
) -> Area:
    """A new area from `since` on, with its version and its links upwards.

    Raises ValidationError when the parent does not exist on that day or the code is taken at that level.
    """
    if parent is None and level != Level.COUNTRY:
        raise ValidationError({"parent": "Chọn địa bàn cấp trên."})
    if parent is not None and not AreaVersion.objects.on(since).filter(area=parent).exists():
        raise ValidationError({"since": f"{parent} chưa có hoặc đã kết thúc vào ngày {since:%d/%m/%Y}."})
    if code and Area.objects.by_code(code, since, level).exists():
        raise ValidationError({"code": f"Mã {code} đã được dùng trong ngày {since:%d/%m/%Y}."})
    area = Area(level=level, name=name, kind=kind, code=code, since=since, lat=lat, lon=lon)
    area.full_clean()
    area.save()
    AreaVersion.objects.create(area=area, name=area.name, kind=area.kind, code=area.code, parent=parent, since=since)
    relink([area.pk])
    record(by=by, verb=Act.Verb.ADD, obj=area, area_id=area.pk)
    return area


def new_version(area: Area, *, since: dt.date, reorganisation: Reorganisation | None = None, **changes) -> AreaVersion:
    """The same identity under another name, kind, code or parent from `since` on; the caller relinks a new parent.

    Raises ValidationError when the area is closed, began later, or was changed later already.
    """
    last = area.versions.order_by("since").last()
    if area.until is not None:
        raise ValidationError({"since": f"{area} đã kết thúc từ ngày {area.until:%d/%m/%Y}."})
    if since < last.since:
        raise ValidationError(
            {"since": f"{area} có từ ngày, hoặc đã thay đổi ngày {last.since:%d/%m/%Y}; chọn ngày sau đó."}
        )
    if since > last.since:
        last.until = since
        last.save(update_fields=["until"])
        last = AreaVersion(area=area, name=last.name, kind=last.kind, code=last.code, parent=last.parent, since=since)
    for field, value in changes.items():
        setattr(last, field, value)
    last.reorganisation = reorganisation or last.reorganisation
    last.full_clean(exclude=["area"])
    _refuse_taken_code(last)
    last.save()
    _bear(area, last)
    return last


def _bear(area: Area, version: AreaVersion) -> None:
    """The present name of an area is that of its last version."""
    area.name, area.kind, area.code = version.name, version.kind, version.code
    area.save()


def _refuse_taken_code(version: AreaVersion) -> None:
    taken = AreaVersion.objects.exclude(area=version.area).filter(area__level=version.area.level, code=version.code)
    if version.code and taken.overlapping(version.since, version.until).exists():
        raise ValidationError({"code": f"Mã {version.code} đã được dùng trong thời gian này."})


def mark_stale(area_ids, since: dt.date) -> None:
    """Ask for the figures of these areas from `since` on to be counted again. Insert only."""
    Stale.objects.bulk_create([Stale(area_id=pk, since=since) for pk in set(area_ids)])
