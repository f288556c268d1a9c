from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.rules import Can
from residents import actions
from residents.forms.careful import tell
from residents.forms.households import ResidentForm, ResidentLeaveForm
from residents.models import Household

from .gate import household_of, resident_of


@require_http_methods(["GET", "POST"])
def resident_add(request, pk):
    household = household_of(request.user, pk, Can.EDIT_PEOPLE)
    today = timezone.localdate()
    form = ResidentForm(request.POST or None, today=today, initial={"since": today})
    if request.method == "POST" and form.is_valid():
        try:
            resident = actions.add_resident(
                by=request.user,
                household=household,
                person=form.person(),
                since=form.cleaned_data["since"],
                today=today,
            )
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, f"Đã thêm {resident} vào hộ.")
            again = "again" in request.POST
            return redirect("residents:resident_add" if again else "residents:household_detail", pk)
    return render(request, "residents/resident_add.html", {"form": form, "household": household})


@require_http_methods(["GET", "POST"])
def resident_edit(request, pk, resident_pk):
    household = household_of(request.user, pk, Can.EDIT_PEOPLE)
    resident = resident_of(household, resident_pk)
    if resident.forgotten_at is not None:
        raise PermissionDenied
    today = timezone.localdate()
    form = ResidentForm.of(resident, today=today, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_resident(by=request.user, resident=resident, today=today, **form.changes())
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, "Đã lưu.")
            return redirect("residents:household_detail", pk)
    shown = {"household": household, "resident": resident, "may_forget": request.user.may(Can.FORGET_PEOPLE)}
    return render(request, "residents/resident_edit.html", {"form": form, **shown})


@require_http_methods(["GET", "POST"])
def resident_leave(request, pk, resident_pk):
    household = household_of(request.user, pk, Can.EDIT_PEOPLE)
    resident = resident_of(household, resident_pk)
    form = ResidentLeaveForm(request.POST or None, today=timezone.localdate(), whys=actions.Why.choices)
    if request.method == "POST" and form.is_valid():
        try:
            _leave(request.user, household, resident, form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, f"Đã ghi {resident} rời hộ.")
            return redirect("residents:household_detail", pk)
    return render(
        request, "residents/resident_leave.html", {"form": form, "household": household, "resident": resident}
    )


def _leave(user, household, resident, data) -> None:
    today = timezone.localdate()
    if data["why"] != ResidentLeaveForm.TO_HOUSEHOLD:
        actions.resident_leaves(by=user, resident=resident, on=data["on"], why=data["why"], today=today)
        return
    others = Household.objects.visible_to(user, Can.EDIT_PEOPLE).present().filter(village=household.village_id)
    to = others.filter(code__iexact=data["to_code"]).first()
    if to is None:
        raise ValidationError({"to_code": f"{household.village} không có hộ nào mang mã “{data['to_code']}”."})
    try:
        actions.move_resident(by=user, resident=resident, to=to, on=data["on"], today=today)
    except ValidationError as error:
        known = {"since": "on", "to": "to_code"}
        raise ValidationError({known.get(name, name): why for name, why in error.error_dict.items()}) from error


@require_POST
def resident_head(request, pk, resident_pk):
    household = household_of(request.user, pk, Can.EDIT_PEOPLE)
    resident = resident_of(household, resident_pk)
    try:
        actions.set_head(by=request.user, household=household, resident=resident)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, f"Chủ hộ là {resident}.")
    return redirect("residents:household_detail", pk)
