"""How many members a team should have. The norm warns and never blocks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from .models import Member, SizeNorm, Team


@dataclass(frozen=True)
class Size:
    """The members of a team beside the norm of its place."""

    members: int
    least: int | None
    most: int | None

    @property
    def is_short(self) -> bool:
        return self.least is not None and self.members < self.least

    @property
    def is_over(self) -> bool:
        return self.most is not None and self.members > self.most

    @property
    def text(self) -> str:
        """ "4/7" against the least number, else the number alone."""
        return f"{self.members}/{self.least}" if self.is_short else str(self.members)

    @property
    def warning(self) -> str:
        if self.is_short:
            return f"{self.members}/{self.least} thành viên – dưới định mức, vẫn lưu."
        if self.is_over:
            return f"{self.members} thành viên – vượt định mức nhiều nhất {self.most}, vẫn lưu."
        return ""


def with_sizes(teams, day: dt.date):
    """Teams with `members_now`, `norm_least` and `norm_most` as of `day`: the norm of the nearest area that has one."""
    norms = (
        SizeNorm.objects.on(day)
        .filter(
            Q(area__links_down__until=None) | Q(area__links_down__until__gt=day),
            area__links_down__since__lte=day,
            area__links_down__descendant=OuterRef("home_area"),
        )
        .order_by("area__links_down__depth", "-since")
    )
    members = Member.objects.on(day).filter(team=OuterRef("pk")).order_by().values("team")
    return teams.annotate(
        members_now=Coalesce(Subquery(members.annotate(count=Count("pk")).values("count")), 0),
        norm_least=Subquery(norms.values("at_least")[:1]),
        norm_most=Subquery(norms.values("at_most")[:1]),
    )


def short_of_people(teams):
    """Of teams `with_sizes`, those below their norm."""
    return teams.filter(members_now__lt=F("norm_least"))


def size_of(team: Team) -> Size:
    """The size of a team that was read `with_sizes`."""
    return Size(team.members_now, team.norm_least, team.norm_most)
