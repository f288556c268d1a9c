"""Erasing the personal data of a person or a household, at their request: for the official of the ward."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from residents.forgetting import forget_household, forget_resident, may_forget
from residents.forms.careful import tell
from residents.forms.forgetting import ForgetForm

from .gate import household_of, resident_of

DONE = "Đã xóa thông tin cá nhân. Số liệu không thay đổi."


@require_http_methods(["GET", "POST"])
def household_forget(request, pk):
    household = household_of(request.user, pk)
    _demand_right(request.user, household)
    people = household.residents.filter(merged_into=None, forgotten_at=None)
    return _forget(request, household, partial(forget_household, household=household), people=people)


@require_http_methods(["GET", "POST"])
def resident_forget(request, pk, resident_pk):
    household = household_of(request.user, pk)
    resident = resident_of(household, resident_pk)
    _demand_right(request.user, household)
    return _forget(request, household, partial(forget_resident, resident=resident), resident=resident)


def _demand_right(user, household) -> None:
    """Asked last: who it is must be hers to see first, or the refusal would tell that it exists."""
    if not may_forget(user, household.village_id):
        raise PermissionDenied


def _forget(request, household, action, **shown):
    form = ForgetForm(request.POST or None, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            action(by=request.user, at=timezone.now(), **form.told())
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, DONE)
            return redirect("residents:household_detail", household.pk)
    return render(request, "residents/forget.html", {"form": form, "household": household, **shown})
