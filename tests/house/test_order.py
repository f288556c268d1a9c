"""What may know what: imports and foreign keys point only to the right (docs/decisions, "order of the apps").

Seen are imports anywhere in a file, modules and models named by a string, foreign keys of the loaded models, and what
migrations depend on.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps as registry
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from . import source

ORDER = [
    {"cnscd"},
    {"field", "intake"},
    {"reports"},
    {"residents"},
    {"teams"},
    {"accounts"},
    {"areas"},
    {"journal", "sheets"},
]
PLACE = {app: place for place, group in enumerate(ORDER) for app in group}


def may_know(app: str, other: str) -> bool:
    return app == other or PLACE[app] < PLACE[other]


def modules_named(path: Path, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every import, and of every string that may name a module or a model."""
    package = path.with_suffix("").parts[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield node.lineno, base
            yield from ((node.lineno, f"{base}.{alias.name}".lstrip(".")) for alias in node.names)
        elif isinstance(node, ast.Constant) and names_module_or_model(node.value):
            yield node.lineno, node.value
        elif isinstance(node, ast.Call) and (app := asks_registry(node)):
            yield node.lineno, app


def asks_registry(call: ast.Call) -> str | None:
    """The app in `apps.get_model("residents", "Household")` and its like."""
    name = getattr(call.func, "attr", "")
    if name in {"get_model", "get_app_config", "get_registered_model"} and call.args:
        first = call.args[0]
        return first.value if isinstance(first, ast.Constant) and first.value in PLACE else None
    return None


def names_module_or_model(value: object) -> bool:
    """ "reports.models", "residents.Household" and "sheets.text.clean", but no "teams.pdf" and no permission."""
    if not isinstance(value, str):
        return False
    app, _, rest = value.partition(".")
    if app not in PLACE or not rest or not all(part.isidentifier() for part in rest.split(".")):
        return False
    module = source.ROOT / app / rest.split(".")[0]
    if module.is_dir() or module.with_suffix(".py").exists():
        return True
    return rest.lower() in registry.all_models.get(app, {})


def wrong_imports(path: Path, tree: ast.Module) -> list[str]:
    app = path.parts[0]
    found = {
        (line, name.split(".")[0])
        for line, name in modules_named(path, tree)
        if name.split(".")[0] in PLACE and not may_know(app, name.split(".")[0])
    }
    return [f"{path}:{line} knows {other}" for line, other in sorted(found)]


def test_every_app_has_a_place():
    assert [app for app in source.apps() if app not in PLACE] == []
    ours = [name.split(".")[0] for name in settings.INSTALLED_APPS if (source.ROOT / name.split(".")[0]).is_dir()]
    assert [app for app in ours if app not in PLACE] == []


@pytest.mark.parametrize("app", source.apps())
def test_imports_point_to_the_right(app):
    wrong = []
    for path in source.with_ending(".py"):
        if path.parts[0] == app:
            wrong += wrong_imports(path, source.tree(path))
    assert wrong == [], "\n".join(wrong)


def test_nothing_of_the_product_imports_the_tests_or_the_bench():
    wrong = [
        f"{path}:{line} {name}"
        for path in source.with_ending(".py")
        if path.parts[0] in PLACE
        for line, name in modules_named(path, source.tree(path))
        if name.split(".")[0] in {"tests", "bench"}
    ]
    assert wrong == [], "\n".join(wrong)


def test_foreign_keys_point_to_the_right():
    wrong = []
    for model in registry.get_models(include_auto_created=True):
        app = model._meta.app_label
        if app not in PLACE:
            continue
        for field in model._meta.get_fields(include_parents=False, include_hidden=True):
            is_a_key = field.is_relation and field.related_model is not None
            if is_a_key and not (field.auto_created and not field.concrete):
                other = field.related_model._meta.app_label
                if other in PLACE and not may_know(app, other):
                    wrong.append(f"{model._meta.label}.{field.name} → {field.related_model._meta.label}")
    assert wrong == [], "\n".join(wrong)


def test_migrations_depend_to_the_right():
    wrong = [
        f"{app}.{name} → {other}.{needed}"
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        if app in PLACE
        for other, needed in [*migration.dependencies, *migration.run_before]
        if other in PLACE and not may_know(app, other)
    ]
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize(
    "code",
    [
        "from reports.models import Period",
        "import reports.figures as figures",
        "def late():\n    from reports import models",
        "if True:\n    import cnscd.settings",
        'import_module("reports.models")',
        'apps.get_model("residents", "Household")',
        'registry.get_app_config("reports")',
        'models.ForeignKey("accounts.User", models.PROTECT)',
        'import_string("cnscd.settings.DEBUG")',
        "from ..cnscd import settings",
        "from journal.models import Act",
    ],
)
def test_the_guard_sees(code):
    app = "sheets" if "journal" in code else "areas"
    assert wrong_imports(Path(app) / "models.py", ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        "from .models import Area",
        "from journal.actions import record",
        "from sheets.text import search_key",
        "from django.db import models",
        'reverse("reports:report_list")',
        '"Xem reports.pdf"',
    ],
)
def test_the_guard_lets_pass(code):
    assert wrong_imports(Path("areas") / "models.py", ast.parse(code)) == []
