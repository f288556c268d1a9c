"""Behind a proxy every request seems to come from the proxy; the journal and the lock-out need the real address."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address


class ClientAddressMiddleware:
    """Takes the last address of X-Forwarded-For, which our own proxy wrote; earlier ones anybody may have written.

    In use only with BEHIND_PROXY=1.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        with suppress(ValueError):  # no proxy in front of this request
            request.META["REMOTE_ADDR"] = str(ip_address(forwarded))
        return self.get_response(request)
