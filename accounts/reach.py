"""The one gate: what areas a user's open postings cover, and so which rows she sees.

Every model with rows of an area has `visible_to(user)`, and each of them asks here.
"""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet

from areas.models import Area, AreaLink, Level, ReorganisationPart

from .rules import ROLE_CAN, Can, Role

if TYPE_CHECKING:
    from .models import Posting, User


class Reach:
    """Worked out once for a user object (that is, once for a request)."""

    def __init__(self, user: User):
        self.user = user

    @cached_property
    def postings(self) -> list[Posting]:
        if not self.user.is_active:
            return []
        return list(self.user.postings.current().select_related("area"))

    @cached_property
    def unlocked(self) -> bool:
        """Has a superuser opened personal rows, with a reason, within the last hour?"""
        return self.user.is_superuser and self.user.unlocks.current().exists()

    def may(self, can: Can) -> bool:
        """May she do this anywhere at all?"""
        if self.user.is_superuser and self.user.is_active:
            return self.unlocked if can in _PERSONAL else True
        return any(can in ROLE_CAN[Role(posting.role)] for posting in self.postings)

    def area_ids(self, can: Can) -> list[int]:
        """The posted areas (not what lies below them) where she may do this."""
        if self.user.is_superuser and self.user.is_active:
            if can in _PERSONAL and not self.unlocked:
                return []
            return list(Area.objects.at(Level.COUNTRY).values_list("pk", flat=True))
        return [posting.area_id for posting in self.postings if can in ROLE_CAN[Role(posting.role)]]

    def areas(self, can: Can) -> QuerySet[Area]:
        """Areas that lie in reach by today's tree, those posted to included."""
        links = AreaLink.objects.open().filter(ancestor__in=self.area_ids(can))
        return Area.objects.filter(pk__in=links.values("descendant"))

    def villages(self, can: Can) -> QuerySet:
        """Ids of the villages in reach by today's tree, as a subquery.

        A closed village keeps the rows of the households that were never moved out of it: it is reached through the
        last link that it had.
        """
        return (
            AreaLink.objects.filter(ancestor__in=self.area_ids(can), descendant__level=Level.VILLAGE)
            .filter(Q(until=None) | Q(until=F("descendant__until")))
            .values("descendant")
        )

    def covers(self, area: Area, can: Can) -> bool:
        """Does `area` lie in reach by today's tree (a closed area: by its last one)?"""
        return self._linked(self.area_ids(can), area)

    def posting_covers(self, posting: Posting, area: Area, *, strictly: bool) -> bool:
        if strictly and posting.area_id == area.pk:
            return False
        return self._linked([posting.area_id], area)

    @staticmethod
    def _linked(ancestors: list[int], area: Area) -> bool:
        return (
            AreaLink.objects.filter(ancestor__in=ancestors, descendant=area)
            .filter(Q(until=None) | Q(until=F("descendant__until")))
            .exists()
        )

    def sees_figures(self, area: Area, day: dt.date) -> bool:
        """May she see the aggregates of `area` as of `day`?

        Her own subtree as it was that day; the totals of the areas above her own; and closed areas that became, by
        whatever reorganisations, areas of hers ("Số liệu trước 01/7/2025").
        """
        return self.visible_areas(day).filter(pk=area.pk).exists()

    def visible_areas(self, day: dt.date) -> QuerySet[Area]:
        """Areas whose aggregates she may see as of `day`."""
        own = self.area_ids(Can.SEE_FIGURES)
        if not own:
            return Area.objects.none()
        known = [*own, *predecessors(own)]
        below = AreaLink.objects.on(day).filter(ancestor__in=known).values("descendant")
        above = AreaLink.objects.on(day).filter(descendant__in=known).values("ancestor")
        return Area.objects.filter(Q(pk__in=below) | Q(pk__in=above))


def predecessors(area_ids: list[int]) -> list[int]:
    """Closed areas that became one of `area_ids` or part of it, over any number of reorganisations."""
    found: set[int] = set()
    frontier = set(area_ids)
    while frontier:
        frontier = (
            set(
                ReorganisationPart.objects.filter(to_area__in=frontier, reorganisation__state="carried_out")
                .exclude(from_area=F("to_area"))
                .values_list("from_area", flat=True)
            )
            - found
            - set(area_ids)
        )
        found |= frontier
    return sorted(found)


_PERSONAL = {Can.SEE_PEOPLE, Can.RECORD_VISITS, Can.EDIT_PEOPLE, Can.EXPORT_PEOPLE}
