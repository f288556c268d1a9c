"""Villages pasted as lines: their kinds read from the first words."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from journal.actions import record
from journal.models import Act
from sheets.text import clean_text, place_sort_key

from .actions import mark_stale
from .closure import relink
from .kinds import KINDS
from .models import Area, AreaVersion, Level, PendingVillage, Reorganisation, ReorganisationPart

MOST_LINES = 500
_SHORT = {"tdp": "Tổ dân phố", "kp": "Khu phố", "kdc": "Khu dân cư"}
_BULLET = re.compile(r"^(?:[-–—•*+]|\d{1,3}[.)/])\s*")


@dataclass(frozen=True)
class Stay:
    """Where a village lay between two days."""

    parent: Area
    since: dt.date
    until: dt.date | None
    reorganisation: Reorganisation | None = None
    is_pending: bool = False


def kind_and_name(line: str, default: str = "", level: Level = Level.VILLAGE) -> tuple[str, str]:
    """ "tổ dân phố  số 5" → ("Tổ dân phố", "Tổ dân phố số 5"); a line without a kind takes `default`.

    Raises ValidationError when there is no kind, or nothing but a kind.
    """
    text = clean_text(_BULLET.sub("", line.strip()), max_length=150)
    words = text.casefold().split()
    if words and words[0].rstrip(".") in _SHORT:
        kind, rest = _SHORT[words[0].rstrip(".")], " ".join(text.split()[1:])
    else:
        kind = next((kind for kind in KINDS[level] if words[: len(kind.split())] == kind.casefold().split()), "")
        rest = " ".join(text.split()[len(kind.split()) :])
    if not kind:
        if not default:
            raise ValidationError(f"“{text}” chưa ghi loại ({_some_kinds(level)}).")
        kind = default
    if not rest:
        raise ValidationError(f"“{text}” thiếu tên.")
    return kind, f"{kind} {rest}"


def _some_kinds(level: Level) -> str:
    if level == Level.VILLAGE:
        return "thôn, tổ dân phố, ấp, bản…"
    return ", ".join(kind.lower() for kind in KINDS[level])


@transaction.atomic
def add_villages(
    *, by, ward: Area, lines: str, since: dt.date, default_kind: str = "", toward: Area | None = None
) -> list[Area]:
    """Villages that lie in `ward` from `since` on, one a line; all or none.

    A village of a ward that was reorganised since goes the ward's way: to the successor, of a divided ward to `toward`
    or else to the main successor and onto the waiting list. Raises ValidationError with a message for each bad line.
    """
    stays = list(stays_from(ward, since, toward))
    named = _read(lines, stays, default_kind)
    until = stays[-1].until
    villages = []
    for kind, name in named:
        village = Area(level=Level.VILLAGE, kind=kind, name=name, since=since, until=until)
        village.save()
        villages.append(village)
    versions = [
        AreaVersion(
            area=village,
            name=village.name,
            kind=village.kind,
            parent=stay.parent,
            since=stay.since,
            until=stay.until,
            reorganisation=stay.reorganisation,
            search_key=village.search_key,
            sort_key=village.sort_key,
        )
        for village in villages
        for stay in stays
    ]
    AreaVersion.objects.bulk_create(versions)
    waiting = [
        PendingVillage(village=village, reorganisation=stay.reorganisation)
        for village in villages
        for stay in stays
        if stay.is_pending
    ]
    PendingVillage.objects.bulk_create(waiting)
    relink([village.pk for village in villages])
    for village in villages:
        record(by=by, verb=Act.Verb.ADD, obj=village, area_id=village.pk)
    mark_stale([village.pk for village in villages], since)
    return villages


def stays_from(ward: Area, since: dt.date, toward: Area | None = None):
    """Where what lay in `ward` on `since` has lain from then on, through every reorganisation carried out since."""
    if since < ward.since or (ward.until and since >= ward.until):
        ends = f" đến {ward.until - dt.timedelta(days=1):%d/%m/%Y}" if ward.until else ""
        raise ValidationError({"since": f"{ward} có từ ngày {ward.since:%d/%m/%Y}{ends}."})
    event, is_pending = None, False
    while True:
        yield Stay(ward, since, ward.until, event, is_pending)
        if ward.until is None:
            return
        parts = ReorganisationPart.objects.filter(
            from_area=ward,
            reorganisation__state=Reorganisation.State.CARRIED_OUT,
            reorganisation__effective_on=ward.until,
        ).select_related("to_area", "reorganisation")
        parts = sorted(parts, key=lambda part: (part.to_area_id != getattr(toward, "pk", None), not part.is_main))
        if not parts:
            raise ValidationError({"since": f"{ward} đã kết thúc mà không rõ thành đơn vị nào."})
        divided = parts[0].extent == ReorganisationPart.Extent.PART
        is_pending = divided and parts[0].to_area_id != getattr(toward, "pk", None)
        event, since, ward = parts[0].reorganisation, ward.until, parts[0].to_area


def _read(lines: str, stays: list[Stay], default_kind: str) -> list[tuple[str, str]]:
    found: dict[str, int] = {}
    named, problems = [], []
    taken = _names_taken(stays)
    for number, line in enumerate(lines.splitlines(), 1):
        if not line.strip():
            continue
        try:
            kind, name = kind_and_name(line, default_kind)
        except ValidationError as error:
            problems += [f"Dòng {number}: {message}" for message in error.messages]
            continue
        key = place_sort_key(name)
        if key in found:
            problems.append(f"Dòng {number}: {name} trùng với dòng {found[key]}.")
        elif key in taken:
            problems.append(f"Dòng {number}: {taken[key]} đã có {name}.")
        found.setdefault(key, number)
        named.append((kind, name))
    if not named and not problems:
        problems.append("Chưa có dòng nào.")
    if len(named) > MOST_LINES:
        problems.append(f"Nhiều nhất {MOST_LINES} dòng một lần.")
    if problems:
        raise ValidationError({"lines": problems})
    return named


def _names_taken(stays: list[Stay]) -> dict[str, str]:
    """Sort key of a name → the ward that has it already, in any of the stays."""
    taken = {}
    for stay in stays:
        there = AreaVersion.objects.filter(parent=stay.parent).overlapping(stay.since, stay.until)
        taken.update(dict.fromkeys(there.values_list("sort_key", flat=True), str(stay.parent)))
    return taken
