"""A dissolved team that works again."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone

from sheets.dates import date_text

from .. import actions
from ..forms import DecisionForm, ReopenForm
from ..models import Decision
from ..rules import can_reopen
from .access import team_to_edit
from .teams import home_places


def team_reopen(request, pk):
    team, today = team_to_edit(request, pk), timezone.localdate()
    if not can_reopen(request.user, team):
        return redirect("teams:team_detail", pk)
    places = home_places(request.user, team, today)
    last = team.members.filter(until=team.until).values_list("pk", flat=True)
    form = ReopenForm(
        request.POST or None,
        team=team,
        places=places,
        today=today,
        initial={"on": team.until, "area": team.home_area_id, "members": list(last)},
    )
    paper = DecisionForm(
        request.POST or None, prefix="decision", today=today, kind=Decision.Kind.REFOUNDING, is_optional=True
    )
    if request.method == "POST" and form.is_valid() & paper.is_valid():
        try:
            with transaction.atomic():
                actions.reopen_team(by=request.user, team=team, decision=paper.decision(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{team} hoạt động lại từ {date_text(form.cleaned_data['on'])}.")
            return redirect("teams:team_detail", pk)
    return render(request, "teams/team_reopen.html", {"form": form, "paper": paper, "team": team})
