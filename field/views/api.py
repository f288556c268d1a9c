"""The door of the protocol: JSON in, JSON out, whatever happens; never a page, never a redirect."""

from __future__ import annotations

import functools
import logging
import random
from contextlib import nullcontext

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from accounts.rules import Can
from field.clock import written
from field.decoding import MOST_BYTES, Refused, decode
from field.turns import LATER, turn

logger = logging.getLogger(__name__)

REQUESTS_A_MINUTE = 600
TOO_LARGE = "Gói tin quá lớn (hơn 1 MiB)."


class _Csrf(CsrfViewMiddleware):
    def _reject(self, request, reason):
        return refusal(403, "csrf", "Phiên làm việc đã cũ. Máy sẽ lấy mã mới rồi gửi lại.")


def endpoint(method: str, *, in_turn: bool = False):
    """A view of the protocol. It gets the request with `message`, the decoded body of a POST, and returns a dict.

    `in_turn`: it writes, and waits for its turn to (`field/turns.py`).
    """

    def decorate(view):
        @csrf_exempt  # checked below, with an answer in JSON
        @login_not_required  # likewise
        @functools.wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            try:
                body = check(request, method)
                with turn() if in_turn else nullcontext():
                    request.message = decode(body) if method == "POST" else None
                    return answer(view(request))
            except Refused as refused:
                return refusal(refused.status, refused.code, refused.message)
            except (OperationalError, InterfaceError, IntegrityError):
                logger.warning("a batch was put off", exc_info=True)
                return later(503)
            except DatabaseError:
                logger.exception("the database refused")
                return later(503)
            except Exception:
                logger.exception("the protocol failed")
                return refusal(500, "server", LATER)

        return guarded

    return decorate


def check(request: HttpRequest, method: str) -> bytes:
    """Everything that must hold before the body is looked at; returns the body. Raises Refused."""
    if request.method != method:
        raise Refused("Máy chủ không có địa chỉ này.", status=405, code="unknown")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Refused("Yêu cầu đến từ trang khác.", status=403, code="other_site")
    body = _body(request) if method == "POST" else b""
    check_user(request)
    if method == "POST" and _Csrf(lambda request: None).process_view(request, None, (), {}) is not None:
        raise Refused("Phiên làm việc đã cũ. Máy sẽ lấy mã mới rồi gửi lại.", status=403, code="csrf")
    return body


def check_user(request: HttpRequest) -> None:
    user = request.user
    if not user.is_authenticated:
        raise Refused("Đăng nhập lại để gửi. Dữ liệu vẫn giữ trên máy.", status=401, code="sign_in")
    if user.must_change_password:
        raise Refused("Đổi mật khẩu được cấp rồi dùng tiếp.", status=403, code="must_change_password")
    # A superuser's unlock is for looking into one case at the desk, not for carrying the country in a pocket.
    if user.reach().is_superuser or not user.may(Can.RECORD_VISITS):
        raise Refused("Tài khoản này không ghi lượt đến hộ.", status=403, code="no_right")
    key = f"field:{user.pk}:{timezone.now():%H%M}"
    cache.add(key, 0, 120)
    if cache.incr(key) > REQUESTS_A_MINUTE:
        raise Refused(LATER, status=429, code="later")


def answer(data: dict) -> HttpResponse:
    response = JsonResponse(
        {"server_now": written(timezone.now())} | data,
        encoder=DjangoJSONEncoder,
        json_dumps_params={"ensure_ascii": False, "separators": (",", ":")},
    )
    return closed_to_caches(response)


def refusal(status: int, code: str, message: str) -> HttpResponse:
    data = {"error": code, "message": message, "server_now": written(timezone.now())}
    response = JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})
    if status in (429, 503):
        # Spread out: two hundred phones must not come back in the same second.
        response.headers["Retry-After"] = str(random.randint(3, 15))  # noqa: S311
    return closed_to_caches(response)


def later(status: int) -> HttpResponse:
    return refusal(status, "later", LATER)


def closed_to_caches(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    return response


@csrf_exempt
@login_not_required
def unknown(request, path: str = "") -> HttpResponse:
    """Any other address under the protocol."""
    return refusal(404, "unknown", "Máy chủ không có địa chỉ này.")


def _body(request: HttpRequest) -> bytes:
    if request.content_type != "application/json":
        raise Refused("Gói tin phải là application/json.", status=415, code="not_json")
    length = request.headers.get("Content-Length") or "0"
    if not (length.isascii() and length.isdecimal()):
        raise Refused("Gói tin sai độ dài.")
    if int(length) > MOST_BYTES:
        raise Refused(TOO_LARGE, status=413, code="too_large")
    try:
        body = request.read(MOST_BYTES + 1)
    except OSError:  # cut off on the way
        raise Refused("Gói tin bị đứt giữa chừng.") from None
    if len(body) > MOST_BYTES:
        raise Refused(TOO_LARGE, status=413, code="too_large")
    return body
