"""The files of the project, for the tests that guard its structure."""

from __future__ import annotations

import ast
import functools
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {"__pycache__", "node_modules", "var", "staticfiles", "backups", "wheels", "media"}


@functools.cache
def files() -> tuple[Path, ...]:
    """Every file that somebody wrote, relative to the root; no environments, caches or databases."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        here = Path(folder).relative_to(ROOT)
        folders[:] = [
            name
            for name in folders
            if name not in NOT_OURS and (not name.startswith(".") or name in {".ci", ".github"})
        ]
        found += [here / name for name in names if not name.startswith(".") or here.parts]
    return tuple(sorted(found))


def with_ending(*endings: str) -> list[Path]:
    return [path for path in files() if path.suffix in endings]


@functools.cache
def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path), filename=str(path))


@functools.cache
def apps() -> tuple[str, ...]:
    """The folders at the root that are Python packages of the product."""
    packages = {path.parts[0] for path in files() if len(path.parts) == 2 and path.name in {"__init__.py", "apps.py"}}
    return tuple(sorted(packages - {"tests", "bench"}))
