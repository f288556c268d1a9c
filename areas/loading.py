"""Loading the national map: the three-level map, the reform of 1/7/2025 and the changes since.

Each group of `NationalMap` is loaded in one transaction. What is already there, by its code on the day, is taken as it
is: loading again changes nothing, and what was begun is completed.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable

from django.db import connection, transaction
from django.db.models import Q

from journal.actions import record
from journal.models import Act

from .actions import mark_stale, new_version
from .closure import chunks, relink
from .models import Area, AreaLink, AreaVersion, Level, Reorganisation, ReorganisationPart
from .national_map import WHOLE, Entry, Key, NationalMap
from .succession import close_areas, hand_over, keyed

FIRST_DAY = dt.date(2022, 1, 1)
REFORM = dt.date(2025, 7, 1)
EVE = REFORM - dt.timedelta(days=1)
WARDS_DECREE = "1654–1687/NQ-UBTVQH15"

Follow = Callable[[list[ReorganisationPart]], object]


def load_map(
    *,
    by,
    at: dt.datetime,
    provinces: list[str] | None = None,
    follow: Follow | None = None,
    source: NationalMap | None = None,
) -> Counter:
    """Load the map, or the provinces named by new or old code; returns how many areas of each level were added.

    `follow(parts)` is called with the reform's parts whose old areas were here before, for what stands on the map and
    is not seen from here. Raises ValidationError for an unknown province.
    """
    source = source or NationalMap()
    groups = source.groups(provinces)
    added = Counter()
    country = _country(added)
    for province in groups:
        with transaction.atomic():
            group = _Group(source, province, country, at)
            new = group.load(follow)
            if new:
                record(
                    by=by,
                    verb=Act.Verb.IMPORT,
                    area_id=group.after[Level.PROVINCE, province],
                    label=f"Nạp bản đồ hành chính: {source.after[Level.PROVINCE, province].name}",
                    added=new.total(),
                )
                _learn_sizes()
            added += new
    return added


def _learn_sizes() -> None:
    """PostgreSQL plans by what it knows of the tables, and that they were nearly empty is no longer true."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in (Area, AreaVersion, AreaLink, ReorganisationPart):
                cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _country(added: Counter) -> int:
    country = Area.objects.at(Level.COUNTRY).filter(until=None).first()
    with transaction.atomic():
        if country is None:
            country = Area.objects.create(level=Level.COUNTRY, name="Việt Nam", kind="Nước", code="VN", since=FIRST_DAY)
            AreaVersion.objects.create(area=country, name=country.name, kind="Nước", code="VN", since=FIRST_DAY)
            added[Level.COUNTRY] += 1
        _begin_earlier([country.pk])
        relink([country.pk])
    return country.pk


def _begin_earlier(area_ids: list[int]) -> None:
    """Areas that were typed in with a later first day exist since the first day of the map."""
    for chunk in chunks(area_ids):
        for area in Area.objects.filter(pk__in=chunk, since__gt=FIRST_DAY):
            area.versions.filter(since=area.since).update(since=FIRST_DAY)
            Area.objects.filter(pk=area.pk).update(since=FIRST_DAY)


class _Group:
    """A province since the reform with everything that fed it. `before` and `after` give the ids of areas by key."""

    def __init__(self, source: NationalMap, province: str, country: int, at: dt.datetime):
        self.source, self.province, self.country, self.at = source, province, country, at
        self.old, self.new = source.entries_of(province)
        self.flows = source.flows[province]
        feeds = Counter(new for _old, new, _extent, _is_main in self.flows)
        self.kept = {
            old: new
            for old, new, extent, _is_main in self.flows
            if extent == WHOLE and feeds[new] == 1 and old[0] == new[0]
        }

    def load(self, follow: Follow | None) -> Counter:
        self.before = self._existing(self.old, EVE)
        self.after = self._existing(self.new, REFORM)
        self._part_identities()
        here = dict(self.before)
        _begin_earlier(list(here.values()))
        added = self._add_old() + self._add_new()
        parts = self._reorganise()
        changed = self._close_what_was_here(here, parts, follow)
        if added or changed:
            relink({*changed, *self.before.values(), *self.after.values()})
        self._change_since()
        return added

    def _part_identities(self) -> None:
        """An area typed in under the old map still bears its code after the reform, but is not the new area of it."""
        old = {pk: key for key, pk in self.before.items()}
        self.after = {key: pk for key, pk in self.after.items() if pk not in old or self.kept.get(old[pk]) == key}

    def _existing(self, entries: list[Entry], day: dt.date) -> dict[Key, int]:
        found = {}
        codes = {entry.code for entry in entries}
        wanted = {entry.key for entry in entries}
        for chunk in chunks(codes):
            rows = AreaVersion.objects.on(day).filter(code__in=chunk, area__level__in=(1, 2, 3))
            for level, code, pk in rows.values_list("area__level", "code", "area"):
                if (Level(level), code) in wanted:
                    found[Level(level), code] = pk
        return found

    def _add_old(self) -> Counter:
        """The areas of the old map that are not here; a kept one bears its present name, the others are closed."""
        missing = [entry for entry in self.old if entry.key not in self.before]
        areas = [
            self._area(self.source.after[self.kept[entry.key]], FIRST_DAY)
            if entry.key in self.kept
            else self._area(entry, FIRST_DAY, REFORM)
            for entry in missing
        ]
        self._create(missing, areas, self.before)
        versions = [
            self._version(entry, self.before, FIRST_DAY, None if self._stays(entry) else REFORM) for entry in missing
        ]
        AreaVersion.objects.bulk_create(versions)
        return Counter(entry.level for entry in missing)

    def _stays(self, entry: Entry) -> bool:
        """Did the reform change nothing of it? (So it was with eleven provinces.)"""
        if entry.key not in self.kept:
            return False
        then = self.source.after[self.kept[entry.key]]
        return (then.name, then.kind, then.code, then.parent) == (entry.name, entry.kind, entry.code, entry.parent)

    def _add_new(self) -> Counter:
        for old, new in self.kept.items():
            self.after.setdefault(new, self.before[old])
        missing = [entry for entry in self.new if entry.key not in self.after]
        self._create(missing, [self._area(entry, REFORM) for entry in missing], self.after)
        self.fresh = {entry.key for entry in missing}
        return Counter(entry.level for entry in missing)

    def _reorganise(self) -> dict[Reorganisation, list[ReorganisationPart]]:
        """The reform's events with their parts, and the versions that begin with them."""
        provinces = self._event(
            title="Sắp xếp đơn vị hành chính cấp tỉnh",
            decree_number="202/2025/QH15",
            issuer="Quốc hội",
            decided_on=dt.date(2025, 6, 12),
        )
        name = self.source.after[Level.PROVINCE, self.province].name
        wards = self._event(
            title=f"Sắp xếp đơn vị hành chính cấp xã của {name[0].lower()}{name[1:]}",
            decree_number=WARDS_DECREE,
            issuer="Ủy ban Thường vụ Quốc hội",
            decided_on=dt.date(2025, 6, 16),
            note="Mỗi tỉnh, thành phố một nghị quyết, số từ 1654 đến 1687; chưa rõ số của từng tỉnh.",
        )
        found = {provinces: [], wards: []}
        staying = {entry.key for entry in self.old if self._stays(entry)}
        for old, new, extent, is_main in self.flows:
            if old not in staying:
                event = provinces if old[0] == Level.PROVINCE else wards
                part = ReorganisationPart(
                    reorganisation=event,
                    from_area_id=self.before[old],
                    to_area_id=self.after[new],
                    extent=extent,
                    is_main=is_main,
                )
                found[event].append(part)
        for event, parts in found.items():
            known = set(event.parts.values_list("from_area", "to_area"))
            ReorganisationPart.objects.bulk_create(
                [part for part in parts if (part.from_area_id, part.to_area_id) not in known]
            )
        self._begin_versions(provinces, wards)
        return found

    def _begin_versions(self, provinces: Reorganisation, wards: Reorganisation) -> None:
        """Versions from the day of the reform on, for every area of the new map that has none that day."""
        changed = [entry for entry in self.new if entry.key in self.fresh]
        for old, new in self.kept.items():
            if not self._stays(self.source.before[old]):
                changed.append(self.source.after[new])
        ids = [self.after[entry.key] for entry in changed]
        begun: set[int] = set()
        for chunk in chunks(ids):
            rows = AreaVersion.objects.filter(area__in=chunk, since__gte=REFORM)
            begun.update(rows.values_list("area", flat=True))
        changed = [entry for entry in changed if self.after[entry.key] not in begun]
        for chunk in chunks(self.after[entry.key] for entry in changed):
            AreaVersion.objects.filter(area__in=chunk, until=None).update(until=REFORM)
        versions = [self._version(entry, self.after, REFORM, None) for entry in changed]
        for version, entry in zip(versions, changed, strict=True):
            version.reorganisation = provinces if entry.level == Level.PROVINCE else wards
        AreaVersion.objects.bulk_create(versions)
        for entry in changed:
            if entry.key not in self.fresh:
                area = self._area(entry, FIRST_DAY)
                Area.objects.filter(pk=self.after[entry.key]).exclude(
                    name=area.name, kind=area.kind, code=area.code
                ).update(
                    name=area.name, kind=area.kind, code=area.code, search_key=area.search_key, sort_key=area.sort_key
                )

    def _close_what_was_here(self, here: dict[Key, int], parts: dict, follow: Follow | None) -> set[int]:
        """Old areas that somebody had typed in before: they close, and their villages go under the successors."""
        kept = {self.before[old] for old in self.kept}
        closing = {pk for pk in here.values() if pk not in kept}
        still_open = set()
        for chunk in chunks(closing):
            rows = Area.objects.filter(pk__in=chunk).filter(Q(until=None) | Q(until__gt=REFORM))
            still_open.update(rows.values_list("pk", flat=True))
        if not still_open:
            return set()
        close_areas(still_open, REFORM, reason=f"Sắp xếp đơn vị, {WARDS_DECREE}")
        followed = [part for rows in parts.values() for part in rows if part.from_area_id in still_open]
        wards = [part for part in followed if part.reorganisation.decree_number == WARDS_DECREE]
        changed = still_open
        if wards:
            changed = still_open | hand_over(wards[0].reorganisation, wards)
        if follow and followed:
            follow(followed)
        mark_stale(changed, REFORM)
        return changed

    def _change_since(self) -> None:
        """Communes that became wards and provinces that became cities in 2026: the same identities, new versions."""
        for change in self.source.changes[self.province]:
            area = Area.objects.get(pk=self.after[change["key"]])
            if area.versions.filter(since__gte=change["day"]).exists() or area.until:
                continue
            event = self._event(
                kind=Reorganisation.Kind.RETYPE,
                title=f"{change['old_name']} thành {change['new_name'][0].lower()}{change['new_name'][1:]}",
                decree_number=change["number"],
                issuer="Quốc hội" if "/QH" in change["number"] else "Ủy ban Thường vụ Quốc hội",
                decided_on=change["day"],
                effective_on=change["day"],
                note="Ngày hiệu lực ghi theo ngày ban hành, vì chưa có ngày khác.",
            )
            ReorganisationPart.objects.create(reorganisation=event, from_area=area, to_area=area, extent=WHOLE)
            new_version(
                area, since=change["day"], reorganisation=event, name=change["new_name"], kind=change["new_kind"]
            )

    def _event(self, *, title: str, decree_number: str, **fields) -> Reorganisation:
        fields = {"kind": Reorganisation.Kind.REFORM, "effective_on": REFORM, **fields}
        event, _is_new = Reorganisation.objects.get_or_create(
            title=title,
            decree_number=decree_number,
            defaults={**fields, "state": Reorganisation.State.CARRIED_OUT, "carried_out_at": self.at},
        )
        return event

    @staticmethod
    def _create(entries: list[Entry], areas: list[Area], ids: dict[Key, int]) -> None:
        Area.objects.bulk_create(areas)
        ids.update({entry.key: area.pk for entry, area in zip(entries, areas, strict=True)})

    @staticmethod
    def _area(entry: Entry, since: dt.date, until: dt.date | None = None) -> Area:
        return keyed(
            Area(
                level=entry.level,
                name=entry.name,
                kind=entry.kind,
                code=entry.code,
                since=since,
                until=until,
                lat=entry.lat or None,
                lon=entry.lon or None,
            )
        )

    def _version(self, entry: Entry, ids: dict[Key, int], since: dt.date, until: dt.date | None) -> AreaVersion:
        return keyed(
            AreaVersion(
                area_id=ids[entry.key],
                name=entry.name,
                kind=entry.kind,
                code=entry.code,
                parent_id=ids[entry.parent] if entry.parent else self.country,
                since=since,
                until=until,
            )
        )
