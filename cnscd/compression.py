"""Pages and answers to phones go compressed: on a bad network a sixth of the bytes is a sixth of the wait."""

from __future__ import annotations

from django.middleware.gzip import GZipMiddleware


class CompressionMiddleware(GZipMiddleware):
    """Text only. Workbooks and pictures are packed already, and their length stays known to the browser.

    The random length that Django adds, and the masked CSRF token, keep what is secret in a page from being guessed by
    its size (BREACH).
    """

    def process_response(self, request, response):
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if not (kind.startswith("text/") or kind == "application/json"):
            return response
        return super().process_response(request, response)
