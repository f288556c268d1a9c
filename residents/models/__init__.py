"""Households and their people, what is asked of them, what was seen, and the visits."""

from .households import FORGOTTEN, Household, Placement, Residence, Resident, Street
from .indicators import Indicator, IndicatorVersion, Topic
from .observations import Observation
from .spells import NEVER, Presence, Spell, SpellDue, SpellRules, State
from .visits import ResultKind, Visit, VisitResult

__all__ = [
    "FORGOTTEN",
    "NEVER",
    "Household",
    "Indicator",
    "IndicatorVersion",
    "Observation",
    "Placement",
    "Presence",
    "Residence",
    "Resident",
    "ResultKind",
    "Spell",
    "SpellDue",
    "SpellRules",
    "State",
    "Street",
    "Topic",
    "Visit",
    "VisitResult",
]
