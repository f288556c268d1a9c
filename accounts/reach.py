"""The one gate: what areas a user's open postings cover, and so which rows she sees.

Every model with rows of an area has `visible_to(user)`, and each of them asks here. Rights are given as `Can` or by
their text ("see_people"): apps below this one do not know `Can`.
"""

from __future__ import annotations

import datetime as dt
import time
from functools import cached_property
from typing import TYPE_CHECKING

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from areas.models import Area, AreaLink, Level, Reorganisation, ReorganisationPart

from .rules import PERSONAL, ROLE_CAN, Can, Role

if TYPE_CHECKING:
    from .models import Posting, User


# Parts of reorganisations that were carried out, from areas that ended.
PARTS = (
    "areas_reorganisationpart part "
    "JOIN areas_reorganisation event ON event.id = part.reorganisation_id AND event.state = 'carried_out' "
    "JOIN areas_area ended ON ended.id = part.from_area_id AND ended.until IS NOT NULL"
)


class Reach:
    """Worked out once for a user object, that is, once for a request; see `is_fresh`."""

    LASTS = 60  # seconds; a job that keeps a user for hours reads her postings again

    def __init__(self, user: User):
        self.user = user
        self.read_at = time.monotonic()
        self._heirs: dict[tuple[int, ...], list[int]] = {}

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self.read_at < self.LASTS

    @cached_property
    def postings(self) -> list[Posting]:
        if not self.user.is_active:
            return []
        return list(self.user.postings.current().select_related("area"))

    @cached_property
    def is_superuser(self) -> bool:
        return self.user.is_active and self.user.is_superuser

    @cached_property
    def unlocked(self) -> bool:
        """Has a superuser opened personal rows, with a reason, within the last hour?"""
        return self.is_superuser and self.user.unlocks.current().exists()

    def may(self, can: Can | str) -> bool:
        """May she do this anywhere at all?"""
        can = Can(can)
        if self.is_superuser:
            return self.unlocked if can in PERSONAL else True
        return any(can in ROLE_CAN[Role(posting.role)] for posting in self.postings)

    def area_ids(self, can: Can | str) -> list[int]:
        """The posted areas (not what lies below them) where she may do this."""
        can = Can(can)
        if self.is_superuser:
            return self._countries if self.may(can) else []
        return [posting.area_id for posting in self.postings if can in ROLE_CAN[Role(posting.role)]]

    @cached_property
    def _countries(self) -> list[int]:
        return list(Area.objects.at(Level.COUNTRY).values_list("pk", flat=True))

    def everywhere(self, can: Can | str) -> bool:
        """May she do this in the whole country?"""
        can = Can(can)
        if self.is_superuser:
            return self.may(can)
        return any(
            posting.area.level == Level.COUNTRY and can in ROLE_CAN[Role(posting.role)] for posting in self.postings
        )

    def areas(self, can: Can | str) -> QuerySet[Area]:
        """Areas that lie in reach by today's tree, those posted to included."""
        links = AreaLink.objects.open().filter(ancestor__in=self.area_ids(can))
        return Area.objects.filter(pk__in=links.values("descendant"))

    def areas_ever(self, can: Can | str) -> QuerySet[Area]:
        """`areas`, and the closed ones that are hers now.

        A closed area belongs to where its main successor lies today; one that ended without a successor, to where it
        lay last. So what was never moved out of it has one place at any time, even when a ward was divided.
        """
        if self.everywhere(can):
            return Area.objects.all()
        return Area.objects.filter(self._held_by(self.area_ids(can)))

    def villages(self, can: Can | str) -> QuerySet:
        """Ids of the villages in reach, as a subquery: the gate of households and all that is theirs."""
        return self.areas_ever(can).at(Level.VILLAGE).values("pk")

    def covers(self, area: Area, can: Can | str) -> bool:
        """Does `area` lie in reach by today's tree (a closed area: see `areas_ever`)?"""
        return self.areas_ever(can).filter(pk=area.pk).exists()

    def posting_covers(self, posting: Posting, area: Area, *, strictly: bool) -> bool:
        """Does `area` lie in the area of this posting of hers; `strictly`: below it?"""
        if posting.area_id == area.pk:
            return not strictly
        return Area.objects.filter(self._held_by([posting.area_id]), pk=area.pk).exists()

    def people(self, can: Can | str) -> QuerySet:
        """Ids of the users who work below her own areas, and her own."""
        own = self.area_ids(can)
        postings = self.user.postings.model.objects.current()
        below = postings.filter(area__in=self.areas_ever(can)).exclude(area__in=own)
        users = type(self.user).objects.filter(Q(pk__in=below.values("user")) | Q(pk=self.user.pk))
        return users.values("pk")

    def _held_by(self, own: list[int]) -> Q:
        """The condition on areas of `areas_ever`."""
        if not own:
            return Q(pk__in=[])
        heirs_of = tuple(sorted(own))
        if heirs_of not in self._heirs:
            today = AreaLink.objects.open().filter(ancestor__in=own).values("descendant")
            self._heirs[heirs_of] = predecessors(today, main_only=True)
        inherited = self._heirs[heirs_of]
        today = AreaLink.objects.open().filter(ancestor__in=own)
        ended_here = AreaLink.objects.filter(
            Q(ancestor__in=inherited) | Q(ancestor__in=own) & ~_was_succeeded("ancestor"),
            ~_was_succeeded("descendant"),
            until=F("descendant__until"),
        )
        return Q(pk__in=today.values("descendant")) | Q(pk__in=inherited) | Q(pk__in=ended_here.values("descendant"))

    def sees_figures(self, area: Area, day: dt.date) -> bool:
        """May she see the aggregates of `area` as of `day`?"""
        return self.visible_areas(day).filter(pk=area.pk).exists()

    def visible_areas(self, day: dt.date) -> QuerySet[Area]:
        """Areas in force on `day` whose aggregates she may see.

        What is hers today and what lay in her areas that day; the areas above her own; and closed areas that became,
        by whatever reorganisations, areas of hers or part of them ("Số liệu trước 01/7/2025"), with what lay in them
        and the closed areas above them.
        """
        own = self.area_ids(Can.SEE_FIGURES)
        if not own:
            return Area.objects.none()
        links = AreaLink.objects.on(day)
        if self.everywhere(Can.SEE_FIGURES):
            return Area.objects.filter(pk__in=links.filter(depth=0).values("descendant"))
        became_own, became_hers = self._figures_before
        below = links.filter(ancestor__in=[*own, *became_own, *became_hers])
        hers = links.filter(depth=0, descendant__in=self.areas(Can.SEE_FIGURES))
        above = links.filter(descendant__in=[*own, *became_own])
        closed_above = links.filter(descendant__in=became_hers, ancestor__until__isnull=False)
        return Area.objects.filter(
            Q(pk__in=below.values("descendant"))
            | Q(pk__in=hers.values("descendant"))
            | Q(pk__in=above.values("ancestor"))
            | Q(pk__in=closed_above.values("ancestor"))
        )

    @cached_property
    def _figures_before(self) -> tuple[list[int], list[int]]:
        """Predecessors of her own areas, and those of the areas below them."""
        own = self.area_ids(Can.SEE_FIGURES)
        became_own, became_hers = _predecessors([own, self.areas(Can.SEE_FIGURES).values("pk")], main_only=False)
        return became_own, became_hers


def predecessors(areas, *, main_only: bool = False) -> list[int]:
    """Ids of closed areas that became one of `areas` or part of it, over any number of reorganisations.

    `areas` are ids or a subquery of ids; `main_only` follows the main successor alone, of which there is one.
    """
    return _predecessors([areas], main_only=main_only)[0]


def _predecessors(groups: list, *, main_only: bool) -> list[list[int]]:
    """Those of each of some groups of areas, in one query."""
    became = "part.from_area_id <> part.to_area_id" + (" AND part.is_main" if main_only else "")
    first, values = [], []
    for number, areas in enumerate(groups):
        sources, ids = _ids_in_sql(areas)
        if sources:
            first.append(
                f"SELECT {number}, part.from_area_id FROM {PARTS} WHERE {became} AND part.to_area_id IN ({sources})"
            )
            values += ids
    found: list[list[int]] = [[] for _ in groups]
    if first:
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH RECURSIVE earlier (number, pk) AS ({' UNION '.join(first)} UNION "
                f"SELECT earlier.number, part.from_area_id FROM {PARTS} JOIN earlier ON earlier.pk = part.to_area_id "
                f"WHERE {became}) SELECT number, pk FROM earlier ORDER BY pk",
                values,
            )
            for number, pk in cursor.fetchall():
                found[number].append(pk)
    return found


def _ids_in_sql(areas) -> tuple[str, tuple]:
    """Ids, or a subquery of them, as they stand inside `IN (…)`; nothing where there are none."""
    if isinstance(areas, QuerySet):
        try:
            return areas.query.sql_with_params()
        except EmptyResultSet:
            return "", ()
    return ", ".join(["%s"] * len(areas)), tuple(areas)


def _was_succeeded(end: str) -> Exists:
    """Did the area at this end of a link become another?"""
    return Exists(
        ReorganisationPart.objects.filter(
            from_area=OuterRef(end), reorganisation__state=Reorganisation.State.CARRIED_OUT
        ).exclude(to_area=F("from_area"))
    )
