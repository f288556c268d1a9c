"""Where a team is at home, from a day on."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone

from sheets.dates import date_text

from .. import actions
from ..filters import area_named
from ..forms import MoveForm, WardForm
from ..rules import places_to_edit, wards_to_edit
from .access import team_to_staff
from .teams import chosen_ward, home_places


def team_move(request, pk):
    """The team moves within its ward; who has many wards may choose another one first."""
    team, today = team_to_staff(request, pk), timezone.localdate()
    if "q" in request.GET:
        return _choose_ward(request, team)
    places = _places(request, team, today)
    form = MoveForm(request.POST or None, places=places, today=today, initial={"on": today})
    if request.method == "POST" and form.is_valid():
        try:
            team = actions.move_team(by=request.user, team=team, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Tổ ở {team.home_area} từ {date_text(form.cleaned_data['on'])}.")
            return redirect("teams:team_detail", pk)
    has_many = wards_to_edit(request.user)[1:2].exists()
    return render(request, "teams/team_move.html", {"form": form, "team": team, "has_many": has_many})


def _places(request, team, today):
    ward = chosen_ward(request) if request.GET.get("ward") else None
    if ward:
        return places_to_edit(request.user, ward, today)
    return home_places(request.user, team, today).exclude(pk=team.home_area_id)


def _choose_ward(request, team):
    text = request.GET["q"]
    wards = area_named(request.user, text) if text.strip() else []
    context = {"form": WardForm(request.GET), "wards": wards, "asked": bool(text.strip()), "team": team}
    return render(request, "teams/ward_choose.html", context)
