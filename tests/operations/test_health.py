"""/health/ answers a monitor without signing in and tells nothing of anybody."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from cnscd.operations import health

pytestmark = pytest.mark.django_db


def test_all_is_well(client):
    response = client.get("/health/")
    assert response.status_code == 200
    assert response.json() == {"database": True, "migrations": True}
    assert "no-store" in response["Cache-Control"]


def test_a_migration_not_yet_applied_is_told(client, monkeypatch):
    known = health.known_migrations() | {"areas.9999_to_come"}
    monkeypatch.setattr(health, "known_migrations", lambda: known)
    response = client.get("/health/")
    assert response.status_code == 503
    assert response.json() == {"database": True, "migrations": False}


def test_a_database_that_is_away_is_told(client, monkeypatch):
    def away():
        raise OperationalError("connection refused")

    monkeypatch.setattr(health, "pending_migrations", away)
    response = client.get("/health/")
    assert response.status_code == 503
    assert response.json() == {"database": False, "migrations": False}


def test_only_reading_is_allowed(client):
    assert client.post("/health/").status_code == 405


def test_it_costs_two_queries_at_most(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        client.get("/health/")
