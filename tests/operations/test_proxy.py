"""Behind our proxy the address is the client's, not what the client claims."""

from __future__ import annotations

import pytest
from django.http import HttpRequest

from cnscd.proxy import ClientAddressMiddleware


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("10.0.0.1, 203.0.113.7", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("", "127.0.0.1"),
        ("không phải địa chỉ", "127.0.0.1"),
    ],
)
def test_the_address_our_proxy_wrote_is_taken(forwarded, address):
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": forwarded}
    assert ClientAddressMiddleware(lambda seen: seen.META["REMOTE_ADDR"])(request) == address
