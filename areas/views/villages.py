from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from ..actions import close_area, settle_village
from ..forms import EndForm, PasteForm, SettleForm, VillageForm
from ..lineage import origins
from ..models import Area, PendingVillage
from ..pasting import add_villages
from ..rules import tabs
from ..waiting import with_choices
from .access import village_to_close, ward_for_villages

PAGE = 50


def village_add(request, pk):
    ward, today = ward_for_villages(request, pk), timezone.localdate()
    form = VillageForm(request.POST or None, wards=origins(ward), today=today, initial={"ward": ward})
    if request.method == "POST" and form.is_valid():
        added = _add(request, form, ward, lines=form.line, told_at="name")
        if added:
            messages.success(request, f"Đã thêm {added[0]}.")
            return redirect("areas:area_detail", ward.pk)
    return render(request, "areas/village_add.html", {"form": form, "area": ward})


def villages_paste(request, pk):
    """Many villages at once, one a line: all or none."""
    ward, today = ward_for_villages(request, pk), timezone.localdate()
    form = PasteForm(request.POST or None, wards=origins(ward), today=today, initial={"ward": ward})
    if request.method == "POST" and form.is_valid():
        lines, kind = form.cleaned_data["lines"], form.cleaned_data["default_kind"]
        added = _add(request, form, ward, lines=lines, default_kind=kind, told_at="lines")
        if added:
            messages.success(request, f"Đã thêm {len(added)} thôn, tổ dân phố.")
            return redirect("areas:area_detail", ward.pk)
    return render(request, "areas/villages_paste.html", {"form": form, "area": ward})


def _add(request, form, ward: Area, *, told_at: str, **what) -> list[Area]:
    """The villages added; none, with the reasons in the form, when they cannot be."""
    then = form.cleaned_data.get("ward", ward)
    try:
        return add_villages(by=request.user, ward=then, since=form.cleaned_data["since"], toward=ward, **what)
    except ValidationError as error:
        for name, errors in error.error_dict.items():
            if name == "lines" and told_at != "lines":
                form.add_error(told_at, [message.removeprefix("Dòng 1: ") for e in errors for message in e.messages])
            else:
                form.add_error(name, errors)
        return []


def village_close(request, pk):
    """A village that nothing stands in any more ends on a day."""
    area, today = village_to_close(request, pk), timezone.localdate()
    form = EndForm(request.POST or None, today=today, initial={"until": today})
    if request.method == "POST" and form.is_valid():
        try:
            close_area(by=request.user, area=area, until=form.cleaned_data["until"])
        except ValidationError as error:
            form.add_error("until", error.messages)
        else:
            messages.success(request, f"{area} không còn từ ngày {form.cleaned_data['until']:%d/%m/%Y}.")
            return redirect("areas:area_detail", pk)
    return render(request, "areas/village_close.html", {"form": form, "area": area})


@require_http_methods(["GET", "POST"])
def pending_list(request):
    """Villages of divided wards that wait for a place; each is put into one of the successors."""
    user = request.user
    if not user.may("edit_areas"):
        raise PermissionDenied
    mine = Area.objects.visible_to(user, "edit_areas")
    waiting = PendingVillage.objects.filter(settled_at=None, village__until=None, village__in=mine.values("pk"))
    ordered = waiting.select_related("village", "reorganisation").order_by("village__sort_key", "pk")
    page = Paginator(ordered, PAGE).get_page(request.GET.get("page"))
    form = SettleForm(request.POST or None, waiting=with_choices(list(page)))
    if request.method == "POST" and form.is_valid():
        placed = form.chosen()
        with transaction.atomic():
            for pending, ward in placed:
                settle_village(by=user, pending=pending, ward=ward, at=timezone.now())
        messages.success(request, f"Đã xếp {len(placed)} thôn, tổ dân phố.")
        return redirect("areas:pending_list")
    return render(request, "areas/pending_list.html", {"page": page, "form": form, **tabs(user)})
