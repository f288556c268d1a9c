"""Giving a user another posting, and ending one."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions
from accounts.models import Posting, User
from accounts.rules import Role, can_end
from accounts.user_forms import PostingForm
from accounts.within import area_within, steps_from
from areas.models import Level

from .users import manager


@require_http_methods(["GET", "POST"])
def posting_add(request, pk):
    other = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    user = manager(request)
    if other == user or other.is_superuser:
        raise PermissionDenied
    within = area_within(request)
    form = PostingForm(request.POST or None, by=user, within=within)
    if request.method == "POST" and form.is_valid():
        role, area = form.cleaned_data["role"], form.cleaned_data["area"]
        actions.add_posting(other, role, area, by=user)
        messages.success(request, f"Đã phân công {other}: {Role(role).label}, {area}.")
        return redirect("accounts:user_detail", pk)
    steps = steps_from(user, within, down_to=Level.WARD)
    context = {"form": form, "other": other, "within": within, "steps": steps}
    return render(request, "accounts/posting_add.html", context)


@require_POST
def posting_end(request, pk):
    posting = get_object_or_404(Posting.objects.visible_to(request.user).select_related("user", "area"), pk=pk)
    if not can_end(request.user, posting):
        raise PermissionDenied
    actions.end_posting(posting, by=request.user)
    messages.success(request, f"{posting.user} thôi phân công: {posting}.")
    return redirect("accounts:user_detail", posting.user_id)
