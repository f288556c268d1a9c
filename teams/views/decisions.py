from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from .. import actions
from ..forms import DecisionForm
from ..models import Decision
from ..rules import can_edit
from .access import team_to_edit


def decision_add(request, pk):
    team = team_to_edit(request, pk)
    form = DecisionForm(request.POST or None, today=timezone.localdate(), initial={"kind": Decision.Kind.REFOUNDING})
    if request.method == "POST" and form.is_valid():
        decision = actions.add_decision(by=request.user, team=team, decision=form.save(commit=False))
        messages.success(request, f"Đã thêm {decision}.")
        return redirect("teams:team_detail", pk)
    return render(request, "teams/decision_form.html", {"form": form, "team": team})


def decision_edit(request, pk):
    decisions = Decision.objects.visible_to(request.user).select_related("team__home_area")
    decision = get_object_or_404(decisions, pk=pk)
    if not can_edit(request.user, decision.team):
        raise PermissionDenied
    form = DecisionForm(request.POST or None, instance=decision, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        actions.change_decision(by=request.user, decision=form.save(commit=False))
        messages.success(request, "Đã lưu văn bản.")
        return redirect("teams:team_detail", decision.team_id)
    return render(request, "teams/decision_form.html", {"form": form, "team": decision.team, "decision": decision})
