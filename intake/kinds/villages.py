"""Lists of villages (thôn, tổ dân phố) of a ward."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError

from accounts.rules import Can
from areas.actions import open_uses
from areas.models import Area, AreaVersion, Level, Stale
from areas.pasting import add_villages, kind_and_name
from intake import cells
from intake.blanks import BlankColumn
from intake.cells import Problem
from intake.kinds.base import SKIP, Cannot, Context, Kind, Progress, State, Table, Unit
from intake.models import Upload, UploadRow
from intake.words import Field
from journal.actions import record
from journal.models import Act
from sheets.text import place_sort_key, search_key
from sheets.workbook import Column

NEW = "new"
FIELDS = (
    Field(
        "name",
        "Thôn, tổ dân phố",
        (
            "ten thon",
            "thon",
            "to dan pho",
            "ten to dan pho",
            "ten thon to dan pho",
            "thon tdp",
            "khu pho",
            "ap",
            "ban",
            "ten",
        ),
    ),
    Field("kind", "Loại", ("loai hinh", "loai thon")),
)


class Villages(Kind):
    code = Upload.Kind.VILLAGES
    label = Upload.Kind.VILLAGES.label
    needs = exports = Can.EDIT_AREAS
    about = "Tên các thôn, tổ dân phố của phường, xã."
    day_label = "Có từ ngày"

    def fields(self, day: dt.date) -> list[Field]:
        return list(FIELDS)

    def lacking(self, columns: Sequence[str]) -> str:
        return "" if "name" in columns else "Chọn cột có tên thôn, tổ dân phố."

    def identifying(self) -> tuple[str, ...]:
        return ("name",)

    def blank(self, user, day: dt.date):
        return [BlankColumn("Thôn, tổ dân phố", "Thôn Tà Lang", width=34)], [
            "Mỗi dòng một thôn, tổ dân phố, ghi đủ loại và tên."
        ]

    def present(self, user, day: dt.date):
        hers = user.reach().areas(self.exports).at(Level.VILLAGE)
        villages = AreaVersion.objects.on(day).filter(area__in=hers).order_by("parent", "sort_key", "pk")
        columns = [Column("Thôn, tổ dân phố", "name", width=34), Column("Loại", "kind")]
        return columns, villages.iterator(chunk_size=1000)

    def check(self, table: Table, context: Context, told: Progress) -> list[Unit]:
        if context.area.level != Level.WARD:
            raise Cannot("Danh sách thôn chỉ nhập cho một phường, xã. Tải lại tệp và chọn phường, xã.")
        present = AreaVersion.objects.on(context.day).filter(parent=context.area, area__level=Level.VILLAGE)
        self.known = {version.sort_key: version.name for version in present}
        self.folded = {version.search_key: version.name for version in present}
        self.seen: dict[str, int] = {}
        return [self._unit(line, context) for line in table.lines]

    def _unit(self, line, context: Context) -> Unit:
        written = line.read("name", cells.text, 150)
        kind = line.read("kind", cells.text, 40)
        if kind and not search_key(written).startswith(search_key(kind)):
            written = f"{kind} {written}"
        unit = Unit(line.number, line.number, State.NEW, written or "(trống)", problems=line.problems)
        name = ""
        try:
            name = kind_and_name(written)[1]
        except ValidationError as error:
            line.wrong("name", " ".join(error.messages))
        key = place_sort_key(name)
        if not line.problems and key in self.seen:
            line.wrong("name", f"Trùng với dòng {self.seen[key]} trong tệp.")
        self.seen.setdefault(key, line.number)
        if any(problem.is_wrong for problem in unit.problems):
            unit.state = State.WRONG
        elif key in self.known:
            unit.state = State.SAME
        else:
            self._offer(unit, name, context)
            unit.label, unit.plan, unit.essence = name, name, name
            unit.told = f"Thêm {name} từ {context.day:%d/%m/%Y}" if unit.state == State.NEW else unit.told
        return unit

    def _offer(self, unit: Unit, name: str, context: Context) -> None:
        near = self.folded.get(search_key(name))
        if not near:
            return
        unit.problems.append(Problem(unit.number, "", f"Gần giống {near} đã có. Chọn một cách.", is_wrong=False))
        unit.offers = [(NEW, "Là nơi khác, thêm mới"), (SKIP, "Bỏ qua dòng này")]
        unit.choice = context.choices.get(unit.number, "")
        unit.state = {NEW: State.NEW, SKIP: State.LEFT}.get(unit.choice, State.DOUBT)

    def prepare(self, units: Sequence[Unit], context: Context) -> None:
        self.units = units

    def save(self, units: Sequence[Unit], context: Context) -> dict:
        lines = "\n".join(unit.plan for unit in self.units)
        made = add_villages(by=context.by, ward=context.area, lines=lines, since=context.day) if self.units else []
        return {"rows": len(made), "villages": [village.pk for village in made]}

    def undo(self, rows: Iterable[UploadRow], context: Context, written: dict) -> None:
        villages = Area.objects.select_for_update().filter(pk__in=written.get("villages", ()), level=Level.VILLAGE)
        for village in villages:
            if uses := open_uses(village):
                told = ", ".join(f"{count} {label}" for label, count in uses)
                raise Cannot(f"Không hoàn tác được: {village} đã có {told}.")
            record(by=context.by, verb=Act.Verb.RETRACT, obj=village, area_id=context.area.pk)
            try:
                with transaction.atomic():
                    Stale.objects.filter(area=village).delete()
                    village.delete()
            except ProtectedError as error:
                raise Cannot(f"Không hoàn tác được: {village} đã được dùng.") from error
