"""Changing the map, one area at a time. Whole reorganisations are in `residents/reorganising.py`."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from journal.actions import record
from journal.models import Act
from sheets.text import place_sort_key

from .closure import relink
from .models import (
    Area,
    AreaVersion,
    Level,
    Office,
    PendingVillage,
    Reorganisation,
    ReorganisationPart,
    Stale,
)
from .succession import close_areas
from .waiting import with_choices


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
    if parent is not None:
        _refuse_closed_parent(parent, since)
    _refuse_taken_code(AreaVersion(area=Area(level=level), code=code, since=since))
    _refuse_taken_name(name, parent, None, since)
    area = Area(level=level, name=name, kind=kind, code=code, since=since, lat=lat, lon=lon)
    area.full_clean()
    area.save()
    AreaVersion.objects.create(area=area, name=area.name, kind=area.kind, code=area.code, parent=parent, since=since)
    relink([area.pk])
    record(by=by, verb=Act.Verb.ADD, obj=area, area_id=area.pk)
    mark_stale([area.pk], since)
    return area


@transaction.atomic
def change_area(
    *,
    by,
    area: Area,
    since: dt.date,
    name: str | None = None,
    kind: str | None = None,
    parent: Area | None = None,
    paper: dict | None = None,
) -> AreaVersion:
    """Rename, retype or move an area from `since` on: a new version of the same identity.

    `paper` (decree_number, issuer, decided_on) makes it a Reorganisation of its own. Raises ValidationError when
    nothing changes, or the day or the name does not fit.
    """
    last = area.versions.order_by("since").last()
    wanted = {"name": name, "kind": kind, "parent": parent}
    changes = {field: value for field, value in wanted.items() if value not in (None, getattr(last, field))}
    if not changes:
        raise ValidationError("Chưa có gì thay đổi.")
    if parent is not None:
        _refuse_closed_parent(parent, since)
    _refuse_taken_name(changes.get("name", last.name), changes.get("parent", last.parent), area, since)
    event = _event_of(area, since, changes, paper) if paper and paper.get("decree_number") else None
    old = str(last)
    version = new_version(area, since=since, reorganisation=event, **changes)
    if parent is not None:
        relink([area.pk])
    record(by=by, verb=Act.Verb.CHANGE, obj=area, area_id=area.pk, before=old, since=since.isoformat())
    mark_stale([area.pk, *(pk for pk in (last.parent_id, version.parent_id) if pk)], since)
    return version


def _event_of(area: Area, since: dt.date, changes: dict, paper: dict) -> Reorganisation:
    kinds = Reorganisation.Kind
    kind = kinds.MOVE if "parent" in changes else kinds.RETYPE if "kind" in changes else kinds.RENAME
    event = Reorganisation.objects.create(
        kind=kind,
        title=f"{kind.label}: {area} thành {changes['name']}" if "name" in changes else f"{kind.label}: {area}",
        effective_on=since,
        state=Reorganisation.State.CARRIED_OUT,
        carried_out_at=timezone.now(),
        **paper,
    )
    whole = ReorganisationPart.Extent.WHOLE
    ReorganisationPart.objects.create(reorganisation=event, from_area=area, to_area=area, extent=whole)
    return event


@transaction.atomic
def correct_area(*, by, area: Area, name: str, kind: str, code: str) -> AreaVersion:
    """Put right a typing mistake in the last version: no new one begins."""
    version = area.versions.order_by("since").last()
    old = str(version)
    version.name, version.kind, version.code = name, kind, code
    version.full_clean(exclude=["area"])
    _refuse_taken_code(version)
    _refuse_taken_name(name, version.parent, area, version.since)
    version.save()
    _bear(area, version)
    record(by=by, verb=Act.Verb.CHANGE, obj=area, area_id=area.pk, before=old, corrected=True)
    mark_stale([area.pk], version.since)
    return version


@transaction.atomic
def close_area(*, by, area: Area, until: dt.date) -> None:
    """The area no longer exists from `until` on. Raises ValidationError while anything lies or stands in it."""
    area = Area.objects.select_for_update().get(pk=area.pk)
    if area.until is not None:
        raise ValidationError({"until": f"{area} đã kết thúc từ ngày {area.until:%d/%m/%Y}."})
    if area.versions.filter(since__gte=until).exists():
        raise ValidationError({"until": f"{area} có từ ngày, hoặc đã thay đổi, sau ngày này."})
    if uses := open_uses(area):
        listed = ", ".join(f"{count} {label}" for label, count in uses)
        raise ValidationError(
            {"until": f"Chưa kết thúc được: {area} còn {listed}. Nhập vào nơi khác thì dùng sắp xếp."}
        )
    close_areas([area.pk], until, reason="Kết thúc", by=by)
    relink([area.pk])
    record(by=by, verb=Act.Verb.END, obj=area, area_id=area.pk, until=until.isoformat())
    mark_stale([area.pk], until)


def open_uses(area: Area) -> list[tuple[str, int]]:
    """What still lies or stands in the area: (name, how many), over every model that refers to it and has an end.

    Asked of the models' own declarations, because the apps that refer to areas are not known here.
    """
    found = []
    if count := AreaVersion.objects.open().filter(parent=area).count():
        found.append(("địa bàn bên dưới", count))
    for relation in Area._meta.related_objects:
        model = relation.related_model
        if model._meta.app_label == Area._meta.app_label or not _has_end(model):
            continue
        if count := model._base_manager.filter(**{relation.field.name: area, "until": None}).count():
            found.append((str(model._meta.verbose_name), count))
    return found


def _has_end(model) -> bool:
    return any(field.name == "until" for field in model._meta.get_fields())


@transaction.atomic
def settle_village(*, by, pending: PendingVillage, ward: Area, at: dt.datetime) -> None:
    """Put a village of a divided ward where it has lain since the reorganisation: in `ward`, one of the successors.

    Raises ValidationError when it is none of them, or the village lies elsewhere by now.
    """
    (pending,) = with_choices([pending])
    village, event = pending.village, pending.reorganisation
    choices = {area.pk for area in pending.choices}
    if ward.pk not in choices:
        raise ValidationError({"ward": f"{ward} không tiếp nhận phần nào của {pending.origin}."})
    begun = village.versions.filter(since__gte=event.effective_on)
    wrong = begun.filter(parent__in=choices).exclude(parent=ward)
    before = set(wrong.values_list("parent", flat=True))
    for version in wrong:
        version.parent = ward
        version.save(update_fields=["parent"])
    pending.settled_at = at
    pending.save(update_fields=["settled_at"])
    if before:
        relink([village.pk])
        mark_stale([village.pk, ward.pk, *before], event.effective_on)
    record(by=by, verb=Act.Verb.CHANGE, obj=village, area_id=ward.pk, settled_in=str(ward))


@transaction.atomic
def change_office(*, by, office: Office) -> Office:
    """What the office of `office.area` is from `office.since` on: closes the one before; on its first day, corrects it.

    Raises ValidationError when a later one is known already.
    """
    present = Office.objects.filter(area=office.area).order_by("since").last()
    if present and office.since < present.since:
        raise ValidationError({"since": f"Đã có thông tin từ ngày {present.since:%d/%m/%Y}; chọn ngày đó hoặc sau đó."})
    if present and office.since == present.since:
        for field in Office.DESCRIBED:
            setattr(present, field, getattr(office, field))
        office = present
    elif present and (present.until is None or present.until > office.since):
        present.until = office.since
        present.save()
    office.full_clean()
    office.save()
    verb = Act.Verb.CHANGE if present else Act.Verb.ADD
    record(by=by, verb=verb, obj=office, area_id=office.area_id, since=office.since.isoformat())
    return office


def _refuse_closed_parent(parent: Area, since: dt.date) -> None:
    if not AreaVersion.objects.on(since).filter(area=parent).exists():
        raise ValidationError({"since": f"{parent} chưa có hoặc đã kết thúc vào ngày {since:%d/%m/%Y}."})


def _refuse_taken_name(name: str, parent: Area | None, area: Area | None, since: dt.date) -> None:
    """Two areas of one parent never bear one name on one day ("Hòa" and "Hoà" are one, "Sơn Hà" and "Sơn Hạ" two)."""
    others = AreaVersion.objects.filter(parent=parent, sort_key=place_sort_key(name)).overlapping(since, None)
    if parent is not None and others.exclude(area=area).exists():
        raise ValidationError({"name": f"{parent} đã có {name}."})


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
    taken = AreaVersion.objects.exclude(area=version.area_id).filter(area__level=version.area.level, code=version.code)
    if version.code and taken.overlapping(version.since, version.until).exists():
        raise ValidationError({"code": f"Mã {version.code} đã được dùng trong thời gian này."})


def mark_stale(area_ids, since: dt.date) -> None:
    """Ask for the figures of these areas from `since` on to be counted again. Insert only."""
    Stale.objects.bulk_create([Stale(area_id=pk, since=since) for pk in set(area_ids)])
