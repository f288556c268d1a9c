"""People who are likely written down twice, and the decisions on them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from intake.duplicate_people import likely_people
from intake.duplicates import homes_of, likely_pairs
from intake.models import PersonPair
from residents.actions.merging import merge_residents, unmerge_residents
from residents.models import Resident

from .pairs import SHOWN, asked_scope, back_to, merged_pairs, one_of, two_of

LIST = "intake:duplicate_people"


@require_GET
def duplicate_people(request):
    wards, scope = asked_scope(request)
    homes = homes_of(scope.villages)
    alike = {frozenset((pair.first.pk, pair.second.pk)) for pair in likely_pairs(homes)}
    pairs = likely_people(homes, apart=alike)
    merged = PersonPair.objects.select_related("first__household__village", "second__household__village")
    shown = {"wards": wards, "scope": scope, "pairs": pairs[:SHOWN], "count": len(pairs), "homes_count": len(alike)}
    return render(
        request, "intake/duplicate_people.html", shown | {"merged": merged_pairs(merged, Resident, request.user)}
    )


@require_POST
def person_merge(request, pk, other):
    """Person `pk` is person `other`, and lives where that one does."""
    resident, into = two_of(Resident, request.user, pk, other)
    now = timezone.now()
    try:
        with transaction.atomic():
            done = merge_residents(by=request.user, resident=resident, into=into, on=timezone.localdate(now), now=now)
            PersonPair.objects.create(first=resident, second=into, done=done, decided_by=request.user, decided_at=now)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"Đã gộp: {into} ở hộ mã {into.household.code}. Hoàn tác được ở cuối trang.")
    return back_to(LIST, request, into.household.village_id)


@require_POST
def person_apart(request, pk, other):
    resident, second = two_of(Resident, request.user, pk, other)
    if resident.pk != second.pk:
        PersonPair.objects.create(first=resident, second=second, decided_by=request.user, decided_at=timezone.now())
        messages.success(request, "Đã ghi nhận: hai người khác nhau.")
    return back_to(LIST, request, resident.household.village_id)


@require_POST
def person_undo(request, pk):
    """Take the merge of person `pk` back."""
    resident = one_of(Resident, request.user, pk)
    pair = PersonPair.objects.filter(first=resident, undone_at=None).exclude(done__isnull=True).first()
    if pair is None:
        return back_to(LIST, request, resident.household.village_id)
    now = timezone.now()
    try:
        with transaction.atomic():
            unmerge_residents(by=request.user, resident=resident, done=pair.done, now=now)
            pair.undone_at = now
            pair.save(update_fields=["undone_at"])
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"Đã tách lại {resident}.")
    return back_to(LIST, request, resident.household.village_id)
