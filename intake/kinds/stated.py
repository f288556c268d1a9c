"""Tables of an area that does not use the software yet (Biểu 01–03), read as stated figures with their source.

Two layouts come: areas below one another with a column for each number, or the lines of one area's table with a column
each for "thuộc diện" and "đã có".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError

from accounts.rules import Can
from areas.actions import mark_stale
from areas.models import Area
from intake import cells
from intake.blanks import BlankColumn
from intake.cells import Line
from intake.kinds.base import Cannot, Context, Kind, Progress, State, Table, Unit
from intake.models import Upload, UploadRow
from intake.places import Places
from intake.words import Field
from journal.actions import record
from journal.models import Act
from reports import periods
from reports.measures import Family, Measure
from reports.models import StatedFigure
from reports.stating import MOST, measures_to_state
from sheets.numbers import parse_number
from sheets.text import search_key

FIELDS = (
    Field(
        "area", "Địa bàn", ("don vi", "ten don vi", "phuong xa", "xa phuong", "thon", "dia phuong", "ten dia ban", "xa")
    ),
    Field("measure", "Tiêu chí, chỉ số", ("tieu chi", "chi tieu", "noi dung", "chi so", "ten tieu chi")),
    Field(
        "eligible", "Thuộc diện", ("thuoc dien", "tong so thuoc dien", "tong so doi tuong", "tong so", "so doi tuong")
    ),
    Field("reached", "Đã có (lũy kế)", ("da co luy ke", "da co", "luy ke", "ket qua", "so da co", "den nay")),
    Field("rate", "Tỷ lệ (%)", ("ty le", "ti le", "dat ty le", "ty le dat")),
    Field("value", "Số lượng", ("so luong", "gia tri", "so")),
)
PARTS = {"eligible": "thuộc diện", "reached": "đã có", "rate": "tỷ lệ"}


@dataclass
class Plan:
    area: Area
    told: dict[str, dict] = field(default_factory=dict)  # measure → parts
    replaced: dict[str, int] = field(default_factory=dict)  # measure → the figure that is withdrawn


class Stated(Kind):
    code = Upload.Kind.STATED
    label = Upload.Kind.STATED.label
    needs = Can.STATE_FIGURES
    about = "Số tổ, thành viên, lượt hỗ trợ, độ phủ do nơi khác báo; ghi thành số liệu công bố có nguồn."
    has_villages = True
    place_label = "Số liệu của"

    def fields(self, day: dt.date) -> list[Field]:
        return [*FIELDS, *_measure_fields(day)]

    def lacking(self, columns: Sequence[str]) -> str:
        numbers = [code for code in columns if "|" in code]
        if "measure" in columns and {"reached", "rate", "value"} & set(columns):
            return ""
        if "area" in columns and numbers:
            return ""
        return "Chọn cột “Địa bàn” và các cột số liệu; hoặc cột “Tiêu chí, chỉ số” và cột “Đã có”."

    def identifying(self) -> tuple[str, ...]:
        return ("measure", "area")

    def places(self, user, upload: Upload) -> Places:
        return Places(user, upload.area, self.needs, upload.day, upload.options.get("places"), only_villages=False)

    def blank(self, user, day: dt.date):
        measures = measures_to_state(day)
        columns = [BlankColumn("Địa bàn", "Xã Hòa Bắc", width=28)]
        for measure in measures:
            if measure.is_coverage:
                columns += [BlankColumn(f"{measure.short_name} – {part}", "") for part in ("thuộc diện", "đã có")]
            else:
                columns.append(BlankColumn(measure.name, 10 if measure.code == "teams" else ""))
        return columns, ["Mỗi dòng một địa bàn. Ô trống nghĩa là không nói gì về số đó; 0 là không có."]

    def check(self, table: Table, context: Context, told: Progress) -> list[Unit]:
        self.places_found = Places(
            context.by, context.area, self.needs, context.day, context.options.get("places"), only_villages=False
        )
        self.period = periods.month_containing(context.day)
        self.measures = {measure.code: measure for measure in measures_to_state(context.day)}
        self.by_name = {}
        for measure in self.measures.values():
            for name in (measure.name, measure.short_name):
                self.by_name.setdefault(search_key(name), measure)
        chosen = self.places_found.villages.get(context.options.get("village"))
        self.default = chosen or (context.area if context.area.pk in self.places_found.villages else None)
        figures = StatedFigure.objects.filter(
            area__in=self.places_found.villages, withdrawn_at=None, scope="", on__in=[context.day, self.period.end_on]
        )
        self.present = {(figure.area_id, figure.measure, figure.on): figure for figure in figures}
        self.seen: dict[tuple, int] = {}
        return [self._unit(line, context) for line in table.lines]

    def _unit(self, line: Line, context: Context) -> Unit:
        area = self._area(line)
        told = self._one(line) if "measure" in line.headings else self._many(line)
        label = str(area or line.cells.get("area") or "") or "(chưa rõ địa bàn)"
        if "measure" in line.headings:
            label = f"{cells.plain(line.cells.get('measure'))}, {label}"
        unit = Unit(line.number, line.number, State.WRONG, label[:240], problems=line.problems)
        if area is None or line.problems:
            return unit
        for code in told:
            if (area.pk, code) in self.seen:
                line.wrong("", f"Nói lại số của dòng {self.seen[area.pk, code]}. Giữ một dòng.")
                return unit
            self.seen[area.pk, code] = line.number
        plan = Plan(area)
        for code, parts in told.items():
            before = self.present.get((area.pk, code, self._on(code, context)))
            if before is None or any(getattr(before, part) != value for part, value in parts.items()):
                plan.told[code] = parts
                if before is not None:
                    plan.replaced[code] = before.pk
        unit.plan, unit.essence = plan, str(plan.told)
        unit.state = State.SAME if not plan.told else State.CHANGED if plan.replaced else State.NEW
        unit.told = "; ".join(_words(self.measures[code], parts) for code, parts in plan.told.items())[:490]
        if not told:
            unit.state, unit.told = State.LEFT, "Không có số nào."
        return unit

    def _on(self, code: str, context: Context) -> dt.date:
        return self.period.end_on if self.measures[code].family == Family.ACTIVITY else context.day

    def _area(self, line: Line) -> Area | None:
        written = line.read("area", cells.text, 150)
        if not written:
            if self.default is None:
                line.wrong("area", "Chưa biết là số liệu của địa bàn nào.")
            return self.default
        found = self.places_found.find(written)
        if found is None:
            line.wrong("area", self.places_found.unknown(written))
        return found

    def _one(self, line: Line) -> dict[str, dict]:
        """A line about one measure."""
        name = line.read("measure", cells.text, 200)
        measure = self.by_name.get(search_key(name))
        if measure is None:
            line.wrong("measure", f"“{name}” không phải là tiêu chí, chỉ số của phần mềm. Sửa tên, hoặc xóa dòng này.")
            return {}
        if measure.is_coverage:
            parts = {part: self._number(line, part) for part in PARTS if part in line.headings}
        else:
            column = "value" if line.has("value") else "reached"
            parts = {"value": self._number(line, column)}
        return self._sound(line, measure, parts)

    def _many(self, line: Line) -> dict[str, dict]:
        """A line about one area, with a column for each number."""
        parts: dict[str, dict] = {}
        for column in line.headings:
            code, bar, part = column.partition("|")
            if bar and (number := self._number(line, column, part)) is not None:
                parts.setdefault(code, {})[part] = number
        told = {}
        for code, each in parts.items():
            told |= self._sound(line, self.measures[code], each)
        return told

    @staticmethod
    def _sound(line: Line, measure: Measure, parts: dict) -> dict[str, dict]:
        parts = {part: value for part, value in parts.items() if value is not None}
        if parts.get("rate") is not None and parts.get("reached") is not None:
            del parts["rate"]  # it follows from the others
        if not any(parts.get(part) is not None for part in ("reached", "rate", "value")):
            if parts:
                line.wrong("", f"{measure.short_name}: ghi số đã có hoặc tỷ lệ, không chỉ số thuộc diện.")
            return {}
        if parts.get("eligible") is not None and (parts.get("reached") or 0) > parts["eligible"]:
            line.wrong(
                "", f"{measure.short_name}: đã có ({parts['reached']}) lớn hơn thuộc diện ({parts['eligible']})."
            )
            return {}
        return {measure.code: parts}

    @staticmethod
    def _number(line: Line, column: str, part: str = "") -> int | Decimal | None:
        return line.read(column, _rate if (part or column) == "rate" else _whole, empty=None)

    def prepare(self, units: Sequence[Unit], context: Context) -> None:
        self.units = units

    def save(self, units: Sequence[Unit], context: Context) -> dict:
        made, withdrawn = [], [pk for unit in self.units for pk in unit.plan.replaced.values()]
        StatedFigure.objects.filter(pk__in=withdrawn, withdrawn_at=None).update(withdrawn_at=context.now)
        for unit in self.units:
            plan: Plan = unit.plan
            for code, parts in plan.told.items():
                is_flow = self.measures[code].family == Family.ACTIVITY
                figure = StatedFigure.objects.create(
                    area=plan.area,
                    on=self._on(code, context),
                    since=self.period.start_on if is_flow else None,
                    measure=code,
                    source=f"Tệp {context.file_name}"[:250],
                    entered_by=context.by,
                    entered_at=context.now,
                    **parts,
                )
                made.append(figure.pk)
            mark_stale([plan.area.pk], self.period.start_on)
            record(
                by=context.by, verb=Act.Verb.IMPORT, area_id=plan.area.pk, lines=len(plan.told),
                label=f"Số liệu công bố {plan.area}: {context.file_name}",
            )  # fmt: skip
        return {"rows": len(self.units), "figures": made, "withdrawn": withdrawn}

    def undo(self, rows: Iterable[UploadRow], context: Context, written: dict) -> None:
        """Figures that were stated are withdrawn, and those that they replaced hold again."""
        made = StatedFigure.objects.select_for_update(of=("self",)).filter(pk__in=written.get("figures", ()))
        if made.filter(withdrawn_at=None).count() != len(written.get("figures", ())):
            raise Cannot("Không hoàn tác được: có số liệu đã được sửa hoặc rút lại sau khi nhập tệp.")
        areas = set(made.values_list("area", flat=True))
        first = periods.month_containing(context.day).start_on
        made.update(withdrawn_at=context.now)
        StatedFigure.objects.filter(pk__in=written.get("withdrawn", ())).update(withdrawn_at=None)
        mark_stale(areas, first)
        for area in sorted(areas):
            record(by=context.by, verb=Act.Verb.RETRACT, area_id=area, label=f"Số liệu công bố: {context.file_name}")

    def names_of_places(self, table: Table) -> list[str]:
        written = (str(line.cells.get("area") or "").strip() for line in table.lines)
        return list(dict.fromkeys(name for name in written if name))


def _measure_fields(day: dt.date) -> list[Field]:
    found = []
    for measure in measures_to_state(day):
        if not measure.is_coverage:
            words = (search_key(measure.short_name), search_key(f"Số {measure.short_name}"))
            found.append(Field(f"{measure.code}|value", measure.name, words, "Tổ, thành viên, hoạt động"))
            continue
        for part, name in PARTS.items():
            words = (search_key(f"{measure.short_name} {name}"), search_key(f"{measure.name} {name}"))
            if part == "reached":
                words += (search_key(measure.short_name), search_key(f"Có {measure.short_name}"))
            found.append(Field(f"{measure.code}|{part}", f"{measure.short_name} – {name}", words, "Độ phủ"))
    return found


def _whole(cell) -> int | None:
    number = parse_number(cell if isinstance(cell, float) else cells.plain(cell), whole=True)
    if number is not None and not 0 <= number <= MOST:
        raise ValidationError(f"“{cells.plain(cell)}” không hợp lệ: số từ 0 đến 100.000.000.")
    return number


def _rate(cell) -> Decimal | None:
    """Per cent: "41,9", "41,9 %", and 0.419 in a cell, which is how workbooks keep 41,9 %."""
    if isinstance(cell, float) and 0 <= cell <= 1:
        rate = Decimal(str(cell)) * 100
    else:
        rate = parse_number(cell if isinstance(cell, float) else cells.plain(cell).replace("%", ""))
    if rate is not None and not 0 <= rate <= 100:
        raise ValidationError(f"“{cells.plain(cell)}” không hợp lệ: tỷ lệ từ 0 đến 100 %.")
    return None if rate is None else round(Decimal(rate), 2)


def _words(measure: Measure, parts: dict) -> str:
    if "value" in parts:
        return f"{measure.short_name} {parts['value']}"
    of = f"/{parts['eligible']}" if parts.get("eligible") is not None else ""
    told = f"{parts['reached']}{of}" if parts.get("reached") is not None else f"{parts['rate']} %".replace(".", ",")
    return f"{measure.short_name} {told}"
