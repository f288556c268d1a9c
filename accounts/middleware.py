"""Two rules for every signed-in request: a desk left alone signs itself out; a given password must be changed."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

# The session is written at most this often for being used (seconds).
MARK_EVERY = 60
# A sign-in that lives on somebody's own phone (field/phones.py); the ward can end it.
ON_A_PHONE = "field_device"


class IdleTimeoutMiddleware:
    """Signs out who has done nothing for IDLE_MINUTES, and leaves nothing of hers in the browser's cache.

    Stands around the login gate, so that whoever is sent to sign in by either comes back to the page she was on.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        came_in = request.user.is_authenticated
        if came_in and self.is_idle(request):
            logout(request)
            if not is_background(request):
                return to_sign_in(request, idle=True)
        response = self.get_response(request)
        if came_in:
            response.headers.setdefault("Cache-Control", "private, no-store")
        elif is_sent_to_sign_in(response) and not is_plain_page(request):
            return to_sign_in(request)
        return response

    @staticmethod
    def is_idle(request) -> bool:
        if ON_A_PHONE in request.session:
            return False
        now = int(time.time())
        last = request.session.get("last_seen")
        if last is not None and now - last > settings.IDLE_MINUTES * 60:
            return True
        if last is None or (now - last >= MARK_EVERY and not is_background(request)):
            request.session["last_seen"] = now
        return False


class PasswordChangeMiddleware:
    """Who has a password given by somebody else changes it before anything else."""

    ALLOWED = ("accounts:password_change", "accounts:sign_out")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if not request.user.is_authenticated or not request.user.must_change_password:
            return None
        if not getattr(view_func, "login_required", True) or request.resolver_match.view_name in self.ALLOWED:
            return None
        return sent_to(request, reverse("accounts:password_change"))


def to_sign_in(request, *, idle: bool = False) -> HttpResponse:
    """To the sign-in page, and from there back to the page she looked at."""
    query = {"next": page_of(request)}
    if idle:
        query["het-gio"] = "1"
    return sent_to(request, f"{reverse(settings.LOGIN_URL)}?{urlencode(query)}")


def sent_to(request, url: str) -> HttpResponse:
    """A redirect of the whole page: htmx would put the page that it is sent to into the place of a fragment."""
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


def page_of(request) -> str:
    """The page in her browser: this one if it was asked for as a page, else the one that sent the form."""
    if is_plain_page(request):
        return request.get_full_path()
    seen = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(seen, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(seen)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"


def is_sent_to_sign_in(response) -> bool:
    return response.status_code == 302 and urlsplit(response.get("Location", "")).path == reverse(settings.LOGIN_URL)


def is_background(request) -> bool:
    """Sent by the phone app by itself: answered in JSON by its own gate, and no sign that anybody is there."""
    return request.path.startswith("/api/")


def is_plain_page(request) -> bool:
    return request.method == "GET" and not is_htmx(request)


def is_htmx(request) -> bool:
    return request.headers.get("HX-Request") == "true"
