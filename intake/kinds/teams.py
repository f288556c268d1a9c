"""Lists of teams and their members: a row for each member, with the team's name or its village."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db.models import Q

from accounts.rules import Can
from areas.actions import mark_stale
from areas.models import Area, Level
from intake import cells
from intake.blanks import BlankColumn
from intake.cells import Line, Problem
from intake.kinds.base import SKIP, Cannot, Context, Kind, Progress, State, Table, Unit
from intake.models import Upload, UploadRow
from intake.places import Places
from intake.words import IGNORED, Field
from journal.actions import record
from journal.models import Act
from sheets.text import person_sort_key, place_sort_key, search_key
from sheets.workbook import Column
from teams.actions import add_members, change_member, found_team
from teams.models import Member, Team

Role, Organisation = Member.Role, Member.Organisation
ROLES = {search_key(label): value for value, label in Role.choices} | {
    "truong": Role.LEADER,
    "truong nhom": Role.LEADER,
    "pho": Role.DEPUTY,
    "pho to truong": Role.DEPUTY,
    "to vien": Role.MEMBER,
    "tv": Role.MEMBER,
    "uy vien": Role.MEMBER,
    "thu ky": Role.MEMBER,
}
ORGANISATIONS = {search_key(label): value for value, label in Organisation.choices} | {
    "truong thon": Organisation.VILLAGE,
    "to truong dan pho": Organisation.VILLAGE,
    "truong khu pho": Organisation.VILLAGE,
    "truong ap": Organisation.VILLAGE,
    "bi thu chi bo": Organisation.PARTY,
    "chi bo": Organisation.PARTY,
    "chi uy": Organisation.PARTY,
    "mat tran": Organisation.FRONT,
    "cong an": Organisation.POLICE,
    "doan": Organisation.YOUTH,
    "doan thanh nien": Organisation.YOUTH,
    "phu nu": Organisation.WOMEN,
    "nong dan": Organisation.FARMERS,
    "cuu chien binh": Organisation.VETERANS,
    "ccb": Organisation.VETERANS,
    "nguoi cao tuoi": Organisation.ELDERLY,
    "giao vien": Organisation.TEACHER,
    "cntt": Organisation.IT,
    "cong nghe thong tin": Organisation.IT,
    "vnpt": Organisation.COMPANY,
    "viettel": Organisation.COMPANY,
}
FIELDS = (
    Field(
        "team",
        "Tên tổ",
        (
            "to",
            "ten to cnscd",
            "to cnscd",
            "to cong nghe so",
            "to cong nghe so cong dong",
            "ten to cong nghe so cong dong",
        ),
    ),
    Field("village", "Thôn, tổ dân phố", ("thon", "to dan pho", "tdp", "thon tdp", "khu pho", "ap", "dia ban")),
    Field("name", "Họ và tên", ("ho ten", "ten", "ho va ten thanh vien", "thanh vien", "ho ten thanh vien")),
    Field(
        "role",
        "Vai trò",
        ("chuc vu trong to", "nhiem vu", "vai tro trong to", "chuc danh trong to", "to truong thanh vien"),
    ),
    Field("organisation", "Tổ chức", ("chuc vu", "don vi", "co quan", "thanh phan", "chuc danh", "noi cong tac")),
    Field("phone", "Điện thoại", ("so dien thoai", "sdt", "dt", "so dt", "di dong")),
    Field("birth", "Năm sinh", ("ngay sinh", "ngay thang nam sinh", "sinh nam")),
    Field("sex", "Giới tính", ("gioi tinh", "gioi", "nam nu", "phai")),
)

COLUMNS = (
    Column("Tên tổ", "team.name", width=30),
    Column("Thôn, tổ dân phố", lambda member: _village(member.team.home_area), width=24),
    Column("Họ và tên", "full_name", width=26),
    Column("Vai trò", lambda member: member.get_role_display()),
    Column("Tổ chức", lambda member: member.get_organisation_display(), width=26),
    Column("Điện thoại", "phone", "code"),
    Column("Năm sinh", lambda member: str(member.birth_year or ""), "code"),
    Column("Giới tính", lambda member: member.get_sex_display()),
)


@dataclass
class Plan:
    member: Member
    team: Team | None
    new_team: str = ""
    village: Area | None = None
    changes: dict[str, tuple] = field(default_factory=dict)


class Teams(Kind):
    code = Upload.Kind.TEAMS
    label = Upload.Kind.TEAMS.label
    needs = exports = Can.EDIT_TEAMS
    about = "Mỗi dòng một thành viên, kèm tên tổ hoặc thôn. Tổ chưa có thì được lập mới."
    day_label = "Có từ ngày"
    has_villages = True

    def fields(self, day: dt.date) -> list[Field]:
        return list(FIELDS)

    def adjust(self, columns: list[str], titles: Sequence[str], rows: Sequence[list]) -> list[str]:
        """ "Chức vụ" is somebody's part in the team where most cells say so, else the office that he holds."""
        if "role" in columns or "organisation" not in columns:
            return columns
        at = columns.index("organisation")
        written = [key for row in rows if (key := search_key(cells.plain(row[at])))]
        if 2 * sum(key in ROLES for key in written) <= len(written):
            return columns
        offices = self.vocabulary(dt.date.max)
        others = [
            index
            for index, (code, title) in enumerate(zip(columns, titles, strict=True))
            if code == IGNORED and offices.recognise(title)[0] == "organisation"
        ]
        moved = {at: "role", **dict.fromkeys(others[:1], "organisation")}
        return [moved.get(index, code) for index, code in enumerate(columns)]

    def lacking(self, columns: Sequence[str]) -> str:
        if "name" not in columns:
            return "Chọn cột “Họ và tên”."
        return "" if {"team", "village"} & set(columns) else "Chọn cột “Tên tổ” hoặc “Thôn” để biết ai ở tổ nào."

    def identifying(self) -> tuple[str, ...]:
        return ("name",)

    def blank(self, user, day: dt.date):
        columns = [
            BlankColumn("Tên tổ", "Tổ CNSCĐ thôn Tà Lang", width=30),
            BlankColumn("Thôn, tổ dân phố", "Thôn Tà Lang", width=24),
            BlankColumn("Họ và tên", "Nguyễn Thị Lan", width=26),
            BlankColumn("Vai trò", "Tổ trưởng", [str(label) for label in Member.Role.labels]),
            BlankColumn("Tổ chức", "Hội Phụ nữ", [str(label) for label in Member.Organisation.labels], width=26),
            BlankColumn("Điện thoại", "0905123456", is_text=True),
            BlankColumn("Năm sinh", 1985),
            BlankColumn("Giới tính", "Nữ", [str(label) for label in Member.Sex.labels]),
        ]
        return columns, ["Mỗi dòng một thành viên. Tổ chưa có trong phần mềm thì được lập mới ở thôn ghi trong dòng."]

    def present(self, user, day: dt.date):
        homes = user.reach().areas(self.exports)
        members = Member.objects.visible_to(user).filter(until=None, team__until=None, team__home_area__in=homes)
        in_order = members.select_related("team__home_area").order_by("team__home_area__sort_key", "team", "pk")
        return COLUMNS, in_order.iterator(chunk_size=1000)

    def check(self, table: Table, context: Context, told: Progress) -> list[Unit]:
        self.villages = Places(context.by, context.area, self.needs, context.day, context.options.get("places"))
        villages = Q(home_area__in=self.villages.villages) | Q(home_area=context.area)
        self.teams = list(Team.objects.visible_to(context.by).open().filter(villages).select_related("home_area"))
        self.by_name = {place_sort_key(team.name): team for team in self.teams}
        self.of_village: dict[int, list[Team]] = defaultdict(list)
        for team in self.teams:
            self.of_village[team.home_area_id].append(team)
        self.members: dict[int, list[Member]] = defaultdict(list)
        for member in Member.objects.filter(team__in=self.teams, until=None):
            self.members[member.team_id].append(member)
        self.village = self.villages.villages.get(context.options.get("village")) or self.villages.only
        self.team_name, self.seen = "", {}
        self.leaders = {
            team.pk: str(m) for team in self.teams for m in self.members[team.pk] if m.role == Member.Role.LEADER
        }
        return [self._unit(line, context) for line in table.lines]

    def _unit(self, line: Line, context: Context) -> Unit:
        member = self._member(line, context)
        plan = self._team(line, member)
        unit = Unit(line.number, line.number, State.WRONG, member.full_name or "(chưa có tên)", problems=line.problems)
        if plan is not None and not line.problems:
            self._compare(plan, line, unit, context)
        if any(problem.is_wrong for problem in line.problems):
            unit.state = State.WRONG
        return unit

    def _member(self, line: Line, context: Context) -> Member:
        born = line.read("birth", cells.birth, context.today, empty=cells.Birth())
        member = Member(
            full_name=line.read("name", cells.name),
            role=line.read("role", _chosen, ROLES, "vai trò") or Member.Role.MEMBER,
            organisation=line.read("organisation", _organisation) or Member.Organisation.OTHER,
            phone=line.read("phone", cells.phone),
            sex=line.read("sex", cells.sex),
            birth_year=born.year,
            since=context.day,
        )
        if not member.full_name:
            line.wrong("name", "Thiếu họ tên.")
        return member

    def _team(self, line: Line, member: Member) -> Plan | None:
        written = line.read("village", cells.text, 150)
        if written:
            self.village = self.villages.find(written)
            if self.village is None:
                line.wrong("village", self.villages.unknown(written))
                return None
        name = line.read("team", cells.text, 200) or ("" if written else self.team_name)
        self.team_name = name
        if name:
            team = self.by_name.get(place_sort_key(name))
            if team or self.village:
                return Plan(member, team, "" if team else name, self.village)
            line.wrong(
                "team", f"Không có tổ “{name}” trong địa bàn của bạn. Sửa tên, hoặc thêm cột thôn để lập tổ mới."
            )
            return None
        if self.village is None:
            line.wrong("village", "Chưa biết thuộc tổ nào. Ghi tên tổ hoặc thôn.")
            return None
        teams = self.of_village[self.village.pk]
        if len(teams) > 1:
            line.wrong("team", f"{self.village} có {len(teams)} tổ. Ghi tên tổ.")
            return None
        return Plan(member, teams[0] if teams else None, "" if teams else f"Tổ CNSCĐ {self.village.name}", self.village)

    def _compare(self, plan: Plan, line: Line, unit: Unit, context: Context) -> None:
        member, team = plan.member, plan.team
        where = team.pk if team else plan.new_team
        key = (where, person_sort_key(member.full_name), member.phone)
        if key in self.seen:
            line.wrong("name", f"Trùng với dòng {self.seen[key]} trong tệp.")
            return
        self.seen[key] = line.number
        known = self._known(plan) if team else None
        is_leader = member.role == Member.Role.LEADER and (known is None or known.role != Member.Role.LEADER)
        if is_leader and self.leaders.setdefault(where, member.full_name) != member.full_name:
            line.wrong("role", f"Tổ đã có tổ trưởng là {self.leaders[where]}. Ghi “Tổ phó” hoặc “Thành viên”.")
            return
        unit.plan = plan
        name = team.name if team else plan.new_team
        if known is None:
            unit.state = State.NEW
            unit.told = f"Thêm {member.get_role_display().lower()} vào {name}" + ("" if team else " (lập tổ mới)")
        else:
            plan.member = known
            plan.changes = _changes(member, known, line)
            unit.state = State.CHANGED if plan.changes else State.SAME
            unit.told = "; ".join(
                f"{_label(each)}: {_shown(known, each)} → {new}" for each, (_, new) in plan.changes.items()
            )
            self._near(member, known, unit, context)
        unit.essence = (str(where), member.full_name, member.role, member.phone, member.birth_year, str(plan.changes))

    def _known(self, plan: Plan) -> Member | None:
        same = [m for m in self.members[plan.team.pk] if search_key(m.full_name) == search_key(plan.member.full_name)]
        exact = [m for m in same if person_sort_key(m.full_name) == person_sort_key(plan.member.full_name)]
        return (exact or same or [None])[0]

    def _near(self, member: Member, known: Member, unit: Unit, context: Context) -> None:
        if person_sort_key(member.full_name) == person_sort_key(known.full_name):
            return
        text = f"“{member.full_name}” gần giống “{known.full_name}” đã có trong tổ. Chọn một cách."
        unit.problems.append(Problem(unit.number, "", text, is_wrong=False))
        unit.offers = [
            ("near", "Là cùng một người, giữ tên đã có"),
            ("new", "Là người khác, thêm mới"),
            (SKIP, "Bỏ qua dòng này"),
        ]
        unit.choice = context.choices.get(unit.number, "")
        if unit.choice == "new":
            unit.plan.member, unit.plan.changes = member, {}
            unit.state, unit.told = State.NEW, f"Thêm vào {unit.plan.team.name}"
        elif unit.choice != "near":
            unit.state = State.LEFT if unit.choice == SKIP else State.DOUBT

    def prepare(self, units: Sequence[Unit], context: Context) -> None:
        self.units = list(units)

    def save(self, units: Sequence[Unit], context: Context) -> dict:
        founded: dict[str, Team] = {}
        made: list[int] = []
        for unit in self.units:
            plan: Plan = unit.plan
            if plan.changes:
                for name, (_, new) in plan.changes.items():
                    setattr(plan.member, name, new)
                change_member(by=context.by, member=plan.member)
                continue
            team = plan.team or founded.get(plan.new_team)
            if team is None:
                team = Team(name=plan.new_team, home_area=plan.village, since=context.day)
                found_team(by=context.by, team=team, villages=[plan.village])
                founded[plan.new_team] = team
            plan.member.team = team
            plan.member.since = max(context.day, team.since)
            made += [member.pk for member in add_members(by=context.by, team=team, members=[plan.member])]
        changed = [
            [unit.plan.member.pk, {name: list(pair) for name, pair in unit.plan.changes.items()}]
            for unit in self.units
            if unit.plan.changes
        ]
        return {"rows": len(self.units), "members": made, "teams": [t.pk for t in founded.values()], "were": changed}

    def undo(self, rows: Iterable[UploadRow], context: Context, written: dict) -> None:
        members = list(Member.objects.select_for_update(of=("self",)).filter(pk__in=written.get("members", ())))
        teams = list(Team.objects.select_for_update(of=("self",)).filter(pk__in=written.get("teams", ())))
        for member in members:
            if member.history.exclude(history_type="+").exists() or member.visits.exists() or member.user_id:
                raise Cannot(f"Không hoàn tác được: {member} đã được sửa hoặc đã đi hộ sau khi nhập tệp.")
        for team in teams:
            others = team.members.exclude(pk__in=[member.pk for member in members]).exists()
            if (
                others
                or team.visits.exists()
                or team.decisions.exists()
                or team.history.filter(history_type="~").exists()
            ):
                raise Cannot(f"Không hoàn tác được: {team} đã có thay đổi sau khi nhập tệp.")
        for pk, changes in written.get("were", ()):
            member = Member.objects.get(pk=pk)
            for name, (old, new) in changes.items():
                if getattr(member, name) != new:
                    raise Cannot(f"Không hoàn tác được: {member} đã được sửa sau khi nhập tệp.")
                setattr(member, name, old)
            change_member(by=context.by, member=member)
        homes = {member.team.home_area_id for member in members} | {team.home_area_id for team in teams}
        for row in (*members, *teams):
            home = row.home_area_id if isinstance(row, Team) else row.team.home_area_id
            record(by=context.by, verb=Act.Verb.RETRACT, obj=row, area_id=home)
            row._history_user = context.by
            row.delete()
        mark_stale(homes, context.day)


def _village(home: Area) -> str:
    """A team of a whole ward is known by its name."""
    return home.name if home.level == Level.VILLAGE else ""


def _chosen(cell, choices: dict, what: str) -> str:
    key = search_key(cells.plain(cell))
    if key and key not in choices:
        raise ValidationError(
            f"{what.capitalize()} “{cells.plain(cell)}” không có trong danh mục. Ghi tổ trưởng, tổ phó hoặc thành viên."
        )
    return choices.get(key, "")


def _organisation(cell) -> str:
    """What the word says, or "other": a paper may call an office whatever it likes."""
    key = search_key(cells.plain(cell))
    found = ORGANISATIONS.get(key) or next(
        (value for words, value in ORGANISATIONS.items() if f" {words} " in f" {key} "), ""
    )
    return found or (Member.Organisation.OTHER if key else "")


def _changes(member: Member, known: Member, line: Line) -> dict[str, tuple]:
    """What the list fills or changes; an empty cell changes nothing."""
    told = {"role": "role", "organisation": "organisation", "phone": "phone", "sex": "sex", "birth_year": "birth"}
    return {
        name: (getattr(known, name), getattr(member, name))
        for name, column in told.items()
        if line.has(column)
        and getattr(member, name) not in ("", None, getattr(known, name))
        and not (name == "organisation" and getattr(member, name) == Member.Organisation.OTHER)
    }


def _label(name: str) -> str:
    return str(Member._meta.get_field(name).verbose_name)


def _shown(member: Member, name: str) -> str:
    return str(getattr(member, name) or "trống")
