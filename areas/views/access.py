"""An area for this user: not hers is not there, hers but not to be changed is refused."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from ..models import Area, Level
from ..rules import can_add_villages, can_edit, can_edit_office


def area_of(request, pk: int, day: dt.date | None = None) -> Area:
    """An area that is hers, or that she may read of on the map of `day`."""
    areas = Area.objects.filter(pk=pk)
    shown = areas.visible_to(request.user).first()
    if shown is None and day is not None:
        shown = areas.shown_to(request.user, day).first()
    if shown is None:
        raise Http404
    return shown


def area_to_edit(request, pk: int) -> Area:
    area = get_object_or_404(Area.objects.visible_to(request.user), pk=pk)
    if not can_edit(request.user, area):
        raise PermissionDenied
    if area.until is not None:
        raise Http404
    return area


def village_to_close(request, pk: int) -> Area:
    area = area_to_edit(request, pk)
    if area.level != Level.VILLAGE:
        raise Http404
    return area


def ward_for_villages(request, pk: int) -> Area:
    area = get_object_or_404(Area.objects.visible_to(request.user), pk=pk)
    if area.level != Level.WARD or area.until is not None:
        raise Http404
    if not can_add_villages(request.user, area):
        raise PermissionDenied
    return area


def area_of_office(request, pk: int) -> Area:
    area = get_object_or_404(Area.objects.visible_to(request.user), pk=pk)
    if area.level == Level.VILLAGE:
        raise Http404
    if not can_edit_office(request.user, area):
        raise PermissionDenied
    return area
