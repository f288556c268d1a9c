"""Teams as places really have them: most complete, some below the norm, one without a leader."""

from __future__ import annotations

import datetime as dt
from random import Random

from areas.models import Area
from sheets.text import person_sort_key, search_key
from teams.models import Decision, Member, SizeNorm, Team, TeamVillage

from .names import full_name, phone
from .places import Place

FOUNDED_ON = dt.date(2022, 6, 17)
SEATS = (
    Member.Organisation.VILLAGE,
    Member.Organisation.YOUTH,
    Member.Organisation.POLICE,
    Member.Organisation.WOMEN,
    Member.Organisation.FARMERS,
    Member.Organisation.FRONT,
    Member.Organisation.IT,
    Member.Organisation.VETERANS,
)
WITHOUT_LEADER = {"Giàn Bí", "Hiền Phước"}
WITHOUT_TEAM = {"Nam Mỹ"}


def make_norms(da_nang_then: Area, da_nang_now: Area, ninh_binh: Area) -> None:
    """Đà Nẵng: seven members or more, before and after the reform; Kim Sơn: five to seven."""
    reform = dt.date(2025, 7, 1)
    until = None if da_nang_then.pk == da_nang_now.pk else reform
    SizeNorm.objects.create(
        area=da_nang_then, at_least=7, since=FOUNDED_ON, until=until, source="Mô hình tổ CNSCĐ và Đề án 06, từ 7 người"
    )
    if until:
        SizeNorm.objects.create(area=da_nang_now, at_least=7, since=reform, source="Tiếp tục định mức của thành phố")
    SizeNorm.objects.create(
        area=ninh_binh, at_least=5, at_most=7, since=FOUNDED_ON, source="Công văn 1440/UBND-VH ngày 17/6/2022"
    )


def make_team(place: Place, village: Area, number: int, random: Random) -> Team | None:
    """The team of one village with its founding paper and its members; None where there is none."""
    if place.name in WITHOUT_TEAM:
        return None
    kind = {"48": Team.Kind.CNSCD_06, "22": Team.Kind.CNSCD, "37": Team.Kind.CNSCD}[place.province]
    title = "Tổ CNSCĐ và Đề án 06" if place.province == "48" else "Tổ CNSCĐ"
    has_chat = random.random() < 0.8
    team = Team.objects.create(
        name=f"{title} {place.kind.lower()} {place.name}",
        kind=kind,
        home_area=village,
        since=FOUNDED_ON,
        chat_kind=Team.ChatKind.ZALO if has_chat else Team.ChatKind.NONE,
        chat_name=f"Nhóm Zalo {place.full_name}" if has_chat else "",
        partners="Viettel\nVNPT" if random.random() < 0.4 else "",
    )
    TeamVillage.objects.create(team=team, village=village, since=FOUNDED_ON)
    _papers(team, place, number)
    _members(team, place, random)
    return team


def _papers(team: Team, place: Place, number: int) -> None:
    if place.province == "37":
        Decision.objects.create(
            team=team,
            paper=Decision.Paper.LETTER,
            number="1440/UBND-VH",
            issued_on=FOUNDED_ON,
            issuer="UBND huyện Kim Sơn",
        )
        return
    Decision.objects.create(team=team, number=f"{100 + number}/QĐ-UBND", issued_on=FOUNDED_ON, issuer="UBND phường, xã")
    if place.province == "48":
        Decision.objects.create(
            team=team,
            kind=Decision.Kind.REFOUNDING,
            number=f"{200 + number}/QĐ-UBND",
            issued_on=dt.date(2023, 8, 15),
            issuer="UBND phường, xã",
        )


def _members(team: Team, place: Place, random: Random) -> None:
    least = 5 if place.province == "37" else 7
    size = least + random.choice((-1, 0, 0, 0, 1))
    members = []
    for seat in range(size):
        sex = "f" if SEATS[seat] == Member.Organisation.WOMEN or random.random() < 0.42 else "m"
        role = Member.Role.LEADER if seat == 0 else Member.Role.DEPUTY if seat == 1 else Member.Role.MEMBER
        member = Member(
            team=team,
            full_name=full_name(random, sex),
            role=role,
            organisation=SEATS[seat],
            phone=phone(random),
            sex=sex,
            birth_year=random.randint(1962, 2003),
            is_on_payroll=SEATS[seat] == Member.Organisation.POLICE,
            since=FOUNDED_ON if random.random() < 0.8 else dt.date(2023, 8, 15),
        )
        if seat == 0 and place.name in WITHOUT_LEADER:
            member.until = dt.date(2026, 8, 1)
        elif seat > 2 and random.random() < 0.06:
            member.until = dt.date(2025, random.randint(1, 12), 1)
        if place.name == "Tà Lang" and seat == 0:
            member.full_name, member.sex = "Nguyễn Thị Lan", "f"
        member.search_key, member.sort_key = search_key(member.full_name), person_sort_key(member.full_name)
        members.append(member)
    Member.objects.bulk_create(members)
