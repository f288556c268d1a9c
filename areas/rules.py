"""Who may change what on the map. Who sees an area is `Area.objects.visible_to(user)`.

Rights are named by their text: `accounts`, where they are declared, stands above this app.
"""

from __future__ import annotations

import datetime as dt

from .models import Area, Level


def can_edit(user, area: Area) -> bool:
    """Villages are a ward's matter; whatever stands in the national list is an administrator's."""
    return user.reach().covers(area, "edit_areas" if area.level == Level.VILLAGE else "administer")


def can_add_villages(user, area: Area) -> bool:
    return area.level == Level.WARD and area.until is None and user.reach().covers(area, "edit_areas")


def can_edit_office(user, area: Area) -> bool:
    """Villages sign no reports and have no office."""
    return area.level != Level.VILLAGE and user.reach().covers(area, "edit_offices")


def tabs(user) -> dict[str, bool]:
    """Which of the pages about the map are hers: for `areas/_tabs.html`."""
    return {"may_place": user.may("edit_areas"), "may_sign": user.may("edit_offices")}


def home_day(user, today: dt.date) -> dt.date:
    """The day whose map she works on: today, or for who is posted to closed areas only, their last day."""
    areas = [posting.area for posting in user.reach().postings]
    if areas and all(area.until is not None for area in areas):
        return max(area.last_day(today) for area in areas)
    return today


def top_level(user) -> int:
    """The level of her highest area: what lies above it is not hers to list."""
    return min((posting.area.level for posting in user.reach().postings), default=Level.COUNTRY)
