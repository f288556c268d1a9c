"""Edits merge three ways: what nobody else touched is set, what is the same is done, the rest is a conflict."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Merged:
    take: dict
    stands: dict  # the server's values that were changed by somebody else


def merge(current: dict, wanted: dict, was: dict) -> Merged:
    """`current`, `wanted` and `was` by field, in the same form."""
    take, stands = {}, {}
    for name, value in wanted.items():
        if current[name] == value:
            continue
        if current[name] == was[name]:
            take[name] = value
        else:
            stands[name] = current[name]
    return Merged(take, stands)
