from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from .. import actions
from ..forms import LeaveForm
from ..member_forms import MemberForm, MembersPasteForm
from ..models import Member, Team
from ..norms import size_of, with_sizes
from ..rules import can_edit
from .access import team_to_staff


def member_add(request, pk):
    team, today = team_to_staff(request, pk), timezone.localdate()
    form = MemberForm(request.POST or None, team=team, user=request.user, today=today, initial={"since": today})
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            member, *_ = actions.add_members(by=request.user, team=team, members=[form.save(commit=False)])
            _step_down(request.user, form)
        messages.success(request, f"Đã thêm {member}.")
        _tell_of_size(request, team, today)
        return redirect("teams:team_detail", pk)
    return render(request, "teams/member_form.html", {"form": form, "team": team})


def member_edit(request, pk):
    member = member_to_edit(request, pk)
    team, today = member.team, timezone.localdate()
    form = MemberForm(request.POST or None, instance=member, team=team, user=request.user, today=today)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            actions.change_member(by=request.user, member=form.save(commit=False))
            _step_down(request.user, form)
        messages.success(request, "Đã lưu thành viên.")
        return redirect("teams:team_detail", team.pk)
    return render(request, "teams/member_form.html", {"form": form, "team": team, "member": member})


def member_leave(request, pk):
    member, today = member_to_edit(request, pk), timezone.localdate()
    if member.until is not None:
        raise PermissionDenied
    form = LeaveForm(request.POST or None, member=member, today=today, initial={"on": today})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_membership(by=request.user, member=member, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{member} đã thôi tham gia tổ.")
            _tell_of_size(request, member.team, today)
            return redirect("teams:team_detail", member.team_id)
    return render(request, "teams/member_leave.html", {"form": form, "team": member.team, "member": member})


def members_paste(request, pk):
    """Many members at once, all or none."""
    team, today = team_to_staff(request, pk), timezone.localdate()
    form = MembersPasteForm(request.POST or None, team=team, today=today, initial={"since": today})
    if request.method == "POST" and form.is_valid():
        added = actions.add_members(by=request.user, team=team, members=form.cleaned_data["lines"])
        messages.success(request, f"Đã thêm {len(added)} thành viên.")
        _tell_of_size(request, team, today)
        return redirect("teams:team_detail", pk)
    return render(request, "teams/members_paste.html", {"form": form, "team": team})


def member_to_edit(request, pk) -> Member:
    members = Member.objects.visible_to(request.user).select_related("team__home_area")
    member = get_object_or_404(members, pk=pk)
    if not can_edit(request.user, member.team):
        raise PermissionDenied
    return member


def _step_down(user, form: MemberForm) -> None:
    if role := form.step_down():
        actions.change_role(by=user, members=form.leaders, role=Member.Role(role))


def _tell_of_size(request, team: Team, day) -> None:
    if warning := size_of(with_sizes(Team.objects.filter(pk=team.pk), day).get()).warning:
        messages.warning(request, warning)
