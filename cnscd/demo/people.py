"""Logins of the demonstration: one for each role, and a leader for every village. One password for all."""

from __future__ import annotations

import datetime as dt
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from accounts.models import Posting, User
from accounts.rules import Role
from areas.models import Area, Level, Office

from .names import full_name

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
PASSWORD = "trinh-dien-2026"
REFORM = dt.date(2025, 7, 1)
BEGIN = dt.datetime(2024, 9, 1, 8, tzinfo=HERE)
REFORM_AT = dt.datetime(2025, 7, 1, tzinfo=HERE)

# login, full name, role, area code, level, day on whose map the code is read
STAFF = (
    ("minh", "Trần Văn Minh", Role.WARD_OFFICIAL, "20194", Level.WARD),
    ("hoa", "Lê Thị Hoa", Role.WARD_OFFICIAL, "20332", Level.WARD),
    ("tam", "Đỗ Minh Tâm", Role.WARD_OFFICIAL, "20200", Level.WARD),
    ("khue", "Bùi Ngọc Khuê", Role.WARD_OFFICIAL, "20305", Level.WARD),
    ("xanh", "Phạm Thị Xanh", Role.WARD_OFFICIAL, "06658", Level.WARD),
    ("diem", "Vũ Văn Điềm", Role.WARD_OFFICIAL, "14620", Level.WARD),
    ("phuc", "Ngô Hồng Phúc", Role.WARD_LEADER, "20194", Level.WARD),
    ("loan", "Trương Thị Loan", Role.WARD_LEADER, "20332", Level.WARD),
    ("vinh", "Huỳnh Quang Vinh", Role.WARD_LEADER, "20200", Level.WARD),
    ("quan", "Bùi Văn Quân", Role.DISTRICT_LEADER, "497", Level.DISTRICT),
    ("dung", "Phạm Tiến Dũng", Role.DISTRICT_STAFF, "497", Level.DISTRICT),
    ("son", "Đinh Kim Sơn", Role.DISTRICT_STAFF, "376", Level.DISTRICT),
    ("mai", "Hoàng Thị Mai", Role.PROVINCE_STAFF, "48", Level.PROVINCE),
    ("thang", "Nguyễn Quyết Thắng", Role.PROVINCE_LEADER, "48", Level.PROVINCE),
    ("ninh", "Trịnh An Ninh", Role.PROVINCE_STAFF, "37", Level.PROVINCE),
    ("quang", "Đoàn Nhật Quang", Role.PROVINCE_STAFF, "22", Level.PROVINCE),
    ("xem", "Lý Thu Hằng", Role.VIEWER, "VN", Level.COUNTRY),
    ("an", "Võ Hoài An", Role.ADMINISTRATOR, "VN", Level.COUNTRY),
)
# What `make demo` prints.
SHOWN = ("lan", "minh", "hoa", "phuc", "dung", "mai", "thang", "xem", "an")


@cache
def password_hash() -> str:
    """One hash for all: Argon2 is slow by intention, and the password is printed anyway."""
    return make_password(PASSWORD)


def make_staff(today: dt.date) -> dict[str, User]:
    """The officials; district staff keep the closed district, whose old figures stay theirs."""
    users = {}
    for login, name, role, code, level in STAFF:
        district = level == Level.DISTRICT
        area = Area.objects.by_code(code, dt.date(2025, 6, 30) if district else today, level).get()
        user = User.objects.create(username=login, full_name=name, password=password_hash())
        since = BEGIN if area.since < REFORM else REFORM_AT
        Posting.objects.create(user=user, area=area, role=role, since=since)
        users[login] = user
    return users


def make_leader(login: str, full_name: str, village: Area, by: User, member=None) -> User:
    user = User.objects.create(username=login, full_name=full_name, password=password_hash())
    Posting.objects.create(user=user, area=village, role=Role.TEAM_LEADER, since=BEGIN, granted_by=by)
    if member:
        member.user = user
        member.save()
    return user


def make_offices(today: dt.date) -> None:
    """Who signs for the areas of the demonstration, then and now; the names of signers are invented."""
    then = dt.date(2025, 6, 30)
    for day, wards in (
        (then, ("20293", "20326", "20224", "06658", "14620")),
        (today, ("20194", "20332", "20200", "20305", "06658", "14620")),
    ):
        for code in wards:
            area = Area.objects.by_code(code, day, Level.WARD).get()
            if area.offices.exists():
                continue
            above = Area.objects.above(area, day).exclude(level=Level.COUNTRY).last()
            _office(area, above, area.short_name, day)
    for code, day in (("497", then), ("376", then)):
        area = Area.objects.by_code(code, day, Level.DISTRICT).get()
        _office(area, Area.objects.above(area, day).last(), area.short_name, day)
    for code in ("48", "22", "37"):
        for day in (then, today):
            area = Area.objects.by_code(code, day, Level.PROVINCE).get()
            if not area.offices.exists():
                _office(area, None, area.short_name, day)


def _office(area: Area, above: Area | None, place: str, day: dt.date) -> None:
    random = Random(f"office {area.level} {area.name}")
    Office.objects.create(
        area=area,
        name=f"Ủy ban nhân dân {area.name[0].lower()}{area.name[1:]}",
        parent_name=f"Ủy ban nhân dân {above.name[0].lower()}{above.name[1:]}" if above else "",
        symbol="BC-UBND",
        place=place,
        preparer_name=full_name(random, "f"),
        signer_title="PHÓ CHỦ TỊCH",
        signer_name=full_name(random, "m"),
        recipients="- Như trên;\n- Lưu: VT, VHXH.",
        since=max(area.since, dt.date(2022, 1, 1)),
        until=area.until,
    )
