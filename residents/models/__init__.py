"""Households and their people, what is asked of them, what was seen, and the visits."""

from .households import Household, Placement, Residence, Resident, Street
from .indicators import Indicator, IndicatorVersion, Topic
from .observations import Observation
from .visits import ResultKind, Visit, VisitResult

__all__ = [
    "Household",
    "Indicator",
    "IndicatorVersion",
    "Observation",
    "Placement",
    "Residence",
    "Resident",
    "ResultKind",
    "Street",
    "Topic",
    "Visit",
    "VisitResult",
]
