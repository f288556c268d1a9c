"""The door: signing in and out, the lock after repeated failures, one's own password."""

from __future__ import annotations

import math

from axes.helpers import get_client_ip_address, get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import change_password
from accounts.forms import PasswordChangeForm, SignInForm
from accounts.models import User
from journal.actions import record
from journal.models import Act


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request):
    target = next_page(request)
    if request.user.is_authenticated:
        return redirect(target)
    typed = {"username": request.GET.get("ten", "")[:60]}
    form = SignInForm(request.POST or None, initial=typed)
    if request.method == "POST" and form.is_valid():
        user = User.objects.named_at_the_door(form.cleaned_data["username"])
        name = user.username if user else form.cleaned_data["username"].lower()
        known = authenticate(request, username=name, password=form.cleaned_data["password"])
        if known is not None:
            login(request, known)
            record(by=known, verb=Act.Verb.SIGN_IN, obj=known, address=get_client_ip_address(request))
            return redirect(through_password_change(request, known, target))
        note_failure(request, user)
        form.add_error(None, "Tên đăng nhập hoặc mật khẩu không đúng.")
    context = {"form": form, "next": request.GET.get("next", ""), "is_idle": "het-gio" in request.GET}
    return render(request, "accounts/sign_in.html", context)


def through_password_change(request, user: User, target: str) -> str:
    """Who was given her password sets her own first, and comes to `target` from there."""
    if not user.must_change_password or target == resolve_url(settings.LOGIN_REDIRECT_URL):
        return target
    return f"{reverse('accounts:password_change')}?{urlencode({'next': target})}"


def note_failure(request, user: User | None) -> None:
    """Journal a failure. What was typed is not kept: people type their password into the wrong box."""
    record(
        by=None,
        verb=Act.Verb.SIGN_IN_FAILED,
        obj=user,
        area_id=user.home_area_id() if user else None,
        label="" if user else "Tên đăng nhập không có trong hệ thống",
        address=get_client_ip_address(request),
    )


def next_page(request) -> str:
    """Where to go after signing in or changing the password: a page of this host, else the home page."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def locked_out(request, original_response=None, credentials=None):
    """What axes shows instead of the sign-in page after LOCKOUT_FAILURES failures (settings)."""
    latest = (
        AccessAttempt.objects.filter(
            username=(credentials or {}).get("username"), ip_address=get_client_ip_address(request)
        )
        .order_by("-attempt_time")
        .first()
    )
    opens_at = (latest.attempt_time if latest else timezone.now()) + get_cool_off(request)
    minutes = max(1, math.ceil((opens_at - timezone.now()).total_seconds() / 60))
    return render(request, "accounts/locked_out.html", {"opens_at": opens_at, "minutes": minutes}, status=429)


@require_POST
def sign_out(request):
    record(by=request.user, verb=Act.Verb.SIGN_OUT, obj=request.user, address=get_client_ip_address(request))
    logout(request)
    messages.success(request, "Đã đăng xuất.")
    return redirect(settings.LOGOUT_REDIRECT_URL)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password_change(request):
    form = PasswordChangeForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        change_password(request.user, form.cleaned_data["new"], by=request.user)
        update_session_auth_hash(request, request.user)
        messages.success(request, "Đã đổi mật khẩu.")
        return redirect(next_page(request))
    return render(request, "accounts/password_change.html", {"form": form})
