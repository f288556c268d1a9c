"""A waiting item told to the ward in its own words: who, what, about whom, when."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from residents.actions import Why as LeaveWhy
from residents.models import Household, Indicator, Observation, Resident, Street, Visit
from sheets.dates import date_text

from .clock import instant
from .deciding import choices
from .models import HeldItem

TYPES = {
    "visit": "Lượt đến hộ",
    "observation": "Ghi nhận",
    "retract": "Rút lại",
    "household.add": "Thêm hộ",
    "household.edit": "Sửa hộ",
    "resident.add": "Thêm người",
    "resident.edit": "Sửa thông tin người",
    "resident.leave": "Người rời hộ",
}
FIELDS = {
    "head_name": "chủ hộ", "address": "địa chỉ", "street": "đường, ngõ", "order_no": "số thứ tự", "label": "tên gọi",
    "birth_year": "năm sinh", "age_band": "nhóm tuổi", "sex": "giới tính", "stays": "cư trú",
    "come_back_on": "ngày hẹn", "people_helped": "số người", "answer": "trả lời", "reason": "lý do", "note": "ghi chú",
    "minutes": "số phút", "outcome": "kết quả", "way": "hình thức", "topics": "nội dung", "results": "kết quả hỗ trợ",
    "members": "thành viên", "team": "tổ", "household": "hộ", "resident": "người", "indicator": "tiêu chí",
    "visit": "lượt đến hộ", "observation": "ghi nhận", "village": "thôn, tổ dân phố", "since": "từ ngày", "on": "ngày",
    "at": "thời điểm", "offset_ms": "đồng hồ của máy", "tapped_at": "đồng hồ của máy",
}  # fmt: skip
# Words that say by themselves what they are.
PLAIN = {"answer", "label", "head_name", "outcome", "indicator", "on"}
WORDS = {
    "outcome": dict(Visit.Outcome.choices),
    "answer": dict(Observation.Answer.choices),
    "reason": dict(Observation.Reason.choices),
    "why": dict(LeaveWhy.choices),
    "sex": dict(Resident.Sex.choices),
    "stays": dict(Resident.Stays.choices),
    "age_band": dict(Resident.AgeBand.choices),
}
SHOWN = {
    "visit": ("outcome", "place", "people_helped", "come_back_on", "note"),
    "observation": ("indicator", "answer", "reason"),
    "household.add": ("head_name", "address", "street", "order_no"),
    "resident.add": ("label", "birth_year", "age_band", "sex"),
    "resident.leave": ("why", "on"),
}


@dataclass(frozen=True)
class Told:
    """One line of the ward's page."""

    held: HeldItem
    title: str
    about: str
    household: Household | None
    at: dt.datetime | None
    parts: list[str]
    problems: list[str] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)


def tell(items: Sequence[HeldItem], user) -> list[Told]:
    """The items in words, with names of households and people as far as `user` may see them."""
    asked = {item.household for item in items if item.household}
    people = Resident.objects.visible_to(user).in_bulk({item.resident for item in items if item.resident})
    asked |= {person.household_id for person in people.values()}
    households = Household.objects.visible_to(user).select_related("village").in_bulk(asked)
    names = {
        "indicator": dict(Indicator.objects.values_list("code", "name")),
        "street": dict(Street.objects.visible_to(user).values_list("pk", "name")),
    }
    return [_told(item, households, people, names) for item in items]


def _told(item: HeldItem, households: dict, people: dict, names: dict) -> Told:
    person = people.get(item.resident)
    household = households.get(item.household) or (households.get(person.household_id) if person else None)
    data = item.raw.get("data") if isinstance(item.raw.get("data"), dict) else {}
    parts = [_veiled(text, item) for name in SHOWN.get(item.type, ()) if (text := _part(name, data.get(name), names))]
    return Told(
        held=item,
        title=TYPES.get(item.type, "Loại chưa biết"),
        about=" · ".join(str(each) for each in (person, household) if each),
        household=household,
        at=_instant(item.raw.get("at")),
        parts=parts,
        problems=_problems(item, names),
        choices=choices(item),
    )


def _veiled(text: str, item: HeldItem) -> str:
    """A number that should not have been written down is not shown whole."""
    return re.sub(r"\d(?=(?:[\s.-]?\d){2})", "•", text) if item.why == HeldItem.Why.SECRET else text


def _part(name: str, value, names: dict) -> str:
    if value in (None, "", 0, []) or isinstance(value, dict | list | bool):
        return ""
    word = _word(name, value, names)
    return f"{FIELDS[name]}: {word}" if name in FIELDS and name not in PLAIN else word


def _word(name: str, value, names: dict) -> str:
    if value in (None, ""):
        return "để trống"
    if name in WORDS:
        return str(WORDS[name].get(value, value))[:100]
    if name in names and isinstance(value, int | str):
        return str(names[name].get(value, value))[:150]
    if name in ("come_back_on", "on"):
        try:
            return date_text(dt.date.fromisoformat(str(value)))
        except ValueError:
            pass
    return str(value)[:200]


def _problems(item: HeldItem, names: dict) -> list[str]:
    if item.kind == HeldItem.Kind.CONFLICT:
        wanted, server = item.detail["set"], item.detail["server"]
        return [
            f"{FIELDS.get(name, name)}: trên sổ “{_word(name, server[name], names)}”, "
            f"người ghi “{_word(name, wanted[name], names)}”"
            for name in sorted(server)
        ]
    told = item.detail.get("errors", {}).items()
    names_of = {name: FIELDS.get(name.rpartition(".")[2], f"“{name}”") for name, _sentence in told}
    return [sentence if name == "data" else f"{names_of[name]}: {sentence}" for name, sentence in told]


def _instant(text) -> dt.datetime | None:
    try:
        return timezone.localtime(instant(text))
    except (ValueError, TypeError):
        return None
