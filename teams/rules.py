"""Who may do what with a team. Who sees one is `Team.objects.visible_to(user)`."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.rules import Can
from areas.models import Area, AreaLink, Level

from .models import Team


def can_edit(user, team: Team) -> bool:
    """A team belongs to its home area: who only has a village that it serves sees it and does not change it."""
    return user.reach().covers(team.home_area, Can.EDIT_TEAMS)


def can_staff(user, team: Team) -> bool:
    """Members, villages and the end of a team change only while it is at work."""
    return team.until is None and can_edit(user, team)


def can_reopen(user, team: Team) -> bool:
    return team.until is not None and can_edit(user, team)


def wards_to_edit(user) -> QuerySet[Area]:
    """The wards in which she may found teams."""
    return user.reach().areas(Can.EDIT_TEAMS).open().at(Level.WARD).in_order()


def places_to_edit(user, ward: Area, day) -> QuerySet[Area]:
    """The ward and its villages as of `day`, as far as they are hers: where a team may be at home."""
    hers = user.reach().areas(Can.EDIT_TEAMS)
    return Area.objects.open().under(ward, day).filter(pk__in=hers.values("pk")).in_order()


def places_to_norm(user) -> QuerySet[Area]:
    """Where she may set how many members a team should have: a province's matter, by its staff or an administrator."""
    reach = user.reach()
    if reach.everywhere(Can.ADMINISTER):
        return Area.objects.open()
    own = [posting.area_id for posting in reach.postings if posting.area.level <= Level.PROVINCE]
    setting = [pk for pk in own if pk in reach.area_ids(Can.MAKE_REPORTS)]
    return Area.objects.open().filter(links_up__in=AreaLink.objects.open().filter(ancestor__in=setting))
