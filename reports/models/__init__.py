"""Periods, figures counted and stated, and what is reported from them."""

from .figures import Figure, Worker
from .periods import CalendarRule, Period
from .remarks import Remark
from .stated import CompleteMark, StatedFigure, StatedFigureQuerySet

__all__ = [
    "CalendarRule",
    "CompleteMark",
    "Figure",
    "Period",
    "Remark",
    "StatedFigure",
    "StatedFigureQuerySet",
    "Worker",
]
