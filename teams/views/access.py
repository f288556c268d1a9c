"""A team for this user: not hers is not there, hers but not to be changed is refused."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from ..models import Team
from ..rules import can_edit, can_staff


def team_of(request, pk: int) -> Team:
    return get_object_or_404(Team.objects.visible_to(request.user).select_related("home_area"), pk=pk)


def team_to_edit(request, pk: int) -> Team:
    team = team_of(request, pk)
    if not can_edit(request.user, team):
        raise PermissionDenied
    return team


def team_to_staff(request, pk: int) -> Team:
    team = team_of(request, pk)
    if not can_staff(request.user, team):
        raise PermissionDenied
    return team
