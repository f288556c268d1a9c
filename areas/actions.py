"""Changing the map. Only this module writes versions and links."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from journal.actions import record
from journal.models import Act

from .models import Area, AreaLink, AreaVersion, Level, Stale


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
    link_upwards(area, parent, since)
    record(by=by, verb=Act.Verb.ADD, obj=area, area_id=area.pk)
    return area


def link_upwards(area: Area, parent: Area | None, since: dt.date) -> None:
    """Links of a new, childless area: to itself, and to every ancestor of its parent as far as theirs reach."""
    links = [AreaLink(ancestor=area, descendant=area, depth=0, since=since, until=area.until)]
    if parent is not None:
        above = AreaLink.objects.filter(descendant=parent).filter(Q(until=None) | Q(until__gt=since))
        links += [
            AreaLink(
                ancestor_id=link.ancestor_id,
                descendant=area,
                depth=link.depth + 1,
                since=max(link.since, since),
                until=min(filter(None, (link.until, area.until)), default=None),
            )
            for link in above
        ]
    AreaLink.objects.bulk_create(links)


def mark_stale(area_ids, since: dt.date) -> None:
    """Ask for the figures of these areas from `since` on to be counted again. Insert only."""
    Stale.objects.bulk_create([Stale(area_id=pk, since=since) for pk in set(area_ids)])
