from __future__ import annotations

import functools
import logging

import lucide
import pytest

from .world import World, cast_of


@pytest.fixture
def world(place, lan, minh, hoa, thu, dung, mai, an, new_household, new_team):
    given = {"lan": lan, "minh": minh, "hoa": hoa, "thu": thu, "dung": dung, "mai": mai, "an": an}
    return World(place, cast_of(place, given), new_household, new_team)


@pytest.fixture(autouse=True)
def _quiet_and_quick(monkeypatch):
    """Thousands of refused requests would otherwise be logged with their tracebacks, and draw their icons anew."""
    monkeypatch.setattr(lucide, "_render_icon", functools.cache(lucide._render_icon))
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
