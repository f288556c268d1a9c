"""A small country whose every text is marked with the place and the kind of data that it belongs to.

A mark is "Zq" + kind + place + "qz": "Zqptlqz" is personal data of Tà Lang. Whoever sees a mark has seen that data.
"""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace

from django.apps import apps
from django.db.models import Q
from django.utils import timezone
from uuid6 import uuid7

from accounts.models import Job, Posting, User
from accounts.rules import Role
from areas.models import Office, Reorganisation
from field.models import Device, FocusChoice, HeldItem, PracticeVillage
from intake.models import Upload, UploadRow, UploadSheet
from journal.models import Act
from reports.models import MonthlyReport, Period, Remark, ReportTemplate, StatedFigure, Target, VillageConfirmation
from reports.signing import freezing
from residents.models import Indicator, IndicatorVersion, Observation, Street, Visit
from sheets.reading import Sheet
from sheets.workbook import Column, list_workbook
from teams.models import Decision, Member, Team
from tests.cast import PASSWORD, SINCE

# Only the kinds and places that there are: a random token must not look like a mark.
MARK = re.compile(rb"zq([ptufa])(tl|gb|bc|tc|hb|hc|ks)qz", re.I)
VILLAGES = {"tl": "ta_lang", "gb": "gian_bi", "bc": "bau_cau", "tc": "tri_chinh"}
WARDS = {"hb": "hoa_bac", "hc": "hoa_chau", "ks": "kim_son"}

# Who may meet which marks: personal, team, user, figure, act. Written down here, not asked of the gate under test.
HB, HC, KS = "hb tl gb", "hc bc", "ks tc"
EYES = {
    "lan": {"p": "tl", "t": "tl", "u": "tl", "f": "tl hb", "a": ""},
    "minh": {"p": HB, "t": HB, "u": HB, "f": HB, "a": HB},
    "hoa": {"p": HC, "t": HC, "u": HC, "f": HC, "a": HC},
    "thu": {"p": KS, "t": KS, "u": KS, "f": KS, "a": KS},
    "dung": {"p": "", "t": f"{HB} {HC}", "u": f"{HB} {HC}", "f": f"{HB} {HC}", "a": f"{HB} {HC}"},
    "mai": {"p": "", "t": f"{HB} {HC}", "u": f"{HB} {HC}", "f": f"{HB} {HC}", "a": f"{HB} {HC}"},
    "an": {"p": "", "t": f"{HB} {HC} {KS}", "u": f"{HB} {HC} {KS}", "f": f"{HB} {HC} {KS}", "a": f"{HB} {HC} {KS}"},
    "root": {"p": "", "t": f"{HB} {HC} {KS}", "u": f"{HB} {HC} {KS}", "f": f"{HB} {HC} {KS}", "a": f"{HB} {HC} {KS}"},
    "leader": {"p": "", "t": HB, "u": HB, "f": HB, "a": ""},
    "viewer": {"p": "", "t": "", "u": "", "f": HB, "a": ""},
    "nobody": {"p": "", "t": "", "u": "", "f": "", "a": ""},
}
# What belongs to whom: nothing outside is ever changed by them.
OWN = {
    "lan": "tl", "minh": HB, "hoa": HC, "thu": KS, "dung": f"{HB} {HC}", "mai": f"{HB} {HC}",
    "an": f"{HB} {HC} {KS}", "root": f"{HB} {HC} {KS}", "leader": HB, "viewer": "", "nobody": "",
}  # fmt: skip

# Models with rows of an area, and the ways from a row to its area.
PLACES = {
    "accounts.Job": ("area_id",),
    "accounts.Posting": ("area",),
    "accounts.User": ("postings__area",),
    "areas.Area": ("pk",),
    "areas.Office": ("area",),
    "areas.Reorganisation": ("parts__from_area",),
    "field.Device": ("user__postings__area",),
    "field.FocusChoice": ("area",),
    "field.HeldItem": ("area",),
    "field.PracticeVillage": ("user__postings__area",),
    "intake.Upload": ("area",),
    "reports.CompleteMark": ("village",),
    "reports.MonthlyReport": ("area",),
    "reports.Remark": ("area",),
    "reports.ReportTemplate": ("area",),
    "reports.StatedFigure": ("area",),
    "reports.Target": ("area",),
    "reports.VillageConfirmation": ("village",),
    "residents.Household": ("village",),
    "residents.Observation": ("household__village",),
    "residents.Placement": ("village",),
    "residents.Residence": ("household__village",),
    "residents.Resident": ("household__village",),
    "residents.Street": ("village",),
    "residents.Visit": ("household__village", "village"),
    "teams.Decision": ("team__home_area",),
    "teams.Member": ("team__home_area",),
    "teams.Team": ("home_area",),
    "teams.TeamVillage": ("village",),
}
MISSING = {"int": 987654, "uuid": "0190a000-0000-7000-8000-000000000000"}


def mark(kind: str, place: str) -> str:
    return f"Zq{kind}{place}qz"


def marks_in(content: bytes) -> set[tuple[str, str]]:
    return {(kind.decode().lower(), place.decode().lower()) for kind, place in MARK.findall(content)}


def foreign_marks(who: str, content: bytes) -> set[str]:
    """Marks that this member of the cast must never meet."""
    return {f"{kind}:{place}" for kind, place in marks_in(content) if place not in EYES[who].get(kind, "").split()}


class World:
    """The marked rows, by model and place: `world.rows["teams.Team"]["tl"]` is the key of a team."""

    def __init__(self, place, cast, new_household, new_team):
        self.place = place
        self.cast = cast
        self.rows: dict[str, dict[str, object]] = {label: {} for label in PLACES}
        self.areas = {code: getattr(place, name) for code, name in (VILLAGES | WARDS).items()}
        self.now = timezone.now()
        self.indicator = Indicator.objects.create(
            code="vneid2", name="VNeID mức 2", short_name="VNeID 2", group="identity", order=1
        )
        IndicatorVersion.objects.create(
            indicator=self.indicator, subject="resident", min_age=14, since=SINCE, definition="Đã kích hoạt."
        )
        self.period = Period.objects.create(
            kind=Period.Kind.MONTH, label="Tháng 10/2026", start_on=dt.date(2026, 9, 15), end_on=dt.date(2026, 10, 14)
        )
        for code in self.areas:
            self._anywhere(code)
        for code in VILLAGES:
            self._of_village(code, new_household, new_team)
        for code in WARDS:
            self._reported(code)

    def keep(self, code: str, *rows) -> None:
        for row in rows:
            self.rows.setdefault(row._meta.label, {}).setdefault(code, row.pk)

    def _anywhere(self, code: str) -> None:
        area = self.areas[code]
        role = Role.TEAM_MEMBER if code in VILLAGES else Role.WARD_OFFICIAL
        user = User.objects.create_user(
            f"zqu{code}qz", PASSWORD, full_name=f"Nguyễn {mark('u', code)}", phone="0905000111"
        )
        posting = Posting.objects.create(user=user, role=role, area=area)
        stated = StatedFigure.objects.create(
            area=area, on=dt.date(2026, 10, 14), measure="cov:vneid2", eligible=100, reached=40,
            source=mark("f", code), document=mark("f", code), note=mark("f", code), entered_at=self.now,
            entered_by=user,
        )  # fmt: skip
        target = Target.objects.create(
            area=area, indicator=self.indicator, since=SINCE, due_on=dt.date(2030, 12, 31), rate=80,
            source=mark("f", code), document=mark("f", code), note=mark("f", code), set_by=user, set_at=self.now,
        )  # fmt: skip
        remark = Remark.objects.create(
            area=area, period=self.period, kind="result", text=mark("f", code), written_at=self.now
        )
        office = Office.objects.create(area=area, name=f"UBND {area}", since=SINCE)
        act = Act.objects.create(
            at=self.now, actor_id=user.pk, actor_name=mark("a", code), verb=Act.Verb.CHANGE, area_id=area.pk,
            object_kind="teams.team", object_id="1", label=mark("a", code),
        )  # fmt: skip
        renamed = Reorganisation.objects.create(
            kind="rename", title=mark("f", code), decree_number=mark("f", code), effective_on=SINCE,
            state="carried_out", carried_out_at=self.now,
        )  # fmt: skip
        focus = FocusChoice.objects.create(area=area, since=SINCE, chosen_by=user, chosen_at=self.now)
        renamed.parts.create(from_area=area, to_area=area, extent="whole")
        job = Job.objects.create(
            user=self.asker(code) or user, kind="monthly_workbook", label=mark("u", code), area_id=area.pk,
            state="done", file_name=f"{mark('u', code)}.xlsx", content=mark("u", code).encode(), finished_at=self.now,
        )  # fmt: skip
        form = list_workbook(title=mark("f", code), columns=[Column("Tên", "name")], rows=[])
        template = ReportTemplate.objects.create(
            area=area, name=mark("f", code), file_name=f"{mark('f', code)}.xlsx", content=form, uploaded_by=user,
            uploaded_at=self.now,
        )  # fmt: skip
        self.keep(code, template, target, job, act, renamed, focus, user, posting, stated, remark, office, area)

    def asker(self, code: str) -> User | None:
        """The member of the cast whose jobs are those of this place."""
        return {"tl": self.cast.lan, "hb": self.cast.minh, "hc": self.cast.hoa, "ks": self.cast.thu}.get(code)

    def _of_village(self, code: str, new_household, new_team) -> None:
        village = self.areas[code]
        personal, of_team = mark("p", code), mark("t", code)
        user = User.objects.get(username=f"zqu{code}qz")
        street = Street.objects.create(village=village, name=f"Ngõ {personal}")
        household = new_household(
            village, f"Trần {personal}", people=[(f"Bà {personal}", 1960)], address=personal, note=personal,
            street=street, code=f"{personal}1",
        )  # fmt: skip
        resident = household.residents.get()
        team = new_team(village, f"Tổ {of_team}", members=[f"Lê {of_team}", f"Phan {of_team}"])
        Team.objects.filter(pk=team.pk).update(partners=of_team, note=of_team, chat_name=of_team)
        member = Member.objects.filter(team=team).first()
        Member.objects.filter(pk=member.pk).update(user=user)
        decision = Decision.objects.create(team=team, number=of_team, issued_on=SINCE, issuer=of_team)
        at = self.now - dt.timedelta(days=2)
        visit = Visit.objects.create(
            team=team, household=household, at=at, minutes=20, note=personal, place=personal, received_at=at,
            recorded_by=user, people_helped=1,
        )  # fmt: skip
        visit.members.add(member)
        Visit.objects.create(
            team=team, village=village, at=at, way="mobile", place=personal, note=personal, received_at=at,
            recorded_by=user,
        )  # fmt: skip
        observation = Observation.objects.create(
            household=household, resident=resident, subject=resident.pk, indicator=self.indicator, answer="yes",
            effective_at=at, received_at=at, recorded_by=user, visit=visit,
        )  # fmt: skip
        Act.objects.create(
            at=self.now, actor_id=user.pk, actor_name="", verb=Act.Verb.VIEW, area_id=village.pk,
            object_kind="residents.household", object_id=str(household.pk), label=personal,
        )  # fmt: skip
        device = Device.objects.create(
            identifier=f"may-{code}", user=user, platform=mark("u", code), first_seen_at=at, last_seen_at=at
        )
        said = {"id": str(uuid7()), "seq": 1, "type": "household.edit", "schema": 1, "at": at.isoformat()}
        said["data"] = {"household": str(household.pk), "set": {"note": personal}, "was": {"note": ""}}
        held = HeldItem.objects.create(
            item=said["id"], user=user, device=device, seq=1, type=said["type"], sha256=bytes(32), raw=said,
            kind="held", why="scope", household=household.pk, area=village, received_at=at,
        )  # fmt: skip
        practice = PracticeVillage.objects.create(user=user, opened_at=at, households=[])
        self.keep(code, practice, device, held, street, household, resident, team, member, decision, visit, observation)
        self.keep(code, uploaded(village, user, personal, at))
        self.keep(code, household.placements.get(), resident.residences.get(), team.services.get())

    def _reported(self, code: str) -> None:
        """The ward's report, approved and sent; each of its villages confirmed."""
        area, at = self.areas[code], self.now - dt.timedelta(days=1)
        user = User.objects.get(username=f"zqu{code}qz")
        for village in {"hb": ("tl", "gb"), "hc": ("bc",), "ks": ("tc",)}[code]:
            row = VillageConfirmation.objects.create(
                village=self.areas[village], period=self.period, at=at, by=user, source=mark("f", code)
            )
            self.keep(village, row)
        approver = User.objects.create_user(f"duyet-{code}", PASSWORD, full_name=f"Lê {mark('u', code)}")
        Posting.objects.create(user=approver, role=Role.WARD_LEADER, area=area)
        report = MonthlyReport.objects.create(
            area=area, period=self.period, state="sent", reason=mark("f", code), made_at=at, presented_at=at,
            presented_by=user, approved_at=at, approved_by=approver, sent_at=at, signer_name=mark("u", code),
        )  # fmt: skip
        report.events.create(at=at, by=user, action="send", from_state="approved", to_state="sent")
        freezing.put_into_chain(freezing.freeze(report, at=at, today=at.date()))
        self.keep(code, report)

    def key(self, label: str, code: str):
        """The key of a row of this model in this place; of the ward's village where wards have none."""
        rows = self.rows.get(label, {})
        village = {"hb": "tl", "hc": "bc", "ks": "tc"}.get(code)
        return rows.get(code, rows.get(village))

    def snapshot(self, codes) -> dict:
        """The rows that belong to these places, with all their columns but what signing in writes."""
        areas = [self.areas[code].pk for code in codes]
        taken = {}
        for label, ways in PLACES.items():
            model = apps.get_model(label)
            belongs = Q()
            for way in ways:
                belongs |= Q(**{f"{way}__in": areas})
            columns = [field.attname for field in model._meta.concrete_fields if field.name != "last_login"]
            taken[label] = sorted(model.objects.filter(belongs).distinct().values_list(*columns), key=str)
        return taken

    def foreign_places(self, who: str) -> list[str]:
        own = OWN[who].split()
        return [code for code in self.areas if code not in own]


def uploaded(village, user, personal: str, at: dt.datetime) -> Upload:
    """A list of households of the village, compared and not saved yet."""
    upload = Upload.objects.create(
        kind="households", area=village, file_name=f"{personal}.xlsx", state="checked", uploaded_by=user,
        uploaded_at=at, day=SINCE, columns=["head", "address"], counts={"new": 1}, sha256="0" * 64,
    )  # fmt: skip
    cells = Sheet(personal, [["Chủ hộ", "Địa chỉ"], [f"Trần {personal}", personal]])
    UploadSheet.objects.create(upload=upload, index=0, name=personal, rows_count=2, content=UploadSheet.packed(cells))
    UploadRow.objects.create(upload=upload, number=2, last=2, state="new", label=personal, told=personal)
    return upload


def cast_of(place, given: dict) -> SimpleNamespace:
    """The cast of the tests with those who see little: a ward's leader, a viewer, somebody without a posting."""

    def user(username, role=None, area=None, **fields):
        made = User.objects.create_user(username, PASSWORD, full_name=username.title(), **fields)
        if role:
            Posting.objects.create(user=made, role=role, area=area)
        return made

    return SimpleNamespace(
        **given,
        leader=user("leader", Role.WARD_LEADER, place.hoa_bac),
        viewer=user("viewer", Role.VIEWER, place.hoa_bac),
        nobody=user("nobody"),
        root=user("root", is_superuser=True, is_staff=True),
    )
