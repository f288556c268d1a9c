"""Many accounts at once, from lines pasted out of a workbook or a chat: "Họ tên; điện thoại; thôn; vai trò"."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils import timezone

from areas.models import Area
from sheets.phones import normalise_phone
from sheets.text import clean_text, search_key

from .actions import NewAccount
from .models import User
from .rules import Role, can_grant, grantable_roles
from .usernames import username_for

MOST_LINES = 100
_ROLES = {search_key(role.label): role for role in Role} | {
    "": Role.TEAM_MEMBER,
    "thanh vien": Role.TEAM_MEMBER,
    "to pho": Role.TEAM_MEMBER,
    "to truong to cnscd": Role.TEAM_LEADER,
}
_HEADS = {"ho ten", "ho va ten", "ten"}


@dataclass
class Pasted:
    """What was understood, and what is wrong with which line; nothing is made unless nothing is wrong."""

    accounts: list[NewAccount] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def read_lines(text: str, *, within: Area, by: User) -> Pasted:
    """Accounts for people in `within` and the areas below it. Errors name their line and column, in Vietnamese."""
    pasted = Pasted()
    reader = _Reader(within, by)
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip(" ;\t")]
    if len(lines) > MOST_LINES:
        pasted.errors.append(f"Có {len(lines)} dòng; mỗi lần nhiều nhất {MOST_LINES} dòng.")
        return pasted
    for number, line in lines:
        cells = [cell.strip() for cell in line.split("\t" if "\t" in line else ";")]
        if number == lines[0][0] and search_key(cells[0]) in _HEADS:
            continue
        account, errors = reader.read(number, [*cells, "", "", "", ""][:4], len(cells))
        pasted.errors += [f"Dòng {number}: {error}" for error in errors]
        if account and not errors:
            pasted.accounts.append(account)
    if not pasted.accounts and not pasted.errors:
        pasted.errors.append("Chưa có dòng nào.")
    return pasted


class _Reader:
    def __init__(self, within: Area, by: User):
        self.by = by
        self.within = within
        self.roles = grantable_roles(by)
        self.areas = list(Area.objects.under(within, timezone.localdate()).open())
        self.taken: set[str] = set()
        self.seen: dict[tuple, int] = {}

    def read(self, number: int, cells: list[str], given: int) -> tuple[NewAccount | None, list[str]]:
        errors: list[str] = []
        if given > 4:
            errors.append("thừa cột; mỗi dòng gồm họ tên; điện thoại; thôn; vai trò.")
        name = self._told(errors, "Họ tên", self.name, cells[0])
        phone = self._told(errors, "Điện thoại", normalise_phone, cells[1])
        role = self._told(errors, "Vai trò", self.role, cells[3])
        area = self._told(errors, "Thôn", self.area, cells[2])
        if role and area and not can_grant(self.by, role, area):
            errors.append(f"không phân công được {role.label} tại {area}.")
        if errors:
            return None, errors
        if error := self.repeated(number, name, phone):
            return None, [error]
        username = username_for(name, self.taken)
        self.taken.add(username)
        return NewAccount(full_name=name, phone=phone, username=username, role=role, area=area), []

    @staticmethod
    def _told(errors: list[str], column: str, read, cell: str):
        try:
            return read(cell)
        except ValidationError as error:
            errors.append(f"cột {column}: {error.messages[0]}")
            return None

    @staticmethod
    def name(cell: str) -> str:
        name = clean_text(cell, max_length=100)
        if not name:
            raise ValidationError("thiếu họ tên.")
        if not any(char.isalpha() for char in name):
            raise ValidationError(f"“{name}” không phải là họ tên.")
        return name

    def role(self, cell: str) -> Role:
        role = _ROLES.get(search_key(cell))
        if role is None or role not in self.roles:
            known = ", ".join(role.label for role in self.roles)
            raise ValidationError(f"“{cell}” không có trong các vai trò được cấp: {known}.")
        return role

    def area(self, cell: str) -> Area:
        """By its name as written; by the name without tones only where one area alone bears it."""
        if not cell:
            raise ValidationError("thiếu tên thôn, tổ dân phố.")
        same = [area for area in self.areas if cell.casefold() in (area.name.casefold(), area.short_name.casefold())]
        if not same:
            key = search_key(cell)
            same = [area for area in self.areas if key in (area.search_key, search_key(area.short_name))]
        if not same:
            raise ValidationError(f"không có “{cell}” trong {self.within}.")
        if len(same) > 1:
            raise ValidationError(f"có {len(same)} nơi tên “{cell}”, đề nghị ghi đầy đủ.")
        return same[0]

    def repeated(self, number: int, name: str, phone: str) -> str:
        person = (search_key(name), phone)
        if person in self.seen:
            return f"trùng với dòng {self.seen[person]}."
        self.seen[person] = number
        same = User.objects.visible_to(self.by).filter(search_key=person[0], phone=phone) if phone else ()
        return f"{name} đã có tài khoản {same[0].username}." if same else ""
