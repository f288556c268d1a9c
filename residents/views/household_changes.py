"""Adding a household, changing it, and its ways out of a village and back."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.rules import Can
from residents import actions
from residents.forms.careful import tell
from residents.forms.households import (
    HouseholdAddForm,
    HouseholdEditForm,
    HouseholdMoveForm,
    LeaveForm,
    PeopleRows,
)
from residents.models import Household, Street

from .gate import household_of, need, villages_of


@require_http_methods(["GET", "POST"])
def household_add(request):
    user, today = request.user, timezone.localdate()
    need(user, Can.EDIT_PEOPLE)
    villages = villages_of(user, Can.EDIT_PEOPLE)
    data = request.POST or None
    form = HouseholdAddForm(data, villages=villages, today=today, initial=_first_village(request, villages))
    people = PeopleRows(data, prefix="people", form_kwargs={"today": today})
    if data and form.is_valid() and people.is_valid():
        household = _add(form, people, by=user, today=today)
        if household:
            messages.success(request, f"Đã thêm {household}, mã {household.code}.")
            again = "again" in request.POST
            return (
                redirect("residents:household_add") if again else redirect("residents:household_detail", household.pk)
            )
    streets = Street.objects.filter(village__in=villages.values("pk")).values_list("name", flat=True).distinct()
    return render(request, "residents/household_add.html", {"form": form, "people": people, "streets": streets[:300]})


def _add(form: HouseholdAddForm, people, *, by, today):
    """A form sent twice makes one household."""
    village, key = form.cleaned_data["village"], form.cleaned_data["key"]
    made = Household.objects.visible_to(by).filter(pk=key)
    if made.exists():
        return made.get()
    try:
        with transaction.atomic():
            return actions.add_household(
                by=by,
                village=village,
                head_name=form.cleaned_data["head_name"],
                since=form.cleaned_data["since"],
                today=today,
                people=[form.head(), *people.people()],
                counts=form.counts(),
                id=key,
                **form.household_fields(village, by=by),
            )
    except IntegrityError:  # the other tap came between the look and the writing
        return get_object_or_404(made)
    except ValidationError as error:
        tell(form, error)
        return None


def _first_village(request, villages) -> dict:
    chosen = request.GET.get("village")
    if chosen and chosen.isdecimal():
        return {"village": chosen}
    first = list(villages[:2])
    return {"village": first[0].pk} if len(first) == 1 else {}


@require_http_methods(["GET", "POST"])
def household_edit(request, pk):
    household = household_of(request.user, pk, Can.EDIT_PEOPLE)
    if household.forgotten_at is not None:
        raise PermissionDenied
    form = HouseholdEditForm.of(household, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                actions.edit_household(
                    by=request.user,
                    household=household,
                    head_name=form.cleaned_data["head_name"],
                    **form.household_fields(household.village, by=request.user),
                )
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, "Đã lưu thông tin hộ.")
            return redirect("residents:household_detail", pk)
    streets = household.village.streets.values_list("name", flat=True)
    return render(request, "residents/household_edit.html", {"form": form, "household": household, "streets": streets})


@require_http_methods(["GET", "POST"])
def household_move(request, pk):
    household = household_of(request.user, pk, Can.EDIT_PEOPLE)
    villages = villages_of(request.user, Can.EDIT_PEOPLE).exclude(pk=household.village_id)
    form = HouseholdMoveForm(request.POST or None, villages=villages, today=timezone.localdate())
    return _dated(
        request,
        household,
        form,
        actions.move_household,
        title="Chuyển thôn, tổ dân phố",
        text="Mã hộ, nhân khẩu và mọi ghi nhận đi cùng hộ. Số liệu trước ngày chuyển vẫn tính cho nơi cũ.",
        button="Chuyển hộ",
        done="Đã chuyển hộ.",
        missing="" if villages else "Bạn chỉ phụ trách một thôn, tổ dân phố. Đề nghị phường, xã chuyển hộ này.",
    )


@require_http_methods(["GET", "POST"])
def household_leave(request, pk):
    household = household_of(request.user, pk, Can.EDIT_PEOPLE)
    form = LeaveForm(request.POST or None, today=timezone.localdate())
    return _dated(
        request,
        household,
        form,
        actions.leave_household,
        title="Hộ rời đi",
        text="Cả hộ không còn tính vào số liệu từ ngày này. Số liệu trước đó giữ nguyên, hộ có thể trở lại sau.",
        button="Ghi hộ rời đi",
        done="Đã ghi hộ rời đi.",
    )


@require_http_methods(["GET", "POST"])
def household_return(request, pk):
    household = household_of(request.user, pk, Can.EDIT_PEOPLE)
    villages = villages_of(request.user, Can.EDIT_PEOPLE)
    form = HouseholdMoveForm(
        request.POST or None, villages=villages, today=timezone.localdate(), initial={"to": household.village_id}
    )
    form.fields["to"].label = "Trở lại ở"
    return _dated(
        request,
        household,
        form,
        actions.household_returns,
        title="Hộ trở lại",
        text="Những người rời đi cùng hộ cũng trở lại. Ai không về thì ghi người đó rời đi sau.",
        button="Ghi hộ trở lại",
        done="Đã ghi hộ trở lại.",
    )


def _dated(request, household, form, action, *, done: str, **words):
    """One page for what happens to a household on a day."""
    if request.method == "POST" and form.is_valid():
        try:
            action(by=request.user, household=household, today=timezone.localdate(), **form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, done)
            return redirect("residents:household_detail", household.pk)
    return render(request, "residents/household_dated.html", {"form": form, "household": household, **words})
