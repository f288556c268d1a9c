"""The crawl sees: with the gate of any one model taken away it meets what it must not."""

from __future__ import annotations

import pytest
from django.apps import apps

from .crawl import Crawl
from .routes import routes
from .test_canaries import ON_POSTGRESQL
from .test_world import gated_models

# The gate is the same code on both databases: on PostgreSQL this goes with the long run.
pytestmark = [pytest.mark.long] if ON_POSTGRESQL else []


def take_gate_away(monkeypatch, model) -> None:
    """`visible_to` of this model lets everything through; other models of the same queryset keep theirs."""
    classes = type(model._default_manager.all()).__mro__
    owner = next(found for found in classes if "visible_to" in vars(found))
    gate = owner.visible_to

    def open_gate(rows, *args, **kwargs):
        return rows.all() if rows.model is model else gate(rows, *args, **kwargs)

    monkeypatch.setattr(owner, "visible_to", open_gate)


def nearest_first(label: str, crawl: Crawl):
    """The pages of this model before the others: the first mark ends the crawl."""
    app, name = label.lower().split(".")

    def distance(route) -> int:
        crawl.route = route
        if label in crawl.labels_of(route).values():
            return 0
        return 1 if f"/{app}/{name}/" in route.pattern else 2 if route.name.startswith(f"{app}:") else 3

    return sorted(routes(), key=distance)


@pytest.mark.parametrize("label", gated_models())
def test_without_the_gate_of_one_model_the_crawl_fails(world, monkeypatch, label):
    take_gate_away(monkeypatch, apps.get_model(label))
    for who in ("minh", "lan", "mai"):
        crawl = Crawl(world, who, writes=False, near=1, stop_at_first=True)
        if crawl.go(nearest_first(label, crawl)):
            return
    pytest.fail(f"{label} is not watched: nothing changes when its gate is open")
