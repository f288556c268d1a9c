"""Two rules for every signed-in request: a desk left alone signs itself out; a given password must be changed."""

from __future__ import annotations

import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import redirect
from django.urls import reverse


class IdleTimeoutMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            now = int(time.time())
            last = request.session.get("last_seen", now)
            if now - last > settings.IDLE_MINUTES * 60:
                logout(request)
                messages.info(request, "Đã tự đăng xuất vì lâu không thao tác. Đăng nhập lại để tiếp tục.")
                return redirect(f"{reverse(settings.LOGIN_URL)}")
            if now - last >= 30 or "last_seen" not in request.session:
                request.session["last_seen"] = now
        return self.get_response(request)


class PasswordChangeMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        if user.is_authenticated and user.must_change_password:
            allowed = {reverse("accounts:password_change"), reverse("accounts:sign_out")}
            if request.path not in allowed:
                return redirect("accounts:password_change")
        return self.get_response(request)
