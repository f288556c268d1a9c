"""Builds the demonstration in order: map, villages, teams, registers, visits, stated figures, then the count."""

from __future__ import annotations

import datetime as dt
from random import Random

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from areas.models import Area, Level, Stale
from reports.models import CompleteMark, Remark, StatedFigure
from reports.periods import month_containing, previous
from reports.stated import load_published
from reports.targets.published import load_published_targets
from teams.models import Member

from . import people, places, reporting, targets, teams, visits
from .households import REGISTER_FROM, make_register

BEFORE_REFORM = dt.date(2025, 6, 30)
# No visits at all in the last two months: the ward has to ask.
SILENT = {"Hội Phước", "Miếu Bông"}
# The register is known to be incomplete: shown as "chưa đủ".
INCOMPLETE = {"Giàn Bí", "Trà Kiểm", "Hiền Phước"}
ON_PAPER = "Phò Nam"


def is_built() -> bool:
    return User.objects.filter(username="lan").exists()


def build(today: dt.date, say) -> None:
    """Everything, the same every time for the same day. `say(text)` tells the user how far it is."""
    say("Bản đồ hành chính cả nước …")
    call_command("load_areas", verbosity=0)
    call_command("load_catalogue", verbosity=0)
    call_command("load_holidays", verbosity=0)
    with transaction.atomic():
        say("Thôn, tổ, tài khoản …")
        staff = people.make_staff(today)
        people.make_offices(today)
        villages = places.make_villages(staff["an"])
        province = {day: Area.objects.by_code("48", day, Level.PROVINCE).get() for day in (BEFORE_REFORM, today)}
        ninh_binh = Area.objects.by_code("37", today, Level.PROVINCE).get()
        teams.make_norms(province[BEFORE_REFORM], province[today], ninh_binh)
        say("Hộ, nhân khẩu, lượt hỗ trợ và ghi nhận …")
        catalogue = visits.Catalogue.load()
        for number, (place, village) in enumerate(villages.items(), 1):
            _live(number, place, village, staff, catalogue, today)
        say("Số liệu công bố, nhận xét …")
        load_published()
        load_published_targets()
        targets.give_targets(today, staff["an"])
        _paper_village(villages, staff["minh"], today)
        _remarks(today, staff["minh"])
    # The villages stand since 2022, the registers begin later: months before them are counted when somebody asks.
    Stale.objects.filter(since__lt=REGISTER_FROM).update(since=REGISTER_FROM)
    say("Đếm số liệu các kỳ …")
    call_command("figures", "--all", verbosity=0)
    with transaction.atomic():
        say("Báo cáo các kỳ đã trình, duyệt, gửi …")
        reporting.make_reports(staff, today)


def _live(number, place, village, staff, catalogue, today) -> None:
    random = Random(f"cnscd {place.ward_code} {place.name}")
    team = teams.make_team(place, village, number, random)
    leader = team and team.members.filter(role=Member.Role.LEADER, until=None).first()
    by = staff["minh"]
    if place.name == "Tà Lang":
        by = people.make_leader("lan", leader.full_name, village, staff["minh"], leader)
    elif leader:
        by = people.make_leader(f"to{number:02d}", leader.full_name, village, staff["an"], leader)
    if not place.households:
        return
    register = make_register(village, place.households, random, today)
    first = REGISTER_FROM + dt.timedelta(days=random.randint(0, 60))
    last = today - dt.timedelta(days=75) if place.name in SILENT else today
    visits.make_visits(register, team, by, first, last, random, catalogue)
    if place.name not in INCOMPLETE:
        CompleteMark.objects.create(village=village, since=first, marked_by=staff["minh"])


def _paper_village(villages, by, today) -> None:
    """A village whose team keeps its counts on paper and tells them once a quarter."""
    village = next(area for place, area in villages.items() if place.name == ON_PAPER)
    growth = {"cov:vneid2": (212, 0.55, 0.90), "cov:epay": (206, 0.40, 0.78), "cov:smartphone": (206, 0.68, 0.86)}
    months = list(range(0, (today - REGISTER_FROM).days, 91))
    for step, days in enumerate(months):
        for measure, (eligible, start, end) in growth.items():
            share = start + (end - start) * step / max(1, len(months) - 1)
            StatedFigure.objects.create(
                area=village,
                on=REGISTER_FROM + dt.timedelta(days=days + 13),
                measure=measure,
                eligible=eligible,
                reached=round(eligible * share),
                source="Tổ CNSCĐ thôn Phò Nam, báo cáo giấy",
                entered_by=by,
                entered_at=timezone.now(),
            )


def _remarks(today: dt.date, by) -> None:
    period = previous(month_containing(today))
    ward = Area.objects.by_code("20194", today, Level.WARD).get()
    for kind, text in (
        (
            Remark.Kind.MODEL,
            "Tổ thôn Tà Lang trực tối thứ Ba, thứ Năm tại nhà sinh hoạt cộng đồng; người cao tuổi đến cùng con cháu.",
        ),
        (
            Remark.Kind.DIFFICULTY,
            "Sóng di động yếu ở khu vực Giàn Bí; nhiều người cao tuổi chưa có điện thoại thông minh.",
        ),
        (
            Remark.Kind.PROPOSAL,
            "Đề nghị thành phố hỗ trợ thêm điểm phát Wi-Fi miễn phí tại nhà sinh hoạt cộng đồng các thôn miền núi.",
        ),
    ):
        Remark.objects.create(area=ward, period=period, kind=kind, text=text, written_by=by, written_at=timezone.now())
