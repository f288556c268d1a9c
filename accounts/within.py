"""Inside which area a page works: her own one, or one below it that she goes down to step by step ("?trong=…")."""

from __future__ import annotations

from django.http import Http404
from django.utils import timezone

from areas.models import Area, Level

from .rules import Can


def area_within(request, can: Can = Can.MANAGE_USERS) -> Area:
    """The area asked for, else the first of her own. Not in her reach is 404."""
    reach = request.user.reach()
    asked = request.GET.get("trong", "")
    if asked:
        return area_asked(request.user, asked, can)
    own = Area.objects.filter(pk__in=reach.area_ids(can)).in_order().first()
    if own is None:
        raise Http404
    return own


def area_asked(user, asked: str, can: Can = Can.MANAGE_USERS) -> Area:
    area = user.reach().areas(can).filter(pk=asked).first() if asked.isdecimal() and len(asked) < 19 else None
    if area is None:
        raise Http404
    return area


def steps_from(user, area: Area | None, can: Can = Can.MANAGE_USERS, *, down_to: Level) -> list[tuple[str, str]]:
    """Where one may go from `area`: her own areas, the way down to it, and what lies just below; as choices."""
    today = timezone.localdate()
    reach = user.reach()
    own = set(reach.area_ids(can))
    shown = list(Area.objects.filter(pk__in=own).in_order())
    if area is None and len(shown) == 1:
        area = shown[0]
    if area is not None:
        way = [*Area.objects.above(area, today).filter(pk__in=reach.areas(can)), area]
        below = Area.objects.under(area, today, depth=1).filter(level__lte=down_to).in_order()
        path = [*way, *below]
        here = next((index for index, step in enumerate(shown) if step.pk == path[0].pk), len(shown))
        shown[here : here + 1] = path
    return [(str(step.pk), _indent(step) + step.name) for step in _once(shown)]


def areas_offered(area: Area) -> list[Area]:
    """The area and what lies just below it: where somebody can be posted from a page that works inside it."""
    below = Area.objects.under(area, timezone.localdate(), depth=1).open().in_order()
    return [area, *below]


def _indent(area: Area) -> str:
    return "\u2003" * max(0, area.level - 1)


def _once(areas: list[Area]) -> list[Area]:
    return list({area.pk: area for area in areas}.values())
