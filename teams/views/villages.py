from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.shortcuts import redirect, render
from django.utils import timezone

from areas.models import Area, Level

from .. import actions
from ..forms import VillagesForm
from .access import team_to_staff
from .teams import home_places


def team_villages(request, pk):
    """Which villages the team serves from a day on."""
    team, today = team_to_staff(request, pk), timezone.localdate()
    served = list(team.services.open().values_list("village_id", flat=True))
    hers = home_places(request.user, team, today).filter(level=Level.VILLAGE)
    offered = Area.objects.filter(Q(pk__in=hers.values("pk")) | Q(pk__in=served)).in_order()
    form = VillagesForm(
        request.POST or None, team=team, villages=offered, today=today, initial={"since": today, "villages": served}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.serve_villages(by=request.user, team=team, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Đã lưu thôn, tổ dân phố phục vụ.")
            return redirect("teams:team_detail", pk)
    return render(request, "teams/team_villages.html", {"form": form, "team": team})
