"""Periods, figures counted and stated, and what is reported from them."""

from .figures import Figure, Worker
from .periods import CalendarRule, Period
from .remarks import Remark
from .signing import (
    DueRule,
    Explanation,
    FrozenReport,
    MonthlyReport,
    ReportEvent,
    SignedFile,
    VillageConfirmation,
)
from .stated import CompleteMark, StatedFigure, StatedFigureQuerySet
from .targets import Target
from .templates import ReportTemplate

__all__ = [
    "CalendarRule",
    "CompleteMark",
    "DueRule",
    "Explanation",
    "Figure",
    "FrozenReport",
    "MonthlyReport",
    "Period",
    "Remark",
    "ReportEvent",
    "ReportTemplate",
    "SignedFile",
    "StatedFigure",
    "StatedFigureQuerySet",
    "Target",
    "VillageConfirmation",
    "Worker",
]
