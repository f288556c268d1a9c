from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.rules import Can
from residents import actions
from residents.forms.careful import tell
from residents.models import Household, Street
from sheets.fields import CleanCharFormField

from .gate import need, village_of, villages_of

LAST_NUMBER = 99_999


class StreetForm(forms.Form):
    name = CleanCharFormField(label="Tên đường, ngõ, xóm", max_length=120)


@require_http_methods(["GET", "POST"])
def street_list(request, village_pk):
    """The streets of a village; a POST adds one."""
    village = village_of(request.user, village_pk, Can.EDIT_PEOPLE)
    form = StreetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            street = actions.add_street(by=request.user, village=village, name=form.cleaned_data["name"])
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, f"Đã thêm {street}.")
            return redirect("residents:street_list", village.pk)
    return render(request, "residents/street_list.html", _context(village, form))


@require_http_methods(["GET", "POST"])
def street_edit(request, village_pk, pk):
    village = village_of(request.user, village_pk, Can.EDIT_PEOPLE)
    street = get_object_or_404(Street, pk=pk, village=village)
    form = StreetForm(request.POST or None, initial={"name": street.name})
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename_street(by=request.user, street=street, name=form.cleaned_data["name"])
        except ValidationError as error:
            tell(form, error)
        else:
            messages.success(request, "Đã đổi tên.")
            return redirect("residents:street_list", village.pk)
    return render(request, "residents/street_edit.html", {"village": village, "street": street, "form": form})


@require_POST
def street_remove(request, village_pk, pk):
    village = village_of(request.user, village_pk, Can.EDIT_PEOPLE)
    street = get_object_or_404(Street, pk=pk, village=village)
    actions.remove_street(by=request.user, street=street)
    messages.success(request, f"Đã bỏ {street} khỏi danh sách. Các hộ vẫn còn, chưa ghi đường.")
    return redirect("residents:street_list", village.pk)


@require_http_methods(["GET", "POST"])
def walking_order(request, village_pk):
    """The numbers by which the doors of a village are walked, street by street."""
    village = village_of(request.user, village_pk, Can.EDIT_PEOPLE)
    households = list(Household.objects.present().filter(village=village).select_related("street").in_walking_order())
    errors = {}
    if request.method == "POST":
        numbers, errors = _numbers(request.POST, households)
        if not errors:
            changed = actions.put_in_order(by=request.user, village=village, numbers=numbers)
            messages.success(request, f"Đã lưu thứ tự của {changed} hộ." if changed else "Không có gì thay đổi.")
            return redirect("residents:walking_order", village.pk)
    rows = [
        {"household": each, "typed": request.POST.get(f"n-{each.pk}", each.order_no), "error": errors.get(each.pk)}
        for each in households
    ]
    return render(request, "residents/walking_order.html", {"village": village, "rows": rows, "errors": errors})


@require_GET
def street_index(request):
    """The only village's streets, or a choice of villages."""
    need(request.user, Can.EDIT_PEOPLE)
    villages = list(villages_of(request.user, Can.EDIT_PEOPLE))
    if len(villages) == 1:
        return redirect("residents:street_list", villages[0].pk)
    return render(request, "residents/street_index.html", {"villages": villages})


def _numbers(data, households: list[Household]) -> tuple[dict, dict]:
    numbers: dict[uuid.UUID, int | None] = {}
    errors: dict[uuid.UUID, str] = {}
    for household in households:
        text = data.get(f"n-{household.pk}", "").strip()
        if text and not (text.isdecimal() and int(text) <= LAST_NUMBER):
            errors[household.pk] = f"“{text}” không phải số thứ tự."
        numbers[household.pk] = int(text) if text and household.pk not in errors else None
    return numbers, errors


def _context(village, form) -> dict:
    here = Q(households__until=None, households__merged_into=None)
    streets = village.streets.annotate(size=Count("households", filter=here))
    return {"village": village, "form": form, "streets": streets}
