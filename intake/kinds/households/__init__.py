"""Lists of households: with their people or with counts only, and who has what."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from django.db.models import QuerySet

from accounts.rules import Can
from areas.models import Level
from intake.kinds.base import Context, Kind, Progress, Table, Unit
from intake.models import Upload, UploadRow
from intake.places import Places
from intake.words import Field
from residents.grid import instant_of
from residents.models import Household, Observation, Placement, Residence, Resident

from . import lists_out, saving, undoing
from .columns import fields, versions
from .grouping import FileHome, Grouping
from .matching import Matching
from .planning import Planning
from .register import Register, mark_of

TOLD_EVERY = 200


class Households(Kind):
    code = Upload.Kind.HOUSEHOLDS
    label = Upload.Kind.HOUSEHOLDS.label
    needs = Can.EDIT_PEOPLE
    exports = Can.EXPORT_PEOPLE
    writes = (Household, Placement, Resident, Residence, Observation)
    has_sections = True
    has_villages = True
    about = "Danh sách hộ, có hoặc không có từng người, kèm các cột đã có VNeID, thanh toán số …"

    def fields(self, day: dt.date) -> list[Field]:
        return fields(day)

    def adjust(self, columns: list[str], titles: Sequence[str], rows: Sequence[list]) -> list[str]:
        """A list of names without a word about heads or relations is a list of heads."""
        grouped = {"head", "relation", "code", "home_id"} & set(columns)
        if "name" in columns and not grouped:
            return ["head" if code == "name" else code for code in columns]
        if "name" in columns and "head" not in columns and not {"relation", "person_id"} & set(columns):
            several = {"birth", "birth_m", "birth_f", "age", "sex"} & set(columns) and "size" not in columns
            return columns if several else ["head" if code == "name" else code for code in columns]
        return columns

    def lacking(self, columns: Sequence[str]) -> str:
        if not {"head", "name"} & set(columns):
            return "Chọn cột “Chủ hộ”, hoặc cột “Họ và tên” nếu mỗi dòng là một người."
        if "head" not in columns and not {"relation", "code", "home_id"} & set(columns):
            return (
                "Mỗi dòng là một người thì cần thêm cột “Quan hệ với chủ hộ”, “Chủ hộ” hoặc “Mã hộ” "
                "để biết ai ở hộ nào."
            )
        return ""

    def identifying(self) -> tuple[str, ...]:
        return ("head", "name", "relation", "code", "home_id", "person_id", "birth", "birth_m", "birth_f", "age", "sex")

    def blank(self, user, day: dt.date):
        villages = user.reach().areas(self.needs).on(day).open().at(Level.VILLAGE).in_order()
        return lists_out.blank_columns(villages, day), lists_out.blank_notes()

    def present(self, user, day: dt.date):
        """A row for each person, with the ids by which the list finds them again."""
        hers = user.reach().villages(self.exports)
        households = Household.objects.visible_to(user).filter(village__in=hers).present().in_walking_order()
        return lists_out.export_columns(day), lists_out.export_rows(households, day)

    def check(self, table: Table, context: Context, told: Progress) -> list[Unit]:
        self.read(table, context)
        return self.plan(self.homes, self.villages, context, told)

    def read(self, table: Table, context: Context) -> None:
        """The households of the list, before anybody looks into the register."""
        places = Places(context.by, context.area, self.needs, context.day, context.options.get("places"))
        found = {version.indicator_id: version for version in versions(context.day)}
        columns = [field for field in fields(context.day) if field.code in table.columns and field.indicator]
        self.wanted = {field.indicator: found[field.indicator] for field in columns}
        self.villages = list(places.villages)
        self.homes = Grouping(table, places, columns, context).homes
        table.lines.clear()  # read: the cells of a long list are half of its memory

    def plan(self, homes: Sequence[FileHome], villages: Sequence[int], context: Context, told: Progress) -> list[Unit]:
        """What these would do to the register of these villages."""
        units = []
        self.seen_as = mark_of(villages)
        self.register = Register(villages, list(self.wanted), instant_of(context.day, context.now))
        matching = Matching(homes, self.register, context)
        planning = Planning(self.register, self.wanted, context)
        for number, home in enumerate(homes, 1):
            units.append(planning.unit(home, matching.found[home.rows[0]]))
            if number % TOLD_EVERY == 0:
                told(number)
        return units

    def stages(self, most: int, *, without: Collection[int] = ()) -> Iterator[tuple[list[FileHome], list[int]]]:
        """The households of the list with their villages, some `most` at a time: a village is never parted.

        Villages of which some row is among `without` are passed over.
        """
        by_village: dict[int, list[FileHome]] = defaultdict(list)
        for home in self.homes:
            if home.village is not None:
                by_village[home.village.pk].append(home)
        homes: list[FileHome] = []
        villages: list[int] = []
        for village, some in by_village.items():
            if any(min(home.rows) in without for home in some):
                continue
            if homes and len(homes) + len(some) > most:
                yield homes, villages
                homes, villages = [], []
            homes, villages = [*homes, *some], [*villages, village]
        if homes:
            yield homes, villages

    def prepare(self, units: Sequence[Unit], context: Context) -> None:
        self.saving = saving.Saving(units, context, self.register, self.seen_as)

    def save(self, units: Sequence[Unit], context: Context) -> dict:
        return self.saving.write()

    def undo(self, rows: QuerySet[UploadRow], context: Context, written: dict) -> None:
        undoing.undo(rows.values_list("done", flat=True), context, written.get("streets", ()))

    def refuse_undoing(self, rows: QuerySet[UploadRow]) -> None:
        """Raises Cannot when `undo` would; nothing is locked."""
        undoing.refuse(undoing.Written(list(rows.values_list("done", flat=True))))
