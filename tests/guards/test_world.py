"""The marked world itself: it holds what the crawl looks for."""

from __future__ import annotations

from django.apps import apps

from .world import EYES, OWN, PLACES, foreign_marks, mark, marks_in

OURS = {"reports", "residents", "teams", "accounts", "areas", "journal", "field", "intake"}
# Seen by a gate of their own kind: acts name bare ids of areas and people.
WITHOUT_PLACE = {"journal.Act"}
OF_WARDS = {"reports.MonthlyReport"}


def gated_models() -> list[str]:
    """Every model that has the gate."""
    return sorted(
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in OURS and hasattr(model._default_manager.all(), "visible_to")
    )


def test_every_model_with_the_gate_has_a_place_in_the_world():
    assert [label for label in gated_models() if label not in PLACES and label not in WITHOUT_PLACE] == []


def test_every_such_model_has_a_row_in_every_village(world):
    empty = [
        f"{label} {code}"
        for label in gated_models()
        if label not in WITHOUT_PLACE
        for code in (("hb", "hc", "ks") if label in OF_WARDS else ("tl", "gb", "bc", "tc"))
        if world.key(label, code) is None
    ]
    assert empty == []


def test_marks_are_found_and_weighed():
    text = f"{mark('p', 'tl')} {mark('t', 'bc').upper()}".encode()
    assert marks_in(text) == {("p", "tl"), ("t", "bc")}
    assert foreign_marks("minh", text) == {"t:bc"}
    assert foreign_marks("dung", text) == {"p:tl"}
    assert EYES.keys() == OWN.keys()
