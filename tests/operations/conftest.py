"""An empty database beside the one under test, of the same kind."""

from __future__ import annotations

import pytest
from django.db import ConnectionHandler, connection


@pytest.fixture
def empty_database(tmp_path, transactional_db):
    """A connection to a database without a table: where a restoration may go."""
    wanted = {**connection.settings_dict, "TEST": {}}
    if connection.vendor == "sqlite":
        wanted["NAME"] = str(tmp_path / "restored.sqlite3")
    else:
        wanted["NAME"] = f"{connection.settings_dict['NAME']}_restored"
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{wanted["NAME"]}"')
            cursor.execute(f'CREATE DATABASE "{wanted["NAME"]}" TEMPLATE template0')
    other = ConnectionHandler({"default": wanted})["default"]
    yield other
    other.close()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{wanted["NAME"]}"')
