"""Migrations say in their names what they do, and there is one line of them in each app."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from django.core.management import call_command

from . import source


def migrations():
    return [path for path in source.with_ending(".py") if "migrations" in path.parts and path.name != "__init__.py"]


def test_every_migration_has_a_telling_name():
    wrong = [str(path) for path in migrations() if "_auto_" in path.name or not re.match(r"^\d{4}_[a-z]", path.name)]
    assert wrong == []


def test_no_number_is_given_twice():
    numbers = Counter((path.parts[0], path.name[:4]) for path in migrations())
    assert [place for place, times in numbers.items() if times > 1] == []


@pytest.mark.django_db
def test_no_change_of_a_model_is_without_its_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
