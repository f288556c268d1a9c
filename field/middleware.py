"""A sign-in that lives on somebody's own phone ends with the phone, whatever its session is called by now."""

from __future__ import annotations

from django.contrib.auth import logout

from accounts.middleware import ON_A_PHONE

from .models import Device


class RevokedPhoneMiddleware:
    """Stands behind the authentication and before the login gate. A change of password gives a session another key,
    so the key that `Device` remembers is not enough to end it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        identifier = request.session.get(ON_A_PHONE)
        if identifier and request.user.is_authenticated:
            its_own = Device.objects.filter(user=request.user, identifier=identifier)
            if its_own.filter(revoked_at__isnull=False).exists():
                logout(request)
        return self.get_response(request)
