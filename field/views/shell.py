"""The phone app's shell: one page, its worker and its manifest. Public, the same for everybody, nothing of a user."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

STATIC = Path(settings.BASE_DIR) / "static"
FOLDER = STATIC / "field"
# Read by whatever puts the app on the home screen, once; nothing that a kept page shows.
ICONS = FOLDER / "icons"
# Beside everything else in static/field/: the colours are the desk's.
SHARED = ("css/tokens.css", "img/mark.svg")
WORKER = "worker.js"


@login_not_required
@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """Rendered without the request: no name, no token, no cookie can get into a page that phones keep."""
    return plain(render_to_string("field/shell.html", {"base": settings.STATIC_URL}), "text/html")


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker with the list of what it keeps; another byte in the shell gives another version."""
    page = reverse("field:shell")
    files = [page, reverse("field:manifest"), *(settings.STATIC_URL + name for name in shell_files())]
    told = {"version": version(), "page": page, "files": files}
    code = f"const SHELL = {json.dumps(told)};\n{(FOLDER / WORKER).read_text('utf-8')}"
    response = plain(code, "text/javascript")
    response.headers["Service-Worker-Allowed"] = page
    return response


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    page, icons = reverse("field:shell"), f"{settings.STATIC_URL}field/icons/"
    response = JsonResponse(
        {
            "id": page,
            "name": "Đi từng nhà – Tổ công nghệ số cộng đồng",
            "short_name": "Đi từng nhà",
            "description": "Ghi lượt đến hộ, không cần mạng.",
            "lang": "vi",
            "start_url": page,
            "scope": page,
            "display": "standalone",
            "orientation": "portrait",
            "background_color": "#f6f5f1",
            "theme_color": "#172f59",
            "icons": [
                {"src": f"{icons}icon-192.png", "sizes": "192x192", "type": "image/png"},
                {"src": f"{icons}icon-512.png", "sizes": "512x512", "type": "image/png"},
                {"src": f"{icons}maskable-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
            ],
        },
        json_dumps_params={"ensure_ascii": False},
        content_type="application/manifest+json",
    )
    response.headers["Cache-Control"] = "no-cache"
    return response


def shell_files() -> list[str]:
    """Names under static/ of everything the app needs to open without a network."""
    ours = (path for path in FOLDER.rglob("*") if path.is_file() and path.name != WORKER and path.parent != ICONS)
    return [*SHARED, *sorted(path.relative_to(STATIC).as_posix() for path in ours)]


def version() -> str:
    return _version() if not settings.DEBUG else _version.__wrapped__()


@cache
def _version() -> str:
    """Changes with any byte of the shell, and with the protocol's worker."""
    found = hashlib.sha256(render_to_string("field/shell.html", {"base": settings.STATIC_URL}).encode())
    for name in [*shell_files(), f"field/{WORKER}"]:
        found.update(name.encode() + (STATIC / name).read_bytes())
    return found.hexdigest()[:16]


def plain(text: str, kind: str) -> HttpResponse:
    response = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response
