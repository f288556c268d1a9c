"""The ward's page: phones, and what waits for a decision."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.rules import Can, can_manage
from field.deciding import decide
from field.models import Device, HeldItem
from field.phones import allow_again, can_revoke, clear_suspicion, revoke
from field.rules import can_decide, may_open_desk
from field.telling import tell

ITEMS_ON_A_PAGE = 25
PHONES_ON_A_PAGE = 50


@require_GET
def desk(request):
    user, now = request.user, timezone.now()
    if not may_open_desk(user):
        raise PermissionDenied
    waiting = HeldItem.objects.visible_to(user, Can.EDIT_PEOPLE).to_decide(now)
    page = Paginator(waiting.select_related("user", "device__user", "area"), ITEMS_ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    phones = Device.objects.visible_to(user).select_related("user").order_by("revoked_at", "-lost", "-last_seen_at")
    shown = list(phones[: PHONES_ON_A_PAGE + 1])
    return render(
        request,
        "field/desk_page.html",
        {
            "page": page,
            "items": tell(page.object_list, user),
            "decides": user.may(Can.EDIT_PEOPLE),
            "phones": shown[:PHONES_ON_A_PAGE],
            "has_more_phones": len(shown) > PHONES_ON_A_PAGE,
            "now": now,
        },
    )


@require_POST
def item_decide(request, pk):
    held = get_object_or_404(HeldItem.objects.visible_to(request.user), pk=pk)
    if not can_decide(request.user, held):
        raise PermissionDenied
    try:
        held = decide(held, request.POST.get("decision", ""), by=request.user, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        applied = held.decision == HeldItem.Decision.APPLY
        messages.success(request, "Đã ghi vào sổ." if applied else "Đã xong, không ghi vào sổ.")
    return redirect("field:desk")


@require_POST
def device_revoke(request, pk):
    device = _device(request.user, pk)
    revoke(device, by=request.user, at=timezone.now())
    messages.success(request, f"Đã thu hồi {device}. Máy này không gửi được nữa cho đến khi bấm “Cho dùng lại”.")
    return redirect("field:desk")


@require_POST
def device_allow(request, pk):
    device = _device(request.user, pk)
    if not can_manage(request.user, device.user):  # not oneself: whoever found the phone may know the password
        raise PermissionDenied
    allow_again(device, by=request.user)
    messages.success(request, f"{device} dùng lại được sau khi đăng nhập.")
    return redirect("field:desk")


@require_POST
def device_settle(request, pk):
    device = _device(request.user, pk)
    clear_suspicion(device, by=request.user)
    messages.success(request, f"Đã ghi nhận là đã hỏi {device.user}.")
    return redirect("field:desk")


def _device(user, pk) -> Device:
    device = Device.objects.visible_to(user).select_related("user").filter(pk=pk).first()
    if device is None:
        raise Http404
    if not can_revoke(user, device):
        raise PermissionDenied
    return device
