"""Likely duplicates of a village, and the decisions on them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.rules import Can
from intake.duplicates import likely_pairs, same_people
from intake.models import Pair
from residents.actions.merging import merge_households, unmerge_households
from residents.models import Household
from residents.views.gate import villages_of

SHOWN = 50


@require_GET
def duplicate_list(request):
    user = request.user
    if not user.may(Can.EDIT_PEOPLE):
        raise PermissionDenied
    villages = list(villages_of(user, Can.EDIT_PEOPLE))
    asked = request.GET.get("thon", "")
    village = next((each for each in villages if str(each.pk) == asked), villages[0] if villages else None)
    pairs = likely_pairs(village) if village else []
    decided = Pair.objects.filter(first__in=_hers(user), undone_at=None).exclude(done=None)
    context = {"villages": villages, "village": village, "pairs": pairs[:SHOWN], "count": len(pairs)}
    merged = decided.select_related("first__village", "second", "decided_by")[:20]
    return render(request, "intake/duplicate_list.html", context | {"merged": merged})


def _hers(user):
    return Household.objects.visible_to(user, Can.EDIT_PEOPLE)


def _two(request, pk, other) -> tuple[Household, Household]:
    households = Household.objects.visible_to(request.user)
    found = get_object_or_404(households, pk=pk), get_object_or_404(households, pk=other)
    if _hers(request.user).filter(pk__in=[pk, other]).count() < len({pk, other}):
        raise PermissionDenied
    return found


def _back(household: Household):
    response = redirect("intake:duplicate_list")
    response["Location"] += f"?thon={household.village_id}"
    return response


@require_POST
def duplicate_merge(request, pk, other):
    """Household `pk` is household `other`."""
    household, into = _two(request, pk, other)
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
    return _back(into)


@require_POST
def duplicate_apart(request, pk, other):
    household, second = _two(request, pk, other)
    if household.pk != second.pk:
        Pair.objects.create(first=household, second=second, decided_by=request.user, decided_at=timezone.now())
        messages.success(request, "Đã ghi nhận: hai hộ khác nhau.")
    return _back(household)


@require_POST
def duplicate_undo(request, pk):
    """Take the merge of household `pk` back."""
    household = get_object_or_404(Household.objects.visible_to(request.user), pk=pk)
    if not _hers(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    pair = Pair.objects.filter(first=household, undone_at=None).exclude(done=None).first()
    if pair is None:
        return _back(household)
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
    return _back(household)
