"""Households that are likely one, and the decisions on them."""

from __future__ import annotations

from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from intake.duplicates import homes_of, likely_pairs, same_people
from intake.models import Pair
from residents.actions.merging import merge_households, unmerge_households
from residents.models import Household

from .pairs import Decisions, asked_scope

HOMES = Decisions(
    page="intake:duplicate_list",
    what="Hộ",
    shown_by="intake/_duplicate_home.html",
    model=Household,
    pairs=Pair,
    join=lambda row, into, **when: merge_households(household=row, into=into, same=same_people(row, into), **when),
    part=lambda row, **when: unmerge_households(household=row, **when),
    joined="Đã gộp {row} vào hộ mã {into.code}.",
    apart="Đã ghi nhận: hai hộ khác nhau.",
)


@require_GET
def duplicate_list(request):
    wards, scope = asked_scope(request)
    pairs = likely_pairs(homes_of(scope.villages))
    return render(request, "intake/duplicate_list.html", HOMES.shown(request.user, wards, scope, pairs))


@require_POST
def duplicate_merge(request, pk, other):
    return HOMES.merge(request, pk, other)


@require_POST
def duplicate_apart(request, pk, other):
    return HOMES.keep_apart(request, pk, other)


@require_POST
def duplicate_undo(request, pk):
    return HOMES.undo(request, pk)
