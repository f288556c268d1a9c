"""Is the map sound? The closure is compared with a walk up the versions, day by day, written another way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from django.db.models import F, Q

from .models import Area, AreaLink, AreaVersion


def problems(days: Iterable[dt.date] | None = None) -> Iterator[str]:
    """What is wrong with the map, in Vietnamese; nothing when it is sound.

    The closure is walked on `days`, by default on every day on which any version begins or ends.
    """
    yield from _versions()
    yield from _present_names()
    yield from _codes()
    for day in sorted(set(days)) if days is not None else boundaries():
        yield from _closure(day)


def boundaries() -> list[dt.date]:
    begun = AreaVersion.objects.order_by().values_list("since", flat=True).distinct()
    ended = AreaVersion.objects.exclude(until=None).order_by().values_list("until", flat=True).distinct()
    return sorted({*begun, *ended})


def _versions() -> Iterator[str]:
    """Versions of one area never overlap and fill its life; a parent exists all through them."""
    last = None
    lives = {pk: (since, until) for pk, since, until in Area.objects.order_by().values_list("pk", "since", "until")}
    seen = set()
    for version in AreaVersion.objects.order_by("area", "since").iterator(chunk_size=2000):
        since = lives[version.area_id][0]
        if last is not None and last.area_id == version.area_id:
            if last.until is None or last.until > version.since:
                yield f"{version}: hai thời kỳ chồng nhau từ {version.since:%d/%m/%Y}."
            elif last.until < version.since:
                yield f"{version}: không có thời kỳ nào từ {last.until:%d/%m/%Y} đến {version.since:%d/%m/%Y}."
        else:
            if version.since != since:
                yield f"{version}: thời kỳ đầu không bắt đầu cùng ngày với đơn vị."
            if last is not None and last.until != lives[last.area_id][1]:
                yield f"{last}: thời kỳ cuối không kết thúc cùng ngày với đơn vị."
        seen.add(version.area_id)
        if version.parent_id is not None:
            above_since, above_until = lives[version.parent_id]
            if above_since > version.since or (above_until and (version.until is None or version.until > above_until)):
                yield f"{version}: địa bàn cấp trên không tồn tại suốt thời kỳ từ {version.since:%d/%m/%Y}."
        last = version
    if last is not None and last.until != lives[last.area_id][1]:
        yield f"{last}: thời kỳ cuối không kết thúc cùng ngày với đơn vị."
    for pk in sorted(lives.keys() - seen):
        yield f"Đơn vị số {pk} không có thời kỳ nào."


def _present_names() -> Iterator[str]:
    last = AreaVersion.objects.filter(until=F("area__until")) | AreaVersion.objects.filter(until=None)
    different = last.exclude(name=F("area__name"), kind=F("area__kind"), code=F("area__code"))
    for version in different.select_related("area"):
        yield f"{version.area}: tên, loại hoặc mã hiện nay khác thời kỳ cuối ({version})."
    wrong_level = AreaVersion.objects.filter(Q(parent__level__gte=F("area__level")))
    for version in wrong_level:
        yield f"{version}: cấp của địa bàn cấp trên không cao hơn."


def _codes() -> Iterator[str]:
    """No two areas of a level bear one code on one day."""
    last = None
    rows = AreaVersion.objects.exclude(code="").order_by("area__level", "code", "since").select_related("area")
    for version in rows.iterator(chunk_size=2000):
        same = last is not None and (last.area.level, last.code) == (version.area.level, version.code)
        if same and last.area_id != version.area_id and (last.until is None or last.until > version.since):
            yield f"Mã {version.code}: {last} và {version} cùng mang từ ngày {version.since:%d/%m/%Y}."
        last = version


def _closure(day: dt.date) -> Iterator[str]:
    above = dict(AreaVersion.objects.on(day).order_by().values_list("area", "parent"))
    walked = set()
    for area in above:
        ancestor, depth = area, 0
        while ancestor is not None and depth < 9:
            walked.add((ancestor, area, depth))
            ancestor, depth = above.get(ancestor), depth + 1
    stored = set(AreaLink.objects.on(day).order_by().values_list("ancestor", "descendant", "depth"))
    if wrong := len(walked ^ stored):
        yield f"Ngày {day:%d/%m/%Y}: {wrong} liên kết địa bàn không khớp với các thời kỳ."
