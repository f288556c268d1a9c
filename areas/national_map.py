"""The files of the national map under `fixtures/areas/`, read and grouped by province since 1/7/2025.

No ward crossed the border of a province, so a province since the reform and all that fed it is a group of its own.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError

from sheets.dates import parse_date

from .models import Level, ReorganisationPart

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "areas"
LEVELS = {"province": Level.PROVINCE, "district": Level.DISTRICT, "ward": Level.WARD}
ISLAND = "district:"
WHOLE, PART = ReorganisationPart.Extent.WHOLE, ReorganisationPart.Extent.PART

Key = tuple[Level, str]


@dataclass(frozen=True)
class Entry:
    """A line of one of the two maps."""

    level: Level
    code: str
    name: str
    kind: str
    parent: Key | None
    lat: str
    lon: str

    @property
    def key(self) -> Key:
        return self.level, self.code


class NationalMap:
    """The files, read once."""

    def __init__(self, folder: Path = FOLDER):
        self.folder = folder

    def rows(self, name: str) -> list[dict[str, str]]:
        with open(self.folder / name, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def before(self) -> dict[Key, Entry]:
        above = {Level.DISTRICT: Level.PROVINCE, Level.WARD: Level.DISTRICT}
        return self._entries("areas_to_2025-06-30.csv", above)

    @cached_property
    def after(self) -> dict[Key, Entry]:
        return self._entries("areas_since_2025-07-01.csv", {Level.WARD: Level.PROVINCE})

    @cached_property
    def became(self) -> dict[str, str]:
        """Old province → new province, by codes."""
        rows = self.rows("reform_provinces_2025-07-01.csv")
        return {row["old_province_code"]: row["new_province_code"] for row in rows}

    @cached_property
    def flows(self) -> dict[str, list[tuple[Key, Key, str, bool]]]:
        """New province → (old area, new area, extent, is main): its own provinces first, then the wards."""
        found: dict[str, list] = defaultdict(list)
        for old, new in self.became.items():
            found[new].append(((Level.PROVINCE, old), (Level.PROVINCE, new), WHOLE, True))
        for row in self.rows("reform_2025-07-01.csv"):
            code, new = row["old_ward_code"], (Level.WARD, row["new_ward_code"])
            old = (Level.DISTRICT, code.removeprefix(ISLAND)) if code.startswith(ISLAND) else (Level.WARD, code)
            extent = WHOLE if row["extent"] == "whole" else PART
            found[self.after[new].parent[1]].append((old, new, extent, row["is_main"] == "1"))
        return found

    @cached_property
    def changes(self) -> dict[str, list[dict]]:
        """New province → what was retyped in it since, in order of days."""
        found: dict[str, list[dict]] = defaultdict(list)
        for row in self.rows("changes_2026.csv"):
            key = LEVELS[row["level"]], row["code"]
            number, _, day = row["decree"].partition(" - ")
            row |= {"key": key, "number": number, "day": parse_date(row["decided_on"] or day)}
            province = key[1] if key[0] == Level.PROVINCE else self.after[key].parent[1]
            found[province].append(row)
        for rows in found.values():
            rows.sort(key=lambda row: row["day"])
        return found

    def groups(self, codes: list[str] | None = None) -> list[str]:
        """The codes of the new provinces asked for, by new or old code; all without a question."""
        provinces = sorted(key[1] for key in self.after if key[0] == Level.PROVINCE)
        if not codes:
            return provinces
        if unknown := [code for code in codes if code not in self.became and code not in provinces]:
            raise ValidationError(f"Không có tỉnh, thành phố mang mã {', '.join(unknown)}.")
        return sorted({code if code in provinces else self.became[code] for code in codes})

    def entries_of(self, province: str) -> tuple[list[Entry], list[Entry]]:
        """The old map (provinces, districts, wards) and the new one of a group."""
        old_codes = {old for old, new in self.became.items() if new == province}
        old = [entry for entry in self.before.values() if self._province_before(entry) in old_codes]
        own = (Level.PROVINCE, province)
        new = [entry for entry in self.after.values() if own in (entry.key, entry.parent)]
        return sorted(old, key=lambda entry: entry.level), sorted(new, key=lambda entry: entry.level)

    def _province_before(self, entry: Entry) -> str:
        while entry.parent:
            entry = self.before[entry.parent]
        return entry.code

    def _entries(self, name: str, above: dict[Level, Level]) -> dict[Key, Entry]:
        found = {}
        for row in self.rows(name):
            level, kind = LEVELS[row["level"]], row["kind"]
            parent = (above[level], row["parent_code"]) if level in above else None
            title = row["name"]
            if title.casefold().startswith(kind.casefold()):  # the source has "Thành Phố Bắc Kạn", "Thị Xã Mường Lay"
                title = kind + title[len(kind) :]
            entry = Entry(level, row["code"], title, kind, parent, row["lat"], row["lon"])
            found[entry.key] = entry
        return found
