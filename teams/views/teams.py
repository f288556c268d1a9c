from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.rules import Can
from areas.models import Area, AreaLink, Level
from journal.actions import record
from journal.models import Act
from sheets.dates import date_text
from sheets.workbook import list_workbook, xlsx_response

from .. import actions
from ..filters import TeamFilter, area_named
from ..forms import DecisionForm, EndForm, FoundingForm, TeamForm, WardForm
from ..history import changes_of
from ..lists import TEAM_COLUMNS
from ..models import Decision, Member, Team
from ..norms import size_of, with_sizes
from ..rules import can_edit, can_reopen, can_staff, places_to_edit, wards_to_edit
from .access import team_of, team_to_edit, team_to_staff

PAGE = 25


def team_list(request):
    """Teams of her areas, filtered by the address of the page; the same rows as a workbook."""
    user, today = request.user, timezone.localdate()
    if not user.may(Can.SEE_TEAMS):
        raise PermissionDenied
    form = TeamFilter(request.GET, user=user, today=today)
    teams = form.filter(Team.objects.visible_to(user)).order_by("sort_key", "pk")
    if request.GET.get("export") == "xlsx" and form.is_valid():
        return _as_workbook(user, list(teams), form.cleaned_data["on"] or today)
    page = Paginator(teams, PAGE).get_page(request.GET.get("page"))
    for team in page:
        team.size = size_of(team)
    context = {"filter_form": form, "page": page, "may_add": user.may(Can.EDIT_TEAMS)}
    return render(request, "teams/team_list.html", context)


def _as_workbook(user, teams: list[Team], day):
    area_ids = user.reach().area_ids(Can.SEE_TEAMS)
    record(by=user, verb=Act.Verb.EXPORT, area_id=min(area_ids, default=None), label="Danh sách tổ", rows=len(teams))
    content = list_workbook(
        title="Danh sách tổ công nghệ số cộng đồng",
        subtitle=f"Tại ngày {date_text(day)}",
        columns=TEAM_COLUMNS,
        rows=teams,
    )
    return xlsx_response(f"Danh sách tổ {day:%d-%m-%Y}.xlsx", content)


def team_detail(request, pk):
    today = timezone.localdate()
    team = team_of(request, pk)
    day = team.home_area.last_day(today) if team.until is None else today
    sized = with_sizes(Team.objects.filter(pk=team.pk), day).get()
    members = list(team.members.all())
    context = {
        "team": team,
        "size": size_of(sized) if team.until is None else None,
        "services": team.services.select_related("village").order_by("until", "village__sort_key", "since"),
        "present": sorted((m for m in members if m.until is None or m.until > today), key=_by_role),
        "past": [member for member in members if member.until is not None and member.until <= today],
        "homes": team.homes.select_related("area").order_by("-since"),
        "decisions": team.decisions.all(),
        "entries": changes_of(team),
        "may_edit": can_edit(request.user, team),
        "may_staff": can_staff(request.user, team),
        "may_reopen": can_reopen(request.user, team),
    }
    return render(request, "teams/team_detail.html", context)


def _by_role(member: Member) -> int:
    return list(Member.Role).index(Member.Role(member.role))


def team_add(request):
    """A new team of one ward; who has many wards chooses the ward first."""
    if not request.user.may(Can.EDIT_TEAMS):
        raise PermissionDenied
    ward = chosen_ward(request)
    if ward is None:
        text = request.GET.get("q", "")
        wards = area_named(request.user, text) if text.strip() else []
        context = {"form": WardForm(request.GET or None), "wards": wards, "asked": bool(text.strip())}
        return render(request, "teams/ward_choose.html", context)
    today = timezone.localdate()
    places = places_to_edit(request.user, ward, today)
    form = FoundingForm(request.POST or None, places=places, today=today)
    paper = DecisionForm(
        request.POST or None, prefix="decision", today=today, kind=Decision.Kind.FOUNDING, is_optional=True
    )
    if request.method == "POST" and form.is_valid() & paper.is_valid():
        team = actions.found_team(
            by=request.user,
            team=form.save(commit=False),
            villages=form.cleaned_data["villages"],
            decision=paper.decision(),
            members=form.cleaned_data["members"],
        )
        messages.success(request, f"Đã thêm {team}.")
        return redirect("teams:team_detail", team.pk)
    return render(request, "teams/team_add.html", {"form": form, "paper": paper, "ward": ward})


def chosen_ward(request) -> Area | None:
    wards = wards_to_edit(request.user)
    chosen = request.GET.get("ward", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 12:
        return wards.filter(pk=chosen).first()
    first_two = list(wards[:2])
    return first_two[0] if len(first_two) == 1 else None


def team_edit(request, pk):
    team, today = team_to_edit(request, pk), timezone.localdate()
    places = home_places(request.user, team, today)
    form = TeamForm(request.POST or None, instance=team, places=places, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_team(by=request.user, team=form.save(commit=False))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Đã lưu thông tin tổ.")
            return redirect("teams:team_detail", pk)
    return render(request, "teams/team_edit.html", {"form": form, "team": Team.objects.get(pk=pk)})


def home_places(user, team: Team, today):
    """Where a team may be at home: its ward and the ward's villages, and where it is at home now."""
    here = Area.objects.filter(pk=team.home_area_id)
    ward = ward_of(team.home_area)
    return (here | places_to_edit(user, ward, today)).distinct().in_order() if ward else here


def ward_of(area: Area) -> Area | None:
    if area.level == Level.WARD:
        return area
    link = AreaLink.objects.open().filter(descendant=area, ancestor__level=Level.WARD).select_related("ancestor")
    return next((found.ancestor for found in link), None)


def team_dissolve(request, pk):
    team, today = team_to_staff(request, pk), timezone.localdate()
    form = EndForm(request.POST or None, today=today, initial={"on": today})
    form.fields["on"].label = "Giải thể từ ngày"
    paper = DecisionForm(
        request.POST or None, prefix="decision", today=today, kind=Decision.Kind.DISSOLVING, is_optional=True
    )
    if request.method == "POST" and form.is_valid() & paper.is_valid():
        try:
            with transaction.atomic():
                actions.dissolve_team(by=request.user, team=team, on=form.cleaned_data["on"], decision=paper.decision())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{team} đã giải thể từ {date_text(form.cleaned_data['on'])}.")
            return redirect("teams:team_detail", pk)
    return render(request, "teams/team_dissolve.html", {"form": form, "paper": paper, "team": team})
