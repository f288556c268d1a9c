"""Households that are likely one, and the decisions on them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from intake.duplicates import homes_of, likely_pairs, same_people
from intake.models import Pair
from residents.actions.merging import merge_households, unmerge_households
from residents.models import Household

from .pairs import SHOWN, asked_scope, back_to, merged_pairs, one_of, two_of

LIST = "intake:duplicate_list"


@require_GET
def duplicate_list(request):
    wards, scope = asked_scope(request)
    pairs = likely_pairs(homes_of(scope.villages))
    merged = Pair.objects.select_related("first__village", "second__village")
    shown = {"wards": wards, "scope": scope, "pairs": pairs[:SHOWN], "count": len(pairs)}
    return render(
        request, "intake/duplicate_list.html", shown | {"merged": merged_pairs(merged, Household, request.user)}
    )


@require_POST
def duplicate_merge(request, pk, other):
    """Household `pk` is household `other`."""
    household, into = two_of(Household, request.user, pk, other)
    now = timezone.now()
    try:
        with transaction.atomic():
            same = same_people(household, into)
            done = merge_households(
                by=request.user, household=household, into=into, same=same, on=timezone.localdate(now), now=now
            )
            Pair.objects.create(first=household, second=into, done=done, decided_by=request.user, decided_at=now)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"Đã gộp {household} vào hộ mã {into.code}. Hoàn tác được ở cuối trang.")
    return back_to(LIST, request, into.village_id)


@require_POST
def duplicate_apart(request, pk, other):
    household, second = two_of(Household, request.user, pk, other)
    if household.pk != second.pk:
        Pair.objects.create(first=household, second=second, decided_by=request.user, decided_at=timezone.now())
        messages.success(request, "Đã ghi nhận: hai hộ khác nhau.")
    return back_to(LIST, request, household.village_id)


@require_POST
def duplicate_undo(request, pk):
    """Take the merge of household `pk` back."""
    household = one_of(Household, request.user, pk)
    pair = Pair.objects.filter(first=household, undone_at=None).exclude(done__isnull=True).first()
    if pair is None:
        return back_to(LIST, request, household.village_id)
    now = timezone.now()
    try:
        with transaction.atomic():
            unmerge_households(by=request.user, household=household, done=pair.done, now=now)
            pair.undone_at = now
            pair.save(update_fields=["undone_at"])
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"Đã tách lại {household}.")
    return back_to(LIST, request, household.village_id)
