"""People who are likely written down twice, and the decisions on them."""

from __future__ import annotations

from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from intake.duplicate_people import likely_people
from intake.duplicates import homes_of, likely_pairs
from intake.models import PersonPair
from residents.actions.merging import merge_residents, unmerge_residents
from residents.models import Resident

from .pairs import Decisions, asked_scope

PEOPLE = Decisions(
    page="intake:duplicate_people",
    what="Người",
    shown_by="intake/_duplicate_person.html",
    model=Resident,
    pairs=PersonPair,
    join=lambda row, into, **when: merge_residents(resident=row, into=into, **when),
    part=lambda row, **when: unmerge_residents(resident=row, **when),
    joined="Đã gộp: {into} ở hộ mã {into.household.code}.",
    apart="Đã ghi nhận: hai người khác nhau.",
)


@require_GET
def duplicate_people(request):
    wards, scope = asked_scope(request)
    homes = homes_of(scope.villages)
    alike = {frozenset((pair.first.pk, pair.second.pk)) for pair in likely_pairs(homes)}
    shown = PEOPLE.shown(request.user, wards, scope, likely_people(homes, apart=alike))
    return render(request, "intake/duplicate_people.html", shown | {"homes_count": len(alike)})


@require_POST
def person_merge(request, pk, other):
    return PEOPLE.merge(request, pk, other)


@require_POST
def person_apart(request, pk, other):
    return PEOPLE.keep_apart(request, pk, other)


@require_POST
def person_undo(request, pk):
    return PEOPLE.undo(request, pk)
