"""Items into the register and the record, in the order of dependence."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from .households import CHANGES, Hand, change_register, item_user
from .items import TYPES, Item
from .outcomes import Outcome, refused_at_sight
from .practice import practise
from .seen import write_observations, write_retractions, write_visits

WRITE = {"visit": write_visits, "observation": write_observations, "retract": write_retractions}


def apply(items: Sequence[Item], hand: Hand) -> dict[uuid.UUID, Outcome]:
    """What became of each, by id. All items are of one user; call it inside the transaction of their receipts.

    Raises OperationalError (deadlock, lock) with nothing decided: the caller's transaction must roll back.
    """
    if not items:
        return {}
    outcomes = practise(items, item_user(items[0]))
    fit: dict[str, list[Item]] = {}
    real = (item for item in items if item.id not in outcomes)
    for item in sorted(real, key=lambda item: (item.seq, item.id)):
        if refused := refused_at_sight(item, hand.accepted):
            outcomes[item.id] = refused
        else:
            fit.setdefault(item.type, []).append(item)
    for kind in TYPES:
        some = fit.get(kind, [])
        if kind in CHANGES:
            outcomes |= {item.id: change_register(item, hand) for item in some}
        else:
            outcomes |= WRITE[kind](some, hand)
    return outcomes
