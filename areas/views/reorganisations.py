from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.shortcuts import get_object_or_404, render

from ..filters import ReorganisationFilter
from ..models import Area, AreaVersion, Reorganisation
from ..rules import tabs

PAGE = 50


def reorganisation_list(request):
    if not request.user.may("see_figures"):
        raise PermissionDenied
    form = ReorganisationFilter(request.GET)
    events = form.filter(Reorganisation.objects.visible_to(request.user))
    page = Paginator(events, PAGE).get_page(request.GET.get("page"))
    return render(request, "areas/reorganisation_list.html", {"filter_form": form, "page": page, **tabs(request.user)})


def reorganisation_detail(request, pk):
    """The decree and what became of what; a planned one shows what it is going to do."""
    event = get_object_or_404(Reorganisation.objects.visible_to(request.user), pk=pk)
    parts = event.parts.annotate(
        from_name=_name_on(event.effective_on - dt.timedelta(days=1), "from_area"),
        to_name=_name_on(event.effective_on, "to_area"),
    ).order_by("to_area__sort_key", "to_area", "from_area__sort_key", "from_area")
    page = Paginator(parts, PAGE).get_page(request.GET.get("page"))
    near = {pk for part in page for pk in (part.from_area_id, part.to_area_id)}
    context = {
        "event": event,
        "page": page,
        "planned": event.plan.get("parts", []) if event.state == Reorganisation.State.PLANNED else [],
        "readable": set(Area.objects.filter(pk__in=near).visible_to(request.user).values_list("pk", flat=True)),
    }
    return render(request, "areas/reorganisation_detail.html", context)


def _name_on(day: dt.date, end: str) -> Subquery:
    versions = AreaVersion.objects.on(day).filter(area=OuterRef(end)).order_by()
    return Subquery(versions.values("name")[:1])
