from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from journal.actions import record
from journal.models import Act
from sheets.dates import date_text, parse_date
from sheets.workbook import list_workbook, xlsx_response

from ..actions import change_area, correct_area
from ..filters import AreaFilter, with_neighbours
from ..forms import AreaForm
from ..lineage import predecessors, successors
from ..lists import AREA_COLUMNS
from ..models import Area, AreaVersion, Level, PendingVillage, map_note
from ..rules import can_add_villages, can_edit, can_edit_office, home_day, tabs, top_level
from .access import area_of, area_to_edit

PAGE = 50


def area_list(request):
    """The areas of her reach on a day, by that day's map; the same rows as a workbook."""
    user, today = request.user, timezone.localdate()
    if not user.may("see_figures"):
        raise PermissionDenied
    form = AreaFilter(request.GET, today=today, day=home_day(user, today))
    day = form.day
    shown = Area.objects.shown_to(user, day).filter(level__gte=top_level(user))
    versions = form.filter(AreaVersion.objects.on(day).filter(area__in=shown.values("pk")))
    if request.GET.get("export") == "xlsx" and form.is_valid():
        return _as_workbook(user, versions, day)
    context = {
        "filter_form": form,
        "page": Paginator(versions, PAGE).get_page(request.GET.get("page")),
        "day": day,
        "within": form.place(shown),
        "is_today": day == today,
        "map_note": map_note(day),
        **tabs(user),
    }
    return render(request, "areas/area_list.html", context)


def _as_workbook(user, versions, day: dt.date):
    rows = list(versions)
    record(by=user, verb=Act.Verb.EXPORT, label="Danh sách địa bàn", rows=len(rows))
    content = list_workbook(
        title="Danh sách địa bàn",
        subtitle=f"Tại ngày {date_text(day)}",
        columns=AREA_COLUMNS,
        rows=rows,
        note=map_note(day),
    )
    return xlsx_response(f"Danh sách địa bàn {day:%d-%m-%Y}.xlsx", content)


def area_detail(request, pk):
    """An area on a day (`?on=`; otherwise today or its last day): where it lay, what lay in it, what it came from."""
    user, today = request.user, timezone.localdate()
    area = get_object_or_404(Area, pk=pk)
    day = _day_asked(request, area, today)
    area = area_of(request, pk, day)
    version = area.versions.on(day).first() or area.versions.order_by("-since").first()
    children = with_neighbours(AreaVersion.objects.on(day).filter(parent=area), day)
    eve = area.since - dt.timedelta(days=1)
    before = [relative for relative in predecessors(area, eve) if relative.area != area]
    after = successors(area, area.until) if area.until else []
    offices = list(area.offices.order_by("-since"))
    context = {
        "area": area,
        "version": version,
        "day": day,
        "is_today": day == today,
        "above": AreaVersion.objects.on(day).filter(area__in=Area.objects.above(area, day)).order_by("area__level"),
        "children": children,
        "below_level": _below_level(children, area),
        "versions": area.versions.select_related("parent", "reorganisation").order_by("-since"),
        "before": before,
        "ended_by": area.parts_from.exclude(to_area=area).select_related("reorganisation").first(),
        "after": after,
        "offices": offices,
        "readable": _readable(user, day, area, children, before, after),
        "pending": PendingVillage.objects.filter(village=area, settled_at=None).exists(),
        "may_edit": area.until is None and can_edit(user, area),
        "may_add": can_add_villages(user, area),
        "may_edit_office": can_edit_office(user, area),
        "is_village": area.level == Level.VILLAGE,
        "map_note": map_note(day),
    }
    return render(request, "areas/area_detail.html", context)


def _day_asked(request, area: Area, today: dt.date) -> dt.date:
    try:
        day = parse_date(request.GET.get("on", ""))
    except ValidationError:
        day = None
    return min(day or area.last_day(today), today)


def _below_level(children, area: Area) -> Level:
    levels = {version.area.level for version in children}
    return Level(min(levels, default=min(area.level + 1, Level.VILLAGE)))


def _readable(user, day: dt.date, area: Area, children, before, after) -> set[int]:
    """Ids of the neighbours whose pages she may open; each is read of on a day on which it was there."""
    near = {version.area_id for version in children} | {relative.area.pk for relative in (*before, *after)}
    near |= set(Area.objects.above(area, day).values_list("pk", flat=True))
    areas = Area.objects.filter(pk__in=near)
    shown = areas.visible_to(user) | areas.shown_to(user, day)
    if before:
        shown |= areas.shown_to(user, area.since - dt.timedelta(days=1))
    return set(shown.values_list("pk", flat=True))


def area_edit(request, pk):
    """Another name or kind from a day on, or a typing mistake put right."""
    area, today = area_to_edit(request, pk), timezone.localdate()
    form = AreaForm(request.POST or None, area=area, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request.user, area, form)
        except ValidationError as error:
            _tell(form, error)
        else:
            messages.success(request, f"Đã lưu {form.full_name}.")
            return redirect("areas:area_detail", pk)
    return render(request, "areas/area_edit.html", {"form": form, "area": Area.objects.get(pk=pk)})


def _save(user, area: Area, form: AreaForm) -> None:
    name, kind = form.full_name, form.cleaned_data["kind"]
    if form.cleaned_data["way"] == AreaForm.CORRECT:
        code = form.cleaned_data.get("code", area.code)
        correct_area(by=user, area=area, name=name, kind=kind, code=code)
    else:
        change_area(by=user, area=area, since=form.cleaned_data["since"], name=name, kind=kind, paper=form.paper)


def _tell(form, error: ValidationError) -> None:
    """The errors of an action, at their fields where the form has them."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)
