"""Biểu 05: the households not yet reached, village by village. Personal data, for those who go from door to door.

It is a file of its own, never part of a report that is signed or sent; rows come through the gate of households.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from accounts.rules import Can
from areas.models import Area, AreaVersion, Level
from residents import spells, timelines
from residents.models import Household, IndicatorVersion, State
from sheets.official import OfficialColumn, OfficialSheet, Signature
from sheets.workbook import new_workbook

from .letterhead import Head, head_of

INTERNAL = "TÀI LIỆU NỘI BỘ, CÓ DỮ LIỆU CÁ NHÂN – không đăng, không gửi qua mạng xã hội; dùng xong hủy."
HOUSEHOLDS_AT_ONCE = 500


@dataclass(frozen=True)
class Line:
    """A household, and of which indicators how many of its people (or itself) are not there yet."""

    household: Household
    not_reached: dict[str, int]
    not_asked: dict[str, int]


@dataclass(frozen=True)
class Form:
    """Biểu 05 of an area on a day."""

    area: AreaVersion
    day: dt.date
    head: Head
    indicators: list[IndicatorVersion]
    villages: list[tuple[Area, list[Line]]]

    @property
    def households(self) -> int:
        return sum(len(lines) for _, lines in self.villages)


def may_export(user, area: Area) -> bool:
    """Lists of households leave the product only with those who may export people there."""
    return user.may(Can.EXPORT_PEOPLE) and user.reach().covers(area, Can.EXPORT_PEOPLE)


def villages_of(area: Area, day: dt.date) -> list[Area]:
    """The villages of a ward, or the village itself."""
    if area.level == Level.VILLAGE:
        return [area]
    return list(Area.objects.under(area, day).at(Level.VILLAGE).order_by("sort_key"))


def definitions(codes: Iterable[str], day: dt.date) -> list[IndicatorVersion]:
    """The reported indicators in force on `day`, those of `codes` alone where any are named."""
    found = IndicatorVersion.objects.on(day).filter(indicator__is_reported=True).select_related("indicator")
    if codes := list(codes):
        found = found.filter(indicator__code__in=codes)
    return list(found.order_by("indicator__order", "indicator"))


def households_of(user, area: Area, day: dt.date):
    there = Household.objects.visible_to(user).filter(village__in=villages_of(area, day))
    return there.present()


def collect(
    user, area: Area, codes: Iterable[str], *, day: dt.date, progress: Callable[[int, int], None] = lambda *_: None
) -> Form:
    """Read the households that she may see. Raises ValidationError when the area has no register (above the ward)."""
    if area.level not in (Level.WARD, Level.VILLAGE):
        raise ValidationError("Danh sách hộ chỉ lập cho phường, xã hoặc thôn, tổ dân phố.")
    version = AreaVersion.objects.on(day).filter(area=area).select_related("area").get()
    indicators = definitions(codes, day)
    villages, found = villages_of(area, day), []
    for number, village in enumerate(villages):
        progress(number, len(villages))
        found.append((village, _lines(user, village, indicators, day)))
    return Form(version, day, head_of(version, day, day), indicators, found)


def _lines(user, village: Area, indicators: list[IndicatorVersion], day: dt.date) -> list[Line]:
    """The households of a village with somebody not yet reached, as they are walked."""
    there = Household.objects.visible_to(user).filter(village=village).present().in_walking_order()
    households = {household.pk: household for household in there.select_related("street")}
    rules = [(version.indicator.short_name, spells.definition_of(version)) for version in indicators]
    found: dict = {}
    keys = list(households)
    for first in range(0, len(keys), HOUSEHOLDS_AT_ONCE):
        for home in spells.read_homes(keys[first : first + HOUSEHOLDS_AT_ONCE]):
            household = households[spells.key_of(home.id)]
            if line := _line(household, home, rules, day.isoformat()):
                found[household.pk] = line
    return [found[key] for key in keys if key in found]


def _line(household: Household, home, rules, day: str) -> Line | None:
    not_reached, not_asked = {}, {}
    for name, rule in rules:
        states = timelines.states_on(home, rule, day)
        if number := sum(state == State.NO for state in states):
            not_reached[name] = number
        if number := sum(state in (State.NOT_ASKED, State.UNCLEAR) for state in states):
            not_asked[name] = number
    return Line(household, not_reached, not_asked) if not_reached or not_asked else None


# --- the workbook -----------------------------------------------------------------------------------------------------

COLUMNS = (
    OfficialColumn("order", "STT", "order", 6, "(A)"),
    OfficialColumn("code", "Mã hộ", "code", 12, "(B)"),
    OfficialColumn("head", "Chủ hộ", "text", 26, "(C)"),
    OfficialColumn("address", "Địa chỉ", "text", 22, "(D)"),
    OfficialColumn("phone", "Điện thoại", "code", 14, "(E)"),
    OfficialColumn("not_reached", "Chưa có (số người, hộ)", "text", 56, "(1)"),
    OfficialColumn("not_asked", "Chưa hỏi hoặc chưa rõ", "text", 30, "(2)"),
    OfficialColumn("note", "Ghi chú khi đến", "text", 16, "(3)"),
)


def render(form: Form) -> bytes:
    """One sheet a village, as the bytes of an .xlsx file."""
    target = io.BytesIO()
    with new_workbook(target, title=f"Biểu 05 {form.area.name}") as book:
        names: set[str] = set()
        for number, (village, lines) in enumerate(form.villages, 1):
            _sheet(book, form, village, lines, _sheet_name(village, number, names))
        if not form.villages:
            _sheet(book, form, form.area.area, [], "Biểu 05")
    return target.getvalue()


def file_name(form: Form) -> str:
    return f"Biểu 05 nội bộ {form.area.name} {form.day:%d-%m-%Y}.xlsx"


def _sheet_name(village: Area, number: int, taken: set[str]) -> str:
    """The village's name; with its number where another one has it already."""
    name = village.name[:27]
    if name.lower() in taken:
        name = f"{number} {name}"
    taken.add(name.lower())
    return name


def _sheet(book, form: Form, village: Area, lines: list[Line], name: str) -> None:
    sheet, head = OfficialSheet(book, name, COLUMNS), form.head
    sheet.head(
        parent=head.parent, issuer=head.issuer, symbol="", place=head.place, day=head.day, form="Biểu 05"
    )  # fmt: skip
    about = ", ".join(version.indicator.short_name for version in form.indicators)
    sheet.title("Danh sách hộ chưa đạt tiêu chí", f"{village.name}, đến ngày {form.day:%d/%m/%Y}")
    sheet.note(INTERNAL, bold=True)
    sheet.note(f"Tiêu chí: {about}.")
    sheet.header()
    for number, line in enumerate(lines, 1):
        household = line.household
        place = ", ".join(filter(None, [household.address, str(household.street) if household.street else ""]))
        sheet.row(
            {
                "order": number,
                "code": household.code,
                "head": household.head_name,
                "address": place,
                "phone": household.phone,
                "not_reached": _told(line.not_reached),
                "not_asked": _told(line.not_asked),
            }
        )
    if not lines:
        sheet.row({"head": "Không còn hộ nào."})
    sheet.note(f"Tổng số: {len(lines)} hộ. Trong ngoặc là số người (hoặc hộ) của hộ đó.")
    sheet.signatures(Signature("NGƯỜI LẬP BIỂU"), Signature("TỔ TRƯỞNG" if village.level == Level.VILLAGE else ""))


def _told(numbers: dict[str, int]) -> str:
    """ "VNeID mức 2 (2), Mobile Money (1)"."""
    return ", ".join(f"{name} ({number})" for name, number in numbers.items())
