"""What a file of a reorganisation means: which areas, whole or in part, become which, and whether that can be."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ValidationError

from areas.kinds import KINDS
from areas.models import Area, AreaVersion, Level, Reorganisation, ReorganisationPart
from areas.pasting import kind_and_name
from residents.models import Household, Placement, Street
from sheets.dates import parse_date
from sheets.text import place_sort_key, search_key

from .files import read_plan_file

WHOLE, PART = ReorganisationPart.Extent.WHOLE, ReorganisationPart.Extent.PART


@dataclass(eq=False)
class Target:
    """An area that comes out of the reorganisation; `kept`: the one area whose identity goes on in it."""

    name: str
    kind: str
    parent: Area
    code: str = ""
    lines: list[Line] = field(default_factory=list)

    @property
    def kept(self) -> Area | None:
        only = self.lines[0]
        return only.source if len(self.lines) == 1 and only.extent == WHOLE else None


@dataclass(eq=False)
class Line:
    """One area, whole or in part, becoming one target; a part may name its households or streets."""

    number: int
    source: Area
    version: AreaVersion
    target: Target
    extent: str
    is_main: bool
    households: frozenset = frozenset()


@dataclass
class Plan:
    raw: dict
    title: str
    decree_number: str
    issuer: str
    decided_on: dt.date | None
    effective_on: dt.date
    note: str
    within: Area | None
    kind: str = ""
    lines: list[Line] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)

    @property
    def eve(self) -> dt.date:
        return self.effective_on - dt.timedelta(days=1)

    @property
    def level(self) -> Level:
        return Level(self.lines[0].source.level)

    @property
    def sources(self) -> list[Area]:
        return list({line.source.pk: line.source for line in self.lines}.values())

    @property
    def closing(self) -> list[Area]:
        kept = {target.kept.pk for target in self.targets if target.kept}
        return [area for area in self.sources if area.pk not in kept]

    def main_target(self, source: Area) -> Target:
        return next(line.target for line in self.lines if line.source.pk == source.pk and line.is_main)


def plan_from_file(source: str | Path) -> Plan:
    """The plan in a CSV or JSON file, given as a path or as its text.

    Raises ValidationError with every problem found, by line, in Vietnamese.
    """
    return plan_from_raw(read_plan_file(source))


def plan_from_raw(raw: dict) -> Plan:
    return _Reading(raw).plan()


class _Reading:
    """One reading of a plan; problems are gathered and told together."""

    def __init__(self, raw: dict):
        self.raw = raw
        self.problems: list[str] = []

    def plan(self) -> Plan:
        plan = self._head()
        self._raise()
        for part in self.raw["parts"]:
            self._line(plan, part)
        if not self.problems:
            self._check_sources(plan)
            self._check_targets(plan)
        self._raise()
        plan.kind = self._kind(plan)
        return plan

    def _raise(self) -> None:
        if self.problems:
            raise ValidationError(self.problems)

    def _head(self) -> Plan:
        dates = {}
        for name, label in (("decided_on", "Ngày ban hành"), ("effective_on", "Ngày hiệu lực")):
            try:
                dates[name] = parse_date(self.raw[name])
            except ValidationError as error:
                dates[name] = None
                self.problems += [f"{label}: {message}" for message in error.messages]
        if not self.raw["decree_number"]:
            self.problems.append("Thiếu số văn bản.")
        if not dates["effective_on"] and not self.problems:
            self.problems.append("Thiếu ngày hiệu lực.")
        plan = Plan(
            raw=self.raw,
            title=self.raw["title"] or "Sắp xếp đơn vị",
            decree_number=self.raw["decree_number"],
            issuer=self.raw["issuer"],
            note=self.raw["note"],
            within=None,
            **dates,
        )
        if plan.effective_on and self.raw["within"]:
            plan.within = self._place(self.raw["within"], plan.eve, "Trong địa bàn")
        return plan

    def _place(self, text: str, day: dt.date, where: str) -> Area | None:
        """The area meant by a code, by its number ("#12"), or by names ("Thành phố Đà Nẵng / Phường Hải Vân")."""
        if text.startswith("#") and text[1:].isdigit():
            found = list(Area.objects.on(day).filter(pk=text[1:]))
        elif text.isdigit():
            found = list(Area.objects.by_code(text, day)[:2])
        else:
            names = [name for name in text.split("/") if name.strip()]
            found = list(Area.objects.filter(pk__in=_named(names[0], day))[:2])
            for name in names[1:]:
                found = list(Area.objects.filter(pk__in=_named(name, day, found[0]))[:2]) if len(found) == 1 else found
        if len(found) != 1:
            reason = "không có" if not found else "có nhiều"
            self.problems.append(f"{where}: ngày {day:%d/%m/%Y} {reason} đơn vị “{text}”.")
            return None
        return found[0]

    def _line(self, plan: Plan, part: dict) -> None:
        where = f"Dòng {part['line']}"
        if not part["from"] or not part["to"]:
            self.problems.append(f"{where}: thiếu đơn vị cũ hoặc đơn vị mới.")
            return
        version = self._source(plan, part, where)
        if version is None:
            return
        try:
            kind, name = kind_and_name(part["to"], version.kind, Level(version.area.level))
        except ValidationError as error:
            self.problems += [f"{where}: {message}" for message in error.messages]
            return
        parent = version.parent
        if part["to_within"]:
            parent = self._place(part["to_within"], plan.effective_on, where)
            if parent is None:
                return
        target = self._target(plan, name, kind, parent, part["code"])
        line = Line(part["line"], version.area, version, target, part["extent"], part["is_main"])
        target.lines.append(line)
        plan.lines.append(line)
        if line.extent == PART and (part["households"] or part["streets"]):
            line.households = self._households(plan, line, part, where)

    def _source(self, plan: Plan, part: dict, where: str) -> AreaVersion | None:
        text, within = part["from"], plan.within
        if part["from_within"]:
            within = self._place(part["from_within"], plan.eve, where)
            if within is None:
                return None
        if text.startswith("#") and text[1:].isdigit():
            ids = [int(text[1:])]
        elif text.isdigit():
            ids = Area.objects.by_code(text, plan.eve).values_list("pk", flat=True)
        elif within is None:
            self.problems.append(f"{where}: ghi mã của “{text}”, hoặc ghi đơn vị này thuộc đâu.")
            return None
        else:
            ids = _named(text, plan.eve, within)
        found = list(AreaVersion.objects.on(plan.eve).filter(area__in=list(ids)).select_related("area", "parent")[:2])
        if len(found) != 1:
            reason = "không có" if not found else "có nhiều"
            place = f"{within} " if within and not text.isdigit() else ""
            self.problems.append(f"{where}: {place}ngày {plan.eve:%d/%m/%Y} {reason} “{text}”.")
            return None
        return found[0]

    @staticmethod
    def _target(plan: Plan, name: str, kind: str, parent: Area, code: str) -> Target:
        key = place_sort_key(name)
        for target in plan.targets:
            if target.parent.pk == parent.pk and place_sort_key(target.name) == key:
                target.code = target.code or code
                return target
        target = Target(name, kind, parent, code)
        plan.targets.append(target)
        return target

    def _households(self, plan: Plan, line: Line, part: dict, where: str) -> frozenset:
        """Ids of the households of the part, by their codes and streets, as they stand in the village that day."""
        placed = Placement.objects.filter(village=line.source).overlapping(plan.effective_on, None)
        here = Household.objects.filter(pk__in=placed.values("household"))
        found = set()
        for code in part["households"]:
            ids = list(here.filter(code=code).values_list("pk", flat=True)[:2])
            if len(ids) != 1:
                reason = "không có" if not ids else "có nhiều"
                self.problems.append(f"{where}: {line.source} {reason} hộ mang mã “{code}”.")
            found.update(ids)
        for name in part["streets"]:
            streets = Street.objects.filter(village=line.source, sort_key=place_sort_key(name))
            if not streets:
                self.problems.append(f"{where}: {line.source} không có đường, ngõ “{name}”.")
            found.update(here.filter(street__in=streets).values_list("pk", flat=True))
        return frozenset(found)

    def _check_sources(self, plan: Plan) -> None:
        if len({line.source.level for line in plan.lines}) > 1:
            self.problems.append("Mỗi tệp chỉ sắp xếp đơn vị của một cấp.")
        lines_of: dict[int, list[Line]] = defaultdict(list)
        for line in plan.lines:
            lines_of[line.source.pk].append(line)
        for lines in lines_of.values():
            area, where = lines[0].source, f"Dòng {lines[-1].number}"
            if area.until is not None:
                self.problems.append(f"{where}: {area} đã kết thúc từ ngày {area.until:%d/%m/%Y}.")
            elif area.versions.filter(since__gte=plan.effective_on).exists():
                self.problems.append(f"{where}: {area} đã thay đổi từ ngày {plan.effective_on:%d/%m/%Y} hoặc sau đó.")
            self._check_parts(area, lines, where)

    def _check_parts(self, area: Area, lines: list[Line], where: str) -> None:
        if len(lines) == 1:
            if lines[0].extent == PART:
                self.problems.append(f"{where}: {area} chia một phần nhưng không có phần còn lại.")
            lines[0].is_main = True
            return
        if any(line.extent == WHOLE for line in lines):
            self.problems.append(f"{where}: {area} có nhiều dòng thì mỗi dòng là “một phần”.")
        if len({id(line.target) for line in lines}) < len(lines):
            self.problems.append(f"{where}: {area} ghi hai lần cùng một đơn vị mới.")
        if sum(line.is_main for line in lines) != 1:
            self.problems.append(f"{where}: {area} chia nhiều phần, cần ghi một (và chỉ một) phần chính.")
        named = Counter(pk for line in lines for pk in line.households)
        if twice := [pk for pk, times in named.items() if times > 1]:
            names = ", ".join(str(household) for household in Household.objects.filter(pk__in=twice[:5]))
            self.problems.append(f"{where}: {names} được ghi vào hai phần.")

    def _check_targets(self, plan: Plan) -> None:
        sources = [area.pk for area in plan.sources]
        codes = Counter(target.code for target in plan.targets if target.code)
        for target in plan.targets:
            where = f"Dòng {target.lines[0].number}"
            later = AreaVersion.objects.exclude(area__in=sources).overlapping(plan.effective_on, None)
            if later.filter(parent=target.parent, sort_key=place_sort_key(target.name)).exists():
                self.problems.append(
                    f"{where}: {target.parent} đã có {target.name}; nếu nó nhận thêm thì ghi cả dòng “{target.name}”."
                )
            parent = AreaVersion.objects.on(plan.effective_on).filter(area=target.parent)
            if not parent.exists() or target.parent.until is not None:
                self.problems.append(f"{where}: {target.parent} không còn từ ngày {plan.effective_on:%d/%m/%Y}.")
            if target.parent.level >= plan.level:
                self.problems.append(f"{where}: {target.parent} không ở cấp trên của {target.name}.")
            self._check_code(plan, target, later, codes, where)
            self._check_kept(target, where)

    def _check_code(self, plan: Plan, target: Target, later, codes: Counter, where: str) -> None:
        taken = target.code and later.filter(code=target.code, area__level=plan.level).exists()
        if taken or codes[target.code] > 1:
            self.problems.append(f"{where}: mã {target.code} trùng với đơn vị khác.")
        if target.kind not in KINDS[plan.level]:
            self.problems.append(f"{where}: loại “{target.kind}” không có ở cấp này.")

    def _check_kept(self, target: Target, where: str) -> None:
        if target.kept is None:
            return
        version = target.lines[0].version
        target.code = target.code or version.code
        new = (target.name, target.kind, target.code, target.parent.pk)
        if new == (version.name, version.kind, version.code, version.parent_id):
            self.problems.append(f"{where}: {version} không thay đổi gì.")

    def _kind(self, plan: Plan) -> str:
        kinds = Reorganisation.Kind
        labels = {search_key(label): value for value, label in kinds.choices} | {
            "sap nhap": kinds.MERGE,
            "chia": kinds.SPLIT,
            "tach": kinds.SPLIT,
            "chuyen": kinds.MOVE,
        }
        if asked := labels.get(search_key(self.raw["kind"])):
            return asked
        versions = [(target, target.lines[0].version) for target in plan.targets if target.kept]
        if len(versions) < len(plan.targets):
            merges = any(len(target.lines) > 1 for target in plan.targets)
            return kinds.MERGE if merges else kinds.SPLIT
        if any(target.parent.pk != version.parent_id for target, version in versions):
            return kinds.MOVE
        return kinds.RETYPE if any(target.kind != version.kind for target, version in versions) else kinds.RENAME


def _named(name: str, day: dt.date, within: Area | None = None):
    versions = AreaVersion.objects.on(day).filter(sort_key=place_sort_key(name))
    if within is not None:
        versions = versions.filter(parent=within)
    else:
        versions = versions.exclude(area__level=Level.VILLAGE)
    return versions.values_list("area", flat=True)
