"""The page on which an office chooses what its teams look at first."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from areas.models import Area
from field.focus import choose, focus_of
from field.forms import FocusForm
from field.models import FocusChoice
from field.rules import areas_to_choose_for
from field.units import periods_of
from sheets.dates import date_text


@require_safe
def focus_index(request):
    """Straight to the area for which she chooses; several stand as tabs on its page."""
    areas = areas_to_choose_for(request.user)
    if not areas:
        raise PermissionDenied
    return redirect("field:focus", areas[0].pk)


@require_http_methods(["GET", "HEAD", "POST"])
def focus(request, pk):
    user, today = request.user, timezone.localdate()
    area = get_object_or_404(Area.objects.visible_to(user).open(), pk=pk)
    areas = areas_to_choose_for(user)
    if area not in areas:
        raise PermissionDenied
    period, _ = periods_of(today)
    now = focus_of([area.pk], today)[area.pk]
    own = now.choice is not None and now.choice.area_id == area.pk
    initial = {"since": period.start_on.isoformat(), "indicators": now.indicators if own else ()}
    form = FocusForm(request.POST or None, period=period, initial=initial)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        choose(
            by=user, area=area, since=chosen["since"], indicators=chosen["indicators"], at=timezone.now()
        )  # fmt: skip
        messages.success(request, f"Đã lưu, áp dụng từ {date_text(chosen['since'])}. Máy nhận khi có mạng lần tới.")
        return redirect("field:focus", area.pk)
    before = FocusChoice.objects.filter(area=area).select_related("chosen_by").prefetch_related("rows__indicator")
    context = {
        "area": area, "areas": areas, "form": form, "now": now, "own": own, "period": period, "today": today,
        "choices": before.order_by("-since")[:12],
    }  # fmt: skip
    return render(request, "field/focus_page.html", context)
