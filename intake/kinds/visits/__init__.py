"""Logs of visits: the papers that teams keep, and the list of visits taken away, edited and loaded back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from accounts.rules import Can
from areas.models import Level
from intake import cells
from intake.cells import Line
from intake.kinds.base import Context, Kind, Progress, Table, Unit
from intake.kinds.households.register import Register
from intake.models import Upload, UploadRow
from intake.places import Places
from intake.words import IGNORED, Field
from residents.models import Visit
from residents.visit_columns import COLUMNS, listed

from . import saving
from .columns import FIELDS, blank_columns, is_counted, is_outcome
from .crews import Crews
from .homes import Homes
from .known import Known
from .planning import Planning
from .reading import Reading, Said, visit_id

TOLD_EVERY = 200


class Visits(Kind):
    code = Upload.Kind.VISITS
    label = Upload.Kind.VISITS.label
    needs = Can.RECORD_VISITS
    exports = Can.EXPORT_PEOPLE
    writes = (Visit,)
    has_sections = True
    has_villages = True
    about = "Sổ theo dõi của tổ: ngày, giờ, hộ, gặp hay vắng, nội dung, số người. Hộ phải có trong sổ."
    day_label = "Ngày lập danh sách"

    def fields(self, day: dt.date) -> list[Field]:
        return list(FIELDS)

    def adjust(self, columns: list[str], titles: Sequence[str], rows: Sequence[list]) -> list[str]:
        """What came of a visit is told in free words where most cells are none that we know: it is for the note."""
        adjusted = list(columns)
        for code, is_known in (("outcome", is_outcome), ("results", is_counted)):
            if code in columns:
                at = columns.index(code)
                written = [text for row in rows if (text := cells.plain(row[at]).strip())]
                if 2 * sum(map(is_known, written)) < len(written):
                    adjusted[at] = IGNORED if "note" in adjusted else "note"
        return adjusted

    def lacking(self, columns: Sequence[str]) -> str:
        if "visit_id" in columns:
            return ""
        if "day" not in columns:
            return "Chọn cột “Ngày”."
        return "" if {"head", "code", "home_id", "place"} & set(columns) else "Chọn cột “Chủ hộ” hoặc “Mã hộ”."

    def identifying(self) -> tuple[str, ...]:
        return ("visit_id", "home_id", "code", "head", "place")

    def blank(self, user, day: dt.date):
        villages = user.reach().areas(self.needs).on(day).open().at(Level.VILLAGE).in_order()
        notes = [
            "Mỗi dòng một lượt đến hộ. Dòng “Ví dụ” không được đọc.",
            "Hộ được tìm theo mã hộ, hoặc theo tên chủ hộ trong thôn; hộ chưa có trong sổ thì nhập danh sách hộ trước.",
            "Hỗ trợ ngoài hộ (điểm lưu động, nhà văn hóa): ghi cột Địa điểm, để trống mã hộ và chủ hộ.",
        ]
        return blank_columns(villages), notes

    def present(self, user, day: dt.date):
        return COLUMNS, listed(Visit.objects.visible_to(user, self.exports).counted())

    def check(self, table: Table, context: Context, told: Progress) -> list[Unit]:
        places = Places(context.by, context.area, self.needs, context.day, context.options.get("places"))
        self.villages = list(places.villages)
        self.seen_as = saving.mark_of(self.villages)
        crews = Crews(context.by, self.villages)
        reading = Reading(table, places, context)
        known = Known(context.by, {key for line in table.lines if (key := visit_id(line))})
        planning = Planning(known, crews, context)
        homes = Homes(Register(self.villages, [], context.now), context.choices)
        units, logged = [], []
        for line in table.lines:
            said = self._read(line, reading, known)
            units.append(unit := planning.unit(said))
            if line.has("visit_id"):
                planning.by_id(said, unit)
            elif homes.ask(said, unit):
                logged.append((said, unit))
        homes.load()
        known.load(homes.households, self.villages, {said.day for said, _ in logged})
        for said, unit in logged:
            planning.recognise(said, homes.of(unit.number), unit)
        for number, (said, unit) in enumerate(logged, 1):
            planning.decide(said, unit)
            if number % TOLD_EVERY == 0:
                told(number)
        planning.refuse(units)
        return units

    @staticmethod
    def _read(line: Line, reading: Reading, known: Known) -> Said:
        if not line.has("visit_id"):
            return reading.said(line)
        visit = known.by_id.get(visit_id(line))
        return reading.edited(line, visit) if visit else Said(line)

    def prepare(self, units: Sequence[Unit], context: Context) -> None:
        self.units = units
        for unit in units:
            unit.done = unit.plan.done

    def save(self, units: Sequence[Unit], context: Context) -> dict:
        return saving.write([unit.plan for unit in self.units], self.villages, self.seen_as, context)

    def undo(self, rows: Iterable[UploadRow], context: Context, written: dict) -> None:
        saving.undo([row.done for row in rows], context)
