"""What is named by a string exists: addresses, static files, icons. Otherwise a page fails only when it is opened."""

from __future__ import annotations

import ast
import re

import pytest
from django.contrib.staticfiles import finders
from django.template import engines
from django.urls import get_resolver

from . import source

URL_TAG = re.compile(r"""{%-?\s*url\s+["']([\w:.-]+)["']""")
STATIC_TAG = re.compile(r"""{%-?\s*static\s+["']([^"']+)["']""")
ICON_TAG = re.compile(r"""{%-?\s*lucide\s+["']([\w-]+)["']""")
BY_NAME = {"reverse", "reverse_lazy", "redirect", "resolve_url"}


def templates():
    return [path for path in source.with_ending(".html", ".svg", ".txt", ".js") if "templates" in path.parts]


def named_addresses(resolver=None, prefix: str = "") -> set[str]:
    """Every name that an address can be asked for by."""
    found = set()
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            found |= named_addresses(pattern, inner)
        elif pattern.name:
            found.add(prefix + pattern.name)
    return found


def asked_for() -> list[tuple[str, str]]:
    """(place, name) of every address asked for by a literal name."""
    found = [(str(path), name) for path in templates() for name in URL_TAG.findall(source.text(path))]
    for path in source.with_ending(".py"):
        if path.parts[0] in {"tests", "bench"}:
            continue
        for node in ast.walk(source.tree(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in BY_NAME and node.args:
                name = node.args[0]
                if isinstance(name, ast.Constant) and isinstance(name.value, str) and "/" not in name.value:
                    found.append((f"{path}:{node.lineno}", name.value))
    return found


def test_every_address_asked_for_has_that_name():
    names = named_addresses()
    missing = [f"{place}: {name}" for place, name in asked_for() if name not in names]
    assert missing == [], "\n".join(missing)


def test_no_address_has_no_name():
    def nameless(resolver, before=""):
        for pattern in resolver.url_patterns:
            where = before + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                yield from nameless(pattern, where)
            elif not pattern.name:
                yield where

    assert [where for where in nameless(get_resolver()) if not where.startswith("quan-tri/")] == []


def test_every_static_file_asked_for_is_there():
    asked = {(str(path), name) for path in templates() for name in STATIC_TAG.findall(source.text(path))}
    assert sorted(place for place in asked if not finders.find(place[1])) == []


@pytest.mark.parametrize("name", sorted({name for path in templates() for name in ICON_TAG.findall(source.text(path))}))
def test_every_icon_asked_for_is_there(name):
    assert "<svg" in engines["django"].from_string(f'{{% lucide "{name}" %}}').render()
