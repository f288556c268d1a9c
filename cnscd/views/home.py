"""Which home page a user gets: by the area where she works."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.rules import Can
from areas.models import Area, Level
from reports.period_choices import Known
from reports.views.asked import Asked

from . import above, village, ward


@require_safe
def home(request) -> HttpResponse:
    areas = own_areas(request.user)
    if not areas:
        return render(request, "home.html")
    asked = ask(request, areas)
    page = {Level.VILLAGE: village, Level.WARD: ward}.get(Level(asked.area.level), above)
    context = page.context(asked) | {"areas": _tabs(areas, asked.area)}
    return render(request, page.TEMPLATE, asked.context(**context))


def own_areas(user) -> list[Area]:
    """Where she sees figures; a superuser without postings has the country."""
    if not user.may(Can.SEE_FIGURES):
        return []
    reach = user.reach()
    areas = {posting.area_id: posting.area for posting in reach.postings}
    return list(areas.values()) or list(Area.objects.filter(pk__in=reach.area_ids(Can.SEE_FIGURES)))


def ask(request, areas: list[Area]) -> Asked:
    """The area chosen among her own, in the present month; of a closed area its last month."""
    chosen = request.GET.get("area", "")
    area = next((area for area in areas if str(area.pk) == chosen), areas[0])
    known = Known.read(timezone.localdate())
    day = area.last_day(known.today)
    return Asked(request, area, day, known, period=known.month_of(day))


def _tabs(areas: list[Area], here: Area) -> list[dict]:
    if len(areas) < 2:
        return []
    return [{"name": area.name, "url": f"?area={area.pk}", "here": area == here} for area in areas]
