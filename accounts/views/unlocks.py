"""A superuser's reasoned access to personal data, for an hour."""

from __future__ import annotations

from axes.helpers import get_client_ip_address
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions
from accounts.user_forms import UnlockForm


@require_http_methods(["GET", "POST"])
def unlock(request):
    if not request.user.is_superuser:
        raise PermissionDenied
    form = UnlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.unlock(request.user, form.cleaned_data["reason"], address=get_client_ip_address(request))
        messages.success(request, "Đã mở quyền xem dữ liệu cá nhân trong 60 phút. Việc này được ghi vào nhật ký.")
        return redirect("accounts:unlock")
    past = request.user.unlocks.all()[:10]
    return render(request, "accounts/unlock.html", {"form": form, "past": past})


@require_POST
def lock_again(request):
    if not request.user.is_superuser:
        raise PermissionDenied
    actions.lock_again(request.user)
    messages.success(request, "Đã khóa lại dữ liệu cá nhân.")
    return redirect("accounts:unlock")
