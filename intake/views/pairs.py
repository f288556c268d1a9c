"""What the pages of likely duplicates share: where to look, and both rows behind the gate."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect

from accounts.rules import Can
from areas.models import Area, AreaLink
from residents.views.gate import need, villages_of

SHOWN = 50
UNDONE_SHOWN = 20


@dataclass(frozen=True)
class Scope:
    """A village, or all villages of a ward that she may edit; `label` among the places of its ward."""

    key: str
    name: str
    label: str
    villages: list[Area]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class WardScopes:
    ward: Area
    scopes: list[Scope]


def asked_scope(request: HttpRequest) -> tuple[list[WardScopes], Scope]:
    """Where she may look for duplicates, by ward; and where she asked to, at first her first ward as a whole."""
    need(request.user, Can.EDIT_PEOPLE)
    wards = _wards_of(request.user)
    scopes = {scope.key: scope for ward in wards for scope in ward.scopes}
    first = next(iter(scopes.values()), Scope("", "", "", []))
    return wards, scopes.get(request.GET.get("thon", ""), first)


def _wards_of(user) -> list[WardScopes]:
    villages = villages_of(user, Can.EDIT_PEOPLE)
    links = AreaLink.objects.open().filter(depth=1, descendant__in=villages.order_by().values("pk"))
    above = dict(links.values_list("descendant", "ancestor"))
    wards: dict[int, list[Area]] = {}
    for village in villages:
        wards.setdefault(above[village.pk], []).append(village)
    areas = Area.objects.in_bulk(wards)
    return [WardScopes(areas[pk], _scopes(areas[pk], several)) for pk, several in wards.items()]


def _scopes(ward: Area, villages: list[Area]) -> list[Scope]:
    each = [Scope(str(village.pk), village.name, village.name, [village]) for village in villages]
    whole = Scope(str(ward.pk), ward.name, "Mọi thôn, tổ dân phố", villages)
    return [whole, *each] if len(each) > 1 else each


def two_of(model, user, pk, other) -> tuple:
    """Both rows: what is not hers is not there, what she may not change is refused."""
    visible = model.objects.visible_to(user)
    found = get_object_or_404(visible, pk=pk), get_object_or_404(visible, pk=other)
    if hers(model, user).filter(pk__in=[pk, other]).count() < len({pk, other}):
        raise PermissionDenied
    return found


def one_of(model, user, pk):
    return two_of(model, user, pk, pk)[0]


def hers(model, user):
    return model.objects.visible_to(user, Can.EDIT_PEOPLE)


def merged_pairs(pairs, model, user):
    """The latest merges that she can take back; both rows are hers."""
    mine = hers(model, user).values("pk")
    return pairs.filter(first__in=mine, second__in=mine, undone_at=None).exclude(done__isnull=True)[:UNDONE_SHOWN]


def back_to(name: str, request: HttpRequest, village_id: int):
    """The list that she came from; else that of the village."""
    asked = request.POST.get("thon", "")
    response = redirect(name)
    response["Location"] += f"?thon={asked if asked.isdecimal() else village_id}"
    return response
