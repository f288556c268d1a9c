"""What the pages of likely duplicates share: where to look, both rows behind the gate, and deciding on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.rules import Can
from areas.models import Area, AreaLink
from intake.duplicates import Likely
from intake.models import DecidedPair
from residents.models import Household, Resident
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


@dataclass(frozen=True)
class Decisions:
    """How two rows of `model` become one, stay two, or part again: what the buttons of the page `page` do.

    `join(row, into, by=, on=, now=)` returns what `part(row, by=, done=, now=)` takes it back with; `pairs` keeps it.
    """

    page: str
    what: str
    shown_by: str  # the template of a row
    model: type[Household | Resident]
    pairs: type[DecidedPair]
    join: Callable[..., dict]
    part: Callable[..., object]
    joined: str  # sentences; of `row` and `into`
    apart: str

    def shown(self, user, wards: list[WardScopes], scope: Scope, pairs: list[Likely]) -> dict:
        """What the page tells of what was found."""
        return {
            "what": self.what,
            "shown_by": self.shown_by,
            "wards": wards,
            "scope": scope,
            "pairs": pairs[:SHOWN],
            "count": len(pairs),
            "merged": self._merged(user),
        }

    def merge(self, request: HttpRequest, pk, other):
        """Row `pk` is row `other`, and is where that one is."""
        row, into = self._two_of(request.user, pk, other)
        now = timezone.now()
        try:
            with transaction.atomic():
                done = self.join(row, into, by=request.user, on=timezone.localdate(now), now=now)
                self.pairs.objects.create(first=row, second=into, done=done, decided_by=request.user, decided_at=now)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, self.joined.format(row=row, into=into) + " Hoàn tác được ở cuối trang.")
        return self._back(request, into)

    def keep_apart(self, request: HttpRequest, pk, other):
        row, second = self._two_of(request.user, pk, other)
        if row.pk != second.pk:
            self.pairs.objects.create(first=row, second=second, decided_by=request.user, decided_at=timezone.now())
            messages.success(request, self.apart)
        return self._back(request, row)

    def undo(self, request: HttpRequest, pk):
        """Take the merge of row `pk` back."""
        row, _ = self._two_of(request.user, pk, pk)
        pair = self.pairs.objects.filter(first=row, undone_at=None).exclude(done__isnull=True).first()
        if pair is None:
            return self._back(request, row)
        now = timezone.now()
        try:
            with transaction.atomic():
                self.part(row, by=request.user, done=pair.done, now=now)
                pair.undone_at = now
                pair.save(update_fields=["undone_at"])
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, f"Đã tách lại {row}.")
        return self._back(request, row)

    def _merged(self, user):
        """The latest merges that she can take back; both rows are hers."""
        mine = self._hers(user).values("pk")
        pairs = self.pairs.objects.filter(first__in=mine, second__in=mine, undone_at=None)
        home = "household__village" if self.model is Resident else "village"
        merged = pairs.exclude(done__isnull=True).select_related(f"first__{home}", f"second__{home}")
        return merged[:UNDONE_SHOWN]

    def _two_of(self, user, pk, other) -> tuple:
        """Both rows: what is not hers is not there, what she may not change is refused."""
        visible = self.model.objects.visible_to(user)
        found = get_object_or_404(visible, pk=pk), get_object_or_404(visible, pk=other)
        if self._hers(user).filter(pk__in=[pk, other]).count() < len({pk, other}):
            raise PermissionDenied
        return found

    def _hers(self, user):
        return self.model.objects.visible_to(user, Can.EDIT_PEOPLE)

    def _back(self, request: HttpRequest, row: Household | Resident):
        """The list that she came from; else that of the village."""
        home = row.household if isinstance(row, Resident) else row
        asked = request.POST.get("thon", "")
        response = redirect(self.page)
        response["Location"] += f"?thon={asked if asked.isdecimal() else home.village_id}"
        return response
