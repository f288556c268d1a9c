"""Templates: every one is used, and none carries script or style of its own (the content-security policy is strict)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.template import engines
from django.template.utils import get_app_template_dirs

from . import source

BY_DJANGO = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}
INLINE = {
    "script": re.compile(r"<script(?![^>]*\bsrc=)", re.I),
    "style element": re.compile(r"<style\b", re.I),
    "style attribute": re.compile(r"<[^<>]*\sstyle\s*=", re.I),
    "event attribute": re.compile(r"<[a-z][^<>]*\s(?:on[a-z]+|hx-on[\w:-]*)\s*=", re.I),
    "javascript address": re.compile(r"=\s*[\"']?\s*javascript:", re.I),
}


def templates() -> list[tuple[Path, str]]:
    """(path, the name by which it is loaded)"""
    found = []
    for path in source.files():
        if path.parts[0] == "templates":
            found.append((path, "/".join(path.parts[1:])))
        elif len(path.parts) > 2 and path.parts[1] == "templates":
            found.append((path, "/".join(path.parts[2:])))
    return found


def replaces_one_of_a_package(name: str) -> bool:
    """The environment may lie inside the project: what counts is that the folder is none of our apps'."""
    ours = {source.ROOT / app / "templates" for app in source.apps()}
    folders = [Path(folder) for folder in get_app_template_dirs("templates")]
    return any((folder / name).exists() for folder in folders if folder not in ours)


def inline(text: str) -> list[str]:
    without_comments = re.sub(r"{#.*?#}|{% comment.*?endcomment %}|<!--.*?-->", "", text, flags=re.S)
    # What Django puts between < and > may itself hold a >.
    without_tags = re.sub(r"{%.*?%}|{{.*?}}", "x", without_comments, flags=re.S)
    return [name for name, pattern in INLINE.items() if pattern.search(without_tags)]


def test_every_template_is_used():
    assert templates() or not (source.ROOT / "templates").exists()
    texts = {path: source.text(path) for path in source.with_ending(".py", ".html", ".txt", ".svg", ".xml")}
    unused = []
    for path, name in templates():
        if name in BY_DJANGO or replaces_one_of_a_package(name):
            continue
        quoted = re.compile(rf"""["']{re.escape(name)}(?:#[\w-]+)?["']""")
        if not any(
            quoted.search(text) for where, text in texts.items() if where != path and "tests" not in where.parts
        ):
            unused.append(str(path))
    assert unused == [], "\n".join(unused)


def test_every_template_compiles():
    for _path, name in templates():
        if name.endswith((".html", ".txt", ".svg")):
            engines["django"].get_template(name)


def test_no_template_has_inline_script_or_style():
    wrong = [f"{path}: {', '.join(found)}" for path, _name in templates() if (found := inline(source.text(path)))]
    assert wrong == [], "\n".join(wrong)


def test_no_markup_written_in_python_has_inline_script_or_style():
    wrong = []
    for path in source.with_ending(".py"):
        if path.parts[0] in {"tests", "bench"}:
            continue
        for node in ast.walk(source.tree(path)):
            value = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if found := inline(value):
                wrong.append(f"{path}:{node.lineno} {', '.join(found)}")
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<script type="module">import "x"</script>',
        "<style>p {}</style>",
        '<td class="a" style="width: 3px">',
        '<td {% if a > b %}class="a"{% endif %} style="x">',
        '<a onclick="go()">',
        '<a hx-on:click="go()">',
        '<a href="javascript:go()">',
    ],
)
def test_the_guard_sees(text):
    assert inline(text)


@pytest.mark.parametrize(
    "text",
    [
        '<script src="x.js" type="module"></script>',
        '<p class="style">style = onclick</p>',
        '<option value="a" {% if one == two %}selected{% endif %}>',
        '<link rel="stylesheet" href="x.css">',
        '{# <style> is not welcome #}<a data-on="1">',
    ],
)
def test_the_guard_lets_pass(text):
    assert inline(text) == []
