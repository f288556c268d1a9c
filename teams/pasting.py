"""Members pasted as lines: "Họ tên; vai trò; tổ chức; điện thoại; năm sinh; giới tính"."""

from __future__ import annotations

import datetime as dt
import re

from django.core.exceptions import ValidationError

from sheets.fields import CleanTextFormField
from sheets.phones import normalise_phone
from sheets.text import clean_text, search_key

from .models import Member

COLUMNS = ("họ tên", "vai trò", "tổ chức", "điện thoại", "năm sinh", "giới tính")
MOST_LINES = 200

_ROLES = {
    "to truong": Member.Role.LEADER,
    "truong": Member.Role.LEADER,
    "pho": Member.Role.DEPUTY,
    "to pho": Member.Role.DEPUTY,
    "tv": Member.Role.MEMBER,
    "thanh vien": Member.Role.MEMBER,
}
_ORGANISATIONS = {search_key(label): value for value, label in Member.Organisation.choices} | {
    "truong thon": Member.Organisation.VILLAGE,
    "to truong dan pho": Member.Organisation.VILLAGE,
    "truong khu pho": Member.Organisation.VILLAGE,
    "chi bo": Member.Organisation.PARTY,
    "bi thu chi bo": Member.Organisation.PARTY,
    "chi uy": Member.Organisation.PARTY,
    "mat tran": Member.Organisation.FRONT,
    "doan": Member.Organisation.YOUTH,
    "phu nu": Member.Organisation.WOMEN,
    "nong dan": Member.Organisation.FARMERS,
    "cuu chien binh": Member.Organisation.VETERANS,
    "ccb": Member.Organisation.VETERANS,
    "nguoi cao tuoi": Member.Organisation.ELDERLY,
    "cong an khu vuc": Member.Organisation.POLICE,
    "cong nghe thong tin": Member.Organisation.IT,
    "cntt": Member.Organisation.IT,
}
_SEXES = {"nu": Member.Sex.FEMALE, "nam": Member.Sex.MALE}
_HEADINGS = {"ho ten", "ho va ten"}


class LinesField(CleanTextFormField):
    """A box for lines; the tabs of a workbook's cells become semicolons before the text is cleaned."""

    def __init__(self, **kwargs):
        super().__init__(**{"max_length": 20_000, **kwargs})

    def to_python(self, value):
        return super().to_python(value.replace("\t", ";") if isinstance(value, str) else value)


def parse_members(text: str, *, since: dt.date, today: dt.date, present=()) -> list[Member]:
    """The members written in `text`, unsaved. `present`: who is in the team already.

    Raises one ValidationError with a message for each wrong line: "Dòng 3: …".
    """
    members, errors, leader = [], [], next((str(m) for m in present if m.role == Member.Role.LEADER), "")
    known = {_identity(member) for member in present}
    for number, line in _lines(text):
        try:
            member = _member(line, since, today)
            if _identity(member) in known:
                raise ValidationError(f"{member} đã có trong tổ hoặc trong danh sách này.")
            if member.role == Member.Role.LEADER and leader:
                raise ValidationError(f"tổ đã có tổ trưởng là {leader}; ghi “tổ phó” hoặc “thành viên”.")
        except ValidationError as error:
            errors += [f"Dòng {number}: {message}" for message in error.messages]
            continue
        leader = str(member) if member.role == Member.Role.LEADER else leader
        known.add(_identity(member))
        members.append(member)
    if len(members) + len(errors) > MOST_LINES:
        errors = [f"Nhiều nhất {MOST_LINES} người một lần."]
    if errors:
        raise ValidationError(errors)
    return members


def birth_year_error(year: int | None, today: dt.date) -> str:
    """What is wrong with a year of birth, or ""."""
    if year is None or 1900 <= year <= today.year:
        return ""
    return f"Năm sinh “{year}” không hợp lệ: phải từ 1900 đến {today.year}."


def _lines(text: str):
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip(" ;") and search_key(line.split(";")[0]) not in _HEADINGS:
            yield number, line


def _member(line: str, since: dt.date, today: dt.date) -> Member:
    cells = [cell.strip() for cell in line.split(";")]
    if len(cells) > len(COLUMNS):
        raise ValidationError(f"có {len(cells)} cột, nhiều nhất {len(COLUMNS)} ({'; '.join(COLUMNS)}).")
    name, role, organisation, phone, year, sex = cells + [""] * (len(COLUMNS) - len(cells))
    name = clean_text(name, max_length=100)
    if not any(char.isalpha() for char in name):
        raise ValidationError("thiếu họ tên.")
    return Member(
        full_name=name,
        role=_chosen(role, _ROLES, "vai trò", Member.Role.MEMBER),
        organisation=_chosen(organisation, _ORGANISATIONS, "tổ chức", Member.Organisation.OTHER),
        phone=normalise_phone(phone),
        birth_year=_year(year, today),
        sex=_chosen(sex, _SEXES, "giới tính", ""),
        since=since,
    )


def _chosen(text: str, choices: dict, column: str, default: str) -> str:
    if not text:
        return default
    if (key := search_key(text)) not in choices:
        raise ValidationError(f"{column} “{text}” không có trong danh mục.")
    return choices[key]


def _year(text: str, today: dt.date) -> int | None:
    if not text:
        return None
    if not re.fullmatch("[0-9]{4}", text):
        raise ValidationError(f"năm sinh “{text}” không hợp lệ: ghi bốn chữ số.")
    if message := birth_year_error(int(text), today):
        raise ValidationError(message)
    return int(text)


def _identity(member: Member) -> tuple:
    return search_key(member.full_name), member.phone, member.birth_year
