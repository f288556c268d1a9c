"""Every URL of the site, found by walking the resolver."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, get_resolver


@dataclass(frozen=True)
class Route:
    name: str  # "teams:team_detail"; "" for one that cannot be reversed
    pattern: str  # "to/<int:pk>/", or a regular expression
    arguments: tuple[str, ...]
    needs_login: bool

    @property
    def is_admin(self) -> bool:
        return self.name.startswith("admin:") or self.pattern.startswith("quan-tri/")

    def url(self, values: dict) -> str:
        """The address with its arguments filled in, without asking whether they fit."""
        filled = re.sub(r"\(\?P<(\w+)>[^()]*\)\$?", lambda match: str(values[match.group(1)]), self.pattern)
        filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(values[match.group(1)]), filled)
        return "/" + filled.replace("^", "").replace("\\Z", "").rstrip("$")


def routes() -> list[Route]:
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver, before: str, namespace: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            name = f"{namespace}{pattern.name}" if pattern.name else ""
            arguments = tuple(re.findall(r"<(?:\w+:)?(\w+)>", here))
            yield Route(name, here, arguments, getattr(pattern.callback, "login_required", True))
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, here, inner)
