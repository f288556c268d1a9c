"""What the documents say is so: folders that exist, links that lead somewhere, no address of a workplace."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from . import source

DOCUMENTS = [path for path in source.with_ending(".md") if path.parts[0] != "tests"]
TEXTS = {".py", ".md", ".txt", ".in", ".toml", ".html", ".css", ".js", ".sh", ".cfg", ".yml", ".yaml", ".json", ""}
# Joined here so that this file does not hold what it looks for.
INDEX_ADDRESS = re.compile(
    r"(?<!no-emit)--(extra-)?index-" + r"url|(?<!no-emit)--find-" + r"links[ =]|https?://[^\s\"')]*"
    r"(/simple/|/packages/[0-9a-f]{2}/|registry\.|pypi\." + r"org|pythonhosted\." + r"org)"
)
MACHINE_PATH = re.compile(r"(?<![\w.>/-])/(?:work|root|home/[a-z]+|Users/[A-Za-z]+)/[\w.]")


def written() -> list[Path]:
    return [path for path in source.files() if path.suffix in TEXTS and path.parts[0] not in {"fixtures", "locale"}]


def test_no_address_of_a_package_index():
    assert [str(path) for path in written() if INDEX_ADDRESS.search(source.text(path))] == []


def test_no_path_of_somebodys_machine():
    assert [str(path) for path in written() if MACHINE_PATH.search(source.text(path))] == []


def test_the_guards_see():
    assert INDEX_ADDRESS.search("pip install --index-" + "url https://example.org")
    assert INDEX_ADDRESS.search("https://files.pythonhosted." + "org/packages/ab/cd")
    assert not INDEX_ADDRESS.search("--no-emit-index-" + "url --no-emit-find-" + "links")
    assert MACHINE_PATH.search("cd /ro" + "ot/project")
    assert not MACHINE_PATH.search("cd /srv/cnscd/home/an")


def test_the_map_of_the_readme_names_the_folders_there_are():
    readme = source.text(Path("README.md"))
    first_cells = re.findall(r"^\|((?:\s*`[a-z]+/`)+)\s*\|", readme, flags=re.M)
    named = {name for cell in first_cells for name in re.findall(r"`([a-z]+)/`", cell)}
    assert named, "the README has no map of the folders"
    assert [name for name in named if not (source.ROOT / name).is_dir()] == []
    assert [app for app in source.apps() if app not in named] == []


def test_every_decision_is_in_the_list_of_decisions():
    folder = Path("docs/decisions")
    listed = source.text(folder / "README.md")
    decisions = [path for path in DOCUMENTS if path.parent == folder and path.name != "README.md"]
    assert decisions
    assert [path.name for path in decisions if f"({path.name})" not in listed] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_between_documents_lead_somewhere(document):
    links = re.findall(r"\]\(([^)\s]+)\)", source.text(document))
    inside = [link.split("#")[0] for link in links if not re.match(r"^(https?:|mailto:|#)", link)]
    assert [link for link in inside if not (source.ROOT / document.parent / link).exists()] == []


def test_commands_named_in_the_documents_exist():
    """`manage.py x` in a document is a command of ours or of Django, `make x` a target of the Makefile."""
    from django.core.management import get_commands

    targets = set(re.findall(r"^([a-z-]+):", source.text(Path("Makefile")), flags=re.M))
    commands = set(get_commands())
    wrong = []
    for document in DOCUMENTS:
        body = source.text(document)
        wrong += [
            f"{document}: manage.py {name}"
            for name in re.findall(r"manage\.py ([a-z_]+)", body)
            if name not in commands
        ]
        wrong += [f"{document}: make {name}" for name in re.findall(r"`make ([a-z-]+)", body) if name not in targets]
    assert wrong == []
